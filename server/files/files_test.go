package files_test

import (
	"bytes"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"agentdesk/server/files"
	"agentdesk/server/files/media"
	"agentdesk/server/identity/keyring"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"))
}

type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time { c.mu.Lock(); defer c.mu.Unlock(); return c.at }

func (c *clock) pass(d time.Duration) { c.mu.Lock(); defer c.mu.Unlock(); c.at = c.at.Add(d) }

type house struct {
	*files.Store
	clock *clock
	dir   string
	keys  *keyring.Ring
}

func open(t *testing.T) *house {
	t.Helper()
	h := &house{clock: &clock{at: time.UnixMilli(1_800_000_000_000)}, dir: t.TempDir()}
	var err error
	if h.keys, err = keyring.Open(t.Context(), keyring.Params{Dir: filepath.Join(h.dir, "keys")}); err != nil {
		t.Fatal(err)
	}
	if h.Store, err = files.Open(t.Context(), files.Params{Dir: filepath.Join(h.dir, "files"), Index: filepath.Join(h.dir, "files.db"), Keys: h.keys, Now: h.clock.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(h.Close(), h.keys.Close()); err != nil {
			t.Error(err)
		}
	})
	return h
}

func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (h *house) put(t *testing.T, u files.Upload) files.Meta {
	t.Helper()
	m, err := h.Put(t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestPut_SealedAndNamedByWhatIsStored(t *testing.T) {
	h := open(t)
	pic := picture(t, 30, 20)
	m := h.put(t, files.Upload{Customer: "anna", Sender: "customer:anna", Data: pic})
	if m.W != 30 || m.H != 20 || m.Mime != "image/png" || m.Size != int64(len(pic)) || m.Customer != "anna" {
		t.Fatalf("%+v", m)
	}
	stored, err := os.ReadFile(filepath.Join(h.dir, "files", m.Hash[:2], m.Hash))
	if err != nil {
		t.Fatal(err)
	}
	if sum := sha256.Sum256(stored); hex.EncodeToString(sum[:]) != m.Hash || bytes.Contains(stored, []byte("PNG")) || bytes.Contains(stored, pic[20:40]) {
		t.Fatal("stored open, or under another name")
	}
	back, err := h.Stat(t.Context(), m.Hash)
	if err != nil || fmt.Sprint(back) != fmt.Sprint(m) {
		t.Fatalf("%v %+v", err, back)
	}
	if got, err := h.Store.Open(back); err != nil || !bytes.Equal(got, pic) {
		t.Fatalf("%v, %d bytes", err, len(got))
	}
	// The same picture again, of somebody else, is another file: nobody learns that two have the same.
	if other := h.put(t, files.Upload{Customer: "bert", Sender: "customer:bert", Data: pic}); other.Hash == m.Hash {
		t.Fatal("two customers share a file")
	}
	// Another customer's key does not open it.
	m.Customer = "bert"
	if _, err := h.Store.Open(m); !errors.Is(err, keyring.ErrTampered) && !errors.Is(err, files.ErrErased) {
		t.Fatalf("opened with another's key: %v", err)
	}
	for _, bad := range []string{"", "..", "../files.db", m.Hash[:63], m.Hash[:63] + "g", hex.EncodeToString(make([]byte, 32))} {
		if _, err := h.Stat(t.Context(), bad); !errors.Is(err, files.ErrUnknown) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestPut_RefusesWhatMediaRefuses(t *testing.T) {
	h := open(t)
	var r *media.Refusal
	if _, err := h.Put(t.Context(), files.Upload{Customer: "anna", Sender: "s", Declared: "image/png", Data: []byte("<html>")}); !errors.As(err, &r) {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(h.dir, "files", "*", "*"))
	if err != nil || len(left) != 0 {
		t.Fatalf("%v %v", left, err)
	}
}

func TestLimits_AMinuteAndADay(t *testing.T) {
	h := open(t)
	pic := picture(t, 8, 8)
	l := files.Limits{PerMinute: 3, PerDay: 5 * int64(len(pic))}
	up := func(sender string) error {
		end, err := h.Begin(t.Context(), sender, int64(len(pic)), l)
		if err != nil {
			return err
		}
		defer end()
		_, err = h.Put(t.Context(), files.Upload{Customer: "anna", Sender: sender, Data: pic, Limits: l})
		return err
	}
	for i, want := range []error{nil, nil, nil, files.ErrRate} {
		if err := up("a"); !errors.Is(err, want) {
			t.Fatalf("upload %d: %v", i, err)
		}
	}
	if err := up("b"); err != nil {
		t.Fatalf("another sender: %v", err)
	}
	h.clock.pass(61 * time.Second)
	for i, want := range []error{nil, nil, files.ErrDay} {
		if err := up("a"); !errors.Is(err, want) {
			t.Fatalf("a minute later, upload %d: %v", i, err)
		}
	}
	h.clock.pass(25 * time.Hour)
	if err := up("a"); err != nil {
		t.Fatalf("a day later: %v", err)
	}
	// What is uploaded at once counts together, though each was let in.
	var wg sync.WaitGroup
	var mu sync.Mutex
	taken := 0
	for range 20 {
		wg.Go(func() {
			if _, err := h.Put(t.Context(), files.Upload{Customer: "anna", Sender: "c", Data: pic, Limits: l}); err == nil {
				mu.Lock()
				taken++
				mu.Unlock()
			} else if !errors.Is(err, files.ErrRate) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if taken != l.PerMinute {
		t.Fatalf("%d of 20 at once were taken", taken)
	}
}

func TestBegin_FewAtOnce(t *testing.T) {
	h := open(t)
	var ends []func()
	for range 3 {
		end, err := h.Begin(t.Context(), "a", 1, files.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		ends = append(ends, end)
	}
	if _, err := h.Begin(t.Context(), "a", 1, files.Limits{}); !errors.Is(err, files.ErrRate) {
		t.Fatalf("a fourth at once: %v", err)
	}
	ends[0]()
	ends[0]() // twice is once
	if end, err := h.Begin(t.Context(), "a", 1, files.Limits{}); err != nil {
		t.Fatal(err)
	} else {
		end()
	}
}

func TestSmall_MadeOnceAndForgotten(t *testing.T) {
	h := open(t)
	m := h.put(t, files.Upload{Customer: "anna", Sender: "s", Data: picture(t, 900, 300)})
	for _, c := range []struct{ ask, want int }{{-5, 64}, {100, 128}, {128, 128}, {5000, 640}} {
		data, mime, err := h.Small(t.Context(), m, c.ask)
		if err != nil || mime != "image/jpeg" {
			t.Fatal(mime, err)
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != c.want {
			t.Errorf("asked for %d: %v %v", c.ask, img.Bounds(), err)
		}
	}
	again, _, err := h.Small(t.Context(), m, 100)
	first, _, err2 := h.Small(t.Context(), m, 128)
	if err != nil || err2 != nil || &again[0] != &first[0] {
		t.Error("made twice")
	}
	other := h.put(t, files.Upload{Customer: "bert", Sender: "s", Data: picture(t, 90, 30)})
	if err := h.Forget(t.Context(), "anna"); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Stat(t.Context(), m.Hash); !errors.Is(err, files.ErrUnknown) {
		t.Errorf("forgotten: %v", err)
	}
	if _, _, err := h.Small(t.Context(), m, 100); !errors.Is(err, files.ErrUnknown) {
		t.Errorf("still small: %v", err)
	}
	if _, err := h.Stat(t.Context(), other.Hash); err != nil {
		t.Errorf("another customer's: %v", err)
	}
	for range 2 {
		if err := h.Remove(t.Context(), other.Hash); err != nil {
			t.Errorf("removed twice: %v", err)
		}
	}
}

func TestOpen_RefusesANewerIndex(t *testing.T) {
	h := open(t)
	db, err := sql.Open("sqlite3", filepath.Join(h.dir, "files.db"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), "PRAGMA user_version = 99")
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := files.Open(t.Context(), files.Params{Dir: h.dir, Index: filepath.Join(h.dir, "files.db"), Keys: h.keys}); !errors.Is(err, files.ErrNewer) {
		t.Fatal(err)
	}
}
