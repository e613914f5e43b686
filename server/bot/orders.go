package bot

import (
	"fmt"
	"slices"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

func orderFact(o shop.Order, text string) Fact {
	return Fact{Text: "订单 " + o.ID + " " + text, Source: event.Source{ID: o.ID, Kind: "order", Title: "订单 " + tail(o.ID)}}
}

// tail is how people name an order: its last four digits.
func tail(id string) string {
	if len(id) > 4 {
		return id[len(id)-4:]
	}
	return id
}

func items(o shop.Order) string {
	var out []string
	for i, l := range o.Lines {
		if i == 2 && len(o.Lines) > 3 {
			return strings.Join(out, "、") + fmt.Sprintf(" 等 %d 件", len(o.Lines))
		}
		out = append(out, strings.TrimSpace(l.Title+" "+l.Variant)+fmt.Sprintf(" ×%d", l.Quantity))
	}
	return strings.Join(out, "、")
}

// orderVars are the facts of an order as the templates use them, with the fact that holds them all.
func orderVars(o shop.Order) (map[string]string, Fact) {
	vars := map[string]string{"order": tail(o.ID), "state": o.State.Zh(), "items": items(o), "placed": day(o.PlacedAt), "total": yuan(o.TotalFen)}
	return vars, orderFact(o, fmt.Sprintf("尾号 %s，%s，%s，%s下单，金额 %s", vars["order"], vars["items"], vars["state"], vars["placed"], vars["total"]))
}

// parcels tells where each parcel of an order is, and cites each.
func parcels(o shop.Order) (string, []Fact) {
	var b strings.Builder
	var facts []Fact
	for i, p := range o.Parcels {
		if i == 3 {
			break
		}
		s := fmt.Sprintf("%s %s %s", p.Carrier, p.Number, p.State.Zh())
		if last := p.Last(); last.Text != "" {
			s += fmt.Sprintf("，%s %s", moment(last.At), strings.TrimRight(place(last), "。"))
		}
		if !p.ETA.IsZero() && p.State != shop.Delivered && p.State != shop.Delayed && p.State != shop.Lost {
			s += "，预计 " + day(p.ETA) + "送达"
		}
		b.WriteString(s + "。")
		facts = append(facts, Fact{Text: s, Source: event.Source{ID: p.Number, Kind: "parcel", Title: p.Carrier + " " + tail(p.Number)}})
	}
	return b.String(), facts
}

func place(t shop.TrackEvent) string {
	if t.Place == "" || strings.Contains(t.Text, t.Place) {
		return t.Text
	}
	return t.Place + "，" + t.Text
}

// onOrder resolves the order before an answer: who is not known cannot be told about orders.
func onOrder(in Input, f Found, then func(Input, shop.Order, Found) plan) plan {
	switch {
	case f.Unknown != "" && in.CustomerID != "":
		return notTheirs(f)
	case f.Customer.ID == "" && len(f.Sections) > 0 && in.meaning.wish == wish(label.PaymentIssue):
		return say("policy", map[string]string{"policy": quote(f.Sections[0])}, f.Sections[0])
	case f.Customer.ID == "" && len(f.Sections) > 0 && !containsAny(in.Text, "我的", "订单", "到哪", "没收到", "还没", "我买"):
		return say("policy", map[string]string{"policy": quote(f.Sections[0])}, f.Sections[0])
	case f.Customer.ID == "":
		p := ask("ask.signin", nil)
		p.quick = []string{"转人工"}
		return p
	case len(f.Orders) == 0:
		return ask("order.none", nil)
	case f.Order == nil:
		return ask("ask.order", nil)
	}
	return then(in, *f.Order, f)
}

func withPolicy(vars map[string]string, f Found, facts []Fact) []Fact {
	if len(f.Sections) == 0 {
		return facts
	}
	vars["policy"] = quote(f.Sections[0])
	return append(facts, f.Sections[0])
}

func logistics(in Input, o shop.Order, f Found) plan {
	if containsAny(in.Text, "包邮", "什么快递", "哪家快递", "哪个快递") && len(f.Sections) > 0 && len(o.Parcels) == 0 {
		return say("policy", map[string]string{"policy": quote(f.Sections[0])}, f.Sections[0])
	}
	if containsAny(in.Text, "能放", "放驿站", "不在家", "几天内取", "取件码", "超期", "保管费", "代收", "代签", "新疆", "西藏", "海外", "拒收") && len(f.Sections) > 0 {
		return policyWithOrder(f)
	}
	if o.Return != nil && containsAny(in.Text, "退钱", "退款", "退了", "钱退") {
		f.Order, f.OrderSure = &o, true
		return returns(in, f)
	}
	vars, fact := orderVars(o)
	if len(o.Parcels) == 0 {
		return say("logistics.none", vars, withPolicy(vars, f, []Fact{fact})...)
	}
	text, facts := parcels(o)
	vars["parcels"] = text
	facts = append([]Fact{fact}, facts...)
	for _, p := range o.Parcels {
		if p.State == shop.Delayed || p.State == shop.Lost {
			pl := say("logistics.stuck", vars, facts...)
			pl.action, pl.reason = Escalate, "anxious"
			return pl
		}
	}
	p := say("logistics.parcel", vars, facts...)
	p.quick = []string{"催一下物流", "转人工"}
	return p
}

func orderState(in Input, o shop.Order, f Found) plan {
	if o.Return != nil && (o.State == shop.Swapping || o.State == shop.Returning || o.State == shop.Refunding) {
		return afterSale(o)
	}
	if len(o.Parcels) > 0 && o.State == shop.Shipped {
		return logistics(in, o, f)
	}
	vars, fact := orderVars(o)
	facts := []Fact{fact}
	if o.State == shop.Paid || o.State == shop.Packed {
		facts = withPolicy(vars, f, facts)
	}
	return say("order.state", vars, facts...)
}

func change(in Input, o shop.Order, f Found) plan {
	if p, ok := form(in, f, event.FormAddress, movable); ok && in.wantsAddress() {
		return p
	}
	vars, fact := orderVars(o)
	p := say("change", vars, withPolicy(vars, f, []Fact{fact})...)
	p.quick = []string{"转人工"}
	return p
}

func payment(_ Input, o shop.Order, f Found) plan {
	vars, fact := orderVars(o)
	p := say("payment", vars, withPolicy(vars, f, []Fact{fact})...)
	p.quick = []string{"转人工"}
	return p
}

func returns(in Input, f Found) plan {
	if f.Unknown != "" && in.CustomerID != "" {
		return notTheirs(f)
	}
	if f.Order != nil && f.Order.Return != nil && (in.asksProgress() || f.OrderSure) && !containsAny(in.Text, "运费", "谁承担", "怎么退", "能退", "地址") {
		vars, fact := orderVars(*f.Order)
		r := f.Order.Return
		var next []Fact // what the rules say of the step to come
		s := fmt.Sprintf("%s申请，应退 %s，目前%s", day(r.AskedAt), yuan(r.RefundFen), r.State.Zh())
		switch {
		case !r.PaidAt.IsZero():
			s += fmt.Sprintf("，%s已退款，按原支付路径退回", day(r.PaidAt))
		case !r.BackAt.IsZero():
			s += fmt.Sprintf("，%s仓库已收到退货", day(r.BackAt))
			if !r.DueAt.IsZero() {
				s += fmt.Sprintf("，预计不晚于 %s退款", day(r.DueAt))
			}
		default:
			s += "，退货还没有到仓"
			if i := slices.IndexFunc(f.Sections, func(x Fact) bool { return strings.Contains(x.Text, "验收") }); i >= 0 {
				vars["policy"], next = quote(f.Sections[i]), f.Sections[i:i+1]
			}
		}
		vars["return"] = s + "。"
		p := say("return.progress", vars, append([]Fact{orderFact(*f.Order, s), fact}, next...)...)
		if r.PaidAt.IsZero() && !r.DueAt.IsZero() && in.Now.After(r.DueAt) && in.meaning.res.Emotion.Grade() >= label.Anxious.Grade() {
			// The shop is late: what the rules promise for that is a person's to keep.
			p.action, p.reason = Escalate, label.ByAnxiety
			vars["policy"] = "已经超过时限，我请同事来加急处理。"
		}
		return p
	}
	if in.tools() && f.Order != nil && f.OrderSure && (f.Order.State == shop.Paid || f.Order.State == shop.Unpaid) && (in.wantsReturn() || containsAny(in.Text, "退了", "退掉", "退单")) {
		f.OrderNamed = true
		return cancel(in, f) // not sent yet: nothing has to come back
	}
	if p, ok := form(in, f, event.FormReturn, returnable); ok && in.wantsReturn() {
		return p
	}
	return policyWithOrder(f)
}

// policyWithOrder states the policy and, where the order is clear, how it stands.
func policyWithOrder(f Found) plan {
	if len(f.Sections) == 0 {
		return unknown()
	}
	vars := map[string]string{"policy": quote(f.Sections[0])}
	if f.Order == nil || !f.OrderSure {
		p := say("policy", vars, f.Sections[0])
		p.quick = []string{"发起申请", "转人工"}
		return p
	}
	more, fact := orderVars(*f.Order)
	for k, v := range more {
		vars[k] = v
	}
	p := say("policy.order", vars, f.Sections[0], fact)
	p.quick = []string{"发起申请", "转人工"}
	return p
}

func damaged(f Found) plan {
	vars := map[string]string{"ask": "请拍一张外箱和商品的照片发来，我核对后请同事为您处理。"}
	var facts []Fact
	if f.Order != nil && f.OrderSure {
		more, fact := orderVars(*f.Order)
		vars["ask"] = fmt.Sprintf("是订单 %s（%s）吗？请拍一张外箱和商品的照片发来，核对后同事会为您处理。", more["order"], more["items"])
		facts = append(facts, fact)
	}
	facts = withPolicy(vars, f, facts)
	p := ask("damaged", vars, facts...)
	p.quick = []string{"转人工"}
	return p
}

func membership(f Found) plan {
	vars := map[string]string{}
	var facts []Fact
	if len(f.Sections) > 0 {
		facts = withPolicy(vars, f, facts)
	}
	if f.Customer.ID != "" {
		vars["tier"], vars["points"] = tierZh(f.Customer.Tier), fmt.Sprint(f.Customer.Points)
		facts = append(facts, Fact{Text: fmt.Sprintf("%s会员，积分 %s 分，%s积分", vars["tier"], vars["points"], vars["points"]),
			Source: event.Source{ID: f.Customer.ID, Kind: "customer", Title: "会员资料"}})
		return say("membership", vars, facts...)
	}
	if vars["policy"] == "" {
		return unknown()
	}
	return say("policy", vars, facts...)
}

func tierZh(t shop.Tier) string {
	switch t {
	case shop.Silver:
		return "银卡"
	case shop.Gold:
		return "金卡"
	case shop.Platinum:
		return "铂金"
	case shop.Black:
		return "黑金"
	}
	return "新客"
}

// afterSale tells where a return or an exchange stands.
func afterSale(o shop.Order) plan {
	vars, fact := orderVars(o)
	vars["case"], vars["kind"], vars["step"] = o.Return.ID, o.Return.Kind.Zh(), o.Return.State.Zh()
	return say("return.state", vars, orderFact(o, vars["kind"]+"申请 "+o.Return.ID+"，"+vars["step"]), fact)
}
