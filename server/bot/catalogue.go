package bot

import (
	"slices"
	"sort"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/label"
)

// same is the product that the talk is about, for a clause that names no other thing.
func same(all []shop.Product, in Input) []shop.Product {
	id := in.mem.focus
	if id == "" && len(in.mem.listed) > 0 && in.mem.question == "" && containsAny(in.Text, "这个", "那个", "它", "这款", "那款") {
		id = in.mem.listed[0]
	}
	for i := range all {
		if all[i].ID != id {
			continue
		}
		if in.meaning.wish.of() == label.Recommend {
			return nil
		}
		for _, p := range all { // another kind is named: the talk moved on
			if p.Category != all[i].Category && p.Category != "" && containsAny(in.Text, kinds(p.Category)...) {
				return nil
			}
		}
		return all[i : i+1 : i+1]
	}
	return nil
}

// beside gives a product that is to be compared the one that it is compared with.
func beside(all []shop.Product, p shop.Product, m memory, mean meaning) []shop.Product {
	other := m.focus
	if other == "" && len(m.listed) > 0 {
		other = m.listed[0]
	}
	if !mean.ellipse && m.question == "" && !containsAny(mean.text, "跟", "和", "比") {
		return []shop.Product{p}
	}
	for _, q := range all {
		if q.ID == other && q.ID != p.ID {
			return []shop.Product{q, p}
		}
	}
	return []shop.Product{p}
}

// wantable leaves out what is dearer than a budget, what was recommended before where more is asked for, and, where a kind is
// named, all other kinds.
func wantable(all []shop.Product, in Input, budget int64) []*shop.Product {
	out := make([]*shop.Product, 0, len(all))
	if in.mem == nil {
		for i := range all {
			out = append(out, &all[i])
		}
		return out
	}
	more := in.meaning.wish == wantMore
	text := in.Text
	if more {
		for _, id := range in.mem.shown {
			for _, p := range all {
				if p.ID == id {
					text += p.Category
				}
			}
		}
	}
	kind := map[string]bool{}
	for _, p := range all {
		if _, known := kind[p.Category]; !known {
			kind[p.Category] = p.Category != "" && containsAny(text, kinds(p.Category)...)
		}
	}
	gift := containsAny(text, "礼物", "礼盒", "送给", "送我", "送妈", "送女", "送男", "送什么", "满月", "给我妈", "给婆婆", "买套", "买一套", "整一套", "套护肤")
	if gift {
		kind["套装"] = true
	}
	any := false
	for _, named := range kind {
		any = any || named
	}
	men := containsAny(text, "给男", "送男", "给老公", "送老公", "给我爸", "送爸", "送我爸", "男士", "男生用")
	for i := range all {
		p := &all[i]
		switch {
		case budget > 0 && p.Main().PayFen() > budget:
		case more && slices.Contains(in.mem.shown, p.ID):
		case any && !kind[p.Category]:
		case men && p.Department != "男士":
		case containsAny(p.Title, "男士") && !containsAny(text, "男", "老公", "爸", "他"):
		case containsAny(p.Title, "宝宝", "儿童") && !containsAny(text, "宝宝", "婴儿", "儿童", "孩子", "小孩", "满月"):
		case gift && containsAny(text, "妈", "长辈", "婆婆", "奶奶") && !containsAny(p.Title, "紧致", "修护", "多肽", "身体"):
		default:
			out = append(out, p)
		}
	}
	return out
}

// kinds are the words by which customers name a category.
func kinds(category string) []string {
	out := []string{category}
	for _, c := range [][]string{
		{"洁面", "洗面奶", "洗脸"}, {"爽肤水", "化妆水", "精华水", "柔肤水"}, {"防晒", "防晒霜", "防晒乳"}, {"眼霜", "眼部"}, {"卸妆", "卸妆油", "卸妆水"}, {"身体乳", "润肤乳"},
		{"洗护发", "洗发", "洗头", "护发", "发膜", "头皮", "头发"}, {"底妆", "粉底", "气垫", "遮瑕", "散粉", "粉饼", "隔离霜"}, {"唇妆", "口红", "唇釉", "唇蜜"},
		{"眼妆", "眼影", "眼线", "睫毛", "眉笔"}, {"颊彩", "腮红", "高光", "修容"}, {"香氛", "香水", "香膏"}, {"母婴", "宝宝", "婴儿"}, {"男士", "男生", "老公", "男朋友", "男友"},
	} {
		if strings.Contains(category, c[0]) {
			out = append(out, c...)
		}
	}
	return out
}

