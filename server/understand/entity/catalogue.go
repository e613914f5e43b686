package entity

import (
	"slices"
	"strings"

	"agentdesk/sync/mask/scan"
)

// catalogue knows the shop's products by all that customers call them.
type catalogue struct {
	names    *trie // of products and, by ID or unique code, of variants
	variants map[string][]option
	product  map[string]string // variant → product
	senses   map[rune][]senseWord
	fold     map[rune]rune
}

// option is one way to say one variant of a product that was named.
type option struct {
	word []rune
	id   string
}

// confusable are characters that are typed for each other in products' names; names and texts are both brought to the first.
const confusable = "酰先铣鲜 胺安氨按桉 经金精今 膜摸模末 霜双爽 液夜叶 雪血学 醇纯淳 杨洋扬 妆装 膏糕 棉绵 晒塞 玻波博 烟研 洁结 唇春 玫梅 粉分 油由 燕艳 角脚"

func folds() map[rune]rune {
	out := map[rune]rune{}
	for set := range strings.FieldsSeq(confusable) {
		rs := []rune(set)
		for _, r := range rs[1:] {
			out[r] = rs[0]
		}
	}
	return out
}

// spelled brings a name into the form that is looked up.
func (c *catalogue) spelled(s string) []rune {
	out := make([]rune, 0, len(s))
	for _, r := range s {
		if r = scan.Fold(r); r == ' ' {
			continue
		}
		if to, ok := c.fold[r]; ok {
			r = to
		}
		out = append(out, r)
	}
	return out
}

func newCatalogue(items []Item) *catalogue {
	c := &catalogue{names: &trie{}, variants: map[string][]option{}, product: map[string]string{}, senses: senses(), fold: folds()}
	for _, it := range items {
		c.names.put(c.spelled(it.ID), Product, it.ID)
		for _, v := range it.Variants {
			c.names.put(c.spelled(v.ID), SKU, v.ID)
			c.product[v.ID] = it.ID
		}
		for _, n := range it.Names {
			if runes(strings.TrimSpace(n)) >= 2 && !generic(items, it.ID, n) {
				c.names.put(c.spelled(n), Product, it.ID)
			}
		}
	}
	c.derive(items)
	c.options(items)
	return c
}

// derive adds what customers make of names: other words for the parts, English, titles without their beginning. A name that
// two products could have is nobody's.
func (c *catalogue) derive(items []Item) {
	owner := map[string]string{}
	words := map[string][]rune{}
	claim := func(name, id string) {
		w := c.spelled(name)
		if len(w) < 2 {
			return
		}
		k := string(w)
		if have, ok := owner[k]; ok && have != id {
			owner[k] = ""
			return
		}
		owner[k], words[k] = id, w
	}
	parts := nameParts()
	for _, it := range items {
		for _, n := range it.Names {
			for _, other := range respell(n, parts) {
				claim(other, it.ID)
			}
		}
		if len(it.Names) == 0 {
			continue
		}
		title := []rune(it.Names[0])
		for cut := 1; len(title)-cut >= 5; cut++ { // 屏障修护面霜
			claim(string(title[cut:]), it.ID)
		}
		for _, n := range it.Names[1:] { // 双抗, of 双抗精华
			if short, ok := strings.CutSuffix(n, "精华"); ok && runes(short) == 2 && scan.Han([]rune(short)[0]) && !elsewhere(items, it.ID, short) {
				claim(short, it.ID)
			}
		}
	}
	for k, id := range owner {
		if id != "" {
			c.names.put(words[k], Product, id)
		}
	}
}

// generic reports a name that is what the shop calls many things: 礼盒.
func generic(items []Item, id, word string) bool {
	n := 0
	for _, it := range items {
		for _, name := range it.Names {
			if it.ID != id && runes(word) == 2 && strings.HasSuffix(name, word) {
				n++
				break
			}
		}
	}
	return n >= 4
}

