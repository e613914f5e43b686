package llm

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/bot"
	"agentdesk/server/llm/llmtest"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

const script = "神经酰胺面霜 50g 原价 ¥329，券后 ¥289。"

func draft() bot.Draft {
	return bot.Draft{Conversation: "c1", Customer: "面霜多少钱？我电话 13812345678，地址北京市海淀区中关村大街27号3单元201室", Emotion: label.Calm, Intent: label.PricePromo, Names: []string{"林小鹿"},
		Context: []talk.Turn{{Role: talk.Customer, Text: "我叫林小鹿，身份证 110101199003074514，卡号 6222020200112233445，邮箱 xiaolu@example.com"}},
		Facts:   []bot.Fact{{Text: "神经酰胺面霜 50g 原价 ¥329，券后 ¥289", Source: event.Source{ID: "p1", Kind: "product"}}},
		Script:  script}
}

// pool makes a pool over endpoints without sockets. A nil one refuses connections. Change may be nil.
func pool(t *testing.T, change func(*Params), eps ...*llmtest.Endpoint) *Pool {
	t.Helper()
	hosts := map[string]http.Handler{}
	var p Params
	for i, e := range eps {
		host := fmt.Sprintf("p%d", i+1)
		if e != nil {
			hosts[host] = e
		}
		p.Providers = append(p.Providers, Endpoint{Name: host, BaseURL: "http://" + host + "/v1", Model: "m" + host, Key: "key-" + host})
	}
	for i := range p.Providers {
		p.Providers[i].HTTP = llmtest.Client(hosts)
	}
	if change != nil {
		change(&p)
	}
	out, err := New(p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := out.Close(); err != nil {
			t.Error(err)
		}
	})
	return out
}

// watch runs the pool's prober until the test ends.
func watch(t *testing.T, p *Pool) {
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- p.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// answer asks once and says how long it took, in the bubble's time.
func answer(t *testing.T, p *Pool) (bot.Text, time.Duration) {
	t.Helper()
	begun := time.Now()
	out, err := p.Respond(t.Context(), draft(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return out, time.Since(begun)
}

func ep(f llmtest.Fault) *llmtest.Endpoint {
	if f == llmtest.Refused {
		return nil
	}
	return llmtest.New(llmtest.Script{Fault: f})
}

// inMemory are the faults that need no socket.
func inMemory() []llmtest.Fault {
	var out []llmtest.Fault
	for _, f := range llmtest.Faults() {
		if f != llmtest.TLSGarbage {
			out = append(out, f)
		}
	}
	return out
}

func TestRespond_FallsBackToTheScriptOnEveryFault(t *testing.T) {
	reasons := map[llmtest.Fault]string{llmtest.Timeout: "first token", llmtest.Limited: "wait", llmtest.Error500: "500", llmtest.Cut: "middle", llmtest.Empty: "empty",
		llmtest.Language: "language", llmtest.BrokenJSON: "JSON", llmtest.Tool: "empty", llmtest.Args: "empty", llmtest.Endless: "too long", llmtest.Drip: "too few",
		llmtest.Refused: "refused"}
	for _, f := range inMemory() {
		t.Run(string(f), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := pool(t, nil, ep(f))
				var streamed strings.Builder
				begun := time.Now()
				out, err := p.Respond(t.Context(), draft(), func(s string) { streamed.WriteString(s) })
				if err != nil {
					t.Fatal(err)
				}
				if took := time.Since(begun); took > TaskAnswer.limits().total {
					t.Errorf("took %v", took)
				}
				if streamed.String() != out.Text {
					t.Errorf("streamed %q, answered %q", streamed.String(), out.Text)
				}
				if f == llmtest.None {
					if !out.ByModel || out.Fallback != "" || out.Text != script {
						t.Errorf("got %+v", out)
					}
					return
				}
				if reason := reasons[f]; reason == "" || !strings.Contains(out.Fallback, reason) {
					t.Errorf("because %q, want %q", out.Fallback, reason)
				}
				if !out.ByModel && out.Text != script {
					t.Errorf("got %q", out.Text)
				}
			})
		})
	}
}

// Whatever two providers do, an answer is there in time; where one is well, it is the model's.
func TestRespond_EveryPairing(t *testing.T) {
	for _, a := range inMemory() {
		for _, b := range inMemory() {
			t.Run(string(a)+" and "+string(b), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := pool(t, nil, ep(a), ep(b))
					watch(t, p)
					for range 12 {
						out, took := answer(t, p)
						if took > TaskAnswer.limits().total {
							t.Errorf("took %v: %s", took, out.Fallback)
						}
						if well := a == llmtest.None || b == llmtest.None; well != out.ByModel || out.Text != script {
							t.Errorf("by model %v, because %q: %q", out.ByModel, out.Fallback, out.Text)
						}
						if silent(a) && silent(b) && took > time.Second {
							t.Errorf("nobody said a word, and the script took %v", took)
						}
					}
				})
			})
		}
	}
}

// silent faults give no token at all.
func silent(f llmtest.Fault) bool {
	switch f {
	case llmtest.Timeout, llmtest.Limited, llmtest.Error500, llmtest.Refused, llmtest.Empty, llmtest.BrokenJSON, llmtest.Tool, llmtest.Args:
		return true
	}
	return false
}

func TestPool_SharesByWeight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ep(llmtest.None), ep(llmtest.None)
		p := pool(t, func(p *Params) { p.Providers[0].Weight = 3 }, a, b)
		for range 80 {
			answer(t, p)
		}
		if na, nb := len(a.Seen()), len(b.Seen()); na != 60 || nb != 20 {
			t.Errorf("%d and %d requests for weights 3 and 1", na, nb)
		}
	})
}

