package desk

import (
	"fmt"

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
	if c.tab == "past" && len(v.Past) == 0 {
		c.tab = "facts"
	}
	put(c.body, look.NewBox(look.Panel, "", 0, look.Edge{}, look.Col(0, look.HRule(look.Line), c.tabs(), c.content())))
}

func (c *customer) choose(tab string) {
	c.tab = tab
	if c.v != nil {
		c.set(c.v, c.w)
	}
	if c.d.root != nil {
		c.d.build() // it takes another height from the copilot
	}
}

// tabs names the parts. Where they have no room, the gaps give way first, then the counts.
func (c *customer) tabs() fyne.CanvasObject {
	w := c.d.env.W
	type tab struct {
		key string
		n   int
	}
	all := []tab{{"facts", 0}, {"orders", max(c.v.OrderCount, len(c.v.Orders))}, {"parcels", len(c.v.Parcels)}, {"cart", cartCount(c.v)}, {"tags", 0}}
	if len(c.v.Past) > 0 {
		all = append(all, tab{"past", len(c.v.Past)})
	}
	words := func(counts bool) (out []string, sum float32) {
		for _, t := range all {
			word := w.In("customer", t.key)
			if t.n > 0 && counts {
				word += " " + number(t.n)
			}
			out = append(out, word)
			sum += look.Measure(word, look.Caption.B())
		}
		return out, sum
	}
	names, sum := words(true)
	room := c.w - 24
	gap := min(16, (room-sum)/float32(len(all)-1))
	if gap < 7 {
		names, sum = words(false)
		gap = max(5, min(16, (room-sum)/float32(len(all)-1)))
	}
	row := look.RowA(gap, look.Stretch)
	for i, t := range all {
		st := look.Caption.In(look.Fg2)
		if t.key == c.tab {
			st = look.Caption.B()
		}
		layers := look.Layers(look.Inset(look.Edge{Bottom: 1}, look.Row(0, look.NewText(names[i], st))))
		if t.key == c.tab {
			layers.Add(look.Foot(2, 0, look.Fg))
		}
		row.Add(look.NewTap(layers, "", 4, func() { c.choose(t.key) }))
	}
	return look.Fix(0, 34, look.Layers(look.Foot(1, 0, look.Line), look.Inset(look.Sides(0, 12, 0, 12), row)))
}

func cartCount(v *view.Customer) (n int) {
	for _, i := range v.Cart {
		n += i.Count
	}
	return n
}

// mostTab is how high a list under a tab may be before it scrolls.
func (c *customer) mostTab() float32 {
	return max(140, min(360, c.d.Size().Height*0.36))
}

func (c *customer) content() fyne.CanvasObject {
	var col *fyne.Container
	switch c.tab {
	case "orders":
		col = c.orders()
	case "parcels":
		col = c.parcels()
	case "cart":
		col = c.cart()
	case "tags":
		col = c.tags()
	case "past":
		col = c.past()
	default:
		return look.Inset(look.Sides(8, 14, 10, 14), c.facts())
	}
	if len(col.Objects) == 0 {
		col.Add(look.NewText(c.d.env.W.T("customer.none"), look.Caption.In(look.Fg3)))
	}
	inner := look.Inset(look.Sides(8, 14, 10, 14), col)
	if h := inner.MinSize().Height; h <= c.mostTab() {
		return inner
	}
	scroll := look.NewScroll(inner)
	return &fyne.Container{Layout: exactly(c.mostTab()), Objects: []fyne.CanvasObject{scroll}}
}

// exactly gives its children all of a width and one height, whatever the text size.
type exactly float32

func (exactly) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		o.Resize(s)
	}
}

func (e exactly) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.NewSize(0, float32(e)) }

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
	if ch := c.d.snap.Chat; ch != nil {
		if open := c.d.followList(ch.Head.FollowUps, nil); open != nil {
			col.Add(look.Inset(look.Edge{Top: 2}, open))
		}
	}
	if len(v.Tags) > 0 {
		var tags []fyne.CanvasObject
		for _, t := range v.Tags {
			tags = append(tags, look.Tag(cutRunes(look.OneLine(t), 14)))
		}
		col.Add(look.Inset(look.Edge{Top: 4}, look.Fit(4, tags...)))
	}
	return col
}

func (c *customer) line(icon, what, right string, ink look.Ink) fyne.CanvasObject {
	return look.Fix(0, 24, look.Row(8, look.NewIcon(icon, look.Fg3, 14), look.Grow(look.Fix(0, 18, look.NewElided(look.OneLine(what), look.Caption))),
		look.NewText(cutRunes(look.OneLine(right), 16), look.Caption.In(ink))))
}
