// Package comply checks the wording of what agents and bots are about to send: medical claims and absolute promises may not
// leave, promises about money and time need their condition, claims of effect should carry a source. It runs while one types.
package comply

import (
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"
)

// Level is what a finding does to sending.
type Level string

// The three levels, strictest first.
const (
	Forbidden   Level = "forbidden"   // 禁止发送: locks the send button until replaced
	Conditional Level = "conditional" // 需附条件
	Source      Level = "source"      // 建议来源
)

// Zh is the level as agents read it.
func (l Level) Zh() string {
	switch l {
	case Forbidden:
		return "禁止发送"
	case Conditional:
		return "需附条件"
	case Source:
		return "建议来源"
	}
	return ""
}

// Finding is one place in a text. From and To are rune offsets, To exclusive. Findings never overlap.
type Finding struct {
	From, To    int
	Level       Level
	Kind        string // 医疗用语（广告法第十七条）, 绝对化承诺, 退款承诺, ...
	Text        string // as written
	Replacement string // what Fix puts there; "" when only a person can mend it
}

// maxRunes bounds what is checked, so that a pasted book cannot freeze typing; texts are at most 64 KB anyway.
const maxRunes = 20_000

type rule struct {
	level   Level
	kind    string
	re      *regexp.Regexp
	with    string         // replacement
	unless  *regexp.Regexp // matched against what stands around: the sentence up to the hit, the hit, and 8 runes behind
	cleared *regexp.Regexp // a sentence that holds this carries its condition or source
}

// Rules are the compiled wording rules, safe for concurrent use.
type Rules struct{ rules []rule }

// New compiles the rules.
func New() *Rules {
	const medical, absolute, promise = "医疗用语（广告法第十七条）", "绝对化用语（广告法第九条）", "绝对化承诺"
	re := regexp.MustCompile
	denied := re(`(?:不能|无法|不敢|没法|不|难以|并非|不是|未必|不可能|没有办法)$`)
	condition := re(`凭|如果|若|需|须|签收后|核实|审核|符合|按照|根据|政策|规则|以.{0,8}为准|条件|前提|之内|内可|未拆封|预计|通常|一般|经.{0,6}后|订单|查到`)
	cited := re(`\[\d+\]|备案|检测报告|资料|说明书|页面标注|标注|据|来源|试用报告|含 ?[\d.]+%`)
	r := []rule{
		{Forbidden, promise, re(`(?:100 ?%|百分之百|百分百|绝对|肯定|一定|保证|完全|永远|绝) ?(?:都)?(?:不会|不|无|没有)(?:引起|出现|发生|有)?(?:过敏|刺激|泛红|烂脸|长痘|爆痘|闷痘|副作用|问题|风险)`), "建议先在耳后试用", nil, nil},
		{Forbidden, promise, re(`(?:零|无|没有任何|毫无|没有)(?:副作用|风险|刺激性?)`), "建议先在耳后试用", nil, nil},
		{Forbidden, promise, re(`(?:谁|人人|所有人|任何人)都(?:不会过敏|能用|可以用|适合)`), "多数肤质可用，建议先在耳后试用", nil, nil},
		{Forbidden, medical, re(`根治|根除|治愈|痊愈|治好|彻底治疗|药到病除`), "帮助舒缓", denied, nil},
		{Forbidden, medical, re(`治疗|医治|疗效|药效|医疗效果|治病`), "护理", re(`(?:就医|医生|医院|医师|遵医嘱|接受|正在|激光|皮肤科).{0,6}$|(?:不能|不可|无法|不)(?:代替|替代|用于)?$`), nil},
		{Forbidden, medical, re(`消炎|杀菌|抗菌|灭菌|除菌|抑菌`), "帮助舒缓", nil, nil},
		{Forbidden, medical, re(`抗过敏|脱敏|防过敏|抗敏`), "温和配方", nil, nil},
		{Forbidden, medical, re(`祛疤|去疤|除皱针|溶脂|生发|激活细胞|细胞再生|修复基因|排毒|解毒|活血|调节内分泌|抗癌|干细胞`), "日常护理", nil, nil},
		{Forbidden, medical, re(`处方|医用级|药用级|医学级|药妆|医学护肤品|械字号面膜`), "日常护肤", re(`(?:医生|遵|开).{0,4}$`), nil},
		{Forbidden, absolute, re(`全网最低(?:价)?|史上最低(?:价)?|最低价|底价`), "目前的活动价", nil, nil},
		{Forbidden, absolute, re(`最(?:好|有效|安全|温和|便宜|强|优|佳|棒|高级|先进|权威|专业|适合|划算|快|实惠|火|受欢迎|值得|牛|厉害|大程度|低|高|美|受|畅销|顶|优惠|推荐|经典)的?`), "很合适的", re(`(?:不是|并非|不一定是)$`), nil},
		{Forbidden, absolute, re(`(?:全国|全网|世界|全球|行业|销量|品类|中国|亚洲)第一|第一品牌|NO\.?1|国家级|世界级|顶级|极品|极致|独一无二|绝无仅有|史无前例|万能|全能|王牌|唯一|首选`), "受欢迎", re(`(?:唯一.{0,3})?(?:订单|联系|编号)$`), nil},
		{Forbidden, promise, re(`永久|永远|一辈子|终身|永不(?:反弹|复发)?|不反弹|不复发`), "持续使用", re(`(?:不能|无法|不会|不是)$`), nil},
		{Forbidden, promise, re(`立竿见影|立即见效|马上见效|当天见效|一次见效|一夜(?:美白|变白|焕肤)|\d+ ?天(?:美白|变白|见效|祛斑|祛痘|淡斑|根除)|包好|包治|必(?:白|瘦|有效)|神效|特效|奇效|速效`), "坚持使用，感受因人而异", nil, nil},
		{Forbidden, promise, re(`(?:100 ?%|百分之百|百分百)`), "尽力", re(`(?:含量|浓度|成分|棉|纯度|占|活动|进度|折)[^，。,]{0,4}$`), nil},
		{Forbidden, promise, re(`绝对|包您?(?:满意|有效)|打包票|拍胸脯`), "尽力", re(`(?:不|并非)$`), nil},
		{Forbidden, promise, re(`(?:我|我们|本店|这边|小店)?(?:向您|给您|可以|敢)?保证`), "我们会尽力", denied, nil},
		{Forbidden, promise, re(`彻底|完全(?:解决|消除|去除|祛除|修复)|纯天然`), "帮助改善", nil, nil},
		{Conditional, "退款承诺", re(`(?:肯定|直接|马上|立刻|一定|全部|无条件)?(?:全额退款?|全额退|退全款|包退|随时(?:可以)?退|无条件退|全款退)`), "", nil, condition},
		{Conditional, "退款承诺", re(`(?:肯定|一定|直接|马上|立刻)(?:给您|帮您|为您)?(?:退|退款|退货|换)`), "", nil, condition},
		{Conditional, "赔付承诺", re(`(?:肯定|一定|直接|马上|会|给您|为您)?(?:赔付|赔偿|补偿|赔您|双倍|三倍|假一赔[十三])`), "", nil, condition},
		{Conditional, "时效承诺", re(`(?:(?:今天|今晚|明天|后天|当天|次日|马上|立刻)(?:之前|前)?(?:一定|肯定|就|必|绝对会)?(?:能)?(?:到账|送到|发货|发出|到货|收到|退款|送达))|(?:一定|肯定)(?:今天|今晚|明天|后天)?(?:会|能)?(?:到账|送到|发货|发出|到货|收到|送达)`), "", nil, condition},
		{Source, "功效描述缺引用", re(`(?:能|可以|可|会|帮助|有助于|有效|显著|深层|快速|明显)(?:有效|帮助|够)?(?:美白|淡斑|祛斑|抗皱|抗衰|抗老|祛痘|修护|修复|提亮|紧致|控油|收缩毛孔|防晒|保湿|补水|舒缓|淡化|改善|滋润)`), "", nil, cited},
		{Source, "成分描述缺引用", re(`(?:不含|无|零)(?:酒精|香精|激素|防腐剂|色素|矿物油|添加)|孕妇(?:可用|能用|可以用)|孕期(?:可用|能用|可以用)`), "", nil, cited},
	}
	return &Rules{rules: r}
}

