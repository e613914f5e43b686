package bot

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"agentdesk/server/understand"
	"agentdesk/sync/label"
)

// wish is what a customer wants of the bot: an intent, or something more exact within one.
type wish string

// The wishes that are more exact than the intents.
const (
	wantCancel  wish = "cancel"
	wantCart    wish = "cart"
	wantPay     wish = "pay"
	wantClaim   wish = "claim"
	wantNotify  wish = "notify"
	wantHours   wish = "hours"
	wantShades  wish = "shades"
	wantBill    wish = "bill"
	wantProtect wish = "protect"
	wantOrders  wish = "orders"
	wantMore    wish = "more"
	wantDeal    wish = "deal"
	wantSize    wish = "size"
	wantHolds   wish = "holds"
	wantSum     wish = "sum"
	wantGap     wish = "gap"
	wantBasket  wish = "basket"
	wantPaid    wish = "paid"
	wantPoints  wish = "points"
	wantPerks   wish = "perks"
	wantGift    wish = "giftfrom"
)

// of is the intent that a wish belongs to.
func (w wish) of() label.Intent {
	switch w {
	case wantCancel:
		return label.ChangeOrder
	case wantCart, wantClaim, wantDeal:
		return label.PricePromo
	case wantPay:
		return label.PaymentIssue
	case wantNotify, wantShades:
		return label.Stock
	case wantHours:
		return label.OutOfScope
	case wantBill:
		return label.Invoice
	case wantProtect:
		return label.PriceProtection
	case wantOrders, wantPaid:
		return label.OrderStatus
	case wantSize, wantHolds:
		return label.Ingredient
	case wantSum, wantGap, wantBasket, wantPerks, wantGift:
		return label.PricePromo
	case wantPoints:
		return label.Membership
	case wantMore:
		return label.Recommend
	}
	return label.Intent(w)
}

// courteous wishes are no matter that one could come back to.
func (w wish) courteous() bool {
	switch label.Intent(w) {
	case label.Greeting, label.ThanksBye, label.Chitchat, label.OutOfScope, label.HumanRequest, "":
		return true
	}
	return w == wantHours
}

// asked reports whether a clause wants something, rather than telling something.
func asksFor(s string) bool {
	return containsAny(s, "吗", "呢", "多少", "怎么", "哪", "什么", "几", "谁", "帮我", "给我", "我要", "推荐", "想", "?", "？", "能不能", "行不行", "可不可以", "有没有", "查", "咋", "啥", "取消", "购物车", "多久", "多大", "快不快", "好不好", "会不会", "要不要", "想问") ||
		strings.HasSuffix(s, "没") || strings.HasSuffix(s, "不")
}

// states is the wish that a text in the usual words states: what can be done comes before what can be asked.
func (p *patterns) states(s string) wish {
	said := spoken(s)
	switch said {
	case wantCancel, wantCart, wantPay, wantClaim, wantNotify, wantHours, wantBill, wantProtect, wantOrders, wish(label.ThanksBye), wish(label.Complaint):
		return said
	}
	if w := p.cued(s); w != "" {
		return w
	}
	return said
}

