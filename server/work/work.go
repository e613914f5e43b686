// Package work runs the thinking for a shop's floor: it watches what was committed, understands each customer message,
// lets the bot answer under the seat's epoch, and prepares suggestions and summaries where a person answers.
//
// Everything it does goes through the floor as commands with client IDs derived from the message they answer. So a worker
// that dies and starts again, or two that work at once, repeat themselves harmlessly, and the bot can't talk over a
// person: a reply that was written under an old epoch is refused.
package work

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"agentdesk/copilot"
	"agentdesk/server/bot"
	"agentdesk/server/floor"
	"agentdesk/server/folds/live"
	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/mask"
	"agentdesk/sync/wire"
)

// Floor is what workers need of the floor.
type Floor interface {
	Do(ctx context.Context, c conversation.Command) (floor.Result, error)
	State(ctx context.Context, conv string) (*conversation.State, bool, error)
	OpenConversation(ctx context.Context, customer string) (*conversation.State, bool, error)
	Subscribe(maxRecords, maxBytes int) *floor.Subscription
}

// Audience is who hears of work under way. It must not block.
type Audience interface {
	Typing(conv string, actor event.Actor, on bool)
	Words(conv string, actor event.Actor, add string)
	Live(conv string, l wire.Live)
}

// Params is what Workers need.
type Params struct {
	Floor      Floor
	History    live.Source // where the open conversations come from at the start, and after falling behind
	Understand understand.Understander
	Bot        *bot.Engine
	Copilot    *copilot.Copilot
	Shop       shop.Shop
	Store      Store // optional: without one nobody hears of what customers do in the shop, and the bot shows no cards
	Audience   Audience
	Proactive  *Proactive    // optional: without it the shop speaks of nothing unasked
	Traces     Traces        // optional: without one nobody hears how an answer came about
	BotOff     bool          // understand, but don't answer: for measuring, and for shops that start without a bot
	Limit      int           // conversations worked on at once; 0 means 64
	Deadline   time.Duration // of one piece of work; 0 means 15 s
	Logger     *slog.Logger
}

// Workers is the bot and the copilot of one shop.
type Workers struct {
	p     Params
	live  *live.Store
	slots chan struct{}
	quiet chan struct{} // silences that are watched
	mask  *mask.Masker
	acts  *acts
	looks *looks

	mu     sync.Mutex
	jobs   map[string]*job        // by conversation: the newest, which supersedes the ones before
	panels map[string]*wire.Panel // by conversation that a person holds or waits for: what was sent last
	fresh  map[string]bool        // conversations whose panel is about to be sent again
	unsaid map[string]int         // by open conversation: messages that the customer took back
	wg     sync.WaitGroup
}

type job struct {
	msg    event.ID
	cancel context.CancelFunc
	done   chan struct{}
}

// New makes Workers; Run them.
func New(p Params) *Workers {
	if p.Limit == 0 {
		p.Limit = 64
	}
	if p.Deadline == 0 {
		p.Deadline = 15 * time.Second
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	return &Workers{p: p, live: live.New(live.Params{}), slots: make(chan struct{}, p.Limit), quiet: make(chan struct{}, maxNudges), jobs: map[string]*job{}, mask: mask.New(),
		acts: newActs(), looks: newLooks(), panels: map[string]*wire.Panel{}, fresh: map[string]bool{}, unsaid: map[string]int{}}
}

// Run works until ctx ends or the floor does. It waits for its work.
func (w *Workers) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer w.wg.Wait()
	defer cancel()
	if w.p.Store != nil {
		defer w.p.Store.Watch(w.acts.note)()
		w.wg.Go(func() { w.tell(ctx) })
	}
	if w.proactive() {
		w.wg.Go(func() { w.lookAround(ctx) })
	}
	for {
		err := w.follow(ctx)
		switch {
		case ctx.Err() != nil, errors.Is(err, floor.ErrEnded):
			return nil
		case errors.Is(err, floor.ErrLagged), errors.Is(err, live.ErrGap):
			w.p.Logger.Warn("workers fell behind and load again", "err", err)
		default:
			return fmt.Errorf("workers: %w", err)
		}
	}
}

