package mask

import (
	"strings"

	"agentdesk/sync/mask/scan"
)

// Family names: common ones, others, and those of two characters.
const (
	families = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘于蒋蔡余杜叶程苏魏吕丁沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆"
	rare     = "蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢谌奚粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁都芮普阙戈浦伏鹿薄邸雍辜羊乌母裘亓修邰赫杭况宿鲜逯隆茹诺战慕危玉亢" // taken behind a word that announces a name only
	compound = "欧阳 司徒 上官 诸葛 司马 皇甫 尉迟 公孙 慕容 令狐 夏侯 东方 独孤 南宫 端木 西门 长孙 宇文 轩辕 百里"
	// notNames are words that begin with a family name and stand alone as a name would.
	notNames = "黄牛 金卡 金卡会员 白金 班长 老师 老板 会员 老客户 顾客 车主 单位 谢谢 马上 高兴 安静 周末 周一 周二 周三 周四 周五 周六 周日 周天 时间 方便 成功 平时 明天 金额 包邮 白天 黄色 白色 江苏 温州 石家庄 广州 郑州 常州 苏州 杭州 杭州市 商家 商品 全部 全新 应该 支付 支持 关于 和平 来吧 和好 有空 金色 万一 余额 解决 路上 游客 方式 计算 连接 简单 单号 单独 管理 相关 相同 满减 满意 平台 平安 原价 原来 明白 明明 国内 国庆 华为 麦片 米色 海外 海关 时候 时效 支架 强烈 全款 查询 查单 查物流 查一下 单子 房号 楼下 门口 门牌 那个 那边 都行 都要 易碎 易碎品 成都 南京 南昌 云南 海南 宁波 宁夏 安徽 江西 广西 和田 都是 包裹 包装 包括 盖子 路由器 车上 车险 花园 向阳 左右 祝好 乐意 麻烦 麻烦了 麻烦您 那就好 储值 钱 石头 冷静 路人 应急 封口 关注 关闭 银行 玉石 封箱 方案 苗条 盛惠 马桶 白边 黄金 顾客 成分 成份 连衣裙 金属 解释 单价 明细 权益 原因 全额 索赔 平邮 顺丰 国际 计费 于是 伊利 万分感谢"
	// beforeNames say that a name follows.
	beforeNames = "收件人 收货人 联系人 姓名 户名 我叫 本人 名字是 名字叫 真名叫 孩子叫 真名 寄给 名字写 我是 写他 收件人写 开户名 持卡人 抬头人"
	// weakLeads want a family name behind them, or they begin any sentence.
	weakLeads = "名字叫 孩子叫 我叫 本人 寄给 名字写 我是 写他 真名"
	// afterNames end a name without a sign.
	afterNames = "电话 手机 地址 收 的 吧 要求 申请 已 签收 先生 女士 小姐 不是 号码"
)

type people struct {
	family, rare     map[rune]bool
	compound, not    map[string]bool
	before, weak     map[string]bool
	beforeBy, afters map[rune][]string
}

func newPeople() *people {
	p := &people{family: map[rune]bool{}, rare: map[rune]bool{}, compound: set(compound), not: set(notNames), before: set(beforeNames), weak: set(weakLeads),
		beforeBy: byLast(beforeNames), afters: byFirst(afterNames)}
	for _, r := range families {
		p.family[r] = true
	}
	for _, r := range rare {
		p.rare[r] = true
	}
	return p
}

func set(words string) map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		out[w] = true
	}
	return out
}

