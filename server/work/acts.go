package work

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"agentdesk/server/floor"
	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Bounds of what customers do in the shop while they chat.
const (
	maxActs      = 1024 // that wait to be told; more are not told
	maxActors    = 20_000
	actEvery     = 2 * time.Second // one conversation tells so often, actBurst at once
	actBurst     = 20
	viewAgain    = 10 * time.Minute // the same product looked at again within is not told again
	actTries     = 3
	refreshAfter = 300 * time.Millisecond
	// wordlessPause is how long the bot waits for words after a picture.
	wordlessPause = 4 * time.Second
)

// acts are what customers did, on their way to the floor.
type acts struct {
	queue chan act
	run   string // of this process: no two name an act alike
	n     atomic.Uint64

	// Of the one goroutine that tells.
	paced map[string]*rate.Limiter // by customer
	seen  map[string]seen          // by customer: the product looked at last
}

type act struct {
	id string
	shop.Activity
}

type seen struct {
	product string
	at      time.Time
}

func newActs() *acts {
	raw := make([]byte, 8)
	_, _ = rand.Read(raw) // never fails
	return &acts{queue: make(chan act, maxActs), run: hex.EncodeToString(raw), paced: map[string]*rate.Limiter{}, seen: map[string]seen{}}
}

// note takes an activity of the shop, and drops it where too many wait: the shop itself forgets nothing.
func (a *acts) note(did shop.Activity) {
	select {
	case a.queue <- act{fmt.Sprintf("act-%s-%d", a.run, a.n.Add(1)), did}:
	default:
	}
}

// worth reports whether an act is told: not the same look twice, and no more than a person can read.
func (a *acts) worth(did *shop.Activity, now time.Time) bool {
	if len(a.paced) > maxActors || len(a.seen) > maxActors {
		clear(a.paced)
		clear(a.seen)
	}
	if did.What == shop.ProductViewed {
		if was := a.seen[did.Customer]; was.product == did.Product && now.Sub(was.at) < viewAgain {
			return false
		}
		a.seen[did.Customer] = seen{did.Product, now}
	}
	l := a.paced[did.Customer]
	if l == nil {
		l = rate.NewLimiter(rate.Every(actEvery), actBurst)
		a.paced[did.Customer] = l
	}
	return l.AllowN(now, 1)
}

// tell gives what customers do in the shop to the floor, for their open conversation, until ctx ends.
func (w *Workers) tell(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case a := <-w.acts.queue:
			if err := w.tellOne(ctx, &a); err != nil && ctx.Err() == nil && !errors.Is(err, floor.ErrEnded) {
				w.p.Logger.Warn("what a customer did is not told", "what", a.What, "err", err)
			}
		}
	}
}

func (w *Workers) tellOne(ctx context.Context, a *act) error {
	ctx, cancel := context.WithTimeout(ctx, w.p.Deadline)
	defer cancel()
	w.looks.note(a.Activity)
	if a.What == shop.OrderPaid && w.proactive() {
		if err := w.settle(ctx, a.Customer, a.Order, a.Fen, a.At); err != nil {
			w.p.Logger.Warn("an order after a chance is not counted", "err", err)
		}
	}
	s, ok, err := w.p.Floor.OpenConversation(ctx, a.Customer)
	if err != nil {
		return fmt.Errorf("find the conversation: %w", err)
	}
	if ok {
		w.soon(s.ID)
	}
	if a.What == shop.StockBack {
		return nil // the shop's act, not the customer's
	}
	if !ok || !w.acts.worth(&a.Activity, time.Now()) {
		return nil
	}
	c := conversation.Command{Kind: conversation.Act, ClientID: a.id, Conv: s.ID, Actor: event.Actor{Kind: event.System, ID: "shop"},
		Payload: conversation.ActArgs{ActedBody: event.ActedBody{What: a.What, Product: a.Product, Order: a.Order, Qty: a.Qty, Fen: a.Fen}, Title: a.Title}}
	for try := 1; ; try++ {
		if _, err = w.p.Floor.Do(ctx, c); err == nil || moved(err) {
			return nil
		}
		if try == actTries {
			return err
		}
		if pause(ctx, time.Duration(try)*100*time.Millisecond) != nil {
			return err
		}
	}
}

// refresh sends what stands beside a chat again, with the customer's cart and orders as they are now. Several acts in a row
// are one.
func (w *Workers) refresh(ctx context.Context, conv string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.panels[conv] == nil || w.fresh[conv] {
		return
	}
	w.fresh[conv] = true
	w.wg.Go(func() {
		wait := pause(ctx, refreshAfter)
		w.mu.Lock()
		delete(w.fresh, conv)
		was := w.panels[conv]
		w.mu.Unlock()
		s, ok := w.live.State(conv)
		if wait != nil || was == nil || !ok || !s.Open() {
			return
		}
		ctx, cancel := context.WithTimeout(ctx, w.p.Deadline)
		defer cancel()
		facts, err := w.facts(ctx, s.Customer)
		if err != nil {
			if ctx.Err() == nil {
				w.p.Logger.Warn("the shop did not tell the customer's facts", "err", err)
			}
			return
		}
		p := *was
		p.Facts = facts
		w.mu.Lock()
		current := w.panels[conv] == was
		if current {
			w.panels[conv] = &p
		}
		w.mu.Unlock()
		if current { // else a newer one was sent meanwhile, with the same facts
			w.p.Audience.Live(conv, wire.Live{T: wire.TLive, Kind: wire.LivePanel, Conv: conv, Panel: &p})
		}
	})
}

// forget drops what was sent beside a chat that no person has any more.
func (w *Workers) forget(conv string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.panels, conv)
}
