package app

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"agentdesk/app/view"
	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/replica"
)

// build makes a snapshot and reports whether it differs from the one before.
func (a *App) build(ctx context.Context) bool {
	a.mu.Lock()
	d := a.desk(ctx)
	a.mu.Unlock()
	old := a.snap.Load()
	if old == nil {
		old = &view.Desk{}
	}
	d.Login, d.Link, d.Me = keep(old.Login, d.Login), keep(old.Link, d.Link), keep(old.Me, d.Me)
	d.SLA, d.Queue, d.Copilot, d.Customer = keep(old.SLA, d.SLA), keep(old.Queue, d.Queue), keep(old.Copilot, d.Copilot), keep(old.Customer, d.Customer)
	d.Team, d.Search = keep(old.Team, d.Team), keep(old.Search, d.Search)
	if d.Chat != nil && old.Chat != nil {
		d.Chat.Head, d.Chat.Seat = keep(old.Chat.Head, d.Chat.Head), keep(old.Chat.Seat, d.Chat.Seat)
		d.Chat.Log, d.Chat.Composer = keep(old.Chat.Log, d.Chat.Log), keep(old.Chat.Composer, d.Chat.Composer)
	}
	d.Chat = keep(old.Chat, d.Chat)
	if reflect.DeepEqual(old, d) {
		return false
	}
	a.snap.Store(d)
	return true
}

// keep is the part before where the new one says the same.
func keep[T any](old, now *T) *T {
	if old != nil && now != nil && reflect.DeepEqual(old, now) {
		return old
	}
	return now
}

func (a *App) desk(ctx context.Context) *view.Desk {
	m := &a.m
	now := a.p.Now()
	m.toasts = slices.DeleteFunc(slices.Clone(m.toasts), func(t view.Toast) bool { return t.Until.Before(now) })
	for conv, t := range m.typing {
		if now.Sub(t.at).Seconds() > 6 {
			delete(m.typing, conv)
		}
	}
	login := m.login
	d := &view.Desk{Screen: m.screen, Login: &login, Prefs: m.prefs, Toasts: m.toasts, Link: m.link(),
		Places: []view.Place{{Key: "chats", Open: true}}}
	if m.rep == nil || m.screen != view.ScreenDesk {
		return d
	}
	d.Me = m.me()
	d.Queue = m.queue()
	d.SLA, d.Team = m.sla(), m.team()
	d.Search = m.search
	if s := a.state(m.selected); s != nil {
		d.Chat = a.chat(ctx, s)
		d.Copilot, d.Customer = m.copilot(s), m.customer(s)
		if m.screen == view.ScreenDesk && s.Seat == conversation.SeatBot && m.peek == nil {
			a.watch()
		}
	} else if m.lost != nil {
		d.Chat = &view.Chat{Lost: m.lost, Log: &view.Log{}, Composer: &view.Composer{Mode: m.mode, Denied: "other"},
			Head: &view.Head{ID: m.lostIn}, Seat: &view.Seat{State: view.SeatOther, TakenIn: -1, Holder: m.lost.Winner}}
	}
	return d
}

func (m *model) link() *view.Link {
	l := &view.Link{State: view.Offline, SyncedAt: m.syncedAt, LatencyMS: m.status.LatencyMS, Outdated: m.outdated}
	switch {
	case m.status.Phase == client.Online:
		l.State = view.Online
	case m.cl != nil && m.status.Attempt > 3:
		l.State, l.Attempt, l.RetryAt = view.Offline, m.status.Attempt, m.status.RetryAt
	case m.cl != nil:
		l.State, l.Attempt, l.RetryAt = view.Reconnecting, m.status.Attempt, m.status.RetryAt
	}
	for _, w := range m.outbox {
		if w.State == replica.Held {
			l.Outbox++
		}
	}
	return l
}

func (m *model) me() *view.Me {
	u := m.session.User
	me := &view.Me{ID: u.ID, Name: u.Name, Role: u.Role, Face: u.ID, Status: m.presence, Capacity: u.Capacity}
	me.Load = len(m.segmentStates(view.SegMine))
	if m.floor != nil {
		for _, r := range m.floor.Agents {
			if r.ID == u.ID && r.Status != "" {
				me.Status = view.Presence(r.Status)
			}
		}
	}
	return me
}

func (m *model) sla() *view.SLA {
	if m.floor == nil {
		return nil
	}
	t := m.floor.Today
	s := &view.SLA{TargetSeconds: 30, Met: t.Met, Total: t.Total, AvgSeconds: t.Mean}
	if m.takeover > 0 {
		s.TargetSeconds = int(m.takeover / 1000)
	}
	for _, ms := range t.Recent {
		s.Recent = append(s.Recent, int(ms/1000))
	}
	for _, c := range m.segmentStates(view.SegMine) {
		if at := m.at(c.Hold.Since); c.Hold.Waited > 0 && at.After(s.LastAt) {
			s.LastAt, s.LastSeconds = at, int(c.Hold.Waited/1000)
		}
	}
	return s
}

func (m *model) team() *view.Team {
	if m.floor == nil {
		return nil
	}
	t := &view.Team{}
	for _, r := range m.floor.Agents {
		if r.ID == m.session.User.ID {
			continue
		}
		t.Agents = append(t.Agents, view.Colleague{ID: r.ID, Name: r.Name, Group: strings.Join(r.Groups, ", "), Status: view.Presence(r.Status),
			Load: r.Load, Capacity: r.Capacity})
	}
	for _, g := range m.session.User.Groups {
		t.Groups = append(t.Groups, view.Choice{Key: g, Name: g})
	}
	return t
}

