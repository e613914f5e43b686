package desk

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// skeletonAfter is how long nothing shows while something loads.
const skeletonAfter = 300 * time.Millisecond

// middle shows the rows, or what stands in their place. It makes nothing anew while the state stays.
func (q *queue) middle(now time.Time) {
	w, v, d := q.d.env.W, q.last, q.d
	set := func(state string, make_ func() fyne.CanvasObject) {
		if state = fmt.Sprint(state, q.mini()); state != q.state {
			q.state = state
			put(q.mid, make_())
		}
	}
	nothing := func() fyne.CanvasObject { return look.Space(0, 0) }
	switch s := d.snap; {
	case s != nil && s.Search != nil && !q.mini():
		if d.hit != s.Search || d.hits == nil || q.state != "search" {
			d.hit, d.hits, q.state = s.Search, d.results(s.Search), "search"
			put(q.mid, d.hits)
		}
	case v.Err != nil:
		set("error "+v.Err.Code+v.Err.ID, func() fyne.CanvasObject {
			if q.mini() {
				return look.Col(0, look.Space(0, 16), look.Row(0, look.Spacer(), look.NewIcon("warn", look.WarnText, 18), look.Spacer()))
			}
			return problem(w, v.Err, d.env.Act.RetryLink)
		})
	case len(q.rows) > 0 || !whole(v) && v.Counts[view.SegBot] > 0:
		set("rows", func() fyne.CanvasObject { return q.roll })
	case v.Loading && now.Sub(q.since) >= skeletonAfter:
		set("skeleton", func() fyne.CanvasObject { return look.Skeleton(4) })
	case v.Loading:
		set("loading", nothing)
	case v.Selected == view.SegWaiting && len(q.pinRows) > 0:
		set("pins", nothing)
	case q.mini():
		set("none", nothing)
	case q.filter != "" && len(v.Rows) > 0:
		set("filtered "+q.filter, func() fyne.CanvasObject {
			return look.Notice("filter", look.AccentTint, look.AccentText, w.T("empty.filtered"), w.T("empty.filtered.sub"), 220,
				look.NewButton(look.ButtonSpec{Label: w.T("filter.clear"), H: 24, Style: look.Caption, PadX: 9}, func() { q.narrow("", q.recent) }))
		})
	default:
		q.empty(v, set)
	}
}

// empty says what is fine and offers one action.
func (q *queue) empty(v *view.Queue, set func(string, func() fyne.CanvasObject)) {
	w := q.d.env.W
	sub := w.In("empty.sub", string(v.Selected))
	if s := q.d.snap.SLA; v.Selected == view.SegWaiting && s != nil && !s.LastAt.IsZero() {
		sub = w.T("empty.last", "ago", w.Ago(q.d.env.Now().Sub(s.LastAt)), "n", s.LastSeconds)
	}
	set("empty "+string(v.Selected)+sub, func() fyne.CanvasObject {
		var action fyne.CanvasObject
		if v.Selected != view.SegBot {
			action = look.NewButton(look.ButtonSpec{Label: w.T("empty.bots"), H: 24, Style: look.Caption, PadX: 9},
				func() { q.d.env.Act.SetSegment(view.SegBot) })
		}
		return look.Notice("check", look.OKTint, look.OKText, w.In("empty", string(v.Selected)), sub, 220, action)
	})
}

// due is when the queue wants to be drawn again by itself: a skeleton comes after a moment. Zero: it doesn't.
func (q *queue) due() time.Time {
	if q.last == nil || !q.last.Loading || len(q.rows) > 0 {
		return time.Time{}
	}
	return q.since.Add(skeletonAfter)
}

// status is the line at the foot: the connection and the load, or what is not well in the server's thinking. Where the rail has no words,
// low windows, it shows only for the latter: the bar below the title tells of a lost connection, and the own face of the load.
func (q *queue) status(l *view.Link, me *view.Me, h view.Health) {
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
	unwell, tip := q.unwell(h)
	if unwell != "" {
		ink, text = look.Warn, unwell
	}
	if q.d.form.low && unwell == "" {
		put(q.line, look.Space(0, 0))
		put(q.foot, look.Space(0, 0))
		return
	}
	st := look.Micro.In(look.Fg3)
	if unwell != "" {
		st = look.Micro.In(look.WarnText)
	}
	put(q.line, look.HRule(look.Line))
	var row *fyne.Container
	pad := float32(14)
	if q.mini() {
		pad = 0
		row = look.Row(5, look.Spacer(), look.Dot(ink, 8))
		if me != nil {
			row.Add(look.NewText(fmt.Sprintf("%d/%d", me.Load, me.Capacity), look.Micro.In(look.Fg3)))
		}
		row.Add(look.Spacer())
	} else {
		row = look.Row(6, look.Dot(ink, 8), look.NewSoft(text, st), look.Spacer())
		if me != nil && unwell == "" { // else it may need the whole line; the own face tells the load too
			row.Add(look.NewText(w.T("status.load", "n", me.Load, "max", me.Capacity), look.Micro.In(look.Fg3)))
		}
	}
	foot := fyne.CanvasObject(look.Fix(0, 34, look.Inset(look.Pad(0, pad), row)))
	if tip != "" {
		t := look.NewTap(foot, "", 0, nil)
		t.OnHover = func(in bool) { q.d.tip(in, tip, t) }
		foot = t
	}
	put(q.foot, foot)
}

// unwell is what is not well in the server's thinking: in short, and in full.
func (q *queue) unwell(h view.Health) (short, full string) {
	w := q.d.env.W
	var shorts, fulls []string
	if h.Models != "" {
		shorts, fulls = append(shorts, w.In("status.models", h.Models)), append(fulls, w.T("status.models."+h.Models+".tip"))
	}
	if h.Linear {
		shorts, fulls = append(shorts, w.T("status.linear")), append(fulls, w.T("status.linear.tip"))
	}
	return strings.Join(shorts, " · "), strings.Join(fulls, "；")
}
