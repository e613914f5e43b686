package replica

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const setMeta = "INSERT OR REPLACE INTO meta(key, value) VALUES(?, ?)"

// Meta is a stored setting, "" for none.
func (r *Replica) Meta(ctx context.Context, key string) (string, error) {
	var v string
	err := r.r.QueryRowContext(ctx, "SELECT value FROM meta WHERE key = ?", key).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read setting %s: %w", key, err)
	}
	return v, nil
}

// SetMeta stores a setting.
func (r *Replica) SetMeta(ctx context.Context, key, value string) error {
	if _, err := r.w.ExecContext(ctx, setMeta, key, value); err != nil {
		return fmt.Errorf("store setting %s: %w", key, err)
	}
	return nil
}

// Draft is what was being written in a conversation and mode.
func (r *Replica) Draft(ctx context.Context, conv, mode string) (string, error) {
	var v string
	err := r.r.QueryRowContext(ctx, "SELECT text FROM draft WHERE conv = ? AND mode = ?", conv, mode).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read draft: %w", err)
	}
	return v, nil
}

// SetDraft keeps what is being written; "" drops it.
func (r *Replica) SetDraft(ctx context.Context, conv, mode, text string) error {
	q, args := "INSERT OR REPLACE INTO draft(conv, mode, text) VALUES(?, ?, ?)", []any{conv, mode, text}
	if text == "" {
		q, args = "DELETE FROM draft WHERE conv = ? AND mode = ?", args[:2]
	}
	if _, err := r.w.ExecContext(ctx, q, args...); err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	return nil
}

// States of what waits in the outbox.
const (
	Held   = "held"   // written offline, not given to the connection yet
	Sent   = "sent"   // given to the connection, no answer yet
	Failed = "failed" // refused for a reason that a later attempt may overcome
)

// Waiting is a command in the outbox. Its frame's ID is its identity, and its epoch the one it was written under.
type Waiting struct {
	Frame wire.In
	State string
	At    int64    // local Unix ms when written
	Seen  event.ID // the newest customer message its writer had before them
}

// Put keeps a command until Drop, replacing one with the same ID.
func (r *Replica) Put(ctx context.Context, w *Waiting) error {
	data, err := json.Marshal(w.Frame)
	if err != nil {
		return fmt.Errorf("keep command: %w", err)
	}
	_, err = r.w.ExecContext(ctx, "INSERT OR REPLACE INTO outbox(id, conv, frame, state, at, seen) VALUES(?, ?, ?, ?, ?, ?)",
		w.Frame.ID, w.Frame.Conv, data, w.State, w.At, w.Seen)
	if err != nil {
		return fmt.Errorf("keep command: %w", err)
	}
	return nil
}

// Drop forgets a command.
func (r *Replica) Drop(ctx context.Context, id string) error {
	if _, err := r.w.ExecContext(ctx, "DELETE FROM outbox WHERE id = ?", id); err != nil {
		return fmt.Errorf("drop command: %w", err)
	}
	return nil
}

// Outbox is what waits, in the order written.
func (r *Replica) Outbox(ctx context.Context) ([]*Waiting, error) {
	rows, err := r.r.QueryContext(ctx, "SELECT frame, state, at, seen FROM outbox ORDER BY at, id")
	if err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []*Waiting
	for rows.Next() {
		w := &Waiting{}
		var data []byte
		if err := rows.Scan(&data, &w.State, &w.At, &w.Seen); err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		if err := json.Unmarshal(data, &w.Frame); err != nil {
			return nil, fmt.Errorf("read outbox: %w", err)
		}
		out = append(out, w)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read outbox: %w", err)
	}
	return out, nil
}
