package llm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// microFen is a millionth of a fen: a price of n fen for a million tokens is n of them for each.
type microFen = int64

// Spent is what a shop has used in a clock hour.
type Spent struct {
	Hour   time.Time `json:"hour"`
	Tokens int64     `json:"tokens"`
	Micro  int64     `json:"micro_fen"` // millionths of a fen
}

// budget counts what shops spend by the hour, and refuses what would go beyond. What runs now is counted with the most it
// may cost, so that many requests at once cannot overdraw. It is safe for concurrent use.
//
// The figures are kept in a small file that is replaced whole: at most once a second while something changes, and at the end.
// A crash forgets a second's spending; that is cheaper than a write for every answer, and no money is moved by it.
type budget struct {
	path  string // "" keeps nothing
	limit HourLimit

	mu    sync.Mutex
	spent map[string]Spent // by shop
	held  map[string]Spent // of requests that run; Hour unused
	dirty bool
}

// maxShops bounds the figures of one file.
const maxShops = 10_000

func openBudget(path string, limit HourLimit) (*budget, error) {
	b := &budget{path: path, limit: limit, spent: map[string]Spent{}, held: map[string]Spent{}}
	if path == "" {
		return b, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return b, nil
	}
	if err != nil {
		return nil, fmt.Errorf("language model budget: %w", err)
	}
	if b.spent, err = readSpent(raw); err != nil {
		return nil, fmt.Errorf("language model budget %s: %w; without the file the hour starts anew", path, err)
	}
	return b, nil
}

func readSpent(raw []byte) (map[string]Spent, error) {
	out := map[string]Spent{}
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, err
	}
	if len(out) > maxShops {
		return nil, errors.New("too many shops")
	}
	if out == nil {
		out = map[string]Spent{}
	}
	for shop, s := range out {
		if s.Tokens < 0 || s.Micro < 0 {
			return nil, fmt.Errorf("shop %q has spent less than nothing", shop)
		}
	}
	return out, nil
}

// now is the shop's running hour.
func (b *budget) now(shop string, at time.Time) Spent {
	s := b.spent[shop]
	if hour := at.UTC().Truncate(time.Hour); !s.Hour.Equal(hour) {
		s = Spent{Hour: hour}
		if len(b.spent) >= maxShops {
			clear(b.spent) // hours that ended, nearly all of them
		}
		b.spent[shop] = s
	}
	return s
}

// reserve holds the most that a request may cost. ErrBudget means that the hour cannot pay for it.
func (b *budget) reserve(shop string, tokens int, cost microFen, at time.Time) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, h := b.now(shop, at), b.held[shop]
	if b.limit.Tokens > 0 && s.Tokens+h.Tokens+int64(tokens) > b.limit.Tokens ||
		b.limit.Fen > 0 && s.Micro+h.Micro+cost > b.limit.Fen*1e6 {
		return ErrBudget
	}
	h.Tokens += int64(tokens)
	h.Micro += cost
	b.held[shop] = h
	return nil
}

// settle puts the true cost in the place of what was held.
func (b *budget) settle(shop string, heldTokens int, heldCost microFen, tokens int, cost microFen, at time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	h := b.held[shop]
	h.Tokens -= int64(heldTokens)
	h.Micro -= heldCost
	if h.Tokens == 0 && h.Micro == 0 {
		delete(b.held, shop)
	} else {
		b.held[shop] = h
	}
	if tokens == 0 && cost == 0 {
		return
	}
	s := b.now(shop, at)
	s.Tokens += int64(tokens)
	s.Micro += cost
	b.spent[shop] = s
	b.dirty = true
}

// of is what a shop has spent in the running hour.
func (b *budget) of(shop string, at time.Time) Spent {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.now(shop, at)
}

// save writes the figures if they changed.
func (b *budget) save() error {
	b.mu.Lock()
	if b.path == "" || !b.dirty {
		b.mu.Unlock()
		return nil
	}
	raw, err := json.Marshal(b.spent)
	b.dirty = false
	b.mu.Unlock()
	if err == nil {
		err = replace(b.path, raw)
	}
	if err != nil {
		b.mu.Lock()
		b.dirty = true
		b.mu.Unlock()
		return fmt.Errorf("language model budget: %w", err)
	}
	return nil
}

// replace writes a file so that a crash leaves the old one or the new one.
func replace(path string, raw []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".budget-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(raw)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}

// cost of tokens at a provider.
func (e *Endpoint) cost(in, out int) microFen {
	return int64(in)*e.InFen + int64(out)*e.OutFen
}

// paidIn is how many of a request's tokens are paid for: none when it was refused or never arrived, all when it may have been read.
func paidIn(r reply, err error) int {
	if err == nil || r.out > 0 || errors.Is(err, ErrSlow) || errors.Is(err, ErrLate) {
		return r.in
	}
	if ce := asCall(err); ce.fault == faultNone || ce.status == http.StatusOK {
		return r.in
	}
	return 0
}
