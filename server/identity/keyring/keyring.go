// Package keyring keeps one AES-256-GCM key for each customer, outside the log, wrapped by a key-encryption key (KEK).
//
// Whatever customers say is sealed with their key before it is logged, so that destroying one key erases one customer in
// every copy of the log. A key is durable before anything sealed with it can be stored: EnsureKeys and Seal return only
// after the sync.
//
// A sealed value is: format (1 byte, 1) ‖ generation of the customer's key (4 bytes, big endian) ‖ nonce (12 bytes) ‖
// ciphertext and tag. The generation tells the text of an erased customer from that of the same customer come back.
package keyring

import (
	"container/list"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"database/sql"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	_ "github.com/mattn/go-sqlite3" // the database driver
)

// The errors of a keyring; test with errors.Is.
var (
	ErrNoKey    = errors.New("keyring: the customer's key was destroyed")
	ErrLost     = errors.New("keyring: the customer's key is not in this ring, though it was never destroyed: the keys are of another time or place than the log")
	ErrTampered = errors.New("keyring: sealed text does not fit its key and its place")
	ErrWrongKEK = errors.New("keyring: the key-encryption key is not the one that wrapped these keys")
	ErrMode     = errors.New("keyring: key file must be readable by its owner alone (mode 0600)")
	ErrNewer    = errors.New("keyring: database is newer than this program")
)

const (
	format     = 1
	keyBytes   = 32
	nonceBytes = 12
	headBytes  = 5
	// Overhead is how many bytes longer a sealed value is than its plain text.
	Overhead      = headBytes + nonceBytes + 16
	schemaVersion = 1
	maxCustomer   = 512 // bytes of a customer's ID
)

//go:embed schema.sql
var schema string

// Params says where keys live.
type Params struct {
	Dir   string // holds keys.db
	KEK   string // the KEK's file; "" means Dir/kek. Created with a random key when missing and no keys exist yet
	Cache int    // customers kept unwrapped in memory; 0 means 50,000 (about 1 KB each)
}

// Ring is an open keyring, safe for concurrent use.
type Ring struct {
	db   *sql.DB
	kek  cipher.AEAD
	size int

	write sync.Mutex // one creator of keys at a time

	mu    sync.Mutex
	cache map[string]*list.Element
	order *list.List // front: used last
}

type entry struct {
	customer string
	gen      uint32
	aead     cipher.AEAD
}

