package replica

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// apply is one transaction's work. changed holds the states it made; nil for those that left.
type apply struct {
	tx      *sql.Tx
	r       *Replica
	changed map[string]*conversation.State
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
		if _, err := a.tx.ExecContext(ctx, "INSERT OR REPLACE INTO conversation(id, state) VALUES(?, ?)", id, data); err != nil {
			return err
		}
	}
	return nil
}

func (a *apply) drop(ctx context.Context, id string) error {
	a.changed[id] = nil
	if _, err := a.tx.ExecContext(ctx, "DELETE FROM event WHERE conv = ?", id); err != nil {
		return err
	}
	_, err := a.tx.ExecContext(ctx, "DELETE FROM conversation WHERE id = ?", id)
	return err
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
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	res, err := a.tx.ExecContext(ctx, "INSERT OR IGNORE INTO event(conv, seq, idx, json) VALUES(?, ?, ?, ?)", p.Conv, p.Seq, p.Idx, data)
	if err != nil {
		return err
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
	return nil
}
