package floor

import (
	"fmt"
	"slices"
	"strings"

	"agentdesk/server/due"
	"agentdesk/server/routing"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// entry is a conversation in the book. The state it points to never changes: a fold replaces it.
type entry struct {
	s    *conversation.State
	slot due.Slot[*entry] // next deadline, Unix ms
}

// book is everything the floor knows, with the indexes that deciding needs. It is data without a lock: the writer's.
type book struct {
	pol   *conversation.Policy
	board *routing.Board
	convs map[string]*entry
	dues  due.Queue[*entry]

	open map[string]string              // customer → open conversation
	last map[string]string              // customer → newest conversation since the fold's checkpoint
	held map[string]map[string]struct{} // agent → conversations held; its size is the load

	agents  map[string]AgentState
	beating map[string]bool // desks that beat within Policy.BeatFresh; not from the log

	once   *onceStore
	closed []closedConv // oldest first: conversations to drop once the fold has them
	out    uint64       // highest LastSeq of a conversation dropped: older than or equal to this ask the fold

	journal *[]undo // where changes are noted while a batch is gathered; nil while refolding
	post    map[string]*conversation.State
}

type closedConv struct {
	id, customer string
	seq          uint64
}

// undo is one change to take back.
type undo struct {
	kind  undoKind
	id    string
	state *conversation.State // before
	agent AgentState          // before
	had   bool                // there was one before
	text  string              // before
	key   onceKey
}

type undoKind uint8

const (
	undoConv undoKind = iota
	undoAgent
	undoLast
	undoOnce
)

func newBook(pol *conversation.Policy, onceLimit int) *book {
	return &book{
		pol: pol, board: routing.New(pol), convs: map[string]*entry{}, open: map[string]string{}, last: map[string]string{},
		held: map[string]map[string]struct{}{}, agents: map[string]AgentState{}, beating: map[string]bool{},
		once: newOnceStore(onceLimit),
	}
}

func (b *book) state(id string) *conversation.State {
	if e := b.convs[id]; e != nil {
		return e.s
	}
	return nil
}

func (b *book) note(u undo) {
	if b.journal != nil {
		*b.journal = append(*b.journal, u)
	}
}

// setConv puts s in the place of the conversation's state, and everything that follows from it; nil removes it.
func (b *book) setConv(id string, s *conversation.State) {
	e := b.convs[id]
	var old *conversation.State
	if e != nil {
		old = e.s
	}
	b.note(undo{kind: undoConv, id: id, state: old})
	if b.post != nil {
		b.post[id] = s
	}
	switch {
	case s == nil && e == nil:
		return
	case s == nil:
		b.dues.Set(&e.slot, 0)
		delete(b.convs, id)
	case e == nil:
		e = &entry{}
		e.slot.Of = e
		b.convs[id] = e
	}
	if s != nil {
		e.s = s
	}
	b.index(id, old, s)
	if s == nil || !s.Open() {
		b.board.Remove(id)
		if s != nil {
			b.dues.Set(&e.slot, 0)
		}
		return
	}
	b.board.Set(s)
	b.dues.Set(&e.slot, conversation.NextDue(s, b.pol))
}

// index moves the customer's open conversation and the holder's load from old to s.
func (b *book) index(id string, old, s *conversation.State) {
	if old != nil && old.Open() && (s == nil || !s.Open()) && b.open[old.Customer] == id {
		delete(b.open, old.Customer)
	}
	if s != nil && s.Open() {
		b.open[s.Customer] = id
	}
	from, to := holderOf(old), holderOf(s)
	if from == to {
		return
	}
	if from != "" {
		delete(b.held[from], id)
		if len(b.held[from]) == 0 {
			delete(b.held, from)
		}
		b.tellBoard(from)
	}
	if to != "" {
		if b.held[to] == nil {
			b.held[to] = map[string]struct{}{}
		}
		b.held[to][id] = struct{}{}
		b.tellBoard(to)
	}
}

func holderOf(s *conversation.State) string {
	if s == nil || s.Seat != conversation.SeatHuman {
		return ""
	}
	return s.Agent
}

// agent is what deciding needs to know of an agent.
func (b *book) agent(id string) (conversation.Agent, bool) {
	a, ok := b.agents[id]
	if !ok {
		return conversation.Agent{}, false
	}
	return conversation.Agent{
		ID: id, Name: a.Name, Status: a.Status, Capacity: a.Capacity, Load: len(b.held[id]), Groups: a.Groups,
		Skills: a.Skills, Senior: a.Senior, Beating: b.beating[id],
	}, true
}

func (b *book) tellBoard(id string) {
	if a, ok := b.agent(id); ok {
		b.board.SetAgent(a)
	}
}

// show tells the board again how a conversation stands, after a wish of it came to nothing.
func (b *book) show(conv string) {
	if s := b.state(conv); s != nil && s.Open() {
		b.board.Set(s)
		return
	}
	b.board.Remove(conv)
}

func (b *book) setAgent(a AgentState) {
	old, had := b.agents[a.Agent]
	b.note(undo{kind: undoAgent, id: a.Agent, agent: old, had: had})
	b.agents[a.Agent] = a
	b.tellBoard(a.Agent)
}

func (b *book) setBeating(id string, fresh bool) {
	if b.beating[id] == fresh {
		return
	}
	if fresh {
		b.beating[id] = true
	} else {
		delete(b.beating, id)
	}
	b.board.SetBeat(id, fresh)
	b.tellBoard(id)
}

func (b *book) setLast(customer, conv string) {
	old, had := b.last[customer]
	b.note(undo{kind: undoLast, id: customer, text: old, had: had})
	b.last[customer] = conv
}

func (b *book) putOnce(k onceKey, d done) {
	b.note(undo{kind: undoOnce, key: k})
	b.once.put(k, d)
}

// rollback takes changes back, newest first.
func (b *book) rollback(journal []undo) {
	b.journal, b.post = nil, nil
	for _, u := range slices.Backward(journal) {
		switch u.kind {
		case undoConv:
			b.setConv(u.id, u.state)
		case undoAgent:
			if u.had {
				b.setAgent(u.agent)
			} else {
				delete(b.agents, u.id)
				b.board.RemoveAgent(u.id)
			}
		case undoLast:
			if u.had {
				b.last[u.id] = u.text
			} else {
				delete(b.last, u.id)
			}
		case undoOnce:
			b.once.undo(u.key)
		}
	}
}

// foldShop applies an event of the shop.
func (b *book) foldShop(e *event.Event) error {
	switch e.Type {
	case event.AgentStatus:
		var body event.AgentStatusBody
		if err := e.Decode(&body, nil); err != nil {
			return err
		}
		if body.Agent == "" {
			return fmt.Errorf("%s %s names no agent", e.Type, e.ID)
		}
		b.setAgent(AgentState{AgentStatusBody: body})
	case event.DeskGone:
		var body event.DeskGoneBody
		if err := e.Decode(&body, nil); err != nil {
			return err
		}
		if a, ok := b.agents[body.Agent]; ok {
			a.Gone = true
			b.setAgent(a)
		}
	}
	return nil
}

// keepDone remembers the command behind events[i], which carries a client ID.
func (b *book) keepDone(events []event.Event, i int, epoch, seq uint64) error {
	e := &events[i]
	s, err := parseSum(e.ClientSum)
	if err != nil {
		return fmt.Errorf("%s %s: %w", e.Type, e.ID, err)
	}
	d := done{sum: s, event: packID(e.ID), epoch: epoch, seq: seq, conv: e.Conv}
	if m := messageOf(events, i); m >= 0 {
		d.message = packID(events[m].ID)
	}
	b.putOnce(keyOf(e.Actor, e.ClientID), d)
	return nil
}

// messageOf is the index of the message that the command behind events[i] posted, -1 for none: the first event itself,
// or the one after the opening that it caused.
func messageOf(events []event.Event, i int) int {
	if events[i].Type == event.Posted {
		return i
	}
	if events[i].Type == event.Opened && i+1 < len(events) && events[i+1].Type == event.Posted &&
		events[i+1].Conv == events[i].Conv && events[i+1].Actor == events[i].Actor {
		return i + 1
	}
	return -1
}

// prune drops closed conversations beyond keep that the fold, at its checkpoint, has.
func (b *book) prune(keep int, folded uint64) {
	for len(b.closed) > keep {
		c := b.closed[0]
		if c.seq > folded {
			return
		}
		b.closed = b.closed[1:]
		e := b.convs[c.id]
		if e == nil || e.s.Open() || e.s.LastSeq > c.seq {
			continue // gone already, or a later entry of this list will drop it
		}
		b.out = max(b.out, e.s.LastSeq)
		delete(b.convs, c.id)
		if b.last[c.customer] == c.id {
			delete(b.last, c.customer)
		}
	}
}

// agentsList is all agents by ID.
func (b *book) agentsList() []conversation.Agent {
	out := make([]conversation.Agent, 0, len(b.agents))
	for id := range b.agents {
		a, _ := b.agent(id)
		out = append(out, a)
	}
	slices.SortFunc(out, func(x, y conversation.Agent) int { return strings.Compare(x.ID, y.ID) })
	return out
}

// view is all open conversations by ID, and the queues.
func (b *book) view() *View {
	v := &View{Agents: b.agentsList(), Waiting: map[string][]string{}}
	for _, id := range b.open {
		s := b.convs[id].s
		v.Convs = append(v.Convs, s)
		if s.Wait != nil {
			if _, ok := v.Waiting[s.Wait.Group]; !ok {
				v.Waiting[s.Wait.Group] = b.board.Order(s.Wait.Group)
			}
		}
	}
	slices.SortFunc(v.Convs, func(x, y *conversation.State) int { return strings.Compare(x.ID, y.ID) })
	return v
}
