package page

import (
	"errors"
	"net/url"
	"slices"

	"agentdesk/server/shop"
)

type memberView struct {
	base
	Who      shop.Customer
	Known    bool
	Tiers    []tierRow
	Next     string // the tier above, "" at the top
	MissFen  int64
	Share    int // of the way to the next tier, percent
	Coupons  []shop.OrderCoupon
	Latest   []orderRow
	Seen     []shop.Product
	Demo     bool
	DemoWhos []shop.Customer
}

type tierRow struct {
	Tier shop.Tier
	From int64
	On   bool
}

// demoWhos are customers of the demo as whom one can look around.
var demoWhos = []string{"c-linxiaolu", "c-suwanwan", "c-wangzihan"}

func (g *pages) member(c *call) error {
	v := memberView{base: c.base("member"), Demo: g.Demo}
	v.Head = v.T("nav.member")
	who, err := g.Shop.Customer(c.ctx, c.who.Customer)
	if err != nil && !errors.Is(err, shop.ErrNotFound) {
		return err
	}
	v.Who, v.Known = who, err == nil && !c.who.Anon
	rules, err := g.Shop.Policy(c.ctx, "policy-member")
	if err != nil {
		return err
	}
	at := slices.Index(shop.Tiers(), who.Tier)
	for i, t := range shop.Tiers() {
		from := rules.Figures[string(t)+"_fen"]
		v.Tiers = append(v.Tiers, tierRow{Tier: t, From: from, On: v.Known && i == at})
		if v.Known && i == at+1 {
			v.Next, v.MissFen = t.Zh(), max(0, from-who.SpentFen)
			if from > 0 {
				v.Share = int(min(100, who.SpentFen*100/from))
			}
		}
	}
	v.Coupons, _ = g.Shop.CouponsOf(c.ctx, c.who.Customer)
	if list, err := g.Shop.OrdersOf(c.ctx, c.who.Customer, 3); err == nil {
		for _, o := range list {
			v.Latest = append(v.Latest, orderRow{Order: o, Pictures: g.lines(c.ctx, o.Lines, nil)})
		}
	}
	if seen, err := g.Shop.Seen(c.ctx, c.who.Customer, 6); err == nil {
		for _, s := range seen {
			if p, err := g.Shop.Product(c.ctx, s.Product); err == nil {
				v.Seen = append(v.Seen, p)
			}
		}
	}
	if g.Demo {
		for _, id := range demoWhos {
			if d, err := g.Shop.Customer(c.ctx, id); err == nil && id != c.who.Customer {
				v.DemoWhos = append(v.DemoWhos, d)
			}
		}
	}
	return c.draw("member", v)
}

// restockPieces is how many pieces come in at a visitor's word.
const restockPieces = 30

// restock lets a visitor of the demo put a variant into stock, to see the notice of it go out.
func (g *pages) restock(c *call) error {
	variant := c.r.PostFormValue("variant")
	if !g.Demo || g.Restock == nil || len(variant) > 128 {
		return shop.ErrNotFound
	}
	if err := g.Restock(c.ctx, variant, restockPieces); err != nil {
		return err
	}
	return c.to("/p/" + url.PathEscape(variant))
}

type policiesView struct {
	base
	Policies []shop.Policy
	Policy   *shop.Policy
}

func (g *pages) policies(c *call) error {
	list, err := g.Shop.Policies(c.ctx)
	if err != nil {
		return err
	}
	v := policiesView{base: c.base("policies"), Policies: list}
	v.Head = v.T("nav.policies")
	return c.draw("policies", v)
}

func (g *pages) policy(c *call) error {
	p, err := g.Shop.Policy(c.ctx, c.r.PathValue("id"))
	if err != nil {
		return err
	}
	list, err := g.Shop.Policies(c.ctx)
	if err != nil {
		return err
	}
	v := policiesView{base: c.base("policies"), Policies: list, Policy: &p}
	v.Head = p.Title
	return c.draw("policies", v)
}

func (g *pages) privacy(c *call) error {
	v := policiesView{base: c.base("policies")}
	v.Head = v.T("privacy.head")
	var err error
	if v.Policies, err = g.Shop.Policies(c.ctx); err != nil {
		return err
	}
	return c.draw("privacy", v)
}
