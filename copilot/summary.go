package copilot

import (
	"context"
	"strings"

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

func ask(in Input) string {
	what := intentZh(in.Intent)
	var parts []string
	for i := len(in.Context) - 1; i >= 0 && len(parts) < 1; i-- {
		if t := in.Context[i]; t.Role == talk.Customer && len([]rune(t.Text)) >= 6 && t.Text != in.Text {
			parts = append(parts, cut(t.Text, 36))
		}
	}
	text := cut(in.Text, 48)
	if len(parts) > 0 {
		text = parts[0] + "；" + text
	}
	if what == "" {
		return text
	}
	return what + "：" + text
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
		if len(out) == n && len([]rune(t.Text)) > 4 && !strings.Contains(t.Text, "您好") {
			add("答复“" + cut(t.Text, 18) + "”")
		}
	}
	if len(out) == 0 {
		return "还没有处理"
	}
	return strings.Join(out[max(0, len(out)-4):], "、")
}

func clues(in Input) string {
	var out []string
	c := in.Facts.Customer
	if c.Skin != "" {
		out = append(out, c.Skin)
	}
	for _, p := range in.Facts.Products {
		if p.Asked {
			out = append(out, "提到 "+p.Title)
			break
		}
	}
	if len(in.Facts.Orders) > 0 {
		o := in.Facts.Orders[0]
		s := "订单 " + tail(o.ID) + " " + o.Status
		if len(o.Items) > 0 {
			s += "（" + o.Items[0] + "）"
		}
		out = append(out, s)
		if len(o.Parcels) > 0 {
			out = append(out, o.Parcels[0].Carrier+" "+o.Parcels[0].Status)
		}
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
	case label.ByAdverse:
		why = "确认身体反应和处理方式"
	case label.ByAnger:
		why = "平息不满，给出明确答复"
	case label.ByDispute:
		why = "核实争议，给出方案"
	case label.ByAnxiety:
		why = "给出时间和下一步"
	case label.ByHighValue:
		why = "高价值顾客，专人跟进"
	case label.ByBotFailed:
		why = "机器人没有答到点上"
	case label.ByOutOfPolicy:
		why = "规则没有覆盖，需要判断"
	}
	q := ""
	if anyOf(in.Text, "吗", "？", "?", "怎么", "多久", "什么", "能不能", "呢") {
		q = cut(in.Text, 30)
	}
	switch {
	case why != "" && q != "":
		return why + "；" + q
	case why != "":
		return why
	case q != "":
		return q
	}
	return "等待顾客补充"
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
