// Package llmtest is a scripted OpenAI-compatible endpoint with every way in which a language model fails, for tests and for
// trying the pool out. It says nothing clever: a good answer is the reference reply of the prompt.
package llmtest

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is a way to fail.
type Fault string

// The faults. Refused and TLSGarbage are of the connection: only Listen knows them.
const (
	None       Fault = "none"
	Timeout    Fault = "time-out"     // takes the request and never answers
	Limited    Fault = "429"          // with Retry-After
	Error500   Fault = "500"          //
	Cut        Fault = "cut"          // the connection ends in mid-stream
	Empty      Fault = "empty"        // a stream that finishes without a word
	Language   Fault = "language"     // English
	BrokenJSON Fault = "broken JSON"  // in the frames of the stream
	Tool       Fault = "unknown tool" // calls a tool that does not exist
	Args       Fault = "bad args"     // calls a tool with arguments out of range
	Endless    Fault = "endless"      // never stops
	Drip       Fault = "drip"         // a character every half second
	Refused    Fault = "refused"      // nobody listens
	TLSGarbage Fault = "TLS garbage"  // answers the handshake with noise
)

// Faults are all faults, None first.
func Faults() []Fault {
	return []Fault{None, Timeout, Limited, Error500, Cut, Empty, Language, BrokenJSON, Tool, Args, Endless, Drip, Refused, TLSGarbage}
}

// Request is what a client asked.
type Request struct {
	Key      string
	Model    string `json:"model"`
	Messages []struct{ Role, Content string }
	Max      int  `json:"max_tokens"`
	Stream   bool `json:"stream"`
	Format   struct {
		Type   string `json:"type"`
		Schema struct {
			Name string `json:"name"`
		} `json:"json_schema"`
	} `json:"response_format"`
	Raw string `json:"-"` // as it came
}

// Last is the content of the last message.
func (r *Request) Last() string {
	if len(r.Messages) == 0 {
		return ""
	}
	return r.Messages[len(r.Messages)-1].Content
}

// Script says how an endpoint behaves. The zero Script answers well and at once.
type Script struct {
	Fault      Fault
	First      time.Duration // before the first token
	Gap        time.Duration // between pieces
	RetryAfter string        // of Limited; "" means 1
	// Reply makes the text; nil takes the reference reply of the prompt, or JSON that fits.
	Reply func(r *Request) string
}

// Endpoint is the handler. It is safe for concurrent use.
type Endpoint struct {
	mu     sync.Mutex
	script func(n int, r *Request) Script
	seen   []Request
	left   int
	open   int
}

// New makes an endpoint that always behaves the same.
func New(s Script) *Endpoint { return NewFunc(func(int, *Request) Script { return s }) }

// NewFunc makes an endpoint that behaves by the number of the request, which begins at 0, and its content.
func NewFunc(f func(n int, r *Request) Script) *Endpoint { return &Endpoint{script: f} }

// Set changes how it behaves from now on.
func (e *Endpoint) Set(s Script) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.script = func(int, *Request) Script { return s }
}

// maxSeen bounds what is kept of requests.
const maxSeen = 1000

// Seen are the requests so far, probes of one token left out.
func (e *Endpoint) Seen() []Request {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []Request
	for _, r := range e.seen {
		if r.Max != 1 {
			out = append(out, r)
		}
	}
	return out
}

// Probes is how many requests asked for one token.
func (e *Endpoint) Probes() int { return e.total() - len(e.Seen()) }

func (e *Endpoint) total() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.seen)
}

// Left is how often a client left before the end.
func (e *Endpoint) Left() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.left
}

// Open is how many requests are being answered.
func (e *Endpoint) Open() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.open
}

// ServeHTTP implements http.Handler.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, hr *http.Request) {
	raw, err := io.ReadAll(io.LimitReader(hr.Body, 1<<20))
	if err != nil {
		return
	}
	if strings.TrimPrefix(hr.URL.Path, "/v1") != "/chat/completions" || hr.Method != http.MethodPost {
		http.Error(w, `{"error":{"message":"no such path"}}`, http.StatusNotFound)
		return
	}
	r := Request{Raw: string(raw), Key: strings.TrimPrefix(hr.Header.Get("Authorization"), "Bearer ")}
	if err := json.Unmarshal(raw, &r); err != nil || len(r.Messages) == 0 || !r.Stream {
		http.Error(w, `{"error":{"message":"bad request"}}`, http.StatusBadRequest)
		return
	}
	e.mu.Lock()
	n, script := len(e.seen), e.script
	if n < maxSeen {
		e.seen = append(e.seen, r)
	}
	e.open++
	e.mu.Unlock()
	done := false
	defer func() {
		e.mu.Lock()
		e.open--
		if !done && hr.Context().Err() != nil {
			e.left++
		}
		e.mu.Unlock()
	}()
	s := script(n, &r)
	if pause(hr.Context(), s.First) {
		done = s.play(hr.Context(), w, &r)
	}
}