// Check finds wording that needs a look, in order of place. It reads at most the first 20,000 runes.
func (r *Rules) Check(text string) []Finding {
	if cut := byteAt(text, maxRunes); cut < len(text) {
		text = text[:cut]
	}
	type hit struct {
		from, to int // bytes
		rule     int
	}
	var hits []hit
	for i := range r.rules {
		for _, m := range r.rules[i].re.FindAllStringIndex(text, -1) {
			if m[0] < m[1] && !r.excused(&r.rules[i], text, m[0], m[1]) {
				hits = append(hits, hit{m[0], m[1], i})
			}
		}
	}
	// Rules stand from strict and exact to loose: where hits overlap the earlier rule wins.
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].rule < hits[j].rule })
	var keep []hit
	for _, h := range hits {
		free := true
		for _, k := range keep {
			free = free && (h.from >= k.to || k.from >= h.to)
		}
		if free {
			keep = append(keep, h)
		}
	}
	sort.Slice(keep, func(i, j int) bool { return keep[i].from < keep[j].from })
	var out []Finding
	runes, at := 0, 0
	for _, h := range keep {
		runes += utf8.RuneCountInString(text[at:h.from])
		n := utf8.RuneCountInString(text[h.from:h.to])
		rule := &r.rules[h.rule]
		out = append(out, Finding{From: runes, To: runes + n, Level: rule.level, Kind: rule.kind, Text: text[h.from:h.to], Replacement: rule.with})
		runes += n
		at = h.to
	}
	return out
}

func (r *Rules) excused(ru *rule, text string, from, to int) bool {
	start := 0
	if i := strings.LastIndexAny(text[:from], "。！？!?\n"); i >= 0 {
		_, w := utf8.DecodeRuneInString(text[i:])
		start = i + w
	}
	if ru.unless != nil && ru.unless.MatchString(text[start:from]) {
		return true
	}
	if ru.cleared == nil {
		return false
	}
	end := len(text)
	if i := strings.IndexAny(text[to:], "。！？!?\n"); i >= 0 {
		end = to + i
	}
	return ru.cleared.MatchString(text[start:from]) || ru.cleared.MatchString(text[to:end])
}

// Fix applies the replacements of findings that Check returned for this very text. Findings without one stay as written.
func Fix(text string, findings []Finding) string {
	rs := []rune(text)
	var b strings.Builder
	at := 0
	for _, f := range findings {
		if f.Replacement == "" || f.From < at || f.To > len(rs) || f.From > f.To {
			continue
		}
		b.WriteString(string(rs[at:f.From]))
		b.WriteString(f.Replacement)
		at = f.To
	}
	b.WriteString(string(rs[at:]))
	return b.String()
}

// Blocked reports whether a finding locks sending.
func Blocked(findings []Finding) bool {
	for _, f := range findings {
		if f.Level == Forbidden {
			return true
		}
	}
	return false
}

// byteAt is the byte offset of rune n, or the length of the text.
func byteAt(s string, n int) int {
	if len(s) <= n {
		return len(s)
	}
	for i := range s {
		if n == 0 {
			return i
		}
		n--
	}
	return len(s)
}
