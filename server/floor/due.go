package floor

import "container/heap"

// dueHeap orders conversations by their next deadline. Each entry knows its place, so that a change is one fix.
type dueHeap []*entry

func (h dueHeap) Len() int           { return len(h) }
func (h dueHeap) Less(i, j int) bool { return h[i].due < h[j].due }
func (h dueHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].at, h[j].at = i, j
}

// Push implements heap.Interface.
func (h *dueHeap) Push(x any) {
	e := x.(*entry)
	e.at = len(*h)
	*h = append(*h, e)
}

// Pop implements heap.Interface.
func (h *dueHeap) Pop() any {
	old := *h
	e := old[len(old)-1]
	old[len(old)-1] = nil
	*h = old[:len(old)-1]
	e.at = -1
	return e
}

// set moves e to a deadline in Unix ms; 0 takes it out.
func (h *dueHeap) set(e *entry, due int64) {
	if e.due == due && (e.at >= 0) == (due != 0) {
		return
	}
	e.due = due
	switch {
	case due == 0 && e.at >= 0:
		heap.Remove(h, e.at)
	case due == 0:
	case e.at >= 0:
		heap.Fix(h, e.at)
	default:
		heap.Push(h, e)
	}
}

// first is the earliest deadline, 0 for none.
func (h dueHeap) first() int64 {
	if len(h) == 0 {
		return 0
	}
	return h[0].due
}
