// Package replica is the desk's own copy of what its user may see: events and folded states in SQLite, with the cursor up
// to which they are complete, and beside them what the user wrote and the server has not confirmed yet.
//
// What was taken back leaves the copy: the message is replaced by its redacted form, and its words leave full text, whatever
// the order in which message and recall arrive.
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
	"agentdesk/sync/sqlfile"
	"agentdesk/sync/wire"
)

//go:embed schema.sql
var schema string

//go:embed queries.sql
var queries string

// version of the database's layout. 1 had neither full text nor attachments, and kept what was taken back.
const version = 2

// ErrNewer is returned for a database that a newer program made.
var ErrNewer = errors.New("the local data was written by a newer program")

// Replica is one user's copy. Its methods may be called from any goroutine.
type Replica struct {
	// Three ways to the same file. What the server has too is written with synchronous NORMAL: after a power cut the copy
	// may be a little behind, never torn. What only this desk has goes to disk before anything is promised.
	w, own, r *sql.DB
	sql       map[string]string
	stmt      map[string]*sql.Stmt // of w
	files     string               // folder of attachments

	write sync.Mutex // one writer at a time, so that none waits in SQLite
	scrub bool       // text that was taken back is in the write-ahead log yet; guarded by write

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
	r := &Replica{files: path + ".files", states: map[string]*conversation.State{}, sql: sqlfile.Named(queries), stmt: map[string]*sql.Stmt{}}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.Close())
		}
	}()
	for _, c := range []struct {
		db      **sql.DB
		options string
		conns   int
	}{{&r.w, "&_txlock=immediate&_synchronous=NORMAL", 1}, {&r.own, "&_txlock=immediate&_synchronous=FULL", 1}, {&r.r, "&_query_only=on", 2}} {
		if *c.db, err = sql.Open("sqlite3", dsn+c.options); err != nil {
			return nil, fmt.Errorf("open replica: %w", err)
		}
		(*c.db).SetMaxOpenConns(c.conns)
		(*c.db).SetMaxIdleConns(c.conns)
		if c.db == &r.w { // before anybody else looks
			if err := r.prepare(ctx); err != nil {
				return nil, err
			}
		}
	}
	if err := r.sweep(ctx); err != nil {
		return nil, err
	}
	return r, r.load(ctx)
}

// prepare makes the file what this program expects, and the statements of applying.
func (r *Replica) prepare(ctx context.Context) error {
	var v int
	if err := r.w.QueryRowContext(ctx, "PRAGMA user_version").Scan(&v); err != nil {
		return fmt.Errorf("read replica version: %w", err)
	}
	if v > version {
		return fmt.Errorf("replica version %d, this program knows %d: %w", v, version, ErrNewer)
	}
	if v < version {
		if err := r.upgrade(ctx, v); err != nil {
			return fmt.Errorf("make replica: %w", err)
		}
	}
	for _, name := range []string{"set_meta", "put_state", "drop_state", "add_event", "set_event", "event", "drop_events", "unquote", "add_message", "place",
		"drop_messages", "indexed", "is_indexed", "index", "unindex", "add_recalled", "recalled", "drop_recalled"} {
		st, err := r.w.PrepareContext(ctx, r.sql[name])
		if err != nil {
			return fmt.Errorf("prepare %s: %w", name, err)
		}
		r.stmt[name] = st
	}
	return nil
}

func (r *Replica) load(ctx context.Context) error {
	rows, err := r.r.QueryContext(ctx, r.sql["states"])
	if err != nil {
		return fmt.Errorf("load states: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var data sql.RawBytes
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
	for _, st := range r.stmt {
		err = errors.Join(err, st.Close())
	}
	for _, db := range []*sql.DB{r.r, r.own, r.w} {
		if db != nil {
			err = errors.Join(err, db.Close())
		}
	}
	return err
}

// Reset drops the copy and notes the rights of the next one. Drafts, the outbox and settings stay.
func (r *Replica) Reset(ctx context.Context) error {
	r.write.Lock()
	defer r.write.Unlock()
	tx, err := r.w.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("reset replica: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	if _, err := tx.ExecContext(ctx, r.sql["reset"]); err != nil {
		return fmt.Errorf("reset replica: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("reset replica: %w", err)
	}
	r.scrub = true
	r.mu.Lock()
	defer r.mu.Unlock()
	r.states, r.cursor, r.view = map[string]*conversation.State{}, event.Cursor{}, ""
	return nil
}

// Apply takes a record's frame, whole or not at all: what entered, its events folded, what left, and the cursor unless
// more of the same catching up follows. The same frame again changes nothing. It returns the conversations that are now
// different, in no order.
func (r *Replica) Apply(ctx context.Context, rec *wire.Rec, view string) (changed []string, err error) {
	cursor, err := json.Marshal(rec.Cursor)
	if err != nil {
		return nil, fmt.Errorf("apply: %w", err)
	}
	r.write.Lock()
	defer r.write.Unlock()
	a, err := r.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("apply: %w", err)
	}
	defer func() { _ = a.tx.Rollback() }() // after a commit it does nothing
	if err := a.rec(ctx, rec); err != nil {
		return nil, fmt.Errorf("apply record %d: %w", rec.Cursor.Seq, err)
	}
	if !rec.More {
		if err := a.exec(ctx, "set_meta", "cursor", string(cursor)); err != nil {
			return nil, fmt.Errorf("apply: %w", err)
		}
		if r.view != view { // read under write: only writers change it
			if err := a.exec(ctx, "set_meta", "view", view); err != nil {
				return nil, fmt.Errorf("apply: %w", err)
			}
		}
	}
	if err := a.tx.Commit(); err != nil {
		return nil, fmt.Errorf("apply: %w", err)
	}
	changed = a.publish()
	if !rec.More {
		r.mu.Lock()
		r.cursor, r.view = rec.Cursor, view
		r.mu.Unlock()
	}
	r.clean(ctx)
	return changed, nil
}

// Prune drops the conversations that its user may not see any more because they are old; the server does not say so.
func (r *Replica) Prune(ctx context.Context, who conversation.Viewer, now int64) (dropped []string, err error) {
	var old []string
	for _, s := range r.States() {
		if conversation.Visible(s, who, now) < conversation.Kept && conversation.Visible(s, who, s.LastAt) >= conversation.Kept {
			old = append(old, s.ID)
		}
	}
	if len(old) == 0 {
		return nil, nil
	}
	r.write.Lock()
	defer r.write.Unlock()
	a, err := r.begin(ctx)
	if err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	defer func() { _ = a.tx.Rollback() }() // after a commit it does nothing
	for _, id := range old {
		if err := a.drop(ctx, id); err != nil {
			return nil, fmt.Errorf("prune %s: %w", id, err)
		}
	}
	if err := a.tx.Commit(); err != nil {
		return nil, fmt.Errorf("prune: %w", err)
	}
	return a.publish(), nil
}

// clean empties the write-ahead log, where text that was taken back lives on. While a read holds it, the next Apply tries
// again. r.write is held.
func (r *Replica) clean(ctx context.Context) {
	if !r.scrub {
		return
	}
	var busy, frames, moved int
	err := r.w.QueryRowContext(ctx, r.sql["scrub"]).Scan(&busy, &frames, &moved)
	r.scrub = err != nil || busy != 0
}
