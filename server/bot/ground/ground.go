// Package ground checks that what an answer states is in the facts it cites: every amount, date, quantity with a unit,
// long number, and every promise word. It is the last gate before a text reaches a customer (promise 7 of the design).
package ground

import (
	"regexp"
	"strings"
)

// Checker extracts and compares claims. It is safe for concurrent use.
type Checker struct {
	amount, bare, date, clock, unit, digits, gap *regexp.Regexp
	promises                                     [][]string
}

// New compiles a Checker.
func New() *Checker {
	return &Checker{
		amount: regexp.MustCompile(`[¥￥](\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)(?:元|块)`),
		bare:   regexp.MustCompile(`(?:满|立减|直降|减|抵)(\d+(?:\.\d+)?)`), // 满 400 减 40: sums although no unit stands behind
		date:   regexp.MustCompile(`(?:\d{4}年)?(\d{1,2})月(\d{1,2})[日号]|(?:\d{4}-)?(\d{1,2})-(\d{1,2})`),
		clock:  regexp.MustCompile(`(\d{1,2}):(\d{2})`),
		unit:   regexp.MustCompile(`(\d+(?:\.\d+)?)(%|天|个?工作日|小时|分钟|周|个月|年|岁|折|倍|件|瓶|支|盒|片|次|滴|泵|ml|g|积分|分|万|点|克|毫升|级|成)`),
		digits: regexp.MustCompile(`[A-Za-z]{0,3}\d{4,}`),
		gap:    regexp.MustCompile(`[\s,]+`),
		// Each row is one promise in its wordings: a text may use one only if a fact uses one of them.
		promises: [][]string{
			{"包邮", "免运费", "免邮"}, {"运费我们承担", "运费由我们承担", "运费由商家承担", "运费商家承担"}, {"免费", "赠送", "附赠", "送您"}, {"全额", "全款"}, {"无理由"},
			{"赔付", "赔偿", "补偿", "赔您"}, {"差价", "价保", "保价"}, {"运费险"}, {"现货", "有货", "库存充足", "有库存"}, {"缺货", "售罄", "无货", "没货", "断货"},
			{"正品", "官方授权"}, {"已签收"}, {"派送中"}, {"已发货", "已寄出", "已经发货"}, {"已退款", "退款成功"}, {"孕妇可用", "孕期可用", "孕期可以", "孕妇可以"},
			{"不含酒精", "无酒精"}, {"不含香精", "无香精"}, {"买一送一"}, {"半价"}, {"不会过敏", "不过敏"}, {"次日达", "当日达", "当天到"},
			{"治愈", "根治", "治好", "能治"}, {"百分百"}, {"生发"}, {"免单"}, {"假一赔"}, {"倒找"}, {"一定降"},
		},
	}
}

// Missing returns the claims of a text that no fact holds, as they stand in the text. Empty means grounded.
func (c *Checker) Missing(text string, facts []string) []string {
	have := map[string]bool{}
	var all strings.Builder
	for _, f := range facts {
		f = c.plain(f)
		all.WriteString(f)
		all.WriteByte('\n')
		for key := range c.claims(f) {
			have[key] = true
		}
	}
	known := all.String()
	plain := c.plain(text)
	var out []string
	for key, said := range c.claims(plain) {
		if !have[key] {
			out = append(out, said)
		}
	}
	for _, row := range c.promises {
		used := ""
		for _, w := range row {
			if strings.Contains(plain, w) {
				used = w
				break
			}
		}
		if used == "" {
			continue
		}
		ok := false
		for _, w := range row {
			ok = ok || strings.Contains(known, w)
		}
		if !ok {
			out = append(out, used)
		}
	}
	return out
}

