package look

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Range is a piece of a text, in runes.
type Range struct{ From, To int }

// Flag is a piece of a draft that stands out, in runes: what is behind it, its underline, and its letters.
type Flag struct {
	From, To         int
	Fill, Under, Ink Ink
}

// Draft is a multi-line entry that underlines ranges, such as risky claims. Entry has no
// spans; but with TextWrapBreak its rows are plain greedy measurement, so the same sums give
// the place of every rune, and the marks lie behind a transparent entry.
type Draft struct {
	widget.BaseWidget
	OnChanged func(string)
	OnFocus   func(bool)
	// OnTab says whether it took the key; else the focus moves on.
	OnTab    func() bool
	OnEscape func()
	// OnEnter says whether it took the Enter key; else it is a new line, as with Shift it always is.
	OnEnter func() bool
	// OnPaste is given the text on the clipboard and says whether it took it, as when there is a picture instead.
	OnPaste func(text string) bool
	// Limit is the most runes that fit; 0 means no limit. What is beyond it is not taken in.
	Limit int

	entry *input
	clip  *container.Clip
	bad   []Flag
	quiet bool
	atEnd bool // the text was set and not touched since: the caret follows when rows break anew
	in    int  // the flag that the caret is in, -1 for none
}

// NewDraft makes an empty draft. Callers set marks in OnChanged. forward takes shortcuts of the window.
func NewDraft(hint string, forward func(fyne.Shortcut) bool) *Draft {
	d := &Draft{entry: &input{}}
	d.entry.forward = func(s fyne.Shortcut) bool {
		if p, ok := s.(*fyne.ShortcutPaste); ok && d.OnPaste != nil && d.OnPaste(p.Clipboard.Content()) {
			return true
		}
		return forward != nil && forward(s)
	}
	d.entry.MultiLine = true
	d.entry.PlaceHolder = hint
	d.entry.Wrapping = fyne.TextWrapBreak
	d.entry.ExtendBaseWidget(d.entry)
	d.entry.key = d.typed
	d.entry.OnChanged = d.changed
	d.entry.OnCursorChanged = func() {
		if in := d.flagAt(d.entry.CursorTextOffset()); in != d.in {
			d.in = in
			d.Refresh()
		}
	}
	d.entry.onFocus = func(on bool) {
		if d.OnFocus != nil {
			d.OnFocus(on)
		}
	}
	d.clip = clipped(d.entry)
	d.ExtendBaseWidget(d)
	return d
}

// clipped hides the rim of an entry.
func clipped(e fyne.CanvasObject) *container.Clip {
	c := container.NewClip(Inset(Pad(-cut(), -cut()), e))
	c.ExtendBaseWidget(c) // NewClip leaves this to MinSize; without it Resize does nothing
	return c
}

func (d *Draft) typed(k *fyne.KeyEvent) bool {
	d.atEnd = false
	switch k.Name {
	case fyne.KeyTab:
		if d.OnTab == nil || !d.OnTab() {
			if c := fyne.CurrentApp().Driver().CanvasForObject(d.entry); c != nil {
				if d.entry.mods&fyne.KeyModifierShift != 0 {
					c.FocusPrevious()
				} else {
					c.FocusNext()
				}
			}
		}
		return true
	case fyne.KeyEscape:
		if d.OnEscape != nil {
			d.OnEscape()
		}
		return true
	case fyne.KeyReturn, fyne.KeyEnter:
		return d.OnEnter != nil && d.entry.mods&fyne.KeyModifierShift == 0 && d.OnEnter()
	}
	return false
}

func (d *Draft) changed(s string) {
	if clean := Clean(s); clean != s {
		d.entry.SetText(clean) // comes back here
		return
	}
	if rs := []rune(s); d.Limit > 0 && len(rs) > d.Limit {
		d.entry.SetText(string(rs[:d.Limit]))
		return
	}
	if d.OnChanged != nil && !d.quiet {
		d.OnChanged(s)
	}
	d.Refresh()
}

// TypedRune types a rune, as tests and input helpers do.
func (d *Draft) TypedRune(r rune) { d.entry.TypedRune(r) }

// cut is how much of the entry's rim is clipped off: its own border, which GL draws half a
// width further inside than software, with its round corners. The width cannot be zero, as it
// is also the caret's.
func cut() float32 { return 3 * theme.Size(theme.SizeNameInputBorder) }

// Text is what was typed.
func (d *Draft) Text() string { return d.entry.Text }

// SetText replaces the text without telling OnChanged, and puts the caret at its end.
func (d *Draft) SetText(s string) {
	d.quiet = true
	d.entry.SetText(s)
	d.quiet = false
	d.atEnd = true
	d.toEnd()
	d.Refresh()
}

