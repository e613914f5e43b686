package copilot

import (
	"fmt"
	"strings"

	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// fill writes every candidate that suits the intent, each under its own strategy.
func (d *drafts) fill() {
	switch d.in.Intent {
	case label.AdverseReaction:
		d.adverse()
	case label.Logistics, label.OrderStatus:
		d.whereIsIt()
	case label.ReturnRefund, label.Exchange:
		d.returns()
	case label.DamagedMissing:
		d.damaged()
	case label.PromiseDispute, label.Complaint:
		d.complaint()
	case label.PriceProtection:
		d.remedy("核对价保", "我来核对您的下单价和现价，")
	case label.ChangeOrder:
		d.change()
	case label.PaymentIssue:
		d.payment()
	case label.Invoice:
		d.remedy("说明开票，收集抬头", "")
		d.add(70, "收集开票信息", d.hello()+"可以的。麻烦您发一下抬头、税号和接收邮箱，"+d.orderAsk()+"我来提交。", d.orderSource())
	case label.Membership:
		d.member()
	case label.Suitability, label.Ingredient, label.Usage, label.Authenticity, label.Stock, label.PricePromo:
		d.product()
	case label.Recommend, label.Compare:
		d.product()
		d.alternative(78)
	case label.ThanksBye, label.Chitchat:
		d.warm()
	case label.Greeting, label.HumanRequest:
		d.open()
	}
	d.common()
}

func (d *drafts) order() *Order {
	if len(d.in.Facts.Orders) == 0 {
		return nil
	}
	return &d.in.Facts.Orders[0]
}

func (d *drafts) orderSource() event.Source {
	if o := d.order(); o != nil {
		return o.Source
	}
	return event.Source{}
}

func (d *drafts) orderName() string {
	o := d.order()
	if o == nil {
		return ""
	}
	s := "订单 " + tail(o.ID)
	if len(o.Items) > 0 {
		s += "（" + strings.Join(o.Items[:min(2, len(o.Items))], "、") + "）"
	}
	return s
}

// orderAsk confirms the order we see, or asks for one.
func (d *drafts) orderAsk() string {
	if n := d.orderName(); n != "" {
		return "确认一下是" + n + "吗？"
	}
	return "方便告诉我订单号后四位吗？"
}

func (d *drafts) policy() (Policy, bool) {
	if len(d.in.Facts.Policies) == 0 {
		return Policy{}, false
	}
	return d.in.Facts.Policies[0], true
}

func (d *drafts) asked() *Product {
	for i := range d.in.Facts.Products {
		if d.in.Facts.Products[i].Asked {
			return &d.in.Facts.Products[i]
		}
	}
	return nil
}

func (d *drafts) adverse() {
	what := "这款产品"
	var src event.Source
	if p := d.asked(); p != nil {
		what, src = p.Title, p.Source
	} else if o := d.order(); o != nil && o.Sure && len(o.Items) == 1 {
		what, src = o.Items[0], o.Source
	}
	open := d.hello() + "看到您这么不舒服，我先陪您处理。"
	if d.upset() {
		open = d.hello() + "抱歉让您不舒服了，我先陪您处理。"
	}
	switch {
	case anyOf(d.in.Text, "吃", "误食", "吞", "喝"):
		d.add(94, "先确认安全", open+"请先漱口、喝些温水，不要自行催吐；把产品包装留好，方便看成分。若有呕吐、咳嗽或精神不好，请马上就医。请告诉我大概吃了多少、现在状态怎么样？", src)
	case anyOf(d.in.Text, "眼"):
		d.add(94, "先确认安全", open+"请先用流动清水缓慢冲洗眼睛，不要揉；若刺痛没有缓解、视物模糊或红肿，请尽快去眼科。现在感觉怎么样？", src)
	default:
		d.add(92, "先安抚，再给步骤", open+"请先停用 "+what+"，用清水轻柔洁面，暂时不叠加酸类、VC 和去角质产品，只做基础保湿；痒的话可以用冷毛巾轻敷，不要抓。若出现肿胀、渗液或呼吸不适，请尽快就医。", src)
	}
	if p, ok := d.policy(); ok {
		d.add(86, "给出无忧退方案", fmt.Sprintf("您不用担心这笔费用。%s%s需要我现在为您核对并提交吗？", p.quote(), d.orderAsk()), p.Source, d.orderSource())
	}
	d.add(80, "补齐关键信息", "为了判断得准一些，想请您补充几点：一共用了几次、有没有同时用别的产品、之前对什么成分过敏过。方便的话拍一张自然光下的照片，我请护肤顾问一起看（仅供参考，不代替医生诊断）。")
	d.alternative(66)
}

func (d *drafts) whereIsIt() {
	o := d.order()
	if o == nil {
		d.add(84, "先问订单", d.hello()+d.tone()+"我马上帮您查。方便告诉我订单号后四位，或收件手机号后四位吗？")
		d.remedy("说明发货与配送规则", "")
		return
	}
	if len(o.Parcels) == 0 {
		text := fmt.Sprintf("%s%s查到您的%s目前%s，%d 月 %d 日下单，还没有揽收记录。我现在催仓库核对出库时间，有结果马上在这里告诉您。", d.hello(), d.tone(), d.orderName(), o.Status, o.PlacedAt.Month(), o.PlacedAt.Day())
		d.add(92, "给出订单实况，催发货", text, o.Source)
		d.add(74, "问清时间要求", d.hello()+"想确认一下，您哪天之前要用到？我按这个时间和仓库沟通；若来不及，也可以先取消，或换成有现货的款。", o.Source)
	} else {
		var lines []string
		srcs := []event.Source{o.Source}
		late := false
		for _, p := range o.Parcels {
			s := fmt.Sprintf("%s %s %s", p.Carrier, p.Number, p.Status)
			if p.Last != "" {
				s += fmt.Sprintf("，%d 月 %d 日 %s %s", p.LastAt.Month(), p.LastAt.Day(), p.LastAt.Format("15:04"), strings.TrimRight(p.Last, "。"))
			}
			late = late || anyOf(p.Status, "停滞", "丢失")
			if !p.ETA.IsZero() && !anyOf(p.Status, "签收", "停滞", "丢失") {
				s += fmt.Sprintf("，预计 %d 月 %d 日送达", p.ETA.Month(), p.ETA.Day())
			}
			lines = append(lines, s)
			srcs = append(srcs, p.Source)
		}
		d.add(90, "先说包裹在哪", d.hello()+d.tone()+"查到您的"+d.orderName()+"："+strings.Join(lines, "；")+"。我会留意后续轨迹，有变化告诉您。", srcs...)
		switch {
		case late || anyOf(d.in.Text, "丢", "不动", "没更新", "停", "卡"):
			d.add(93, "联系快递核实，给出兜底", d.hello()+d.tone()+"我看到"+d.orderName()+"的轨迹停在"+lines[0]+"。我现在联系快递核实，并为您登记；若核实确认丢失，会按规则为您处理。"+d.quotePolicy(), append(srcs, d.policySource())...)
		case anyOf(d.in.Text, "签收") && anyOf(d.in.Text, "没收到", "没拿到", "不是我", "没看到", "没有"):
			d.add(95, "核实签收人", d.hello()+d.tone()+"系统显示"+lines[0]+"。请先看看家人、前台或驿站有没有代收；我同时联系快递核实签收位置，有结果马上回您。", srcs...)
		default:
			d.add(78, "主动催件", d.hello()+"我已经看到轨迹，现在帮您催派送，并请快递员送前电话联系您。您哪天之前需要收到？我按这个时间盯着。", srcs...)
		}
	}
	d.remedy("说明时效规则", "")
}

// quote states a policy as a customer reads it.
func (p Policy) quote() string {
	return sentence(p.Text)
}

func (d *drafts) policySource() event.Source {
	if p, ok := d.policy(); ok {
		return p.Source
	}
	return event.Source{}
}

func (d *drafts) quotePolicy() string {
	if p, ok := d.policy(); ok {
		return "规则是：" + p.quote()
	}
	return ""
}

func (d *drafts) returns() {
	verb, do := "退货", "退"
	if d.in.Intent == label.Exchange {
		verb, do = "换货", "换"
	}
	if p, ok := d.policy(); ok {
		text := d.hello() + d.tone() + "关于" + verb + "，规则是：" + p.quote()
		if n := d.orderName(); n != "" && d.order().Sure {
			text += "您的" + n + "目前" + d.order().Status + "，我核对符合条件后就为您提交。"
		} else if n != "" {
			text += "确认一下是" + n + "吗？我核对后为您提交。"
		} else {
			text += "方便告诉我订单号后四位吗？我来核对能不能办。"
		}
		d.add(90, "给出规则和下一步", text, p.Source, d.orderSource())
	}
	if o := d.order(); o != nil && anyOf(o.Status, "退") && anyOf(d.in.Text, "到账", "进度", "多久", "退款呢", "没退", "还没") {
		d.add(93, "说明退款进度", fmt.Sprintf("%s%s查到您的%s目前%s，金额 %s。我现在和财务核对到账节点，有结果马上告诉您，不让您再来问一遍。", d.hello(), d.tone(), d.orderName(), o.Status, yuan(o.TotalFen)), o.Source)
	}
	if d.upset() || d.in.Reason == label.ByDispute {
		d.add(88, "先道歉，担下来", d.hello()+"抱歉让您为"+verb+"来回沟通。我把前面的记录都看了，由我来核实原因，给您一个明确的答复，"+d.orderAsk(), d.orderSource())
	}
	if anyOf(d.in.Text, "到账", "进度", "多久", "退款呢", "运费", "谁出") {
		d.add(72, "约定回复", d.hello()+d.tone()+"这笔退款我来盯，"+d.orderAsk()+"查到节点马上在这里回您，不用再来问一遍。", d.orderSource())
		return
	}
	d.add(76, "问清原因，给选择", d.hello()+"想了解一下，是肤感不合适、不适应，还是商品有问题呢？原因不同处理方式不一样，我帮您选"+do+"得省心的一种。"+d.orderAsk(), d.orderSource())
	if anyOf(d.in.Text, "不合适", "不适合", "换", "不喜欢", "太油", "太干") {
		d.alternative(60)
	}
}

func (d *drafts) damaged() {
	open := d.hello() + "抱歉，收到这样的商品换谁都会失望。"
	if d.in.Emotion == label.Anxious {
		open = d.hello() + "您先别着急，我现在就处理。"
	}
	d.add(90, "先道歉，核对凭证", open+d.orderAsk()+"麻烦拍一张外箱面单和商品的照片，我马上登记。", d.orderSource())
	if p, ok := d.policy(); ok {
		d.add(87, "给出补发或退款方案", d.hello()+d.tone()+"这种情况的规则是："+p.quote()+"您更希望补发还是退款？您定下来，我就去办。", p.Source, d.orderSource())
	}
	d.add(74, "问清时间要求", d.hello()+"这件商品您哪天之前要用，是送人吗？我按您的时间看补发能不能赶上，赶不上就先给您退款，不耽误您。", d.orderSource())
}

func (d *drafts) complaint() {
	d.add(91, "先道歉，担下来", d.hello()+"前面的对话我都看了，抱歉让您有这样的体验。这件事由我来跟，"+d.orderAsk()+"我核实后给您一个明确的答复。", d.orderSource())
	if p, ok := d.policy(); ok {
		d.add(84, "给出可办的方案", d.hello()+d.tone()+"目前能为您办的是："+p.quote()+"如果这不够解决您的问题，您告诉我希望怎么处理，我去争取。", p.Source)
	}
	if d.in.Intent == label.PromiseDispute {
		d.add(88, "核对当时的承诺", d.hello()+d.tone()+"您说的承诺我去核对当时的直播和聊天记录。方便发一张截图，或告诉我大概日期吗？核实是我们说过的，就按说过的办。", d.orderSource())
	} else {
		d.add(76, "听清问题，问期望", d.hello()+"您最希望我先解决哪一点？是商品、物流，还是前面的服务？您说，我记下来逐项处理。")
	}
}

func (d *drafts) remedy(strategy, lead string) {
	p, ok := d.policy()
	if !ok {
		return
	}
	d.add(82, strategy, d.hello()+d.tone()+lead+"规则是："+p.quote()+d.ownOrder(), p.Source, d.orderSource())
}

func (d *drafts) ownOrder() string {
	if o := d.order(); o != nil && o.Sure {
		return "您的" + d.orderName() + "目前" + o.Status + "。"
	}
	return ""
}

func (d *drafts) change() {
	if o := d.order(); o != nil {
		if anyOf(o.Status, "发货", "签收") && !anyOf(o.Status, "待发货") {
			d.add(90, "说明已发出，尝试改派", fmt.Sprintf("%s%s您的%s目前%s，已经不能在仓库修改。请把新的内容完整发我一次，我马上联系快递尝试改派或拦截，能否成功以快递回复为准。", d.hello(), d.tone(), d.orderName(), o.Status), o.Source)
			d.remedy("说明修改规则", "")
			return
		}
		d.add(90, "先确认能不能改", fmt.Sprintf("%s%s您的%s目前%s。麻烦把要改的内容完整发我一次，我先请仓库暂缓，再为您修改。", d.hello(), d.tone(), d.orderName(), o.Status), o.Source)
	}
	d.remedy("说明修改规则", "")
	d.add(75, "核对修改内容", d.hello()+"好的，请发我：订单号后四位，以及改后的收件人、电话和地址（或要换的规格）。改好后我回您确认。")
}

func (d *drafts) payment() {
	if o := d.order(); o != nil {
		d.add(90, "核对扣款，让人放心", fmt.Sprintf("%s%s查到您的%s目前%s，金额 %s。请发一张扣款截图（遮住卡号），我和财务核对是否重复扣款；核实多扣的会原路退回。", d.hello(), d.tone(), d.orderName(), o.Status, yuan(o.TotalFen)), o.Source)
	}
	d.remedy("说明支付规则", "")
	d.add(76, "收集凭证", d.hello()+d.tone()+"麻烦发一下扣款时间、金额和支付方式的截图（卡号请遮住），我马上核对。")
}

func (d *drafts) member() {
	c := d.in.Facts.Customer
	if c.ID != "" {
		d.add(86, "说明等级和积分", fmt.Sprintf("%s您目前是%s会员，积分 %d 分。%s", d.hello(), tierZh(c.Tier), c.Points, d.quotePolicy()), event.Source{ID: c.ID, Kind: "customer", Title: "会员资料"}, d.policySource())
	}
	d.remedy("说明会员规则", "")
}

func tierZh(t string) string {
	switch t {
	case "silver":
		return "银卡"
	case "gold":
		return "金卡"
	case "platinum":
		return "铂金"
	case "black":
		return "黑金"
	}
	return "新客"
}

func (d *drafts) warm() {
	if d.in.Emotion == label.Delighted {
		d.add(88, "真诚致谢，邀请评价", "谢谢您的认可，看到您满意我很开心。方便的话，欢迎在订单里写几句使用感受，也能帮到其他顾客。")
	}
	d.add(84, "暖心收尾", "不客气，能帮到您就好。之后使用中有问题，随时来找我。")
	if o := d.order(); o != nil {
		d.add(70, "约定跟进", "不客气。您的"+d.orderName()+"我会继续留意，有变化在这里告诉您。", o.Source)
	}
}

func (d *drafts) open() {
	d.add(86, "接住，说明已看过", d.hello()+d.tone()+"前面的对话我都看过了，您不用重复。"+d.openQuestion())
	if o := d.order(); o != nil {
		d.add(76, "从订单切入", d.hello()+"看到您的"+d.orderName()+"目前"+o.Status+"，是想了解这一单吗？", o.Source)
	}
}

func (d *drafts) openQuestion() string {
	for i := len(d.in.Context) - 1; i >= 0; i-- {
		if t := d.in.Context[i]; t.Role == "customer" && len([]rune(t.Text)) > 5 {
			return "您刚才说的“" + cut(t.Text, 24) + "”，我现在来处理。"
		}
	}
	return "请问想先处理哪件事？"
}

// common are replies that suit nearly everything; they fill up, below what answers the matter.
func (d *drafts) common() {
	if d.in.Emotion.Grade() >= label.Anxious.Grade() && d.in.Intent != label.AdverseReaction {
		d.add(58, "安抚并约定回复", d.hello()+d.tone()+"这件事我来跟进，核实到结果马上在这里告诉您，您不用反复来问。")
	}
	if d.in.Intent == label.ThanksBye || d.in.Intent == label.Chitchat || d.in.Intent == label.Greeting {
		return
	}
	d.add(50, restate, d.hello()+"我确认一下，您说的是“"+cut(d.in.Text, 24)+"”，对吗？我核实清楚再答复您，不让您白等。")
}

func cut(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return s
}
