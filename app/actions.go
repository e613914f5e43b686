package app

import (
	"encoding/json"
	"slices"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const pageEvents = 300 // of a timeline at once

var _ view.Actions = (*App)(nil)

// state is a conversation of the copy, the bot window or the peek; a.mu is held.
func (a *App) state(id string) *conversation.State {
	if id == "" || a.m.rep == nil {
		return nil
	}
	if p := a.m.peek; p != nil && p.ID == id {
		if s := a.m.rep.State(id); s == nil || s.LastSeq < p.LastSeq {
			return p
		}
	}
	s, b := a.m.rep.State(id), a.m.bots[id]
	if s == nil || b != nil && b.LastSeq > s.LastSeq {
		if b != nil {
			return b
		}
	}
	return s
}

// Select implements view.Actions.
func (a *App) Select(conversation string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pick(conversation)
	if s := a.state(conversation); s != nil {
		a.markRead(s, s.LastCustomerMsg)
	}
}

// pick opens a chat; a.mu is held.
func (a *App) pick(conv string) {
	m := &a.m
	if m.selected != conv {
		m.talk, m.reading, m.past, m.find, m.picker, m.source, m.trace = nil, nil, nil, nil, nil, nil, nil
	}
	m.selected, m.mode, m.limit = conv, view.ModeReply, pageEvents
	m.lost = nil
	a.watch()
	if s := a.state(conv); s != nil {
		a.lookBack(s)
	}
	a.touch()
}

// watch peeks at a selected chat that the bot holds; a.mu is held.
func (a *App) watch() {
	if a.m.cl == nil {
		return
	}
	conv := ""
	if s := a.state(a.m.selected); s != nil && s.Seat == conversation.SeatBot {
		conv = s.ID
	}
	if conv == "" && a.m.peek == nil {
		return
	}
	if conv == "" || a.m.peek == nil || a.m.peek.ID != conv {
		a.m.peek, a.m.peekEv = nil, nil
		a.m.cl.Tell(wire.In{T: wire.TPeek, Conv: conv})
	}
}

func (a *App) markRead(s *conversation.State, upTo event.ID) {
	if s.Agent != a.m.session.User.ID || upTo == "" || s.ReadByAgent >= upTo || a.m.read[s.ID] >= upTo {
		return
	}
	if a.command(conversation.MarkRead, s.ID, 0, conversation.ReadArgs{UpTo: upTo}, true) {
		a.m.read[s.ID] = upTo
		a.touch()
	}
}

// Looked implements view.Actions.
func (a *App) Looked(item string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.state(a.m.selected); s != nil && event.ValidID(item) {
		a.markRead(s, s.LastCustomerMsg)
	}
}

// command gives a command with a payload; a.mu is held.
func (a *App) command(kind conversation.Kind, conv string, epoch uint64, payload any, quiet bool) bool {
	in := wire.In{ID: newID(), Kind: kind, Conv: conv, Epoch: epoch}
	if payload != nil {
		data, err := json.Marshal(payload)
		if err != nil {
			a.warn("encode command", err)
			return false
		}
		in.Payload = data
	}
	if quiet {
		return a.quiet(in)
	}
	return a.give(in, ask{kind, conv})
}

// SelectStep implements view.Actions.
func (a *App) SelectStep(step int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	mine := a.m.segmentStates(view.SegMine)
	if len(mine) == 0 {
		return
	}
	i := slices.IndexFunc(mine, func(s *conversation.State) bool { return s.ID == a.m.selected })
	if i < 0 && step < 0 {
		i = 0
	}
	a.m.segment = view.SegMine
	next := mine[((i+step)%len(mine)+len(mine))%len(mine)]
	a.pick(next.ID)
	a.markRead(next, next.LastCustomerMsg)
}

// SetSegment implements view.Actions.
func (a *App) SetSegment(s view.Segment) { a.change(func(m *model) { m.segment = s }) }

func (a *App) change(f func(*model)) {
	a.mu.Lock()
	defer a.mu.Unlock()
	f(&a.m)
	a.touch()
}

// Goto implements view.Actions.
func (a *App) Goto(place string) {
	if place == placeChats || place == placeSettings {
		a.change(func(m *model) { m.place = place })
	}
}

// TakeOver implements view.Actions.
func (a *App) TakeOver(conv string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.take(a.state(conv))
}

func (a *App) take(s *conversation.State) {
	if s == nil {
		return
	}
	if a.m.lostIn == s.ID {
		a.m.lost = nil
	}
	kind := conversation.Claim
	if offered(s, a.m.session.User.ID) != nil {
		kind = conversation.Accept
	} else if s.Seat == conversation.SeatHuman {
		kind = conversation.Barge
	}
	a.pick(s.ID)
	a.command(kind, s.ID, s.Epoch, nil, false)
}

func offered(s *conversation.State, agent string) *conversation.Offer {
	if s.Wait == nil {
		return nil
	}
	for i := range s.Wait.Offers {
		if s.Wait.Offers[i].Agent == agent {
			return &s.Wait.Offers[i]
		}
	}
	return nil
}

// TakeMostUrgent implements view.Actions.
func (a *App) TakeMostUrgent() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m.rep == nil {
		return
	}
	waiting := a.m.segmentStates(view.SegWaiting)
	for _, s := range waiting {
		if offered(s, a.m.session.User.ID) != nil {
			a.take(s)
			return
		}
	}
	for _, s := range waiting {
		if a.m.denied(s) == "" {
			a.take(s)
			return
		}
	}
	a.say("info", "none_waiting", nil)
}

