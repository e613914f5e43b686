package floor

import (
	"slices"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// durable takes in that the oldest pending batch is on disk: publishes it, answers for it, lets go of what is no longer
// needed.
func (f *Floor) durable(out outcome) {
	w := &f.w
	b := w.pending[0]
	w.pending = slices.Delete(w.pending, 0, 1)
	w.lastSeq, w.lastHash, w.lastTime = b.seq, out.hash, b.time
	f.stats.records.Add(1)
	f.stats.events.Add(uint64(len(b.events)))
	f.stats.appendNS.Add(uint64(out.took))
	f.publish(b, out)
	f.letGo(b) // before the answers: who has one finds the figures and the bounds of memory as they are after it
	for _, x := range b.waiters {
		a := x.ans
		if a.res.Seq == b.seq {
			a.res.Hash, a.res.Time = out.hash, b.time
		}
		if a.view != nil {
			a.view.Cursor.Seq, a.view.Cursor.Hash = b.seq, out.hash
		}
		x.req.reply <- a
	}
}

func (f *Floor) publish(b *batch, out outcome) {
	c := &Commit{Committed: event.Committed{Seq: b.seq, Hash: out.hash, Record: event.Record{
		ID: b.id, Term: b.term, Time: b.time, Prev: f.w.prevHash, Events: b.events,
	}}}
	f.w.prevHash = out.hash
	c.States = make([]*conversation.State, 0, len(b.post))
	for _, s := range b.post {
		if s != nil {
			c.States = append(c.States, s)
		}
	}
	f.stats.dropped.Add(uint64(f.hub.publish(c, out.size)))
}

// letGo drops closed conversations and old client IDs that the fold has.
func (f *Floor) letGo(b *batch) {
	w := &f.w
	book := w.book
	if f.p.Fold != nil {
		for id, s := range b.post {
			if s != nil && !s.Open() {
				book.closed = append(book.closed, closedConv{id: id, customer: s.Customer, seq: s.LastSeq})
			}
		}
		folded := f.p.Fold.Checkpoint()
		book.prune(f.p.ClosedKeep, folded)
		book.once.trim(folded)
	}
	f.mirror()
}

// mirror copies figures to where others may read them.
func (f *Floor) mirror() {
	w := &f.w
	f.stats.lastSeq.Store(w.lastSeq)
	f.stats.onceOut.Store(w.book.once.out)
	f.stats.convOut.Store(w.book.out)
	f.stats.open.Store(int64(len(w.book.open)))
	f.stats.agents.Store(int64(len(w.book.agents)))
	f.stats.once.Store(int64(len(w.book.once.m)))
	f.stats.pending.Store(int64(len(w.pending)))
}

// undoPending takes back everything that isn't durable, newest first, and gives who waited for it, oldest first.
func (f *Floor) undoPending() []waiter {
	w := &f.w
	var waiting []waiter
	for _, b := range slices.Backward(w.pending) {
		w.book.rollback(b.undo)
	}
	for _, b := range w.pending {
		waiting = append(waiting, b.waiters...)
	}
	f.stats.rollbacks.Add(uint64(len(w.pending)))
	w.pending, w.draft = nil, nil
	w.dirty = true
	f.mirror()
	return waiting
}

// rollback takes back what isn't durable. Commands hear the refusal; reads are read anew.
func (f *Floor) rollback(r func() *conversation.Refusal) {
	f.failPending(func(x waiter) answer {
		if x.req.read != nil {
			return x.req.read()
		}
		return answer{err: r()}
	})
}

func (f *Floor) failPending(answerFor func(waiter) answer) {
	for _, x := range f.undoPending() {
		x.req.reply <- answerFor(x)
	}
}

// isolate takes back what isn't durable since one of the commands in it cannot be stored, and decides all of them
// again, each in a record of its own. A command that fails alone is refused.
func (f *Floor) isolate(err error) {
	w := &f.w
	first := w.pending[0]
	alone := first.cmds == 1
	waiting := f.undoPending()
	f.p.Logger.Error("a record cannot be encoded", "shop", f.p.Shop, "commands", first.cmds, "events", len(first.events), "err", err)
	if alone && len(first.waiters) > 0 && first.waiters[0].ans.res.Seq == first.seq && first.waiters[0].ans.err == nil {
		waiting[0].req.reply <- answer{err: refuse(conversation.Invalid, "the command cannot be stored")}
		waiting = waiting[1:]
	} else if alone {
		// The floor's own wish: deadlines and routing are asked again later, commands go on.
		w.routeAt = f.Now() + stuckWait
	}
	again := make([]*request, 0, len(waiting)+len(w.again))
	for _, x := range waiting {
		again = append(again, x.req)
	}
	w.again = append(again, w.again...)
	w.solo = len(w.again) + first.cmds
}