// persons finds names behind the words that announce them, and names that stand alone in a message that has a number or an
// address of the kind that people write beside their name.
func (f *finder) persons() {
	for i := 1; i <= len(f.R); i++ {
		n := f.ending(f.who.beforeBy, i)
		if n == 0 {
			continue
		}
		weak := f.who.weak[string(f.R[i-n:i])]
		at := i
		for at < len(f.R) && at-i < 8 {
			next := at
			for _, w := range []string{" ", ":", "：", "是", "叫", "改成", "改为", "换成", "填", "写", "\"", "“"} {
				if f.Has(at, w) {
					next = at + len([]rune(w))
					break
				}
			}
			if next == at {
				break
			}
			at = next
		}
		if weak && at < len(f.R) && at > i && f.R[at-1] != ':' && f.R[at-1] != ' ' && f.R[at-1] != '叫' && f.R[at-1] != '是' {
			at = i
		}
		f.announced(at, weak, f.EndsAt(i, "我是"))
	}
	for _, s := range f.spans {
		if s.Kind != Email && s.Kind != Account {
			f.alone()
			return
		}
	}
}

// announced takes the name that begins at a place. Bare says that the words before it begin any sentence: then the name is of
// a common family and closes its clause.
func (f *finder) announced(at int, weak, bare bool) {
	most := 0
	for most < 5 && at+most < len(f.R) && scan.Han(f.R[at+most]) {
		most++
	}
	if most < 2 {
		return
	}
	first := string(f.R[at : at+2])
	two, one := f.who.compound[first], f.who.family[f.R[at]] || f.who.rare[f.R[at]]
	longest := 3
	if two || !one {
		longest = 4
	}
	if !one && !two && (weak || strings.ContainsRune(stops+"账已什谁电手地怎写都没变换错填信如姓收名还", f.R[at])) {
		return
	}
	for n := min(longest, most); n >= 2; n-- {
		if !f.ends(at + n) {
			continue
		}
		if w := string(f.R[at : at+n]); weak && f.who.not[w] || strings.ContainsAny(w, "了的") || bare && !(f.who.family[f.R[at]] || two) {
			return
		}
		if bare && scan.Han(f.Rune(at+n)) || n > 2 && strings.ContainsRune("吧收呀呢啊", f.R[at+n-1]) {
			continue
		}
		f.add(Name, at, at+n, f.Slice(at, at+n), false)
		return
	}
}

// ends reports whether a name can end before a place.
func (f *finder) ends(at int) bool {
	return at >= len(f.R) || !scan.Han(f.R[at]) || f.beginning(f.who.afters, at) > 0
}

// alone finds names between signs, spaces and numbers.
func (f *finder) alone() {
	for i := 0; i < len(f.R); {
		if !scan.Han(f.R[i]) {
			i++
			continue
		}
		to := i
		for to < len(f.R) && scan.Han(f.R[to]) {
			to++
		}
		f.standing(i, to)
		i = to
	}
}

// standing looks whether a name stands between two places, or at the beginning before 收.
func (f *finder) standing(from, to int) {
	for _, s := range f.spans {
		if s.From < to && s.To > from {
			if s.From <= from {
				from = s.To
			} else {
				to = min(to, s.From)
			}
		}
	}
	for _, w := range []string{"收件", "收货", "收", "的快递", "的包裹", "电话", "手机"} {
		if f.EndsAt(to, w) && to-len([]rune(w)) >= from+2 {
			to -= len([]rune(w))
			break
		}
	}
	n := to - from
	if n < 2 || n > 4 {
		return
	}
	w := string(f.R[from:to])
	two := n >= 3 && f.who.compound[string(f.R[from:from+2])]
	if !(two || n <= 3 && f.who.family[f.R[from]]) || f.who.not[w] || strings.ContainsAny(w[len(string(f.R[from])):], "的了是我你您吗呢吧啊么上下这那个们不没") {
		return
	}
	if f.ending(f.where.ways, to) > 0 || f.ending(f.where.estates, to) > 0 || strings.ContainsRune("卡号行证位址", f.R[to-1]) || strings.HasSuffix(w, "市") || strings.HasSuffix(w, "省") || strings.HasSuffix(w, "县") {
		return
	}
	f.add(Name, from, to, f.Slice(from, to), false)
}
