package llm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"agentdesk/server/llm/llmtest"
)

func contextWith(t *testing.T, d time.Duration) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(t.Context(), d)
}

func TestBudget_EndsTheHourAndSurvivesARestart(t *testing.T) {
	file := filepath.Join(t.TempDir(), "budget.json")
	synctest.Test(t, func(t *testing.T) {
		a := ep(llmtest.None)
		limited := func(p *Params) { p.Hour, p.BudgetFile = HourLimit{Tokens: 3000}, file }
		p := pool(t, limited, a)
		for range 20 {
			answer(t, p)
		}
		spent := p.Health().Spent.Tokens
		asked := len(a.Seen())
		if spent > 3000 || spent < 2000 || asked < 4 || asked > 8 {
			t.Errorf("%d tokens for %d requests", spent, asked)
		}
		out, took := answer(t, p)
		if out.ByModel || out.Fallback != ErrBudget.Error() || took != 0 {
			t.Errorf("got %+v after %v", out, took)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		p = pool(t, limited, a)
		if got := p.Health().Spent.Tokens; got != spent {
			t.Errorf("%d tokens after a restart, %d before", got, spent)
		}
		if out, _ := answer(t, p); out.ByModel {
			t.Error("a restart gave new money")
		}
		time.Sleep(time.Hour)
		if out, _ := answer(t, p); !out.ByModel {
			t.Errorf("in the next hour: %s", out.Fallback)
		}
	})
}

// Many at once must not overdraw: what runs is counted with the most it may cost.
func TestBudget_HoldsWhatRuns(t *testing.T) {
	b, err := openBudget("", HourLimit{Fen: 1})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Unix(1_700_000_000, 0)
	for range 10 {
		if err := b.reserve("s", 10, 100_000, at); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.reserve("s", 10, 100_000, at); !errors.Is(err, ErrBudget) {
		t.Errorf("an eleventh tenth: %v", err)
	}
	if err := b.reserve("other", 10, 100_000, at); err != nil {
		t.Errorf("another shop: %v", err)
	}
	b.settle("s", 10, 100_000, 3, 20_000, at)
	if err := b.reserve("s", 10, 80_000, at); err != nil {
		t.Errorf("what was not spent is free again: %v", err)
	}
	if s := b.of("s", at); s.Tokens != 3 || s.Micro != 20_000 {
		t.Errorf("spent %+v", s)
	}
}

func TestBudget_PaysForWhatWasRead(t *testing.T) {
	for f, pays := range map[llmtest.Fault]bool{llmtest.None: true, llmtest.Timeout: true, llmtest.Cut: true, llmtest.Empty: true, llmtest.Refused: false,
		llmtest.Error500: false, llmtest.Limited: false} {
		synctest.Test(t, func(t *testing.T) {
			p := pool(t, nil, ep(f))
			answer(t, p)
			synctest.Wait()
			if s := p.Health().Spent; (s.Tokens > 0) != pays {
				t.Errorf("%s: %d tokens", f, s.Tokens)
			}
		})
	}
}

// A dear provider is passed over for a cheap one before the script is.
func TestBudget_CheaperProviderGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dear, cheap := ep(llmtest.None), ep(llmtest.None)
		p := pool(t, func(p *Params) {
			p.Hour = HourLimit{Fen: 2}
			p.Providers[0].InFen, p.Providers[0].OutFen = 1e6, 1e6
			p.Providers[1].InFen, p.Providers[1].OutFen = 1, 1
		}, dear, cheap)
		for range 6 {
			if out, _ := answer(t, p); !out.ByModel {
				t.Errorf("script: %s", out.Fallback)
			}
		}
		if len(dear.Seen()) != 0 || len(cheap.Seen()) != 6 {
			t.Errorf("%d dear, %d cheap", len(dear.Seen()), len(cheap.Seen()))
		}
	})
}

func TestBudget_RefusesABrokenFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "budget.json")
	for _, raw := range []string{"{", `{"s":{"tokens":-1}}`} {
		if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := openBudget(file, HourLimit{}); err == nil {
			t.Errorf("%q was taken", raw)
		}
	}
}

