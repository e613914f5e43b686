package desk

import (
	"fmt"
	"strconv"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// pinned is how many waiting customers show; the rest is a number.
const pinned = 3

const rowH float32 = 79

// queue is the column of conversations.
type queue struct {
	d        *Desk
	top      *fyne.Container // title and figures
	segs     *fyne.Container
	waitHead *fyne.Container
	wait     *fyne.Container
	more     *fyne.Container
	rowsHead *fyne.Container
	mid      *fyne.Container // the roll, or a state in its place
	foot     *fyne.Container
	roll     *look.Roll
	find     *look.Field
	body     fyne.CanvasObject

	pins     []*look.QueueRow
	pinRows  []view.Row
	rows     []view.Row
	inside   bool // the pointer is over rows: they must not move now
	pending  bool
	selected string
	last     *view.Queue
	since    time.Time // of loading
	critical map[string]bool
}

func newQueue(d *Desk) *queue {
	q := &queue{d: d, top: look.Layers(), segs: look.Layers(), waitHead: look.Layers(), more: look.Layers(),
		rowsHead: look.Layers(), mid: look.Layers(), foot: look.Layers(), wait: look.Col(0), critical: map[string]bool{}}
	q.roll = look.NewRoll(func(int, float32) float32 { return rowH }, q.cell)
	fixed := look.Col(0, look.Fix(0, 52, q.title()), q.top, q.segs, q.waitHead, q.wait, q.more, q.rowsHead)
	q.body = edged(look.Panel, look.Col(0, fixed, look.Grow(q.mid), look.HRule(look.Line), look.Fix(0, 34, q.foot)))
	return q
}

// edged is a column with a hairline on its right.
func edged(fill look.Ink, body fyne.CanvasObject) fyne.CanvasObject {
	return look.Layers(look.NewBox(fill, "", 0, look.Edge{}, nil), look.RowA(0, look.Stretch, look.Grow(body), look.VRule(look.Line, 0)))
}

func (q *queue) title() fyne.CanvasObject {
	w := q.d.env.W
	q.find = look.NewField(w.T("search.hint"), q.d.forward)
	q.find.OnChanged = q.d.env.Act.Search
	q.find.OnSubmitted = q.d.env.Act.Search
	q.find.OnEscape = func() { q.d.search(false) }
	box := look.Inset(look.Pad(10, 0), look.NewBox(look.Sunken, look.LineStrong, 6, look.Sides(0, 4, 0, 8),
		look.Row(4, look.NewIcon("search", look.Fg3, 14), look.Grow(q.find), look.IconButton("x", 12, func() { q.d.search(false) }))))
	plain := look.Row(6, look.NewText(w.T("queue.title"), look.Title), look.Spacer(),
		look.IconButton("search", 16, func() { q.d.search(true) }), look.IconButton("filter", 16, func() { q.menu() }))
	box.Hide()
	q.d.searchBox, q.d.titleRow = box, plain
	return look.Inset(look.Sides(0, 10, 0, 14), look.Layers(plain, box))
}

// menu chooses the segment by name, for the keyboard and for narrow columns.
func (q *queue) menu() {
	var items []look.MenuItem
	for _, s := range segments() {
		items = append(items, look.MenuItem{Word: q.d.env.W.In("segment", string(s)), Run: func() { q.d.env.Act.SetSegment(s) }})
	}
	q.d.menu(items, q.body, fyne.NewPos(120, 44))
}

func segments() []view.Segment {
	return []view.Segment{view.SegWaiting, view.SegMine, view.SegBot, view.SegClosed}
}

func (q *queue) figures(s *view.SLA, narrow bool) fyne.CanvasObject {
	w := q.d.env.W
	if s == nil {
		return look.Space(0, 0)
	}
	n, chartW := 24, float32(128)
	if narrow {
		n, chartW = 16, 84.5
	}
	recent := s.Recent[max(0, len(s.Recent)-n):]
	bars := make([]look.Bar, len(recent))
	for i, v := range recent {
		ink := look.OK
		switch {
		case v > s.TargetSeconds:
			ink = look.Bad
		case v > s.TargetSeconds/2:
			ink = look.Warn
		}
		bars[i] = look.Bar{H: float32(min(v, s.TargetSeconds+8)) * 0.86, Ink: ink}
	}
	share := "–"
	if s.Total > 0 {
		share = fmt.Sprintf("%.1f%%", 100*float64(s.Met)/float64(s.Total))
	}
	headKey, avgKey := "sla.today", "sla.average"
	if narrow {
		headKey, avgKey = "sla.today.short", "sla.average.short"
	}
	avg := look.NewSoft(w.T(avgKey, "n", fmt.Sprintf("%.1f", s.AvgSeconds)), look.Micro.In(look.Fg3))
	return look.Inset(look.Sides(0, 12, 8, 12), look.NewBox(look.Sunken, look.Line, 8, look.Pad(9, 11), look.Row(10,
		look.Grow(look.Col(0,
			cut(w.T(headKey, "n", s.TargetSeconds), look.Micro.In(look.Fg3)),
			look.RowA(6, look.Base, look.NewText(share, look.Figure), look.NewText(fmt.Sprintf("%d/%d", s.Met, s.Total), look.Micro.In(look.Fg2))))),
		look.Fix(chartW, 0, look.Col(0, look.Bars(chartW, 34, 32, 5.35, 3.6, 6, bars),
			look.Row(0, look.NewSoft(w.T("sla.recent", "n", n), look.Micro.In(look.Fg3)), look.Spacer(), avg))))))
}

// cut is a line that shortens itself when it gets less than it asks for.
func cut(s string, st look.Style) *look.Text {
	t := look.NewText(s, st)
	t.Cut = true
	return t
}

func (q *queue) segment(s view.Segment, n int, on bool) fyne.CanvasObject {
	st, count := look.Body.In(look.Fg2), look.Micro.In(look.Fg3)
	if on {
		st, count = look.Body.B().In(look.AccentText), look.Micro.B().In(look.AccentText)
	}
	if s == view.SegWaiting && n > 0 {
		count = look.Micro.B().In(look.BadText)
	}
	row := look.Row(4, look.Spacer(), look.NewText(q.d.env.W.In("segment", string(s)), st))
	if s != view.SegClosed || !q.d.narrow() {
		row.Add(look.NewText(strconv.Itoa(n), count))
	}
	row.Add(look.Spacer())
	layers := look.Layers(look.Inset(look.Edge{Bottom: 1}, row))
	if on {
		layers.Add(look.Inset(look.Edge{Top: 36, Left: 10, Right: 10}, look.NewBox(look.Accent, "", 0, look.Edge{}, nil)))
	}
	return look.Grow(look.NewTap(layers, "", 0, func() { q.d.env.Act.SetSegment(s) }))
}

// set shows another queue.
func (q *queue) set(v *view.Queue, chat string, now time.Time) {
	w := q.d.env.W
	segs := look.RowA(0, look.Stretch)
	for _, s := range segments() {
		segs.Add(q.segment(s, v.Counts[s], s == v.Selected))
	}
	put(q.segs, look.Fix(0, 38, look.Layers(look.Inset(look.Edge{Top: 37}, look.HRule(look.Line)), look.Inset(look.Pad(0, 8), segs))))
	if q.last == nil || v.Loading && !q.last.Loading {
		q.since = now
	}
	q.last, q.selected = v, chat
	q.setWaiting(v, now)
	title := w.In("segment.head", string(v.Selected))
	order := w.In("segment.order", string(v.Selected))
	if v.Selected == view.SegWaiting {
		put(q.rowsHead, look.Space(0, 0))
	} else {
		put(q.rowsHead, look.Fix(0, 28, look.Inset(look.Pad(0, 14), look.Row(6, look.NewText(title, look.Micro.B().In(look.Fg2)),
			look.Spacer(), look.NewSoft(order, look.Micro.In(look.Fg3)), look.NewIcon("down", look.Fg3, 12)))))
	}
	q.setRows(v.Rows)
	q.state(now)
}

func (q *queue) setWaiting(v *view.Queue, now time.Time) {
	w := q.d.env.W
	n := min(pinned, len(v.Waiting))
	show := v.Waiting[:n]
	head := len(q.waitHead.Objects) == 0 || (len(q.pinRows) > 0) != (n > 0)
	if head {
		if n == 0 {
			put(q.waitHead, look.Space(0, 0))
		} else {
			put(q.waitHead, look.Fix(0, 28, look.Inset(look.Pad(0, 14), look.Row(6, look.NewIcon("bell", look.BadText, 13),
				look.NewSoft(w.T("waiting.head"), look.Micro.B().In(look.Fg2)), look.Spacer(), look.Key(q.d.env.Mod(), "J"),
				look.NewText(w.T("waiting.take"), look.Micro.In(look.Fg3))))))
		}
	}
	q.pinRows = show
	for len(q.pins) < n {
		r := look.NewQueueRow(look.RowData{})
		q.pins = append(q.pins, r)
		i := len(q.pins) - 1
		r.OnTapped = func() { q.d.env.Act.Select(q.pinRows[i].ID) }
		r.OnTake = func() { q.d.env.Act.TakeOver(q.pinRows[i].ID) }
		r.OnMenu = func(at fyne.Position) { q.rowMenu(q.pinRows[i], at) }
	}
	if len(q.wait.Objects) != n {
		q.wait.Objects = nil
		for i := range n {
			q.wait.Add(q.pins[i])
		}
		if n > 0 {
			q.wait.Add(look.HRule(look.Line))
		}
	}
	q.tickPins(now)
	if rest := len(v.Waiting) - n; rest > 0 {
		put(q.more, look.NewTap(look.Fix(0, 26, look.Inset(look.Pad(0, 14), look.Row(0,
			look.NewText(w.T("waiting.more", "n", rest), look.Micro.B().In(look.BadText))))), look.Hover, 0,
			func() { q.d.env.Act.SetSegment(view.SegWaiting) }))
	} else {
		put(q.more, look.Space(0, 0))
	}
}

func (q *queue) rowMenu(r view.Row, at fyne.Position) {
	w, act := q.d.env.W, q.d.env.Act
	items := []look.MenuItem{look.MenuItem{Word: w.T("seat.take"), Run: func() { act.TakeOver(r.ID) }},
		look.MenuItem{Word: w.T("seat.peek"), Run: func() { act.Select(r.ID) }}}
	if r.Offered {
		items = append(items, look.MenuItem{Word: w.T("seat.decline"), Run: func() { act.Decline(r.ID) }})
	}
	q.d.menu(items, q.body, at.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(q.body)))
}

