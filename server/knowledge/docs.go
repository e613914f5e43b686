package knowledge

import (
	"context"
	"fmt"
	"strings"

	"agentdesk/server/shop"
)

// doc is one piece that can be found and cited: a section of a policy, one side of a product, a promotion.
type doc struct {
	kind, id, title, section, heading, text string
	aliases                                 []string
	also                                    string // found by, not shown: category, tags
	known                                   int    // how many people rated the product
}

// The sides of a product. They are also the section that a citation names.
const (
	sidePrice = "价格"
	sideSkin  = "适合"
	sideParts = "成分"
	sideUse   = "用法"
	sideBirth = "孕期"
)

func docs(ctx context.Context, s Shop) ([]doc, error) {
	products, err := s.SearchProducts(ctx, "", 0)
	if err != nil {
		return nil, fmt.Errorf("read products: %w", err)
	}
	policies, err := s.Policies(ctx)
	if err != nil {
		return nil, fmt.Errorf("read policies: %w", err)
	}
	promotions, err := s.Promotions(ctx)
	if err != nil {
		return nil, fmt.Errorf("read promotions: %w", err)
	}
	titles := map[string]string{}
	for _, p := range products {
		titles[p.ID] = p.Title
	}
	about := map[shop.PromotionKind]string{shop.Coupon: "商品券", shop.Reduction: "满减", shop.Gift: "赠品"}
	var out []doc
	for _, p := range policies {
		for _, sec := range p.Sections {
			out = append(out, doc{kind: Policy, id: p.ID, title: p.Title, section: sec.No, heading: sec.Title, text: sec.Text})
		}
	}
	for _, p := range promotions {
		out = append(out, doc{kind: Promotion, id: p.ID, title: p.Title, heading: about[p.Kind], text: p.Text, also: "优惠 活动"})
	}
	for _, p := range products {
		out = append(out, sides(p, titles)...)
	}
	return out, nil
}

// sides says in sentences what a shop states about a product. Stock isn't among them: it changes by the minute, and who
// needs it asks the shop.
func sides(p shop.Product, titles map[string]string) []doc {
	var prices []string
	for _, v := range p.Variants {
		s := fmt.Sprintf("%s 原价 %s", v.Name, yuan(v.ListFen))
		if v.CouponFen > 0 {
			s += "，券后 " + yuan(v.CouponFen)
		}
		prices = append(prices, s)
	}
	var actives []string
	for _, a := range p.Actives {
		actives = append(actives, strings.TrimSpace(a.Name+" "+a.Share+" "+a.Does))
	}
	parts := "主要成分：" + strings.Join(actives, "；") + "。"
	if len(p.Free) > 0 {
		parts += "不含" + strings.Join(p.Free, "、") + "。"
	}
	if len(p.Allergens) > 0 {
		parts += "过敏者留意：" + strings.Join(p.Allergens, "、") + "。"
	}
	parts += "全成分：" + strings.Join(p.Ingredients, "、") + "。"
	use := p.Usage + "使用时间：" + p.When + "。" + p.Lasts + "可用完。保质期：" + p.ShelfLife + "。"
	if len(p.Conflicts) > 0 {
		var names []string
		for _, id := range p.Conflicts {
			names = append(names, titles[id])
		}
		use += "与" + strings.Join(names, "、") + "错开，同一晚不同用。"
	}
	if len(p.Cautions) > 0 {
		use += "注意：" + strings.Join(p.Cautions, "；") + "。"
	}
	one := func(section, heading, text string) doc {
		return doc{kind: Product, id: p.ID, title: p.Title, aliases: p.Aliases, section: section, heading: heading, text: text, also: p.Category, known: p.Reviews}
	}
	return []doc{
		one(sideSkin, "适合", p.Summary+strings.Join(p.Points, "；")+"。适合"+strings.Join(p.Skins, "、")+"，关注"+strings.Join(p.Concerns, "、")+"。"),
		one(sidePrice, "价格 券后", strings.Join(prices, "；")+"。"),
		one(sideParts, "成分 不含", parts),
		one(sideUse, "用法 可用", use),
		one(sideBirth, "孕期 哺乳期", p.Pregnant),
	}
}

func yuan(fen int64) string {
	if fen%100 == 0 {
		return fmt.Sprintf("%d 元", fen/100)
	}
	return fmt.Sprintf("%d.%02d 元", fen/100, fen%100)
}
