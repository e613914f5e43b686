package customers

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const (
	dialWithin  = 10 * time.Second
	writeWithin = 5 * time.Second
	silentAfter = 35 * time.Second // the server pings every 10 s
	maxFrame    = 4 << 20
	maxPending  = 256
)

var errTerminal = errors.New("the server turned the customer away")

// door is one customer's connection: it reconnects, resumes by cursor, and sends again what was not acknowledged.
type door struct {
	base, customer string
	rng            *rand.Rand // the owner's of run only
	events         chan event.Placed
	acked          func(id string, a *wire.Ack, took time.Duration) // optional

	lang   string
	token  string
	cursor *event.Cursor
	view   string
	since  uint64 // events up to here are of earlier visits
	begun  bool
	wake   chan struct{}
	inside chan struct{}      // closed at the first welcome
	leave  chan time.Duration // closes the page for so long
	tells  chan wire.In       // frames that matter only now

	mu      sync.Mutex // guards what follows, and token where run writes it
	who     string     // the visitor as the shop knows them
	pending []outgoing
	seen    map[event.ID]bool
}

type outgoing struct {
	in    wire.In
	at    time.Time // first sent
	after time.Time // not before, once refused for now
}

func newDoor(base, customer string, rng *rand.Rand) *door {
	return &door{base: strings.TrimRight(base, "/"), customer: customer, rng: rng, events: make(chan event.Placed, 256),
		wake: make(chan struct{}, 1), inside: make(chan struct{}), leave: make(chan time.Duration, 1), tells: make(chan wire.In, 16), lang: "zh-CN", seen: map[event.ID]bool{}}
}

// post hands a text over for sending. It reports false when too many commands wait.
func (d *door) post(id, text string) bool {
	return d.say(id, conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: text})
}

// say hands any message over.
func (d *door) say(id string, p conversation.PostArgs) bool {
	return d.command(id, conversation.Post, "", p)
}

// command hands a command over for sending. It reports false when too many wait.
func (d *door) command(id string, kind conversation.Kind, conv string, payload any) bool {
	data, err := json.Marshal(payload)
	if err != nil {
		return false
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.pending) >= maxPending {
		return false
	}
	d.pending = append(d.pending, outgoing{in: wire.In{T: wire.TCmd, ID: id, Kind: kind, Conv: conv, Payload: data}})
	select {
	case d.wake <- struct{}{}:
	default:
	}
	return true
}

// tell sends what matters only now; without a connection it is dropped.
func (d *door) tell(in wire.In) {
	select {
	case d.tells <- in:
	default:
	}
}

// away closes the page for a while.
func (d *door) away(t time.Duration) {
	select {
	case d.leave <- t:
	default:
	}
}

// waiting is how many messages the server has not acknowledged.
func (d *door) waiting() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.pending)
}

// run keeps the door open until ctx ends (nil) or the server says not to come again.
func (d *door) run(ctx context.Context) error {
	tries := 0
	for ctx.Err() == nil {
		welcomed, err := d.connect(ctx)
		if errors.Is(err, errTerminal) {
			return err
		}
		var away awayError
		if errors.As(err, &away) {
			pause(ctx, time.Duration(away))
			continue
		}
		if welcomed {
			tries = 0
		}
		bound := min(20*time.Second, 200*time.Millisecond<<min(tries, 7))
		tries++
		t := time.NewTimer(time.Duration(d.rng.Int64N(int64(bound))))
		select {
		case <-ctx.Done():
		case <-t.C:
		}
		t.Stop()
	}
	return nil
}

// awayError ends a connection whose customer closed the page for a while.
type awayError time.Duration

func (e awayError) Error() string { return "away for " + time.Duration(e).String() }

func (d *door) connect(ctx context.Context) (welcomed bool, err error) {
	if d.token == "" {
		if err := d.enter(ctx); err != nil {
			return false, err
		}
	}
	u, err := url.Parse(d.base)
	if err != nil {
		return false, fmt.Errorf("server address: %w", errors.Join(err, errTerminal))
	}
	u.Scheme = strings.Replace(u.Scheme, "http", "ws", 1)
	dialer := websocket.Dialer{HandshakeTimeout: dialWithin}
	conn, res, err := dialer.DialContext(ctx, u.JoinPath(wire.PathCustomer).String(), nil)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return false, fmt.Errorf("dial: %w", err)
	}
	conn.SetReadLimit(maxFrame)
	frames := make(chan []byte, 16)
	readErr := make(chan error, 1)
	ended := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { read(conn, frames, readErr, ended) })
	defer func() { close(ended); _ = conn.Close(); wg.Wait() }()
	if err := write(conn, wire.In{T: wire.THello, V: wire.Version, Token: d.token, Cursor: d.cursor, View: d.view, Device: "sim", Lang: d.lang}); err != nil {
		return false, err
	}
	again := time.NewTicker(250 * time.Millisecond) // messages that were refused for now
	defer again.Stop()
	sent := map[string]bool{} // on this connection
	for {
		wake := d.wake
		var tick <-chan time.Time
		if welcomed {
			tick = again.C
		} else {
			wake = nil
		}
		select {
		case <-ctx.Done():
			return welcomed, nil
		case err := <-readErr:
			return welcomed, d.ended(err)
		case t := <-d.leave:
			return welcomed, awayError(t)
		case in := <-d.tells:
			if welcomed {
				err = write(conn, in)
			}
		case <-wake:
			err = d.flush(conn, sent)
		case <-tick:
			err = d.flush(conn, sent)
		case data := <-frames:
			var in bool
			if in, err = d.take(ctx, data, sent); in {
				welcomed = true
				err = d.flush(conn, sent)
			}
		}
		if err != nil {
			return welcomed, err
		}
	}
}

