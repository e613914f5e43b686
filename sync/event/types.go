package event

// Type names what happened. The past tense is deliberate: an event is a fact.
type Type string

// The event types. Body and private payloads are the structs named in the comment.
const (
	FloorOwned Type = "floor.owned" // Owned

	Opened     Type = "conversation.opened" // OpenedBody, OpenedPrivate
	Posted     Type = "message.posted"      // PostedBody, PostedPrivate
	ReadMarked Type = "message.read"        // ReadBody
	Understood Type = "message.understood"  // UnderstoodBody, UnderstoodPrivate

	Escalated  Type = "conversation.escalated" // EscalatedBody
	Summarised Type = "handoff.summarised"     // –, SummaryPrivate
	Offered    Type = "offer.made"             // OfferBody
	Declined   Type = "offer.declined"         // OfferBody
	Expired    Type = "offer.expired"          // OfferBody
	Withdrawn  Type = "offer.withdrawn"        // OfferBody

	Taken      Type = "seat.taken"       // TakenBody
	Seen       Type = "seat.seen"        // –: the desk of an assigned agent shows the chat
	Returned   Type = "seat.returned"    // ReturnedBody, ReturnedPrivate: from a person back to waiting
	HandedBack Type = "seat.handed_back" // HandedBackBody, HandedBackPrivate: from a person to the bot
	Nudged     Type = "agent.nudged"     // NudgedBody: the customer of a person waits for an answer
	QueueTold  Type = "queue.told"       // QueueToldBody: the customer heard a place in the queue
	Alarmed    Type = "queue.alarmed"    // AlarmBody: nobody free in time, supervisors are told

	Closed Type = "conversation.closed" // ClosedBody, ClosedPrivate

	Suggested      Type = "suggestion.made" // SuggestedBody, SuggestedPrivate
	SuggestionUsed Type = "suggestion.used" // SuggestionUsedBody

	Recalled     Type = "message.recalled"   // RecalledBody: its author took a message back
	Unmasked     Type = "message.unmasked"   // UnmaskedBody: somebody who does not hold the seat read a message in full
	Rated        Type = "conversation.rated" // RatedBody, RatedPrivate: by the customer; the last one counts
	Acted        Type = "customer.acted"     // ActedBody, ActedPrivate: what the customer did in the shop meanwhile
	Chanced      Type = "chance.decided"     // ChanceBody: a sales chance was told or held back, or what came of it
	Consented    Type = "customer.consented" // ConsentBody: whether the customer wants to hear of sales chances
	FollowUpSet  Type = "followup.set"       // FollowUpBody, FollowUpPrivate: something to come back to; its ID is the event's
	FollowUpDone Type = "followup.done"      // FollowUpDoneBody

	AgentStatus Type = "agent.status" // AgentStatusBody: presence, capacity, skills
	DeskGone    Type = "desk.gone"    // DeskGoneBody: no beat for the desk-gone time

	// Erasing and Erased frame the destruction of one customer's key; the run itself is a later issue.
	Erasing Type = "customer.erasing"
	Erased  Type = "customer.erased"
)

// known is the newest version of each type that this program folds.
var known = map[Type]int{
	FloorOwned: 1, Opened: 1, Posted: 1, ReadMarked: 1, Understood: 1, Escalated: 1, Summarised: 1, Offered: 1, Declined: 1,
	Expired: 1, Withdrawn: 1, Taken: 1, Seen: 1, Returned: 1, HandedBack: 1, Nudged: 1, QueueTold: 1, Alarmed: 1, Closed: 1,
	Suggested: 1, SuggestionUsed: 1, Recalled: 1, Unmasked: 1, Rated: 1, Acted: 1, Chanced: 1, Consented: 1, FollowUpSet: 1, FollowUpDone: 1, AgentStatus: 1, DeskGone: 1, Erasing: 1, Erased: 1,
}

// Owned says who writes from here on.
type Owned struct {
	Node string `json:"node"`
	Term uint64 `json:"term"`
}

// OpenedBody begins a conversation, held by the bot.
type OpenedBody struct {
	Channel string `json:"channel"`          // web, taobao, douyin, xiaohongshu, wechat
	Group   string `json:"group"`            // the agents' group that serves it
	Prev    string `json:"prev,omitempty"`   // the customer's conversation before
	Tier    string `json:"tier,omitempty"`   // new, silver, gold, platinum, black
	Basket  int64  `json:"basket,omitempty"` // fen, of cart or pending order
	Spent   int64  `json:"spent,omitempty"`  // fen, lifetime
	Page    string `json:"page,omitempty"`   // product ID or page the chat was opened from
	Anon    bool   `json:"anon,omitempty"`   // the visitor has not signed in to the shop
}