// toEnd puts the caret behind the last rune.
func (d *Draft) toEnd() {
	d.entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyPageDown})
	d.entry.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
}

// Insert puts text in place of the selection, or at the caret, as one change.
func (d *Draft) Insert(s string) {
	d.atEnd = false
	d.entry.Entry.TypedShortcut(&fyne.ShortcutPaste{Clipboard: given(s)})
}

// given is a clipboard that holds a text.
type given string

func (g given) Content() string   { return string(g) }
func (given) SetContent(_ string) {}

// SetHint changes the placeholder.
func (d *Draft) SetHint(s string) {
	if d.entry.PlaceHolder != s { // the entry would draw itself again
		d.entry.SetPlaceHolder(s)
	}
}

// SetDisabled switches the draft off or on.
func (d *Draft) SetDisabled(off bool) {
	switch {
	case off && !d.entry.Disabled():
		d.entry.Disable()
	case !off && d.entry.Disabled():
		d.entry.Enable()
	}
}

// Focusable is what receives the keyboard.
func (d *Draft) Focusable() fyne.Focusable { return d.entry }

// Rows is how many rows the text takes at a width.
func (d *Draft) Rows(width float32) int {
	pad := theme.Size(theme.SizeNameInnerPadding) - cut()
	return len(rowsOf([]rune(d.entry.Text), width-2*pad, Style{Size: theme.Size(theme.SizeNameText)}))
}

// flagAt is the flag around a place, -1 for none.
func (d *Draft) flagAt(rune int) int {
	for i, f := range d.bad {
		if f.From < rune && rune < f.To {
			return i
		}
	}
	return -1
}

// Mark makes pieces of the text stand out.
func (d *Draft) Mark(r ...Flag) {
	if slices.Equal(d.bad, r) {
		return
	}
	d.bad = r
	d.in = d.flagAt(d.entry.CursorTextOffset())
	d.Refresh()
}

// rowsOf repeats TextWrapBreak: the most runes that fit, row by row.
func rowsOf(rs []rune, width float32, s Style) (rows []Range) {
	measure := func(a, b int) float32 { return fyne.MeasureText(string(rs[a:b]), s.Size, s.fyneStyle()).Width }
	for from := 0; from <= len(rs); {
		end := from
		for end < len(rs) && rs[end] != '\n' {
			end++
		}
		for low := from; ; {
			high := low
			for high < end && measure(low, high+1) <= width {
				high++
			}
			if high == low && low < end {
				high++ // one rune wider than the row
			}
			rows = append(rows, Range{low, high})
			if low = high; low >= end {
				break
			}
		}
		from = end + 1
	}
	return rows
}

// CreateRenderer implements fyne.Widget.
func (d *Draft) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: d, objs: []fyne.CanvasObject{d.clip}}
	r.min = func() fyne.Size { return fyne.NewSize(100, 60) }
	var drawn fyne.Size
	stale := true
	r.layout = func(s fyne.Size) {
		if !stale && s == drawn {
			return
		}
		drawn, stale = s, false
		d.clip.Resize(s)
		if d.atEnd {
			d.toEnd()
		}
		pad := theme.Size(theme.SizeNameInnerPadding) - cut() // of the text, within the clip
		st := Style{Size: theme.Size(theme.SizeNameText)}
		rowH := fyne.MeasureText("M", st.Size, st.fyneStyle()).Height
		rs := []rune(d.entry.Text)
		r.objs = r.objs[:0]
		var over []fyne.CanvasObject
		for i, row := range rowsOf(rs, s.Width-2*pad, st) {
			for n, bad := range d.bad {
				from, to := max(bad.From, row.From), min(bad.To, row.To)
				if from >= to {
					continue
				}
				x := pad + fyne.MeasureText(string(rs[row.From:from]), st.Size, st.fyneStyle()).Width
				w := fyne.MeasureText(string(rs[from:to]), st.Size, st.fyneStyle()).Width
				y := pad + float32(i)*rowH
				r.objs = append(r.objs, block(bad.Fill, 2, x, y, w, rowH), block(bad.Under, 0, x, y+rowH-2, w, 2))
				// An entry has one colour for all its text: letters are painted over, except where that would hide the caret.
				if y+rowH <= s.Height && n != d.in {
					t := canvas.NewText(string(rs[from:to]), C(bad.Ink))
					t.TextSize, t.TextStyle = st.Size, st.fyneStyle()
					t.Move(fyne.NewPos(x, y))
					t.Resize(fyne.NewSize(w, rowH))
					over = append(over, block(bad.Fill, 2, x, y, w, rowH-2), t)
				}
			}
		}
		r.objs = append(append(r.objs, d.clip), over...)
	}
	r.refresh = func() {
		stale = true
		r.layout(d.Size())
	}
	return r
}