// segmentStates are the conversations of a segment in the order shown.
func (m *model) segmentStates(seg view.Segment) (out []*conversation.State) {
	if m.rep == nil {
		return nil
	}
	me := m.session.User.ID
	if seg == view.SegBot {
		for _, id := range m.botOrder {
			if s := m.rep.State(id); s == nil || s.Seat == conversation.SeatBot || s.LastSeq < m.bots[id].LastSeq {
				out = append(out, m.bots[id])
			}
		}
		return out
	}
	for _, s := range m.rep.States() {
		in := false
		switch seg {
		case view.SegWaiting:
			in = s.Seat == conversation.SeatWaiting
		case view.SegMine:
			in = s.Seat == conversation.SeatHuman && s.Agent == me && s.Hold != nil
		case view.SegClosed:
			in = s.Seat == conversation.SeatClosed
		}
		if in {
			out = append(out, s)
		}
	}
	slices.SortFunc(out, func(x, y *conversation.State) int {
		if seg == view.SegWaiting {
			if x.Wait.Since != y.Wait.Since {
				return int(x.Wait.Since - y.Wait.Since)
			}
		} else if x.LastAt != y.LastAt {
			return int(y.LastAt - x.LastAt)
		}
		return strings.Compare(x.ID, y.ID)
	})
	return out
}

func (m *model) queue() *view.Queue {
	q := &view.Queue{Selected: m.segment, Counts: map[view.Segment]int{}}
	if q.Selected == "" {
		q.Selected = view.SegMine
	}
	for _, seg := range []view.Segment{view.SegWaiting, view.SegMine, view.SegBot, view.SegClosed} {
		states := m.segmentStates(seg)
		q.Counts[seg] = len(states)
		if seg == view.SegBot && m.botTotal > len(states) {
			q.Counts[seg] = m.botTotal
		}
		if seg != view.SegWaiting && seg != q.Selected {
			continue
		}
		for _, s := range states {
			if seg == view.SegWaiting {
				q.Waiting = append(q.Waiting, m.row(s))
			} else {
				q.Rows = append(q.Rows, m.row(s))
			}
		}
	}
	q.Loading = !m.caught && m.cl != nil && len(q.Rows)+len(q.Waiting) == 0 && m.syncedAt.IsZero()
	return q
}

func name(s *conversation.State) string {
	for _, n := range []string{s.Name, s.Nick, s.Customer} {
		if n != "" {
			return n
		}
	}
	return s.ID
}

func (m *model) row(s *conversation.State) view.Row {
	r := view.Row{ID: s.ID, Name: name(s), Face: s.Customer, Channel: s.Channel, Tier: s.Tier, Snippet: s.Snippet, By: view.Speaker(s.SnippetBy.Kind),
		Mood: label.Emotion(s.Emotion), Unread: s.UnreadByAgent, At: m.at(max(s.LastCustomerAt, s.LastReplyAt, s.OpenedAt))}
	r.Typing = m.typing[s.ID].kind == event.Customer
	if s.Wait != nil {
		r.Deadline = m.deadline(s)
		r.Offered = offered(s, m.session.User.ID) != nil
		r.Denied = m.denied(s)
	}
	r.Tags = tags(s)
	if s.Agent == m.session.User.ID && s.Seat == conversation.SeatHuman && s.Nudged {
		r.LateSince = m.at(s.UnansweredSince)
	}
	return r
}

func tags(s *conversation.State) (out []view.Tag) {
	if s.Reason != "" {
		r := label.Reason(s.Reason)
		out = append(out, view.Tag{Key: s.Reason, Alarm: r == label.ByAdverse || r == label.ByAnger})
	}
	if s.High && s.Reason != "high_value" {
		out = append(out, view.Tag{Key: "high_value"})
	}
	if len(out) == 0 && s.Intent != "" {
		out = append(out, view.Tag{Key: s.Intent})
	}
	return out
}

// denied is why a chat may not be taken over, "" for may. The floor has the last word.
func (m *model) denied(s *conversation.State) string {
	u := m.session.User
	switch {
	case m.status.Phase != client.Online:
		return "offline"
	case s.Seat == conversation.SeatClosed:
		return "closed"
	case u.Role == conversation.RoleSupervisor:
		return ""
	case len(m.segmentStates(view.SegMine)) >= u.Capacity:
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

func (a *App) find(ctx context.Context, query string) *view.Search {
	out := &view.Search{Query: query}
	if a.m.rep == nil {
		return out
	}
	needle := strings.ToLower(query)
	for _, s := range a.m.rep.States() {
		evs, _, err := a.m.rep.Timeline(ctx, s.ID, pageEvents)
		a.warn("search", err)
		for i := range evs {
			var p event.PostedPrivate
			if evs[i].Type != event.Posted || evs[i].Decode(nil, &p) != nil || !strings.Contains(strings.ToLower(p.Text), needle) {
				continue
			}
			out.Results = append(out.Results, view.Hit{Conversation: s.ID, Message: evs[i].ID, Name: name(s), Text: p.Text, At: a.m.at(evs[i].Time)})
		}
	}
	slices.SortFunc(out.Results, func(x, y view.Hit) int { return y.At.Compare(x.At) })
	out.Results = out.Results[:min(len(out.Results), 100)]
	return out
}
