package bot

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// spokenPlan is a plan in words.
type spokenPlan struct {
	plan
	text  string
	wish  wish
	steps []Step
}

// respond decides and words a turn. A yes or no to what was offered comes first, then each wish of the message in its turn.
func (e *Engine) respond(ctx context.Context, in Input, res understand.Result, m memory) (spokenPlan, Found, error) {
	if !res.Escalate && in.forms {
		switch replied(in.Text, m) {
		case yes:
			pl := e.act(ctx, in, m)
			text, pl := e.write(in, res, pl)
			return spokenPlan{pl, text, m.wish, []Step{{string(m.wish), pl.code}}}, Found{}, ctx.Err()
		case no:
			pl := say("offer.dropped", nil)
			text, pl := e.write(in, res, pl)
			dropped := spokenPlan{pl, text, m.wish, []Step{{string(m.wish), pl.code}}}
			return e.instead(ctx, in, res, m, dropped)
		}
	}
	chance := ""
	if !res.Escalate {
		if on, ok := Consent(in.Text); ok {
			text, pl := e.write(in, res, consented(on))
			if !on && strings.HasPrefix(m.lastBot[didCode], chanceCode) {
				pl.chance = event.ChanceDeclined
			}
			return spokenPlan{pl, text, m.wish, []Step{{string(m.wish), pl.code}}}, Found{}, ctx.Err()
		}
		switch taken(in.Text, m) {
		case no:
			text, pl := e.write(in, res, say("unasked.dropped", nil))
			pl.chance = event.ChanceDeclined
			return spokenPlan{pl, text, m.wish, []Step{{string(m.wish), pl.code}}}, Found{}, ctx.Err()
		case yes:
			chance = event.ChanceAccepted
			in.Text = e.tapped(ctx, m.meansBy(in.Text), m)
		}
	}
	in.said = in.Text
	parts := []string{e.re.plain(in.Text)}
	if !res.Escalate && !serious(res.Intent) {
		parts = e.re.clauses(parts[0])
	}
	var out spokenPlan
	var last Found
	for i, part := range parts {
		one, of := in, res
		one.Text = part
		if len(parts) > 1 {
			var err error
			if of, err = e.p.Understand.Understand(ctx, understand.Input{Context: in.Context, Tier: in.Tier, BasketFen: in.BasketFen, Text: part}); err != nil {
				return out, last, fmt.Errorf("understand a part: %w", err)
			}
			of.Emotion, of.Escalate = res.Emotion, false
		}
		said, found, err := e.answer(ctx, one, of, m)
		if err != nil {
			return out, found, err
		}
		if len(parts) == 1 {
			if better, of, ok := e.again(ctx, one, res, m, said); ok {
				said, found = better, of
			}
		}
		if last = found; i == 0 {
			out = said
		} else if !out.asks() || !said.asks() { // one question back is enough
			out.join(said)
		}
		if out.action == Escalate {
			break
		}
		m.follow(said)
	}
	e.keepOffer(&out, in, m)
	out.chance = chance
	return out, last, nil
}

// tapped names the two products that are to be compared.
func (e *Engine) tapped(ctx context.Context, text string, m memory) string {
	if text != tapCompare || len(m.listed) < 2 {
		return text
	}
	a, err1 := e.p.Shop.Product(ctx, m.listed[0])
	b, err2 := e.p.Shop.Product(ctx, m.listed[1])
	if err1 != nil || err2 != nil {
		return text
	}
	return a.Title + "和" + b.Title + "比较，哪个好"
}

// instead answers what somebody wants who dropped an offer in the same breath: “先别取消，地址改一下”.
func (e *Engine) instead(ctx context.Context, in Input, res understand.Result, m memory, dropped spokenPlan) (spokenPlan, Found, error) {
	_, rest, more := strings.Cut(strings.ReplaceAll(e.re.plain(in.Text), ",", "，"), "，")
	in.Text = rest
	if rest = strings.TrimSpace(rest); !more || e.re.states(rest) == "" && !in.wantsAddress() && !asksFor(rest) {
		return dropped, Found{}, ctx.Err()
	}
	of, err := e.p.Understand.Understand(ctx, understand.Input{Context: in.Context, Tier: in.Tier, BasketFen: in.BasketFen, Text: rest})
	if err != nil {
		return dropped, Found{}, fmt.Errorf("understand a part: %w", err)
	}
	if in.wantsAddress() {
		of.Intent = label.ChangeOrder
	}
	of.Emotion, of.Escalate, m.pending = res.Emotion, false, nil
	in.said = in.Text
	said, found, err := e.answer(ctx, in, of, m)
	if err != nil || said.action == Escalate {
		return dropped, found, err
	}
	dropped.join(said)
	return dropped, found, nil
}

