// Package replica is the desk's own copy of what its user may see: events and folded states in SQLite, with the cursor up
// to which they are complete, and beside them what the user wrote and the server has not confirmed yet.
package replica

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"

	_ "github.com/mattn/go-sqlite3" // the driver

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

//go:embed schema.sql
var schema string

// version of the database's layout.
const version = 1

// ErrNewer is returned for a database that a newer program made.
var ErrNewer = errors.New("the local data was written by a newer program")

// Replica is one user's copy. Its methods may be called from any goroutine.
type Replica struct {
	w, r *sql.DB

	mu     sync.RWMutex
	states map[string]*conversation.State // never changed in place
	cursor event.Cursor
	view   string
}

// Open opens or makes the copy in a file that only the user can read.
func Open(ctx context.Context, path string) (_ *Replica, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("open replica: %w", err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the caller's choice of folder
	if err != nil {
		return nil, fmt.Errorf("open replica: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open replica: %w", err)
	}
	dsn := "file:" + (&url.URL{Path: path}).EscapedPath() + "?_journal_mode=WAL&_busy_timeout=5000&_secure_delete=on"
	r := &Replica{states: map[string]*conversation.State{}}
	if r.w, err = sql.Open("sqlite3", dsn+"&_txlock=immediate&_synchronous=FULL"); err != nil {
		return nil, fmt.Errorf("open replica: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	r.w.SetMaxOpenConns(1)
	if err := r.prepare(ctx); err != nil {
		return nil, err
	}
	if r.r, err = sql.Open("sqlite3", dsn+"&_query_only=on"); err != nil {
		return nil, fmt.Errorf("open replica: %w", err)
	}
	r.r.SetMaxOpenConns(2)
	return r, r.load(ctx)
}

func (r *Replica) prepare(ctx context.Context) error {
	var v int
	if err := r.w.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return fmt.Errorf("read replica version: %w", err)
	}
	if v > version {
		return fmt.Errorf("replica version %d, this program knows %d: %w", v, version, ErrNewer)
	}
	if _, err := r.w.ExecContext(ctx, schema); err != nil {
		return fmt.Errorf("make replica: %w", err)
	}
	if _, err := r.w.ExecContext(ctx, "PRAGMA user_version = 1"); err != nil {
		return fmt.Errorf("mark replica: %w", err)
	}
	return nil
}

func (r *Replica) load(ctx context.Context) error {
	rows, err := r.r.QueryContext(ctx, "SELECT state FROM conversation")
	if err != nil {
		return fmt.Errorf("load states: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var data []byte
		var s conversation.State
		if err := rows.Scan(&data); err != nil {
			return fmt.Errorf("load states: %w", err)
		}
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("load states: %w", err)
		}
		r.states[s.ID] = &s
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("load states: %w", err)
	}
	cur, err := r.Meta(ctx, "cursor")
	if err == nil && cur != "" {
		err = json.Unmarshal([]byte(cur), &r.cursor)
	}
	if err == nil {
		r.view, err = r.Meta(ctx, "view")
	}
	if err != nil {
		return fmt.Errorf("load cursor: %w", err)
	}
	return nil
}

// Close closes the files.
func (r *Replica) Close() error {
	var err error
	for _, db := range []*sql.DB{r.r, r.w} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// Cursor is up to where the copy is complete, nil for an empty one, and the rights it was made under.
func (r *Replica) Cursor() (*event.Cursor, string) {
	r.mu.RLock()
	defer r.mu.RUnlock()
	if r.cursor.Stream == "" {
		return nil, r.view
	}
	c := r.cursor
	return &c, r.view
}

// State is a conversation, nil where the copy has none. It is not to be changed.
func (r *Replica) State(id string) *conversation.State {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.states[id]
}

// States are all conversations in no order; not to be changed.
func (r *Replica) States() []*conversation.State {
	r.mu.RLock()
	defer r.mu.RUnlock()
	out := make([]*conversation.State, 0, len(r.states))
	for _, s := range r.states {
		out = append(out, s)
	}
	return out
}

// Timeline is the newest events of a conversation, at most limit, oldest first; older says whether there are more.
func (r *Replica) Timeline(ctx context.Context, conv string, limit int) (out []event.Placed, older bool, err error) {
	rows, err := r.r.QueryContext(ctx, "SELECT json FROM event WHERE conv = ? ORDER BY seq DESC, idx DESC LIMIT ?", conv, limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("read timeline: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var data []byte
		var p event.Placed
		if err := rows.Scan(&data); err != nil {
			return nil, false, fmt.Errorf("read timeline: %w", err)
		}
		if err := json.Unmarshal(data, &p); err != nil {
			return nil, false, fmt.Errorf("read timeline: %w", err)
		}
		out = append(out, p)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("read timeline: %w", err)
	}
	if len(out) > limit {
		out, older = out[:limit], true
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out, older, nil
}

// Reset drops the copy and notes the rights of the next one. Drafts, the outbox and settings stay.
func (r *Replica) Reset(ctx context.Context) error {
	_, err := r.w.ExecContext(ctx, "DELETE FROM event; DELETE FROM conversation; DELETE FROM meta WHERE key IN ('cursor', 'view');")
	if err != nil {
		return fmt.Errorf("reset replica: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.states, r.cursor, r.view = map[string]*conversation.State{}, event.Cursor{}, ""
	return nil
}

// Apply takes a record's frame, whole or not at all: what entered, its events folded, what left, and the cursor unless
// more of the same catching up follows. The same frame again changes nothing.
func (r *Replica) Apply(ctx context.Context, rec *wire.Rec, view string) error {
	tx, err := r.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	a := apply{tx: tx, r: r, changed: map[string]*conversation.State{}}
	if err := a.rec(ctx, rec); err != nil {
		return fmt.Errorf("apply record %d: %w", rec.Cursor.Seq, err)
	}
	if !rec.More {
		data, err := json.Marshal(rec.Cursor)
		if err != nil {
			return fmt.Errorf("apply: %w", err)
		}
		for k, v := range map[string]string{"cursor": string(data), "view": view} {
			if _, err := tx.ExecContext(ctx, setMeta, k, v); err != nil {
				return fmt.Errorf("apply: %w", err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("apply: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, s := range a.changed {
		if s == nil {
			delete(r.states, id)
		} else {
			r.states[id] = s
		}
	}
	if !rec.More {
		r.cursor, r.view = rec.Cursor, view
	}
	return nil
}
