package client

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"agentdesk/sync/wire"
)

// connect is one connection from dialling to its end; since is when the server let it in, zero for never.
func (c *Client) connect(ctx context.Context, renew bool) (since time.Time, err error) {
	dctx, cancel := context.WithTimeout(ctx, dialWithin)
	defer cancel()
	token, err := c.p.Token(dctx, renew)
	if err != nil {
		return time.Time{}, fmt.Errorf("token: %w", err)
	}
	u, err := Base(c.p.Server)
	if err != nil {
		return time.Time{}, err
	}
	u.Scheme = "ws" + u.Scheme[len("http"):]
	u = u.JoinPath(wire.PathDesk)
	d := websocket.Dialer{HandshakeTimeout: dialWithin, EnableCompression: true, NetDialContext: c.p.Dial}
	conn, res, err := d.DialContext(dctx, u.String(), nil)
	if res != nil && res.Body != nil {
		_ = res.Body.Close()
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("dial: %w", err)
	}
	conn.SetReadLimit(maxFrame)
	cursor, view := c.p.Hello()
	_ = conn.SetWriteDeadline(time.Now().Add(writeWithin))
	hello := wire.In{T: wire.THello, V: wire.Version, Token: token, Cursor: cursor, View: view, Device: c.p.Device, Lang: c.p.Lang}
	if err := conn.WriteJSON(hello); err != nil {
		_ = conn.Close()
		return time.Time{}, fmt.Errorf("say hello: %w", err)
	}
	sctx, stop := context.WithCancel(ctx)
	var wg, again sync.WaitGroup
	wg.Go(func() { // the reader has no context of its own: closing the socket ends it
		<-sctx.Done()
		_ = conn.Close()
	})
	since, err = c.read(sctx, conn, &wg, &again)
	c.mu.Lock()
	c.out = nil
	c.mu.Unlock()
	stop()
	wg.Wait()
	again.Wait()
	return since, err
}

// read takes frames until the socket ends. The writer begins with the welcome, so that nothing leaves before it.
func (c *Client) read(ctx context.Context, conn *websocket.Conn, wg, again *sync.WaitGroup) (since time.Time, err error) {
	for {
		_ = conn.SetReadDeadline(time.Now().Add(silentAfter))
		_, data, err := conn.ReadMessage()
		if err != nil {
			return since, fmt.Errorf("read: %w", err)
		}
		f, err := Decode(data)
		if err != nil {
			return since, err
		}
		switch f := f.(type) {
		case *wire.Welcome:
			if err := c.p.Handler.OnWelcome(f); err != nil {
				return since, fmt.Errorf("welcome: %w", err)
			}
			if since.IsZero() {
				since = time.Now()
				c.open(ctx, conn, wg, time.Duration(f.Clock.Beat)*time.Millisecond)
			}
			c.set(Status{Phase: Online})
		case *wire.Rec:
			if err := c.p.Handler.OnRec(f); err != nil {
				return since, fmt.Errorf("take record %d: %w", f.Cursor.Seq, err)
			}
		case *wire.Ack:
			if c.acked(ctx, f, again) {
				c.p.Handler.OnAck(f)
			}
		case *wire.Live:
			c.p.Handler.OnLive(f)
		case *wire.Beat:
			if f.Sent > 0 {
				c.set(Status{Phase: Online, LatencyMS: int(max(1, time.Now().UnixMilli()-f.Sent))})
			}
		case *wire.Bye:
			c.p.Logger.Info("server says bye", "code", f.Code, "text", f.Text)
		}
	}
}

// Decode reads a frame of the server: *wire.Welcome, Rec, Ack, Live, Beat or Bye; nil for a type this program does not know.
func Decode(data []byte) (any, error) {
	var head struct {
		T wire.Type `json:"t"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("decode frame: %w", err)
	}
	var f any
	switch head.T {
	case wire.TWelcome:
		f = new(wire.Welcome)
	case wire.TRec:
		f = new(wire.Rec)
	case wire.TAck:
		f = new(wire.Ack)
	case wire.TLive:
		f = new(wire.Live)
	case wire.TBeat:
		f = new(wire.Beat)
	case wire.TBye:
		f = new(wire.Bye)
	default:
		return nil, nil
	}
	if err := json.Unmarshal(data, f); err != nil {
		return nil, fmt.Errorf("decode %s: %w", head.T, err)
	}
	return f, nil
}

// open starts the writer with everything that waits for an answer.
func (c *Client) open(ctx context.Context, conn *websocket.Conn, wg *sync.WaitGroup, beat time.Duration) {
	if beat < 200*time.Millisecond || beat > 5*time.Second {
		beat = time.Second
	}
	c.mu.Lock()
	first := append([]wire.In(nil), c.pending...)
	out := make(chan wire.In, maxOut)
	c.out = out
	c.mu.Unlock()
	wg.Go(func() {
		defer func() { _ = conn.Close() }()
		t := time.NewTicker(beat)
		defer t.Stop()
		write := func(in wire.In) bool {
			_ = conn.SetWriteDeadline(time.Now().Add(writeWithin))
			return conn.WriteJSON(in) == nil
		}
		for _, in := range first {
			if !write(in) {
				return
			}
		}
		for {
			var in wire.In
			select {
			case <-ctx.Done():
				return
			case in = <-out:
			case <-t.C:
				in = wire.In{T: wire.TBeat, Sent: time.Now().UnixMilli()}
			}
			if !write(in) {
				return
			}
		}
	})
}
