package copilot

import (
	"fmt"
	"strings"

	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// priceOf states a product's price as the customer pays it.
func priceOf(p *Product) string {
	if p.CouponFen > 0 {
		return fmt.Sprintf("券后 %s（原价 %s）", yuan(p.CouponFen), yuan(p.PriceFen))
	}
	return yuan(p.PriceFen)
}

func (d *drafts) product() {
	p := d.asked()
	if p == nil {
		d.unnamed()
		return
	}
	if d.in.Intent == label.Suitability && anyOf(d.in.Text, "一起", "叠加", "同时", "搭配", "混", "冲突") {
		d.mix(p)
	}
	cautions := ""
	if len(p.Cautions) > 0 {
		cautions = "注意：" + sentence(strings.Join(p.Cautions, "；"))
	}
	switch d.in.Intent {
	case label.Suitability:
		switch {
		case anyOf(d.in.Text, "孕", "哺乳", "喂奶", "月子") && p.Pregnancy != "":
			d.add(92, "直接给出孕期说明", d.hello()+"您谨慎是对的。"+p.Title+" 的说明是："+sentence(p.Pregnancy)+"孕期、哺乳期用新产品，稳妥起见先问一下医生。", p.Source)
		default:
			d.add(90, "给依据，再给试用办法", d.hello()+d.tone()+p.Title+" 标注适合"+strings.Join(p.Skins, "、")+"。"+cautions+d.skinNote(p)+d.patch(p), p.Source)
		}
		d.add(72, "问清肤况", d.hello()+"再确认一下：您最近有没有泛红刺痛，在用哪些含酸、A 醇或 VC 的产品？我帮您看搭配会不会冲突。", p.Source)
	case label.Ingredient:
		d.add(90, "直接答成分", d.hello()+p.Title+" 的成分信息："+sentence(strings.Join(first(p.Ingredients, 12), "、"))+cautions, p.Source)
		d.add(70, "问清顾虑", d.hello()+"您主要担心哪一种成分？我对着成分表逐项帮您核对。", p.Source)
	case label.Usage:
		d.add(90, "一步步说用法", d.hello()+p.Title+" 这样用："+sentence(p.Usage)+cautions, p.Source)
		d.add(70, "结合搭配给建议", d.hello()+"您现在早晚都在用哪些产品？告诉我顺序，我帮您把它放到合适的位置。", p.Source)
	case label.PricePromo:
		d.add(90, "报价，说清怎么算", d.hello()+p.Title+" 现在"+priceOf(p)+"。"+d.promoText(), append([]event.Source{p.Source}, d.promoSources()...)...)
	case label.Stock:
		if p.Stock > 0 {
			d.add(90, "确认有货，给下一步", fmt.Sprintf("%s%s 目前有货，库存 %d 件，%s。需要的话我把链接发您。", d.hello(), p.Title, p.Stock, priceOf(p)), p.Source)
		} else {
			d.add(90, "说明缺货，给替代", d.hello()+p.Title+" 暂时缺货，您可以在页面设到货提醒；不想等的话，我帮您找一款接近的。", p.Source)
		}
	case label.Authenticity:
		d.remedy("给出可查的依据", "您可以自己查证。")
	default:
		d.add(88, "给重点，帮您定", d.hello()+d.comparison(), d.productSources()...)
	}
	if d.in.Emotion == label.Uncertain || d.in.Intent == label.Stock || d.in.Intent == label.Suitability {
		d.alternative(68)
	}
	if d.in.Intent == label.PricePromo || d.in.Intent == label.Recommend {
		d.promo(70)
	}
}

// unnamed answers a question about products that names none: what we have of that kind, or what we need to know.
func (d *drafts) unnamed() {
	list := d.in.Facts.Products
	switch d.in.Intent {
	case label.Recommend, label.Compare:
		if len(list) > 0 {
			d.add(88, "给两款，说清差别", d.hello()+"可以先看这两款。"+d.comparison(), d.productSources()...)
		}
		d.add(74, "问清需求再推荐", d.hello()+"想帮您挑得准一些：肤质是偏干、偏油还是敏感，预算大概多少，最想改善哪一点？是自用还是送人呢？")
		return
	case label.PricePromo:
		d.remedy("说明规则", "")
		d.promo(80)
	case label.Authenticity:
		d.remedy("给出可查的依据", "您可以自己查证，")
		d.add(72, "请对方发凭证", d.hello()+"方便拍一下瓶底或外盒的批号发我吗？我帮您核对，查到结果马上告诉您。")
		return
	default:
		d.remedy("说明规则", "")
	}
	if len(list) >= 2 && d.in.Intent != label.PricePromo {
		var names []string
		for i := range list[:min(3, len(list))] {
			if list[i].Category == list[0].Category {
				names = append(names, list[i].Title)
			}
		}
		d.add(80, "先确认是哪一款", d.hello()+d.tone()+"我们这类有 "+strings.Join(names, "、")+"，您问的是哪一款？我按那一款的资料给您准确答复。", d.productSources()...)
	}
	d.add(70, "问清需求", d.hello()+d.tone()+"您说的是哪一款？把商品名称或链接发我，我看过资料再答您；也告诉我您的肤质，我一起看合不合适。")
}

// mix answers whether two named products go together.
func (d *drafts) mix(a *Product) {
	for i := range d.in.Facts.Products {
		b := &d.in.Facts.Products[i]
		if !b.Asked || b.ID == a.ID {
			continue
		}
		how := "资料里没有标注冲突，可以一起用。先用质地清爽的，再用厚的，从少量开始，有刺痛就先停。"
		for _, id := range append(append([]string{}, a.Conflicts...), b.Conflicts...) {
			if id == a.ID || id == b.ID {
				how = "资料里不建议同一晚使用，可以早晚分开，或隔天交替。"
			}
		}
		d.add(95, "直接说能不能搭", d.hello()+a.Title+" 和 "+b.Title+"："+how, a.Source, b.Source)
		return
	}
}

func first(list []string, n int) []string { return list[:min(n, len(list))] }

func (d *drafts) productSources() []event.Source {
	var out []event.Source
	for i, p := range d.in.Facts.Products {
		if i < 2 {
			out = append(out, p.Source)
		}
	}
	return out
}

func (d *drafts) comparison() string {
	var parts []string
	for i := range d.in.Facts.Products {
		if i == 2 {
			break
		}
		p := &d.in.Facts.Products[i]
		s := p.Title + "：" + strings.Join(first(p.Points, 2), "，")
		if len(p.Skins) > 0 {
			s += "，适合" + strings.Join(p.Skins, "、")
		}
		parts = append(parts, s+"，"+priceOf(p))
	}
	out := strings.Join(parts, "；") + "。"
	if skin := d.in.Facts.Customer.Skin; skin != "" {
		for i := range d.in.Facts.Products {
			if p := &d.in.Facts.Products[i]; i < 2 && suits(p, skin) {
				return out + "您是" + skin + "，可以先看 " + p.Title + "。"
			}
		}
	}
	return out + "您告诉我肤质，我帮您定一款。"
}

func suits(p *Product, skin string) bool {
	for _, s := range p.Skins {
		if strings.Contains(skin, s) || s == "敏感肌" && strings.Contains(skin, "敏") || s == "干皮" && strings.Contains(skin, "干") || s == "油皮" && strings.Contains(skin, "油") {
			return true
		}
	}
	return false
}

func (d *drafts) skinNote(p *Product) string {
	skin := d.in.Facts.Customer.Skin
	switch {
	case skin == "":
		return ""
	case suits(p, skin):
		return "您是" + skin + "，在适合的范围内。"
	}
	return "您是" + skin + "，不在标注范围内，我不太建议直接用。"
}

// patch advises a test behind the ear, unless the cautions say it already or the product does not suit.
func (d *drafts) patch(p *Product) string {
	if skin := d.in.Facts.Customer.Skin; skin != "" && !suits(p, skin) || anyOf(strings.Join(p.Cautions, ""), "耳后") {
		return ""
	}
	return "第一次用建议先在耳后试用，没有不适再上脸。"
}

// alternative offers another product that suits; never to somebody angry.
func (d *drafts) alternative(fit int) {
	if d.in.Emotion == label.Angry {
		return
	}
	for i := range d.in.Facts.Products {
		p := &d.in.Facts.Products[i]
		if p.Asked || p.Stock <= 0 {
			continue
		}
		why := ""
		if skin := d.in.Facts.Customer.Skin; skin != "" && suits(p, skin) {
			why = "标注适合" + strings.Join(p.Skins, "、") + "，和您的" + skin + "对得上。"
		}
		if p.Bought {
			why += "您之前也买过。"
		}
		if anyOf(d.in.Text, "孕", "哺乳", "喂奶") && p.Pregnancy != "" {
			why += sentence(p.Pregnancy)
		}
		lead := "可以看看 "
		title := "推荐合适的款"
		if d.in.Intent == label.AdverseReaction {
			lead, title = "等皮肤稳定下来，再考虑换成 ", "换一套修护搭配"
		}
		points := strings.Join(first(p.Points, 2), "，")
		d.add(fit, title, d.hello()+lead+p.Title+"："+sentence(points)+why+"现在"+priceOf(p)+"，第一次用建议先在耳后试用。", p.Source)
		return
	}
}

func (d *drafts) promoText() string {
	var out []string
	for _, p := range first2(d.in.Facts.Promos) {
		out = append(out, p.Title+"："+strings.TrimRight(p.Text, "。"))
	}
	if len(out) == 0 {
		return ""
	}
	return "可参加：" + strings.Join(out, "；") + "。"
}

func first2(p []Promo) []Promo { return p[:min(2, len(p))] }

func (d *drafts) promoSources() []event.Source {
	var out []event.Source
	for _, p := range first2(d.in.Facts.Promos) {
		out = append(out, p.Source)
	}
	return out
}

func (d *drafts) promo(fit int) {
	if t := d.promoText(); t != "" {
		d.add(fit, "告诉您现在的活动", d.hello()+t+"您看中哪款，我帮您算到手价。", d.promoSources()...)
	}
}
