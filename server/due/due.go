// Package due keeps things in the order of their deadlines. Each has at most one, which may move; a change costs O(log n).
package due

import "container/heap"

// Slot is the place of one thing in a queue. Its zero value, with Of set, is in none.
type Slot[T any] struct {
	Of    T
	at    int64
	place int // in the heap, from 1; 0: in no queue
}

// At is the deadline, 0 for none.
func (s *Slot[T]) At() int64 {
	if s.place == 0 {
		return 0
	}
	return s.at
}

// Queue is such an order. Things due at the same time come in the order of Less, where it is set. The zero value is empty and
// ready. It is not safe for concurrent use.
type Queue[T any] struct {
	Less func(a, b T) bool
	h    slots[T]
}

// Set moves s to a deadline, in any unit in which 0 is none; 0 takes it out.
func (q *Queue[T]) Set(s *Slot[T], at int64) {
	q.h.less = q.Less
	switch {
	case s.At() == at:
	case at == 0:
		heap.Remove(&q.h, s.place-1)
	case s.place > 0:
		s.at = at
		heap.Fix(&q.h, s.place-1)
	default:
		s.at = at
		heap.Push(&q.h, s)
	}
}

// First is what is due first, nil for nothing.
func (q *Queue[T]) First() *Slot[T] {
	if len(q.h.list) == 0 {
		return nil
	}
	return q.h.list[0]
}

// Next is when something is due first, 0 for never.
func (q *Queue[T]) Next() int64 {
	if s := q.First(); s != nil {
		return s.at
	}
	return 0
}

// Len is how many things have a deadline.
func (q *Queue[T]) Len() int { return len(q.h.list) }

// slots is the heap itself.
type slots[T any] struct {
	list []*Slot[T]
	less func(a, b T) bool
}

// Len implements heap.Interface.
func (h *slots[T]) Len() int { return len(h.list) }

// Less implements heap.Interface.
func (h *slots[T]) Less(i, j int) bool {
	a, b := h.list[i], h.list[j]
	if a.at != b.at || h.less == nil {
		return a.at < b.at
	}
	return h.less(a.Of, b.Of)
}

// Swap implements heap.Interface.
func (h *slots[T]) Swap(i, j int) {
	h.list[i], h.list[j] = h.list[j], h.list[i]
	h.list[i].place, h.list[j].place = i+1, j+1
}

// Push implements heap.Interface.
func (h *slots[T]) Push(x any) {
	s := x.(*Slot[T])
	h.list = append(h.list, s)
	s.place = len(h.list)
}

// Pop implements heap.Interface.
func (h *slots[T]) Pop() any {
	n := len(h.list) - 1
	s := h.list[n]
	h.list[n] = nil
	h.list = h.list[:n]
	s.place = 0
	return s
}
