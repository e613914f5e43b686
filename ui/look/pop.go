package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Pop is a popover with any content: a solid panel with a stroke, placed beside a point and kept inside the window. It takes
// every tap; one beside it closes it, and so does Esc.
type Pop struct {
	widget.BaseWidget
	// Key is offered every key first and says whether it took it.
	Key func(*fyne.KeyEvent) bool
	// Rune hears of what is typed while no input has the keyboard.
	Rune func(rune)

	anchor  func() fyne.Position
	above   bool
	closed  func()
	content fyne.CanvasObject
}

// ShowPop opens a popover on a canvas, with its lower left corner at a point when above is set, else its upper left one. The
// point is asked for at every layout. closed hears once that it is gone. The popover has the keyboard until one of its inputs
// is given it.
func ShowPop(c fyne.Canvas, content fyne.CanvasObject, at func() fyne.Position, above bool, closed func()) (p *Pop, shut func()) {
	p = &Pop{anchor: at, above: above}
	p.content = NewTap(NewBox(Panel, LineStrong, 10, Pad(1, 1), content), "", 10, nil)
	gone := false
	p.closed = func() {
		if gone {
			return
		}
		gone = true
		c.Overlays().Remove(p)
		if closed != nil {
			closed()
		}
	}
	p.ExtendBaseWidget(p)
	p.Resize(c.Size())
	c.Overlays().Add(p)
	c.Focus(p)
	return p, p.closed
}

// Close closes it, as a tap beside it does.
func (p *Pop) Close() { p.closed() }

// Tapped implements fyne.Tappable.
func (p *Pop) Tapped(*fyne.PointEvent) { p.closed() }

// TappedSecondary implements fyne.SecondaryTappable.
func (p *Pop) TappedSecondary(*fyne.PointEvent) { p.closed() }

// FocusGained implements fyne.Focusable.
func (p *Pop) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (p *Pop) FocusLost() {}

// TypedRune implements fyne.Focusable.
func (p *Pop) TypedRune(r rune) {
	if p.Rune != nil {
		p.Rune(r)
	}
}

// TypedKey implements fyne.Focusable.
func (p *Pop) TypedKey(k *fyne.KeyEvent) {
	if p.Key != nil && p.Key(k) {
		return
	}
	if k.Name == fyne.KeyEscape {
		p.closed()
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Pop) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: p, objs: []fyne.CanvasObject{p.content}}
	r.min = p.content.MinSize
	r.layout = func(s fyne.Size) {
		m := p.content.MinSize()
		m = fyne.NewSize(min(m.Width, s.Width-8), min(m.Height, s.Height-8))
		at := p.anchor()
		y := at.Y
		if p.above {
			y -= m.Height
		}
		place(p.content, max(4, min(at.X, s.Width-m.Width-4)), max(4, min(y, s.Height-m.Height-4)), m)
	}
	r.refresh = func() {
		r.layout(p.Size())
		p.content.Refresh()
	}
	return r
}
