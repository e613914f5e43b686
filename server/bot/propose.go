package bot

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"agentdesk/server/proactive"
	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// chanceCode begins the codes of what the bot says unasked about a sales chance.
const chanceCode = "chance."

// What customers tap under a chance.
const (
	tapCart    = "加入购物车"
	tapPay     = "付款链接"
	tapCompare = "比较这两款"
	tapNo      = "不用了"
)

// Propose words a sales chance, facts first and each of them cited. turn counts what the bot said before. false when there is
// nothing to say, or the shop states too little for it.
func (e *Engine) Propose(conversation string, turn int, c *proactive.Chance) (Reply, bool) {
	if len(c.Products) == 0 && c.Code != "order" {
		return Reply{}, false
	}
	p := proposal(c)
	text := e.templates.render(p.code, pick(conversation, turn), p.vars)
	if c.Kind != event.ChanceStock {
		text += e.templates.render("chance.stop", 0, nil)
	}
	if text == "" || len(p.facts) == 0 {
		return Reply{}, false
	}
	if missing := e.check.Missing(text, factTexts(p.facts)); len(missing) > 0 {
		e.p.Log.Error("a chance is not grounded", "code", p.code, "missing", missing)
		return Reply{}, false
	}
	return Reply{Text: text, Sources: sources(p.facts), Action: Answer, Code: p.code, Quick: p.quick, Did: p.did(wantCart)}, true
}

// proposal is the plan of a chance. It is pure.
func proposal(c *proactive.Chance) plan {
	p := say(chanceCode+c.Code, map[string]string{})
	p.variant, p.quick = c.Variant.ID, []string{tapCart, tapNo}
	switch c.Code {
	case "order":
		vars, fact := orderVars(c.Order)
		p.vars, p.quick = vars, []string{tapPay, tapNo}
		p.cite(fact)
	case "cart":
		var names []string
		for _, l := range c.Cart.Lines[:min(3, len(c.Cart.Lines))] {
			name := strings.TrimSpace(l.Title+" "+l.Variant) + "（" + yuan(l.UnitFen) + "）"
			names = append(names, name)
			p.cite(Fact{Text: name + "，有货", Source: event.Source{ID: l.ProductID, Kind: "product", Title: l.Title}})
		}
		p.vars["items"] = strings.Join(names, "、")
		p.quick = []string{tapPay, tapNo}
	case "between":
		if len(c.Products) < 2 {
			return plan{}
		}
		p.variant, p.quick = "", []string{tapCompare, tapNo}
		for i, key := range []string{"a", "b"} {
			g := c.Products[i]
			p.vars[key], p.vars[key+"pay"], p.vars[key+"fit"] = g.Title, priceText(g.Main()), strings.Join(g.Skins, "、")
			p.cite(productFact(g, priceText(g.Main())+"，标注适合"+p.vars[key+"fit"]))
		}
	case "back":
		var names []string
		for i, g := range c.Products {
			for _, v := range g.Variants {
				if i < len(c.Variants) && v.ID == c.Variants[i] {
					name := fmt.Sprintf("%s（%s，库存 %d 件）", strings.TrimSpace(g.Title+" "+v.Name), yuan(v.PayFen()), v.Stock)
					names = append(names, name)
					p.cite(productFact(g, name))
				}
			}
		}
		p.vars["items"] = strings.Join(names, "、")
	case "due":
		g := c.Products[0]
		goods(&p, g, c.Variant)
		p.vars["order"], p.vars["signed"], p.vars["lasts"] = c.Order.ID, day(c.Order.SignedAt), strings.TrimSuffix(g.Lasts, "。")
		p.cite(productFact(g, "可用 "+g.Lasts), orderFact(c.Order, "，"+p.vars["signed"]+"签收，"+g.Title))
	default: // bought, carted
		goods(&p, c.Products[0], c.Variant)
		p.vars["why"] = c.Why
		p.cite(productFact(c.Products[0], c.Why))
	}
	return p
}

