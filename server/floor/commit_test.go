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
