package shopdata

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"agentdesk/server/demo/pricing"
	"agentdesk/server/shop"
)

// allOrders makes the written orders and, up to each customer's number, random ones around them.
func (b *builder) allOrders() error {
	written := map[string][]orderRow{}
	for _, r := range b.rows.orders {
		if _, ok := b.out.customers[r.Customer]; !ok {
			return fmt.Errorf("order %s of unknown customer %s", r.ID, r.Customer)
		}
		written[r.Customer] = append(written[r.Customer], r)
	}
	taken := map[string]bool{}
	for _, r := range b.rows.orders {
		if taken[r.ID] {
			return fmt.Errorf("order %s twice", r.ID)
		}
		taken[r.ID] = true
	}
	for _, c := range b.rows.customers {
		specs := written[c.ID]
		more, err := b.invent(c, specs, taken)
		if err != nil {
			return fmt.Errorf("orders of %s: %w", c.ID, err)
		}
		for _, s := range append(specs, more...) {
			o, err := b.order(s)
			if err != nil {
				return fmt.Errorf("order %s: %w", s.ID, err)
			}
			b.out.orders[o.ID] = o
			b.out.of[c.ID] = append(b.out.of[c.ID], o.ID)
		}
		slices.SortFunc(b.out.of[c.ID], func(x, y string) int { return b.out.orders[y].PlacedAt.Compare(b.out.orders[x].PlacedAt) })
	}
	return nil
}

// price fills in what the lines come to, under the promotions and the shipping policy.
func (b *builder) price(o *shop.Order, c shop.Customer, first bool) {
	bill := b.rules.Bill(o.Lines, pricing.Buyer{Tier: c.Tier, Channel: c.Channel, First: first}, nil)
	o.Offs, o.DiscountFen, o.ShippingFen, o.TotalFen, o.Gifts = bill.Offs, bill.DiscountFen, bill.ShippingFen, bill.TotalFen, bill.Gifts
}

// order makes an order from its row. Its story is told from the day it was placed; where that would run past the moment of
// start, it began as many days earlier.
func (b *builder) order(r orderRow) (shop.Order, error) {
	c := b.out.customers[r.Customer]
	o := shop.Order{ID: r.ID, CustomerID: r.Customer, State: r.State, Channel: c.Channel, Note: r.Note, Invoice: r.Invoice,
		To: shop.Recipient{Name: cmp.Or(c.Name, c.Nick), Phone: c.Phone, Address: c.Address}}
	for _, l := range r.Lines {
		line, err := b.line(l)
		if err != nil {
			return o, err
		}
		o.Lines = append(o.Lines, line)
	}
	b.price(&o, c, c.Tier == shop.New)
	clock, err := time.Parse("15:04", r.Clock)
	if err != nil {
		return o, fmt.Errorf("clock: %w", err)
	}
	rng := b.random(r.ID)
	for back := range 8 {
		placed := b.daysAgo(r.Days + back).Add(time.Duration(clock.Hour())*time.Hour + time.Duration(clock.Minute())*time.Minute)
		told := o
		last, err := b.tell(&told, r, placed, rng)
		if err != nil {
			return o, err
		}
		if !last.After(b.now) {
			return told, nil
		}
	}
	return o, fmt.Errorf("no day on which its story ends before %s", b.now)
}

// tell sets the times of an order that was placed then, and returns the last of them.
func (b *builder) tell(o *shop.Order, r orderRow, placed time.Time, rng *rand.Rand) (time.Time, error) {
	o.PlacedAt = placed
	switch o.State {
	case shop.Unpaid:
		return placed, nil
	case shop.Cancelled:
		o.ClosedAt = placed.Add(30 * time.Minute) // unpaid orders close by themselves
		return o.ClosedAt, nil
	}
	o.PaidAt = placed.Add(time.Duration(1+rng.IntN(9)) * time.Minute)
	if o.State == shop.Paid {
		return o.PaidAt, nil
	}
	if r.Return == shop.ReturnCancel {
		return b.giveBack(o, r)
	}
	cutoff, err := b.figure("policy-shipping", "cutoff_hour")
	if err != nil {
		return placed, err
	}
	packed, shipped := Dispatch(o.PaidAt, int(cutoff), rng)
	if o.State == shop.Packed {
		return packed, nil
	}
	o.ShippedAt = shipped
	parcel, err := b.parcel(o, r, rng)
	if err != nil {
		return placed, err
	}
	o.Parcels = []shop.Parcel{parcel}
	last := parcel.Last().At
	if o.State == shop.Shipped {
		return last, nil
	}
	if r.Return == shop.ReturnLost {
		return b.giveBack(o, r)
	}
	o.SignedAt = last
	if o.State == shop.Signed {
		return last, nil
	}
	return b.giveBack(o, r)
}

