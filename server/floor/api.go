package floor

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// Floor is one shop's floor while this node owns it. Open makes one, Run serves it.
type Floor struct {
	p Params

	queue  chan *request
	ended  chan struct{}
	wakeup chan struct{} // a beat changed who is eligible
	end    atomic.Pointer[conversation.Refusal]
	time   atomic.Pointer[floorTime]
	term   atomic.Uint64
	desks  desks
	hub    hub
	stats  counters

	openHint sync.Map // customer → conversation: open ones, so that Do need not ask the fold for the one before

	w writer // what only Run's goroutine (before it: Open's) touches
}

// needs are look-ups in the fold that a decision turned out to want.
type needs uint8

const (
	needOnce needs = 1 << iota // the command behind a client ID
	needPrev                   // the customer's conversation before
	needConv                   // a closed conversation
)

// request is a command or a read on its way through the writer.
type request struct {
	cmd  *conversation.Command
	read func() answer // instead of cmd; may run again after a rollback

	key    onceKey
	sum    sum
	sumHex string
	hasKey bool

	asked  needs  // looked up, as of fold checkpoint foldAt or later
	foldAt uint64 // fold checkpoint before the look-ups
	past   *Once
	conv   *conversation.State
	prev   string

	reply chan answer // one place: the writer never waits
}

type answer struct {
	res   Result
	err   error
	need  needs
	view  *View
	state *conversation.State
	conv  string
	ok    bool
}

// Do gives a command and waits until its answer is durable. A refusal is a *conversation.Refusal.
func (f *Floor) Do(ctx context.Context, c conversation.Command) (Result, error) {
	if r := admit(&c); r != nil {
		f.stats.refused.Add(1)
		return Result{}, r
	}
	req := &request{cmd: &c, reply: make(chan answer, 1)}
	var need needs
	if c.ClientID != "" {
		s, err := sumOf(&c)
		if err != nil {
			return Result{}, refuse(conversation.Invalid, err.Error())
		}
		req.sum, req.sumHex, req.key, req.hasKey = s, s.String(), keyOf(c.Actor, c.ClientID), true
		need = needOnce
	}
	if openerOf(&c) != "" {
		if _, open := f.openHint.Load(openerOf(&c)); !open {
			need |= needPrev
		}
	}
	// A decision may find that it needs something which has just left memory; twice is already unlikely.
	for range 8 {
		if err := f.lookUp(ctx, req, need); err != nil {
			return Result{}, err
		}
		a, err := f.ask(ctx, req)
		if err != nil {
			return Result{}, err
		}
		if a.need == 0 {
			return a.res, a.err
		}
		need = a.need
	}
	return Result{}, refuse(conversation.Busy, "the floor's memory turns over too fast; try again")
}

// lookUp asks the fold in the caller's goroutine, so that the writer never waits for SQL.
func (f *Floor) lookUp(ctx context.Context, req *request, need needs) error {
	fold := f.p.Fold
	if fold == nil || need == 0 {
		return nil
	}
	c := req.cmd
	want := req.asked | need // what was asked before is asked again: foldAt must hold for all of it
	req.asked, req.foldAt = 0, fold.Checkpoint()
	// Nothing has left memory yet: nothing to ask. The writer looks at the bits of asked, so a race with the first
	// departure only costs another round.
	if want&needOnce != 0 && f.stats.onceOut.Load() > 0 {
		o, ok, err := fold.LookupClientID(ctx, c.Actor, c.ClientID)
		if err != nil {
			return fmt.Errorf("look up client ID: %w", err)
		}
		req.asked |= needOnce
		if req.past = nil; ok {
			req.past = &o
		}
	}
	if want&needPrev != 0 && f.stats.convOut.Load() > 0 {
		prev, _, err := fold.LastConversation(ctx, openerOf(c))
		if err != nil {
			return fmt.Errorf("look up last conversation: %w", err)
		}
		req.asked |= needPrev
		req.prev = prev
	}
	if want&needConv != 0 && f.stats.convOut.Load() > 0 {
		s, ok, err := fold.State(ctx, c.Conv)
		if err != nil {
			return fmt.Errorf("look up conversation: %w", err)
		}
		req.asked |= needConv
		if req.conv = nil; ok {
			req.conv = &s
		}
	}
	return nil
}

// ask puts a request into the queue and waits for its answer.
func (f *Floor) ask(ctx context.Context, req *request) (answer, error) {
	if f.end.Load() != nil {
		return answer{}, f.endErr(req)
	}
	select {
	case f.queue <- req:
	default:
		f.stats.busy.Add(1)
		if req.read != nil {
			return answer{}, ErrBusy
		}
		return answer{}, refuse(conversation.Busy, "the floor has too much to do; try again in a moment")
	}
	select {
	case a := <-req.reply:
		return a, nil
	case <-ctx.Done():
		return answer{}, ctx.Err()
	case <-f.ended:
		select {
		case a := <-req.reply:
			return a, nil
		default:
			return answer{}, f.endErr(req)
		}
	}
}

func (f *Floor) endErr(req *request) error {
	if req.read != nil {
		return ErrEnded
	}
	r := *f.end.Load()
	return &r
}

func (f *Floor) ask1(ctx context.Context, read func() answer) (answer, error) {
	a, err := f.ask(ctx, &request{read: read, reply: make(chan answer, 1)})
	if err == nil {
		err = a.err
	}
	return a, err
}

// State is one conversation that is open or closed lately; others are in the fold. Read only.
func (f *Floor) State(ctx context.Context, conv string) (*conversation.State, bool, error) {
	a, err := f.ask1(ctx, func() answer {
		s := f.w.book.state(conv)
		return answer{state: s, ok: s != nil}
	})
	return a.state, a.ok, err
}

// OpenConversation is a customer's open conversation.
func (f *Floor) OpenConversation(ctx context.Context, customer string) (*conversation.State, bool, error) {
	a, err := f.ask1(ctx, func() answer {
		id, ok := f.w.book.open[customer]
		return answer{state: f.w.book.state(id), ok: ok}
	})
	return a.state, a.ok, err
}

// View is the whole floor. Subscribe first, then View, then skip commits up to View.Cursor.Seq: nothing is missed.
func (f *Floor) View(ctx context.Context) (*View, error) {
	a, err := f.ask1(ctx, func() answer {
		v := f.w.book.view()
		v.Time = f.Now()
		v.Term = f.term.Load()
		v.Cursor = event.Cursor{Stream: f.w.stream, Seq: f.w.lastSeq, Hash: f.w.lastHash}
		return answer{view: v}
	})
	return a.view, err
}

// MostUrgent is the waiting conversation that an agent should take next.
func (f *Floor) MostUrgent(ctx context.Context, agent string) (conv string, ok bool, err error) {
	a, err := f.ask1(ctx, func() answer {
		conv, ok := f.w.book.board.MostUrgent(agent)
		return answer{conv: conv, ok: ok}
	})
	return a.conv, a.ok, err
}

// Now is floor time, Unix ms.
func (f *Floor) Now() int64 { return f.time.Load().now() }

// Term is the term under which this node owns the shop.
func (f *Floor) Term() uint64 { return f.term.Load() }

func refuse(code conversation.Code, text string) *conversation.Refusal {
	return &conversation.Refusal{Code: code, Text: text}
}
