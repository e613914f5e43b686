package desk

import (
	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

func (c *composer) toolbar() fyne.CanvasObject {
	w, act := c.d.env.W, c.d.env.Act
	tab := func(m view.Mode, key string) fyne.CanvasObject {
		ink, st := look.Ink(""), look.Caption.In(look.Fg2)
		box := look.NewBox("", "", 4, look.Sides(0, 9, 0, 9), look.Row(0, look.NewText(w.T(key), st)))
		if c.v.Mode == m {
			ink, st = look.Line, look.Caption.B()
			fill := look.Panel
			if m == view.ModeNote {
				ink, fill, st = look.NoteLine, look.NoteTint, st.In(look.NoteText)
			}
			box = look.NewBox(fill, ink, 4, look.Sides(0, 10, 0, 10), look.Row(0, look.NewText(w.T(key), st)))
		}
		// The target is higher than what is drawn.
		return look.NewTap(look.Inset(look.Pad(2, 0), look.Fix(0, 20, box)), "", 4, func() { act.SetMode(m) })
	}
	row := look.Row(2, look.Fix(0, 26, look.NewBox(look.Bg, look.Line, 6, look.Pad(1, 3),
		look.Row(0, tab(view.ModeReply, "composer.reply"), tab(view.ModeNote, "composer.note")))), look.Space(8, 1))
	var right fyne.CanvasObject
	for _, t := range c.v.Tools {
		use := func() { c.use(t) }
		switch t {
		case view.ToolScripts:
			row.Add(look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.T("tool.scripts"), Icon: "slash", H: 24, Style: look.Caption, PadX: 9, Gap: 4}, use))
		case view.ToolTranslate:
			key := "tool.translate"
			if c.d.narrow() {
				key = "tool.translate.short"
			}
			right = look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.T(key), Icon: "globe", IconD: 14, H: 24, Style: look.Caption, PadX: 9, Gap: 4}, use)
		case view.ToolAppeal, view.ToolOrder: // orders are a tab beside products
		default:
			b := look.IconButton(toolIcon(t), 17, use)
			c.picks.at[t] = b
			row.Add(b)
		}
	}
	if len(c.v.CanAsk) > 0 {
		var ask *look.Button
		ask = look.IconButton("form", 17, func() { c.askForm(ask) })
		row.Add(ask)
	}
	row.Add(look.Spacer())
	if right != nil {
		row.Add(right)
	}
	return look.Fix(0, 40, row)
}

func toolIcon(t view.Tool) string {
	switch t {
	case view.ToolEmoji:
		return "smile"
	case view.ToolImage:
		return "image"
	case view.ToolProduct:
		return "bag"
	case view.ToolCoupon:
		return "coupon"
	}
	return "clip"
}
