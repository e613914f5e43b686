package shopdata

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"agentdesk/server/shop"
)

// text puts an opinion together.
func (o *opinions) text(w writer, stars int) string {
	rng := w.rng
	say := func(slot string) string { return o.slot(w, slot) }
	var parts []string
	add := func(slots ...string) {
		for _, s := range slots {
			if t := say(s); t != "" && !slices.Contains(parts, t) {
				parts = append(parts, t)
			}
		}
	}
	switch stars {
	case 5:
		add(choose(rng, [][]string{{"good"}, {"good", "good"}, {"good", "good"}, {"open", "good"}, {"open", "good", "good"}, {"time", "good"}, {"time", "good", "good"}, {"life", "good"}, {"life", "good", "good"},
			{"facts", "good"}, {"good", "facts"}, {"open", "good", "pack"}, {"variant", "good", "price"}, {"pack", "good"}, {"good", "price"}, {"good", "service"}, {"life", "facts", "good"}, {"open", "time", "good", "good"}, {"shade", "good"}, {"good", "shade"}})...)
	case 4:
		add(choose(rng, [][]string{{"good", "mild"}, {"open", "good", "mild"}, {"time", "good", "mild"}, {"facts", "mild"}, {"life", "good", "mild"}, {"mild", "good"}, {"good", "good", "mild"}, {"shade", "mild"}, {"variant", "good", "mild"}, {"pack", "good", "mild"}})...)
	case 3:
		add(choose(rng, [][]string{{"mild", "mild"}, {"open", "mild"}, {"time", "mild", "mild"}, {"mild", "good"}, {"life", "mild", "mild"}, {"open", "mild", "good"}, {"facts", "mild", "mild"}})...)
	default:
		add(choose(rng, [][]string{{"bad"}, {"bad", "bad_end"}, {"open", "bad"}, {"open", "bad", "bad_end"}, {"time", "bad"}, {"bad", "mild", "bad_end"}, {"life", "bad", "bad_end"}, {"bad", "service"}})...)
	}
	for _, s := range []string{"price", "pack", "life", "open", "time", "service"} { // what is left to say of a thing that everybody has said all of
		if len(parts) > 0 {
			break
		}
		add(s)
	}
	switch {
	case stars >= 4 && rng.IntN(4) == 0:
		add("end")
	case stars == 3 && rng.IntN(3) == 0:
		add("mid_end")
	}
	return o.voice(w, stars, parts)
}

// slot draws a fragment for a place in a sentence; "" when nothing fits.
func (o *opinions) slot(w writer, slot string) string {
	rows := o.b.rows
	switch slot {
	case "good", "mild", "bad":
		own, shared := rows.words[w.p.Category], rows.words[shared(w.p)]
		of := func(r wordsRow) []string {
			return map[string][]string{"good": r.Good, "mild": r.Mild, "bad": r.Bad}[slot]
		}
		list := of(own)
		if len(of(shared)) > 0 && (len(list) == 0 || w.rng.IntN(5) < 2) {
			list = of(shared)
		}
		return o.fragment(w, slot, list)
	case "shade":
		if w.variant.Tint == "" || len(w.p.Variants) < 2 {
			slot = "variant"
		}
	}
	return o.fragment(w, slot, rows.common[slot])
}

// shared names what a category has in common with its neighbours.
func shared(p productRow) string {
	switch {
	case strings.Contains(p.Title, "鼻贴"):
		return ""
	case p.Department == "彩妆":
		return "彩妆"
	case p.Category == "身体" || p.Category == "洗护发" || p.Category == "母婴":
		return "身体通用"
	case p.Category == "香氛" || p.Category == "唇部" || p.Category == "卸妆" || p.Category == "洁面" || p.Category == "套装" || p.Category == "防晒":
		return ""
	}
	return "护肤"
}

// often is how often a fragment is said of one product at most.
const often = 2

// fragment draws one that fits the writer, one that was said of this product least; "" when what is left was said enough.
func (o *opinions) fragment(w writer, slot string, list []string) string {
	best, text, chosen := often, "", ""
	for try := 0; try < 24 && len(list) > 0 && best > 0; try++ {
		raw := choose(w.rng, list)
		if w.used[raw] >= best {
			continue
		}
		if said, ok := o.fits(w, raw); ok {
			best, text, chosen = w.used[raw], said, raw
		}
	}
	if text != "" {
		w.used[chosen]++
	}
	return text
}

// fits checks the condition before a fragment, as in "[敏感肌]没有刺", and fills in its names.
func (o *opinions) fits(w writer, raw string) (string, bool) {
	if rest, ok := strings.CutPrefix(raw, "["); ok {
		cond, text, found := strings.Cut(rest, "]")
		if !found || !w.is(cond) {
			return "", false
		}
		raw = text
	}
	if !strings.Contains(raw, "{") {
		return raw, true
	}
	active, share := "", ""
	for _, i := range w.rng.Perm(len(w.p.Actives)) {
		if a := w.p.Actives[i]; active == "" || share == "" && a.Share != "" {
			active, share = a.Name, a.Share
		}
	}
	shade := w.variant.Name
	if f := strings.Fields(shade); len(f) > 1 && w.variant.Tint != "" {
		shade = f[len(f)-1]
	}
	skin := w.skin
	for name, value := range map[string]string{"active": active, "share": share, "愁": pickOr(w.rng, w.worries()), "variant": w.variant.Name, "shade": shade,
		"city": pickOr(w.rng, o.b.rows.people.Places), "age": strconv.Itoa(w.age), "skin": skin} {
		if !strings.Contains(raw, "{"+name+"}") {
			continue
		}
		if value == "" || name == "share" && strings.HasPrefix(value, "0.0") {
			return "", false
		}
		raw = strings.ReplaceAll(raw, "{"+name+"}", value)
	}
	return raw, true
}

