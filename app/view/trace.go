package view

import "time"

// Health is what is not well in the server's thinking, for the line at the foot.
type Health struct {
	Linear bool   // messages are read by the linear model: the encoder is missing or behind
	Models string // "status.models.<code>": degraded, scripts, budget; "" well, or none configured
}

// TraceView is how a message of the bot came about. Codes are looked up; a code without a word shows itself.
type TraceView struct {
	Item     string // of the log
	Text     string // of that item, in short
	Busy     bool
	Gone     bool // the server does not keep it any more
	Err      *Problem
	Earlier  bool // there is another message of the bot before, or after it, in the log: StepTrace goes there
	Later    bool
	At       time.Time
	MS, Wait int64 // in all; of these, waiting for the rest of a burst

	Read    *TraceRead  // nil: there were no words to understand
	Action  string      // "trace.action.<code>": answer, ask, escalate, close
	Reason  string      // of an escalation: "tag.<code>"
	Steps   []TraceStep // what was decided
	Tools   []TraceTool
	Sources []Ref
	Model   *TraceModel // nil: none was asked
	ByModel bool        // the model's text was said; else the script's
}

// TraceRead is what was understood. Emotion is "emotion.<code>", Intent and Reason "tag.<code>", By "trace.by.<code>".
type TraceRead struct {
	Emotion, Intent, Reason, By string
	Percent                     int // how sure of the intent
	Why                         []string
	MS                          int64
}

// TraceStep is one decision: "tag.<wish>" or "wish.<wish>", and the script's code, which is shown as it is.
type TraceStep struct{ Wish, Code string }

// TraceTool is a use of a tool: "tool.<code>". Result is "trace.result.<code>"; Why "trace.refused.<code>", of a refusal.
type TraceTool struct {
	Tool, Result, Why string
	Args              []Field // "tool.arg.<key>"
	Fen               int64   // that goes back
}

// TraceModel is how a language model was asked. Why and faults are "trace.fault.<code>"; "" for none.
type TraceModel struct {
	Provider, Model, Prompt string
	In, Out                 int
	MS                      int64
	Why                     string
	Attempts                []TraceAttempt
	Struck                  []TraceStrike
}

// TraceAttempt is one request.
type TraceAttempt struct {
	Provider, Model string
	Hedge, Lost     bool
	After, MS       int64
	Fault           string
}

// TraceStrike is a sentence that was taken out, and why.
type TraceStrike struct{ Text, Why string }
