package bot

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// offer puts in words what will be done, and asks for a yes.
func offer(code string, c call, vars map[string]string, quick []string, facts ...Fact) plan {
	p := ask(code, vars, facts...)
	p.offer, p.quick, p.bare = &c, quick, true
	return p
}

// signedIn is the plan for a wish that only somebody known can have; false when the customer is known.
func signedIn(in Input) (plan, bool) {
	if in.CustomerID != "" {
		return plan{}, false
	}
	p := ask("ask.signin", nil)
	p.quick = []string{"转人工"}
	return p, true
}

// theOrder finds the order that a wish is about, of those that it can be about; else a plan that asks for it or says why not.
func theOrder(in Input, f Found, fits func(shop.Order) bool, none func() plan) (shop.Order, plan, bool) {
	if p, stop := signedIn(in); stop {
		return shop.Order{}, p, false
	}
	if f.Unknown != "" {
		return shop.Order{}, notTheirs(f), false
	}
	if f.Order != nil && f.OrderNamed {
		return *f.Order, plan{}, true
	}
	var list []shop.Order
	for _, o := range f.Orders {
		if fits(o) {
			list = append(list, o)
		}
	}
	switch {
	case len(list) == 1:
		return list[0], plan{}, true
	case len(list) == 0 && f.Order != nil && f.OrderSure:
		return *f.Order, plan{}, true
	case len(list) == 0:
		return shop.Order{}, none(), false
	}
	return shop.Order{}, whichOrder(list), false
}

// whichOrder asks which of some orders is meant.
func whichOrder(list []shop.Order) plan {
	var facts []Fact
	var lines, quick []string
	for _, o := range list[:min(3, len(list))] {
		vars, fact := orderVars(o)
		facts = append(facts, fact)
		lines = append(lines, fmt.Sprintf("%s（%s，%s）", vars["order"], vars["items"], vars["state"]))
		quick = append(quick, "订单 "+vars["order"])
	}
	p := ask("ask.order.which", map[string]string{"list": strings.Join(lines, "、")}, facts...)
	p.quick = quick
	return p
}

func notTheirs(f Found) plan {
	p := say("order.unknown", nil)
	p.quick = []string{"我的订单", "转人工"}
	return p
}

func noOrder() plan { return ask("order.none", nil) }

func cancel(in Input, f Found) plan {
	o, p, ok := theOrder(in, f, func(o shop.Order) bool { return o.State == shop.Unpaid || o.State == shop.Paid }, func() plan {
		if f.Order == nil {
			return noOrder()
		}
		return tooLate(*f.Order, f)
	})
	if !ok {
		return p
	}
	vars, fact := orderVars(o)
	switch {
	case o.State == shop.Cancelled || o.State == shop.Refunded && o.Return != nil && o.Return.Kind == shop.ReturnCancel:
		return say("order.state", vars, fact)
	case o.State != shop.Unpaid && o.State != shop.Paid:
		return tooLate(o, f)
	case o.State == shop.Paid && o.TotalFen > in.limit:
		return above(vars, fact)
	}
	if o.State == shop.Paid {
		vars["money"] = "实付的 " + vars["total"] + " 会按原支付路径退回。"
	}
	return offer("offer.cancel", call{toolCancel, map[string]string{"order": o.ID}}, vars, []string{"确认取消", "先不取消"}, fact)
}

// above hands what the bot may not decide to a person.
func above(vars map[string]string, facts ...Fact) plan {
	p := plan{code: "limit", vars: vars, action: Escalate, reason: label.ByOutOfPolicy, bare: true}
	p.cite(facts...)
	return p
}

// tooLate says why an order cannot be changed any more, and what can be done instead.
func tooLate(o shop.Order, f Found) plan {
	vars, fact := orderVars(o)
	p := say("cancel.late", vars, withPolicy(vars, f, []Fact{fact})...)
	p.quick = []string{"转人工"}
	return p
}

func protect(in Input, f Found) plan {
	o, p, ok := theOrder(in, f, func(o shop.Order) bool {
		return o.State == shop.Signed && in.Now.Sub(o.SignedAt).Hours() < 15*24 || o.State == shop.Shipped || o.State == shop.Paid || o.State == shop.Packed
	}, func() plan { return policyWithOrder(f) })
	if !ok {
		return p
	}
	vars, fact := orderVars(o)
	fall := fallen(f.All, o)
	facts := withPolicy(vars, f, []Fact{fact})
	if o.State == shop.Signed {
		vars["signed"] = day(o.SignedAt) + "签收，"
		facts = append(facts, orderFact(o, vars["signed"]))
	}
	switch {
	case fall == 0:
		p := say("protect.none", vars, facts...)
		p.quick = []string{"转人工"}
		return p
	case fall > in.limit:
		vars["total"] = yuan(fall)
		return above(vars, fact, orderFact(o, "差价 "+vars["total"]))
	}
	vars["fall"] = yuan(fall)
	return offer("offer.protect", call{toolProtect, map[string]string{"order": o.ID}}, vars, []string{"确认申请", "先不申请"}, append(facts, orderFact(o, "差价 "+vars["fall"]))...)
}

