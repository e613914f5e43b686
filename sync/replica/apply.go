package replica

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strings"

	"agentdesk/sync/cjk"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// maxIdx is how many events of one record have a place of their own in full text.
const maxIdx = 1 << 16

// rowid is an event's place as one number that sorts as the log does.
func rowid(p *event.Placed) int64 { return int64(p.Seq)<<16 | int64(p.Idx&(maxIdx-1)) } //nolint:gosec // sequences are small

// apply is one transaction's work. changed holds the states it made; nil for those that left.
type apply struct {
	tx      *sql.Tx
	r       *Replica
	stmt    map[string]*sql.Stmt
	changed map[string]*conversation.State
}

// begin starts a transaction; r.write is held.
func (r *Replica) begin(ctx context.Context) (*apply, error) {
	tx, err := r.w.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	return &apply{tx: tx, r: r, stmt: map[string]*sql.Stmt{}, changed: map[string]*conversation.State{}}, nil
}

// prepared is a statement of this transaction.
func (a *apply) prepared(ctx context.Context, name string) *sql.Stmt {
	st := a.stmt[name]
	if st == nil {
		st = a.tx.StmtContext(ctx, a.r.stmt[name])
		a.stmt[name] = st
	}
	return st
}

func (a *apply) exec(ctx context.Context, name string, args ...any) error {
	if _, err := a.prepared(ctx, name).ExecContext(ctx, args...); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

func (a *apply) count(ctx context.Context, name string, args ...any) (n int, err error) {
	if err = a.prepared(ctx, name).QueryRowContext(ctx, args...).Scan(&n); err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

// publish makes the states of a committed transaction the replica's.
func (a *apply) publish() (changed []string) {
	a.r.mu.Lock()
	defer a.r.mu.Unlock()
	for id, s := range a.changed {
		changed = append(changed, id)
		if s == nil {
			delete(a.r.states, id)
		} else {
			a.r.states[id] = s
		}
	}
	return changed
}

func (a *apply) rec(ctx context.Context, rec *wire.Rec) error {
	for i := range rec.Enter {
		e := &rec.Enter[i]
		if e.Part == 0 {
			if err := a.drop(ctx, e.ID); err != nil {
				return err
			}
			a.changed[e.ID] = &conversation.State{}
		}
		for j := range e.Events {
			if err := a.event(ctx, &e.Events[j]); err != nil {
				return err
			}
		}
	}
	for i := range rec.Events {
		if err := a.event(ctx, &rec.Events[i]); err != nil {
			return err
		}
	}
	for _, id := range rec.Leave {
		if err := a.drop(ctx, id); err != nil {
			return err
		}
	}
	for id, s := range a.changed {
		if s == nil || s.ID == "" {
			a.changed[id] = nil
			continue
		}
		data, err := json.Marshal(s)
		if err != nil {
			return err
		}
		if err := a.exec(ctx, "put_state", id, data); err != nil {
			return err
		}
	}
	return nil
}

// drop takes a conversation out of the copy, words and all.
func (a *apply) drop(ctx context.Context, id string) error {
	a.changed[id] = nil
	rows, err := a.prepared(ctx, "indexed").QueryContext(ctx, id)
	if err != nil {
		return fmt.Errorf("indexed: %w", err)
	}
	found, err := placed(rows)
	if err != nil {
		return err
	}
	for i := range found {
		if err := a.exec(ctx, "unindex", rowid(&found[i]), body(&found[i])); err != nil {
			return err
		}
	}
	for _, name := range []string{"drop_events", "drop_messages", "drop_recalled", "drop_state"} {
		if err := a.exec(ctx, name, id); err != nil {
			return err
		}
	}
	return nil
}

// state is a conversation that may be changed, nil for one that the copy does not hold.
func (a *apply) state(id string) *conversation.State {
	if s, ok := a.changed[id]; ok {
		return s
	}
	a.r.mu.RLock()
	s := a.r.states[id]
	a.r.mu.RUnlock()
	if s != nil {
		s = s.Clone()
		a.changed[id] = s
	}
	return s
}

func (a *apply) event(ctx context.Context, p *event.Placed) error {
	if p.Conv == "" { // the shop's: desks keep conversations only
		return nil
	}
	s := a.state(p.Conv)
	if s == nil {
		if p.Type != event.Opened {
			return nil // it left, and this is older
		}
		s = &conversation.State{}
		a.changed[p.Conv] = s
	}
	if msg := event.SaidIn(&p.Event); msg != "" {
		gone, err := a.count(ctx, "recalled", msg)
		if err != nil {
			return err
		}
		if gone > 0 {
			c := *p
			if c.Event, err = event.Redact(p.Event); err != nil {
				return err
			}
			p = &c
		}
	}
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	res, err := a.prepared(ctx, "add_event").ExecContext(ctx, p.Conv, p.Seq, p.Idx, data)
	if err != nil {
		return fmt.Errorf("add_event: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err // had it
	}
	if err := conversation.Fold(s, p); err != nil {
		if errors.Is(err, event.ErrUnreadable) { // kept for a newer program
			return nil
		}
		return fmt.Errorf("fold: %w", err)
	}
	switch p.Type {
	case event.Posted:
		return a.index(ctx, p)
	case event.Recalled:
		return a.recall(ctx, p)
	}
	return nil
}

// index notes where a message is and makes its words searchable.
func (a *apply) index(ctx context.Context, p *event.Placed) error {
	if err := a.exec(ctx, "add_message", rowid(p), p.ID, p.Conv); err != nil {
		return err
	}
	if b := body(p); b != "" {
		return a.exec(ctx, "index", rowid(p), b)
	}
	return nil
}

// recall takes what a message said out of the copy, and remembers that it is to go where it comes later.
func (a *apply) recall(ctx context.Context, p *event.Placed) error {
	var b event.RecalledBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	if err := a.exec(ctx, "add_recalled", b.Message, p.Conv); err != nil {
		return err
	}
	if err := a.exec(ctx, "unquote", p.Conv, b.Message); err != nil {
		return err
	}
	var id int64
	var conv string
	err := a.prepared(ctx, "place").QueryRowContext(ctx, b.Message).Scan(&id, &conv)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("place: %w", err)
	}
	var data []byte
	if err := a.prepared(ctx, "event").QueryRowContext(ctx, conv, id>>16, id&(maxIdx-1)).Scan(&data); err != nil {
		return fmt.Errorf("event: %w", err)
	}
	var was event.Placed
	if err := json.Unmarshal(data, &was); err != nil {
		return err
	}
	n, err := a.count(ctx, "is_indexed", id)
	if err != nil {
		return err
	}
	if n > 0 {
		if err := a.exec(ctx, "unindex", id, body(&was)); err != nil {
			return err
		}
	}
	if was.Event, err = event.Redact(was.Event); err != nil {
		return err
	}
	if data, err = json.Marshal(was); err != nil {
		return err
	}
	a.r.scrub = true
	return a.exec(ctx, "set_event", data, conv, id>>16, id&(maxIdx-1))
}

// body is what full text holds of a message, "" for nothing.
func body(p *event.Placed) string { return cjk.Index(Words(p)) }

// Words is what one can search a message for: its text, the title of a card, the fields of a form. Notices have none.
func Words(p *event.Placed) string {
	var b event.PostedBody
	var said event.PostedPrivate
	if p.Type != event.Posted || p.Decode(&b, &said) != nil || b.Kind == event.Notice {
		return ""
	}
	parts := []string{said.Text}
	if said.Card != nil {
		parts = append(parts, said.Card.Title, said.Card.Variant)
		parts = append(parts, said.Card.Lines...)
	}
	names := make([]string, 0, len(said.Fields))
	for k := range said.Fields {
		names = append(names, k)
	}
	sort.Strings(names)
	for _, k := range names {
		parts = append(parts, said.Fields[k])
	}
	return strings.Trim(strings.Join(parts, "\n"), "\n")
}
