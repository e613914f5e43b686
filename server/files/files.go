// Package files keeps what customers and agents send: cleaned, sealed with the customer's key, named by the hash of what is
// stored. An index in SQLite says whose each file is.
package files

import (
	"context"
	"crypto/sha256"
	"database/sql"
	_ "embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver

	"agentdesk/server/files/media"
	"agentdesk/server/identity/keyring"
	"agentdesk/sync/sqlfile"
)

//go:embed schema.sql
var schema string

//go:embed queries.sql
var queries string

// The errors of the store; test with errors.Is. What a file itself is refused for is a *media.Refusal.
var (
	ErrUnknown = errors.New("files: no such file")
	ErrErased  = errors.New("files: the customer's key was destroyed")
	ErrRate    = errors.New("files: too many uploads in a minute")
	ErrDay     = errors.New("files: too much uploaded in a day")
	ErrFull    = errors.New("files: the disk is full")
	ErrNewer   = errors.New("files: database is newer than this program")
)

// Keys seal what customers send; *keyring.Ring does.
type Keys interface {
	Seal(customer string, plain, aad []byte) ([]byte, error)
	Unseal(customer string, sealed, aad []byte) ([]byte, error)
}

// place binds a sealed file to being one: a sealed text cannot be served as a file.
var place = []byte("agentdesk/file")

// Params says where files live. Optional fields say so.
type Params struct {
	Dir   string           // of the sealed files; made when it is not there
	Index string           // the index's database
	Keys  Keys             //
	Now   func() time.Time // optional: the system's clock
	Cache int              // optional: bytes of small pictures kept in memory, 32 MB
}

// Meta is what is known of a file.
type Meta struct {
	Hash     string
	Customer string
	Sender   string
	Mime     string
	Size     int64 // bytes, unsealed
	W, H     int
	Secs     int
	Wave     []byte
	At       int64 // Unix ms
}

// Upload is a file on its way in.
type Upload struct {
	Customer string // whose conversation it belongs to
	Sender   string // who uploads it
	Declared string // its type as the sender names it
	Voice    bool   // only a voice note will do
	Data     []byte
	Limits   Limits
}

// Store is an open store, safe for concurrent use.
type Store struct {
	p     Params
	db    *sql.DB
	sql   map[string]string
	turns chan struct{} // decoding takes up to media.MaxDecode: two at a time
	small *cache
	busy  *senders
}

// Open opens or creates the store.
func Open(ctx context.Context, p Params) (_ *Store, err error) {
	if p.Dir == "" || p.Index == "" || p.Keys == nil {
		return nil, errors.New("open files: folder, index and keys are needed")
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Cache <= 0 {
		p.Cache = 32 << 20
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open files: %w", err)
	}
	uri := "file:" + (&url.URL{Path: filepath.ToSlash(p.Index)}).EscapedPath() + "?_busy_timeout=10000&_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_secure_delete=true"
	db, err := sql.Open("sqlite3", uri)
	if err != nil {
		return nil, fmt.Errorf("open files: %w", err)
	}
	db.SetMaxOpenConns(1)
	s := &Store{p: p, db: db, sql: sqlfile.Named(queries), turns: make(chan struct{}, 2), small: newCache(p.Cache), busy: newSenders()}
	if err := sqlfile.Create(ctx, db, schema, schemaVersion, ErrNewer); err != nil {
		return nil, errors.Join(fmt.Errorf("open files: %w", err), db.Close())
	}
	return s, nil
}

const schemaVersion = 1

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Put cleans, seals and stores a file. When it returns, the file is on disk.
func (s *Store) Put(ctx context.Context, u Upload) (Meta, error) {
	f, err := s.clean(ctx, u)
	if err != nil {
		return Meta{}, err
	}
	sealed, err := s.p.Keys.Seal(u.Customer, f.Data, place)
	if err != nil {
		return Meta{}, fmt.Errorf("seal a file: %w", err)
	}
	sum := sha256.Sum256(sealed)
	m := Meta{Hash: hex.EncodeToString(sum[:]), Customer: u.Customer, Sender: u.Sender, Mime: f.Mime, Size: int64(len(f.Data)), W: f.W, H: f.H,
		Secs: f.Secs, Wave: f.Wave, At: s.p.Now().UnixMilli()}
	if err := s.write(m.Hash, sealed); err != nil {
		return Meta{}, full(fmt.Errorf("store a file: %w", err))
	}
	if err := s.enter(ctx, m, int64(len(u.Data)), u.Limits); err != nil {
		_ = os.Remove(s.path(m.Hash))
		return Meta{}, full(err)
	}
	return m, nil
}

func (s *Store) clean(ctx context.Context, u Upload) (media.File, error) {
	if err := s.turn(ctx); err != nil {
		return media.File{}, err
	}
	defer func() { <-s.turns }()
	return media.Clean(u.Data, u.Declared, u.Voice)
}

func (s *Store) turn(ctx context.Context) error {
	select {
	case s.turns <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) path(hash string) string { return filepath.Join(s.p.Dir, hash[:2], hash) }

// write writes durably, and under its name only when whole.
func (s *Store) write(hash string, data []byte) error {
	path := s.path(hash)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// enter puts a file into the index, within its sender's limits.
func (s *Store) enter(ctx context.Context, m Meta, cost int64, l Limits) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("index a file: %w", err)
	}
	defer func() { _ = tx.Rollback() }()
	if err := s.within(ctx, tx, m.Sender, cost, l); err != nil {
		return err
	}
	wave := m.Wave
	if wave == nil {
		wave = []byte{}
	}
	for _, q := range []struct {
		name string
		args []any
	}{
		{"add", []any{m.Hash, m.Customer, m.Sender, m.Mime, m.Size, m.W, m.H, m.Secs, wave, m.At}},
		{"use", []any{m.Sender, m.At, cost}},
		{"forget_use", []any{m.At - (24 * time.Hour).Milliseconds()}},
	} {
		if _, err := tx.ExecContext(ctx, s.sql[q.name], q.args...); err != nil {
			return fmt.Errorf("index a file: %s: %w", q.name, err)
		}
	}
	return tx.Commit()
}

// Stat says what is known of a file. ErrUnknown: there is none.
func (s *Store) Stat(ctx context.Context, hash string) (Meta, error) {
	var m Meta
	if !validHash(hash) {
		return m, ErrUnknown
	}
	err := s.db.QueryRowContext(ctx, s.sql["get"], hash).Scan(&m.Hash, &m.Customer, &m.Sender, &m.Mime, &m.Size, &m.W, &m.H, &m.Secs, &m.Wave, &m.At)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return m, ErrUnknown
	case err != nil:
		return m, fmt.Errorf("look up a file: %w", err)
	}
	if len(m.Wave) == 0 {
		m.Wave = nil
	}
	return m, nil
}

