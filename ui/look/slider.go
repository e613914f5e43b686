package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Slider chooses a part of a whole, 0…1, by dragging, a tap or arrows.
type Slider struct {
	widget.BaseWidget
	OnChanged func(part float32) // when the knob is let go

	part              float32
	focused           bool
	track, done, knob *Box
	ring              *Frame
}

const sliderKnob float32 = 16

// NewSlider makes a slider.
func NewSlider(part float32, changed func(float32)) *Slider {
	s := &Slider{part: part, OnChanged: changed}
	s.ExtendBaseWidget(s)
	return s
}

// Set moves the knob without telling OnChanged.
func (s *Slider) Set(part float32) {
	if part = max(0, min(part, 1)); part != s.part {
		s.part = part
		s.Refresh()
	}
}

// Part is where the knob is.
func (s *Slider) Part() float32 { return s.part }

// CreateRenderer implements fyne.Widget.
func (s *Slider) CreateRenderer() fyne.WidgetRenderer {
	s.track, s.done = NewBox(Track, "", 2, Edge{}, nil), NewBox(Accent, "", 2, Edge{}, nil)
	s.knob, s.ring = NewBox(Panel, Accent, sliderKnob/2, Edge{}, nil), NewFrame(Accent, 2, sliderKnob/2+4)
	s.knob.Border = 2
	r := &renderer{owner: s, objs: []fyne.CanvasObject{s.track, s.done, s.ring, s.knob}}
	r.min = func() fyne.Size { return fyne.NewSize(120, leastTarget) }
	r.layout = func(size fyne.Size) {
		mid, x := size.Height/2, round((size.Width-sliderKnob)*s.part)
		place(s.track, 0, mid-2, fyne.NewSize(size.Width, 4))
		place(s.done, 0, mid-2, fyne.NewSize(x+sliderKnob/2, 4))
		place(s.knob, x, mid-sliderKnob/2, fyne.NewSquareSize(sliderKnob))
		place(s.ring, x-4, mid-sliderKnob/2-4, fyne.NewSquareSize(sliderKnob+8))
	}
	r.refresh = func() {
		s.ring.Hidden = !s.focused
		r.layout(s.Size())
		for _, o := range r.objs {
			o.Refresh()
		}
	}
	r.refresh()
	return r
}

func (s *Slider) to(x float32) { s.Set((x - sliderKnob/2) / max(1, s.Size().Width-sliderKnob)) }

func (s *Slider) tell() {
	if s.OnChanged != nil {
		s.OnChanged(s.part)
	}
}

// Dragged implements fyne.Draggable.
func (s *Slider) Dragged(e *fyne.DragEvent) { s.to(e.Position.X) }

// DragEnd implements fyne.Draggable.
func (s *Slider) DragEnd() { s.tell() }

// Tapped implements fyne.Tappable.
func (s *Slider) Tapped(e *fyne.PointEvent) {
	s.to(e.Position.X)
	s.tell()
}

// Cursor implements desktop.Cursorable.
func (s *Slider) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements fyne.Focusable.
func (s *Slider) FocusGained() {
	s.focused = true
	s.Refresh()
}

// FocusLost implements fyne.Focusable.
func (s *Slider) FocusLost() {
	s.focused = false
	s.Refresh()
}

// TypedRune implements fyne.Focusable.
func (s *Slider) TypedRune(r rune) { passRune(s, r) }

// TypedKey implements fyne.Focusable.
func (s *Slider) TypedKey(k *fyne.KeyEvent) {
	step := float32(0)
	switch k.Name {
	case fyne.KeyLeft, fyne.KeyDown:
		step = -0.1
	case fyne.KeyRight, fyne.KeyUp:
		step = 0.1
	default:
		passKey(s, k)
		return
	}
	s.Set(s.part + step)
	s.tell()
}
