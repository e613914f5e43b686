package llm

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

const (
	maxAttempts  = 4 // of one answer, hedges included
	retryFirst   = 60 * time.Millisecond
	enoughToTry  = 150 * time.Millisecond // less time is left: no use to begin again
	maxAttemptBy = 2                      // of one answer at the same provider
)

// job is one text that is wanted of any provider.
type job struct {
	task   Task
	msgs   []Message
	schema *Schema
	// judge says whether a whole text is of use; nil takes all. Attempts call it side by side.
	judge func(string) error
	// amend makes the messages of a second try from a text that judge refused; nil asks another provider the same.
	amend func(text string, err error) []Message
	// on gets pieces of the text that will be used. It reports whether anything was shown to a person: from then on no other
	// provider can take over. Nil shows nothing.
	on func(piece string) (shown bool)
	// again is called before another provider starts from the beginning.
	again func()
	trace tracer
}

// attempt is one call of a job.
type attempt struct {
	by     *provider
	cancel context.CancelCauseFunc
	over   bool // nothing more is heard of it
}

// news is what an attempt tells its job.
type news struct {
	from  *attempt
	piece string // "" when over
	reply reply
	err   error
}

// run gets one text from whichever provider gives it. Its error is why none did; the text is "" then, except for what on has
// shown. It returns within the task's total time, whatever providers do.
func (p *Pool) run(parent context.Context, j job) (string, error) {
	if !p.enter() {
		return "", ErrClosed
	}
	defer p.running.Done()
	lim := p.limits(j.task)
	begun := time.Now()
	ctx, cancel := context.WithDeadlineCause(parent, begun.Add(lim.total), context.DeadlineExceeded)
	defer cancel()
	stop := context.AfterFunc(p.base, cancel)
	defer stop()
	p.earnHedge()
	r := &race{p: p, j: j, ctx: ctx, lim: lim, begun: begun, tried: map[*provider]bool{}, times: map[*provider]int{},
		news: make(chan news), left: make(chan struct{})}
	defer close(r.left)
	text, err := r.run()
	if err != nil && parent.Err() != nil {
		err = context.Cause(parent)
	}
	return text, err
}

// race is a job at work: one attempt, or two beside each other until the first token of either. One goroutine owns it.
type race struct {
	p     *Pool
	j     job
	ctx   context.Context
	lim   limits
	begun time.Time
	news  chan news
	left  chan struct{} // closed when nobody listens any more

	tried    map[*provider]bool
	times    map[*provider]int
	running  []*attempt
	attempts int
	winner   *attempt
	shown    bool
	mended   bool
	spoken   bool // a token came, ever
	last     error
}

func (r *race) run() (string, error) {
	now := time.Now()
	patience := r.p.patience(r.j.task, now)
	silent := time.NewTimer(patience)
	defer silent.Stop()
	hedge := time.NewTimer(time.Hour)
	defer hedge.Stop()
	wait := time.NewTimer(time.Hour)
	defer wait.Stop()
	defer func() { r.stopAll(ErrLostHedge) }()
	r.last = ErrNone
	first, err := r.start(false)
	if err != nil {
		return "", err
	}
	hedge.Reset(first.hedgeAfter(r.j.task, patience))
	for {
		select {
		case <-r.ctx.Done():
			err := context.Cause(r.ctx)
			switch {
			case errors.Is(err, context.DeadlineExceeded):
				err = ErrLate
			case r.p.base.Err() != nil:
				err = ErrClosed
			}
			r.stopAll(err)
			return "", err
		case <-silent.C:
			if r.spoken {
				continue
			}
			r.stopAll(ErrSlow)
			return "", ErrSlow
		case <-hedge.C:
			// Only where another provider is free: asking the same one twice makes it slower.
			if len(r.running) == 1 && r.winner == nil && r.attempts < maxAttempts && r.otherFree() && r.p.spendHedge() {
				_, _ = r.start(true) // a hedge that can't start changes nothing: the first attempt goes on
			}
		case <-wait.C:
			if len(r.running) > 0 {
				continue
			}
			if _, err := r.start(false); err != nil {
				return "", r.last
			}
		case n := <-r.news:
			text, done, again, err := r.hear(n)
			if done {
				return text, err
			}
			if again >= 0 && len(r.running) == 0 {
				wait.Reset(again)
			}
		}
	}
}

// hear takes one piece of news. Done ends the job; again is when to start anew, below zero not at all.
func (r *race) hear(n news) (text string, done bool, again time.Duration, err error) {
	a := n.from
	if a.over || n.piece != "" && r.winner != nil && r.winner != a {
		return "", false, -1, nil
	}
	if n.piece != "" {
		if r.winner == nil {
			r.winner, r.spoken = a, true
			for _, o := range r.running {
				if o != a {
					o.over = true
					o.cancel(ErrLostHedge)
				}
			}
			r.running = append(r.running[:0], a)
		}
		if r.j.on != nil && r.j.on(n.piece) {
			r.shown = true
		}
		return "", false, -1, nil
	}
	a.over = true
	r.remove(a)
	if n.err == nil && (r.winner == nil || r.winner == a) {
		return n.reply.text, true, -1, nil
	}
	if n.err == nil || errors.Is(n.err, ErrLostHedge) {
		return "", false, -1, nil
	}
	r.last = n.err
	if r.winner == a {
		r.winner = nil
	}
	if r.winner != nil || len(r.running) > 0 {
		return "", false, -1, nil // the other one is still at it
	}
	if r.shown {
		return "", true, -1, n.err
	}
	again, ok := r.next(a, asCall(n.err), n.reply.text)
	if !ok {
		return "", true, -1, n.err
	}
	return "", false, again, nil
}

