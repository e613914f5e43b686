package bot

import (
	"strings"

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
	bare   bool // no tone before it: the text brings its own

	form, formRef string
	cards         []Card
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
		return escalation(res.Reason, f)
	}
	p := byIntent(in, res, f)
	if p.action == Ask && asked(in, p.code) >= 2 {
		return escalation(label.ByBotFailed, f)
	}
	return p
}

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

// asked counts earlier clarifying questions: the bot asks once, then again in other words, then gets a person.
func asked(in Input, _ string) int {
	n := 0
	for i := len(in.Context) - 1; i >= 0; i-- {
		t := in.Context[i]
		if t.Role == talk.Agent {
			break
		}
		if t.Role == talk.Bot && containsAny(t.Text, "没太明白", "没有完全理解", "哪一款", "哪一笔", "什么肤质", "订单号或后四位") {
			n++
		}
	}
	return n
}

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
		return compare(f)
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
		if p, ok := form(in, f, event.FormReturn, returnable); ok && in.wantsReturn() {
			return p
		}
		return policyWithOrder(f)
	case label.PriceProtection, label.Invoice:
		return policyWithOrder(f)
	case label.DamagedMissing:
		return damaged(f)
	case label.Membership:
		return membership(f)
	case label.Complaint, label.PromiseDispute:
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
	case len(f.Named) > 1 && f.Named[0].Category == f.Named[1].Category:
		return which(f.Named)
	case f.Product == nil && len(f.Kind) > 0:
		return which(f.Kind)
	case f.Product == nil:
		return ask("ask.product", nil)
	}
	return then(in, *f.Product, f)
}

func which(list []shop.Product) plan {
	var names []string
	var facts []Fact
	for _, p := range list {
		names = append(names, p.Title)
		facts = append(facts, productFact(p, ""))
	}
	p := ask("ask.which", map[string]string{"list": strings.Join(names, "、")}, facts...)
	p.quick = names
	return p
}

// variant is the one that a text names, else the main one.
func variant(p shop.Product, text string) shop.Variant {
	text = strings.ToLower(strings.ReplaceAll(text, " ", ""))
	for _, v := range p.Variants {
		if v.Name != "" && strings.Contains(text, strings.ToLower(strings.ReplaceAll(v.Name, " ", ""))) {
			return v
		}
	}
	for _, v := range p.Variants {
		if containsAny(text, "补充装", "替换装") && containsAny(v.Name, "补充装", "替换装") || containsAny(text, "小样", "旅行装") && strings.Contains(v.Name, "旅行") {
			return v
		}
	}
	return p.Main()
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
