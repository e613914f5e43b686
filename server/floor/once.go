package floor

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"

	"github.com/oklog/ulid/v2"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// sum is 16 bytes of a command's content: 128 bits, so that nobody meets a collision by accident.
type sum [16]byte

func (s sum) String() string { return hex.EncodeToString(s[:]) }

func parseSum(h string) (s sum, err error) {
	if len(h) != 2*len(s) {
		return s, fmt.Errorf("content hash of %d characters", len(h))
	}
	_, err = hex.Decode(s[:], []byte(h))
	return s, err
}

// ClientSum is the content of a command as events carry it beside the client ID (Event.ClientSum): hex of the first 16
// bytes of SHA-256 over kind, conversation and payload as JSON. The epoch is not content (a retry may know a newer
// one), nor is the conversation of a customer's message: the floor finds it.
func ClientSum(c *conversation.Command) (string, error) {
	s, err := sumOf(c)
	return s.String(), err
}

func sumOf(c *conversation.Command) (s sum, err error) {
	h := sha256.New()
	part(h, string(c.Kind))
	if c.Kind == conversation.Post && c.Actor.Kind == event.Customer {
		part(h, "")
	} else {
		part(h, c.Conv)
	}
	if c.Payload != nil {
		data, err := json.Marshal(c.Payload)
		if err != nil {
			return s, fmt.Errorf("hash payload of %s: %w", c.Kind, err)
		}
		part(h, string(data))
	}
	var full [sha256.Size]byte
	copy(s[:], h.Sum(full[:0]))
	return s, nil
}

// part writes a string with its length, so that no two lists of parts hash alike.
func part(h hash.Hash, s string) {
	var n [4]byte
	n[0], n[1], n[2], n[3] = byte(len(s)>>24), byte(len(s)>>16), byte(len(s)>>8), byte(len(s))
	_, _ = h.Write(n[:])
	_, _ = io.WriteString(h, s)
}

// onceKey is (actor, client ID), hashed: a fixed size whatever clients send.
type onceKey [16]byte

func keyOf(a event.Actor, clientID string) (k onceKey) {
	h := sha256.New()
	part(h, string(a.Kind))
	part(h, a.ID)
	part(h, clientID)
	var full [sha256.Size]byte
	copy(k[:], h.Sum(full[:0]))
	return k
}

type packedID [16]byte

func packID(id event.ID) (p packedID) {
	if u, err := ulid.ParseStrict(id); err == nil {
		p = packedID(u)
	}
	return p
}

func (p packedID) String() string {
	if p == (packedID{}) {
		return ""
	}
	return ulid.ULID(p).String()
}

// done is a stored command in memory.
type done struct {
	sum     sum
	event   packedID
	message packedID
	conv    string // shared with the conversation's state
	epoch   uint64
	seq     uint64
}

// onceStore remembers the newest commands by client ID, the oldest leave first, and only when the fold has them.
type onceStore struct {
	limit int
	m     map[onceKey]done
	order []onceKey // oldest first, from head on; keys undone since are not in m
	head  int
	out   uint64 // highest sequence of what has left: older than or equal to this the fold must be asked
}

func newOnceStore(limit int) *onceStore {
	return &onceStore{limit: limit, m: make(map[onceKey]done)}
}

func (o *onceStore) get(k onceKey) (done, bool) {
	d, ok := o.m[k]
	return d, ok
}

func (o *onceStore) put(k onceKey, d done) {
	o.m[k] = d
	o.order = append(o.order, k)
}

// undo forgets the newest key, which must be k.
func (o *onceStore) undo(k onceKey) {
	delete(o.m, k)
	if n := len(o.order); n > o.head && o.order[n-1] == k {
		o.order = o.order[:n-1]
	}
}

// trim lets the oldest go while there are too many and the fold, at its checkpoint, has them.
func (o *onceStore) trim(folded uint64) {
	for len(o.m) > o.limit && o.head < len(o.order) {
		k := o.order[o.head]
		d, ok := o.m[k]
		if ok && d.seq > folded {
			return
		}
		if ok {
			o.out = max(o.out, d.seq)
			delete(o.m, k)
		}
		o.head++
	}
	if o.head > 4096 && o.head > len(o.order)/2 {
		o.order = append(o.order[:0:0], o.order[o.head:]...)
		o.head = 0
	}
}
