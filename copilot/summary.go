package copilot

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// Summary writes the handoff card from the talk and the facts.
func (c *Copilot) Summary(ctx context.Context, in Input) (Summary, error) {
	if err := ctx.Err(); err != nil {
		return Summary{}, err
	}
	return Summary{Ask: ask(in), Done: done(in), Clues: clues(in), Unresolved: unresolved(in)}, nil
}

// Resummarise has a language model write a summary anew. It reports false where there is none, where it failed, and where it changed nothing.
func (c *Copilot) Resummarise(ctx context.Context, in Input, script Summary) (Summary, bool) {
	if c.sums == nil {
		return script, false
	}
	out, err := c.sums.Summarise(ctx, in, script)
	return out, err == nil && out != script
}

// ask is what the customer wants, in a phrase: the matter, and the clause of theirs that says most about it.
func ask(in Input) string {
	d := newDrafts(in)
	matter := d.matter()
	head := intentZh(matter)
	said := d.tellings()
	if len(said) == 0 {
		if head == "" {
			return cut(in.Text, 24)
		}
		return head
	}
	text := said[0]
	if len(said) > 1 {
		text += "，" + said[1]
	}
	if when := deadline.FindString(d.said); when != "" && !strings.Contains(text, when) {
		text += "（" + when + "）"
	}
	if head == "" {
		return text
	}
	return head + "：" + text
}

// deadline finds by when a customer needs something.
var deadline = regexp.MustCompile(`(?:今天|今晚|明天|明早|后天|大后天|周[一二三四五六日末]|下周|月底|\d{1,2} ?号)[^，。！？,!?\s]{0,4}(?:要用|要拍|拍|婚礼|结婚|出差|出发|用|走|之前|前|到期|生日|上台|考试)[^，。！？,!?\s]{0,4}`)

// telling bounds how long a clause is that is taken over, in characters.
const telling = 22

// tellings are the clauses that say most of what the customer wants, at most two, in the order in which they were said.
func (d *drafts) tellings() []string {
	type clause struct {
		text  string
		at    int
		score float64
	}
	var list []clause
	texts := strings.FieldsFunc(d.said, func(r rune) bool { return strings.ContainsRune("，。！？；,!?;\n…~～", r) })
	for i, t := range texts {
		t = strings.Trim(strings.Join(strings.Fields(t), " "), " 啊呀呢吧哦哈嘛")
		n := utf8.RuneCountInString(t)
		if n < 3 || n > 40 || anyOf(t, "[图片]", "[照片]") || n <= 8 && anyOf(t, "在吗", "你好", "您好", "人工", "真人", "有人", "谢谢", "好的", "快点", "人呢", "叫个", "然后", "怎么办", "听不懂") {
			continue
		}
		c := clause{text: clip(t), at: i, score: min(float64(n), 12) / 6}
		if anyOf(t, tellWords(d.matter())...) {
			c.score += 3
		}
		if anyOf(t, "怎么", "能不能", "吗", "多久", "什么时候", "为什么", "凭什么", "哪", "是不是", "要", "没") {
			c.score++
		}
		if strings.Contains(d.in.Text, t) {
			c.score++ // the newest message
		}
		list = append(list, c)
	}
	slices.SortStableFunc(list, func(a, b clause) int { return int(100 * (b.score - a.score)) })
	var keep []clause
	for _, c := range list {
		if len(keep) == 2 || len(keep) == 1 && (c.score < 1.5 || max(alike(c.text, keep[0].text), alike(keep[0].text, c.text)) > 0.5) {
			continue
		}
		keep = append(keep, c)
	}
	slices.SortFunc(keep, func(a, b clause) int { return a.at - b.at })
	var out []string
	for _, c := range keep {
		out = append(out, c.text)
	}
	return out
}

// clip shortens a clause that has no comma, without cutting a word in two where a space shows one.
func clip(s string) string {
	rs := []rune(s)
	if len(rs) <= telling {
		return s
	}
	if i := strings.LastIndex(string(rs[:telling]), " "); i > telling {
		return s[:i]
	}
	return string(rs[:telling]) + "…"
}

