package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Tap makes anything tappable, with a hover ink behind it.
type Tap struct {
	widget.BaseWidget
	OnTapped func()
	OnHover  func(in bool)
	OnMenu   func(at fyne.Position) // secondary button; at is on the canvas
	OnKey    func(*fyne.KeyEvent) bool
	// Skip leaves it out of the order of Tab, when arrows or another control do the same.
	Skip bool
	// Outline is the ink of the focus outline, where Accent would not stand out.
	Outline Ink

	back    *Box
	ring    *Frame
	radius  float32
	hover   Ink
	focused bool
	content fyne.CanvasObject
}

// NewTap wraps content. hover may be empty; radius is that of the hover ink.
func NewTap(content fyne.CanvasObject, hover Ink, radius float32, tapped func()) *Tap {
	t := &Tap{OnTapped: tapped, hover: hover, content: content, radius: radius, back: NewBox("", "", radius, Edge{}, nil)}
	t.ExtendBaseWidget(t)
	return t
}

// Baseline implements the row alignment Base.
func (t *Tap) Baseline() float32 { return baseline(t.content) }

// CreateRenderer implements fyne.Widget.
func (t *Tap) CreateRenderer() fyne.WidgetRenderer {
	t.ring = NewFrame(Accent, 2, t.radius+3)
	if t.radius == 0 {
		t.ring.Radius = 4
	}
	t.ring.Hidden = true
	r := &renderer{owner: t, objs: []fyne.CanvasObject{t.back, t.content, t.ring}}
	r.min = t.content.MinSize
	r.layout = func(s fyne.Size) {
		t.back.Resize(s)
		t.content.Resize(s)
		t.outline()
	}
	r.refresh = func() {
		t.back.Refresh()
		t.content.Refresh()
		t.outline()
	}
	return r
}

// outline places the focus frame, which costs nothing until the keyboard comes.
func (t *Tap) outline() {
	if t.ring.Hidden = !t.focused; t.ring.Hidden {
		return
	}
	// Rows without corners fill their list, which would cut an outline around them: theirs lies inside.
	rim := float32(4)
	if t.radius == 0 {
		rim = -1
	}
	if t.Outline != "" {
		t.ring.Ink = t.Outline
	}
	t.ring.Move(fyne.NewPos(-rim, -rim))
	t.ring.Resize(t.Size().AddWidthHeight(2*rim, 2*rim))
	t.ring.Refresh()
}

// Disabled implements fyne.Disableable, which is how Tab asks whether to stop here.
func (t *Tap) Disabled() bool { return (t.OnTapped == nil || t.Skip) && !t.focused }

// Enable implements fyne.Disableable.
func (t *Tap) Enable() { t.Skip = false }

// Disable implements fyne.Disableable.
func (t *Tap) Disable() { t.Skip = true }

// FocusGained implements fyne.Focusable.
func (t *Tap) FocusGained() { t.keyboard(true) }

// FocusLost implements fyne.Focusable.
func (t *Tap) FocusLost() { t.keyboard(false) }

func (t *Tap) keyboard(on bool) {
	t.focused = on
	if t.ring != nil {
		t.outline()
		canvas.Refresh(t)
	}
}

// TypedRune implements fyne.Focusable.
func (t *Tap) TypedRune(r rune) {
	if r == ' ' {
		t.Tapped(nil)
		return
	}
	passRune(t, r)
}

// TypedKey implements fyne.Focusable.
func (t *Tap) TypedKey(k *fyne.KeyEvent) {
	switch {
	case t.OnKey != nil && t.OnKey(k):
	case k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter:
		t.Tapped(nil)
	default:
		passKey(t, k)
	}
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
