package desk

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// How many entries a tab lists.
const (
	mostOrders = 30
	mostSteps  = 12
	mostPast   = 40
)

// orders lists the customer's orders; each can go to the chat as a card.
func (c *customer) orders() *fyne.Container {
	w, d := c.d.env.W, c.d
	col := look.Col(0)
	send := d.composer.has(view.ToolOrder) && d.composer.v.Denied == "" && d.composer.v.Mode == view.ModeReply
	for i, o := range c.v.Orders[:min(mostOrders, len(c.v.Orders))] {
		if i > 0 {
			col.Add(look.Inset(look.Pad(5, 0), look.HRule(look.Line)))
		}
		col.Add(look.Fix(0, 22, look.Row(8, look.Grow(look.NewElided(look.OneLine(strings.Join(o.Items, "、")), look.Caption)), look.NewText(w.Yuan(o.TotalFen), look.Caption.B()))))
		second := look.Row(6, d.stateTag(o.Status), look.Grow(look.NewElided(tailOf(look.OneLine(o.ID))+" · "+w.Clock(o.At, d.env.Now()), look.Micro.In(look.Fg3))))
		if send {
			second.Add(look.NewButton(look.ButtonSpec{Kind: look.Link, Label: w.T("card.send"), H: 20, Style: look.Micro, PadX: 3}, func() { d.env.Act.SendPicked(string(view.ToolOrder), o.ID) }))
		}
		col.Add(look.Fix(0, 22, second))
	}
	if more := c.v.OrderCount - len(c.v.Orders); more > 0 && len(c.v.Orders) > 0 {
		col.Add(look.Inset(look.Edge{Top: 6}, look.NewText(w.T("customer.more", "n", more), look.Micro.In(look.Fg3))))
	}
	return col
}

// parcels lists the parcels, each with where it was.
func (c *customer) parcels() *fyne.Container {
	w, d := c.d.env.W, c.d
	col := look.Col(0)
	for i, p := range c.v.Parcels {
		if i > 0 {
			col.Add(look.Inset(look.Pad(7, 0), look.HRule(look.Line)))
		}
		number := look.OneLine(p.Number)
		head := look.Row(6, look.NewIcon("truck", look.Fg2, 15), look.NewText(cutRunes(look.OneLine(p.Carrier), 8), look.Caption.B()),
			look.Grow(look.NewTap(look.NewElided(tailOf(number), look.Caption.In(look.Fg2)), "", 4, func() { fyne.CurrentApp().Clipboard().SetContent(number) })))
		head.Add(d.stateTag(p.Status))
		col.Add(look.Fix(0, 24, head))
		if !p.ETA.IsZero() {
			col.Add(look.NewText(w.T("parcel.eta", "day", d.when(p.ETA)), look.Micro.In(look.Fg3)))
		}
		steps := p.Track
		if len(steps) == 0 && p.Last != "" {
			steps = []view.Step{{At: p.LastAt, Text: p.Last}}
		}
		col.Add(look.Space(0, 4))
		for k, s := range steps[:min(mostSteps, len(steps))] {
			col.Add(c.step(s, k == 0, k == min(mostSteps, len(steps))-1))
		}
	}
	return col
}

// step is one stop of a parcel on its line; the newest stands out.
func (c *customer) step(s view.Step, newest, last bool) fyne.CanvasObject {
	w := c.d.env.W
	dot, ink := look.LineStrong, look.Fg2
	if newest {
		dot, ink = look.Accent, look.Fg
	}
	text := look.NewPara(look.Caption.In(ink), c.w-28-20, look.T(cutRunes(look.Clean(s.Text), 160)))
	line := fyne.CanvasObject(look.Space(1, 0))
	if !last {
		line = look.VRule(look.Line, 0)
	}
	top := (look.Caption.Height() - 7) / 2
	return look.Layers(look.Inset(look.Sides(top+9, 0, 0, 3), look.RowA(0, look.Stretch, line)), look.RowA(8, look.Start,
		look.Inset(look.Edge{Top: top}, look.Dot(dot, 7)), look.Inset(look.Edge{Bottom: 7}, look.Col(0, text, look.NewText(w.Clock(s.At, c.d.env.Now()), look.Micro.In(look.Fg3))))))
}

// cart lists what lies in the cart, with its sum.
func (c *customer) cart() *fyne.Container {
	w := c.d.env.W
	col := look.Col(0)
	for _, i := range c.v.Cart {
		col.Add(c.line("cart", fmt.Sprintf("%s × %d", i.Title, i.Count), w.Yuan(i.Fen), look.Fg))
	}
	if len(c.v.Cart) > 0 && c.v.CartFen > 0 {
		col.Add(look.Inset(look.Pad(4, 0), look.HRule(look.Line)))
		col.Add(look.Row(0, look.NewText(w.T("order.total"), look.Caption.In(look.Fg3)), look.Spacer(), look.NewText(w.Yuan(c.v.CartFen), look.Body.B())))
	}
	return col
}

func (c *customer) tags() *fyne.Container {
	var tags []fyne.CanvasObject
	for _, t := range c.v.Tags {
		tags = append(tags, look.Tag(cutRunes(look.OneLine(t), 20)))
	}
	if len(tags) == 0 {
		return look.Col(0)
	}
	return look.Wrap(5, c.w-28, tags...)
}

// past lists earlier conversations; one opens beside the chat.
func (c *customer) past() *fyne.Container {
	w, d := c.d.env.W, c.d
	col := look.Col(0)
	for i, p := range c.v.Past[:min(mostPast, len(c.v.Past))] {
		if i > 0 {
			col.Add(look.HRule(look.Line))
		}
		head := look.Row(6, look.NewText(w.Day(p.Opened, d.env.Now()), look.Caption.B()),
			look.NewSoft(strings.Join(fieldsOf(w.In("channel", p.Channel), p.Agent), " · "), look.Micro.In(look.Fg3)), look.Spacer())
		if p.Stars > 0 {
			head.Add(look.NewText(stars(p.Stars), look.Micro.In(look.WarnText)))
		}
		if m := mood(p.Mood); m != "" {
			head.Add(look.Emotion(m, w.In("emotion", string(p.Mood)), ""))
		}
		var end []string
		if p.Reason != "" {
			end = append(end, w.In("tag", p.Reason))
		}
		if p.Outcome != "" {
			end = append(end, w.In("disposition", p.Outcome))
		}
		if p.Messages > 0 {
			end = append(end, w.T("past.messages", "n", p.Messages))
		}
		rows := look.Col(0, look.Fix(0, 22, head), look.NewElided(look.OneLine(p.Snippet), look.Caption.In(look.Fg2)),
			look.NewElided(strings.Join(end, " · "), look.Micro.In(look.Fg3)))
		col.Add(look.NewTap(look.Inset(look.Pad(6, 4), rows), look.Hover, 6, func() { d.env.Act.OpenPast(p.Conversation) }))
	}
	return col
}

// fieldsOf leaves out what is empty.
func fieldsOf(parts ...string) (out []string) {
	for _, p := range parts {
		if p = look.OneLine(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}
