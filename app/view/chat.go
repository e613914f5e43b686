package view

import (
	"time"

	"agentdesk/sync/label"
)

// Chat is the open conversation.
type Chat struct {
	Head     *Head
	Seat     *Seat
	Log      *Log
	Composer *Composer
	Find     *Find // a search in this chat; nil: none
	Lost     *Lost // somebody else was faster; shown in place of the messages until dismissed
}

// Head is who the customer is and how the talk goes.
type Head struct {
	ID      string
	Name    string
	Face    string
	Channel string
	Shop    string // the shop's name on that channel, "" for the channel's word
	Nick    string
	Tier    string
	Facts   []string // 敏感肌, 北京海淀
	Since   time.Time
	Trend   []label.Emotion // oldest first, at most 24
	Mood    label.Emotion   // smoothed over the talk: conversation.Trend
	Shift   int             // grades since the takeover: -1 one calmer, 0 none or unknown
	Flag    string          // what must not be forgotten: 后天拍婚纱照
	Opened  time.Time
	Closed  time.Time // zero: goes on

	Stars     int      // the customer's rating, 0 none yet
	StarsWhy  []string // keys, looked up as "rate.<key>"
	StarsText string
	FollowUps []FollowUp // open promises in this conversation, soonest first
}

// FollowUp is a promise to come back to a customer.
type FollowUp struct {
	ID, Conversation string
	Name             string // of the customer
	Text             string
	Due              time.Time
	Mine             bool
}

// SeatState is who may write to the customer, seen from this desk.
type SeatState string

// The states.
const (
	SeatMine    SeatState = "mine"
	SeatOther   SeatState = "other" // a colleague
	SeatWaiting SeatState = "waiting"
	SeatBot     SeatState = "bot"
	SeatClosed  SeatState = "closed"
)

// Seat is who may write, and what this desk may do about it.
type Seat struct {
	State      SeatState
	Holder     string    // a colleague's name
	TakenIn    int       // seconds from the escalation to the own takeover; -1: there was no escalation
	Deadline   time.Time // of a waiting customer
	Offered    bool
	HandBacks  int    // from the second on a reason is needed
	Denied     string // why it can't be taken over, "deny.<code>"; "" for may
	Outcome    string // disposition of a closed chat
	CanBack    bool   // hand back, transfer and close are offered
	CanPass    bool
	CanClose   bool
	Instructed string // what the bot was told at the last hand back
}

// Log is the messages, oldest first.
type Log struct {
	Items   []Item
	Typing  bool   // the customer is writing
	Writing string // name of a bot or colleague who is writing, "" for none
	Older   bool   // there is more above; LoadOlder brings it
	Loading bool
	Unread  int // customer messages since this chat was last looked at
}

// Find is a search in the open chat. Hits are IDs of items of the log, oldest first; At is the one to show, -1 for none.
type Find struct {
	Query string
	Busy  bool
	Hits  []string
	At    int
}

// ItemKind is the form of an item of the log.
type ItemKind string

// The forms.
const (
	KindText    ItemKind = "text"
	KindImage   ItemKind = "image"
	KindVoice   ItemKind = "voice"
	KindFile    ItemKind = "file"
	KindNote    ItemKind = "note"    // internal
	KindNotice  ItemKind = "notice"  // fixed notice, on a rule: Code, looked up as "notice.<code>"
	KindHandoff ItemKind = "handoff" // the card of an escalation
	KindProduct ItemKind = "product" // Card
	KindOrder   ItemKind = "order"   // Card
	KindCoupon  ItemKind = "coupon"  // Card
	KindForm    ItemKind = "form"    // a form that was asked for: Form
	KindFilled  ItemKind = "filled"  // a form that the customer filled in: Form
	KindActed   ItemKind = "acted"   // what the customer did in the shop, on a rule: Code, looked up as "act.<code>"; Args title, fen, qty, order
	KindRated   ItemKind = "rated"   // the customer's rating, on a rule: Args stars, Text
)

// Speaker is who wrote.
type Speaker string

// The speakers.
const (
	ByCustomer Speaker = "customer"
	ByBot      Speaker = "bot"
	ByAgent    Speaker = "agent"
	BySystem   Speaker = "system"
)

// SendState is how far an own message got.
type SendState string

// The states; empty for messages of others.
const (
	Sending   SendState = "sending"
	Delivered SendState = "delivered"
	Read      SendState = "read"
	Failed    SendState = "failed"
	Queued    SendState = "queued" // offline: in the outbox
)

// Item is one message or mark in the log. Rev changes whenever anything in the item does.
type Item struct {
	ID      string
	Rev     uint64
	Kind    ItemKind
	By      Speaker
	Mine    bool   // by this agent
	Name    string // of the speaker
	Face    string
	At      time.Time
	Text    string // of text, note, transcript of a voice; [1] points at Sources[0]
	Sources []Ref
	Send    SendState
	Mood    label.Emotion // of a voice message
	Picture *Picture
	Seconds int     // of a voice
	Wave    []uint8 // of a voice: loudness 0…255, at most 40
	Size    int64   // of a file, bytes
	Code    string  // of a notice, looked up as "notice.<code>"
	Args    map[string]string
	Handoff *Handoff

	Recalled bool      // taken back by its author: there is no content
	Unsend   time.Time // until when this person may take it back; zero: may not
	Quote    *Quote    // the message that it quotes
	Card     *ShopCard
	Form     *Form
	Sound    []byte // of a voice: the WAV, nil until Fetch brought it
	File     string // of a file: its name or type
	Lacking  string // Fetch failed: "error.<code>"
}

