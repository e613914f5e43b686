package floor

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// sameAnswer compares what a retry must repeat.
func sameAnswer(a, b Result) bool {
	return a.Conv == b.Conv && a.Event == b.Event && a.Message == b.Message && a.Seq == b.Seq
}

func TestOnce_RetryIsTheSameCommand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		first := f.must(customerPost("c1", "m1", "一"))
		again := f.must(customerPost("c1", "m1", "一"))
		if !again.Duplicate || !sameAnswer(first, again) || again.Epoch != first.Epoch {
			t.Errorf("retry: %+v, first %+v", again, first)
		}
		f.refused(customerPost("c1", "m1", "另一句"), conversation.IDReused)
		if res := f.must(customerPost("c2", "m1", "另一句")); res.Duplicate {
			t.Error("another customer's ID was taken for the same")
		}
		withConv := customerPost("c1", "m1", "一")
		withConv.Conv, withConv.Opening = first.Conv, nil
		if res := f.must(withConv); !res.Duplicate {
			t.Error("a retry that knows its conversation by now is another command")
		}
		if n := posted(t, mem, f.p.Keys)["一"]; n != 1 {
			t.Errorf("stored %d times", n)
		}
	})
}

// A refusal is no memory: the same ID may succeed later.
func TestOnce_RefusalsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, paramsFor(eventlog.NewMemory()))
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		post := agentCmd(conversation.Post, "a1", "p1", conv, 2, text("您好"))
		f.refused(post, conversation.StaleEpoch)
		f.online("a1", 3)
		epoch := f.must(agentCmd(conversation.Claim, "a1", "k1", conv, 0, nil)).Epoch
		post.Epoch = epoch
		if res := f.must(post); res.Duplicate {
			t.Error("a refused command was remembered")
		}
	})
}

func TestOnce_AfterTheChatClosedAndAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		first := f.must(customerPost("c1", "m1", "一"))
		f.online("a1", 3)
		f.must(agentCmd(conversation.Claim, "a1", "k1", first.Conv, 0, nil))
		closing := agentCmd(conversation.Close, "a1", "k2", first.Conv, 0, conversation.CloseArgs{Disposition: "solved", Solved: true})
		closed := f.must(closing)
		check := func(f *running) {
			t.Helper()
			if res := f.must(customerPost("c1", "m1", "一")); !res.Duplicate || !sameAnswer(res, first) {
				t.Errorf("retry of the message: %+v, first %+v", res, first)
			}
			if res := f.must(closing); !res.Duplicate || !sameAnswer(res, closed) {
				t.Errorf("retry of the closing: %+v, first %+v", res, closed)
			}
			f.refused(customerPost("c1", "m1", "二"), conversation.IDReused)
		}
		check(f)
		f.end()
		check(start(t, paramsFor(mem)))
	})
}

func TestOnce_FoldAnswersForWhatLeftMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		p := paramsFor(mem)
		fold := newTestFold(mem, p.Keys)
		p.Fold, p.OnceLimit, p.ClosedKeep = fold, 8, 2
		f := start(t, p)
		first := make([]Result, 100)
		for i := range first {
			first[i] = f.must(customerPost(fmt.Sprint("c", i%5), fmt.Sprint("m", i), fmt.Sprint("t", i)))
		}
		if n := f.Stats().ClientIDs; n != 100 {
			t.Errorf("%d client IDs in memory though the fold has none yet", n)
		}
		if err := fold.sync(t.Context()); err != nil {
			t.Fatal(err)
		}
		f.must(customerPost("c0", "last", "x"))
		if n := f.Stats().ClientIDs; n > 8 {
			t.Errorf("%d client IDs in memory, limit 8", n)
		}
		check := func(f *running) {
			t.Helper()
			for i := range first {
				if res := f.must(customerPost(fmt.Sprint("c", i%5), fmt.Sprint("m", i), fmt.Sprint("t", i))); !res.Duplicate || !sameAnswer(res, first[i]) {
					t.Fatalf("retry %d: %+v, first %+v", i, res, first[i])
				}
			}
			f.refused(customerPost("c1", "m1", "别的"), conversation.IDReused)
		}
		check(f)
		if fold.asked == 0 {
			t.Error("the fold was never asked")
		}
		f.end()
		check(start(t, p))
		if n := len(posted(t, mem, p.Keys)); n != 101 {
			t.Errorf("%d messages stored", n)
		}
	})
}

