// Package view is the contract between the desk without a face (app) and its face (ui): everything a screen shows, as
// plain data, and everything a person can ask of it (Actions).
//
// A *Desk is immutable once it was handed out. It is made of parts; a part that did not change since the snapshot before
// is the same pointer, so the face compares pointers and redraws only what moved. Slices inside parts are never
// written to again either.
//
// What people wrote, names and titles are data and come as strings. Fixed words are the face's: they come as keys (a
// label, a code) that the face looks up in its catalogue. Times are time.Time on this machine's clock: app has already
// taken the difference to the floor's clock out of them, so that the face alone steps rings and "12 s ago" each second.
// Money is in fen.
package view

import (
	"time"

	"agentdesk/sync/label"
)

// Source gives snapshots. Snapshot never returns nil and may be called from any goroutine. The function given to
// Subscribe is called, from any goroutine and without locks held, each time a newer snapshot is there; it returns at
// once. cancel may be called more than once; no call begins after it returned.
type Source interface {
	Snapshot() *Desk
	Subscribe(changed func()) (cancel func())
}

// Desk is everything the window shows.
type Desk struct {
	Screen   Screen
	Login    *Login
	Link     *Link
	Me       *Me
	Prefs    Prefs
	Places   []Place // the rail, from the top; the first is the desk itself
	SLA      *SLA    // nil until the first figures are there
	Queue    *Queue
	Chat     *Chat       // nil: nothing is selected
	Copilot  *Copilot    // nil: no column (a closed chat, or one the copilot does not serve)
	Customer *Customer   // nil: not known yet
	Team     *Team       // whom a chat can go to; nil: transfer is not offered
	Search   *Search     // nil: not searching
	Toasts   []Toast     // newest last
	Past     *PastChat   // an earlier conversation is open; nil: none
	Alerts   []Alert     // not handled yet, oldest first, at most 16
	Due      []FollowUp  // this agent's open promises, soonest first
	Server   string      // address, for the settings
	Place    string      // the rail item that is open: chats, settings
	Source   *SourceView // a source or card is open (OpenCard); nil: none
	Trace    *TraceView  // how a message of the bot came about (OpenTrace); nil: not asked
	Health   Health      // of the server's thinking; zero while all is well, or not known
}

// Screen is which screen shows.
type Screen string

// The screens.
const (
	ScreenLogin Screen = "login"
	ScreenDesk  Screen = "desk"
)

// Prefs are the person's choices; empty fields follow the system.
type Prefs struct {
	Lang  string // zh-Hans, en
	Theme string // light, dark

	TextScale float32            // 1…1.5; 0 means 1
	Still     bool               // reduce motion
	Mute      bool               // no sounds
	Volume    float32            // 0…1; 0 means 0.6
	NoNotes   bool               // no notifications of the operating system
	Quiet     bool               // do not disturb: neither, until switched off
	EnterSend bool               // Enter sends, Mod+Enter is a new line
	Widths    map[string]float32 // of columns, by name: queue, copilot
	Width     float32            // of the window
	Height    float32
}

// Alert is something to tell even when the window isn't looked at. The face sounds and notifies once for each ID, by the
// preferences, and says so with HandledAlert.
type Alert struct {
	ID           string
	Kind         string // offer, critical, message, assigned, follow_up: "alert.<kind>" with Name and Text
	Conversation string
	Name, Text   string
	At           time.Time
}

// Past is an earlier conversation of the customer.
type Past struct {
	Conversation   string
	Opened, Closed time.Time
	Channel        string
	Agent          string
	Messages       int
	Snippet        string
	Mood           label.Emotion
	Reason         string // "reason.<key>"
	Outcome        string // disposition
	Stars          int
}

// PastChat is an earlier conversation, opened beside the chat, read only.
type PastChat struct {
	Past Past
	Busy bool
	Err  *Problem
	Log  *Log
}

// SourceView is what stands behind a card or a citation: a whole product sheet, policy, promotion or order.
type SourceView struct {
	ID, Kind, Title string
	At              string // ID of the section that was cited, "" for none
	Busy            bool
	Err             *Problem
	Sections        []Section
}

// Section is a part of a source.
type Section struct{ ID, Title, Text string }

// Login is the state of the log-in screen.
type Login struct {
	Server, User string // prefilled
	Busy         bool
	Err          *Problem
}