func TestPool_LeavesAFailedProviderAloneAndTakesItBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a, b := ep(llmtest.Error500), ep(llmtest.None)
		p := pool(t, nil, a, b)
		watch(t, p)
		for range 20 {
			if out, _ := answer(t, p); !out.ByModel {
				t.Fatalf("script: %s", out.Fallback)
			}
			synctest.Wait()
		}
		if n := len(a.Seen()) + a.Probes(); n != tripAfter {
			t.Errorf("the broken one was asked %d times, want %d", n, tripAfter)
		}
		h := p.Health()
		if h.Level != LevelDegraded || h.Providers[0].State != StateDown || h.Providers[0].Trips != 1 || h.Providers[1].State != StateOK {
			t.Errorf("health %+v", h)
		}
		// Known to be dead, it costs nobody any time.
		if _, took := answer(t, p); took != 0 {
			t.Errorf("fail-over took %v", took)
		}
		asked := len(a.Seen())
		time.Sleep(30 * time.Second)
		if got := len(a.Seen()); got != asked {
			t.Errorf("%d messages were spent on finding out whether it came back", got-asked)
		}
		if n := a.Probes(); n < 2 || n > 4 {
			t.Errorf("%d probes in 30 s, want few: the hold doubles", n)
		}
		a.Set(llmtest.Script{})
		time.Sleep(holdMost)
		if h := p.Health(); h.Level != LevelOK {
			t.Errorf("health %+v after it came back", h)
		}
		for range 4 {
			answer(t, p)
		}
		if len(a.Seen()) == asked {
			t.Error("it came back and is not asked")
		}
	})
}

// Without a prober a message tries: the pool heals by itself.
func TestPool_HealsWithoutAProber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := ep(llmtest.Error500)
		p := pool(t, nil, a)
		for range 10 {
			if out, _ := answer(t, p); out.ByModel || out.Text != script {
				t.Fatalf("got %+v", out)
			}
		}
		if n := len(a.Seen()); n != tripAfter {
			t.Errorf("asked %d times, want %d", n, tripAfter)
		}
		if h := p.Health(); h.Level != LevelScripts {
			t.Errorf("level %s", h.Level)
		}
		a.Set(llmtest.Script{})
		time.Sleep(holdFirst)
		if out, _ := answer(t, p); !out.ByModel {
			t.Errorf("still the script: %s", out.Fallback)
		}
	})
}

func TestPool_WaitsAsLongAsAProviderAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := llmtest.NewFunc(func(n int, _ *llmtest.Request) llmtest.Script {
			if n == 0 {
				return llmtest.Script{Fault: llmtest.Limited, RetryAfter: "30"}
			}
			return llmtest.Script{}
		})
		p := pool(t, nil, a)
		if out, took := answer(t, p); out.ByModel || took > time.Second {
			t.Errorf("by model %v after %v", out.ByModel, took)
		}
		for range 5 {
			answer(t, p)
		}
		if n := len(a.Seen()); n != 1 {
			t.Errorf("asked %d times within Retry-After", n)
		}
		if h := p.Health(); h.Providers[0].State != StateLimited || h.Providers[0].Trips != 0 {
			t.Errorf("health %+v", h.Providers[0])
		}
		time.Sleep(30 * time.Second)
		if out, _ := answer(t, p); !out.ByModel {
			t.Errorf("after Retry-After: %s", out.Fallback)
		}
	})
}

func TestPool_AsksTheOnlyProviderAgainOnlyWhereItIsSafe(t *testing.T) {
	for name, c := range map[string]struct {
		first llmtest.Script
		again bool
	}{
		"500":               {llmtest.Script{Fault: llmtest.Error500}, true},
		"429, a short wait": {llmtest.Script{Fault: llmtest.Limited, RetryAfter: "0.2"}, true},
		"429, a long wait":  {llmtest.Script{Fault: llmtest.Limited, RetryAfter: "5"}, false},
		"cut":               {llmtest.Script{Fault: llmtest.Cut}, false},
		"language":          {llmtest.Script{Fault: llmtest.Language}, false},
		"empty":             {llmtest.Script{Fault: llmtest.Empty}, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := llmtest.NewFunc(func(n int, _ *llmtest.Request) llmtest.Script {
					if n == 0 {
						return c.first
					}
					return llmtest.Script{}
				})
				p := pool(t, nil, a)
				out, took := answer(t, p)
				if out.ByModel != c.again || c.again != (len(a.Seen()) == 2) {
					t.Errorf("asked %d times, by model %v: %s", len(a.Seen()), out.ByModel, out.Fallback)
				}
				if c.again && (took < retryFirst/2 || took > unknownPatience) {
					t.Errorf("again after %v", took)
				}
			})
		})
	}
}

// status answers every request with one.
type status int

func (s status) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	http.Error(w, `{"error":{"message":"no"}}`, int(s))
}

func TestPool_DoesNotRepeatARefusedRequest(t *testing.T) {
	for code, trips := range map[status]bool{400: false, 422: false, 401: true, 404: true} {
		synctest.Test(t, func(t *testing.T) {
			calls := 0
			p := pool(t, func(p *Params) {
				p.Providers[0].HTTP = llmtest.Client(map[string]http.Handler{"p1": http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					calls++
					code.ServeHTTP(w, r)
				})})
			}, nil)
			answer(t, p)
			if calls != 1 {
				t.Errorf("%d: asked %d times", code, calls)
			}
			for range 5 {
				answer(t, p)
			}
			// A customer must not be able to close the door for all by a message that providers refuse.
			if down := p.Health().Providers[0].State == StateDown; down != trips {
				t.Errorf("%d: down %v, want %v", code, down, trips)
			}
		})
	}
}
