package due

import (
	"testing"

	"pgregory.net/rapid"
)

// The queue against a list that is looked through.
func TestQueue_AgainstAList(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		const n = 12
		q := Queue[int]{Less: func(a, b int) bool { return a < b }}
		slots := make([]*Slot[int], n)
		for i := range slots {
			slots[i] = &Slot[int]{Of: i}
		}
		want := map[int]int64{}
		for range rapid.IntRange(1, 100).Draw(rt, "steps") {
			i := rapid.IntRange(0, n-1).Draw(rt, "which")
			at := rapid.Int64Range(0, 5).Draw(rt, "at")
			q.Set(slots[i], at)
			if want[i] = at; at == 0 {
				delete(want, i)
			}
			first := -1
			for i, at := range want {
				if first < 0 || at < want[first] || at == want[first] && i < first {
					first = i
				}
			}
			switch {
			case q.Len() != len(want) || slots[i].At() != at:
				rt.Fatalf("%d in it, want %d; %d is at %d, want %d", q.Len(), len(want), i, slots[i].At(), at)
			case first < 0:
				if q.First() != nil || q.Next() != 0 {
					rt.Fatal("empty, and yet something is first")
				}
			case q.First() != slots[first] || q.Next() != want[first]:
				rt.Fatalf("first is %d at %d, want %d at %d", q.First().Of, q.Next(), first, want[first])
			}
		}
	})
}
