package gateway

import (
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// batch gathers what one place in the log means for a client into frames of at most about wire.MaxSnapshot bytes. All but
// the last say More: the cursor is only valid with the last.
type batch struct {
	cursor event.Cursor
	at     int64
	put    func(*wire.Rec) error

	rec  wire.Rec
	size int
}

// enter adds a conversation whole, in as many parts as it takes.
func (b *batch) enter(conv string, evs []event.Placed) error {
	// Enter comes before the events of the same frame, so events before it have to leave first.
	if len(b.rec.Events) > 0 {
		if err := b.flush(); err != nil {
			return err
		}
	}
	for part := 0; ; part++ {
		n, size := fit(evs, wire.MaxSnapshot-b.size)
		if n == 0 && b.size > 0 && len(evs) > 0 {
			if err := b.flush(); err != nil {
				return err
			}
			n, size = fit(evs, wire.MaxSnapshot)
		}
		n = max(n, min(1, len(evs))) // a single event may be larger
		b.rec.Enter = append(b.rec.Enter, wire.Conversation{ID: conv, Part: part, Events: evs[:n]})
		b.size += size + 64
		if evs = evs[n:]; len(evs) == 0 {
			return nil
		}
		if err := b.flush(); err != nil {
			return err
		}
	}
}

func (b *batch) events(evs []event.Placed) error {
	for len(evs) > 0 {
		n, size := fit(evs, wire.MaxSnapshot-b.size)
		if n == 0 && b.size > 0 {
			if err := b.flush(); err != nil {
				return err
			}
			continue
		}
		n = max(n, 1)
		b.rec.Events = append(b.rec.Events, evs[:n]...)
		b.size += size
		evs = evs[n:]
	}
	return nil
}

func (b *batch) leave(conv string) {
	b.rec.Leave = append(b.rec.Leave, conv)
	b.size += len(conv) + 4
}

func (b *batch) flush() error {
	b.rec.More = true
	return b.out()
}

// end sends the last frame, also when it is empty: it carries the cursor.
func (b *batch) end() error { return b.out() }

func (b *batch) out() error {
	r := b.rec
	r.T, r.Cursor, r.At = wire.TRec, b.cursor, b.at
	b.rec, b.size = wire.Rec{}, 0
	return b.put(&r)
}

// fit is how many events go into room bytes, about, and their size.
func fit(evs []event.Placed, room int) (n, size int) {
	for i := range evs {
		s := len(evs[i].Body) + len(evs[i].Private) + 256
		if size+s > room {
			return i, size
		}
		size += s
	}
	return len(evs), size
}
