package llm

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"agentdesk/copilot"
	"agentdesk/server/bot"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

func sse(w io.Writer, text, finish string) {
	raw, _ := json.Marshal(map[string]any{"id": "x", "object": "chat.completion.chunk", "choices": []any{map[string]any{"index": 0, "delta": map[string]any{"content": text}, "finish_reason": nullable(finish)}}})
	_, _ = fmt.Fprintf(w, "data: %s\n\n", raw)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func draft() bot.Draft {
	return bot.Draft{Conversation: "c1", Customer: "面霜多少钱？我电话 13812345678，地址北京市海淀区中关村大街27号3单元201室", Emotion: label.Calm, Intent: label.PricePromo, Names: []string{"林小鹿"},
		Context: []talk.Turn{{Role: talk.Customer, Text: "我叫林小鹿，身份证 110101199003074514，卡号 6222020200112233445，邮箱 xiaolu@example.com"}},
		Facts:   []bot.Fact{{Text: "神经酰胺面霜 50g 原价 ¥329，券后 ¥289", Source: event.Source{ID: "p1", Kind: "product"}}},
		Script:  "神经酰胺面霜 50g 原价 ¥329，券后 ¥289。"}
}

func TestRespond_UsesTheModelOnlyWhenItIsGoodAndInTime(t *testing.T) {
	for name, c := range map[string]struct {
		serve  http.HandlerFunc
		model  bool
		reason string
	}{
		"good": {func(w http.ResponseWriter, _ *http.Request) {
			sse(w, "您好，面霜 50g 券后 ", "")
			sse(w, "¥289，原价 ¥329。", "")
			sse(w, "", "stop")
			_, _ = io.WriteString(w, "data: [DONE]\n\n")
		}, true, ""},
		"lying price": {func(w http.ResponseWriter, _ *http.Request) { sse(w, "现在只要 ¥99，包邮。", "stop") }, false, "facts"},
		"wording": {func(w http.ResponseWriter, _ *http.Request) {
			sse(w, "面霜券后 ¥289，能根治泛红。", "stop")
		}, false, "wording"},
		"empty":    {func(w http.ResponseWriter, _ *http.Request) { sse(w, " ", "stop") }, false, "empty"},
		"http 500": {func(w http.ResponseWriter, _ *http.Request) { http.Error(w, `{"error":{"message":"no"}}`, 500) }, false, "language model"},
		"not json": {func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "data: {nonsense\n\n") }, false, "language model"},
		"disconnects in the middle": {func(w http.ResponseWriter, _ *http.Request) {
			sse(w, "面霜券后 ", "")
			panic(http.ErrAbortHandler)
		}, false, "language model"},
		"ends without finishing": {func(w http.ResponseWriter, _ *http.Request) { sse(w, "面霜券后 ¥289", "") }, false, "unexpected EOF"},
		"never starts":           {func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, false, "first token"},
		"starts and stalls": {func(w http.ResponseWriter, r *http.Request) {
			sse(w, "面霜", "")
			<-r.Context().Done()
		}, false, "deadline"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				sse(w, strings.Repeat("面霜", 200), "")
			}
		}, false, "too long"},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body) // the server notices a client that left only after the body
				c.serve(w, r)
			}))
			defer srv.Close()
			p, err := New(Config{BaseURL: srv.URL + "/v1", Model: "m", FirstToken: 150 * time.Millisecond, Total: 400 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			var streamed strings.Builder
			start := time.Now()
			out, err := p.Respond(t.Context(), draft(), func(s string) { streamed.WriteString(s) })
			if err != nil {
				t.Fatal(err)
			}
			if took := time.Since(start); took > 3*time.Second {
				t.Errorf("took %v although the deadline is 400 ms", took)
			}
			if out.ByModel != c.model {
				t.Errorf("by model %v, want %v (%s)", out.ByModel, c.model, out.Fallback)
			}
			if !c.model && (out.Text != draft().Script || !strings.Contains(out.Fallback, c.reason)) {
				t.Errorf("got %q because %q, want the script because %q", out.Text, out.Fallback, c.reason)
			}
			if streamed.String() != out.Text {
				t.Errorf("streamed %q, answered %q", streamed.String(), out.Text)
			}
		})
	}
}

func TestRespond_MasksWhatLeaves(t *testing.T) {
	var body atomic.Value
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		body.Store(string(raw))
		sse(w, "面霜券后 ¥289。", "stop")
	}))
	defer srv.Close()
	p, err := New(Config{BaseURL: srv.URL, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Respond(t.Context(), draft(), nil); err != nil {
		t.Fatal(err)
	}
	in := copilot.Input{Text: "林小鹿 13900001111 等着呢", Facts: copilot.Facts{Customer: copilot.Customer{Name: "林小鹿"}}, Context: draft().Context}
	first := body.Load().(string)
	if _, err := p.Rewrite(t.Context(), in, copilot.Suggestion{Text: "小鹿您好，面霜券后 ¥289。", Strategy: "报价"}, nil); err != nil {
		t.Fatal(err)
	}
	for _, sent := range []string{first, body.Load().(string)} {
		for _, secret := range []string{"13812345678", "13900001111", "林小鹿", "小鹿", "110101199003074514", "6222020200112233445", "xiaolu@example.com", "中关村大街27号"} {
			if strings.Contains(sent, secret) {
				t.Errorf("%q left for the model: %s", secret, sent)
			}
		}
	}
	if !strings.Contains(first, "¥289") {
		t.Error("the facts did not reach the model")
	}
}

func TestRespond_StopsAskingABrokenModel(t *testing.T) {
	var calls atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		calls.Add(1)
		http.Error(w, "{}", 500)
	}))
	defer srv.Close()
	p, err := New(Config{BaseURL: srv.URL, Model: "m"})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if out, err := p.Respond(t.Context(), draft(), nil); err != nil || out.Text != draft().Script {
			t.Fatalf("got %+v, %v", out, err)
		}
	}
	if n := calls.Load(); n != 3 {
		t.Errorf("a broken model was asked %d times, want 3 before the breaker opens", n)
	}
}
