// Package bot answers routine questions of customers: it understands, decides from the shop's facts, and writes. Every
// price, stock level, date, order fact and policy in an answer comes from a source that the answer cites.
package bot

import (
	"context"
	"time"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// Action is what the bot does with its turn.
type Action string

// The actions of a bot turn.
const (
	Answer   Action = "answer"   // says something and keeps the seat
	Ask      Action = "ask"      // asks one clarifying question
	Escalate Action = "escalate" // says that a person comes, and asks the floor for one
	Wait     Action = "wait"     // says nothing
	Close    Action = "close"    // says good-bye; the matter is settled
)

// Input is a customer's turn that the bot must answer. CustomerID may be empty for an anonymous visitor: then no order facts
// are told. Understood may be nil: the bot then understands by itself.
type Input struct {
	Conversation string
	CustomerID   string
	Name         string // as the customer is addressed; "" for none
	Tier         string
	BasketFen    int64
	Page         string // product ID of the page the chat was opened from, "" for none
	Context      []talk.Turn
	Text         string
	Instruction  string // left by a person who handed the chat back
	Understood   *understand.Result
	Now          time.Time

	// What the bot adds for itself.
	cart    shop.Cart // read where the wish needs it
	said    string    // Text as it was typed, for names and numbers
	forms   bool      // a form can be asked for: the shop takes them
	mem     *memory   // what was spoken about
	meaning meaning   // how the text is taken
	re      *patterns // what texts are searched for
	limit   int64     // up to which sum money goes back without a person
}

// Card is something of the shop that is shown after an answer.
type Card struct {
	Kind event.MessageKind // event.ProductCard or event.CouponCard
	Ref  string
}

// Reply is the bot's turn.
type Reply struct {
	Text     string
	Sources  []event.Source
	Intent   label.Intent
	Emotion  label.Emotion
	Action   Action
	Reason   label.Reason      // of an escalation
	Code     string            // which answer it was, e.g. logistics.parcel, product.price, unknown.first
	Quick    []string          // up to three things the customer may tap
	Form     string            // the form that Text asks the customer to fill in, "" for none
	FormRef  string            // the order that it is about
	Cards    []Card            // to show after Text
	Link     string            // a path of the shop's site to go on at, shown as a button: /checkout or /pay/<order>; "" for none
	Did      map[string]string // what it was about, for the bot's next turn: see talk.Turn
	Failed   string            // why a tool failed, "" when none did; a refusal by the shop's rules is no failure
	Chance   string            // event.ChanceAccepted or ChanceDeclined, where the customer answered a chance that was told before
	ByModel  bool              // a language model wrote the text
	Fallback string            // why the model's text was not used, "" when it was or none is configured
	Steps    []Step            // what was decided, one for each wish of the message
	Uses     []Use             // the tools that the turn called, offered or read by, in that order of weight
	Written  *Written          // how a model came to its text; nil where none was asked
}

// Draft is what a responder writes from.
type Draft struct {
	Conversation string
	Context      []talk.Turn
	Customer     string // the customer's new text
	Names        []string
	Emotion      label.Emotion
	Intent       label.Intent
	Facts        []Fact
	Script       string // the scripted answer: correct, and used when writing fails
}

// Fact is one citable statement.
type Fact struct {
	Title  string // of a policy section, "" otherwise; part of what is stated
	Text   string
	Source event.Source
}

// Text is a finished answer.
type Text struct {
	Text     string
	ByModel  bool
	Fallback string // why the script was used although a model is configured
	Written  *Written
}

// Responder writes the answer of a draft. Stream, when not nil, gets the pieces as they are ready. It returns an error only
// when ctx ended: every failure of a model yields the script.
type Responder interface {
	Respond(ctx context.Context, d Draft, stream func(delta string)) (Text, error)
}