func elsewhere(items []Item, id, word string) bool {
	for _, it := range items {
		for _, n := range it.Names {
			if it.ID != id && strings.Contains(n, word) {
				return true
			}
		}
	}
	return false
}

type namePart struct {
	word   string
	others []string
}

// nameParts are parts of names and what else they are called.
func nameParts() []namePart {
	return []namePart{
		{"神经酰胺", []string{"ceramide"}}, {"烟酰胺", []string{"niacinamide", "nia"}}, {"玻尿酸", []string{"hyaluronic acid", "hyaluronic", "ha", "透明质酸"}},
		{"视黄醇", []string{"retinol", "a醇"}}, {"A醇", []string{"retinol", "视黄醇"}}, {"水杨酸", []string{"salicylic acid", "bha"}}, {"果酸", []string{"aha"}},
		{"VC", []string{"vitamin c", "维c", "维生素c"}}, {"氨基酸", []string{"amino acid", "amino"}}, {"积雪草", []string{"cica", "centella"}}, {"多肽", []string{"peptide", "胜肽"}},
		{"熊果苷", []string{"arbutin"}}, {"角鲨烷", []string{"squalane"}}, {"二裂酵母", []string{"bifida"}}, {"传明酸", []string{"tranexamic acid"}}, {"壬二酸", []string{"azelaic acid"}},
		{"面霜", []string{"cream", "face cream", "霜"}}, {"精华", []string{"serum", "essence", "精华液"}}, {"面膜", []string{"mask", "sheet mask"}},
		{"洁面", []string{"cleanser", "face wash", "洗面奶"}}, {"洗面奶", []string{"cleanser", "洁面"}}, {"卸妆油", []string{"cleansing oil"}}, {"卸妆膏", []string{"cleansing balm"}},
		{"卸妆水", []string{"micellar water"}}, {"乳液", []string{"lotion", "emulsion"}}, {"眼霜", []string{"eye cream"}}, {"防晒棒", []string{"sunscreen stick", "sun stick"}},
		{"防晒喷雾", []string{"sunscreen spray"}}, {"口红", []string{"lipstick"}}, {"气垫", []string{"cushion", "bb cushion"}}, {"粉底液", []string{"foundation", "liquid foundation"}},
		{"睫毛膏", []string{"mascara"}}, {"护手霜", []string{"hand cream"}}, {"身体乳", []string{"body lotion"}}, {"沐浴露", []string{"body wash", "shower gel"}},
		{"洗发水", []string{"shampoo"}}, {"护发素", []string{"conditioner"}}, {"润唇膏", []string{"lip balm"}}, {"遮瑕膏", []string{"concealer"}}, {"腮红", []string{"blush"}},
		{"高光", []string{"highlighter"}}, {"眉笔", []string{"brow pencil"}}, {"眼线笔", []string{"eyeliner"}}, {"水", []string{"toner"}},
	}
}

// respell gives a name with some of its parts said otherwise.
func respell(name string, parts []namePart) []string {
	out := []string{name}
	for _, p := range parts {
		at := strings.Index(name, p.word)
		if at < 0 || p.word == "水" && !strings.HasSuffix(name, "水") {
			continue
		}
		for _, have := range out[:len(out):len(out)] {
			if !strings.Contains(have, p.word) || len(out) > 60 {
				continue
			}
			for _, other := range p.others {
				out = append(out, strings.Replace(have, p.word, other, 1))
			}
		}
	}
	return out[1:]
}

