package floor

import (
	"context"
	"errors"
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

func TestOpening_OneOpenConversationPerCustomer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		var wg sync.WaitGroup
		convs := make([]string, 50)
		for i := range convs {
			wg.Add(1)
			go func() {
				defer wg.Done()
				res, err := f.Do(context.Background(), customerPost("c1", fmt.Sprint("m", i), "x"))
				if err != nil {
					t.Error(err)
				}
				convs[i] = res.Conv
			}()
		}
		wg.Wait()
		for _, c := range convs {
			if c != convs[0] || c == "" {
				t.Fatalf("two conversations: %v", convs)
			}
		}
		opened := 0
		for _, c := range committed(t, mem, f.p.Keys) {
			for _, e := range c.Events {
				if e.Type == event.Opened {
					opened++
				}
			}
		}
		if opened != 1 {
			t.Errorf("opened %d times", opened)
		}
	})
}

func TestOpening_AfterClosingLinksToTheOld(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		p := paramsFor(mem)
		fold := newTestFold(mem, p.Keys)
		p.Fold, p.ClosedKeep = fold, 1
		f := start(t, p)
		f.online("a1", 9)
		closeIt := func(conv string) {
			f.must(agentCmd(conversation.Claim, "a1", "k"+conv, conv, 0, nil))
			f.must(agentCmd(conversation.Close, "a1", "e"+conv, conv, 0, conversation.CloseArgs{Disposition: "solved", Solved: true}))
		}
		old := f.must(customerPost("c1", "m1", "一")).Conv
		closeIt(old)
		// The client still names the old conversation: the customer is never refused for that.
		second := customerPost("c1", "m2", "二")
		second.Conv = old
		conv := f.must(second).Conv
		if conv == old || f.state(conv).Prev != old {
			t.Errorf("second conversation %s links to %q, want %s", conv, f.state(conv).Prev, old)
		}
		closeIt(conv)
		// More are closed than are kept, but the fold has none yet: nothing may leave.
		for i := range 3 {
			closeIt(f.must(customerPost(fmt.Sprint("early", i), "m", "x")).Conv)
		}
		f.state(old)
		// Both leave memory; the fold knows.
		if err := fold.sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 3 {
			closeIt(f.must(customerPost(fmt.Sprint("other", i), "m", "x")).Conv)
			if err := fold.sync(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if _, ok, _ := f.State(t.Context(), old); ok {
			t.Error("a closed conversation stays in memory")
		}
		third := f.must(customerPost("c1", "m3", "三")).Conv
		if got := f.state(third).Prev; got != conv {
			t.Errorf("third links to %q, want %s", got, conv)
		}
		// A command for a conversation that left memory is judged on the fold's state of it.
		f.refused(agentCmd(conversation.Post, "a1", "late", old, 2, text("晚了")), conversation.AlreadyClosed)
		note := agentCmd(conversation.Post, "a1", "note", old, 0, conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Note}, Text: "已回访"})
		noted := f.must(note)
		if s := f.state(old); s.LastSeq != noted.Seq || s.Open() {
			t.Errorf("noted in record %d, state at %d", noted.Seq, s.LastSeq)
		}
		if res := f.must(note); !res.Duplicate {
			t.Error("the note was stored twice")
		}
		f.refused(agentCmd(conversation.Post, "a1", "never", "01JXXXXXXXXXXXXXXXXXXXXXXX", 2, text("晚了")), conversation.UnknownConv)
	})
}