// Dispatch says when an order that was paid then is packed and leaves the house: the same evening before the cut-off hour.
func Dispatch(paid time.Time, cutoff int, rng *rand.Rand) (packed, shipped time.Time) {
	day := midnight(paid)
	if paid.Hour() >= cutoff {
		day = day.AddDate(0, 0, 1)
	}
	packed = latest(day.Add(17*time.Hour), paid.Add(20*time.Minute))
	return packed, latest(day.Add(23*time.Hour+time.Duration(rng.IntN(40))*time.Minute), packed.Add(30*time.Minute))
}

// giveBack tells how an order came back, or how the money of one that never arrived did.
func (b *builder) giveBack(o *shop.Order, r orderRow) (time.Time, error) {
	hours, err := b.figure("policy-return", "refund_hours")
	if err != nil {
		return o.PlacedAt, err
	}
	kind := r.Return
	if kind == "" {
		kind = shop.ReturnPlain
	}
	ret := &shop.Return{ID: "RT" + r.ID[max(0, len(r.ID)-6):], Kind: kind, Reason: r.Reason, RefundFen: o.TotalFen - o.ShippingFen}
	o.Return = ret
	switch kind {
	case shop.ReturnCancel:
		ret.AskedAt = o.PaidAt.Add(3 * time.Hour)
	case shop.ReturnLost:
		ret.AskedAt = latest(o.Parcels[0].Last().At.Add(50*time.Hour), b.now.Add(-20*time.Hour).Truncate(time.Minute))
	default:
		ret.AskedAt = o.SignedAt.Add(time.Duration(6+sum(r.ID)%40) * time.Hour)
		if r.Asked > 0 {
			ret.AskedAt = latest(o.SignedAt.Add(time.Minute), b.now.Add(-time.Duration(r.Asked)*time.Hour))
		}
	}
	if kind == shop.ReturnCancel || kind == shop.ReturnLost { // nothing comes back
		ret.RefundFen, ret.State = o.TotalFen, shop.ReturnApproved
		ret.DueAt = ret.AskedAt.Add(time.Duration(hours) * time.Hour)
		if o.State == shop.Refunded {
			ret.State, ret.PaidAt = shop.ReturnPaid, ret.AskedAt.Add(5*time.Hour)
			o.ClosedAt = ret.PaidAt
		}
		return latest(ret.AskedAt, ret.PaidAt), nil
	}
	switch {
	case o.State == shop.Refunded || o.State == shop.Swapped:
		ret.BackAt = ret.AskedAt.Add(70 * time.Hour)
		ret.State, ret.PaidAt = shop.ReturnPaid, ret.BackAt.Add(30*time.Hour)
		o.ClosedAt = ret.PaidAt
		if o.State == shop.Swapped {
			ret.State, ret.PaidAt = shop.ReturnResent, time.Time{}
		}
	case o.State == shop.Refunding:
		ret.State, ret.BackAt = shop.ReturnBack, ret.AskedAt.Add(60*time.Hour)
	case r.BackDays > 0:
		ret.State, ret.BackAt = shop.ReturnBack, latest(b.daysAgo(r.BackDays).Add(15*time.Hour), ret.AskedAt.Add(24*time.Hour))
	default:
		// A day until it was looked at, another until it was sent.
		switch age := b.now.Sub(ret.AskedAt); {
		case age < 24*time.Hour:
			ret.State = shop.ReturnAsked
		case age < 48*time.Hour:
			ret.State = shop.ReturnApproved
		default:
			ret.State, ret.Number = shop.ReturnSent, number("SF", r.ID+"/back")
		}
		if kind == shop.ReturnSwap {
			ret.RefundFen = 0
		}
		return ret.AskedAt, nil
	}
	if kind == shop.ReturnSwap {
		ret.RefundFen = 0
	}
	ret.DueAt = ret.BackAt.Add(time.Duration(hours) * time.Hour)
	ret.Number = number("SF", r.ID+"/back")
	return latest(latest(ret.BackAt, ret.PaidAt), o.ClosedAt), nil
}

func (b *builder) random(key string) *rand.Rand { return rand.New(rand.NewPCG(b.seed, sum(key))) }

func sum(key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // a hash never fails
	return h.Sum64()
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func midnight(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, t.Location())
}