func FuzzReadSpent(f *testing.F) {
	f.Add(`{"s":{"hour":"2026-01-01T00:00:00Z","tokens":1,"micro_fen":2}}`)
	f.Add("null")
	f.Fuzz(func(t *testing.T, raw string) {
		got, err := readSpent([]byte(raw))
		if err != nil {
			return
		}
		if got == nil {
			t.Error("a nil map")
		}
		for _, s := range got {
			if s.Tokens < 0 || s.Micro < 0 {
				t.Errorf("%q: %+v", raw, s)
			}
		}
	})
}

func TestMemory_IsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewMemory(Keep{Traces: 10, Bytes: 20_000, For: time.Hour})
		save := func(conv string, size int) {
			m.Save(Trace{At: time.Now(), Conversation: conv, Text: strings.Repeat("x", size), Hash: HashText(conv)})
		}
		for i := range 25 {
			save(fmt.Sprint("c", i%5), 1)
		}
		if len(m.list) != 10 || len(m.Of("c1")) != 2 {
			t.Errorf("%d kept", len(m.list))
		}
		save("big", 15_000)
		if len(m.list) > 10 || m.bytes > 20_000 {
			t.Errorf("%d kept, %d bytes", len(m.list), m.bytes)
		}
		if _, ok := m.Find("big", "big"); !ok {
			t.Error("the newest is gone")
		}
		m.Forget("big")
		if _, ok := m.Find("big", "big"); ok || m.bytes > 10_000 {
			t.Errorf("forgotten, and %d bytes are left", m.bytes)
		}
		time.Sleep(time.Hour + 1)
		if got := m.Of("c4"); got != nil || m.bytes != 0 {
			t.Errorf("after an hour %d traces, %d bytes", len(got), m.bytes)
		}
	})
}

func TestHealth_Levels(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ep(llmtest.None), ep(llmtest.None)
		p := pool(t, func(p *Params) { p.Hour.Tokens = 1_000_000 }, a, b)
		watch(t, p)
		time.Sleep(time.Second)
		level := func(want Level) {
			t.Helper()
			if h := p.Health(); h.Level != want {
				t.Errorf("level %s, want %s: %+v", h.Level, want, h.Providers)
			}
		}
		level(LevelOK)
		// Probes alone notice that one died, without a single message.
		a.Set(llmtest.Script{Fault: llmtest.Error500})
		time.Sleep(time.Minute)
		level(LevelDegraded)
		b.Set(llmtest.Script{Fault: llmtest.Timeout})
		time.Sleep(time.Minute)
		level(LevelScripts)
		if out, took := answer(t, p); out.ByModel || took != 0 {
			t.Errorf("by model %v after %v with every provider known to be dead", out.ByModel, took)
		}
		a.Set(llmtest.Script{})
		b.Set(llmtest.Script{})
		time.Sleep(2 * holdMost)
		level(LevelOK)
		p.budget.settle("", 0, 0, 1_000_000, 0, time.Now())
		level(LevelBudget)
	})
}

func TestPool_IsMeasured(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(t, nil, ep(llmtest.None), ep(llmtest.Error500))
		answer(t, p)
		answer(t, p)
		r := prometheus.NewPedanticRegistry()
		if err := r.Register(p); err != nil {
			t.Fatal(err)
		}
		got, err := r.Gather()
		if err != nil {
			t.Fatal(err)
		}
		values := map[string]float64{}
		for _, f := range got {
			for _, m := range f.Metric {
				name := f.GetName()
				for _, l := range m.Label {
					name += " " + l.GetValue()
				}
				values[name] = m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
		for name, want := range map[string]float64{"agentdesk_llm_calls_total ok p1 answer": 2, "agentdesk_llm_calls_total error p2 answer": 1,
			"agentdesk_llm_texts_total ok answer": 2, "agentdesk_llm_up p1": 1} {
			if values[name] != want {
				t.Errorf("%s is %v, want %v: %v", name, values[name], want, values)
			}
		}
	})
}