// goods fills in what is told of one product.
func goods(p *plan, g shop.Product, v shop.Variant) {
	p.vars["title"], p.vars["variant"], p.vars["summary"], p.vars["pay"] = g.Title, v.Name, sentence(g.Summary), yuan(v.PayFen())
	if len(g.Skins) > 0 && g.Department == "护肤" {
		p.vars["skins"] = "标注适合" + strings.Join(g.Skins, "、") + "。"
	}
	p.cite(productFact(g, v.Name+"，"+g.Summary+yuan(v.PayFen())+"，有货。"+p.vars["skins"]))
}

// Consent reads from a text whether its writer wants to hear of sales chances; ok is false when it says nothing of that.
func Consent(text string) (on, ok bool) {
	if utf8.RuneCountInString(text) > 40 {
		return false, false
	}
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，,。.！!；;\n ～~", r) }) {
		part = strings.TrimRight(part, "了吧啦呀啊哈的")
		for _, w := range []string{"别再给我推荐", "别再推荐", "别给我推荐", "不要再给我推荐", "不要再推荐", "不要给我推荐", "不要推荐", "别推荐", "不用推荐", "不用再推荐", "停止推荐", "取消推荐", "关闭推荐", "关掉推荐",
			"别再推销", "别推销", "不要推销", "不要再推销", "别给我推销", "别再提醒我", "别再提醒", "不要再提醒", "不要再提醒我", "关闭提醒", "取消提醒", "别发广告", "不要发广告", "别再发广告", "别打广告", "不想收到推荐", "不想再收到推荐", "退订"} {
			before, after, found := strings.Cut(part, w)
			if found && utf8.RuneCountInString(before) <= 6 && (after == "" || after == "商品" || after == "东西" || after == "产品" || after == "我") {
				return false, true
			}
		}
		for _, w := range []string{"开启提醒", "打开提醒", "恢复提醒", "恢复推荐", "开启推荐", "打开推荐", "可以给我推荐", "以后可以提醒我", "有优惠提醒我", "有优惠时提醒我", "有优惠告诉我", "有合适的优惠或补货时提醒我"} {
			if strings.HasSuffix(part, w) {
				return true, true
			}
		}
	}
	return false, false
}

// consented answers who said whether to be told of chances.
func consented(on bool) plan {
	code := "consent.off"
	if on {
		code = "consent.on"
	}
	p := say(code, nil)
	p.bare, p.fixed = true, true
	return p
}

// taken reads the answer to a chance that was told in the bot's last turn.
func taken(text string, m memory) answer {
	if !strings.HasPrefix(m.lastBot[didCode], chanceCode) {
		return neither
	}
	t := strings.ToLower(strings.Trim(strings.TrimSpace(text), "。！!，,~～ 啦呀啊哈的吧"))
	switch {
	case t == tapCart, t == tapPay, t == tapCompare:
		return yes
	case utf8.RuneCountInString(t) > 10 || containsAny(t, "吗", "?", "？", "多久", "什么", "怎么", "几", "哪", "多少", "呢"):
		return neither
	case containsAny(t, "不用", "不要", "不需要", "不买", "算了", "先不", "别", "不了", "不感兴趣", "还有呢不", "no") || t == "不":
		return no
	case containsAny(t, "不"):
		return neither
	}
	for _, w := range []string{"好", "嗯", "可以", "行", "要", "来一", "买", "加", "ok", "yes", "需要", "付款", "比较"} {
		if strings.HasPrefix(t, w) {
			return yes
		}
	}
	return neither
}

// meansBy is what a yes to a chance wants done, in the words of what can be tapped. It goes on as the tools always do: with an
// offer that waits for its own yes, or with the link to pay.
func (m *memory) meansBy(text string) string {
	t := strings.TrimSpace(text)
	switch m.lastBot[didCode] {
	case chanceCode + "cart", chanceCode + "order":
		return tapPay
	case chanceCode + "between":
		return tapCompare
	}
	if containsAny(t, "购物车", "加购") {
		return t
	}
	if quantity(t) > 1 {
		return t + "，" + tapCart
	}
	return tapCart
}
