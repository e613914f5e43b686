package routing

import (
	"cmp"
	"slices"

	"agentdesk/sync/conversation"
)

// agent is one agent with the offers open to them.
type agent struct {
	conversation.Agent
	known   bool
	mask    uint64
	groups  []*group
	open    []*entry // chats with an open offer to them
	offered int64    // the last offer
	given   int      // chats the board gave them and has not heard of yet
	listed  bool     // in the groups' lists
	freed   bool     // in Board.freed
}

// SetAgent adds or replaces an agent as the floor knows them, with their load.
func (b *Board) SetAgent(n conversation.Agent) {
	a := b.agent(n.ID)
	if a.known && a.Name == n.Name && a.Role == n.Role && a.Status == n.Status && a.Capacity == n.Capacity && a.Load == n.Load &&
		a.Senior == n.Senior && a.Beating == n.Beating && slices.Equal(a.Groups, n.Groups) && slices.Equal(a.Skills, n.Skills) {
		return
	}
	b.unlist(a)
	a.Agent, a.known = n, true
	a.Groups, a.Skills = slices.Clone(n.Groups), slices.Clone(n.Skills)
	a.mask, _ = b.mask(n.Skills)
	a.groups = a.groups[:0]
	for _, g := range a.Groups {
		if g := b.group(g); !slices.Contains(a.groups, g) {
			a.groups = append(a.groups, g)
		}
	}
	b.changedAgent(a)
}

// RemoveAgent forgets an agent. Their open offers are withdrawn.
func (b *Board) RemoveAgent(id string) {
	a := b.agents[id]
	if a == nil || !a.known {
		return
	}
	b.unlist(a)
	a.known, a.groups = false, nil
	b.changedAgent(a)
}

// SetBeat says whether an agent's desk is beating.
func (b *Board) SetBeat(id string, fresh bool) {
	a := b.agents[id]
	if a == nil || !a.known || a.Beating == fresh {
		return
	}
	b.unlist(a)
	a.Beating = fresh
	b.changedAgent(a)
}

func (b *Board) agent(id string) *agent {
	a := b.agents[id]
	if a == nil {
		a = &agent{}
		a.ID = id
		b.agents[id] = a
	}
	return a
}

// changedAgent lists an agent anew and has everything looked at that the change may concern.
func (b *Board) changedAgent(a *agent) {
	for _, e := range a.open {
		b.touch(e)
	}
	for _, e := range b.asks[a.ID] {
		b.touch(e)
	}
	if !a.known && len(a.open) == 0 {
		delete(b.agents, a.ID)
		return
	}
	b.list(a)
	b.free(a)
}

// free has the next Next look for something that a may take.
func (b *Board) free(a *agent) {
	if !a.freed && a.serving() {
		a.freed = true
		b.freed = append(b.freed, a)
	}
}

// serving reports whether the floor may give a something at all.
func (a *agent) serving() bool {
	return a.known && conversation.Connected(&a.Agent) && a.held() < a.Capacity
}

// room reports whether a has a free place that no open offer takes.
func (a *agent) room() bool { return a.taken() < a.Capacity }

// held is the places in use; taken is those and the ones that open offers hold.
func (a *agent) held() int  { return a.Load + a.given }
func (a *agent) taken() int { return a.held() + len(a.open) }

// serves reports whether a has the group and the skills for e, or is named by it.
func (a *agent) serves(e *entry) bool {
	if a.ID == e.target || a.ID == e.fallback {
		return true
	}
	if a.mask&e.need != e.need || !slices.Contains(a.groups, e.group) {
		return false
	}
	return !e.wide || conversation.HasSkills(&a.Agent, e.skills)
}

func compareAgents(a, b *agent) int {
	x, y := int64(a.taken())*int64(b.Capacity), int64(b.taken())*int64(a.Capacity)
	return cmp.Or(cmp.Compare(x, y), cmp.Compare(a.offered, b.offered), cmp.Compare(a.ID, b.ID))
}

func (b *Board) list(a *agent) {
	if a.listed || !a.serving() {
		return
	}
	a.listed = true
	for _, g := range a.groups {
		i, _ := slices.BinarySearchFunc(g.agents, a, compareAgents)
		g.agents = slices.Insert(g.agents, i, a)
	}
}

// unlist must come before any change of what compareAgents reads.
func (b *Board) unlist(a *agent) {
	if !a.listed {
		return
	}
	a.listed = false
	for _, g := range a.groups {
		if i, found := slices.BinarySearchFunc(g.agents, a, compareAgents); found {
			g.agents = slices.Delete(g.agents, i, i+1)
		}
	}
}

func (b *Board) addOffer(e *entry, o conversation.Offer) {
	e.offers = append(e.offers, o)
	a := b.agent(o.Agent)
	b.unlist(a)
	a.open = append(a.open, e)
	a.offered = max(a.offered, o.At)
	b.list(a)
}

func (b *Board) endOffer(e *entry, id string) {
	if i := e.offerOf(id); i >= 0 {
		e.offers = slices.Delete(e.offers, i, i+1)
	}
	a := b.agent(id)
	b.unlist(a)
	if i := slices.Index(a.open, e); i >= 0 {
		a.open = slices.Delete(a.open, i, i+1)
	}
	if !a.known && len(a.open) == 0 {
		delete(b.agents, id)
		return
	}
	b.list(a)
	b.free(a)
}

// give notes that the board gave e to a. forget takes that back, once what became of it is known or nobody told.
func (b *Board) give(e *entry, a *agent) {
	e.given = a
	b.unlist(a)
	a.given++
	b.list(a)
}

func (b *Board) forget(e *entry) {
	a := e.given
	if a == nil {
		return
	}
	e.given = nil
	b.unlist(a)
	a.given--
	b.list(a)
	b.free(a)
}
