package bot

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"agentdesk/server/shop"
	"agentdesk/sync/label"
)

// exactly finds products by their whole title or one of their names, in the order in which a text names them. Of names that
// overlap the longest counts; a name that is only an ingredient's gives way to any other.
func exactly(all []shop.Product, text string) []shop.Product {
	text = strings.ToLower(strings.ReplaceAll(text, " ", ""))
	type hit struct {
		from, to int
		p        *shop.Product
		weak     bool
	}
	var hits []hit
	for i := range all {
		p := &all[i]
		for _, name := range append([]string{p.Title}, p.Aliases...) {
			name = strings.ToLower(strings.ReplaceAll(name, " ", ""))
			if at := strings.Index(text, name); at >= 0 && utf8.RuneCountInString(name) >= 2 {
				weak := slices.ContainsFunc(p.Actives, func(a shop.Active) bool { return strings.EqualFold(a.Name, name) }) || utf8.RuneCountInString(name) == 2
				hits = append(hits, hit{at, at + len(name), p, weak})
			}
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return (b.to - b.from) - (a.to - a.from) })
	var keep []hit
	for _, h := range hits {
		if !slices.ContainsFunc(keep, func(k hit) bool { return h.from < k.to && k.from < h.to || h.p.ID == k.p.ID }) {
			keep = append(keep, h)
		}
	}
	if slices.ContainsFunc(keep, func(h hit) bool { return !h.weak }) {
		keep = slices.DeleteFunc(keep, func(h hit) bool { return h.weak })
	} else if len(keep) > 0 && utf8.RuneCountInString(text) > 8 {
		return nil // only an ingredient or a kind is named
	}
	slices.SortStableFunc(keep, func(a, b hit) int { return a.from - b.from })
	var out []shop.Product
	for _, h := range keep[:min(3, len(keep))] {
		out = append(out, *h.p)
	}
	return out
}

// ordinal is which of a list a text means, from 0; -1 for the last, false when it means none so.
func ordinal(text string) (int, bool) {
	for i, w := range []string{"第一", "第二", "第三", "第四"} {
		if containsAny(text, w+"个", w+"款", w+"支", w+"瓶", w+"单", w+"笔", w+"种", w+"件", w+"条") {
			return i, true
		}
	}
	switch {
	case containsAny(text, "前一个", "前面那", "前者", "上面那"):
		return 0, true
	case containsAny(text, "后一个", "后面那", "后者", "最后一个", "最后一款", "下面那"):
		return -1, true
	}
	return 0, false
}

// nth picks of a list.
func nth[T any](list []T, n int) (T, bool) {
	var none T
	if n < 0 {
		n = len(list) - 1
	}
	if n >= len(list) || n < 0 {
		return none, false
	}
	return list[n], true
}

// plainWords stand in many titles and say nothing about which product is meant.
func plainWords() []string {
	return []string{"孕期", "敏感", "感肌", "保湿", "控油", "清洁", "温和", "夜间", "日间", "身体", "清爽", "滋润", "面霜", "精华", "面膜"}
}

// referred finds the products that a clause speaks of without naming them in full: by place in a list, by a part of the name
// among those at hand, or as "this". Nil when it speaks of none.
func referred(all []shop.Product, mean meaning, m memory) []shop.Product {
	byID := func(id string) []shop.Product {
		for i := range all {
			if all[i].ID == id {
				return all[i : i+1 : i+1]
			}
		}
		return nil
	}
	text := mean.text
	if n, ok := ordinal(text); ok && len(m.listed) > 1 {
		if id, ok := nth(m.listed, n); ok {
			return byID(id)
		}
	}
	if p := cheaper(all, text, m.listed); p != "" {
		return byID(p)
	}
	if len(m.listed) > 1 {
		var listed []shop.Product
		for _, id := range m.listed {
			listed = append(listed, byID(id)...)
		}
		if one := holding(listed, text); len(one) == 1 {
			return one
		}
		if d := m.lastBot[didCode]; (d == "compare" || d == "product.mix") && len(listed) == 2 && mean.wish.of() != label.Recommend && !containsAny(text, "有没有", "别的") {
			if p := partly(all, text, m); p == nil || d == "product.mix" && !strings.Contains(text, "多少钱") {
				return listed
			}
		}
	}
	if containsAny(text, "那两", "这两", "两个里", "两款里") && len(m.listed) == 2 {
		return append(byID(m.listed[0]), byID(m.listed[1])...)
	}
	near := mean.fixes || mean.ellipse || m.question == "ask.which" || m.question == "ask.product" || m.question == "ask.second"
	if near && (m.focus != "" || len(m.listed) > 0) {
		if p := partly(all, text, m); p != nil {
			return []shop.Product{*p}
		}
	}
	return nil
}

