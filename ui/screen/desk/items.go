package desk

import (
	"fmt"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// built draws an item that is not a plain text bubble, in a column of a width that is moved in by x.
func (m *messages) built(r logRow, width, x float32) fyne.CanvasObject {
	d, it := m.d, r.item
	if it.Kind == view.KindHandoff && !it.Recalled && it.Handoff != nil {
		return look.Inset(look.Edge{Left: x, Right: x}, look.ColA(0, look.Stretch, d.handoff(it.Handoff, width)))
	}
	c := look.NewBubbleCell()
	c.Inset = x
	m.hooks(c, it)
	b := m.frame(it)
	most := bubbleWidth(width)
	if it.Recalled {
		b.Meta, b.Icon, b.Failed, b.Action = it.At.Format("15:04"), "", false, ""
		c.SetContent(b, d.recalled(it), true)
		return c
	}
	content, bare := fyne.CanvasObject(nil), true
	switch it.Kind {
	case view.KindNote:
		b.Side = look.Note
		content = m.note(it, width)
	case view.KindImage:
		content = m.picture(it, width)
		if it.Picture != nil && it.Picture.Report != nil {
			b.Meta = "" // the report takes its place, as in the design
		}
	case view.KindVoice:
		content, bare = m.voice.view(it, most), false
	case view.KindProduct:
		content = d.productCard(it, most)
	case view.KindOrder:
		content = d.orderCard(it, most)
	case view.KindCoupon:
		content = d.couponCard(it, most)
	case view.KindForm, view.KindFilled:
		content = d.formCard(it, most)
	default:
		content, bare = m.file(it, most), false
	}
	c.SetContent(b, content, bare)
	return c
}

// guessOf is about the height of a built item.
func guessOf(it *view.Item) float32 {
	h := float32(36)
	switch it.Kind {
	case view.KindHandoff:
		h = 84
	case view.KindImage:
		h = 116
	case view.KindVoice:
		h = 60
	case view.KindProduct, view.KindCoupon:
		h = 88
	case view.KindOrder, view.KindForm:
		h = 110
	case view.KindFilled:
		h = 150
	case view.KindNote:
		h = 30
	}
	return look.Scaled(h)
}

// recalled stands where a message was that its author took back.
func (d *Desk) recalled(it *view.Item) fyne.CanvasObject {
	w := d.env.W
	text := w.T("recalled.by", "name", cutRunes(look.OneLine(it.Name), 12))
	switch {
	case it.Mine:
		text = w.T("recalled.mine")
	case it.Name == "" || it.By == view.ByCustomer:
		text = w.T("recalled.customer")
	}
	return look.NewBox(look.Sunken, look.Line, 10, look.Pad(7, 12),
		look.Row(6, look.NewIcon("undo", look.Fg3, 14), look.NewText(text, look.Caption.In(look.Fg3))))
}

func (m *messages) note(it *view.Item, width float32) fyne.CanvasObject {
	w := m.d.env.W
	head := w.T("note")
	if !it.Mine && it.Name != "" {
		head = w.T("note.by", "name", cutRunes(look.OneLine(it.Name), 16))
	}
	text, more := fold(it.Text)
	if m.open[it.ID] {
		text = it.Text
	}
	st := look.Caption.In(look.NoteText)
	room := min(max(200, width-110), look.Scaled(520))
	spans := append([]look.Span{look.S(head, look.Caption.B().In(look.NoteText)), look.T("　")},
		look.Marked([]look.Span{look.T(look.Clean(text))}, m.query, st)...)
	if !more {
		return look.NoteBox(room, spans...)
	}
	word := w.T("unfold")
	if m.open[it.ID] {
		word = w.T("fold")
	}
	spans = append(spans, look.T("　"), look.Span{Obj: look.NewTap(look.NewText(word, look.Caption.B().In(look.NoteText)), "", 4, func() { m.unfold(it) }),
		Base: look.Caption.Baseline()})
	return look.NoteBox(room, spans...)
}

// handoff is the card of an escalation: what was asked, done, found, and left open.
func (d *Desk) handoff(h *view.Handoff, width float32) fyne.CanvasObject {
	w := d.env.W
	text := func(s string) string {
		if s == "" {
			return w.T("handoff.none")
		}
		return cutRunes(look.Clean(s), 140)
	}
	label := look.Scaled(52)
	half := (width - 24 - 2*(label+8) - 8) / 2
	one := width < 440 // one column
	if one {
		half = width - 24 - label - 8
	}
	field := func(k, v string) (fyne.CanvasObject, fyne.CanvasObject) {
		return look.Fix(label, 0, cut(w.T(k), look.Caption.In(look.Fg3))), look.Grow(look.NewPara(look.Caption, half, look.T(text(v))))
	}
	pair := func(k1, v1, k2, v2 string) fyne.CanvasObject {
		a, b := field(k1, v1)
		c, e := field(k2, v2)
		if one {
			return look.Col(2, look.RowA(8, look.Start, a, b), look.RowA(8, look.Start, c, e))
		}
		return look.RowA(8, look.Start, a, b, c, e)
	}
	when := w.T("handoff.waits", "at", h.EscalatedAt.Format("15:04:05"))
	if !h.TakenAt.IsZero() {
		when = w.T("handoff.taken", "at", h.EscalatedAt.Format("15:04:05"), "then", h.TakenAt.Format("15:04:05"), "name", cutRunes(look.OneLine(h.TakenBy), 12))
	}
	head := look.Row(8, look.NewIcon("bot", look.BotText, 15), look.NewText(w.T("handoff"), look.Caption.B()),
		look.NewSoft(when, look.Caption.In(look.Fg3)), look.Spacer())
	if one {
		head.Objects = head.Objects[:3]
	} else {
		for _, t := range h.Tags[:min(3, len(h.Tags))] {
			l := d.label(t)
			head.Add(look.TagIn(cutRunes(l.Word, 14), l.Stroke, l.Ink))
		}
	}
	return look.Card(look.BotLine, look.Pad(1, 1), look.Col(0,
		look.Fix(0, 29, look.Inset(look.Pad(0, 12), head)), look.HRule(look.Line),
		look.Inset(look.Sides(6, 12, 7, 12), look.Col(2,
			pair("handoff.ask", h.Ask, "handoff.done", h.Done),
			pair("handoff.clues", h.Clues, "handoff.open", h.Unresolved)))))
}

// file is a file that can be saved.
func (m *messages) file(it *view.Item, most float32) fyne.CanvasObject {
	ink, soft := look.Fg, look.Fg3
	if it.By == view.ByAgent && it.Send != view.Failed {
		ink, soft = "bubbleOutText", "bubbleOutText"
	}
	name := it.File
	if name == "" {
		name = it.Text
	}
	return look.Row(8, look.NewIcon("doc", ink, 18), look.Col(0,
		look.NewText(middleCut(look.OneLine(name), look.Body.In(ink), most-70), look.Body.In(ink)), look.NewText(fileSize(it.Size), look.Micro.In(soft))))
}

// middleCut shortens a name in its middle, so that what kind of file it is stays readable.
func middleCut(s string, st look.Style, width float32) string {
	if look.Measure(s, st) <= width {
		return s
	}
	rs := []rune(s)
	tail := min(10, len(rs)/3)
	end := string(rs[len(rs)-tail:])
	for n := min(len(rs)-tail, 120); n > 0; n-- {
		if t := string(rs[:n]) + "…" + end; look.Measure(t, st) <= width {
			return t
		}
	}
	return "…" + end
}

// fileSize is a size in the unit that reads best.
func fileSize(n int64) string {
	switch {
	case n <= 0:
		return ""
	case n < 1<<20:
		return fmt.Sprintf("%d KB", (n+1023)/1024)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}
