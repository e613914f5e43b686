package folds_test

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"agentdesk/server/folds"
	"agentdesk/sync/event"
)

func TestFollower_FollowsAndStops(t *testing.T) {
	s := newShop(t)
	s.step(0, 1)
	s.commit()
	f := open(t, filepath.Join(t.TempDir(), "f.db"))
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var applied []uint64
	r := folds.NewFollower(folds.FollowerParams{Folds: f, Log: s.log, Keys: s.keys, Applied: func(b []event.Committed) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range b {
			applied = append(applied, c.Seq)
		}
	}})
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	for range 500 {
		s.step(1, s.n)
		s.commit()
	}
	if err := f.WaitFor(t.Context(), s.seq); err != nil {
		t.Fatal(err)
	}
	short, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	if err := f.WaitFor(short, s.seq+1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("waiting for what never comes: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if uint64(len(applied)) != s.seq {
		t.Fatalf("told of %d records of %d", len(applied), s.seq)
	}
	for i, seq := range applied {
		if seq != uint64(i+1) {
			t.Fatalf("place %d was told %d", i, seq)
		}
	}
}
