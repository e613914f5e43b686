// Package app is the desk without a face: it signs in, keeps the connection and the local copy, and turns both into the
// snapshots and actions of app/view.
//
// The tokens of a session are kept in the user's replica file (mode 0600). A reply written offline leaves by itself after
// the reconnect when the customer has written nothing since; otherwise it waits for ConfirmOutbox.
package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"agentdesk/app/view"
	"agentdesk/copilot/comply"
	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

// Params is what a desk needs.
type Params struct {
	Dir                    string // data folder
	Server, User, Password string // Password set: signs in at once
	Prefs                  view.Prefs
	Logger                 *slog.Logger     // slog.Default when nil
	HTTP                   *http.Client     // one with a deadline when nil
	Now                    func() time.Time // time.Now when nil
}

// App is one desk. It implements view.Source and view.Actions.
type App struct {
	p     Params
	log   *slog.Logger
	rules *comply.Rules
	jobs  chan func(context.Context) // network work, done by Run one after another
	dirty chan struct{}
	snap  atomic.Pointer[view.Desk]

	subMu sync.Mutex
	subs  map[int]func()
	subN  int

	mu sync.Mutex // guards everything below; network work never holds it
	m  model
}

// model is what snapshots are made from.
type model struct {
	rep     *replica.Replica
	cl      *client.Client
	stop    context.CancelFunc // of the connection
	done    chan struct{}
	login   view.Login
	session wire.Session
	server  string
	screen  view.Screen
	prefs   view.Prefs

	status   client.Status
	caught   bool // the copy is up to date since the last welcome
	goal     uint64
	view     string
	syncedAt time.Time
	offset   int64 // floor clock minus this machine's, ms
	takeover int64 // ms
	presence view.Presence
	outdated bool

	segment  view.Segment
	selected string
	floor    *wire.Floor
	bots     map[string]*conversation.State
	botOrder []string
	botTotal int
	peek     *conversation.State
	peekEv   []event.Placed
	typing   map[string]typing // by conversation
	panels   map[string]*wire.Panel
	streams  map[string]*stream
	clear    map[event.ID]string
	limit    int // events of the open chat

	mode    view.Mode
	drafts  map[string]*draft // by conversation and mode
	outbox  []*replica.Waiting
	asked   map[string]ask // commands whose answer is shown
	seen    map[string]bool
	read    map[string]event.ID
	lost    *view.Lost
	lostIn  string
	ignored map[string]string // suggestion → how, before the log says so
	toasts  []view.Toast
	search  *view.Search
}

type typing struct {
	kind event.Kind
	at   time.Time
}

type ask struct {
	kind conversation.Kind
	conv string
}

// New makes a desk that shows the last user's copy, without any network.
func New(ctx context.Context, p Params) (*App, error) {
	if p.Logger == nil {
		p.Logger = slog.Default()
	}
	if p.HTTP == nil {
		p.HTTP = &http.Client{Timeout: 10 * time.Second}
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	a := &App{p: p, log: p.Logger, rules: comply.New(), jobs: make(chan func(context.Context), 64), dirty: make(chan struct{}, 1), subs: map[int]func(){}}
	a.m.prefs, a.m.screen, a.m.presence = p.Prefs, view.ScreenLogin, view.Present
	a.m.login = view.Login{Server: p.Server, User: p.User}
	a.m.drafts, a.m.ignored, a.m.asked = map[string]*draft{}, map[string]string{}, map[string]ask{}
	a.forget()
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	a.loadPrefs()
	a.resume(ctx)
	a.build(ctx)
	return a, nil
}

// forget drops what was only true while connected; a.mu is held, or nobody else knows a yet.
func (a *App) forget() {
	m := &a.m
	m.bots, m.botOrder, m.botTotal, m.peek, m.peekEv, m.floor = map[string]*conversation.State{}, nil, 0, nil, nil, nil
	m.typing, m.panels, m.streams = map[string]typing{}, map[string]*wire.Panel{}, map[string]*stream{}
	m.clear, m.seen, m.read = map[event.ID]string{}, map[string]bool{}, map[string]event.ID{}
	m.caught = false
}

// Run does the desk's work until ctx ends: connection, actions, snapshots.
func (a *App) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { a.publish(ctx) })
	a.mu.Lock()
	server, token := a.m.server, a.m.session.Refresh
	a.mu.Unlock()
	switch {
	case a.p.Password != "":
		a.Login(a.p.Server, a.p.User, a.p.Password)
	case token != "":
		a.job(func(ctx context.Context) { a.connect(ctx, server) })
	}
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case f := <-a.jobs:
			f(ctx)
		}
	}
	a.disconnect()
	wg.Wait()
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m.rep != nil {
		rep := a.m.rep
		a.m.rep, a.m.outbox = nil, nil // the face may still ask for things
		if err := rep.Close(); err != nil {
			return fmt.Errorf("close replica: %w", err)
		}
	}
	return nil
}

func (a *App) job(f func(context.Context)) {
	select {
	case a.jobs <- f:
	default:
		a.log.Warn("too many actions wait; one was dropped")
	}
}

// Snapshot implements view.Source.
func (a *App) Snapshot() *view.Desk { return a.snap.Load() }

// Subscribe implements view.Source.
func (a *App) Subscribe(changed func()) (cancel func()) {
	a.subMu.Lock()
	defer a.subMu.Unlock()
	id := a.subN
	a.subN++
	a.subs[id] = changed
	return func() {
		a.subMu.Lock()
		defer a.subMu.Unlock()
		delete(a.subs, id)
	}
}

// touch asks for a new snapshot.
func (a *App) touch() {
	select {
	case a.dirty <- struct{}{}:
	default:
	}
}

// publish makes snapshots as things change; changes that come meanwhile share one.
func (a *App) publish(ctx context.Context) {
	tick := time.NewTicker(time.Second) // toasts and typing end by themselves
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.dirty:
		case <-tick.C:
		}
		if !a.build(ctx) {
			continue
		}
		a.subMu.Lock()
		subs := make([]func(), 0, len(a.subs))
		for _, f := range a.subs {
			subs = append(subs, f)
		}
		a.subMu.Unlock()
		for _, f := range subs {
			f()
		}
	}
}

func newID() string {
	var e [10]byte
	_, _ = rand.Read(e[:]) // never fails
	return event.NewID(time.Now(), e)
}

func (a *App) path(user string) string {
	return filepath.Join(a.p.Dir, fmt.Sprintf("%x", user)+".db")
}

// at is a floor time on this machine's clock.
func (m *model) at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms - m.offset)
}

func (a *App) warn(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		a.log.Error(what, "err", err)
	}
}
