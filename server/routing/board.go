// Package routing decides who is offered or given a waiting conversation, and when: the design's "30 seconds".
//
// A Board is pure data: no clock, no I/O. The floor tells it what changed (agents, beats, folded conversations) and asks
// what is due; it answers with commands that the floor decides like any other.
//
// The rules. A waiting chat is offered to the best eligible agent (Policy.OfferFirst), then to a second one beside it,
// from OfferWiden to all eligible, and at AssignAfter the floor assigns it. An offer stays open for OfferWiden. Best is
// the lowest share of capacity in use, seniors before others for class 1, then who was offered something least recently,
// then the ID. Open offers take room: an agent never has more of them than free places, and an assignment passes over
// them only where they are for less urgent chats. Who declined or let expire a chat is asked again only at the assignment,
// when nobody else is left.
//
// A desk answers an assignment by itself within SeenWithin. Where one does not, there is no time to try the others one
// after another, since any number of them may have died with it: the chat is called out (conversation.RoundCall) to the
// desks of all eligible agents at once, half of SeenWithin later also to those who had passed it, and the first desk that
// answers has it. So one living desk is enough, however many are dead. A desk that failed an assignment is called only
// OfferFirst later.
package routing

import (
	"cmp"
	"container/heap"
	"slices"

	"agentdesk/sync/conversation"
)

// Board is the waiting conversations and the agents of one shop. It is not safe for concurrent use: its owner is the floor.
type Board struct {
	pol    *conversation.Policy
	agents map[string]*agent
	groups map[string]*group
	chats  map[string]*entry
	asks   map[string][]*entry // chats that name an agent as target or fallback
	skills map[string]uint     // bit of each skill
	timers timers

	changed []*entry // to be looked at by the next Next
	freed   []*agent // may take something they could not before
}

// New makes an empty board under a policy, which must not change afterwards.
func New(pol *conversation.Policy) *Board {
	return &Board{pol: pol, agents: map[string]*agent{}, groups: map[string]*group{}, chats: map[string]*entry{},
		asks: map[string][]*entry{}, skills: map[string]uint{}}
}

// group is one queue and those who serve it.
type group struct {
	name   string
	queue  lanes    // all waiting chats
	hungry lanes    // those that want more offers, or an assignment
	agents []*agent // connected and below capacity, best first
}

func (b *Board) group(name string) *group {
	g := b.groups[name]
	if g == nil {
		g = &group{name: name}
		b.groups[name] = g
	}
	return g
}

// Set tells the board a conversation as of its last fold. Call it after each fold, and also after a refusal of one of
// the board's commands: the board expects its commands to happen until it is told what did.
func (b *Board) Set(s *conversation.State) {
	e := b.chats[s.ID]
	if s.Seat != conversation.SeatWaiting || s.Wait == nil {
		if e != nil {
			b.drop(e)
		}
		return
	}
	w := s.Wait
	if e == nil {
		e = &entry{id: s.ID, timer: -1}
		b.chats[s.ID] = e
	} else {
		b.forget(e)
		b.unqueue(e)
	}
	e.since, e.entered, e.class, e.first = w.Since, w.Entered, min(max(w.Class, 1), classes), w.First
	e.key = e.since + int64(e.class-1)*b.pol.AgeStep.Milliseconds()
	e.group = b.group(w.Group)
	e.need, e.wide = b.mask(w.Skills)
	e.skills, e.target, e.fallback = w.Skills, w.Target, w.Fallback
	e.passed, e.unseen, e.unseenAt = slices.Clone(w.Passed), slices.Clone(w.Unseen), w.UnseenAt
	e.place, e.toldAt, e.alarmed = w.Place, w.ToldAt, w.Alarmed
	if e.toldAt > e.checkedAt {
		e.checkedAt = e.toldAt
	}
	e.group.queue.insert(e)
	for _, id := range []string{e.target, e.fallback} {
		if id != "" {
			b.asks[id] = append(b.asks[id], e)
		}
	}
	b.syncOffers(e, w.Offers)
	b.touch(e)
}

// syncOffers makes the board's open offers of e those that happened.
func (b *Board) syncOffers(e *entry, now []conversation.Offer) {
	for i := len(e.offers) - 1; i >= 0; i-- {
		id := e.offers[i].Agent
		if !slices.ContainsFunc(now, func(o conversation.Offer) bool { return o.Agent == id }) {
			b.endOffer(e, id)
		}
	}
	for _, o := range now {
		i := e.offerOf(o.Agent)
		if i < 0 {
			b.addOffer(e, o)
		} else {
			e.offers[i] = o
		}
	}
}