func TestFromEnv(t *testing.T) {
	dir := t.TempDir()
	write := func(name, raw string) string {
		f := filepath.Join(dir, name)
		if err := os.WriteFile(f, []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		return f
	}
	full := write("full.json", `{"providers":[{"url":"https://one.example/v1/","model":"qwen","key_env":"K","weight":3,"models":{"tool":"small"},"in_fen":80,"out_fen":200},
		{"url":"https://one.example/v1","model":"other"}],"hour":{"tokens":1000,"fen":500},"first_ms":3000}`)
	for name, c := range map[string]struct {
		env  map[string]string
		want string // names, models and keys, or the error
	}{
		"nothing":      {nil, ""},
		"one":          {map[string]string{"PROVIDER": "http://127.0.0.1:1/v1#qwen", "PROVIDER_KEY": "k"}, "127.0.0.1:1 qwen k 1;"},
		"two":          {map[string]string{"PROVIDER": "http://a/v1#x  http://b/v1#y", "PROVIDER_KEY": "k", "PROVIDER_KEY_2": "k2"}, "a x k 1;b y k2 1;"},
		"file":         {map[string]string{"PROVIDERS": full, "K": "secret"}, "one.example qwen secret 3;one.example/2 other  1;"},
		"no key":       {map[string]string{"PROVIDERS": full}, "!variable K is empty"},
		"no file":      {map[string]string{"PROVIDERS": filepath.Join(dir, "none")}, "!no such file"},
		"no URL":       {map[string]string{"PROVIDER": "qwen"}, "!must be a URL"},
		"no model":     {map[string]string{"PROVIDER": "http://a/v1"}, "!behind #"},
		"a key in it":  {map[string]string{"PROVIDER": "http://u:p@a/v1#m"}, "!without user"},
		"unknown":      {map[string]string{"PROVIDERS": write("u.json", `{"providers":[],"x":1}`)}, "!unknown field"},
		"empty":        {map[string]string{"PROVIDERS": write("e.json", `{"providers":[]}`)}, "!no providers"},
		"unknown task": {map[string]string{"PROVIDERS": write("t.json", `{"providers":[{"url":"http://a","model":"m","models":{"poem":"x"}}]}`)}, "!no task"},
		"weight":       {map[string]string{"PROVIDERS": write("w.json", `{"providers":[{"url":"http://a","model":"m","weight":-1}]}`)}, "!weight"},
	} {
		cfg, err := FromEnv(func(k string) string { return c.env[k] })
		if want, bad := strings.CutPrefix(c.want, "!"); bad {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", name, err, want)
			}
			continue
		}
		got := ""
		for _, e := range cfg.Providers {
			got += fmt.Sprintf("%s %s %s %d;", e.Name, e.Model, e.Key, e.Weight)
		}
		if err != nil || got != c.want {
			t.Errorf("%s: %q, %v, want %q", name, got, err, c.want)
		}
	}
	if cfg, err := FromEnv(func(k string) string { return map[string]string{"PROVIDERS": full, "K": "s"}[k] }); err != nil ||
		cfg.limits(TaskAnswer).first != 3*time.Second || cfg.Hour.Fen != 500 {
		t.Errorf("%+v, %v", cfg, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"providers":[{"url":"http://a/v1","model":"m"}]}`)
	f.Add(`{"providers":[{"url":"http://a/v1","model":"m","models":{"tool":""}},null]} {}`)
	f.Fuzz(func(t *testing.T, raw string) {
		c, err := Parse([]byte(raw), func(string) string { return "k" })
		if err != nil {
			return
		}
		if len(c.Providers) == 0 || len(c.Providers) > maxProviders {
			t.Errorf("%d providers", len(c.Providers))
		}
		for _, e := range c.Providers {
			if e.BaseURL == "" || e.Model == "" || e.Weight < 1 || e.InFlight < 1 || e.Name == "" {
				t.Errorf("%+v", e)
			}
		}
	})
}
