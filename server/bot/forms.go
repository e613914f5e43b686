package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// Till is what the bot does in a shop at a customer's wish.
type Till interface {
	OrderOf(ctx context.Context, who, order string) (shop.Order, error)
	AskReturn(ctx context.Context, who, order string, ask shop.ReturnAsk) (shop.Order, error)
	ChangeAddress(ctx context.Context, who, order string, to shop.Recipient) (shop.Order, error)
	CancelOrder(ctx context.Context, who, order string) (shop.Order, error)
	ProtectPrice(ctx context.Context, who, order, key string) (shop.PriceBack, error)
	AskInvoice(ctx context.Context, who, order string, to shop.InvoiceTo) (shop.Order, error)
	NotifyStock(ctx context.Context, who, variant string) error
	ClaimCoupon(ctx context.Context, who, coupon string) (shop.OrderCoupon, error)
	Cart(ctx context.Context, who string) (shop.Cart, error)
	AddOnce(ctx context.Context, who, variant string, quantity int, key string) (shop.Cart, error)
	SetQuantity(ctx context.Context, who, variant string, quantity int) (shop.Cart, error)
}

// maxReason bounds what the customer says to a return, in runes: the shop keeps no more.
const maxReason = 160

// wantsReturn reports whether somebody asks for a return to be made, rather than how returns go.
func (in Input) wantsReturn() bool {
	return containsAny(in.Text, "发起申请", "申请退", "申请售后", "申请换", "我要退", "我要换", "想退", "想换", "帮我退", "帮我换", "给我退", "要退货", "要退款", "要换货", "退了吧", "退掉",
		"办退", "办理退", "办理换", "怎么申请")
}

// wantsAddress reports whether somebody asks for an order to go elsewhere.
func (in Input) wantsAddress() bool {
	return containsAny(in.Text, "地址", "收货人", "收件人", "寄到", "寄去", "改到", "电话写错", "手机号写错", "换个电话")
}

func returnable(o shop.Order) bool {
	return (o.Return == nil || o.Return.State == shop.ReturnDeclined) && (o.State == shop.Signed || o.State == shop.Paid)
}

func movable(o shop.Order) bool {
	return o.State == shop.Unpaid || o.State == shop.Paid || o.State == shop.Packed
}

// form is a plan that asks for a form, about the order of the talk where it fits, else the newest that does; false when there
// is no such order or nobody to take the form.
func form(in Input, f Found, name string, fits func(shop.Order) bool) (plan, bool) {
	if !in.forms || f.Customer.ID == "" {
		return plan{}, false
	}
	o := f.Order
	if o == nil || !fits(*o) {
		i := slices.IndexFunc(f.Orders, fits)
		if i < 0 || o != nil && f.OrderSure {
			return plan{}, false
		}
		o = &f.Orders[i]
	}
	vars, fact := orderVars(*o)
	p := ask("form."+name, vars, fact)
	p.form, p.formRef, p.bare = name, o.ID, false
	return p, true
}

// Media is what the bot says to what it cannot look at or listen to; a person has to.
func (e *Engine) Media(conversation string, kind event.MessageKind) Reply {
	what := map[event.MessageKind]string{event.Image: "图片", event.Voice: "语音", event.File: "文件"}[kind]
	return Reply{Text: e.templates.render("media", pick(conversation, 0), map[string]string{"what": what}), Action: Escalate, Reason: label.ByBotFailed, Code: "media", Steps: []Step{{Code: "media"}}}
}

// Filled is a form that a customer filled in.
type Filled struct {
	Conversation, CustomerID string
	Form                     string
	Fields                   map[string]string
	Pictures                 []string // what the customer sent in this chat, by name
	Since                    time.Time
}

// Outcome is what became of it.
type Outcome struct {
	Done   bool
	Notice string // code of the notice that says it in a chat that a person holds
	Order  string // as people name it
	Why    string // when not Done: a sentence in the shop's language
	Reply  Reply  // what the bot says where it holds the seat
}

