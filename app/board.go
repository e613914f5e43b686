package app

import (
	"cmp"
	"slices"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
)

const ageStep = 60_000 // ms, until the server says its own

// board is where each conversation of the copy stands in the queue. Lists are sorted when they are asked for, and only
// after something in them changed.
type board struct {
	me    string
	step  int64 // ms that one class of priority counts for
	in    map[string]view.Segment
	ids   map[view.Segment]map[string]*conversation.State
	lists map[view.Segment][]*conversation.State
	due   map[string]*conversation.State // with open follow-ups of this agent
}

func newBoard(me string, step int64, all []*conversation.State) *board {
	if step <= 0 {
		step = ageStep
	}
	b := &board{me: me, step: step, in: map[string]view.Segment{}, ids: map[view.Segment]map[string]*conversation.State{},
		lists: map[view.Segment][]*conversation.State{}, due: map[string]*conversation.State{}}
	for _, seg := range []view.Segment{view.SegWaiting, view.SegMine, view.SegClosed} {
		b.ids[seg] = map[string]*conversation.State{}
	}
	for _, s := range all {
		b.set(s.ID, s)
	}
	return b
}

// set notes a conversation as it is now; nil for one that left.
func (b *board) set(id string, s *conversation.State) {
	now := b.segment(s)
	if was := b.in[id]; was != "" && was != now {
		delete(b.ids[was], id)
		delete(b.lists, was)
	}
	delete(b.in, id)
	if now != "" {
		b.in[id] = now
		b.ids[now][id] = s
		delete(b.lists, now)
	}
	delete(b.due, id)
	if s != nil && slices.ContainsFunc(s.FollowUps, func(f conversation.FollowUp) bool { return f.Agent == b.me }) {
		b.due[id] = s
	}
}

func (b *board) segment(s *conversation.State) view.Segment {
	switch {
	case s == nil:
	case s.Seat == conversation.SeatWaiting && s.Wait != nil:
		return view.SegWaiting
	case s.Seat == conversation.SeatHuman && s.Agent == b.me && s.Hold != nil:
		return view.SegMine
	case s.Seat == conversation.SeatClosed:
		return view.SegClosed
	}
	return ""
}

func (b *board) count(seg view.Segment) int {
	if b == nil {
		return 0
	}
	return len(b.ids[seg])
}

// list is a segment in the order shown; not to be changed.
func (b *board) list(seg view.Segment) []*conversation.State {
	if b == nil {
		return nil
	}
	if l, ok := b.lists[seg]; ok {
		return l
	}
	l := make([]*conversation.State, 0, len(b.ids[seg]))
	for _, s := range b.ids[seg] {
		l = append(l, s)
	}
	if seg == view.SegWaiting {
		b.urgent(l)
	} else {
		slices.SortFunc(l, func(x, y *conversation.State) int {
			return cmp.Or(cmp.Compare(y.LastAt, x.LastAt), cmp.Compare(x.ID, y.ID))
		})
	}
	b.lists[seg] = l
	return l
}

// lane is the chats of one group and class.
type lane struct {
	group string
	class int
}

// urgent sorts waiting chats the way the floor serves them: by aged clock across classes; in a class those that a person
// lost come first, and then also pass for as old as the oldest other of the class.
func (b *board) urgent(l []*conversation.State) {
	class := func(s *conversation.State) int { return min(max(s.Wait.Class, 1), 6) }
	key := func(s *conversation.State) int64 { return s.Wait.Since + int64(class(s)-1)*b.step }
	oldest := map[lane]int64{} // key of the oldest that is not first
	for _, s := range l {
		ln := lane{s.Wait.Group, class(s)}
		if k, ok := oldest[ln]; !s.Wait.First && (!ok || key(s) < k) {
			oldest[ln] = key(s)
		}
	}
	urgency := func(s *conversation.State) int64 {
		if k, ok := oldest[lane{s.Wait.Group, class(s)}]; ok && s.Wait.First {
			return min(key(s), k)
		}
		return key(s)
	}
	first := func(s *conversation.State) int {
		if s.Wait.First {
			return 0
		}
		return 1
	}
	slices.SortFunc(l, func(x, y *conversation.State) int {
		return cmp.Or(cmp.Compare(urgency(x), urgency(y)), cmp.Compare(class(x), class(y)), cmp.Compare(first(x), first(y)),
			cmp.Compare(x.Wait.Since, y.Wait.Since), cmp.Compare(x.Wait.Entered, y.Wait.Entered), cmp.Compare(x.ID, y.ID))
	})
}
