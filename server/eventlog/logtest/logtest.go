// Package logtest is the contract that every eventlog.Log keeps, as a test suite.
package logtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/sync/event"
)

// Dropper is a log that can forget its oldest records.
type Dropper interface {
	ForgetBelow(ctx context.Context, first uint64) error
}

const patience = 30 * time.Second

// Run runs the suite; open gives a fresh, empty log each time, closed by the suite.
func Run(t *testing.T, open func(t *testing.T) eventlog.Log) {
	t.Helper()
	for name, f := range map[string]func(*testing.T, context.Context, eventlog.Log){
		"AppendReadInfo": appendReadInfo, "Fence": fence, "RacingAppends": racing, "Sizes": sizes, "ReadBounds": readBounds,
		"Follow": follow, "FollowStops": followStops, "Resolve": resolve, "Closed": closed, "Incarnation": incarnation,
		"BelowFirst": belowFirst, "Reopen": reopen, "Cancelled": cancelled,
	} {
		t.Run(name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), patience)
			defer cancel()
			l := open(t)
			defer func() {
				if err := l.Close(); err != nil {
					t.Errorf("close: %v", err)
				}
			}()
			f(t, ctx, l)
		})
	}
}

func data(i int) []byte { return fmt.Appendf(nil, `{"record":%d}`, i) }

func fill(t *testing.T, ctx context.Context, l eventlog.Log, from, to int) {
	t.Helper()
	for i := from; i <= to; i++ {
		seq, err := l.Append(ctx, uint64(i-1), data(i))
		if err != nil || seq != uint64(i) {
			t.Fatalf("append %d: seq %d, %v", i, seq, err)
		}
	}
}

func want(t *testing.T, err, target error) {
	t.Helper()
	if !errors.Is(err, target) {
		t.Fatalf("got %v, want %v", err, target)
	}
}

func info(t *testing.T, ctx context.Context, l eventlog.Log, first, last uint64) eventlog.Info {
	t.Helper()
	i, err := l.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if i.First != first || i.Last != last {
		t.Fatalf("log is %d…%d, want %d…%d", i.First, i.Last, first, last)
	}
	return i
}

func appendReadInfo(t *testing.T, ctx context.Context, l eventlog.Log) {
	info(t, ctx, l, 1, 0)
	if got, err := l.Read(ctx, 1, 10); err != nil || len(got) != 0 {
		t.Fatalf("empty log gave %d records, %v", len(got), err)
	}
	buf := data(1)
	if _, err := l.Append(ctx, 0, buf); err != nil {
		t.Fatal(err)
	}
	copy(buf, "XXXX") // the caller may use its buffer again
	fill(t, ctx, l, 2, 50)
	info(t, ctx, l, 1, 50)
	got, err := l.Read(ctx, 1, 100)
	if err != nil || len(got) != 50 {
		t.Fatalf("read %d, %v", len(got), err)
	}
	for i, s := range got {
		if s.Seq != uint64(i+1) || !bytes.Equal(s.Data, data(i+1)) {
			t.Fatalf("record %d: seq %d %s", i+1, s.Seq, s.Data)
		}
	}
}

func fence(t *testing.T, ctx context.Context, l eventlog.Log) {
	_, err := l.Append(ctx, 1, data(1)) // ahead of an empty log
	want(t, err, eventlog.ErrFence)
	fill(t, ctx, l, 1, 2)
	for _, exp := range []uint64{0, 1, 3, 99} {
		_, err := l.Append(ctx, exp, []byte("intruder"))
		want(t, err, eventlog.ErrFence)
	}
	info(t, ctx, l, 1, 2)
	fill(t, ctx, l, 3, 3) // a refusal leaves the log usable
}

func racing(t *testing.T, ctx context.Context, l eventlog.Log) {
	const writers, places = 8, 20
	wins := make([]int, places+1)
	var mu sync.Mutex
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for at := range places {
				_, err := l.Append(ctx, uint64(at), fmt.Appendf(nil, "writer %d", w))
				switch {
				case err == nil:
					mu.Lock()
					wins[at+1]++
					mu.Unlock()
				case !errors.Is(err, eventlog.ErrFence):
					t.Errorf("writer %d: %v", w, err)
				}
				for { // until that place is taken, whoever took it
					if i, err := l.Info(ctx); err != nil || i.Last > uint64(at) {
						break
					}
				}
			}
		})
	}
	wg.Wait()
	for at := 1; at <= places; at++ {
		if wins[at] != 1 {
			t.Errorf("place %d was given to %d writers", at, wins[at])
		}
	}
	info(t, ctx, l, 1, places)
}

