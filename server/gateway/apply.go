package gateway

import (
	"fmt"
	"slices"
	"time"

	"agentdesk/server/floor"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// change is what one commit did to one conversation.
type change struct {
	conv   string
	before *conversation.State // zero when it opened
	after  *conversation.State
	events []event.Placed // as decided: unmasked
	gone   []string       // files of messages that were taken back
}

// apply folds one commit and tells everybody.
func (h *hub) apply(c *floor.Commit) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.Seq <= h.g.p.Live.Seq() {
		return nil
	}
	changes, err := h.fold(c)
	if err != nil {
		return err
	}
	h.cursor.Seq, h.cursor.Hash, h.at = c.Seq, c.Hash, c.Time
	t := &telling{veil: newVeil(h.mask), frames: map[string][][]byte{}}
	for _, s := range h.desks {
		h.tellDesk(s, changes, t)
	}
	for i := range changes {
		ch := &changes[i]
		h.note(ch)
		h.unsay(ch)
		for s := range h.guests[ch.after.Customer] {
			h.tellGuest(s, ch)
		}
		h.hand(ch)
	}
	return nil
}

func (h *hub) fold(c *floor.Commit) ([]change, error) {
	live := h.g.p.Live
	var changes []change
	at := map[string]int{}
	for i := range c.Events {
		e := &c.Events[i]
		if e.Type == event.Erased && e.Customer != "" {
			h.forget(e.Customer)
		}
		if e.Conv == "" {
			h.dirty = true
			continue
		}
		n, ok := at[e.Conv]
		if !ok {
			n = len(changes)
			at[e.Conv] = n
			ch := change{conv: e.Conv}
			ch.before, ok = live.State(e.Conv)
			if !ok && e.Type == event.Opened {
				ch.before = &conversation.State{}
			}
			changes = append(changes, ch)
		}
		changes[n].events = append(changes[n].events, event.Placed{Seq: c.Seq, Idx: i, Time: c.Time, Event: *e})
	}
	for i := range changes {
		changes[i].recall(live)
	}
	if err := live.Apply(c.Committed); err != nil {
		return nil, fmt.Errorf("apply record %d: %w", c.Seq, err)
	}
	for i := range changes {
		ch := &changes[i]
		var ok bool
		if ch.after, ok = live.State(ch.conv); !ok {
			// Closed long ago: the floor's own state says whose it is.
			for _, st := range c.States {
				if st.ID == ch.conv {
					ch.after, ok = st, true
				}
			}
		}
		if !ok {
			ch.after = &conversation.State{}
		}
		if ch.before == nil {
			ch.before = ch.after
		}
	}
	return changes, nil
}

// telling is one commit on its way to the desks: masked once, and encoded once for all who see the same of it.
type telling struct {
	veil   *veil
	frames map[string][][]byte // by what is seen of each change
}

// What a desk hears of one change.
const (
	hearsNothing = '-'
	hearsEnter   = 'e'
	hearsEvents  = 'v'
	hearsLeave   = 'l'
)

// tellDesk sends what a desk's user may see of a commit.
func (h *hub) tellDesk(s *session, changes []change, t *telling) {
	hears := make([]byte, len(changes))
	any := false
	var lives []*wire.Live
	for i := range changes {
		ch := &changes[i]
		was, is := conversation.Visible(ch.before, s.who, h.at), conversation.Visible(ch.after, s.who, h.at)
		hears[i] = hearsNothing
		switch {
		case is >= conversation.Kept && was < conversation.Kept:
			if _, _, ok := h.g.p.Live.Timeline(ch.conv); !ok {
				continue
			}
			hears[i] = hearsEnter
		case is >= conversation.Kept:
			hears[i] = hearsEvents
		case was >= conversation.Kept:
			hears[i] = hearsLeave
		}
		any = any || hears[i] != hearsNothing
		if s.peek == ch.conv && is < conversation.Kept {
			l := &wire.Live{Kind: wire.LivePeekEv, Conv: ch.conv, Events: t.veil.all(ch.events)}
			if is < conversation.Row {
				s.peek = ""
				l = &wire.Live{Kind: wire.LivePeek, Conv: ch.conv}
			}
			lives = append(lives, l)
		}
		if holds(ch.after, s.who.ID) {
			evs := ch.events
			if !holds(ch.before, s.who.ID) {
				_, evs, _ = h.g.p.Live.Timeline(ch.conv)
			}
			if l := t.veil.clear(ch.conv, evs); l != nil {
				lives = append(lives, l)
			}
		}
	}
	if any {
		for _, f := range h.framesFor(changes, hears, t) {
			s.q.push(f)
		}
		s.cursor, s.told = h.cursor, time.Now()
	}
	for _, l := range lives {
		h.sendLive(s, l)
	}
}

// framesFor are the record frames of a commit for who hears so much of it.
func (h *hub) framesFor(changes []change, hears []byte, t *telling) [][]byte {
	if frames, ok := t.frames[string(hears)]; ok {
		return frames
	}
	var frames [][]byte
	out := batch{cursor: h.cursor, at: h.at, put: func(r *wire.Rec) error { frames = append(frames, frame(r)); return nil }}
	for i := range changes {
		ch := &changes[i]
		switch hears[i] {
		case hearsEnter:
			_, evs, _ := h.g.p.Live.Timeline(ch.conv)
			_ = out.enter(ch.conv, t.veil.all(evs))
		case hearsEvents:
			_ = out.events(t.veil.all(ch.events))
		case hearsLeave:
			out.leave(ch.conv)
		}
	}
	_ = out.end() // it only fails where put does
	t.frames[string(hears)] = frames
	return frames
}

func (h *hub) tellGuest(s *session, ch *change) {
	evs := guestEvents(ch.events)
	if len(evs) == 0 {
		return
	}
	r := &wire.Rec{Cursor: h.cursor, At: h.at}
	if ch.before.ID == "" {
		r.Enter = []wire.Conversation{{ID: ch.conv, Events: evs}}
	} else {
		r.Events = evs
	}
	h.send(s, r)
}

func holds(s *conversation.State, user string) bool {
	return s.Seat == conversation.SeatHuman && s.Agent == user
}

// note keeps what the floor frame and the bot rows are drawn from.
func (h *hub) note(ch *change) {
	if ch.before.Seat == conversation.SeatBot || ch.after.Seat == conversation.SeatBot {
		h.rowsAt++
	}
	if ch.before.Seat != ch.after.Seat || ch.before.Agent != ch.after.Agent {
		h.dirty = true
	}
	for i := range ch.events {
		if ch.events[i].Seq > h.counted {
			h.today.add(&ch.events[i], h.g.p.Zone)
		}
	}
}

// hand keeps the copilot's panel and deltas with the chat: who gets it next is sent them again.
func (h *hub) hand(ch *change) {
	st := h.stash[ch.conv]
	if st == nil {
		return
	}
	if !ch.after.Open() || ch.after.Seat == conversation.SeatBot && ch.before.Seat != conversation.SeatBot {
		delete(h.stash, ch.conv)
		return
	}
	had := recipients(ch.before)
	for _, id := range recipients(ch.after) {
		if s := h.desks[id]; s != nil && !slices.Contains(had, id) {
			h.resend(s, ch.conv, st)
		}
	}
}
