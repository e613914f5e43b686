package desk

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/sync/label"
	"agentdesk/ui/look"
)

// mayTrace reports whether an item is an answer of the bot, of which the server may tell how it came about.
func mayTrace(it *view.Item) bool {
	return it.By == view.ByBot && !it.Recalled && it.Kind != view.KindNotice && it.Kind != view.KindHandoff
}

// explain opens the trace of the bot's newest message in the chat, or, where one is open, of the message before it.
func (d *Desk) explain() {
	if d.snap == nil || d.snap.Chat == nil {
		return
	}
	if d.snap.Trace != nil {
		d.env.Act.StepTrace(-1)
		return
	}
	items := d.snap.Chat.Log.Items
	for i := len(items) - 1; i >= 0; i-- {
		if mayTrace(&items[i]) {
			d.env.Act.OpenTrace(items[i].ID)
			return
		}
	}
}

// explainLater goes to the bot's message after the one whose trace is open.
func (d *Desk) explainLater() {
	if d.snap != nil && d.snap.Trace != nil {
		d.env.Act.StepTrace(1)
	}
}

// traced is the trace of one message of the bot.
func (b *beside) traced(v *view.TraceView) fyne.CanvasObject {
	w, act := b.d.env.W, b.d.env.Act
	var body fyne.CanvasObject
	switch {
	case v.Err != nil:
		body = problem(w, v.Err, func() { act.OpenTrace(v.Item) })
	case v.Gone:
		body = look.Notice("history", look.Hover, look.Fg3, w.T("trace.gone"), w.T("trace.gone.sub"), 260)
	case v.Busy:
		body = look.Skeleton(5)
	default:
		width := b.d.form.copilot
		if b.d.narrow() || width == 0 {
			width = drawerW
		}
		body = look.NewScroll(look.Inset(look.Sides(12, 14, 14, 14), newTraceText(b.d, v, width-28).all()))
	}
	step := func(icon string, ok bool, n int, key string) fyne.CanvasObject {
		if !ok {
			return look.Fix(28, 28, look.Row(0, look.Spacer(), look.NewIcon(icon, look.LineStrong, 14), look.Spacer()))
		}
		t := look.IconButton(icon, 14, func() { act.StepTrace(n) })
		t.OnHover = func(in bool) { b.d.tip(in, w.T(key), t) }
		return t
	}
	return b.shellWith("bot", w.T("trace.why"), look.OneLine(v.At.Format("15:04")+" · "+v.Text), body,
		step("up", v.Earlier, -1, "trace.earlier"), step("down", v.Later, 1, "trace.later"))
}

// traceText puts a trace into words, in columns of a width.
type traceText struct {
	d     *Desk
	v     *view.TraceView
	width float32
	col   *fyne.Container
}

func newTraceText(d *Desk, v *view.TraceView, width float32) *traceText {
	return &traceText{d: d, v: v, width: width, col: look.Col(4)}
}

func (t *traceText) all() fyne.CanvasObject {
	t.read()
	t.decided()
	t.tools()
	t.facts()
	t.worded()
	t.time()
	return t.col
}

// part begins a part with its heading.
func (t *traceText) part(icon, key string, right ...fyne.CanvasObject) {
	if len(t.col.Objects) > 0 {
		t.col.Add(look.Inset(look.Edge{Top: 4, Bottom: 4}, look.HRule(look.Line)))
	}
	row := look.Row(6, look.NewIcon(icon, look.Fg3, 14), look.NewText(t.d.env.W.T(key), look.Caption.B()), look.Spacer())
	row.Objects = append(row.Objects, right...)
	t.col.Add(row)
}

func (t *traceText) line(st look.Style, text string) {
	t.col.Add(look.NewPara(st, t.width, look.T(look.Clean(text))))
}

