package llm

import (
	"context"
	"strings"
	"testing"
	"time"

	"agentdesk/server/llm/llmtest"
)

// contract is what the pool needs of an endpoint, asked over a real socket. It holds for the scripted server and, with the tag
// realllm, for a real one; so it looks at the protocol alone, never at the wording.
func contract(t *testing.T, e Endpoint) {
	open := func(t *testing.T) *Pool {
		p, err := New(Params{Config: Config{Providers: []Endpoint{e}, FirstMS: 30_000, TotalMS: 60_000}})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := p.Close(); err != nil {
				t.Error(err)
			}
		})
		// Probed first: what has never proven to live gets a second only, and a busy machine may need more.
		p.probe(t.Context(), p.providers[0])
		if h := p.Health().Providers[0]; h.State != StateOK {
			t.Fatalf("one token: %+v", h)
		}
		return p
	}
	hello := []Message{{"system", "You are brief."}, {"user", "Count from one to five."}}
	get := func(t *testing.T, p *Pool, a ask) (reply, []string, error) {
		var pieces []string
		a.task, a.first = TaskAnswer, 30*time.Second
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		r, err := p.providers[0].stream(ctx, a, func(s string) { pieces = append(pieces, s) })
		return r, pieces, err
	}
	t.Run("streams in pieces, in order, and counts tokens", func(t *testing.T) {
		r, pieces, err := get(t, open(t), ask{msgs: hello, maxTokens: 300, maxRunes: 4000})
		if err != nil && asCall(err).fault != faultQuality { // one that babbles on to its limit is still a stream
			t.Fatal(err)
		}
		if len(pieces) < 2 || strings.Join(pieces, "") != r.text || r.first <= 0 || !r.counted || r.in <= 0 || r.out <= 0 {
			t.Errorf("%d pieces, %+v", len(pieces), r)
		}
	})
	t.Run("stops at a token limit and says so", func(t *testing.T) {
		r, _, err := get(t, open(t), ask{msgs: hello, maxTokens: 1, maxRunes: 4000})
		if asCall(err).err != ErrTooLong || r.out > 2 {
			t.Errorf("%+v, %v", r, err)
		}
	})
	t.Run("writes JSON to a schema", func(t *testing.T) {
		s := &Schema{Type: "object", Required: []string{"ok"}, Properties: map[string]*Schema{"ok": {Type: "boolean"}}}
		r, _, err := get(t, open(t), ask{msgs: []Message{{"user", `Reply with {"ok":true}.`}}, maxTokens: 60, maxRunes: 400, schema: s})
		var got struct{ OK bool }
		if err != nil || s.Decode(r.text, &got) != nil {
			t.Errorf("%q, %v", r.text, err)
		}
	})
	t.Run("stops when the caller leaves, and serves on", func(t *testing.T) {
		p := open(t)
		for range 3 {
			ctx, cancel := context.WithCancel(t.Context())
			n := 0
			_, err := p.providers[0].stream(ctx, ask{task: TaskAnswer, msgs: []Message{{"user", "Tell a very long story."}}, maxTokens: 1500, maxRunes: 100_000, first: 30 * time.Second},
				func(string) {
					if n++; n == 2 {
						cancel()
					}
				})
			cancel()
			if asCall(err).fault != faultNone || n < 2 {
				t.Errorf("left after %d pieces: %v", n, err)
			}
		}
		// With a single slot, as a small machine has, one that wrote on would keep this waiting.
		if _, _, err := get(t, p, ask{msgs: hello, maxTokens: 20, maxRunes: 4000}); err != nil && asCall(err).fault != faultQuality {
			t.Errorf("after leaving: %v", err)
		}
	})
	t.Run("says what is wrong with a path", func(t *testing.T) {
		wrong := e
		wrong.BaseURL += "/nowhere"
		wrong.Name = "wrong"
		p := &Pool{providers: []*provider{newProvider(wrong)}}
		defer p.providers[0].idle()
		_, _, err := get(t, p, ask{msgs: hello, maxTokens: 5, maxRunes: 100})
		if ce := asCall(err); ce == nil || ce.status != 404 || ce.fault != faultProvider || ce.again {
			t.Errorf("got %+v", err)
		}
	})
	t.Run("answers a customer or leaves the script", func(t *testing.T) {
		p := open(t)
		var streamed strings.Builder
		out, err := p.Respond(t.Context(), draft(), func(s string) { streamed.WriteString(s) })
		if err != nil || out.Text == "" || streamed.String() != out.Text || (out.Fallback == "") != out.ByModel && out.Text == script {
			t.Errorf("%+v, %v, streamed %q", out, err, streamed.String())
		}
		tr, ok := p.Traces().Find("c1", out.Text)
		if !ok || len(tr.Attempts) == 0 || tr.Attempts[0].In == 0 {
			t.Errorf("trace %+v", tr)
		}
	})
}

func TestContract_ScriptedServer(t *testing.T) {
	srv, err := llmtest.Listen(t.Context(), llmtest.Script{Gap: time.Millisecond, Reply: func(r *llmtest.Request) string {
		if r.Format.Type != "" {
			return `{"ok":true}`
		}
		if r.Max > 1000 {
			return strings.Repeat("once upon a time ", 2000)
		}
		return "one, two, three, four, five"
	}})
	if err != nil {
		t.Fatal(err)
	}
	contract(t, Endpoint{Name: "scripted", BaseURL: srv.URL, Model: "m"})
	if err := srv.Close(); err != nil {
		t.Error(err)
	}
	if srv.Open() != 0 || srv.Left() < 3 {
		t.Errorf("%d still written, %d left", srv.Open(), srv.Left())
	}
}

// The connection's own faults, over real sockets.
func TestRespond_BrokenConnections(t *testing.T) {
	for _, f := range []llmtest.Fault{llmtest.Refused, llmtest.TLSGarbage, llmtest.Cut, llmtest.BrokenJSON} {
		t.Run(string(f), func(t *testing.T) {
			srv, err := llmtest.Listen(t.Context(), llmtest.Script{Fault: f})
			if err != nil {
				t.Fatal(err)
			}
			p, err := New(Params{Config: Config{Providers: []Endpoint{{BaseURL: srv.URL, Model: "m"}}}})
			if err != nil {
				t.Fatal(err)
			}
			out, err := p.Respond(t.Context(), draft(), nil)
			if err != nil || out.ByModel || out.Text != script || out.Fallback == "" {
				t.Errorf("got %+v, %v", out, err)
			}
			if err := p.Close(); err != nil {
				t.Error(err)
			}
			if err := srv.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}