// Decline implements view.Actions.
func (a *App) Decline(conv string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.command(conversation.Decline, conv, 0, nil, false)
}

func (a *App) seat(kind conversation.Kind, payload any) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if s := a.state(a.m.selected); s != nil {
		a.command(kind, s.ID, s.Epoch, payload, false)
	}
}

// Transfer implements view.Actions.
func (a *App) Transfer(to view.Target, note string) {
	a.seat(conversation.Transfer, conversation.TransferArgs{Agent: to.Agent, Group: to.Group, Note: note})
}

// HandBack implements view.Actions.
func (a *App) HandBack(reason, instruction string) {
	a.seat(conversation.HandBack, conversation.HandBackArgs{Reason: reason, Instruction: instruction})
}

// Close implements view.Actions.
func (a *App) Close(disposition string, solved bool, remark string) {
	a.seat(conversation.Close, conversation.CloseArgs{Disposition: disposition, Solved: solved, Remark: remark})
}

// DismissLost implements view.Actions.
func (a *App) DismissLost() { a.change(func(m *model) { m.lost = nil }) }

// LoadOlder implements view.Actions.
func (a *App) LoadOlder() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m.talk != nil && a.m.talk.older {
		a.readBack(a.m.limit+pageEvents, func() {})
	}
}

// SetTone implements view.Actions: no tones are offered.
func (a *App) SetTone(string) {}

// RetryCopilot implements view.Actions: the copilot comes back with the next customer message.
func (a *App) RetryCopilot() { a.change(func(m *model) { delete(m.streams, m.selected) }) }

// RetryLink implements view.Actions.
func (a *App) RetryLink() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.m.cl != nil {
		a.m.cl.Retry()
	}
}

// SetStatus implements view.Actions.
func (a *App) SetStatus(p view.Presence) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.command(conversation.SetStatus, "", 0, event.AgentStatusBody{Status: string(p)}, false) {
		a.m.presence = p
		a.touch()
	}
}

// DismissToast implements view.Actions.
func (a *App) DismissToast(id string) {
	a.change(func(m *model) {
		m.toasts = slices.DeleteFunc(slices.Clone(m.toasts), func(t view.Toast) bool { return t.ID == id })
	})
}
