package bot

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// answer is what a customer says to an offer.
type answer int

const (
	neither answer = iota
	yes
	no
)

// replied reads a yes or no to an offer. A question, or anything longer that is neither, is something else. To an offer that was
// made a while ago only its own words are a yes.
func replied(text string, m memory) answer {
	if m.pending == nil {
		return neither
	}
	t := strings.ToLower(strings.Trim(strings.TrimSpace(text), "。！!，,~～ 啦呀啊哈的"))
	if utf8.RuneCountInString(t) > 14 || containsAny(t, "吗", "?", "？", "多久", "什么", "怎么", "几", "哪", "多少", "呢", "是不是", "对不对", "好不好", "要不", "行不行", "能不能") {
		return neither
	}
	cancels := m.pending.Tool == toolCancel
	switch {
	case containsAny(t, "先不", "算了", "不用", "不要", "不了", "别", "等等", "等一下", "不取消", "不办", "再想想", "不加", "不改", "不领", "不确认", "no"):
		return no
	case t == "不", t == "不是", t == "取消" && !cancels, t == "不行":
		return no
	case strings.HasPrefix(t, "不"):
		return neither
	case containsAny(t, "确认", "确定", "办吧", "加吧", "领吧", "开吧", "取消吧", "就这样") && !containsAny(t, "不确"):
		return yes
	case m.held:
		return neither
	}
	for _, w := range []string{"是", "对", "好", "嗯", "可以", "行", "没错", "要", "ok", "yes", "okay", "恩", "得", "中", "麻烦", "对对", "好呀", "没问题"} {
		if rest, found := strings.CutPrefix(t, w); found {
			rest = strings.TrimLeft(rest, "，, 吧啊的滴嘞")
			if rest == "" || containsAny(rest, "取消", "加", "办", "领", "开", "谢", "麻烦", "对", "好", "是", "可以") {
				return yes
			}
		}
	}
	return neither
}

// act does what was offered, after the yes.
func (e *Engine) act(ctx context.Context, in Input, m memory) plan {
	c := *m.pending
	if c.Tool == toolInvoice {
		title, tax := in.invoice()
		if title == "" {
			title = "个人" // as it was offered
		}
		c.Args = map[string]string{"order": c.Args["order"], "title": title}
		if tax != "" {
			c.Args["tax"] = tax
		}
	}
	d, err := e.use(ctx, in.CustomerID, c, c.key(in.Conversation, m.asked.UTC().Format("20060102T150405")), m.asked.Unix())
	if err != nil {
		p := e.notDone(ctx, in, c, err)
		p.uses = append(p.uses, outcome(c, 0, err))
		return p
	}
	p := say("done."+c.Tool, map[string]string{})
	p.uses = append(p.uses, outcome(c, d.fen, nil))
	switch c.Tool {
	case toolCancel, toolInvoice, toolProtect:
		vars, fact := orderVars(d.order)
		p.vars = vars
		p.cite(fact)
		if d.fen > 0 {
			vars["money"] = yuan(d.fen)
			vars["back"] = vars["money"] + " 会按原支付路径退回。"
			p.cite(orderFact(d.order, "退回 "+vars["money"]))
		}
		if c.Tool == toolProtect && d.fen == 0 {
			p.code = "protect.none"
		}
		if sec := e.section(ctx, map[string]label.Intent{toolInvoice: label.Invoice, toolProtect: label.PriceProtection}[c.Tool],
			map[string]string{toolInvoice: "多久开具", toolProtect: "怎样申请保价"}[c.Tool]); sec.Text != "" {
			vars["policy"] = quote(sec)
			p.cite(sec)
		}
	case toolCoupon:
		p.vars["title"] = d.coupon.Title
		p.cite(Fact{Text: d.coupon.Title + "：" + d.coupon.Text, Source: event.Source{ID: d.coupon.ID, Kind: "promotion", Title: d.coupon.Title}})
	default:
		if prod, err := e.p.Shop.Product(ctx, c.Args["variant"]); err == nil {
			for _, v := range prod.Variants {
				if v.ID == c.Args["variant"] {
					p.vars["title"], p.vars["variant"], p.vars["n"], p.vars["pay"], p.variant = prod.Title, v.Name, strconv.Itoa(inCart(d.cart, v.ID)), yuan(v.PayFen()), v.ID
					p.cite(productFact(prod, v.Name+"，"+yuan(v.PayFen())+"，购物车里 ×"+p.vars["n"]))
				}
			}
		}
	}
	if c.Tool == toolCart || c.Tool == toolSet {
		p.quick = []string{"付款链接"}
	}
	p.fixed = true
	return p
}

// inCart is how many of a variant a cart holds.
func inCart(c shop.Cart, variant string) int {
	for _, l := range c.Lines {
		if l.VariantID == variant {
			return l.Quantity
		}
	}
	return 0
}

// notDone says why something was not done. What a person could settle leads to one.
func (e *Engine) notDone(ctx context.Context, in Input, c call, err error) plan {
	var short *shop.StockError
	switch {
	case ctx.Err() != nil:
		return say("tool.down", nil)
	case errors.As(err, &short):
		return say("tool.stock", nil)
	case errors.Is(err, ErrLimit):
		if o, oerr := e.p.Till.OrderOf(ctx, in.CustomerID, c.Args["order"]); oerr == nil {
			vars, fact := orderVars(o)
			return above(vars, fact)
		}
		return above(nil)
	case errors.Is(err, shop.ErrNotFound), errors.Is(err, ErrForbidden):
		return say("order.unknown", nil)
	case errors.Is(err, shop.ErrState), errors.Is(err, shop.ErrInvalid), errors.Is(err, shop.ErrFull):
		p := say("tool.refused", nil)
		if o, oerr := e.p.Till.OrderOf(ctx, in.CustomerID, c.Args["order"]); oerr == nil {
			vars, fact := orderVars(o)
			p = say("cancel.late", vars, fact)
		}
		p.quick = []string{"转人工"}
		return p
	}
	e.p.Log.Warn("tool failed", "tool", c.Tool, "err", err, "conversation", in.Conversation)
	p := say("tool.down", nil)
	p.action, p.reason, p.failed = Escalate, label.ByBotFailed, err.Error()
	return p
}