func TestOnce_ManyRetriesWhileTheFirstIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		g := newGate(mem)
		f := start(t, paramsFor(g))
		g.shut()
		var wg sync.WaitGroup
		got := make([]Result, 20)
		for i := range got {
			wg.Add(1)
			go func() {
				defer wg.Done()
				res, err := f.Do(context.Background(), customerPost("c1", "m1", "一"))
				if err != nil {
					t.Error(err)
				}
				got[i] = res
			}()
			if i%5 == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		mem.FailNext(eventlog.Fault{Kind: eventlog.FaultTimeoutStored})
		g.release()
		wg.Wait()
		originals := 0
		for _, r := range got {
			if !r.Duplicate {
				originals++
			}
			if !sameAnswer(r, got[0]) || r.Hash != got[0].Hash {
				t.Errorf("answers differ: %+v, %+v", r, got[0])
			}
		}
		if n := posted(t, mem, f.p.Keys)["一"]; n != 1 || originals != 1 {
			t.Errorf("stored %d times, %d originals", n, originals)
		}
	})
}

// The first try is stored, folded and leaves memory between the retry's look-up and its decision.
func TestOnce_LookUpThatIsOverTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		p := paramsFor(mem)
		fold := newTestFold(mem, p.Keys)
		p.Fold, p.OnceLimit = fold, 2
		f := start(t, p)
		fill := func(prefix string) {
			for i := range 5 {
				f.must(customerPost("c2", fmt.Sprint(prefix, i), prefix))
			}
			if err := fold.sync(t.Context()); err != nil {
				t.Fatal(err)
			}
			f.must(customerPost("c2", prefix, prefix))
		}
		fill("before")
		var first Result
		fold.during = func() {
			first = f.must(customerPost("c1", "m1", "一"))
			fill("after")
		}
		if again := f.must(customerPost("c1", "m1", "一")); !again.Duplicate || !sameAnswer(again, first) {
			t.Errorf("retry %+v, first %+v", again, first)
		}
		if n := posted(t, mem, p.Keys)["一"]; n != 1 {
			t.Errorf("stored %d times", n)
		}
	})
}

func TestClientSum_IsTheContent(t *testing.T) {
	base := agentCmd(conversation.Post, "a1", "x", "conv", 1, text("一"))
	want, err := ClientSum(&base)
	if err != nil || len(want) != 32 {
		t.Fatal(want, err)
	}
	for name, tc := range map[string]struct {
		change func(c *conversation.Command)
		same   bool
	}{
		"epoch":   {func(c *conversation.Command) { c.Epoch = 7 }, true},
		"id":      {func(c *conversation.Command) { c.ClientID = "y" }, true},
		"text":    {func(c *conversation.Command) { c.Payload = text("二") }, false},
		"conv":    {func(c *conversation.Command) { c.Conv = "other" }, false},
		"kind":    {func(c *conversation.Command) { c.Kind = conversation.Claim }, false},
		"payload": {func(c *conversation.Command) { c.Payload = nil }, false},
	} {
		c := base
		tc.change(&c)
		if got, _ := ClientSum(&c); (got == want) != tc.same {
			t.Errorf("%s: same %v, want %v", name, got == want, tc.same)
		}
	}
}

func TestOnceStore_LeavesOldestFirstAndNeverTooEarly(t *testing.T) {
	o := newOnceStore(10)
	key := func(i int) onceKey { return keyOf(event.Actor{Kind: event.Agent, ID: "a"}, fmt.Sprint(i)) }
	for i := range 20000 {
		o.put(key(i), done{seq: uint64(i + 1)})
		if i%3 == 0 {
			o.undo(key(i))
		}
		o.trim(uint64(max(0, i-100)))
		if len(o.m) > 10+101 {
			t.Fatalf("%d in memory", len(o.m))
		}
	}
	o.trim(30000)
	// Of 0…19,999 those not divisible by three stayed; the newest ten go down to 19,985, so 19,984 left last.
	if len(o.m) != 10 || o.out != 19985 {
		t.Errorf("%d left, out %d", len(o.m), o.out)
	}
	if len(o.order) > 9000 {
		t.Errorf("order keeps %d", len(o.order))
	}
}