// Fill does in the shop what a form asks for, and says what came of it. Filling the same form again changes nothing more. It
// returns an error only when ctx ended.
func (e *Engine) Fill(ctx context.Context, in Filled) (Outcome, error) {
	out := Outcome{Order: tail(in.Fields["order"])}
	var o shop.Order
	var err error
	switch {
	case e.p.Till == nil:
		err = errors.New("the shop takes no forms")
	case in.Form == event.FormReturn:
		out.Notice = conversation.NoticeReturnDone
		o, err = e.askReturn(ctx, in)
	case in.Form == event.FormAddress:
		out.Notice = conversation.NoticeAddressDone
		o, err = e.changeAddress(ctx, in)
	default:
		err = fmt.Errorf("no form %q", in.Form)
	}
	if ctx.Err() != nil {
		return out, ctx.Err()
	}
	if err != nil {
		out = e.refused(ctx, in, out, err)
		out.Reply.Uses = []Use{filledUse(in, 0, err)}
		return out, nil
	}
	out.Done, out.Order = true, tail(o.ID)
	vars, fact := orderVars(o)
	facts := []Fact{fact}
	code := "form." + in.Form + ".done"
	switch r := o.Return; {
	case in.Form != event.FormReturn:
	case r == nil:
		code = "form.return.cancelled"
	default:
		vars["case"], vars["kind"] = r.ID, r.Kind.Zh()
		says := fmt.Sprintf("%s申请 %s，%s", vars["kind"], r.ID, r.State.Zh())
		if r.RefundFen > 0 {
			vars["refund"] = "，应退 " + yuan(r.RefundFen)
			says += vars["refund"]
		}
		if r.State == shop.ReturnPaid {
			code = "form.return.cancelled"
		}
		facts = append(facts, orderFact(o, says))
		if sec := e.section(ctx, label.ReturnRefund, r.Kind.Zh()); sec.Text != "" {
			vars["policy"] = quote(sec)
			facts = append(facts, sec)
		}
	}
	out.Reply = e.fixed(in, code, vars, facts, Answer)
	if r := o.Return; in.Form == event.FormReturn && r != nil && r.State == shop.ReturnAsked && r.RefundFen > e.limit {
		// It is asked for; whether so much goes back is a person's to decide.
		out.Reply.Text += e.templates.render("limit.return", pick(in.Conversation, len(in.Fields)), nil)
		out.Reply.Action, out.Reply.Reason = Escalate, label.ByOutOfPolicy
	}
	var fen int64
	if r := o.Return; in.Form == event.FormReturn && r != nil {
		fen = r.RefundFen
	}
	out.Reply.Uses = []Use{filledUse(in, fen, nil)}
	return out, nil
}

// filledUse is the tool behind a form. Of what was filled in it tells what the shop decides by, and nothing that says who somebody is.
func filledUse(in Filled, fen int64, err error) Use {
	c := call{Tool: toolAddress, Args: map[string]string{"order": in.Fields["order"]}}
	if in.Form == event.FormReturn {
		c.Tool = toolReturn
		for _, k := range []string{"reason", "refund"} {
			if v := in.Fields[k]; v != "" {
				c.Args[k] = v
			}
		}
	}
	return outcome(c, fen, err)
}

// fixed is a reply that is said as it stands.
func (e *Engine) fixed(in Filled, code string, vars map[string]string, facts []Fact, act Action) Reply {
	p := plan{code: code, facts: facts, action: act}
	r := Reply{Text: e.templates.render(code, pick(in.Conversation, len(in.Fields)), vars), Sources: sources(facts), Action: act, Code: code, Did: p.did(""), Steps: []Step{{Code: code}}}
	if missing := e.check.Missing(r.Text, factTexts(facts)); len(missing) > 0 {
		e.p.Log.Error("scripted answer is not grounded", "code", code, "missing", missing)
		r.Text, r.Sources = e.templates.render("form.noted", 0, nil), nil
	}
	return r
}

func (e *Engine) askReturn(ctx context.Context, in Filled) (shop.Order, error) {
	o, err := e.p.Till.OrderOf(ctx, in.CustomerID, in.Fields["order"])
	if err != nil {
		return o, err
	}
	if r := o.Return; r != nil && !r.AskedAt.Before(in.Since.Truncate(time.Second)) {
		return o, nil // by this very form, before the server was stopped
	}
	return e.p.Till.AskReturn(ctx, in.CustomerID, o.ID, returnAsk(in, o))
}

