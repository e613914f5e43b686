package repaint

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// post is an object without looks. Fyne passes it on its way through the tree.
type post struct {
	passed func() // asked for its place, once on each way through the tree
	asked  func() // asked for its least size, which only the first half of a frame does
}

func (p *post) MinSize() fyne.Size {
	p.asked()
	return fyne.Size{}
}

func (p *post) Position() fyne.Position {
	p.passed()
	return fyne.Position{}
}

func (*post) Visible() bool      { return true }
func (*post) Move(fyne.Position) {}
func (*post) Resize(fyne.Size)   {}
func (*post) Size() fyne.Size    { return fyne.Size{} }
func (*post) Hide()              {}
func (*post) Show()              {}
func (*post) Refresh()           {}

// clip is what Fyne's painter clips to: the window, and during a frame in part only the part. Its content stays where it is.
type clip struct {
	widget.BaseWidget
	part   *area
	inside *shift
}

func newClip(content fyne.CanvasObject) *clip {
	c := &clip{}
	c.inside = &shift{clip: c, content: content}
	c.inside.ExtendBaseWidget(c.inside)
	c.ExtendBaseWidget(c)
	return c
}

func (c *clip) narrow(a area) { c.part = &a }
func (c *clip) open()         { c.part = nil }

func (c *clip) lay(s fyne.Size) {
	c.Resize(s)
	c.inside.Resize(s)
	c.inside.content.Resize(s)
}

// Position implements fyne.CanvasObject.
func (c *clip) Position() fyne.Position {
	if c.part == nil {
		return fyne.Position{}
	}
	return fyne.NewPos(c.part.x, c.part.y)
}

// Size implements fyne.CanvasObject.
func (c *clip) Size() fyne.Size {
	if c.part == nil {
		return c.BaseWidget.Size()
	}
	return fyne.NewSize(c.part.w, c.part.h)
}

// MinSize implements fyne.CanvasObject.
func (c *clip) MinSize() fyne.Size { return c.inside.content.MinSize() }

// CreateRenderer implements fyne.Widget.
func (c *clip) CreateRenderer() fyne.WidgetRenderer {
	return clipRenderer{holds{[]fyne.CanvasObject{c.inside}}}
}

type clipRenderer struct{ holds }

// IsClip tells Fyne that it clips.
func (clipRenderer) IsClip() {}

// shift undoes the clip's place.
type shift struct {
	widget.BaseWidget
	clip    *clip
	content fyne.CanvasObject
}

// Position implements fyne.CanvasObject.
func (s *shift) Position() fyne.Position {
	p := s.clip.Position()
	return fyne.NewPos(-p.X, -p.Y)
}

// MinSize implements fyne.CanvasObject.
func (s *shift) MinSize() fyne.Size { return s.content.MinSize() }

// CreateRenderer implements fyne.Widget.
func (s *shift) CreateRenderer() fyne.WidgetRenderer {
	return holds{[]fyne.CanvasObject{s.content}}
}

// holds is the renderer of one that only holds another. Sizes are set by the stage.
type holds struct{ objs []fyne.CanvasObject }

func (holds) Destroy()                       {}
func (holds) Layout(fyne.Size)               {}
func (h holds) MinSize() fyne.Size           { return h.objs[0].MinSize() }
func (h holds) Objects() []fyne.CanvasObject { return h.objs }
func (h holds) Refresh()                     { h.objs[0].Refresh() }
