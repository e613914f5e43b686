package look

import (
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Style is a text style: size and line height in units, weight and ink. Size and line are those of text scale 1.
type Style struct {
	Size, Line float32
	Bold       bool
	Ink        Ink
}

// The type scale.
var (
	Micro   = Style{11, 16, false, Fg}
	Caption = Style{12, 18, false, Fg}
	Body    = Style{13, 20, false, Fg}
	Chat    = Style{14, 22, false, Fg}
	Title   = Style{16, 24, true, Fg}
	Figure  = Style{22, 28, true, Fg}
)

// B is the style in bold.
func (s Style) B() Style { s.Bold = true; return s }

// In is the style in another ink.
func (s Style) In(i Ink) Style { s.Ink = i; return s }

// Noto Sans SC's ascent and descent, in ems.
const (
	ascentEm  = 1.160
	descentEm = 0.288
)

// Baseline is the distance from the top of a line box to the baseline, with the
// font's own box centred in the line the way browsers do it.
func (s Style) Baseline() float32 {
	asc := math.Round(float64(s.size()) * ascentEm)
	desc := math.Round(float64(s.size()) * descentEm)
	return float32(math.Floor((float64(s.Height())-asc-desc)/2) + asc)
}

// Height is the line height at the person's text size.
func (s Style) Height() float32 { return Scaled(s.Line) }

// size is the type size at the person's text size.
func (s Style) size() float32 { return s.Size * TextScale() }

// textTop is where a canvas.Text goes in a line box: Fyne puts the baseline at the
// rounded-up ascent below the object's top.
func (s Style) textTop() float32 {
	return s.Baseline() - float32(math.Ceil(float64(s.size())*ascentEm))
}

func (s Style) fyneStyle() fyne.TextStyle { return fyne.TextStyle{Bold: s.Bold} }

// Measure is the width of text in a style. Pure Chinese needs no shaping: every
// glyph is one em wide.
func Measure(text string, s Style) float32 {
	if n, ok := allWide(text); ok {
		return float32(n) * s.size()
	}
	size := s.size()
	measure := func() float32 { return fyne.MeasureText(text, size, s.fyneStyle()).Width }
	if t := current(); t != nil {
		return t.widths.get(widthKey{text, size, s.Bold}, measure)
	}
	return measure()
}

func allWide(s string) (n int, ok bool) {
	for _, r := range s {
		if !isHan(r) && !strings.ContainsRune(closing+opening, r) && r != '\u3000' {
			return 0, false
		}
		n++
	}
	return n, true
}

func isHan(r rune) bool {
	return r >= 0x4e00 && r <= 0x9fff || r >= 0x3400 && r <= 0x4dbf
}

const (
	closing = "，。、；：！？）》」』】"
	opening = "（《「『【"
	// noStart may not begin a line; noEnd may not end one.
	noStart = closing + "”’…,.;:!?)]}%·—"
	noEnd   = opening + "“‘([{¥$#@"
)

// run is a piece of a line that is drawn by one canvas.Text.
type run struct {
	text string
	x, w float32
}

// runs cuts a line where full-width punctuation meets: "）、" is set half an em tighter,
// as browsers do. Fyne cannot kern, so the pieces become separate objects. Pieces also begin at a
// change between Latin and Chinese, because the painter truncates the start of every
// script run inside one text to whole pixels, and starting afresh rounds instead.
func runs(text string, s Style) (out []run, width float32) {
	rs := []rune(text)
	from := 0
	flush := func(to int, squeeze float32) {
		if to > from {
			t := string(rs[from:to])
			w := Measure(t, s)
			out = append(out, run{t, width, w})
			width += w - squeeze
			from = to
		}
	}
	for i := 0; i+1 < len(rs); i++ {
		a, b := rs[i], rs[i+1]
		switch {
		case strings.ContainsRune("，。、）》」』】", a) && strings.ContainsRune(closing+opening, b):
			flush(i+1, s.size()/2)
		case wide(a) != wide(b):
			flush(i+1, 0)
		}
	}
	flush(len(rs), 0)
	return out, width
}

func wide(r rune) bool { return r >= 0x2e80 }

// Text is one line of text with an exact line height. With Elide set it is cut with an
// ellipsis at its width, and asks for no width of its own.
type Text struct {
	widget.BaseWidget
	S     string
	Style Style
	Elide bool
	Cut   bool  // shortens itself when it gets less than it asks for
	Align Align // Start, Centre or End
}

// NewText makes a line of text.
func NewText(s string, st Style) *Text {
	t := &Text{S: s, Style: st}
	t.ExtendBaseWidget(t)
	return t
}

// NewElided makes a line that shortens itself.
func NewElided(s string, st Style) *Text {
	t := NewText(s, st)
	t.Elide = true
	return t
}

// NewSoft makes a line that asks for its width, gives way in its row, and then shortens itself.
func NewSoft(s string, st Style) *fyne.Container {
	t := NewText(s, st)
	t.Cut = true
	return Soft(t)
}

// Set changes the text.
func (t *Text) Set(s string) {
	if s != t.S {
		t.S = s
		t.Refresh()
	}
}

// Baseline implements the row alignment Base.
func (t *Text) Baseline() float32 { return t.Style.Baseline() }

// CreateRenderer implements fyne.Widget.
func (t *Text) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: t}
	r.min = func() fyne.Size {
		if t.Elide {
			return fyne.NewSize(t.Style.size(), t.Style.Height())
		}
		_, w := runs(t.S, t.Style)
		return fyne.NewSize(w, t.Style.Height())
	}
	var drawn fyne.Size
	stale := true
	r.layout = func(s fyne.Size) {
		// Making objects in every Layout would never end: new objects have no known minimum
		// size, so the GL driver lays their parent out again, and repaints at full speed.
		if !stale && s == drawn {
			return
		}
		drawn, stale = s, false
		text := t.S
		ps, w := runs(text, t.Style)
		if (t.Elide || t.Cut) && w > s.Width+1.5 {
			text = elide(text, t.Style, s.Width)
			ps, w = runs(text, t.Style)
		}
		x := float32(0)
		switch t.Align {
		case Centre:
			x = (s.Width - w) / 2
		case End:
			x = s.Width - w
		}
		r.objs = r.objs[:0]
		for _, p := range ps {
			r.objs = append(r.objs, newFrag(p.text, t.Style, x+p.x, 0))
		}
	}
	r.refresh = func() {
		stale = true
		r.layout(t.Size())
	}
	return r
}

func newFrag(text string, s Style, x, y float32) *canvas.Text {
	c := canvas.NewText(text, C(s.Ink))
	c.TextSize = s.size()
	c.TextStyle = s.fyneStyle()
	c.Move(fyne.NewPos(x, y+s.textTop()))
	c.Resize(c.MinSize())
	return c
}

func elide(text string, s Style, width float32) string {
	rs := []rune(text)
	lo, hi := 0, len(rs)
	for lo < hi { // the longest prefix that fits with the ellipsis
		mid := (lo + hi + 1) / 2
		if _, w := runs(string(rs[:mid])+"…", s); w <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return string(rs[:lo]) + "…"
}
