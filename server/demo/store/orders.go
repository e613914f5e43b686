package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"agentdesk/server/shop"
)

func full(format string, args ...any) error {
	return fmt.Errorf(format+": %w", append(args, shop.ErrFull)...)
}

func tooLong(s string, runes int) bool { return utf8.RuneCountInString(s) > runes }

// orderID is the n-th order made here. The demo's own begin with CY880 and CY881; the last four digits, by which people
// name an order, differ from one to the next.
func orderID(n int) string { return fmt.Sprintf("CY882%07d", 3106+7*n) }

// PlaceOrder implements shop.Orders.
func (s *Store) PlaceOrder(ctx context.Context, who string, w shop.Want) (out shop.Order, err error) {
	if w.Key == "" || len(w.Key) > 128 {
		return out, invalid("an order needs a key of 1 to 128 bytes")
	}
	if tooLong(w.Note, maxText) || len(w.Items) > maxLines {
		return out, invalid("a note of %d characters, %d lines", utf8.RuneCountInString(w.Note), len(w.Items))
	}
	err = s.do(ctx, func(c *change) error {
		unpaid := 0
		for _, id := range s.of[who] {
			r := s.orders[id]
			if r.Key == w.Key {
				out = s.aged(r.Order, c.now)
				return nil
			}
			if s.aged(r.Order, c.now).State == shop.Unpaid {
				unpaid++
			}
		}
		if unpaid >= maxUnpaid || s.made >= maxOrders {
			return full("%d orders wait for payment", unpaid)
		}
		items := w.Items
		if len(items) == 0 {
			b, err := s.basket(ctx, who)
			if err != nil {
				return err
			}
			items = b.Items
		}
		o, err := s.draw(ctx, who, items, w.Coupons)
		if err != nil {
			return err
		}
		if o.To, err = s.recipient(ctx, who, w.To); err != nil {
			return err
		}
		o.ID, o.CustomerID, o.State, o.PlacedAt, o.Note = orderID(s.made), who, shop.Unpaid, c.now, strings.TrimSpace(w.Note)
		if err := s.known(ctx, c, who); err != nil {
			return err
		}
		s.introduce(c, who, o.To)
		for _, off := range o.Offs {
			if t, ok := s.coupons[who][off.ID]; ok {
				t.Order = o.ID
				c.coupons[who] = append(c.coupons[who], t)
			}
		}
		c.orders = append(c.orders, record{Order: o, Key: w.Key, Made: true})
		c.tell(s.about(o, shop.Ordered))
		out = copyOrder(o)
		return nil
	})
	return out, err
}

// introduce notes a guest's name and address, so that the next order and the desk know them.
func (s *Store) introduce(c *change, who string, to shop.Recipient) {
	g, ok := c.guests[who]
	if !ok {
		g, ok = s.guests[who]
	}
	if ok {
		g.Name, g.Phone, g.Address = to.Name, to.Phone, to.Address
		c.guests[who] = g
	}
}

// draw prices items as an order.
func (s *Store) draw(ctx context.Context, who string, items []shop.Item, use []string) (shop.Order, error) {
	o := shop.Order{Channel: shop.Web}
	if c, err := s.customer(ctx, who); err == nil {
		o.Channel = c.Channel
	} else if !shop.IsGuest(who) {
		return o, err
	}
	if len(items) == 0 {
		return o, invalid("an order of nothing")
	}
	seen := map[string]bool{}
	for _, it := range items {
		if it.Quantity <= 0 || it.Quantity > maxQuantity || seen[it.Variant] {
			return o, invalid("%s × %d", it.Variant, it.Quantity)
		}
		seen[it.Variant] = true
		line, v, err := s.line(ctx, it)
		if err != nil {
			return o, err
		}
		if it.Quantity > v.Stock {
			return o, &shop.StockError{Variant: v.ID, Title: title(line), Left: v.Stock}
		}
		o.Lines = append(o.Lines, line)
	}
	bill, usable, err := s.bill(ctx, who, o.Lines, use)
	if err != nil {
		return o, err
	}
	for _, id := range use {
		if !slices.ContainsFunc(usable, func(c shop.OrderCoupon) bool { return c.ID == id }) {
			return o, tooLate("coupon %s is not usable", id)
		}
	}
	o.Offs, o.DiscountFen, o.ShippingFen, o.TotalFen, o.Gifts = bill.Offs, bill.DiscountFen, bill.ShippingFen, bill.TotalFen, bill.Gifts
	return o, nil
}

// recipient fills what was left empty from what is known, and checks the whole.
func (s *Store) recipient(ctx context.Context, who string, to shop.Recipient) (shop.Recipient, error) {
	c, err := s.customer(ctx, who)
	if err != nil && !shop.IsGuest(who) {
		return to, err
	}
	to.Name = cmp.Or(clean(to.Name), c.Name, c.Nick)
	to.Phone, to.Address = cmp.Or(clean(to.Phone), c.Phone), cmp.Or(clean(to.Address), c.Address)
	if strings.HasPrefix(to.Name, "访客 ") && to.Name == c.Nick {
		to.Name = ""
	}
	return to, checkRecipient(to)
}

func clean(s string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return ' '
		}
		return r
	}, s)), " ")
}

