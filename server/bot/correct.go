package bot

import (
	"strings"
	"sync"
	"unicode/utf8"

	"agentdesk/server/understand"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// usual are the words that texts are read by, the same for all bots.
var usual = sync.OnceValues(newPatterns)

// Correct takes back what a message was understood as where its words, or the talk, prove it wrong: an answer to what the bot just
// asked is no sign that it failed, nor is a plain question after it answered another; the question when people are there asks for no
// person; a plain wish to send something back contests nothing; and plain information is no reason for anybody, of any tier.
func Correct(text string, turns []talk.Turn, res understand.Result) understand.Result {
	if !res.Escalate {
		return res
	}
	re, err := usual()
	if err != nil {
		return res // the words are part of the binary: a test reads them
	}
	plain := re.plain(text)
	said := re.states(plain)
	_, agent := talk.Last(turns, talk.Agent)
	_, bot := talk.Last(turns, talk.Bot)
	m := remember(turns)
	handedBack := res.Reason == label.ByBotFailed && agent > bot && said != ""
	if res.Reason == label.ByHighValue {
		asks := asksFor(plain) && (!(Input{Text: plain}).wantsReturn() || containsAny(plain, "了吗", "到哪", "哪一步", "审")) && res.Emotion.Grade() < label.Dissatisfied.Grade()
		if (information(res.Intent, said) || asks && (res.Intent == label.ReturnRefund || res.Intent == label.Exchange)) && !bulk(plain) {
			res.Escalate, res.Reason = false, label.None
		}
		return res
	}
	if res.Reason == label.ByAdverse && !unharmed(plain) {
		return res
	}
	if res.Emotion.Grade() >= label.Dissatisfied.Grade() && !handedBack && (res.Emotion != label.Dissatisfied || !civil(res.Reason, plain)) {
		return res
	}
	switch res.Reason {
	case label.ByRequest:
		switch {
		case said == wantHours && !containsAny(plain, "转", "找", "叫", "要人", "喊"):
			res.Intent = label.OutOfScope
		case containsAny(plain, "还是机器", "是机器人", "是真人吗", "真人吗", "是人吗", "是不是人") && !containsAny(plain, "转", "找", "叫", "要", "换", "喊", "不想"):
			res.Intent = label.Chitchat
		default:
			return res
		}
	case label.ByBotFailed:
		answered := m.lastBot != nil && m.question == "" && !strings.HasPrefix(m.lastBot[didCode], "un") && m.lastBot[didCode] != "out_of_scope"
		if m.pending == nil && m.question == "" && !handedBack && (!answered || again(turns, text) || containsAny(plain, "懂不懂", "看不懂", "听不懂", "没听懂", "没看懂", "不明白", "答非所问", "没回答", "说了", "问了", "又是", "还是没", "还是不", "还是这", "还是那", "重复", "敷衍", "不是问", "没用")) {
			return res
		}
	case label.ByDispute:
		switch {
		case supposes(plain) && asksFor(plain) && !claims(plain): // what the rules say for that case
			if res.Intent == label.PromiseDispute {
				res.Intent = label.PricePromo
			}
		case told(plain):
			res.Intent = label.PromiseDispute
		case contests(plain) || !(Input{Text: plain}).wantsReturn() && !asksFor(plain) || res.Intent == label.PromiseDispute:
			return res
		}
	case label.ByAdverse:
		res.Intent = label.Suitability
		switch said {
		case wish(label.Recommend), wish(label.Usage), wish(label.Ingredient):
			res.Intent = said.of()
		}
		if strings.Contains(plain, "退") {
			res.Intent = label.ReturnRefund
		}
	default:
		return res
	}
	res.Escalate, res.Reason = false, label.None
	return res
}

// contests reports whether a text denies what the shop said, or claims something for it.
func contests(text string) bool {
	return containsAny(text, "不给", "拒", "凭什么", "赔", "投诉", "骗", "承诺", "说好", "差评", "平台", "法", "曝光", "还不", "一直", "不认", "必须", "说话不算", "讲理", "答应")
}

// ruledOn reports whether a policy answers by itself what was taken for a matter that nobody decided yet, or for a dispute: then it
// is neither.
func ruledOn(in Input, res understand.Result, f Found, p plan) bool {
	return strings.HasPrefix(p.code, "policy") && f.RuleScore >= sureRule && asksFor(in.Text) && !contests(in.Text) && !bulk(in.Text) &&
		(res.Reason == label.ByOutOfPolicy || res.Reason == label.ByDispute && res.Emotion.Grade() < label.Angry.Grade() && res.Intent != label.PromiseDispute)
}

// civil reports whether a text that was read as dissatisfied blames nobody: it only asks, or asks what would be.
func civil(why label.Reason, text string) bool {
	switch why {
	case label.ByDispute:
		return supposes(text) && asksFor(text)
	case label.ByBotFailed:
		return asksFor(text) && !contests(text) && !containsAny(text, "到底", "烦", "无语", "呵", "差", "慢", "气", "怎么还", "还没", "又", "搞什么", "你们", "机器", "垃圾", "不行", "不对")
	}
	return false
}

// claims reports whether a text wants something made good.
func claims(text string) bool {
	return containsAny(text, "赔", "投诉", "骗", "差评", "平台", "法律", "曝光", "必须", "说话不算", "讲理")
}

// told reports whether a text only tells that something was promised: nobody denied it yet, and nothing is demanded.
func told(text string) bool {
	return containsAny(text, "说补", "说送", "说给", "说会", "说买", "说退", "答应") && !contests(strings.ReplaceAll(text, "答应", "")) && !claims(text) &&
		!containsAny(text, "没", "不", "未", "别", "少", "呢", "凭", "只", "就", "却", "结果", "但", "要求", "今天", "马上", "还")
}

// again reports whether a customer says nearly what they said before: then the answer was none.
func again(turns []talk.Turn, text string) bool {
	for i := len(turns) - 1; i >= 0 && i >= len(turns)-6; i-- {
		if turns[i].Role == talk.Customer && overlap(text, turns[i].Text) >= 0.75 {
			return true
		}
	}
	return false
}

// supposes reports whether a text asks what would be, rather than tells what is.
func supposes(text string) bool {
	return containsAny(text, "要是", "如果", "万一", "假如", "的话", "会不会", "一般", "通常")
}

// bulk reports whether somebody negotiates over a large order.
func bulk(text string) bool {
	return many(text) || containsAny(text, "商量", "批发", "团购", "团建", "采购", "公司要", "单位要", "福利", "几十", "一百", "大批", "大量", "合作")
}

// information reports whether a matter is plain information, which anybody may have from the bot: docs/labels.md.
func information(it label.Intent, said wish) bool {
	switch said {
	case wantPaid, wantPoints, wantBasket, wantSize, wantHolds, wantSum, wantGap, wantHours, wantShades, wantOrders, wantPay, wantCart, wantNotify, wantClaim:
		return true
	case wantDeal:
		return false
	}
	switch it {
	case label.Recommend, label.Suitability, label.Ingredient, label.Usage, label.Compare, label.PricePromo, label.Stock, label.Authenticity, label.OrderStatus, label.Logistics,
		label.Invoice, label.Membership, label.PaymentIssue, label.PriceProtection, label.ChangeOrder, label.Greeting, label.ThanksBye, label.Chitchat, label.OutOfScope:
		return true
	}
	return false
}

// usedOnly is up to how many runes a text that tells of having used something may just tell that.
const usedOnly = 14

// unharmed reports whether a text asks about what was not used yet, or about the rules, and tells of no reaction.
func unharmed(text string) bool {
	text = strings.NewReplacer("烫坏", "", "烫染", "", "染烫", "", "烫发", "", "烫头", "", "烫过", "").Replace(text) // that is hair
	if containsAny(text, "误", "吃了", "吃进", "喝了", "喝进", "吞", "进了", "进眼", "肿", "起了", "痒", "刺痛", "烂", "疼", "烫", "火辣", "红了", "泛红", "发红", "红疹", "起疹", "疹子", "泡", "脱皮", "难受", "不舒服") {
		return false
	}
	if containsAny(text, "用了", "用完", "涂了", "抹了", "擦了", "敷了", "喷了", "后", "半个月", "一直在用", "在用", "每天用") {
		// Used, but nothing is said of what came of it: whatever might be that has to be absent.
		return utf8.RuneCountInString(text) <= usedOnly && !containsAny(text, "长", "闭口", "粉刺", "爆", "闷", "烧", "敏", "症", "怪", "疙瘩", "粗", "掉", "印", "严重", "更", "越", "胀", "热", "毁", "哭", "救", "点", "颗", "粒", "块") && !containsAny(text, "红", "刺", "痛", "皮", "痘", "疹", "斑", "脸", "眼", "嘴", "血", "破", "麻", "辣", "裂", "黑", "干", "紧", "过敏", "反应", "怎么办", "怎么回事", "急", "医", "不对", "不适", "晕", "吐", "后", "坏", "有问题", "孕", "怀", "孩子", "宝宝", "伤", "害", "影响", "没事", "要紧", "会不会")
	}
	if containsAny(text, "推荐", "整个", "整点", "买", "用什么", "挑", "选", "求") && containsAny(text, "痘", "油", "干", "黑头", "粉刺", "毛孔", "斑", "黄") {
		return true // skin as it is, that something is wanted for
	}
	if strings.Contains(text, "过敏") && containsAny(text, "想买", "想试", "要买", "能买", "买哪", "推荐", "含", "里有", "有没有", "加了", "加没加") && !containsAny(text, "过敏了", "过敏吧", "是不是过敏", "都过敏", "又过敏") {
		return true // what somebody never bears, asked before buying
	}
	return containsAny(text, "能用", "可以用", "能不能", "适合", "慎用", "会不会", "敢用") || containsAny(text, "过敏退", "无忧退", "包退") && asksFor(text)
}

// settles reports whether an answer settles what somebody is anxious about at once: then nobody has to be called for it.
func settles(in Input, f Found, p plan) bool {
	if p.action != Answer && p.form == "" && p.offer == nil {
		return false
	}
	switch {
	case p.form != "" || p.offer != nil:
		return true
	case strings.HasPrefix(p.code, "product."):
		return true
	case p.code == "logistics.parcel":
		return !containsAny(in.Text, "没收到", "没见", "没拿到", "没看到", "不见", "没影", "丢", "没到手", "压根", "没人", "找不到", "赔")
	case p.code == "order.state":
		return f.Order != nil && in.Now.Sub(f.Order.PlacedAt) < lateAfter
	case p.code == "return.progress" && f.Order != nil:
		r := f.Order.Return
		return r != nil && (!r.PaidAt.IsZero() || !r.BackAt.IsZero() && !r.DueAt.IsZero() && in.Now.Before(r.DueAt))
	case p.code == "policy":
		return f.RuleScore >= sureRule && (asksFor(in.Text) || supposes(in.Text)) && !containsAny(in.Text, "急", "怎么办", "怕", "慌", "明天", "今天", "马上", "赶紧", "还没", "几天了", "没到")
	case p.code == "payment":
		return !containsAny(in.Text, "急", "怎么办", "怕", "慌", "赶紧")
	}
	return false
}