// A restart with a full disk: reads go on, and the shop is owned as soon as there is room.
func TestOpen_WithoutRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		f.end()
		mem.SetFull(true)
		f = start(t, paramsFor(mem))
		sub := f.Subscribe(0, 0)
		f.state(conv)
		f.refused(customerPost("c1", "m2", "二"), conversation.DiskFull)
		if res := f.must(customerPost("c1", "m1", "一")); !res.Duplicate {
			t.Error("a retry was not recognised")
		}
		if !f.Stats().DiskFull || f.Term() != 0 {
			t.Errorf("full %v, term %d", f.Stats().DiskFull, f.Term())
		}
		time.Sleep(time.Hour)
		mem.SetFull(false)
		time.Sleep(10 * time.Second)
		f.must(customerPost("c1", "m2", "二"))
		if f.Stats().DiskFull || f.Term() != 2 {
			t.Errorf("full %v, term %d", f.Stats().DiskFull, f.Term())
		}
		c, err := sub.Next(t.Context())
		if err != nil || c.Seq != sub.After()+1 || c.Events[0].Type != event.FloorOwned {
			t.Errorf("first commit: %+v, %v", c, err)
		}
	})
}

func TestOpen_UnreadableEventCannotBeOwned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		f.must(customerPost("c1", "m1", "一"))
		f.end()
		recs := committed(t, mem, f.p.Keys)
		last := recs[len(recs)-1]
		rec := event.Record{ID: event.NewID(time.Now(), [10]byte{1}), Term: 1, Time: last.Time, Prev: last.Hash, Events: []event.Event{{
			ID: event.NewID(time.Now(), [10]byte{2}), Type: "conversation.split", Version: 3, MinReader: 3, Actor: system,
		}}}
		data, err := eventlog.Encode(&rec, f.p.Keys)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mem.Append(t.Context(), last.Seq, data); err != nil {
			t.Fatal(err)
		}
		_, err = Open(t.Context(), paramsFor(mem))
		if !errors.Is(err, event.ErrUnreadable) || !strings.Contains(err.Error(), "conversation.split") {
			t.Errorf("opened: %v", err)
		}
		if n := mem.Appends(); n != int(last.Seq)+1 {
			t.Errorf("an owner that cannot read appended: %d", n)
		}
	})
}

func TestOpen_StartsFromTheFoldAndCatchesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		p := paramsFor(mem)
		f := start(t, p)
		f.online("a1", 9)
		var convs []string
		for i := range 6 {
			convs = append(convs, f.must(customerPost(fmt.Sprint("c", i), "m", "x")).Conv)
		}
		fold := newTestFold(mem, p.Keys)
		if err := fold.sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		at := fold.Checkpoint()
		f.must(agentCmd(conversation.Claim, "a1", "k", convs[0], 0, nil))
		f.must(customerPost("c1", "m2", "y"))
		f.must(customerPost("c9", "m", "z"))
		want, err := f.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		f.end()
		mem.DropBelow(at + 1) // the rest is archived: the log alone would not do
		if _, err := Open(t.Context(), p); !errors.Is(err, eventlog.ErrBelowFirst) {
			t.Errorf("opened without its beginning: %v", err)
		}
		p.Fold = fold
		f = start(t, p)
		got, err := f.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if a, b := asJSON(t, want.Convs), asJSON(t, got.Convs); a != b {
			t.Errorf("not the same floor:\n%s\n%s", a, b)
		}
		if got.Agents[0].Load != 1 {
			t.Errorf("load %d", got.Agents[0].Load)
		}
		if f.Term() != 2 {
			t.Errorf("term %d", f.Term())
		}
	})
}

func TestOpen_FoldOfAnotherIncarnation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		p := paramsFor(mem)
		f := start(t, p)
		f.must(customerPost("c1", "m1", "一"))
		backup := mem.Copy(2)
		f.must(customerPost("c1", "m2", "二"))
		fold := newTestFold(mem, p.Keys)
		if err := fold.sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.end()
		p.Log, p.Fold = mem.Copy(fold.Checkpoint()), fold
		if _, err := Open(t.Context(), p); !errors.Is(err, ErrForeignFold) {
			t.Errorf("merged with another incarnation of the same records: %v", err)
		}
		p.Log = backup
		if _, err := Open(t.Context(), p); !errors.Is(err, ErrForeignFold) {
			t.Errorf("merged with a restored backup: %v", err)
		}
		fold.cursor.Stream = "" // as if the incarnation were not written down: position and hash must tell
		if _, err := Open(t.Context(), p); !errors.Is(err, ErrForeignFold) {
			t.Errorf("merged with a shorter log: %v", err)
		}
		fold.cursor.Seq--
		if _, err := Open(t.Context(), p); !errors.Is(err, ErrForeignFold) {
			t.Errorf("merged though the hash differs: %v", err)
		}
	})
}

