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
