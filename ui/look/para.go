package look

import (
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

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
	Align Align // Start, or Centre for lines that stand in the middle of the width
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

// longest is how many runes of Latin stay together; what is longer, such as an address or a row of letters, breaks after every
// few of them.
const longest, piece = 32, 6

// words cuts a span at break opportunities, by class of rune.
func words(span int, text string, s Style) (out []word) {
	rs := []rune(text)
	for i := 0; i < len(rs); {
		if n := i + 1; isHan(rs[i]) && (n == len(rs) || isHan(rs[n])) { // most of what is written here
			out = append(out, word{span, string(rs[i:n]), s.size(), 0})
			i = n
			continue
		}
		j := i
		for j < len(rs) && strings.ContainsRune(noEnd, rs[j]) { // opening marks take what follows
			j++
		}
		if j < len(rs) {
			if wide(rs[j]) {
				j++
			} else {
				end := j
				for end < len(rs) && !wide(rs[end]) && !unicode.IsSpace(rs[end]) && end-j <= longest {
					end++
				}
				most := end
				if end-j > longest {
					most = j + piece
				}
				for j < end && (j < most || unicode.Is(unicode.M, rs[j])) {
					j++
				}
			}
		}
		for j < len(rs) && strings.ContainsRune(noStart, rs[j]) && j-i < longest {
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

// fit cuts a word that is wider than a line.
func (w word) fit(width float32, s Style) []word {
	if width <= 0 || w.w <= width {
		return []word{w}
	}
	var out []word
	rs := []rune(strings.TrimRight(w.text, " "))
	for from := 0; from < len(rs); {
		to, sum := from, float32(0)
		for to < len(rs) {
			r := Measure(string(rs[to]), s)
			if to > from && sum+r > width && !unicode.Is(unicode.M, rs[to]) {
				break
			}
			sum += r
			to++
		}
		_, sum = runs(string(rs[from:to]), s)
		out = append(out, word{span: w.span, text: string(rs[from:to]), w: min(sum, width)})
		from = to
	}
	out[len(out)-1].space = w.space
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
			for _, piece := range w.fit(p.width, p.style(i)) {
				if full(piece.w) && piece.text != w.text {
					line, x = line+1, 0
				}
				put(piece)
			}
		}
		if sp.marked() {
			x++
		}
	}
	if line > 0 && p.width > 0 {
		widest = p.width
	}
	if p.Align == Centre {
		p.centre(line+1, widest)
	}
	for _, f := range p.frags {
		sp := p.spans[f.span]
		if sp.marked() {
			_, w := runs(strings.TrimRight(f.text, " "), p.style(f.span))
			p.marks = append(p.marks, mark{f.span, f.line, f.x, w})
		}
	}
	p.size = fyne.NewSize(widest, float32(line+1)*p.Style.Height())
}

// centre moves each line into the middle of a width.
func (p *Para) centre(lines int, width float32) {
	ends := make([]float32, lines)
	for _, f := range p.frags {
		w := float32(0)
		if o := p.spans[f.span].Obj; o != nil {
			w = o.MinSize().Width
		} else {
			_, w = runs(strings.TrimRight(f.text, " "), p.style(f.span))
		}
		ends[f.line] = max(ends[f.line], f.x+w)
	}
	for i := range p.frags {
		p.frags[i].x += round((width - ends[p.frags[i].line]) / 2)
	}
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
			sp, y := p.spans[m.span], float32(m.line)*p.Style.Height()
			if sp.Fill != "" {
				r.objs = append(r.objs, block(sp.Fill, 2, m.x-1, y+1, m.w+2, p.Style.Height()-2))
			}
			if sp.Under != "" {
				r.objs = append(r.objs, block(sp.Under, 0, m.x-1, y+p.Style.Height()-1, m.w+2, 2))
			}
		}
		for _, f := range p.frags {
			y := float32(f.line) * p.Style.Height()
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

// TextHeight is the height of a paragraph no wider than width, without making a widget.
func TextHeight(st Style, width float32, spans ...Span) float32 {
	p := Para{Style: st, spans: spans, width: width}
	p.lay()
	return p.size.Height
}

// Has reports whether the paragraph shows a text on a highlight.
func (p *Para) Has(text string, fill Ink) bool {
	for _, s := range p.spans {
		if s.Fill == fill && s.Text == text {
			return true
		}
	}
	return false
}