// tellWords are the words by which one recognizes the clause that states a matter.
func tellWords(i label.Intent) []string {
	switch i {
	case label.PricePromo:
		return []string{"券", "优惠", "满减", "多少钱", "价", "便宜", "赠", "活动", "包邮", "运费", "立减"}
	case label.Logistics, label.OrderStatus:
		return []string{"快递", "物流", "包裹", "发货", "到", "签收", "驿站", "取件", "拒收", "没动"}
	case label.ReturnRefund, label.Exchange:
		return []string{"退", "换", "钱", "运费", "拆"}
	case label.DamagedMissing:
		return []string{"碎", "破", "漏", "少", "错", "坏", "没收到", "送"}
	case label.AdverseReaction:
		return []string{"红", "痒", "肿", "刺", "痘", "过敏", "烂脸", "疹", "吃", "疼", "脱皮"}
	case label.PriceProtection:
		return []string{"降价", "差价", "保价", "贵"}
	case label.PromiseDispute:
		return []string{"说", "答应", "承诺", "送", "直播"}
	case label.Complaint:
		return []string{"投诉", "态度", "没人", "太差", "等", "处理"}
	case label.ChangeOrder:
		return []string{"改", "取消", "地址", "不要", "错"}
	case label.Invoice:
		return []string{"票", "抬头", "税"}
	case label.PaymentIssue:
		return []string{"付", "扣", "钱"}
	case label.Stock:
		return []string{"有货", "没货", "补货", "现货", "还有", "色"}
	case label.Membership:
		return []string{"积分", "会员", "升", "生日"}
	case label.Suitability, label.Ingredient, label.Usage, label.Recommend, label.Compare, label.Authenticity:
		return []string{"用", "适合", "成分", "肤", "皮", "孕", "推荐", "哪", "好", "正品", "假", "过敏"}
	}
	return []string{"\x00"}
}

// done names what the bot and earlier agents did, by what they said.
func done(in Input) string {
	var out []string
	add := func(s string) {
		for _, o := range out {
			if o == s {
				return
			}
		}
		out = append(out, s)
	}
	for _, t := range in.Context {
		if t.Role == talk.Customer {
			continue
		}
		n := len(out)
		for _, k := range []struct{ word, did string }{{"停用", "建议停用"}, {"照片", "索要照片"}, {"包裹", "告知物流"}, {"无忧退", "说明过敏无忧退"}, {"无理由", "说明退换规则"},
			{"退款", "说明退款"}, {"券后", "告知价格"}, {"原价", "告知价格"}, {"库存", "告知库存"}, {"成分", "说明成分"}, {"用法", "说明用法"}, {"就医", "提醒就医"}, {"发票", "说明发票"},
			{"价保", "说明价保"}, {"没太明白", "没听懂 1 次以上"}, {"订单号", "询问订单"}, {"哪一款", "询问商品"}, {"肤质", "询问肤质"}, {"同事", "告知转人工"}, {"真人", "告知转人工"}} {
			if strings.Contains(t.Text, k.word) {
				add(k.did)
			}
		}
		if len(out) == n && !anyOf(t.Text, "还有什么", "请问您", "随时", "直接说", "请稍等") {
			if say := cutAt(opening.ReplaceAllString(sentences(t.Text + "。")[0], ""), 18); utf8.RuneCountInString(say) > 4 && utf8.RuneCountInString(say) <= 30 {
				add("回复" + say)
			}
		}
	}
	if len(out) == 0 {
		return "还没有处理"
	}
	return strings.Join(out[max(0, len(out)-4):], "、")
}

// opening is what an answer begins with before it says something.
var opening = regexp.MustCompile(`^(?:(?:亲+|您好|你好|抱歉|好的|不好意思)[，,呢呀 ]*)+`)

func clues(in Input) string {
	d := newDrafts(in)
	var out []string
	c := in.Facts.Customer
	body := d.onGoods() || d.matter() == label.AdverseReaction
	if c.Skin != "" && body {
		out = append(out, c.Skin)
	}
	if c.Pregnant != "" && body {
		out = append(out, c.Pregnant)
	}
	if p := d.asked(); p != nil {
		s := p.Title
		if p.Bought && body {
			s += "（买过）"
		}
		out = append(out, s)
	}
	if o := d.order(); o != nil && (!d.onGoods() || o.Sure) {
		s := "订单 " + tail(o.ID) + " " + o.Status
		if len(o.Items) > 0 {
			s += "（" + o.Items[0] + "）"
		}
		out = append(out, s)
		switch {
		case o.Return != nil:
			out = append(out, o.Return.Kind+" "+o.Return.State)
		case len(o.Parcels) > 0:
			out = append(out, o.Parcels[0].Carrier+" "+o.Parcels[0].Status)
		}
	} else if d.holds("number") {
		out = append(out, "已给出单号")
	}
	if d.holds("photo") {
		out = append(out, "已发照片或截图")
	}
	if c.Tier == "platinum" || c.Tier == "black" {
		out = append(out, tierZh(c.Tier)+"会员，累计消费 "+yuan(c.SpentFen))
	}
	if len(out) == 0 {
		return "暂无，未登录或未提到商品、订单"
	}
	return strings.Join(out[:min(4, len(out))], "；")
}

