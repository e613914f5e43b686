package look

import (
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2"
)

// BubbleData is what a bubble shows.
type BubbleData struct {
	Side   Side
	Face   fyne.Resource // nil for the bot's disc
	Text   string        // may hold [1] … [Cites]
	Cites  int
	Quote  string // the message that this one quotes, in one line; "" none
	More   string // a word to tap below the text, to unfold it; "" none
	Find   string // what is looked for in the text, and marked
	Hit    bool   // this is the place that was found: outlined
	Meta   string // beside the foot
	Icon   string // before Meta
	Failed bool   // outlined in red, Meta in red
	Action string // a word to tap behind Meta
}

// Cited cuts text at its marks [1] … [n] and puts chips in their place. Marks above n stay text.
func Cited(text string, n int, fill Ink) []Span { return CitedTo(text, n, fill, nil) }

// CitedTo is Cited with chips that can be tapped; open is given the number.
func CitedTo(text string, n int, fill Ink, open func(mark int)) []Span {
	var out []Span
	for i, piece := range citedText(text, n) {
		switch {
		case i%2 == 1:
			out = append(out, citeTo(piece[1:len(piece)-1], fill, open))
		case piece != "":
			out = append(out, T(piece))
		}
	}
	if len(out) == 0 {
		out = append(out, T(""))
	}
	return out
}

func citeTo(n string, fill Ink, open func(int)) Span {
	s := Cite(n, fill)
	if open == nil {
		return s
	}
	k, err := strconv.Atoi(n)
	if err != nil {
		return s
	}
	t := NewTap(s.Obj, "", 4, func() { open(k) })
	t.Skip = true
	s.Obj = t
	return s
}

// citedText is the text in pieces; every second one is a mark.
func citedText(text string, n int) (out []string) {
	from := 0
	for i := 0; n > 0 && i < len(text); i++ {
		if text[i] != '[' {
			continue
		}
		end := strings.IndexByte(text[i:], ']')
		if end < 2 || end > 3 {
			continue
		}
		k, err := strconv.Atoi(text[i+1 : i+end])
		if err != nil || k < 1 || k > n {
			continue
		}
		out = append(out, text[from:i], text[i:i+end+1])
		i += end
		from = i + 1
	}
	return append(out, text[from:])
}

// Marked puts a highlight behind every place of find in the plain text of spans, whatever its case.
func Marked(spans []Span, find string, st Style) []Span {
	needle := []rune(strings.ToLower(find))
	if len(needle) == 0 {
		return spans
	}
	lit := st.In("markText")
	var out []Span
	for _, s := range spans {
		if s.Obj != nil || s.marked() {
			out = append(out, s)
			continue
		}
		rs := []rune(s.Text)
		from := 0
		for i := 0; i+len(needle) <= len(rs); {
			if !foldsTo(rs[i:i+len(needle)], needle) {
				i++
				continue
			}
			if i > from {
				out = append(out, Span{Text: string(rs[from:i]), Style: s.Style})
			}
			i += len(needle)
			out = append(out, Span{Text: string(rs[i-len(needle) : i]), Style: &lit, Fill: "mark"})
			from = i
		}
		if from < len(rs) || len(rs) == 0 {
			out = append(out, Span{Text: string(rs[from:]), Style: s.Style})
		}
	}
	return out
}

func foldsTo(rs, lower []rune) bool {
	for i, r := range rs {
		if unicode.ToLower(r) != lower[i] {
			return false
		}
	}
	return true
}

// inks are the colours of a bubble.
func (b BubbleData) inks() (fill, stroke, ink, meta Ink) {
	fill, ink, meta = "bubbleIn", Fg, Fg3
	switch b.Side {
	case FromBot:
		fill, stroke = "bubbleBot", BotLine
	case FromAgent:
		fill, ink = "bubbleOut", "bubbleOutText"
	}
	if b.Failed {
		fill, stroke, ink, meta = Panel, Bad, Fg, BadText
	}
	return fill, stroke, ink, meta
}

// spans are the words of a bubble.
func (b BubbleData) spans(open func(int)) []Span {
	out := []Span{T(b.Text)}
	if b.Cites > 0 {
		out = CitedTo(b.Text, b.Cites, Panel, open)
	}
	if b.Find != "" {
		_, _, ink, _ := b.inks()
		out = Marked(out, b.Find, Chat.In(ink))
	}
	return out
}

// quoteH is the height of the line of a quoted message, with the gap below it; moreH that of the word that unfolds.
func quoteH() float32 { return Micro.Height() + 5 }
func moreH() float32  { return Caption.Height() + 2 }

// BubbleHeight is the height of a bubble no wider than width, without making a widget.
func BubbleHeight(b BubbleData, width float32) float32 {
	p := Para{Style: Chat, spans: b.spans(nil), width: width - 24}
	p.lay()
	h := p.size.Height + 14
	if b.Quote != "" {
		h += quoteH()
	}
	if b.More != "" {
		h += moreH()
	}
	return h
}

// BubbleGuess is about what BubbleHeight gives, from counting runes alone.
func BubbleGuess(b BubbleData, width float32) float32 {
	perLine := max(4, (width-24)/Chat.size())
	lines := 0
	for l := range strings.SplitSeq(b.Text, "\n") {
		em := float32(0)
		for _, r := range l {
			if wide(r) {
				em++
			} else {
				em += 0.56
			}
		}
		lines += 1 + int(em/(perLine+0.01))
	}
	h := float32(lines)*Chat.Height() + 14
	if b.Quote != "" {
		h += quoteH()
	}
	if b.More != "" {
		h += moreH()
	}
	return h
}
