package desk

import (
	"fmt"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// The sides of a thumbnail.
const (
	thumbW, thumbMost, thumbLeast float32 = 168, 220, 44
)

// thumbSize fits a picture into the place of a thumbnail: never distorted.
func thumbSize(p *view.Picture) (w, h float32) {
	if p.W <= 0 || p.H <= 0 {
		return thumbW, 112
	}
	k := min(thumbW/float32(p.W), thumbMost/float32(p.H))
	return max(8, float32(p.W)*k), max(8, float32(p.H)*k)
}

// picture is a photo with regions drawn over it, and what was seen in it.
func (m *messages) picture(it *view.Item, width float32) fyne.CanvasObject {
	w := m.d.env.W
	p := it.Picture
	if p == nil {
		p = &view.Picture{}
	}
	wide, high := thumbSize(p)
	box := fyne.NewSize(max(thumbLeast, wide), max(thumbLeast, high))
	layers := look.Layers()
	switch {
	case len(p.Data) > 0:
		x, y := (box.Width-wide)/2, (box.Height-high)/2
		layers.Add(look.Fix(box.Width, box.Height, look.At(x, y, look.Picture(fyne.NewStaticResource("chat-"+it.ID, p.Data), wide, high, 7))))
		for _, f := range p.Frames {
			mark := look.NewText(cutRunes(f.Label, 2), look.Style{Size: 9, Line: 13, Bold: true, Ink: "#1C1E24"})
			mark.Align = look.Centre
			layers.Add(look.At(x+f.X*wide, y+f.Y*high, look.Fix(f.W*wide, f.H*high, look.NewFrame("#FFFFFF", 2, 5))))
			layers.Add(look.At(x+f.X*wide+1, y+f.Y*high+1, look.Fix(14, 13, look.NewBox("#FFFFFF", "", 3, look.Edge{}, mark))))
		}
	case it.Lacking != "":
		layers.Add(look.Fix(box.Width, box.Height, middled("warn", look.WarnText, m.d.lacking(it.Lacking), w.T("retry"))))
	default:
		layers.Add(look.Fix(box.Width, box.Height, middled("image", look.Fg3, w.T("picture.loading"), "")))
	}
	tap := look.NewTap(look.NewBox(look.Sunken, look.Line, 8, look.Pad(1, 1), layers), "", 8, func() {
		if it.Lacking != "" && len(p.Data) == 0 {
			m.d.env.Act.Fetch(it.ID)
			return
		}
		m.d.view(m.last, it.ID)
	})
	tap.OnMenu = func(at fyne.Position) { m.menu(it, at) }
	if p.Report == nil {
		return tap
	}
	if width < 420 { // below it where there is no room beside
		return look.ColA(8, look.Start, tap, look.Fix(max(200, width-36), 0, m.d.report(p.Report, max(200, width-36))))
	}
	reportW := max(200, min(look.Scaled(300), width-346))
	return look.RowA(8, look.Stretch, tap, look.Fix(reportW, 0, m.d.report(p.Report, reportW)))
}

// middled is what a picture's place holds while there is none.
func middled(icon string, ink look.Ink, word, link string) fyne.CanvasObject {
	centred := func(s string, st look.Style) fyne.CanvasObject {
		t := look.NewText(s, st)
		t.Align, t.Cut = look.Centre, true
		return t
	}
	col := look.Col(4, look.Spacer(), look.Row(0, look.Spacer(), look.NewIcon(icon, ink, 22), look.Spacer()), centred(word, look.Micro.In(look.Fg3)))
	if link != "" {
		col.Add(centred(link, look.Micro.B().In(look.AccentText)))
	}
	col.Add(look.Spacer())
	return col
}

// lacking is why something could not be fetched.
func (d *Desk) lacking(code string) string {
	if w := d.env.W; w.Has("error." + code) {
		return w.In("error", code)
	}
	return d.env.W.T("picture.failed")
}

// report is what a photo shows. It always says that it is no diagnosis.
func (d *Desk) report(r *view.Report, width float32) fyne.CanvasObject {
	w := d.env.W
	lines := look.Col(1)
	for _, f := range r.Lines[:min(6, len(r.Lines))] {
		ink, level := look.Ink("e-anxious"), look.Fg
		switch {
		case f.Part <= 0:
			ink, level = "", look.Fg3
		case f.Part >= 0.5:
			ink = "e-upset"
		}
		lines.Add(look.Row(8, look.Fix(look.Scaled(64), 0, cut(look.OneLine(f.Name), look.Caption.In(look.Fg2))),
			look.Grow(look.ColA(0, look.Stretch, look.Spacer(), look.Fix(0, 4, look.NewMeter(4, min(1, f.Part), ink)), look.Spacer())),
			look.Fix(look.Scaled(34), 0, cut(w.In("grade", f.Grade), look.Caption.In(level)))))
	}
	return look.Card(look.Line, look.Sides(9, 13, 9, 13), look.Col(0,
		look.Inset(look.Edge{Bottom: 3}, look.Row(6, look.NewIcon("spark", look.BotText, 14), look.NewText(w.T("report"), look.Caption.B()),
			look.NewSoft(w.T("report.confidence", "n", fmt.Sprintf("%.2f", r.Confidence)), look.Micro.In(look.Fg3)),
			look.Spacer(), look.NewText(w.T("report.caution"), look.Micro.In(look.Fg3)))),
		lines,
		look.Inset(look.Edge{Top: 2}, look.NewPara(look.Caption.In(look.Fg2), width-26, look.T(look.Clean(r.Advice))))))
}