func sizes(t *testing.T, ctx context.Context, l eventlog.Log) {
	_, err := l.Append(ctx, 0, make([]byte, event.MaxRecord+1))
	want(t, err, eventlog.ErrTooLarge)
	if _, err := l.Append(ctx, 0, bytes.Repeat([]byte{'x'}, event.MaxRecord)); err != nil {
		t.Fatal(err)
	}
	got, err := l.Read(ctx, 1, 1)
	if err != nil || len(got) != 1 || len(got[0].Data) != event.MaxRecord {
		t.Fatalf("largest record: %d records, %v", len(got), err)
	}
}

func readBounds(t *testing.T, ctx context.Context, l eventlog.Log) {
	fill(t, ctx, l, 1, 10)
	for _, c := range []struct {
		from  uint64
		max   int
		count int
	}{{1, 3, 3}, {10, 5, 1}, {11, 5, 0}, {1000, 5, 0}, {5, 1, 1}, {1, 0, 0}} {
		got, err := l.Read(ctx, c.from, c.max)
		if err != nil || len(got) != c.count {
			t.Fatalf("read %d from %d: %d records, %v", c.max, c.from, len(got), err)
		}
		for i, s := range got {
			if s.Seq != c.from+uint64(i) {
				t.Fatalf("read from %d: place %d holds %d", c.from, i, s.Seq)
			}
		}
	}
	_, err := l.Read(ctx, 0, 1)
	want(t, err, eventlog.ErrBelowFirst)
}

func follow(t *testing.T, ctx context.Context, l eventlog.Log) {
	fill(t, ctx, l, 1, 5)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seen := make(chan uint64, 100)
	done := make(chan error, 1)
	go func() {
		done <- l.Follow(ctx, 3, func(s eventlog.Stored) error {
			if !bytes.Equal(s.Data, data(int(s.Seq))) {
				return fmt.Errorf("record %d holds %s", s.Seq, s.Data)
			}
			seen <- s.Seq
			return nil
		})
	}()
	expect := func(from, to uint64) {
		for w := from; w <= to; w++ {
			select {
			case got := <-seen:
				if got != w {
					t.Fatalf("followed %d, want %d", got, w)
				}
			case err := <-done:
				t.Fatalf("follow ended: %v", err)
			case <-ctx.Done():
				t.Fatalf("record %d never came", w)
			}
		}
	}
	expect(3, 5)
	fill(t, ctx, l, 6, 20)
	expect(6, 20)
	cancel()
	want(t, <-done, context.Canceled)
}

func followStops(t *testing.T, ctx context.Context, l eventlog.Log) {
	fill(t, ctx, l, 1, 5)
	stop := errors.New("enough")
	n := 0
	err := l.Follow(ctx, 1, func(eventlog.Stored) error {
		if n++; n == 3 {
			return stop
		}
		return nil
	})
	want(t, err, stop)
	if n != 3 {
		t.Fatalf("called %d times", n)
	}
}

func resolve(t *testing.T, ctx context.Context, l eventlog.Log) {
	fill(t, ctx, l, 1, 2)
	for _, c := range []struct {
		after uint64
		data  []byte
		want  eventlog.Outcome
	}{
		{1, data(2), eventlog.Mine},             // was stored though nobody said so
		{2, data(3), eventlog.Mine},             // was not stored: now it is
		{2, data(3), eventlog.Mine},             // once more: stays once
		{2, []byte("other"), eventlog.Foreign},  // a replaced owner writes on
		{77, []byte("other"), eventlog.Foreign}, // a log that is shorter than it should be
	} {
		out, err := eventlog.Resolve(ctx, l, c.after, c.data)
		if err != nil || out != c.want {
			t.Fatalf("resolve after %d: %v, %v", c.after, out, err)
		}
	}
	info(t, ctx, l, 1, 3)
}

