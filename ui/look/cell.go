package look

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// BubbleData is what a text bubble shows.
type BubbleData struct {
	Side   Side
	Face   fyne.Resource // nil for the bot's disc
	Text   string        // may hold [1] … [Cites]
	Cites  int
	Meta   string // beside the foot
	Icon   string // before Meta
	Failed bool   // outlined in red, Meta in red
	Action string // a word to tap behind Meta
}

// Cited cuts text at its marks [1] … [n] and puts chips in their place. Marks above n stay text.
func Cited(text string, n int, fill Ink) []Span {
	var out []Span
	for i, piece := range citedText(text, n) {
		if i%2 == 1 {
			out = append(out, Cite(piece[1:len(piece)-1], fill))
		} else if piece != "" {
			out = append(out, T(piece))
		}
	}
	if len(out) == 0 {
		out = append(out, T(""))
	}
	return out
}

// citedText is the text in pieces; every second one is a mark.
func citedText(text string, n int) (out []string) {
	from := 0
	for i := 0; i < len(text); i++ {
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

// spans are the words of a bubble.
func (b BubbleData) spans() []Span {
	if b.Cites == 0 {
		return []Span{T(b.Text)}
	}
	return Cited(b.Text, b.Cites, Panel)
}

// BubbleHeight is the height of a bubble no wider than width, without making a widget.
func BubbleHeight(b BubbleData, width float32) float32 {
	p := Para{Style: Chat, spans: b.spans(), width: width - 24}
	p.lay()
	return p.size.Height + 14
}

// BubbleCell is a text bubble that a Roll recycles: Set replaces the content in place.
type BubbleCell struct {
	widget.BaseWidget
	Inset    float32 // of the text column, on both sides
	OnMenu   func(at fyne.Position)
	OnAction func()

	data   BubbleData
	width  float32
	face   fyne.CanvasObject
	box    *Box
	para   *Para
	icon   *Icon
	meta   *Text
	action *Tap
	verb   *Text
	objs   []fyne.CanvasObject
}

// NewBubbleCell makes an empty cell.
func NewBubbleCell() *BubbleCell {
	c := &BubbleCell{para: NewPara(Chat, 0), meta: NewText("", Micro.In(Fg3)), icon: NewIcon("clock", Fg3, 12),
		verb: NewText("", Micro.B().In(BadText))}
	c.box = NewBox("bubbleIn", "", 10, Pad(7, 12), c.para)
	c.action = NewTap(c.verb, "", 4, func() {
		if c.OnAction != nil {
			c.OnAction()
		}
	})
	c.ExtendBaseWidget(c)
	return c
}

// Set shows b in a bubble no wider than width.
func (c *BubbleCell) Set(b BubbleData, width float32) {
	if c.data == b && c.width == width && c.face != nil {
		return
	}
	c.data, c.width = b, width
	fill, stroke, ink := Ink("bubbleIn"), Ink(""), Fg
	switch b.Side {
	case FromBot:
		fill, stroke = "bubbleBot", BotLine
	case FromAgent:
		fill, ink = "bubbleOut", "bubbleOutText"
	}
	metaInk := Fg3
	if b.Failed {
		fill, stroke, ink, metaInk = Panel, Bad, Fg, BadText
	}
	switch {
	case b.Face != nil:
		c.face = Avatar(b.Face, 28, nil)
	default:
		c.face = Disc("bot", Bot, Panel, 28, 17)
	}
	c.box.Fill, c.box.Stroke = fill, stroke
	c.para.Style = Chat.In(ink)
	c.para.width = width - 24
	c.para.SetSpans(b.spans()...)
	c.meta.S, c.meta.Style = b.Meta, Micro.In(metaInk)
	c.verb.S = b.Action
	c.objs = []fyne.CanvasObject{c.face, c.box, c.meta}
	if b.Icon != "" {
		c.icon.Name = b.Icon
		c.objs = append(c.objs, c.icon)
	}
	if b.Action != "" {
		c.objs = append(c.objs, c.action)
	}
	c.Refresh()
}

// TappedSecondary implements fyne.SecondaryTappable.
func (c *BubbleCell) TappedSecondary(e *fyne.PointEvent) {
	if c.OnMenu != nil {
		c.OnMenu(e.AbsolutePosition)
	}
}

type bubbleRenderer struct{ c *BubbleCell }

func (bubbleRenderer) Destroy()                       {}
func (bubbleRenderer) MinSize() fyne.Size             { return fyne.NewSize(200, 36) }
func (r bubbleRenderer) Objects() []fyne.CanvasObject { return r.c.objs }

func (r bubbleRenderer) Layout(s fyne.Size) {
	c := r.c
	if c.face == nil {
		return
	}
	b, m := c.box.MinSize(), c.meta.MinSize()
	x, step := c.Inset, float32(1)
	if c.data.Side == FromAgent { // mirrored
		x, step = s.Width-c.Inset, -1
	}
	put := func(o fyne.CanvasObject, w, h, y, gap float32) {
		l := x
		if step < 0 {
			l = x - w
		}
		place(o, l, y, fyne.NewSize(w, h))
		x += step * (w + gap)
	}
	put(c.face, 28, 28, 0, 8)
	put(c.box, b.Width, b.Height, 0, 8)
	if c.data.Action != "" {
		a := c.action.MinSize()
		put(c.action, a.Width, a.Height, b.Height-a.Height, 10)
	}
	put(c.meta, m.Width, m.Height, b.Height-m.Height, 3)
	if c.data.Icon != "" {
		put(c.icon, 12, 12, b.Height-14, 0)
	}
}

func (r bubbleRenderer) Refresh() {
	r.Layout(r.c.Size())
	for _, o := range r.c.objs {
		o.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (c *BubbleCell) CreateRenderer() fyne.WidgetRenderer { return bubbleRenderer{c} }
