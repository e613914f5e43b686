package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Choice is a row of words of which one is chosen. Arrows move the choice.
type Choice struct {
	widget.BaseWidget
	OnChanged func(i int)

	words   []string
	on      int
	focused bool
	box     *Box
	ring    *Frame
	row     *fyne.Container
}

// NewChoice makes a choice among words; on may be -1 for none.
func NewChoice(words []string, on int, changed func(int)) *Choice {
	c := &Choice{words: words, on: on, OnChanged: changed}
	c.ExtendBaseWidget(c)
	return c
}

// Set chooses without telling OnChanged.
func (c *Choice) Set(on int) {
	if c.on != on {
		c.on = on
		c.build()
		c.Refresh()
	}
}

// Chosen is the index of the chosen word.
func (c *Choice) Chosen() int { return c.on }

func (c *Choice) build() {
	if c.row == nil {
		return
	}
	c.row.Objects = nil
	for i, w := range c.words {
		st, fill, line := Caption.In(Fg2), Ink(""), Ink("")
		if i == c.on {
			st, fill, line = Caption.B(), Panel, Line
		}
		cell := NewBox(fill, line, 5, Sides(0, 12, 0, 12), Row(0, Spacer(), NewText(w, st), Spacer()))
		tap := NewTap(Fix(0, leastTarget, cell), "", 5, func() { c.pick(i) })
		tap.Skip = true
		c.row.Add(tap)
	}
	c.row.Refresh()
}

func (c *Choice) pick(i int) {
	if i < 0 || i >= len(c.words) || i == c.on {
		return
	}
	c.Set(i)
	if c.OnChanged != nil {
		c.OnChanged(i)
	}
}

// CreateRenderer implements fyne.Widget.
func (c *Choice) CreateRenderer() fyne.WidgetRenderer {
	c.row = RowA(0, Stretch)
	c.build()
	c.box, c.ring = NewBox(Bg, Line, 7, Pad(3, 3), c.row), NewFrame(Accent, 2, 10)
	r := &renderer{owner: c, objs: []fyne.CanvasObject{c.ring, c.box}}
	r.min = c.box.MinSize
	r.layout = func(s fyne.Size) {
		c.box.Resize(s)
		c.ring.Move(fyne.NewPos(-4, -4))
		c.ring.Resize(s.AddWidthHeight(8, 8))
	}
	r.refresh = func() {
		c.ring.Hidden = !c.focused
		c.ring.Refresh()
		c.box.Refresh()
	}
	r.refresh()
	return r
}

// FocusGained implements fyne.Focusable.
func (c *Choice) FocusGained() {
	c.focused = true
	c.Refresh()
}

// FocusLost implements fyne.Focusable.
func (c *Choice) FocusLost() {
	c.focused = false
	c.Refresh()
}

// TypedRune implements fyne.Focusable.
func (c *Choice) TypedRune(r rune) { passRune(c, r) }

// TypedKey implements fyne.Focusable.
func (c *Choice) TypedKey(k *fyne.KeyEvent) {
	switch k.Name {
	case fyne.KeyLeft, fyne.KeyUp:
		c.pick(c.on - 1)
	case fyne.KeyRight, fyne.KeyDown:
		c.pick(c.on + 1)
	default:
		passKey(c, k)
	}
}
