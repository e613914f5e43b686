package work

import (
	"context"
	"sync"
	"time"

	"agentdesk/server/proactive"
	"agentdesk/server/shop"
)

// Bounds of looking for chances.
const (
	lookEvery = 5 * time.Second // those that are due are looked at so often
	maxLooks  = 4096            // conversations that wait to be looked at; more are not
	maxTrail  = 12              // products looked at last that are remembered of one customer
)

// looks are the conversations that are to be looked at for a sales chance, and what customers looked at lately: of this process
// alone, a restart forgets the latter.
type looks struct {
	mu    sync.Mutex
	at    map[string]time.Time // by conversation: not before
	trail map[string]*trail    // by customer
}

type trail struct {
	looks    []proactive.Look
	checkout time.Time
}

func newLooks() *looks {
	return &looks{at: map[string]time.Time{}, trail: map[string]*trail{}}
}

// note remembers what a customer looked at, and that the checkout was opened. It takes both from the shop's activities in the
// order in which they happened.
func (l *looks) note(a shop.Activity) {
	if a.What != shop.ProductViewed && a.What != shop.CheckoutOpened {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.trail) > maxActors {
		clear(l.trail)
	}
	t := l.trail[a.Customer]
	if t == nil {
		t = &trail{}
		l.trail[a.Customer] = t
	}
	if a.What == shop.CheckoutOpened {
		t.checkout = a.At
		return
	}
	t.looks = append(t.looks, proactive.Look{Product: a.Product, At: a.At})
	t.looks = t.looks[max(0, len(t.looks)-maxTrail):]
}

// of is what a customer looked at lately.
func (l *looks) of(customer string) ([]proactive.Look, time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := l.trail[customer]
	if t == nil {
		return nil, time.Time{}
	}
	return append([]proactive.Look(nil), t.looks...), t.checkout
}

// set has a conversation looked at, not before at.
func (l *looks) set(conv string, at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if _, known := l.at[conv]; known || len(l.at) < maxLooks {
		l.at[conv] = at
	}
}

// due takes out the conversations whose time has come.
func (l *looks) due(now time.Time) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for conv, at := range l.at {
		if !now.Before(at) {
			out = append(out, conv)
			delete(l.at, conv)
		}
	}
	return out
}

// soon has a conversation looked at as soon as it may have been quiet for long enough.
func (w *Workers) soon(conv string) {
	if w.proactive() {
		w.looks.set(conv, time.Now().Add(w.p.Proactive.Rules.Quiet))
	}
}

// lookAround looks at the conversations that are due, one after another, until ctx ends.
func (w *Workers) lookAround(ctx context.Context) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		for _, conv := range w.looks.due(time.Now()) {
			if err := w.look(ctx, conv); err != nil && ctx.Err() == nil && !moved(err) {
				w.p.Logger.Warn("no chance is looked for", "conv", conv, "err", err)
			}
		}
	}
}
