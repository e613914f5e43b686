package bot

import (
	"context"
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

	mu  sync.Mutex
	at  time.Time
	all []shop.Product
}

func newShelf(s Shop) *shelf { return &shelf{Shop: s, now: time.Now} }

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
	return s.all, nil
}
