package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// MenuItem is one line of a Menu; an item without a word is a rule between groups, one without Run is a heading.
type MenuItem struct {
	Word string
	Run  func()
	On   bool     // a tick behind the word
	Keys []string // keyboard hint
}

// Menu is a popover with words to pick from: a solid panel with a stroke, placed near a point and kept inside the
// window. It takes every tap; one beside it closes it. Arrows and Enter pick, Esc closes.
type Menu struct {
	widget.BaseWidget
	at      fyne.Position
	closed  func()
	content fyne.CanvasObject
	lines   []*Tap
	runs    []func()
	chosen  int // by the keyboard; -1 none
}

// NewMenu makes a menu; closed hears when it is done, before the item runs.
func NewMenu(items []MenuItem, at fyne.Position, closed func()) *Menu {
	m := &Menu{at: at, closed: closed, chosen: -1}
	col := Col(0)
	for _, it := range items {
		switch {
		case it.Word == "":
			col.Add(Inset(Pad(4, 0), HRule(Line)))
			continue
		case it.Run == nil:
			col.Add(Inset(Sides(6, 12, 2, 12), NewText(it.Word, Micro.In(Fg3))))
			continue
		}
		row := Row(16, NewText(it.Word, Body), Spacer())
		if len(it.Keys) > 0 {
			row.Add(Key(it.Keys...))
		}
		if it.On {
			row.Add(NewIcon("check", AccentText, 14))
		}
		run := func() {
			closed()
			it.Run()
		}
		line := NewTap(Inset(Pad(5, 12), row), Hover, 6, run)
		line.Skip = true
		line.OnHover = func(in bool) {
			if in {
				m.choose(-1)
			}
		}
		m.lines, m.runs = append(m.lines, line), append(m.runs, run)
		col.Add(line)
	}
	m.content = NewBox(Panel, LineStrong, 10, Pad(6, 6), Layers(col, Space(120, 0)))
	m.ExtendBaseWidget(m)
	return m
}

// choose moves the keyboard's mark.
func (m *Menu) choose(i int) {
	if m.chosen >= 0 {
		m.lines[m.chosen].back.SetInk("", "")
	}
	if m.chosen = i; i >= 0 {
		m.lines[i].back.SetInk(Hover, "")
	}
}

// Tapped implements fyne.Tappable.
func (m *Menu) Tapped(*fyne.PointEvent) { m.closed() }

// TappedSecondary implements fyne.SecondaryTappable.
func (m *Menu) TappedSecondary(*fyne.PointEvent) { m.closed() }

// FocusGained implements fyne.Focusable.
func (m *Menu) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (m *Menu) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (m *Menu) TypedRune(rune) {}

// TypedKey implements fyne.Focusable.
func (m *Menu) TypedKey(k *fyne.KeyEvent) {
	n := len(m.lines)
	switch k.Name {
	case fyne.KeyEscape:
		m.closed()
	case fyne.KeyDown:
		if n > 0 {
			m.choose((m.chosen + 1) % n)
		}
	case fyne.KeyUp:
		if n > 0 {
			m.choose((max(m.chosen, 0) + n - 1) % n)
		}
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if m.chosen >= 0 {
			m.runs[m.chosen]()
		}
	}
}

// AcceptsTab implements fyne.Tabbable: Tab leaves a menu by no other way than Esc does.
func (m *Menu) AcceptsTab() bool { return true }

// Cursor implements desktop.Cursorable.
func (m *Menu) Cursor() desktop.Cursor { return desktop.DefaultCursor }

// CreateRenderer implements fyne.Widget.
func (m *Menu) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: m, objs: []fyne.CanvasObject{m.content}}
	r.min = m.content.MinSize
	r.layout = func(s fyne.Size) {
		c := m.content.MinSize()
		place(m.content, max(4, min(m.at.X, s.Width-c.Width-4)), max(4, min(m.at.Y, s.Height-c.Height-4)), c)
	}
	r.refresh = m.content.Refresh
	return r
}