func TestOpen_BrokenChain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		f.end()
		rec := event.Record{ID: event.NewID(time.Now(), [10]byte{1}), Term: 1, Prev: "nonsense"}
		data, err := eventlog.Encode(&rec, f.p.Keys)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := mem.Append(t.Context(), 1, data); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), paramsFor(mem)); !errors.Is(err, eventlog.ErrCorrupt) {
			t.Errorf("opened: %v", err)
		}
	})
}

func TestSubscribe_InOrderAfterDurableAndNeverInTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		sub := f.Subscribe(0, 0)
		slow := f.Subscribe(4, 0)
		fat := f.Subscribe(0, 3000)
		v, err := f.View(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if sub.After() != v.Cursor.Seq {
			t.Fatalf("after %d, view at %d", sub.After(), v.Cursor.Seq)
		}
		for i := range 20 {
			f.must(customerPost("c1", fmt.Sprint("m", i), fmt.Sprint("t", i)))
		}
		recs := committed(t, mem, f.p.Keys)
		for _, want := range recs[sub.After():] {
			got, err := sub.Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if a, b := asJSON(t, got.Committed), asJSON(t, want); a != b {
				t.Errorf("published and stored differ:\n%s\n%s", a, b)
			}
			if len(got.States) != 1 || got.States[0].LastSeq != got.Seq {
				t.Errorf("states of record %d: %+v", got.Seq, got.States)
			}
		}
		if _, err := slow.Next(t.Context()); !errors.Is(err, ErrLagged) {
			t.Errorf("slow: %v", err)
		}
		if _, err := fat.Next(t.Context()); !errors.Is(err, ErrLagged) {
			t.Errorf("fat: %v", err)
		}
		if n := f.Stats().Lagged; n != 2 {
			t.Errorf("%d lagged", n)
		}
		f.must(customerPost("c1", "last", "x"))
		f.end()
		if _, err := sub.Next(t.Context()); err != nil {
			t.Errorf("what was published before the end is lost: %v", err)
		}
		if _, err := sub.Next(t.Context()); !errors.Is(err, ErrEnded) {
			t.Errorf("after the end: %v", err)
		}
	})
}

// States that were handed out must never change afterwards.
func TestState_IsImmutable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, paramsFor(eventlog.NewMemory()))
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		f.online("a1", 3)
		defer f.beats("a1")()
		type kept struct {
			s    *conversation.State
			json string
		}
		var all []kept
		keep := func() {
			s := f.state(conv)
			all = append(all, kept{s, asJSON(t, s)})
		}
		keep()
		for i := range 30 {
			f.must(conversation.Command{
				Kind: conversation.Understand, ClientID: fmt.Sprint("u", i), Conv: conv, Actor: event.Actor{Kind: event.Bot, ID: "bot"},
				Payload: conversation.UnderstandArgs{UnderstoodBody: event.UnderstoodBody{Message: f.state(conv).LastCustomerMsg, Emotion: []string{"calm", "angry"}[i%2]}},
			})
			keep()
			f.must(customerPost("c1", fmt.Sprint("n", i), "二"))
			keep()
		}
		f.escalate(conv, "e1")
		keep()
		time.Sleep(12 * time.Second)
		keep()
		for i, k := range all {
			if got := asJSON(t, k.s); got != k.json {
				t.Fatalf("state %d changed after it was handed out:\n%s\n%s", i, k.json, got)
			}
		}
	})
}
