package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"agentdesk/server/demo/pricing"
	"agentdesk/server/shop"
)

// keepsFor is how long a coupon that an agent gave can be used.
const keepsFor = 30 * 24 * time.Hour

// CouponsOf implements shop.Coupons.
func (s *Store) CouponsOf(ctx context.Context, who string) ([]shop.OrderCoupon, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	open, err := s.open(ctx, who, false)
	if err != nil {
		return nil, err
	}
	now := s.now()
	var held, spent []shop.OrderCoupon
	for _, c := range s.coupons[who] {
		if c = s.spent(c, now); c.Usable(now) {
			held = append(held, c)
		} else {
			spent = append(spent, c)
		}
	}
	byEnd := func(a, b shop.OrderCoupon) int {
		if n := a.Until.Compare(b.Until); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	}
	slices.SortFunc(held, byEnd)
	slices.SortFunc(spent, byEnd)
	open = slices.DeleteFunc(open, func(c shop.OrderCoupon) bool { _, have := s.coupons[who][c.ID]; return have })
	return slices.Concat(held, open, spent), nil
}

// spent is a coupon as it stands: one whose order was cancelled is free again.
func (s *Store) spent(c shop.OrderCoupon, now time.Time) shop.OrderCoupon {
	if r, ok := s.orders[c.Order]; ok && s.aged(r.Order, now).State == shop.Cancelled {
		c.Order = ""
	}
	return c
}

// open lists the vouchers that suit somebody now: those to claim, or those that an agent may give.
func (s *Store) open(ctx context.Context, who string, agents bool) ([]shop.OrderCoupon, error) {
	buyer := pricing.Buyer{Tier: shop.New, Channel: shop.Web}
	c, err := s.customer(ctx, who)
	switch {
	case err == nil:
		c = s.grown(c)
		buyer = pricing.Buyer{Tier: c.Tier, Channel: c.Channel}
	case !shop.IsGuest(who):
		return nil, err
	}
	list, err := s.Promotions(ctx)
	if agents && err == nil {
		list, err = s.p.Base.AgentVouchers(ctx)
	}
	if err != nil {
		return nil, err
	}
	var out []shop.OrderCoupon
	for _, p := range list {
		if p.Kind != shop.Voucher || !pricing.Suits(p, buyer) {
			continue
		}
		t := shop.OrderCoupon{ID: p.ID, Title: p.Title, Text: p.Text, OffFen: p.OffFen, MinFen: p.MinFen, Products: p.Products, Until: p.Until}
		if agents {
			t.Until = s.now().Add(keepsFor)
		}
		out = append(out, t)
	}
	return out, nil
}

// ClaimCoupon implements shop.Coupons.
func (s *Store) ClaimCoupon(ctx context.Context, who, coupon string) (out shop.OrderCoupon, err error) {
	err = s.do(ctx, func(c *change) error {
		if have, ok := s.coupons[who][coupon]; ok {
			out = s.spent(have, c.now)
			return nil
		}
		out, err = s.take(ctx, c, who, coupon, false)
		if err != nil {
			return err
		}
		c.tell(shop.Activity{Customer: who, What: shop.CouponClaimed, Title: out.Title, Qty: 1, Fen: out.OffFen})
		return nil
	})
	return out, err
}

// AgentCoupons implements shop.Coupons.
func (s *Store) AgentCoupons(ctx context.Context, who string) ([]shop.OrderCoupon, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	list, err := s.open(ctx, who, true)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(c shop.OrderCoupon) bool { _, have := s.coupons[who][c.ID]; return have }), nil
}

// GiveCoupon implements shop.Coupons.
func (s *Store) GiveCoupon(ctx context.Context, who, coupon, by string) (out shop.OrderCoupon, err error) {
	if by == "" || tooLong(by, 60) {
		return out, invalid("a coupon given by %.60q", by)
	}
	err = s.do(ctx, func(c *change) error {
		if _, ok := s.coupons[who][coupon]; ok {
			return tooLate("coupon %s was given before", coupon)
		}
		t, err := s.take(ctx, c, who, coupon, true)
		if err != nil {
			return err
		}
		t.GivenBy = by
		c.coupons[who] = []shop.OrderCoupon{t}
		out = t
		c.tell(shop.Activity{Customer: who, What: shop.CouponGiven, Title: t.Title, Qty: 1, Fen: t.OffFen})
		return nil
	})
	return out, err
}

// take puts one of the open coupons into somebody's hands.
func (s *Store) take(ctx context.Context, c *change, who, coupon string, agents bool) (shop.OrderCoupon, error) {
	list, err := s.open(ctx, who, agents)
	if err != nil {
		return shop.OrderCoupon{}, err
	}
	i := slices.IndexFunc(list, func(t shop.OrderCoupon) bool { return t.ID == coupon })
	if i < 0 {
		return shop.OrderCoupon{}, missing("coupon", coupon)
	}
	if err := s.known(ctx, c, who); err != nil {
		return shop.OrderCoupon{}, err
	}
	t := list[i]
	t.ClaimedAt = c.now
	c.coupons[who] = []shop.OrderCoupon{t}
	return t, nil
}
