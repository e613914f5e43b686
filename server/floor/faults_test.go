package floor

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

func TestRun_TimedOutAppend(t *testing.T) {
	for name, kind := range map[string]eventlog.FaultKind{"stored": eventlog.FaultTimeoutStored, "lost": eventlog.FaultTimeoutLost} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mem := eventlog.NewMemory()
				f := start(t, paramsFor(mem))
				mem.FailNext(eventlog.Fault{Kind: kind}, eventlog.Fault{Kind: kind})
				res := f.must(customerPost("c1", "m1", "一次"))
				f.must(customerPost("c1", "m2", "然后"))
				if n := posted(t, mem, f.p.Keys); n["一次"] != 1 || n["然后"] != 1 {
					t.Errorf("stored %v", n)
				}
				recs := committed(t, mem, f.p.Keys)
				if recs[res.Seq-1].Hash != res.Hash {
					t.Error("the answer names another record")
				}
				if f.Term() != 1 {
					t.Errorf("term %d: the floor gave up ownership", f.Term())
				}
			})
		})
	}
}

// A log that doesn't answer at all: the same record goes out again after AppendTimeout, and the answer still comes.
func TestRun_AppendWithoutAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		mem.FailNext(eventlog.Fault{Kind: eventlog.FaultSlow, Delay: time.Minute}, eventlog.Fault{Kind: eventlog.FaultTimeoutLost, Delay: time.Hour})
		begin := time.Now()
		f.must(customerPost("c1", "m1", "一次"))
		if took := time.Since(begin); took > 20*time.Second {
			t.Errorf("took %v", took)
		}
		if n := posted(t, mem, f.p.Keys)["一次"]; n != 1 {
			t.Errorf("stored %d times", n)
		}
	})
}

func foreignRecord(t *testing.T, f *running, mem *eventlog.Memory, term uint64) []byte {
	t.Helper()
	recs := committed(t, mem, f.p.Keys)
	last := recs[len(recs)-1]
	rec := event.Record{ID: event.NewID(time.Now(), [10]byte{9}), Term: term, Time: last.Time, Prev: last.Hash, Events: []event.Event{{
		ID: event.NewID(time.Now(), [10]byte{8}), Type: event.FloorOwned, Version: 1, Actor: event.Actor{Kind: event.System, ID: "n2"},
		Body: []byte(asJSON(t, event.Owned{Node: "n2", Term: term})),
	}}}
	data, err := eventlog.Encode(&rec, f.p.Keys)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestRun_ForeignRecordOfOwnTermRefolds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		f.must(customerPost("c1", "m1", "一"))
		mem.FailNext(eventlog.Fault{Kind: eventlog.FaultForeign, Foreign: foreignRecord(t, f, mem, 1)})
		f.refused(customerPost("c1", "m2", "二"), conversation.Retry)
		if res := f.must(customerPost("c1", "m2", "二")); res.Duplicate {
			t.Error("what was answered with retry had been stored")
		}
		if n := posted(t, mem, f.p.Keys); n["一"] != 1 || n["二"] != 1 {
			t.Errorf("stored %v", n)
		}
		if f.Term() != 2 || f.Stats().Refolds != 1 {
			t.Errorf("term %d after %d refolds", f.Term(), f.Stats().Refolds)
		}
	})
}

// The log answers "fence" although nobody appended: refold, and go on.
func TestRun_FenceWithoutAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		mem.FailNext(eventlog.Fault{Kind: eventlog.FaultFence})
		f.refused(customerPost("c1", "m1", "一"), conversation.Retry)
		f.must(customerPost("c1", "m1", "一"))
		if n := posted(t, mem, f.p.Keys)["一"]; n != 1 {
			t.Errorf("stored %d times", n)
		}
	})
}

