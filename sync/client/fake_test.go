package client

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// network is a server in memory, for bubbles of synctest: real HTTP and WebSocket over pipes, with a script for each
// connection that it takes.
type network struct {
	t    *testing.T
	take chan net.Conn
	done chan struct{}

	scripts sync.WaitGroup
	mu      sync.Mutex
	refuses bool
	hangs   bool // takes connections and says nothing
	dials   []time.Time
	served  int
	script  func(n int, ws *websocket.Conn) // n counts from 0; the connection ends with it
}

func newNetwork(t *testing.T, script func(n int, ws *websocket.Conn)) *network {
	n := &network{t: t, take: make(chan net.Conn), done: make(chan struct{}), script: script}
	srv := &http.Server{Handler: n, ReadHeaderTimeout: time.Minute}
	served := make(chan error, 1)
	go func() { served <- srv.Serve(n) }()
	t.Cleanup(func() {
		if err := srv.Close(); err != nil {
			t.Error(err)
		}
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
		n.scripts.Wait()
	})
	return n
}

// Accept, Close and Addr make it a net.Listener.
func (n *network) Accept() (net.Conn, error) {
	select {
	case c := <-n.take:
		return c, nil
	case <-n.done:
		return nil, net.ErrClosed
	}
}

func (n *network) Close() error   { close(n.done); return nil }
func (n *network) Addr() net.Addr { return &net.UnixAddr{Name: "memory"} }

func (n *network) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	n.mu.Lock()
	n.dials = append(n.dials, time.Now())
	refuses, hangs := n.refuses, n.hangs
	n.mu.Unlock()
	if refuses {
		return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	}
	here, there := net.Pipe()
	if hangs {
		go func() { // takes what is sent, as a kernel does, until the other end closes
			_, _ = io.Copy(io.Discard, there)
			_ = there.Close()
		}()
		return here, nil
	}
	select {
	case n.take <- there:
		return here, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (n *network) set(refuses, hangs bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.refuses, n.hangs = refuses, hangs
}

// gaps are the times between attempts so far.
func (n *network) gaps() (out []time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for i := 1; i < len(n.dials); i++ {
		out = append(out, n.dials[i].Sub(n.dials[i-1]))
	}
	return out
}

func (n *network) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n.scripts.Add(1)
	defer n.scripts.Done()
	up := websocket.Upgrader{EnableCompression: true}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		n.t.Error(err)
		return
	}
	defer func() { _ = ws.Close() }()
	n.mu.Lock()
	i := n.served
	n.served++
	n.mu.Unlock()
	n.script(i, ws)
}

// welcome takes the hello and lets the desk in.
func welcome(t *testing.T, ws *websocket.Conn) wire.In {
	hello := next(t, ws)
	if hello.T != wire.THello {
		t.Errorf("the first frame is %q", hello.T)
	}
	say(t, ws, wire.Welcome{T: wire.TWelcome, V: 1, Clock: wire.Clock{Beat: 1000}})
	return hello
}

// next is the next frame of the desk that is no beat; without a type when the socket has ended.
func next(t *testing.T, ws *websocket.Conn) wire.In {
	for {
		var in wire.In
		if err := ws.ReadJSON(&in); err != nil {
			return wire.In{}
		}
		if in.T != wire.TBeat {
			return in
		}
		say(t, ws, wire.Beat{T: wire.TBeat, Sent: in.Sent, Now: in.Sent})
	}
}

func say(t *testing.T, ws *websocket.Conn, v any) {
	if err := ws.WriteJSON(v); err != nil && !errors.Is(err, io.ErrClosedPipe) {
		t.Logf("say: %v", err) // the desk went
	}
}

func hangUp(ws *websocket.Conn, code int, text string) {
	_ = ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), time.Now().Add(time.Second))
}

// stay answers beats until the desk goes.
func stay(t *testing.T, ws *websocket.Conn) {
	for next(t, ws).T != "" {
	}
}

// ear is a desk that notes what it hears.
type ear struct {
	mu       sync.Mutex
	statuses []Status
	welcomes int
	acks     []wire.Ack
	recs     int
	renewed  []bool // of each token asked for
	fail     error  // of OnRec
	token    error
}

func (e *ear) note(f func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f()
}

func (e *ear) OnWelcome(*wire.Welcome) error { e.note(func() { e.welcomes++ }); return nil }
func (e *ear) OnAck(a *wire.Ack)             { e.note(func() { e.acks = append(e.acks, *a) }) }
func (e *ear) OnLive(*wire.Live)             {}
func (e *ear) OnStatus(s Status)             { e.note(func() { e.statuses = append(e.statuses, s) }) }
func (e *ear) OnRec(*wire.Rec) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.recs++
	return e.fail
}

// running is a client whose Run is under way.
type running struct {
	*Client
	*ear
	stop context.CancelFunc
	over chan error
}

func connect(n *network) *running {
	e := &ear{}
	r := &running{ear: e, over: make(chan error, 1)}
	r.Client = New(Params{Server: "http://memory", Handler: e, Dial: n.dial, Device: "test", Lang: "zh-Hans", Logger: slog.New(slog.DiscardHandler),
		HTTP: &http.Client{}, Hello: func() (*event.Cursor, string) { return &event.Cursor{Stream: "s", Seq: 7, Hash: "h"}, "v" },
		Token: func(_ context.Context, renew bool) (string, error) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.renewed = append(e.renewed, renew)
			return "token", e.token
		}})
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() { r.over <- r.Run(ctx) }()
	return r
}

// end stops the client and waits for it.
func (r *running) end(t *testing.T) {
	t.Helper()
	r.stop()
	if err := <-r.over; err != nil {
		t.Errorf("run: %v", err)
	}
}
