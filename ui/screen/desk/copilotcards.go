package desk

import (
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/words"
)

// know is a knowledge card: a product that can be sent, or a policy or parcel that opens.
func (c *copilot) know(k view.Card, inner float32) fyne.CanvasObject {
	w, act := c.d.env.W, c.d.env.Act
	lines := append([]string(nil), k.Lines...)
	source := strings.TrimSpace(k.Source + " " + w.Clock(k.UpdatedAt, c.d.env.Now()))
	if k.Kind != view.CardProduct {
		icon := "doc"
		if k.Kind == view.CardParcel {
			icon = "truck"
		}
		first, second := look.OneLine(k.Title), []string{}
		var tail string
		if len(lines) > 0 {
			tail = lines[0]
			second = append(second, lines[1:]...)
		}
		if source != "" {
			second = append(second, w.T("card.updated", "source", k.Source, "at", w.Stamp(k.UpdatedAt, c.d.env.Now())))
		}
		row := look.Row(10, look.NewIcon(icon, look.Fg2, 18), look.Grow(look.Col(0,
			look.Row(12, look.NewText(first, look.Caption.B()), look.Grow(look.NewElided(look.OneLine(tail), look.Caption))),
			look.NewElided(look.OneLine(strings.Join(second, " · ")), look.Micro.In(look.Fg3)))))
		card := look.Card(look.Line, look.Pad(8, 11), row)
		if !k.CanOpen {
			return card
		}
		row.Add(look.NewIcon("right", look.Fg3, 14))
		return look.NewTap(card, "", 8, func() { act.OpenCard(k.ID) })
	}
	picture := goods(k.ID, k.Image, 72, 72, 6)
	if len(k.Image) == 0 && k.Picture != "" {
		picture = look.Picture(look.Asset(k.Picture), 72, 102, 6)
	}
	price := look.RowA(5, look.Base, look.NewText(w.Yuan(k.PriceFen), look.Chat.B()))
	if k.ListFen > k.PriceFen {
		price.Add(look.NewSoft(w.T("card.list", "price", w.Yuan(k.ListFen)), look.Micro.In(look.Fg3)))
	}
	stock, ink := w.T("card.stock", "n", words.Group(int64(k.Stock))), look.OKText
	if k.Stock <= 0 {
		stock, ink = w.T("card.sold"), look.BadText
	}
	price.Add(look.Spacer())
	price.Add(look.NewSoft(stock, look.Micro.In(ink)))
	col := look.Col(0, look.NewElided(look.OneLine(k.Title), look.Caption.B()), price)
	for i, l := range lines {
		ink := look.Fg2
		if i > 0 {
			ink = look.BotText
		}
		col.Add(look.NewElided(look.OneLine(l), look.Micro.In(ink)))
	}
	buttons := look.Row(6)
	if k.CanSend {
		buttons.Add(look.NewButton(look.ButtonSpec{Label: w.T("card.send"), H: 22, Style: look.Micro, PadX: 9}, func() { act.SendCard(k.ID) }))
	}
	if k.CanOpen {
		buttons.Add(look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.T("card.open"), H: 22, Style: look.Micro, PadX: 5}, func() { act.OpenCard(k.ID) }))
	}
	buttons.Add(look.Spacer())
	buttons.Add(look.NewSoft(source, look.Micro.In(look.Fg3)))
	col.Add(look.Inset(look.Edge{Top: 4}, buttons))
	return look.Card(look.Line, look.Pad(10, 11), look.RowA(10, look.Start, picture, look.Grow(col)))
}

// runNext does the next best action; closing asks how it ended first.
func (d *Desk) runNext() {
	if d.snap != nil && d.snap.Copilot != nil && d.snap.Copilot.Next != nil && d.snap.Copilot.Next.Code == "close" {
		d.askClose()
		return
	}
	d.env.Act.RunNext()
}

// next is the next best action.
func (c *copilot) next(n *view.NextAction) fyne.CanvasObject {
	w := c.d.env.W
	return look.NewBox(look.BotTint, look.BotLine, 8, look.Pad(8, 11), look.Row(8, look.Grow(look.Col(0,
		look.NewText(w.T("next"), look.Micro.In(look.BotText)), look.NewElided(look.OneLine(n.Title), look.Caption.B()))),
		look.NewButton(look.ButtonSpec{Kind: look.Teal, Label: w.T("next.run"), Keys: []string{c.d.env.Mod(), "E"}, H: 24, Style: look.Caption.B(), PadX: 9, Gap: 4},
			c.d.runNext)))
}