// invoiceTitle is in whose name a text wants an invoice: 个人, or a company; "" when it does not say.
func (p *patterns) invoiceTitle(text string) (title, tax string) {
	if m := p.company.FindString(text); m != "" {
		for _, cut := range []string{"抬头是", "抬头写", "抬头", "名称是", "开给", "是"} {
			if _, rest, ok := strings.Cut(m, cut); ok && utf8.RuneCountInString(rest) >= 4 {
				m = rest
			}
		}
		if utf8.RuneCountInString(m) >= 4 {
			return m, p.tax.FindString(text)
		}
	}
	if containsAny(text, "个人", "我自己", "本人") {
		return "个人", ""
	}
	return "", ""
}

func bill(in Input, f Found) plan {
	o, p, ok := theOrder(in, f, func(o shop.Order) bool {
		return o.State == shop.Signed && o.Invoice == "" && in.Now.Sub(o.PaidAt) < 90*24*time.Hour
	}, func() plan { return policyWithOrder(f) })
	if !ok {
		return p
	}
	vars, fact := orderVars(o)
	switch {
	case o.Invoice != "":
		return invoiced(o, f)
	case o.State != shop.Signed:
		return policyWithOrder(f)
	}
	title, tax := in.invoice()
	if title == "" && in.askedBefore() {
		title, vars["else"] = "个人", "要开企业抬头，请发名称和税号。"
	}
	if title == "" {
		p := ask("ask.invoice", vars, fact)
		p.quick = []string{"个人"}
		return p
	}
	vars["title"] = "个人"
	if title != "个人" {
		vars["title"] = "企业（" + title + "）"
		if tax == "" && in.mem.question != "ask.invoice" {
			return ask("ask.invoice.tax", vars, fact)
		}
	}
	pl := offer("offer.invoice", call{toolInvoice, map[string]string{"order": o.ID}}, vars, []string{"确认开票", "先不开"}, fact)
	pl.cite(Fact{Text: title})
	return pl
}

// invoiced tells where an order's invoice stands.
func invoiced(o shop.Order, f Found) plan {
	vars, fact := orderVars(o)
	vars["invoice"] = o.Invoice
	facts := []Fact{orderFact(o, "发票"+o.Invoice), fact}
	for _, x := range f.Sections {
		if strings.Contains(o.Invoice, "待") && strings.Contains(x.Title, "开具时间") {
			vars["policy"] = quote(x)
			facts = append(facts, x)
		}
	}
	return say("invoice.state", vars, facts...)
}

// invoice is the name and number that the customer gave, in this message or before: neither is kept by the bot.
func (in Input) invoice() (title, tax string) {
	text := in.said
	if text == "" {
		text = in.Text
	}
	title, tax = in.re.invoiceTitle(text)
	for i := len(in.Context) - 1; i >= 0 && title == "" && i >= len(in.Context)-6; i-- {
		if in.Context[i].Role == talk.Customer {
			title, tax = in.re.invoiceTitle(in.Context[i].Text)
		}
	}
	return title, tax
}

func notify(in Input, f Found) plan {
	if p, stop := signedIn(in); stop {
		return p
	}
	return onProduct(in, f, func(in Input, p shop.Product, f Found) plan {
		v := in.variantOf(p)
		if v.Stock > 0 {
			return stock(in, p, f)
		}
		vars := map[string]string{"title": p.Title, "variant": v.Name}
		pl := offer("offer.notify", call{toolNotify, map[string]string{"variant": v.ID}}, vars, []string{"确认登记", "先不用"}, productFact(p, v.Name+" 缺货"))
		pl.variant = v.ID
		return pl
	})
}

func claim(in Input, f Found) plan {
	if p, stop := signedIn(in); stop {
		return p
	}
	var fits []shop.Promotion
	for _, p := range f.Promos {
		if p.Kind == shop.Voucher && tierFits(p, f.Customer.Tier) {
			fits = append(fits, p)
		}
	}
	best := -1
	for i, p := range fits {
		if containsNumber(in.Text, strconv.FormatInt(p.OffFen/100, 10)) || strings.Contains(in.Text, p.Title) {
			best = i
		}
	}
	if best < 0 && len(fits) == 1 {
		best = 0
	}
	if best < 0 {
		return price(in, f)
	}
	p := fits[best]
	return offer("offer.claim", call{toolCoupon, map[string]string{"coupon": p.ID}}, map[string]string{"title": p.Title, "text": sentence(p.Text)}, []string{"确认领取", "先不领"}, promoFact(p))
}

