package keyring

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// loadKEK reads the key-encryption key: 64 hex digits in a file of mode 0600. With create, a missing file is made.
func loadKEK(path string, create bool) ([]byte, error) {
	st, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && create:
		return makeKEK(path)
	case err != nil:
		return nil, fmt.Errorf("key-encryption key: %w", err)
	case !st.Mode().IsRegular() || st.Mode().Perm() != 0o600:
		return nil, fmt.Errorf("%s has mode %04o: %w", path, st.Mode().Perm(), ErrMode)
	}
	data, err := os.ReadFile(path) //nolint:gosec // the operator's own path
	if err != nil {
		return nil, fmt.Errorf("key-encryption key: %w", err)
	}
	key, err := hex.DecodeString(string(bytes.TrimSpace(data)))
	if err != nil || len(key) != keyBytes {
		return nil, fmt.Errorf("key-encryption key in %s: want %d hex digits", path, 2*keyBytes)
	}
	return key, nil
}

// makeKEK writes a new key durably: losing it to a power cut would lose every customer's text.
func makeKEK(path string) ([]byte, error) {
	key := make([]byte, keyBytes)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".kek-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make key-encryption key: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.WriteString(hex.EncodeToString(key) + "\n")
	if err = errors.Join(err, tmp.Chmod(0o600), tmp.Sync(), tmp.Close()); err != nil {
		return nil, fmt.Errorf("make key-encryption key: %w", err)
	}
	// Link, unlike rename, never replaces a key that another process made meanwhile.
	if err := os.Link(tmp.Name(), path); err != nil {
		return nil, fmt.Errorf("make key-encryption key: %w", err)
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("make key-encryption key: %w", err)
	}
	return key, errors.Join(d.Sync(), d.Close())
}

// uriPath escapes a path for a SQLite URI.
func uriPath(p string) string { return (&url.URL{Path: filepath.ToSlash(p)}).EscapedPath() }