func (q *queue) tickPins(now time.Time) {
	for i, r := range q.pinRows {
		data := q.d.rowData(r, now, r.ID == q.selected, i == 0 || r.Offered)
		data.NoRule = i == len(q.pinRows)-1
		q.pins[i].Set(data)
		q.announce(r, data)
	}
}

// announce tells of a customer who has five seconds left, once.
func (q *queue) announce(r view.Row, data look.RowData) {
	if look.LevelOf(data.Left) != look.Critical || q.critical[r.ID] || r.Denied != "" || q.d.env.Announce == nil {
		return
	}
	if len(q.critical) > 256 {
		q.critical = map[string]bool{}
	}
	q.critical[r.ID] = true
	q.d.env.Announce(q.d.env.W.T("critical.title", "name", data.Name, "n", data.Left), data.Snippet)
}

// setRows shows other rows. While the pointer is over them they keep their order, so that nobody clicks the wrong one.
func (q *queue) setRows(rows []view.Row) {
	q.pending = false
	if q.inside {
		rows, q.pending = steady(q.rows, rows)
	}
	q.rows = rows
	entries := make([]look.Entry, len(rows))
	for i, r := range rows {
		entries[i] = look.Entry{Key: r.ID, Kind: "row"}
	}
	q.roll.SetRows(entries)
}

