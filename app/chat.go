package app

import (
	"context"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

const maxDraft = 2000 // runes that the composer takes

func (a *App) chat(ctx context.Context, s *conversation.State) *view.Chat {
	m := &a.m
	t := a.talkOf(ctx, s)
	c := &view.Chat{Head: m.head(s, t), Seat: m.seat(s), Find: m.findView(s.ID)}
	if m.lostIn == s.ID {
		c.Lost = m.lost
		if c.Lost != nil {
			l := *c.Lost
			l.Next = len(m.segmentStates(view.SegWaiting)) > 0
			c.Lost = &l
		}
	}
	c.Log = t.log(m.typing[s.ID], m.session.User.ID, m.outboxOf(t))
	d := a.draft(s.ID, m.mode)
	c.Composer = &view.Composer{Mode: m.mode, Draft: d.text, DraftRev: d.rev, Limit: maxDraft, Findings: d.findings, Back: d.back, Tools: m.tools(s)}
	if m.mode == view.ModeNote {
		return c
	}
	if c.Seat.State != view.SeatMine {
		c.Composer.Denied = string(c.Seat.State)
		return c
	}
	c.Composer.CanAsk = []string{event.FormReturn, event.FormAddress}
	c.Composer.Picker = m.pickerView(s.ID)
	if q := m.quotes[s.ID]; q != "" {
		c.Composer.Quote = t.b.quote(q)
	}
	for _, f := range m.attached(s.ID) {
		c.Composer.Attached = append(c.Composer.Attached, view.Attached{ID: f.ID, Name: f.Name, Size: f.Size, Preview: f.preview, Part: f.part, Err: f.err})
	}
	return c
}

func (m *model) head(s *conversation.State, t *talk) *view.Head {
	h := &view.Head{ID: s.ID, Name: name(s), Face: s.Customer, Channel: s.Channel, Nick: s.Nick, Tier: s.Tier, Mood: conversation.TrendOf(s.Emotions).Emotion(),
		Opened: m.at(s.OpenedAt), Closed: m.at(s.ClosedAt), Shift: t.b.shift(), Flag: t.b.flag, Stars: s.Stars, StarsText: t.b.rated,
		StarsWhy: s.RatedWhy, FollowUps: m.followUps(s)}
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
