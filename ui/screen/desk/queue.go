package desk

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// pinned is how many waiting customers show; the rest is a number.
const pinned = 3

// queue is the column of conversations.
type queue struct {
	d        *Desk
	head     *fyne.Container // title and search
	top      *fyne.Container // figures
	segs     *fyne.Container
	waitHead *fyne.Container
	wait     *fyne.Container
	more     *fyne.Container
	rowsHead *fyne.Container
	mid      *fyne.Container // the roll, or a state in its place
	foot     *fyne.Container
	line     *fyne.Container // above the foot
	fixed    *fyne.Container // all above mid
	col      *fyne.Container
	roll     *look.Roll
	find     *look.Field
	body     fyne.CanvasObject

	pins     []*look.QueueRow
	pinRows  []view.Row // what the pins show
	rows     []view.Row // what the roll shows
	gone     map[string]bool
	hand     hand
	pending  bool // what shows is held back by the pointer
	selected string
	last     *view.Queue
	since    time.Time // of loading
	filter   string    // key of filters, "" for none
	recent   bool      // newest first in place of the server's order
	asked    int       // the offset that was last asked of the bot's list
	shape    string    // of the parts above the rows
	state    string    // what stands in the middle
}

func newQueue(d *Desk) *queue {
	q := &queue{d: d, head: look.Layers(), top: look.Layers(), segs: look.Layers(), waitHead: look.Layers(), more: look.Layers(),
		rowsHead: look.Layers(), mid: look.Layers(), foot: look.Layers(), wait: look.Col(0), line: look.Layers(), gone: map[string]bool{}, asked: -1}
	q.roll = look.NewRoll(func(int, float32) float32 { return look.RowHeight(q.mini()) }, q.cell)
	q.roll.OnScrolled = func(bool) { q.window() }
	q.find = look.NewField(d.env.W.T("search.hint"), d.forward)
	q.find.OnChanged = d.env.Act.Search
	q.find.OnSubmitted = d.env.Act.Search
	q.find.OnEscape = func() { d.search(false) }
	q.fixed = look.Col(0, q.head, q.top, q.segs, q.waitHead, q.wait, q.more, q.rowsHead)
	q.col = look.Col(0, q.fixed, look.Grow(q.mid), q.line, q.foot)
	q.body = edged(look.Panel, look.Layers(newUnder(q), q.col))
	return q
}

// relayout follows a change of what stands above or below the rows.
func (q *queue) relayout() {
	look.Relayout(q.col)
	look.Relayout(q.fixed)
}

func (q *queue) mini() bool { return q.d.form.mini }

// edged is a column with a hairline on its right.
func edged(fill look.Ink, body fyne.CanvasObject) fyne.CanvasObject {
	return look.Layers(look.NewBox(look.OnGround(fill), "", 0, look.Edge{}, nil), look.RowA(0, look.Stretch, look.Grow(body), look.VRule(look.Line, 0)))
}

// set shows another queue.
func (q *queue) set(v *view.Queue, chat string, now time.Time) {
	if q.last == nil || v.Loading && !q.last.Loading {
		q.since = now
	}
	if q.last != nil && q.last.Selected != v.Selected {
		q.filter, q.recent, q.asked = "", false, -1
		q.hand = hand{}
	}
	q.last, q.selected = v, chat
	q.segments(v)
	q.arrange(now)
}

// arrange decides which rows show in which order. While the pointer is among them they keep their places, so that nobody
// clicks the wrong one: who left is faded, who came waits.
func (q *queue) arrange(now time.Time) {
	v := q.last
	if v == nil {
		return
	}
	pins, rows := v.Waiting[:min(pinned, len(v.Waiting))], q.chosen(v)
	hold := q.hand.holds(now)
	q.gone, q.pending = map[string]bool{}, false
	if hold {
		var a, b bool
		pins, a = steady(q.pinRows, pins, v.Waiting, q.gone)
		rows, b = steady(q.rows, rows, rows, q.gone)
		q.pending = a || b
	}
	q.pinRows, q.rows = pins, rows
	q.pinHeads(v, hold, now)
	q.relayout()
	q.roll.SetRows(q.entries())
	q.middle(now)
}

// steady is what shows (old) brought up to date from all that is known, in the places it has. What is no longer known
// stays and is noted in gone. differs says that want would look otherwise.
func steady(old, want, all []view.Row, gone map[string]bool) (out []view.Row, differs bool) {
	byID := make(map[string]view.Row, len(all))
	for _, r := range all {
		byID[r.ID] = r
	}
	for _, r := range old {
		n, ok := byID[r.ID]
		if !ok {
			gone[r.ID] = true
			n = r
		}
		out = append(out, n)
	}
	if len(out) != len(want) {
		return out, true
	}
	for i := range out {
		if out[i].ID != want[i].ID {
			return out, true
		}
	}
	return out, false
}

