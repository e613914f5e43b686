package store

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"agentdesk/server/shop"
)

// maxRestock bounds what comes in at once, in pieces.
const maxRestock = 10_000

// sinceOf is from when on each of a basket's awaited variants is; zero where nobody noted it.
func sinceOf(b basket) []time.Time {
	out := slices.Clone(b.Since)
	for len(out) < len(b.Awaits) {
		out = append(out, time.Time{})
	}
	return out[:len(b.Awaits)]
}

// Awaited implements shop.Services.
func (s *Store) Awaited(ctx context.Context, who string) ([]shop.Awaited, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := s.basket(ctx, who)
	if err != nil {
		return nil, fmt.Errorf("what %s waits for: %w", who, err)
	}
	since := sinceOf(b)
	out := make([]shop.Awaited, len(b.Awaits))
	for i, v := range b.Awaits {
		out[i] = shop.Awaited{Variant: v, Since: since[i]}
	}
	return out, nil
}

// StockTold implements shop.Services.
func (s *Store) StockTold(ctx context.Context, who string, variants ...string) error {
	return s.do(ctx, func(c *change) error {
		b, err := s.basket(ctx, who)
		if err != nil {
			return err
		}
		since, kept := sinceOf(b), b
		kept.Awaits, kept.Since = nil, nil
		for i, v := range b.Awaits {
			if !slices.Contains(variants, v) {
				kept.Awaits, kept.Since = append(kept.Awaits, v), append(kept.Since, since[i])
			}
		}
		if len(kept.Awaits) < len(b.Awaits) {
			c.carts[who] = kept
		}
		return nil
	})
}

// Restock puts so many pieces of a variant into stock. Who waits for it is told of, where there was none before.
func (s *Store) Restock(ctx context.Context, variant string, pieces int) error {
	if pieces <= 0 || pieces > maxRestock {
		return invalid("%d pieces", pieces)
	}
	return s.do(ctx, func(c *change) error {
		line, v, err := s.line(ctx, shop.Item{Variant: variant, Quantity: 1})
		if err != nil {
			return err
		}
		c.stocked[v.ID] = s.stocked[v.ID] + pieces
		if v.Stock > 0 {
			return nil
		}
		for _, who := range slices.Sorted(maps.Keys(s.carts)) {
			if slices.Contains(s.carts[who].Awaits, v.ID) {
				c.tell(shop.Activity{Customer: who, What: shop.StockBack, Product: line.ProductID, Variant: v.ID, Title: title(line), Qty: pieces, Fen: line.UnitFen})
			}
		}
		return nil
	})
}

// SeeCheckout implements shop.Watched.
func (s *Store) SeeCheckout(ctx context.Context, who string) error {
	return s.do(ctx, func(c *change) error {
		b, err := s.basket(ctx, who)
		if err != nil || len(b.Items) == 0 {
			return err
		}
		cart, err := s.cart(ctx, who, b)
		if err != nil || len(cart.Lines) == 0 {
			return err
		}
		a := shop.Activity{Customer: who, What: shop.CheckoutOpened, Product: cart.Lines[0].ProductID, Variant: cart.Lines[0].VariantID, Title: title(cart.Lines[0]), Fen: cart.PayFen}
		for _, l := range cart.Lines {
			a.Qty += l.Quantity
		}
		c.tell(a)
		return nil
	})
}