func pickOr(rng *rand.Rand, list []string) string {
	if len(list) == 0 {
		return ""
	}
	return choose(rng, list)
}

// is checks the condition of a fragment against writer, product and what the writer said: words that must all hold, each of
// alternatives split by slashes; "!" says that it must not hold.
func (w writer) is(cond string) bool {
	for _, word := range strings.Fields(cond) {
		if !slices.ContainsFunc(strings.Split(word, "/"), func(alt string) bool {
			bare, not := strings.CutPrefix(alt, "!")
			return w.holds(bare) != not
		}) {
			return false
		}
	}
	return true
}

// holds checks one word of a condition.
func (w writer) holds(word string) bool {
	p, form := w.p, w.p.Pack.Form
	if word == "" {
		return false
	}
	if word[0] == '<' || word[0] == '>' {
		n, err := strconv.Atoi(word[1:])
		return err == nil && (word[0] == '<' && w.age < n || word[0] == '>' && w.age > n)
	}
	if part, ok := strings.CutPrefix(word, "文:"); ok {
		return strings.Contains(w.said, part)
	}
	switch word {
	case "干皮", "油皮", "混合皮", "敏感肌", "干", "油", "混", "敏":
		return strings.Contains(w.skin, string([]rune(word)[:1]))
	case "无香":
		return slices.Contains(p.Free, "香精")
	case "有香":
		return slices.Contains(p.Ingredients, "香精")
	case "无皂基":
		return slices.Contains(p.Free, "皂基")
	case "物理":
		return slices.Contains(p.Free, "化学防晒剂") || strings.Contains(p.Title, "物理")
	case "孕ok":
		return p.Pregnancy == shop.PregnancyOK
	case "孕":
		return w.pregnant
	case "贵":
		return w.variant.ListFen >= 25_000
	case "便宜":
		return w.variant.ListFen <= 8_000
	case "小":
		return len(p.Variants) > 1 && w.variant.ListFen < p.Variants[0].ListFen || w.variant.ListFen <= 6_000
	case "早", "早晚":
		return p.When == word
	case "愁":
		return len(w.worries()) > 0
	case "罐":
		return form == "jar" || form == "jar-wide"
	case "软管":
		return form == "tube" || form == "tube-eye"
	case "泵":
		return form == "pump"
	case "滴管":
		return form == "dropper"
	case "喷":
		return form == "spray"
	case "棉片":
		return form == "pads"
	case "片":
		return form == "mask" && p.Category == "面膜" && !strings.Contains(p.Title, "鼻贴")
	}
	return strings.Contains(p.Title, word) || p.Category == word || p.Department == word || slices.Contains(p.Concerns, word) || strings.Contains(w.variant.Name, word)
}

// worries are the concerns of a product that people complain of.
func (w writer) worries() []string {
	if w.p.Department == "彩妆" || w.p.Category == "套装" {
		return nil
	}
	var out []string
	for _, c := range w.p.Concerns {
		switch c {
		case "清洁", "防晒", "卸妆", "香氛", "放松", "儿童", "户外", "补涂", "剃须", "出行", "从简", "底妆", "送礼", "晒后", "眼妆", "氧化", "烫染", "静电":
		default:
			out = append(out, c)
		}
	}
	return out
}

// voice joins fragments the way this writer writes.
func (o *opinions) voice(w writer, stars int, parts []string) string {
	rng := w.rng
	for i := range parts {
		parts[i] = strings.TrimRight(parts[i], "。～")
	}
	join, end := "，", "。"
	switch rng.IntN(9) {
	case 0:
		join, end = " ", ""
	case 1:
		join = "。"
	case 2:
		join, end = "～", "～"
		if stars <= 3 {
			join, end = "，", ""
		}
	case 3:
		end = ""
	case 4:
		join = "；"
	case 5:
		join, end = "，", "……"
		if stars == 5 {
			end = "。"
		}
	}
	text := strings.Join(parts, join) + end
	if len(parts) > 1 && stars == 4 && join == "，" && rng.IntN(3) == 0 {
		text = strings.Join(parts[:len(parts)-1], join) + pick(rng, "，就是", "。扣一星因为", "，不过", "，但", "。小缺点：") + parts[len(parts)-1] + end
	}
	if stars >= 4 && rng.IntN(9) == 0 {
		text = strings.TrimRight(text, "。") + pickOr(rng, o.b.rows.common["emoji"])
	}
	return text
}

// hours is how long before a midnight somebody writes: most of it in the evening.
func (b *builder) hours(rng *rand.Rand) time.Duration {
	h := pick(rng, 0, 1, 1, 2, 2, 2, 3, 3, 4, 5, 6, 8, 10, 11, 12, 13, 15, 16)
	return time.Duration(h*60+rng.IntN(60)) * time.Minute
}