// follow lets the next wish of a message lean on the one before.
func (m *memory) follow(said spokenPlan) {
	d := said.did(said.wish)
	if goods := split(d[didGoods]); len(goods) == 1 {
		m.focus, m.variant = goods[0], d[didVariant]
	}
	if orders := split(d[didOrders]); len(orders) > 0 {
		m.order = orders[0]
	}
}

// join adds the answer to another wish of the same message.
func (p *spokenPlan) join(q spokenPlan) {
	p.text = strings.TrimSpace(p.text + "\n" + q.text)
	p.facts, p.cards = append(p.facts, q.facts...), append(p.cards, q.cards...)
	p.fixed = p.fixed || q.fixed
	p.steps, p.uses = append(p.steps, q.steps...), append(p.uses, q.uses...)
	if q.action != Answer {
		p.action, p.reason, p.code = q.action, q.reason, q.code
	}
	if len(q.quick) > 0 {
		p.quick = q.quick
	}
	if q.form != "" {
		p.form, p.formRef = q.form, q.formRef
	}
	if q.offer != nil {
		p.offer = q.offer
	}
	if q.link != "" {
		p.link = q.link
	}
	if q.variant != "" {
		p.variant = q.variant
	}
	if !q.wish.courteous() {
		p.wish = q.wish
	}
}

// answer finds, decides and words one wish.
func (e *Engine) answer(ctx context.Context, in Input, res understand.Result, m memory) (spokenPlan, Found, error) {
	mean := meant(in.Text, res, m, e.re)
	in.mem, in.meaning, in.Text = &m, mean, mean.text
	if !res.Escalate {
		res = mean.res
	} else if res.Reason == label.ByAnxiety {
		res.Intent = mean.res.Intent // whether the matter is settled at once is seen by what it is
	}
	var err error
	if in.forms && in.CustomerID != "" && (mean.wish == wantCart || mean.wish == wantPay || mean.wish == wantBasket || mean.wish == wantGap || ofCart(in.Text)) {
		in.cart, err = e.p.Till.Cart(ctx, in.CustomerID)
		if errors.Is(err, shop.ErrNotFound) {
			err = nil
		}
	}
	var found Found
	if err == nil {
		found, err = e.find(ctx, in, res)
	}
	var pl plan
	switch {
	case ctx.Err() != nil:
		return spokenPlan{}, found, ctx.Err()
	case err != nil:
		e.p.Log.Warn("bot facts unavailable", "err", err, "conversation", in.Conversation)
		if pl = say("shop.down", nil); res.Escalate {
			pl = escalation(res.Reason, Found{})
		}
	default:
		pl = decide(in, res, found)
	}
	text, pl := e.write(in, res, pl)
	w := mean.wish
	if w.courteous() && pl.code != "unclear" {
		w = m.wish // small talk does not end a matter
	}
	return spokenPlan{pl, text, w, []Step{{string(mean.wish), pl.code}}}, found, nil
}

// ofCart reports whether a text speaks of what is in the cart.
func ofCart(text string) bool { return containsAny(text, "购物车里", "车里的", "车里那") }

// keepOffer keeps what waits for a yes while something else is spoken about, and says so once.
func (e *Engine) keepOffer(out *spokenPlan, in Input, m memory) {
	if m.pending == nil || out.offer != nil || out.form != "" || out.action == Escalate || out.action == Close || strings.HasPrefix(out.code, "cancel.") {
		return
	}
	out.offer, out.held = m.pending, true
	if !m.held {
		out.text += e.templates.render("held", pick(in.Conversation, len(in.Context)), map[string]string{"yes": yesTo(m.pending.Tool)})
		out.fixed = true
	}
}

// yesTo is the clear yes to an offer.
func yesTo(tool string) string {
	switch tool {
	case toolCancel:
		return "确认取消"
	case toolProtect:
		return "确认申请"
	case toolInvoice:
		return "确认开票"
	case toolNotify:
		return "确认登记"
	case toolCoupon:
		return "确认领取"
	case toolSet:
		return "确认修改"
	}
	return "确认加入"
}
