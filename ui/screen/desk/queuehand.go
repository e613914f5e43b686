package desk

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// hand follows the pointer over the queue. Rows hold still while it aims: it is inside and moved within the last
// seconds. A pointer that was left lying there must not hide who waits, so it lets go; and for a moment after rows moved
// below it, a click counts for nothing.
type hand struct {
	inside bool
	moved  time.Time
	guard  time.Time
}

const (
	aimTime   = 3 * time.Second
	guardTime = 600 * time.Millisecond
)

func (h *hand) holds(now time.Time) bool { return h.inside && now.Sub(h.moved) < aimTime }

// released notes that rows may have moved under a pointer at rest.
func (h *hand) released(now time.Time) {
	if h.inside {
		h.guard = now.Add(guardTime)
	}
}

// blind says that a click can't have meant the row that is there now.
func (h *hand) blind(now time.Time) bool { return now.Before(h.guard) }

func (q *queue) tapped(id string) {
	if !q.hand.blind(q.d.env.Now()) {
		q.d.env.Act.Select(id)
	}
}

// enter and leave hear of the pointer over anything of the queue.
func (q *queue) enter() { q.hand.inside, q.hand.moved = true, q.d.env.Now() }

func (q *queue) leave() {
	q.hand.inside = false
	// The pointer may be on its way from one row to the next, which is told after this.
	fyne.Do(func() {
		if q.pending && !q.hand.inside {
			q.arrange(q.d.env.Now())
		}
	})
}

// follow ties a row to the hand, and names it while the queue is collapsed.
func (q *queue) follow(r *look.QueueRow, of func() view.Row) {
	r.OnHover = func(in bool) {
		if in {
			q.enter()
		} else {
			q.leave()
		}
		if q.mini() {
			name := look.OneLine(of().Name)
			if name == "" {
				name = q.d.env.W.T("visitor")
			}
			q.d.tip(in, name, r)
		}
	}
	r.OnMove = q.enter
}

// under lies behind the queue and hears of the pointer between its rows.
type under struct {
	widget.BaseWidget
	q *queue
}

func newUnder(q *queue) *under {
	u := &under{q: q}
	u.ExtendBaseWidget(u)
	return u
}

// CreateRenderer implements fyne.Widget. There is nothing to see.
func (u *under) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(canvas.NewRectangle(color.Transparent))
}

// MouseIn implements desktop.Hoverable.
func (u *under) MouseIn(*desktop.MouseEvent) { u.q.enter() }

// MouseMoved implements desktop.Hoverable.
func (u *under) MouseMoved(*desktop.MouseEvent) { u.q.enter() }

// MouseOut implements desktop.Hoverable.
func (u *under) MouseOut() { u.q.leave() }

// stop is the row at which Tab stops: the selected one, else the first.
func (q *queue) stop() string {
	first := ""
	for _, rows := range [][]view.Row{q.pinRows, q.rows} {
		for _, r := range rows {
			if r.ID == q.selected {
				return r.ID
			}
			if first == "" {
				first = r.ID
			}
		}
	}
	return first
}

// step moves the keyboard from row i (pins first) by some rows.
func (q *queue) step(i, by int) {
	n := len(q.pinRows) + len(q.rows)
	i = max(0, min(i+by, n-1))
	var to fyne.Focusable
	if i < len(q.pinRows) {
		to = q.pins[i]
	} else {
		k := i - len(q.pinRows)
		q.roll.Reveal(k + q.offset())
		if row, ok := q.roll.CellOf(q.rows[k].ID).(*look.QueueRow); ok {
			to = row
		}
	}
	if row, ok := to.(*look.QueueRow); ok {
		row.Stop = true // Focus asks whether it is disabled
		q.d.env.Window().Canvas().Focus(row)
	}
}
