package routing

import (
	"container/heap"
	"slices"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// unheard is after how many ms the board asks again for a command that it heard nothing of.
const unheard = 1000

// Next returns every routing command due at now (Unix ms), in a fixed order. Decide and fold them in that order, Set each
// conversation and SetAgent each agent that changed (or whose command was refused), and ask again until there is none.
func (b *Board) Next(now int64) []conversation.Command {
	t := &turn{b: b, now: now}
	for len(b.timers) > 0 && b.timers[0].due <= now {
		e := heap.Pop(&b.timers).(*entry)
		b.forget(e) // not heard of: it did not happen
		b.touch(e)
	}
	// First what has ended, so that who becomes free by it is known before anybody is asked.
	look := b.changed
	b.changed = nil
	look = slices.DeleteFunc(look, func(e *entry) bool { e.touched = false; return e.gone })
	for _, e := range look {
		t.tidy(e)
		b.setHungry(e, e.given == nil && t.wants(e))
	}
	t.serveFreed()
	slices.SortFunc(look, compareUrgency)
	for _, e := range look {
		if e.hungry {
			t.serve(e)
			t.serveFreed()
		}
	}
	for _, e := range look {
		t.tell(e)
	}
	return t.out
}

// turn is one run of Next.
type turn struct {
	b   *Board
	now int64
	out []conversation.Command
}

func (t *turn) say(e *entry, k conversation.Kind, payload any) {
	t.out = append(t.out, conversation.Command{Kind: k, Conv: e.id, Actor: event.Actor{Kind: event.System}, Payload: payload})
}

// tidy ends the offers of e that are over.
func (t *turn) tidy(e *entry) {
	for i := len(e.offers) - 1; i >= 0; i-- {
		o := e.offers[i]
		a := t.b.agents[o.Agent]
		switch {
		case a == nil || !a.serving() || !a.serves(e) || a.overbooked(e):
			t.say(e, conversation.WithdrawOffer, event.OfferBody{Agent: o.Agent, Round: o.Round, Why: "ineligible"})
		case o.Until <= t.now:
			t.say(e, conversation.ExpireOffer, event.OfferBody{Agent: o.Agent, Round: o.Round})
			e.passed = append(e.passed, o.Agent)
		default:
			continue
		}
		t.b.endOffer(e, o.Agent)
	}
}

// overbooked reports whether a has more offers than places, since an assignment took one, and e is the least urgent of them.
func (a *agent) overbooked(e *entry) bool {
	return a.taken() > a.Capacity && slices.MaxFunc(a.open, compareUrgency) == e
}

func (t *turn) overdue(e *entry) bool { return t.now >= e.since+t.b.pol.AssignAfter.Milliseconds() }

// calling reports whether e is called out: an assignment of it failed, and there is no time to try desks one by one.
func (t *turn) calling(e *entry) bool { return t.overdue(e) && len(e.unseen) > 0 }

// round is how far the offering of e has come: 1 to one agent, 2 to two, 3 to all. Calls are beside it.
func (t *turn) round(e *entry) int {
	switch age := t.now - e.since; {
	case age < t.b.pol.OfferFirst.Milliseconds():
		return 1
	case age < t.b.pol.OfferWiden.Milliseconds():
		return 2
	}
	return 3
}

// wants reports whether e could use another agent.
func (t *turn) wants(e *entry) bool {
	if t.overdue(e) {
		return true
	}
	r := t.round(e)
	return r == 3 || len(e.offers) < r
}

// serveFreed finds for those who came free what they may take, most urgent first. An assignment frees the others who had
// an offer of the chat, so that chats passed over before may have somebody now: then the walk begins again.
func (t *turn) serveFreed() {
	b := t.b
	var groups []*group
	var freed []*agent
	for w := newWalk(true); ; {
		if len(b.freed) > 0 {
			for _, a := range b.freed {
				a.freed = false
				for _, g := range a.groups {
					groups = addGroup(groups, g)
				}
				for _, e := range b.asks[a.ID] { // a transfer may name somebody of another group
					groups = addGroup(groups, e.group)
				}
			}
			freed, b.freed = append(freed, b.freed...), nil
			w = newWalk(true, groups...)
		}
		e := w.head()
		if e == nil {
			return
		}
		// Who is full, counting offers of more urgent chats, takes nothing that comes later either.
		freed = slices.DeleteFunc(freed, func(a *agent) bool { return !a.serving() || !a.roomFor(e) })
		if len(freed) == 0 {
			return
		}
		if slices.ContainsFunc(freed, func(a *agent) bool { return t.fits(a, e) }) {
			t.serve(e)
		}
		if e.hungry {
			w.skip()
		}
	}
}

func addGroup(list []*group, g *group) []*group {
	if slices.Contains(list, g) {
		return list
	}
	return append(list, g)
}

// ahead reports whether the place that o is offered is not e's to take. Between classes, whoever is first in its class
// counts as more urgent here: its urgency moves with the others of the class, and room must not appear without a change.
func ahead(o, e *entry) bool {
	if o.group == e.group && o.class == e.class {
		return compareInLane(o, e) < 0
	}
	return o.first || compareUrgency(o, e) < 0
}

// roomFor reports whether a has a place for e that is not offered to more urgent chats.
func (a *agent) roomFor(e *entry) bool {
	if a.room() {
		return true
	}
	n := a.held()
	for _, o := range a.open {
		if o != e && ahead(o, e) {
			n++
		}
	}
	return n < a.Capacity
}

// fits reports whether a could be offered or given e now.
func (t *turn) fits(a *agent, e *entry) bool {
	if !a.serves(e) {
		return false
	}
	if t.calling(e) {
		return t.mayCall(a, e)
	}
	if t.overdue(e) {
		return a.serving() && a.roomFor(e)
	}
	return t.mayOffer(a, e)
}

// mayCall reports whether e is called out to a now. Who declined or let expire, and the sender of a transfer, hear it a
// little later, and so in time also when all others are dead; whose desk did not answer, much later.
func (t *turn) mayCall(a *agent, e *entry) bool {
	if !a.serving() || !a.serves(e) || e.offerOf(a.ID) >= 0 || !a.roomFor(e) {
		return false
	}
	switch {
	case slices.Contains(e.unseen, a.ID):
		return t.now >= t.restedAt(e)
	case slices.Contains(e.passed, a.ID), a.ID == e.fallback:
		return t.now >= t.widerAt(e)
	}
	return true
}

func (t *turn) widerAt(e *entry) int64  { return e.unseenAt + t.b.pol.SeenWithin.Milliseconds()/2 }
func (t *turn) restedAt(e *entry) int64 { return e.unseenAt + t.b.pol.OfferFirst.Milliseconds() }

func (t *turn) mayOffer(a *agent, e *entry) bool {
	return a.serving() && a.room() && a.ID != e.fallback && !slices.Contains(e.passed, a.ID) && e.offerOf(a.ID) < 0
}

// serve offers, calls out or assigns e as far as agents go.
func (t *turn) serve(e *entry) {
	if t.calling(e) {
		t.call(e)
		return
	}
	if t.overdue(e) {
		if a := t.assignee(e); a != nil {
			t.say(e, conversation.Assign, conversation.AssignArgs{Agent: a.ID})
			t.b.syncOffers(e, nil)
			t.b.give(e, a)
			for _, o := range a.open { // what no place is left for goes to others
				t.b.touch(o)
			}
			t.b.setHungry(e, false)
			t.arm(e)
		}
		return
	}
	r := t.round(e)
	for r == 3 || len(e.offers) < r {
		a := t.best(e)
		if a == nil {
			break
		}
		until := t.now + t.b.pol.OfferWiden.Milliseconds()
		t.say(e, conversation.MakeOffer, event.OfferBody{Agent: a.ID, Round: r, Until: until})
		t.b.addOffer(e, conversation.Offer{Agent: a.ID, Round: r, At: t.now, Until: until})
	}
	t.b.setHungry(e, t.wants(e))
	t.arm(e)
}

// call asks the desks of all who may have e at once: the first that answers has it.
func (t *turn) call(e *entry) {
	var all []*agent
	add := func(a *agent) {
		if a != nil && !slices.Contains(all, a) && t.mayCall(a, e) {
			all = append(all, a)
		}
	}
	add(t.b.agents[e.target])
	for _, a := range e.group.agents {
		add(a)
	}
	add(t.b.agents[e.fallback])
	until := t.now + t.b.pol.OfferFirst.Milliseconds()
	for _, a := range all { // an offer moves its agent in the list: only now
		t.say(e, conversation.MakeOffer, event.OfferBody{Agent: a.ID, Round: conversation.RoundCall, Until: until})
		t.b.addOffer(e, conversation.Offer{Agent: a.ID, Round: conversation.RoundCall, At: t.now, Until: until})
		for _, o := range a.open { // what no place is left for goes to others
			if o != e {
				t.b.touch(o)
			}
		}
	}
	t.b.setHungry(e, true)
	t.arm(e)
}

// best is who is offered e next.
func (t *turn) best(e *entry) *agent {
	if a := t.b.agents[e.target]; a != nil && t.mayOffer(a, e) {
		return a
	}
	var other *agent
	for _, a := range e.group.agents {
		if !a.room() { // ordered by load: none behind has room
			break
		}
		if !a.serves(e) || !t.mayOffer(a, e) {
			continue
		}
		if e.class > 1 || a.Senior {
			return a
		}
		if other == nil {
			other = a
		}
	}
	return other
}

// assignee is who is given e: the target of a transfer, who did not pass it, its sender, who passed it.
func (t *turn) assignee(e *entry) *agent {
	able := func(a *agent) bool { return a != nil && a.serving() && a.serves(e) && a.roomFor(e) }
	target := t.b.agents[e.target]
	if able(target) && !slices.Contains(e.passed, target.ID) {
		return target
	}
	var passed *agent
	for _, a := range e.group.agents {
		if a.ID == e.fallback || !able(a) {
			continue
		}
		if !slices.Contains(e.passed, a.ID) {
			return a
		}
		if passed == nil {
			passed = a
		}
	}
	switch {
	case able(t.b.agents[e.fallback]):
		return t.b.agents[e.fallback]
	case passed != nil:
		return passed
	case able(target):
		return target
	}
	return nil
}

// tell says what is due to customer and supervisors, and when to look at e again.
func (t *turn) tell(e *entry) {
	if e.given == nil {
		if !e.alarmed && t.now >= e.since+t.b.pol.AlarmAfter.Milliseconds() {
			e.alarmed = true
			t.say(e, conversation.Alarm, event.AlarmBody{Waiting: t.now - e.since})
		}
		if at := t.tellAt(e); at <= t.now {
			e.checkedAt = t.now
			if p := t.b.Place(e.id); e.toldAt == 0 || p != e.place {
				e.place, e.toldAt = p, t.now
				t.say(e, conversation.TellPlace, event.QueueToldBody{Place: p})
			}
		}
	}
	t.arm(e)
}

// tellAt is when the customer hears their place next, if it changed.
func (t *turn) tellAt(e *entry) int64 {
	if e.toldAt == 0 {
		return e.entered + t.b.pol.TellFirst.Milliseconds()
	}
	return e.checkedAt + t.b.pol.TellEvery.Milliseconds()
}

// arm sets when e must be looked at again, should nothing change.
func (t *turn) arm(e *entry) {
	if e.given != nil {
		t.b.schedule(e, t.now+unheard)
		return
	}
	p := t.b.pol
	due := int64(0)
	add := func(at int64) {
		if at > t.now && (due == 0 || at < due) {
			due = at
		}
	}
	for _, o := range e.offers {
		add(o.Until)
	}
	add(e.since + p.OfferFirst.Milliseconds())
	add(e.since + p.OfferWiden.Milliseconds())
	add(e.since + p.AssignAfter.Milliseconds())
	if !e.alarmed {
		add(e.since + p.AlarmAfter.Milliseconds())
	}
	if len(e.unseen) > 0 {
		add(t.widerAt(e))
		add(t.restedAt(e))
	}
	add(t.tellAt(e))
	t.b.schedule(e, due)
}
