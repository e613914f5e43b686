package folds

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"agentdesk/sync/cjk"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// maxCached bounds the conversations that the writer keeps decoded between transactions.
const maxCached = 20_000

// writer is the connection that writes, with its prepared statements.
type writer struct {
	conn  *sql.Conn
	stmt  map[string]*sql.Stmt
	cache map[string]*conversation.State // as committed

	// Of the transaction under way.
	dirty  map[string]*conversation.State
	opened map[string]uint64

	scrub bool // erased text may still stand in the write-ahead log
}

func newWriter(ctx context.Context, f *Folds) (*writer, error) {
	conn, err := f.write.Conn(ctx)
	if err != nil {
		return nil, err
	}
	w := &writer{conn: conn, stmt: map[string]*sql.Stmt{}, cache: map[string]*conversation.State{}}
	for _, name := range []string{
		"set_checkpoint", "add_record", "add_event", "add_client_id", "add_message", "put_conversation", "put_holder", "put_agent",
		"gone_agent", "add_unread", "state", "ids_of_customer", "events", "erase_events", "indexed", "erase_message",
		"said", "redact", "is_indexed",
	} {
		if w.stmt[name], err = conn.PrepareContext(ctx, f.sql[name]); err != nil {
			return nil, errors.Join(fmt.Errorf("prepare %s: %w", name, err), w.close())
		}
	}
	return w, nil
}

func (w *writer) close() error {
	var errs []error
	for _, s := range w.stmt {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, w.conn.Close())...)
}

