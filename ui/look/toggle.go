package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Toggle is a switch: a knob in a trough, green when on.
type Toggle struct {
	widget.BaseWidget
	OnChanged func(on bool)

	on, focused  bool
	trough, knob *Box
	ring         *Frame
}

// NewToggle makes a switch.
func NewToggle(on bool, changed func(bool)) *Toggle {
	t := &Toggle{on: on, OnChanged: changed}
	t.ExtendBaseWidget(t)
	return t
}

// On says how the switch stands.
func (t *Toggle) On() bool { return t.on }

// Set moves the switch without telling OnChanged.
func (t *Toggle) Set(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *Toggle) CreateRenderer() fyne.WidgetRenderer {
	const w, h, knob = 34, 20, 14
	t.trough, t.knob, t.ring = NewBox("", "", h/2, Edge{}, nil), NewBox(Panel, "", knob/2, Edge{}, nil), NewFrame(Accent, 2, h/2+3)
	r := &renderer{owner: t, objs: []fyne.CanvasObject{t.ring, t.trough, t.knob}}
	r.min = func() fyne.Size { return fyne.NewSize(w, leastTarget) }
	r.layout = func(s fyne.Size) {
		y := round((s.Height - h) / 2)
		place(t.trough, 0, y, fyne.NewSize(w, h))
		place(t.ring, -4, y-4, fyne.NewSize(w+8, h+8))
		x := float32(3)
		if t.on {
			x = w - knob - 3
		}
		place(t.knob, x, y+3, fyne.NewSquareSize(knob))
	}
	r.refresh = func() {
		ink := Fg3
		if t.on {
			ink = OK
		}
		t.trough.SetInk(ink, "")
		t.ring.Hidden = !t.focused
		r.layout(t.Size())
		for _, o := range r.objs {
			o.Refresh()
		}
	}
	r.refresh()
	return r
}

// Tapped implements fyne.Tappable.
func (t *Toggle) Tapped(*fyne.PointEvent) {
	t.Set(!t.on)
	if t.OnChanged != nil {
		t.OnChanged(t.on)
	}
}

// Cursor implements desktop.Cursorable.
func (t *Toggle) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements fyne.Focusable.
func (t *Toggle) FocusGained() {
	t.focused = true
	t.Refresh()
}

// FocusLost implements fyne.Focusable.
func (t *Toggle) FocusLost() {
	t.focused = false
	t.Refresh()
}

// TypedRune implements fyne.Focusable.
func (t *Toggle) TypedRune(r rune) {
	if r == ' ' {
		t.Tapped(nil)
		return
	}
	passRune(t, r)
}

// TypedKey implements fyne.Focusable.
func (t *Toggle) TypedKey(k *fyne.KeyEvent) {
	if k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter {
		t.Tapped(nil)
		return
	}
	passKey(t, k)
}
