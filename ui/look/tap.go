package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Tap makes anything tappable, with a hover ink behind it.
type Tap struct {
	widget.BaseWidget
	OnTapped func()
	OnHover  func(in bool)
	OnMenu   func(at fyne.Position) // secondary button; at is on the canvas

	back    *Box
	hover   Ink
	content fyne.CanvasObject
}

// NewTap wraps content. hover may be empty; radius is that of the hover ink.
func NewTap(content fyne.CanvasObject, hover Ink, radius float32, tapped func()) *Tap {
	t := &Tap{OnTapped: tapped, hover: hover, content: content, back: NewBox("", "", radius, Edge{}, nil)}
	t.ExtendBaseWidget(t)
	return t
}

// Baseline implements the row alignment Base.
func (t *Tap) Baseline() float32 { return baseline(t.content) }

// CreateRenderer implements fyne.Widget.
func (t *Tap) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: t, objs: []fyne.CanvasObject{t.back, t.content}}
	r.min = t.content.MinSize
	r.layout = func(s fyne.Size) {
		t.back.Resize(s)
		t.content.Resize(s)
	}
	r.refresh = func() {
		t.back.Refresh()
		t.content.Refresh()
	}
	return r
}

// Tapped implements fyne.Tappable.
func (t *Tap) Tapped(*fyne.PointEvent) {
	if t.OnTapped != nil {
		t.OnTapped()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (t *Tap) TappedSecondary(e *fyne.PointEvent) {
	if t.OnMenu != nil {
		t.OnMenu(e.AbsolutePosition)
	}
}

// Cursor implements desktop.Cursorable.
func (t *Tap) Cursor() desktop.Cursor {
	if t.OnTapped == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn implements desktop.Hoverable.
func (t *Tap) MouseIn(*desktop.MouseEvent) { t.hovered(true) }

// MouseMoved implements desktop.Hoverable.
func (t *Tap) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (t *Tap) MouseOut() { t.hovered(false) }

func (t *Tap) hovered(in bool) {
	if t.hover != "" {
		ink := Ink("")
		if in {
			ink = t.hover
		}
		t.back.SetInk(ink, "")
	}
	if t.OnHover != nil {
		t.OnHover(in)
	}
}
