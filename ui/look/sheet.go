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
