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

func TestDo_AnswersOnlyWhenDurable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(eventlog.NewMemory())
		f := start(t, paramsFor(g))
		g.shut()
		var got Result
		done := make(chan struct{})
		go func() {
			defer close(done)
			got, _ = f.Do(t.Context(), customerPost("c1", "m1", "在吗"))
		}()
		synctest.Wait()
		select {
		case <-done:
			t.Fatal("acknowledged although nothing is stored")
		default:
		}
		g.release()
		<-done
		recs := committed(t, g, f.p.Keys)
		last := recs[len(recs)-1]
		if got.Seq != last.Seq || got.Hash != last.Hash || got.Time != last.Time || got.Message != last.Events[1].ID || got.Event != last.Events[0].ID {
			t.Fatalf("result %+v does not name what is stored: %+v", got, last)
		}
	})
}

// While a record is under way, a read, a refusal and a retry all see what is in it: none may be answered before it.
func TestDo_EveryAnswerWaitsForWhatItSaw(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(eventlog.NewMemory())
		f := start(t, paramsFor(g))
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		g.shut()
		var mu sync.Mutex
		var answered []string
		var wg sync.WaitGroup
		ask := func(name string, fn func() error, want conversation.Code) {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if err := fn(); codeOf(err) != want || want == "" && err != nil {
					t.Errorf("%s: %v, want %q", name, err, want)
				}
				mu.Lock()
				answered = append(answered, name)
				mu.Unlock()
			}()
			synctest.Wait()
		}
		do := func(c conversation.Command) func() error {
			return func() error { _, err := f.Do(t.Context(), c); return err }
		}
		ask("first", do(customerPost("c1", "m2", "二")), "")
		ask("retry", do(customerPost("c1", "m2", "二")), "")
		ask("reused", do(customerPost("c1", "m2", "别的")), conversation.IDReused)
		ask("refusal", do(agentCmd(conversation.Post, "a1", "x", conv, 99, text("喂"))), conversation.StaleEpoch)
		ask("state", func() error { _, _, err := f.State(t.Context(), conv); return err }, "")
		ask("view", func() error { _, err := f.View(t.Context()); return err }, "")
		ask("urgent", func() error { _, _, err := f.MostUrgent(t.Context(), "a1"); return err }, "")
		mu.Lock()
		if len(answered) != 0 {
			t.Errorf("answered before the disk did: %v", answered)
		}
		mu.Unlock()
		g.release()
		wg.Wait()
		if n := posted(t, g, f.p.Keys)["二"]; n != 1 {
			t.Errorf("the message is stored %d times", n)
		}
	})
}

func TestRun_GroupCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		g := newGate(mem)
		f := start(t, paramsFor(g))
		before := mem.Appends()
		g.shut()
		const clients = 1500
		var wg sync.WaitGroup
		post := func(i int, s string) {
			defer wg.Done()
			if _, err := f.Do(context.Background(), customerPost(fmt.Sprint("c", i), fmt.Sprint("m", i), s)); err != nil {
				t.Errorf("client %d: %v", i, err)
			}
		}
		wg.Add(1)
		go post(0, "first")
		synctest.Wait()
		wg.Add(clients)
		for i := range clients {
			go post(i+1, fmt.Sprint("text ", i))
		}
		synctest.Wait()
		g.release()
		wg.Wait()
		// The first alone, then as many as a record holds: 1,024 commands and 512 KB.
		if n := mem.Appends() - before; n < 3 || n > 5 {
			t.Errorf("%d commands left in %d records", clients+1, n)
		}
		for _, c := range committed(t, mem, f.p.Keys) {
			if n := len(c.Events); n > 2*maxCommands {
				t.Errorf("record %d holds %d openings", c.Seq, n)
			}
		}
		if got := posted(t, mem, f.p.Keys); len(got) != clients+1 {
			t.Errorf("%d messages stored, want %d", len(got), clients+1)
		}
	})
}

// A command that comes while the disk is slow is not dated back to the one that waits longest.
func TestRun_LateCommandsHaveTheirOwnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(eventlog.NewMemory())
		f := start(t, paramsFor(g))
		g.shut()
		var wg sync.WaitGroup
		res := make([]Result, 8)
		for i := range res {
			wg.Add(1)
			go func() {
				defer wg.Done()
				var err error
				if res[i], err = f.Do(context.Background(), customerPost("c1", fmt.Sprint("m", i), fmt.Sprint(i))); err != nil {
					t.Error(err)
				}
			}()
			synctest.Wait()
			time.Sleep(150 * time.Millisecond)
		}
		if n := f.Stats().Pending; n != maxPending {
			t.Errorf("%d records ahead of the disk, want %d", n, maxPending)
		}
		g.release()
		wg.Wait()
		for i := range maxPending - 1 {
			if d := res[i+1].Time - res[i].Time; d < 100 {
				t.Errorf("command %d is dated %d ms after the one before, 150 passed", i+1, d)
			}
		}
		for i := range len(res) - 1 {
			if res[i+1].Seq < res[i].Seq {
				t.Errorf("command %d overtook %d", i+1, i)
			}
		}
	})
}