// cheaper is which of a list "the cheap one" and "the dear one" are.
func cheaper(all []shop.Product, text string, listed []string) string {
	down, up := containsAny(text, "便宜的那", "便宜那个", "最便宜"), containsAny(text, "贵的那", "贵那个", "最贵")
	if len(listed) < 2 || down == up {
		return ""
	}
	best, price := "", int64(0)
	for _, id := range listed {
		for _, p := range all {
			if fen := p.Main().PayFen(); p.ID == id && (best == "" || down && fen < price || up && fen > price) {
				best, price = id, fen
			}
		}
	}
	return best
}

// partly finds the one product, among the listed ones and their kind, of whose title a text holds most.
func partly(all []shop.Product, text string, m memory) *shop.Product {
	if p := partOf(all, text, m, plainWords()); p != nil {
		return p
	}
	return partOf(all, text, m, nil)
}

func partOf(all []shop.Product, text string, m memory, plain []string) *shop.Product {
	kind := map[string]bool{}
	for i := range all {
		if all[i].ID == m.focus || slices.Contains(m.listed, all[i].ID) {
			kind[all[i].Category] = true
		}
	}
	var best *shop.Product
	score, tied := 0, false
	for i := range all {
		p := &all[i]
		if !kind[p.Category] {
			continue
		}
		n := 0
		for _, name := range append([]string{p.Title}, p.Aliases...) {
			c := 0
			for pair := range pairs(name) {
				if strings.Contains(text, pair) && !strings.Contains(p.Category, pair) && !slices.Contains(plain, pair) {
					c += 2
				}
			}
			n = max(n, c)
		}
		if n == 0 {
			continue
		}
		if slices.Contains(m.listed, p.ID) {
			n++
		}
		switch {
		case n > score:
			best, score, tied = p, n, false
		case n == score:
			// Of two that fit alike the one of the shorter name: the other has a word that was not said.
			if a, b := utf8.RuneCountInString(p.Title), utf8.RuneCountInString(best.Title); a < b {
				best, tied = p, false
			} else if a == b {
				tied = true
			}
		}
	}
	if tied {
		return nil
	}
	return best
}

