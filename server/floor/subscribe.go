package floor

import (
	"context"
	"sync"
)

// hub hands durable commits to subscribers, in order, without ever waiting for one.
type hub struct {
	mu    sync.Mutex
	subs  map[*Subscription]struct{}
	seq   uint64 // last commit published
	ended bool
}

// Subscription delivers commits. One goroutine reads it.
type Subscription struct {
	hub        *hub
	after      uint64
	maxRecords int
	maxBytes   int

	mu     sync.Mutex
	buf    []*Commit
	sizes  []int
	bytes  int
	err    error // after buf is empty
	signal chan struct{}
}

// Subscribe delivers every commit after the one at After. It buffers up to maxRecords commits of about maxBytes (0:
// 4,096 and 16 MiB); a subscriber that falls further behind hears ErrLagged and reads on from the log.
func (f *Floor) Subscribe(maxRecords, maxBytes int) *Subscription {
	if maxRecords <= 0 {
		maxRecords = 4096
	}
	if maxBytes <= 0 {
		maxBytes = 16 << 20
	}
	h := &f.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	s := &Subscription{hub: h, after: h.seq, maxRecords: maxRecords, maxBytes: maxBytes, signal: make(chan struct{}, 1)}
	if h.ended {
		s.err = ErrEnded
		return s
	}
	h.subs[s] = struct{}{}
	return s
}

// After is the sequence after which the subscription delivers.
func (s *Subscription) After() uint64 { return s.after }

// Next waits for the next commit. ErrLagged: it fell behind; ErrEnded: the floor ended and everything was delivered.
func (s *Subscription) Next(ctx context.Context) (*Commit, error) {
	for {
		s.mu.Lock()
		if len(s.buf) > 0 && s.err != ErrLagged {
			c := s.buf[0]
			s.buf[0] = nil
			s.bytes -= s.sizes[0]
			s.buf, s.sizes = s.buf[1:], s.sizes[1:]
			s.mu.Unlock()
			return c, nil
		}
		err := s.err
		s.mu.Unlock()
		if err != nil {
			return nil, err
		}
		select {
		case <-s.signal:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Close ends the subscription.
func (s *Subscription) Close() {
	s.hub.mu.Lock()
	delete(s.hub.subs, s)
	s.hub.mu.Unlock()
	s.fail(ErrEnded)
}

func (s *Subscription) fail(err error) {
	s.mu.Lock()
	if s.err == nil {
		s.err = err
	}
	if s.err == ErrLagged {
		s.buf, s.sizes, s.bytes = nil, nil, 0
	}
	s.mu.Unlock()
	s.poke()
}

func (s *Subscription) poke() {
	select {
	case s.signal <- struct{}{}:
	default:
	}
}

func (s *Subscription) offer(c *Commit, size int) bool {
	s.mu.Lock()
	if len(s.buf) >= s.maxRecords || (len(s.buf) > 0 && s.bytes+size > s.maxBytes) {
		s.mu.Unlock()
		return false
	}
	s.buf = append(s.buf, c)
	s.sizes = append(s.sizes, size)
	s.bytes += size
	s.mu.Unlock()
	s.poke()
	return true
}

// publish gives a commit to all, and returns how many fell behind. Commits come in order; one that was published
// before (a refold reads it again) is left out.
func (h *hub) publish(c *Commit, size int) (lagged int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.Seq <= h.seq {
		return 0
	}
	h.seq = c.Seq
	for s := range h.subs {
		if !s.offer(c, size) {
			delete(h.subs, s)
			s.fail(ErrLagged)
			lagged++
		}
	}
	return lagged
}

func (h *hub) last() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seq
}

func (h *hub) count() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.subs)
}

func (h *hub) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = true
	for s := range h.subs {
		s.fail(ErrEnded)
	}
	clear(h.subs)
}

// skip tells everybody to catch up from the log to seq: commits up to it will not be published here.
func (h *hub) skip(seq uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if seq <= h.seq {
		return
	}
	h.seq = seq
	for s := range h.subs {
		s.fail(ErrLagged)
	}
	clear(h.subs)
}
