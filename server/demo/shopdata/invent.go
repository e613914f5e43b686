package shopdata

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"agentdesk/server/shop"
)

// invent makes rows for the orders of a customer that nobody wrote. Together with the written ones they never come to more
// than what the customer has spent in a lifetime.
func (b *builder) invent(c customerRow, written []orderRow, taken map[string]bool) ([]orderRow, error) {
	rng := b.random(c.ID)
	cust := b.out.customers[c.ID]
	left := c.SpentFen
	for _, r := range written {
		o := shop.Order{}
		for _, l := range r.Lines {
			line, err := b.line(l)
			if err != nil {
				return nil, err
			}
			o.Lines = append(o.Lines, line)
		}
		b.price(&o, cust, cust.Tier == shop.New)
		if keeps(r.State) {
			left -= o.TotalFen
		}
	}
	if left < 0 {
		return nil, fmt.Errorf("written orders exceed the lifetime spend by %d fen", -left)
	}
	n := c.Here - len(written)
	ages := b.ages(c, n, len(written) > 0, rng)
	refunds := (c.Returns*c.Orders + 500) / 1000
	for _, r := range written {
		if r.Return != "" || r.State == shop.Refunded || r.State == shop.Returning {
			refunds--
		}
	}
	var out []orderRow
	for i, age := range ages {
		r := orderRow{Customer: c.ID, Days: age, Clock: fmt.Sprintf("%02d:%02d", 8+rng.IntN(15), rng.IntN(60)), Carrier: "中通快递"}
		if rng.IntN(10) < 4 || cust.Tier == shop.Platinum || cust.Tier == shop.Black {
			r.Carrier = "顺丰速运"
		}
		r.State, r.Parcel = states(age, rng)
		if age > 25 && refunds > 0 {
			refunds--
			r.State, r.Reason = shop.Refunded, pick(rng, "七天无理由，未拆封", "使用后泛红，过敏无忧退", "肤质不合适，未拆封", "泵头破损")
		}
		budget := left / int64(n-i)
		budget = budget*int64(70+rng.IntN(60))/100 + 1
		if i == n-1 || budget > left {
			budget = left
		}
		lines, total, err := b.basket(cust, budget, rng)
		if err != nil {
			return nil, err
		}
		switch {
		case len(lines) == 0: // nothing fits into what is left: the customer put something aside and never paid
			r.State, r.Parcel = shop.Cancelled, ""
			if age == 0 {
				r.State = shop.Unpaid
			}
			r.Reason = ""
			lines = []lineRow{{Variant: pick(rng, "p-sun-milk-50ml", "p-cleanser-120g", "p-ha-toner-200ml"), Quantity: 1}}
		case keeps(r.State):
			left -= total
		}
		r.Lines = lines
		r.ID = freeID(9000-8*age, taken)
		out = append(out, r)
	}
	return out, nil
}

// keeps reports whether an order in that state counts as spent.
func keeps(s shop.OrderState) bool {
	return s != shop.Unpaid && s != shop.Cancelled && s != shop.Refunded
}

// ages spreads n orders over the time that a customer has been one, newest first. Customers with a written order have none
// in its days, so that the story stands alone.
func (b *builder) ages(c customerRow, n int, story bool, rng *rand.Rand) []int {
	oldest := min(max(c.JoinedDays-9, 0), 900)
	var out []int
	for i := range n {
		if i == 0 && !story && (rng.IntN(10) < 6 || c.Tier == shop.New) {
			out = append(out, rng.IntN(min(oldest, 6)+1))
			continue
		}
		from := min(30, oldest)
		out = append(out, from+rng.IntN(oldest-from+1))
	}
	slices.Sort(out)
	return out
}

// states is where an order of that age stands, as most do.
func states(age int, rng *rand.Rand) (shop.OrderState, shop.ParcelState) {
	switch {
	case age == 0:
		return pick(rng, shop.Paid, shop.Paid, shop.Packed, shop.Unpaid), ""
	case age == 1:
		return shop.Shipped, pick(rng, shop.PickedUp, shop.InTransit)
	case age <= 3:
		return shop.Shipped, pick(rng, shop.InTransit, shop.InTransit, shop.OutForDelivery)
	case age <= 5:
		return shop.Shipped, shop.OutForDelivery
	default:
		return shop.Signed, shop.Delivered
	}
}

// basket fills up to four lines that together cost at most budget, the closer the better.
func (b *builder) basket(c shop.Customer, budget int64, rng *rand.Rand) ([]lineRow, int64, error) {
	var best []lineRow
	var bestTotal int64
	for range 12 {
		var lines []lineRow
		var total int64
		for range 1 + rng.IntN(4) {
			p := b.out.products[b.out.productIDs[rng.IntN(len(b.out.productIDs))]]
			v := p.Variants[rng.IntN(len(p.Variants))]
			if slices.ContainsFunc(lines, func(l lineRow) bool { return l.Variant == v.ID }) {
				continue
			}
			next := append(slices.Clone(lines), lineRow{Variant: v.ID, Quantity: pick(rng, 1, 1, 1, 2)})
			o := shop.Order{}
			for _, l := range next {
				line, err := b.line(l)
				if err != nil {
					return nil, 0, err
				}
				o.Lines = append(o.Lines, line)
			}
			b.price(&o, c, c.Tier == shop.New)
			if o.TotalFen <= budget {
				lines, total = next, o.TotalFen
			}
		}
		if total > bestTotal {
			best, bestTotal = lines, total
		}
	}
	return best, bestTotal, nil
}

func freeID(n int, taken map[string]bool) string {
	for ; ; n-- {
		id := fmt.Sprintf("CY880%07d", n)
		if n < 0 {
			id = fmt.Sprintf("CY881%07d", -n)
		}
		if !taken[id] {
			taken[id] = true
			return id
		}
	}
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }
