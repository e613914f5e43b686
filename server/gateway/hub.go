package gateway

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"agentdesk/server/floor"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Bounds of the hub.
const (
	maxGuests   = 50_000           // sockets of customers
	maxTabs     = 8                // sockets of one customer
	watermarkAt = time.Second      // of desks
	guestMarkAt = 15 * time.Second // of customers: there are many, and to come back to an older place costs them nothing
	rowsEvery   = 500 * time.Millisecond
	floorEvery  = time.Second
	backWithin  = 2 * time.Minute // a desk that comes back so soon was never really gone
	floorAnyway = 5 * time.Second // beats change without a record
)

// hub tells sessions what happens. One goroutine (follow) applies commits; mu keeps sessions and order together, and
// nothing under it blocks.
type hub struct {
	g        *Gateway
	mask     *memo
	ready    chan struct{} // closed when the live store is loaded
	sessions sync.WaitGroup

	mu       sync.Mutex
	loaded   bool
	draining bool
	cursor   event.Cursor
	at       int64 // floor time of that record
	desks    map[string]*session
	guests   map[string]map[*session]struct{}
	nGuests  int
	stash    map[string]*stash
	rowsAt   uint64 // version of the bot segment
	dirty    bool   // the floor frame may have changed
	today    today
	left     map[string]time.Time // when a user's desk went
	counted  uint64               // last record whose takeovers are in today
	gone     chan removal         // files on their way out

	reading, models steady // of the one goroutine that ticks
}

func newHub(g *Gateway, m *memo) *hub {
	return &hub{g: g, mask: m, ready: make(chan struct{}), desks: map[string]*session{}, guests: map[string]map[*session]struct{}{},
		stash: map[string]*stash{}, left: map[string]time.Time{}, dirty: true, gone: make(chan removal, maxGone)}
}

// follow applies the floor's commits in order. Where it fell behind it loads the live store anew and has clients resume.
func (h *hub) follow(ctx context.Context) error {
	if err := h.loadToday(ctx); err != nil {
		return fmt.Errorf("today's takeovers: %w", err)
	}
	for {
		err := h.stretch(ctx)
		if !errors.Is(err, floor.ErrLagged) {
			return err
		}
		h.g.p.Logger.Warn("doors fell behind the floor, clients resume")
	}
}

func (h *hub) stretch(ctx context.Context) error {
	sub := h.g.p.Floor.Subscribe(0, 0)
	defer sub.Close()
	if err := h.load(ctx, sub.After()); err != nil {
		return err
	}
	for {
		c, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		if err := h.apply(c); err != nil {
			return err
		}
	}
}

