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

// keep writes what only this desk has: it is on disk when keep returns.
func (r *Replica) keep(ctx context.Context, what, name string, args ...any) error {
	r.write.Lock()
	defer r.write.Unlock()
	if _, err := r.own.ExecContext(ctx, r.sql[name], args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Meta is a stored setting, "" for none.
func (r *Replica) Meta(ctx context.Context, key string) (string, error) {
	var v string
	err := r.r.QueryRowContext(ctx, r.sql["meta"], key).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read setting %s: %w", key, err)
	}
	return v, nil
}

// SetMeta stores a setting.
func (r *Replica) SetMeta(ctx context.Context, key, value string) error {
	return r.keep(ctx, "store setting "+key, "set_meta", key, value)
}

// Draft is what was being written in a conversation and mode.
func (r *Replica) Draft(ctx context.Context, conv, mode string) (string, error) {
	var v string
	err := r.r.QueryRowContext(ctx, r.sql["draft"], conv, mode).Scan(&v)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read draft: %w", err)
	}
	return v, nil
}

// SetDraft keeps what is being written; "" drops it. It doesn't wait for the disk: a power cut may cost the last seconds of
// a draft, a crash nothing.
func (r *Replica) SetDraft(ctx context.Context, conv, mode, text string) (err error) {
	r.write.Lock()
	defer r.write.Unlock()
	if text == "" {
		_, err = r.w.ExecContext(ctx, r.sql["drop_draft"], conv, mode)
	} else {
		_, err = r.w.ExecContext(ctx, r.sql["set_draft"], conv, mode, text)
	}
	if err != nil {
		return fmt.Errorf("keep draft: %w", err)
	}
	return nil
}

// States of what waits in the outbox.
const (
	Held   = "held"   // written offline, not given to the connection yet
	Ready  = "ready"  // may leave as soon as its file is uploaded and what was written before it has left
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
	return r.keep(ctx, "keep command", "put_command", w.Frame.ID, w.Frame.Conv, data, w.State, w.At, w.Seen)
}

// Drafted names the draft that became commands.
type Drafted struct{ Conv, Mode string }

// PutAll keeps commands together, all or none, gives each of their attachments (command ID → attachment ID) to it, and drops
// the draft that they were (nil for none): it is never there beside them.
func (r *Replica) PutAll(ctx context.Context, ws []*Waiting, files map[string]string, was *Drafted) error {
	r.write.Lock()
	defer r.write.Unlock()
	tx, err := r.own.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("keep commands: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	for _, w := range ws {
		data, err := json.Marshal(w.Frame)
		if err != nil {
			return fmt.Errorf("keep commands: %w", err)
		}
		if _, err := tx.ExecContext(ctx, r.sql["put_command"], w.Frame.ID, w.Frame.Conv, data, w.State, w.At, w.Seen); err != nil {
			return fmt.Errorf("keep commands: %w", err)
		}
		if id := files[w.Frame.ID]; id != "" {
			if _, err := tx.ExecContext(ctx, r.sql["give_attachment"], w.Frame.ID, id); err != nil {
				return fmt.Errorf("keep commands: %w", err)
			}
		}
	}
	if was != nil {
		if _, err := tx.ExecContext(ctx, r.sql["drop_draft"], was.Conv, was.Mode); err != nil {
			return fmt.Errorf("keep commands: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("keep commands: %w", err)
	}
	return nil
}

// Drop forgets a command.
func (r *Replica) Drop(ctx context.Context, id string) error {
	return r.keep(ctx, "drop command", "drop_command", id)
}

// Outbox is what waits, in the order written.
func (r *Replica) Outbox(ctx context.Context) ([]*Waiting, error) {
	rows, err := r.r.QueryContext(ctx, r.sql["outbox"])
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
