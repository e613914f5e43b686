package bot

import (
	"context"
	"fmt"
	"strings"
	"time"

	"agentdesk/copilot"
	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/event"
	"agentdesk/sync/talk"
)

// Facts finds for the copilot what the bot finds for itself: one retrieval, so that both state the same facts.
func (e *Engine) Facts(ctx context.Context, in Input) (copilot.Input, error) {
	var res understand.Result
	if in.Understood != nil {
		res = *in.Understood
	} else {
		var err error
		if res, err = e.p.Understand.Understand(ctx, understand.Input{Context: in.Context, Tier: in.Tier, BasketFen: in.BasketFen, Text: in.Text}); err != nil {
			return copilot.Input{}, fmt.Errorf("understand: %w", err)
		}
	}
	in.re = e.re
	f, err := e.find(ctx, in, res)
	if err != nil {
		return copilot.Input{}, err
	}
	out := copilot.Input{Conversation: in.Conversation, Context: in.Context, Text: in.Text, Emotion: res.Emotion, Intent: res.Intent, Reason: res.Reason, Now: in.Now}
	c := f.Customer
	out.Facts.Customer = copilot.Customer{ID: c.ID, Name: c.Name, Tier: string(c.Tier), Skin: f.Skin, Tags: c.Tags, SpentFen: c.SpentFen, Points: c.Points, Anonymous: c.ID == ""}
	seen := map[string]bool{}
	add := func(p shop.Product, asked bool) {
		if seen[p.ID] || len(out.Facts.Products) >= 4 {
			return
		}
		seen[p.ID] = true
		bought := false
		for _, o := range f.Orders {
			bought = bought || holds(o, p.ID)
		}
		v := variant(p, in.Text)
		ingredients := make([]string, 0, len(p.Actives)+1)
		for _, a := range p.Actives {
			ingredients = append(ingredients, strings.TrimSpace(a.Name+" "+a.Share))
		}
		for _, x := range p.Free {
			ingredients = append(ingredients, "不含"+x)
		}
		out.Facts.Products = append(out.Facts.Products, copilot.Product{ID: p.ID, Title: strings.TrimSpace(p.Title + " " + v.Name), Category: p.Category,
			PriceFen: v.ListFen, CouponFen: v.CouponFen, Stock: v.Stock, Skins: p.Skins, Points: p.Points, Ingredients: ingredients, Usage: p.Usage,
			Cautions: p.Cautions, Conflicts: p.Conflicts, Pregnancy: p.Pregnant, Asked: asked, Bought: bought, UpdatedAt: p.UpdatedAt,
			Source: event.Source{ID: p.ID, Kind: "product", Title: p.Title}})
	}
	for _, p := range f.Named {
		add(p, true)
	}
	for _, p := range f.Kind {
		add(p, false)
	}
	for _, p := range f.Wanted {
		add(p, false)
	}
	ordered := f.Orders
	if f.Order != nil {
		out.Facts.Orders = append(out.Facts.Orders, copilotOrder(*f.Order))
		out.Facts.Orders[0].Sure = f.OrderSure
	}
	for _, o := range ordered {
		if f.Order != nil && o.ID == f.Order.ID || len(out.Facts.Orders) >= 5 {
			continue
		}
		out.Facts.Orders = append(out.Facts.Orders, copilotOrder(o))
	}
	for _, s := range f.Sections {
		out.Facts.Policies = append(out.Facts.Policies, copilot.Policy{Title: s.Title, Section: s.Source.Section, Text: s.Text, Source: s.Source})
	}
	for _, p := range f.Promos {
		if p.Kind != shop.Coupon && tierFits(p, c.Tier) {
			out.Facts.Promos = append(out.Facts.Promos, copilot.Promo{Title: p.Title, Text: p.Text, Source: promoFact(p).Source})
		}
	}
	return out, nil
}

func copilotOrder(o shop.Order) copilot.Order {
	out := copilot.Order{ID: o.ID, Status: o.State.Zh(), TotalFen: o.TotalFen, PlacedAt: o.PlacedAt, Source: orderFact(o, "").Source}
	for _, l := range o.Lines {
		out.Items = append(out.Items, strings.TrimSpace(l.Title+" "+l.Variant))
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
