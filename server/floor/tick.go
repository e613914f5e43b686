package floor

import (
	"slices"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// system is the actor of what the floor does by itself.
var system = event.Actor{Kind: event.System, ID: "floor"}

// tick looks at everything that is due: desks that fell silent, deadlines of conversations, routing. Timers only bring
// the floor here; what is due is in the data, so that a restart resumes it.
func (f *Floor) tick() {
	w := &f.w
	now := f.Now()
	if w.stop || !w.dirty && (w.wake == 0 || now < w.wake) {
		return
	}
	w.wake = now + 60_000 // look once in a while, whatever the indexes say
	if w.mode != modeServing && now < w.pauseTo {
		w.soon(w.pauseTo)
		w.dirty = false
		return
	}
	if w.mode == modeDown || f.closedToWrites() != nil {
		w.soon(now + fullPause)
		w.dirty = false
		return
	}
	w.dirty = false
	// What is due is judged at the time at which it will be decided: that of the record being gathered, if there is one.
	b := f.gather()
	if b == nil {
		w.dirty, w.wake = true, now+60_000
		return
	}
	now = b.time
	if !f.tickDesks(now) || !f.tickDues(now) || !f.tickRouting(now) {
		w.dirty = true // no room: go on when a record has become durable
		w.wake = now + 60_000
	}
}

func (w *writer) soon(at int64) {
	if at > 0 && at < w.wake {
		w.wake = at
	}
}

// internal decides a command of the floor itself.
func (f *Floor) internal(c *conversation.Command) (happened, room bool) {
	s := &conversation.State{}
	if !shopLevel(c.Kind) {
		if s = f.w.book.state(c.Conv); s == nil {
			return false, true
		}
	}
	if c.Actor.Kind == "" {
		c.Actor = system
	}
	return f.decide(nil, c, s)
}

func (f *Floor) tickDesks(now int64) bool {
	w := &f.w
	gone, next := f.beats(now)
	w.soon(next)
	slices.Sort(gone)
	for _, id := range gone {
		if _, told := w.lost[id]; !told {
			_, room := f.internal(&conversation.Command{Kind: conversation.LoseDesk, Payload: event.DeskGoneBody{Agent: id}})
			if !room {
				return false
			}
		}
		held := make([]string, 0, len(w.book.held[id]))
		for conv := range w.book.held[id] {
			held = append(held, conv)
		}
		slices.Sort(held)
		for _, conv := range held {
			_, room := f.internal(&conversation.Command{
				Kind: conversation.Return, Conv: conv, Payload: conversation.ReturnArgs{Why: event.WhyDeskGone},
			})
			if !room {
				return false
			}
		}
		w.lost[id] = now + f.p.Policy.DeskGone.Milliseconds()
		if len(w.book.held[id]) > 0 {
			w.soon(w.lost[id])
		}
	}
	return true
}

func (f *Floor) tickDues(now int64) bool {
	w := &f.w
	var stuck []*entry
	defer func() {
		// Due said nothing, or was refused: a deadline that leads to nothing must not spin.
		for _, e := range stuck {
			if e.slot.At() == 0 && w.book.convs[e.s.ID] == e && e.s.Open() {
				w.book.dues.Set(&e.slot, now+stuckWait)
			}
		}
		w.soon(w.book.dues.Next())
	}()
	for {
		next := w.book.dues.First()
		if next == nil || next.At() > now {
			return true
		}
		e := next.Of
		any := false
		for _, c := range conversation.Due(e.s, now, f.p.Policy) {
			happened, room := f.internal(&c)
			if !room {
				return false
			}
			any = any || happened
		}
		if !any && e.slot.At() != 0 {
			w.book.dues.Set(&e.slot, 0)
			stuck = append(stuck, e)
		}
	}
}

func (f *Floor) tickRouting(now int64) bool {
	w := &f.w
	if now < w.routeAt {
		w.soon(w.routeAt)
		return true
	}
	for {
		any := false
		cmds := w.book.board.Next(now)
		for i := range cmds {
			happened, room := f.internal(&cmds[i])
			if !room {
				return false
			}
			if !happened {
				w.book.show(cmds[i].Conv) // the board counted on it
			}
			any = any || happened
		}
		if len(cmds) == 0 {
			break
		}
		if !any {
			f.p.Logger.Warn("routing wishes for what is refused", "kind", cmds[0].Kind, "conv", cmds[0].Conv)
			w.routeAt = now + stuckWait
			w.soon(w.routeAt)
			return true
		}
	}
	if at := w.book.board.Wake(); at > 0 {
		w.soon(max(at, now+1))
	}
	return true
}
