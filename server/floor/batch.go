package floor

import (
	"bytes"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// The bounds of one record, and of what may be decided ahead of the disk.
const (
	maxCommands = 1024
	maxBytes    = event.MaxRecord - 16<<10 // estimated; the rest is for the record's own fields
	maxPending  = 4                        // records decided and not yet durable
	maxAgeMS    = 100                      // a record's time is its first command's; later commands get another record
)

// batch is one record being gathered, or on its way to disk.
type batch struct {
	seq    uint64
	time   int64 // floor time, Unix ms: of the record, and what its commands were decided at
	id     event.ID
	term   uint64
	events []event.Event
	size   int // estimated bytes as stored
	cmds   int
	sealed bool // takes no more commands

	undo    []undo
	post    map[string]*conversation.State // conversations touched, as they are after it
	waiters []waiter                       // who hears when it is durable
	solo    bool                           // holds one command only, to find out which one cannot be stored
}

type waiter struct {
	req *request
	ans answer
}

// accepts reports whether another command may join at floor time now.
func (b *batch) accepts(now int64) bool {
	return !b.sealed && b.cmds < maxCommands && b.size < maxBytes-(4<<10) && now-b.time <= maxAgeMS && !(b.solo && b.cmds > 0)
}

// sizeOf is an upper bound of the bytes that the events take as stored.
func sizeOf(events []event.Event) int {
	n := 0
	for i := range events {
		e := &events[i]
		n += 320 + len(e.Type) + 2*(len(e.Conv)+len(e.Customer)+len(e.Actor.ID)) + 6*len(e.ClientID)
		n += len(e.Body) + escapes(e.Body)
		if len(e.Private) > 0 {
			n += (len(e.Private)+48)*4/3 + 8
		}
	}
	return n
}

// escapes is by how much encoding/json lengthens raw JSON: it writes < > & and two line separators as \uXXXX.
func escapes(raw []byte) int {
	if !bytes.ContainsAny(raw, "<>&\u2028\u2029") {
		return 0
	}
	n := 0
	for _, c := range raw {
		switch c {
		case '<', '>', '&':
			n += 5
		case 0xe2:
			n += 3
		}
	}
	return n
}
