package app

import (
	"slices"
	"time"
	"unsafe"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/wire"
)

// Rows of the bot segment that the server sends around the first one that shows.
const (
	windowRows  = 200
	windowStep  = 50
	windowAhead = 75 // rows above the first one that shows
)

// segment is a segment's conversations in the order shown.
func (m *model) segmentStates(seg view.Segment) []*conversation.State {
	if m.rep == nil {
		return nil
	}
	if seg != view.SegBot {
		return m.board.list(seg)
	}
	var out []*conversation.State
	for _, id := range m.botOrder {
		if s := m.rep.State(id); s == nil || s.Seat == conversation.SeatBot || s.LastSeq < m.bots[id].LastSeq {
			out = append(out, m.bots[id])
		}
	}
	return out
}

// cachedRow is a row as it was made last, with what it was made from.
type cachedRow struct {
	s      *conversation.State
	typing bool
	denied string
	offset int64
	row    view.Row
}

func (m *model) queue(old *view.Queue) *view.Queue {
	q := &view.Queue{Selected: m.segment, Counts: map[view.Segment]int{}}
	if q.Selected == "" {
		q.Selected = view.SegMine
	}
	if old == nil {
		old = &view.Queue{}
	}
	for _, seg := range []view.Segment{view.SegWaiting, view.SegMine, view.SegClosed} {
		q.Counts[seg] = m.board.count(seg)
	}
	q.Waiting = m.rowsOf(m.segmentStates(view.SegWaiting), old.Waiting)
	bots := m.segmentStates(view.SegBot)
	q.Counts[view.SegBot] = max(m.botTotal, len(bots))
	switch q.Selected {
	case view.SegBot:
		q.Rows, q.Offset = m.rowsOf(bots, old.Rows), m.botOffset
	case view.SegWaiting:
	default:
		q.Rows = m.rowsOf(m.segmentStates(q.Selected), old.Rows)
	}
	q.Loading = !m.caught && m.cl != nil && len(q.Rows)+len(q.Waiting) == 0 && m.syncedAt.IsZero()
	return q
}

// rowsOf are the rows of states: the very slice from before where they say the same.
func (m *model) rowsOf(states []*conversation.State, old []view.Row) []view.Row {
	if len(states) == 0 {
		return nil
	}
	same := len(old) == len(states)
	rows := make([]view.Row, len(states))
	for i, s := range states {
		rows[i] = m.row(s)
		same = same && sameRow(&rows[i], &old[i])
	}
	if same {
		return old
	}
	return rows
}

// sameRow compares rows; tags that say the same are the same slice, as rows are kept.
func sameRow(a, b *view.Row) bool {
	return a.ID == b.ID && a.Name == b.Name && a.Face == b.Face && a.Channel == b.Channel && a.Tier == b.Tier && a.Snippet == b.Snippet &&
		a.By == b.By && a.Typing == b.Typing && a.Mood == b.Mood && a.Unread == b.Unread && a.At.Equal(b.At) && a.Deadline.Equal(b.Deadline) &&
		a.Offered == b.Offered && a.Denied == b.Denied && a.LateSince.Equal(b.LateSince) &&
		(len(a.Tags) == len(b.Tags) && unsafe.SliceData(a.Tags) == unsafe.SliceData(b.Tags) || slices.Equal(a.Tags, b.Tags))
}

func (m *model) row(s *conversation.State) view.Row {
	typing := m.typing[s.ID].kind == event.Customer
	denied := ""
	if s.Wait != nil {
		denied = m.denied(s)
	}
	c := m.rows[s.ID]
	if c == nil || c.s != s || c.typing != typing || c.denied != denied || c.offset != m.offset {
		c = &cachedRow{s, typing, denied, m.offset, m.makeRow(s, typing, denied)}
		m.rows[s.ID] = c
	}
	return c.row
}

func (m *model) makeRow(s *conversation.State, typing bool, denied string) view.Row {
	r := view.Row{ID: s.ID, Name: name(s), Face: s.Customer, Channel: s.Channel, Tier: s.Tier, Snippet: s.Snippet, By: view.Speaker(s.SnippetBy.Kind),
		Mood: conversation.TrendOf(s.Emotions).Emotion(), Unread: s.UnreadByAgent, At: m.at(max(s.LastCustomerAt, s.LastReplyAt, s.OpenedAt)), Typing: typing, Tags: tags(s)}
	if s.Wait != nil {
		r.Deadline = m.deadline(s)
		r.Offered = offered(s, m.session.User.ID) != nil
		r.Denied = denied
	}
	if s.Agent == m.session.User.ID && s.Seat == conversation.SeatHuman && s.Nudged {
		r.LateSince = m.at(s.UnansweredSince)
	}
	return r
}

// forgetRow drops what a row was made from, so that a board of years doesn't keep every state it ever saw.
func (m *model) forgetRow(id string) { delete(m.rows, id) }

func name(s *conversation.State) string {
	for _, n := range []string{s.Name, s.Nick, s.Customer} {
		if n != "" {
			return n
		}
	}
	return s.ID
}

func tags(s *conversation.State) (out []view.Tag) {
	if s.Reason != "" {
		out = append(out, view.Tag{Key: s.Reason, Alarm: alarming(s.Reason)})
	}
	if s.High && s.Reason != "high_value" {
		out = append(out, view.Tag{Key: "high_value"})
	}
	if len(out) == 0 && s.Intent != "" {
		out = append(out, view.Tag{Key: s.Intent})
	}
	return out
}

func alarming(reason string) bool {
	r := label.Reason(reason)
	return r == label.ByAdverse || r == label.ByAnger
}

func (m *model) deadline(s *conversation.State) time.Time {
	ms := m.clock.Takeover
	if ms == 0 {
		ms = 30_000
	}
	return m.at(s.Wait.Since + ms)
}

// denied is why a chat may not be taken over, "" for may. The floor has the last word.
func (m *model) denied(s *conversation.State) string {
	u := &m.session.User
	switch {
	case !m.online():
		return "offline"
	case s.Seat == conversation.SeatClosed:
		return "closed"
	case u.Role == conversation.RoleSupervisor:
		return ""
	case m.board.count(view.SegMine) >= u.Capacity:
		return "full"
	}
	group := s.Group
	if s.Wait != nil {
		group = s.Wait.Group
		if s.Wait.Target == u.ID || s.Wait.Fallback == u.ID {
			return ""
		}
	}
	if !slices.Contains(u.Groups, group) {
		return "group"
	}
	return ""
}

// SetWindow implements view.Actions.
func (a *App) SetWindow(offset int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	from := max(0, offset-windowAhead) / windowStep * windowStep
	if from != a.m.botFrom {
		a.m.botFrom = from
		a.tellWindow()
	}
}

// tellWindow asks for rows of bot chats; a.mu is held.
func (a *App) tellWindow() {
	if a.m.cl != nil {
		a.m.cl.Tell(wire.In{T: wire.TWindow, On: true, Offset: a.m.botFrom, Limit: windowRows})
	}
}