// ms is a time as people read it.
func (t *traceText) ms(n int64) string {
	s := t.d.env.W.T("trace.ms", "n", n)
	if n >= 1000 {
		s = t.d.env.W.T("trace.s", "n", fmt.Sprintf("%.1f", float64(n)/1000))
	}
	return strings.ReplaceAll(s, " ", "\u00a0") // figure and unit stay on one line
}

func (t *traceText) read() {
	w, r := t.d.env.W, t.v.Read
	t.part("search", "trace.read")
	if r == nil {
		t.line(look.Caption.In(look.Fg2), w.T("trace.read.none"))
		return
	}
	chips := []fyne.CanvasObject{}
	if m := mood(label.Emotion(r.Emotion)); m != "" {
		chips = append(chips, look.Emotion(m, w.In("emotion", r.Emotion), ""))
	}
	chips = append(chips, look.Tag(cutRunes(w.In("tag", r.Intent), 20)))
	if r.Reason != "" && r.Reason != r.Intent {
		chips = append(chips, look.TagIn(cutRunes(w.In("tag", r.Reason), 20), look.BadLine, look.BadText))
	}
	t.col.Add(look.Fit(6, chips...))
	t.line(look.Caption.In(look.Fg2), strings.Join([]string{w.T("trace.sure", "n", r.Percent), w.In("trace.by", r.By), t.ms(r.MS)}, " · "))
	for _, why := range r.Why {
		t.line(look.Micro.In(look.Fg3), "· "+why)
	}
}

func (t *traceText) decided() {
	w, v := t.d.env.W, t.v
	right := []fyne.CanvasObject{look.Tag(w.In("trace.action", v.Action))}
	if v.Reason != "" {
		right = append(right, look.TagIn(cutRunes(w.In("tag", v.Reason), 20), look.WarnLine, look.WarnText))
	}
	t.part("swap", "trace.decided", right...)
	for _, s := range v.Steps {
		text := s.Code
		if s.Wish != "" {
			text = t.wish(s.Wish) + " → " + s.Code
		}
		t.line(look.Caption.In(look.Fg2), text)
	}
}

// wish is what a customer wanted, in a word.
func (t *traceText) wish(s string) string {
	if w := t.d.env.W; w.Has("wish." + s) {
		return w.In("wish", s)
	}
	return t.d.env.W.In("tag", s)
}

func (t *traceText) tools() {
	w := t.d.env.W
	if len(t.v.Tools) == 0 {
		return
	}
	t.part("gear", "trace.tools")
	for _, u := range t.v.Tools {
		ink, line := look.Fg2, look.LineStrong
		switch u.Result {
		case "done":
			ink, line = look.OKText, look.OKText
		case "refused":
			ink, line = look.WarnText, look.WarnLine
		case "failed":
			ink, line = look.BadText, look.BadLine
		}
		t.col.Add(look.Row(6, look.NewSoft(w.In("tool", u.Tool), look.Caption.B().In(look.Fg2)), look.Spacer(), look.TagIn(w.In("trace.result", u.Result), line, ink)))
		var more []string
		for _, a := range u.Args {
			val := a.Value
			if (a.Key == "reason" || a.Key == "refund") && w.Has("form.value."+val) {
				val = w.In("form.value", val)
			}
			more = append(more, w.In("tool.arg", a.Key)+" "+val)
		}
		if u.Why != "" {
			more = append(more, w.In("trace.refused", u.Why))
		}
		if u.Fen != 0 {
			more = append(more, w.T("trace.back", "sum", w.Yuan(u.Fen)))
		}
		if len(more) > 0 {
			t.line(look.Micro.In(look.Fg3), strings.Join(more, " · "))
		}
	}
}

