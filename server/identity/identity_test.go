package identity

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"agentdesk/sync/wire"
)

var secret = bytes.Repeat([]byte{1}, 32)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func open(t *testing.T, c *clock) *Store {
	t.Helper()
	s, err := Open(t.Context(), Params{Path: filepath.Join(t.TempDir(), "u.db"), Secret: secret, Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestStore_SessionsExpireAndRefreshOnce(t *testing.T) {
	c := &clock{time.UnixMilli(1_800_000_000_000)}
	s := open(t, c)
	if err := s.SeedDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	in, err := s.Login(t.Context(), "LiSiQi", DemoPassword)
	if err != nil {
		t.Fatal(err)
	}
	if u, _, err := s.Verify(t.Context(), in.Token); err != nil || u.ID != "lisiqi" || u.Role != "agent" {
		t.Fatalf("%+v %v", u, err)
	}
	c.at = c.at.Add(15 * time.Minute)
	if _, _, err := s.Verify(t.Context(), in.Token); !errors.Is(err, ErrExpired) {
		t.Fatalf("an old token: %v", err)
	}
	again, err := s.Refresh(t.Context(), in.Refresh)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Refresh(t.Context(), in.Refresh); !errors.Is(err, ErrToken) {
		t.Fatalf("refreshed twice: %v", err)
	}
	c.at = c.at.Add(15 * 24 * time.Hour)
	if _, err := s.Refresh(t.Context(), again.Refresh); !errors.Is(err, ErrExpired) {
		t.Fatalf("an old refresh token: %v", err)
	}
}

func TestStore_SeedKeepsWhatIsThere(t *testing.T) {
	c := &clock{time.Now()}
	s := open(t, c)
	if err := s.Put(t.Context(), wire.User{ID: "lisiqi", Name: "x", Role: "lead"}, "mine"); err != nil {
		t.Fatal(err)
	}
	if err := s.SeedDemo(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Login(t.Context(), "lisiqi", DemoPassword); !errors.Is(err, ErrWrong) {
		t.Fatalf("seeding changed a password: %v", err)
	}
	if err := s.Put(t.Context(), wire.User{ID: "lisiqi", Name: "y", Role: "lead"}, ""); err != nil {
		t.Fatal(err)
	}
	if in, err := s.Login(t.Context(), "lisiqi", "mine"); err != nil || in.User.Name != "y" {
		t.Fatalf("%+v %v", in, err)
	}
	if err := s.Put(t.Context(), wire.User{ID: "x", Role: "king"}, ""); err == nil {
		t.Fatal("an unknown role was taken")
	}
}

func TestStore_RefusesANewerDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "u.db")
	s, err := Open(t.Context(), Params{Path: path, Secret: secret})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.ExecContext(t.Context(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	_ = s.Close()
	if _, err := Open(t.Context(), Params{Path: path, Secret: secret}); !errors.Is(err, ErrNewer) {
		t.Fatal(err)
	}
}

func TestToken_OneSortIsNoOther(t *testing.T) {
	now := time.UnixMilli(1000)
	for _, sort := range []string{forDesk, forVisitor} {
		token := sign(secret, claims{For: sort, Subject: "a", Expires: 2000})
		for _, as := range []string{forDesk, forVisitor} {
			if _, err := verify(secret, as, token, now); (err == nil) != (as == sort) {
				t.Errorf("%s taken as %s: %v", sort, as, err)
			}
		}
		for i := range token {
			bad := []byte(token)
			bad[i] ^= 4
			if _, err := verify(secret, sort, string(bad), now); err == nil {
				t.Errorf("byte %d changed, still valid", i)
			}
		}
	}
}

func TestVisitors_NeedTheShopsProof(t *testing.T) {
	v, err := NewVisitors(VisitorParams{Secret: secret, Shop: bytes.Repeat([]byte{2}, 32)})
	if err != nil {
		t.Fatal(err)
	}
	for _, proof := range []string{"", "00", v.Proof("bert"), strings.ToUpper(v.Proof("anna"))} {
		if _, _, err := v.SignIn("anna", proof); !errors.Is(err, ErrToken) {
			t.Errorf("proof %q: %v", proof, err)
		}
	}
	token, _, err := v.SignIn("anna", v.Proof("anna"))
	if err != nil {
		t.Fatal(err)
	}
	if _, who, err := v.Renew(token); err != nil || who.Customer != "anna" || who.Anon {
		t.Fatalf("%+v %v", who, err)
	}
	_, a := v.Anonymous()
	_, b := v.Anonymous()
	if !a.Anon || a.Customer == b.Customer {
		t.Fatalf("%+v %+v", a, b)
	}
}

func TestLoadSecret_KeepsIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "secret")
	a, err := LoadSecret(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := LoadSecret(path)
	if err != nil || !bytes.Equal(a, b) {
		t.Fatalf("%v", err)
	}
	if st, err := os.Stat(path); err != nil || st.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", st.Mode(), err)
	}
}

// FuzzVerify: only what was signed with the secret is believed.
func FuzzVerify(f *testing.F) {
	good := sign(secret, claims{For: forDesk, Subject: "a", Expires: 1 << 50})
	f.Add(good)
	f.Add("a.b")
	f.Add(sign(bytes.Repeat([]byte{9}, 32), claims{For: forDesk, Subject: "a", Expires: 1 << 50}))
	head, _, _ := strings.Cut(good, ".")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := verify(secret, forDesk, token, time.UnixMilli(0)); err == nil && !strings.HasPrefix(token, head[:8]) {
			t.Fatalf("%q is believed", token)
		}
	})
}
