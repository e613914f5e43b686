package gateway

import (
	"slices"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Bounds of what is kept of a suggestion still streaming.
const (
	maxRank  = 5
	maxDraft = 16 << 10 // bytes
)

// stash is what the copilot last said of a conversation, for whoever gets the chat next.
type stash struct {
	panel  *wire.Live
	set    event.ID
	deltas [maxRank]*wire.Delta // by rank, text so far
}

// recipients are the users whose desks get what the copilot says: the holder, or those the chat is offered to.
func recipients(s *conversation.State) []string {
	switch {
	case s.Seat == conversation.SeatHuman:
		return []string{s.Agent}
	case s.Wait != nil:
		var out []string
		if s.Wait.Target != "" {
			out = append(out, s.Wait.Target)
		}
		for _, o := range s.Wait.Offers {
			if !slices.Contains(out, o.Agent) {
				out = append(out, o.Agent)
			}
		}
		return out
	}
	return nil
}

func (h *hub) live(conv string, l wire.Live) {
	h.mu.Lock()
	defer h.mu.Unlock()
	st, ok := h.g.p.Live.State(conv)
	if !ok || !st.Open() {
		return
	}
	l.Conv = conv
	if !h.keep(conv, &l) {
		return
	}
	for _, id := range recipients(st) {
		if s := h.desks[id]; s != nil {
			h.sendLive(s, &l)
		}
	}
}

// keep stores what has to be sent again later. It reports false for what has been superseded.
func (h *hub) keep(conv string, l *wire.Live) bool {
	st := h.stash[conv]
	if st == nil {
		st = &stash{}
		h.stash[conv] = st
	}
	switch l.Kind {
	case wire.LivePanel:
		c := *l
		st.panel = &c
	case wire.LiveDelta:
		d := l.Delta
		if d == nil || d.Rank < 1 || d.Rank > maxRank || d.Set < st.set {
			return false
		}
		if d.Set > st.set {
			st.set, st.deltas = d.Set, [maxRank]*wire.Delta{}
		}
		was := st.deltas[d.Rank-1]
		c := *d
		if was != nil {
			c.Add = was.Add + d.Add
			if c.Strategy == "" {
				c.Strategy = was.Strategy
			}
			if c.Fit == 0 {
				c.Fit = was.Fit
			}
			if c.Sources == nil {
				c.Sources = was.Sources
			}
		}
		if len(c.Add) > maxDraft {
			return false
		}
		st.deltas[d.Rank-1] = &c
	}
	return true
}

func (h *hub) resend(s *session, conv string, st *stash) {
	if st.panel != nil {
		h.sendLive(s, st.panel)
	}
	for _, d := range st.deltas {
		if d != nil {
			h.sendLive(s, &wire.Live{Kind: wire.LiveDelta, Conv: conv, Delta: d})
		}
	}
}

// settled sends a session that caught up what is true now and nobody keeps.
func (h *hub) settled(s *session) {
	if !s.desk() {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	v := newVeil(h.mask)
	h.g.p.Live.Each(func(st *conversation.State) bool {
		if holds(st, s.who.ID) {
			if _, evs, ok := h.g.p.Live.Timeline(st.ID); ok {
				if l := v.clear(st.ID, evs); l != nil {
					h.sendLive(s, l)
				}
			}
		}
		if kept := h.stash[st.ID]; kept != nil && slices.Contains(recipients(st), s.who.ID) {
			h.resend(s, st.ID, kept)
		}
		return true
	})
}

// typed is a client's typing frame: of a customer in their own conversation, of a desk that holds the seat.
func (h *hub) typed(s *session, conv string, on bool) {
	st, ok := h.g.p.Live.State(conv)
	switch {
	case !ok || !st.Open():
	case s.desk() && holds(st, s.who.ID), !s.desk() && st.Customer == s.actor.ID:
		h.typing(conv, s.actor, on)
	}
}

func (h *hub) words(conv string, actor event.Actor, add string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	st, ok := h.g.p.Live.State(conv)
	if !ok || !st.Open() || add == "" {
		return
	}
	l := &wire.Live{Kind: wire.LiveWords, Conv: conv, Actor: &event.Actor{Kind: actor.Kind}, Add: add}
	for s := range h.guests[st.Customer] {
		h.sendLive(s, l)
	}
}

func (h *hub) typing(conv string, actor event.Actor, on bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	st, ok := h.g.p.Live.State(conv)
	if !ok || !st.Open() {
		return
	}
	l := &wire.Live{Kind: wire.LiveTyping, Conv: conv, Actor: &actor, On: on}
	if actor.Kind != event.Customer {
		l.Actor = &event.Actor{Kind: actor.Kind}
		for s := range h.guests[st.Customer] {
			h.sendLive(s, l)
		}
		return
	}
	for _, id := range recipients(st) {
		if s := h.desks[id]; s != nil {
			h.sendLive(s, l)
		}
	}
}
