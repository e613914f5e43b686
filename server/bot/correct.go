package bot

import (
	"strings"
	"sync"

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
	if res.Emotion.Grade() >= label.Dissatisfied.Grade() && !handedBack {
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
		if m.pending == nil && m.question == "" && !handedBack && (!answered || said == "" && !(Input{Text: plain}).wantsReturn() || containsAny(plain, "看不懂", "听不懂", "不明白", "答非所问", "没回答", "说了", "问了", "又是", "还是", "重复", "敷衍")) {
			return res
		}
	case label.ByDispute:
		if contests(plain) && !supposes(plain) || !(Input{Text: plain}).wantsReturn() && !asksFor(plain) || res.Intent == label.PromiseDispute {
			return res
		}
	case label.ByAdverse:
		res.Intent = label.Suitability
		if said == wish(label.Recommend) {
			res.Intent = label.Recommend
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

// supposes reports whether a text asks what would be, rather than tells what is.
func supposes(text string) bool {
	return containsAny(text, "要是", "如果", "万一", "假如", "的话", "会不会", "一般", "通常")
}

// bulk reports whether somebody negotiates over a large order.
func bulk(text string) bool {
	return containsAny(text, "商量", "批发", "团购", "团建", "采购", "公司要", "单位要", "福利", "几十", "一百", "大批", "大量", "合作")
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

// unharmed reports whether a text asks about what was not used yet, or about the rules, and tells of no reaction.
func unharmed(text string) bool {
	if containsAny(text, "用了", "用完", "涂了", "抹了", "擦了", "敷了", "喷了", "吃了", "误", "进了", "肿", "起了", "痒", "刺痛", "烂", "疼", "烫", "火辣", "红了", "泛红", "发红", "红疹", "起疹", "疹子", "泡", "脱皮", "难受", "不舒服",
		"后", "半个月", "一直在用", "在用", "每天用") {
		return false
	}
	if containsAny(text, "推荐", "整个", "整点", "买", "用什么", "挑", "选", "求") && containsAny(text, "痘", "油", "干", "黑头", "粉刺", "毛孔", "斑", "黄") {
		return true // skin as it is, that something is wanted for
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
