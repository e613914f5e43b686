package app

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/replica"
)

const maxDraft = 2000 // runes that the composer takes

func (m *model) deadline(s *conversation.State) time.Time {
	ms := m.takeover
	if ms == 0 {
		ms = 30_000
	}
	return m.at(s.Wait.Since + ms)
}

func (a *App) chat(ctx context.Context, s *conversation.State) *view.Chat {
	m := &a.m
	c := &view.Chat{Head: m.head(s), Seat: m.seat(s)}
	if m.lostIn == s.ID {
		c.Lost = m.lost
		if c.Lost != nil {
			l := *c.Lost
			l.Next = len(m.segmentStates(view.SegWaiting)) > 0
			c.Lost = &l
		}
	}
	c.Log = a.logOf(ctx, s)
	d := a.draft(s.ID, m.mode)
	c.Composer = &view.Composer{Mode: m.mode, Draft: d.text, DraftRev: d.rev, Limit: maxDraft, Findings: d.findings, Back: d.back}
	if m.mode == view.ModeReply {
		switch c.Seat.State {
		case view.SeatMine:
			c.Composer.Tools = []view.Tool{view.ToolEmoji}
		default:
			c.Composer.Denied = string(c.Seat.State)
		}
	}
	return c
}

func (m *model) head(s *conversation.State) *view.Head {
	h := &view.Head{ID: s.ID, Name: name(s), Face: s.Customer, Channel: s.Channel, Nick: s.Nick, Tier: s.Tier, Mood: label.Emotion(s.Emotion),
		Opened: m.at(s.OpenedAt), Closed: m.at(s.ClosedAt)}
	for _, e := range s.Emotions {
		h.Trend = append(h.Trend, label.Emotion(e))
	}
	if p := m.panels[s.ID]; p != nil && p.Facts != nil {
		f := p.Facts
		if f.Name != "" {
			h.Name = f.Name
		}
		for _, fact := range []string{f.Skin, f.City} {
			if fact != "" {
				h.Facts = append(h.Facts, fact)
			}
		}
		h.Since = m.at(f.Joined)
	}
	return h
}

func (m *model) seat(s *conversation.State) *view.Seat {
	t := &view.Seat{TakenIn: -1, HandBacks: s.HandBacks, Outcome: s.Disposition, Instructed: s.Instruction}
	switch s.Seat {
	case conversation.SeatBot:
		t.State, t.Denied = view.SeatBot, m.denied(s)
	case conversation.SeatWaiting:
		t.State, t.Denied, t.Deadline = view.SeatWaiting, m.denied(s), m.deadline(s)
		t.Offered = offered(s, m.session.User.ID) != nil
	case conversation.SeatClosed:
		t.State, t.Denied = view.SeatClosed, "closed"
	default:
		t.State = view.SeatOther
		if s.Hold != nil {
			t.Holder = s.Hold.Name
		}
		if s.Agent == m.session.User.ID {
			t.State = view.SeatMine
			t.CanBack, t.CanPass, t.CanClose = true, true, true
			if s.Hold != nil && s.Hold.How != event.HowUnasked {
				t.TakenIn = int(s.Hold.Waited / 1000)
			}
		} else if m.session.User.Role != conversation.RoleSupervisor {
			t.Denied = "other"
		}
	}
	return t
}

func (a *App) logOf(ctx context.Context, s *conversation.State) *view.Log {
	m := &a.m
	l := &view.Log{Unread: s.UnreadByAgent, Typing: m.typing[s.ID].kind == event.Customer}
	evs := m.peekEv
	if m.peek == nil || m.peek != s {
		var err error
		if evs, l.Older, err = m.rep.Timeline(ctx, s.ID, m.limit); err != nil {
			a.warn("read timeline", err)
		}
	} else if len(evs) > m.limit {
		evs, l.Older = evs[len(evs)-m.limit:], true
	}
	if k := m.typing[s.ID].kind; k == event.Bot || k == event.Agent && s.Agent != m.session.User.ID {
		l.Writing = string(k)
	}
	l.Loading = len(evs) == 0
	b := logBuilder{m: m, s: s, names: map[string]string{m.session.User.ID: m.session.User.Name}, posted: map[string]bool{}}
	if m.floor != nil {
		for _, r := range m.floor.Agents {
			b.names[r.ID] = r.Name
		}
	}
	for i := range evs {
		b.event(&evs[i])
	}
	for _, w := range m.outbox {
		if w.Frame.Conv == s.ID && w.Frame.Kind == conversation.Post && !b.posted[w.Frame.ID] {
			b.waiting(w)
		}
	}
	l.Items = b.items
	for i := range l.Items {
		l.Items[i].Rev = rev(&l.Items[i])
	}
	return l
}

// rev is a fingerprint of what an item says.
func rev(it *view.Item) uint64 {
	data, err := json.Marshal(it)
	if err != nil { // plain data always encodes
		return 0
	}
	h := fnv.New64a()
	_, _ = h.Write(data)
	return h.Sum64() | 1
}

