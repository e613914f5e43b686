package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// ButtonKind is the look of a button.
type ButtonKind int

// The kinds of the design.
const (
	Plain ButtonKind = iota
	Primary
	Ghost
	Link   // ghost in accent text
	Tint   // pale accent
	Done   // pale green, for what already happened
	Chosen // a selected filter: pale accent with a border
	Teal   // the bot's proposal
)

// ButtonSpec is what a button shows.
type ButtonSpec struct {
	Kind  ButtonKind
	Label string
	Icon  string
	Keys  []string // keyboard hint behind the label
	H     float32  // 30 by default
	Style Style    // Body by default; the ink comes from the kind
	PadX  float32  // inside the border; 10 by default
	IconD float32  // 16 by default
	Gap   float32  // 6 by default
	// Centre puts the content in the middle of a button that is wider than it.
	Centre bool
}

// Button is a tappable with hover, pressed, focus and disabled states.
type Button struct {
	widget.BaseWidget
	OnTapped func()
	OnHover  func(in bool)

	spec                   ButtonSpec
	off                    bool
	hovered, focused, down bool
	box                    *Box
	label                  *Text
	icon                   *Icon
	ring                   *Frame
}

// leastTarget is the least height of what can be hit, whatever height is drawn.
const leastTarget = 24

// NewButton makes a button; tapped may be nil.
func NewButton(s ButtonSpec, tapped func()) *Button {
	if s.H == 0 {
		s.H = 30
	}
	if s.Style.Size == 0 {
		s.Style = Body
	}
	if s.PadX == 0 {
		s.PadX = 11
	}
	if s.IconD == 0 {
		s.IconD = 15
	}
	if s.Gap == 0 {
		s.Gap = 6
	}
	b := &Button{spec: s, OnTapped: tapped}
	b.ExtendBaseWidget(b)
	return b
}

// SetDisabled switches the button off or on.
func (b *Button) SetDisabled(off bool) {
	if b.off == off {
		return
	}
	b.off = off
	b.Refresh()
}

// inks is the one table of states.
func (b *Button) inks() (fill, stroke, ink Ink) {
	switch b.spec.Kind {
	case Primary:
		fill, stroke, ink = Accent, "", OnAccent
	case Ghost:
		fill, stroke, ink = "", "", Fg2
	case Link:
		fill, stroke, ink = "", "", AccentText
	case Tint:
		fill, stroke, ink = AccentTint, "", AccentText
	case Done:
		fill, stroke, ink = OKTint, "", OKText
	case Chosen:
		fill, stroke, ink = AccentTint, AccentLine, AccentText
	case Teal:
		fill, stroke, ink = Panel, BotLine, BotText
	default:
		fill, stroke, ink = Panel, LineStrong, b.spec.Style.Ink
	}
	switch {
	case b.off:
		return Hover, "", Fg3
	case b.spec.Kind == Primary && (b.hovered || b.down):
		fill = AccentText
	case b.down:
		fill = Line
	case b.hovered && (b.spec.Kind == Plain || b.spec.Kind == Ghost || b.spec.Kind == Link || b.spec.Kind == Teal):
		fill = Hover
	}
	return fill, stroke, ink
}

// hint is the keyboard hint in the inks of the state.
func (b *Button) hint() fyne.CanvasObject {
	fill, stroke, ink := b.inks()
	if fill == "" {
		fill = Panel
	}
	switch {
	case b.spec.Kind == Primary && !b.off:
		stroke = ink
	case b.spec.Kind != Teal || b.off:
		stroke, ink = LineStrong, Fg3
	}
	return Kbd(b.spec.Keys, b.spec.Style.Bold, fill, stroke, ink)
}

