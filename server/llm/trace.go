package llm

import (
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/oklog/ulid/v2"

	"agentdesk/sync/event"
)

// Trace is how one text came about: what was sent, to whom, what came back, what was struck and why. All of it is masked, the
// names of the customer included.
type Trace struct {
	ID           string
	At           time.Time
	Shop         string
	Conversation string
	Task         Task
	Prompt       string // name and version, e.g. answer.v1
	Messages     []Message
	Sources      []event.Source // of the facts, in their order
	Attempts     []Attempt
	Raw          string // as the model wrote it, "" when none finished
	Struck       []Strike
	Text         string // as it was given on, masked
	Hash         string // of the text as it was given on, unmasked; see HashText
	ByModel      bool
	Fallback     string // why the script was used
	Outcome      string // the same in a word, as the metrics count it; "ok" for a model's text
	Took         time.Duration
	Tokens       int
	MicroFen     int64 // millionths of a fen
}

// Attempt is one request to one provider.
type Attempt struct {
	Provider, Model string
	Hedge           bool          // sent beside another
	After           time.Duration // since the trace began
	First           time.Duration // until its first token, 0 when none came
	Took            time.Duration
	In, Out         int    // tokens
	Counted         bool   // by the provider; else estimated
	Error           string // "" when it finished
	Outcome         string // the error in a word, as the metrics count it; "ok" when it finished, "" while it runs
	Over            bool   // false: it was still being cancelled when the text was done
}

// Strike is a sentence that was taken out.
type Strike struct {
	Text string // masked
	Why  string
	Kind string // the same in a word, as the metrics count it
}

// Traces keeps traces. A store must be bounded, in number and in time: a trace holds what a customer wrote, masked.
type Traces interface {
	Save(t Trace)
	// Of returns the traces of a conversation, newest first.
	Of(conversation string) []Trace
	// Find returns the trace of a text that was given on in a conversation.
	Find(conversation, text string) (Trace, bool)
	// Forget drops those of a conversation, as when its customer is erased.
	Forget(conversation string)
}

// HashText is how a trace is found by the message that it led to.
func HashText(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:12])
}

// tracer writes one trace. Attempts end in goroutines of their own; nil records nothing.
type tracer = *record

type record struct {
	mu    sync.Mutex
	t     Trace
	begun time.Time
}

func newTrace(shop, conversation string, task Task) *record {
	now := time.Now()
	return &record{begun: now, t: Trace{ID: ulid.Make().String(), At: now, Shop: shop, Conversation: conversation, Task: task}}
}

func (r *record) begin(c *provider, t Task, hedge bool, after time.Duration) int {
	if r == nil {
		return 0
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.t.Attempts = append(r.t.Attempts, Attempt{Provider: c.cfg.Name, Model: c.model(t), Hedge: hedge, After: after})
	return len(r.t.Attempts) - 1
}

func (r *record) end(n int, rep reply, took time.Duration, spent microFen, err error) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	a := &r.t.Attempts[n]
	a.First, a.Took, a.In, a.Out, a.Counted, a.Over = rep.first, took, rep.in, rep.out, rep.counted, true
	if a.Outcome = outcome(err); err != nil {
		a.Error = short(err.Error())
	}
	r.t.Tokens += rep.in + rep.out
	r.t.MicroFen += spent
}

func (r *record) strike(masked string, why error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.t.Struck = append(r.t.Struck, Strike{Text: masked, Why: why.Error(), Kind: outcome(why)})
}

// done is the finished trace.
func (r *record) done(set func(t *Trace)) Trace {
	r.mu.Lock()
	defer r.mu.Unlock()
	set(&r.t)
	r.t.Took = time.Since(r.begun)
	out := r.t
	out.Attempts = append([]Attempt(nil), r.t.Attempts...)
	out.Struck = append([]Strike(nil), r.t.Struck...)
	return out
}

// Keep bounds a Memory. Zeros mean 4,000 traces, 32 MB and 72 hours.
type Keep struct {
	Traces int
	Bytes  int
	For    time.Duration
}

// Memory keeps traces in memory: the newest, until the server ends. Nothing of them is on disk, where a conversation's text must be
// sealed with its customer's key. It is safe for concurrent use.
type Memory struct {
	keep Keep

	mu    sync.Mutex
	list  []Trace // oldest first
	bytes int
}

// NewMemory makes a Memory.
func NewMemory(k Keep) *Memory {
	if k.Traces <= 0 {
		k.Traces = 4000
	}
	if k.Bytes <= 0 {
		k.Bytes = 32 << 20
	}
	if k.For <= 0 {
		k.For = 72 * time.Hour
	}
	return &Memory{keep: k}
}

// Save implements Traces.
func (m *Memory) Save(t Trace) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.list = append(m.list, t)
	m.bytes += t.size()
	m.expire(time.Now())
}

// expire drops what is too old or too much.
func (m *Memory) expire(now time.Time) {
	n := 0
	for n < len(m.list) && (len(m.list)-n > m.keep.Traces || m.bytes > m.keep.Bytes || now.Sub(m.list[n].At) > m.keep.For) {
		m.bytes -= m.list[n].size()
		m.list[n] = Trace{} // append moves on; what stands before must not keep its texts alive
		n++
	}
	m.list = m.list[n:]
}

// Of implements Traces.
func (m *Memory) Of(conversation string) []Trace {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.expire(time.Now())
	var out []Trace
	for i := len(m.list) - 1; i >= 0; i-- {
		if m.list[i].Conversation == conversation {
			out = append(out, m.list[i])
		}
	}
	return out
}

// Find implements Traces.
func (m *Memory) Find(conversation, text string) (Trace, bool) {
	hash := HashText(text)
	for _, t := range m.Of(conversation) {
		if t.Hash == hash {
			return t, true
		}
	}
	return Trace{}, false
}

// Forget implements Traces.
func (m *Memory) Forget(conversation string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var keep []Trace
	m.bytes = 0
	for _, t := range m.list {
		if t.Conversation != conversation {
			keep = append(keep, t)
			m.bytes += t.size()
		}
	}
	m.list = keep
}

// size is about what a trace takes in memory.
func (t *Trace) size() int {
	n := 512 + len(t.Raw) + len(t.Text) + len(t.Fallback) + 256*len(t.Attempts) + 64*len(t.Sources)
	for _, m := range t.Messages {
		n += len(m.Content)
	}
	for _, s := range t.Struck {
		n += len(s.Text) + len(s.Why)
	}
	return n
}
