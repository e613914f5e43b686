package look

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Sheet is a dialog in the middle of a dimmed window. It takes every tap, so that nothing behind it is hit.
type Sheet struct {
	widget.BaseWidget
	outside func()
	content fyne.CanvasObject
}

// NewSheet makes a sheet; outside hears of a tap beside it.
func NewSheet(content fyne.CanvasObject, outside func()) *Sheet {
	s := &Sheet{outside: outside, content: NewTap(content, "", 10, nil)}
	s.ExtendBaseWidget(s)
	return s
}

// Tapped implements fyne.Tappable.
func (s *Sheet) Tapped(*fyne.PointEvent) { s.outside() }

// CreateRenderer implements fyne.Widget.
func (s *Sheet) CreateRenderer() fyne.WidgetRenderer {
	dim := canvas.NewRectangle(color.NRGBA{A: 0x59})
	r := &renderer{owner: s, objs: []fyne.CanvasObject{dim, s.content}}
	r.min = s.content.MinSize
	r.layout = func(size fyne.Size) {
		dim.Resize(size)
		m := s.content.MinSize()
		place(s.content, (size.Width-m.Width)/2, max(8, (size.Height-m.Height)*0.4), m)
	}
	r.refresh = s.content.Refresh
	return r
}

// MenuItem is one line of a Menu; an item without a word is a rule between groups.
type MenuItem struct {
	Word string
	Run  func()
}

// Menu is a popover with words to pick from: a solid panel with a stroke, placed near a point and kept inside the
// window. It takes every tap; one beside it closes it.
type Menu struct {
	widget.BaseWidget
	at      fyne.Position
	outside func()
	content fyne.CanvasObject
}

// NewMenu makes a menu; closed hears when it is done, before the item runs.
func NewMenu(items []MenuItem, at fyne.Position, closed func()) *Menu {
	m := &Menu{at: at, outside: closed}
	col := Col(0)
	for _, it := range items {
		if it.Word == "" {
			col.Add(Inset(Pad(4, 0), HRule(Line)))
			continue
		}
		col.Add(NewTap(Inset(Pad(5, 12), NewText(it.Word, Body)), Hover, 6, func() {
			closed()
			it.Run()
		}))
	}
	m.content = NewBox(Panel, LineStrong, 10, Pad(6, 6), Layers(col, Space(120, 0)))
	m.ExtendBaseWidget(m)
	return m
}

// Tapped implements fyne.Tappable.
func (m *Menu) Tapped(*fyne.PointEvent) { m.outside() }

// TappedSecondary implements fyne.SecondaryTappable.
func (m *Menu) TappedSecondary(*fyne.PointEvent) { m.outside() }

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
