package floor

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// mode says how the floor stands to its log.
type mode int64

const (
	modeServing mode = iota
	modeFull         // the last append found no room: commands are refused until the next probe
	modeDown         // the log is dead, or the floor could not be refolded yet: recovery is tried again and again
)

// The paces at which trouble is looked at again, in ms.
const (
	fullPause = 500
	downPause = 250
	downMax   = 5000
	diskEvery = 250
	stuckWait = 1000 // a deadline or a routing wish that led to nothing
)

// writer is what only the deciding goroutine touches.
type writer struct {
	book     *book
	ids      *idMaker
	stream   string
	lastSeq  uint64 // durable
	lastHash string
	lastTime int64
	prevHash string   // of the record before the one to be published next
	claim    event.ID // the last floor.owned that this floor tried to append
	takeover int64    // floor time at which this node became the owner

	pending  []*batch // decided; the first may be under way, only the last may take more
	draft    *batch   // not yet in pending: nothing in it
	inflight bool
	again    []*request // decided before, to be decided anew
	solo     int        // so many commands get a record of their own
	stop     bool       // nothing new is decided

	dirty   bool // something changed since routing and deadlines were last looked at
	wake    int64
	mode    mode
	noRoom  bool  // modeDown since there is no room for floor.owned
	reopen  bool  // modeDown since the log is dead
	pauseTo int64 // in modeFull and modeDown: the next try
	pause   int64
	diskAt  int64 // when free space was last asked
	diskLow bool
	routeAt int64 // routing is asked again no sooner (it wished for what is refused)
	lost    map[string]int64
}

// refusalAtEnd is what commands hear that the floor can no longer answer.
func refusalAtEnd(err error) (conversation.Code, string) {
	if errors.Is(err, context.Canceled) {
		return conversation.ShuttingDown, "the server is going down: send the same command again when it is back"
	}
	return conversation.Retry, "the floor has moved: send the same command again"
}

// Run decides and appends until ctx ends (nil) or the floor cannot go on: ErrSteppedDown, event.ErrUnreadable, or a
// closed log. It answers everything before it returns. Run it once.
func (f *Floor) Run(ctx context.Context) error {
	actx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	jobs, results := make(chan job, 1), make(chan outcome, 1)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		f.appendAll(actx, jobs, results)
	}()
	err := f.serve(ctx, jobs, results)
	cancel()
	close(jobs)
	<-stopped
	f.finish(err)
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}

func (f *Floor) serve(ctx context.Context, jobs chan<- job, results <-chan outcome) error {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var armed int64
	w := &f.w
	w.dirty = true
	for {
		f.tick()
		f.send(jobs)
		if w.wake != armed || w.wake <= f.Now() {
			armed = w.wake
			timer.Reset(time.Duration(max(1, w.wake-f.Now())) * time.Millisecond)
		}
		for len(w.again) > 0 && f.canTake() {
			req := w.again[0]
			w.again = w.again[1:]
			f.handle(req)
			f.send(jobs)
		}
		queue := f.queue
		if !f.canTake() {
			queue = nil
		}
		select {
		case req := <-queue:
			f.handle(req)
			f.takeWaiting(256)
		case out := <-results:
			answered := 0
			if len(w.pending) > 0 {
				answered = len(w.pending[0].waiters)
			}
			if err := f.settle(ctx, out); err != nil {
				return err
			}
			if answered > 1 {
				f.linger()
			}
		case <-f.wakeup:
			w.dirty = true
		case <-timer.C:
			armed = -1
			if err := f.recover(ctx); err != nil {
				return err
			}
		case <-ctx.Done():
			f.drain(jobs, results)
			return ctx.Err()
		}
	}
}

// takeWaiting handles what stands in the queue, up to limit requests, and says how many there were.
func (f *Floor) takeWaiting(limit int) (n int) {
	for n < limit && f.canTake() {
		select {
		case req := <-f.queue:
			f.handle(req)
			n++
			continue
		default:
		}
		break
	}
	return n
}

// linger lets those who have just been answered speak again before the next record leaves. Otherwise clients fall into
// two halves, each of which waits for the other's record. It ends as soon as nobody runs who has something to say.
func (f *Floor) linger() {
	for total, quiet := 0, 0; quiet < 3 && total < maxCommands; quiet++ {
		runtime.Gosched()
		if n := f.takeWaiting(maxCommands); n > 0 {
			total, quiet = total+n, -1
		}
	}
}

// drain lets records that were decided reach the disk before the floor ends.
func (f *Floor) drain(jobs chan<- job, results <-chan outcome) {
	w := &f.w
	w.stop = true
	limit := time.NewTimer(f.p.DrainTimeout)
	defer limit.Stop()
	for f.send(jobs); w.inflight; f.send(jobs) {
		select {
		case out := <-results:
			if out.err != nil {
				return
			}
			w.inflight = false
			f.durable(out)
		case <-limit.C:
			return
		}
	}
}

