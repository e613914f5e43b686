// Package conversation is the pure middle of AgentDesk: what a conversation is (State), what may happen to it
// (Decide: state and command to events, or a Refusal) and what has happened (Fold: state and event to state).
//
// Nothing here reads a clock, draws a random number or does I/O: time and IDs come in as data. The server's floor, its
// folds and every desk's replica run the same Fold, so that they cannot disagree.
package conversation

import (
	"slices"

	"agentdesk/sync/event"
)

// SeatKind says who may write to the customer.
type SeatKind string

// The states of a seat (design, section 2, "The seat").
const (
	SeatBot     SeatKind = "bot"
	SeatWaiting SeatKind = "waiting" // nobody: an escalated chat waits for a person
	SeatHuman   SeatKind = "human"
	SeatClosed  SeatKind = "closed"
)

// State is one conversation as of its last folded event. All times are Unix milliseconds of floor time, 0 for never.
type State struct {
	ID       string `json:"id"`
	Customer string `json:"customer"`
	Name     string `json:"name,omitempty"`
	Nick     string `json:"nick,omitempty"`
	Channel  string `json:"channel"`
	Group    string `json:"group"`
	Prev     string `json:"prev,omitempty"`
	Tier     string `json:"tier,omitempty"`
	Basket   int64  `json:"basket,omitempty"` // fen
	Spent    int64  `json:"spent,omitempty"`  // fen
	Page     string `json:"page,omitempty"`
	Anon     bool   `json:"anon,omitempty"`

	Seat   SeatKind `json:"seat"`
	Epoch  uint64   `json:"epoch"`
	Agent  string   `json:"agent,omitempty"`  // holder, when SeatHuman
	SeatAt int64    `json:"seatAt,omitempty"` // when the seat last changed hands

	Hold *Hold `json:"hold,omitempty"` // when SeatHuman
	Wait *Wait `json:"wait,omitempty"` // when SeatWaiting

	OpenedAt int64  `json:"opened"`
	ClosedAt int64  `json:"closed,omitempty"`
	LastSeq  uint64 `json:"seq"` // record of the last event folded
	LastAt   int64  `json:"last"`

	// The talk.
	Messages        int               `json:"messages"` // customer, bot and agent messages; no notes, no notices
	LastCustomerAt  int64             `json:"lastCustomer,omitempty"`
	LastCustomerMsg event.ID          `json:"lastCustomerMsg,omitempty"`
	LastReplyAt     int64             `json:"lastReply,omitempty"`  // by the bot or a person
	UnansweredSince int64             `json:"unanswered,omitempty"` // first customer message after the last reply
	Snippet         string            `json:"snippet,omitempty"`    // start of the last message, at most 80 runes
	SnippetBy       event.Actor       `json:"snippetBy"`
	SnippetKind     event.MessageKind `json:"snippetKind,omitempty"` // form of that message: pictures have no text
	SnippetMsg      event.ID          `json:"snippetMsg,omitempty"`  // that message
	LastMsg         event.ID          `json:"lastMsg,omitempty"`     // greatest ID of a message, note or notice
	Emotion         string            `json:"emotion,omitempty"`
	Emotions        []string          `json:"emotions,omitempty"` // trend, the last 24
	Intent          string            `json:"intent,omitempty"`
	ReadByCustomer  event.ID          `json:"readC,omitempty"`
	ReadByAgent     event.ID          `json:"readA,omitempty"`
	UnreadByAgent   int               `json:"unread,omitempty"`

	// The past.
	EverHuman   bool     `json:"everHuman,omitempty"`
	Holders     []string `json:"holders,omitempty"` // agents who held the seat, each once, in order
	HandBacks   int      `json:"handBacks,omitempty"`
	Instruction string   `json:"instruction,omitempty"` // of the last hand back, for the bot
	Escalations int      `json:"escalations,omitempty"`
	Reason      string   `json:"reason,omitempty"` // of the last escalation
	High        bool     `json:"high,omitempty"`
	Class       int      `json:"class,omitempty"`     // of the last wait
	Clock       int64    `json:"clock,omitempty"`     // start of the last 30-second clock; goes on when a person loses the chat
	Skills      []string `json:"skills,omitempty"`    // asked for by the last wait
	FirstWait   int64    `json:"firstWait,omitempty"` // ms from the first escalation to its takeover
	BotTurns    int      `json:"botTurns,omitempty"`
	Nudged      bool     `json:"nudged,omitempty"` // since UnansweredSince
	Left        bool     `json:"left,omitempty"`   // the customer left a message that nobody has taken up

	Summary     *event.SummaryPrivate `json:"summary,omitempty"`
	Recent      []Recent              `json:"recent,omitempty"`      // messages that may still be recalled, oldest first
	FollowUps   []FollowUp            `json:"followUps,omitempty"`   // open ones, oldest first
	Suggestions []Suggestion          `json:"suggestions,omitempty"` // for LastCustomerMsg only; a new customer message clears them

	Disposition string `json:"disp,omitempty"`
	Solved      bool   `json:"solved,omitempty"`
	ClosedBy    string `json:"closedBy,omitempty"`

	Chance *Chance `json:"chance,omitempty"` // the sales chance that was told or held back here
	Remind string  `json:"remind,omitempty"` // RemindOn or RemindOff, where the customer said so here

	Stars    int      `json:"stars,omitempty"` // of the customer's rating, 1…5
	RatedWhy []string `json:"ratedWhy,omitempty"`
}

