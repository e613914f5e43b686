package identity

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"agentdesk/sync/wire"
)

const forDesk = "desk"

// Login checks a password. ErrWrong does not tell whether the user exists; ErrBusy: try again.
func (s *Store) Login(ctx context.Context, id, password string) (wire.Session, error) {
	select {
	case s.turns <- struct{}{}:
	case <-ctx.Done():
		return wire.Session{}, fmt.Errorf("%w: %w", ErrBusy, ctx.Err())
	}
	defer func() { <-s.turns }()
	u, hash, err := s.row(ctx, id)
	if err != nil && !errors.Is(err, ErrUnknown) {
		return wire.Session{}, fmt.Errorf("log in: %w", err)
	}
	if err != nil || hash == "" {
		_ = checkPassword(s.decoy, password)
		return wire.Session{}, ErrWrong
	}
	if len(password) > 1024 || !checkPassword(hash, password) {
		return wire.Session{}, ErrWrong
	}
	return s.session(ctx, u)
}

// Refresh exchanges a refresh token, once, for a new session. ErrToken, ErrExpired.
func (s *Store) Refresh(ctx context.Context, refresh string) (wire.Session, error) {
	var user string
	var expires int64
	err := s.db.QueryRowContext(ctx, "DELETE FROM refresh WHERE hash = ? RETURNING user, expires", hashToken(refresh)).Scan(&user, &expires)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return wire.Session{}, ErrToken
	case err != nil:
		return wire.Session{}, fmt.Errorf("refresh: %w", err)
	case s.p.Now().UnixMilli() >= expires:
		return wire.Session{}, ErrExpired
	}
	u, _, err := s.row(ctx, user)
	if err != nil {
		return wire.Session{}, fmt.Errorf("refresh: %w", err)
	}
	return s.session(ctx, u)
}

func (s *Store) session(ctx context.Context, u wire.User) (wire.Session, error) {
	now := s.p.Now()
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	refresh := base64.RawURLEncoding.EncodeToString(raw)
	if _, err := s.db.ExecContext(ctx, "DELETE FROM refresh WHERE expires <= ?", now.UnixMilli()); err != nil {
		return wire.Session{}, fmt.Errorf("open session: %w", err)
	}
	if _, err := s.db.ExecContext(ctx, "INSERT INTO refresh (hash, user, expires) VALUES (?, ?, ?)",
		hashToken(refresh), strings.ToLower(u.ID), now.Add(s.p.RefreshTTL).UnixMilli()); err != nil {
		return wire.Session{}, fmt.Errorf("open session: %w", err)
	}
	token, expires := s.Token(u.ID)
	return wire.Session{Token: token, Expires: expires.UnixMilli(), Refresh: refresh, User: u}, nil
}

// Token makes a desk token for a user.
func (s *Store) Token(user string) (string, time.Time) {
	expires := s.p.Now().Add(s.p.TokenTTL)
	return sign(s.p.Secret, claims{For: forDesk, Subject: user, Expires: expires.UnixMilli()}), expires
}

// Verify checks a desk token and gives the user as they are now. ErrToken, ErrExpired, ErrUnknown.
func (s *Store) Verify(ctx context.Context, token string) (wire.User, time.Time, error) {
	c, err := verify(s.p.Secret, forDesk, token, s.p.Now())
	if err != nil {
		return wire.User{}, time.Time{}, err
	}
	u, err := s.User(ctx, c.Subject)
	return u, time.UnixMilli(c.Expires), err
}

func hashToken(t string) string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

// LoadSecret reads the signing secret of a data folder, and makes it (mode 0600) where there is none.
func LoadSecret(path string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Clean(path))
	if err == nil {
		if len(data) < 32 {
			return nil, fmt.Errorf("read secret %s: shorter than 32 bytes", path)
		}
		return data, nil
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read secret: %w", err)
	}
	data = make([]byte, 32)
	_, _ = rand.Read(data)
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make secret: %w", err)
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("make secret: %w", err)
	}
	return data, nil
}
