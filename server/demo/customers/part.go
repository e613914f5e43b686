package customers

import (
	"context"
	"slices"
	"time"

	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// fill answers a form, most of the time.
func (p *player) fill(asked *event.Placed, b *event.PostedBody) {
	if p.forms[asked.ID] || p.rng.IntN(5) == 0 {
		return
	}
	p.forms[asked.ID] = true
	given := map[string]string{"reason": "other", "detail": p.s.Goal, "refund": "money", "name": "张小澄", "phone": "15400005678", "region": "浙江杭州西湖",
		"street": "示例路 8 号 3 幢 601 室", "contact": "15400005678", "text": p.s.Goal}
	for k, v := range p.s.Form {
		given[k] = v
	}
	fields := map[string]string{}
	for _, name := range conversation.FormFields(b.Form) {
		if name == "order" {
			given[name] = b.Ref
		}
		if given[name] != "" {
			fields[name] = given[name]
		}
	}
	p.door.say(p.id(), conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.FormFilled, Form: b.Form, Ref: b.Ref, ReplyTo: asked.ID}, Fields: fields})
}

// part is what a customer does who has nothing more to say: buys, rates, ends the chat, or just leaves the page.
func (p *player) part(ctx context.Context) {
	p.parted = true
	if p.tr.Outcome == Solved && p.s.Buys != nil && p.p.Shop != nil {
		p.buy(ctx)
	}
	if p.conv == "" {
		return
	}
	if stars := p.stars(); stars > 0 {
		p.tr.Stars = stars
		all := conversation.RateReasons(stars)
		why := []string{all[p.rng.IntN(len(all))]}
		if more := all[p.rng.IntN(len(all))]; !slices.Contains(why, more) {
			why = append(why, more)
		}
		p.door.command(p.id(), conversation.Rate, p.conv, conversation.RateArgs{RatedBody: event.RatedBody{Stars: stars, Reasons: why}, Text: p.s.Rated})
	}
	if !p.closed && p.s.Then == nil && p.tr.Outcome != Unheard && p.rng.Float64() < closeChance {
		p.door.command(p.id(), conversation.Close, p.conv, conversation.CloseArgs{Solved: p.tr.Outcome == Solved})
	}
}

// closeChance is the share of customers who end the chat when they are done; the others leave the page.
const closeChance = 0.55

// stars is what the customer gives for how it went, 0 for nothing.
func (p *player) stars() int {
	var chance float64
	var from []int // one of these
	switch p.tr.Outcome {
	case Solved:
		chance, from = 0.5, []int{5, 5, 5, 5, 4, 4, 4, 3}
	case GaveUp:
		chance, from = 0.4, []int{1, 2, 2, 3}
	case Unheard:
		chance, from = 0.25, []int{1, 1, 2}
	case Ended:
		chance, from = 0.35, []int{2, 3, 4, 4, 5}
	}
	if p.rng.Float64() >= chance {
		return 0
	}
	return from[p.rng.IntN(len(from))]
}

// tapPay is what the shop offers to tap to somebody who hesitates.
const tapPay = "付款链接"

// hesitate opens the checkout and stays there. It reports whether the shop brought it up, and says that it wants to pay then.
func (p *player) hesitate(ctx context.Context, who string) bool {
	if err := p.p.Shop.SeeCheckout(ctx, who); err != nil {
		return false
	}
	end := time.NewTimer(scaled(p.s.Buys.Hesitates, p.pace))
	defer end.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-end.C:
			return false
		case e := <-p.door.events:
			p.hear(&e, true)
			var b event.PostedBody
			if p.closed {
				return false
			}
			if e.Type == event.Posted && e.Actor.Kind == event.Bot && e.Decode(&b, nil) == nil && slices.Contains(b.Quick, tapPay) {
				p.door.post(p.id(), tapPay)
				return pause(ctx, p.gap())
			}
		}
	}
}

// buy puts into the cart and pays. What is sold out meanwhile is not bought: the shop says so on its page.
func (p *player) buy(ctx context.Context) {
	p.door.mu.Lock()
	who := p.door.who
	p.door.mu.Unlock()
	b := p.s.Buys
	if _, err := p.p.Shop.AddToCart(ctx, who, b.Variant, b.Quantity); err != nil {
		p.p.Logger.Info("simulated customer does not buy", "scenario", p.s.ID, "err", err)
		return
	}
	if !b.Pays && (b.Hesitates == 0 || !p.hesitate(ctx, who)) {
		return
	}
	o, err := p.p.Shop.PlaceOrder(ctx, who, shop.Want{Key: p.id(), To: shop.Recipient{Name: "张小澄", Phone: "15400005678", Address: "浙江杭州西湖示例路 8 号 3 幢 601 室"}})
	if err == nil {
		p.tr.Order = o.ID
		_, err = p.p.Shop.PayOrder(ctx, who, o.ID)
	}
	if err != nil {
		p.p.Logger.Info("simulated customer does not pay", "scenario", p.s.ID, "err", err)
	}
}
