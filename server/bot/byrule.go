package bot

import (
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/talk"
)

// likelyRule is from which score a section is worth telling beside the one that the matter alone led to.
const likelyRule = 1.0

// surest is from which score the rules come before what the shop knows of a thing that was hardly named.
const surest = 2.6

// narrow quotes of a section that the customer has read already only the sentence that answers what is asked now.
func narrow(in Input, f Found, p *plan) {
	if p.code != "policy" || f.Rule == nil || f.RuleLine == "" || len(p.facts) != 1 || p.facts[0].Source != f.Rule.Source || f.RuleLine == quote(*f.Rule) {
		return
	}
	for _, t := range in.Context {
		if t.Role == talk.Bot && strings.Contains(t.Text, strings.TrimRight(f.Rule.Text, "。")) {
			p.vars["policy"], p.narrow = f.RuleLine, true
			return
		}
	}
}

// byNumber tells where an order stands whose number was given, where the plan speaks of no order: a number alone asks for that.
func byNumber(in Input, f Found, p plan) plan {
	o := numbered(f.Orders, in.Text)
	if o == nil || containsAny(in.Text, "退", "换", "票", "价", "取消", "地址", "赔") {
		return p
	}
	if rest := strings.Trim(strings.ToUpper(in.Text), "CY0123456789单号订尾那是:： ,，。"); rest == "" && !p.asks() && p.offer == nil && p.form == "" && strings.HasPrefix(p.code, "product.") {
		return orderState(in, *o, f)
	}
	switch p.code {
	case "policy", "promo.list", "promo.none", "unclear", "unknown", "out_of_scope", "ask.product", "ask.skin", "recommend", "chitchat.other", "ask.order":
	default:
		return p
	}
	return orderState(in, *o, f)
}

// spokenName reports whether a text holds a part of a product's names.
func spokenName(p shop.Product, text string) bool {
	for _, name := range append([]string{p.Title}, p.Aliases...) {
		for pair := range pairs(name) {
			if strings.Contains(text, pair) {
				return true
			}
		}
	}
	return false
}

// byRule answers from the shop's rules where they speak to the very words and the plan knows nothing as exact.
func byRule(in Input, f Found, p plan) plan {
	if p.code == "policy" && f.Rule != nil && f.RuleScore >= likelyRule && f.RuleScore < sureRule && len(p.facts) == 1 && p.facts[0].Source != f.Rule.Source {
		p.vars["policy"] += quote(*f.Rule) // two sides of it: what the matter is, and what the words are
		p.cite(*f.Rule)
		return p
	}
	if f.Rule == nil || f.RuleScore < sureRule || p.offer != nil || p.form != "" || p.action == Escalate {
		return p
	}
	if in.meaning.stated && (p.code == "compare" || strings.HasPrefix(p.code, "recommend") || p.code == "ask.skin" || p.code == "ask.second") {
		return p
	}
	switch p.code {
	case "unclear", "unknown", "out_of_scope", "ask.product", "ask.which", "ask.skin", "ask.second", "promo.list", "promo.none", "complaint", "chitchat.other", "recommend", "recommend.none", "ack", "product.about",
		"ask.signin", "order.none", "policy", "compare":
	case "product.ingredient", "product.suit", "product.usage", "product.allergy", "order.state", "logistics.parcel", "logistics.none", "membership", "payment", "change":
		if f.RuleScore < surest || in.meaning.stated || f.OrderNamed || f.Exact && f.RuleScore < surest+1 && strings.HasPrefix(p.code, "product.") {
			return p
		}
	case "product.price", "product.price.plain", "product.stock", "product.shelf", "product.size":
		if in.meaning.stated || f.Product == nil || spokenName(*f.Product, in.Text) {
			return p // the product of the talk before is no answer to who names a matter of the rules
		}
	case "damaged":
		if !asksFor(in.Text) {
			return p
		}
	default:
		return p
	}
	if (p.code == "complaint" || p.code == "chitchat.other" || p.code == "recommend" || p.code == "compare" || p.code == "ack") && !asksFor(in.Text) {
		return p
	}
	if p.code == "ask.signin" && containsAny(in.Text, "我的", "那单", "我买", "订单", "没收到") {
		return p
	}
	pl := say("policy", map[string]string{"policy": quote(*f.Rule)}, *f.Rule)
	if f.Near != nil && f.Near.Source != f.Rule.Source {
		pl.vars["policy"] += quote(*f.Near)
		pl.cite(*f.Near)
	}
	pl.quick = p.quick
	if p.code == "ask.which" || p.code == "ask.skin" {
		pl.quick = nil
	}
	return pl
}
