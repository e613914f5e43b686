package floor

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// jumpy is a clock whose wall can be moved; its monotonic half is package time's.
type jumpy struct {
	mu    sync.Mutex
	off   time.Duration
	start time.Time
}

func (j *jumpy) Wall() time.Time {
	j.mu.Lock()
	defer j.mu.Unlock()
	return time.Now().Add(j.off)
}

func (j *jumpy) Mono() time.Duration { return time.Since(j.start) }

func (j *jumpy) jump(d time.Duration) {
	j.mu.Lock()
	j.off += d
	j.mu.Unlock()
}

func TestTime_NeverRunsBackwards(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		clock := &jumpy{start: time.Now()}
		p := paramsFor(mem)
		p.Clock = clock
		f := start(t, p)
		f.must(customerPost("c1", "m1", "一"))
		began := f.Now()
		clock.jump(-24 * time.Hour)
		time.Sleep(time.Second)
		f.must(customerPost("c1", "m2", "二"))
		clock.jump(48 * time.Hour)
		time.Sleep(time.Second)
		f.must(customerPost("c1", "m3", "三"))
		if got := f.Now() - began; got != 2000 {
			t.Errorf("two seconds passed, the floor counted %d ms", got)
		}
		f.end()
		// A start while the wall is a day in the past: time goes on from the last record.
		clock.jump(-72 * time.Hour)
		f = start(t, p)
		f.must(customerPost("c1", "m4", "四"))
		last, lastID := int64(0), ""
		for _, c := range committed(t, mem, p.Keys) {
			if c.Time < last {
				t.Errorf("record %d is %d ms before the one before it", c.Seq, last-c.Time)
			}
			last = c.Time
			for _, e := range c.Events {
				if e.ID <= lastID {
					t.Errorf("event %s does not sort after %s", e.ID, lastID)
				}
				lastID = e.ID
			}
		}
		if got := last - began; got != 2001 { // a new owner begins one after the last record
			t.Errorf("the last record is at %d ms", got)
		}
	})
}

// A clock that jumps must neither fire nor delay a deadline.
func TestTime_JumpMovesNoDeadline(t *testing.T) {
	for _, jump := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			clock := &jumpy{start: time.Now()}
			p := paramsFor(eventlog.NewMemory())
			p.Clock = clock
			f := start(t, p)
			conv := f.must(customerPost("c1", "m1", "一")).Conv
			clock.jump(jump)
			time.Sleep(p.Policy.BotDeadline - time.Second)
			if s := f.state(conv); s.Seat != conversation.SeatBot {
				t.Errorf("jump %v: seat %s before the bot's deadline", jump, s.Seat)
			}
			time.Sleep(2 * time.Second)
			if s := f.state(conv); s.Seat != conversation.SeatWaiting {
				t.Errorf("jump %v: seat %s after the bot's deadline", jump, s.Seat)
			}
		})
	}
}

// Deadlines are data: a floor that is down while one passes acts on it when it is back, and one that is back earlier
// acts in time.
func TestTime_DeadlinesSurviveARestart(t *testing.T) {
	for name, tc := range map[string]struct{ down, after time.Duration }{
		"passed while down": {time.Minute, 0},
		"still to come":     {5 * time.Second, 6 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mem := eventlog.NewMemory()
				f := start(t, paramsFor(mem))
				conv := f.must(customerPost("c1", "m1", "一")).Conv
				time.Sleep(10 * time.Second)
				f.end()
				time.Sleep(tc.down)
				f = start(t, paramsFor(mem))
				if tc.after > 0 {
					if s := f.state(conv); s.Seat != conversation.SeatBot {
						t.Errorf("seat %s before the deadline", s.Seat)
					}
				}
				time.Sleep(tc.after)
				synctest.Wait()
				if s := f.state(conv); s.Seat != conversation.SeatWaiting {
					t.Errorf("seat %s after the deadline", s.Seat)
				}
			})
		})
	}
}

func TestIDMaker_AscendsAlsoWithoutEntropy(t *testing.T) {
	m := newIDMaker(dry{})
	last := ""
	for i := range 5000 {
		id := m.next(int64(1000 + i/1000))
		if id <= last || !event.ValidID(id) {
			t.Fatalf("%q after %q", id, last)
		}
		last = id
	}
	if m.err == nil {
		t.Error("dry entropy went unnoticed")
	}
	m = newIDMaker(nil)
	seen := map[string]bool{}
	for i := range 100000 {
		id := m.next(int64(i / 5000))
		if id <= last && i > 0 || seen[id] {
			t.Fatalf("%q after %q", id, last)
		}
		last, seen[id] = id, true
	}
}

type dry struct{}

func (dry) Read([]byte) (int, error) { return 0, eventlog.ErrDead }
