package app

import (
	"context"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/replica"
)

// build makes a snapshot and reports whether it differs from the one before.
func (a *App) build(ctx context.Context) bool {
	old := a.snap.Load() // only build stores
	if old == nil {
		old = &view.Desk{}
	}
	a.mu.Lock()
	d := a.desk(ctx, old)
	a.mu.Unlock()
	d.Login, d.Link, d.Me = keep(old.Login, d.Login), keep(old.Link, d.Link), keep(old.Me, d.Me)
	d.SLA, d.Copilot, d.Customer = keep(old.SLA, d.SLA), keep(old.Copilot, d.Copilot), keep(old.Customer, d.Customer)
	d.Search, d.Source, d.Trace = keep(old.Search, d.Search), keep(old.Source, d.Source), keep(old.Trace, d.Trace)
	if o := old.Queue; o != nil && d.Queue != nil && sameQueue(o, d.Queue) {
		d.Queue = o
	}
	if o := old.Past; o != nil && d.Past != nil && *o == *d.Past {
		d.Past = o
	}
	if c, o := d.Chat, old.Chat; c != nil && o != nil {
		c.Head, c.Seat, c.Composer = keep(o.Head, c.Head), keep(o.Seat, c.Seat), keep(o.Composer, c.Composer)
		c.Find, c.Lost = keep(o.Find, c.Find), keep(o.Lost, c.Lost)
		if *c == *o {
			d.Chat = o
		}
	}
	if sameDesk(old, d) {
		return false
	}
	a.snap.Store(d)
	return true
}

// keep is the part before where the new one says the same.
func keep[T any](old, now *T) *T {
	if old != nil && now != nil && (old == now || reflect.DeepEqual(old, now)) {
		return old
	}
	return now
}

// sameQueue compares queues whose rows are kept: the same rows are the same slice.
func sameQueue(a, b *view.Queue) bool {
	same := func(x, y []view.Row) bool { return len(x) == len(y) && (len(x) == 0 || &x[0] == &y[0]) }
	return a.Selected == b.Selected && a.Loading == b.Loading && a.Offset == b.Offset && a.Err == b.Err && same(a.Waiting, b.Waiting) &&
		same(a.Rows, b.Rows) && maps.Equal(a.Counts, b.Counts)
}

// sameDesk compares snapshots whose parts are kept.
func sameDesk(a, b *view.Desk) bool {
	return a.Screen == b.Screen && a.Login == b.Login && a.Link == b.Link && a.Me == b.Me && reflect.DeepEqual(a.Prefs, b.Prefs) &&
		slices.Equal(a.Places, b.Places) && a.SLA == b.SLA && a.Queue == b.Queue && a.Chat == b.Chat && a.Copilot == b.Copilot &&
		a.Customer == b.Customer && a.Team == b.Team && a.Search == b.Search && reflect.DeepEqual(a.Toasts, b.Toasts) && a.Past == b.Past &&
		slices.Equal(a.Alerts, b.Alerts) && slices.Equal(a.Due, b.Due) && a.Server == b.Server && a.Place == b.Place && a.Source == b.Source && a.Trace == b.Trace && a.Health == b.Health
}

