// Package identity knows who may come in: users with passwords and roles, their short-lived tokens, and visitors.
//
// Users live in SQLite, passwords as argon2id. Tokens are signed with HMAC-SHA-256 and checked without a look-up;
// refresh tokens are random, stored as hashes, and good once.
package identity

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver

	"agentdesk/sync/sqlfile"
	"agentdesk/sync/wire"
)

//go:embed schema.sql
var schema string

// The refusals; test with errors.Is.
var (
	ErrWrong   = errors.New("identity: user or password is wrong")
	ErrToken   = errors.New("identity: token is not valid")
	ErrExpired = errors.New("identity: token has expired")
	ErrUnknown = errors.New("identity: no such user")
	ErrNewer   = errors.New("identity: database is newer than this program")
	ErrBusy    = errors.New("identity: too many log-ins at once")
)

// Params says where users live and how long what they get is good. Optional fields say so.
type Params struct {
	Path       string           // the database's file
	Secret     []byte           // signs tokens, at least 32 bytes; see LoadSecret
	TokenTTL   time.Duration    // optional: 15 minutes
	RefreshTTL time.Duration    // optional: 14 days
	Now        func() time.Time // optional: the system's clock
}

// Store keeps users. It is safe for concurrent use.
type Store struct {
	p     Params
	db    *sql.DB
	turns chan struct{} // bounds how many passwords are hashed at once: each takes 19 MiB
	decoy string        // what an unknown user's password is compared with, so that time does not tell
}

// Open opens or creates the store.
func Open(ctx context.Context, p Params) (*Store, error) {
	if len(p.Secret) < 32 {
		return nil, errors.New("open identity: secret is shorter than 32 bytes")
	}
	if p.TokenTTL <= 0 {
		p.TokenTTL = 15 * time.Minute
	}
	if p.RefreshTTL <= 0 {
		p.RefreshTTL = 14 * 24 * time.Hour
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	uri := "file:" + (&url.URL{Path: filepath.ToSlash(p.Path)}).EscapedPath() + "?_busy_timeout=10000&_journal_mode=WAL&_txlock=immediate"
	db, err := sql.Open("sqlite3", uri)
	if err != nil {
		return nil, fmt.Errorf("open identity: %w", err)
	}
	db.SetMaxOpenConns(1)
	s := &Store{p: p, db: db, turns: make(chan struct{}, 2), decoy: hashPassword("decoy")}
	if err := sqlfile.Create(ctx, db, schema, schemaVersion, ErrNewer); err != nil {
		return nil, errors.Join(fmt.Errorf("open identity: %w", err), db.Close())
	}
	return s, nil
}

const schemaVersion = 1

// Close closes the store.
func (s *Store) Close() error { return s.db.Close() }

// Put creates or changes a user. An empty password leaves the one that is there; a new user without one cannot log in.
func (s *Store) Put(ctx context.Context, u wire.User, password string) error {
	if u.ID == "" || len(u.ID) > 128 {
		return fmt.Errorf("put user: ID %q is empty or longer than 128 bytes", u.ID)
	}
	switch u.Role {
	case "agent", "lead", "supervisor", "admin":
	default:
		return fmt.Errorf("put user %s: unknown role %q", u.ID, u.Role)
	}
	data, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("put user %s: %w", u.ID, err)
	}
	hash := ""
	if password != "" {
		hash = hashPassword(password)
	}
	if _, err := s.db.ExecContext(ctx,
		`INSERT INTO users (id, data, hash) VALUES (?1, ?2, ?3)
		 ON CONFLICT (id) DO UPDATE SET data = ?2, hash = CASE ?3 WHEN '' THEN hash ELSE ?3 END`,
		strings.ToLower(u.ID), string(data), hash); err != nil {
		return fmt.Errorf("put user %s: %w", u.ID, err)
	}
	return nil
}

// User is one user. ErrUnknown: there is none.
func (s *Store) User(ctx context.Context, id string) (wire.User, error) {
	u, _, err := s.row(ctx, id)
	return u, err
}

func (s *Store) row(ctx context.Context, id string) (wire.User, string, error) {
	var data, hash string
	err := s.db.QueryRowContext(ctx, "SELECT data, hash FROM users WHERE id = ?", strings.ToLower(id)).Scan(&data, &hash)
	var u wire.User
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return u, "", ErrUnknown
	case err != nil:
		return u, "", fmt.Errorf("read user: %w", err)
	}
	if err := json.Unmarshal([]byte(data), &u); err != nil {
		return u, "", fmt.Errorf("read user %s: %w", id, err)
	}
	return u, hash, nil
}

// Users are all users, by ID.
func (s *Store) Users(ctx context.Context) ([]wire.User, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT data FROM users ORDER BY id")
	if err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	defer func() { _ = rows.Close() }()
	var out []wire.User
	for rows.Next() {
		var data string
		var u wire.User
		if err := rows.Scan(&data); err != nil {
			return nil, fmt.Errorf("list users: %w", err)
		}
		if err := json.Unmarshal([]byte(data), &u); err != nil {
			return nil, fmt.Errorf("list users: %w", err)
		}
		out = append(out, u)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("list users: %w", err)
	}
	return out, nil
}
