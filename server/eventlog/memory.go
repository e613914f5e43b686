package eventlog

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"time"

	"agentdesk/sync/event"
)

// FaultKind is a way in which an append of Memory can fail.
type FaultKind int

// The faults.
const (
	FaultTimeoutStored FaultKind = iota + 1 // stored, but the caller hears ErrTimeout
	FaultTimeoutLost                        // not stored, ErrTimeout
	FaultFull                               // ErrFull
	FaultFence                              // ErrFence although nobody appended
	FaultDead                               // ErrDead, and for everything until Reopen
	FaultDeadStored                         // the same, but the record is stored
	FaultSlow                               // succeeds after Delay
	FaultForeign                            // another owner's record (Foreign) slips in first: an honest ErrFence
)

// Fault is one planned failure.
type Fault struct {
	Kind    FaultKind
	Delay   time.Duration // waited before the fault shows, for every kind
	Foreign []byte        // of FaultForeign
}

// Memory is the log for tests. Time in it comes from package time alone, so testing/synctest can drive it.
type Memory struct {
	mu      sync.Mutex
	stream  string
	first   uint64 // sequence of recs[0]
	recs    [][]byte
	faults  []Fault
	changed chan struct{} // closed and replaced at each change
	latency time.Duration
	full    bool
	dead    bool
	closed  bool
	turn    chan struct{} // one token: appends happen one after another, delays included
	appends int
}

// NewMemory makes an empty log with a fresh incarnation.
func NewMemory() *Memory {
	var ent [10]byte
	_, _ = rand.Read(ent[:])
	m := &Memory{stream: event.NewID(time.Now(), ent), first: 1, changed: make(chan struct{}), turn: make(chan struct{}, 1)}
	m.turn <- struct{}{}
	return m
}

// FailNext plans faults for the next appends, one each, in order.
func (m *Memory) FailNext(f ...Fault) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.faults = append(m.faults, f...)
}

// SetLatency makes every append take so long.
func (m *Memory) SetLatency(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.latency = d
}

// SetFull makes every append answer ErrFull, until set back.
func (m *Memory) SetFull(full bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.full = full
}

// Appends counts the records stored since the log was made.
func (m *Memory) Appends() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.appends
}

// DropBelow forgets the records before sequence first, as archiving would.
func (m *Memory) DropBelow(first uint64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := min(max(first, m.first), m.first+uint64(len(m.recs))) - m.first
	m.recs = slices.Clone(m.recs[n:])
	m.first += n
}

// ForgetBelow is DropBelow in the form that all logs have.
func (m *Memory) ForgetBelow(_ context.Context, first uint64) error {
	m.DropBelow(first)
	return nil
}

// Copy is a backup restored as another incarnation: the records up to last, under a new stream ID.
func (m *Memory) Copy(last uint64) *Memory {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := NewMemory()
	c.first = m.first
	c.recs = slices.Clone(m.recs[:min(uint64(len(m.recs)), last+1-m.first)])
	return c
}

// Append implements Log.
func (m *Memory) Append(ctx context.Context, expectedLast uint64, data []byte) (uint64, error) {
	if len(data) > event.MaxRecord {
		return 0, fmt.Errorf("append %d bytes: %w", len(data), ErrTooLarge)
	}
	select {
	case <-m.turn:
	case <-ctx.Done():
		return 0, fmt.Errorf("append after %d: %w (%w)", expectedLast, ErrTimeout, ctx.Err())
	}
	defer func() { m.turn <- struct{}{} }()
	fault, delay := m.nextFault()
	if delay > 0 {
		t := time.NewTimer(delay)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			// Like a network: the request may arrive although the caller no longer waits. A slow append is stored.
			if fault.Kind == FaultSlow || fault.Kind == FaultTimeoutStored {
				_, _ = m.store(expectedLast, data)
			}
			return 0, fmt.Errorf("append after %d: %w (%w)", expectedLast, ErrTimeout, ctx.Err())
		}
	}
	switch fault.Kind {
	case FaultTimeoutStored, FaultDeadStored:
		if _, err := m.store(expectedLast, data); err != nil {
			return 0, err
		}
		if fault.Kind == FaultDeadStored {
			return 0, m.die(expectedLast)
		}
		return 0, fmt.Errorf("append after %d: %w", expectedLast, ErrTimeout)
	case FaultTimeoutLost:
		return 0, fmt.Errorf("append after %d: %w", expectedLast, ErrTimeout)
	case FaultFull:
		return 0, fmt.Errorf("append after %d: %w", expectedLast, ErrFull)
	case FaultFence:
		return 0, fmt.Errorf("append after %d: %w", expectedLast, ErrFence)
	case FaultDead:
		return 0, m.die(expectedLast)
	case FaultForeign:
		if _, err := m.store(expectedLast, fault.Foreign); err != nil {
			return 0, err
		}
	}
	return m.store(expectedLast, data)
}