// Problem is something that failed. Code is looked up as "error.<code>"; Detail is data for the sentence and for copying.
type Problem struct {
	Code   string // e.g. wrong_password, unreachable, copilot_timeout
	Detail string
	ID     string // an identifier to give to support, "" for none
}

// LinkState is the connection to the server.
type LinkState string

// The states of the connection.
const (
	Online       LinkState = "online"
	Reconnecting LinkState = "reconnecting"
	Offline      LinkState = "offline"
)

// Link is the connection to the server.
type Link struct {
	State     LinkState
	Attempt   int       // of reconnecting, from 1
	RetryAt   time.Time // next attempt, zero for now
	SyncedAt  time.Time // last moment at which this copy was up to date
	LatencyMS int       // last round trip, 0 unknown
	Outbox    int       // replies that wait for a confirmation before they leave
	Outdated  bool      // the server speaks a newer protocol: an update is needed
}

// Presence is an agent's standing.
type Presence string

// The standings.
const (
	Present Presence = "online"
	Busy    Presence = "busy" // keeps own chats, gets no offers
	Away    Presence = "offline"
)

// Me is who signed in.
type Me struct {
	ID, Name, Role string
	Face           string // see Row.Face
	Status         Presence
	Load, Capacity int // chats held; chats at once
}

// Place is an item of the rail: conversations, bots, transcripts, board, scripts, knowledge, settings. Only places that
// exist are listed.
type Place struct {
	Key   string
	Count int // waits for the agent, 0 shows none
	Open  bool
}

// SLA is the takeover target of today.
type SLA struct {
	TargetSeconds int     // 30
	Met, Total    int     // escalations taken in time; all
	AvgSeconds    float64 // of all
	Recent        []int   // seconds of the last takeovers, oldest first, at most 24
	LastSeconds   int     // own last takeover
	LastAt        time.Time
}

// Segment is a part of the queue.
type Segment string

// The segments, in the order of the tabs.
const (
	SegWaiting Segment = "waiting"
	SegMine    Segment = "mine"
	SegBot     Segment = "bot"
	SegClosed  Segment = "closed"
)

// Queue is the column of conversations.
type Queue struct {
	Selected Segment
	Counts   map[Segment]int
	Waiting  []Row // pinned above every segment, most urgent first; all of them
	Rows     []Row // of the selected segment; for SegWaiting none, as they are pinned
	Offset   int   // of the bot segment: how many rows come before Rows; Counts has all
	Loading  bool
	Err      *Problem
}

// Row is one conversation in the queue.
type Row struct {
	ID      string
	Name    string
	Face    string // picks the drawn face: any string, the same string gives the same face
	Channel string // web, taobao, douyin, xiaohongshu, wechat
	Tier    string // new, silver, gold, platinum, black; "" for a visitor who is not signed in
	Snippet string
	By      Speaker       // who wrote the snippet
	Typing  bool          // the customer is writing
	Mood    label.Emotion // smoothed over the talk: conversation.Trend
	Tags    []Tag
	Unread  int
	At      time.Time // last message

	// Waiting customers.
	Deadline time.Time // end of the 30 seconds; zero: does not wait
	Offered  bool      // an offer to this agent is open
	Denied   string    // "": may be taken over. Else why not, as "deny.<code>": offline, full, group

	LateSince time.Time // a customer of this agent who waits for an answer since then, and too long; zero otherwise
}

// Tag is a small label. Key is looked up in the catalogue; Text is shown where Key is empty.
type Tag struct {
	Key, Text string
	Alarm     bool // red: harm
}

// Team is whom chats can be passed to.
type Team struct {
	Agents []Colleague
	Groups []Choice
}

// Colleague is another agent.
type Colleague struct {
	ID, Name, Group string
	Status          Presence
	Load, Capacity  int
}

// Choice is something to pick: Key is passed back, Name is shown.
type Choice struct{ Key, Name string }

// Search is a search in what this desk holds.
type Search struct {
	Query   string
	Busy    bool
	Results []Hit
}

// Hit is one found message.
type Hit struct {
	Conversation, Message string
	Name, Text            string
	At                    time.Time
}

// Toast is a short message that goes by itself after Until.
type Toast struct {
	ID    string
	Kind  string // ok, info, warn, bad
	Code  string // looked up as "toast.<code>"
	Args  map[string]string
	Until time.Time
}
