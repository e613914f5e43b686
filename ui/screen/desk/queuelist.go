package desk

import (
	"fmt"
	"slices"

	"agentdesk/app/view"
	"agentdesk/sync/label"
	"agentdesk/ui/look"
)

// filters are the keys of what the rows can be narrowed to: "filter.<key>".
func filters() []string { return []string{"", "unread", "late", "value", "mood"} }

// passes reports whether a row is among those of a filter.
func passes(filter string, r view.Row) bool {
	switch filter {
	case "unread":
		return r.Unread > 0
	case "late":
		return !r.LateSince.IsZero() || r.By == view.ByCustomer
	case "value":
		return r.Tier == "gold" || r.Tier == "platinum" || r.Tier == "black" ||
			slices.ContainsFunc(r.Tags, func(t view.Tag) bool { return t.Key == "high_value" })
	case "mood":
		return r.Mood == label.Anxious || r.Mood == label.Dissatisfied || r.Mood == label.Angry
	}
	return true
}

// whole says that the rows are all there are; the bot's list is a window of them.
func whole(v *view.Queue) bool {
	return v.Selected != view.SegBot || v.Offset == 0 && len(v.Rows) >= v.Counts[view.SegBot]
}

// chosen is the rows that the person wants to see, in the order wanted.
func (q *queue) chosen(v *view.Queue) []view.Row {
	rows := v.Rows
	if v.Selected == view.SegBot {
		return rows
	}
	if q.filter != "" {
		rows = slices.DeleteFunc(slices.Clone(rows), func(r view.Row) bool { return !passes(q.filter, r) })
	}
	if q.recent {
		rows = slices.Clone(rows)
		slices.SortStableFunc(rows, func(a, b view.Row) int { return b.At.Compare(a.At) })
	}
	return rows
}

// offset is how many rows come before those that are known.
func (q *queue) offset() int {
	if q.last == nil || q.last.Selected != view.SegBot {
		return 0
	}
	return q.last.Offset
}

// entries names the rows of the roll; those of the bot's list that are not known yet have no identity.
func (q *queue) entries() []look.Entry {
	off, n := q.offset(), len(q.rows)
	total := off + n
	if q.last != nil && !whole(q.last) {
		total = max(total, q.last.Counts[view.SegBot])
	}
	kind, blank := "row", "blank"
	if q.mini() {
		kind, blank = "mini", "miniblank"
	}
	out := make([]look.Entry, total)
	for i := range out {
		if i >= off && i < off+n {
			out[i] = look.Entry{Key: q.rows[i-off].ID, Kind: kind}
		} else {
			out[i] = look.Entry{Key: fmt.Sprint("#", i), Kind: blank}
		}
	}
	return out
}

// window asks for the part of the bot's list that is in view.
func (q *queue) window() {
	v := q.last
	if v == nil || whole(v) {
		return
	}
	first, last := q.roll.View()
	if first < 0 {
		return
	}
	const margin = 8 // rows that are asked for before they come into view
	from, to := v.Offset, v.Offset+len(v.Rows)
	early := first < from+margin && from > 0
	late := last > to-margin && to < v.Counts[view.SegBot]
	if (early || late) && first != q.asked {
		q.asked = first
		q.d.env.Act.SetWindow(first)
	}
}
