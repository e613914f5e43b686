package desk

import (
	"fmt"
	"strconv"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// title is the head of the queue, or the search line in its place.
func (q *queue) title() fyne.CanvasObject {
	w, d := q.d.env.W, q.d
	if q.mini() {
		b := look.IconButton("right", 16, func() { d.expandQueue() })
		b.OnHover = func(in bool) { d.tip(in, w.T("queue.expand"), b) }
		return look.Fix(0, 52, look.Row(0, look.Spacer(), b, look.Spacer()))
	}
	frame := look.NewBox(look.Sunken, look.LineStrong, 6, look.Sides(0, 4, 0, 8),
		look.Row(4, look.NewIcon("search", look.Fg3, 14), look.Grow(q.find), look.IconButton("x", 12, func() { d.search(false) })))
	q.find.OnFocus = func(on bool) {
		if on {
			frame.SetInk(look.Panel, look.Accent)
		} else {
			frame.SetInk(look.Sunken, look.LineStrong)
		}
	}
	box := look.Inset(look.Pad(10, 0), frame)
	filter := look.IconButton("filter", 16, nil)
	if q.filter != "" || q.recent {
		filter = look.NewButton(look.ButtonSpec{Kind: look.Tint, Icon: "filter", IconD: 16, H: 28, PadX: 6}, nil)
	}
	filter.OnTapped = func() { q.menu(filter) }
	plain := look.Row(6, look.NewText(w.T("queue.title"), look.Title), look.Spacer(),
		look.IconButton("search", 16, func() { d.search(true) }), filter)
	box.Hidden, plain.Hidden = !d.searching, d.searching
	d.searchBox, d.titleRow = box, plain
	return look.Fix(0, 52, look.Inset(look.Sides(0, 10, 0, 14), look.Layers(plain, box)))
}

// menu narrows and orders the rows, and chooses the segment in a collapsed queue.
func (q *queue) menu(at fyne.CanvasObject) {
	w := q.d.env.W
	var items []look.MenuItem
	if q.mini() {
		for _, s := range segments() {
			word := w.In("segment", string(s))
			if n := q.last.Counts[s]; n > 0 {
				word += " " + strconv.Itoa(n)
			}
			items = append(items, look.MenuItem{Word: word, On: s == q.last.Selected, Run: func() { q.d.env.Act.SetSegment(s) }})
		}
		items = append(items, look.MenuItem{})
	}
	if q.last.Selected == view.SegBot || q.last.Selected == view.SegWaiting {
		items = append(items, look.MenuItem{Word: w.T("filter.none")})
	} else {
		items = append(items, look.MenuItem{Word: w.T("filter.title")})
		for _, f := range filters() {
			key := f
			if key == "" {
				key = "all"
			}
			items = append(items, look.MenuItem{Word: w.In("filter", key), On: f == q.filter, Run: func() { q.narrow(f, q.recent) }})
		}
		items = append(items, look.MenuItem{}, look.MenuItem{Word: w.T("order.title")})
		for i, key := range []string{w.In("segment.order", string(q.last.Selected)), w.T("order.recent")} {
			if i == 1 && q.last.Selected != view.SegMine {
				break // the others are newest first already
			}
			items = append(items, look.MenuItem{Word: key, On: q.recent == (i == 1), Run: func() { q.narrow(q.filter, i == 1) }})
		}
	}
	q.d.menu(items, at, fyne.NewPos(0, at.Size().Height+4))
}

// narrow shows other rows, or the same in another order.
func (q *queue) narrow(filter string, recent bool) {
	q.filter, q.recent = filter, recent
	q.hand = hand{}
	put(q.head, q.title())
	q.shape = ""
	q.arrange(q.d.env.Now())
}

func segments() []view.Segment {
	return []view.Segment{view.SegWaiting, view.SegMine, view.SegBot, view.SegClosed}
}

// figures is how the day goes: takeovers within the target.
func (q *queue) figures(s *view.SLA) fyne.CanvasObject {
	w := q.d.env.W
	if s == nil {
		return look.Space(0, 0)
	}
	share := "–"
	if s.Total > 0 {
		share = fmt.Sprintf("%.1f%%", 100*float64(s.Met)/float64(s.Total))
	}
	if q.mini() {
		if s.Total > 0 {
			share = fmt.Sprintf("%.0f%%", 100*float64(s.Met)/float64(s.Total))
		}
		t := look.NewText(share, look.Body.B())
		tap := look.NewTap(look.Fix(0, 30, look.Row(0, look.Spacer(), t, look.Spacer())), look.Hover, 0, nil)
		tap.OnHover = func(in bool) {
			q.d.tip(in, w.T("sla.today", "n", s.TargetSeconds)+" "+fmt.Sprintf("%d/%d", s.Met, s.Total), tap)
		}
		return tap
	}
	narrow := q.d.form.queue < 300
	n, chartW := 24, float32(128)
	if narrow {
		n, chartW = 16, 84.5
	}
	headKey, avgKey := "sla.today", "sla.average"
	if narrow || look.TextScale() > 1 {
		headKey, avgKey = "sla.today.short", "sla.average.short"
	}
	avg := w.T(avgKey, "n", fmt.Sprintf("%.1f", s.AvgSeconds))
	if s.Total == 0 {
		avg = ""
	}
	n = min(n, len(s.Recent))
	left := look.Col(0, cut(w.T(headKey, "n", s.TargetSeconds), look.Micro.In(look.Fg3)),
		look.RowA(6, look.Base, look.NewText(share, look.Figure), look.NewText(fmt.Sprintf("%d/%d", s.Met, s.Total), look.Micro.In(look.Fg2))))
	row, right := look.Row(10, look.Grow(left)), float32(6)
	if narrow {
		right = 13
	}
	switch {
	case n == 0:
	case left.MinSize().Width+chartW+10 > q.d.form.queue-47: // large text: the chart gives way
		row.Add(look.NewText(avg, look.Micro.In(look.Fg3)))
	default:
		row.Add(look.Fix(chartW, 0, look.Col(0, recentBars(s, n, chartW),
			look.Row(0, look.NewSoft(w.T("sla.recent", "n", n), look.Micro.In(look.Fg3)), look.Spacer(), look.NewSoft(avg, look.Micro.In(look.Fg3))))))
	}
	return look.Inset(look.Sides(0, 12, 8, 12), look.NewBox(look.Sunken, look.Line, 8, look.Sides(9, right, 9, 11), row))
}

// recentBars draws the seconds of the last takeovers.
func recentBars(s *view.SLA, n int, width float32) fyne.CanvasObject {
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
	return look.Bars(width, 34, 32, 5.35, 3.6, 6, bars)
}

// cut is a line that shortens itself when it gets less than it asks for.
func cut(s string, st look.Style) *look.Text {
	t := look.NewText(s, st)
	t.Cut = true
	return t
}

// segments shows the tabs, with as many counts as have room.
func (q *queue) segments(v *view.Queue) {
	w := q.d.env.W
	if q.mini() {
		var b *look.Button
		b = look.NewButton(look.ButtonSpec{Kind: look.Ghost, Label: w.In("segment", string(v.Selected)), H: 28, Style: look.Micro.B(), PadX: 4}, func() { q.menu(b) })
		put(q.segs, look.Layers(look.Foot(1, 0, look.Line), look.Fix(0, 38, look.Row(0, look.Spacer(), b, look.Spacer()))))
		return
	}
	counted := segments()
	if q.d.form.icons {
		counted = counted[:3]
	}
	var tabs *fyne.Container
	for st := look.Body; ; {
		tabs = look.Shares()
		for i, s := range segments() {
			tabs.Add(q.segment(s, v.Counts[s], s == v.Selected, i < len(counted), st))
		}
		const apart = 24 // between the four of them
		fits := tabs.MinSize().Width+apart <= q.d.form.queue-17
		switch {
		case !fits && len(counted) > 0:
			counted = counted[:len(counted)-1]
			continue
		case !fits && st == look.Body:
			st = look.Caption
			continue
		}
		break
	}
	put(q.segs, look.Fix(0, 38, look.Layers(look.Foot(1, 0, look.Line), look.Inset(look.Pad(0, 8), tabs))))
}

func (q *queue) segment(s view.Segment, n int, on, counted bool, st look.Style) fyne.CanvasObject {
	count := look.Micro.In(look.Fg3)
	if on {
		st, count = st.B().In(look.AccentText), look.Micro.B().In(look.AccentText)
	} else {
		st = st.In(look.Fg2)
	}
	if s == view.SegWaiting && n > 0 {
		count = look.Micro.B().In(look.BadText)
	}
	row := look.Row(4, look.NewText(q.d.env.W.In("segment", string(s)), st))
	if counted || s == view.SegWaiting && n > 0 {
		row.Add(look.NewText(q.d.env.W.Count(n), count))
	}
	layers := look.Layers(look.Inset(look.Edge{Bottom: 1}, look.Row(0, look.Spacer(), row, look.Spacer())))
	if on {
		layers.Add(look.Foot(2, 10, look.Accent))
	}
	return look.NewTap(layers, "", 0, func() { q.d.env.Act.SetSegment(s) })
}

// shapeOf names the lines above the rows, so that they are made anew only when they change.
func (q *queue) shapeOf(waiting, more bool, v *view.Queue) string {
	return fmt.Sprint(waiting, more, v.Selected, q.mini(), q.filter, q.recent, look.TextScale(), q.d.form.queue)
}

// waitTitle is the line above those who wait.
func (q *queue) waitTitle(any bool) {
	w := q.d.env.W
	switch {
	case !any:
		put(q.waitHead, look.Space(0, 0))
	case q.mini():
		put(q.waitHead, look.Fix(0, 28, look.Row(0, look.Spacer(), look.NewIcon("bell", look.BadText, 15), look.Spacer())))
	default:
		put(q.waitHead, look.Fix(0, 28, look.Inset(look.Pad(0, 14), look.Row(6, look.NewIcon("bell", look.BadText, 13),
			look.NewSoft(w.T("waiting.head"), look.Micro.B().In(look.Fg2)), look.Spacer(), look.Key(q.d.env.Mod(), "J"),
			look.NewText(w.T("waiting.take"), look.Micro.In(look.Fg3))))))
	}
}

// rowsTitle is the line above the rows of the segment: what they are, and in which order.
func (q *queue) rowsTitle(v *view.Queue) {
	w := q.d.env.W
	if v.Selected == view.SegWaiting || q.mini() {
		put(q.rowsHead, look.Space(0, 0))
		return
	}
	title := w.In("segment.head", string(v.Selected))
	if q.filter != "" {
		title = w.T("filter.on", "what", w.In("filter", q.filter))
	}
	order := w.In("segment.order", string(v.Selected))
	if q.recent {
		order = w.T("order.recent")
	}
	right := look.Row(6, look.NewText(order, look.Micro.In(look.Fg3)), look.NewIcon("down", look.Fg3, 12))
	var tap *look.Tap
	tap = look.NewTap(look.Fix(0, 24, right), "", 4, func() { q.menu(tap) })
	row := look.Row(6, look.NewSoft(title, look.Micro.B().In(look.Fg2)))
	if q.filter != "" {
		row.Add(look.NewTap(look.Fix(0, 24, look.Row(0, look.NewText(w.T("filter.clear"), look.Micro.In(look.AccentText)))), "", 4,
			func() { q.narrow("", q.recent) }))
	}
	row.Add(look.Spacer())
	row.Add(tap)
	put(q.rowsHead, look.Fix(0, 28, look.Inset(look.Pad(0, 14), row)))
}

// moreLine counts those who wait beyond the pinned ones. While the pointer holds the rows it neither comes nor goes.
func (q *queue) moreLine(rest int, hold bool) {
	w := q.d.env.W
	shows := len(q.more.Objects) == 1 && q.more.Objects[0].MinSize().Height > 0
	if hold && shows != (rest > 0) {
		return
	}
	if rest <= 0 {
		put(q.more, look.Space(0, 0))
		return
	}
	go_ := func() { q.d.env.Act.SetSegment(view.SegWaiting) }
	text := look.NewText(w.T("waiting.more", "n", rest), look.Micro.B().In(look.BadText))
	row := look.Row(0, text)
	pad := float32(14)
	if q.mini() {
		text.Set("+" + strconv.Itoa(rest))
		row, pad = look.Row(0, look.Spacer(), text, look.Spacer()), 0
	}
	put(q.more, look.NewTap(look.Fix(0, 26, look.Inset(look.Pad(0, pad), row)), look.Hover, 0, go_))
}
