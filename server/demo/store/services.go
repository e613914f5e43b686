package store

import (
	"context"
	"slices"
	"time"

	"agentdesk/server/shop"
)

// maxAwaited bounds of how many variants one customer hears.
const maxAwaited = 50

// keepAs puts into a change what was changed of an order. How far an order made here has come is told, not kept.
func (s *Store) keepAs(c *change, r record, set func(*shop.Order)) shop.Order {
	out := copyOrder(r.Order)
	set(&out)
	if kept, ok := s.orders[r.Order.ID]; ok {
		r = kept
	}
	r.Order = copyOrder(r.Order)
	set(&r.Order)
	c.orders = append(c.orders, r)
	return out
}

// ProtectPrice implements shop.Services.
func (s *Store) ProtectPrice(ctx context.Context, who, order, key string) (out shop.PriceBack, err error) {
	if key == "" || len(key) > 128 {
		return out, invalid("paying a difference back needs a key of 1 to 128 bytes")
	}
	err = s.do(ctx, func(c *change) error {
		r, err := s.edit(ctx, who, order)
		if err != nil {
			return err
		}
		o := r.Order
		var before int64
		for _, b := range o.Backs {
			if b.Key == key {
				out = b
				return nil
			}
			before += b.Fen
		}
		switch late := c.now.After(o.SignedAt.Add(time.Duration(s.price.limit) * 24 * time.Hour)); {
		case o.State == shop.Signed && late:
			return tooLate("order %s was signed %s", o.ID, o.SignedAt.Format(time.DateOnly))
		case o.State != shop.Signed && o.State != shop.Shipped && o.State != shop.Packed && o.State != shop.Paid:
			return tooLate("order %s is %s", o.ID, o.State)
		case int64(len(o.Backs)) >= s.price.times:
			return tooLate("order %s was paid back %d times", o.ID, len(o.Backs))
		}
		var fall int64
		for _, l := range o.Lines {
			now, _, err := s.line(ctx, shop.Item{Variant: l.VariantID, Quantity: l.Quantity})
			if err != nil {
				continue // no longer in the catalogue: it has no price to fall
			}
			fall += max(0, l.UnitFen-now.UnitFen) * int64(l.Quantity)
		}
		if fall -= before; fall <= 0 {
			out = shop.PriceBack{Key: key, At: c.now}
			return nil
		}
		out = shop.PriceBack{Key: key, Fen: fall, At: c.now}
		o = s.keepAs(c, r, func(o *shop.Order) { o.Backs = append(o.Backs, out) })
		a := s.about(o, shop.PricePaidBack)
		a.Fen = fall
		c.tell(a)
		return nil
	})
	return out, err
}

// AskInvoice implements shop.Services.
func (s *Store) AskInvoice(ctx context.Context, who, order string, to shop.InvoiceTo) (out shop.Order, err error) {
	to = shop.InvoiceTo{Title: clean(to.Title), TaxNo: clean(to.TaxNo)}
	if to.Title == "" || tooLong(to.Title, 100) || tooLong(to.TaxNo, 30) {
		return out, invalid("an invoice to a name of %d characters", len([]rune(to.Title)))
	}
	err = s.do(ctx, func(c *change) error {
		r, err := s.edit(ctx, who, order)
		if err != nil {
			return err
		}
		o := r.Order
		switch {
		case o.Invoice != "":
			out = o
			return nil
		case o.State != shop.Signed:
			return tooLate("order %s is %s", o.ID, o.State)
		case c.now.After(o.PaidAt.Add(time.Duration(s.invoiceDays) * 24 * time.Hour)):
			return tooLate("order %s was paid %s", o.ID, o.PaidAt.Format(time.DateOnly))
		}
		out = s.keepAs(c, r, func(o *shop.Order) { o.Invoice, o.InvoiceTo = "待开具", to })
		c.tell(s.about(out, shop.InvoiceAsked))
		return nil
	})
	return out, err
}

// NotifyStock implements shop.Services.
func (s *Store) NotifyStock(ctx context.Context, who, variant string) error {
	return s.do(ctx, func(c *change) error {
		line, v, err := s.line(ctx, shop.Item{Variant: variant, Quantity: 1})
		if err != nil {
			return err
		}
		b, err := s.basket(ctx, who)
		switch {
		case err != nil:
			return err
		case slices.Contains(b.Awaits, variant):
			return nil
		case len(b.Awaits) >= maxAwaited:
			return full("a customer waits for %d things", maxAwaited)
		}
		if err := s.known(ctx, c, who); err != nil {
			return err
		}
		b.Since = append(sinceOf(b), c.now)
		b.Awaits = append(b.Awaits, variant)
		c.carts[who] = b
		c.tell(shop.Activity{Customer: who, What: shop.StockAwaited, Product: line.ProductID, Variant: v.ID, Title: title(line), Qty: 1})
		return nil
	})
}
