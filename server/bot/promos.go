package bot

import (
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/label"
)

// spokenPromos are the promotions that a text speaks of, by the words of their names or what they take off; best first, at most two.
func spokenPromos(f Found, text string) []shop.Promotion {
	type hit struct {
		p shop.Promotion
		n int
	}
	var best []hit
	text = strings.ToLower(text)
	for _, p := range f.Promos {
		if !tierFits(p, f.Customer.Tier) && f.Customer.ID != "" {
			continue
		}
		n := 0
		for pair := range pairs(p.Title) {
			if strings.Contains(text, pair) && !containsAny(pair, " ", "满", "减", "券", "0") {
				n++
			}
		}
		if p.OffFen > 0 && p.Kind != shop.Coupon && (containsNumber(text, yuan(p.OffFen)[len("¥"):])) {
			n++
		}
		for _, about := range []string{"关注", "新客", "直播", "生日", "彩妆", "旅行", "会员券", "老客"} {
			if strings.Contains(text, about) && strings.Contains(p.Title, about) {
				n += 2
			}
		}
		if n >= 2 {
			best = append(best, hit{p, n})
		}
	}
	var out []shop.Promotion
	for top := 8; top >= 2 && len(out) < 2; top-- {
		for _, h := range best {
			if min(8, h.n) == top && len(out) < 2 {
				out = append(out, h.p)
			}
		}
	}
	return out
}

// byPromo answers who speaks of a promotion by what it is, where the plan only lists what is running or asks for a product.
func byPromo(in Input, f Found, p plan) plan {
	switch p.code {
	case "promo.list", "promo.none", "ask.product", "ask.which", "complaint", "out_of_scope", "unclear", "product.suit", "policy", "product.price", "product.price.plain":
	default:
		return p
	}
	if p.code != "ask.product" && p.code != "ask.which" && in.meaning.stated && in.meaning.wish != wish(label.PricePromo) && in.meaning.wish != wantGift && in.meaning.wish != wantPerks || f.RuleScore >= sureRule && p.code == "policy" {
		return p
	}
	if strings.HasPrefix(p.code, "product.") && (f.Exact || !containsAny(in.Text, "券", "立减", "满减", "送", "赠", "活动")) && !containsAny(in.Text, "券", "立减") {
		return p
	}
	list := spokenPromos(f, in.Text)
	if len(list) == 0 || !containsAny(in.Text, "券", "减", "送", "赠", "块", "元", "怎么用", "优惠", "活动", "直播") {
		return p
	}
	var texts []string
	var facts []Fact
	for _, x := range list {
		fact := promoFact(x)
		texts, facts = append(texts, fact.Text), append(facts, fact)
	}
	pl := say("promo.list", map[string]string{"promo": sentence(strings.Join(texts, "；"))}, facts...)
	f.Promos = list
	pl.cards = vouchers(f, facts)
	return pl
}

// perks tells what a customer's tier gets.
func perks(in Input, f Found) plan {
	var texts []string
	var facts []Fact
	tier := f.Customer.Tier
	for _, t := range []shop.Tier{shop.Silver, shop.Gold, shop.Platinum, shop.Black} {
		if strings.Contains(in.Text, tierZh(t)) {
			tier = t
		}
	}
	for _, p := range f.Promos {
		if len(p.Tiers) == 0 || !contains(tiers(p.Tiers), string(tier)) || len(texts) == 3 || !tierFits(p, f.Customer.Tier) && f.Customer.ID != "" {
			continue
		}
		fact := promoFact(p)
		texts, facts = append(texts, fact.Text), append(facts, fact)
	}
	if len(texts) == 0 {
		return membership(f)
	}
	return say("promo.list", map[string]string{"promo": sentence(strings.Join(texts, "；"))}, facts...)
}

func tiers(list []shop.Tier) []string {
	out := make([]string, 0, len(list))
	for _, t := range list {
		out = append(out, string(t))
	}
	return out
}
