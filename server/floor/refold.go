package floor

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// Open refolds the shop (the fold's snapshot, then the log's tail by direct reads), takes ownership by appending
// floor.owned with the next term, and returns a floor that is ready to Run. Errors: event.ErrUnreadable where an event
// needs a newer program, ErrForeignFold, and whatever the log says. Without room for that record the floor opens all the
// same: it answers reads, refuses commands with DiskFull, and becomes the owner when there is room (Term is 0 until then).
func Open(ctx context.Context, p Params) (*Floor, error) {
	if p.Log == nil || p.Keys == nil || p.Policy == nil || p.Node == "" {
		return nil, errors.New("open floor: Log, Keys, Policy and Node are needed")
	}
	if p.Clock == nil {
		p.Clock = systemClock{start: time.Now()}
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	orInt := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	orInt(&p.QueueLimit, 4096)
	orInt(&p.OnceLimit, 1<<18)
	orInt(&p.ClosedKeep, 256)
	if p.AppendTimeout <= 0 {
		p.AppendTimeout = 5 * time.Second
	}
	if p.DrainTimeout <= 0 {
		p.DrainTimeout = 5 * time.Second
	}
	f := &Floor{
		p: p, queue: make(chan *request, p.QueueLimit), ended: make(chan struct{}), wakeup: make(chan struct{}, 1),
		desks: desks{m: map[string]*desk{}}, hub: hub{subs: map[*Subscription]struct{}{}},
		w: writer{ids: newIDMaker(p.Entropy), lost: map[string]int64{}},
	}
	t := newFloorTime(p.Clock, 0)
	f.time.Store(&t)
	term, err := f.load(ctx)
	if err != nil {
		return nil, fmt.Errorf("open floor of %s: %w", p.Shop, err)
	}
	f.hub.skip(f.w.lastSeq)
	switch err := f.own(ctx, term); {
	case errors.Is(err, errNoRoom):
		// Reads go on with a full disk, also after a restart; the owning is tried again while Run runs.
		p.Logger.Error("no room to own the floor: commands are refused, reads go on", "shop", p.Shop, "err", err)
		f.w.noRoom = true
		f.setMode(modeDown, downPause)
	case err != nil:
		return nil, fmt.Errorf("own floor of %s: %w", p.Shop, err)
	}
	return f, nil
}

// restart throws the floor away and begins anew, as on opening; reopen brings the log back first. What may pass by
// itself puts the floor into modeDown, and recover tries again.
func (f *Floor) restart(ctx context.Context, reopen bool) error {
	err := f.again(ctx, reopen)
	switch {
	case err == nil:
		f.stats.refolds.Add(1)
		f.w.noRoom, f.w.reopen = false, false
		f.setMode(modeServing, 0)
		return nil
	case ctx.Err() != nil:
		return nil // Run sees it next
	case errors.Is(err, ErrSteppedDown), errors.Is(err, event.ErrUnreadable), errors.Is(err, eventlog.ErrClosed),
		errors.Is(err, eventlog.ErrCorrupt), errors.Is(err, ErrForeignFold):
		return err
	}
	f.p.Logger.Error("cannot refold yet", "shop", f.p.Shop, "err", err)
	f.w.noRoom = errors.Is(err, errNoRoom)
	f.w.reopen = reopen || errors.Is(err, errDead) || errors.Is(err, eventlog.ErrDead)
	pause := int64(downPause)
	if f.w.mode == modeDown {
		pause = min(2*f.w.pause, downMax)
	}
	f.setMode(modeDown, pause)
	return nil
}

func (f *Floor) again(ctx context.Context, reopen bool) error {
	if r, ok := f.p.Log.(eventlog.Reopener); ok && reopen {
		if err := r.Reopen(ctx); err != nil {
			return fmt.Errorf("reopen log: %w", err)
		}
	}
	term, err := f.load(ctx)
	if err != nil {
		return err
	}
	if own := f.term.Load(); own > 0 && term > own {
		return fmt.Errorf("met term %d, own term is %d: %w", term, own, ErrSteppedDown)
	}
	return f.own(ctx, term)
}

// load reads the floor from the fold's snapshot and the log behind it, and gives the highest term met. The floor stays
// as it was when it fails.
func (f *Floor) load(ctx context.Context) (term uint64, err error) {
	info, err := f.p.Log.Info(ctx)
	if err != nil {
		return 0, fmt.Errorf("ask log: %w", err)
	}
	snap := &Snapshot{}
	if f.p.Fold != nil {
		if snap, err = f.p.Fold.Snapshot(ctx); err != nil {
			return 0, fmt.Errorf("read fold: %w", err)
		}
		if err := f.check(ctx, snap, info); err != nil {
			return 0, err
		}
	}
	b := newBook(f.p.Policy, f.p.OnceLimit)
	b.once.out, b.out = snap.Cursor.Seq, snap.Cursor.Seq
	for _, a := range snap.Agents {
		b.setAgent(a)
	}
	for i := range snap.Convs {
		if s := &snap.Convs[i]; s.Open() {
			b.setConv(s.ID, s)
		}
	}
	at := tail{book: b, seq: snap.Cursor.Seq, hash: snap.Cursor.Hash, time: snap.Time, term: snap.Term}
	if at.seq > 0 && at.seq > f.hub.last() && f.w.book != nil {
		f.hub.skip(at.seq) // subscribers read that part from the log
	}
	if err := f.catchUp(ctx, &at); err != nil {
		return 0, err
	}
	f.stand(info.Stream, &at)
	return at.term, nil
}

// check makes sure that a snapshot is a place in this log.
func (f *Floor) check(ctx context.Context, snap *Snapshot, info eventlog.Info) error {
	c := snap.Cursor
	switch {
	case c.Seq == 0:
		return nil
	case c.Stream != "" && c.Stream != info.Stream:
		return fmt.Errorf("fold of stream %s, log is %s: %w", c.Stream, info.Stream, ErrForeignFold)
	case c.Seq > info.Last:
		return fmt.Errorf("fold is at %d, log ends at %d: %w", c.Seq, info.Last, ErrForeignFold)
	case c.Seq < info.First:
		if c.Seq+1 < info.First {
			return fmt.Errorf("fold is at %d, log begins at %d: %w", c.Seq, info.First, eventlog.ErrBelowFirst)
		}
		return nil // the record itself is archived; the chain of the next one tells
	}
	got, err := f.p.Log.Read(ctx, c.Seq, 1)
	if err != nil {
		return fmt.Errorf("read the fold's last record: %w", err)
	}
	if len(got) == 0 || eventlog.Hash(got[0].Data) != c.Hash {
		return fmt.Errorf("record %d is not the one that was folded: %w", c.Seq, ErrForeignFold)
	}
	var head event.Record
	if err := json.Unmarshal(got[0].Data, &head); err != nil {
		return fmt.Errorf("read the fold's last record: %w", err)
	}
	snap.Term, snap.Time = max(snap.Term, head.Term), max(snap.Time, head.Time)
	return nil
}

// tail is a book with its place in the log.
type tail struct {
	book *book
	seq  uint64
	hash string
	time int64
	term uint64
}

// catchUp folds what stands in the log after t.
func (f *Floor) catchUp(ctx context.Context, t *tail) error {
	for {
		got, err := f.p.Log.Read(ctx, t.seq+1, 256)
		if err != nil {
			return fmt.Errorf("catch up from %d: %w", t.seq+1, err)
		}
		if len(got) == 0 {
			return nil
		}
		for _, r := range got {
			c, err := eventlog.Decode(r.Data, r.Seq, f.p.Keys)
			if err != nil {
				return fmt.Errorf("catch up: %w", err)
			}
			if c.Seq != t.seq+1 || c.Prev != t.hash {
				return fmt.Errorf("record %d does not follow on %d: %w", c.Seq, t.seq, eventlog.ErrCorrupt)
			}
			states, err := f.foldRecord(ctx, t.book, &c)
			if err != nil {
				return fmt.Errorf("catch up at record %d: %w", c.Seq, err)
			}
			t.seq, t.hash, t.time, t.term = c.Seq, c.Hash, max(t.time, c.Time), max(t.term, c.Term)
			if f.w.claim != "" && c.ID == f.w.claim {
				f.term.Store(max(c.Term, f.term.Load())) // an owning of ours that seemed to have failed
			}
			// The hub leaves out what was published before.
			if f.w.book != nil {
				f.hub.publish(&Commit{Committed: c, States: states}, len(r.Data))
			}
		}
	}
}

// foldRecord applies a stored record to a book.
func (f *Floor) foldRecord(ctx context.Context, b *book, c *event.Committed) ([]*conversation.State, error) {
	var touched []*conversation.State
	states, ahead := map[string]*conversation.State{}, map[string]bool{}
	for i := range c.Events {
		e := &c.Events[i]
		if err := event.Readable(e); err != nil {
			return nil, err
		}
		if e.ClientID != "" {
			if err := b.keepDone(c.Events, i, e.Epoch, c.Seq); err != nil {
				f.p.Logger.Warn("client ID without a content hash", "event", e.ID, "err", err)
			}
		}
		if e.Conv == "" {
			if err := b.foldShop(e); err != nil {
				return nil, err
			}
			continue
		}
		s := states[e.Conv]
		if s == nil {
			old, err := f.before(ctx, b, e)
			if err != nil {
				return nil, err
			}
			if old == nil {
				f.p.Logger.Warn("event of an unknown conversation", "seq", c.Seq, "event", e.ID, "type", e.Type)
				continue
			}
			s = old.Clone()
			states[e.Conv] = s
			if ahead[e.Conv] = old.LastSeq >= c.Seq; !ahead[e.Conv] {
				touched = append(touched, s)
			}
		}
		if ahead[e.Conv] {
			continue // read from a fold that has this record already
		}
		p := event.Placed{Seq: c.Seq, Idx: i, Time: c.Time, Event: *e}
		if err := conversation.Fold(s, &p); err != nil {
			return nil, err
		}
		if e.Type == event.Opened {
			b.setLast(s.Customer, s.ID)
		}
	}
	for _, s := range touched {
		b.setConv(s.ID, s)
		if f.p.Fold != nil && !s.Open() {
			b.closed = append(b.closed, closedConv{id: s.ID, customer: s.Customer, seq: s.LastSeq})
		}
	}
	return touched, nil
}

// before is the conversation that a stored event goes on, nil when nobody knows it.
func (f *Floor) before(ctx context.Context, b *book, e *event.Event) (*conversation.State, error) {
	if s := b.state(e.Conv); s != nil {
		return s, nil
	}
	if e.Type == event.Opened {
		return &conversation.State{}, nil
	}
	if f.p.Fold == nil {
		return nil, nil
	}
	s, ok, err := f.p.Fold.State(ctx, e.Conv) // closed before the checkpoint, and still something happened to it
	if err != nil || !ok {
		return nil, err
	}
	return &s, nil
}

// stand makes t the floor's place.
func (f *Floor) stand(stream string, t *tail) {
	w := &f.w
	w.book, w.stream = t.book, stream
	w.lastSeq, w.lastHash, w.prevHash, w.lastTime = t.seq, t.hash, t.hash, t.time
	w.pending, w.draft = nil, nil
	next := newFloorTime(f.p.Clock, max(t.time, f.lastNow()))
	f.time.Store(&next)
	f.openHint.Clear()
	for customer, id := range t.book.open {
		f.openHint.Store(customer, id)
	}
	w.diskAt, w.routeAt, w.dirty = 0, 0, true
	f.mirror()
}

// lastNow is floor time as far as it has been told, 0 before the first owning.
func (f *Floor) lastNow() int64 {
	if f.w.book == nil || f.term.Load() == 0 {
		return 0
	}
	return f.Now()
}

// own appends floor.owned under the term after the highest met. It serves only after that.
func (f *Floor) own(ctx context.Context, term uint64) error {
	w := &f.w
	for range 8 {
		next := max(term, f.term.Load()) + 1
		at := max(f.Now(), w.lastTime)
		body, err := json.Marshal(event.Owned{Node: f.p.Node, Term: next})
		if err != nil {
			return fmt.Errorf("encode floor.owned: %w", err)
		}
		rec := event.Record{ID: w.ids.next(at), Term: next, Time: at, Prev: w.lastHash, Events: []event.Event{{
			ID: w.ids.next(at), Type: event.FloorOwned, Version: 1, Actor: event.Actor{Kind: event.System, ID: f.p.Node}, Body: body,
		}}}
		w.claim = rec.ID
		out := f.appendOne(ctx, &job{expected: w.lastSeq, rec: rec})
		switch {
		case out.err == nil:
			f.term.Store(next)
			w.takeover = at
			clear(w.lost)
			w.lastSeq, w.lastHash, w.prevHash, w.lastTime = w.lastSeq+1, out.hash, out.hash, at
			f.hub.publish(&Commit{Committed: event.Committed{Seq: w.lastSeq, Hash: out.hash, Record: rec}}, out.size)
			f.mirror()
			return w.ids.err
		case !errors.Is(out.err, errForeign):
			return out.err
		}
		// Somebody was quicker. Before the first owning that only means another try behind them; afterwards it is over.
		t := tail{book: w.book, seq: w.lastSeq, hash: w.lastHash, time: w.lastTime, term: term}
		if err := f.catchUp(ctx, &t); err != nil {
			return err
		}
		if f.term.Load() > 0 && t.term > f.term.Load() {
			return fmt.Errorf("met term %d, own term is %d: %w", t.term, f.term.Load(), ErrSteppedDown)
		}
		f.stand(w.stream, &t)
		term = t.term
	}
	return errors.New("another node appends all the time")
}
