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
	Gone            bool // left the queue while the pointer held the rows: faded, and deaf
	Mini            bool // the queue is collapsed: face and ring only
}

// Label is a bordered tag in chosen inks.
type Label struct {
	Word        string
	Stroke, Ink Ink
}

// snippetScale is the text size from which rows leave out the snippet, so that name, mood and time keep their room.
const snippetScale = 1.25

// RowHeight is the height of every queue row at the person's text size.
func RowHeight(mini bool) float32 {
	switch k := TextScale(); {
	case mini:
		return 64
	case k == 1:
		return 79
	case k > snippetScale:
		return round(Scaled(20) + Scaled(chipH) + 26)
	}
	return round(Scaled(20)+Scaled(22)+Scaled(chipH)) + 19
}

// QueueRow is one customer in the queue, 79 units high.
type QueueRow struct {
	widget.BaseWidget
	OnTapped, OnTake func()
	OnHover          func(in bool)
	OnMove           func() // the pointer moved over the row
	OnMenu           func(at fyne.Position)
	OnStep           func(by int) // arrow keys; Home and End are far steps
	// Stop says whether Tab stops here. One row of a list does, and arrows walk the others.
	Stop bool

	data             RowData
	hovered, focused bool
	ring             *Ring
	when             *Text
	head             *fyne.Container
	focus            *Frame
	body             *fyne.Container
	mood             *Box              // the mood's chip
	rule             fyne.CanvasObject // the line to the next row
	said             *Text             // the snippet
}

// NewQueueRow makes a row.
func NewQueueRow(d RowData) *QueueRow {
	q := &QueueRow{data: d}
	q.ExtendBaseWidget(q)
	return q
}

// Data is what the row shows.
func (q *QueueRow) Data() RowData { return q.data }

// Set shows other data. A change of the seconds, of the time or of the snippet alone touches nothing else.
func (q *QueueRow) Set(d RowData) {
	old := q.data
	q.data = d
	if same(old, d) {
		return
	}
	tick := old
	tick.Left, tick.When = d.Left, d.When
	if q.body != nil && same(tick, d) && (q.ring != nil || LevelOf(old.Left) == LevelOf(d.Left)) {
		if q.ring != nil && !d.Mini {
			q.ring.SetLeft(d.Left)
			q.paint()
			return
		}
		if q.when != nil && q.ring == nil && d.When != "" {
			q.when.Set(d.When)
			Relayout(q.head)
			return
		}
	}
	word := old
	word.Snippet = d.Snippet
	if q.body != nil && q.said != nil && same(word, d) {
		q.said.Set(d.Snippet)
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
		d.When, d.Late, d.Unread, d.Left, d.Waiting, d.Under, d.Take, d.Selected, d.NoRule, d.Gone, d.Mini}
}

// tint is the row's background by state; urgency beats selection beats hover.
func (q *QueueRow) tint() Ink {
	if q.data.Waiting && !q.data.Gone {
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
	case q.hovered && !q.data.Gone:
		return Hover
	}
	return Panel
}

// CreateRenderer implements fyne.Widget.
func (q *QueueRow) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: q}
	q.focus = NewFrame(Accent, 2, 4)
	r.min = func() fyne.Size {
		if q.data.Mini {
			return fyne.NewSize(56, RowHeight(true))
		}
		return fyne.NewSize(200, RowHeight(false))
	}
	r.layout = func(s fyne.Size) {
		if q.body == nil {
			q.body = q.build()
			r.objs = []fyne.CanvasObject{q.body, q.focus}
		}
		q.body.Resize(s)
		q.focus.Hidden = !q.focused
		q.focus.Move(fyne.NewPos(3, 3))
		q.focus.Resize(s.SubtractWidthHeight(6, 6))
	}
	r.refresh = func() {
		r.layout(q.Size())
		q.body.Refresh()
		q.focus.Refresh()
	}
	return r
}

// Tapped implements fyne.Tappable.
func (q *QueueRow) Tapped(*fyne.PointEvent) {
	if q.OnTapped != nil && !q.data.Gone {
		q.OnTapped()
	}
}

// TappedSecondary implements fyne.SecondaryTappable.
func (q *QueueRow) TappedSecondary(e *fyne.PointEvent) {
	if q.OnMenu != nil && !q.data.Gone {
		q.OnMenu(e.AbsolutePosition)
	}
}

// Cursor implements desktop.Cursorable.
func (q *QueueRow) Cursor() desktop.Cursor {
	if q.data.Gone {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// MouseIn implements desktop.Hoverable.
func (q *QueueRow) MouseIn(*desktop.MouseEvent) { q.hover(true) }

// MouseMoved implements desktop.Hoverable.
func (q *QueueRow) MouseMoved(*desktop.MouseEvent) {
	if q.OnMove != nil {
		q.OnMove()
	}
}

// MouseOut implements desktop.Hoverable.
func (q *QueueRow) MouseOut() { q.hover(false) }

// hover changes only the background box.
func (q *QueueRow) hover(on bool) {
	q.hovered = on
	if q.OnHover != nil {
		q.OnHover(on)
	}
	if q.body != nil {
		q.body.Objects[0].(*Box).SetInk(OnGround(q.tint()), "")
	}
}

// paint follows a change of urgency: other inks on the same parts. To make them anew would paint the window twice.
func (q *QueueRow) paint() {
	fill := q.tint()
	q.body.Objects[0].(*Box).SetInk(OnGround(fill), "")
	if q.mood != nil {
		q.mood.SetInk(q.moodFill(fill), "")
	}
	if q.rule != nil && q.rule.Visible() != (fill == Panel) {
		if fill == Panel {
			q.rule.Show()
		} else {
			q.rule.Hide()
		}
	}
}

// moodFill is the ground of the mood's chip on a row of a tint.
func (q *QueueRow) moodFill(row Ink) Ink {
	if row == WarnTint || row == BadTint {
		return Panel
	}
	return Ink("e-" + q.data.Mood + "-b")
}

// Disabled implements fyne.Disableable, which is how Tab asks whether to stop here.
func (q *QueueRow) Disabled() bool { return !q.Stop && !q.focused }

// Enable implements fyne.Disableable.
func (q *QueueRow) Enable() { q.Stop = true }

// Disable implements fyne.Disableable.
func (q *QueueRow) Disable() { q.Stop = false }

// FocusGained implements fyne.Focusable.
func (q *QueueRow) FocusGained() { q.keyboard(true) }

// FocusLost implements fyne.Focusable.
func (q *QueueRow) FocusLost() { q.keyboard(false) }

func (q *QueueRow) keyboard(on bool) {
	q.focused = on
	if q.focus != nil {
		q.focus.Hidden = !on
		q.focus.Refresh()
	}
}

// TypedRune implements fyne.Focusable.
func (q *QueueRow) TypedRune(r rune) {
	if r == ' ' {
		q.Tapped(nil)
		return
	}
	passRune(q, r)
}

// TypedKey implements fyne.Focusable.
func (q *QueueRow) TypedKey(k *fyne.KeyEvent) {
	step := 0
	switch k.Name {
	case fyne.KeyReturn, fyne.KeyEnter:
		q.Tapped(nil)
	case fyne.KeyDown:
		step = 1
	case fyne.KeyUp:
		step = -1
	case fyne.KeyHome:
		step = -1 << 16
	case fyne.KeyEnd:
		step = 1 << 16
	default:
		passKey(q, k)
	}
	if step != 0 && q.OnStep != nil {
		q.OnStep(step)
	}
}
