package copilot

import (
	"fmt"
	"slices"
	"strings"

	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

func (d *drafts) asked() *Product { return d.nth(0) }

// second is the other product that the customer named.
func (d *drafts) second() *Product { return d.nth(1) }

func (d *drafts) nth(n int) *Product {
	for i := range d.in.Facts.Products {
		if d.in.Facts.Products[i].Asked {
			if n == 0 {
				return &d.in.Facts.Products[i]
			}
			n--
		}
	}
	return nil
}

// kin are the products of the kind that the customer named.
func (d *drafts) kin() []*Product {
	var out []*Product
	for i := range d.in.Facts.Products {
		if d.in.Facts.Products[i].Kin {
			out = append(out, &d.in.Facts.Products[i])
		}
	}
	return out
}

// others are what may be recommended beside what was asked for, best first.
func (d *drafts) others() []*Product {
	var out []*Product
	p := d.asked()
	any := p == nil || d.matter() == label.Recommend
	for i := range d.in.Facts.Products {
		q := &d.in.Facts.Products[i]
		if !q.Asked && q.Stock > 0 && q.Clash == "" && (any || q.Category == p.Category) {
			out = append(out, q)
		}
	}
	if len(out) == 0 && any && p != nil && p.Stock > 0 {
		out = append(out, p)
	}
	if anyOf(d.thread, "孩子", "宝宝", "儿童", "小朋友") {
		slices.SortStableFunc(out, func(a, b *Product) int { return kids(b) - kids(a) })
	}
	return out
}

// kids is 1 of a product that is made for children.
func kids(p *Product) int {
	if anyOf(p.Title, "儿童", "宝宝") {
		return 1
	}
	return 0
}

// priceOf states a product's price as the customer pays it.
func priceOf(p *Product) string {
	if p.CouponFen > 0 {
		return fmt.Sprintf("券后 %s（原价 %s）", yuan(p.CouponFen), yuan(p.PriceFen))
	}
	return yuan(p.PriceFen)
}

// pay is what a product costs after coupon.
func pay(p *Product) string {
	if p.CouponFen > 0 {
		return "券后 " + yuan(p.CouponFen)
	}
	return yuan(p.PriceFen)
}

// productSlot fills what a product's facts fill. A slot that ends with 2 is of the second product, with ' of one to recommend.
func (d *drafts) productSlot(kind string) (string, []event.Source) {
	p := d.asked()
	switch kind {
	case "kin":
		return d.names(d.kin())
	case "pick1", "pick2":
		if list := d.others(); len(list) >= int(kind[4]-'0') && d.in.Emotion != label.Angry { // nobody sells to the angry
			return d.pick(list[kind[4]-'1']), []event.Source{list[kind[4]-'1'].Source}
		}
		return "", nil
	case "skin":
		return d.in.Facts.Customer.Skin, nil
	case "mix", "order2", "compare", "choice":
		if b := d.second(); p != nil && b != nil {
			return d.pair(kind, p, b), []event.Source{p.Source, b.Source}
		}
		return "", nil
	}
	if p == nil {
		return "", nil
	}
	return d.about(kind, p), []event.Source{p.Source}
}

// about is a fact of a product.
func (d *drafts) about(kind string, p *Product) string {
	switch kind {
	case "product":
		return p.Title
	case "price":
		return priceOf(p)
	case "stock":
		return fmt.Sprint(p.Stock)
	case "restock":
		if t := date(p.RestockAt); t != "" {
			return "预计 " + t + "补货"
		}
		return "补货时间还没有定"
	case "skins":
		return strings.Join(p.Skins, "、")
	case "fit":
		return d.skinNote(p)
	case "cautions":
		return strings.Join(first(p.Cautions, 2), "；")
	case "patch":
		return d.patch(p)
	case "morrow": // what to mind afterwards
		for _, c := range p.Cautions {
			if anyOf(c, "次日", "白天", "之后", "夜间") {
				return c
			}
		}
		if at := strings.Index(p.Usage, "次日"); at >= 0 {
			return strings.TrimRight(p.Usage[at:], "。")
		}
		return ""
	case "pregnant":
		return strings.TrimRight(p.Pregnancy, "。")
	case "summary":
		return strings.TrimRight(p.Summary, "。")
	case "ingredients":
		var out []string
		for _, s := range first(p.Ingredients, 5) {
			if name, share, ok := strings.Cut(s, " "); ok && !strings.HasPrefix(s, "不含") {
				if i := strings.LastIndex(s, " "); i > 0 {
					name, share = s[:i], s[i+1:]
				}
				s = name + "（" + share + "）"
			}
			out = append(out, s)
		}
		return strings.Join(out, "、")
	case "free":
		var out []string
		for _, s := range p.Ingredients {
			if strings.HasPrefix(s, "不含") {
				out = append(out, s)
			}
		}
		return strings.Join(out, "、")
	case "wanted":
		return d.wantedIngredient(p)
	case "usage":
		return strings.TrimRight(p.Usage, "。")
	case "when":
		return p.When
	case "lasts":
		return p.Lasts
	case "shelf":
		for _, c := range p.Cautions {
			if strings.Contains(c, "开封后") { // stricter than what is printed for all
				return c
			}
		}
		return p.Shelf
	case "filing":
		return p.Filing
	case "shades":
		s := strings.Join(first(p.Variants, 6), "、")
		if len(p.Gone) > 0 {
			s += "；" + strings.Join(p.Gone, "、") + " 缺货"
		}
		return s
	}
	return ""
}

// wantedIngredient answers for the ingredients that the customer named.
func (d *drafts) wantedIngredient(p *Product) string {
	list := strings.Join(p.Full, "、")
	key := strings.Join(p.Ingredients, "、")
	var out []string
	for _, w := range []string{"酒精", "香精", "防腐剂", "激素", "烟酰胺", "水杨酸", "果酸", "视黄醇", "玻尿酸", "神经酰胺", "积雪草", "矿物油", "色素", "硅油", "皂基", "苯氧乙醇", "化学防晒剂", "坚果", "尼泊金"} {
		asks := strings.Contains(d.now, w) || w == "化学防晒剂" && strings.Contains(d.now, "化学防晒")
		if !asks || len(out) == 3 || strings.Contains(p.Title, w) && !anyOf(d.now, "浓度", "百分", "%", "含量", "几%") {
			continue
		}
		switch {
		case strings.Contains(key, "不含"+w):
			out = append(out, w+"标注为不含")
		case strings.Contains(list, w) || strings.Contains(key, w):
			share := ""
			for _, s := range p.Ingredients {
				if strings.HasPrefix(s, w) && strings.Contains(s, " ") {
					share = "（" + s + "）"
				}
			}
			out = append(out, "成分表里有"+w+share)
		default:
			out = append(out, "成分表里没有列出"+w)
		}
	}
	return strings.Join(out, "，")
}

// pair says how two products go together, or which to take.
func (d *drafts) pair(kind string, a, b *Product) string {
	switch kind {
	case "mix":
		if slices.Contains(a.Conflicts, b.ID) || slices.Contains(b.Conflicts, a.ID) {
			return fmt.Sprintf("%s 和 %s 不建议在同一晚使用，可以早晚错开，或者隔天交替", a.Title, b.Title)
		}
		return fmt.Sprintf("%s 和 %s 的资料里没有标注冲突，可以一起用，%s", a.Title, b.Title, d.pair("order2", a, b))
	case "order2":
		x, y := a, b
		if step(y.Category) < step(x.Category) {
			x, y = y, x
		}
		return fmt.Sprintf("先用 %s，再用 %s", x.Title, y.Title)
	case "compare":
		return d.brief(a) + "；" + d.brief(b)
	case "choice":
		skin := d.in.Facts.Customer.Skin
		fa, fb := suits(a, skin), suits(b, skin)
		switch {
		case skin == "" || !fa && !fb:
			return ""
		case fa && !fb:
			return skin + "更建议选 " + a.Title + "，另一款没有标注适合" + skin
		case fb && !fa:
			return skin + "更建议选 " + b.Title + "，另一款没有标注适合" + skin
		}
		return "两款都标注适合" + skin + "，看您更想改善哪一点"
	}
	return ""
}

// step is where a category stands in the routine.
func step(category string) int {
	for i, c := range []string{"卸妆", "洁面", "去角质", "化妆水", "精华", "眼霜", "乳液", "面霜", "防晒", "底妆"} {
		if strings.Contains(category, c) {
			return i
		}
	}
	return 100
}

// brief is a product in one breath.
func (d *drafts) brief(p *Product) string {
	return p.Title + " " + strings.TrimRight(cutAt(p.Summary, 24), "。") + "，" + pay(p)
}

// pick is a product to recommend in one breath.
func (d *drafts) pick(p *Product) string {
	s := p.Title + "（" + pay(p) + "）"
	if p.Summary != "" {
		s += "：" + strings.TrimRight(cutAt(p.Summary, 26), "。")
	}
	return s
}

// cutAt shortens a text to whole clauses of about n characters.
func cutAt(s string, n int) string {
	out := ""
	for i, c := range strings.Split(strings.TrimRight(s, "。"), "，") {
		if i > 0 && len([]rune(out))+len([]rune(c)) > n {
			break
		}
		if i > 0 {
			out += "，"
		}
		out += c
	}
	return out
}

func (d *drafts) names(list []*Product) (string, []event.Source) {
	var out []string
	var src []event.Source
	for _, p := range list[:min(3, len(list))] {
		out, src = append(out, p.Title), append(src, p.Source)
	}
	return strings.Join(out, "、"), src
}

func first(list []string, n int) []string { return list[:min(n, len(list))] }

func suits(p *Product, skin string) bool {
	if skin == "" {
		return false
	}
	sensitive := false
	for _, s := range p.Skins {
		sensitive = sensitive || s == "敏感肌"
	}
	if strings.Contains(skin, "敏") {
		return sensitive // dry or oily as it may be besides
	}
	for _, s := range p.Skins {
		if strings.Contains(skin, s) || s == "干皮" && strings.Contains(skin, "干") || s == "油皮" && strings.Contains(skin, "油") || s == "混合皮" && strings.Contains(skin, "混") {
			return true
		}
	}
	return false
}

func (d *drafts) skinNote(p *Product) string {
	skin := d.in.Facts.Customer.Skin
	switch {
	case skin == "" || len(p.Skins) == 0:
		return ""
	case suits(p, skin):
		return skin + "在适合的范围内"
	}
	return skin + "不在标注范围内，我不太建议直接用"
}

// patch advises a test behind the ear, unless the product does not suit.
func (d *drafts) patch(p *Product) string {
	if skin := d.in.Facts.Customer.Skin; skin != "" && len(p.Skins) > 0 && !suits(p, skin) {
		return ""
	}
	return "第一次用建议先在耳后试用，没有不适再上脸"
}
