// Package wire is the protocol between the server and its clients, desks and customers alike: one JSON frame a WebSocket
// text message, named by its "t". docs/protocol.md explains it to implementers; this file is its source of truth.
//
// Everything durable reaches a client in Rec frames, live and catching up alike, so that a reconnect has no special case.
// What is not a fact (typing, tokens of a suggestion still streaming, rows of the bot window) comes in Live frames and is
// never stored.
package wire

import (
	"encoding/json"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// Version is the protocol's version. A client names the newest it knows; the server answers with the one to speak.
const Version = 1

// Limits, in bytes unless said.
const (
	MaxFrameIn    = 96 << 10 // of one frame from a client: a text of 64 KB and its envelope
	MaxQueue      = 1 << 20  // queued for one desk before it is dropped as slow
	MaxQueueGuest = 256 << 10
	MaxUpload     = 10 << 20
	MaxSnapshot   = 256 << 10 // of one Rec frame while catching up; more follows in further frames
)

// Close codes. 4000–4099: reconnect and resume by cursor. 4100–4199: terminal, the client must not retry by itself.
const (
	CloseSlow     = 4001 // the client did not keep up
	CloseDrain    = 4002 // the server is going down; move
	CloseExpired  = 4003 // the token ran out: refresh, then reconnect
	CloseReset    = 4004 // the view changed: reconnect
	CloseSilent   = 4005 // no beat or pong
	CloseBadToken = 4101
	CloseVersion  = 4102
	CloseBadFrame = 4103 // repeated malformed frames
	CloseRate     = 4104 // repeated rate-limit violations
	CloseReplaced = 4105 // the same user signed in elsewhere
	CloseTooLarge = 4106
)

// Type names a frame.
type Type string

// Frames of clients.
const (
	THello  Type = "hello"
	TCmd    Type = "cmd"
	TBeat   Type = "beat" // both ways
	TTyping Type = "typing"
	TPeek   Type = "peek"   // watch one bot chat; empty conv stops
	TWindow Type = "window" // which rows of the bot segment are on screen
)

// Frames of the server.
const (
	TWelcome Type = "welcome"
	TRec     Type = "rec"
	TAck     Type = "ack"
	TLive    Type = "live"
	TBye     Type = "bye"
)

// In is any frame from a client.
type In struct {
	T Type `json:"t"`

	// hello
	V      int           `json:"v,omitempty"`
	Token  string        `json:"token,omitempty"`
	Cursor *event.Cursor `json:"cursor,omitempty"`
	View   string        `json:"view,omitempty"` // fingerprint of the rights its copy was made under
	Device string        `json:"device,omitempty"`
	Lang   string        `json:"lang,omitempty"`

	// cmd
	ID      string            `json:"id,omitempty"` // client ID: a retry with the same ID is the same command
	Kind    conversation.Kind `json:"kind,omitempty"`
	Conv    string            `json:"conv,omitempty"` // also of typing and peek
	Epoch   uint64            `json:"epoch,omitempty"`
	Payload json.RawMessage   `json:"payload,omitempty"`

	On     bool  `json:"on,omitempty"` // typing
	Offset int   `json:"offset,omitempty"`
	Limit  int   `json:"limit,omitempty"`
	Sent   int64 `json:"sent,omitempty"` // beat: the client's clock, echoed
}

// User is who signed in at a desk.
type User struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Role     string   `json:"role"` // agent, lead, supervisor, admin
	Groups   []string `json:"groups"`
	Skills   []string `json:"skills,omitempty"`
	Capacity int      `json:"capacity"`
	Senior   bool     `json:"senior,omitempty"`
}

// Welcome answers hello.
type Welcome struct {
	T       Type         `json:"t"`
	V       int          `json:"v"`
	Session string       `json:"session"`
	Shop    string       `json:"shop"`
	User    *User        `json:"user,omitempty"`  // desks
	Guest   *Guest       `json:"guest,omitempty"` // customers
	Cursor  event.Cursor `json:"cursor"`          // of the log now
	Resume  string       `json:"resume"`          // tail: what follows continues the client's copy; reset: drop the copy, all of it follows
	View    string       `json:"view,omitempty"`  // fingerprint to send with the next hello
	Now     int64        `json:"now"`             // floor time, Unix ms
	Clock   Clock        `json:"clock"`
}

// Guest is what a customer's client is told of itself.
type Guest struct {
	Customer string `json:"customer"`
	Conv     string `json:"conv,omitempty"` // the open conversation
	Name     string `json:"name,omitempty"`
	Hours    *Hours `json:"hours,omitempty"`  // when people serve; none: always
	Remind   bool   `json:"remind,omitempty"` // the customer is told of offers and refills unasked; until a customer.consented says otherwise
}