// Quote is a message quoted in another one, or in the composer. Kind is "" for one from before that this desk does not
// have; Text is empty for pictures, voice notes and messages that were taken back.
type Quote struct {
	ID, Name, Text string
	Kind           ItemKind
	Recalled       bool
}

// ShopCard is a product, an order or a coupon in the chat.
type ShopCard struct {
	ID, Title, Variant string
	PriceFen, ListFen  int64 // of a coupon PriceFen is what it takes off
	MinFen             int64 // of a coupon: from which total on
	Stock              int
	State              string // of an order: "order.<key>"
	Lines              []string
	At, Until          time.Time
	Picture            []byte // PNG at display size; nil while it loads or where there is none
}

// Form is a form asked for or filled in. Kind is return, address or leave: "form.<kind>", fields "form.<kind>.<key>".
type Form struct {
	Kind, Order string
	Fields      []Field // of a filled one, in the form's order
	Filled      bool    // of one that was asked for: the customer answered
}

// Field is one field of a form.
type Field struct{ Key, Value string }

// Ref is a source that a statement cites.
type Ref struct {
	ID, Kind, Title, Section string
}

// Picture is a photo with what was seen in it.
type Picture struct {
	Data   []byte // PNG or JPEG, at display size; nil while it loads
	W, H   int    // of the picture as sent, pixels
	Full   []byte // as sent, for the viewer; nil until Fetch brought it
	Frames []Frame
	Report *Report // nil: none
}

// Frame is a region of a picture, in fractions of its size.
type Frame struct {
	Label      string
	X, Y, W, H float32
}

// Report is what a photo shows. It is never a diagnosis and always says so.
type Report struct {
	Confidence float64
	Lines      []Finding
	Advice     string
}

// Finding is a line of a report.
type Finding struct {
	Name  string
	Part  float32 // 0…1; 0: not seen
	Grade string  // none, light, middle, strong: "grade.<key>"
}

// Handoff is the card of an escalation.
type Handoff struct {
	EscalatedAt, TakenAt         time.Time // TakenAt zero: still waits
	TakenBy                      string
	Tags                         []Tag
	Ask, Done, Clues, Unresolved string
}

// Mode is what the composer writes.
type Mode string

// The modes.
const (
	ModeReply Mode = "reply"
	ModeNote  Mode = "note"
)

// Composer is the input below the chat.
type Composer struct {
	Mode     Mode
	Draft    string
	DraftRev uint64 // changes when app replaces the draft (a suggestion, a restored draft), never by SetDraft
	Limit    int    // runes
	Findings []Risk // in the draft, by place
	Denied   string // why nothing can be written: "deny.<code>"; "" for may
	Tools    []Tool
	Back     *Back // the draft is a message that could not be sent
	Quote    *Quote
	Attached []Attached // pictures and files that go with the next Send
	Picker   *Picker    // open list of products, orders or coupons
	CanAsk   []string   // forms that can be asked for: return, address
}

// Attached is a picture or file in the composer. It is uploaded at once; Send waits for it.
type Attached struct {
	ID, Name string
	Size     int64
	Preview  []byte  // PNG at display size; nil for files
	Part     float32 // uploaded, 0…1
	Err      string  // "error.<code>"
}

// Picker is a list to choose from. Kind is product, order or coupon.
type Picker struct {
	Kind, Query string
	Busy        bool
	Err         *Problem
	Items       []ShopCard
}

// Tool is something the composer can do beyond text. Only those that work are listed.
type Tool string

// The tools.
const (
	ToolEmoji     Tool = "emoji"
	ToolImage     Tool = "image"
	ToolFile      Tool = "file"
	ToolProduct   Tool = "product"
	ToolCoupon    Tool = "coupon"
	ToolOrder     Tool = "order"
	ToolScripts   Tool = "scripts"
	ToolTranslate Tool = "translate"
	ToolAppeal    Tool = "appeal"
)

// RiskLevel is how grave a wording is.
type RiskLevel string

// The levels.
const (
	Blocked   RiskLevel = "blocked"   // sending is off until it is replaced
	Condition RiskLevel = "condition" // needs a condition beside it
	Sourcing  RiskLevel = "source"    // should cite a source
)

// Risk is a piece of the draft that the wording rules object to.
type Risk struct {
	From, To int // runes
	Text     string
	Fix      string // replacement, "" for none
	Rule     string // 医疗用语（广告法第十七条）
	Level    RiskLevel
}

// Back tells why a message came back as a draft.
type Back struct {
	Code string // "back.<code>": stale, taken, closed
	Args map[string]string
}

// Lost is a race for a customer that a colleague won.
type Lost struct {
	Winner  string
	Seconds int
	Next    bool // another customer waits
}
