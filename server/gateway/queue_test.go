package gateway

import (
	"context"
	"slices"
	"testing"

	"agentdesk/sync/wire"
)

func TestQueue_HoldsLiveFramesWhileCatchingUp(t *testing.T) {
	q := newQueue(1 << 10)
	q.push([]byte("live"))
	q.direct([]byte("ack"))
	if err := q.wait(t.Context(), []byte("old")); err != nil {
		t.Fatal(err)
	}
	q.live()
	frames, over, _, _ := q.take()
	var got []string
	for _, f := range frames {
		got = append(got, string(f))
	}
	if over || !slices.Equal(got, []string{"ack", "old", "live"}) {
		t.Fatalf("%v", got)
	}
}

func TestQueue_SlowClientIsClosed(t *testing.T) {
	q := newQueue(100)
	for range 3 {
		q.push(make([]byte, 40))
	}
	frames, over, code, _ := q.take()
	if !over || code != wire.CloseSlow || len(frames) != 0 {
		t.Fatalf("over %v with %d, %d frames", over, code, len(frames))
	}
	q.push([]byte("late"))
	if frames, _, _, _ := q.take(); len(frames) != 0 {
		t.Fatal("took frames after the end")
	}
	if err := q.wait(context.Background(), []byte("late")); err != errGone {
		t.Fatalf("wait: %v", err)
	}
}

func TestQueue_CatchingUpWaitsForRoom(t *testing.T) {
	q := newQueue(100)
	if err := q.wait(t.Context(), make([]byte, 60)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error)
	go func() { done <- q.wait(t.Context(), make([]byte, 60)) }()
	frames, _, _, _ := q.take()
	q.wrote(len(frames[0]))
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := q.wait(ctx, make([]byte, 60)); err != context.Canceled {
		t.Fatalf("wait: %v", err)
	}
}
