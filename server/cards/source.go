package cards

import (
	"fmt"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/wire"
)

// PolicyDoc is a whole policy as one reads it.
func PolicyDoc(p shop.Policy) wire.SourceDoc {
	d := wire.SourceDoc{Kind: "policy", ID: p.ID, Title: p.Title, AsOf: millis(p.Date)}
	for _, s := range p.Sections {
		d.Sections = append(d.Sections, wire.SourceSection{ID: s.No, Title: s.Title, Text: s.Text})
	}
	return d
}

// PromotionDoc is a promotion with its time.
func PromotionDoc(p shop.Promotion) wire.SourceDoc {
	d := wire.SourceDoc{Kind: "promotion", ID: p.ID, Title: p.Title, AsOf: millis(p.From)}
	d.Sections = append(d.Sections, wire.SourceSection{ID: "说明", Title: "说明", Text: p.Text})
	if !p.Until.IsZero() {
		d.Sections = append(d.Sections, wire.SourceSection{ID: "时间", Title: "时间",
			Text: p.From.Format("2006-01-02 15:04") + " 至 " + p.Until.Format("2006-01-02 15:04")})
	}
	return d
}

// ProductDoc is all that the shop states about a product. The sections are named as citations name them.
func ProductDoc(p shop.Product, titles map[string]string) wire.SourceDoc {
	d := wire.SourceDoc{Kind: "product", ID: p.ID, Title: p.Title, AsOf: millis(p.UpdatedAt)}
	add := func(id string, lines ...string) {
		var kept []string
		for _, l := range lines {
			if l != "" {
				kept = append(kept, l)
			}
		}
		if len(kept) > 0 {
			d.Sections = append(d.Sections, wire.SourceSection{ID: id, Title: id, Text: strings.Join(kept, "\n")})
		}
	}
	add("概要", append([]string{p.Summary}, p.Points...)...)
	var prices []string
	for _, v := range p.Variants {
		prices = append(prices, variantLine(v))
	}
	add("价格", prices...)
	add("适合", list("肤质：", p.Skins), list("针对：", p.Concerns))
	var parts []string
	for _, a := range p.Actives {
		parts = append(parts, strings.TrimSpace(a.Name+" "+a.Share)+after("：", a.Does))
	}
	add("成分", append(parts, list("不含：", p.Free), list("全成分：", p.Ingredients))...)
	add("用法", p.Usage, after("步骤：", p.Step), after("时间：", p.When), after("可用：", p.Lasts), after("保存：", p.ShelfLife), list("不同晚使用：", named(p.Conflicts, titles)))
	add("孕期", p.Pregnant)
	add("套装内容", list("", named(p.Contains, titles)))
	add("注意", p.Cautions...)
	add("备案", p.Filing)
	return d
}

func variantLine(v shop.Variant) string {
	out := v.Name + "：" + yuan(v.PayFen())
	if v.CouponFen > 0 {
		out = fmt.Sprintf("%s：券后 %s，原价 %s", v.Name, yuan(v.CouponFen), yuan(v.ListFen))
	}
	switch {
	case v.Stock > 0:
		return fmt.Sprintf("%s，库存 %d 件", out, v.Stock)
	case !v.RestockAt.IsZero():
		return fmt.Sprintf("%s，缺货，预计 %d 月 %d 日补货", out, v.RestockAt.Month(), v.RestockAt.Day())
	}
	return out + "，缺货"
}

func yuan(fen int64) string {
	if fen%100 == 0 {
		return fmt.Sprintf("¥%d", fen/100)
	}
	return fmt.Sprintf("¥%d.%02d", fen/100, fen%100)
}

func list(head string, items []string) string { return after(head, strings.Join(items, "、")) }

// after puts a head before a text; nothing before nothing.
func after(head, text string) string {
	if text == "" {
		return ""
	}
	return head + text
}

func named(ids []string, titles map[string]string) []string {
	var out []string
	for _, id := range ids {
		if t := titles[id]; t != "" {
			out = append(out, t)
		}
	}
	return out
}