// sizeOf reads how much of it a variant holds: 50 of "50g", 0 where its name says none.
func sizeOf(v shop.Variant) float64 {
	digits := strings.TrimLeftFunc(v.Name, func(r rune) bool { return r < '0' || r > '9' })
	end := strings.IndexFunc(digits, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
	if end < 0 {
		end = len(digits)
	}
	n, err := strconv.ParseFloat(digits[:end], 64)
	if err != nil {
		return 0
	}
	return n
}

// worded is the variant that a text names, by its name, a word of it, or its size; false when it names none.
func worded(p shop.Product, text string) (shop.Variant, bool) {
	text = strings.ToLower(strings.ReplaceAll(text, " ", ""))
	for _, v := range p.Variants {
		if v.Name != "" && strings.Contains(text, strings.ToLower(strings.ReplaceAll(v.Name, " ", ""))) {
			return v, true
		}
	}
	refill := func(v shop.Variant) bool { return containsAny(v.Name, "补充装", "替换") }
	for _, v := range p.Variants {
		if containsAny(text, "补充装", "替换装", "替换芯", "内芯") && refill(v) {
			return v, true
		}
	}
	var word shop.Variant
	length := 0
	for _, v := range p.Variants { // the longest word: 玫瑰豆沙 before 豆沙
		for _, w := range strings.Fields(v.Name) {
			w = strings.TrimSuffix(strings.ToLower(w), "色")
			if n := utf8.RuneCountInString(w); n >= 2 && n > length && strings.Contains(text, w) && !strings.Contains(strings.ToLower(p.Title), w) {
				word, length = v, n
			}
		}
	}
	if length > 0 {
		return word, true
	}
	small, big := containsAny(text, "小的", "小瓶", "小支", "小样", "小罐", "小规格", "旅行装", "迷你", "小那"), containsAny(text, "大的", "大瓶", "大支", "大罐", "大规格", "大那", "大容量")
	if small == big || len(p.Variants) < 2 {
		return shop.Variant{}, false
	}
	var best shop.Variant
	for _, v := range p.Variants {
		if size := sizeOf(v); size > 0 && (best.ID == "" || small && size < sizeOf(best) || big && size > sizeOf(best)) {
			best = v
		}
	}
	return best, best.ID != ""
}

// variantOf is the variant of a product that a turn is about: the named one, the one that was spoken of, else the main one.
func (in Input) variantOf(p shop.Product) shop.Variant {
	if v, ok := worded(p, in.Text); ok {
		return v
	}
	if in.mem != nil && in.mem.focus == p.ID {
		for _, v := range p.Variants {
			if v.ID == in.mem.variant {
				return v
			}
		}
	}
	return p.Main()
}

// patterns are what texts are searched for.
type patterns struct {
	id, tail, company, tax, fen, sum *regexp.Regexp
	speech                           *speech
	cues                             []cue
	needs                            []need
}

func newPatterns() (*patterns, error) {
	says, err := loadSpeech()
	if err != nil {
		return nil, err
	}
	cues, err := loadCues()
	if err != nil {
		return nil, err
	}
	needs, err := loadNeeds()
	if err != nil {
		return nil, err
	}
	return &patterns{
		needs:   needs,
		speech:  says,
		cues:    cues,
		id:      regexp.MustCompile(`(?i)\b(CY\d{6,20})\b`),
		tail:    regexp.MustCompile(`(?:订单号?|单号|尾号|后四位)(?:是|为|:|：|\s)*(\d{4,20})(?:\D|$)`),
		company: regexp.MustCompile(`[\p{Han}A-Za-z（）()]{2,40}?(?:有限公司|公司|工作室|事务所|合作社|大学|学校|医院|中心|集团|厂|店)`),
		tax:     regexp.MustCompile(`\b[0-9A-Z]{15,20}\b`),
		fen:     regexp.MustCompile(`(\d{2,5}|[一二两三四五六七八九]百)(?:块|元)?(?:以内|以下|之内|左右|预算)`),
		sum:     regexp.MustCompile(`(\d{2,5})(?:\.\d+)?(?:块|元|的|了|，|,|\s|$)`),
	}, nil
}

// orders finds what a text gives as an order's number, in full or by its last digits.
func (p *patterns) orders(text string) []string {
	var out []string
	for _, m := range p.id.FindAllStringSubmatch(text, 3) {
		out = append(out, strings.ToUpper(m[1]))
	}
	for _, m := range p.tail.FindAllStringSubmatch(text, 3) {
		out = append(out, m[1])
	}
	return out
}

// budget is the sum in fen that a text wants to stay within; 0 when it names none.
func (p *patterns) budget(text string) int64 {
	m := p.fen.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	if rest, ok := strings.CutSuffix(m[1], "百"); ok {
		n := map[string]int64{"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}[rest]
		return n * 100_00
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return 0
	}
	return n * 100
}

// billing reports whether a text gives a name or a number for an invoice.
func (p *patterns) billing(text string) bool {
	title, _ := p.invoiceTitle(text)
	return title != "" || p.tax.MatchString(text)
}

// closest is the one of some products of whose title a text holds a part that the others' titles have not; nil when none is.
func closest(list []shop.Product, text string) *shop.Product {
	var best *shop.Product
	score, tied := 0, false
	for i := range list {
		n := 0
		for pair := range pairs(list[i].Title) {
			if strings.Contains(text, pair) && !strings.Contains(list[i].Category, pair) && !slices.Contains(plainWords(), pair) {
				n++
			}
		}
		if n > score {
			best, score, tied = &list[i], n, false
		} else if n == score {
			tied = true
		}
	}
	if tied {
		return nil
	}
	return best
}