// next says when another attempt may start after a failure.
func (r *race) next(a *attempt, ce *callError, text string) (time.Duration, bool) {
	deadline, _ := r.ctx.Deadline()
	left := time.Until(deadline)
	if !r.spoken {
		left = min(left, time.Until(r.begun.Add(r.p.patience(r.j.task, time.Now()))))
	}
	if r.attempts >= maxAttempts || left < enoughToTry || ce.fault == faultNone {
		return 0, false
	}
	if ce.fault == faultText && r.j.amend != nil {
		if r.mended || text == "" {
			return 0, false
		}
		// One repair, wherever: the mistake is in the messages.
		r.mended = true
		r.j.msgs = r.j.amend(text, ce.err)
		delete(r.tried, a.by)
	} else if !r.otherFree() {
		if !ce.again || r.times[a.by] >= maxAttemptBy {
			return 0, false
		}
		// The same provider again, a little later and never in step with others.
		d := retryFirst<<(r.attempts-1)/2 + rand.N(retryFirst<<(r.attempts-1))
		d = max(d, ce.wait+rand.N(retryFirst))
		if d > left-enoughToTry {
			return 0, false
		}
		delete(r.tried, a.by)
		if r.j.again != nil {
			r.j.again()
		}
		return d, true
	}
	if r.j.again != nil {
		r.j.again()
	}
	return 0, true
}

// otherFree says whether a provider that was not asked yet is free.
func (r *race) otherFree() bool {
	now, trial := time.Now(), !r.p.probing.Load()
	for _, c := range r.p.providers {
		if !r.tried[c] && c.free(now, trial) {
			return true
		}
	}
	return false
}

// start asks the next provider.
func (r *race) start(hedge bool) (*provider, error) {
	for {
		c := r.p.pick(time.Now(), r.tried)
		if c == nil {
			return nil, r.last
		}
		r.tried[c] = true
		ask := ask{task: r.j.task, msgs: r.j.msgs, maxTokens: r.lim.maxTokens, maxRunes: r.lim.maxRunes, schema: r.j.schema, first: r.lim.first}
		in := estimateAll(ask.msgs)
		held, cost := in+ask.maxTokens, c.cfg.cost(in, ask.maxTokens)
		if err := r.p.budget.reserve(r.p.shop, held, cost, time.Now()); err != nil {
			r.last = err
			continue // another one may be cheaper
		}
		done, err := c.begin()
		if err != nil {
			r.p.budget.settle(r.p.shop, held, cost, 0, 0, time.Now())
			continue
		}
		if !r.p.enter() {
			done(ask, reply{}, 0, &callError{err: ErrClosed, fault: faultNone})
			r.p.budget.settle(r.p.shop, held, cost, 0, 0, time.Now())
			return nil, ErrClosed
		}
		ctx, cancel := context.WithCancelCause(r.ctx)
		r.attempts++
		r.times[c]++
		a := &attempt{by: c, cancel: cancel}
		r.running = append(r.running, a)
		t := r.j.trace.begin(c, r.j.task, hedge, time.Since(r.begun))
		go func() {
			defer r.p.running.Done()
			defer cancel(nil)
			begun := time.Now()
			rep, err := c.stream(ctx, ask, func(piece string) { r.tell(news{from: a, piece: piece}) })
			if err == nil && r.j.judge != nil {
				if bad := r.j.judge(rep.text); bad != nil {
					err = &callError{err: bad, fault: faultQuality}
					if errors.Is(bad, ErrSchema) {
						err = &callError{err: bad, fault: faultText}
					}
				}
			}
			took := time.Since(begun)
			rep.in = paidIn(rep, err)
			done(ask, rep, took, err)
			spent := c.cfg.cost(rep.in, rep.out)
			r.p.budget.settle(r.p.shop, held, cost, rep.in+rep.out, spent, time.Now())
			r.j.trace.end(t, rep, took, spent, err)
			r.p.counts.call(c.cfg.Name, r.j.task, rep, err)
			r.tell(news{from: a, reply: rep, err: err})
		}()
		return c, nil
	}
}

// tell hands news to the job, unless it has ended.
func (r *race) tell(n news) {
	select {
	case r.news <- n:
	case <-r.left:
	}
}

func (r *race) remove(a *attempt) {
	for i, o := range r.running {
		if o == a {
			r.running = append(r.running[:i], r.running[i+1:]...)
			return
		}
	}
}

// stopAll cancels what still runs.
func (r *race) stopAll(why error) {
	for _, a := range r.running {
		a.cancel(why)
	}
}
