package routing

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"agentdesk/sync/conversation"

	"pgregory.net/rapid"
)

// waitingState is a chat as the fold leaves it when it begins to wait.
func waitingState(id, group string, class int, since int64, first bool) *conversation.State {
	return &conversation.State{ID: id, Group: group, Seat: conversation.SeatWaiting,
		Wait: &conversation.Wait{Since: since, Entered: since, Class: class, Group: group, First: first}}
}

// TestOrder_AgainstReference compares queue and places with a slow second way to say the order: take, again and again,
// the front of the class whose waiting is most urgent, those first in class before the others.
func TestOrder_AgainstReference(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pol := conversation.Default()
		b := New(pol)
		states := map[string]*conversation.State{}
		for i := range rapid.IntRange(1, 60).Draw(rt, "n") {
			id := fmt.Sprintf("c%d", rapid.IntRange(0, 30).Draw(rt, "id"))
			switch {
			case rapid.IntRange(0, 4).Draw(rt, "gone") == 0:
				b.Remove(id)
				delete(states, id)
			default:
				s := waitingState(id, "g", rapid.IntRange(1, 6).Draw(rt, "class"), int64(i)*second*int64(rapid.IntRange(1, 5).Draw(rt, "since")), rapid.IntRange(0, 3).Draw(rt, "first") == 0)
				states[id] = s
				b.Set(s)
			}
		}
		var left []*conversation.State
		for _, s := range states {
			left = append(left, s)
		}
		key := func(s *conversation.State) int64 {
			return s.Wait.Since + int64(s.Wait.Class-1)*pol.AgeStep.Milliseconds()
		}
		// A first one stands before the oldest ordinary one of its class, and so counts for at least as urgent.
		urgency := func(s *conversation.State) int64 {
			u := key(s)
			for _, o := range left {
				if s.Wait.First && !o.Wait.First && o.Wait.Class == s.Wait.Class {
					u = min(u, key(o))
				}
			}
			return u
		}
		var want []string
		for len(left) > 0 {
			next := slices.MinFunc(left, func(x, y *conversation.State) int {
				first := 0
				if x.Wait.Class == y.Wait.Class {
					first = cmp.Compare(bit(y.Wait.First), bit(x.Wait.First))
				}
				return cmp.Or(first, cmp.Compare(urgency(x), urgency(y)), cmp.Compare(x.Wait.Class, y.Wait.Class),
					cmp.Compare(x.Wait.Since, y.Wait.Since), cmp.Compare(x.ID, y.ID))
			})
			want = append(want, next.ID)
			left = slices.DeleteFunc(left, func(s *conversation.State) bool { return s == next })
		}
		if got := b.Order("g"); !slices.Equal(got, want) {
			rt.Fatalf("order %v, want %v", got, want)
		}
		for i, id := range want {
			if p := b.Place(id); p != i+1 {
				rt.Fatalf("place of %s is %d, want %d", id, p, i+1)
			}
		}
	})
}

// TestOrder_NobodyStarves: whoever arrives later than a chat's aged clock stands behind it, however urgent they are. So
// at most those who came before that moment can ever be served first.
func TestOrder_NobodyStarves(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		pol := conversation.Default()
		b := New(pol)
		class := rapid.IntRange(1, 6).Draw(rt, "class")
		b.Set(waitingState("me", "g", class, 0, false))
		horizon := int64(class-1) * pol.AgeStep.Milliseconds()
		ahead := 0
		for i := range rapid.IntRange(0, 80).Draw(rt, "others") {
			at := rapid.Int64Range(1, 2*horizon+1).Draw(rt, "at")
			b.Set(waitingState(fmt.Sprintf("c%d", i), "g", rapid.IntRange(1, 6).Draw(rt, "theirs"), at, false))
			if at <= horizon {
				ahead++
			}
		}
		if p := b.Place("me"); p > ahead+1 {
			rt.Fatalf("place %d with %d others who came in time", p, ahead)
		}
	})
}
