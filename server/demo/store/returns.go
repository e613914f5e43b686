package store

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/server/shop"
)

// caseID names the return of an order.
func caseID(order string) string { return "RT" + order[max(0, len(order)-6):] }

// AskReturn implements shop.Aftersales.
func (s *Store) AskReturn(ctx context.Context, who, order string, ask shop.ReturnAsk) (out shop.Order, err error) {
	reason := clean(ask.Reason)
	switch {
	case ask.Kind.Zh() == "":
		return out, invalid("a return of kind %.20q", ask.Kind)
	case reason == "" || tooLong(reason, maxText):
		return out, invalid("a reason of %d characters", utf8.RuneCountInString(reason))
	case len(ask.Pictures) > maxPictures:
		return out, invalid("%d pictures, at most %d", len(ask.Pictures), maxPictures)
	case ask.Kind == shop.ReturnPlain && ask.Opened:
		return out, invalid("opened goods come back for a reason only")
	case ask.Kind == shop.ReturnCancel:
		return s.CancelOrder(ctx, who, order)
	}
	for _, p := range ask.Pictures {
		if p == "" || len(p) > 128 {
			return out, invalid("a picture %.20q", p)
		}
	}
	err = s.do(ctx, func(c *change) error {
		r, err := s.edit(ctx, who, order)
		if err != nil {
			return err
		}
		o := &r.Order
		if o.Return != nil && o.Return.State != shop.ReturnDeclined {
			return tooLate("order %s has the case %s already", o.ID, o.Return.ID)
		}
		if err := s.allowed(*o, ask.Kind, c.now); err != nil {
			return err
		}
		back := &shop.Return{ID: caseID(o.ID), Kind: ask.Kind, State: shop.ReturnAsked, Reason: reason, Pictures: slices.Clone(ask.Pictures), AskedAt: c.now}
		if back.Lines, err = lines(ask.Lines, len(o.Lines)); err != nil {
			return err
		}
		switch ask.Kind {
		case shop.ReturnSwap:
			o.State = shop.Swapping
		case shop.ReturnLost:
			o.State, back.RefundFen = shop.Refunding, o.TotalFen
		default:
			o.State, back.RefundFen = shop.Returning, worth(*o, back.Lines)
		}
		o.Return = back
		c.orders = append(c.orders, r)
		a := s.about(*o, shop.ReturnRequested)
		a.Fen = back.RefundFen
		c.tell(a)
		out = copyOrder(*o)
		return nil
	})
	return out, err
}

// allowed checks the time limits of the policies.
func (s *Store) allowed(o shop.Order, kind shop.ReturnKind, now time.Time) error {
	if kind == shop.ReturnLost {
		for _, p := range o.Parcels {
			if o.State == shop.Shipped && (p.State == shop.Lost || p.State == shop.Delayed || p.State == shop.Rejected) {
				return nil
			}
		}
		return tooLate("order %s is %s and none of its parcels is lost", o.ID, o.State)
	}
	if o.State != shop.Signed {
		return tooLate("order %s is %s", o.ID, o.State)
	}
	if limit := s.days[kind]; now.After(o.SignedAt.Add(limit)) {
		return tooLate("order %s was signed %s, the limit is %s", o.ID, o.SignedAt.Format(time.DateOnly), limit)
	}
	return nil
}

// lines checks and sorts the lines that come back; nil for all.
func lines(asked []int, have int) ([]int, error) {
	asked = slices.Clone(asked)
	slices.Sort(asked)
	asked = slices.Compact(asked)
	for _, i := range asked {
		if i < 0 || i >= have {
			return nil, invalid("line %d of %d", i, have)
		}
	}
	return asked, nil
}

// worth is what some lines of an order cost the customer: their share of what was paid for the goods.
func worth(o shop.Order, back []int) int64 {
	var all, some int64
	for i, l := range o.Lines {
		fen := int64(l.Quantity) * l.UnitFen
		all += fen
		if len(back) == 0 || slices.Contains(back, i) {
			some += fen
		}
	}
	paid := o.TotalFen - o.ShippingFen
	if some == all {
		return paid
	}
	return max(1, paid*some/all)
}

// next are the states to which a case may move on.
func next(r shop.Return) []shop.ReturnState {
	pays := shop.ReturnPaid
	if r.Kind == shop.ReturnSwap {
		pays = shop.ReturnResent
	}
	switch r.State {
	case shop.ReturnAsked:
		return []shop.ReturnState{shop.ReturnApproved, shop.ReturnDeclined}
	case shop.ReturnApproved:
		switch r.Kind {
		case shop.ReturnLost, shop.ReturnCancel:
			return []shop.ReturnState{shop.ReturnPaid}
		case shop.ReturnAllergy, shop.ReturnFault: // the money or a new one goes first
			return []shop.ReturnState{shop.ReturnSent, pays, shop.ReturnDeclined}
		}
		return []shop.ReturnState{shop.ReturnSent, shop.ReturnDeclined}
	case shop.ReturnSent:
		return []shop.ReturnState{shop.ReturnBack}
	case shop.ReturnBack:
		return []shop.ReturnState{pays, shop.ReturnDeclined}
	}
	return nil
}

// SettleReturn implements shop.Aftersales.
func (s *Store) SettleReturn(ctx context.Context, order string, to shop.ReturnState) (out shop.Order, err error) {
	err = s.do(ctx, func(c *change) error {
		o, err := s.order(ctx, order)
		if err != nil {
			return err
		}
		if o.Return == nil {
			return tooLate("order %s has no case", o.ID)
		}
		ret := o.Return
		if ret.State == to {
			out = o
			return nil
		}
		if !slices.Contains(next(*ret), to) {
			return tooLate("case %s is %s and cannot become %.20s", ret.ID, ret.State, to)
		}
		ret.State = to
		switch to {
		case shop.ReturnApproved:
			if ret.Kind == shop.ReturnLost {
				ret.DueAt = c.now.Add(s.refund)
			}
		case shop.ReturnSent:
			ret.Number = "SF000" + strings.Repeat("0", 4) + o.ID[max(0, len(o.ID)-6):]
		case shop.ReturnBack:
			ret.BackAt, ret.DueAt = c.now, c.now.Add(s.refund)
		case shop.ReturnPaid:
			ret.PaidAt, o.State, o.ClosedAt = c.now, shop.Refunded, c.now
		case shop.ReturnResent:
			o.State, o.ClosedAt = shop.Swapped, c.now
		case shop.ReturnDeclined:
			o.State = shop.Signed
			if ret.Kind == shop.ReturnLost {
				o.State = shop.Shipped
			}
		}
		r := s.orders[o.ID]
		r.Order = o
		c.orders = append(c.orders, r)
		a := s.about(o, shop.ReturnSettled)
		a.Fen = ret.RefundFen
		c.tell(a)
		out = copyOrder(o)
		return nil
	})
	return out, err
}
