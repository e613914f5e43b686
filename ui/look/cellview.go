package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// BubbleCell is one message in a chat: a face, a bubble, what is said beside its foot, and what may be done with it while
// the pointer is on its row. A Roll recycles those that hold text: Set replaces the content in place.
type BubbleCell struct {
	widget.BaseWidget
	Inset    float32 // of the text column, on both sides
	OnMenu   func(at fyne.Position)
	OnReply  func() // quotes it; nil: not offered
	OnAction func()
	OnQuote  func() // the quoted message was tapped
	OnMore   func() // unfold
	OnCite   func(mark int)

	data  BubbleData
	width float32
	over  bool
	plain bool // holds text; else other content

	face    fyne.CanvasObject
	box     *Box
	body    fyne.CanvasObject // box, or other content
	para    *Para
	quote   *Text
	bar     *Box
	quoted  *fyne.Container
	more    *Text
	morer   *Tap
	stack   *fyne.Container
	icon    *Icon
	meta    *Text
	action  *Tap
	verb    *Text
	outline *Frame
	tools   *fyne.Container // made when the pointer first comes
	objs    []fyne.CanvasObject
}

// NewBubbleCell makes an empty cell.
func NewBubbleCell() *BubbleCell {
	c := &BubbleCell{para: NewPara(Chat, 0), meta: NewText("", Micro.In(Fg3)), icon: NewIcon("clock", Fg3, 12),
		verb: NewText("", Micro.B().In(BadText)), quote: NewText("", Micro), more: NewText("", Caption.B()), outline: NewFrame(Accent, 2, 12),
		bar: NewBox(Fg3, "", 1, Edge{}, nil)}
	c.quote.Cut, c.meta.Cut = true, true
	call := func(f *func()) func() {
		return func() {
			if *f != nil {
				(*f)()
			}
		}
	}
	quote := c.tap(RowA(7, Stretch, Fix(2, 0, c.bar), Soft(c.quote)), call(&c.OnQuote))
	c.quoted = Inset(Edge{Bottom: 5}, quote)
	c.morer = c.tap(Inset(Edge{Top: 2}, Row(0, c.more)), call(&c.OnMore))
	c.stack = ColA(0, Start)
	c.box = NewBox("bubbleIn", "", 10, Pad(7, 12), c.stack)
	c.action = c.tap(c.verb, call(&c.OnAction))
	c.ExtendBaseWidget(c)
	return c
}

// tap is a Tap in the cell, which the pointer does not leave when it enters the tap.
func (c *BubbleCell) tap(o fyne.CanvasObject, f func()) *Tap {
	t := NewTap(o, "", 4, f)
	t.Skip = true
	t.OnHover = c.hover
	t.OnMenu = func(at fyne.Position) {
		if c.OnMenu != nil {
			c.OnMenu(at)
		}
	}
	return t
}

// Set shows b in a bubble no wider than width.
func (c *BubbleCell) Set(b BubbleData, width float32) {
	if c.data == b && c.width == width && c.face != nil && c.plain {
		return
	}
	c.plain = true
	c.frame(b, width)
	fill, stroke, ink, _ := b.inks()
	c.box.Fill, c.box.Stroke = fill, stroke
	c.para.Style = Chat.In(ink)
	c.para.width = width - 24
	spans := b.spans(func(k int) {
		if c.OnCite != nil {
			c.OnCite(k)
		}
	})
	for _, s := range spans {
		if t, ok := s.Obj.(*Tap); ok {
			t.OnHover = c.hover
		}
	}
	c.para.SetSpans(spans...)
	c.stack.Objects = c.stack.Objects[:0]
	if b.Quote != "" {
		soft := Fg3
		if ink != Fg {
			soft = ink
		}
		c.bar.Fill = soft
		c.quote.S, c.quote.Style = b.Quote, Micro.In(soft)
		inner := min(width-24, max(c.para.MinSize().Width, Measure(b.Quote, Micro)+10))
		c.stack.Add(Fix(inner, quoteH(), c.quoted))
	}
	c.stack.Add(c.para)
	if b.More != "" {
		link := AccentText
		if ink != Fg {
			link = ink
		}
		c.more.S, c.more.Style = b.More, Caption.B().In(link)
		c.stack.Add(c.morer)
	}
	c.body = c.box
	c.gather()
}

// SetContent shows other content in the place of a bubble, such as a card. With plain set the content has no bubble
// around it.
func (c *BubbleCell) SetContent(b BubbleData, content fyne.CanvasObject, bare bool) {
	c.plain = false
	c.frame(b, 0)
	c.body = content
	if !bare {
		fill, stroke, _, _ := b.inks()
		c.body = NewBox(fill, stroke, 10, Pad(7, 12), content)
	}
	c.gather()
}

