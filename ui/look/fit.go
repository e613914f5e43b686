package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// columns is the desk's split: fixed widths, and one column takes the rest.
type columns struct{ widths []float32 }

// Columns lays objs side by side with the given widths; a width of zero takes the rest.
func Columns(widths []float32, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: columns{widths}, Objects: objs}
}

func (c columns) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	rest := s.Width
	for _, w := range c.widths {
		rest -= w
	}
	x := float32(0)
	for i, o := range objs {
		w := c.widths[i]
		if w == 0 {
			w = max(0, rest)
		}
		o.Move(fyne.NewPos(x, 0))
		o.Resize(fyne.NewSize(w, s.Height))
		x += w
	}
}

// MinSize is the sum of the fixed columns only: content never widens the window.
func (c columns) MinSize([]fyne.CanvasObject) (m fyne.Size) {
	for _, w := range c.widths {
		m.Width += w
	}
	return m
}

// fit is a row that leaves out, from its end, what has no room. Children that are left out are hidden.
type fit struct{ gap float32 }

// Fit lays objs from left to right and hides those at the end that have no room; the first always shows.
func Fit(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: fit{gap}, Objects: objs}
}

func (f fit) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	x, full := float32(0), false
	for i, o := range objs {
		m := o.MinSize()
		if i > 0 && x+m.Width > s.Width+0.5 {
			full = true
		}
		if full {
			if o.Visible() {
				o.Hide()
			}
			continue
		}
		if !o.Visible() {
			o.Show()
		}
		place(o, x, (s.Height-m.Height)/2, fyne.NewSize(min(m.Width, s.Width), m.Height))
		x += m.Width + f.gap
	}
}

// MinSize asks for the first child only.
func (f fit) MinSize(objs []fyne.CanvasObject) (m fyne.Size) {
	for i, o := range objs {
		s := o.MinSize()
		if i == 0 {
			m.Width = s.Width
		}
		m.Height = max(m.Height, s.Height)
	}
	return m
}

// SetFix changes the size that Fix gave.
func SetFix(c *fyne.Container, w, h float32) { c.Layout = fix{w, h} }

// tight asks for no width, so that soft children inside a scroll get the width of the scroll and not their own.
type tight struct{ grow }

func (tight) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(0, grow{}.MinSize(objs).Height)
}

// NewScroll scrolls o vertically.
func NewScroll(o fyne.CanvasObject) *container.Scroll {
	return container.NewVScroll(&fyne.Container{Layout: tight{}, Objects: []fyne.CanvasObject{o}})
}

// shares divides a row among its children as CSS does with flex:1: equally, but none gets less than it asks for while
// others have more.
type shares struct{}

// Shares lays objs side by side over the full width.
func Shares(objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: shares{}, Objects: objs}
}

func (shares) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	x := float32(0)
	for i, w := range divide(objs, s.Width) {
		place(objs[i], x, 0, fyne.NewSize(w, s.Height))
		x += w
	}
}

// divide gives each object its width.
func divide(objs []fyne.CanvasObject, width float32) []float32 {
	out := make([]float32, len(objs))
	fixed := make([]bool, len(objs))
	for {
		room, n := width, 0
		for i := range objs {
			if fixed[i] {
				room -= out[i]
			} else {
				n++
			}
		}
		if n == 0 {
			return out
		}
		share, again := max(0, room/float32(n)), false
		for i, o := range objs {
			if fixed[i] {
				continue
			}
			out[i] = share
			if m := o.MinSize().Width; m > share {
				out[i], fixed[i], again = m, true, true
			}
		}
		if !again {
			return out
		}
	}
}

func (shares) MinSize(objs []fyne.CanvasObject) (m fyne.Size) {
	for _, o := range objs {
		s := o.MinSize()
		m.Width += s.Width
		m.Height = max(m.Height, s.Height)
	}
	return m
}

// foot places a line of some thickness at the lower edge.
type foot struct{ h, side float32 }

func (f foot) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		o.Move(fyne.NewPos(f.side, s.Height-f.h))
		o.Resize(fyne.NewSize(s.Width-2*f.side, f.h))
	}
}

func (foot) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// Foot is a line of h units along the lower edge of a Layers stack, side units in from its ends.
func Foot(h, side float32, i Ink) fyne.CanvasObject {
	return &fyne.Container{Layout: foot{h, side}, Objects: []fyne.CanvasObject{NewBox(i, "", 0, Edge{}, nil)}}
}

// NewScrollOf scrolls o vertically in a box of a height, whatever the text size.
func NewScrollOf(o fyne.CanvasObject, height float32) fyne.CanvasObject {
	return &fyne.Container{Layout: exact{height}, Objects: []fyne.CanvasObject{NewScroll(o)}}
}

// exact forces a height that doesn't follow the text size.
type exact struct{ h float32 }

func (e exact) Layout(objs []fyne.CanvasObject, s fyne.Size) { grow{}.Layout(objs, s) }

func (e exact) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(grow{}.MinSize(objs).Width, e.h)
}