func TestRun_RecordsStayBelowTheirSize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		g := newGate(mem)
		f := start(t, paramsFor(g))
		g.shut()
		var wg sync.WaitGroup
		// Worst text for JSON: every byte doubles or more.
		for i, s := range []string{"x", strings.Repeat(`"`, 60000), strings.Repeat("\n", event.MaxText), strings.Repeat("护", 20000), strings.Repeat("\\", 40000), strings.Repeat("&", 30000)} {
			for j := range 4 {
				wg.Add(1)
				go func() {
					defer wg.Done()
					if _, err := f.Do(context.Background(), customerPost(fmt.Sprint("c", i, j), fmt.Sprint("m", i, j), s)); err != nil {
						t.Errorf("text %d: %v", i, err)
					}
				}()
			}
			synctest.Wait()
		}
		g.release()
		wg.Wait()
		got, err := mem.Read(t.Context(), 1, 100)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range got {
			if len(r.Data) > event.MaxRecord {
				t.Errorf("record %d has %d bytes", r.Seq, len(r.Data))
			}
		}
		if len(got) < 4 {
			t.Errorf("only %d records for 3 MB", len(got))
		}
		if f.Stats().Rollbacks != 0 {
			t.Error("a record was too large and had to be taken back")
		}
	})
}

// The estimate must never be below the truth, whatever is in the events.
func FuzzSizeOf(f *testing.F) {
	f.Add("text", `{"kind":"text"}`, "c1", "id")
	f.Add("<&>\u2028", `{"a":"<&>\u2028"}`, "<c>", "<<<<<<")
	f.Fuzz(func(t *testing.T, private, title, customer, cid string) {
		if len(customer) > maxID || len(cid) > maxID || customer == "" || admitID(customer) || admitID(cid) {
			return
		}
		e := event.Event{
			ID: event.NewID(time.UnixMilli(1), [10]byte{}), Type: event.Posted, Version: 1, Conv: event.NewID(time.UnixMilli(1), [10]byte{}),
			Customer: customer, Actor: event.Actor{Kind: event.Customer, ID: customer}, ClientID: cid, ClientSum: sum{}.String(), Epoch: 1 << 40,
			Body:    []byte(asJSON(t, event.PostedBody{Kind: event.Text, Sources: []event.Source{{Title: title}}})),
			Private: []byte(asJSON(t, event.PostedPrivate{Text: private})),
		}
		k := &testKeys{}
		_ = k.EnsureKeys(t.Context(), []string{customer})
		rec := event.Record{Events: []event.Event{e}}
		data, err := eventlog.Encode(&rec, k)
		if err != nil {
			return // larger than a record
		}
		if got := len(data) - 200; got > sizeOf(rec.Events) {
			t.Errorf("estimated %d, is %d", sizeOf(rec.Events), got)
		}
	})
}

func admitID(s string) bool {
	return admit(&conversation.Command{Kind: conversation.Claim, ClientID: "x", Conv: s, Actor: event.Actor{Kind: event.Agent, ID: "a"}}) != nil
}

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

func TestRun_ShutdownAnswersEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		g := newGate(mem)
		f := start(t, paramsFor(g))
		g.shut()
		results := make(chan error, 10)
		for i := range 5 {
			go func() {
				_, err := f.Do(context.Background(), customerPost(fmt.Sprint("c", i), "m", fmt.Sprint(i)))
				results <- err
			}()
			synctest.Wait()
		}
		f.stop()
		synctest.Wait()
		g.release()
		for range 5 {
			if err := <-results; err != nil {
				t.Errorf("decided before the end, but: %v", err)
			}
		}
		if err := f.end(); err != nil {
			t.Errorf("Run: %v", err)
		}
		f.refused(customerPost("c9", "m", "九"), conversation.ShuttingDown)
		if n := len(posted(t, mem, f.p.Keys)); n != 5 {
			t.Errorf("%d messages stored", n)
		}
	})
}

func TestRun_ShutdownDoesNotWaitForever(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate(eventlog.NewMemory())
		f := start(t, paramsFor(g))
		g.shut()
		result := make(chan error, 1)
		go func() {
			_, err := f.Do(context.Background(), customerPost("c1", "m", "一"))
			result <- err
		}()
		synctest.Wait()
		begin := time.Now()
		f.end()
		if took := time.Since(begin); took > 6*time.Second {
			t.Errorf("took %v", took)
		}
		if err := <-result; codeOf(err) != conversation.ShuttingDown {
			t.Errorf("answer: %v", err)
		}
	})
}

func TestDo_BoundedQueue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paramsFor(eventlog.NewMemory())
		p.QueueLimit = 3
		f, err := Open(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 3 {
			wg.Add(1)
			go func() {
				defer wg.Done()
				if _, err := f.Do(context.Background(), customerPost(fmt.Sprint("c", i), "m", "x")); err != nil {
					t.Error(err)
				}
			}()
		}
		synctest.Wait()
		_, err = f.Do(t.Context(), customerPost("c9", "m", "x"))
		if codeOf(err) != conversation.Busy {
			t.Errorf("fourth: %v", err)
		}
		if _, _, err := f.State(t.Context(), "x"); err != ErrBusy {
			t.Errorf("read: %v", err)
		}
		r := run(t, f)
		wg.Wait()
		r.must(customerPost("c9", "m", "x"))
	})
}
