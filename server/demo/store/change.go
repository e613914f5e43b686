package store

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"agentdesk/server/demo/shopdata"
	"agentdesk/server/shop"
)

// change is what one act changes: decided under the lock, written to disk, then seen, then told.
type change struct {
	now     time.Time
	guests  map[string]shop.Customer
	carts   map[string]basket
	orders  []record
	coupons map[string][]shop.OrderCoupon
	sold    map[string]int
	stocked map[string]int
	drop    []string // guests who are forgotten
	told    []shop.Activity
}

func (c *change) tell(a shop.Activity) {
	a.At = c.now
	c.told = append(c.told, a)
}

func (c *change) empty() bool {
	return len(c.guests)+len(c.carts)+len(c.orders)+len(c.coupons)+len(c.sold)+len(c.stocked)+len(c.told) == 0
}

// do lets decide look at the state and fill in a change, and carries it out. An error of decide changes nothing.
func (s *Store) do(ctx context.Context, decide func(c *change) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := func() error {
		s.mu.Lock()
		defer s.mu.Unlock()
		c := &change{now: s.now(), guests: map[string]shop.Customer{}, carts: map[string]basket{}, coupons: map[string][]shop.OrderCoupon{}, sold: map[string]int{}, stocked: map[string]int{}}
		if err := decide(c); err != nil {
			return err
		}
		if c.empty() {
			return nil
		}
		s.evict(c)
		if err := s.write(ctx, c); err != nil {
			return fmt.Errorf("shop store: %w", err)
		}
		s.apply(c)
		s.watch.queue(c.told)
		return nil
	}()
	if err == nil {
		s.watch.drain()
	}
	return err
}

// now is the moment, to the second, in the zone in which the shop's days begin.
func (s *Store) now() time.Time { return s.p.Now().In(shopdata.Zone()).Truncate(time.Second) }

func (s *Store) write(ctx context.Context, c *change) (err error) {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	put := func(query string, args ...any) {
		if err != nil {
			return
		}
		if n := len(args) - 1; n >= 0 {
			switch args[n].(type) {
			case string, int:
			default:
				var raw []byte
				if raw, err = json.Marshal(args[n]); err != nil {
					return
				}
				args[n] = string(raw)
			}
		}
		if _, e := tx.ExecContext(ctx, s.sql[query], args...); e != nil {
			err = fmt.Errorf("%s: %w", query, e)
		}
	}
	for _, who := range c.drop {
		put("drop_guest", who)
		put("drop_cart", who)
		put("drop_coupons", who)
	}
	for who, g := range c.guests {
		put("put_guest", who, g)
	}
	for who, b := range c.carts {
		put("put_cart", who, b)
	}
	for _, r := range c.orders {
		put("put_order", r.Order.ID, r)
	}
	for who, list := range c.coupons {
		for _, t := range list {
			put("put_coupon", who, t.ID, t)
		}
	}
	for variant, n := range c.sold {
		put("put_sold", variant, n)
	}
	for variant, n := range c.stocked {
		put("put_stocked", variant, n)
	}
	if err != nil {
		return err
	}
	return tx.Commit()
}

func (s *Store) apply(c *change) {
	for _, who := range c.drop {
		delete(s.guests, who)
		delete(s.carts, who)
		delete(s.coupons, who)
	}
	for who, g := range c.guests {
		s.guests[who] = g
	}
	for who, b := range c.carts {
		s.carts[who] = b
	}
	for _, r := range c.orders {
		s.keep(r)
	}
	for who, list := range c.coupons {
		for _, t := range list {
			s.hold(who, t)
		}
	}
	for variant, n := range c.sold {
		s.sold[variant] = n
	}
	for variant, n := range c.stocked {
		s.stocked[variant] = n
	}
}

// evict lets the carts of the guests who came longest ago go when there are too many. Who ordered is never forgotten.
func (s *Store) evict(c *change) {
	if len(s.carts)+len(c.carts) <= s.p.Carts {
		return
	}
	oldest := ""
	for who, b := range s.carts {
		if _, now := c.carts[who]; now || !shop.IsGuest(who) || len(s.of[who]) > 0 {
			continue
		}
		if oldest == "" || b.Updated.Before(s.carts[oldest].Updated) {
			oldest = who
		}
	}
	if oldest != "" {
		c.drop = append(c.drop, oldest)
	}
}

// watchers hear of activities, each in the order in which the changes were made.
type watchers struct {
	mu      sync.Mutex
	fns     map[int]func(shop.Activity)
	next    int
	waiting []shop.Activity

	telling sync.Mutex // held while watchers are called
}

func (w *watchers) queue(list []shop.Activity) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.fns) > 0 {
		w.waiting = append(w.waiting, list...)
	}
}

// drain tells what waits. When it returns, whatever was queued before it was called has been told, by it or by another.
func (w *watchers) drain() {
	w.telling.Lock()
	defer w.telling.Unlock()
	w.mu.Lock()
	list := w.waiting
	w.waiting = nil
	var fns []func(shop.Activity)
	for _, id := range slices.Sorted(maps.Keys(w.fns)) {
		fns = append(fns, w.fns[id])
	}
	w.mu.Unlock()
	for _, a := range list {
		for _, fn := range fns {
			fn(a)
		}
	}
}

// Watch implements shop.Watched.
func (s *Store) Watch(fn func(shop.Activity)) (stop func()) {
	w := &s.watch
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.fns == nil {
		w.fns = map[int]func(shop.Activity){}
	}
	id := w.next
	w.next++
	w.fns[id] = fn
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.fns, id)
	}
}
