package routing

import (
	"cmp"
	"slices"
	"sort"

	"agentdesk/sync/conversation"
)

// classes is the number of priority classes, 1 the most urgent.
const classes = 6

// entry is one waiting conversation.
type entry struct {
	id             string
	since, entered int64
	key            int64 // since + (class−1)·AgeStep: the smaller the more urgent
	class          int
	first          bool
	group          *group
	need           uint64 // skills as bits
	wide           bool
	skills         []string
	target         string
	fallback       string
	offers         []conversation.Offer
	passed         []string
	unseen         []string
	unseenAt       int64
	place          int
	toldAt         int64
	checkedAt      int64 // when the place was last told, or found unchanged
	alarmed        bool

	given   *agent // the board said Assign to them and has not heard yet
	hungry  bool
	touched bool
	gone    bool
	due     int64
	timer   int // index in the heap, -1 when not in it
}

func (e *entry) offerOf(agent string) int {
	return slices.IndexFunc(e.offers, func(o conversation.Offer) bool { return o.Agent == agent })
}

// lane is the chats of one class in order: those that a person lost first, then by clock, first come, first served.
type lane struct {
	list   []*entry
	firsts int
}

func compareInLane(a, b *entry) int {
	if a.first != b.first {
		if a.first {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(a.since, b.since), cmp.Compare(a.entered, b.entered), cmp.Compare(a.id, b.id))
}

// lanes is one queue: a merge of its classes by aged clock. Insert, remove and rank take O(log n) comparisons.
type lanes [classes]lane

func (l *lanes) insert(e *entry) {
	la := &l[e.class-1]
	i, found := slices.BinarySearchFunc(la.list, e, compareInLane)
	if found {
		return
	}
	la.list = slices.Insert(la.list, i, e)
	if e.first {
		la.firsts++
	}
}

func (l *lanes) remove(e *entry) {
	la := &l[e.class-1]
	i, found := slices.BinarySearchFunc(la.list, e, compareInLane)
	if !found {
		return
	}
	la.list = slices.Delete(la.list, i, i+1)
	if e.first {
		la.firsts--
	}
}

// urgency is e's key, where a chat that is first in its class also passes for as old as the oldest other of the class.
// So "first in class" and "aged clock" make one order, in which urgency never falls along a lane.
func (e *entry) urgency() int64 {
	if la := &e.group.queue[e.class-1]; e.first && la.firsts < len(la.list) {
		return min(e.key, la.list[la.firsts].key)
	}
	return e.key
}

// compareUrgency orders chats of any groups, the most urgent first.
func compareUrgency(a, b *entry) int {
	return cmp.Or(cmp.Compare(a.urgency(), b.urgency()), cmp.Compare(a.class, b.class), compareInLane(a, b))
}

// rank is how many chats of the queue come before e.
func (l *lanes) rank(e *entry) int {
	u, n := e.urgency(), 0
	for c := range l {
		list := l[c].list
		switch {
		case c == e.class-1:
			i, _ := slices.BinarySearchFunc(list, e, compareInLane)
			n += i
		case c < e.class-1: // an equal clock of a better class goes before
			n += sort.Search(len(list), func(i int) bool { return list[i].urgency() > u })
		default:
			n += sort.Search(len(list), func(i int) bool { return list[i].urgency() >= u })
		}
	}
	return n
}

// walk goes through the queues of some groups, most urgent first. The head may leave its queue during the walk.
type walk struct {
	lanes []*lane
	at    []int
	now   int // lane of the head
}

func newWalk(hungry bool, groups ...*group) *walk {
	w := &walk{now: -1}
	for _, g := range groups {
		l := &g.queue
		if hungry {
			l = &g.hungry
		}
		for c := range l {
			if len(l[c].list) > 0 {
				w.lanes = append(w.lanes, &l[c])
			}
		}
	}
	w.at = make([]int, len(w.lanes))
	return w
}

// head is the most urgent chat not yet skipped, nil at the end.
func (w *walk) head() *entry {
	var best *entry
	for i, la := range w.lanes {
		if w.at[i] >= len(la.list) {
			continue
		}
		if e := la.list[w.at[i]]; best == nil || compareUrgency(e, best) < 0 {
			best, w.now = e, i
		}
	}
	return best
}

// skip goes on behind the head.
func (w *walk) skip() { w.at[w.now]++ }
