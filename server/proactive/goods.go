package proactive

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// recent is how long what was bought counts as being in use.
const recent = 90 * 24 * time.Hour

// complement is what goes with what was just bought, or with what is in the cart of somebody who goes on looking around.
func complement(f Facts) (Chance, bool) {
	c := Chance{Kind: event.ChanceComplement}
	var anchors []shop.Product
	for _, o := range f.Orders {
		if o.PaidAt.IsZero() || f.Now.Sub(o.PaidAt) > f.After.Bought || o.Return != nil || o.State == shop.Refunded || o.State == shop.Cancelled {
			continue
		}
		for _, l := range o.Lines {
			if p, ok := f.product(l.ProductID); ok {
				anchors = append(anchors, p)
			}
		}
		if len(anchors) > 0 {
			c.Code, c.Order, c.Until = "bought", o, o.PaidAt.Add(f.After.Bought)
			break
		}
	}
	if len(anchors) == 0 && len(f.Looks) > 0 && f.Looks[len(f.Looks)-1].At.After(f.Cart.UpdatedAt) && f.Now.Sub(f.Cart.UpdatedAt) <= f.After.Cold {
		for _, l := range f.Cart.Lines {
			if p, ok := f.product(l.ProductID); ok {
				anchors = append(anchors, p)
			}
		}
		c.Code, c.Until = "carted", f.Cart.UpdatedAt.Add(f.After.Cold)
	}
	best := 0
	for _, a := range anchors {
		for _, p := range f.Products {
			s, why := f.goesWith(a, p)
			if s > best {
				best, c.Products, c.Variant, c.With, c.Why = s, []shop.Product{p}, p.Main(), a.Title, why
			}
		}
	}
	return c, best >= minFit
}

// minFit is from which sum on something goes with something else: sharing one purpose alone is too little.
const minFit = 3

// goesWith says how well p goes with a, 0 for not at all, and why. What the shop packs into one set is of one line.
func (f *Facts) goesWith(a, p shop.Product) (int, string) {
	v := p.Main()
	switch {
	case p.ID == a.ID, v.Stock <= 0, len(p.Contains) > 0, p.Department != a.Department, p.Category == a.Category, p.Step != "" && p.Step == a.Step:
		return 0, ""
	case !f.suits(p), f.has(p.ID), f.clashes(p):
		return 0, ""
	case forWhom(p) != forWhom(a):
		return 0, ""
	}
	score, why := 0, ""
	for _, set := range f.Products {
		if holds(set, a) && holds(set, p) {
			score, why = 5, fmt.Sprintf("和 %s 同在 %s 里", a.Title, set.Title)
			break
		}
	}
	for _, x := range p.Actives {
		if i := slices.IndexFunc(a.Actives, func(y shop.Active) bool { return y.Name == x.Name }); i >= 0 && x.Name != "甘油" {
			if score += 2; why == "" {
				why = fmt.Sprintf("和 %s 都含%s", a.Title, x.Name)
			}
			break
		}
	}
	for _, x := range p.Concerns {
		if slices.Contains(a.Concerns, x) {
			if score++; why == "" {
				why = fmt.Sprintf("和 %s 一样针对%s", a.Title, x)
			}
		}
	}
	return score, why
}

func holds(set, p shop.Product) bool {
	return slices.ContainsFunc(set.Contains, func(id string) bool {
		return id == p.ID || slices.ContainsFunc(p.Variants, func(v shop.Variant) bool { return v.ID == id })
	})
}

// forWhom tells apart what is made for somebody in particular.
func forWhom(p shop.Product) string {
	for _, w := range []string{"男士", "宝宝", "儿童"} {
		if strings.Contains(p.Title, w) {
			return w
		}
	}
	return ""
}

// suits reports whether a product suits what is known of the customer's skin, and pregnancy.
func (f *Facts) suits(p shop.Product) bool {
	if f.Customer.Pregnant != "" && p.Pregnancy != shop.PregnancyOK {
		return false
	}
	skin := f.Customer.Skin
	if skin == "" || len(p.Skins) == 0 {
		return true
	}
	if strings.Contains(skin, "敏") { // the most careful word counts
		return slices.Contains(p.Skins, "敏感肌")
	}
	first := string([]rune(skin)[:1])
	return slices.ContainsFunc(p.Skins, func(k string) bool { return strings.Contains(skin, k) || strings.HasPrefix(k, first) })
}

// has reports whether the customer has a product in use or in the cart, alone or in a set.
func (f *Facts) has(id string) bool {
	own := func(l shop.OrderLine) bool {
		if l.ProductID == id {
			return true
		}
		set, ok := f.product(l.ProductID)
		p, known := f.product(id)
		return ok && known && holds(set, p)
	}
	return slices.ContainsFunc(f.Cart.Lines, own) || slices.ContainsFunc(f.Orders, func(o shop.Order) bool { return f.inUse(o) && slices.ContainsFunc(o.Lines, own) })
}

func (f *Facts) inUse(o shop.Order) bool {
	return o.State != shop.Cancelled && o.State != shop.Refunded && f.Now.Sub(o.PlacedAt) <= recent
}

// clashes reports whether a product is not to be used with what the customer has in use or in the cart.
func (f *Facts) clashes(p shop.Product) bool {
	bad := func(l shop.OrderLine) bool {
		q, ok := f.product(l.ProductID)
		if !ok {
			return false
		}
		all := []shop.Product{q}
		for _, in := range f.Products {
			if holds(q, in) {
				all = append(all, in)
			}
		}
		return slices.ContainsFunc(all, func(q shop.Product) bool {
			return slices.Contains(q.Conflicts, p.ID) || slices.Contains(p.Conflicts, q.ID)
		})
	}
	return slices.ContainsFunc(f.Cart.Lines, bad) || slices.ContainsFunc(f.Orders, func(o shop.Order) bool { return f.inUse(o) && slices.ContainsFunc(o.Lines, bad) })
}

// due is what the customer bought last and has nearly used up.
func due(f Facts) (Chance, bool) {
	seen := map[string]bool{}
	var best Chance
	worst := 0.0 // how far over
	for _, o := range f.Orders {
		for _, l := range o.Lines {
			if seen[l.ProductID] {
				continue
			}
			if o.State == shop.Cancelled || o.State == shop.Refunded || o.State == shop.Unpaid {
				continue
			}
			seen[l.ProductID] = true // the last purchase of it counts
			p, v, ok := f.variant(l.VariantID)
			if !ok || o.State != shop.Signed || o.SignedAt.IsZero() || v.Stock <= 0 || !f.suits(p) || inLines(f.Cart.Lines, p.ID) || o.Return != nil && o.Return.State != shop.ReturnDeclined {
				continue
			}
			lasts := Lasts(p, v) * time.Duration(max(1, l.Quantity))
			if lasts <= 0 {
				continue
			}
			share := float64(f.Now.Sub(o.SignedAt)) / float64(lasts)
			if share >= f.After.Early && share <= f.After.Late && share > worst {
				worst = share
				best = Chance{Kind: event.ChanceReplenish, Code: "due", Products: []shop.Product{p}, Variant: v, Order: o, Why: "按用量差不多用完了",
					Until: o.SignedAt.Add(time.Duration(float64(lasts) * f.After.Late))}
			}
		}
	}
	return best, worst > 0
}

func inLines(list []shop.OrderLine, product string) bool {
	return slices.ContainsFunc(list, func(l shop.OrderLine) bool { return l.ProductID == product })
}
