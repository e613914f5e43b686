package copilot

import (
	"context"
	"fmt"
	"strings"

	"agentdesk/sync/label"
)

// maxCards is how many knowledge cards stand beside a chat.
const maxCards = 4

// Cards are the knowledge cards for the newest message: what the suggestions state stands first, in their order, then the products
// that were named. Products that nobody asked for come only where the customer is choosing one.
func (c *Copilot) Cards(ctx context.Context, in Input) ([]Card, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d := newDrafts(in)
	var out []Card
	seen := map[string]bool{}
	add := func(card Card, ok bool) {
		key := card.Source.ID + "#" + card.Source.Section
		if ok && !seen[key] && len(out) < maxCards {
			seen[key] = true
			out = append(out, card)
		}
	}
	for rank, s := range c.draft(in, MaxSuggestions) {
		if rank > 0 && len(out) >= 2 {
			break
		}
		for _, src := range s.Sources {
			if src.Kind == "product" {
				if p := d.productOf(src.ID); p != nil && (p.Asked || d.choosing()) {
					add(d.productCard(p), true)
				}
				continue
			}
			add(d.cardOf(src.Kind, src.ID, src.Section))
		}
	}
	if d.onGoods() {
		for i := range in.Facts.Products {
			if p := &in.Facts.Products[i]; p.Asked || p.Kin {
				add(d.productCard(p), len(out) < 3)
			}
		}
	}
	if len(out) == 0 && d.onOrder() { // replies that cite nothing, such as thanks for a form: what the matter is about still stands there
		if o := d.order(); o != nil {
			add(d.cardOf("order", o.ID, ""))
		}
		for _, p := range in.Facts.Policies[:min(1, len(in.Facts.Policies))] {
			add(d.cardOf("policy", p.Source.ID, p.Source.Section))
		}
	}
	return out, nil
}

// onOrder reports whether the matter is something bought, or may be.
func (d *drafts) onOrder() bool {
	switch d.matter() {
	case label.OrderStatus, label.Logistics, label.ChangeOrder, label.Invoice, label.PaymentIssue, label.ReturnRefund, label.Exchange, label.DamagedMissing, label.PriceProtection,
		label.PromiseDispute, label.Complaint, label.HumanRequest:
		return true
	}
	return false
}

// onGoods reports whether the matter is a product.
func (d *drafts) onGoods() bool {
	switch d.matter() {
	case label.Recommend, label.Suitability, label.Ingredient, label.Usage, label.Compare, label.PricePromo, label.Stock, label.Authenticity:
		return true
	}
	return false
}

// choosing reports whether the customer wants to be shown products.
func (d *drafts) choosing() bool {
	p := d.asked()
	return d.matter() == label.Recommend || d.matter() == label.Compare || d.onGoods() && d.matter() != label.PricePromo && p != nil && (p.Stock == 0 || d.holds("misfit"))
}

func (d *drafts) productOf(id string) *Product {
	for i := range d.in.Facts.Products {
		if d.in.Facts.Products[i].ID == id {
			return &d.in.Facts.Products[i]
		}
	}
	return nil
}

func (d *drafts) productCard(p *Product) Card {
	return Card{Kind: ProductCard, Title: p.Title, PriceFen: p.PriceFen, CouponFen: p.CouponFen, Stock: p.Stock, Lines: []string{strings.Join(first(p.Points, 2), "；")},
		Fits: d.why(p), Source: p.Source, UpdatedAt: p.UpdatedAt}
}

// why says why a product suits this customer, or does not; "" when nothing says so.
func (d *drafts) why(p *Product) string {
	var out []string
	skin := d.in.Facts.Customer.Skin
	switch {
	case skin != "" && suits(p, skin):
		out = append(out, "适合："+skin)
	case skin != "" && len(p.Skins) > 0:
		out = append(out, "未标注适合"+skin)
	case len(p.Skins) > 0:
		out = append(out, "标注适合"+strings.Join(p.Skins, "、"))
	}
	if p.Times > 1 {
		out = append(out, fmt.Sprintf("买过 %d 次", p.Times))
	} else if p.Bought {
		out = append(out, "买过 1 次")
	}
	switch {
	case p.Clash != "":
		out = append(out, "与近期买过的"+p.Clash+"不宜同晚")
	case p.Clear != "":
		out = append(out, "与所用"+p.Clear+"无冲突")
	}
	if pregnant := d.in.Facts.Customer.Pregnant; pregnant != "" && p.Pregnancy != "" {
		out = append(out, pregnant+"："+cutAt(p.Pregnancy, 20))
	}
	return strings.Join(out, "；")
}

// cardOf is the card of a source that is no product; false when the facts don't hold it.
func (d *drafts) cardOf(kind, id, section string) (Card, bool) {
	f := &d.in.Facts
	switch kind {
	case "policy":
		for _, p := range f.Rules {
			if p.Source.ID == id && p.Source.Section == section {
				return Card{Kind: PolicyCard, Title: p.Title, Lines: []string{"§" + p.Section, p.Text}, Source: p.Source, UpdatedAt: p.UpdatedAt}, true
			}
		}
	case "promotion":
		for _, p := range f.Promos {
			if p.Source.ID == id {
				lines := []string{p.Text}
				if until := date(p.Until); until != "" {
					lines = append(lines, "到 "+until)
				}
				return Card{Kind: PromotionCard, Title: p.Title, Lines: lines, Source: p.Source}, true
			}
		}
	case "order":
		for i := range f.Orders {
			if o := &f.Orders[i]; o.ID == id {
				if len(o.Parcels) > 0 && o.Return == nil && (d.matter() == label.Logistics || d.matter() == label.OrderStatus) {
					return parcelCard(&o.Parcels[0]), true
				}
				return orderCard(o), true
			}
		}
	case "parcel":
		for _, o := range f.Orders {
			for i := range o.Parcels {
				if o.Parcels[i].Source.ID == id {
					return parcelCard(&o.Parcels[i]), true
				}
			}
		}
	}
	return Card{}, false
}

func parcelCard(p *Parcel) Card {
	lines := []string{p.Status}
	if p.Last != "" {
		lines = append(lines, date(p.LastAt)+" "+p.LastAt.Format("15:04")+" "+p.Last)
	}
	return Card{Kind: ParcelCard, Title: p.Carrier + " " + tail(p.Number), Lines: lines, Source: p.Source, UpdatedAt: p.LastAt}
}

func orderCard(o *Order) Card {
	lines := []string{o.Status + "，" + date(o.PlacedAt) + "下单，" + yuan(o.TotalFen), strings.Join(first(o.Items, 3), "、")}
	if r := o.Return; r != nil {
		line := r.Kind + " · " + r.State
		if r.RefundFen > 0 {
			line += " · 应退 " + yuan(r.RefundFen)
		}
		lines = append(lines, line)
	}
	return Card{Kind: OrderCard, Title: "订单 " + tail(o.ID), Lines: lines, Source: o.Source, UpdatedAt: o.PlacedAt}
}