func (a *App) desk(ctx context.Context, old *view.Desk) *view.Desk {
	m := &a.m
	now := a.p.Now()
	if slices.ContainsFunc(m.toasts, func(t view.Toast) bool { return t.Until.Before(now) }) {
		m.toasts = slices.DeleteFunc(slices.Clone(m.toasts), func(t view.Toast) bool { return t.Until.Before(now) })
	}
	for conv, t := range m.typing {
		if now.Sub(t.at).Seconds() > 6 {
			delete(m.typing, conv)
		}
	}
	login := m.login
	d := &view.Desk{Screen: m.screen, Login: &login, Prefs: m.prefs, Toasts: m.toasts, Link: m.link(), Server: m.server, Place: m.place}
	d.Places = m.places()
	if m.rep == nil || m.screen != view.ScreenDesk {
		return d
	}
	a.uploads()
	m.alert(now)
	d.Alerts, d.Due = m.alerts.list, m.dueList()
	d.Me = m.me()
	d.Queue = m.queue(old.Queue)
	d.SLA, d.Team = m.sla(), m.teamView()
	d.Search, d.Source, d.Health = m.search, m.source, m.unwell()
	if s := a.state(m.selected); s != nil {
		if s.Seat == conversation.SeatBot && m.peek == nil {
			a.watch()
		}
		d.Chat = a.chat(ctx, s)
		d.Copilot, d.Customer, d.Past, d.Trace = m.copilot(s), m.customer(s), m.pastView(), m.traceView()
		a.lookBack(s)
		a.wanted()
	} else if m.lost != nil {
		d.Chat = &view.Chat{Lost: m.lost, Log: &view.Log{}, Composer: &view.Composer{Mode: m.mode, Denied: "other"},
			Head: &view.Head{ID: m.lostIn}, Seat: &view.Seat{State: view.SeatOther, TakenIn: -1, Holder: m.lost.Winner}}
	}
	return d
}

// places is the rail. The chats count what waits for this person.
func (m *model) places() []view.Place {
	chats := view.Place{Key: placeChats, Open: m.place == placeChats}
	if m.rep != nil && m.screen == view.ScreenDesk {
		chats.Count = m.board.count(view.SegWaiting)
		for _, s := range m.board.list(view.SegMine) {
			if m.unread(s) > 0 {
				chats.Count++
			}
		}
	}
	return []view.Place{chats, {Key: placeSettings, Open: m.place == placeSettings}}
}

func (m *model) link() *view.Link {
	l := &view.Link{State: view.Offline, SyncedAt: m.syncedAt, LatencyMS: m.latency, Outdated: m.outdated}
	switch {
	case m.online():
		l.State, l.SyncedAt = view.Online, m.syncedAt.Truncate(time.Minute) // each second's would redraw for nothing
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

// unwell is what is not well in the server's thinking. While nobody is connected the link says so instead.
func (m *model) unwell() (h view.Health) {
	if m.health == nil || !m.online() {
		return h
	}
	h.Linear = m.health.Reading == "linear"
	switch m.health.Models {
	case "degraded", "scripts", "budget":
		h.Models = m.health.Models
	}
	return h
}

func (m *model) me() *view.Me {
	u := m.session.User
	me := &view.Me{ID: u.ID, Name: u.Name, Role: u.Role, Face: u.ID, Status: m.presence, Capacity: u.Capacity}
	me.Load = m.board.count(view.SegMine)
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
	if m.clock.Takeover > 0 {
		s.TargetSeconds = int(m.clock.Takeover / 1000)
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

// teamView is whom chats can be passed to, made anew only when the floor was glanced at again.
func (m *model) teamView() *view.Team {
	if m.floor == nil {
		m.team, m.teamOf = nil, nil
		return nil
	}
	if m.team != nil && m.teamOf == m.floor && m.teamLang == m.prefs.Lang {
		return m.team
	}
	t := &view.Team{}
	for _, r := range m.floor.Agents {
		if r.ID == m.session.User.ID {
			continue
		}
		var groups []string
		for _, g := range r.Groups {
			groups = append(groups, m.group(g))
		}
		t.Agents = append(t.Agents, view.Colleague{ID: r.ID, Name: r.Name, Group: strings.Join(groups, "、"), Status: view.Presence(r.Status),
			Load: r.Load, Capacity: r.Capacity})
	}
	for _, g := range m.session.User.Groups {
		t.Groups = append(t.Groups, view.Choice{Key: g, Name: m.group(g)})
	}
	m.team, m.teamOf, m.teamLang = keep(m.team, t), m.floor, m.prefs.Lang
	return m.team
}
