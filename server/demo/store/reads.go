package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"agentdesk/server/demo/pricing"
	"agentdesk/server/shop"
)

func missing(what, id string) error { return fmt.Errorf("%s %q: %w", what, id, shop.ErrNotFound) }

func invalid(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, shop.ErrInvalid)...)
}

func tooLate(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, shop.ErrState)...)
}

// Product implements shop.Shop: the stock is what is left.
func (s *Store) Product(ctx context.Context, id string) (shop.Product, error) {
	p, err := s.p.Base.Product(ctx, id)
	if err != nil {
		return p, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	s.left(&p)
	return p, nil
}

// left adds to a product's stock what came in, and takes what was sold here.
func (s *Store) left(p *shop.Product) {
	for i := range p.Variants {
		v := &p.Variants[i]
		v.Stock = max(0, v.Stock+s.stocked[v.ID]-s.sold[v.ID])
	}
}

// SearchProducts implements shop.Shop.
func (s *Store) SearchProducts(ctx context.Context, query string, limit int) ([]shop.Product, error) {
	list, err := s.p.Base.SearchProducts(ctx, query, limit)
	if err != nil {
		return nil, err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	if len(s.sold)+len(s.stocked) == 0 {
		return list, nil
	}
	for i := range list {
		s.left(&list[i])
	}
	return list, nil
}

// Customer implements shop.Shop. Guests are known from their first act.
func (s *Store) Customer(ctx context.Context, id string) (shop.Customer, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, err := s.customer(ctx, id)
	if err != nil {
		return c, err
	}
	return s.grown(c), nil
}

func (s *Store) customer(ctx context.Context, id string) (shop.Customer, error) {
	if err := ctx.Err(); err != nil {
		return shop.Customer{}, err
	}
	if g, ok := s.guests[id]; ok {
		return g, nil
	}
	return s.p.Base.Customer(ctx, id)
}

// grown adds what a customer bought here.
func (s *Store) grown(c shop.Customer) shop.Customer {
	for _, id := range s.of[c.ID] {
		o := s.orders[id].Order
		if o.PaidAt.IsZero() {
			continue
		}
		c.Orders++
		if o.State != shop.Refunded {
			c.SpentFen += o.TotalFen
			c.Points += o.TotalFen / 100
		}
	}
	for i, t := range shop.Tiers() {
		if from, ok := s.tiers[t]; ok && c.SpentFen >= from && i > slices.Index(shop.Tiers(), c.Tier) {
			c.Tier = t
		}
	}
	return c
}

// OrdersOf implements shop.Shop: the demo's orders as they were changed, and those made here.
func (s *Store) OrdersOf(ctx context.Context, customerID string, limit int) ([]shop.Order, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.ordersOf(ctx, customerID, limit)
}

func (s *Store) ordersOf(ctx context.Context, who string, limit int) ([]shop.Order, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	now := s.now()
	var list []shop.Order
	if !shop.IsGuest(who) {
		var err error
		if list, err = s.p.Base.OrdersOf(ctx, who, 0); err != nil {
			return nil, err
		}
		for i := range list {
			if r, ok := s.orders[list[i].ID]; ok {
				list[i] = s.aged(r.Order, now)
			}
		}
	}
	for _, id := range s.of[who] {
		list = append(list, s.aged(s.orders[id].Order, now))
	}
	slices.SortStableFunc(list, func(a, b shop.Order) int { return b.PlacedAt.Compare(a.PlacedAt) })
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	return list, nil
}

// Order implements shop.Shop.
func (s *Store) Order(ctx context.Context, id string) (shop.Order, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.order(ctx, id)
}

func (s *Store) order(ctx context.Context, id string) (shop.Order, error) {
	if err := ctx.Err(); err != nil {
		return shop.Order{}, err
	}
	if r, ok := s.orders[strings.ToUpper(strings.TrimSpace(id))]; ok {
		return s.aged(r.Order, s.now()), nil
	}
	return s.p.Base.Order(ctx, id)
}

// OrderOf implements shop.Orders.
func (s *Store) OrderOf(ctx context.Context, who, order string) (shop.Order, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.orderOf(ctx, who, order)
}

func (s *Store) orderOf(ctx context.Context, who, order string) (shop.Order, error) {
	order = strings.ToUpper(strings.TrimSpace(order))
	list, err := s.ordersOf(ctx, who, 0)
	if err != nil {
		return shop.Order{}, err
	}
	for _, o := range list {
		if o.ID == order || len(order) >= 4 && strings.HasSuffix(o.ID, order) {
			return o, nil
		}
	}
	return shop.Order{}, missing("order", order)
}

// Cart implements shop.Shop.
func (s *Store) Cart(ctx context.Context, customerID string) (shop.Cart, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	b, err := s.basket(ctx, customerID)
	if err != nil {
		return shop.Cart{}, err
	}
	return s.cart(ctx, customerID, b)
}

// basket is what somebody has put aside; empty for a guest who is new.
func (s *Store) basket(ctx context.Context, who string) (basket, error) {
	if err := ctx.Err(); err != nil {
		return basket{}, err
	}
	if b, ok := s.carts[who]; ok {
		return basket{Items: slices.Clone(b.Items), Updated: b.Updated, Awaits: slices.Clone(b.Awaits), Since: slices.Clone(b.Since), Keys: slices.Clone(b.Keys)}, nil
	}
	if shop.IsGuest(who) {
		return basket{}, nil
	}
	c, err := s.p.Base.Cart(ctx, who)
	if err != nil {
		return basket{}, err
	}
	b := basket{Updated: c.UpdatedAt}
	for _, l := range c.Lines {
		b.Items = append(b.Items, shop.Item{Variant: l.VariantID, Quantity: l.Quantity})
	}
	return b, nil
}

// cart prices a basket as of now.
func (s *Store) cart(ctx context.Context, who string, b basket) (shop.Cart, error) {
	c := shop.Cart{CustomerID: who, UpdatedAt: b.Updated}
	for _, it := range b.Items {
		line, v, err := s.line(ctx, it)
		if errors.Is(err, shop.ErrNotFound) {
			continue // no longer in the catalogue
		}
		if err != nil {
			return c, err
		}
		if v.Stock < it.Quantity {
			c.Short = append(c.Short, len(c.Lines))
		}
		c.Lines = append(c.Lines, line)
	}
	bill, _, err := s.bill(ctx, who, c.Lines, nil)
	if err != nil {
		return c, err
	}
	c.TotalFen, c.Offs, c.DiscountFen, c.ShippingFen, c.PayFen = bill.SumFen, bill.Offs, bill.DiscountFen, bill.ShippingFen, bill.TotalFen
	c.Gifts, c.Nearly = bill.Gifts, bill.Nearly
	return c, nil
}

// line is so many of a variant at what it costs now, and the variant with its stock.
func (s *Store) line(ctx context.Context, it shop.Item) (shop.OrderLine, shop.Variant, error) {
	p, err := s.p.Base.Product(ctx, it.Variant)
	if err != nil {
		return shop.OrderLine{}, shop.Variant{}, err
	}
	i := slices.IndexFunc(p.Variants, func(v shop.Variant) bool { return v.ID == it.Variant })
	if i < 0 {
		return shop.OrderLine{}, shop.Variant{}, missing("variant", it.Variant) // a product's ID
	}
	s.left(&p)
	v := p.Variants[i]
	return shop.OrderLine{ProductID: p.ID, VariantID: v.ID, Title: p.Title, Variant: v.Name, Quantity: it.Quantity, UnitFen: v.PayFen(), ListFen: v.ListFen}, v, nil
}

// bill works lines out for somebody, with the best of the coupons that are named; nil: of those held.
func (s *Store) bill(ctx context.Context, who string, lines []shop.OrderLine, use []string) (pricing.Bill, []shop.OrderCoupon, error) {
	buyer := pricing.Buyer{Tier: shop.New, Channel: shop.Web, First: true}
	c, err := s.customer(ctx, who)
	switch {
	case err == nil:
		c = s.grown(c)
		buyer = pricing.Buyer{Tier: c.Tier, Channel: c.Channel, First: c.Orders == 0}
	case !shop.IsGuest(who) || !errors.Is(err, shop.ErrNotFound):
		return pricing.Bill{}, nil, err
	}
	rules := s.rules
	if rules.Promotions, err = s.Promotions(ctx); err != nil {
		return pricing.Bill{}, nil, err
	}
	now := s.now()
	var coupons []shop.OrderCoupon
	for _, t := range s.coupons[who] {
		if t = s.spent(t, now); t.Usable(now) && (use == nil || slices.Contains(use, t.ID)) {
			coupons = append(coupons, t)
		}
	}
	slices.SortFunc(coupons, func(a, b shop.OrderCoupon) int { return strings.Compare(a.ID, b.ID) })
	return rules.Bill(lines, buyer, coupons), coupons, nil
}

// Promotions implements shop.Shop: those that have not ended meanwhile.
func (s *Store) Promotions(ctx context.Context) ([]shop.Promotion, error) {
	list, err := s.p.Base.Promotions(ctx)
	if err != nil {
		return nil, err
	}
	now := s.now()
	return slices.DeleteFunc(list, func(p shop.Promotion) bool { return now.Before(p.From) || now.After(p.Until) }), nil
}

// Policies implements shop.Shop.
func (s *Store) Policies(ctx context.Context) ([]shop.Policy, error) { return s.p.Base.Policies(ctx) }

// Policy implements shop.Shop.
func (s *Store) Policy(ctx context.Context, id string) (shop.Policy, error) {
	return s.p.Base.Policy(ctx, id)
}

// Reviews implements shop.Shop.
func (s *Store) Reviews(ctx context.Context, productID string, limit int) ([]shop.Review, error) {
	return s.p.Base.Reviews(ctx, productID, limit)
}

// copyOrder is an order that shares nothing: callers may change what they get.
func copyOrder(o shop.Order) shop.Order {
	o.Lines, o.Gifts, o.Offs, o.Parcels, o.Backs = slices.Clone(o.Lines), slices.Clone(o.Gifts), slices.Clone(o.Offs), slices.Clone(o.Parcels), slices.Clone(o.Backs)
	for i := range o.Parcels {
		o.Parcels[i].Lines, o.Parcels[i].Track = slices.Clone(o.Parcels[i].Lines), slices.Clone(o.Parcels[i].Track)
	}
	if o.Return != nil {
		r := *o.Return
		r.Lines, r.Pictures = slices.Clone(r.Lines), slices.Clone(r.Pictures)
		o.Return = &r
	}
	return o
}
