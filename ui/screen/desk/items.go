package desk

import (
	"fmt"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// built draws an item that is not a plain text bubble, in a column of a width.
func (d *Desk) built(it view.Item, width float32) fyne.CanvasObject {
	switch it.Kind {
	case view.KindNote:
		return d.note(it, width)
	case view.KindHandoff:
		return d.handoff(it.Handoff, width)
	case view.KindImage:
		return d.picture(it, width)
	case view.KindVoice:
		return look.BubbleOf(side(it), d.avatar(it), d.meta(it), d.voice(it, width))
	}
	return look.BubbleOf(side(it), d.avatar(it), d.meta(it), d.file(it))
}

func side(it view.Item) look.Side {
	switch it.By {
	case view.ByAgent:
		return look.FromAgent
	case view.ByBot:
		return look.FromBot
	}
	return look.FromCustomer
}

func (d *Desk) avatar(it view.Item) fyne.CanvasObject {
	if it.By == view.ByBot {
		return look.Disc("bot", look.Bot, look.Panel, 28, 17)
	}
	return look.Avatar(face(it.Face), 28, nil)
}

func (d *Desk) note(it view.Item, width float32) fyne.CanvasObject {
	head := d.env.W.T("note")
	if !it.Mine && it.Name != "" {
		head = d.env.W.T("note.by", "name", look.OneLine(it.Name))
	}
	spans := []look.Span{look.S(head, look.Caption.B().In(look.NoteText)), look.T("　" + look.Clean(it.Text))}
	return look.NoteStrip(d.meta(it), min(width-110, 520), spans...)
}

// handoff is the card of an escalation: what was asked, done, found, and left open.
func (d *Desk) handoff(h *view.Handoff, width float32) fyne.CanvasObject {
	w := d.env.W
	text := func(s string) string {
		if s == "" {
			return w.T("handoff.none")
		}
		return look.Clean(s)
	}
	half := (width - 24 - 2*60 - 8) / 2
	pair := func(k1, v1, k2, v2 string) fyne.CanvasObject {
		field := func(k, v string) (fyne.CanvasObject, fyne.CanvasObject) {
			return look.Fix(52, 0, cut(w.T(k), look.Caption.In(look.Fg3))), look.Grow(look.NewPara(look.Caption, half, look.T(text(v))))
		}
		a, b := field(k1, v1)
		c, e := field(k2, v2)
		return look.RowA(8, look.Start, a, b, c, e)
	}
	when := w.T("handoff.waits", "at", h.EscalatedAt.Format("15:04:05"))
	if !h.TakenAt.IsZero() {
		when = w.T("handoff.taken", "at", h.EscalatedAt.Format("15:04:05"), "then", h.TakenAt.Format("15:04:05"), "name", h.TakenBy)
	}
	head := look.Row(8, look.NewIcon("bot", look.BotText, 15), look.NewText(w.T("handoff"), look.Caption.B()),
		look.NewSoft(when, look.Caption.In(look.Fg3)), look.Spacer())
	for _, t := range h.Tags {
		l := d.label(t)
		head.Add(look.TagIn(l.Word, l.Stroke, l.Ink))
	}
	return look.Card(look.BotLine, look.Pad(1, 1), look.Col(0,
		look.Fix(0, 29, look.Inset(look.Pad(0, 12), head)), look.HRule(look.Line),
		look.Inset(look.Sides(6, 12, 7, 12), look.Col(2,
			pair("handoff.ask", h.Ask, "handoff.done", h.Done),
			pair("handoff.clues", h.Clues, "handoff.open", h.Unresolved)))))
}

// picture is a photo with regions drawn over it, and what was seen in it.
func (d *Desk) picture(it view.Item, width float32) fyne.CanvasObject {
	const wide = float32(168)
	p := it.Picture
	if p == nil {
		p = &view.Picture{}
	}
	high := float32(112)
	if p.W > 0 && p.H > 0 {
		high = max(60, min(220, wide*float32(p.H)/float32(p.W)))
	}
	layers := look.Layers()
	if len(p.Data) > 0 {
		layers.Add(look.Picture(fyne.NewStaticResource("chat-"+it.ID, p.Data), wide, high, 7))
	} else {
		layers.Add(look.Fix(wide, high, look.NewBox(look.Sunken, "", 7, look.Edge{}, look.Row(0, look.Spacer(), look.NewIcon("image", look.Fg3, 24), look.Spacer()))))
	}
	for _, f := range p.Frames {
		x, y := f.X*wide, f.Y*high
		mark := look.NewText(f.Label, look.Style{Size: 9, Line: 13, Bold: true, Ink: "#1C1E24"})
		mark.Align = look.Centre
		layers.Add(look.At(x, y, look.Fix(f.W*wide, f.H*high, look.NewFrame("#FFFFFF", 2, 5))))
		layers.Add(look.At(x+1, y+1, look.Fix(14, 13, look.NewBox("#FFFFFF", "", 3, look.Edge{}, mark))))
	}
	frame := look.NewBox(look.Panel, look.Line, 8, look.Pad(1, 1), layers)
	av := look.ColA(0, look.Start, d.avatar(it))
	if p.Report == nil {
		time := look.ColA(0, look.Start, look.Spacer(), look.NewText(d.meta(it), look.Micro.In(look.Fg3)))
		if it.By == view.ByAgent {
			return look.RowA(8, look.Stretch, look.Spacer(), time, frame, av)
		}
		return look.RowA(8, look.Stretch, av, frame, time)
	}
	reportW := max(200, min(300, width-346))
	return look.RowA(8, look.Stretch, av, frame, look.Fix(reportW, 0, d.report(p.Report, reportW)))
}

func (d *Desk) report(r *view.Report, width float32) fyne.CanvasObject {
	w := d.env.W
	lines := look.Col(1)
	for _, f := range r.Lines {
		ink, level := look.Ink("e-anxious"), look.Fg
		switch {
		case f.Part <= 0:
			ink, level = "", look.Fg3
		case f.Part >= 0.5:
			ink = "e-upset"
		}
		lines.Add(look.Row(8, look.Fix(64, 0, cut(look.OneLine(f.Name), look.Caption.In(look.Fg2))),
			look.Grow(look.ColA(0, look.Stretch, look.Spacer(), look.Fix(0, 4, look.NewMeter(4, f.Part, ink)), look.Spacer())),
			look.Fix(34, 0, cut(w.In("grade", f.Grade), look.Caption.In(level)))))
	}
	return look.Card(look.Line, look.Sides(9, 13, 9, 13), look.Col(0,
		look.Inset(look.Edge{Bottom: 3}, look.Row(6, look.NewIcon("spark", look.BotText, 14), look.NewText(w.T("report"), look.Caption.B()),
			look.NewSoft(w.T("report.confidence", "n", fmt.Sprintf("%.2f", r.Confidence)), look.Micro.In(look.Fg3)),
			look.Spacer(), look.NewText(w.T("report.caution"), look.Micro.In(look.Fg3)))),
		lines,
		look.Inset(look.Edge{Top: 2}, look.NewPara(look.Caption.In(look.Fg2), width-26, look.T(look.Clean(r.Advice))))))
}

func (d *Desk) voice(it view.Item, width float32) fyne.CanvasObject {
	w := d.env.W
	waves := make([]float32, len(it.Wave))
	for i, v := range it.Wave {
		waves[i] = max(2, float32(v)*22/255)
	}
	row := look.Row(8, look.Disc("play", look.Fg, look.Panel, 24, 12), look.Wave(max(20, float32(len(waves))*5), 22, waves, len(waves)*2/5),
		look.NewText(clock(it.Seconds), look.Caption.In(look.Fg3)), look.Spacer())
	if m := mood(it.Mood); m != "" {
		row.Add(look.Emotion(m, w.In("emotion", string(it.Mood)), ""))
	}
	return look.Col(2, look.Fix(0, 24, row), look.NewPara(look.Caption.In(look.Fg2), min(416, width-36-112),
		look.S(w.T("voice.text"), look.Caption.In(look.Fg3)), look.T("　"+look.Clean(it.Text))))
}

func (d *Desk) file(it view.Item) fyne.CanvasObject {
	ink := look.Fg
	if it.By == view.ByAgent {
		ink = "bubbleOutText"
	}
	size := fmt.Sprintf("%.1f MB", float64(it.Size)/(1<<20))
	if it.Size < 1<<20 {
		size = fmt.Sprintf("%d KB", (it.Size+1023)/1024)
	}
	return look.Row(8, look.NewIcon("doc", ink, 16), look.NewSoft(look.OneLine(it.Text), look.Body.In(ink)), look.NewText(size, look.Micro.In(ink)))
}
