package llm

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/bot"
	"agentdesk/server/llm/llmtest"
)

func TestPool_HedgesAfterTheUsualWorst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := false
		a := llmtest.NewFunc(func(int, *llmtest.Request) llmtest.Script {
			if slow {
				return llmtest.Script{First: 1500 * time.Millisecond}
			}
			return llmtest.Script{First: 200 * time.Millisecond}
		})
		b := llmtest.New(llmtest.Script{First: 100 * time.Millisecond})
		p := pool(t, nil, a, b)
		for range 2 * samplesMin {
			answer(t, p)
		}
		if n := a.Left() + b.Left(); n != 0 {
			t.Fatalf("%d requests were given up while all was well", n)
		}
		slow = true
		hedged := 0
		for range 4 {
			out, took := answer(t, p)
			if !out.ByModel || took > 350*time.Millisecond {
				t.Errorf("by model %v after %v: %s", out.ByModel, took, out.Fallback)
			}
			if took > 250*time.Millisecond {
				hedged++
			}
		}
		synctest.Wait()
		if hedged != 2 || a.Left() != 2 || a.Open() != 0 {
			t.Errorf("%d hedged, the slow one was left %d times and still writes %d", hedged, a.Left(), a.Open())
		}
		tr := p.Traces().Of("c1")[0]
		if len(tr.Attempts) == 1 {
			tr = p.Traces().Of("c1")[1]
		}
		if len(tr.Attempts) != 2 || tr.Attempts[0].Hedge || !tr.Attempts[1].Hedge || tr.Attempts[1].After != 220*time.Millisecond {
			t.Errorf("attempts %+v", tr.Attempts)
		}
	})
}

// One that always loses is not asked for ever.
func TestPool_NoticesAProviderThatIsSilentBehindAHedge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ep(llmtest.Timeout), ep(llmtest.None)
		p := pool(t, nil, a, b)
		for range 40 {
			if out, _ := answer(t, p); !out.ByModel {
				t.Fatalf("script: %s", out.Fallback)
			}
			synctest.Wait() // until the loser has heard of it
		}
		if n := len(a.Seen()); n > slowsToFail+tripAfter {
			t.Errorf("the silent one was asked %d times", n)
		}
	})
}

func TestPool_BoundsHedges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(t, nil, ep(llmtest.None))
		n := 0
		for range 1000 {
			if p.spendHedge() {
				n++
			}
			p.earnHedge()
		}
		if n < 200 || n > hedgeBurst+200+1 {
			t.Errorf("%d hedges for 1,000 calls", n)
		}
	})
}

func TestRespond_SupersededStopsTheModel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := llmtest.New(llmtest.Script{Gap: 100 * time.Millisecond})
		p := pool(t, nil, a)
		for range 2 * tripAfter {
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(250*time.Millisecond, cancel)
			begun := time.Now()
			if out, err := p.Respond(ctx, draft(), nil); err == nil {
				t.Errorf("got %+v", out)
			}
			if took := time.Since(begun); took != 250*time.Millisecond {
				t.Errorf("returned after %v", took)
			}
			synctest.Wait()
			if a.Open() != 0 {
				t.Error("the model still writes")
			}
		}
		if h := p.Health().Providers[0]; h.Failures != 0 || h.State == StateDown {
			t.Errorf("the provider is blamed: %+v", h)
		}
		if a.Left() != 2*tripAfter {
			t.Errorf("left %d times", a.Left())
		}
		if n := p.counts.texts[[2]string{"answer", "superseded"}]; n != 2*tripAfter {
			t.Errorf("%d texts are counted as superseded: %v", n, p.counts.texts)
		}
	})
}

func TestPool_CloseEndsWhatRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := ep(llmtest.Timeout)
		p := pool(t, nil, a)
		got := make(chan bot.Text)
		go func() {
			out, _ := p.Respond(t.Context(), draft(), nil)
			got <- out
		}()
		synctest.Wait()
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if out := <-got; out.Text != script || out.ByModel {
			t.Errorf("got %+v", out)
		}
		synctest.Wait()
		if a.Open() != 0 {
			t.Error("a request outlived the pool")
		}
		if out, _ := answer(t, p); out.Fallback != ErrClosed.Error() {
			t.Errorf("after the end: %+v", out)
		}
	})
}

// More at once than a provider may have: the rest gets the script, at once.
func TestPool_BoundsRequestsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := llmtest.New(llmtest.Script{First: 500 * time.Millisecond})
		p := pool(t, func(p *Params) { p.Providers[0].InFlight = 4 }, a)
		got := make(chan bot.Text)
		for range 10 {
			go func() {
				out, _ := p.Respond(t.Context(), draft(), nil)
				got <- out
			}()
		}
		synctest.Wait()
		if a.Open() != 4 {
			t.Errorf("%d at once", a.Open())
		}
		byModel := 0
		for range 10 {
			if (<-got).ByModel {
				byModel++
			}
		}
		if byModel != 4 {
			t.Errorf("%d by the model", byModel)
		}
	})
}

func TestPool_ModelByTask(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := ep(llmtest.None)
		p := pool(t, func(p *Params) { p.Providers[0].Models = map[Task]string{TaskTool: "small"} }, a)
		answer(t, p)
		if _, err := p.Choose(t.Context(), Wish{Text: "查快递", Tools: []Tool{cartTool()}}); err != nil {
			t.Fatal(err)
		}
		seen := a.Seen()
		if len(seen) != 2 || seen[0].Model != "mp1" || seen[1].Model != "small" || seen[0].Key != "key-p1" {
			t.Errorf("models of %d requests: %+v", len(seen), seen)
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	for _, s := range []string{"1", "0.5", "-3", "NaN", "Inf", "1e300", "Wed, 21 Oct 2026 07:28:00 GMT", "soon", ""} {
		f.Add(s, s)
	}
	f.Fuzz(func(t *testing.T, s, ms string) {
		h := http.Header{"Retry-After": {s}, "Retry-After-Ms": {ms}}
		if d := retryAfter(h, time.Unix(1_700_000_000, 0)); d < 0 || d > maxWait {
			t.Errorf("%q, %q: %v", s, ms, d)
		}
	})
}
