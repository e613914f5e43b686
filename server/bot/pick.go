package bot

import (
	"strings"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// pickOrder chooses the order that a turn is about: the named one, else the only or newest one that the matter fits.
func pickOrder(orders []shop.Order, res understand.Result, in Input, p *shop.Product) (*shop.Order, bool) {
	texts := in.Text
	for _, t := range in.Context {
		if t.Role == talk.Customer {
			texts += "\n" + t.Text
		}
	}
	for i := range orders {
		id := orders[i].ID
		if strings.Contains(texts, id) || len(id) >= 4 && containsNumber(texts, id[len(id)-4:]) {
			return &orders[i], true
		}
		for _, parcel := range orders[i].Parcels {
			if parcel.Number != "" && strings.Contains(texts, parcel.Number) {
				return &orders[i], true
			}
		}
	}
	fits := func(o shop.Order) bool {
		switch res.Intent {
		case label.OrderStatus, label.ChangeOrder:
			return o.State == shop.Paid || o.State == shop.Packed || o.State == shop.Unpaid
		case label.Logistics:
			return len(o.Parcels) > 0
		case label.PaymentIssue:
			return o.State == shop.Unpaid || o.State == shop.Paid
		case label.ReturnRefund:
			return o.State == shop.Returning || o.State == shop.Signed || o.State == shop.Refunded || o.State == shop.Shipped
		case label.Exchange, label.DamagedMissing, label.AdverseReaction:
			return o.State == shop.Signed || o.State == shop.Shipped
		}
		return true
	}
	open := func(o shop.Order) bool {
		switch res.Intent {
		case label.Logistics:
			return o.State == shop.Shipped
		case label.ReturnRefund:
			return o.State == shop.Returning && in.asksProgress()
		}
		return fits(o)
	}
	best, count := -1, 0
	for i, o := range orders {
		if p == nil && !titled(o, texts) && anyTitled(orders, texts) && res.Intent != label.OrderStatus {
			continue
		}
		if p != nil && !holds(o, p.ID) && res.Intent != label.Logistics && res.Intent != label.OrderStatus {
			continue
		}
		if open(o) {
			count++
			if best < 0 {
				best = i
			}
		}
	}
	if best >= 0 {
		return &orders[best], count == 1
	}
	for _, strict := range []bool{true, false} {
		for i, o := range orders {
			if fits(o) && (!strict || p != nil && holds(o, p.ID) || p == nil && titled(o, texts)) {
				return &orders[i], strict
			}
		}
	}
	if len(orders) > 0 {
		return &orders[0], false
	}
	return nil, false
}

func (in Input) asksProgress() bool {
	return containsAny(in.Text, "到账", "进度", "多久", "什么时候", "退款呢", "还没", "到哪", "退了吗")
}

// titled reports whether a line of an order is of a kind that the text names: 精华, 面霜, ...
func titled(o shop.Order, text string) bool {
	for _, l := range o.Lines {
		for _, k := range []string{"精华", "面霜", "防晒", "面膜", "洁面", "洗面奶", "乳液", "眼霜", "卸妆", "爽肤水", "身体乳", "口红", "唇膏", "气垫", "粉底", "礼盒"} {
			if strings.Contains(text, k) && (strings.Contains(l.Title, k) || k == "洗面奶" && strings.Contains(l.Title, "洁面")) {
				return true
			}
		}
	}
	return false
}

func anyTitled(orders []shop.Order, text string) bool {
	for _, o := range orders {
		if titled(o, text) {
			return true
		}
	}
	return false
}

func holds(o shop.Order, productID string) bool {
	for _, l := range o.Lines {
		if l.ProductID == productID {
			return true
		}
	}
	return false
}

// containsNumber finds a digit string that is no part of a longer number.
func containsNumber(text, digits string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], digits)
		if i < 0 {
			return false
		}
		i += at
		before := i == 0 || text[i-1] < '0' || text[i-1] > '9'
		end := i + len(digits)
		after := end == len(text) || text[end] < '0' || text[end] > '9'
		if before && after {
			return true
		}
		at = end
	}
}