// read owns the reading side. The pong handler of the library answers the server's pings while it reads.
func read(conn *websocket.Conn, frames chan<- []byte, failed chan<- error, ended <-chan struct{}) {
	ping := conn.PingHandler()
	conn.SetPingHandler(func(s string) error {
		_ = conn.SetReadDeadline(time.Now().Add(silentAfter))
		return ping(s)
	})
	for {
		_ = conn.SetReadDeadline(time.Now().Add(silentAfter))
		_, data, err := conn.ReadMessage()
		if err != nil {
			failed <- err
			return
		}
		select {
		case frames <- data:
		case <-ended:
			return
		}
	}
}

func write(conn *websocket.Conn, f wire.In) error {
	_ = conn.SetWriteDeadline(time.Now().Add(writeWithin))
	return conn.WriteJSON(f)
}

func (d *door) ended(err error) error {
	var c *websocket.CloseError
	if !errors.As(err, &c) {
		return err
	}
	switch {
	case c.Code == wire.CloseExpired:
		d.mu.Lock()
		d.token = ""
		d.mu.Unlock()
	case c.Code >= 4100 && c.Code < 4200:
		return fmt.Errorf("closed with %d: %w", c.Code, errTerminal)
	}
	return err
}

// flush sends what this connection has not sent yet, in order: it stops at a message that waits after a refusal.
func (d *door) flush(conn *websocket.Conn, sent map[string]bool) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	for i := range d.pending {
		m := &d.pending[i]
		if sent[m.in.ID] {
			continue
		}
		if now.Before(m.after) {
			return nil
		}
		if m.at.IsZero() {
			m.at = now
		}
		sent[m.in.ID] = true
		if err := write(conn, m.in); err != nil {
			return err
		}
	}
	return nil
}

func (d *door) take(ctx context.Context, data []byte, sent map[string]bool) (welcomed bool, err error) {
	var head struct {
		T wire.Type `json:"t"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return false, fmt.Errorf("frame: %w", err)
	}
	switch head.T {
	case wire.TWelcome:
		var w wire.Welcome
		if err := json.Unmarshal(data, &w); err != nil {
			return false, fmt.Errorf("welcome: %w", err)
		}
		d.view = w.View
		if !d.begun {
			d.begun, d.since = true, w.Cursor.Seq
			close(d.inside)
		}
		return true, nil
	case wire.TAck:
		var a wire.Ack
		if err := json.Unmarshal(data, &a); err != nil {
			return false, fmt.Errorf("ack: %w", err)
		}
		d.ack(&a, sent)
	case wire.TRec:
		var r wire.Rec
		if err := json.Unmarshal(data, &r); err != nil {
			return false, fmt.Errorf("rec: %w", err)
		}
		return false, d.record(ctx, &r)
	}
	return false, nil
}

func (d *door) ack(a *wire.Ack, sent map[string]bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i := range d.pending {
		m := &d.pending[i]
		if m.in.ID != a.ID {
			continue
		}
		if a.Err != nil {
			switch a.Err.Code {
			case conversation.Busy, conversation.Retry, conversation.ShuttingDown, conversation.DiskFull:
				m.after = time.Now().Add(time.Second)
				delete(sent, m.in.ID)
				return
			}
		}
		if d.acked != nil {
			d.acked(m.in.ID, a, time.Since(m.at))
		}
		d.pending = append(d.pending[:i], d.pending[i+1:]...)
		return
	}
}

func (d *door) record(ctx context.Context, r *wire.Rec) error {
	evs := r.Events
	for _, c := range r.Enter {
		evs = append(evs, c.Events...)
	}
	for _, e := range evs {
		if e.Seq <= d.since || d.seen[e.ID] {
			continue
		}
		d.seen[e.ID] = true
		select {
		case d.events <- e:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	if !r.More {
		d.cursor = &r.Cursor
	}
	return nil
}