func (h *hub) load(ctx context.Context, after uint64) error {
	f := h.g.p.Folds
	if err := f.WaitFor(ctx, after); err != nil {
		return fmt.Errorf("wait for folds: %w", err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	cur, err := h.g.p.Live.Load(ctx, f)
	if err != nil {
		return err
	}
	h.cursor, h.at = cur, h.g.p.Floor.Now()
	if !h.loaded {
		h.loaded = true
		close(h.ready)
		return nil
	}
	h.each(func(s *session) { s.q.close(wire.CloseReset, "resume by cursor") })
	return nil
}

// each calls fn with every session. mu is held.
func (h *hub) each(fn func(*session)) {
	for _, s := range h.desks {
		fn(s)
	}
	for _, tabs := range h.guests {
		for s := range tabs {
			fn(s)
		}
	}
}

// join adds a session at the hub's place: from the next commit on it is told, though held back until it caught up.
func (h *hub) join(ctx context.Context, s *session) (code int, text string) {
	select {
	case <-h.ready:
	case <-ctx.Done():
		return wire.CloseDrain, "gone"
	case <-time.After(helloWithin):
		return wire.CloseDrain, "the server is not ready"
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.draining {
		return wire.CloseDrain, "the server is going down"
	}
	if s.desk() {
		old := h.desks[s.user.ID]
		s.back = old != nil || time.Since(h.left[s.user.ID]) < backWithin
		if old != nil {
			old.q.close(wire.CloseReplaced, "the same user signed in elsewhere")
		}
		h.desks[s.user.ID] = s
	} else {
		tabs := h.guests[s.actor.ID]
		if h.nGuests >= maxGuests || len(tabs) >= maxTabs {
			return wire.CloseRate, "too many connections"
		}
		if tabs == nil {
			tabs = map[*session]struct{}{}
			h.guests[s.actor.ID] = tabs
		}
		tabs[s] = struct{}{}
		h.nGuests++
	}
	h.sessions.Add(1)
	s.start, s.startAt, s.cursor, s.told = h.cursor, h.at, h.cursor, time.Now()
	if !s.desk() { // thousands may have come at once: their watermarks must not
		s.told = s.told.Add(-rand.N(guestMarkAt)) //nolint:gosec // a spread
	}
	h.dirty = true
	return 0, ""
}

func (h *hub) leave(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.dirty = true
	if s.desk() {
		if h.desks[s.user.ID] == s {
			delete(h.desks, s.user.ID)
			h.left[s.user.ID] = time.Now()
		}
		return
	}
	tabs := h.guests[s.actor.ID]
	if _, ok := tabs[s]; ok {
		delete(tabs, s)
		h.nGuests--
	}
	if len(tabs) == 0 {
		delete(h.guests, s.actor.ID)
	}
}

// drain closes every session and waits for them. Each has a bound on how long its writer goes on.
func (h *hub) drain() {
	h.mu.Lock()
	h.draining = true
	h.each(func(s *session) { s.q.close(wire.CloseDrain, "the server is going down") })
	h.mu.Unlock()
	h.sessions.Wait()
}

// tick does what happens by the clock: watermarks, expired tokens, rows of the bot segment, the floor at a glance.
func (h *hub) tick(ctx context.Context) error {
	t := time.NewTicker(rowsEvery)
	defer t.Stop()
	var asked time.Time
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-t.C:
		}
		h.watermarks(time.Now())
		h.sendRows()
		h.sendHealth(time.Now())
		if h.wantsFloor(time.Now(), &asked) {
			v, err := h.g.p.Floor.View(ctx)
			if err != nil {
				if ctx.Err() == nil && !errors.Is(err, floor.ErrEnded) {
					h.g.p.Logger.Warn("floor not read", "err", err)
				}
				continue
			}
			h.sendFloor(v)
		}
	}
}

func (h *hub) watermarks(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	var mark []byte // the same for everybody
	h.each(func(s *session) {
		if s.expires.Load() <= now.UnixMilli() {
			s.q.close(wire.CloseExpired, "the token ran out")
			return
		}
		every := guestMarkAt
		if s.desk() {
			every = watermarkAt
		}
		if s.cursor.Seq >= h.cursor.Seq || now.Sub(s.told) < every-rowsEvery {
			return
		}
		if mark == nil {
			mark = frame(&wire.Rec{T: wire.TRec, Cursor: h.cursor, At: h.at})
		}
		s.q.push(mark)
		s.cursor, s.told = h.cursor, now
	})
}

// send queues a record frame. mu is held.
func (h *hub) send(s *session, r *wire.Rec) {
	r.T = wire.TRec
	s.q.push(frame(r))
	if !r.More {
		s.cursor, s.told = r.Cursor, time.Now()
	}
}

func (h *hub) sendLive(s *session, l *wire.Live) {
	l.T = wire.TLive
	s.q.push(frame(l))
}

// state is a conversation as the doors know it: open ones from memory, others from the fold.
func (h *hub) state(ctx context.Context, conv string) (*conversation.State, bool) {
	if conv == "" {
		return nil, false
	}
	if st, ok := h.g.p.Live.State(conv); ok {
		return st, true
	}
	st, ok, err := h.g.p.Folds.State(ctx, conv)
	if err != nil {
		h.g.p.Logger.Warn("conversation not read", "err", err)
	}
	return &st, ok && err == nil
}
