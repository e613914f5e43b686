package bot

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"agentdesk/server/shop"
)

// counter is a shop that counts how often its catalogue is read.
type counter struct {
	Shop
	read int
	err  error
}

func (c *counter) SearchProducts(_ context.Context, query string, _ int) ([]shop.Product, error) {
	c.read++
	return []shop.Product{{ID: "p", Title: query}}, c.err
}

func TestShelf_ReadsTheCatalogueOnceInAWhile(t *testing.T) {
	c := &counter{}
	s := newShelf(c, nil)
	now := time.UnixMilli(1_700_000_000_000)
	s.now = func() time.Time { return now }
	read := func(query string, limit, want int) {
		t.Helper()
		list, err := s.SearchProducts(t.Context(), query, limit)
		if err != nil || len(list) != 1 || list[0].Title != query || c.read != want {
			t.Fatalf("%v %v after %d reads, want %d", list, err, c.read, want)
		}
	}
	read("", 0, 1)
	read("", 0, 1)
	read("面霜", 0, 2)
	read("", 5, 3)
	now = now.Add(shelfFor)
	c.err = errors.New("down")
	if _, err := s.SearchProducts(t.Context(), "", 0); !errors.Is(err, c.err) {
		t.Fatalf("a shop that is down: %v", err)
	}
	c.err = nil
	read("", 0, 5)
}

func TestPairs_AreNeighbours(t *testing.T) {
	for text, want := range map[string][]string{"": nil, "面": nil, "修护a霜": {"修护", "护a", "a霜"}, "a\xff霜": {"a\xff", "\xff霜"}} {
		if got := slices.Collect(pairs(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %q", text, got)
		}
	}
}
