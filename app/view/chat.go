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
	Mood    label.Emotion
	Shift   int    // grades since the takeover: -1 one calmer, 0 none or unknown
	Flag    string // what must not be forgotten: 后天拍婚纱照
	Opened  time.Time
	Closed  time.Time // zero: goes on
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

// ItemKind is the form of an item of the log.
type ItemKind string

// The forms.
const (
	KindText    ItemKind = "text"
	KindImage   ItemKind = "image"
	KindVoice   ItemKind = "voice"
	KindFile    ItemKind = "file"
	KindNote    ItemKind = "note"    // internal
	KindNotice  ItemKind = "notice"  // fixed notice, on a rule: Code
	KindHandoff ItemKind = "handoff" // the card of an escalation
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
}

// Ref is a source that a statement cites.
type Ref struct {
	ID, Kind, Title, Section string
}

// Picture is a photo with what was seen in it.
type Picture struct {
	Data   []byte // PNG or JPEG, at display size; nil while it loads
	W, H   int    // of Data
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