// Open opens or creates the keyring in p.Dir.
func Open(ctx context.Context, p Params) (*Ring, error) {
	if p.KEK == "" {
		p.KEK = filepath.Join(p.Dir, "kek")
	}
	if p.Cache <= 0 {
		p.Cache = 50_000
	}
	if err := os.MkdirAll(p.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	path := filepath.Join(p.Dir, "keys.db")
	// SQLite gives its journal the mode of the database, so making the file first protects both.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the operator's own path
	if err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	if err := f.Close(); err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	db, err := sql.Open("sqlite3", "file:"+uriPath(path)+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=10000&_secure_delete=true")
	if err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	db.SetMaxOpenConns(1)
	r := &Ring{db: db, size: p.Cache, cache: map[string]*list.Element{}, order: list.New()}
	if err := r.setUp(ctx, p); err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	return r, nil
}

// setUp brings the schema to date and unlocks the KEK.
func (r *Ring) setUp(ctx context.Context, p Params) error {
	var version int
	if err := r.db.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > schemaVersion {
		return fmt.Errorf("%w: it has version %d, this program knows %d", ErrNewer, version, schemaVersion)
	}
	if version < schemaVersion {
		if _, err := r.db.ExecContext(ctx, schema); err != nil {
			return err
		}
		if _, err := r.db.ExecContext(ctx, "PRAGMA user_version = 1"); err != nil {
			return err
		}
	}
	var check []byte
	err := r.db.QueryRowContext(ctx, "SELECT value FROM meta WHERE name = 'check'").Scan(&check)
	fresh := errors.Is(err, sql.ErrNoRows)
	if err != nil && !fresh {
		return err
	}
	// A new KEK for old keys would only hide that the right one is gone.
	key, err := loadKEK(p.KEK, fresh)
	if err != nil {
		return err
	}
	if r.kek, err = newAEAD(key); err != nil {
		return err
	}
	if fresh {
		if check, err = wrap(r.kek, []byte("agentdesk"), []byte("check")); err != nil {
			return err
		}
		_, err = r.db.ExecContext(ctx, "INSERT INTO meta (name, value) VALUES ('check', ?)", check)
		return err
	}
	if _, err := unwrap(r.kek, check, []byte("check")); err != nil {
		return ErrWrongKEK
	}
	return nil
}

// Close closes the keyring.
func (r *Ring) Close() error {
	r.mu.Lock()
	r.cache, r.order = map[string]*list.Element{}, list.New()
	r.mu.Unlock()
	return r.db.Close()
}

// EnsureKeys makes the missing keys of customers, durably and all in one transaction. Known customers cost a look-up.
func (r *Ring) EnsureKeys(ctx context.Context, customers []string) error {
	var missing []string
	for _, c := range customers {
		if _, ok := r.cached(c); ok {
			continue
		}
		if c == "" || len(c) > maxCustomer {
			return fmt.Errorf("keyring: bad customer ID %.40q", c)
		}
		if !slices.Contains(missing, c) {
			missing = append(missing, c)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	r.write.Lock()
	defer r.write.Unlock()
	var create []string
	gens := make([]uint32, 0, len(missing))
	for _, c := range missing {
		e, err := r.load(ctx, c)
		switch {
		case err == nil:
			r.put(e)
		case errors.Is(err, ErrNoKey), errors.Is(err, ErrLost):
			create, gens = append(create, c), append(gens, e.gen+1)
		default:
			return err
		}
	}
	if len(create) == 0 {
		return nil
	}
	made, err := r.create(ctx, create, gens)
	if err != nil {
		return fmt.Errorf("keyring: make %d keys: %w", len(create), err)
	}
	for _, e := range made {
		r.put(e)
	}
	return nil
}

func (r *Ring) create(ctx context.Context, customers []string, gens []uint32) ([]*entry, error) {
	tx, err := r.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = tx.Rollback() }()
	stmt, err := tx.PrepareContext(ctx, `INSERT INTO customer_key (customer, gen, wrapped, made) VALUES (?, ?, ?, ?)
		ON CONFLICT (customer) DO UPDATE SET gen = excluded.gen, wrapped = excluded.wrapped, made = excluded.made`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = stmt.Close() }()
	now := time.Now().UnixMilli()
	out := make([]*entry, len(customers))
	for i, c := range customers {
		key := make([]byte, keyBytes)
		if _, err := rand.Read(key); err != nil {
			return nil, err
		}
		wrapped, err := wrap(r.kek, key, wrapAAD(c, gens[i]))
		if err != nil {
			return nil, err
		}
		aead, err := newAEAD(key)
		if err != nil {
			return nil, err
		}
		if _, err := stmt.ExecContext(ctx, c, gens[i], wrapped, now); err != nil {
			return nil, err
		}
		out[i] = &entry{customer: c, gen: gens[i], aead: aead}
	}
	return out, tx.Commit()
}

// load reads a customer's key; with ErrNoKey the entry still tells the last generation. ErrLost: there never was one here.
func (r *Ring) load(ctx context.Context, customer string) (*entry, error) {
	e := &entry{customer: customer}
	var wrapped []byte
	err := r.db.QueryRowContext(ctx, "SELECT gen, wrapped FROM customer_key WHERE customer = ?", customer).Scan(&e.gen, &wrapped)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return e, ErrLost
	case err != nil:
		return e, fmt.Errorf("keyring: read key: %w", err)
	case wrapped == nil:
		return e, ErrNoKey
	}
	key, err := unwrap(r.kek, wrapped, wrapAAD(customer, e.gen))
	if err != nil {
		return e, fmt.Errorf("keyring: key of customer %.40q: %w", customer, ErrTampered)
	}
	e.aead, err = newAEAD(key)
	return e, err
}

// Seal encrypts plain with the customer's key, made now if there is none, bound to aad (the event's ID).
func (r *Ring) Seal(customer string, plain, aad []byte) ([]byte, error) {
	e, ok := r.cached(customer)
	if !ok {
		if err := r.EnsureKeys(context.Background(), []string{customer}); err != nil {
			return nil, err
		}
		if e, ok = r.cached(customer); !ok {
			var err error // crowded out of the cache between the two lines
			if e, err = r.load(context.Background(), customer); err != nil {
				return nil, err
			}
		}
	}
	out := make([]byte, headBytes+nonceBytes, Overhead+len(plain))
	out[0] = format
	binary.BigEndian.PutUint32(out[1:], e.gen)
	nonce := out[headBytes:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return e.aead.Seal(out, nonce, plain, aad), nil
}

// Unseal opens what Seal made for this customer and aad. ErrNoKey: erased. ErrLost: sealed with a key that this ring never
// had. ErrTampered: not made so, or changed since.
func (r *Ring) Unseal(customer string, sealed, aad []byte) ([]byte, error) {
	if len(sealed) < Overhead || sealed[0] != format {
		return nil, ErrTampered
	}
	e, ok := r.cached(customer)
	if !ok {
		var err error
		e, err = r.load(context.Background(), customer)
		switch {
		case err == nil:
			r.put(e)
		case !errors.Is(err, ErrNoKey):
			return nil, err
		}
	}
	switch gen := binary.BigEndian.Uint32(sealed[1:]); {
	case gen > e.gen: // made after this ring was copied
		return nil, ErrLost
	case gen < e.gen || e.aead == nil:
		return nil, ErrNoKey
	}
	plain, err := e.aead.Open(nil, sealed[headBytes:headBytes+nonceBytes], sealed[headBytes+nonceBytes:], aad)
	if err != nil {
		return nil, ErrTampered
	}
	return plain, nil
}

func (r *Ring) cached(customer string) (*entry, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	el, ok := r.cache[customer]
	if !ok {
		return nil, false
	}
	r.order.MoveToFront(el)
	return el.Value.(*entry), true
}

func (r *Ring) put(e *entry) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if el, ok := r.cache[e.customer]; ok {
		el.Value = e
		r.order.MoveToFront(el)
		return
	}
	r.cache[e.customer] = r.order.PushFront(e)
	for len(r.cache) > r.size {
		old := r.order.Back()
		delete(r.cache, old.Value.(*entry).customer)
		r.order.Remove(old)
	}
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

func wrap(kek cipher.AEAD, key, aad []byte) ([]byte, error) {
	nonce := make([]byte, nonceBytes, nonceBytes+len(key)+16)
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return kek.Seal(nonce, nonce, key, aad), nil
}

func unwrap(kek cipher.AEAD, wrapped, aad []byte) ([]byte, error) {
	if len(wrapped) < nonceBytes {
		return nil, ErrTampered
	}
	return kek.Open(nil, wrapped[:nonceBytes], wrapped[nonceBytes:], aad)
}

// wrapAAD binds a wrapped key to its row, so that two rows cannot be swapped.
func wrapAAD(customer string, gen uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte("customer:"+customer+":"), gen)
}
