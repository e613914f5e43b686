// Package client is a desk's connection to the server: it dials, says hello with the copy's cursor, beats, reconnects with
// jittered pauses, and keeps every command until it was answered, sending it again under the same ID after a reconnect.
package client

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Times and bounds of a connection.
const (
	dialWithin  = 8 * time.Second
	writeWithin = 5 * time.Second
	silentAfter = 8 * time.Second        // the server answers a beat each second
	againAfter  = 400 * time.Millisecond // after "retry" or "busy"
	maxPending  = 1024                   // commands without an answer
	maxOut      = 256                    // frames that wait for the writer
	maxFrame    = 4 << 20                // bytes of one frame in
)

// ErrSignedOut is returned by Params.Token, and then by Run, when only a new log-in helps.
var ErrSignedOut = errors.New("signed out")

// TerminalError ends Run: the server closed with a code after which one must not reconnect by itself.
type TerminalError struct {
	Code int // 4100–4199
	Text string
}

// Error gives the code and the server's sentence.
func (e *TerminalError) Error() string { return fmt.Sprintf("closed for good, %d: %s", e.Code, e.Text) }

// Phase is where a connection stands.
type Phase string

// The phases.
const (
	Connecting Phase = "connecting"
	Online     Phase = "online"
	Waiting    Phase = "waiting" // for the next attempt, at RetryAt
)

// Status is the state of the connection.
type Status struct {
	Phase     Phase
	Attempt   int // since the last welcome, from 1; 0 while online
	RetryAt   time.Time
	LatencyMS int   // last round trip, 0 unknown
	Err       error // why the last attempt ended
}

// Handler hears what comes. Its methods are called one at a time from the reading goroutine (Status also from Run's), in
// order, and should return soon: the socket is not read meanwhile.
type Handler interface {
	OnWelcome(*wire.Welcome) error // an error ends the connection, and it is tried again
	OnRec(*wire.Rec) error         // likewise
	OnAck(*wire.Ack)
	OnLive(*wire.Live)
	OnStatus(Status)
}

// Params is what a client needs.
type Params struct {
	Server  string
	Token   func(ctx context.Context, renew bool) (string, error) // renew: the last one had run out
	Hello   func() (cursor *event.Cursor, view string)            // of the copy, asked at each connection
	Handler Handler
	Device  string
	Lang    string
	HTTP    *http.Client // not nil
	Logger  *slog.Logger // not nil

	// Dial makes the socket's connection; nil: the network's.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
}

// Client is one desk's connection.
type Client struct {
	p    Params
	wake chan struct{}

	mu      sync.Mutex
	pending []wire.In // commands in the order given
	out     chan wire.In
	status  Status
}

// New makes a client; Run connects it.
func New(p Params) *Client { return &Client{p: p, wake: make(chan struct{}, 1)} }

// Retry tries again at once where Run waits for the next attempt.
func (c *Client) Retry() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// Command sends a cmd frame and keeps it until it is answered. In.ID is its identity: giving an ID that is still kept does
// nothing. It reports false when too many commands wait.
func (c *Client) Command(in wire.In) bool {
	in.T = wire.TCmd
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.pending {
		if c.pending[i].ID == in.ID {
			return true
		}
	}
	if len(c.pending) >= maxPending {
		return false
	}
	c.pending = append(c.pending, in)
	c.push(in)
	return true
}

// Tell sends a frame that matters only now (typing, peek, window); without a connection it is dropped, and false says so.
func (c *Client) Tell(in wire.In) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.push(in)
}

// push gives a frame to the writer; c.mu is held. A full queue loses it: commands go again after the next welcome.
func (c *Client) push(in wire.In) bool {
	if c.out == nil {
		return false
	}
	select {
	case c.out <- in:
		return true
	default:
		return false
	}
}

// Run stays connected until ctx ends (nil) or the server is done with this desk (*TerminalError, ErrSignedOut).
func (c *Client) Run(ctx context.Context) error {
	renew := false
	var pauses backoff
	for attempt := 1; ; attempt++ {
		c.set(Status{Phase: Connecting, Attempt: attempt})
		since, err := c.connect(ctx, renew)
		if ctx.Err() != nil {
			return nil
		}
		code := closeCode(err)
		if errors.Is(err, ErrSignedOut) {
			return err
		}
		if code >= 4100 && code < 4200 {
			var ce *websocket.CloseError
			errors.As(err, &ce)
			return &TerminalError{Code: code, Text: ce.Text}
		}
		renew = code == wire.CloseExpired || renew && since.IsZero() // until the new token was taken
		if !since.IsZero() {
			attempt = 0
			pauses.lived(time.Since(since))
		}
		pause := pauses.next(errors.Is(err, syscall.ECONNREFUSED))
		c.p.Logger.Info("connection ended", "err", err, "pause", pause)
		c.set(Status{Phase: Waiting, Attempt: attempt + 1, RetryAt: time.Now().Add(pause), Err: err})
		t := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-c.wake:
		case <-t.C:
		}
		t.Stop()
		if ctx.Err() != nil {
			return nil
		}
	}
}

func closeCode(err error) int {
	var ce *websocket.CloseError
	if errors.As(err, &ce) {
		return ce.Code
	}
	return 0
}

func (c *Client) set(s Status) {
	c.mu.Lock()
	c.status = s
	c.mu.Unlock()
	c.p.Handler.OnStatus(s)
}

// acked forgets a command; for answers that ask for it, it is sent again a little later and false is returned.
func (c *Client) acked(ctx context.Context, a *wire.Ack, again *sync.WaitGroup) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.pending {
		if c.pending[i].ID != a.ID {
			continue
		}
		if a.Err != nil {
			switch a.Err.Code {
			case conversation.Retry, conversation.Busy, conversation.ShuttingDown:
				in := c.pending[i]
				again.Go(func() {
					t := time.NewTimer(againAfter)
					defer t.Stop()
					select {
					case <-ctx.Done():
					case <-t.C:
						c.Tell(in)
					}
				})
				return false
			}
		}
		c.pending = append(c.pending[:i:i], c.pending[i+1:]...)
		return true
	}
	return true
}
