package bot

import (
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/label"
)

// which asks which of some products is meant, and tells of each what was asked, so that the answer is there already.
func (in Input) which(list []shop.Product) plan {
	var names, quick []string
	var facts []Fact
	for _, p := range list {
		says := ""
		switch w := in.meaning.wish; {
		case w == wantSize || w == wantShades:
			var all []string
			for _, v := range p.Variants {
				all = append(all, v.Name)
			}
			says = strings.Join(all, "、")
		case w.of() == label.PricePromo:
			v := in.variantOf(p)
			says = v.Name + " " + yuan(v.PayFen())
		case w == wish(label.Stock):
			v := in.variantOf(p)
			if says = v.Name + " 有货"; v.Stock <= 0 {
				says = v.Name + " 缺货"
			}
		case w == wish(label.Suitability) && containsAny(in.Text, "孕", "哺乳", "月子"):
			says = strings.TrimRight(p.Pregnant, "。")
		case w == wish(label.Suitability):
			says = "适合" + strings.Join(p.Skins, "、")
		}
		facts, quick = append(facts, productFact(p, says)), append(quick, p.Title)
		if says != "" {
			says = "（" + says + "）"
		}
		names = append(names, p.Title+says)
	}
	p := ask("ask.which", map[string]string{"list": strings.Join(names, "、")}, facts...)
	p.quick = quick
	return p
}
