package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"agentdesk/copilot"
	"agentdesk/server/shop"
	"agentdesk/sync/event"
	"agentdesk/sync/talk"
)

// maxProducts bounds how many products the copilot is told of.
const maxProducts = 6

// Facts finds for the copilot what the bot finds for itself: one retrieval and one reading of the talk, so that both state the
// same facts about the same thing.
func (e *Engine) Facts(ctx context.Context, in Input) (copilot.Input, error) {
	r, err := e.inTalk(ctx, in)
	if err != nil {
		return copilot.Input{}, err
	}
	find := r.res
	if r.matter != "" {
		find.Intent = r.matter
	}
	f, err := e.find(ctx, r.in, find)
	if err != nil {
		return copilot.Input{}, err
	}
	r.tune(&f)
	out := copilot.Input{Conversation: in.Conversation, Context: in.Context, Text: in.Text, Thread: r.thread, Emotion: r.res.Emotion, Intent: r.res.Intent, Matter: r.matter,
		Reason: r.res.Reason, Now: in.Now}
	c := f.Customer
	out.Facts.Customer = copilot.Customer{ID: c.ID, Name: c.Name, Tier: string(c.Tier), Skin: f.Skin, Tags: c.Tags, SpentFen: c.SpentFen, Points: c.Points, Pregnant: c.Pregnant,
		Anonymous: c.ID == ""}
	for _, o := range f.Orders {
		if o.State != shop.Cancelled && o.State != shop.Unpaid {
			out.Facts.Customer.Orders++
		}
	}
	for _, list := range []struct {
		goods      []shop.Product
		asked, kin bool
	}{{f.Named, true, false}, {f.Kind, false, true}, {f.Wanted, false, false}} {
		for _, p := range list.goods {
			if len(out.Facts.Products) < maxProducts && !slices.ContainsFunc(out.Facts.Products, func(q copilot.Product) bool { return q.ID == p.ID }) {
				out.Facts.Products = append(out.Facts.Products, copilotProduct(r.in, p, f, list.asked, list.kin))
			}
		}
	}
	if f.Order != nil {
		out.Facts.Orders = append(out.Facts.Orders, copilotOrder(*f.Order))
		out.Facts.Orders[0].Sure = f.OrderSure
	}
	for _, o := range f.Orders {
		if f.Order != nil && o.ID == f.Order.ID || len(out.Facts.Orders) >= 5 {
			continue
		}
		out.Facts.Orders = append(out.Facts.Orders, copilotOrder(o))
	}
	for _, s := range f.Sections {
		out.Facts.Policies = append(out.Facts.Policies, copilot.Policy{Title: s.Title, Section: s.Source.Section, Text: s.Text, Source: s.Source})
	}
	policies, err := e.p.Shop.Policies(ctx)
	if err != nil {
		return copilot.Input{}, fmt.Errorf("read policies: %w", err)
	}
	for _, p := range policies {
		for _, s := range p.Sections {
			out.Facts.Rules = append(out.Facts.Rules, copilot.Policy{Title: s.Title, Section: s.No, Text: s.Text, UpdatedAt: p.Date,
				Source: event.Source{ID: p.ID, Kind: "policy", Title: p.Title, Section: s.No}})
		}
	}
	for _, p := range f.Promos {
		// Nobody known may be anybody: what is not for all is told with its condition.
		if c.ID == "" || tierFits(p, c.Tier) {
			out.Facts.Promos = append(out.Facts.Promos, copilot.Promo{Title: p.Title, Text: p.Text, Kind: string(p.Kind), Products: p.Products,
				Limited: len(p.Tiers) > 0 || len(p.Channels) > 0, Until: p.Until, Source: promoFact(p).Source})
		}
	}
	return out, nil
}

// lately is how far back what a customer bought is taken to be in use.
const lately = 120 * 24 * time.Hour

func copilotProduct(in Input, p shop.Product, f Found, asked, kin bool) copilot.Product {
	v := in.variantOf(p)
	out := copilot.Product{ID: p.ID, Title: strings.TrimSpace(p.Title + " " + v.Name), Category: p.Category, PriceFen: v.ListFen, CouponFen: v.CouponFen, Stock: v.Stock,
		Skins: p.Skins, Points: p.Points, Full: p.Ingredients, Summary: p.Summary, Usage: p.Usage, When: p.When, Lasts: p.Lasts, Shelf: p.ShelfLife, Filing: p.Filing,
		RestockAt: v.RestockAt, Cautions: p.Cautions, Conflicts: p.Conflicts, Pregnancy: p.Pregnant, Asked: asked, Kin: kin, UpdatedAt: p.UpdatedAt,
		Source: event.Source{ID: p.ID, Kind: "product", Title: p.Title}}
	for _, a := range p.Actives {
		out.Ingredients = append(out.Ingredients, strings.TrimSpace(a.Name+" "+a.Share))
	}
	for _, x := range p.Free {
		out.Ingredients = append(out.Ingredients, "不含"+x)
	}
	for _, x := range p.Variants {
		if x.Stock > 0 {
			out.Variants = append(out.Variants, x.Name)
		} else {
			out.Gone = append(out.Gone, x.Name)
		}
	}
	for _, o := range f.Orders {
		if o.State == shop.Cancelled || o.State == shop.Refunded || o.State == shop.Unpaid {
			continue
		}
		if holds(o, p.ID) {
			out.Bought = true
			out.Times++
		}
		if in.Now.IsZero() || in.Now.Sub(o.PlacedAt) > lately {
			continue
		}
		for _, l := range o.Lines {
			for _, q := range f.All {
				if q.ID != l.ProductID || q.ID == p.ID || len(q.Conflicts) == 0 {
					continue
				}
				if contains(q.Conflicts, p.ID) || contains(p.Conflicts, q.ID) {
					out.Clash = q.Title
				} else if out.Clear == "" {
					out.Clear = q.Title
				}
			}
		}
	}
	return out
}

func copilotOrder(o shop.Order) copilot.Order {
	out := copilot.Order{ID: o.ID, Status: o.State.Zh(), TotalFen: o.TotalFen, PlacedAt: o.PlacedAt, SignedAt: o.SignedAt, Invoice: o.Invoice, Source: orderFact(o, "").Source}
	for _, l := range o.Lines {
		out.Items = append(out.Items, strings.TrimSpace(l.Title+" "+l.Variant))
	}
	if r := o.Return; r != nil {
		out.Return = &copilot.Return{ID: r.ID, Kind: r.Kind.Zh(), State: r.State.Zh(), RefundFen: r.RefundFen, AskedAt: r.AskedAt, BackAt: r.BackAt, DueAt: r.DueAt, PaidAt: r.PaidAt}
	}
	_, facts := parcels(o)
	for i, p := range o.Parcels {
		q := copilot.Parcel{Carrier: p.Carrier, Number: p.Number, Status: p.State.Zh(), Last: place(p.Last()), LastAt: p.Last().At, ETA: p.ETA}
		if i < len(facts) {
			q.Source = facts[i].Source
		}
		out.Parcels = append(out.Parcels, q)
	}
	return out
}

// Finder serves `server suggest`: it finds the facts of a plain context.
type Finder struct {
	Bot *Engine
	Now func() time.Time // nil: no clock is needed
}

// Find implements copilot.Finder.
func (f Finder) Find(ctx context.Context, customer string, turns []talk.Turn, text string) (copilot.Input, error) {
	in := Input{CustomerID: customer, Context: turns, Text: text}
	if f.Now != nil {
		in.Now = f.Now()
	}
	return f.Bot.Facts(ctx, in)
}
