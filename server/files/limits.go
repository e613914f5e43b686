package files

import (
	"context"
	"database/sql"
	"fmt"
	"sync"
	"time"
)

// Limits are how much one sender may upload.
type Limits struct {
	PerMinute int
	PerDay    int64 // bytes
}

// Begin asks whether a sender may upload so many bytes now; size 0 when it is not known. ErrRate, ErrDay: not yet, or while
// another upload of the same sender goes on. Call end when the upload is over.
func (s *Store) Begin(ctx context.Context, sender string, size int64, l Limits) (end func(), err error) {
	end, ok := s.busy.enter(sender)
	if !ok {
		return nil, ErrRate
	}
	if err := s.within(ctx, s.db, sender, size, l); err != nil {
		end()
		return nil, err
	}
	return end, nil
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

func (s *Store) within(ctx context.Context, q querier, sender string, size int64, l Limits) error {
	now := s.p.Now()
	var n int
	var sum int64
	if err := q.QueryRowContext(ctx, s.sql["used"], now.Add(-time.Minute).UnixMilli(), sender, now.Add(-24*time.Hour).UnixMilli()).Scan(&n, &sum); err != nil {
		return fmt.Errorf("uploads of a sender: %w", err)
	}
	switch {
	case l.PerMinute > 0 && n >= l.PerMinute:
		return ErrRate
	case l.PerDay > 0 && sum+size > l.PerDay:
		return ErrDay
	}
	return nil
}

// senders lets each sender upload few files at once, so that nobody fills the memory.
type senders struct {
	mu sync.Mutex
	n  map[string]int
}

const atOnce = 3

func newSenders() *senders { return &senders{n: map[string]int{}} }

func (b *senders) enter(sender string) (leave func(), ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.n[sender] >= atOnce {
		return nil, false
	}
	b.n[sender]++
	return sync.OnceFunc(func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.n[sender]--; b.n[sender] <= 0 {
			delete(b.n, sender)
		}
	}), true
}