func (w *writer) exec(ctx context.Context, name string, args ...any) error {
	if _, err := w.stmt[name].ExecContext(ctx, args...); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// in runs fn in a transaction and takes over what it changed, or undoes everything.
func (w *writer) in(ctx context.Context, fn func(ctx context.Context) error) error {
	// A statement under a context that can end costs a goroutine each; fn looks at the caller's context itself.
	ctx = context.WithoutCancel(ctx)
	if _, err := w.conn.ExecContext(ctx, "BEGIN IMMEDIATE"); err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	w.dirty, w.opened = map[string]*conversation.State{}, map[string]uint64{}
	err := fn(ctx)
	if err == nil {
		_, err = w.conn.ExecContext(ctx, "COMMIT")
	}
	if err != nil {
		_, rerr := w.conn.ExecContext(ctx, "ROLLBACK")
		return errors.Join(err, rerr)
	}
	if len(w.cache)+len(w.dirty) > maxCached {
		clear(w.cache)
	}
	for id, s := range w.dirty {
		if s.Open() {
			w.cache[id] = s
		} else {
			delete(w.cache, id)
		}
	}
	return nil
}

// Apply folds records, in log order, in one transaction with the checkpoint. Records already folded are passed over,
// after comparing their hash. ErrGap: something is missing in between. ErrForeign: not the log folded so far. On any
// error nothing of the call is folded. stream is the incarnation of the log.
func (f *Folds) Apply(ctx context.Context, stream string, recs []event.Committed) error {
	f.apply.Lock()
	defer f.apply.Unlock()
	if f.w == nil {
		return fmt.Errorf("apply: %w", sql.ErrConnDone)
	}
	cp := f.At()
	if cp.Seq > 0 && cp.Stream != stream {
		return fmt.Errorf("apply: folded stream %s, given %s: %w", cp.Stream, stream, ErrForeign)
	}
	for len(recs) > 0 && recs[0].Seq <= cp.Seq {
		if hash, ok, err := f.RecordHash(ctx, recs[0].Seq); err != nil {
			return err
		} else if ok && hash != recs[0].Hash {
			return fmt.Errorf("apply: record %d was folded with another hash: %w", recs[0].Seq, ErrForeign)
		}
		recs = recs[1:]
	}
	if len(recs) == 0 {
		return nil
	}
	next := cp
	err := f.w.in(ctx, func(tctx context.Context) error {
		for i := range recs {
			c := &recs[i]
			switch {
			case ctx.Err() != nil:
				return ctx.Err()
			case c.Seq != next.Seq+1:
				return fmt.Errorf("fold is at %d, given %d: %w", next.Seq, c.Seq, ErrGap)
			case c.Prev != next.Hash:
				return fmt.Errorf("record %d does not follow on what was folded: %w", c.Seq, ErrForeign)
			}
			if err := f.record(tctx, c); err != nil {
				return fmt.Errorf("record %d: %w", c.Seq, err)
			}
			next = Checkpoint{Cursor: event.Cursor{Stream: stream, Seq: c.Seq, Hash: c.Hash}, Term: c.Term, Time: c.Time}
		}
		if err := f.w.flush(tctx); err != nil {
			return err
		}
		return f.w.exec(tctx, "set_checkpoint", stream, next.Seq, next.Hash, next.Term, next.Time)
	})
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	f.moved(next)
	if f.w.scrub {
		f.scrub(ctx)
	}
	return nil
}

func (f *Folds) record(ctx context.Context, c *event.Committed) error {
	if err := f.w.exec(ctx, "add_record", c.Seq, c.ID, c.Hash, c.Term, c.Time); err != nil {
		return err
	}
	if len(c.Events) > 1<<16 {
		return fmt.Errorf("%d events", len(c.Events)) // cannot be: a record is 512 KB at most
	}
	for i := range c.Events {
		if err := f.event(ctx, c, i); err != nil {
			return err
		}
	}
	return nil
}

func (f *Folds) event(ctx context.Context, c *event.Committed, i int) error {
	e := &c.Events[i]
	data, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("event %d: %w", i, err)
	}
	id := eventID(c.Seq, i)
	if err := f.w.exec(ctx, "add_event", id, e.Conv, string(e.Type), c.Time, string(data)); err != nil {
		return err
	}
	if e.ClientID != "" {
		if err := f.w.exec(ctx, "add_client_id", e.Actor.String(), e.ClientID, e.ClientSum, e.Conv, e.ID, messageOf(c.Events, i), e.Epoch, c.Seq); err != nil {
			return err
		}
	}
	if err := event.Readable(e); err != nil {
		// Kept, not folded; the program that can read it folds everything again (dropStale).
		f.p.Logger.Warn("event needs a newer program", "seq", c.Seq, "event", e.ID, "err", err)
		return f.w.exec(ctx, "add_unread", string(e.Type), e.MinReader, c.Seq)
	}
	if e.Conv == "" {
		return f.shop(ctx, c, e)
	}
	return f.talk(ctx, c, i, id)
}

// messageOf is the ID of the message that the command behind evs[i] posted: evs[i] itself, or the one after the opening
// that it caused; "" for none.
func messageOf(evs []event.Event, i int) event.ID {
	if evs[i].Type == event.Posted {
		return evs[i].ID
	}
	if evs[i].Type == event.Opened && i+1 < len(evs) {
		if n := &evs[i+1]; n.Type == event.Posted && n.Conv == evs[i].Conv && n.Actor == evs[i].Actor {
			return n.ID
		}
	}
	return ""
}

// shop folds an event of the shop. What cannot be decoded is kept and told: one bad event must not stop the shop.
func (f *Folds) shop(ctx context.Context, c *event.Committed, e *event.Event) error {
	switch e.Type {
	case event.AgentStatus:
		var b event.AgentStatusBody
		if err := e.Decode(&b, nil); err != nil || b.Agent == "" {
			f.p.Logger.Warn("agent status not folded", "seq", c.Seq, "event", e.ID, "err", err)
			return nil
		}
		data, err := json.Marshal(b)
		if err != nil {
			return err
		}
		return f.w.exec(ctx, "put_agent", b.Agent, string(data))
	case event.DeskGone:
		var b event.DeskGoneBody
		if err := e.Decode(&b, nil); err != nil {
			f.p.Logger.Warn("desk gone not folded", "seq", c.Seq, "event", e.ID, "err", err)
			return nil
		}
		return f.w.exec(ctx, "gone_agent", b.Agent)
	case event.Erased:
		return f.erase(ctx, e.Customer)
	}
	return nil
}

