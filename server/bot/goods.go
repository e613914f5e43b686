package bot

import (
	"fmt"
	"slices"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

func priceText(v shop.Variant) string {
	if v.CouponFen > 0 {
		return fmt.Sprintf("%s 原价 %s，券后 %s", v.Name, yuan(v.ListFen), yuan(v.CouponFen))
	}
	return fmt.Sprintf("%s 价格 %s", v.Name, yuan(v.ListFen))
}

func promoFact(p shop.Promotion) Fact {
	return Fact{Text: p.Title + "：" + strings.TrimRight(p.Text, "。"), Source: event.Source{ID: p.ID, Kind: "promotion", Title: p.Title}}
}

func promosFor(f Found, productID string, limit int) (string, []Fact) {
	var texts []string
	var facts []Fact
	for _, p := range f.Promos {
		if !tierFits(p, f.Customer.Tier) {
			continue
		}
		applies := len(p.Products) == 0
		for _, id := range p.Products {
			applies = applies || id == productID
		}
		if productID == "" && p.Kind == shop.Coupon || productID != "" && !applies || productID != "" && p.Kind == shop.Coupon {
			continue // a coupon is in the product's price already
		}
		fact := promoFact(p)
		texts, facts = append(texts, fact.Text), append(facts, fact)
		if len(texts) == limit {
			break
		}
	}
	return strings.Join(texts, "；"), facts
}

func tierFits(p shop.Promotion, t shop.Tier) bool {
	if len(p.Tiers) == 0 {
		return true
	}
	for _, x := range p.Tiers {
		if x == t {
			return true
		}
	}
	return false
}

func price(in Input, f Found) plan {
	policyFirst := containsAny(in.Text, "包邮", "运费", "邮费", "免邮", "保价", "价保", "叠加", "赠品") && len(f.Sections) > 0
	priced := policyFirst && len(f.Named) == 1 && strings.Contains(in.Text, "多少钱") && !containsAny(in.Text, "多少钱包", "多少钱免", "多少钱才", "多少钱能", "多少钱起")
	if policyFirst && !priced {
		return say("policy", map[string]string{"policy": quote(f.Sections[0])}, f.Sections[0])
	}
	if containsAny(in.Text, "送什么", "送啥", "有赠品", "赠品吗", "什么赠品", "有什么送", "赠什么") {
		if p, ok := gifts(f); ok {
			return p
		}
	}
	switch {
	case len(f.Named) > 1 && f.Exact:
		return compare(in, f)
	case len(f.Named) > 1 && f.Named[0].Category == f.Named[1].Category:
		return in.which(f.Named)
	}
	if p := f.Product; p != nil {
		if containsAny(in.Text, refills()...) {
			return size(in, *p, f)
		}
		v := in.variantOf(*p)
		text, facts := promosFor(f, p.ID, 2)
		vars := map[string]string{"title": p.Title, "variant": v.Name, "list": yuan(v.ListFen), "pay": yuan(v.CouponFen)}
		if text != "" {
			vars["promo"] = "可参加的活动：" + sentence(text)
		}
		code := "product.price"
		if v.CouponFen == 0 {
			code = "product.price.plain"
		}
		if in.mem != nil && (in.mem.lastBot[didCode] == code || in.meaning.ellipse) {
			delete(vars, "promo") // said a moment ago
			facts = nil
		}
		if priced {
			vars["promo"], facts = quote(f.Sections[0]), f.Sections[:1]
		}
		also := others(*p, v)
		if also != "" {
			vars["also"] = "其他规格：" + also + "。"
		}
		pl := say(code, vars, append([]Fact{productFact(*p, priceText(v)+"；"+also)}, facts...)...)
		pl.variant = v.ID
		return pl
	}
	if containsAny(in.Text, "多少钱", "几钱", "价格", "怎么卖", "多少米", "贵", "售价", "几块") && !containsAny(in.Text, "券", "活动", "优惠") {
		if len(f.Kind) > 0 {
			return in.which(f.Kind)
		}
		return ask("ask.product", nil)
	}
	f.Promos = mixed(f.Promos, containsAny(in.Text, "券", "领"))
	text, facts := promosFor(f, "", 3)
	if text == "" {
		return say("promo.none", nil)
	}
	pl := say("promo.list", map[string]string{"promo": sentence(text)}, facts...)
	pl.cards = vouchers(f, facts)
	return pl
}

// others are the other variants of a product that cost something else, with what they cost, at most three.
func others(p shop.Product, v shop.Variant) string {
	var list []string
	for _, o := range p.Variants {
		if o.ID != v.ID && o.PayFen() != v.PayFen() && len(list) < 3 {
			list = append(list, o.Name+" "+yuan(o.PayFen()))
		}
	}
	return strings.Join(list, "、")
}

// mixed orders promotions so that what can be claimed is among the first three: last of them, or first when that is asked for.
func mixed(all []shop.Promotion, first bool) []shop.Promotion {
	var claim, others []shop.Promotion
	for _, p := range all {
		switch p.Kind {
		case shop.Coupon: // in the prices
		case shop.Voucher:
			claim = append(claim, p)
		default:
			others = append(others, p)
		}
	}
	n := min(2, len(others))
	if first {
		n = 0
	}
	return slices.Concat(others[:n], claim, others[n:])
}

// vouchers are the coupons among what was told, to be claimed right there: at most one, the others are on the page.
func vouchers(f Found, told []Fact) []Card {
	for _, p := range f.Promos {
		if p.Kind != shop.Voucher {
			continue
		}
		for _, t := range told {
			if t.Source.ID == p.ID {
				return []Card{{Kind: event.CouponCard, Ref: p.ID}}
			}
		}
	}
	return nil
}

func stock(in Input, p shop.Product, _ Found) plan {
	v := in.variantOf(p)
	vars := map[string]string{"title": p.Title, "variant": v.Name, "stock": fmt.Sprint(v.Stock)}
	if v.Stock > 0 {
		pl := say("product.stock", vars, productFact(p, fmt.Sprintf("%s 有货，库存 %d 件", v.Name, v.Stock)))
		pl.variant = v.ID
		return pl
	}
	vars["restock"] = "补货时间还没有定，页面可以设置到货提醒"
	if !v.RestockAt.IsZero() {
		vars["restock"] = "预计 " + day(v.RestockAt) + "补货"
	}
	pl := say("product.stock.out", vars, productFact(p, fmt.Sprintf("%s 缺货，%s", v.Name, vars["restock"])))
	pl.variant, pl.quick = v.ID, []string{"到货通知我", "推荐别的"}
	return pl
}

// ingredient states key ingredients, what it is made without, and the one that was asked about.
func ingredient(in Input, p shop.Product, _ Found) plan {
	var acts []string
	for _, a := range p.Actives {
		s := a.Name
		if a.Share != "" {
			s += " " + a.Share
		}
		if a.Does != "" {
			s += "（" + a.Does + "）"
		}
		acts = append(acts, s)
	}
	vars := map[string]string{"title": p.Title}
	if len(acts) > 0 {
		vars["actives"] = "主要成分 " + strings.Join(acts, "、") + "。"
	}
	if len(p.Free) > 0 {
		vars["free"] = "不含" + strings.Join(p.Free, "、不含") + "。"
	}
	list := strings.Join(p.Ingredients, "、")
	lower := strings.ToLower(in.Text)
	vars["asked"] = contained(p, lower)
	if vars["asked"] == "" && containsAny(lower, "全成分", "成分表", "配料", "都有什么", "成份表") && list != "" {
		vars["asked"] = "全成分：" + list + "。"
	}
	if len(acts) == 0 && len(p.Free) == 0 && list == "" {
		return unknown()
	}
	return say("product.ingredient", vars, productFact(p, vars["actives"]+vars["free"]+"全成分："+list+vars["asked"]))
}

func usage(in Input, p shop.Product, f Found) plan {
	if containsAny(in.Text, "保质", "开封", "开盖", "开了盖", "打开后", "过期", "存放", "冰箱", "储存", "保存", "放几", "能放", "保几年") && p.ShelfLife != "" {
		return say("product.shelf", map[string]string{"title": p.Title, "shelf": sentence(p.ShelfLife)}, productFact(p, p.ShelfLife))
	}
	if p.Usage == "" {
		return unknown()
	}
	text := sentence(p.Usage)
	if side := aside(p, in.Text); side != "" && !containsAny(in.Text, "多少", "几次", "怎么用") {
		return say("product.usage", map[string]string{"title": p.Title, "usage": side}, productFact(p, side))
	}
	if p.When != "" && !strings.Contains(text, p.When) {
		text += "使用时间：" + p.When + "。"
	}
	if containsAny(in.Text, "用多久", "用得多久", "用几个", "能用几", "用完", "能撑", "够用") && p.Lasts != "" {
		text += "一瓶大约可用：" + p.Lasts + "。"
	}
	vars := map[string]string{"title": p.Title, "usage": text}
	if len(p.Conflicts) > 0 {
		var names []string
		for _, id := range p.Conflicts {
			if t := f.Titles[id]; t != "" {
				names = append(names, t)
			}
		}
		if len(names) > 0 {
			vars["conflict"] = "不建议和 " + strings.Join(names, "、") + " 同一晚使用。"
		}
	}
	return say("product.usage", vars, productFact(p, text+vars["conflict"]))
}

// deal answers who wants it for less: what is running, and that nobody makes prices in a chat.
func deal(in Input, f Found) plan {
	if f.Product == nil {
		return price(in, f)
	}
	p := *f.Product
	v := in.variantOf(p)
	text, facts := promosFor(f, p.ID, 2)
	vars := map[string]string{"title": p.Title, "pricefact": priceText(v)}
	if text != "" {
		vars["promo"] = "还可以参加：" + sentence(text)
	}
	pl := say("product.deal", vars, append([]Fact{productFact(p, priceText(v))}, facts...)...)
	pl.variant = v.ID
	return pl
}

// gifts tells what comes free with the product of the talk, or with any order; false when nothing does.
func gifts(f Found) (plan, bool) {
	var texts []string
	var facts []Fact
	for _, p := range f.Promos {
		mine := len(p.Products) == 0 || f.Product == nil || slices.Contains(p.Products, f.Product.ID)
		if p.Kind != shop.Gift || !mine || !tierFits(p, f.Customer.Tier) || len(texts) == 2 {
			continue
		}
		fact := promoFact(p)
		texts, facts = append(texts, fact.Text), append(facts, fact)
	}
	if len(texts) == 0 {
		return plan{}, false
	}
	return say("promo.list", map[string]string{"promo": sentence(strings.Join(texts, "；"))}, facts...), true
}