// Hours are when people serve, at the shop's place.
type Hours struct {
	Opens  string `json:"opens"` // "09:00"
	Closes string `json:"closes"`
	Open   bool   `json:"open"` // now
}

// Clock is the part of the policy that desks draw, in milliseconds.
type Clock struct {
	Takeover int64 `json:"takeover"` // 30,000
	Offer    int64 `json:"offer"`
	Beat     int64 `json:"beat"`              // send one every so often
	AgeStep  int64 `json:"ageStep,omitempty"` // one class of priority counts as much as so long a wait
	Recall   int64 `json:"recall,omitempty"`  // a message may be taken back for so long
}

// Rec carries what a record holds for this client, and the cursor after it. With no events it is a watermark.
// Enter comes before Events are applied: a conversation that became visible, whole. Leave: drop these.
type Rec struct {
	T      Type           `json:"t"`
	Cursor event.Cursor   `json:"cursor"`
	At     int64          `json:"at"` // floor time
	Enter  []Conversation `json:"enter,omitempty"`
	Events []event.Placed `json:"ev,omitempty"`
	Leave  []string       `json:"leave,omitempty"`
	More   bool           `json:"more,omitempty"` // catching up: the cursor is only valid with the last frame
}

// Conversation is one conversation whole: all its events that the client may see, from the first. Part > 0 continues it.
type Conversation struct {
	ID     string         `json:"id"`
	Part   int            `json:"part,omitempty"`
	Events []event.Placed `json:"ev"`
}

// Ack answers a cmd, after what its decision saw is durable.
type Ack struct {
	T      Type                  `json:"t"`
	ID     string                `json:"id"`
	OK     bool                  `json:"ok"`
	Conv   string                `json:"conv,omitempty"`
	Events []event.ID            `json:"events,omitempty"`
	Epoch  uint64                `json:"epoch,omitempty"`
	Seq    uint64                `json:"seq,omitempty"`
	Dup    bool                  `json:"dup,omitempty"` // this command was stored before
	Err    *conversation.Refusal `json:"err,omitempty"`
}

// Beat is the server's answer to a beat.
type Beat struct {
	T    Type  `json:"t"`
	Sent int64 `json:"sent"`
	Now  int64 `json:"now"`
}

// Bye says why the server closes, before the close frame.
type Bye struct {
	T    Type   `json:"t"`
	Code int    `json:"code"`
	Text string `json:"text"`
}

// LiveKind names what a Live frame tells.
type LiveKind string

// The kinds of live frame.
const (
	LiveTyping LiveKind = "typing" // Conv, Actor, On
	LiveWords  LiveKind = "words"  // Conv, Add: what the bot is about to say, as a model writes it; the message that follows replaces it
	LiveDelta  LiveKind = "delta"  // Delta: a suggestion while it streams
	LivePanel  LiveKind = "panel"  // Panel: cards and the customer's facts
	LiveRows   LiveKind = "rows"   // Rows: the window of bot chats
	LivePeek   LiveKind = "peek"   // Peek: a bot chat being watched, whole; its events follow as LivePeekEv
	LivePeekEv LiveKind = "peekev" // Events
	LiveFloor  LiveKind = "floor"  // Floor: counts and agents
	LiveHealth LiveKind = "health" // Health: how the server understands and writes
	LiveClear  LiveKind = "clear"  // Clear, ClearFields: unmasked texts for the seat's holder; never stored
)

// Live is what is true now and nobody keeps.
type Live struct {
	T      Type                 `json:"t"`
	Kind   LiveKind             `json:"kind"`
	Conv   string               `json:"conv,omitempty"`
	Actor  *event.Actor         `json:"actor,omitempty"`
	On     bool                 `json:"on,omitempty"`
	Add    string               `json:"add,omitempty"`
	Delta  *Delta               `json:"delta,omitempty"`
	Panel  *Panel               `json:"panel,omitempty"`
	Rows   []conversation.State `json:"rows,omitempty"`
	Total  int                  `json:"total,omitempty"` // of rows, all there are
	Offset int                  `json:"offset,omitempty"`
	Peek   *Conversation        `json:"peek,omitempty"`
	Events []event.Placed       `json:"ev,omitempty"`
	Floor  *Floor               `json:"floor,omitempty"`
	Health *Health              `json:"health,omitempty"`
	Clear  map[event.ID]string  `json:"clear,omitempty"` // message ID → text as written

	// Of forms filled in: message ID → field → as written. In the same frames as Clear, for the same reader.
	ClearFields map[event.ID]map[string]string `json:"clearFields,omitempty"`
}