func (t *traceText) facts() {
	w := t.d.env.W
	t.part("doc", "trace.facts")
	if len(t.v.Sources) == 0 {
		t.line(look.Caption.In(look.Fg3), w.T("trace.facts.none"))
		return
	}
	for i, s := range t.v.Sources {
		name := look.OneLine(strings.TrimSpace(s.Title + " " + s.Section))
		row := look.Row(6, look.NewText(fmt.Sprintf("[%d]", i+1), look.Micro.In(look.Fg3)), look.NewSoft(name, look.Caption.In(look.AccentText)), look.Spacer(),
			look.NewText(w.In("source", s.Kind), look.Micro.In(look.Fg3)))
		if s.Kind == "order" || s.Kind == "parcel" || s.Kind == "script" { // the server opens none of these
			row.Objects[1] = look.NewSoft(name, look.Caption.In(look.Fg2))
			t.col.Add(look.Fix(0, 22, row))
			continue
		}
		id := s.ID
		t.col.Add(look.NewTap(look.Fix(0, 22, row), look.Hover, 5, func() { t.d.openSource(id) }))
	}
}

func (t *traceText) worded() {
	w, v, m := t.d.env.W, t.v, t.v.Model
	t.part("pen", "trace.worded")
	if !v.ByModel {
		code := ""
		for i, s := range v.Steps {
			if i > 0 {
				code += " + "
			}
			code += s.Code
		}
		t.line(look.Caption.In(look.Fg2), w.T("trace.script", "code", code))
	}
	if m == nil {
		return
	}
	if v.ByModel {
		t.line(look.Caption.In(look.Fg2), w.T("trace.model", "provider", m.Provider, "model", m.Model)+" · "+t.ms(m.MS))
	}
	if m.Why != "" {
		key := "trace.unused"
		if v.ByModel {
			key = "trace.partly"
		}
		t.line(look.Caption.In(look.WarnText), w.T(key, "why", w.In("trace.fault", m.Why)))
	}
	t.line(look.Micro.In(look.Fg3), w.T("trace.prompt", "name", m.Prompt, "in", m.In, "out", m.Out))
	for i, a := range m.Attempts {
		t.attempt(i+1, a)
	}
	if len(m.Struck) == 0 {
		return
	}
	t.line(look.Micro.B().In(look.Fg2), w.T("trace.struck"))
	for _, s := range m.Struck {
		t.col.Add(look.NewBox(look.WarnTint, look.WarnLine, 6, look.Pad(4, 8), look.Col(1,
			look.NewPara(look.Micro.In(look.WarnText), t.width-16, look.T(look.Clean(s.Text))),
			look.NewPara(look.Micro.B().In(look.WarnText), t.width-16, look.T(w.In("trace.fault", s.Why))))))
	}
}

func (t *traceText) attempt(n int, a view.TraceAttempt) {
	w := t.d.env.W
	ink, how := look.OK, w.T("trace.ok")
	switch {
	case a.Lost:
		ink, how = look.LineStrong, w.T("trace.lost")
	case a.Fault != "":
		ink, how = look.Bad, w.In("trace.fault", a.Fault)
	}
	text := w.T("trace.attempt", "n", n) + " · " + a.Provider + " · " + a.Model
	if a.Hedge {
		text += " · " + w.T("trace.hedge")
	}
	room := t.width - 12
	t.col.Add(look.RowA(6, look.Start, look.Inset(look.Edge{Top: look.Scaled(5)}, look.Dot(ink, 6)), look.NewPara(look.Micro.In(look.Fg3), room, look.T(look.Clean(text+" · "+how+" · "+t.ms(a.MS))))))
}

func (t *traceText) time() {
	w, v := t.d.env.W, t.v
	t.col.Add(look.Inset(look.Edge{Top: 4, Bottom: 4}, look.HRule(look.Line)))
	text := w.T("trace.time.all", "all", t.ms(v.MS))
	if v.Wait > 0 {
		text = w.T("trace.time", "all", t.ms(v.MS), "wait", t.ms(v.Wait))
	}
	t.col.Add(look.RowA(6, look.Start, look.Inset(look.Edge{Top: 2}, look.NewIcon("clock", look.Fg3, 14)), look.NewPara(look.Caption.In(look.Fg2), t.width-20, look.T(text))))
}