// OpenedPrivate tells who it is.
type OpenedPrivate struct {
	Name string `json:"name,omitempty"`
	Nick string `json:"nick,omitempty"`
}

// ReadBody marks everything up to a message as read by the actor.
type ReadBody struct {
	UpTo ID `json:"upto"`
}

// UnderstoodBody is the understanding of one customer message; labels are those of docs/labels.md.
type UnderstoodBody struct {
	Message    ID      `json:"msg"`
	Emotion    string  `json:"emotion"`
	Intent     string  `json:"intent"`
	Escalate   bool    `json:"escalate,omitempty"`
	Reason     string  `json:"reason,omitempty"`
	Confidence float64 `json:"conf,omitempty"`
	By         string  `json:"by,omitempty"` // lexicon, encoder@version
}

// UnderstoodPrivate holds what was found in the text.
type UnderstoodPrivate struct {
	Entities []Entity `json:"entities,omitempty"`
}

// Entity is a thing named in a text.
type Entity struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
	Ref  string `json:"ref,omitempty"`
}

// EscalatedBody begins the wait for a person.
type EscalatedBody struct {
	Reason string   `json:"reason"` // docs/labels.md: human_request, adverse_reaction, angry, ...
	Class  int      `json:"class"`  // 1 most urgent … 6
	Group  string   `json:"group"`
	Skills []string `json:"skills,omitempty"`
	High   bool     `json:"high,omitempty"` // high-value customer
	Since  int64    `json:"since"`          // Unix ms: start of the 30-second clock
}

// SummaryPrivate is the handoff card.
type SummaryPrivate struct {
	Ask        string `json:"ask"`
	Done       string `json:"done"`
	Clues      string `json:"clues"`
	Unresolved string `json:"unresolved"`
}

// OfferBody is one offer to one agent.
type OfferBody struct {
	Agent string `json:"agent"`
	Round int    `json:"round,omitempty"` // 1 first, 2 beside it, 3 all eligible, 4 called out
	Until int64  `json:"until,omitempty"` // Unix ms
	Why   string `json:"why,omitempty"`
}

// How a seat was taken.
const (
	HowAccepted = "accepted" // an offer
	HowClaimed  = "claimed"  // from the queue, without an offer
	HowAssigned = "assigned" // by the floor
	HowUnasked  = "unasked"  // from the bot
	HowBarged   = "barged"   // by a supervisor, from a person
)

// TakenBody gives the seat to an agent.
type TakenBody struct {
	Agent  string `json:"agent"`
	Name   string `json:"name,omitempty"` // as customers see it
	How    string `json:"how"`
	Waited int64  `json:"waited"`         // ms since the escalation; 0 when unasked
	From   string `json:"from,omitempty"` // the holder before, of a barge-in
}

// Why a seat returned to waiting.
const (
	WhyTransfer   = "transfer"
	WhyDeskGone   = "desk_gone"
	WhyUnanswered = "unanswered"
	WhyUnseen     = "unseen" // assigned, but the desk did not answer
)

// ReturnedBody puts a chat of a person back to waiting.
type ReturnedBody struct {
	Why      string   `json:"why"`
	From     string   `json:"from"`
	Agent    string   `json:"agent,omitempty"` // transfer to this agent first
	Group    string   `json:"group"`
	Skills   []string `json:"skills,omitempty"`
	Class    int      `json:"class"`
	Since    int64    `json:"since"`              // Unix ms, the original clock where it goes on
	First    bool     `json:"first,omitempty"`    // first in its class
	Fallback string   `json:"fallback,omitempty"` // agent who gets it back when nobody takes it
}

// ReturnedPrivate is what the sender says to the receiver.
type ReturnedPrivate struct {
	Note string `json:"note,omitempty"`
}

// HandedBackBody gives the seat to the bot.
type HandedBackBody struct {
	From   string `json:"from"`
	Reason string `json:"reason,omitempty"` // needed from the second time on
}

// HandedBackPrivate tells the bot what to do.
type HandedBackPrivate struct {
	Instruction string `json:"instruction,omitempty"`
}

// NudgedBody reminds the holder.
type NudgedBody struct {
	Agent string `json:"agent"`
}

