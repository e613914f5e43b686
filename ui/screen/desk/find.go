package desk

import (
	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// findBar searches in the open conversation: above the messages, closed until it is asked for.
type findBar struct {
	m     *messages
	slot  *fyne.Container
	field *look.Field
	count *look.Text
	steps [2]*look.Button
	body  fyne.CanvasObject
	open  bool
	v     *view.Find
}

func newFindBar(m *messages) *findBar {
	w, act := m.d.env.W, m.d.env.Act
	b := &findBar{m: m, slot: look.Layers(look.Space(0, 0)), count: look.NewText("", look.Micro.In(look.Fg3))}
	b.field = look.NewField(w.T("find.hint"), m.d.forward)
	b.field.OnChanged = act.Find
	b.field.OnSubmitted = func(string) { act.FindStep(-1) }
	b.field.OnEscape = b.end
	b.steps = [2]*look.Button{look.IconButton("up", 14, func() { act.FindStep(-1) }), look.IconButton("down", 14, func() { act.FindStep(1) })}
	b.body = look.Layers(look.NewBox(look.Sunken, "", 0, look.Edge{}, nil), look.Col(0, look.Fix(0, 39, look.Inset(look.Pad(0, 16), look.Row(8,
		look.NewIcon("search", look.Fg3, 15), look.Grow(b.field), b.count, look.Row(0, b.steps[0], b.steps[1]), look.IconButton("x", 13, b.end)))), look.HRule(look.Line)))
	return b
}

// openFind opens the search in the open conversation and gives it the keyboard.
func (d *Desk) openFind() {
	if d.snap == nil || d.snap.Chat == nil || d.snap.Chat.Lost != nil {
		return
	}
	b := d.log.bar
	if !b.open {
		b.open = true
		put(b.slot, b.body)
		if f := d.snap.Chat.Find; f != nil {
			b.field.SetText(f.Query)
		}
		b.show(d.snap.Chat.Find)
		d.relayout()
	}
	d.env.Window().Canvas().Focus(b.field.Focusable())
}

// closeFind ends the search, and says whether there was one.
func (d *Desk) closeFind() bool {
	if !d.log.bar.open {
		return false
	}
	d.log.bar.end()
	return true
}

// end closes the bar and forgets what was looked for.
func (b *findBar) end() {
	b.m.d.env.Act.Find("")
	b.close()
	b.m.found(nil)
	b.m.d.FocusComposer()
}

// close closes the bar without a word to anybody.
func (b *findBar) close() {
	if !b.open {
		return
	}
	b.open = false
	b.field.SetText("")
	put(b.slot, look.Space(0, 0))
	b.m.d.relayout()
}

// show says how many places there are.
func (b *findBar) show(f *view.Find) {
	w := b.m.d.env.W
	b.v = f
	text, some := "", false
	switch {
	case f == nil || f.Query == "":
	case len(f.Hits) > 0:
		text, some = w.T("find.count", "n", f.At+1, "of", len(f.Hits)), true
	case f.Busy:
		text = w.T("search.busy")
	default:
		text = w.T("find.none")
	}
	b.count.S = text
	for _, s := range b.steps {
		s.SetDisabled(!some)
	}
	b.slot.Refresh()
}

// found marks what a search found, and brings the place that is to show into view.
func (m *messages) found(f *view.Find) {
	query, hit := "", ""
	if f != nil {
		query = f.Query
		if f.At >= 0 && f.At < len(f.Hits) {
			hit = f.Hits[f.At]
		}
	}
	if m.bar.open {
		m.bar.show(f)
	}
	if query == m.query && hit == m.hit {
		return
	}
	moved := hit != "" && hit != m.hit
	if query != m.query {
		m.roll.Forget()
	}
	m.query, m.hit = query, hit
	m.made = map[string]made{}
	m.show()
	if moved {
		m.goTo(hit)
	}
}
