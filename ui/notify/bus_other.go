//go:build !linux

package notify

import "context"

const maxQueue = 16 // notes on their way; more are dropped

// Bus sends notes by title and text, which is all that these systems offer through the toolkit.
type Bus struct {
	p     Params
	queue chan Note
}

// NewBus makes a bus that Run brings to life.
func NewBus(p Params) *Bus { return &Bus{p: p.whole(), queue: make(chan Note, maxQueue)} }

// Send hands a note on and returns at once.
func (b *Bus) Send(n Note) {
	select {
	case b.queue <- n:
	default: // a note that comes too late helps nobody
	}
}

// Run sends notes until ctx ends.
func (b *Bus) Run(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case n := <-b.queue:
			b.p.Plain(n.Title, n.Text)
		}
	}
}
