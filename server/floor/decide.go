package floor

import (
	"fmt"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// handle decides one request, or runs one read.
func (f *Floor) handle(req *request) {
	w := &f.w
	if req.read != nil {
		f.reply(req, req.read())
		return
	}
	if d, ok := f.recall(req); ok {
		f.answerRetry(req, d)
		return
	}
	if b := w.book; req.hasKey && b.once.out > 0 && (req.asked&needOnce == 0 || req.foldAt < b.once.out) {
		req.reply <- answer{need: needOnce}
		return
	}
	if r := f.closedToWrites(); r != nil {
		f.refused(req, r)
		return
	}
	c := *req.cmd // Conv may change below; a retry after a rollback starts from the original
	s, opening, need, r := f.target(req, &c)
	switch {
	case need != 0:
		req.reply <- answer{need: need}
		return
	case r != nil:
		f.refused(req, r)
		return
	}
	if opening != nil {
		c.Conv = ""
	}
	c.Opening = opening
	f.decide(req, &c, s)
}

// recall finds the command that a client ID belongs to.
func (f *Floor) recall(req *request) (done, bool) {
	if !req.hasKey {
		return done{}, false
	}
	if d, ok := f.w.book.once.get(req.key); ok {
		return d, true
	}
	if p := req.past; p != nil {
		s, err := parseSum(p.Sum)
		if err != nil {
			// Stored without a hash that we know: content cannot be compared; the ID decides.
			s = req.sum
		}
		return done{sum: s, event: packID(p.Event), message: packID(p.Message), conv: p.Conv, epoch: p.Epoch, seq: p.Seq}, true
	}
	return done{}, false
}

func (f *Floor) answerRetry(req *request, d done) {
	if d.sum != req.sum {
		f.refused(req, refuse(conversation.IDReused, "this client ID was used for a command with other content"))
		return
	}
	f.stats.duplicates.Add(1)
	f.reply(req, answer{res: Result{
		Conv: d.conv, Event: d.event.String(), Message: d.message.String(), Epoch: d.epoch, Seq: d.seq, Duplicate: true,
	}})
}

func (f *Floor) refused(req *request, r *conversation.Refusal) {
	f.stats.refused.Add(1)
	f.reply(req, answer{err: r})
}

// closedToWrites is why nothing can be stored now, nil when it can.
func (f *Floor) closedToWrites() *conversation.Refusal {
	w := &f.w
	now := f.Now()
	switch {
	case w.mode == modeFull && now < w.pauseTo, w.mode == modeDown && w.noRoom:
		return errDiskFull()
	case w.mode == modeDown:
		return errRetry()
	}
	if f.p.FreeSpace == nil {
		return nil
	}
	if w.diskAt == 0 || now-w.diskAt >= diskEvery {
		w.diskAt = max(now, 1)
		free, err := f.p.FreeSpace()
		low := err == nil && free < f.p.MinFree
		if err != nil {
			f.p.Logger.Warn("cannot ask for free space", "err", err)
		}
		if low != w.diskLow {
			f.p.Logger.Warn("free space crossed the watermark", "low", low, "free", free, "watermark", f.p.MinFree)
		}
		w.diskLow = low
	}
	if w.diskLow {
		return errDiskFull()
	}
	return nil
}

func errDiskFull() *conversation.Refusal {
	return refuse(conversation.DiskFull, "the disk is full: nothing was stored, reading goes on")
}

func errRetry() *conversation.Refusal {
	return refuse(conversation.Retry, "the floor starts over: send the same command again")
}

// target finds the state that a command is decided on. opening is set when a new conversation begins.
func (f *Floor) target(req *request, c *conversation.Command) (s *conversation.State, opening *conversation.Opening, need needs, r *conversation.Refusal) {
	b := f.w.book
	if shopLevel(c.Kind) {
		return &conversation.State{}, nil, 0, nil
	}
	customer := ""
	if c.Actor.Kind == event.Customer {
		customer = c.Actor.ID
	}
	if s := b.state(c.Conv); s != nil && customer != "" && s.Customer != customer {
		return nil, nil, 0, refuse(conversation.Forbidden, "this is another customer's conversation")
	}
	if openerOf(c) != "" {
		if id, ok := b.open[customer]; ok {
			c.Conv = id
			return b.state(id), nil, 0, nil
		}
		// A customer who writes into a closed conversation begins a new one, linked to the old.
		prev, ok := b.last[customer]
		if !ok && b.out > 0 {
			if req.asked&needPrev == 0 || req.foldAt < b.out {
				return nil, nil, needPrev, nil
			}
			prev = req.prev
		}
		o := openingFor(c, prev, b.state(prev))
		if o == nil {
			return nil, nil, 0, refuse(conversation.Invalid, "a first message needs to say how the conversation opens")
		}
		return &conversation.State{}, o, 0, nil
	}
	if c.Conv == "" {
		return nil, nil, 0, refuse(conversation.Invalid, "the command names no conversation")
	}
	s = b.state(c.Conv)
	if s == nil && b.out > 0 {
		if req.asked&needConv == 0 || req.foldAt < b.out {
			return nil, nil, needConv, nil
		}
		s = req.conv
	}
	if s == nil {
		return nil, nil, 0, refuse(conversation.UnknownConv, "no such conversation")
	}
	if customer != "" && s.Customer != customer {
		return nil, nil, 0, refuse(conversation.Forbidden, "this is another customer's conversation")
	}
	return s, nil, 0, nil
}

// openingFor completes how a conversation opens: linked to the one before, whose particulars serve where the door gave
// none.
func openingFor(c *conversation.Command, prev string, old *conversation.State) *conversation.Opening {
	var o conversation.Opening
	switch {
	case c.Opening != nil:
		o = *c.Opening
	case old != nil:
		o.Body = event.OpenedBody{Channel: old.Channel, Group: old.Group, Tier: old.Tier, Basket: old.Basket, Spent: old.Spent, Anon: old.Anon}
		o.Private = event.OpenedPrivate{Name: old.Name, Nick: old.Nick}
	default:
		return nil
	}
	o.Body.Prev = prev
	return &o
}

// decide asks the pure middle, and applies what it says. req is nil for the floor's own commands.
// It reports whether anything happened, and whether there was room to ask.
func (f *Floor) decide(req *request, c *conversation.Command, s *conversation.State) (happened, room bool) {
	w := &f.w
	opens := c.Opening != nil && s.ID == ""
	for range 2 {
		b := f.gather()
		if b == nil {
			if req != nil {
				w.again = append(w.again, req)
			}
			return false, false
		}
		if opens && openerOf(c) != "" {
			c.Customer, c.Conv = openerOf(c), w.ids.next(b.time)
		}
		env := conversation.Env{
			Now: b.time, NewID: func() event.ID { return w.ids.next(b.time) }, Policy: f.p.Policy, Agent: w.book.agent,
		}
		events, r := conversation.Decide(s, c, &env)
		if r != nil {
			if req != nil {
				f.refused(req, r)
			}
			return false, true
		}
		if len(events) == 0 {
			if req != nil {
				f.reply(req, answer{res: Result{Conv: s.ID, Epoch: s.Epoch}})
			}
			return false, true
		}
		size := sizeOf(events)
		if size > maxBytes {
			if req != nil {
				f.refused(req, refuse(conversation.TooLarge, fmt.Sprintf("the command takes %d bytes stored, a record holds %d", size, maxBytes)))
			}
			return false, true
		}
		if b.size+size > maxBytes {
			b.sealed = true // leaves as it is; this command opens the next record
			continue
		}
		return f.apply(b, req, s, events, size), true
	}
	return false, false
}

// apply folds what was decided and puts it into the batch.
func (f *Floor) apply(b *batch, req *request, s *conversation.State, events []event.Event, size int) bool {
	w := &f.w
	own := stamp(req, events)
	mark := len(b.undo)
	if b.post == nil {
		b.post = make(map[string]*conversation.State, 8)
	}
	w.book.journal, w.book.post = &b.undo, b.post
	after, err := w.book.foldAll(s, events, len(b.events), b.seq, b.time)
	if err == nil && req != nil && req.hasKey {
		err = w.book.keepDone(events, own, after.Epoch, b.seq)
	}
	w.book.journal, w.book.post = nil, nil
	if err != nil {
		f.p.Logger.Error("decided what cannot be folded", "events", len(events), "type", events[0].Type, "err", err)
		undone := b.undo[mark:]
		w.book.rollback(undone)
		for _, u := range undone {
			if u.kind == undoConv {
				if u.state == nil {
					delete(b.post, u.id)
				} else {
					b.post[u.id] = w.book.state(u.id)
				}
			}
		}
		b.undo = b.undo[:mark]
		if req != nil {
			f.refused(req, refuse(conversation.Invalid, "the command cannot be applied"))
		}
		return false
	}
	if w.solo > 0 {
		w.solo--
		b.solo = true
	}
	b.events = append(b.events, events...)
	b.size += size
	b.cmds++
	f.keep(b)
	w.dirty = true
	if after.Open() {
		f.openHint.Store(after.Customer, after.ID)
	} else if after.ID != "" {
		f.openHint.Delete(after.Customer)
	}
	if req == nil {
		f.stats.internal.Add(1)
		return true
	}
	f.stats.commands.Add(1)
	res := Result{Conv: after.ID, Event: events[own].ID, Epoch: after.Epoch, Seq: b.seq}
	if m := messageOf(events, own); m >= 0 {
		res.Message = events[m].ID
	}
	b.waiters = append(b.waiters, waiter{req, answer{res: res}})
	return true
}

// stamp puts the client ID on the first event of the command's actor, and gives its index.
func stamp(req *request, events []event.Event) int {
	if req == nil {
		return 0
	}
	own := 0
	for i := range events {
		events[i].ClientID, events[i].ClientSum = "", ""
	}
	for i := range events {
		if events[i].Actor == req.cmd.Actor {
			own = i
			break
		}
	}
	if req.hasKey {
		events[own].ClientID, events[own].ClientSum, events[own].Actor = req.cmd.ClientID, req.sumHex, req.cmd.Actor
	}
	return own
}

// foldAll folds events that follow from one decision on s, placed from index idx of record seq, and gives the state
// after them. s stays as it is.
func (b *book) foldAll(s *conversation.State, events []event.Event, idx int, seq uint64, at int64) (*conversation.State, error) {
	after := s.Clone()
	conv := false
	for i := range events {
		e := &events[i]
		if e.Conv == "" {
			if err := b.foldShop(e); err != nil {
				return nil, err
			}
			continue
		}
		conv = true
		p := event.Placed{Seq: seq, Idx: idx + i, Time: at, Event: *e}
		if err := conversation.Fold(after, &p); err != nil {
			return nil, err
		}
	}
	if conv {
		if after.ID == "" {
			return nil, fmt.Errorf("%s folds into a conversation without an ID", events[0].Type)
		}
		if s.ID == "" {
			b.setLast(after.Customer, after.ID)
		}
		b.setConv(after.ID, after)
	}
	return after, nil
}