func (c *BubbleCell) frame(b BubbleData, width float32) {
	c.data, c.width, c.over = b, width, false
	switch {
	case b.Side == Note:
		c.face = Space(0, 0)
	case b.Face != nil:
		c.face = Avatar(b.Face, 28, nil)
	default:
		c.face = Disc("bot", Bot, Panel, 28, 17)
	}
	_, _, _, ink := b.inks()
	c.meta.S, c.meta.Style = b.Meta, Micro.In(ink)
	c.verb.S = b.Action
}

// gather lists what shows.
func (c *BubbleCell) gather() {
	c.objs = []fyne.CanvasObject{c.face, c.body, c.meta}
	if c.data.Icon != "" {
		c.icon.Name = c.data.Icon
		c.objs = append(c.objs, c.icon)
	}
	if c.data.Action != "" {
		c.objs = append(c.objs, c.action)
	}
	if c.data.Hit {
		c.objs = append(c.objs, c.outline)
	}
	if c.over && c.tools != nil {
		c.objs = append(c.objs, c.tools)
	}
	c.Refresh()
}

// hover shows what can be done with the message.
func (c *BubbleCell) hover(in bool) {
	in = in && (c.OnMenu != nil || c.OnReply != nil)
	if in == c.over {
		return
	}
	c.over = in
	if in {
		c.makeTools()
	}
	c.gather()
}

func (c *BubbleCell) makeTools() {
	row := Row(0)
	add := func(icon string, f func(at fyne.CanvasObject)) {
		var t *Tap
		t = c.tap(Fix(24, 22, Row(0, Spacer(), NewIcon(icon, Fg2, 15), Spacer())), func() { f(t) })
		t.hover, t.radius = Hover, 5
		row.Add(t)
	}
	if c.OnReply != nil {
		add("reply", func(fyne.CanvasObject) { c.OnReply() })
	}
	if c.OnMenu != nil {
		add("more", func(at fyne.CanvasObject) {
			c.OnMenu(fyne.CurrentApp().Driver().AbsolutePositionForObject(at).AddXY(0, 26))
		})
	}
	c.tools = Layers(NewBox(Panel, LineStrong, 6, Edge{}, nil), Inset(Pad(1, 1), row))
}

// MouseIn implements desktop.Hoverable.
func (c *BubbleCell) MouseIn(*desktop.MouseEvent) { c.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (c *BubbleCell) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (c *BubbleCell) MouseOut() { c.hover(false) }

// TappedSecondary implements fyne.SecondaryTappable.
func (c *BubbleCell) TappedSecondary(e *fyne.PointEvent) {
	if c.OnMenu != nil {
		c.OnMenu(e.AbsolutePosition)
	}
}

type bubbleRenderer struct{ c *BubbleCell }

func (bubbleRenderer) Destroy() {}

func (r bubbleRenderer) MinSize() fyne.Size {
	if r.c.body == nil || r.c.plain {
		return fyne.NewSize(200, 36)
	}
	return fyne.NewSize(200, max(r.c.face.MinSize().Height, r.c.body.MinSize().Height))
}

func (r bubbleRenderer) Objects() []fyne.CanvasObject { return r.c.objs }

func (r bubbleRenderer) Layout(s fyne.Size) {
	c := r.c
	if c.face == nil {
		return
	}
	b, m := c.body.MinSize(), c.meta.MinSize()
	x, step := c.Inset, float32(1)
	if c.data.Side == FromAgent || c.data.Side == Note { // mirrored
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
	if c.data.Side != Note {
		put(c.face, 28, 28, 0, 8)
	}
	put(c.body, b.Width, b.Height, 0, 8)
	if c.data.Action != "" {
		a := c.action.MinSize()
		put(c.action, a.Width, a.Height, b.Height-a.Height, 10)
	}
	left := s.Width - c.Inset - x // of the column, for what is beside the foot
	if step < 0 {
		left = x - c.Inset
	}
	put(c.meta, max(0, min(m.Width, left)), m.Height, b.Height-m.Height, 3)
	if c.data.Icon != "" {
		put(c.icon, 12, 12, b.Height-14, 0)
	}
	if c.data.Hit {
		c.outline.Move(c.body.Position().SubtractXY(3, 3))
		c.outline.Resize(c.body.Size().AddWidthHeight(6, 6))
	}
	if c.over && c.tools != nil {
		x += step * 6
		t := c.tools.MinSize()
		room := s.Width - x
		if step < 0 {
			room = x
		}
		y := b.Height - t.Height + 2
		if room < t.Width { // no room beside the time: above it
			x -= step * (t.Width + 6)
			y = max(0, b.Height-m.Height-t.Height)
		}
		put(c.tools, t.Width, t.Height, y, 0)
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
