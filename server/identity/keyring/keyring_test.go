package keyring

import (
	"bytes"
	"container/list"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t testing.TB, p Params) *Ring {
	t.Helper()
	r, err := Open(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func seal(t *testing.T, r *Ring, customer, plain, aad string) []byte {
	t.Helper()
	s, err := r.Seal(customer, []byte(plain), []byte(aad))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRing_SealAndUnseal(t *testing.T) {
	r := open(t, Params{Dir: t.TempDir()})
	a, b := seal(t, r, "anna", "hello", "e1"), seal(t, r, "anna", "hello", "e1")
	if bytes.Equal(a, b) || bytes.Contains(a, []byte("hello")) || len(a) != len("hello")+Overhead {
		t.Fatalf("sealed as %x and %x", a, b)
	}
	if p, err := r.Unseal("anna", a, []byte("e1")); err != nil || string(p) != "hello" {
		t.Fatalf("%q, %v", p, err)
	}
}

func TestRing_RefusesWhatDoesNotFit(t *testing.T) {
	r := open(t, Params{Dir: t.TempDir()})
	s := seal(t, r, "anna", "hello", "e1")
	seal(t, r, "bert", "x", "e1")
	for i := range s {
		bad := bytes.Clone(s)
		bad[i] ^= 1
		if _, err := r.Unseal("anna", bad, []byte("e1")); !errors.Is(err, ErrTampered) && !errors.Is(err, ErrNoKey) && !errors.Is(err, ErrLost) {
			t.Fatalf("byte %d flipped: %v", i, err)
		}
	}
	for name, c := range map[string]struct {
		customer, aad string
		sealed        []byte
		want          error
	}{
		"aad": {"anna", "e2", s, ErrTampered}, "customer": {"bert", "e1", s, ErrTampered}, "nobody": {"carl", "e1", s, ErrLost},
		"short": {"anna", "e1", s[:Overhead-1], ErrTampered}, "empty": {"anna", "e1", nil, ErrTampered},
	} {
		if _, err := r.Unseal(c.customer, c.sealed, []byte(c.aad)); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
	for _, bad := range []string{"", strings.Repeat("x", maxCustomer+1)} {
		if _, err := r.Seal(bad, nil, nil); err == nil {
			t.Errorf("customer of %d bytes was accepted", len(bad))
		}
	}
}

func TestRing_KeysSurviveARestart(t *testing.T) {
	dir := t.TempDir()
	r := open(t, Params{Dir: dir})
	s := seal(t, r, "anna", "hello", "e1")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = open(t, Params{Dir: dir})
	if p, err := r.Unseal("anna", s, []byte("e1")); err != nil || string(p) != "hello" {
		t.Fatalf("%q, %v", p, err)
	}
}

func TestRing_RefusesAForeignOrMissingKEK(t *testing.T) {
	dir := t.TempDir()
	r := open(t, Params{Dir: dir})
	seal(t, r, "anna", "hello", "e1")
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	kek := filepath.Join(dir, "kek")
	if err := os.WriteFile(kek, []byte(strings.Repeat("00", keyBytes)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Params{Dir: dir}); !errors.Is(err, ErrWrongKEK) {
		t.Fatalf("foreign KEK: %v", err)
	}
	if err := os.WriteFile(kek, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Params{Dir: dir}); err == nil {
		t.Fatal("a malformed KEK was accepted")
	}
	if err := os.Remove(kek); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Params{Dir: dir}); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("missing KEK: %v", err)
	}
	if _, err := os.Stat(kek); err == nil {
		t.Fatal("a new KEK was made for old keys")
	}
}

func TestRing_FilesAreTheOwnersAlone(t *testing.T) {
	dir := t.TempDir()
	r := open(t, Params{Dir: dir})
	seal(t, r, "anna", "hello", "e1")
	for _, f := range []string{"kek", "keys.db", "keys.db-wal"} {
		if st, err := os.Stat(filepath.Join(dir, f)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, st.Mode(), err)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o400, 0o700} {
		if err := os.Chmod(filepath.Join(dir, "kek"), mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(t.Context(), Params{Dir: dir}); !errors.Is(err, ErrMode) {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestRing_RefusesANewerDatabase(t *testing.T) {
	dir := t.TempDir()
	r := open(t, Params{Dir: dir})
	if _, err := r.db.ExecContext(t.Context(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Params{Dir: dir}); !errors.Is(err, ErrNewer) || !strings.Contains(err.Error(), "99") {
		t.Fatalf("got %v", err)
	}
}

// An erased customer's text stays shut, also when the customer comes back and gets a new key.
func TestRing_ErasedStaysErased(t *testing.T) {
	dir := t.TempDir()
	r := open(t, Params{Dir: dir})
	s := seal(t, r, "anna", "hello", "e1")
	if _, err := r.db.ExecContext(t.Context(), "UPDATE customer_key SET wrapped = NULL WHERE customer = 'anna'"); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = open(t, Params{Dir: dir})
	if _, err := r.Unseal("anna", s, []byte("e1")); !errors.Is(err, ErrNoKey) {
		t.Fatalf("erased: %v", err)
	}
	again := seal(t, r, "anna", "back", "e2")
	if p, err := r.Unseal("anna", again, []byte("e2")); err != nil || string(p) != "back" {
		t.Fatalf("%q, %v", p, err)
	}
	if _, err := r.Unseal("anna", s, []byte("e1")); !errors.Is(err, ErrNoKey) {
		t.Fatalf("erased, then back: %v", err)
	}
}

// A ring of another time says so, rather than passing for one whose customers were erased.
func TestRing_LostIsNotErased(t *testing.T) {
	old := open(t, Params{Dir: t.TempDir()})
	seal(t, old, "anna", "x", "e0")
	now := open(t, Params{Dir: t.TempDir()})
	seal(t, now, "anna", "x", "e0")
	if _, err := now.db.ExecContext(t.Context(), "UPDATE customer_key SET wrapped = NULL WHERE customer = 'anna'"); err != nil {
		t.Fatal(err)
	}
	now.mu.Lock()
	now.cache, now.order = map[string]*list.Element{}, list.New()
	now.mu.Unlock()
	later := seal(t, now, "anna", "after coming back", "e1") // of the second key
	if _, err := old.Unseal("anna", later, []byte("e1")); !errors.Is(err, ErrLost) {
		t.Fatalf("a later key: %v", err)
	}
	if _, err := old.Unseal("bert", later, []byte("e1")); !errors.Is(err, ErrLost) {
		t.Fatalf("a customer it never had: %v", err)
	}
}

func TestRing_RowsCannotBeSwapped(t *testing.T) {
	dir := t.TempDir()
	r := open(t, Params{Dir: dir})
	s := seal(t, r, "anna", "hello", "e1")
	seal(t, r, "bert", "hello", "e1")
	if _, err := r.db.ExecContext(t.Context(), "UPDATE customer_key SET wrapped = (SELECT wrapped FROM customer_key WHERE customer = 'bert') WHERE customer = 'anna'"); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	r = open(t, Params{Dir: dir})
	if _, err := r.Unseal("anna", s, []byte("e1")); !errors.Is(err, ErrTampered) {
		t.Fatalf("got %v", err)
	}
}

func TestRing_CacheIsBoundedAndTheKeyStaysOne(t *testing.T) {
	r := open(t, Params{Dir: t.TempDir(), Cache: 8})
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 40 {
				c := fmt.Sprintf("c%d", (i+w)%20)
				s, err := r.Seal(c, []byte(c), []byte("e"))
				if err != nil {
					t.Error(err)
					return
				}
				if p, err := r.Unseal(c, s, []byte("e")); err != nil || string(p) != c {
					t.Errorf("%s: %q, %v", c, p, err)
					return
				}
			}
		})
	}
	wg.Wait()
	if len(r.cache) > 8 || r.order.Len() > 8 {
		t.Fatalf("%d customers cached", len(r.cache))
	}
}

func TestRing_EnsureKeysMakesEachOnce(t *testing.T) {
	r := open(t, Params{Dir: t.TempDir()})
	var names []string
	for i := range 500 {
		names = append(names, fmt.Sprintf("c%d", i%400)) // some twice
	}
	if err := r.EnsureKeys(t.Context(), names); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := r.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM customer_key").Scan(&n); err != nil || n != 400 {
		t.Fatalf("%d keys, %v", n, err)
	}
	// A known customer needs the database no more.
	if err := r.db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := r.EnsureKeys(t.Context(), names); err != nil {
		t.Fatal(err)
	}
	if err := r.EnsureKeys(t.Context(), []string{"new"}); err == nil {
		t.Fatal("a key that is not durable was reported as made")
	}
}

func FuzzUnseal(f *testing.F) {
	r := open(f, Params{Dir: f.TempDir()})
	s, err := r.Seal("anna", []byte("hello"), []byte("e1"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(s, "e1")
	f.Add([]byte{format}, "")
	f.Fuzz(func(t *testing.T, sealed []byte, aad string) {
		p, err := r.Unseal("anna", sealed, []byte(aad))
		if err == nil && (!bytes.Equal(sealed, s) || aad != "e1" || string(p) != "hello") {
			t.Fatalf("a forgery opened: %q", p)
		}
	})
}