func unresolved(in Input) string {
	why := ""
	switch in.Reason {
	case label.ByRequest:
		why = "要求人工"
	case label.ByAnger:
		why = "先平息不满"
	case label.ByHighValue:
		why = "高价值顾客，专人跟进"
	case label.ByBotFailed:
		why = "机器人没有答到点上"
	case label.ByOutOfPolicy:
		why = "规则没有覆盖，需要判断"
	}
	todo := newDrafts(in).todo()
	switch {
	case why != "" && todo != "":
		return why + "；" + todo
	case why+todo != "":
		return why + todo
	}
	return "等待顾客补充"
}

// todo is what is still to be done.
func (d *drafts) todo() string {
	o := d.order()
	switch d.matter() {
	case label.AdverseReaction:
		return "确认身体反应和处理方式，跟进退货"
	case label.ReturnRefund:
		switch {
		case d.holds("overdue"):
			return "退款已超原定 " + date(o.Return.DueAt) + "，需要加急"
		case o != nil && o.Return != nil && o.Return.PaidAt.IsZero():
			return "退款还没到账（" + o.Return.State + "），给出时间"
		case d.in.Reason == label.ByDispute:
			return "核实争议原因，给出退款方案"
		}
		return "核对能不能退，给出办法"
	case label.Exchange:
		return "核对条件和库存，答复能不能换"
	case label.Logistics:
		if d.holds("parcel:停滞/丢失") {
			return "联系快递核查" + o.Parcels[0].Status + "，约定回复时间"
		}
		return "核实包裹位置，给出到货时间"
	case label.OrderStatus:
		return "催仓库出库，给出发货时间"
	case label.DamagedMissing:
		return "核实凭证，定补发还是退款"
	case label.PromiseDispute:
		return "核对当时的承诺，给出方案"
	case label.Complaint:
		return "给出明确答复和负责人"
	case label.PriceProtection:
		return "核对差价，答复能不能退"
	case label.ChangeOrder:
		return "确认状态，修改或拦截订单"
	case label.PaymentIssue:
		return "核对扣款和订单"
	case label.Invoice:
		return "收集抬头，提交或催开发票"
	case label.PricePromo:
		if anyOf(d.thread, "用不了", "不可用", "没减", "过期", "凑够", "不能用", "没反应") {
			return "查清优惠用不了的原因"
		}
		return "答复价格和能用的优惠"
	case label.Stock:
		return "答复库存或补货时间"
	case label.Suitability, label.Ingredient, label.Usage, label.Compare, label.Recommend, label.Authenticity:
		return "答复" + intentZh(d.matter()) + "的问题"
	case label.Membership:
		return "答复会员权益"
	}
	return ""
}

func intentZh(i label.Intent) string {
	switch i {
	case label.Recommend:
		return "选品推荐"
	case label.Suitability:
		return "是否适用"
	case label.Ingredient:
		return "成分咨询"
	case label.Usage:
		return "用法咨询"
	case label.Compare:
		return "商品对比"
	case label.PricePromo:
		return "价格优惠"
	case label.Stock:
		return "库存"
	case label.Authenticity:
		return "正品核实"
	case label.OrderStatus:
		return "发货进度"
	case label.Logistics:
		return "物流"
	case label.ChangeOrder:
		return "修改订单"
	case label.Invoice:
		return "发票"
	case label.PaymentIssue:
		return "支付问题"
	case label.ReturnRefund:
		return "退货退款"
	case label.Exchange:
		return "换货"
	case label.DamagedMissing:
		return "破损少发"
	case label.AdverseReaction:
		return "疑似不良反应"
	case label.PriceProtection:
		return "价保"
	case label.PromiseDispute:
		return "承诺争议"
	case label.Complaint:
		return "投诉"
	case label.Membership:
		return "会员"
	case label.HumanRequest:
		return "要求人工"
	}
	return ""
}
