package main

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

// Noto Sans SC's box is 1.448 em high; the glyphs of a line stand in the middle of it. Two texts that touch in this part,
// as shares of the box, are unreadable.
const (
	coreTop    = 0.26
	coreBottom = 0.74
	slack      = 2 // units: kerning and rounding
)

// rect is a rectangle in units of the window.
type rect struct{ x1, y1, x2, y2 float32 }

func (r rect) and(o rect) rect {
	return rect{max(r.x1, o.x1), max(r.y1, o.y1), min(r.x2, o.x2), min(r.y2, o.y2)}
}

func (r rect) empty() bool { return r.x2 <= r.x1 || r.y2 <= r.y1 }

func (r rect) covers(o rect) bool {
	return r.x1 <= o.x1+slack && r.y1 <= o.y1+slack && r.x2 >= o.x2-slack && r.y2 >= o.y2-slack
}

func (r rect) touches(o rect) bool {
	i := r.and(o)
	return i.x2-i.x1 > slack && i.y2-i.y1 > slack
}

// mark is a text as it is painted.
type mark struct {
	text string
	core rect // where its glyphs are
	clip rect // what of the window it may use
	roll bool // it scrolls: what is out of sight above or below can be brought into sight
}

// audit looks at a window as it is laid out and says what a person would object to: text that ends outside of what shows
// it, and text on text.
func audit(win fyne.Window) []string {
	s := win.Canvas().Size()
	whole := rect{0, 0, s.Width, s.Height}
	w := &walker{}
	w.walk(win.Content(), fyne.Position{}, whole, false)
	for _, o := range win.Canvas().Overlays().List() {
		w.walk(o, fyne.Position{}, whole, false)
	}
	return w.faults()
}

type walker struct{ marks []mark }

func (w *walker) walk(o fyne.CanvasObject, at fyne.Position, clip rect, roll bool) {
	if o == nil || !o.Visible() {
		return
	}
	p := at.Add(o.Position())
	box := rect{p.X, p.Y, p.X + o.Size().Width, p.Y + o.Size().Height}
	switch o := o.(type) {
	case *canvas.Text:
		w.text(o, p, clip, roll)
	case *canvas.Rectangle:
		if opaque(o.FillColor) {
			w.cover(box.and(clip))
		}
	case *fyne.Container:
		for _, c := range o.Objects {
			w.walk(c, p, clip, roll)
		}
	case *container.Scroll:
		w.walk(o.Content, p.Subtract(o.Offset), clip.and(box), true)
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(o).Objects() {
			w.walk(c, p, clip, roll)
		}
	}
}

func (w *walker) text(t *canvas.Text, p fyne.Position, clip rect, roll bool) {
	if t.Text == "" || transparent(t.Color) {
		return
	}
	m := t.MinSize()
	x := p.X
	switch t.Alignment {
	case fyne.TextAlignCenter:
		x += (t.Size().Width - m.Width) / 2
	case fyne.TextAlignTrailing:
		x += t.Size().Width - m.Width
	}
	y := p.Y + (t.Size().Height-m.Height)/2
	core := rect{x, y + m.Height*coreTop, x + m.Width, y + m.Height*coreBottom}
	w.marks = append(w.marks, mark{text: t.Text, core: core, clip: clip, roll: roll})
}

// cover takes away what a panel, drawn later, hides: wholly, or at its edge.
func (w *walker) cover(r rect) {
	if r.empty() {
		return
	}
	kept := w.marks[:0]
	for _, m := range w.marks {
		if !r.touches(m.core) {
			kept = append(kept, m)
		}
	}
	w.marks = kept
}

func (w *walker) faults() []string {
	var out []string
	var seen []mark
	for _, m := range w.marks {
		shown := m.core.and(m.clip)
		if shown.empty() {
			if !m.roll {
				out = append(out, fmt.Sprintf("%q is outside of the window, at %s", m.text, m.core))
			}
			continue
		}
		if m.core.x1 < m.clip.x1-slack || m.core.x2 > m.clip.x2+slack {
			out = append(out, fmt.Sprintf("%q is cut at the side: %s of %s", m.text, m.core, m.clip))
		}
		if !m.roll && (m.core.y1 < m.clip.y1-slack || m.core.y2 > m.clip.y2+slack) {
			out = append(out, fmt.Sprintf("%q is cut above or below: %s of %s", m.text, m.core, m.clip))
		}
		m.core = shown
		for _, o := range seen {
			if o.core.touches(m.core) && !kerned(o.core, m.core) && !repainted(o, m) {
				out = append(out, fmt.Sprintf("%q stands on %q, at %s", m.text, o.text, m.core))
			}
		}
		seen = append(seen, m)
	}
	return out
}

// kerned reports whether two pieces of one line meet: full-width punctuation is set half an em tighter.
func kerned(a, b rect) bool {
	i := a.and(b)
	em := (a.y2 - a.y1) / (coreBottom - coreTop) / 1.448
	return a.y1 == b.y1 && a.y2 == b.y2 && i.x2-i.x1 <= em/2+slack
}

// repainted reports whether m is a piece of o painted once more, in another colour, exactly over itself: a marked word.
func repainted(o, m mark) bool {
	return strings.Contains(o.text, m.text) && o.core.y1 == m.core.y1 && o.core.y2 == m.core.y2 && o.core.covers(m.core)
}

func (r rect) String() string {
	return fmt.Sprintf("(%.0f,%.0f)-(%.0f,%.0f)", r.x1, r.y1, r.x2, r.y2)
}

func opaque(c color.Color) bool {
	if c == nil {
		return false
	}
	_, _, _, a := c.RGBA()
	return a == math.MaxUint16
}

func transparent(c color.Color) bool {
	if c == nil {
		return true
	}
	_, _, _, a := c.RGBA()
	return a == 0
}