// logBuilder makes the items of one chat from its events.
type logBuilder struct {
	m       *model
	s       *conversation.State
	names   map[string]string
	items   []view.Item
	posted  map[string]bool // client IDs the log has
	handoff *view.Handoff
}

func (b *logBuilder) notice(p *event.Placed, code string, args map[string]string) {
	b.items = append(b.items, view.Item{ID: p.ID, Kind: view.KindNotice, By: view.BySystem, At: b.m.at(p.Time), Code: code, Args: args})
}

func (b *logBuilder) event(p *event.Placed) {
	switch p.Type {
	case event.Opened:
		at := b.m.at(p.Time)
		b.notice(p, "opened", map[string]string{"day": at.Format("2006-01-02"), "time": at.Format("15:04")})
	case event.Posted:
		b.message(p)
	case event.Escalated:
		var e event.EscalatedBody
		if p.Decode(&e, nil) != nil {
			return
		}
		b.handoff = &view.Handoff{EscalatedAt: b.m.at(p.Time), Tags: []view.Tag{{Key: e.Reason, Alarm: e.Reason == "adverse_reaction" || e.Reason == "angry"}}}
		if e.High && e.Reason != "high_value" {
			b.handoff.Tags = append(b.handoff.Tags, view.Tag{Key: "high_value"})
		}
		b.items = append(b.items, view.Item{ID: p.ID, Kind: view.KindHandoff, By: view.BySystem, At: b.m.at(p.Time), Handoff: b.handoff})
	case event.Summarised:
		var sum event.SummaryPrivate
		if b.handoff != nil && p.Decode(nil, &sum) == nil {
			b.handoff.Ask, b.handoff.Done, b.handoff.Clues, b.handoff.Unresolved = sum.Ask, sum.Done, sum.Clues, sum.Unresolved
		}
	case event.Taken:
		var t event.TakenBody
		if p.Decode(&t, nil) != nil {
			return
		}
		b.names[t.Agent] = t.Name
		if b.handoff != nil && b.handoff.TakenAt.IsZero() {
			b.handoff.TakenAt, b.handoff.TakenBy = b.m.at(p.Time), t.Name
		}
	case event.Returned:
		b.notice(p, "returned", nil)
	case event.Nudged:
		b.notice(p, "nudge", nil)
	case event.HandedBack:
		var to event.HandedBackPrivate
		if p.Decode(nil, &to) == nil && to.Instruction != "" {
			b.notice(p, "instruction", map[string]string{"text": to.Instruction})
		}
	}
}

func (b *logBuilder) message(p *event.Placed) {
	var body event.PostedBody
	var said event.PostedPrivate
	if p.Decode(&body, &said) != nil {
		return
	}
	if p.ClientID != "" {
		b.posted[p.ClientID] = true
	}
	if body.Kind == event.Notice {
		args := map[string]string{}
		for k, v := range body.Args {
			args[k] = v
		}
		if body.Code == conversation.NoticeHandedBack && args["name"] == "" {
			for i := len(b.s.Holders) - 1; i >= 0 && args["name"] == ""; i-- {
				args["name"] = b.names[b.s.Holders[i]]
			}
		}
		if body.Code == conversation.NoticeTransfer && args["name"] == "" {
			args["name"] = args["group"]
		}
		code := body.Code
		if code == conversation.NoticeClosed && args["by"] == "customer" {
			code = "closed.customer"
		}
		b.notice(p, code, args)
		return
	}
	text := said.Text
	if open, ok := b.m.clear[p.ID]; ok {
		text = open
	}
	it := view.Item{ID: p.ID, Kind: view.ItemKind(body.Kind), By: view.Speaker(p.Actor.Kind), At: b.m.at(p.Time), Text: text, Sources: refs(body.Sources)}
	switch p.Actor.Kind {
	case event.Customer:
		it.Name, it.Face = name(b.s), b.s.Customer
	case event.Agent:
		it.Name, it.Face = b.names[p.Actor.ID], p.Actor.ID
		it.Mine = p.Actor.ID == b.m.session.User.ID
		if it.Mine && body.Kind != event.Note {
			it.Send = view.Delivered
			if b.s.ReadByCustomer >= p.ID {
				it.Send = view.Read
			}
		}
	}
	for _, f := range body.Attachments {
		it.Size, it.Seconds = f.Size, f.Secs
		if body.Kind == event.Image {
			it.Picture = &view.Picture{W: f.W, H: f.H}
		}
	}
	b.items = append(b.items, it)
}

func (b *logBuilder) waiting(w *replica.Waiting) {
	text, kind := textOf(w)
	it := view.Item{ID: w.Frame.ID, Kind: view.ItemKind(kind), By: view.ByAgent, Mine: true, Name: b.m.session.User.Name, Face: b.m.session.User.ID,
		At: time.UnixMilli(w.At), Text: text, Send: view.Sending}
	switch w.State {
	case replica.Held:
		it.Send = view.Queued
	case replica.Failed:
		it.Send = view.Failed
	}
	b.items = append(b.items, it)
}
