// Package live keeps the open conversations of a shop in memory, states and events, for those who watch or answer them:
// the bot, the copilot, snapshots for desks.
//
// It is fed with committed records in log order and read from many goroutines. What it hands out is shared: read only.
package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// ErrGap is returned by Apply when records are missing before the one given. Load again.
var ErrGap = errors.New("live: records are missing")

// Source is where the open conversations come from at the start; *folds.Folds is one.
type Source interface {
	EachOpen(ctx context.Context, fn func(conversation.State, []event.Placed) error) (event.Cursor, error)
}

// Params tunes a Store.
type Params struct {
	Linger time.Duration // of floor time that a closed conversation stays; 0 means 2 minutes
	Logger *slog.Logger  // tells of events that could not be folded; nil means nowhere
}

// Store is the live fold, safe for concurrent use.
type Store struct {
	p Params

	mu     sync.RWMutex
	convs  map[string]*talk
	closed []string // in order of closing
	seq    uint64
}

type talk struct {
	state    *conversation.State // replaced, never changed
	events   []event.Placed      // appended to, or replaced
	closedAt int64
}

// New makes an empty store, at the place before the first record.
func New(p Params) *Store {
	if p.Linger <= 0 {
		p.Linger = 2 * time.Minute
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	return &Store{p: p, convs: map[string]*talk{}}
}

// Load replaces everything by what src has open, and gives the place after which Apply goes on.
func (s *Store) Load(ctx context.Context, src Source) (event.Cursor, error) {
	convs := map[string]*talk{}
	cur, err := src.EachOpen(ctx, func(st conversation.State, evs []event.Placed) error {
		convs[st.ID] = &talk{state: &st, events: evs}
		return nil
	})
	if err != nil {
		return cur, fmt.Errorf("load live conversations: %w", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.convs, s.closed, s.seq = convs, nil, cur.Seq
	return cur, nil
}

// Seq is the last record folded.
func (s *Store) Seq() uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.seq
}

// Apply folds one record. One that was folded before is passed over; a hole is ErrGap.
func (s *Store) Apply(c event.Committed) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.Seq <= s.seq {
		return nil
	}
	if c.Seq != s.seq+1 {
		return fmt.Errorf("at %d, given %d: %w", s.seq, c.Seq, ErrGap)
	}
	s.seq = c.Seq
	fresh := map[string]*conversation.State{} // this record's clones
	for i := range c.Events {
		e := &c.Events[i]
		if e.Conv == "" {
			continue
		}
		t := s.convs[e.Conv]
		switch {
		case t == nil && e.Type != event.Opened:
			continue // closed and dropped long ago
		case t == nil:
			t = &talk{state: &conversation.State{}}
		}
		st := fresh[e.Conv]
		if st == nil {
			st = t.state.Clone()
		}
		p := event.Placed{Seq: c.Seq, Idx: i, Time: c.Time, Event: *e}
		if err := conversation.Fold(st, &p); err != nil {
			s.p.Logger.Warn("event not folded", "seq", c.Seq, "event", e.ID, "type", e.Type, "err", err)
			if st.ID == "" {
				continue
			}
		}
		fresh[e.Conv], t.state = st, st
		t.events = append(t.events, p)
		if e.Type == event.Recalled {
			t.events = redacted(t.events, e)
		}
		s.convs[e.Conv] = t
		if t.closedAt == 0 && !st.Open() {
			t.closedAt = c.Time
			s.closed = append(s.closed, e.Conv)
		}
	}
	s.drop(c.Time)
	return nil
}

// redacted are events without what the message that e recalls said. They are a copy: readers hold the slice.
func redacted(events []event.Placed, e *event.Event) []event.Placed {
	var b event.RecalledBody
	if e.Decode(&b, nil) != nil {
		return events
	}
	out := events
	for i := range events {
		if b.Message == "" || event.SaidIn(&events[i].Event) != b.Message {
			continue
		}
		gone, err := event.Redact(events[i].Event)
		if err != nil {
			continue // it says nothing that can be read
		}
		if &out[0] == &events[0] {
			out = slices.Clone(events)
		}
		out[i].Event = gone
	}
	return out
}

// drop lets go of what closed long enough ago.
func (s *Store) drop(now int64) {
	n := 0
	for ; n < len(s.closed); n++ {
		t := s.convs[s.closed[n]]
		if t.closedAt+s.p.Linger.Milliseconds() > now {
			break
		}
		delete(s.convs, s.closed[n])
	}
	s.closed = slices.Delete(s.closed, 0, n)
}

// State is one conversation.
func (s *Store) State(conv string) (*conversation.State, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.convs[conv]
	if t == nil {
		return nil, false
	}
	return t.state, true
}

// Timeline is one conversation with all its events, of one moment.
func (s *Store) Timeline(conv string) (*conversation.State, []event.Placed, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	t := s.convs[conv]
	if t == nil {
		return nil, nil, false
	}
	return t.state, slices.Clip(t.events), true
}

// Turns are the last n messages that customer, bot and agents said to each other, oldest first; no notes, no notices.
func (s *Store) Turns(conv string, n int) []event.Placed {
	_, events, _ := s.Timeline(conv)
	var out []event.Placed
	for i := len(events) - 1; i >= 0 && len(out) < n; i-- {
		p := &events[i]
		if p.Type != event.Posted || p.Actor.Kind == event.System {
			continue
		}
		var b event.PostedBody
		if err := p.Decode(&b, nil); err != nil || b.Kind == event.Note || b.Kind == event.Notice {
			continue
		}
		out = append(out, *p)
	}
	slices.Reverse(out)
	return out
}

// Each calls fn with every conversation, those lingering after their close included, of one moment and in no order,
// until fn returns false.
func (s *Store) Each(fn func(*conversation.State) bool) {
	s.mu.RLock()
	all := make([]*conversation.State, 0, len(s.convs))
	for _, t := range s.convs {
		all = append(all, t.state)
	}
	s.mu.RUnlock()
	for _, st := range all {
		if !fn(st) {
			return
		}
	}
}