// QueueToldBody is a place in the queue as the customer heard it.
type QueueToldBody struct {
	Place int `json:"place"`
}

// AlarmBody says that a chat waits with nobody free.
type AlarmBody struct {
	Waiting int64 `json:"waiting"` // ms
}

// ClosedBody ends a conversation.
type ClosedBody struct {
	By          string `json:"by"` // agent, bot, customer, idle
	Disposition string `json:"disp,omitempty"`
	Solved      bool   `json:"solved,omitempty"`
	Contained   bool   `json:"contained,omitempty"` // no person ever held the seat
}

// ClosedPrivate is the agent's closing remark.
type ClosedPrivate struct {
	Remark string `json:"remark,omitempty"`
}

// RatedBody is what the customer thinks of the conversation.
type RatedBody struct {
	Stars   int      `json:"stars"`             // 1…5
	Reasons []string `json:"reasons,omitempty"` // keys: fast, solved, kind, slow, unsolved, repeated, rude
}

// RatedPrivate is what the customer says to it.
type RatedPrivate struct {
	Text string `json:"text,omitempty"`
}

// What a customer does in the shop.
const (
	DidView    = "viewed"
	DidCart    = "cart_added"
	DidUncart  = "cart_removed"
	DidCoupon  = "coupon_claimed"
	DidGet     = "coupon_given" // by an agent
	DidOrder   = "ordered"
	DidPay     = "paid"
	DidCancel  = "cancelled"
	DidReturn  = "return_requested"
	DidSettle  = "return_settled" // by the shop
	DidAddress = "address_changed"
	DidBack    = "price_paid_back" // by the shop
	DidInvoice = "invoice_asked"
	DidAwait   = "stock_awaited"
	DidOpen    = "checkout_opened"
)

// ActedBody is one step of the customer in the shop while the conversation is open.
type ActedBody struct {
	What    string `json:"what"`
	Product string `json:"product,omitempty"`
	Order   string `json:"order,omitempty"`
	Qty     int    `json:"qty,omitempty"`
	Fen     int64  `json:"fen,omitempty"` // of the line, or the order's total
}

// ActedPrivate says it in the shop's words.
type ActedPrivate struct {
	Title string `json:"title,omitempty"`
}

// FollowUpBody is a promise to come back.
type FollowUpBody struct {
	Agent string `json:"agent"` // whose it is
	Due   int64  `json:"due"`   // Unix ms
}

// FollowUpPrivate says what to do.
type FollowUpPrivate struct {
	Text string `json:"text"`
}

// FollowUpDoneBody ends one.
type FollowUpDoneBody struct {
	FollowUp ID `json:"fu"`
}

// SuggestedBody is one finished suggestion.
type SuggestedBody struct {
	Message  ID       `json:"msg"`  // the customer message it answers
	Rank     int      `json:"rank"` // 1…3
	Strategy string   `json:"strategy"`
	Fit      int      `json:"fit"` // 0…100
	Sources  []Source `json:"src,omitempty"`
}

// SuggestedPrivate is its text.
type SuggestedPrivate struct {
	Text string `json:"text"`
}

// What became of a suggestion.
const (
	Adopted = "adopted"
	Edited  = "edited"
	Ignored = "ignored"
)

// SuggestionUsedBody tells what the agent did with a suggestion.
type SuggestionUsedBody struct {
	Suggestion ID     `json:"sug"`
	How        string `json:"how"`             // adopted, edited, ignored
	Edits      int    `json:"edits"`           // rune edit distance between suggestion and what was sent
	Message    ID     `json:"msg,omitempty"`   // the message it became
	AfterMS    int64  `json:"after,omitempty"` // from shown to used
}

// Presence of an agent.
const (
	Online  = "online"
	Busy    = "busy" // keeps own chats, gets no offers
	Offline = "offline"
)

// AgentStatusBody is an agent's standing on the floor.
type AgentStatusBody struct {
	Agent    string   `json:"agent"`
	Name     string   `json:"name,omitempty"`
	Status   string   `json:"status"`
	Capacity int      `json:"capacity"` // chats at once
	Groups   []string `json:"groups,omitempty"`
	Skills   []string `json:"skills,omitempty"`
	Senior   bool     `json:"senior,omitempty"`
}

// DeskGoneBody says that an agent's desk stopped beating.
type DeskGoneBody struct {
	Agent string `json:"agent"`
}