// returnAsk reads a form as the shop's rules name its grounds.
func returnAsk(in Filled, o shop.Order) shop.ReturnAsk {
	reasons := map[string]string{"allergy": "过敏不适", "broken": "破损或质量问题", "wrong": "发错或少发", "dislike": "不喜欢或不合适", "other": "其他原因"}
	ask := shop.ReturnAsk{Kind: shop.ReturnPlain, Reason: reasons[in.Fields["reason"]]}
	if ask.Reason == "" {
		ask.Reason = reasons["other"]
	}
	switch in.Fields["reason"] {
	case "allergy":
		ask.Kind, ask.Opened = shop.ReturnAllergy, true
	case "broken", "wrong":
		ask.Kind = shop.ReturnFault
	}
	switch {
	case o.State == shop.Paid || o.State == shop.Unpaid || o.State == shop.Packed:
		ask.Kind = shop.ReturnCancel
	case in.Fields["refund"] == "exchange":
		ask.Kind = shop.ReturnSwap
	}
	if more := strings.Join(strings.Fields(in.Fields["detail"]), " "); more != "" {
		if rs := []rune(more); len(rs) > maxReason {
			more = string(rs[:maxReason])
		}
		ask.Reason += "：" + more
	}
	if ask.Kind == shop.ReturnFault || ask.Kind == shop.ReturnAllergy || ask.Kind == shop.ReturnSwap {
		ask.Pictures = in.Pictures[max(0, len(in.Pictures)-9):]
	}
	return ask
}

func (e *Engine) changeAddress(ctx context.Context, in Filled) (shop.Order, error) {
	f := in.Fields
	return e.p.Till.ChangeAddress(ctx, in.CustomerID, f["order"], shop.Recipient{Name: f["name"], Phone: f["phone"], Address: strings.TrimSpace(f["region"] + f["street"])})
}

// refused explains why the shop did not do it. What a person could still settle leads to one.
func (e *Engine) refused(ctx context.Context, in Filled, out Outcome, err error) Outcome {
	if out.Notice == conversation.NoticeAddressDone {
		out.Notice = conversation.NoticeAddressRefused
	} else {
		out.Notice = conversation.NoticeReturnRefused
	}
	vars := map[string]string{"order": out.Order}
	var facts []Fact
	code, act := "form.refused", Answer
	switch {
	case errors.Is(err, shop.ErrNotFound):
		out.Why = "没有查到这笔订单，请核对后再试"
	case errors.Is(err, shop.ErrInvalid):
		out.Why = invalidWhy(in)
	case errors.Is(err, shop.ErrState):
		o, oerr := e.p.Till.OrderOf(ctx, in.CustomerID, in.Fields["order"])
		if oerr != nil {
			out.Why = "订单目前的状态不能办理"
			break
		}
		more, fact := orderVars(o)
		facts = append(facts, fact)
		out.Order, out.Why = tail(o.ID), "订单目前"+more["state"]+"，不能办理"
		switch r := o.Return; {
		case in.Form == event.FormReturn && r != nil && r.State != shop.ReturnDeclined:
			out.Why = fmt.Sprintf("这笔订单已有售后申请 %s，目前%s", r.ID, r.State.Zh())
			facts = append(facts, orderFact(o, "售后申请 "+r.ID+" "+r.State.Zh()))
		case in.Form == event.FormReturn && o.State == shop.Signed:
			out.Why = day(o.SignedAt) + "签收，已超过规则的期限"
			facts = append(facts, orderFact(o, "，"+day(o.SignedAt)+"签收"))
			if sec := e.section(ctx, label.ReturnRefund, in.Fields["reason"]); sec.Text != "" {
				vars["policy"] = "规则是：" + quote(sec)
				facts = append(facts, sec)
			}
		}
	default:
		e.p.Log.Warn("form not taken to the shop", "form", in.Form, "err", err)
		out.Why, code, act = "店铺系统暂时没有响应", "form.down", Escalate
	}
	vars["why"], vars["order"] = out.Why, out.Order
	out.Reply = e.fixed(in, code, vars, facts, act)
	if act == Escalate {
		out.Reply.Reason = label.ByBotFailed
	} else {
		out.Reply.Quick = []string{"转人工"}
	}
	return out
}

// invalidWhy says which field of a form is wrong, as far as one can tell.
func invalidWhy(in Filled) string {
	if in.Form == event.FormAddress {
		digits := 0
		for _, r := range in.Fields["phone"] {
			if r >= '0' && r <= '9' {
				digits++
			}
		}
		switch {
		case digits < 7 || digits > 15:
			return "手机号填写有误"
		case utf8.RuneCountInString(in.Fields["region"]+in.Fields["street"]) < 5:
			return "地址填写不完整"
		}
	}
	return "填写的内容不完整或有误"
}

// section is the part of the policies that bears on a matter, the zero Fact when the shop does not tell.
func (e *Engine) section(ctx context.Context, it label.Intent, text string) Fact {
	_, b, err := indexes(ctx, e.p.Shop, nil)
	if err != nil {
		return Fact{}
	}
	if text == "allergy" {
		text = "过敏"
	}
	if all := b.find(text, prior(b, it, text, text)); len(all) > 0 {
		return all[0].Fact
	}
	return Fact{}
}