// Open reads a file. ErrErased: its key is gone.
func (s *Store) Open(m Meta) ([]byte, error) {
	sealed, err := os.ReadFile(s.path(m.Hash))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrUnknown
	}
	if err != nil {
		return nil, fmt.Errorf("read a file: %w", err)
	}
	plain, err := s.p.Keys.Unseal(m.Customer, sealed, place)
	if errors.Is(err, keyring.ErrNoKey) {
		return nil, ErrErased
	}
	if err != nil {
		return nil, fmt.Errorf("unseal a file: %w", err)
	}
	return plain, nil
}

// Small is a picture made small, see media.Thumb, and its type. Widths are rounded up to a few steps.
func (s *Store) Small(ctx context.Context, m Meta, w int) ([]byte, string, error) {
	w = step(w)
	key := fmt.Sprintf("%s/%d", m.Hash, w)
	if e, ok := s.small.get(key); ok {
		return e.data, e.mime, nil
	}
	if err := s.turn(ctx); err != nil {
		return nil, "", err
	}
	defer func() { <-s.turns }()
	if e, ok := s.small.get(key); ok { // made while this one waited
		return e.data, e.mime, nil
	}
	data, err := s.Open(m)
	if err != nil {
		return nil, "", err
	}
	out, mime, err := media.Thumb(data, m.Mime, w)
	if err != nil {
		return nil, "", err
	}
	s.small.put(key, out, mime)
	return out, mime, nil
}

// step bounds how many sizes of one picture there are.
func step(w int) int {
	for _, s := range []int{64, 128, 240, 360, 480} {
		if w <= s {
			return s
		}
	}
	return media.MaxThumb
}

// Remove takes a file away. Removing one that is gone changes nothing.
func (s *Store) Remove(ctx context.Context, hash string) error {
	if !validHash(hash) {
		return nil
	}
	s.small.drop(hash)
	if _, err := s.db.ExecContext(ctx, s.sql["remove"], hash); err != nil {
		return fmt.Errorf("remove a file: %w", err)
	}
	if err := os.Remove(s.path(hash)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove a file: %w", err)
	}
	return nil
}

// Forget takes all files of a customer away.
func (s *Store) Forget(ctx context.Context, customer string) error {
	rows, err := s.db.QueryContext(ctx, s.sql["of_customer"], customer)
	if err != nil {
		return fmt.Errorf("files of a customer: %w", err)
	}
	var hashes []string
	for rows.Next() {
		var h string
		if err := rows.Scan(&h); err != nil {
			return errors.Join(fmt.Errorf("files of a customer: %w", err), rows.Close())
		}
		hashes = append(hashes, h)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return fmt.Errorf("files of a customer: %w", err)
	}
	for _, h := range hashes {
		if err := s.Remove(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

func validHash(h string) bool {
	if len(h) != 64 {
		return false
	}
	for _, c := range h {
		if (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}

// full names the error of a full disk.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) || strings.Contains(err.Error(), "database or disk is full") {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}