// ofKind lists the products of the category that a text names, at most three: those that fit what was said first, and for
// pregnant and nursing customers only what the shop says they may use. talk is what the customer said before, too.
func ofKind(all []shop.Product, text, talk string, c shop.Customer) []shop.Product {
	type scored struct {
		p *shop.Product
		s int
	}
	careful := strings.Contains(talk, "孕") || strings.Contains(talk, "哺乳") || c.Pregnant != ""
	baby := containsAny(text, "宝宝", "婴儿", "儿童", "小孩", "孩子")
	var hits []scored
	spoken := map[string]bool{}
	for i := range all {
		p := &all[i]
		kids := containsAny(p.Title, "宝宝", "儿童")
		if p.Category == "" || careful && p.Pregnancy != shop.PregnancyOK {
			continue
		}
		named, known := spoken[p.Category]
		if !known {
			named = containsAny(text, kinds(p.Category)...)
			spoken[p.Category] = named
		}
		if !named && !(baby && kids) {
			continue
		}
		h := scored{p: p}
		for pair := range pairs(p.Title) {
			if strings.Contains(text, pair) && !strings.Contains(p.Category, pair) {
				h.s += 2
			}
		}
		for _, k := range append(p.Skins[:len(p.Skins):len(p.Skins)], p.Concerns...) {
			if strings.Contains(text, k) {
				h.s++
			}
		}
		if baby == kids {
			h.s += 3
		}
		hits = append(hits, h)
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].s > hits[j].s })
	var out []shop.Product
	for _, h := range hits[:min(3, len(hits))] {
		out = append(out, *h.p)
	}
	return out
}

func skinOf(res understand.Result, c shop.Customer) string {
	for _, e := range res.Entities {
		if e.Kind == "skin" && e.Ref != "" {
			return e.Ref
		}
	}
	return c.Skin
}

// wanted ranks the catalogue for a recommendation: what the customer asks for, their skin, what it is for, and stock.
func wanted(all []*shop.Product, text string, needs []string, skin string, pregnant bool) []shop.Product {
	type scored struct {
		p *shop.Product
		s float64
	}
	var hits []scored
	spoken := map[string]bool{} // categories that the text names in other words
	for _, p := range all {
		if p.Main().Stock <= 0 || pregnant && p.Pregnancy != shop.PregnancyOK {
			continue
		}
		s := float64(p.Rating) / 50
		if p.Category != "" && strings.Contains(text, p.Category) {
			s += 4
		}
		if len(needs) > 0 && (containsAny(p.Title, needs...) || containsAny(p.Category, needs...)) {
			s += 5
		}
		for _, k := range p.Concerns {
			if strings.Contains(text, k) {
				s += 2
			}
		}
		for _, k := range p.Skins {
			if skin != "" && (strings.Contains(skin, k) || strings.Contains(k, skin) || k == "敏感肌" && strings.Contains(skin, "敏") || k == "干皮" && strings.Contains(skin, "干") || k == "油皮" && strings.Contains(skin, "油")) {
				s += 1.5
				break
			}
		}
		other, known := spoken[p.Category]
		if !known {
			other = p.Category != "" && !strings.Contains(text, p.Category) && containsAny(text, kinds(p.Category)...)
			spoken[p.Category] = other
		}
		if other {
			s += 4
		}
		hits = append(hits, scored{p, s})
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].s > hits[j].s })
	var out []shop.Product
	for i, h := range hits {
		if i == 3 {
			break
		}
		out = append(out, *h.p)
	}
	return out
}
