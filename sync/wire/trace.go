package wire

import "agentdesk/sync/event"

// Trace is how one message of the bot came about: GET /api/desk/traces/{conversation}/{message}. The server keeps the newest in memory,
// masked, and forgets them when it ends. Codes are words of docs/protocol.md; texts are data.
type Trace struct {
	Message event.ID       `json:"msg"`
	For     event.ID       `json:"for,omitempty"`    // the customer's message that it answers; "" when the bot spoke unasked
	At      int64          `json:"at"`               // Unix ms, when it was stored
	MS      int64          `json:"ms"`               // from taking up the message to the answer being stored
	Pause   int64          `json:"pause,omitempty"`  // of these: ms in which the rest of a burst was waited for
	Read    *TraceRead     `json:"read,omitempty"`   // what was understood; nil where there were no words
	Action  string         `json:"action"`           // answer, ask, escalate, close
	Reason  string         `json:"reason,omitempty"` // of an escalation: docs/labels.md
	Steps   []TraceStep    `json:"steps,omitempty"`  // what was decided, one for each wish of the message
	Tools   []TraceTool    `json:"tools,omitempty"`
	Sources []event.Source `json:"src,omitempty"` // facts that are cited
	Model   *TraceModel    `json:"model,omitempty"`
	ByModel bool           `json:"byModel,omitempty"` // the model's text was said; else the script's
}

// TraceRead is the understanding of the customer's message.
type TraceRead struct {
	Emotion    string   `json:"emotion"`
	Intent     string   `json:"intent"`
	Reason     string   `json:"reason,omitempty"`
	Confidence float64  `json:"conf"` // 0…1, of the intent
	By         string   `json:"by"`   // encoder, linear, lexicon
	Why        []string `json:"why,omitempty"`
	MS         int64    `json:"ms"`
}

// TraceStep is one decision.
type TraceStep struct {
	Wish string `json:"wish,omitempty"`
	Code string `json:"code"` // the script that was chosen, e.g. logistics.parcel
}

// TraceTool is a use of a tool.
type TraceTool struct {
	Tool   string            `json:"tool"`
	Args   map[string]string `json:"args,omitempty"` // masked
	Result string            `json:"result"`         // read, offered, held, done, refused, failed
	Why    string            `json:"why,omitempty"`  // of a refusal: limit, stock, not_found, not_theirs, state, invalid, full
	Fen    int64             `json:"fen,omitempty"`  // that goes back
}

// TraceModel is how a language model was asked. Faults are words: slow, stalled, late, cut, empty, too_long, language, schema, ungrounded,
// wording, private, limited, refused, budget, none, closed, superseded, error.
type TraceModel struct {
	Provider string         `json:"provider,omitempty"` // whose text finished, "" for none
	Model    string         `json:"model,omitempty"`
	Prompt   string         `json:"prompt,omitempty"` // name and version
	In       int            `json:"in,omitempty"`     // tokens of all attempts
	Out      int            `json:"out,omitempty"`
	MS       int64          `json:"ms"`
	Why      string         `json:"why,omitempty"` // a fault: why the text was not said, or not all of it
	Attempts []TraceAttempt `json:"attempts,omitempty"`
	Struck   []TraceStrike  `json:"struck,omitempty"`
}

// TraceAttempt is one request to one provider.
type TraceAttempt struct {
	Provider string `json:"provider"`
	Model    string `json:"model"`
	Hedge    bool   `json:"hedge,omitempty"` // sent beside another
	After    int64  `json:"after,omitempty"` // ms since the first
	MS       int64  `json:"ms"`
	Fault    string `json:"fault,omitempty"`
	Lost     bool   `json:"lost,omitempty"` // another one was faster
}

// TraceStrike is a sentence that was taken out.
type TraceStrike struct {
	Text string `json:"text"`
	Why  string `json:"why"` // a fault
}
