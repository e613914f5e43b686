package customers

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
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

	token  string
	cursor *event.Cursor
	view   string
	since  uint64 // events up to here are of earlier visits
	begun  bool
	wake   chan struct{}
	inside chan struct{} // closed at the first welcome

	mu      sync.Mutex
	pending []outgoing
	seen    map[event.ID]bool
}

type outgoing struct {
	id, text string
	at       time.Time // first sent
	after    time.Time // not before, once refused for now
}

func newDoor(base, customer string, rng *rand.Rand) *door {
	return &door{base: strings.TrimRight(base, "/"), customer: customer, rng: rng, events: make(chan event.Placed, 256),
		wake: make(chan struct{}, 1), inside: make(chan struct{}), seen: map[event.ID]bool{}}
}

// post hands a message over for sending. It reports false when too many wait.
func (d *door) post(id, text string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.pending) >= maxPending {
		return false
	}
	d.pending = append(d.pending, outgoing{id: id, text: text})
	select {
	case d.wake <- struct{}{}:
	default:
	}
	return true
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

func (d *door) enter(ctx context.Context) error {
	body, err := json.Marshal(wire.VisitorRequest{Customer: d.customer, Token: d.token})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.base+wire.PathVisitor, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	switch {
	case err != nil:
		return err
	case res.StatusCode == http.StatusForbidden:
		return fmt.Errorf("visitor %q: %s: %w", d.customer, res.Status, errTerminal)
	case res.StatusCode != http.StatusOK:
		return fmt.Errorf("visitor %q: %s", d.customer, res.Status)
	}
	var v wire.Visitor
	if err := json.Unmarshal(data, &v); err != nil {
		return fmt.Errorf("visitor: %w", err)
	}
	d.token = v.Token
	return nil
}

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
	if err := write(conn, wire.In{T: wire.THello, V: wire.Version, Token: d.token, Cursor: d.cursor, View: d.view, Device: "sim", Lang: "zh-CN"}); err != nil {
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
		d.token = ""
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
		if sent[m.id] {
			continue
		}
		if now.Before(m.after) {
			return nil
		}
		payload, err := json.Marshal(conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: m.text})
		if err != nil {
			return err
		}
		if m.at.IsZero() {
			m.at = now
		}
		sent[m.id] = true
		if err := write(conn, wire.In{T: wire.TCmd, ID: m.id, Kind: conversation.Post, Payload: payload}); err != nil {
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
		if m.id != a.ID {
			continue
		}
		if a.Err != nil {
			switch a.Err.Code {
			case conversation.Busy, conversation.Retry, conversation.ShuttingDown, conversation.DiskFull:
				m.after = time.Now().Add(time.Second)
				delete(sent, m.id)
				return
			}
		}
		if d.acked != nil {
			d.acked(m.id, a, time.Since(m.at))
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
