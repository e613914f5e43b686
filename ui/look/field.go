package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// input is a widget.Entry that lets shortcuts through: a focused Entry swallows those of the window.
type input struct {
	widget.Entry
	// forward is offered every shortcut first and says whether it took it.
	forward func(fyne.Shortcut) bool
	// key is offered every key first and says whether it took it.
	key     func(*fyne.KeyEvent) bool
	onFocus func(bool)
	mods    fyne.KeyModifier
	ime     composing
	focused bool
	rest    rest
}

// CreateRenderer implements fyne.Widget. It leaves out the entry's own fill and frame: boxes bring them.
func (e *input) CreateRenderer() fyne.WidgetRenderer { return bare{e.Entry.CreateRenderer(), e} }

// TypedShortcut implements fyne.Shortcutable.
func (e *input) TypedShortcut(s fyne.Shortcut) {
	e.stir()
	if e.forward != nil && e.forward(s) {
		return
	}
	e.Entry.TypedShortcut(s)
}

// TypedKey implements fyne.Focusable.
func (e *input) TypedKey(k *fyne.KeyEvent) {
	e.stir()
	if e.ime.takes(k.Name) {
		return
	}
	if e.key != nil && e.key(k) {
		return
	}
	e.Entry.TypedKey(k)
}

// TypedRune implements fyne.Focusable.
func (e *input) TypedRune(r rune) {
	e.stir()
	e.ime.came()
	e.Entry.TypedRune(r)
}

// KeyDown implements desktop.Keyable; modifiers are followed as key events don't carry them.
func (e *input) KeyDown(k *fyne.KeyEvent) {
	e.stir()
	e.mods |= modifier(k.Name)
	e.ime.down(k.Name, e.mods)
	e.Entry.KeyDown(k)
}

// KeyUp implements desktop.Keyable.
func (e *input) KeyUp(k *fyne.KeyEvent) {
	e.mods &^= modifier(k.Name)
	e.Entry.KeyUp(k)
}

func modifier(k fyne.KeyName) fyne.KeyModifier {
	switch k {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		return fyne.KeyModifierShift
	case desktop.KeyControlLeft, desktop.KeyControlRight:
		return fyne.KeyModifierControl
	case desktop.KeyAltLeft, desktop.KeyAltRight:
		return fyne.KeyModifierAlt
	case desktop.KeySuperLeft, desktop.KeySuperRight:
		return fyne.KeyModifierSuper
	}
	return 0
}

// FocusGained implements fyne.Focusable.
func (e *input) FocusGained() {
	e.focused, e.rest.on, e.rest.idle = true, false, 0
	e.Entry.FocusGained()
	if e.onFocus != nil {
		e.onFocus(true)
	}
}

// FocusLost implements fyne.Focusable.
func (e *input) FocusLost() {
	e.mods, e.ime = 0, composing{}
	e.focused, e.rest.on = false, false
	e.Entry.FocusLost()
	if e.onFocus != nil {
		e.onFocus(false)
	}
}

// Field is a one-line input without a frame of its own; boxes bring fill and border.
type Field struct {
	widget.BaseWidget
	OnChanged   func(string)
	OnSubmitted func(string)
	OnEscape    func()
	OnFocus     func(bool)
	// OnKey is offered every key first and says whether it took it.
	OnKey func(*fyne.KeyEvent) bool

	entry *input
	quiet bool
}

// NewField makes an empty field; forward takes shortcuts of the window.
func NewField(hint string, forward func(fyne.Shortcut) bool) *Field {
	f := &Field{entry: &input{forward: forward}}
	f.entry.PlaceHolder = hint
	f.entry.Scroll = fyne.ScrollHorizontalOnly
	f.entry.ExtendBaseWidget(f.entry)
	f.entry.OnChanged = func(s string) {
		if f.OnChanged != nil && !f.quiet {
			f.OnChanged(s)
		}
	}
	f.entry.OnSubmitted = func(s string) {
		if f.OnSubmitted != nil {
			f.OnSubmitted(s)
		}
	}
	f.entry.key = func(k *fyne.KeyEvent) bool {
		if f.OnKey != nil && f.OnKey(k) {
			return true
		}
		if k.Name == fyne.KeyEscape && f.OnEscape != nil {
			f.OnEscape()
			return true
		}
		return false
	}
	f.entry.onFocus = func(on bool) {
		if f.OnFocus != nil {
			f.OnFocus(on)
		}
	}
	f.ExtendBaseWidget(f)
	return f
}

// Password hides what is typed.
func (f *Field) Password() *Field {
	f.entry.Password = true
	f.entry.Refresh()
	return f
}

// Text is what was typed.
func (f *Field) Text() string { return f.entry.Text }

// SetText replaces the text without telling OnChanged.
func (f *Field) SetText(s string) {
	f.quiet = true
	f.entry.SetText(s)
	f.quiet = false
}

// SetHint changes the placeholder.
func (f *Field) SetHint(s string) { f.entry.SetPlaceHolder(s) }

// SetDisabled switches the field off or on.
func (f *Field) SetDisabled(off bool) {
	if off {
		f.entry.Disable()
	} else {
		f.entry.Enable()
	}
}

// Focusable is what receives the keyboard.
func (f *Field) Focusable() fyne.Focusable { return f.entry }

// CreateRenderer implements fyne.Widget. The entry is a little larger than its clip, which hides its focus frame.
func (f *Field) CreateRenderer() fyne.WidgetRenderer {
	clip := clipped(f.entry)
	r := &renderer{owner: f, objs: []fyne.CanvasObject{clip}}
	r.min = func() fyne.Size { return fyne.NewSize(40, 24) }
	r.layout = func(s fyne.Size) {
		h := f.entry.MinSize().Height - 2*cut()
		place(clip, 0, (s.Height-h)/2, fyne.NewSize(s.Width, h))
	}
	r.refresh = func() { clip.Refresh() }
	return r
}
