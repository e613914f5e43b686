package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// RowData is what a queue row shows. It is presentation only: the caller has already chosen
// words and kinds.
type RowData struct {
	Face            fyne.Resource
	Badge, BadgeInk string // platform icon and its brand colour
	Name            string
	Tier, TierWord  string
	Snippet         string
	Mood, MoodWord  string
	Tags            []Label
	When            string // right of the name
	Late            bool   // When is in red and bold
	Unread          int
	Left            int // seconds left; the ring shows when Waiting
	Waiting         bool
	Under           string // below the ring; empty shows the take-over button
	Take            string // label of that button
	Selected        bool
	NoRule          bool
}

// Label is a bordered tag in chosen inks.
type Label struct {
	Word        string
	Stroke, Ink Ink
}

// QueueRow is one customer in the queue, 79 units high.
type QueueRow struct {
	widget.BaseWidget
	OnTapped, OnTake func()
	OnHover          func(in bool)
	OnMenu           func(at fyne.Position)

	data    RowData
	hovered bool
	ring    *Ring
	body    *fyne.Container
}

// NewQueueRow makes a row.
func NewQueueRow(d RowData) *QueueRow {
	q := &QueueRow{data: d}
	q.ExtendBaseWidget(q)
	return q
}

// Set shows other data. A change of the seconds alone only steps the ring.
func (q *QueueRow) Set(d RowData) {
	old := q.data
	q.data = d
	if same(old, d) {
		return
	}
	tick := old
	tick.Left = d.Left
	if q.ring != nil && same(tick, d) && LevelOf(old.Left) == LevelOf(d.Left) {
		q.ring.SetLeft(d.Left)
		return
	}
	q.body = nil
	q.Refresh()
}

func same(a, b RowData) bool {
	if len(a.Tags) != len(b.Tags) {
		return false
	}
	for i := range a.Tags {
		if a.Tags[i] != b.Tags[i] {
			return false
		}
	}
	a.Tags, b.Tags = nil, nil
	return rowKey(a) == rowKey(b)
}

// rowKey is RowData without its slice, so that it compares.
func rowKey(d RowData) any {
	return [...]any{d.Face, d.Badge, d.BadgeInk, d.Name, d.Tier, d.TierWord, d.Snippet, d.Mood, d.MoodWord,
		d.When, d.Late, d.Unread, d.Left, d.Waiting, d.Under, d.Take, d.Selected, d.NoRule}
}

// tint is the row's background by state; urgency beats selection beats hover.
func (q *QueueRow) tint() Ink {
	if q.data.Waiting {
		switch LevelOf(q.data.Left) {
		case Warning:
			return WarnTint
		case Critical, Breached:
			return BadTint
		}
	}
	switch {
	case q.data.Selected:
		return Selected
	case q.hovered:
		return Hover
	}
	return Panel
}

func (q *QueueRow) build() *fyne.Container {
	d, fill := q.data, q.tint()
	head := Row(5, NewSoft(d.Name, Body.B()))
	if d.Tier != "" {
		head.Add(Tier(d.Tier, d.TierWord))
	}
	head.Add(Spacer())
	if d.When != "" {
		st := Micro.In(Fg3)
		if d.Late {
			st = Micro.B().In(BadText)
		}
		head.Add(NewText(d.When, st))
	}
	ink := Fg2
	if d.Unread > 0 {
		ink = Fg
	}
	second := RowA(6, Start, Grow(NewElided(d.Snippet, Caption.In(ink))))
	if d.Unread > 0 {
		second.Add(Inset(Edge{Top: 1}, Count(itoa(d.Unread), Panel, 16)))
	}
	moodFill := Ink("")
	if fill == WarnTint || fill == BadTint {
		moodFill = Panel
	}
	chips := Fit(4)
	if d.Mood != "" {
		chips.Add(Emotion(d.Mood, d.MoodWord, moodFill))
	}
	for _, t := range d.Tags {
		chips.Add(TagIn(t.Word, t.Stroke, t.Ink))
	}
	body := Col(0, Fix(0, 20, head), Fix(0, 22, second), chips)
	q.ring = nil
	line := RowA(10, Start, Avatar(d.Face, 36, &Badge{Icon: d.Badge, Fill: Ink(d.BadgeInk), Ring: Panel, D: 18, Out: 3}), Grow(body))
	if d.Waiting {
		q.ring = NewRing(34, 30, d.Left)
		word := NewText(d.Under, Micro.In(Fg3))
		word.Cut, word.Align = true, Centre
		under := fyne.CanvasObject(Fix(46, 0, word))
		if d.Under == "" {
			under = NewButton(ButtonSpec{Kind: Primary, Label: d.Take, H: 20, Style: Micro.B(), PadX: 8}, func() {
				if q.OnTake != nil {
					q.OnTake()
				}
			})
		}
		line.Add(Fix(40, 0, Inset(Edge{Top: 1}, ColA(4, Centre, q.ring, under))))
	}
	layers := Layers(NewBox(fill, "", 0, Edge{}, nil))
	if d.Selected {
		layers.Add(At(0, 8, Fix(3, 63, NewBox(Accent, "", 1, Edge{}, nil))))
	}
	layers.Add(Inset(Sides(10, 12, 0, 12), line))
	if !d.NoRule && !d.Selected && fill == Panel {
		layers.Add(Inset(Sides(78, 12, 0, 58), HRule(Line)))
	}
	return layers
}

// CreateRenderer implements fyne.Widget.
func (q *QueueRow) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: q}
	r.min = func() fyne.Size { return fyne.NewSize(200, 79) }
	r.layout = func(s fyne.Size) {
		if q.body == nil {
			q.body = q.build()
			r.objs = []fyne.CanvasObject{q.body}
		}
		q.body.Resize(s)
	}
	r.refresh = func() {
		r.layout(q.Size())
		q.body.Refresh()
	}
	return r
}

// Tapped implements fyne.Tappable.
func (q *QueueRow) Tapped(*fyne.PointEvent) {
	if q.OnTapped != nil {
		q.OnTapped()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (q *QueueRow) TappedSecondary(e *fyne.PointEvent) {
	if q.OnMenu != nil {
		q.OnMenu(e.AbsolutePosition)
	}
}

// Cursor implements desktop.Cursorable.
func (q *QueueRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

// MouseIn implements desktop.Hoverable.
func (q *QueueRow) MouseIn(*desktop.MouseEvent) { q.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (q *QueueRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (q *QueueRow) MouseOut() { q.hover(false) }

// hover changes only the background box.
func (q *QueueRow) hover(on bool) {
	q.hovered = on
	if q.OnHover != nil {
		q.OnHover(on)
	}
	if q.body != nil {
		q.body.Objects[0].(*Box).SetInk(q.tint(), "")
	}
}