func (m *Memory) nextFault() (Fault, time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var f Fault
	if len(m.faults) > 0 && !m.dead && !m.closed {
		f, m.faults = m.faults[0], m.faults[1:]
	}
	return f, m.latency + f.Delay
}

func (m *Memory) die(expectedLast uint64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.dead = true
	return fmt.Errorf("append after %d: %w", expectedLast, ErrDead)
}

func (m *Memory) store(expectedLast uint64, data []byte) (uint64, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(); err != nil {
		return 0, err
	}
	if m.full {
		return 0, fmt.Errorf("append after %d: %w", expectedLast, ErrFull)
	}
	if last := m.last(); last != expectedLast {
		return 0, fmt.Errorf("append after %d, last is %d: %w", expectedLast, last, ErrFence)
	}
	m.recs = append(m.recs, slices.Clone(data))
	m.appends++
	m.wake()
	return m.last(), nil
}

func (m *Memory) last() uint64 { return m.first + uint64(len(m.recs)) - 1 }

func (m *Memory) usable() error {
	switch {
	case m.closed:
		return ErrClosed
	case m.dead:
		return ErrDead
	}
	return nil
}

func (m *Memory) wake() {
	close(m.changed)
	m.changed = make(chan struct{})
}

// maxReadBytes bounds one Read of any implementation.
const maxReadBytes = 8 << 20

// Read implements Log.
func (m *Memory) Read(_ context.Context, from uint64, max int) ([]Stored, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(); err != nil {
		return nil, err
	}
	return m.read(from, max)
}

func (m *Memory) read(from uint64, max int) ([]Stored, error) {
	if from < m.first {
		return nil, fmt.Errorf("read from %d, first is %d: %w", from, m.first, ErrBelowFirst)
	}
	var out []Stored
	size := 0
	for seq := from; seq <= m.last() && len(out) < max; seq++ {
		d := m.recs[seq-m.first]
		if size += len(d); size > maxReadBytes && len(out) > 0 {
			break
		}
		out = append(out, Stored{Seq: seq, Data: d})
	}
	return out, nil
}

// Follow implements Log.
func (m *Memory) Follow(ctx context.Context, from uint64, fn func(Stored) error) error {
	next := from
	for {
		m.mu.Lock()
		if m.closed {
			m.mu.Unlock()
			return ErrClosed
		}
		changed := m.changed
		var batch []Stored
		var err error
		if !m.dead {
			batch, err = m.read(next, 256)
		}
		m.mu.Unlock()
		if err != nil {
			return err
		}
		for _, s := range batch {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err := fn(s); err != nil {
				return err
			}
			next = s.Seq + 1
		}
		if len(batch) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-changed:
		}
	}
}

// Info implements Log.
func (m *Memory) Info(context.Context) (Info, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := m.usable(); err != nil {
		return Info{}, err
	}
	return Info{Stream: m.stream, First: m.first, Last: m.last()}, nil
}

// Reopen implements Reopener.
func (m *Memory) Reopen(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return ErrClosed
	}
	m.dead = false
	m.wake()
	return nil
}

// Close implements Log.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.closed = true
		m.wake()
	}
	return nil
}