// Delta is a piece of a streaming suggestion.
type Delta struct {
	Set      event.ID       `json:"set"`  // one per customer message: a newer set supersedes
	Rank     int            `json:"rank"` // 1…3
	Strategy string         `json:"strategy,omitempty"`
	Fit      int            `json:"fit,omitempty"`
	Add      string         `json:"add,omitempty"` // text to append
	Done     bool           `json:"done,omitempty"`
	Sources  []event.Source `json:"src,omitempty"`
	Failed   string         `json:"failed,omitempty"` // the copilot could not: code
}

// Health is how the server's thinking is, for the desks' status line. It is told after the welcome and when it changes: worse at once,
// better when it has lasted for some seconds.
type Health struct {
	Reading string `json:"reading,omitempty"` // what reads the messages: encoder, or linear while that is missing or behind
	Models  string `json:"models,omitempty"`  // ok, degraded, scripts, budget, none
}

// Floor is the shop at a glance for a desk.
type Floor struct {
	Waiting int        `json:"waiting"` // in the user's groups
	Bot     int        `json:"bot"`
	Agents  []AgentRow `json:"agents,omitempty"`
	Today   Takeovers  `json:"today"`
}

// AgentRow is one colleague, for transfers and the line at the foot.
type AgentRow struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	Status   string   `json:"status"`
	Load     int      `json:"load"`
	Capacity int      `json:"capacity"`
	Groups   []string `json:"groups,omitempty"`
}

// Takeovers is the 30-second figure of today.
type Takeovers struct {
	Met    int     `json:"met"`
	Total  int     `json:"total"`
	Mean   float64 `json:"mean"`             // seconds
	Recent []int64 `json:"recent,omitempty"` // ms of the last 24, oldest first
}

// Panel is what stands beside a chat: cards and the customer.
type Panel struct {
	Message event.ID       `json:"msg,omitempty"` // the customer message it was made for
	Cards   []Card         `json:"cards,omitempty"`
	Next    *NextAction    `json:"next,omitempty"`
	Facts   *CustomerFacts `json:"facts,omitempty"`
}

// Card is a knowledge card.
type Card struct {
	Kind    string       `json:"kind"` // product, policy, promotion, order
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Price   int64        `json:"price,omitempty"` // fen, after coupon
	List    int64        `json:"list,omitempty"`  // fen
	Stock   int          `json:"stock,omitempty"`
	Lines   []string     `json:"lines,omitempty"`
	Fits    string       `json:"fits,omitempty"` // why it suits this customer
	Picture string       `json:"pic,omitempty"`  // path on the server
	Source  event.Source `json:"src"`
	AsOf    int64        `json:"asof,omitempty"` // Unix ms
}

// NextAction is the copilot's next best action.
type NextAction struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// CustomerFacts is the customer as the shop knows them, masked.
type CustomerFacts struct {
	ID      string      `json:"id"`
	Name    string      `json:"name"`
	Nick    string      `json:"nick,omitempty"`
	Tier    string      `json:"tier"`
	Channel string      `json:"channel"`
	Skin    string      `json:"skin,omitempty"`
	City    string      `json:"city,omitempty"`
	Joined  int64       `json:"joined,omitempty"` // Unix ms
	Spent   int64       `json:"spent"`            // fen
	Average int64       `json:"average"`          // fen an order
	Returns float64     `json:"returns"`          // share of orders, 0…1
	Rating  float64     `json:"rating"`           // recent, 1…5
	Orders  int         `json:"orders"`
	Recent  []OrderRow  `json:"recent,omitempty"`
	Parcels []ParcelRow `json:"parcels,omitempty"`
	Cart    []LineRow   `json:"cart,omitempty"`
	CartSum int64       `json:"cartSum,omitempty"`
	Tags    []string    `json:"tags,omitempty"`
}

// OrderRow is one order.
type OrderRow struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	State string `json:"state"`
	Total int64  `json:"total"` // fen
	At    int64  `json:"at"`    // Unix ms
}

// ParcelRow is one parcel.
type ParcelRow struct {
	ID      string `json:"id"`
	Order   string `json:"order"`
	Title   string `json:"title"`
	Carrier string `json:"carrier"`
	State   string `json:"state"`
	Last    string `json:"last,omitempty"` // newest tracking event
	At      int64  `json:"at,omitempty"`
	Track   []Step `json:"track,omitempty"` // newest first, at most 20
}

// Step is one tracking event of a parcel.
type Step struct {
	At   int64  `json:"at"` // Unix ms
	Text string `json:"text"`
}

// LineRow is one line of a cart.
type LineRow struct {
	Product string `json:"product"`
	Title   string `json:"title"`
	Qty     int    `json:"qty"`
	Price   int64  `json:"price"` // fen each
}
