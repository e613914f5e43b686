package notify

import (
	"context"
	"fmt"
	"html"
	"slices"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	callTime = 2 * time.Second // a notification server answers within
	maxQueue = 16              // notes on their way; more are dropped
	maxKnown = 64              // notifications whose click is still understood
)

// Bus sends notes to the desktop's notification server (org.freedesktop.Notifications 1.2), replaces the older one about
// the same conversation, and hears of clicks.
type Bus struct {
	p     Params
	dial  func(ctx context.Context) (wire, error)
	queue chan Note
	once  sync.Once
}

// wire is a connection to the notification server.
type wire interface {
	notify(ctx context.Context, replaces uint32, app, icon, title, text string, actions []string, urgent bool) (uint32, error)
	clicks() <-chan uint32
	close()
}

// NewBus makes a bus that Run brings to life.
func NewBus(p Params) *Bus {
	return &Bus{p: p.whole(), dial: dial, queue: make(chan Note, maxQueue)}
}

// Send hands a note on and returns at once.
func (b *Bus) Send(n Note) {
	select {
	case b.queue <- n:
	default: // the server hangs: a note that comes too late helps nobody
	}
}

// Run sends notes until ctx ends. Without a notification server it says so once and drops them.
func (b *Bus) Run(ctx context.Context) error {
	var w wire
	defer func() {
		if w != nil {
			w.close()
		}
	}()
	known := map[uint32]string{} // conversation by notification
	last := map[string]uint32{}  // notification by conversation
	for {
		var clicks <-chan uint32
		if w != nil {
			clicks = w.clicks()
		}
		select {
		case <-ctx.Done():
			return nil
		case id, ok := <-clicks:
			if !ok { // the session's bus is gone
				w.close()
				w = nil
				continue
			}
			if conv, ok := known[id]; ok {
				b.p.Clicked(conv)
			}
		case n := <-b.queue:
			if w == nil {
				var err error
				if w, err = b.dial(ctx); err != nil {
					b.missing(err)
					w = nil
					continue
				}
			}
			call, cancel := context.WithTimeout(ctx, callTime)
			id, err := w.notify(call, last[n.Conversation], b.p.App, b.p.Icon, n.Title, n.Text, []string{"default", b.p.Open}, n.Urgent)
			cancel()
			if err != nil {
				if ctx.Err() == nil {
					b.missing(err)
				}
				continue
			}
			if len(known) >= maxKnown {
				clear(known)
				clear(last)
			}
			known[id] = n.Conversation
			if n.Conversation != "" {
				last[n.Conversation] = id
			}
		}
	}
}

func (b *Bus) missing(err error) {
	b.once.Do(func() { b.p.Log.Warn("no notifications: the desktop has no server for them", "err", err) })
}

// session is a wire over the session's D-Bus.
type session struct {
	conn   *dbus.Conn
	sig    chan *dbus.Signal
	out    chan uint32
	done   chan struct{}
	markup bool // the server reads the text as markup
}

const (
	busName = "org.freedesktop.Notifications"
	busPath = "/org/freedesktop/Notifications"
)

// dial connects to the session's bus where there is one; it starts none.
func dial(ctx context.Context) (wire, error) {
	conn, err := dbus.SessionBusPrivateNoAutoStartup(dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("find session bus: %w", err)
	}
	ok := false
	defer func() {
		if !ok {
			_ = conn.Close()
		}
	}()
	if err := conn.Auth(nil); err != nil {
		return nil, fmt.Errorf("sign in to session bus: %w", err)
	}
	if err := conn.Hello(); err != nil {
		return nil, fmt.Errorf("greet session bus: %w", err)
	}
	if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchInterface(busName), dbus.WithMatchMember("ActionInvoked")); err != nil {
		return nil, fmt.Errorf("listen for clicks: %w", err)
	}
	var can []string
	call, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	if err := conn.Object(busName, busPath).CallWithContext(call, busName+".GetCapabilities", 0).Store(&can); err != nil {
		return nil, fmt.Errorf("ask notification server: %w", err)
	}
	s := &session{markup: slices.Contains(can, "body-markup"), conn: conn, sig: make(chan *dbus.Signal, 16), out: make(chan uint32, 16), done: make(chan struct{})}
	conn.Signal(s.sig)
	go s.hear()
	ok = true
	return s, nil
}

// hear turns signals into clicks until the connection is closed, which closes the channel of signals.
func (s *session) hear() {
	defer close(s.done)
	defer close(s.out)
	for sig := range s.sig {
		if sig.Name != busName+".ActionInvoked" || len(sig.Body) < 1 {
			continue
		}
		if id, ok := sig.Body[0].(uint32); ok {
			select {
			case s.out <- id:
			default: // sixteen clicks nobody took: the next will do
			}
		}
	}
}

func (s *session) clicks() <-chan uint32 { return s.out }

func (s *session) close() {
	_ = s.conn.Close()
	<-s.done
}

func (s *session) notify(ctx context.Context, replaces uint32, app, icon, title, text string, actions []string, urgent bool) (uint32, error) {
	if s.markup {
		text = html.EscapeString(text)
	}
	level := byte(1)
	if urgent {
		level = 2
	}
	hints := map[string]dbus.Variant{"urgency": dbus.MakeVariant(level), "category": dbus.MakeVariant("im.received")}
	var id uint32
	const asServer = -1 // how long it shows is the server's choice
	err := s.conn.Object(busName, busPath).CallWithContext(ctx, busName+".Notify", 0,
		app, replaces, icon, title, text, actions, hints, int32(asServer)).Store(&id)
	if err != nil {
		return 0, fmt.Errorf("send notification: %w", err)
	}
	return id, nil
}
