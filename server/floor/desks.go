package floor

import (
	"sync"

	"agentdesk/sync/event"
)

// maxDesks bounds the agents whose beats are kept.
const maxDesks = 16384

// desks are the agents' heartbeats. They are no facts: nothing here is stored.
type desks struct {
	mu sync.Mutex
	m  map[string]*desk
}

type desk struct {
	last    int64 // floor time of the last beat, Unix ms
	open    int   // desks connected, where they are counted
	counted bool  // DeskConnected was called once: beats of desks that are counted out no longer matter
	fresh   bool  // as the writer knows it
}

func (k *desk) there() bool { return k.open > 0 || !k.counted }

// Beat says that an agent's desk is alive. Cheap, never blocks, not stored.
func (f *Floor) Beat(agent string) { f.beat(agent, 0) }

// DeskConnected counts a desk in; it is its first beat.
func (f *Floor) DeskConnected(agent string) { f.beat(agent, 1) }

// DeskDisconnected counts a desk out. Without any desk an agent is not eligible any more, at once; their chats return
// when Policy.DeskGone has passed since the last beat.
func (f *Floor) DeskDisconnected(agent string) {
	d := &f.desks
	d.mu.Lock()
	k := d.m[agent]
	if k != nil && k.open > 0 {
		k.open--
	}
	gone := k != nil && k.open == 0
	d.mu.Unlock()
	if gone {
		f.poke()
	}
}

func (f *Floor) beat(agent string, opens int) {
	now := f.Now()
	d := &f.desks
	d.mu.Lock()
	k := d.m[agent]
	if k == nil {
		if len(d.m) >= maxDesks {
			d.mu.Unlock()
			return
		}
		k = &desk{}
		d.m[agent] = k
	}
	k.open += opens
	k.counted = k.counted || opens > 0
	if k.there() {
		k.last = max(k.last, now)
	}
	tell := !k.fresh
	d.mu.Unlock()
	if tell {
		f.poke()
	}
}

func (f *Floor) poke() {
	select {
	case f.wakeup <- struct{}{}:
	default:
	}
}

// beats brings the book up to date with the desks at now and gives the agents whose desks are gone, and when to look
// again (0: not without a change).
func (f *Floor) beats(now int64) (gone []string, next int64) {
	w := &f.w
	pol := f.p.Policy
	fresh, lose, grace := pol.BeatFresh.Milliseconds(), pol.DeskGone.Milliseconds(), pol.OwnerGrace.Milliseconds()
	soon := func(at int64) {
		if next == 0 || at < next {
			next = at
		}
	}
	d := &f.desks
	d.mu.Lock()
	defer d.mu.Unlock()
	for id, k := range d.m {
		k.fresh = k.there() && now-k.last < fresh
		if k.fresh {
			soon(k.last + fresh)
		}
		if w.book.beating[id] != k.fresh {
			w.book.setBeating(id, k.fresh)
		}
	}
	for id := range w.lost {
		if w.book.beating[id] {
			delete(w.lost, id)
		}
	}
	lost := func(id string) {
		last := int64(0)
		if k := d.m[id]; k != nil {
			last = k.last
		}
		at := max(last+lose, w.takeover+grace, w.lost[id])
		if now >= at {
			gone = append(gone, id)
		} else {
			soon(at)
		}
	}
	for id, a := range w.book.agents {
		_, told := w.lost[id]
		told = told || a.Gone && d.m[id] == nil // told by an owner before
		if !w.book.beating[id] && (len(w.book.held[id]) > 0 || a.Status != event.Offline && !told) {
			lost(id)
		}
	}
	for id := range w.book.held {
		if _, known := w.book.agents[id]; !known && !w.book.beating[id] {
			lost(id)
		}
	}
	for id, k := range d.m {
		if !k.fresh && k.open == 0 && now-k.last > 10*lose {
			delete(d.m, id)
		}
	}
	return gone, next
}
