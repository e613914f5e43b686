package work

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/server/bot"
	"agentdesk/server/understand"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Traces keeps how the bot's messages came about. It must be bounded, and must not block.
type Traces interface {
	Save(conv string, t wire.Trace, messages ...event.ID) error
	// Forget drops what may hold something of a message that was taken back: the traces of answers to it and to later ones.
	Forget(conv string, said event.ID)
}

// Bounds of a trace: what is longer is cut.
const (
	maxWhy       = 12 // lines of evidence
	maxWhyRunes  = 120
	maxTools     = 12
	maxArgRunes  = 60
	maxStruck    = 8
	maxSaidRunes = 160
	maxTried     = 8
)

// account is the trace of one message of the bot while it is made. One goroutine owns it.
type account struct {
	w      *Workers
	conv   string
	names  []string // of the customer: they are hidden
	begun  time.Time
	paused time.Duration
	unsaid int // as it was when it began
	t      wire.Trace
}

// account begins one for a customer's message, "" for none. names are what hides the customer besides what the masker finds.
func (w *Workers) account(conv string, msg event.ID, names ...string) *account {
	return &account{w: w, conv: conv, names: names, begun: time.Now(), unsaid: w.unsaidIn(conv), t: wire.Trace{For: msg}}
}

// read notes what was understood.
func (a *account) read(res *understand.Result, took time.Duration) {
	r := &wire.TraceRead{Emotion: string(res.Emotion), Intent: string(res.Intent), Reason: string(res.Reason), Confidence: res.Confidence, By: res.By, MS: took.Milliseconds()}
	for _, line := range res.Why[:min(len(res.Why), maxWhy)] {
		r.Why = append(r.Why, a.hide(line, maxWhyRunes))
	}
	a.t.Read = r
}

// pause waits as pause does, and counts it.
func (a *account) pause(ctx context.Context, d time.Duration) error {
	begun := time.Now()
	defer func() { a.paused += time.Since(begun) }()
	return pause(ctx, d)
}

// hide masks a text and cuts it.
func (a *account) hide(s string, runes int) string {
	s = a.w.mask.Names(s, a.names...)
	if utf8.RuneCountInString(s) > runes {
		s = string([]rune(s)[:runes]) + "…"
	}
	return s
}

// decided notes what the bot made of it.
func (a *account) decided(r *bot.Reply) {
	t := &a.t
	t.Action, t.Reason, t.Sources, t.ByModel = string(r.Action), string(r.Reason), r.Sources, r.ByModel
	for _, s := range r.Steps {
		t.Steps = append(t.Steps, wire.TraceStep{Wish: s.Wish, Code: s.Code})
	}
	if len(t.Steps) == 0 && r.Code != "" {
		t.Steps = []wire.TraceStep{{Code: r.Code}}
	}
	for _, u := range r.Uses[:min(len(r.Uses), maxTools)] {
		t.Tools = append(t.Tools, wire.TraceTool{Tool: u.Tool, Args: a.args(u.Args), Result: u.Result, Why: u.Why, Fen: u.Fen})
	}
	if w := r.Written; w != nil {
		t.Model = a.model(w)
	}
}

// args are a tool's arguments as people may read them: in whose name an invoice is, and a company's tax number, are shown in part.
func (a *account) args(in map[string]string) map[string]string {
	if len(in) == 0 {
		return nil
	}
	out := make(map[string]string, len(in))
	for k, v := range in {
		switch k {
		case "title":
			if v != "个人" && !strings.Contains(v, "公司") {
				v = a.w.mask.Field("name", v)
			}
		case "tax":
			if rs := []rune(v); len(rs) > 4 {
				v = "****" + string(rs[len(rs)-4:])
			}
		}
		out[k] = a.hide(v, maxArgRunes)
	}
	return out
}

func (a *account) model(w *bot.Written) *wire.TraceModel {
	m := &wire.TraceModel{Provider: w.Provider, Model: w.Model, Prompt: w.Prompt, In: w.In, Out: w.Out, MS: w.Took.Milliseconds(), Why: w.Why}
	for _, at := range w.Attempts[:min(len(w.Attempts), maxTried)] {
		m.Attempts = append(m.Attempts, wire.TraceAttempt{Provider: at.Provider, Model: at.Model, Hedge: at.Hedge, After: at.After.Milliseconds(), MS: at.Took.Milliseconds(),
			Fault: at.Error, Lost: at.Lost})
	}
	for _, s := range w.Struck[:min(len(w.Struck), maxStruck)] {
		m.Struck = append(m.Struck, wire.TraceStrike{Text: a.hide(s.Text, maxSaidRunes), Why: s.Why})
	}
	return m
}

// keep keeps the account for the messages that it led to.
func (a *account) keep(messages ...event.ID) {
	if a.w.p.Traces == nil || len(messages) == 0 {
		return
	}
	now := time.Now()
	a.t.At, a.t.MS, a.t.Pause = now.UnixMilli(), now.Sub(a.begun).Milliseconds(), a.paused.Milliseconds()
	if err := a.w.p.Traces.Save(a.conv, a.t, messages...); err != nil {
		a.w.p.Logger.Error("a trace is not kept", "conv", a.conv, "err", err)
	}
	// What was taken back while the bot answered counts itself before it forgets: either it finds the trace, or the trace finds it.
	if a.t.For != "" && a.w.unsaidIn(a.conv) != a.unsaid {
		a.w.p.Traces.Forget(a.conv, a.t.For)
	}
}

func (w *Workers) unsaidIn(conv string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.unsaid[conv]
}

// forgetSaid drops the traces that may hold what a customer took back.
func (w *Workers) forgetSaid(e *event.Event) {
	var b event.RecalledBody
	if w.p.Traces == nil || e.Actor.Kind != event.Customer || e.Decode(&b, nil) != nil {
		return
	}
	w.mu.Lock()
	w.unsaid[e.Conv]++
	w.mu.Unlock()
	w.p.Traces.Forget(e.Conv, b.Message)
}

// namesOf are what a conversation's customer is called.
func namesOf(s *conversation.State) []string {
	if s == nil {
		return nil
	}
	return []string{s.Name, s.Nick}
}