// steady is the new rows in the old order, new ones last, and whether that differs from the new order.
func steady(old, rows []view.Row) (out []view.Row, differs bool) {
	byID := make(map[string]view.Row, len(rows))
	for _, r := range rows {
		byID[r.ID] = r
	}
	out = make([]view.Row, 0, len(rows))
	for _, r := range old {
		if n, ok := byID[r.ID]; ok {
			out = append(out, n)
			delete(byID, r.ID)
		}
	}
	for _, r := range rows {
		if _, ok := byID[r.ID]; ok {
			out = append(out, r)
		}
	}
	for i := range out {
		if out[i].ID != rows[i].ID {
			return out, true
		}
	}
	return out, false
}

func (q *queue) cell(i int, old fyne.CanvasObject) fyne.CanvasObject {
	row, _ := old.(*look.QueueRow)
	if row == nil {
		row = look.NewQueueRow(look.RowData{})
	}
	r := q.rows[i]
	id := r.ID
	row.OnTapped = func() { q.d.env.Act.Select(id) }
	row.OnTake = func() { q.d.env.Act.TakeOver(id) }
	row.OnHover = func(in bool) {
		q.inside = in
		if !in && q.pending {
			q.setRows(q.last.Rows)
		}
	}
	row.Set(q.d.rowData(r, q.d.env.Now(), id == q.selected, false))
	return row
}

