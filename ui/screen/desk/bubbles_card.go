package desk

import (
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/words"
)

// cardW is the width of a card in the chat.
func cardW(most float32) float32 { return min(look.Scaled(316), most) }

// goods is the picture of a product; a drawn one stands in while there is none.
func goods(key string, png []byte, w, h, radius float32) fyne.CanvasObject {
	if len(png) > 0 {
		return look.Picture(fyne.NewStaticResource("goods-"+key, png), w, h, radius)
	}
	return look.Fix(w, h, look.NewBox(look.Sunken, look.Line, radius, look.Edge{}, look.Row(0, look.Spacer(), look.NewIcon("bag", look.Fg3, w/3), look.Spacer())))
}

// price is what a product costs now, and before.
func (d *Desk) price(c *view.ShopCard, big look.Style) *fyne.Container {
	w := d.env.W
	row := look.RowA(5, look.Base, look.NewText(w.Yuan(c.PriceFen), big))
	if c.ListFen > c.PriceFen {
		row.Add(look.NewSoft(w.T("card.list", "price", w.Yuan(c.ListFen)), look.Micro.In(look.Fg3)))
	}
	return row
}

// stock says whether there is any.
func (d *Desk) stock(n int) fyne.CanvasObject {
	w := d.env.W
	if n <= 0 {
		return look.NewText(w.T("card.sold"), look.Micro.In(look.BadText))
	}
	return look.NewText(w.T("card.stock", "n", words.Group(int64(n))), look.Micro.In(look.OKText))
}

// productCard is a product in the chat.
func (d *Desk) productCard(it *view.Item, most float32) fyne.CanvasObject {
	c := cardOf(it)
	price := d.price(c, look.Chat.B())
	price.Add(look.Spacer())
	price.Add(d.stock(c.Stock))
	second := look.OneLine(c.Variant)
	if second == "" {
		second = look.OneLine(strings.Join(c.Lines, "；"))
	}
	return look.Fix(cardW(most), 0, look.Card(look.Line, look.Pad(10, 11), look.RowA(10, look.Centre, goods(c.ID, c.Picture, 64, 64, 6),
		look.Grow(look.Col(1, look.NewElided(look.OneLine(c.Title), look.Body.B()), look.NewElided(second, look.Micro.In(look.Fg3)), price)))))
}

// orderCard is an order in the chat.
func (d *Desk) orderCard(it *view.Item, most float32) fyne.CanvasObject {
	w, c := d.env.W, cardOf(it)
	col := look.Col(0)
	for i, l := range c.Lines {
		if i == 3 {
			col.Add(look.NewText(w.T("order.more", "n", len(c.Lines)-3), look.Micro.In(look.Fg3)))
			break
		}
		col.Add(look.NewElided(look.OneLine(l), look.Caption.In(look.Fg2)))
	}
	return look.Fix(cardW(most), 0, look.Card(look.Line, look.Pad(1, 1), look.Col(0,
		look.Fix(0, 32, look.Inset(look.Pad(0, 11), look.Row(6, look.NewIcon("bag", look.Fg2, 14), look.NewText(w.T("order.no", "id", tailOf(c.ID)), look.Caption.B()), look.Spacer(), d.stateTag(c.State)))),
		look.HRule(look.Line),
		look.Inset(look.Sides(7, 11, 8, 11), look.Col(4, col, look.RowA(0, look.Base, look.NewSoft(w.Clock(c.At, d.env.Now()), look.Micro.In(look.Fg3)), look.Spacer(),
			look.NewText(w.T("order.total"), look.Micro.In(look.Fg3)), look.Space(4, 1), look.NewText(w.Yuan(c.PriceFen), look.Body.B())))))))
}

// couponCard is a coupon in the chat: what it takes off on a stub, and on what.
func (d *Desk) couponCard(it *view.Item, most float32) fyne.CanvasObject {
	w, c := d.env.W, cardOf(it)
	when := w.T("coupon.any")
	if c.MinFen > 0 {
		when = w.T("coupon.min", "sum", w.Yuan(c.MinFen))
	}
	until := ""
	if !c.Until.IsZero() {
		until = w.T("coupon.until", "at", c.Until.Format("2006-01-02"))
		if c.Until.Before(d.env.Now()) {
			until = w.T("coupon.over")
		}
	}
	sum := look.NewText(w.Yuan(c.PriceFen), look.Figure.In(look.WarnText))
	sum.Align, sum.Cut = look.Centre, true
	stub := look.NewBox(look.WarnTint, "", 7, look.Edge{}, look.Fix(look.Scaled(92), 0, look.Row(0, look.Spacer(), look.Soft(sum), look.Spacer())))
	return look.Fix(cardW(most), 0, look.NewBox(look.Panel, look.WarnLine, 8, look.Pad(1, 1), look.RowA(0, look.Stretch, stub,
		look.VRule(look.WarnLine, 0), look.Grow(look.Inset(look.Pad(10, 12), look.Col(1, look.NewElided(look.OneLine(c.Title), look.Body.B()),
			look.NewElided(when, look.Caption.In(look.Fg2)), look.NewElided(until, look.Micro.In(look.Fg3))))))))
}

// cardOf is the item's card; an item without one shows an empty card.
func cardOf(it *view.Item) *view.ShopCard {
	if it.Card != nil {
		return it.Card
	}
	return &view.ShopCard{ID: it.ID}
}

// tailOf is the end of an order's number, as people say it.
func tailOf(id string) string {
	if rs := []rune(id); len(rs) > 12 {
		return "…" + string(rs[len(rs)-8:])
	}
	return id
}

// stateTag is where an order stands, in the colour of what it asks for.
func (d *Desk) stateTag(state string) fyne.CanvasObject {
	fill, ink := look.Hover, look.Fg2
	switch state {
	case "signed", "swapped", "delivered":
		fill, ink = look.OKTint, look.OKText
	case "paid", "packed", "shipped", "out_for_delivery", "in_transit", "picked_up":
		fill, ink = look.AccentTint, look.AccentText
	case "unpaid", "returning", "refunding", "swapping", "at_station", "delayed", "rejected", "lost":
		fill, ink = look.WarnTint, look.WarnText
	}
	return look.Fix(0, 18, look.NewBox(fill, "", 4, look.Sides(0, 6, 0, 6), look.Row(0, look.NewText(cutRunes(d.stateWord(state), 10), look.Micro.In(ink)))))
}

// stateWord is the state of an order or a parcel; the shop's own words stay.
func (d *Desk) stateWord(state string) string {
	if w := d.env.W; w.Has("order." + state) {
		return w.In("order", state)
	}
	return look.OneLine(state)
}

// cardText is a card as text, for the clipboard.
func (d *Desk) cardText(it *view.Item) string {
	w, c := d.env.W, it.Card
	parts := []string{c.Title, c.Variant}
	switch it.Kind {
	case view.KindOrder:
		parts = append([]string{c.ID, d.stateWord(c.State)}, c.Lines...)
	case view.KindCoupon:
		if c.MinFen > 0 {
			parts = append(parts, w.T("coupon.min", "sum", w.Yuan(c.MinFen)))
		}
	}
	parts = append(parts, w.Yuan(c.PriceFen))
	var out []string
	for _, p := range parts {
		if p = look.OneLine(p); p != "" {
			out = append(out, p)
		}
	}
	return strings.Join(out, " ")
}
