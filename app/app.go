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
	"agentdesk/sync/event"
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
	jobs  chan func(context.Context) // work on the session, done by Run one after another
	pool  *pool                      // look-ups, pictures, uploads
	slow  *http.Client               // without a timeout of its own: for what the pool does
	dirty chan struct{}
	snap  atomic.Pointer[view.Desk]

	decoding sync.Mutex    // one picture is decoded at a time: large ones take much memory
	signing  chan struct{} // holds a value while a token is renewed: a refresh token is good once

	subMu sync.Mutex
	subs  map[int]func()
	subN  int

	mu sync.Mutex // guards everything below; network work never holds it
	m  model
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
	slow := *p.HTTP
	slow.Timeout = 0
	a := &App{p: p, log: p.Logger, rules: comply.New(), jobs: make(chan func(context.Context), 64), pool: newPool(), slow: &slow,
		dirty: make(chan struct{}, 1), signing: make(chan struct{}, 1), subs: map[int]func(){}}
	a.m = newModel(p)
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := a.m.loadGroups(); err != nil {
		return nil, err
	}
	a.loadPrefs()
	a.resume(ctx)
	a.build(ctx)
	return a, nil
}

// Run does the desk's work until ctx ends: connection, actions, snapshots.
func (a *App) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { a.publish(ctx) })
	wg.Go(func() { a.saver(ctx) })
	for range poolWorkers {
		wg.Go(func() { a.pool.work(ctx) })
	}
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
	a.slow.CloseIdleConnections()
	ctx = context.WithoutCancel(ctx)
	a.keepFiles(ctx)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.m.syncedKept = time.Time{} // to the second
	a.save(ctx)
	if a.m.rep != nil {
		rep := a.m.rep
		a.m.rep, a.m.outbox, a.m.files = nil, nil, nil // the face may still ask for things
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
	wake := time.NewTimer(time.Hour) // for what is due between two ticks
	defer wake.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-a.dirty:
		case <-tick.C:
		case <-wake.C:
		}
		differs := a.build(ctx)
		a.mu.Lock()
		at := a.m.wakeAt
		a.mu.Unlock()
		wake.Stop()
		if d := at.Sub(a.p.Now()); !at.IsZero() && d < time.Second {
			wake.Reset(max(d, time.Millisecond))
		}
		if !differs {
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

func (a *App) warn(what string, err error) {
	if err != nil && !errors.Is(err, context.Canceled) {
		a.log.Error(what, "err", err)
	}
}
