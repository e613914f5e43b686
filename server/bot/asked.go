package bot

import (
	"slices"
	"strings"

	"agentdesk/server/shop"
)

// substance is what customers ask for in a list of ingredients, and what else the list may call it: entries that are just that, or
// hold it as a part.
type substance struct {
	said        string
	just, parts []string
}

// substances are looked for in this order; the first that a question names counts.
func substances() []substance {
	return []substance{
		{"酒精", []string{"乙醇", "变性乙醇"}, nil}, {"香精", nil, []string{"香料"}}, {"坚果", nil, []string{"扁桃油", "杏仁油", "核桃", "榛"}}, {"蜂蜡", nil, nil}, {"蜂蜜", nil, nil}, {"蜂胶", nil, nil},
		{"羊毛脂", nil, nil}, {"皂基", nil, nil}, {"防腐剂", nil, nil}, {"激素", nil, nil}, {"烟酰胺", nil, nil}, {"水杨酸", nil, nil}, {"果酸", nil, nil}, {"视黄醇", nil, nil}, {"玻尿酸", nil, []string{"透明质酸"}},
		{"神经酰胺", nil, nil}, {"积雪草", nil, nil}, {"矿物油", nil, nil}, {"色素", nil, nil}, {"硅油", nil, nil}, {"苯氧乙醇", nil, nil}, {"花生", nil, nil}, {"大豆", nil, nil}, {"燕麦", nil, nil}, {"芦荟", nil, nil},
		{"薄荷", nil, nil}, {"咖啡因", nil, nil}, {"凡士林", nil, nil}, {"化学防晒剂", nil, nil},
	}
}

// contained says of the substance that a text names whether a product has it, by what the shop states; "" when it names none.
func contained(p shop.Product, text string) string {
	text = strings.ToLower(text)
	if containsAny(text, "香味", "气味", "味道", "加香") {
		text += "香精"
	}
	for _, s := range substances() {
		if !strings.Contains(text, s.said) {
			continue
		}
		for _, x := range p.Ingredients {
			if strings.Contains(x, s.said) || slices.Contains(s.just, x) || containsAny(x, s.parts...) {
				if strings.Contains(x, s.said) && x == s.said {
					return "您问的" + s.said + "，成分表里有。"
				}
				return "您问的" + s.said + "，成分表里有（" + x + "）。"
			}
		}
		for _, a := range p.Actives {
			if strings.Contains(a.Name, s.said) {
				return "您问的" + s.said + "，成分表里有。"
			}
		}
		if slices.Contains(p.Free, s.said) {
			return "您问的" + s.said + "，标注为不含。"
		}
		if said := bearing(p, s.said); said != "" {
			return "关于" + s.said + "，商品资料写着：" + said
		}
		return "您问的" + s.said + "，在成分表里没有列出。"
	}
	return ""
}

// bearing are the clauses of a product's own text that hold one of some words; "" when none does.
func bearing(p shop.Product, words ...string) string {
	var out []string
	for _, text := range slices.Concat([]string{p.Usage, p.Summary}, p.Points, p.Cautions) {
		for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("。；", r) }) {
			if containsAny(clause, words...) && !slices.Contains(out, clause) {
				out = append(out, clause)
			}
		}
	}
	if len(out) == 0 {
		return ""
	}
	return sentence(strings.Join(out, "；"))
}

// aside is what a product's text says to the one side of its use that a question is about, where it says it apart: taking it off,
// putting on more, and at which age.
func aside(p shop.Product, text string) string {
	for _, side := range []struct{ asked, told []string }{
		{[]string{"要卸", "卸妆吗", "卸不卸", "洗得掉", "洗掉吗", "好洗吗"}, []string{"卸妆", "洗净", "洗掉", "需清洁"}},
		{[]string{"要补", "补涂", "补吗", "补擦", "多久补"}, []string{"补"}},
		{[]string{"岁", "孩子", "宝宝", "儿童", "婴儿", "个月大"}, []string{"岁"}},
		{[]string{"敏感的话", "敏感呢", "敏感肌呢", "敏感肌的话", "敏感皮呢"}, []string{"隔天", "隔日", "耳后"}},
	} {
		if containsAny(text, side.asked...) {
			if said := bearing(p, side.told...); said != "" {
				return said
			}
		}
	}
	return ""
}