// spoken is the wish that a text states in so many words, "" when it states none. It is what understanding is corrected by
// where a text leans on what was said before.
func spoken(s string) wish {
	has := func(words ...string) bool { return containsAny(s, words...) }
	ask := asksFor(s)
	switch {
	case utf8.RuneCountInString(s) <= 10 && has("谢", "好嘞", "知道了", "明白了", "辛苦") && !ask && !has("退", "取消", "换", "单"):
		return wish(label.ThanksBye)
	case has("你好可爱", "你真可爱", "你好聪明", "你真聪明", "你好厉害", "你真棒"):
		return wish(label.Chitchat)
	case has("购物车", "加购", "加车") && !(has("购物车里", "车里") && !has("加到", "加进", "加入", "放进", "再加")), has("帮我下单", "帮我拍", "帮我买", "直接下单", "给我来", "我要买") && !has("吗", "？", "?", "怎么", "推荐", "哪"):
		return wantCart
	case has("付款链接", "支付链接", "付款码", "去结算", "结账链接", "下单链接", "怎么付款", "在哪付款"):
		return wantPay
	case has("到货", "补货", "有货", "到了", "来了", "来货") && !has("快递", "包裹", "订单") && has("通知", "提醒", "叫我", "告诉我", "喊我", "说一声"):
		return wantNotify
	case has("领") && has("券", "元的", "块的", "那张", "5的", "0的") && has("帮我", "给我", "我要", "我想", "领一张", "领那张", "领吧"):
		return wantClaim
	case has("下班", "上班", "营业时间", "客服时间", "在线时间", "工作时间", "有人在吗几点") || has("夜里", "半夜", "晚上", "凌晨", "周末") && has("有人", "客服", "人工"), has("人工", "客服", "真人") && has("多久能接", "等多久", "排队", "几点", "什么时候在", "要等") && ask:
		return wantHours
	case has("取消") && !has("取消后", "取消了", "取消的", "怎么取消", "先不取消", "不取消", "别取消", "已取消", "取消不") && (has("订单", "单", "吧", "掉", "帮我", "想", "要", "确认取消") || utf8.RuneCountInString(s) <= 6),
		has("撤了", "撤单", "撤掉", "不付了") && has("单", "吧", "订单") && !ask,
		has("不想要了", "不要了") && has("拍的", "手滑", "刚买", "刚下", "下的单") && !has("退", "收到", "拆", "签收", "吗", "能", "怎么", "?", "？"),
		has("单我不要", "单不要了", "订单不要", "单不想要", "单我不想要"),
		has("没发货", "还没发", "未发货", "没有发货") && has("退款", "不想要", "退了", "不要了"):
		return wantCancel
	case has("礼物", "送礼") && has("送男", "送女", "送妈", "送我", "送爸", "送长", "送朋友", "送闺蜜", "送老", "买个礼", "买礼", "选", "推荐"):
		return wish(label.Recommend)
	case has("补充装", "替换装", "替换芯", "小样", "大瓶", "小瓶", "旅行装") && has("有没有", "有吗", "有无"):
		return wantShades
	case has("拒收") && ask:
		return wish(label.Logistics)
	case has("运费", "邮费") && ask && !has("退", "换"):
		return wish(label.PricePromo)
	case has("发票抬头", "抬头写错", "换开"):
		return wish(label.Invoice)
	case has("差价", "保价", "价保", "买贵") && ask && !has("申请", "退我", "补给我", "给我补", "给我退"):
		return wish(label.PriceProtection)
	case has("敷衍", "太差", "失望", "差劲", "离谱", "过分", "坑人"):
		return wish(label.Complaint)
	case has("买错", "拍错", "换货", "换个色", "换色") && has("换"):
		return wish(label.Exchange)
	case has("以内", "以下", "预算") && has("的", "有", "推荐") && !has("天以内", "小时以内"):
		return wish(label.Recommend)
	case has("备案", "正品", "真假", "防伪", "授权"):
		return wish(label.Authenticity)
	case has("满减", "用券", "优惠券", "活动") && has("一起用", "叠加", "同时", "怎么用"):
		return wish(label.PricePromo)
	case has("积分", "升金卡", "升级会员", "会员等级", "升黑金", "升铂金", "升银卡"), has("生日") && ask:
		return wish(label.Membership)
	case has("多久退", "什么时候退钱", "钱多久", "多久到账", "几天到账", "退到哪", "退款多久", "退款一般"):
		return wish(label.ReturnRefund)
	case has("推荐", "挑一", "选一款"):
		return wish(label.Recommend)
	case has("色号", "什么颜色", "啥颜色", "哪些颜色", "几个颜色", "有哪些色", "哪些规格", "什么规格", "几种规格", "多大规格"):
		return wantShades
	case has("发票", "开票") && has("帮我开", "给我开", "开个", "开一下", "开张", "我要开", "申请开", "开发票，", "开发票,"):
		return wantBill
	case has("单补差", "单差价", "单的差价", "帮我补差", "给我补差"), has("保价", "价保", "差价", "补差") && has("帮我申请", "申请", "退我", "补给我", "给我补", "给我退") && !has("怎么", "规则"):
		return wantProtect
	case has("我的订单", "最近的订单", "看下订单", "有哪些订单", "全部订单", "所有订单") && !has("发", "到", "改", "退", "取消", "没", "包裹", "快递", "物流"):
		return wantOrders
	case has("便宜点", "便宜一点", "再便宜", "打个折", "少点", "优惠点", "最低多少", "抹个零", "便宜些"):
		return wantDeal
	case has("还有别的", "还有其他", "换一批", "别的推荐", "还有吗", "换几款", "其他的呢"):
		return wantMore
	case has("哪个好", "哪款好", "区别", "对比", "比较", "选哪个", "哪个便宜", "哪个更", "哪个适合", "哪款适合", "哪款更"):
		return wish(label.Compare)
	case ask && has("能退", "可以退", "退吗", "退货吗", "退掉吗"):
		return wish(label.ReturnRefund)
	case ask && has("签收了", "签收没"):
		return wish(label.Logistics)
	case has("退货运费", "运费谁"):
		return wish(label.ReturnRefund)
	case has("多少钱", "什么价", "价格", "怎么卖", "几钱", "多少米", "多钱", "包邮"):
		return wish(label.PricePromo)
	case ask && has("怎么用", "用法", "怎么涂", "用几次", "敷几次", "多久用", "多久敷", "开封", "保质期", "什么时候用", "先用哪个"):
		return wish(label.Usage)
	case ask && has("一起用", "同时用", "同一天用", "同一晚用", "叠加用", "适合", "孕", "哺乳", "能用吗", "可以用吗", "能不能用", "用可以吗", "敏感肌能", "油皮能", "干皮能"):
		return wish(label.Suitability)
	case ask && has("成分", "含酒精", "有酒精", "有香精", "含香精", "浓度"):
		return wish(label.Ingredient)
	case has("有货", "现货", "有现货", "还有没有", "缺货") || strings.HasSuffix(strings.TrimRight(s, "？?呀啊"), "有吗") || strings.HasSuffix(strings.TrimRight(s, "？?呀啊"), "还有吗"):
		return wish(label.Stock)
	case ask && has("发票", "开票"):
		return wish(label.Invoice)
	case has("快递到", "包裹到", "物流到", "快递呢", "包裹呢", "到哪了", "到哪儿了", "快递在哪"):
		return wish(label.Logistics)
	case ask && has("推荐", "用什么", "用哪款", "哪款", "用哪个", "换哪个", "有没有", "挑一", "选一款"):
		return wish(label.Recommend)
	}
	return ""
}

