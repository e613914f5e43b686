// Package pricing works out what an order of the demo shop costs: its lines, less one reduction and one order coupon, plus
// shipping, and the gifts that come along. It is pure.
package pricing

import (
	"slices"

	"agentdesk/server/shop"
)

// Rules are what a shop takes off and charges.
type Rules struct {
	Promotions []shop.Promotion // those that run
	FreeFen    int64            // from which shipping is free
	ShipFen    int64            // what shipping costs below
}

// Buyer is for whom an order is worked out.
type Buyer struct {
	Tier    shop.Tier
	Channel shop.Channel
	First   bool // the first order
}

// Bill is what an order comes to.
type Bill struct {
	SumFen      int64 // Σ quantity × unit price
	Offs        []shop.Off
	DiscountFen int64 // Σ Offs, less than SumFen
	ShippingFen int64
	TotalFen    int64
	Gifts       []string
	Nearly      *shop.Nearly
}

// Suits reports whether a promotion is for a buyer.
func Suits(p shop.Promotion, b Buyer) bool {
	return (len(p.Tiers) == 0 || slices.Contains(p.Tiers, b.Tier)) && (len(p.Channels) == 0 || slices.Contains(p.Channels, b.Channel))
}

// welcome reports whether a reduction is for first orders only. It excludes order coupons.
func welcome(p shop.Promotion) bool { return slices.Contains(p.Tiers, shop.New) }

// Bill works an order out. Reductions exclude each other, and so do coupons; the pair that takes most off is chosen.
func (r Rules) Bill(lines []shop.OrderLine, b Buyer, coupons []shop.OrderCoupon) Bill {
	out := Bill{SumFen: sum(lines, nil)}
	if out.SumFen <= 0 {
		return out
	}
	cuts := []shop.Promotion{{}} // the zero one: none
	for _, p := range r.Promotions {
		if p.Kind == shop.Reduction && out.SumFen >= p.MinFen && Suits(p, b) && (b.First || !welcome(p)) {
			cuts = append(cuts, p)
		}
	}
	tickets := []shop.OrderCoupon{{}}
	for _, c := range coupons {
		if s := sum(lines, c.Products); s > 0 && s >= c.MinFen {
			tickets = append(tickets, c)
		}
	}
	for _, cut := range cuts {
		for _, c := range tickets {
			if c.ID != "" && welcome(cut) {
				continue
			}
			if cut.OffFen+c.OffFen <= out.DiscountFen {
				continue
			}
			out.Offs, out.DiscountFen = nil, 0
			for _, off := range []shop.Off{{ID: cut.ID, Title: cut.Title, Fen: cut.OffFen}, {ID: c.ID, Title: c.Title, Fen: c.OffFen}} {
				// Something is always left to pay.
				off.Fen = min(off.Fen, out.SumFen-out.DiscountFen-1)
				if off.ID != "" && off.Fen > 0 {
					out.Offs, out.DiscountFen = append(out.Offs, off), out.DiscountFen+off.Fen
				}
			}
		}
	}
	rest := out.SumFen - out.DiscountFen
	if rest < r.FreeFen {
		out.ShippingFen = r.ShipFen
	}
	out.TotalFen = rest + out.ShippingFen
	for _, p := range r.Promotions {
		spent := rest
		if len(p.Products) > 0 {
			spent = sum(lines, p.Products)
		}
		if p.Kind == shop.Gift && spent > 0 && spent >= p.MinFen && Suits(p, b) {
			out.Gifts = append(out.Gifts, p.Gift)
		}
	}
	out.Nearly = r.nearly(out.SumFen, b)
	return out
}

// nearly is the smallest reduction that is not reached yet and would be worth more than those that are.
func (r Rules) nearly(sum int64, b Buyer) *shop.Nearly {
	var have int64
	var best *shop.Nearly
	for _, p := range r.Promotions {
		if p.Kind != shop.Reduction || !Suits(p, b) || welcome(p) && !b.First {
			continue
		}
		if sum >= p.MinFen {
			have = max(have, p.OffFen)
		} else if best == nil || p.MinFen-sum < best.MissFen {
			best = &shop.Nearly{Title: p.Title, MissFen: p.MinFen - sum, OffFen: p.OffFen}
		}
	}
	if best != nil && best.OffFen <= have {
		return nil
	}
	return best
}

// sum is what the lines of some products come to; of all when none are named.
func sum(lines []shop.OrderLine, products []string) int64 {
	var n int64
	for _, l := range lines {
		if len(products) == 0 || slices.Contains(products, l.ProductID) {
			n += int64(l.Quantity) * l.UnitFen
		}
	}
	return n
}
