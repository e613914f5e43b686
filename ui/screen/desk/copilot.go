package desk

import (
	"fmt"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/words"
)

// copilot is the column beside the chat. Suggestion cards keep their objects while their text streams, so that a press
// on a button is never lost.
type copilot struct {
	d     *Desk
	title *fyne.Container
	stack *fyne.Container // everything that scrolls
	body  fyne.CanvasObject
	cards map[string]*suggestion
	dock  map[string]*docked
	v     *view.Copilot
	width float32
}

func newCopilot(d *Desk) *copilot {
	c := &copilot{d: d, title: look.Layers(), stack: look.Col(7), cards: map[string]*suggestion{}, dock: map[string]*docked{}}
	scroll := look.NewScroll(look.Inset(look.Sides(0, 12, 8, 12), c.stack))
	c.body = look.Col(0, look.Fix(0, 52, c.title), look.Grow(scroll))
	return c
}

// suggestion is one card.
type suggestion struct {
	box    *look.Box
	state  *look.Text
	para   *look.Para
	foot   *fyne.Container
	stream bool
	used   string
	text   string
	width  float32
}

// docked is one line above the composer in narrow windows.
type docked struct {
	obj  fyne.CanvasObject
	text *look.Text
}

// problemTitle is a failure in a few words.
func problemTitle(w *words.Words, p *view.Problem) string {
	if p == nil || !w.Has("error."+p.Code) {
		return w.T("error.unknown")
	}
	return w.In("error", p.Code)
}

func (c *copilot) set(v *view.Copilot, width float32) {
	w, act := c.d.env.W, c.d.env.Act
	c.v, c.width = v, width
	row := look.Row(8, look.NewIcon("spark", look.BotText, 18), look.NewText(w.T("copilot"), look.Title))
	if v.State == view.CopilotWriting {
		row.Add(look.Row(5, look.Dot(look.Bot, 6), look.NewSoft(w.T("copilot.writing", "n", v.Done, "of", v.Total), look.Micro.In(look.BotText))))
	}
	row.Add(look.Spacer())
	if c.d.narrow() {
		row.Add(look.IconButton("x", 14, func() { c.d.drawer("") }))
	} else {
		var gear *look.Button
		gear = look.IconButton("gear", 16, func() { c.d.copilotMenu(gear) })
		row.Add(gear)
	}
	put(c.title, look.Inset(look.Sides(0, 12, 0, 14), row))

	inner := width - 24
	c.stack.Objects = nil
	if len(v.Tones) > 0 && len(v.Suggestions) > 0 {
		var tones []fyne.CanvasObject
		for _, t := range v.Tones {
			kind, st := look.Plain, look.Caption.In(look.Fg2)
			if t.Key == v.Tone {
				kind, st = look.Chosen, look.Caption.B()
			}
			tones = append(tones, look.NewButton(look.ButtonSpec{Kind: kind, Label: t.Name, H: 24, Style: st, PadX: 10}, func() { act.SetTone(t.Key) }))
		}
		c.stack.Add(look.Fit(5, tones...))
	}
	switch {
	case v.State == view.CopilotFailed && len(v.Suggestions) == 0:
		c.stack.Add(problem(w, v.Err, act.RetryCopilot))
	case v.State == view.CopilotFailed: // some were there before it failed
		c.stack.Add(look.NewBox(look.WarnTint, look.WarnLine, 8, look.Pad(6, 10), look.Row(8, look.NewIcon("warn", look.WarnText, 15),
			look.Grow(look.NewElided(problemTitle(w, v.Err), look.Caption.In(look.WarnText))),
			look.NewButton(look.ButtonSpec{Kind: look.Link, Label: w.T("retry"), H: 22, Style: look.Caption.B(), PadX: 4}, act.RetryCopilot))))
	case len(v.Suggestions) == 0 && v.State == view.CopilotWriting:
		c.stack.Add(look.Card(look.BotLine, look.Pad(10, 12), look.Row(8, look.NewIcon("spark", look.BotText, 14),
			look.NewText(w.T("copilot.start"), look.Caption.In(look.BotText)))))
	case len(v.Suggestions) == 0:
		c.stack.Add(look.Notice("spark", look.BotTint, look.BotText, w.T("copilot.idle"), w.T("copilot.idle.sub"), inner-40))
	}
	seen := map[string]bool{}
	for i, s := range v.Suggestions {
		seen[s.ID] = true
		c.stack.Add(c.card(i, s, inner).box)
	}
	for id := range c.cards {
		if !seen[id] {
			delete(c.cards, id)
			delete(c.dock, id)
		}
	}
	if len(v.Cards) > 0 && !c.d.short() {
		c.stack.Add(look.Inset(look.Edge{Top: 1}, look.Row(0, look.NewText(w.T("cards"), look.Caption.B()), look.Spacer(),
			look.NewSoft(w.T("cards.sub"), look.Micro.In(look.Fg3)))))
		for _, k := range v.Cards {
			c.stack.Add(c.know(k, inner))
		}
	}
	if v.Next != nil {
		c.stack.Add(c.next(v.Next))
	}
	c.body.Refresh()
}

// markOf is the number that a source carries.
func markOf(s view.Suggestion, i int) int {
	if i < len(s.Marks) {
		return s.Marks[i]
	}
	return i + 1
}

