package bot

import (
	"fmt"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// suitability answers whether a product suits: pregnancy and past allergy first, then mixing, then skin.
func suitability(in Input, f Found) plan {
	together := containsAny(in.Text, "一起", "叠加", "同时", "一块上", "同一天", "同一晚", "搭", "混", "冲突", "一晚上", "一个晚上", "都用", "都涂", "之后能", "以后能", "完能", "再上", "隔", "错开")
	if len(f.Named) == 1 && together && f.Beside != nil {
		f.Named = append(f.Named, *f.Beside)
	}
	if len(f.Named) >= 2 && (together || in.mem != nil && in.mem.lastBot[didCode] == "product.mix") {
		return mix(in, f.Named[0], f.Named[1])
	}
	if len(f.Named) > 1 && !f.Exact && f.Named[0].Category == f.Named[1].Category {
		return in.which(f.Named)
	}
	if f.Product == nil && len(f.Kind) > 0 {
		return in.which(f.Kind)
	}
	if f.Product == nil {
		return ask("ask.product", nil)
	}
	p := *f.Product
	if f.Exact && len(f.Named) > 1 && !containsAny(in.Text, "以前", "之前", "上次") {
		p = f.Named[len(f.Named)-1]
	}
	vars := map[string]string{"title": p.Title, "skins": strings.Join(p.Skins, "、")}
	facts := []Fact{productFact(p, "适合"+vars["skins"]+"。"+strings.Join(p.Cautions, "。"))}
	if len(p.Cautions) > 0 {
		vars["caution"] = "注意：" + sentence(strings.Join(p.Cautions, "；"))
	}
	switch {
	case containsAny(in.Text, "孕", "哺乳", "喂奶", "月子"):
		if p.Pregnant == "" {
			return unknown()
		}
		vars["pregnant"] = sentence(p.Pregnant)
		if p.Pregnancy != shop.PregnancyOK {
			vars["care"] = "稳妥起见，请先问过医生；想换孕期可选的款，我可以帮您找。"
		}
		return say("product.pregnant", vars, productFact(p, p.Pregnant+string(pregnancyWord(p.Pregnancy))))
	case containsAny(in.Text, "过敏", "烂脸", "敏感史"):
		if len(f.Sections) > 0 && strings.Contains(f.Sections[0].Title+f.Sections[0].Text, "过敏") {
			vars["policy"] = quote(f.Sections[0])
			facts = append(facts, f.Sections[0])
		}
		return say("product.allergy", vars, facts...)
	case len(p.Skins) == 0:
		return unknown()
	}
	if side := aside(p, in.Text); side != "" {
		vars["skin"] = side
		facts[0].Text += side
	} else if f.Skin != "" {
		vars["skin"] = skinVerdict(p, f.Skin)
	}
	return say("product.suit", vars, facts...)
}

// skinSaid is the kind of skin that a text describes without its name; "" when it describes none.
func skinSaid(text string) string {
	switch {
	case containsAny(text, "出油", "油光", "大油", "油田", "冒油"):
		return "油皮"
	case containsAny(text, "脸干", "紧绷", "起皮", "卡粉", "干得", "脸裂", "脸都要裂", "干裂"):
		return "干皮"
	case containsAny(text, "就红", "容易红", "爱红", "泛红", "薄皮", "刺痛"):
		return "敏感肌"
	}
	return ""
}

func pregnancyWord(p shop.Pregnancy) string {
	if p == shop.PregnancyOK {
		return " 孕期可用"
	}
	return ""
}

func skinVerdict(p shop.Product, skin string) string {
	for _, s := range p.Skins {
		if strings.Contains(skin, s) || strings.Contains(s, skin) || s == "敏感肌" && strings.Contains(skin, "敏") ||
			s == "干皮" && strings.Contains(skin, "干") || s == "油皮" && strings.Contains(skin, "油") || s == "混合皮" && strings.Contains(skin, "混") {
			return skin + "在适合的范围内；第一次用建议先在耳后试用。"
		}
	}
	return skin + "不在标注的范围内，不太建议直接上脸。"
}

func mix(in Input, a, b shop.Product) plan {
	vars := map[string]string{"a": a.Title, "b": b.Title}
	clash := contains(a.Conflicts, b.ID) || contains(b.Conflicts, a.ID)
	if clash && in.mem != nil && in.mem.lastBot[didCode] == "product.mix" && containsAny(in.Text, "早", "隔", "错开", "白天", "第二天", "换天", "分开", "一三五") {
		vars["how"] = "错开就可以，早晚分开或隔天用，同一晚只用一样。"
		for _, p := range []shop.Product{a, b} {
			if p.When != "" {
				vars["how"] += p.Title + "的使用时间：" + p.When + "。"
			}
		}
	} else if clash {
		vars["how"] = "资料里不建议同一晚使用，可以错开，早晚分开或隔天用。"
	} else {
		vars["how"] = "资料里没有标注冲突。可以先用质地清的，再用厚的，从少量开始，有刺痛就停用。"
	}
	return say("product.mix", vars, productFact(a, vars["how"]), productFact(b, ""))
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// compare sets two products side by side, by what the shop states of them.
func compare(in Input, f Found) plan {
	switch len(f.Named) {
	case 0:
		if len(f.Kind) > 1 && containsAny(in.Text, "两个", "两款", "两种", "两瓶", "两支", "这两", "那两") {
			f.Named = f.Kind[:2]
			break
		}
		if len(f.Kind) > 1 {
			return in.which(f.Kind)
		}
		return ask("ask.product", nil)
	case 1:
		return ask("ask.second", nil)
	}
	a, b := f.Named[0], f.Named[1]
	desc := func(p shop.Product) string {
		v := p.Main()
		s := sentence(p.Summary) + "适合" + strings.Join(p.Skins, "、") + "，" + priceText(v) + "。"
		return s
	}
	if said := skinSaid(in.Text); said != "" {
		f.Skin = said
	}
	vars := map[string]string{"a": a.Title, "b": b.Title, "adesc": desc(a), "bdesc": desc(b), "pick": "您告诉我肤质和想改善的问题，我帮您定一款。"}
	if f.Skin != "" {
		sa, sb := strings.Contains(skinVerdict(a, f.Skin), "适合的范围内"), strings.Contains(skinVerdict(b, f.Skin), "适合的范围内")
		switch {
		case sa && !sb:
			vars["pick"] = "您是" + f.Skin + "，更建议 " + a.Title + "。"
		case sb && !sa:
			vars["pick"] = "您是" + f.Skin + "，更建议 " + b.Title + "。"
		case sa && sb:
			vars["pick"] = "两款都适合" + f.Skin + "，看您更在意的问题来选就好。"
		}
	}
	return say("compare", vars, productFact(a, vars["adesc"]), productFact(b, vars["bdesc"]))
}

// recommend proposes up to two products; without skin or wish it asks once.
func recommend(in Input, f Found) plan {
	if len(f.Named) == 1 && strings.Contains(in.Text, "过敏") && containsAny(in.Text, "想买", "要买", "想试") {
		return suitability(in, f)
	}
	if f.Exact && len(f.Named) == 1 && containsAny(in.Text, "想买", "想要", "想入", "要买", "想试") && !containsAny(in.Text, "推荐", "别的", "类似", "换", "像") {
		return about(f) // chosen already
	}
	if f.Skin == "" && !f.Needed && f.Budget == 0 && !containsAny(in.Text, "送", "婆", "爸", "长辈", "礼", "防晒", "洁面", "洗面奶", "面霜", "精华", "面膜", "眼霜", "水乳", "卸妆", "干", "油", "敏", "痘", "美白", "淡斑", "暗沉", "抗老", "泛红", "补水", "黄", "细纹", "毛孔", "黑头", "闭口", "起皮", "精华", "底妆", "口红", "身体", "洗发", "宝宝", "男", "妈", "香水") && len(in.Context) == 0 || f.Skin == "" && len(f.Wanted) == 0 {
		return ask("ask.skin", nil)
	}
	if len(f.Wanted) == 0 {
		return say("recommend.none", nil)
	}
	var parts []string
	var facts []Fact
	var quick []string
	var cards []Card
	for i, p := range f.Wanted {
		if i == 2 {
			break
		}
		text := fmt.Sprintf("%s，%s", strings.TrimRight(p.Summary, "。"), priceText(p.Main()))
		parts = append(parts, p.Title+"："+text)
		facts = append(facts, productFact(p, text+"，适合"+strings.Join(p.Skins, "、")))
		quick = append(quick, p.Title)
		cards = append(cards, Card{Kind: event.ProductCard, Ref: p.ID})
	}
	lead := ""
	if f.Skin != "" {
		lead = "按您" + f.Skin + "的情况，"
	}
	p := say("recommend", map[string]string{"lead": lead, "list": strings.Join(parts, "；") + "。"}, facts...)
	p.quick, p.cards = quick, cards
	if f.Budget > 0 {
		p.budget = fmt.Sprint(f.Budget)
	}
	return p
}

func authenticity(f Found) plan {
	policy := ""
	var facts []Fact
	if len(f.Sections) > 0 {
		policy, facts = quote(f.Sections[0]), f.Sections[:1]
	}
	if f.Product != nil && f.Product.Filing != "" {
		p := *f.Product
		return say("product.authentic", map[string]string{"title": p.Title, "filing": p.Filing, "policy": policy},
			append([]Fact{productFact(p, "备案信息 "+p.Filing)}, facts...)...)
	}
	if policy == "" {
		return unknown()
	}
	return say("authentic", map[string]string{"policy": policy}, facts...)
}