// pause waits; false when the client left.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// play answers one request, and says whether it came to the end of it.
func (s Script) play(ctx context.Context, w http.ResponseWriter, r *Request) bool {
	out := &sse{ctx: ctx, w: w, gap: s.Gap}
	text := s.text(r)
	switch s.Fault {
	case Timeout:
		<-ctx.Done()
	case Limited:
		after := s.RetryAfter
		if after == "" {
			after = "1"
		}
		w.Header().Set("Retry-After", after)
		fail(w, http.StatusTooManyRequests, "rate limit")
	case Error500:
		fail(w, http.StatusInternalServerError, "out of memory")
	case Cut:
		rs := []rune(text)
		out.say(string(rs[:(len(rs)+1)/2]))
		panic(http.ErrAbortHandler)
	case Empty:
		out.finish("stop", 10, 0)
	case Language:
		out.say("Hello there, thank you for contacting us, this cream is really wonderful for everybody.")
		out.finish("stop", 10, 20)
	case BrokenJSON:
		out.frame(`{"id":"x","choices":[{"index":0,"delta":{"content":"` + text)
		out.finish("stop", 10, 20)
	case Tool:
		out.tool(r, `{"tool":"grant_refund","args":{}}`, "grant_refund", "{}")
	case Args:
		out.tool(r, `{"tool":"add_to_cart","args":{"product":"p1","quantity":100000}}`, "add_to_cart", `{"quantity":100000}`)
	case Endless:
		for ctx.Err() == nil {
			if out.say(strings.Repeat("面霜很好用，", 20)); !pause(ctx, time.Millisecond) {
				return false
			}
		}
	case Drip:
		for _, c := range text {
			if out.say(string(c)); !pause(ctx, 500*time.Millisecond) {
				return false
			}
		}
		out.finish("stop", 10, len(text)/3)
	default:
		if r.Max == 1 {
			out.say("好")
			out.finish("length", 4, 1)
			return true
		}
		rs := []rune(text)
		const piece = 6
		for i := 0; i < len(rs); i += piece {
			if !out.say(string(rs[i:min(len(rs), i+piece)])) {
				return false
			}
		}
		out.finish("stop", len(r.Raw)/4, len(rs))
	}
	return out.done
}

// text is what a good model says.
func (s Script) text(r *Request) string {
	if s.Reply != nil {
		return s.Reply(r)
	}
	switch r.Format.Schema.Name {
	case "summary":
		return `{"ask":"","done":"","clues":"","unresolved":""}`
	case "tool":
		return `{"tool":"none","args":{}}`
	}
	last := r.Last()
	if _, rest, ok := strings.Cut(last, "<reply>"); ok {
		if reply, _, ok := strings.Cut(rest, "</reply>"); ok {
			return reply
		}
	}
	return "您好，请问有什么可以帮您？"
}

// sse writes a stream.
type sse struct {
	ctx context.Context
	w   http.ResponseWriter
	gap time.Duration
	n   int
	// done: everything was written. A client may leave at that moment, which is no leaving.
	done bool
}

// frame sends one frame; false when the client left.
func (o *sse) frame(data string) bool {
	if o.n == 0 {
		o.w.Header().Set("Content-Type", "text/event-stream")
	} else if o.gap > 0 && !pause(o.ctx, o.gap) {
		return false
	}
	o.n++
	_, err := fmt.Fprintf(o.w, "data: %s\n\n", data)
	if f, ok := o.w.(http.Flusher); ok {
		f.Flush()
	}
	return err == nil && o.ctx.Err() == nil
}

func (o *sse) chunk(delta map[string]any, finish string) bool {
	var reason any
	if finish != "" {
		reason = finish
	}
	return o.frame(encode(map[string]any{"id": "x", "object": "chat.completion.chunk",
		"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": reason}}}))
}

func (o *sse) say(text string) bool { return o.chunk(map[string]any{"content": text}, "") }

// tool answers by JSON where JSON was asked for, else by a call that nobody offered.
func (o *sse) tool(r *Request, asText, name, args string) {
	if r.Format.Type != "" {
		o.say(asText)
		o.finish("stop", 10, 10)
		return
	}
	o.chunk(map[string]any{"tool_calls": []any{map[string]any{"index": 0, "id": "call_1", "type": "function", "function": map[string]any{"name": name, "arguments": args}}}}, "")
	o.finish("tool_calls", 10, 10)
}

// finish ends a stream as a good server does: the reason, the usage, [DONE].
func (o *sse) finish(reason string, in, out int) {
	o.chunk(map[string]any{}, reason)
	o.frame(encode(map[string]any{"id": "x", "object": "chat.completion.chunk", "choices": []any{},
		"usage": map[string]any{"prompt_tokens": in, "completion_tokens": out, "total_tokens": in + out}}))
	o.done = true
	o.frame("[DONE]")
}

func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, encode(map[string]any{"error": map[string]any{"message": message, "type": "server_error", "code": strconv.Itoa(status)}}))
}

func encode(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "{}" // maps of strings and numbers always encode
	}
	return string(raw)
}