// corrected cuts from a correction what was meant: "不是，我说的是小瓶的" means "小瓶的".
func corrected(s string) (string, bool) {
	for _, mark := range []string{"我说的是", "我问的是", "我要的是", "我是说", "我是问", "我指的是", "说的是", "应该是", "是说"} {
		if i := strings.LastIndex(s, mark); i >= 0 && i+len(mark) < len(s) {
			return s[i+len(mark):], true
		}
	}
	trim := strings.TrimLeft(s, " 啊哦噢额嗯，,")
	for _, mark := range []string{"不是，", "不是,", "不是 ", "不对，", "不对,", "不对 ", "错了，", "错了,", "说错了", "搞错了", "弄错了", "打错了"} {
		if rest, ok := strings.CutPrefix(trim, mark); ok && strings.TrimSpace(rest) != "" {
			rest = strings.TrimLeft(rest, "，, ")
			return strings.TrimPrefix(rest, "是"), true
		}
	}
	return s, false
}

// meaning is a clause as the bot takes it.
type meaning struct {
	text    string
	res     understand.Result
	wish    wish
	fixes   bool // it corrects what was understood before
	stated  bool // the words themselves state the wish
	ellipse bool // it leaves out what was spoken of
}

// meant reads a clause in the light of what was spoken about.
func meant(text string, res understand.Result, m memory, re *patterns) meaning {
	out := meaning{text: text, res: res, wish: wish(res.Intent)}
	out.text, out.fixes = corrected(text)
	said := re.states(out.text)
	n := utf8.RuneCountInString(strings.Trim(out.text, "？?。！! ，,"))
	bare := strings.TrimRight(out.text, "？?。！! ，,呀啊吧")
	out.ellipse = n <= 14 && (strings.HasSuffix(bare, "呢") || containsAny(bare, "那个", "这个", "那款", "这款", "那瓶", "那支", "那单", "第一", "第二", "第三", "最后一", "的那", "刚才"))
	answers := m.question != "" && n <= 24
	vague := res.Intent == label.OutOfScope || res.Intent == label.Chitchat || res.Confidence < 0.5
	if said == wish(label.Recommend) && res.Intent == label.OutOfScope && res.Confidence >= strayed && len(m.shown) == 0 {
		said = ""
	}
	switch {
	case said == wish(label.Stock) && res.Intent == label.Recommend && len(re.needed(out.text)) > 0:
		said = wish(label.Recommend) // what is wrong is told: one is to be chosen
	case said == wish(label.Usage) && strings.HasPrefix(m.lastBot[didCode], "logistics") && containsAny(out.text, "能放", "放几", "放多久"):
		said = wish(label.Logistics) // the parcel is meant
	case said == wish(label.Usage) && strings.HasSuffix(bare, "呢") && strings.Contains(bare, "用的"):
		said = "" // what it is for tells which one
	}
	if m.focus != "" && n <= 8 && wantsOne(out.text) {
		said = wantCart
	}
	switch {
	case said == wantMore && len(m.shown) == 0 && m.wish != wish(label.Recommend):
		out.wish = wish(label.Stock)
	case said != "" && (!serious(res.Intent) || plainly(said, res, out.text)):
		out.wish, out.stated = said, true
	case (strings.HasPrefix(m.question, "ask.invoice") || m.pending != nil && m.pending.Tool == toolInvoice) && re.billing(out.text):
		out.wish = wantBill
	case serious(res.Intent):
	case m.wish == wantCart && resets(out.text):
		out.wish = wantCart
	case m.wish.courteous():
	case out.fixes, out.ellipse, answers && (vague || n <= 10):
		if res.Intent != label.ThanksBye && res.Intent != label.HumanRequest {
			out.wish = m.wish
		}
	}
	if m.question == "ask.skin" && (vague || out.wish == wish(label.Suitability)) {
		out.wish = wish(label.Recommend)
	}
	out.res.Intent = out.wish.of()
	return out
}