// pinHeads shows the waiting customers and the lines around them.
func (q *queue) pinHeads(v *view.Queue, hold bool, now time.Time) {
	n := len(q.pinRows)
	shape := q.shapeOf(n > 0, len(v.Waiting) > n, v)
	if q.shape != shape && (!hold || q.shape == "") {
		q.shape = shape
		q.waitTitle(n > 0)
		q.rowsTitle(v)
	}
	for len(q.pins) < n {
		q.pins = append(q.pins, q.pin(len(q.pins)))
	}
	if len(q.wait.Objects) != q.pinCount(n) {
		q.wait.Objects = nil
		for i := range n {
			q.wait.Add(q.pins[i])
		}
		if n > 0 {
			q.wait.Add(look.HRule(look.Line))
		}
		canvas.Refresh(q.wait)
	}
	q.showPins(now)
	q.moreLine(len(v.Waiting)-n, hold)
}

func (q *queue) pinCount(n int) int {
	if n > 0 {
		return n + 1
	}
	return 0
}

// pin makes the i-th pinned row.
func (q *queue) pin(i int) *look.QueueRow {
	r := look.NewQueueRow(look.RowData{})
	r.OnTapped = func() { q.tapped(q.pinRows[i].ID) }
	r.OnTake = func() { q.d.env.Act.TakeOver(q.pinRows[i].ID) }
	r.OnMenu = func(at fyne.Position) { q.rowMenu(q.pinRows[i], at) }
	q.follow(r, func() view.Row { return q.pinRows[i] })
	r.OnStep = func(by int) { q.step(i, by) }
	return r
}

// showPins shows the waiting customers in their rows.
func (q *queue) showPins(now time.Time) {
	for i, r := range q.pinRows {
		data := q.d.rowData(r, now, r.ID == q.selected, i == 0 || r.Offered)
		data.NoRule = i == len(q.pinRows)-1
		data.Gone, data.Mini = q.gone[r.ID], q.mini()
		q.pins[i].Stop = r.ID == q.stop()
		q.pins[i].Set(data)
	}
}

// tickPins steps the clocks of the waiting customers that step now.
func (q *queue) tickPins(now time.Time) {
	for i, r := range q.pinRows {
		data, n := q.pins[i].Data(), left(r.Deadline, now)
		if data.Waiting && (steps(n, now) || look.LevelOf(n) != look.LevelOf(data.Left)) {
			data.Left = n
			q.pins[i].Set(data)
		}
	}
}

// cell shows row i of the roll. The bot's list holds only a window of all rows; the others are blank until they are
// scrolled to.
func (q *queue) cell(i int, old fyne.CanvasObject) fyne.CanvasObject {
	i -= q.offset()
	if i < 0 || i >= len(q.rows) {
		if old == nil {
			old = look.Blank(q.mini())
		}
		return old
	}
	row, _ := old.(*look.QueueRow)
	if row == nil {
		row = look.NewQueueRow(look.RowData{})
	}
	r := q.rows[i]
	row.OnTapped = func() { q.tapped(r.ID) }
	row.OnTake = func() { q.d.env.Act.TakeOver(r.ID) }
	row.OnMenu = func(at fyne.Position) { q.rowMenu(r, at) }
	row.OnStep = func(by int) { q.step(len(q.pinRows)+i, by) }
	q.follow(row, func() view.Row { return r })
	row.Stop = r.ID == q.stop()
	row.Set(q.dataOf(r, q.d.env.Now()))
	return row
}

func (q *queue) dataOf(r view.Row, now time.Time) look.RowData {
	data := q.d.rowData(r, now, r.ID == q.selected, false)
	data.Gone, data.Mini = q.gone[r.ID], q.mini()
	return data
}

// rowMenu offers what may be done with a chat of the queue.
func (q *queue) rowMenu(r view.Row, at fyne.Position) {
	w, act := q.d.env.W, q.d.env.Act
	var items []look.MenuItem
	if r.Denied == "" && (!r.Deadline.IsZero() || q.last.Selected == view.SegBot) {
		items = append(items, look.MenuItem{Word: w.T("seat.take"), Run: func() { act.TakeOver(r.ID) }})
	}
	items = append(items, look.MenuItem{Word: w.T("seat.peek"), Run: func() { act.Select(r.ID) }})
	if r.Offered {
		items = append(items, look.MenuItem{Word: w.T("seat.decline"), Run: func() { act.Decline(r.ID) }})
	}
	q.d.menu(items, q.body, at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(q.body)))
}

// tick steps rings and times, and lets rows go that the pointer held long enough.
func (q *queue) tick(now time.Time) {
	if q.last == nil {
		return
	}
	if q.pending && !q.hand.holds(now) {
		q.hand.released(now)
		q.arrange(now)
		return
	}
	q.tickPins(now)
	off := q.offset()
	first, last := q.roll.View()
	for i := max(first-off, 0); i <= last-off && i < len(q.rows); i++ {
		r := q.rows[i]
		if r.LateSince.IsZero() && now.Sub(r.At) > 2*time.Minute || !r.LateSince.IsZero() && !steps(left(r.LateSince, now), now) {
			continue
		}
		if row, ok := q.roll.CellOf(r.ID).(*look.QueueRow); ok {
			row.Set(q.dataOf(r, now))
		}
	}
	if q.last.Loading {
		q.middle(now)
	}
}