// follow loads what is open, takes up what was left unanswered, and then works on each commit.
func (w *Workers) follow(ctx context.Context) error {
	sub := w.p.Floor.Subscribe(0, 0)
	defer sub.Close()
	cur, err := w.live.Load(ctx, w.p.History)
	if err != nil {
		return fmt.Errorf("load open conversations: %w", err)
	}
	if cur.Seq < sub.After() {
		// The fold is on its way to the place where the subscription begins.
		if err := w.loadAt(ctx, sub.After()); err != nil {
			return err
		}
	}
	var silent []string
	w.live.Each(func(s *conversation.State) bool {
		w.soon(s.ID)
		switch {
		case !s.Open():
		case s.UnansweredSince != 0:
			w.start(ctx, s.ID, s.LastCustomerMsg)
		case s.Seat == conversation.SeatBot:
			silent = append(silent, s.ID)
		}
		return true
	})
	for _, conv := range silent {
		if said := w.live.Turns(conv, 1); len(said) == 1 {
			w.listen(ctx, conv, &said[0].Event, said[0].Time)
		}
	}
	for {
		c, err := sub.Next(ctx)
		if err != nil {
			return err
		}
		if err := w.live.Apply(c.Committed); err != nil {
			return err
		}
		for i := range c.Events {
			w.heed(ctx, &c.Events[i])
		}
	}
}

// loadAt loads again until the fold has reached seq.
func (w *Workers) loadAt(ctx context.Context, seq uint64) error {
	for {
		cur, err := w.live.Load(ctx, w.p.History)
		if err != nil {
			return fmt.Errorf("load open conversations: %w", err)
		}
		if cur.Seq >= seq {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// heed decides whether an event asks for work.
func (w *Workers) heed(ctx context.Context, e *event.Event) {
	switch e.Type {
	case event.Chanced:
		w.counted(e)
	case event.Posted:
		w.soon(e.Conv)
		if e.Actor.Kind == event.Agent {
			w.give(ctx, e)
		}
		if e.Actor.Kind != event.Customer {
			w.listen(ctx, e.Conv, e, time.Now().UnixMilli())
			return
		}
		w.start(ctx, e.Conv, e.ID)
	case event.HandedBack, event.Taken:
		if e.Type == event.HandedBack {
			w.soon(e.Conv)
			w.forget(e.Conv)
		}
		if s, ok := w.live.State(e.Conv); ok && s.LastCustomerMsg != "" {
			w.start(ctx, e.Conv, s.LastCustomerMsg)
		}
	case event.Escalated:
		// An escalation by the worker's own understanding is followed up by the job under way; others aren't.
		if s, ok := w.live.State(e.Conv); ok && s.LastCustomerMsg != "" && e.Actor != worker("understand") {
			w.start(ctx, e.Conv, s.LastCustomerMsg)
		}
	case event.Recalled:
		w.forgetSaid(e)
		w.unsay(ctx, e)
	case event.Acted:
		w.refresh(ctx, e.Conv)
	case event.Closed:
		w.stop(e.Conv)
	}
}

// unsay stops the work on a message that was taken back. What else waits for an answer is taken up without it.
func (w *Workers) unsay(ctx context.Context, e *event.Event) {
	var b event.RecalledBody
	s, ok := w.live.State(e.Conv)
	if !ok || e.Actor.Kind != event.Customer || e.Decode(&b, nil) != nil {
		return
	}
	if s.UnansweredSince != 0 {
		w.start(ctx, e.Conv, s.LastCustomerMsg)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if j := w.jobs[e.Conv]; j != nil && j.msg == b.Message {
		j.cancel()
	}
}

// start begins the work on a conversation's newest message; work on an older one is superseded.
func (w *Workers) start(ctx context.Context, conv string, msg event.ID) {
	ctx, cancel := context.WithTimeout(ctx, w.p.Deadline)
	j := &job{msg: msg, cancel: cancel, done: make(chan struct{})}
	w.mu.Lock()
	before := w.jobs[conv]
	w.jobs[conv] = j
	w.mu.Unlock()
	if before != nil {
		before.cancel()
	}
	w.wg.Go(func() {
		defer close(j.done)
		defer cancel()
		defer func() {
			w.mu.Lock()
			if w.jobs[conv] == j {
				delete(w.jobs, conv)
			}
			w.mu.Unlock()
		}()
		if before != nil {
			<-before.done // one at a time for a conversation
		}
		select {
		case w.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		release := sync.OnceFunc(func() { <-w.slots })
		defer release()
		if err := w.attend(ctx, conv, msg, release); err != nil && ctx.Err() == nil {
			w.p.Logger.Warn("work on a message failed", "conv", conv, "msg", msg, "err", err)
		}
	})
}

func (w *Workers) stop(conv string) {
	w.forget(conv)
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.unsaid, conv)
	if j := w.jobs[conv]; j != nil {
		j.cancel()
	}
}
