package understand

import (
	"math"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// maxEntities bounds what one message can yield.
const maxEntities = 24

// finders are the entity patterns; order decides who gets a span first.
type finder struct {
	kind string
	re   *regexp.Regexp
	ref  func(m []string) string
}

func finders() []finder {
	digits := func(m []string) string { return m[len(m)-1] }
	return []finder{
		{"idcard", regexp.MustCompile(`\b\d{17}[\dXx]\b`), nil},
		{"phone", regexp.MustCompile(`\b1[3-9]\d[ -]?\d{4}[ -]?\d{4}\b`), nil},
		{"tracking", regexp.MustCompile(`(?i)\b(?:sf|yt|jt|zto|yd|sto|jd|ems|dpk)[a-z]?\d{8,16}\b`), nil},
		{"order", regexp.MustCompile(`(?i)\b(?:cy|so|no)[-_]?\d{4,20}(?:-\d+)?\b`), nil},
		{"order", regexp.MustCompile(`(?:订单号?|单号|订单编号|尾号)(?:是|为|:|：|\s|尾号|后四位|末四位)*([A-Za-z]{0,3}-?\d{4,22})`), digits},
		{"money", regexp.MustCompile(`[¥￥$]\s?(\d+(?:[.,]\d+)*)(万|千|k|w)?`), moneyRef},
		{"money", regexp.MustCompile(`(?i)(\d+(?:\.\d+)?)\s?(万|千|百|k|w)?\s?(?:多)?(?:元|块钱|块|rmb|人民币)`), moneyRef},
		{"money", regexp.MustCompile(`(?:预算|花了|买了|消费了?|订单金额|总共|一共|付了|满)(\d{3,7}(?:\.\d+)?)(万|千|k|w)?`), moneyRef},
		{"money", regexp.MustCompile(`(?:预算|花了|买了|消费了?|总共|一共|付了|大概|约|近|将近|快)?([一二两三四五六七八九十]+)(万|千)(?:多)?(?:元|块|左右|的|以内|以上|预算|多|$|,|，)`), chineseMoney},
		{"money", regexp.MustCompile(`(?:预算|花了|花掉|买了|消费了?|付了)([一二两三四五六七八九十]+)(万|千)`), chineseMoney},
		{"order", regexp.MustCompile(`\b\d{10,24}\b`), nil},
		{"date", regexp.MustCompile(`(?:\d{4}[年/.-])?\d{1,2}(?:月\d{1,2}[日号]?|[/-]\d{1,2}\b)|\d{1,2}[日号]|(?:大前天|前天|昨天|昨晚|今天|今晚|今早|明天|明早|明晚|后天|大后天|上周[一二三四五六日天]?|下周[一二三四五六日天]?|这周[一二三四五六日天]?|周[一二三四五六日末]|星期[一二三四五六日天]|月底|上个月|下个月)`), nil},
		{"time", regexp.MustCompile(`\d{1,2}[:：]\d{2}|(?:上午|下午|晚上|早上|中午|凌晨)?\d{1,2}点(?:半|\d{1,2}分?)?`), nil},
		{"duration", regexp.MustCompile(`(?:\d+|[一二两三四五六七八九十半几]+)(?:多)?(?:个)?(?:天|周|星期|礼拜|个月|小时|分钟|年)`), nil},
		{"size", regexp.MustCompile(`(?i)\d+(?:\.\d+)?\s?(?:ml|g|克|毫升)\b|\d+(?:\.\d+)?\s?(?:ml|g|克|毫升)`), nil},
		{"quantity", regexp.MustCompile(`(?:\d{1,5}|[一二两三四五六七八九十几])(?:瓶|支|盒|件|套|片|个|份|袋|罐)`), nil},
		{"percent", regexp.MustCompile(`\d+(?:\.\d+)?\s?%`), nil},
		{"skin", regexp.MustCompile(`敏感肌|敏皮|油敏肌?|干敏肌?|油痘肌|痘痘肌|痘肌|混油皮?|混干皮?|混合性?皮?肤?|大?油皮|大?干皮|油性皮?肤?|干性皮?肤?|中性皮?肤?|沙漠皮|大油田|玫瑰痤疮|玫瑰糠疹|黄黑皮|熟龄肌`), skinRef},
		{"person", regexp.MustCompile(`孕妇|孕期|孕\s?\d+\s?周|怀孕\S{0,3}?(?:周|月)|怀孕|备孕|哺乳期?|喂奶|婴儿|宝宝|儿童|孩子|小孩|男士|男生|老人|学生`), nil},
		{"ingredient", regexp.MustCompile(`(?i)烟酰胺|水杨酸|果酸|a醇|视黄醇|酒精|香精|防腐剂|激素|玻尿酸|透明质酸|神经酰胺|胜肽|积雪草|维c|vc|传明酸|熊果苷|角鲨烷|二裂酵母|泛醇|b5|氨基酸|皂基|壬二酸|虾青素|依克多因|麦角硫因|咖啡因|茶树|金缕梅`), nil},
		{"symptom", regexp.MustCompile(`红肿|泛红|发红|刺痛|瘙痒|痒|红疹|疹子|起痘|爆痘|闷痘|脱皮|起皮|烂脸|过敏|灼热|火辣|水泡|肿|闭口`), nil},
		{"carrier", regexp.MustCompile(`(?i)顺丰|中通|圆通|韵达|申通|极兔|京东快递|邮政|ems|德邦`), nil},
		{"category", regexp.MustCompile(`洗面奶|洁面|面霜|乳液|爽肤水|化妆水|水乳|精华|眼霜|面膜|防晒|卸妆|身体乳|护手霜|洗发水|沐浴露|唇膏|粉底|口红|气垫|隔离|散粉|套装|礼盒|冻干粉|次抛|喷雾`), nil},
	}
}

func skinRef(m []string) string {
	switch s := m[0]; {
	case strings.Contains(s, "敏"), strings.Contains(s, "玫瑰"):
		return "敏感肌"
	case strings.Contains(s, "痘"):
		return "痘肌"
	case strings.Contains(s, "混"):
		return "混合肌"
	case strings.Contains(s, "油"):
		return "油皮"
	case strings.Contains(s, "干"), strings.Contains(s, "沙漠"):
		return "干皮"
	}
	return m[0]
}

// moneyRef gives an amount in fen as digits.
func moneyRef(m []string) string {
	f, err := strconv.ParseFloat(strings.ReplaceAll(m[1], ",", ""), 64)
	if err != nil {
		return ""
	}
	switch strings.ToLower(m[2]) {
	case "万", "w":
		f *= 10_000
	case "千", "k":
		f *= 1_000
	case "百":
		f *= 100
	}
	if f > 1e12 {
		return ""
	}
	return strconv.FormatInt(int64(math.Round(f*100)), 10)
}

func chineseMoney(m []string) string {
	n := 0
	for _, r := range m[1] {
		d := strings.IndexRune("零一二三四五六七八九", r)
		switch {
		case r == '十':
			if n == 0 {
				n = 1
			}
			n *= 10
		case r == '两':
			n += 2
		case d > 0:
			n += d / len("一")
		}
		if n > 1e6 {
			return ""
		}
	}
	if m[2] == "万" {
		n *= 10
	}
	return strconv.Itoa(n * 1000 * 100)
}

func fenOf(ref string) int64 {
	n, err := strconv.ParseInt(ref, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// entities finds what a message names. Personal numbers are returned masked.
func (l *Lexicon) entities(raw, norm string) []Entity {
	raw, _ = clip(raw)
	type found struct {
		span
		Entity
	}
	var all []found
	taken := func(s span) bool {
		for _, f := range all {
			if s.from < f.to && f.from < s.to {
				return true
			}
		}
		return false
	}
	for _, m := range l.names.find(raw) {
		if !taken(m.span) {
			all = append(all, found{m.span, Entity{Kind: "product", Text: raw[m.from:m.to], Ref: m.id}})
		}
	}
	for _, f := range l.names.finders {
		for _, loc := range f.re.FindAllStringSubmatchIndex(raw, maxEntities) {
			s := span{loc[0], loc[1]}
			if len(loc) > 2 && f.kind == "order" && loc[2] >= 0 {
				s = span{loc[2], loc[3]}
			}
			if taken(s) {
				continue
			}
			e := Entity{Kind: f.kind, Text: raw[s.from:s.to]}
			if f.ref != nil {
				var groups []string
				for i := 0; i < len(loc); i += 2 {
					if loc[i] < 0 {
						groups = append(groups, "")
					} else {
						groups = append(groups, raw[loc[i]:loc[i+1]])
					}
				}
				e.Ref = f.ref(groups)
			}
			if f.kind == "phone" || f.kind == "idcard" {
				e.Text = l.mask.Text(e.Text)
			}
			all = append(all, found{s, e})
			if len(all) >= maxEntities {
				break
			}
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].from < all[j].from })
	out := make([]Entity, 0, len(all))
	seen := map[Entity]bool{}
	for _, f := range all {
		if !seen[f.Entity] && len(out) < maxEntities {
			seen[f.Entity] = true
			out = append(out, f.Entity)
		}
	}
	return out
}

// productNames finds the shop's products by any of their names, longest first.
type productNames struct {
	auto    *automaton
	ids     []string // literal → product ID
	finders []finder
}

type named struct {
	span
	id string
}

func newProductNames(products map[string][]string) *productNames {
	p := &productNames{auto: newAutomaton(), finders: finders()}
	keys := make([]string, 0, len(products))
	for id := range products {
		keys = append(keys, id)
	}
	sort.Strings(keys)
	for _, id := range keys {
		for _, name := range products[id] {
			name = strings.ToLower(strings.TrimSpace(name))
			if len([]rune(name)) < 2 {
				continue
			}
			if lit := p.auto.add(name); lit == len(p.ids) {
				p.ids = append(p.ids, id)
			}
		}
	}
	p.auto.build()
	return p
}

// find returns byte spans; the longest of overlapping names wins.
func (p *productNames) find(raw string) []named {
	if len(p.ids) == 0 {
		return nil
	}
	low := []rune(raw)
	offsets := make([]int, 0, len(low)+1)
	at := 0
	for i, r := range low {
		offsets = append(offsets, at)
		at += len(string(r))
		if r < 128 && r >= 'A' && r <= 'Z' {
			low[i] = r + 32
		}
	}
	offsets = append(offsets, at)
	if at != len(raw) { // invalid UTF-8: offsets would lie
		return nil
	}
	var all []named
	for lit, spans := range p.auto.scan(low) {
		for _, s := range spans {
			all = append(all, named{span{offsets[s.from], offsets[s.to]}, p.ids[lit]})
		}
	}
	sort.Slice(all, func(i, j int) bool {
		if a, b := all[i].to-all[i].from, all[j].to-all[j].from; a != b {
			return a > b
		}
		return all[i].from < all[j].from
	})
	var keep []named
	for _, n := range all {
		free := true
		for _, k := range keep {
			free = free && (n.from >= k.to || k.from >= n.to)
		}
		if free && len(keep) < maxEntities {
			keep = append(keep, n)
		}
	}
	return keep
}
