package floor

import (
	"context"

	"agentdesk/sync/conversation"
)

// Floor is one shop's floor while this node owns it.
type Floor struct{}

// Subscription delivers commits.
type Subscription struct{}

// Stats are figures for /metrics.
type Stats struct{}

// Open refolds the shop, takes ownership (floor.owned with the next term) and returns a floor ready to Run.
func Open(ctx context.Context, p Params) (*Floor, error) { return nil, ErrEnded }

// Run decides and appends until ctx ends (nil) or the floor cannot go on (ErrSteppedDown, or what broke).
func (f *Floor) Run(ctx context.Context) error { return ErrEnded }

// Do gives a command and waits until its answer is durable. A refusal is a *conversation.Refusal.
func (f *Floor) Do(ctx context.Context, c conversation.Command) (Result, error) {
	return Result{}, ErrEnded
}

// State is one conversation that is open or closed lately; closed ones are in the fold.
func (f *Floor) State(ctx context.Context, conv string) (*conversation.State, bool, error) {
	return nil, false, ErrEnded
}

// View is the whole floor. Subscribe first, then View, then skip commits up to View.Cursor.Seq: nothing is missed.
func (f *Floor) View(ctx context.Context) (*View, error) { return nil, ErrEnded }

// MostUrgent is the waiting conversation that an agent should take next.
func (f *Floor) MostUrgent(ctx context.Context, agent string) (conv string, ok bool, err error) {
	return "", false, ErrEnded
}

// Beat says that an agent's desk is alive. Cheap, never blocks, not stored.
func (f *Floor) Beat(agent string) {}

// DeskConnected counts a desk in and is its first beat; DeskDisconnected counts it out: without any desk the agent
// is not eligible at once, and their chats return Policy.DeskGone after the last beat.
func (f *Floor) DeskConnected(agent string) {}

// DeskDisconnected counts a desk out.
func (f *Floor) DeskDisconnected(agent string) {}

// Subscribe delivers commits after the one at After. It buffers up to maxRecords and maxBytes (0: 4,096 and 16 MiB).
func (f *Floor) Subscribe(maxRecords, maxBytes int) *Subscription { return nil }

// After is the sequence after which the subscription delivers.
func (s *Subscription) After() uint64 { return 0 }

// Next waits for the next commit. ErrLagged: it fell behind; ErrEnded: the floor ended and everything was delivered.
func (s *Subscription) Next(ctx context.Context) (*Commit, error) { return nil, ErrEnded }

// Close ends the subscription.
func (s *Subscription) Close() {}

// Stats are the figures now.
func (f *Floor) Stats() Stats { return Stats{} }

// Now is floor time, Unix ms.
func (f *Floor) Now() int64 { return 0 }

// Term is the term under which this node owns the shop.
func (f *Floor) Term() uint64 { return 0 }
