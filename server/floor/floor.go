// Package floor is a shop's live state in memory and its one writer: commands in, pure decisions, group commit, and
// answers that go out only when everything they saw is on disk.
//
// # How it works
//
// One goroutine (Run's) decides. It keeps each conversation as an immutable *conversation.State: a command is decided
// on the newest one, its events are folded into a clone, and the clone takes the old one's place. While a record is on
// its way to disk the next commands are decided on the advanced state and gathered; they leave as one record when the
// append has answered. A second goroutine seals, encodes and appends. When an append turns out not to have happened,
// everything decided since is undone by putting the old states back, newest first.
//
// # What callers rely on
//
//   - Do, State, View and MostUrgent answer only when all records that the answer saw are durable.
//   - A Result or a Duplicate is on disk. A *conversation.Refusal means that nothing was stored, except for Retry
//     and ShuttingDown: then it is unknown, and sending the same command with the same client ID settles it.
//   - When ctx ends before the answer comes, the command may or may not be stored; again the same command settles it.
//   - Commits reach every Subscription in log order, each once, after they are durable. A subscriber that falls behind
//     hears ErrLagged and catches up from the log.
//   - Floor time never runs backwards, whatever the wall clock does.
package floor

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// The ways in which a floor ends or cannot begin.
var (
	// ErrSteppedDown is returned by Run when another node owns the shop now. Open again to follow or to take over.
	ErrSteppedDown = errors.New("floor: another node owns the shop")
	// ErrForeignFold is returned by Open when the fold's checkpoint is not a place in this log: a restored backup on
	// one side. The fold has to be rebuilt.
	ErrForeignFold = errors.New("floor: the fold belongs to another incarnation of the log")
	// ErrLagged is returned by Subscription.Next when its buffer overflowed: read on from the log.
	ErrLagged = errors.New("floor: subscriber fell behind")
	// ErrEnded is returned by reads and subscriptions of a floor that has ended.
	ErrEnded = errors.New("floor: ended")
	// ErrBusy is returned by reads when the queue is full (Do answers with the refusal Busy).
	ErrBusy = errors.New("floor: queue is full")
)

// Log is the shop's log as the floor uses it; every eventlog.Log is one. A log that can be reopened after
// eventlog.ErrDead should be an eventlog.Reopener too.
type Log interface {
	Append(ctx context.Context, expectedLast uint64, data []byte) (seq uint64, err error)
	Read(ctx context.Context, from uint64, max int) ([]eventlog.Stored, error)
	Info(ctx context.Context) (eventlog.Info, error)
}

// Keys seals what customers said. *keyring.Ring is one.
type Keys interface {
	eventlog.Sealer
	eventlog.Unsealer
	eventlog.KeyEnsurer
}

// Fold is what the floor asks of the shop's SQLite fold. Its methods are called from many goroutines.
type Fold interface {
	// Snapshot is the live part of the fold at its checkpoint, from one read transaction.
	Snapshot(ctx context.Context) (*Snapshot, error)
	// Checkpoint is the sequence of the last record folded and committed. It never falls, and everything up to it is
	// seen by the look-ups below when they begin after it was read.
	Checkpoint() uint64
	// LookupClientID finds the stored command that a client ID belongs to.
	LookupClientID(ctx context.Context, actor event.Actor, clientID string) (Once, bool, error)
	// LastConversation is the newest conversation of a customer.
	LastConversation(ctx context.Context, customer string) (conv string, ok bool, err error)
	// State is one conversation, also a closed one.
	State(ctx context.Context, conv string) (conversation.State, bool, error)
}

// Snapshot is what a floor starts from.
type Snapshot struct {
	Cursor event.Cursor         // last record folded; zero when the fold is empty
	Term   uint64               // of that record
	Time   int64                // of that record, Unix ms
	Convs  []conversation.State // open conversations
	Agents []AgentState
}

// AgentState is an agent as of the last event that named them.
type AgentState struct {
	event.AgentStatusBody
	Gone bool // the last of agent.status and desk.gone was desk.gone
}

// Once is a stored command as a retry meets it.
type Once struct {
	Sum     string   // the event's ClientSum
	Conv    string   // its conversation, "" for the shop's
	Event   event.ID // the first event that it made, the one that carries the client ID
	Message event.ID // the message.posted that it made, if any: Event itself, or the one after conversation.opened
	Epoch   uint64   // Epoch of the event named by Event
	Seq     uint64   // sequence of its record
}

// Clock is where the floor gets its time. Wall may jump; Mono never runs backwards.
type Clock interface {
	Wall() time.Time
	Mono() time.Duration // since any fixed moment
}

// Params is what a floor needs. Optional fields say so.
type Params struct {
	Shop string
	Node string // this node's name, in floor.owned
	Log  Log
	Keys Keys
	Fold Fold // optional: without it the floor starts from the first record and keeps everything in memory (tests)

	Policy  *conversation.Policy // must not change afterwards
	Clock   Clock                // optional: the system's
	Entropy io.Reader            // optional: crypto/rand

	QueueLimit int // commands waiting for a decision; more are refused Busy. Default 4,096
	OnceLimit  int // client IDs kept in memory; older ones are looked up in the fold. Default 262,144 (≈ 40 MB)
	ClosedKeep int // closed conversations kept in memory for late commands (≈ 10 KB each); others are read from the fold. Default 256

	FreeSpace func() (bytes uint64, err error) // optional: free space where the log lives, asked at most every 250 ms
	MinFree   uint64                           // bytes; below it commands are refused DiskFull

	AppendTimeout time.Duration // one try of an append, then the same record is sent again. Default 5 s
	DrainTimeout  time.Duration // at the end of Run: how long records under way may take. Default 5 s
	Logger        *slog.Logger  // optional
}

// Result is the answer to a command that is on disk.
type Result struct {
	Conv      string   // the conversation it went to
	Event     event.ID // the first event it made; "" when the command was already true (accepting a chat one holds)
	Message   event.ID // the message it posted, if it did
	Epoch     uint64   // the seat's epoch after it (of a duplicate: as of then)
	Seq       uint64   // sequence of its record; 0 when nothing was stored
	Hash      string   // of that record; "" for a duplicate of an earlier record
	Time      int64    // floor time of that record, Unix ms; 0 for a duplicate of an earlier record
	Duplicate bool     // a retry: Event, Message and Seq are those of the first try
}

// View is the whole floor at one moment, durable. What it points to is shared: read only.
type View struct {
	Cursor  event.Cursor // the last record it contains; live updates go on after it
	Term    uint64
	Time    int64                 // floor time, Unix ms
	Convs   []*conversation.State // open conversations, by ID
	Agents  []conversation.Agent  // by ID
	Waiting map[string][]string   // group → waiting conversations, most urgent first
}

// Commit is a durable record as subscribers get it. It is shared: read only.
type Commit struct {
	event.Committed
	States []*conversation.State // the conversations it touched, as they are after it
}