// talk folds an event of a conversation.
func (f *Folds) talk(ctx context.Context, c *event.Committed, i int, id int64) error {
	e := &c.Events[i]
	s, err := f.w.state(ctx, e)
	if err != nil {
		return err
	}
	p := event.Placed{Seq: c.Seq, Idx: i, Time: c.Time, Event: *e}
	if err := conversation.Fold(s, &p); err != nil {
		f.p.Logger.Warn("event not folded", "seq", c.Seq, "event", e.ID, "type", e.Type, "err", err)
		return nil
	}
	if s.ID == "" {
		return nil // of an unknown type, and of a conversation that nobody opened
	}
	if e.Type == event.Opened {
		f.w.opened[e.Conv] = c.Seq
	}
	f.w.dirty[e.Conv] = s
	switch e.Type {
	case event.Taken:
		if s.Agent != "" {
			return f.w.exec(ctx, "put_holder", s.Agent, s.ID, c.Time)
		}
	case event.Posted:
		return f.message(ctx, e, id)
	case event.Recalled:
		return f.recall(ctx, e)
	case event.Erased:
		return f.erase(ctx, e.Customer)
	}
	return nil
}

func (f *Folds) message(ctx context.Context, e *event.Event, id int64) error {
	var b event.PostedPrivate
	if err := e.Decode(nil, &b); err != nil || b.Text == "" {
		return nil //nolint:nilerr // Fold decoded it before; without text there is nothing to find
	}
	tokens := cjk.Index(b.Text)
	if tokens == "" {
		return nil
	}
	return f.w.exec(ctx, "add_message", id, tokens)
}

// state is the conversation of e, to be changed; a new one where there is none.
func (w *writer) state(ctx context.Context, e *event.Event) (*conversation.State, error) {
	if s := w.dirty[e.Conv]; s != nil {
		return s, nil
	}
	if s := w.cache[e.Conv]; s != nil {
		return s.Clone(), nil
	}
	s := &conversation.State{}
	if e.Type == event.Opened {
		// Almost always new; but a second opening must meet the first to be refused.
		if err := w.load(ctx, e.Conv, s); err != nil {
			return nil, err
		}
		return s, nil
	}
	return s, w.load(ctx, e.Conv, s)
}

func (w *writer) load(ctx context.Context, conv string, s *conversation.State) error {
	var data string
	err := w.stmt["state"].QueryRowContext(ctx, conv).Scan(&data)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("read conversation %s: %w", conv, err)
	}
	if err := json.Unmarshal([]byte(data), s); err != nil {
		return fmt.Errorf("read conversation %s: %w", conv, err)
	}
	return nil
}

// flush writes the conversations that changed, each once however many events it had.
func (w *writer) flush(ctx context.Context) error {
	for id, s := range w.dirty {
		data, err := json.Marshal(s)
		if err != nil {
			return fmt.Errorf("conversation %s: %w", id, err)
		}
		closed := s.ClosedAt
		if !s.Open() && closed == 0 {
			closed = max(s.LastAt, 1)
		}
		if err := w.exec(ctx, "put_conversation", id, s.Customer, s.Group, s.Agent, s.OpenedAt, closed, w.opened[id], s.LastSeq, string(data)); err != nil {
			return err
		}
	}
	return nil
}

// Reset empties the fold in one transaction; the next record it takes is the first.
func (f *Folds) Reset(ctx context.Context) error {
	f.apply.Lock()
	defer f.apply.Unlock()
	if f.w == nil {
		return fmt.Errorf("reset: %w", sql.ErrConnDone)
	}
	err := f.w.in(ctx, func(ctx context.Context) error {
		clear(f.w.cache)
		_, err := f.w.conn.ExecContext(ctx, f.sql["reset"])
		return err
	})
	if err != nil {
		return fmt.Errorf("reset: %w", err)
	}
	f.moved(Checkpoint{})
	return nil
}
