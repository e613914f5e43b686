package bot

import (
	"strings"

	"agentdesk/sync/label"
)

// topics are the words by which an intent finds its policy sections, the weightiest first.
func topics(it label.Intent, text string) []string {
	var out []string
	add := func(trigger []string, words ...string) {
		if len(trigger) == 0 || containsAny(text, trigger...) {
			out = append(out, words...)
		}
	}
	switch it {
	case label.OutOfScope, label.HumanRequest:
		add([]string{"夜", "凌晨", "半夜"}, "夜间留言", "人工不在线")
		add([]string{"上班", "下班", "营业", "客服时间", "在线", "工作时间", "有人", "几点"}, "人工客服时间")
	case label.ReturnRefund:
		add([]string{"拒收"}, "拒收与退回", "拒收")
		add([]string{"没拆", "未拆", "没开封", "未开封"}, "七天无理由", "未拆封")
		add([]string{"过敏", "又红", "痒", "刺痛", "红疹", "泛红", "肿", "烂脸", "爆痘"}, "过敏无忧退", "过敏")
		add([]string{"到账", "多久", "退款", "进度", "几天", "哪步", "哪一步", "到哪"}, "退款", "到账", "原路")
		add([]string{"运费", "谁出", "邮费"}, "退货运费", "运费险", "无理由")
		add([]string{"拆", "用过", "开封", "用了"}, "拆封", "已使用", "完好")
		add(nil, "无理由", "退货", "退换")
	case label.Exchange:
		add([]string{"运费"}, "运费")
		add(nil, "换货", "退换", "无理由")
	case label.DamagedMissing:
		add([]string{"少", "漏发", "缺", "没收到", "错", "不是我", "没有", "赠品", "只有", "只收到"}, "少发", "错发", "漏发")
		add(nil, "破损", "漏液", "补发")
	case label.AdverseReaction:
		add(nil, "过敏无忧退", "过敏", "不良反应")
	case label.PriceProtection:
		add(nil, "价保", "保价", "差价")
	case label.Invoice:
		add([]string{"写错", "换开", "红冲", "重开"}, "换开", "红冲")
		add([]string{"专票", "专用", "普票"}, "发票类型", "专用发票")
		add([]string{"多久", "几天", "什么时候", "好了", "帮我开", "给我开"}, "开具时间")
		add(nil, "发票", "专票", "抬头")
	case label.Membership:
		if containsAny(text, "升金", "升银", "升铂", "升黑", "升级", "怎么升", "才能升", "到铂金", "到金卡", "到银卡", "到黑金", "还差", "还得花", "还要花") {
			return []string{"累计实付消费"}
		}
		add([]string{"生日"}, "生日")
		add([]string{"积分"}, "积分")
		add([]string{"升级", "黑金", "铂金", "金卡", "条件", "权益", "等级"}, "升级", "累计消费", "等级", "权益")
		add(nil, "积分", "会员", "等级")
	case label.Logistics:
		add([]string{"取件", "几天内取", "驿站", "代收", "放哪", "丰巢", "自提"}, "自提点与代收", "取件码")
		add([]string{"拒收"}, "拒收与退回", "拒收")
		add([]string{"包邮", "运费", "新疆", "西藏"}, "包邮", "运费")
		add([]string{"什么快递", "顺丰", "哪家快递", "中通"}, "快递公司", "顺丰")
		add([]string{"丢", "没收到"}, "丢件")
		add([]string{"更新", "不动", "没动", "停", "卡", "丢"}, "停滞")
		add(nil, "配送时效", "送达", "时效")
	case label.OrderStatus:
		add([]string{"今晚", "今天", "几点前"}, "当晚发货", "发货时间")
		add([]string{"还没", "不发", "没发", "天", "催", "周"}, "延迟发货")
		add(nil, "发货时间", "发货")
	case label.ChangeOrder:
		add(nil, "修改", "地址", "取消", "发货前")
	case label.PricePromo:
		add([]string{"包邮", "运费", "邮费", "免邮"}, "包邮", "运费")
		add([]string{"叠加"}, "叠加")
		add([]string{"保价", "价保", "降价"}, "价保", "保价")
		add([]string{"赠品", "小样"}, "赠品")
	case label.Authenticity:
		add(nil, "正品", "防伪", "授权", "备案")
	case label.PaymentIssue:
		add(nil, "支付", "重复扣款", "付款", "重复支付")
	case label.PromiseDispute:
		add(nil, "承诺", "赠品")
	case label.Complaint:
		add([]string{"退"}, topics(label.ReturnRefund, text)...)
		add([]string{"发货", "不发"}, "延迟发货")
		add([]string{"物流", "快递", "没到"}, "停滞", "时效")
		add([]string{"赠品", "直播", "说好", "承诺"}, "承诺")
	case label.Suitability:
		add([]string{"过敏"}, "过敏无忧退")
	}
	return out
}

// Weights of the words by which an intent finds its sections, beside what the customer's own words say.
const (
	topicShare = 0.25 // of their sum
	topicMost  = 1.0  // of all of them together
)

// prior is what an intent says of each section of the rules, by the topic's words: in the title they weigh more, earlier words
// weigh more.
func prior(b *rulebook, it label.Intent, now, text string) []float64 {
	words := topics(it, text)
	if own := topics(it, now); len(own) > len(topics(it, "")) {
		words, text = own, now // it says by itself which side of the matter is meant
	}
	if len(words) == 0 {
		return nil
	}
	out := make([]float64, len(b.facts))
	for k, f := range b.facts {
		s := 0.0
		for i, w := range words {
			weight := 1 / float64(i+1)
			if strings.Contains(text, w) {
				weight *= 2 // the customer's own word
			}
			if strings.Contains(f.Source.Title, w) {
				s += 3 * weight
			}
			if strings.Contains(f.Title, w) {
				s += 3 * weight
			}
			if strings.Contains(f.Text, w) {
				s += weight
			}
		}
		out[k] = min(topicMost, s*topicShare)
	}
	return out
}
