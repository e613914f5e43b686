package ui

import (
	"context"
	"sync/atomic"
	"time"
)

// How redraws make way for keys. Without a graphics card a redraw takes as long as two frames, and a key that comes in the
// middle of it waits for all of it before its own begins.
const (
	typingFor = 300 * time.Millisecond // after a key the next is expected so long
	lead      = 20 * time.Millisecond  // a key's own frame goes first
	patience  = 200 * time.Millisecond // a redraw waits no longer for the next key
)

// pace lets the one who types go first: what came over the wire is drawn behind a key's own frame, once for each key, and at
// the latest after patience.
type pace struct {
	key   chan struct{} // a key came, or what was typed is done
	last  atomic.Int64  // when the last key came, Unix nanoseconds; 0 while nobody types
	drawn int64         // the key behind which was drawn last
}

// typed hears that a key changed the draft, or that what was typed is done and nothing is to wait.
func (p *pace) typed(on bool) {
	p.last.Store(0)
	if on {
		p.last.Store(time.Now().UnixNano())
	}
	select {
	case p.key <- struct{}{}:
	default: // one waits to be heard already
	}
}

// typing reports whether the next key is expected.
func (p *pace) typing() bool {
	last := p.last.Load()
	return last != 0 && since(last) < typingFor
}

// turn waits until a redraw is out of the way of keys. It reports false when ctx ended.
func (p *pace) turn(ctx context.Context) bool {
	t := time.NewTimer(patience)
	defer t.Stop()
	for last := p.last.Load(); last != 0 && last == p.drawn && since(last) < typingFor; last = p.last.Load() {
		select {
		case <-p.key:
		case <-t.C:
			return true
		case <-ctx.Done():
			return false
		}
	}
	p.drawn = p.last.Load()
	if p.drawn == 0 {
		return true
	}
	t.Reset(lead - since(p.drawn))
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

func since(nanos int64) time.Duration { return time.Since(time.Unix(0, nanos)) }