// claims finds everything countable, by a key that does not depend on the way it is written.
func (c *Checker) claims(s string) map[string]string {
	out := map[string]string{}
	s = c.amount.ReplaceAllStringFunc(s, func(m string) string {
		g := c.amount.FindStringSubmatch(m)
		out["money:"+trimZero(g[1]+g[2])] = m
		return "；"
	})
	for _, g := range c.bare.FindAllStringSubmatch(s, -1) {
		out["money:"+trimZero(g[1])] = g[0]
	}
	s = c.date.ReplaceAllStringFunc(s, func(m string) string {
		g := c.date.FindStringSubmatch(m)
		out["date:"+strings.TrimLeft(g[1]+g[3], "0")+"/"+strings.TrimLeft(g[2]+g[4], "0")] = m
		return "；"
	})
	s = c.clock.ReplaceAllStringFunc(s, func(m string) string {
		g := c.clock.FindStringSubmatch(m)
		out["clock:"+strings.TrimLeft(g[1], "0")+":"+g[2]] = m
		return "；"
	})
	s = c.unit.ReplaceAllStringFunc(s, func(m string) string {
		g := c.unit.FindStringSubmatch(m)
		unit := map[string]string{"克": "g", "毫升": "ml", "个工作日": "工作日"}[g[2]]
		if unit == "" {
			unit = g[2]
		}
		out[unit+":"+trimZero(g[1])] = m
		return "；"
	})
	for _, m := range c.digits.FindAllString(s, -1) {
		out["digits:"+strings.ToUpper(m)] = m
	}
	return out
}

func trimZero(n string) string {
	if strings.Contains(n, ".") {
		n = strings.TrimRight(strings.TrimRight(n, "0"), ".")
	}
	return n
}

// plain drops spaces and thousands commas, turns full width into half, and Chinese numerals before hard units into digits.
func (c *Checker) plain(s string) string {
	rs := []rune(strings.NewReplacer("％", "%", "：", ":", "，", "，", "–", "-", "~", "-", "～", "-", "至", "-").Replace(s))
	var b strings.Builder
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		if r >= '０' && r <= '９' {
			r = r - '０' + '0'
		}
		if r == ',' && i > 0 && i+1 < len(rs) && digit(rs[i-1]) && digit(rs[i+1]) {
			continue
		}
		if r == ' ' || r == '\u00a0' || r == '\u2009' {
			next := i + 1
			for next < len(rs) && (rs[next] == ' ' || rs[next] == '\u00a0' || rs[next] == '\u2009') {
				next++
			}
			if said := b.String(); said != "" && digit(rune(said[len(said)-1])) && next < len(rs) && (digit(rs[next]) || rs[next] >= '０' && rs[next] <= '９') {
				b.WriteByte(' ') // two numbers, not one: “六肽-8 0.5%”
			}
			continue
		}
		if n, to := numeral(rs, i); to > i && hardUnit(rs, to) {
			b.WriteString(n)
			i = to - 1
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func digit(r rune) bool { return r >= '0' && r <= '9' }

// hardUnit: after these a Chinese numeral is a figure; "一次" or "两款" are only words.
func hardUnit(rs []rune, at int) bool {
	rest := string(rs[at:min(len(rs), at+4)])
	for _, u := range []string{"天", "小时", "工作日", "个工作日", "元", "折", "倍", "个月"} {
		if strings.HasPrefix(rest, u) {
			return true
		}
	}
	return false
}

// numeral reads a Chinese numeral below 100 000 and returns its digits and where it ends.
func numeral(rs []rune, at int) (string, int) {
	total, cur, i := 0, 0, at
	for ; i < len(rs) && i < at+9; i++ {
		if d := strings.IndexRune("零一二三四五六七八九", rs[i]); d >= 0 {
			cur = d / len("一")
			continue
		}
		if rs[i] == '两' {
			cur = 2
			continue
		}
		mul := map[rune]int{'十': 10, '百': 100, '千': 1000}[rs[i]]
		if mul == 0 {
			break
		}
		total += max(cur, 1) * mul
		cur = 0
	}
	if i == at {
		return "", at
	}
	n := total + cur
	digits := ""
	for n > 0 {
		digits = string(rune('0'+n%10)) + digits
		n /= 10
	}
	if digits == "" {
		digits = "0"
	}
	return digits, i
}
