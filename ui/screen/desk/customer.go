package desk

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// customer is what the shop knows of the customer, below the copilot.
type customer struct {
	d    *Desk
	body *fyne.Container
	tab  string
	v    *view.Customer
	w    float32
}

func newCustomer(d *Desk) *customer {
	return &customer{d: d, body: look.Layers(), tab: "facts"}
}

func (c *customer) set(v *view.Customer, width float32) {
	c.v, c.w = v, width
	if v == nil {
		put(c.body, look.Space(0, 0))
		return
	}
	put(c.body, look.NewBox(look.Panel, "", 0, look.Edge{}, look.Col(0, look.HRule(look.Line), c.tabs(), c.content())))
}

func (c *customer) choose(tab string) {
	c.tab = tab
	c.set(c.v, c.w)
	c.d.relayout()
}

func (c *customer) tabs() fyne.CanvasObject {
	w := c.d.env.W
	row := look.RowA(16, look.Stretch)
	for _, t := range []struct {
		key string
		n   int
	}{{"facts", 0}, {"orders", max(c.v.OrderCount, len(c.v.Orders))}, {"parcels", len(c.v.Parcels)}, {"cart", cartCount(c.v)}, {"tags", 0}} {
		word, st := w.In("customer", t.key), look.Caption.In(look.Fg2)
		if t.n > 0 {
			word += " " + number(t.n)
		}
		if t.key == c.tab {
			st = look.Caption.B()
		}
		layers := look.Layers(look.Inset(look.Edge{Bottom: 1}, look.Row(0, look.NewText(word, st))))
		if t.key == c.tab {
			layers.Add(look.Inset(look.Edge{Top: 32}, look.NewBox(look.Fg, "", 0, look.Edge{}, nil)))
		}
		row.Add(look.NewTap(layers, "", 0, func() { c.choose(t.key) }))
	}
	return look.Fix(0, 34, look.Layers(look.Inset(look.Edge{Top: 33}, look.HRule(look.Line)), look.Inset(look.Sides(0, 12, 0, 12), row)))
}

func cartCount(v *view.Customer) (n int) {
	for _, i := range v.Cart {
		n += i.Count
	}
	return n
}

func (c *customer) content() fyne.CanvasObject {
	w, v := c.d.env.W, c.v
	var col *fyne.Container
	switch c.tab {
	case "orders":
		col = look.Col(0)
		for _, o := range v.Orders[:min(4, len(v.Orders))] {
			col.Add(c.two("bag", strings.Join(o.Items, "、"), w.Yuan(o.TotalFen), look.Fg, o.ID+" · "+o.Status+" · "+w.Clock(o.At, c.d.env.Now())))
		}
		c.none(col)
	case "parcels":
		col = look.Col(0)
		for _, p := range v.Parcels[:min(4, len(v.Parcels))] {
			second := p.Last
			if !p.ETA.IsZero() {
				second += " · " + w.T("parcel.eta", "day", w.Day(p.ETA, c.d.env.Now()))
			}
			col.Add(c.two("truck", p.Status+" · "+p.Number, p.Carrier, look.Fg3, second))
		}
		c.none(col)
	case "cart":
		col = look.Col(0)
		for _, i := range v.Cart[:min(5, len(v.Cart))] {
			col.Add(c.line("cart", fmt.Sprintf("%s × %d", i.Title, i.Count), w.Yuan(i.Fen), look.Fg))
		}
		c.none(col)
	case "tags":
		col = look.Col(6)
		line := look.Row(4)
		room := c.w - 28
		for _, t := range v.Tags {
			tag := look.Tag(look.OneLine(t))
			if len(line.Objects) > 0 && line.MinSize().Width+4+tag.MinSize().Width > room {
				col.Add(line)
				line = look.Row(4)
			}
			line.Add(tag)
		}
		col.Add(line)
		if len(v.Tags) == 0 {
			c.none(look.Col(0))
		}
	default:
		col = c.facts()
	}
	return look.Inset(look.Sides(8, 14, 10, 14), col)
}

func (c *customer) none(col *fyne.Container) {
	if len(col.Objects) == 0 {
		col.Add(look.NewText(c.d.env.W.T("customer.none"), look.Caption.In(look.Fg3)))
	}
}

func (c *customer) facts() *fyne.Container {
	w, v := c.d.env.W, c.v
	rate, rating := "–", "–"
	if v.ReturnRate >= 0 {
		rate = fmt.Sprintf("%.1f%%", 100*v.ReturnRate)
	}
	if v.Rating > 0 {
		rating = fmt.Sprintf("%.1f", v.Rating)
	}
	figures := look.RowA(0, look.Stretch)
	for i, f := range [][2]string{{"fact.spent", w.Yuan(v.SpentFen)}, {"fact.average", w.Yuan(v.AverageFen)}, {"fact.returns", rate}, {"fact.rating", rating}} {
		if i > 0 {
			figures.Add(look.VRule(look.Line, 0))
			figures.Add(look.Space(10, 1))
		}
		figures.Add(look.Grow(look.Col(0, cut(w.T(f[0]), look.Micro.In(look.Fg3)), cut(f[1], look.Chat.B()))))
	}
	col := look.Col(0, look.Inset(look.Edge{Bottom: 6}, figures))
	for _, l := range v.Brief[:min(3, len(v.Brief))] {
		icon := "bag"
		switch l.Kind {
		case "parcel":
			icon = "truck"
		case "cart":
			icon = "cart"
		}
		right, ink := l.Right, look.Fg3
		if l.Fen != 0 {
			right, ink = w.Yuan(l.Fen), look.Fg
		}
		col.Add(c.line(icon, l.Text, right, ink))
	}
	if len(v.Tags) > 0 {
		var tags []fyne.CanvasObject
		for _, t := range v.Tags {
			tags = append(tags, look.Tag(look.OneLine(t)))
		}
		col.Add(look.Inset(look.Edge{Top: 4}, look.Fit(4, tags...)))
	}
	return col
}

func (c *customer) line(icon, what, right string, ink look.Ink) fyne.CanvasObject {
	return look.Fix(0, 24, look.Row(8, look.NewIcon(icon, look.Fg3, 14), look.Grow(look.Fix(0, 18, look.NewElided(look.OneLine(what), look.Caption))),
		look.NewText(look.OneLine(right), look.Caption.In(ink))))
}

func (c *customer) two(icon, what, right string, ink look.Ink, second string) fyne.CanvasObject {
	return look.Col(0, c.line(icon, what, right, ink),
		look.Fix(0, 18, look.Inset(look.Edge{Left: 22}, look.NewElided(look.OneLine(second), look.Micro.In(look.Fg3)))))
}
