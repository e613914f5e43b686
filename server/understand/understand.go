// Package understand reads one customer message, with the turns before it, and says how the customer feels, what they want
// done and whether a person must take over. Labels are those of sync/label; the rules behind them are in docs/labels.md.
package understand

import (
	"context"
	"time"

	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// Input is one customer message in its context.
type Input struct {
	Context   []talk.Turn // the turns before, oldest first
	Tier      string      // new, silver, gold, platinum, black; "" unknown
	BasketFen int64       // cart or pending order, in fen; 0 unknown
	Text      string      // the new message
	Now       time.Time   // when it was written, on the shop's clock; zero leaves days that need it without a Ref
}

// Entity is a thing named in the text. Text is as written, except for what tells who a person is, which is masked and has no
// Ref. Kinds and their normal forms are those of package entity.
type Entity struct {
	Kind string `json:"kind"`          // product, sku, order, tracking, money, date, quantity, skin, phone, ...
	Text string `json:"text"`          // as the customer wrote it
	Ref  string `json:"ref,omitempty"` // normalised: product ID, fen, 2026-11-25, ...
}

// Result is what a message means. Confidence is 0…1, of the intent. Why lists the evidence, for people who review.
type Result struct {
	Emotion    label.Emotion
	Intent     label.Intent
	Escalate   bool
	Reason     label.Reason // label.None unless Escalate
	Entities   []Entity
	Confidence float64
	By         string // what read the message: ByEncoder, ByLinear or ByLexicon
	Why        []string
	Truncated  bool // the text was longer than what is analysed: only its beginning and end were read
}

// What reads messages, best first.
const (
	ByEncoder = "encoder" // the trained network
	ByLinear  = "linear"  // the trained linear model, where the network can't
	ByLexicon = "lexicon" // rules alone, where nothing is trained
)

// Understander labels messages. Implementations are safe for concurrent use and return an error only when they could not
// look at the message at all (context ended, model gone).
type Understander interface {
	Understand(ctx context.Context, in Input) (Result, error)
}
