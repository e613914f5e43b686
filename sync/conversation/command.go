package conversation

import (
	"encoding/json"
	"fmt"

	"agentdesk/sync/event"
)

// Kind names what somebody wants to happen.
type Kind string

// The commands. The payload type stands behind each; "–" has none.
const (
	Post          Kind = "post"           // PostArgs: customer, bot, agent; Note and Notice by kind
	MarkRead      Kind = "read"           // ReadArgs
	Understand    Kind = "understand"     // event.UnderstoodBody + entities: UnderstandArgs; by the bot's worker
	Escalate      Kind = "escalate"       // EscalateArgs: bot or system
	Summarise     Kind = "summarise"      // event.SummaryPrivate
	Suggest       Kind = "suggest"        // SuggestArgs: by the copilot
	UseSuggestion Kind = "use_suggestion" // event.SuggestionUsedBody

	Accept   Kind = "accept"    // –: the agent's own offer
	Decline  Kind = "decline"   // –
	Claim    Kind = "claim"     // –: a waiting chat without an offer, or (unasked) one of the bot
	Barge    Kind = "barge"     // –: supervisor takes the seat from a person
	See      Kind = "see"       // –: the desk of an assigned agent shows the chat
	HandBack Kind = "hand_back" // HandBackArgs
	Transfer Kind = "transfer"  // TransferArgs
	Close    Kind = "close"     // CloseArgs: agent, bot, customer

	Recall       Kind = "recall"         // RecallArgs: the author's own message, within Policy.RecallWithin
	Rate         Kind = "rate"           // RateArgs: customer
	Unmask       Kind = "unmask"         // UnmaskArgs: lead or supervisor reads a message in full, which is noted
	Consent      Kind = "consent"        // ConsentArgs: the customer, or the bot at the customer's word
	TakeChance   Kind = "take_chance"    // ChanceArgs: the bot speaks of a sales chance, or holds it back
	NoteChance   Kind = "note_chance"    // event.ChanceBody: what came of it; bot or system
	SetFollowUp  Kind = "set_follow_up"  // FollowUpArgs: agent
	DoneFollowUp Kind = "done_follow_up" // DoneFollowUpArgs: agent

	SetStatus Kind = "set_status" // event.AgentStatusBody: shop-level, no conversation

	// Commands that only the floor itself gives, when a deadline is due or the routing decides.
	MakeOffer     Kind = "make_offer"     // event.OfferBody
	ExpireOffer   Kind = "expire_offer"   // event.OfferBody
	WithdrawOffer Kind = "withdraw_offer" // event.OfferBody
	Assign        Kind = "assign"         // AssignArgs
	Return        Kind = "return"         // ReturnArgs: desk gone, unanswered, unseen
	Nudge         Kind = "nudge"          // –
	TellPlace     Kind = "tell_place"     // event.QueueToldBody
	Alarm         Kind = "alarm"          // event.AlarmBody
	CloseIdle     Kind = "close_idle"     // –
	Act           Kind = "act"            // ActArgs: the shop tells what the customer did there
	BotOverdue    Kind = "bot_overdue"    // –: the bot's turn passed its deadline
	LoseDesk      Kind = "lose_desk"      // event.DeskGoneBody: shop-level
)

// Command is a wish. ClientID makes any retry the same command: unique for (shop, actor).
type Command struct {
	Kind     Kind
	ClientID string // required from the doors and from workers, empty from the floor itself
	Conv     string // may be empty for a customer's Post: their open conversation, or a new one
	Customer string // the customer a customer's Post opens a conversation for
	Actor    event.Actor
	Role     string   // agent, lead, supervisor, admin; empty unless Actor is an agent
	Epoch    uint64   // the seat's epoch the sender saw; checked for Post of bot and agents, and for seat commands where non-zero
	Payload  any      // by value, of the type named at the Kind
	Opening  *Opening // customer's first Post: how to open the conversation
}

// Opening carries what is known of a customer when a conversation opens.
type Opening struct {
	Body    event.OpenedBody
	Private event.OpenedPrivate
}

// PostArgs is one message.
type PostArgs struct {
	event.PostedBody
	Text   string            `json:"text,omitempty"`
	Fields map[string]string `json:"fields,omitempty"` // of a form filled in
	Card   *event.Card       `json:"-"`                // of a card; the door fills it in from the shop, never the client
}

// ReadArgs marks messages as read.
type ReadArgs struct {
	UpTo event.ID `json:"upto"`
}

// UnderstandArgs is the understanding of one message, and the routing facts that go with it.
type UnderstandArgs struct {
	event.UnderstoodBody
	Entities []event.Entity `json:"entities,omitempty"`
}

// EscalateArgs asks for a person.
type EscalateArgs struct {
	Reason string   `json:"reason"`
	Skills []string `json:"skills,omitempty"`
}

// SuggestArgs is one finished suggestion.
type SuggestArgs struct {
	event.SuggestedBody
	Text string `json:"text"`
}

// HandBackArgs gives the seat to the bot.
type HandBackArgs struct {
	Reason      string `json:"reason,omitempty"` // needed from the second time in a conversation
	Instruction string `json:"instruction,omitempty"`
}

// TransferArgs passes the chat on. One of Agent and Group is set.
type TransferArgs struct {
	Agent  string   `json:"agent,omitempty"`
	Group  string   `json:"group,omitempty"`
	Skills []string `json:"skills,omitempty"`
	Note   string   `json:"note,omitempty"`
}

// CloseArgs ends the conversation. Agents give a disposition.
type CloseArgs struct {
	Disposition string `json:"disposition,omitempty"`
	Solved      bool   `json:"solved,omitempty"`
	Remark      string `json:"remark,omitempty"`
}

