// Package event defines the facts of a shop: the event types with their versions, the envelope that carries them,
// and the records that the log stores, chained by hash.
//
// An event has two halves. Body is metadata that every fold may read. Private is what people said or what tells who
// they are (texts, names, summaries); at rest it is sealed with the customer's key, so that destroying one key erases
// one customer everywhere the log is copied.
package event

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/oklog/ulid/v2"
)

// ID is a ULID: 26 characters, sortable by time of making.
type ID = string

// NewID makes an ID from a time and 80 bits of entropy. It is pure: the caller brings both.
func NewID(at time.Time, entropy [10]byte) ID {
	var u ulid.ULID
	// SetTime fails only past the year 10889; a clock that far off yields the zero time, never a wrong order panic.
	_ = u.SetTime(ulid.Timestamp(at))
	_ = u.SetEntropy(entropy[:])
	return u.String()
}

// ValidID reports whether s has the form of a ULID.
func ValidID(s string) bool {
	_, err := ulid.ParseStrict(s)
	return err == nil
}

// Kind says what sort of actor did something.
type Kind string

// The kinds of actor.
const (
	Customer Kind = "customer"
	Bot      Kind = "bot"
	Agent    Kind = "agent"
	System   Kind = "system"
)

// Actor is who did it. ID is the customer's, the user's, or the worker's name.
type Actor struct {
	Kind Kind   `json:"k"`
	ID   string `json:"id,omitempty"`
}

// String gives "kind:id".
func (a Actor) String() string { return string(a.Kind) + ":" + a.ID }

// Event is one fact. In memory it is always open: Private holds plain JSON and Sealed is nil. In a stored record Private
// is nil and Sealed holds its ciphertext, when there is any.
type Event struct {
	ID        ID              `json:"id"`
	Type      Type            `json:"t"`
	Version   int             `json:"v"`
	MinReader int             `json:"min,omitempty"` // readers below this version of the type must not fold it
	Conv      string          `json:"c,omitempty"`   // conversation ID, "" for events of the shop
	Customer  string          `json:"cu,omitempty"`  // whose key seals Private
	Actor     Actor           `json:"a"`
	Epoch     uint64          `json:"e,omitempty"`   // the seat's epoch after this event
	ClientID  string          `json:"cid,omitempty"` // the command's ID from the client, on the first event it made
	ClientSum string          `json:"sum,omitempty"` // hash of the command's content, beside ClientID
	Body      json.RawMessage `json:"b,omitempty"`
	Private   json.RawMessage `json:"p,omitempty"`
	Sealed    []byte          `json:"s,omitempty"` // Private, AES-256-GCM, in the form of server/identity/keyring
}

// Record is what one group commit decided: the unit of the log.
type Record struct {
	ID     ID      `json:"id"`
	Term   uint64  `json:"term"`
	Time   int64   `json:"time"` // floor time, Unix milliseconds; never runs backwards along the log
	Prev   string  `json:"prev"` // hex SHA-256 of the record before as stored, "" for the first
	Events []Event `json:"ev"`
}

// At is the record's floor time.
func (r *Record) At() time.Time { return time.UnixMilli(r.Time) }

// Committed is a record at its place in the log, opened (Private is plain).
type Committed struct {
	Seq  uint64 // sequence in the stream, from 1
	Hash string // hex SHA-256 of the record as stored
	Record
}

// Cursor is a place in one incarnation of one log.
type Cursor struct {
	Stream string `json:"stream"`
	Seq    uint64 `json:"seq"`
	Hash   string `json:"hash"` // hash of the record at Seq
}

// Placed is an event with its place: sequence of the record, index in it, and floor time in Unix milliseconds.
type Placed struct {
	Seq  uint64 `json:"q"`
	Idx  int    `json:"i"`
	Time int64  `json:"at"`
	Event
}

// ErrUnreadable is returned for an event whose MinReader is above what this program knows.
var ErrUnreadable = errors.New("event needs a newer program")

// Readable reports whether this program may fold e: an unknown type is readable (kept, not folded) unless it demands a reader.
func Readable(e *Event) error {
	if v := known[e.Type]; e.MinReader > v {
		return fmt.Errorf("%s v%d needs reader %d, have %d: %w", e.Type, e.Version, e.MinReader, v, ErrUnreadable)
	}
	return nil
}

// Decode reads body and private into the given pointers; either may be nil.
func (e *Event) Decode(body, private any) error {
	if body != nil && len(e.Body) > 0 {
		if err := json.Unmarshal(e.Body, body); err != nil {
			return fmt.Errorf("decode body of %s %s: %w", e.Type, e.ID, err)
		}
	}
	if private != nil && len(e.Private) > 0 {
		if err := json.Unmarshal(e.Private, private); err != nil {
			return fmt.Errorf("decode private part of %s %s: %w", e.Type, e.ID, err)
		}
	}
	return nil
}

// Limits of section 2 of the design.
const (
	MaxText   = 64 << 10  // bytes of one text; longer becomes an attachment
	MaxRecord = 512 << 10 // bytes of one stored record
)
