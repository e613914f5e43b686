package store

import (
	"context"
	"slices"

	"agentdesk/server/shop"
)

// AddToCart implements shop.Carts.
func (s *Store) AddToCart(ctx context.Context, who, variant string, quantity int) (shop.Cart, error) {
	if quantity <= 0 {
		return shop.Cart{}, invalid("quantity %d", quantity)
	}
	return s.put(ctx, who, variant, "", func(n int) int { return n + min(quantity, maxQuantity+1) })
}

// AddOnce implements shop.Carts.
func (s *Store) AddOnce(ctx context.Context, who, variant string, quantity int, key string) (shop.Cart, error) {
	if quantity <= 0 || key == "" || len(key) > 128 {
		return shop.Cart{}, invalid("quantity %d under a key of %d bytes", quantity, len(key))
	}
	return s.put(ctx, who, variant, key, func(n int) int { return n + min(quantity, maxQuantity+1) })
}

// SetQuantity implements shop.Carts.
func (s *Store) SetQuantity(ctx context.Context, who, variant string, quantity int) (shop.Cart, error) {
	if quantity < 0 {
		return shop.Cart{}, invalid("quantity %d", quantity)
	}
	return s.put(ctx, who, variant, "", func(int) int { return quantity })
}

// put sets how many of a variant are in a cart from how many there are; once for a key.
func (s *Store) put(ctx context.Context, who, variant, key string, count func(int) int) (out shop.Cart, err error) {
	err = s.do(ctx, func(c *change) error {
		b, err := s.basket(ctx, who)
		if err != nil {
			return err
		}
		if key != "" && slices.Contains(b.Keys, key) {
			out, err = s.cart(ctx, who, b)
			return err
		}
		i := slices.IndexFunc(b.Items, func(it shop.Item) bool { return it.Variant == variant })
		had := 0
		if i >= 0 {
			had = b.Items[i].Quantity
		}
		n := count(had)
		line, v, err := s.line(ctx, shop.Item{Variant: variant, Quantity: n})
		if err != nil {
			return err
		}
		switch {
		case n > maxQuantity:
			return invalid("quantity %d: at most %d", n, maxQuantity)
		case n > had && n > v.Stock:
			return &shop.StockError{Variant: v.ID, Title: title(line), Left: v.Stock}
		case n == 0 && i < 0 || n == had:
			out, err = s.cart(ctx, who, b)
			return err
		case n == 0:
			b.Items = slices.Delete(b.Items, i, i+1)
		case i >= 0:
			b.Items[i].Quantity = n
		case len(b.Items) >= maxLines:
			return full("a cart takes %d lines", maxLines)
		default:
			b.Items = append(b.Items, shop.Item{Variant: variant, Quantity: n})
		}
		b.Updated = c.now
		if key != "" {
			b.Keys = append(b.Keys, key)
			b.Keys = b.Keys[max(0, len(b.Keys)-maxKeys):]
		}
		if err := s.known(ctx, c, who); err != nil {
			return err
		}
		c.carts[who] = b
		a := shop.Activity{Customer: who, What: shop.CartAdded, Product: line.ProductID, Variant: v.ID, Title: title(line), Qty: n - had}
		if n < had {
			a.What, a.Qty = shop.CartRemoved, had-n
		}
		a.Fen = int64(a.Qty) * line.UnitFen
		c.tell(a)
		out, err = s.cart(ctx, who, b)
		return err
	})
	return out, err
}

// title is a line as people read it.
func title(l shop.OrderLine) string {
	if l.Variant == "" {
		return l.Title
	}
	return l.Title + " " + l.Variant
}

// known makes sure that the shop knows who acts: a guest is noted at the first act.
func (s *Store) known(ctx context.Context, c *change, who string) error {
	if _, ok := s.guests[who]; ok {
		return nil
	}
	if !shop.IsGuest(who) {
		_, err := s.p.Base.Customer(ctx, who)
		return err
	}
	c.guests[who] = shop.Customer{ID: who, Nick: "访客 " + who[max(len(who)-4, 0):], Tier: shop.New, Channel: shop.Web, JoinedAt: c.now}
	if _, ok := s.carts[who]; !ok {
		c.carts[who] = basket{Updated: c.now}
	}
	return nil
}