// RecallArgs takes a message back.
type RecallArgs struct {
	Message event.ID `json:"msg"`
}

// UnmaskArgs names the message to read in full.
type UnmaskArgs struct {
	Message event.ID `json:"msg"`
}

// RateArgs is what the customer thinks of the conversation.
type RateArgs struct {
	event.RatedBody
	Text string `json:"text,omitempty"`
}

// ActArgs is what the customer did in the shop.
type ActArgs struct {
	event.ActedBody
	Title string `json:"title,omitempty"`
}

// FollowUpArgs promises to come back at Due, Unix ms. The actor keeps the promise.
type FollowUpArgs struct {
	Due  int64  `json:"due"`
	Text string `json:"text"`
}

// DoneFollowUpArgs says that it was kept.
type DoneFollowUpArgs struct {
	FollowUp event.ID `json:"fu"`
}

// AssignArgs gives a waiting chat to an agent.
type AssignArgs struct {
	Agent string `json:"agent"`
}

// ReturnArgs takes a chat from its person back to waiting.
type ReturnArgs struct {
	Why string `json:"why"`
}

// DecodePayload reads the JSON payload of a command that a desk or customer sent.
// Kinds that only the floor gives are refused. Of a SetStatus only the status is read: the door adds the agent, and may add
// capacity, groups and skills from the user's record; without those Decide keeps what the floor knows.
func DecodePayload(k Kind, data []byte) (any, error) {
	decode := decoderOf(k)
	if decode == nil {
		return nil, fmt.Errorf("command %q is not for clients", k)
	}
	out, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("payload of %q: %w", k, err)
	}
	if a, ok := out.(event.AgentStatusBody); ok {
		out = event.AgentStatusBody{Status: a.Status} // who it is and what they may serve is not the desk's to say
	}
	return out, nil
}

func decoderOf(k Kind) func([]byte) (any, error) {
	switch k {
	case Post:
		return decodeAs[PostArgs]
	case MarkRead:
		return decodeAs[ReadArgs]
	case UseSuggestion:
		return decodeAs[event.SuggestionUsedBody]
	case HandBack:
		return decodeAs[HandBackArgs]
	case Transfer:
		return decodeAs[TransferArgs]
	case Close:
		return decodeAs[CloseArgs]
	case Recall:
		return decodeAs[RecallArgs]
	case Rate:
		return decodeAs[RateArgs]
	case Consent:
		return decodeAs[ConsentArgs]
	case SetFollowUp:
		return decodeAs[FollowUpArgs]
	case DoneFollowUp:
		return decodeAs[DoneFollowUpArgs]
	case SetStatus:
		return decodeAs[event.AgentStatusBody]
	case Accept, Decline, Claim, Barge, See:
		return func([]byte) (any, error) { return nil, nil } //nolint:nilnil // these have no payload
	}
	return nil
}

func decodeAs[T any](data []byte) (any, error) {
	var a T
	if len(data) == 0 {
		return a, nil
	}
	err := json.Unmarshal(data, &a)
	return a, err
}

// Code tells a client what a refusal means; docs/protocol.md lists them.
type Code string

// The refusals.
const (
	StaleEpoch    Code = "stale_epoch"    // the seat changed hands since the sender looked; Holder tells to whom
	NotHolder     Code = "not_holder"     // only the seat's holder may do this
	TakenByOther  Code = "taken_by_other" // lost race: Holder has it
	AlreadyClosed Code = "closed"         // the conversation has ended
	NoOffer       Code = "no_offer"       // accept or decline without an open offer of one's own
	NotWaiting    Code = "not_waiting"    // the chat does not wait
	NotEligible   Code = "not_eligible"   // not of the group, not online, or lacking a skill
	AtCapacity    Code = "at_capacity"    // the agent holds as many chats as allowed
	ReasonNeeded  Code = "reason_needed"  // handing back a second time
	Forbidden     Code = "forbidden"      // the role may not do this
	UnknownConv   Code = "unknown_conversation"
	Invalid       Code = "invalid" // malformed: the sentence says what
	TooLarge      Code = "too_large"
	IDReused      Code = "id_reused" // the same client ID with other content
	Busy          Code = "busy"      // the floor's queue is full: try again later
	DiskFull      Code = "disk_full" // nothing was stored; reads go on
	Retry         Code = "retry"     // the floor changed hands: send the same command again
	ShuttingDown  Code = "shutting_down"
	TooLate       Code = "too_late"   // the time for it has passed (recall, rating)
	Superseded    Code = "superseded" // the talk moved on (suggestions, understanding of an old turn)
)

// Refusal is an honest no: a code for programs and a sentence for people.
type Refusal struct {
	Code       Code   `json:"code"`
	Text       string `json:"text"`             // English sentence; desks translate by code
	Holder     string `json:"holder,omitempty"` // who holds the seat now, where that is the reason
	HolderName string `json:"holderName,omitempty"`
	Epoch      uint64 `json:"epoch,omitempty"`  // the seat's epoch now
	Waited     int64  `json:"waited,omitempty"` // ms the winner needed, of a lost race
}

// Error makes a Refusal an error.
func (r *Refusal) Error() string { return string(r.Code) + ": " + r.Text }

// Agent is what deciding needs to know of an agent; loads are the floor's.
type Agent struct {
	ID       string
	Name     string
	Role     string
	Status   string // event.Online, Busy, Offline
	Capacity int
	Load     int // chats held now, across conversations
	Groups   []string
	Skills   []string
	Senior   bool
	Beating  bool // a desk beat within the last 3 s
}

// Env is the world around one decision, all as data.
type Env struct {
	Now    int64           // floor time, Unix ms
	NewID  func() event.ID // IDs for the events; the caller seeds it
	Policy *Policy
	Agent  func(id string) (Agent, bool) // looked up in the floor
}
