package look

import (
	"math"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// Style is a text style: size and line height in units, weight and ink.
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
	asc := math.Round(float64(s.Size) * ascentEm)
	desc := math.Round(float64(s.Size) * descentEm)
	return float32(math.Floor((float64(s.Line)-asc-desc)/2) + asc)
}

// textTop is where a canvas.Text goes in a line box: Fyne puts the baseline at the
// rounded-up ascent below the object's top.
func (s Style) textTop() float32 {
	return s.Baseline() - float32(math.Ceil(float64(s.Size)*ascentEm))
}

func (s Style) fyneStyle() fyne.TextStyle { return fyne.TextStyle{Bold: s.Bold} }

// Measure is the width of text in a style. Pure Chinese needs no shaping: every
// glyph is one em wide.
func Measure(text string, s Style) float32 {
	if n, ok := allWide(text); ok {
		return float32(n) * s.Size
	}
	measure := func() float32 { return fyne.MeasureText(text, s.Size, s.fyneStyle()).Width }
	if t := current(); t != nil {
		return t.widths.get(widthKey{text, s.Size, s.Bold}, measure)
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
			flush(i+1, s.Size/2)
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
			return fyne.NewSize(t.Style.Size, t.Style.Line)
		}
		_, w := runs(t.S, t.Style)
		return fyne.NewSize(w, t.Style.Line)
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
	c.TextSize = s.Size
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

// Span is a piece of a paragraph: text in its own style and mark, or an inline object.
type Span struct {
	Text  string
	Style *Style // nil means the paragraph's
	Fill  Ink    // highlight behind the text
	Under Ink    // underline, 2 units thick
	// Obj is an inline object. Base is the distance from its top to the baseline of the text
	// around it. Glued objects never begin a line.
	Obj   fyne.CanvasObject
	Base  float32
	Glued bool
}

func (s Span) marked() bool { return s.Fill != "" || s.Under != "" }

// T is a plain span.
func T(s string) Span { return Span{Text: s} }

// S is a span in its own style.
func S(s string, st Style) Span { return Span{Text: s, Style: &st} }

// Para is a paragraph that wraps mixed Chinese and Latin and carries inline spans.
// Fyne has no height for width, so the width is told in advance by SetWidth.
type Para struct {
	widget.BaseWidget
	Style Style
	spans []Span
	width float32 // the most a line may take; 0 means no wrapping

	laid  bool
	frags []frag
	marks []mark
	size  fyne.Size
}

type frag struct {
	span int
	text string
	x    float32
	line int
}

type mark struct {
	span, line int
	x, w       float32
}

// NewPara makes a paragraph no wider than width.
func NewPara(st Style, width float32, spans ...Span) *Para {
	p := &Para{Style: st, spans: spans, width: width}
	p.ExtendBaseWidget(p)
	return p
}

// SetWidth changes the greatest width, and with it the height.
func (p *Para) SetWidth(w float32) {
	if w != p.width {
		p.width, p.laid = w, false
		p.Refresh()
	}
}

// SetSpans replaces the content.
func (p *Para) SetSpans(s ...Span) {
	p.spans, p.laid = s, false
	p.Refresh()
}

// Baseline implements the row alignment Base.
func (p *Para) Baseline() float32 { return p.Style.Baseline() }

func (p *Para) style(i int) Style {
	if s := p.spans[i].Style; s != nil {
		st := *s
		st.Line = p.Style.Line
		return st
	}
	return p.Style
}

// word is what may not be broken: one Chinese rune or one Latin word, with the punctuation
// that clings to it.
type word struct {
	span  int
	text  string
	w     float32
	space float32 // width of trailing spaces, which may hang over the edge
}

// words cuts a span at break opportunities, by class of rune.
func words(span int, text string, s Style) (out []word) {
	rs := []rune(text)
	for i := 0; i < len(rs); {
		j := i
		for j < len(rs) && strings.ContainsRune(noEnd, rs[j]) { // opening marks take what follows
			j++
		}
		if j < len(rs) {
			if wide(rs[j]) {
				j++
			} else {
				for j < len(rs) && !wide(rs[j]) && !unicode.IsSpace(rs[j]) {
					j++
				}
			}
		}
		for j < len(rs) && strings.ContainsRune(noStart, rs[j]) {
			j++
		}
		k := j
		for k < len(rs) && rs[k] == ' ' {
			k++
		}
		if k == i { // a lone space or newline
			k++
			j = k
		}
		_, w := runs(string(rs[i:j]), s)
		out = append(out, word{span, string(rs[i:k]), w, Measure(string(rs[j:k]), s)})
		i = k
	}
	return out
}

func (p *Para) lay() {
	if p.laid {
		return
	}
	p.laid = true
	p.frags, p.marks = p.frags[:0], p.marks[:0]
	x, line, widest := float32(0), 0, float32(0)
	put := func(w word) {
		if n := len(p.frags); n > 0 && p.frags[n-1].span == w.span && p.frags[n-1].line == line {
			p.frags[n-1].text += w.text
		} else {
			p.frags = append(p.frags, frag{w.span, w.text, x, line})
		}
		x += w.w + w.space
		widest = max(widest, x-w.space)
	}
	full := func(w float32) bool { return p.width > 0 && x > 0 && x+w > p.width+0.01 }
	for i, sp := range p.spans {
		if sp.Obj != nil {
			w := sp.Obj.MinSize().Width
			if full(w) && !sp.Glued {
				line, x = line+1, 0
			}
			p.frags = append(p.frags, frag{i, "", x, line})
			x += w
			widest = max(widest, x)
			continue
		}
		ws := words(i, sp.Text, p.style(i))
		if sp.marked() {
			x++ // a mark stands out by one unit on either side
		}
		for n, w := range ws {
			// A closing mark at the start of a span clings to the span before it.
			glued := n == 0 && i > 0 && strings.ContainsRune(noStart, []rune(w.text)[0])
			if full(w.w) && !glued || strings.HasPrefix(w.text, "\n") {
				line, x = line+1, 0
			}
			if w.text == "\n" { // it has moved the line; there is nothing to draw
				w = word{span: w.span}
			}
			put(w)
		}
		if sp.marked() {
			x++
		}
	}
	if line > 0 && p.width > 0 {
		widest = p.width
	}
	for _, f := range p.frags {
		sp := p.spans[f.span]
		if sp.marked() {
			_, w := runs(strings.TrimRight(f.text, " "), p.style(f.span))
			p.marks = append(p.marks, mark{f.span, f.line, f.x, w})
		}
	}
	p.size = fyne.NewSize(widest, float32(line+1)*p.Style.Line)
}

// CreateRenderer implements fyne.Widget.
func (p *Para) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: p}
	r.min = func() fyne.Size { p.lay(); return p.size }
	stale := true
	r.layout = func(fyne.Size) {
		if p.laid && !stale { // see Text: Layout must not make objects anew
			return
		}
		stale = false
		p.lay()
		r.objs = r.objs[:0]
		for _, m := range p.marks { // rectangles first, the text goes on top
			sp, y := p.spans[m.span], float32(m.line)*p.Style.Line
			if sp.Fill != "" {
				r.objs = append(r.objs, block(sp.Fill, 2, m.x-1, y+1, m.w+2, p.Style.Line-2))
			}
			if sp.Under != "" {
				r.objs = append(r.objs, block(sp.Under, 0, m.x-1, y+p.Style.Line-1, m.w+2, 2))
			}
		}
		for _, f := range p.frags {
			y := float32(f.line) * p.Style.Line
			if o := p.spans[f.span].Obj; o != nil {
				o.Move(fyne.NewPos(f.x, y+p.Style.Baseline()-p.spans[f.span].Base))
				o.Resize(o.MinSize())
				r.objs = append(r.objs, o)
				continue
			}
			ps, _ := runs(f.text, p.style(f.span))
			for _, q := range ps {
				r.objs = append(r.objs, newFrag(q.text, p.style(f.span), f.x+q.x, y))
			}
		}
	}
	r.refresh = func() {
		stale = true
		r.layout(p.Size())
	}
	return r
}