// state shows the roll, or what stands in its place.
func (q *queue) state(now time.Time) {
	w, v := q.d.env.W, q.last
	var o fyne.CanvasObject
	switch {
	case q.d.snap != nil && q.d.snap.Search != nil:
		if q.d.hit != q.d.snap.Search || q.d.hits == nil {
			q.d.hit, q.d.hits = q.d.snap.Search, q.d.results(q.d.snap.Search)
		}
		o = q.d.hits
	case v.Err != nil:
		o = problem(w, v.Err, nil)
	case len(v.Rows) > 0:
		o = q.roll
	case v.Loading && now.Sub(q.since) >= 300*time.Millisecond:
		o = look.Skeleton(4)
	case v.Loading:
		o = look.Space(0, 0)
	case v.Selected == view.SegWaiting && len(v.Waiting) > 0:
		o = look.Space(0, 0)
	default:
		o = q.empty(v)
	}
	if len(q.mid.Objects) != 1 || q.mid.Objects[0] != o {
		put(q.mid, o)
	}
}

// empty says what is fine and offers one action.
func (q *queue) empty(v *view.Queue) fyne.CanvasObject {
	w := q.d.env.W
	sub := w.In("empty.sub", string(v.Selected))
	if s := q.d.snap.SLA; v.Selected == view.SegWaiting && s != nil && !s.LastAt.IsZero() {
		sub = w.T("empty.last", "ago", w.Ago(q.d.env.Now().Sub(s.LastAt)), "n", s.LastSeconds)
	}
	var action fyne.CanvasObject
	if v.Selected != view.SegBot {
		action = look.NewButton(look.ButtonSpec{Label: w.T("empty.bots"), H: 24, Style: look.Caption, PadX: 9},
			func() { q.d.env.Act.SetSegment(view.SegBot) })
	}
	return look.Notice("check", look.OKTint, look.OKText, w.In("empty", string(v.Selected)), sub, 220, action)
}

// status is the line at the foot.
func (q *queue) status(l *view.Link, me *view.Me) {
	w := q.d.env.W
	ink, text := look.OK, ""
	switch {
	case l == nil:
		ink, text = look.LineStrong, ""
	case l.State == view.Online && l.LatencyMS > 0:
		text = w.T("status.latency", "n", l.LatencyMS)
	case l.State == view.Online:
		text = w.T("status.online")
	case l.State == view.Reconnecting:
		ink, text = look.Accent, w.T("status.reconnecting")
	default:
		ink, text = look.Warn, w.T("status.offline")
	}
	row := look.Row(6, look.Dot(ink, 8), look.NewSoft(text, look.Micro.In(look.Fg3)), look.Spacer())
	if me != nil {
		row.Add(look.NewText(w.T("status.load", "n", me.Load, "max", me.Capacity), look.Micro.In(look.Fg3)))
	}
	put(q.foot, look.Inset(look.Pad(0, 14), row))
}

func (q *queue) tick(now time.Time) {
	q.tickPins(now)
	if q.last == nil {
		return
	}
	for i, r := range q.rows {
		if r.LateSince.IsZero() && now.Sub(r.At) > 2*time.Minute {
			continue
		}
		q.roll.Each(func(key string, o fyne.CanvasObject) {
			if key == r.ID {
				o.(*look.QueueRow).Set(q.d.rowData(q.rows[i], now, key == q.selected, false))
			}
		})
	}
	if q.last.Loading {
		q.state(now)
	}
}