// quantity reads how many of something a text wants; 1 when it does not say.
func quantity(text string) int {
	for n, words := range [][]string{1: {"1", "一"}, 2: {"2", "两", "二"}, 3: {"3", "三"}, 4: {"4", "四"}, 5: {"5", "五"}, 6: {"6", "六"}, 10: {"10", "十"}} {
		for _, w := range words {
			for _, unit := range []string{"件", "瓶", "盒", "支", "个", "套", "份", "罐", "只", "包"} {
				if at := strings.Index(text, w+unit); at >= 0 && !strings.HasSuffix(text[:at], "第") {
					return n
				}
			}
		}
	}
	return 1
}

func toCart(in Input, f Found) plan {
	if p, stop := signedIn(in); stop {
		return p
	}
	return onProduct(in, f, func(in Input, p shop.Product, f Found) plan {
		v := in.variantOf(p)
		n := quantity(in.Text)
		if n == 1 && in.mem.pending != nil && in.mem.pending.Tool == toolCart && in.meaning.fixes {
			n = max(1, in.added())
		}
		have := inCart(f.Cart, v.ID)
		sets := resets(in.Text) && have > 0 && (in.mem.pending == nil || in.mem.pending.Tool != toolCart)
		if sets && v.Stock < n || !sets && v.Stock < have+n {
			return stock(in, p, f)
		}
		vars := map[string]string{"title": p.Title, "variant": v.Name, "n": strconv.Itoa(n), "pay": yuan(v.PayFen())}
		args := map[string]string{"variant": v.ID, "quantity": strconv.Itoa(n)}
		if sets {
			vars["have"] = strconv.Itoa(have)
			pl := offer("offer.set", call{toolSet, args}, vars, []string{"确认修改", "先不改"},
				productFact(p, fmt.Sprintf("%s，%s，购物车里 ×%d，改成 ×%d", v.Name, yuan(v.PayFen()), have, n)))
			pl.variant = v.ID
			return pl
		}
		if have > 0 {
			vars["have"] = fmt.Sprintf("购物车里已有 ×%d，加上后是 ×%d。", have, have+n)
		}
		pl := offer("offer.cart", call{toolCart, args}, vars, []string{"确认加入", "先不加"},
			productFact(p, fmt.Sprintf("%s，%s，%s", v.Name, yuan(v.PayFen()), vars["have"])))
		pl.variant = v.ID
		return pl
	})
}

// resets reports whether a text corrects how many there are to be, rather than asking for more.
func resets(text string) bool {
	return containsAny(text, "改成", "改为", "换成", "变成", "调成", "只要") && (quantity(text) > 1 || containsAny(text, "1", "一"))
}

// added is how many the open offer would put into the cart.
func (in Input) added() int {
	for i := len(in.Context) - 1; i >= 0; i-- {
		if in.Context[i].Role == talk.Customer {
			return quantity(in.Context[i].Text)
		}
	}
	return 1
}

func payLink(in Input, f Found) plan {
	if p, stop := signedIn(in); stop {
		return p
	}
	for _, o := range f.Orders {
		if o.State == shop.Unpaid && (f.Order == nil || !f.OrderNamed || f.Order.ID == o.ID) {
			vars, fact := orderVars(o)
			p := say("pay.order", vars, fact)
			p.fixed, p.link, p.cards = true, "/pay/"+o.ID, []Card{{Kind: event.OrderCard, Ref: o.ID}}
			return p
		}
	}
	if len(f.Cart.Lines) == 0 {
		return say("pay.nothing", nil)
	}
	var names []string
	var facts []Fact
	for _, l := range f.Cart.Lines[:min(3, len(f.Cart.Lines))] {
		names = append(names, strings.TrimSpace(l.Title+" "+l.Variant))
		facts = append(facts, Fact{Text: l.Title + " " + l.Variant, Source: event.Source{ID: l.ProductID, Kind: "product", Title: l.Title}})
	}
	p := say("pay.cart", map[string]string{"items": strings.Join(names, "、")}, facts...)
	p.fixed, p.link = true, "/checkout"
	return p
}

// hours tells when people are there, or what happens when they are not.
func hours(f Found) plan {
	if len(f.Sections) == 0 {
		return unknown()
	}
	return say("policy", map[string]string{"policy": quote(f.Sections[0])}, f.Sections[0])
}

// ordersOf lists a customer's newest orders.
func ordersOf(in Input, f Found) plan {
	if p, stop := signedIn(in); stop {
		return p
	}
	if len(f.Orders) == 0 {
		return noOrder()
	}
	if len(f.Orders) == 1 {
		return onOrder(in, f, orderState)
	}
	p := whichOrder(f.Orders)
	p.code, p.action, p.fixed = "order.list", Answer, true
	return p
}