// options lists how each variant is said, and gives codes that only one variant of the shop has a place among the names.
func (c *catalogue) options(items []Item) {
	codes := map[string]string{}
	for _, it := range items {
		for _, v := range it.Variants {
			for _, w := range said(v.Name) {
				rs := c.spelled(w)
				if len(rs) == 0 || len(rs) == 1 && !scan.Han(rs[0]) {
					continue
				}
				c.variants[it.ID] = append(c.variants[it.ID], option{rs, v.ID})
				if len(rs) == 3 && scan.Latin(rs[0]) && scan.ASCIIDigit(rs[1]) && scan.ASCIIDigit(rs[2]) {
					if _, ok := codes[string(rs)]; ok {
						codes[string(rs)] = ""
					} else {
						codes[string(rs)] = v.ID
					}
				}
			}
		}
		slices.SortStableFunc(c.variants[it.ID], func(a, b option) int { return len(b.word) - len(a.word) })
	}
	for code, id := range codes {
		if id != "" {
			c.names.put([]rune(code), SKU, id)
		}
	}
}

// said splits a variant's name into what it is called: all of it, its words, other units.
func said(name string) []string {
	whole := strings.ReplaceAll(name, " ", "")
	out := []string{whole, strings.ReplaceAll(whole, "×", "x")}
	fields := strings.Fields(name)
	if len(fields) > 1 && !strings.ContainsAny(name, "×") && !scan.ASCIIDigit(rune(fields[0][0])) || len(fields) == 2 && len(fields[0]) == 2 {
		for _, f := range fields {
			if !numberOnly(f) || f[0] == '0' {
				out = append(out, f)
			}
		}
	}
	for _, w := range out[:len(out):len(out)] {
		for from, to := range map[string]string{"ml": "毫升", "g": "克"} {
			if stem, ok := strings.CutSuffix(w, from); ok && stem != "" && scan.ASCIIDigit(rune(stem[len(stem)-1])) {
				out = append(out, stem+to)
			}
		}
		for _, tail := range []string{"补充装", "替换芯", "替换内芯"} {
			if strings.HasSuffix(w, tail) {
				out = append(out, tail)
			}
		}
		if stem, ok := strings.CutSuffix(w, "装"); ok {
			out = append(out, stem)
		}
	}
	return out
}

func numberOnly(s string) bool {
	for _, r := range s {
		if !scan.ASCIIDigit(r) {
			return false
		}
	}
	return true
}

// products finds products, then the variants of those that were found.
func (s *search) products() {
	c := s.names
	rs := slices.Clone(s.R)
	for i, r := range rs {
		if to, ok := c.fold[r]; ok {
			rs[i] = to
		}
	}
	type named struct {
		id string
		at int
	}
	var found []named
	for i := 0; i < len(rs); {
		t, end := c.names.longest(rs, i)
		if t == nil || !s.free(i, end) {
			i++
			continue
		}
		s.add(t.kind, i, end, t.norm)
		if t.kind == Product {
			found = append(found, named{t.norm, i})
		}
		i = end
	}
	if len(found) == 0 || len(found) > Most {
		return
	}
	for i := 0; i < len(rs); i++ {
		if s.taken[i] || i > 0 && edge(rs[i]) && edge(rs[i-1]) || i > 0 && rs[i-1] == '.' {
			continue
		}
		// The nearest product that has such a variant is meant, one before rather than one behind.
		best, length, far := "", 0, 1<<30
		for _, p := range found {
			d := i - p.at
			if d < 0 {
				d = 2 - d*2
			}
			if d >= far {
				continue
			}
			for _, o := range c.variants[p.id] {
				if n := fits(rs, i, o.word); n > 0 && s.free(i, i+n) {
					best, length, far = o.id, n, d
					break
				}
			}
		}
		if best != "" {
			s.add(SKU, i, i+length, best)
			i += length - 1
		}
	}
}

// fits is how many runes of a text, spaces included, say a word; 0 when they don't.
func fits(rs []rune, at int, word []rune) int {
	i := at
	for k, r := range word {
		for k > 0 && i < len(rs) && rs[i] == ' ' {
			i++
		}
		if i >= len(rs) || rs[i] != r {
			return 0
		}
		i++
	}
	if last := rs[i-1]; edge(last) && i < len(rs) && (edge(rs[i]) || rs[i] == '.') {
		return 0
	}
	return i - at
}
