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
		if refunds > 0 && comesBack(&r, age, rng) {
			refunds--
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
			r.State, r.Parcel, r.Return, r.Reason, r.BackDays = shop.Cancelled, "", "", "", 0
			if age == 0 {
				r.State = shop.Unpaid
			}
			lines = []lineRow{{Variant: pick(rng, "p-sun-milk-50ml", "p-cleanser-120g", "p-ha-toner-200ml"), Quantity: 1}}
		case keeps(r.State):
			left -= total
		}
		r.Lines = lines
		r.ID = freeID(age, rng, taken)
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
	some := func(p shop.ParcelState) (shop.OrderState, shop.ParcelState) {
		if p == shop.Delivered {
			return shop.Signed, p
		}
		return shop.Shipped, p
	}
	switch {
	case age == 0:
		return pick(rng, shop.Paid, shop.Paid, shop.Packed, shop.Unpaid), ""
	case age == 1:
		return some(pick(rng, shop.PickedUp, shop.InTransit))
	case age <= 3:
		return some(pick(rng, shop.InTransit, shop.InTransit, shop.InTransit, shop.OutForDelivery))
	case age <= 5:
		return some(pick(rng, shop.OutForDelivery, shop.OutForDelivery, shop.AtStation, shop.Delayed, shop.Delivered))
	case age <= 9:
		return some(pick(rng, shop.Delivered, shop.Delivered, shop.Delivered, shop.Delivered, shop.Delivered, shop.AtStation, shop.Delayed, shop.Rejected))
	case age <= 24 && rng.IntN(12) == 0:
		return some(shop.Lost)
	}
	return some(shop.Delivered)
}

// comesBack makes an order one that comes back, or whose money does; false when it is too young for that.
func comesBack(r *orderRow, age int, rng *rand.Rand) bool {
	reasons := map[shop.ReturnKind][]string{
		shop.ReturnPlain:   {"七天无理由，未拆封", "肤质不合适，未拆封", "拍错规格，未拆封", "买重了，未拆封", "朋友送了同款，未拆封"},
		shop.ReturnAllergy: {"使用后泛红，过敏无忧退", "两颊起小疹，过敏无忧退", "用后刺痛，过敏无忧退", "眼周发痒，过敏无忧退"},
		shop.ReturnFault:   {"泵头破损", "瓶身漏液", "膏体断裂", "外盒压坏，瓶口裂", "色号发错"},
		shop.ReturnSwap:    {"色号偏白，换自然色", "换成大规格", "泵头压坏，换新", "膏体断了，换新"},
	}
	kind := pick(rng, shop.ReturnPlain, shop.ReturnPlain, shop.ReturnAllergy, shop.ReturnAllergy, shop.ReturnFault, shop.ReturnSwap)
	switch {
	case age <= 1:
		r.State, r.Parcel, r.Return, r.Reason = shop.Refunding, "", shop.ReturnCancel, pick(rng, "拍错规格，还没发货", "地址填错，重新下单", "优惠没用上，重新拍")
		return true
	case r.Parcel == shop.Lost:
		r.State, r.Return, r.Reason = pick(rng, shop.Refunding, shop.Refunded), shop.ReturnLost, "快递确认丢失，选择全额退款"
		return true
	case r.Parcel != shop.Delivered || age < 4:
		return false
	}
	r.Return, r.Reason = kind, choose(rng, reasons[kind])
	swap := kind == shop.ReturnSwap
	switch {
	case age <= 12 && swap:
		r.State = shop.Swapping
	case age <= 12:
		r.State = shop.Returning
	case age <= 20 && !swap:
		r.State = shop.Refunding
	case swap:
		r.State = shop.Swapped
	default:
		r.State = shop.Refunded
	}
	return true
}

// basket fills up to four lines that together cost at most budget, the closer the better.
func (b *builder) basket(c shop.Customer, budget int64, rng *rand.Rand) ([]lineRow, int64, error) {
	var best []lineRow
	var most int64
	for range 8 {
		var rows []lineRow
		var sum int64
		for range 1 + rng.IntN(4) {
			p := b.out.products[b.out.productIDs[rng.IntN(len(b.out.productIDs))]]
			v := p.Variants[rng.IntN(len(p.Variants))]
			n := pick(rng, 1, 1, 1, 2)
			if slices.ContainsFunc(rows, func(l lineRow) bool { return l.Variant == v.ID }) || sum+int64(n)*v.PayFen() > budget {
				continue
			}
			rows, sum = append(rows, lineRow{Variant: v.ID, Quantity: n}), sum+int64(n)*v.PayFen()
		}
		if sum > most {
			best, most = rows, sum
		}
	}
	// Shipping may be what is too much.
	for ; len(best) > 0; best = best[:len(best)-1] {
		o := shop.Order{}
		for _, l := range best {
			line, err := b.line(l)
			if err != nil {
				return nil, 0, err
			}
			o.Lines = append(o.Lines, line)
		}
		b.price(&o, c, c.Tier == shop.New)
		if o.TotalFen <= budget {
			return best, o.TotalFen, nil
		}
	}
	return nil, 0, nil
}

// freeID numbers an order: the older, the lower.
func freeID(age int, rng *rand.Rand, taken map[string]bool) string {
	for n := 9_000_000 - 4000*age - rng.IntN(4000); ; n-- {
		id := fmt.Sprintf("CY880%07d", n)
		if !taken[id] {
			taken[id] = true
			return id
		}
	}
}

func pick[T any](rng *rand.Rand, of ...T) T { return of[rng.IntN(len(of))] }
