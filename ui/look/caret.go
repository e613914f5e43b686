package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
)

// caretBlinks is how many seconds an input's caret blinks after the last touch. Each blink repaints the window, which a
// machine without a graphics card feels; after that the caret stands still, as other systems have it.
const caretBlinks = 10

// rest is a caret that stands still. The entry has no such thing: it is told that it lost the focus, and a caret of our
// own is drawn in the same place, until something is typed or pressed.
type rest struct {
	on   bool
	idle int // seconds since the last touch
	rect *canvas.Rectangle
}

// Settle is called once a second for the input that has the keyboard.
func (e *input) Settle() {
	if e.rest.on || !e.focused || e.Disabled() {
		return
	}
	if e.rest.idle++; e.rest.idle < caretBlinks || e.SelectedText() != "" {
		return
	}
	e.rest.on = true
	e.Entry.FocusLost()
	canvas.Refresh(e)
}

// stir wakes the caret; every touch calls it first.
func (e *input) stir() {
	e.rest.idle = 0
	if !e.rest.on {
		return
	}
	e.rest.on = false
	e.Entry.FocusGained()
	canvas.Refresh(e)
}

// bare is an entry's renderer without fill and frame, and with the caret at rest.
type bare struct {
	fyne.WidgetRenderer
	e *input
}

// Objects implements fyne.WidgetRenderer.
func (b bare) Objects() (out []fyne.CanvasObject) {
	for _, o := range b.WidgetRenderer.Objects() {
		if _, ok := o.(*canvas.Rectangle); !ok {
			out = append(out, o)
		}
	}
	if b.e.rest.on {
		out = append(out, b.caret())
	}
	return out
}

// caret places the caret at rest where the entry's own would be.
func (b bare) caret() fyne.CanvasObject {
	r := &b.e.rest
	if r.rect == nil {
		r.rect = canvas.NewRectangle(C(Accent))
	}
	size := theme.Size(theme.SizeNameText)
	pos := b.e.CursorPosition()
	for _, o := range b.WidgetRenderer.Objects() {
		if s, ok := o.(*container.Scroll); ok {
			pos = pos.Add(s.Position()).Subtract(s.Offset)
		}
	}
	r.rect.FillColor = C(Accent)
	high := fyne.MeasureText("M", size, b.e.TextStyle).Height
	if at, s := pos, fyne.NewSize(theme.Size(theme.SizeNameInputBorder), high); r.rect.Position() != at || r.rect.Size() != s {
		r.rect.Move(at)
		r.rect.Resize(s)
	}
	return r.rect
}

// MouseDown implements desktop.Mouseable.
func (e *input) MouseDown(m *desktop.MouseEvent) {
	e.stir()
	e.Entry.MouseDown(m)
}

// Dragged implements fyne.Draggable.
func (e *input) Dragged(d *fyne.DragEvent) {
	e.stir()
	e.Entry.Dragged(d)
}

// DoubleTapped implements fyne.DoubleTappable.
func (e *input) DoubleTapped(p *fyne.PointEvent) {
	e.stir()
	e.Entry.DoubleTapped(p)
}
