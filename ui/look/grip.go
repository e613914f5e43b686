package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// GripWidth is how wide the border between two columns can be taken hold of.
const GripWidth float32 = 8

// Grip is the border between two columns, to be dragged sideways. It is invisible until the pointer is on it.
type Grip struct {
	widget.BaseWidget
	OnDrag  func(dx float32) // since the last call
	OnDone  func()
	OnReset func() // double-click

	line          *Box
	hovered, held bool
}

// NewGrip makes a grip.
func NewGrip() *Grip {
	g := &Grip{line: NewBox("", "", 0, Edge{}, nil)}
	g.ExtendBaseWidget(g)
	return g
}

// CreateRenderer implements fyne.Widget.
func (g *Grip) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: g, objs: []fyne.CanvasObject{g.line}}
	r.min = func() fyne.Size { return fyne.NewSize(GripWidth, 0) }
	r.layout = func(s fyne.Size) {
		g.line.Move(fyne.NewPos(s.Width/2-1, 0))
		g.line.Resize(fyne.NewSize(2, s.Height))
	}
	r.refresh = func() { g.line.Refresh() }
	return r
}

func (g *Grip) show() {
	ink := Ink("")
	if g.hovered || g.held {
		ink = AccentLine
	}
	if g.held {
		ink = Accent
	}
	g.line.SetInk(ink, "")
}

// Dragged implements fyne.Draggable.
func (g *Grip) Dragged(e *fyne.DragEvent) {
	g.held = true
	g.show()
	if g.OnDrag != nil {
		g.OnDrag(e.Dragged.DX)
	}
}

// DragEnd implements fyne.Draggable.
func (g *Grip) DragEnd() {
	g.held = false
	g.show()
	if g.OnDone != nil {
		g.OnDone()
	}
}

// DoubleTapped implements fyne.DoubleTappable.
func (g *Grip) DoubleTapped(*fyne.PointEvent) {
	if g.OnReset != nil {
		g.OnReset()
	}
}

// Cursor implements desktop.Cursorable.
func (g *Grip) Cursor() desktop.Cursor { return desktop.HResizeCursor }

// MouseIn implements desktop.Hoverable.
func (g *Grip) MouseIn(*desktop.MouseEvent) {
	g.hovered = true
	g.show()
}

// MouseMoved implements desktop.Hoverable.
func (g *Grip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (g *Grip) MouseOut() {
	g.hovered = false
	g.show()
}
