package bot

import (
	"context"
	"slices"
	"sync"
	"time"

	"agentdesk/server/shop"
)

// shelfFor is how old the catalogue may be that the bot reads: a moment's stock is as good as this one's.
const shelfFor = time.Second

// shelf is a shop whose whole catalogue is read once in a while. Every turn looks through all of it, and a shop makes each
// caller a copy: at 200 messages a second that was most of what the server allocated. Nobody here writes to it.
type shelf struct {
	Shop
	now func() time.Time

	matters []concept

	mu    sync.Mutex
	at    time.Time
	all   []shop.Product
	names *names // of all

	ruled time.Time
	book  *rulebook
}

func newShelf(s Shop, matters []concept) *shelf {
	return &shelf{Shop: s, now: time.Now, matters: matters}
}

// SearchProducts implements Shop. What an empty query without a limit gives is shared.
func (s *shelf) SearchProducts(ctx context.Context, query string, limit int) ([]shop.Product, error) {
	if query != "" || limit != 0 {
		return s.Shop.SearchProducts(ctx, query, limit)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all != nil && s.now().Sub(s.at) < shelfFor {
		return s.all, ctx.Err()
	}
	all, err := s.Shop.SearchProducts(ctx, "", 0)
	if err != nil {
		return nil, err
	}
	s.at, s.all = s.now(), all[:len(all):len(all)]
	s.names = s.names.with(s.all)
	return s.all, nil
}

// find finds products by parts of their names.
func (s *shelf) find(ctx context.Context) (*names, error) {
	if _, err := s.SearchProducts(ctx, "", 0); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.names, nil
}

// Policies implements Shop.
func (s *shelf) Policies(ctx context.Context) ([]shop.Policy, error) {
	b, err := s.rules(ctx)
	if err != nil {
		return nil, err
	}
	return b.policies, nil
}

// rules are the policies, ready to be searched.
func (s *shelf) rules(ctx context.Context) (*rulebook, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.book != nil && s.now().Sub(s.ruled) < shelfFor {
		return s.book, ctx.Err()
	}
	list, err := s.Shop.Policies(ctx)
	if err != nil {
		return nil, err
	}
	s.ruled = s.now()
	if s.book == nil || !sameRules(s.book.policies, list) {
		s.book = newRulebook(list, s.matters)
	}
	return s.book, nil
}

func sameRules(a, b []shop.Policy) bool {
	return slices.EqualFunc(a, b, func(p, q shop.Policy) bool {
		return p.ID == q.ID && p.Title == q.Title && slices.Equal(p.Sections, q.Sections)
	})
}