// Remove forgets a conversation.
func (b *Board) Remove(id string) {
	if e := b.chats[id]; e != nil {
		b.drop(e)
	}
}

func (b *Board) drop(e *entry) {
	b.forget(e)
	b.syncOffers(e, nil)
	b.unqueue(e)
	if e.timer >= 0 {
		heap.Remove(&b.timers, e.timer)
	}
	e.gone = true
	delete(b.chats, e.id)
}

// unqueue takes e out of everything that is ordered or named by what Set changes.
func (b *Board) unqueue(e *entry) {
	b.setHungry(e, false)
	e.group.queue.remove(e)
	for _, id := range []string{e.target, e.fallback} {
		if id == "" {
			continue
		}
		list := b.asks[id]
		if i := slices.Index(list, e); i >= 0 {
			list = slices.Delete(list, i, i+1)
		}
		if b.asks[id] = list; len(list) == 0 {
			delete(b.asks, id)
		}
	}
}

func (b *Board) touch(e *entry) {
	if !e.touched {
		e.touched = true
		b.changed = append(b.changed, e)
	}
}

func (b *Board) setHungry(e *entry, yes bool) {
	if e.hungry == yes {
		return
	}
	if e.hungry = yes; yes {
		e.group.hungry.insert(e)
	} else {
		e.group.hungry.remove(e)
	}
}

// mask is the bits of some skills; wide says that there were more different ones than bits, and names must be compared.
func (b *Board) mask(skills []string) (m uint64, wide bool) {
	for _, s := range skills {
		bit, ok := b.skills[s]
		if !ok {
			bit = uint(len(b.skills))
			b.skills[s] = bit
		}
		if bit >= 64 {
			wide = true
			continue
		}
		m |= 1 << bit
	}
	return m, wide
}

// Wake is the next time at which Next has something without any change before, in Unix ms; 0 for never. A time in the
// past means that there are changes which Next has not seen.
func (b *Board) Wake() int64 {
	switch {
	case len(b.changed) > 0 || len(b.freed) > 0:
		return 1
	case len(b.timers) > 0:
		return b.timers[0].due
	}
	return 0
}

// Place is the 1-based place of a waiting conversation in its group's queue, 0 when it does not wait.
func (b *Board) Place(conv string) int {
	e := b.chats[conv]
	if e == nil {
		return 0
	}
	return e.group.queue.rank(e) + 1
}

// Order lists a group's waiting conversations, most urgent first.
func (b *Board) Order(name string) []string {
	g := b.groups[name]
	if g == nil {
		return nil
	}
	var out []string
	for w := newWalk(false, g); ; w.skip() {
		e := w.head()
		if e == nil {
			return out
		}
		out = append(out, e.id)
	}
}

// MostUrgent is the waiting conversation that an agent should take next: the most urgent one offered to them, else the
// first that they may claim. Whether they have room is not asked.
func (b *Board) MostUrgent(id string) (conv string, ok bool) {
	a := b.agents[id]
	if a == nil || !a.known {
		return "", false
	}
	if len(a.open) > 0 {
		return slices.MinFunc(a.open, compareUrgency).id, true
	}
	for w := newWalk(false, a.groups...); ; w.skip() {
		e := w.head()
		if e == nil {
			return "", false
		}
		if a.serves(e) {
			return e.id, true
		}
	}
}

// timers is a heap of entries by due time, then ID.
type timers []*entry

func (t timers) Len() int { return len(t) }
func (t timers) Less(i, j int) bool {
	return cmp.Or(cmp.Compare(t[i].due, t[j].due), cmp.Compare(t[i].id, t[j].id)) < 0
}
func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].timer, t[j].timer = i, j
}
func (t *timers) Push(x any) {
	e := x.(*entry)
	e.timer = len(*t)
	*t = append(*t, e)
}
func (t *timers) Pop() any {
	old := *t
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*t = old[:len(old)-1]
	e.timer = -1
	return e
}

// schedule sets when e must be looked at again; 0 for only when something changes.
func (b *Board) schedule(e *entry, due int64) {
	switch {
	case due == 0 && e.timer >= 0:
		heap.Remove(&b.timers, e.timer)
	case due == 0:
	case e.timer >= 0:
		e.due = due
		heap.Fix(&b.timers, e.timer)
	default:
		e.due = due
		heap.Push(&b.timers, e)
	}
}