// finish answers whoever still waits.
func (f *Floor) finish(err error) {
	code, text := refusalAtEnd(err)
	f.end.Store(refuse(code, text))
	close(f.ended)
	f.failPending(func(waiter) answer { return answer{err: refuse(code, text)} })
	for _, req := range f.w.again {
		req.reply <- f.endAnswer(req)
	}
	for {
		select {
		case req := <-f.queue:
			req.reply <- f.endAnswer(req)
			continue
		default:
		}
		break
	}
	f.hub.end()
}

func (f *Floor) endAnswer(req *request) answer { return answer{err: f.endErr(req)} }

// canTake reports whether another command may be decided now.
func (f *Floor) canTake() bool {
	w := &f.w
	if w.stop {
		return false
	}
	if n := len(w.pending); n > 0 && w.pending[n-1].accepts(f.Now()) {
		return true
	}
	return len(w.pending) < maxPending
}

// gather is the batch that the next command goes into, nil when too much is under way.
func (f *Floor) gather() *batch {
	w := &f.w
	now := f.Now()
	if n := len(w.pending); n > 0 {
		if b := w.pending[n-1]; b.accepts(now) {
			return b
		}
		w.pending[n-1].sealed = true
	}
	if len(w.pending) >= maxPending {
		return nil
	}
	last := w.lastTime
	if n := len(w.pending); n > 0 {
		last = w.pending[n-1].time
	}
	if w.draft == nil {
		w.draft = &batch{}
	}
	b := w.draft
	b.seq = w.lastSeq + uint64(len(w.pending)) + 1
	b.time = max(now, last)
	b.term = f.term.Load()
	return b
}

// keep puts a draft that has got its first events behind the pending ones.
func (f *Floor) keep(b *batch) {
	w := &f.w
	if b != w.draft {
		return
	}
	b.id = w.ids.next(b.time)
	w.draft = nil
	w.pending = append(w.pending, b)
	f.stats.pending.Store(int64(len(w.pending)))
}

// send hands the oldest pending batch to the appender when that is free.
func (f *Floor) send(jobs chan<- job) {
	w := &f.w
	if w.inflight || len(w.pending) == 0 {
		return
	}
	b := w.pending[0]
	b.sealed = true
	w.inflight = true
	jobs <- job{
		expected: w.lastSeq,
		rec:      event.Record{ID: b.id, Term: b.term, Time: b.time, Prev: w.lastHash, Events: b.events},
	}
}

// reply answers when everything decided so far is durable: at once, or with the newest pending batch.
func (f *Floor) reply(req *request, a answer) {
	w := &f.w
	if n := len(w.pending); n > 0 {
		b := w.pending[n-1]
		b.waiters = append(b.waiters, waiter{req, a})
		return
	}
	req.reply <- a
}

// settle takes in what became of the append under way.
func (f *Floor) settle(ctx context.Context, out outcome) error {
	w := &f.w
	w.inflight = false
	switch {
	case out.err == nil:
		f.durable(out)
		if w.mode != modeServing {
			f.p.Logger.Info("the log takes records again", "shop", f.p.Shop)
			f.setMode(modeServing, 0)
		}
		return nil
	case errors.Is(out.err, errNoRoom):
		f.p.Logger.Warn("no room for a record: commands are refused, reads go on", "shop", f.p.Shop, "err", out.err)
		f.rollback(errDiskFull)
		f.setMode(modeFull, fullPause)
		return nil
	case errors.Is(out.err, errEncode):
		f.isolate(out.err)
		return nil
	case errors.Is(out.err, errForeign):
		f.rollback(errRetry)
		if out.term > f.term.Load() {
			return fmt.Errorf("met term %d, own term is %d: %w", out.term, f.term.Load(), ErrSteppedDown)
		}
		f.p.Logger.Warn("another record stands where this floor's should: refolding", "shop", f.p.Shop, "seq", w.lastSeq+1)
		return f.restart(ctx, false)
	case errors.Is(out.err, errDead):
		f.p.Logger.Error("the log is dead: reopening it", "shop", f.p.Shop, "err", out.err)
		f.rollback(errRetry)
		return f.restart(ctx, true)
	default:
		f.rollback(errRetry)
		return out.err
	}
}

func (f *Floor) setMode(m mode, pause int64) {
	w := &f.w
	w.mode, w.pause, w.pauseTo = m, pause, f.Now()+pause
	w.dirty = true
	if m == modeDown && w.noRoom {
		m = modeFull // as it looks from outside
	}
	f.stats.mode.Store(int64(m))
}

// recover tries to bring a log that is down back.
func (f *Floor) recover(ctx context.Context) error {
	w := &f.w
	w.dirty = true
	if w.mode != modeDown || f.Now() < w.pauseTo {
		return nil
	}
	return f.restart(ctx, w.reopen)
}
