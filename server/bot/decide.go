package bot

import (
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// plan is what the bot will do, before anything is written. It is pure data.
type plan struct {
	code   string
	vars   map[string]string
	action Action
	reason label.Reason
	facts  []Fact
	quick  []string
	lead   string // the code of a sentence that comes first, "" for none
	bare   bool   // no tone before it: the text brings its own

	form, formRef string
	cards         []Card
	link          string // of the shop's site, shown as a button

	variant string // that was spoken of
	budget  string // fen, that a recommendation kept to
	offer   *call  // what will be done after a yes
	held    bool   // the offer was made before something else was asked
	narrow  bool   // one sentence of what was quoted before
	fixed   bool   // said as it stands: no model words it
	failed  string // why a tool failed
	chance  string // how the customer answered the chance that was told before, "" for not
	uses    []Use  // tools that were called
}

func (p *plan) cite(f ...Fact) *plan {
	for _, x := range f {
		if x.Text != "" {
			p.facts = append(p.facts, x)
		}
	}
	return p
}

func say(code string, vars map[string]string, facts ...Fact) plan {
	p := plan{code: code, vars: vars, action: Answer}
	p.cite(facts...)
	return p
}

func ask(code string, vars map[string]string, facts ...Fact) plan {
	p := say(code, vars, facts...)
	p.action = Ask
	return p
}

// decide chooses the bot's turn from what was understood and found. It is pure.
func decide(in Input, res understand.Result, f Found) plan {
	if res.Escalate {
		if in.mem != nil && (res.Reason == label.ByAnxiety || res.Reason == label.ByOutOfPolicy || res.Reason == label.ByDispute) {
			if p := byRule(in, f, byWish(in, res, f)); res.Reason == label.ByAnxiety && settles(in, f, p) || ruledOn(in, res, f, p) {
				return p
			}
		}
		return escalation(res.Reason, f)
	}
	if why := bargains(in); in.mem != nil && why != label.None {
		return escalation(why, f)
	}
	p := byNumber(in, f, byPromo(in, f, byRule(in, f, byWish(in, res, f))))
	narrow(in, f, &p)
	if p.asks() && in.askedBefore() {
		return guess(in, res, f, p)
	}
	return p
}

// guess is what is said instead of a second question in a row: the likeliest answer with its condition, or a person.
func guess(in Input, res understand.Result, f Found, p plan) plan {
	switch {
	case (p.code == "ask.which" || p.code == "ask.product") && (len(f.Named) > 0 || len(f.Kind) > 0):
		first := append(append([]shop.Product{}, f.Named...), f.Kind...)[0]
		f.Named, f.Kind, f.Product = []shop.Product{first}, nil, &first
		if g := byWish(in, res, f); !g.asks() && g.action == Answer {
			g.lead = "guess.product"
			return g
		}
	case strings.HasPrefix(p.code, "ask.order") && len(f.Orders) > 0:
		f.Order, f.OrderNamed, f.OrderSure = &f.Orders[0], true, true
		if g := byWish(in, res, f); !g.asks() && g.action != Escalate {
			g.lead = "guess.order"
			return g
		}
	case p.code == "ask.signin":
		p.code, p.action = "signin.still", Answer
		return p
	}
	return escalation(label.ByBotFailed, f)
}

// byWish answers what is more exact than an intent, and the rest by intent.
func byWish(in Input, res understand.Result, f Found) plan {
	switch in.meaning.wish {
	case wantCancel:
		if in.tools() {
			return cancel(in, f)
		}
	case wantProtect:
		if in.tools() {
			return protect(in, f)
		}
	case wantBill:
		if in.tools() {
			return bill(in, f)
		}
	case wantNotify:
		if in.tools() {
			return notify(in, f)
		}
	case wantClaim:
		if in.tools() {
			return claim(in, f)
		}
	case wantCart:
		if in.tools() {
			return toCart(in, f)
		}
	case wantPay:
		if in.tools() {
			return payLink(in, f)
		}
	case wantHours:
		return hours(f)
	case wantShades:
		return onProduct(in, f, shades)
	case wantOrders:
		return ordersOf(in, f)
	case wantMore:
		return recommend(in, f)
	case wantDeal:
		return deal(in, f)
	case wantSize:
		return onProduct(in, f, size)
	case wantHolds:
		return onProduct(in, f, holdings)
	case wantSum:
		return sum(in, f)
	case wantGap:
		return gap(in, f)
	case wantBasket:
		return basket(in, f)
	case wantPaid:
		return onOrder(in, f, paid)
	case wantPoints:
		return points(in, f)
	case wantPerks:
		return perks(in, f)
	case wantGift:
		if list := spokenPromos(f, in.Text); len(list) > 0 {
			f.Promos = list
			text, facts := promosFor(f, "", 2)
			return say("promo.list", map[string]string{"promo": sentence(text)}, facts...)
		}
		if p, ok := gifts(f); ok {
			return p
		}
	}
	return byIntent(in, res, f)
}

// lateAfter is after what time an order that was not sent is late, by the shop's rules on late dispatch.
const lateAfter = 48 * time.Hour

// tools reports whether the bot can do something in the shop.
func (in Input) tools() bool { return in.forms && in.mem != nil }

func escalation(why label.Reason, f Found) plan {
	p := plan{code: "escalate." + string(why), action: Escalate, reason: why, vars: map[string]string{}, bare: true}
	switch why {
	case label.ByAdverse:
		if len(f.Sections) > 0 && strings.Contains(f.Sections[0].Title+f.Sections[0].Text, "过敏") {
			p.vars["policy"] = quote(f.Sections[0])
			p.cite(f.Sections[0])
		}
	case label.ByAnxiety:
		if len(f.Sections) > 0 && containsAny(f.Sections[0].Text, "重复扣款", "没有更新", "退款") {
			p.vars["facts"] = "店铺规则是：" + quote(f.Sections[0])
			p.cite(f.Sections[0])
		}
		if f.Order != nil && f.OrderSure {
			if text, facts := parcels(*f.Order); text != "" {
				p.vars["facts"] = "先告诉您查到的：" + text
				p.cite(facts...)
			}
		}
	}
	return p
}

// askedBefore reports whether the bot's last turn was a question that asked for a fact.
func (in Input) askedBefore() bool {
	if in.mem != nil && in.mem.lastBot != nil {
		return in.mem.question != ""
	}
	t, _ := talk.Last(in.Context, talk.Bot)
	_, agent := talk.Last(in.Context, talk.Agent)
	if _, bot := talk.Last(in.Context, talk.Bot); agent > bot {
		return false
	}
	return containsAny(t.Text, "没太明白", "没有完全理解", "哪一款", "哪一笔", "什么肤质", "订单号或后四位")
}

// nameOnly is up to how many runes a text with a product's name says hardly more than the name.
const nameOnly = 12

func byIntent(in Input, res understand.Result, f Found) plan {
	if strings.HasPrefix(in.Text, "发起申请") { // what the bot itself offered to tap
		return returns(in, f)
	}
	switch res.Intent {
	case label.Greeting:
		p := say("greeting", nil)
		p.quick = []string{"查物流", "看优惠", "转人工"}
		return p
	case label.ThanksBye:
		return thanks(in, res)
	case label.Chitchat:
		switch {
		case f.Product != nil && f.Exact && res.Emotion != label.Delighted && utf8.RuneCountInString(in.Text) <= nameOnly:
			return about(f)
		case in.mem != nil && skinSaid(in.Text) != "" && len(f.Wanted) > 0:
			p := recommend(in, f)
			p.bare = true
			return p
		}
		return chitchat(in, res)
	case label.PricePromo:
		return price(in, f)
	case label.Stock:
		return onProduct(in, f, stock)
	case label.Ingredient:
		return onProduct(in, f, ingredient)
	case label.Usage:
		return onProduct(in, f, usage)
	case label.Suitability:
		return suitability(in, f)
	case label.Compare:
		return compare(in, f)
	case label.Recommend:
		return recommend(in, f)
	case label.Authenticity:
		return authenticity(f)
	case label.Logistics:
		return onOrder(in, f, logistics)
	case label.OrderStatus:
		return onOrder(in, f, orderState)
	case label.ChangeOrder:
		return onOrder(in, f, change)
	case label.PaymentIssue:
		return onOrder(in, f, payment)
	case label.ReturnRefund:
		return returns(in, f)
	case label.Exchange:
		for _, o := range f.Orders {
			if o.Return != nil && o.State == shop.Swapping && !in.wantsReturn() && (!f.OrderNamed || f.Order.ID == o.ID) && containsAny(in.Text, "我换", "到哪", "哪一步", "进度", "寄了", "到了", "好了") {
				return afterSale(o)
			}
		}
		if p, ok := form(in, f, event.FormReturn, returnable); ok && in.wantsReturn() {
			return p
		}
		return policyWithOrder(f)
	case label.PriceProtection:
		return policyWithOrder(f)
	case label.Invoice:
		if containsAny(in.Text, "我的", "好了", "开了", "开过", "没收到", "进度", "开好", "收到") {
			for _, o := range f.Orders {
				if o.Invoice != "" && (!f.OrderNamed || f.Order.ID == o.ID) {
					return invoiced(o, f)
				}
			}
		}
		return policyWithOrder(f)
	case label.DamagedMissing:
		return damaged(f)
	case label.Membership:
		return membership(f)
	case label.Complaint, label.PromiseDispute:
		if res.Intent == label.PromiseDispute && told(in.Text) && len(f.Sections) > 0 && strings.Contains(f.Sections[0].Text, "承诺") {
			return say("policy", map[string]string{"policy": quote(f.Sections[0])}, f.Sections[0])
		}
		p := say("complaint", nil)
		p.quick = []string{"转人工"}
		return p
	case label.OutOfScope:
		if f.Product != nil && len(f.Named) > 0 {
			return about(f)
		}
		if len(f.Written) > 0 && len([]rune(in.Text)) >= 4 && overlap(in.Text, f.Written[0].Text) >= 0.5 {
			return say("policy", map[string]string{"policy": quote(f.Written[0])}, f.Written[0])
		}
		if res.Confidence < 0.4 {
			p := ask("unclear", nil)
			p.quick = []string{"查订单", "了解商品", "转人工"}
			return p
		}
		p := say("out_of_scope", nil)
		p.quick = []string{"转人工"}
		return p
	}
	return unknown()
}

func unknown() plan {
	p := say("unknown", nil)
	p.quick = []string{"转人工"}
	return p
}

func thanks(in Input, res understand.Result) plan {
	switch {
	case containsAny(in.Text, "再见", "拜拜", "没事了", "没别的", "没有别的", "先这样", "就这样", "不用了", "没问题了", "bye", "88", "晚安"):
		p := say("bye", nil)
		p.action = Close
		return p
	case res.Emotion == label.Delighted:
		p := say("thanks.happy", nil)
		p.bare = true
		return p
	case containsAny(in.Text, "谢", "感谢", "辛苦", "3q", "thx", "thank"):
		return say("thanks", nil)
	}
	return say("ack", nil)
}

func chitchat(in Input, res understand.Result) plan {
	var p plan
	switch {
	case containsAny(in.Text, "机器人", "真人", "你是谁", "你叫", "人工智能", "是人"):
		p = say("chitchat.identity", nil)
		p.quick = []string{"转人工"}
	case res.Emotion == label.Delighted:
		p = say("chitchat.praise", nil)
	default:
		p = say("chitchat.other", nil)
	}
	p.bare = true
	return p
}

// productFact states one thing of a product, cited by it.
func productFact(p shop.Product, text string) Fact {
	return Fact{Text: p.Title + " " + text, Source: event.Source{ID: p.ID, Kind: "product", Title: p.Title}}
}

func onProduct(in Input, f Found, then func(Input, shop.Product, Found) plan) plan {
	switch {
	case len(f.Named) > 1 && !f.Exact && f.Named[0].Category == f.Named[1].Category:
		return in.which(f.Named)
	case f.Product == nil && len(f.Kind) > 0:
		return in.which(f.Kind)
	case f.Product == nil:
		return ask("ask.product", nil)
	}
	return then(in, *f.Product, f)
}

func about(f Found) plan {
	p := *f.Product
	text := priceText(p.Main())
	return say("product.about", map[string]string{"title": p.Title, "summary": sentence(p.Summary), "pricefact": text}, productFact(p, p.Summary+text))
}

// sentence ends a text with a full stop.
func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "？") || strings.HasSuffix(s, "；") {
		return s
	}
	return strings.TrimRight(s, ".;，,") + "。"
}
