package gateway

import (
	"cmp"
	"slices"

	"agentdesk/sync/conversation"
	"agentdesk/sync/wire"
)

const maxRows = 200

// window says which rows of the bot segment a desk shows; a limit of 0 ends it.
func (h *hub) window(s *session, offset, limit int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.rows = window{on: limit > 0, offset: max(0, offset), limit: min(limit, maxRows)}
}

// sendRows sends every desk that shows bot chats its rows, where they may have changed.
func (h *hub) sendRows() {
	h.mu.Lock()
	defer h.mu.Unlock()
	var bots []*conversation.State // newest activity first
	for _, s := range h.desks {
		if !s.rows.on || s.rows.seen == h.rowsAt+1 {
			continue
		}
		s.rows.seen = h.rowsAt + 1
		if bots == nil {
			bots = h.bots()
		}
		l := &wire.Live{Kind: wire.LiveRows, Offset: s.rows.offset}
		for _, st := range bots {
			if conversation.Visible(st, s.who, h.at) < conversation.Row {
				continue
			}
			if l.Total >= s.rows.offset && len(l.Rows) < s.rows.limit {
				l.Rows = append(l.Rows, h.row(st))
			}
			l.Total++
		}
		h.sendLive(s, l)
	}
}

func (h *hub) bots() []*conversation.State {
	out := []*conversation.State{}
	h.g.p.Live.Each(func(st *conversation.State) bool {
		if st.Seat == conversation.SeatBot {
			out = append(out, st)
		}
		return true
	})
	slices.SortFunc(out, func(a, b *conversation.State) int {
		return cmp.Or(cmp.Compare(b.LastAt, a.LastAt), cmp.Compare(a.ID, b.ID))
	})
	return out
}

// row is what a line in the bot window needs, masked.
func (h *hub) row(st *conversation.State) conversation.State {
	r := *st.Clone()
	r.Snippet = h.mask.Text(r.Snippet)
	r.Suggestions, r.Summary, r.Instruction, r.FollowUps, r.Recent = nil, nil, "", nil, nil
	return r
}

// peek watches one bot chat: whole now, its events as they come. An empty conv, or one that may not be seen, stops.
func (h *hub) peek(s *session, conv string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s.peek = ""
	if conv == "" {
		return
	}
	l := &wire.Live{Kind: wire.LivePeek, Conv: conv}
	if st, evs, ok := h.g.p.Live.Timeline(conv); ok && conversation.Visible(st, s.who, h.at) >= conversation.Row {
		s.peek = conv
		l.Peek = &wire.Conversation{ID: conv, Events: newVeil(h.mask).all(evs)}
	}
	h.sendLive(s, l)
}
