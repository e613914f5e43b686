package store

import (
	"context"
	"slices"
	"time"

	"agentdesk/server/shop"
)

// again is how long a second look at the same product is no news.
const again = time.Minute

// See implements shop.Watched. Looks are kept in memory only, of the customers who looked last.
func (s *Store) See(ctx context.Context, who, product string) error {
	p, err := s.p.Base.Product(ctx, product)
	if err != nil {
		return err
	}
	if !shop.IsGuest(who) {
		if _, err := s.p.Base.Customer(ctx, who); err != nil {
			return err
		}
	}
	now := s.now()
	s.mu.Lock()
	list, known := s.seen[who]
	i := slices.IndexFunc(list, func(v shop.Viewed) bool { return v.Product == p.ID })
	news := i < 0 || now.Sub(list[i].At) >= again
	if i >= 0 {
		list = slices.Delete(list, i, i+1)
	}
	list = slices.Insert(list, 0, shop.Viewed{Product: p.ID, At: now})
	s.seen[who] = list[:min(len(list), maxSeen)]
	if !known {
		if s.seers = append(s.seers, who); len(s.seers) > maxSeers {
			delete(s.seen, s.seers[0])
			s.seers = slices.Delete(s.seers, 0, 1)
		}
	}
	if news {
		s.watch.queue([]shop.Activity{{Customer: who, What: shop.ProductViewed, Product: p.ID, Title: p.Title, Fen: p.Main().PayFen(), At: now}})
	}
	s.mu.Unlock()
	s.watch.drain()
	return nil
}

// Seen implements shop.Watched.
func (s *Store) Seen(ctx context.Context, who string, limit int) ([]shop.Viewed, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if !shop.IsGuest(who) {
		if _, err := s.p.Base.Customer(ctx, who); err != nil {
			return nil, err
		}
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	list := slices.Clone(s.seen[who])
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	return list, nil
}
