// Package folds is what a shop's log adds up to, in SQLite: conversations, transcripts with full text, client IDs, agents.
//
// Rows and checkpoint change in one transaction, so a fold may be killed at any point and goes on where it was; since
// the log is the truth, it may be rebuilt at any time (Rebuild), with the same result to the row. History is read from
// here, never from the log. All times are Unix milliseconds of floor time.
package folds

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"path/filepath"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // the database driver
	"github.com/pressly/goose/v3"

	"agentdesk/sync/event"
	"agentdesk/sync/sqlfile"
)

// The errors of a fold; test with errors.Is.
var (
	// ErrNewer: the database was written by a newer program.
	ErrNewer = errors.New("folds: database is newer than this program")
	// ErrForeign: the records are not of the log that this fold was made from (a restored backup on one side). Rebuild.
	ErrForeign = errors.New("folds: the log is another incarnation than the one folded")
	// ErrGap: records are missing between the checkpoint and what was given to Apply.
	ErrGap = errors.New("folds: records are missing")
	// ErrNoFullText: the program was built without the tag sqlite_fts5.
	ErrNoFullText = errors.New("folds: this program was built without full text (build tag sqlite_fts5)")
)

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed queries.sql
var queries string

// Params says where the fold lives.
type Params struct {
	Path        string        // the database's file
	Readers     int           // connections that read at once; 0 means 4
	ReadTimeout time.Duration // of one read whose ctx has no earlier deadline; 0 means 10 s
	Logger      *slog.Logger  // tells of events that could not be folded; nil means nowhere
}

// Folds is an open fold. Apply and the like are one at a time; reads run beside them.
type Folds struct {
	p     Params
	sql   map[string]string
	write *sql.DB
	read  *sql.DB
	point map[string]*sql.Stmt // prepared reads of one row, the ones that the floor asks on its hot path

	apply sync.Mutex // the one writer
	w     *writer

	mu      sync.Mutex
	cp      Checkpoint
	changed chan struct{} // closed and replaced when cp moves
	ended   bool
}

// Checkpoint is the place of a fold in the log.
type Checkpoint struct {
	event.Cursor
	Term uint64
	Time int64
}

