package app

import (
	"context"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// talk is one conversation's log as items, kept up as events come.
type talk struct {
	conv   string
	peeked bool // made from the peek, not from the copy
	older  bool
	seq    uint64 // of the last event taken
	idx    int
	b      *builder
	out    *view.Log
}

func newTalk(m *model, s *conversation.State, evs []event.Placed, older bool) *talk {
	t := &talk{conv: s.ID, older: older, b: newBuilder(m, s)}
	for i := range evs {
		t.take(&evs[i])
	}
	return t
}

// take adds an event unless it is there.
func (t *talk) take(p *event.Placed) {
	if p.Seq < t.seq || p.Seq == t.seq && p.Idx <= t.idx && t.seq > 0 {
		return
	}
	t.seq, t.idx = p.Seq, p.Idx
	t.b.event(p)
}

// log is the talk for a snapshot; the same pointer while nothing changed.
func (t *talk) log(typing typing, me string, outbox []view.Item) *view.Log {
	s := t.b.s
	items, changed := t.b.snapshot()
	l := &view.Log{Unread: s.UnreadByAgent, Typing: typing.kind == event.Customer, Older: t.older, Loading: len(items) == 0}
	if typing.kind == event.Bot || typing.kind == event.Agent && s.Agent != me {
		l.Writing = string(typing.kind)
	}
	l.Items = items
	if len(outbox) > 0 {
		l.Items = append(items, outbox...)
	}
	if old := t.out; old != nil && !changed && old.Unread == l.Unread && old.Typing == l.Typing && old.Older == l.Older && old.Loading == l.Loading &&
		old.Writing == l.Writing && sameItems(old.Items, l.Items, len(items)) {
		return old
	}
	t.out = l
	return l
}

// sameItems compares lists from place from on; before it they are known to be the same when as long.
func sameItems(a, b []view.Item, from int) bool {
	if len(a) != len(b) {
		return false
	}
	for i := from; i < len(a); i++ {
		if a[i].ID != b[i].ID || a[i].Rev != b[i].Rev {
			return false
		}
	}
	return true
}

// talkOf is the open chat's talk, read from the copy where it is not at hand; a.mu is held.
func (a *App) talkOf(ctx context.Context, s *conversation.State) *talk {
	m := &a.m
	peeked := m.peek != nil && m.peek == s
	if t := m.talk; t == nil || t.conv != s.ID || t.peeked != peeked {
		if m.reading != nil { // what it reads is old by now
			m.limit = max(m.limit, m.reading.limit)
		}
		evs, older := m.peekEv, false
		if !peeked {
			var err error
			if evs, older, err = m.rep.Timeline(ctx, s.ID, m.limit); err != nil {
				a.warn("read timeline", err)
			}
		} else if len(evs) > m.limit {
			evs, older = evs[len(evs)-m.limit:], true
		}
		m.talk = newTalk(m, s, evs, older)
		m.talk.peeked = peeked
		m.ready()
	}
	if m.talk.b.s != s {
		m.talk.b.s = s
		m.talk.b.read(s.ReadByCustomer)
	}
	return m.talk
}

// outboxOf are the messages of a chat that are not in its log yet.
func (m *model) outboxOf(t *talk) (out []view.Item) {
	for _, w := range m.outbox {
		if w.Frame.Conv == t.conv && w.Frame.Kind == conversation.Post && !t.b.posted[w.Frame.ID] {
			out = append(out, t.b.waiting(w))
		}
	}
	return out
}

// heard gives an event of the copy to the open talk; a.mu is held.
func (m *model) heard(p *event.Placed) {
	if t := m.talk; t != nil && !t.peeked && t.conv == p.Conv {
		t.take(p)
		if m.reading != nil {
			m.reading.since = append(m.reading.since, *p)
		}
	}
}

// reading is more of the open chat on its way from the copy.
type reading struct {
	limit int
	since []event.Placed // what was heard meanwhile
	then  []func()
}

// ready says that what was read back is there.
func (m *model) ready() {
	r := m.reading
	if m.reading = nil; r == nil {
		return
	}
	for _, f := range r.then {
		f()
	}
}

// readBack makes the open talk so many events long, and calls then when it is; a.mu is held. What shows stays until then.
func (a *App) readBack(limit int, then func()) {
	m := &a.m
	t := m.talk
	if t == nil || m.rep == nil {
		return
	}
	r := &reading{limit: limit}
	if old := m.reading; old != nil {
		if old.limit >= limit {
			old.then = append(old.then, then)
			return
		}
		r.then = old.then
	}
	r.then = append(r.then, then)
	rep, evs := m.rep, m.peekEv
	if !a.pool.add("older", func(ctx context.Context) {
		older := len(evs) > limit
		if t.peeked {
			evs = evs[max(0, len(evs)-limit):]
		} else {
			var err error
			evs, older, err = rep.Timeline(ctx, t.conv, limit)
			a.warn("read timeline", err)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		if a.m.reading != r || a.m.talk != t {
			return // another chat is open, or more is wanted
		}
		longer := newTalk(&a.m, t.b.s, evs, older)
		longer.peeked = t.peeked
		for i := range r.since {
			longer.take(&r.since[i])
		}
		a.m.talk, a.m.limit = longer, limit
		a.m.ready()
		a.touch()
	}) {
		return
	}
	m.reading = r
}

// talks are all talks that show.
func (m *model) talks() (out []*talk) {
	if m.talk != nil {
		out = append(out, m.talk)
	}
	if m.past != nil && m.past.talk != nil {
		out = append(out, m.past.talk)
	}
	return out
}

// messageOf is a message of the copy; a.mu is held.
func (m *model) messageOf(id event.ID) (event.Placed, bool) {
	if m.rep == nil || !event.ValidID(id) {
		return event.Placed{}, false
	}
	p, ok, err := m.rep.Message(context.Background(), id)
	return p, ok && err == nil
}