// sources is the line of what a suggestion rests on.
func sources(s view.Suggestion) string {
	var out []string
	for i, r := range s.Sources {
		t := look.OneLine(r.Title)
		if r.Section != "" {
			t += " " + r.Section
		}
		if i == 0 || i < len(s.Marks) || len(s.Marks) == 0 {
			t = strconv.Itoa(markOf(s, i)) + " " + t
		}
		out = append(out, t)
	}
	return strings.Join(out, " · ")
}

// topMark is the highest number that is a citation in this suggestion.
func topMark(s view.Suggestion) int {
	n := len(s.Sources)
	for _, m := range s.Marks {
		n = max(n, m)
	}
	return n
}

func (c *copilot) spans(s view.Suggestion) []look.Span {
	out := look.CitedTo(look.Clean(s.Text), topMark(s), look.BotTint, func(mark int) {
		for i, r := range s.Sources {
			if markOf(s, i) == mark {
				c.d.openSource(r.ID)
				return
			}
		}
	})
	if s.Streaming {
		out = append(out, look.Span{Obj: look.Inset(look.Edge{Left: 2}, look.Fix(7, 14, look.NewBox(look.Bot, "", 0, look.Edge{}, nil))), Base: 12})
	}
	return out
}

func (c *copilot) card(i int, s view.Suggestion, inner float32) *suggestion {
	w, act := c.d.env.W, c.d.env.Act
	stroke := look.Line
	switch {
	case s.Streaming:
		stroke = look.BotLine
	case i == 0:
		stroke = look.AccentLine
	}
	state, ink := w.T("fit", "n", s.Fit), look.OKText
	switch {
	case s.Streaming:
		state, ink = w.T("copilot.one"), look.BotText
	case s.Used != "":
		state, ink = w.In("used", s.Used), look.Fg3
	}
	k := c.cards[s.ID]
	if k == nil {
		k = &suggestion{state: look.NewText("", look.Micro), para: look.NewPara(look.Body, inner-24), foot: look.Layers(), stream: !s.Streaming}
		k.box = look.Card(stroke, look.Sides(9, 12, 8, 12), look.Col(0,
			look.Inset(look.Edge{Bottom: 3}, look.Row(6, look.Key(c.d.env.Alt(), strconv.Itoa(i+1)),
				look.NewSoft(look.OneLine(s.Title), look.Caption.B()), look.Spacer(), k.state)),
			k.para, k.foot))
		c.cards[s.ID] = k
	}
	k.box.SetInk(look.Panel, stroke)
	k.state.Style.Ink = ink
	k.state.S = state
	k.state.Refresh()
	if k.text != s.Text || k.stream != s.Streaming || k.width != inner {
		k.para.SetWidth(inner - 24)
		k.para.SetSpans(c.spans(s)...)
	}
	if s.Streaming {
		put(k.foot, look.Inset(look.Edge{Top: 6}, look.Fix(0, 2, look.NewMeter(2, s.Part, look.Bot))))
	} else if k.stream || k.used != s.Used {
		put(k.foot, look.Inset(look.Edge{Top: 5}, look.Row(6, look.Grow(look.Fix(0, 16, look.NewElided(sources(s), look.Micro.In(look.Fg3)))),
			look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.T("edit"), H: 24, Style: look.Caption, PadX: 6}, func() { c.d.edit(i) }),
			look.NewButton(look.ButtonSpec{Kind: look.Tint, Label: w.T("adopt"), H: 24, Style: look.Caption, PadX: 9}, func() { act.AdoptSuggestion(i, false) }))))
	}
	k.text, k.stream, k.used, k.width = s.Text, s.Streaming, s.Used, inner
	return k
}

// docks is the two best suggestions as lines above the composer.
func (c *copilot) docks(v *view.Copilot) fyne.CanvasObject {
	if v == nil || len(v.Suggestions) == 0 {
		return look.Space(0, 0)
	}
	w, act := c.d.env.W, c.d.env.Act
	col := look.Col(5)
	for i, s := range v.Suggestions[:min(2, len(v.Suggestions))] {
		k := c.dock[s.ID]
		text := look.OneLine(plain(s))
		if k == nil {
			k = &docked{text: look.NewElided(text, look.Caption.In(look.Fg2))}
			k.obj = look.Fix(0, 30, look.NewBox(look.Panel, look.BotLine, 6, look.Pad(0, 9), look.Row(8, look.Key(c.d.env.Alt(), strconv.Itoa(i+1)),
				look.NewText(look.OneLine(s.Title), look.Caption.B()), look.Grow(k.text),
				look.NewButton(look.ButtonSpec{Kind: look.Link, Label: w.T("adopt"), H: 22, Style: look.Caption.B(), PadX: 2},
					func() { act.AdoptSuggestion(i, false) }))))
			c.dock[s.ID] = k
		}
		k.text.Set(text)
		col.Add(k.obj)
	}
	return look.NewBox(look.BotTint, "", 0, look.Sides(0, 0, 0, 0), look.Col(0, look.HRule(look.BotLine), look.Inset(look.Pad(7, 12), col)))
}

// plain is a suggestion without its citation marks.
func plain(s view.Suggestion) string {
	text := s.Text
	for i := 1; i <= topMark(s); i++ {
		text = strings.ReplaceAll(text, fmt.Sprintf("[%d]", i), "")
	}
	return look.Clean(text)
}