func closed(t *testing.T, ctx context.Context, l eventlog.Log) {
	fill(t, ctx, l, 1, 1)
	began := make(chan struct{})
	done := make(chan error, 1)
	go func() {
		done <- l.Follow(ctx, 1, func(eventlog.Stored) error { close(began); return nil })
	}()
	<-began
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	want(t, <-done, eventlog.ErrClosed)
	_, err := l.Append(ctx, 1, data(2))
	want(t, err, eventlog.ErrClosed)
	_, err = l.Read(ctx, 1, 1)
	want(t, err, eventlog.ErrClosed)
	_, err = l.Info(ctx)
	want(t, err, eventlog.ErrClosed)
	want(t, l.Follow(ctx, 1, func(eventlog.Stored) error { return nil }), eventlog.ErrClosed)
}

func incarnation(t *testing.T, ctx context.Context, l eventlog.Log) {
	a := info(t, ctx, l, 1, 0)
	fill(t, ctx, l, 1, 1)
	if b := info(t, ctx, l, 1, 1); !event.ValidID(a.Stream) || a.Stream != b.Stream {
		t.Fatalf("incarnation %q, then %q", a.Stream, b.Stream)
	}
}

func belowFirst(t *testing.T, ctx context.Context, l eventlog.Log) {
	d, ok := l.(Dropper)
	if !ok {
		t.Fatalf("%T cannot forget", l)
	}
	fill(t, ctx, l, 1, 10)
	if err := d.ForgetBelow(ctx, 6); err != nil {
		t.Fatal(err)
	}
	info(t, ctx, l, 6, 10)
	_, err := l.Read(ctx, 5, 10)
	want(t, err, eventlog.ErrBelowFirst)
	want(t, l.Follow(ctx, 2, func(eventlog.Stored) error { return nil }), eventlog.ErrBelowFirst)
	if got, err := l.Read(ctx, 6, 10); err != nil || len(got) != 5 {
		t.Fatalf("read what is left: %d, %v", len(got), err)
	}
	if err := d.ForgetBelow(ctx, 11); err != nil {
		t.Fatal(err)
	}
	info(t, ctx, l, 11, 10)
	fill(t, ctx, l, 11, 12) // sequences go on
}

func reopen(t *testing.T, ctx context.Context, l eventlog.Log) {
	r, ok := l.(eventlog.Reopener)
	if !ok {
		t.Fatalf("%T cannot be reopened", l)
	}
	fill(t, ctx, l, 1, 3)
	before := info(t, ctx, l, 1, 3)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	seen := make(chan uint64, 100)
	done := make(chan error, 1)
	go func() {
		done <- l.Follow(ctx, 1, func(s eventlog.Stored) error { seen <- s.Seq; return nil })
	}()
	for w := uint64(1); w <= 3; w++ {
		if got := <-seen; got != w {
			t.Fatalf("followed %d, want %d", got, w)
		}
	}
	if err := r.Reopen(ctx); err != nil {
		t.Fatal(err)
	}
	if after := info(t, ctx, l, 1, 3); after != before {
		t.Fatalf("log was %+v, is %+v", before, after)
	}
	fill(t, ctx, l, 4, 6)
	for w := uint64(4); w <= 6; w++ {
		select {
		case got := <-seen:
			if got != w {
				t.Fatalf("followed %d after reopening, want %d", got, w)
			}
		case err := <-done:
			t.Fatalf("follow ended: %v", err)
		case <-ctx.Done():
			t.Fatalf("record %d never came", w)
		}
	}
	cancel()
	want(t, <-done, context.Canceled)
}

func cancelled(t *testing.T, ctx context.Context, l eventlog.Log) {
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := l.Append(gone, 0, data(1)); err != nil {
		want(t, err, eventlog.ErrTimeout) // unknown, and Resolve settles it
	}
	if out, err := eventlog.Resolve(ctx, l, 0, data(1)); err != nil || out != eventlog.Mine {
		t.Fatalf("resolve: %v, %v", out, err)
	}
	info(t, ctx, l, 1, 1)
}