// CreateRenderer implements fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	_, _, ink := b.inks()
	row := Row(b.spec.Gap)
	if b.spec.Icon != "" {
		b.icon = NewIcon(b.spec.Icon, ink, b.spec.IconD)
		row.Add(b.icon)
	}
	if b.spec.Label != "" {
		b.label = NewText(b.spec.Label, b.spec.Style.In(ink))
		row.Add(b.label)
	}
	if len(b.spec.Keys) > 0 {
		row.Add(b.hint())
	}
	if b.spec.Centre {
		row.Objects = append(append([]fyne.CanvasObject{Spacer()}, row.Objects...), Spacer())
	}
	b.box = NewBox("", "", 6, Pad(0, b.spec.PadX), row)
	// Focus is a 2-unit accent outline with a 2-unit gap; it may draw outside the widget.
	b.ring = NewFrame(Accent, 2, 9)
	r := &renderer{owner: b, objs: []fyne.CanvasObject{b.ring, b.box}}
	high := Scaled(b.spec.H)
	r.min = func() fyne.Size { return fyne.NewSize(max(leastTarget, b.box.MinSize().Width), max(leastTarget, high)) }
	r.layout = func(s fyne.Size) {
		h := s.Height
		if high < leastTarget { // drawn lower than it can be hit
			h = min(h, high)
		}
		y := round((s.Height - h) / 2)
		b.box.Move(fyne.NewPos(0, y))
		b.box.Resize(fyne.NewSize(s.Width, h))
		b.ring.Move(fyne.NewPos(-4, y-4))
		b.ring.Resize(fyne.NewSize(s.Width+8, h+8))
	}
	r.refresh = func() {
		fill, stroke, ink := b.inks()
		b.box.Fill, b.box.Stroke = fill, stroke
		if n := len(row.Objects); len(b.spec.Keys) > 0 {
			row.Objects[n-1] = b.hint()
		}
		b.box.Refresh()
		if b.label != nil {
			b.label.Style.Ink = ink
			b.label.Refresh()
		}
		if b.icon != nil {
			b.icon.Set(b.spec.Icon, ink)
		}
		b.ring.Hidden = !b.focused
		b.ring.Refresh()
	}
	r.refresh()
	return r
}

// Tapped implements fyne.Tappable.
func (b *Button) Tapped(*fyne.PointEvent) {
	if !b.off && b.OnTapped != nil {
		b.OnTapped()
	}
}

// Cursor implements desktop.Cursorable.
func (b *Button) Cursor() desktop.Cursor {
	if b.off || b.OnTapped == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn implements desktop.Hoverable.
func (b *Button) MouseIn(*desktop.MouseEvent) { b.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (b *Button) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (b *Button) MouseOut() { b.hover(false) }

func (b *Button) hover(in bool) {
	b.set(&b.hovered, in)
	if b.OnHover != nil {
		b.OnHover(in)
	}
}

// MouseDown implements desktop.Mouseable.
func (b *Button) MouseDown(*desktop.MouseEvent) { b.set(&b.down, true) }

// MouseUp implements desktop.Mouseable.
func (b *Button) MouseUp(*desktop.MouseEvent) { b.set(&b.down, false) }

// FocusGained implements fyne.Focusable.
func (b *Button) FocusGained() { b.set(&b.focused, true) }

// FocusLost implements fyne.Focusable.
func (b *Button) FocusLost() { b.set(&b.focused, false) }

// TypedRune implements fyne.Focusable.
func (b *Button) TypedRune(r rune) {
	if r == ' ' {
		b.Tapped(nil)
		return
	}
	passRune(b, r)
}

// TypedKey implements fyne.Focusable.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		b.Tapped(nil)
		return
	}
	passKey(b, e)
}

// Disabled implements fyne.Disableable, which is how Tab asks whether to stop here.
func (b *Button) Disabled() bool { return b.off || b.OnTapped == nil }

// Enable implements fyne.Disableable.
func (b *Button) Enable() { b.SetDisabled(false) }

// Disable implements fyne.Disableable.
func (b *Button) Disable() { b.SetDisabled(true) }

// passRune and passKey hand the window what a widget that has the keyboard doesn't use: unlike text fields, buttons must
// not swallow the window's keys.
func passRune(o fyne.CanvasObject, r rune) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedRune() != nil {
		c.OnTypedRune()(r)
	}
}

func passKey(o fyne.CanvasObject, k *fyne.KeyEvent) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(o); c != nil && c.OnTypedKey() != nil {
		c.OnTypedKey()(k)
	}
}

func (b *Button) set(field *bool, v bool) {
	if *field != v {
		*field = v
		b.Refresh()
	}
}

// IconButton is a square ghost button.
func IconButton(icon string, d float32, tapped func()) *Button {
	return NewButton(ButtonSpec{Kind: Ghost, Icon: icon, IconD: d, H: 28, PadX: (28 - d) / 2}, tapped)
}
