package bot

import (
	"slices"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// pickOrder chooses the order that a turn is about: the named one, the one that was spoken of, else the only or newest one that
// the matter fits. It is sure when the customer named it or no other fits.
func pickOrder(orders []shop.Order, res understand.Result, in Input, named []shop.Product, p *shop.Product) (*shop.Order, bool) {
	if o := numbered(orders, in.Text); o != nil {
		return o, true
	}
	texts := in.Text
	for i := len(in.Context) - 1; i >= 0; i-- {
		if t := in.Context[i]; t.Role == talk.Customer {
			texts += "\n" + t.Text
			if in.mem == nil || in.mem.order == "" {
				if o := numbered(orders, t.Text); o != nil {
					return o, true
				}
			}
		}
	}
	if o := held(orders, in, res, named); o != nil {
		return o, true
	}
	if o := spokenOf(orders, in, p); o != nil {
		return o, true
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
		case label.Exchange:
			return o.State == shop.Signed || o.State == shop.Shipped || o.State == shop.Swapping
		case label.DamagedMissing, label.AdverseReaction:
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

// held is the one order that holds what a turn names, where the matter is an order's; nil when none does, or several do.
func held(orders []shop.Order, in Input, res understand.Result, named []shop.Product) *shop.Order {
	switch res.Intent {
	case label.Logistics, label.OrderStatus, label.ChangeOrder, label.ReturnRefund, label.Exchange, label.PaymentIssue, label.Invoice, label.DamagedMissing, label.PriceProtection:
	default:
		return nil
	}
	if in.mem == nil || in.mem.lastBot != nil && in.meaning.ellipse {
		return nil
	}
	var one *shop.Order
	for i := range orders {
		if slices.ContainsFunc(named, func(p shop.Product) bool { return holds(orders[i], p.ID) }) {
			if one != nil {
				return nil
			}
			one = &orders[i]
		}
	}
	if one == nil && containsAny(in.Text, "那单", "这单", "的单", "那个", "那瓶", "那支", "那盒", "我的", "我那", "我买", "我", "那") {
		one = lineOf(orders, in.Text)
	}
	return one
}

// numbered is the order that a text names by its number, its last digits, or a parcel's number.
func numbered(orders []shop.Order, text string) *shop.Order {
	for i := range orders {
		id := orders[i].ID
		if strings.Contains(strings.ToUpper(text), id) || len(id) >= 4 && containsNumber(text, id[len(id)-4:]) {
			return &orders[i]
		}
		for _, parcel := range orders[i].Parcels {
			if parcel.Number != "" && strings.Contains(text, parcel.Number) {
				return &orders[i]
			}
		}
	}
	return nil
}

// spokenOf is the order that a turn refers back to: by its place in the list that the bot gave, as "that one", or because
// nothing else is named.
func spokenOf(orders []shop.Order, in Input, p *shop.Product) *shop.Order {
	if in.mem == nil {
		return nil
	}
	id := ""
	if n, ok := ordinal(in.Text); ok {
		list := in.mem.orders
		if len(list) < 2 && !containsAny(in.Text, "款", "支", "瓶") {
			list = nil
			for _, o := range orders {
				list = append(list, o.ID)
			}
		}
		id, _ = nth(list, n)
	}
	switch {
	case id != "":
	case containsAny(in.Text, "刚才", "那一单", "那单", "这单", "这一单", "那笔", "这笔", "它", "那个订单", "这个订单") && !containsAny(in.Text, "别的单", "另一单"):
		id = in.mem.order
	case p == nil && len(split(in.mem.lastBot[didOrders])) == 1 && !in.meaning.wish.courteous():
		id = in.mem.order // still the same talk
	}
	for i := range orders {
		if orders[i].ID == id {
			return &orders[i]
		}
	}
	return nil
}

func (in Input) asksProgress() bool {
	return containsAny(in.Text, "到账", "进度", "多久", "什么时候", "退款呢", "还没", "到哪", "退了吗", "审", "哪一步", "退了", "钱呢", "没退")
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