// strayed is from which confidence a text is out of the shop's scope although it asks what to take.
const strayed = 0.7

// wantsOne reports whether a short text orders so many of what was spoken of: 来一瓶, 那要两盒吧.
func wantsOne(text string) bool {
	for _, verb := range []string{"来", "要", "拿", "拍"} {
		for _, n := range []string{"一", "两", "二", "三", "1", "2", "3", "个", "瓶", "支"} {
			if at := strings.Index(text, verb+n); at >= 0 && containsAny(text[at:], "瓶", "支", "盒", "个", "件", "套", "份", "罐") && !containsAny(text, "多少", "吗", "?", "？", "几", "减", "比") {
				return true
			}
		}
	}
	return false
}

// serious intents are never read as anything else: whoever writes so is not asking for a price.
func serious(it label.Intent) bool {
	switch it {
	case label.AdverseReaction, label.Complaint, label.PromiseDispute, label.HumanRequest, label.DamagedMissing:
		return true
	}
	return false
}

// plainly reports whether a wish holds against an intent that is serious: goods that are ordered are not damaged because a
// model reads so.
func plainly(said wish, res understand.Result, text string) bool {
	return res.Intent == label.DamagedMissing && !containsAny(text, "破", "漏", "碎", "坏", "少", "错", "缺", "没收到", "不见", "裂", "脏", "变质") ||
		said == wantHours && res.Intent == label.HumanRequest
}

// maxWishes bounds what one message may want at once.
const maxWishes = 3

// spaced puts a comma for each space between Chinese characters: that is how many people type one.
func spaced(text string) string {
	rs := []rune(text)
	for i := 1; i < len(rs)-1; i++ {
		if rs[i] == ' ' && unicode.Is(unicode.Han, rs[i-1]) && unicode.Is(unicode.Han, rs[i+1]) {
			rs[i] = '，'
		}
	}
	return string(rs)
}

// clauses cuts a message into the wishes that it states one after another; a message with one wish stays whole.
func (p *patterns) clauses(text string) []string {
	if utf8.RuneCountInString(text) > 160 {
		return []string{text}
	}
	parts := strings.FieldsFunc(spaced(text), func(r rune) bool { return strings.ContainsRune("。？?！!；;\n，,", r) })
	var out []string
	var wants []wish
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		w := wish("")
		if asksFor(part) || containsAny(part, "多少钱", "有货", "购物车") {
			w = p.states(part)
		}
		last := len(out) - 1
		switch {
		case last < 0:
			out, wants = append(out, part), append(wants, w)
		case w == "" || w == wants[last] || wants[last] == "":
			out[last] += "，" + part
			if wants[last] == "" {
				wants[last] = w
			}
		default:
			out, wants = append(out, part), append(wants, w)
		}
	}
	if len(out) < 2 || len(out) > maxWishes {
		return []string{text}
	}
	return out
}