// Open opens or creates the fold. A database of a newer program is refused with ErrNewer, naming both versions.
func Open(ctx context.Context, p Params) (*Folds, error) {
	if p.Readers <= 0 {
		p.Readers = 4
	}
	if p.ReadTimeout <= 0 {
		p.ReadTimeout = 10 * time.Second
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	f := &Folds{p: p, sql: sqlfile.Named(queries), changed: make(chan struct{})}
	if err := f.open(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open folds: %w", err), f.Close())
	}
	return f, nil
}

// Each connection keeps pages of its own, up to so many KB. What it does not keep the system's cache has: a few megabytes
// each make the server's memory level off in minutes rather than hours.
const (
	writeCache = "&_cache_size=-8000"
	readCache  = "&_cache_size=-2000"
)

func (f *Folds) open(ctx context.Context) error {
	// The log is the truth: after a power cut a fold may be a little behind (synchronous NORMAL), never torn.
	uri := "file:" + (&url.URL{Path: filepath.ToSlash(f.p.Path)}).EscapedPath() +
		"?_busy_timeout=10000&_journal_mode=WAL&_synchronous=NORMAL&_secure_delete=true"
	var err error
	if f.write, err = sql.Open("sqlite3", uri+"&_txlock=immediate"+writeCache); err != nil {
		return err
	}
	f.write.SetMaxOpenConns(1)
	if err := migrate(ctx, f.write); err != nil {
		return err
	}
	if f.read, err = sql.Open("sqlite3", uri+"&mode=ro&_query_only=true"+readCache); err != nil {
		return err
	}
	f.read.SetMaxOpenConns(f.p.Readers)
	f.read.SetMaxIdleConns(f.p.Readers)
	f.point = map[string]*sql.Stmt{}
	for _, name := range []string{"client_id", "last_of_customer", "record_hash", "state", "open_of_customer"} {
		if f.point[name], err = f.read.PrepareContext(ctx, f.sql[name]); err != nil {
			return fmt.Errorf("prepare %s: %w", name, err)
		}
	}
	if f.w, err = newWriter(ctx, f); err != nil {
		return err
	}
	f.scrub(ctx) // a killed process may have left erased text
	if err := f.dropStale(ctx); err != nil {
		return err
	}
	cp, err := f.storedCheckpoint(ctx, f.read)
	if err != nil {
		return err
	}
	f.moved(cp)
	return nil
}

func migrate(ctx context.Context, db *sql.DB) error {
	var fts bool
	if err := db.QueryRowContext(ctx, "SELECT sqlite_compileoption_used('ENABLE_FTS5')").Scan(&fts); err != nil {
		return err
	}
	if !fts {
		return ErrNoFullText
	}
	dir, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	g, err := goose.NewProvider(goose.DialectSQLite3, db, dir, goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	have, err := g.GetDBVersion(ctx)
	if err != nil {
		return err
	}
	sources := g.ListSources()
	if know := sources[len(sources)-1].Version; have > know {
		return fmt.Errorf("%w: it has version %d, this program knows %d", ErrNewer, have, know)
	}
	_, err = g.Up(ctx)
	return err
}

// dropStale empties a fold that an older program could not fold entirely, when this one can.
func (f *Folds) dropStale(ctx context.Context) error {
	rows, err := f.read.QueryContext(ctx, f.sql["unread"])
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	stale := false
	for rows.Next() {
		var e event.Event
		if err := rows.Scan(&e.Type, &e.MinReader); err != nil {
			return err
		}
		stale = stale || event.Readable(&e) == nil
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || !stale {
		return err
	}
	f.p.Logger.Info("folding again from the start: an older program could not read all of it", "path", f.p.Path)
	return f.Reset(ctx)
}

// Close closes the fold. Running reads end with an error.
func (f *Folds) Close() error {
	f.apply.Lock()
	defer f.apply.Unlock()
	f.mu.Lock()
	if !f.ended {
		f.ended = true
		close(f.changed)
		f.changed = make(chan struct{})
	}
	f.mu.Unlock()
	var errs []error
	if f.w != nil {
		errs = append(errs, f.w.close())
		f.w = nil
	}
	for _, s := range f.point {
		errs = append(errs, s.Close())
	}
	for _, db := range []*sql.DB{f.read, f.write} {
		if db != nil {
			errs = append(errs, db.Close())
		}
	}
	return errors.Join(errs...)
}

// At is the place of this fold as last committed.
func (f *Folds) At() Checkpoint {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.cp
}

// Checkpoint is the sequence of the last record folded and committed; reads that begin later see all of it.
func (f *Folds) Checkpoint() uint64 { return f.At().Seq }

func (f *Folds) moved(cp Checkpoint) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.cp = cp
	close(f.changed)
	f.changed = make(chan struct{})
}

// WaitFor waits until the record seq is folded and committed.
func (f *Folds) WaitFor(ctx context.Context, seq uint64) error {
	for {
		f.mu.Lock()
		at, changed, ended := f.cp.Seq, f.changed, f.ended
		f.mu.Unlock()
		switch {
		case at >= seq:
			return nil
		case ended:
			return fmt.Errorf("wait for record %d: %w", seq, sql.ErrConnDone)
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for record %d, fold is at %d: %w", seq, at, ctx.Err())
		case <-changed:
		}
	}
}

type querier interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

func (f *Folds) storedCheckpoint(ctx context.Context, q querier) (Checkpoint, error) {
	var c Checkpoint
	err := q.QueryRowContext(ctx, f.sql["checkpoint"]).Scan(&c.Stream, &c.Seq, &c.Hash, &c.Term, &c.Time)
	if err != nil {
		return c, fmt.Errorf("read checkpoint: %w", err)
	}
	return c, nil
}

// eventID is the row of an event.
func eventID(seq uint64, idx int) int64 { return int64(seq)<<16 | int64(idx) } //nolint:gosec // 2^47 records

func placeOf(id int64) (seq uint64, idx int) { return uint64(id >> 16), int(id & 0xffff) } //nolint:gosec // ids are positive