func checkRecipient(to shop.Recipient) error {
	digits := 0
	for _, r := range to.Phone {
		switch {
		case r >= '0' && r <= '9':
			digits++
		case !strings.ContainsRune("+-() ", r):
			return invalid("a phone number with %q", r)
		}
	}
	switch {
	case to.Name == "" || tooLong(to.Name, 60):
		return invalid("a recipient's name of %d characters", utf8.RuneCountInString(to.Name))
	case digits < 7 || digits > 15 || len(to.Phone) > 24:
		return invalid("a phone number of %d digits", digits)
	case utf8.RuneCountInString(to.Address) < 5 || tooLong(to.Address, maxText):
		return invalid("an address of %d characters", utf8.RuneCountInString(to.Address))
	}
	return nil
}

// about is an activity on an order.
func (s *Store) about(o shop.Order, what string) shop.Activity {
	a := shop.Activity{Customer: o.CustomerID, What: what, Order: o.ID, Product: o.Lines[0].ProductID, Variant: o.Lines[0].VariantID, Title: title(o.Lines[0]), Fen: o.TotalFen}
	for _, l := range o.Lines {
		a.Qty += l.Quantity
	}
	return a
}

// edit is an order of somebody's to be changed.
func (s *Store) edit(ctx context.Context, who, id string) (record, error) {
	o, err := s.orderOf(ctx, who, id)
	if err != nil {
		return record{}, err
	}
	r := s.orders[o.ID]
	r.Order = o
	return r, nil
}

// PayOrder implements shop.Orders.
func (s *Store) PayOrder(ctx context.Context, who, order string) (out shop.Order, err error) {
	err = s.do(ctx, func(c *change) error {
		r, err := s.edit(ctx, who, order)
		if err != nil {
			return err
		}
		switch {
		case r.Order.State == shop.Cancelled:
			return tooLate("order %s was closed", r.Order.ID)
		case r.Order.State != shop.Unpaid:
			out = r.Order
			return nil
		}
		for _, l := range r.Order.Lines {
			_, v, err := s.line(ctx, shop.Item{Variant: l.VariantID, Quantity: l.Quantity})
			if err != nil && !errors.Is(err, shop.ErrNotFound) {
				return err
			}
			if v.Stock < l.Quantity {
				return &shop.StockError{Variant: l.VariantID, Title: title(l), Left: v.Stock}
			}
			c.sold[l.VariantID] = s.sold[l.VariantID] + l.Quantity
		}
		r.Order.State, r.Order.PaidAt = shop.Paid, c.now
		c.orders = append(c.orders, r)
		b, err := s.basket(ctx, who)
		if err != nil {
			return err
		}
		c.carts[who] = basket{Items: minus(b.Items, r.Order.Lines), Updated: c.now, Awaits: b.Awaits}
		c.tell(s.about(r.Order, shop.OrderPaid))
		out = copyOrder(r.Order)
		return nil
	})
	return out, err
}

// minus is what stays in a cart when some of it was bought.
func minus(items []shop.Item, bought []shop.OrderLine) []shop.Item {
	var out []shop.Item
	for _, it := range items {
		for _, l := range bought {
			if l.VariantID == it.Variant {
				it.Quantity -= l.Quantity
			}
		}
		if it.Quantity > 0 {
			out = append(out, it)
		}
	}
	return out
}

// CancelOrder implements shop.Orders.
func (s *Store) CancelOrder(ctx context.Context, who, order string) (out shop.Order, err error) {
	err = s.do(ctx, func(c *change) error {
		r, err := s.edit(ctx, who, order)
		if err != nil {
			return err
		}
		o := &r.Order
		switch o.State {
		case shop.Cancelled:
			out = *o
			return nil
		case shop.Unpaid:
			o.State, o.ClosedAt = shop.Cancelled, c.now
		case shop.Paid:
			o.State, o.ClosedAt = shop.Refunded, c.now
			o.Return = &shop.Return{ID: caseID(o.ID), Kind: shop.ReturnCancel, State: shop.ReturnPaid, Reason: "未发货取消",
				RefundFen: o.TotalFen, AskedAt: c.now, PaidAt: c.now, DueAt: c.now.Add(s.refund)}
			if r.Made {
				for _, l := range o.Lines {
					c.sold[l.VariantID] = max(0, s.sold[l.VariantID]-l.Quantity)
				}
			}
		default:
			return tooLate("order %s is %s", o.ID, o.State)
		}
		c.orders = append(c.orders, r)
		c.tell(s.about(*o, shop.OrderCancelled))
		out = copyOrder(*o)
		return nil
	})
	return out, err
}

// ChangeAddress implements shop.Orders.
func (s *Store) ChangeAddress(ctx context.Context, who, order string, to shop.Recipient) (out shop.Order, err error) {
	err = s.do(ctx, func(c *change) error {
		r, err := s.edit(ctx, who, order)
		if err != nil {
			return err
		}
		switch r.Order.State {
		case shop.Unpaid, shop.Paid, shop.Packed:
		default:
			return tooLate("order %s is %s", r.Order.ID, r.Order.State)
		}
		was := r.Order.To
		to := shop.Recipient{Name: cmp.Or(clean(to.Name), was.Name), Phone: cmp.Or(clean(to.Phone), was.Phone), Address: cmp.Or(clean(to.Address), was.Address)}
		if err := checkRecipient(to); err != nil {
			return err
		}
		if to == was {
			out = r.Order
			return nil
		}
		r.Order.To = to
		out = copyOrder(r.Order)
		if kept, ok := s.orders[r.Order.ID]; ok { // how far it has come is told, not kept
			kept.Order.To = to
			r = kept
		}
		c.orders = append(c.orders, r)
		c.tell(s.about(out, shop.AddressChanged))
		return nil
	})
	return out, err
}