// Hold is a person holding the seat.
type Hold struct {
	Agent  string `json:"agent"`
	Name   string `json:"name,omitempty"`
	How    string `json:"how"`
	Since  int64  `json:"since"`
	Waited int64  `json:"waited"`        // ms from escalation to takeover
	Seen   bool   `json:"seen"`          // the desk shows it; true at once unless assigned
	Was    *Wait  `json:"was,omitempty"` // the wait it was assigned from, until seen: it goes on when the desk does not answer
}

// Wait is a chat waiting for a person. Offers are data in here, not a state.
type Wait struct {
	Since    int64    `json:"since"`   // start of the 30-second clock, the original one where it goes on
	Entered  int64    `json:"entered"` // when this wait began
	Reason   string   `json:"reason"`
	Class    int      `json:"class"` // 1 most urgent … 6
	Group    string   `json:"group"`
	Skills   []string `json:"skills,omitempty"`
	First    bool     `json:"first,omitempty"`    // first in class: a person's customer who went unanswered or lost the desk
	Target   string   `json:"target,omitempty"`   // transfer: this agent first
	Fallback string   `json:"fallback,omitempty"` // transfer: the sender, when nobody takes it
	Note     string   `json:"note,omitempty"`     // transfer: what the sender says
	Offers   []Offer  `json:"offers,omitempty"`   // open ones
	Round    int      `json:"round,omitempty"`    // highest round offered so far
	Passed   []string `json:"passed,omitempty"`   // agents who declined, let expire, or were assigned without seeing it
	Unseen   []string `json:"unseen,omitempty"`   // those of Passed whose desk did not answer an assignment
	UnseenAt int64    `json:"unseenAt,omitempty"` // the last such time
	Place    int      `json:"place,omitempty"`    // as last told to the customer
	ToldAt   int64    `json:"told,omitempty"`
	Alarmed  bool     `json:"alarmed,omitempty"`
}

// RoundCall is the round of offers that desks answer by themselves, with "see": the chat was assigned and not shown, so it
// is called out to all, and the first desk that answers has it.
const RoundCall = 4

// Offer is an open offer.
type Offer struct {
	Agent string `json:"agent"`
	Round int    `json:"round"`
	At    int64  `json:"at"`
	Until int64  `json:"until"`
}

// Suggestion is a finished suggestion of the copilot.
type Suggestion struct {
	ID       event.ID       `json:"id"`
	Message  event.ID       `json:"msg"`
	Rank     int            `json:"rank"`
	Strategy string         `json:"strategy"`
	Fit      int            `json:"fit"`
	Text     string         `json:"text"`
	Sources  []event.Source `json:"src,omitempty"`
	Used     string         `json:"used,omitempty"` // adopted, edited, ignored
}

// Open reports whether the conversation goes on.
func (s *State) Open() bool { return s.Seat != SeatClosed && s.ID != "" }

// Clone is a copy that shares nothing with s that Fold changes.
func (s *State) Clone() *State {
	c := *s
	if s.Hold != nil {
		h := *s.Hold
		h.Was = h.Was.clone()
		c.Hold = &h
	}
	c.Wait = s.Wait.clone()
	c.Emotions, c.Holders, c.Suggestions = slices.Clone(s.Emotions), slices.Clone(s.Holders), slices.Clone(s.Suggestions)
	return &c
}

func (w *Wait) clone() *Wait {
	if w == nil {
		return nil
	}
	c := *w
	c.Offers, c.Passed, c.Unseen = slices.Clone(w.Offers), slices.Clone(w.Passed), slices.Clone(w.Unseen)
	return &c
}