func TestRun_ReplacedOwnerStepsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		old := start(t, paramsFor(mem))
		conv := old.must(customerPost("c1", "m1", "一")).Conv
		p := paramsFor(mem)
		p.Node = "n2"
		next := start(t, p)
		if next.Term() != 2 {
			t.Fatalf("term %d", next.Term())
		}
		next.must(customerPost("c1", "m2", "二"))
		old.refused(customerPost("c1", "m3", "三"), conversation.Retry)
		<-old.done
		if old.err == nil || !strings.Contains(old.err.Error(), ErrSteppedDown.Error()) {
			t.Fatalf("old owner ended with %v", old.err)
		}
		old.refused(customerPost("c1", "m4", "四"), conversation.Retry)
		if _, _, err := old.State(t.Context(), conv); err != ErrEnded {
			t.Errorf("read of a floor that stepped down: %v", err)
		}
		if res := next.must(customerPost("c1", "m3", "三")); res.Duplicate || res.Conv != conv {
			t.Errorf("the retry at the new owner: %+v", res)
		}
		if n := posted(t, mem, next.p.Keys); len(n) != 3 || n["三"] != 1 || n["四"] != 0 {
			t.Errorf("stored %v", n)
		}
	})
}

func TestRun_DeadLogIsReopened(t *testing.T) {
	for name, kind := range map[string]eventlog.FaultKind{"stored": eventlog.FaultDeadStored, "lost": eventlog.FaultDead} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				mem := eventlog.NewMemory()
				f := start(t, paramsFor(mem))
				mem.FailNext(eventlog.Fault{Kind: kind})
				f.refused(customerPost("c1", "m1", "一"), conversation.Retry)
				res := f.must(customerPost("c1", "m1", "一"))
				if res.Duplicate != (kind == eventlog.FaultDeadStored) {
					t.Errorf("duplicate %v", res.Duplicate)
				}
				if n := posted(t, mem, f.p.Keys)["一"]; n != 1 {
					t.Errorf("stored %d times", n)
				}
			})
		})
	}
}

func TestRun_DiskFull(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		before := asJSON(t, f.state(conv))
		mem.SetFull(true)
		f.refused(customerPost("c1", "m2", "二"), conversation.DiskFull)
		f.refused(customerPost("c2", "m3", "三"), conversation.DiskFull)
		if after := asJSON(t, f.state(conv)); after != before {
			t.Errorf("refused, but the state changed:\n%s\n%s", before, after)
		}
		if res := f.must(customerPost("c1", "m1", "一")); !res.Duplicate {
			t.Error("a retry of what is stored was not recognised")
		}
		if _, ok, err := f.OpenConversation(t.Context(), "c2"); ok || err != nil {
			t.Errorf("a conversation that was refused is open: %v %v", ok, err)
		}
		for i := range 200 {
			f.refused(customerPost("c3", fmt.Sprint("n", i), "满"), conversation.DiskFull)
		}
		if n := f.Stats().Rollbacks; n > 3 {
			t.Errorf("%d attempts to store in one moment", n)
		}
		if !f.Stats().DiskFull {
			t.Error("stats do not say that the disk is full")
		}
		// Deadlines pass meanwhile; they must neither spin nor be lost.
		time.Sleep(5 * time.Minute)
		tries := f.Stats().Rollbacks
		if tries > 5*60*3 {
			t.Errorf("%d attempts in five minutes", tries)
		}
		mem.SetFull(false)
		time.Sleep(time.Second)
		f.must(customerPost("c1", "m2", "二"))
		f.must(customerPost("c2", "m3", "三"))
		if n := posted(t, mem, f.p.Keys); n["一"] != 1 || n["二"] != 1 || n["三"] != 1 {
			t.Errorf("stored %v", n)
		}
	})
}

func TestRun_DiskFullUndoesEverythingUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		g := newGate(mem)
		f := start(t, paramsFor(g))
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		f.online("a1", 2)
		time.Sleep(10 * time.Millisecond)
		view := func() string {
			v, err := f.View(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return asJSON(t, []any{v.Convs, v.Agents, v.Waiting, v.Cursor})
		}
		before := view()
		g.shut()
		var wg sync.WaitGroup
		ask := func(c conversation.Command) {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := f.Do(context.Background(), c); codeOf(err) != conversation.DiskFull {
					t.Errorf("%s %s: %v", c.Kind, c.ClientID, err)
				}
			}()
			synctest.Wait()
		}
		ask(customerPost("c1", "m2", "二"))
		ask(agentCmd(conversation.Claim, "a1", "k1", conv, 0, nil))
		ask(customerPost("c2", "m3", "三"))
		time.Sleep(150 * time.Millisecond) // another record
		ask(agentCmd(conversation.Close, "a1", "k2", conv, 0, conversation.CloseArgs{Disposition: "solved", Solved: true}))
		ask(customerPost("c1", "m4", "四")) // opens a new conversation on the closed one
		ask(agentCmd(conversation.SetStatus, "a1", "s1", "", 0, event.AgentStatusBody{Agent: "a1", Status: event.Busy, Capacity: 9, Groups: []string{"care"}}))
		ask(agentCmd(conversation.SetStatus, "a2", "s2", "", 0, event.AgentStatusBody{Agent: "a2", Status: event.Online, Capacity: 1}))
		var seen *View
		wg.Add(1)
		go func() {
			defer wg.Done()
			v, err := f.View(context.Background())
			if err != nil {
				t.Error(err)
			}
			seen = v
		}()
		synctest.Wait()
		mem.SetFull(true)
		g.release()
		wg.Wait()
		if after := view(); after != before {
			t.Errorf("not everything was undone:\n%s\n%s", before, after)
		}
		if got := asJSON(t, []any{seen.Convs, seen.Agents, seen.Waiting, seen.Cursor}); got != before {
			t.Errorf("a read answered with what never happened:\n%s", got)
		}
		mem.SetFull(false)
		time.Sleep(time.Second)
		f.must(agentCmd(conversation.Claim, "a1", "k3", conv, 0, nil))
		f.must(agentCmd(conversation.Close, "a1", "k4", conv, 0, conversation.CloseArgs{Disposition: "solved", Solved: true}))
		if prev := f.state(f.must(customerPost("c1", "m5", "五")).Conv).Prev; prev != conv {
			t.Errorf("the next conversation links to %q, want %q", prev, conv)
		}
	})
}

func TestRun_FreeSpaceWatermark(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		free := uint64(100)
		p := paramsFor(eventlog.NewMemory())
		p.MinFree = 50
		p.FreeSpace = func() (uint64, error) {
			mu.Lock()
			defer mu.Unlock()
			return free, nil
		}
		set := func(v uint64) {
			mu.Lock()
			free = v
			mu.Unlock()
			time.Sleep(time.Second)
		}
		f := start(t, p)
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		set(49)
		f.refused(customerPost("c1", "m2", "二"), conversation.DiskFull)
		f.state(conv)
		set(50)
		f.must(customerPost("c1", "m2", "二"))
	})
}

// A customer whose key is gone must not take the others in the record down.
func TestRun_OneCommandThatCannotBeSealed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		g := newGate(mem)
		p := paramsFor(g)
		p.Keys = &testKeys{bad: "erased"}
		f := start(t, p)
		g.shut()
		var wg sync.WaitGroup
		ask := func(c conversation.Command, want conversation.Code) {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := f.Do(context.Background(), c); codeOf(err) != want || want == "" && err != nil {
					t.Errorf("%s: %v, want %q", c.ClientID, err, want)
				}
			}()
			synctest.Wait()
		}
		ask(customerPost("c0", "m0", "零"), "")
		ask(customerPost("c1", "m1", "一"), "")
		ask(customerPost("erased", "m2", "二"), conversation.Invalid)
		ask(customerPost("c3", "m3", "三"), "")
		g.release()
		wg.Wait()
		f.must(customerPost("c1", "m4", "四"))
		if n := posted(t, mem, p.Keys); len(n) != 4 || n["一"] != 1 || n["三"] != 1 || n["二"] != 0 {
			t.Errorf("stored %v", n)
		}
	})
}
