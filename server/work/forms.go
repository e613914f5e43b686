package work

import (
	"context"
	"errors"
	"fmt"

	"agentdesk/server/bot"
	"agentdesk/server/cards"
	"agentdesk/server/floor"
	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/talk"
)

// Store is the shop as customers act on it.
type Store interface {
	cards.Shop
	CouponsOf(ctx context.Context, who string) ([]shop.OrderCoupon, error)
	Awaited(ctx context.Context, who string) ([]shop.Awaited, error)
	StockTold(ctx context.Context, who string, variants ...string) error
	GiveCoupon(ctx context.Context, who, coupon, by string) (shop.OrderCoupon, error)
	Watch(fn func(shop.Activity)) (stop func())
}

// fill takes a form that the customer filled in to the shop. The bot says what came of it where it holds the seat; else a
// notice does, so that customer and person read the same.
func (w *Workers) fill(ctx context.Context, conv string, msg event.ID, a asked) error {
	s, ok, err := w.p.Floor.State(ctx, conv)
	if err != nil {
		return fmt.Errorf("read the conversation: %w", err)
	}
	if !ok || !s.Open() {
		return nil
	}
	acc := w.account(conv, msg, a.names...)
	out, err := w.p.Bot.Fill(ctx, bot.Filled{Conversation: conv, CustomerID: s.Customer, Form: a.body.Form, Fields: a.said.Fields, Pictures: a.pictures, Since: a.at})
	if err != nil {
		return fmt.Errorf("fill in a form: %w", err)
	}
	if s.Seat == conversation.SeatBot && !w.p.BotOff {
		res, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Post, ClientID: fmt.Sprintf("filled-%d-%s", s.Epoch, msg), Conv: conv, Actor: worker("bot"), Epoch: s.Epoch,
			Payload: said(out.Reply, msg)})
		if err == nil {
			acc.decided(&out.Reply)
			acc.keep(res.Message)
			return w.handOver(ctx, s, out.Reply, msg)
		}
		if !moved(err) {
			return fmt.Errorf("post what came of a form: %w", err)
		}
	}
	if out.Notice == "" {
		return nil
	}
	args := map[string]string{"order": out.Order}
	if out.Why != "" {
		args["text"] = out.Why
	}
	_, err = w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Post, ClientID: "filled-" + msg, Conv: conv, Actor: event.Actor{Kind: event.System, ID: "shop"},
		Payload: conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Notice, Code: out.Notice, Args: args, ReplyTo: msg}}})
	if err != nil && !moved(err) {
		return fmt.Errorf("post what came of a form: %w", err)
	}
	return nil
}

// wordless is a picture, voice note or file with nothing said beside it: the bot has a person look at it.
func (w *Workers) wordless(ctx context.Context, conv string, msg event.ID, a asked, release func()) error {
	s, ok, err := w.p.Floor.State(ctx, conv)
	if err != nil {
		return fmt.Errorf("read the conversation: %w", err)
	}
	switch {
	case !ok || !s.Open():
	case s.Seat == conversation.SeatBot:
		if w.p.BotOff || s.UnansweredSince == 0 {
			return nil
		}
		release() // a pause is no work
		acc := w.account(conv, msg, a.names...)
		if err := acc.pause(ctx, wordlessPause); err != nil {
			return nil // words follow
		}
		reply := w.p.Bot.Media(conv, a.body.Kind)
		res, err := w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Post, ClientID: fmt.Sprintf("bot-%d-%s", s.Epoch, msg), Conv: conv, Actor: worker("bot"), Epoch: s.Epoch,
			Payload: said(reply, msg)})
		if err != nil && !moved(err) {
			return fmt.Errorf("post the answer: %w", err)
		}
		if err == nil {
			acc.decided(&reply)
			acc.keep(res.Message)
		}
		return w.handOver(ctx, s, reply, msg)
	default: // a person looks at it; what stands beside the chat is made for what was said last
		for i := len(a.in.Context) - 1; i >= 0; i-- {
			if t := a.in.Context[i]; t.Role == talk.Customer {
				a.in.Text, a.in.Context = t.Text, a.in.Context[:i]
				return w.assist(ctx, s, a.in, msg)
			}
		}
		facts, err := w.p.Bot.Facts(ctx, a.in)
		if err != nil {
			return fmt.Errorf("find facts: %w", err)
		}
		facts.Message = msg
		return w.panel(ctx, s, facts)
	}
	return nil
}

// show posts cards after an answer, and says which messages they are. A card that the shop cannot make any more is left out: the
// answer stands without it.
func (w *Workers) show(ctx context.Context, s *conversation.State, list []bot.Card, msg event.ID) (shown []event.ID) {
	if w.p.Store == nil {
		return nil
	}
	for i, c := range list {
		card, err := w.card(ctx, s.Customer, c)
		if card == nil && err == nil {
			continue
		}
		var res floor.Result
		if err == nil {
			res, err = w.p.Floor.Do(ctx, conversation.Command{Kind: conversation.Post, ClientID: fmt.Sprintf("card-%d-%d-%s", s.Epoch, i, msg), Conv: s.ID, Actor: worker("bot"), Epoch: s.Epoch,
				Payload: conversation.PostArgs{PostedBody: event.PostedBody{Kind: c.Kind, Ref: c.Ref, ReplyTo: msg}, Card: card}})
		}
		switch {
		case moved(err):
			return shown
		case err == nil:
			shown = append(shown, res.Message)
		case ctx.Err() == nil:
			w.p.Logger.Warn("card not shown", "ref", c.Ref, "err", err)
		}
	}
	return shown
}

// card is what the bot shows; nil of a coupon that is not the customer's to claim, or claimed already.
func (w *Workers) card(ctx context.Context, who string, c bot.Card) (*event.Card, error) {
	if c.Kind != event.CouponCard {
		return cards.Find(ctx, w.p.Store, c.Kind, who, c.Ref)
	}
	list, err := w.p.Store.CouponsOf(ctx, who)
	if errors.Is(err, shop.ErrNotFound) {
		return nil, nil
	}
	for _, o := range list {
		if o.ID == c.Ref && o.ClaimedAt.IsZero() && o.Order == "" {
			card := cards.Coupon(o)
			return &card, nil
		}
	}
	return nil, err
}

// give puts a coupon into the customer's hands that an agent showed. Giving it twice is once.
func (w *Workers) give(ctx context.Context, e *event.Event) {
	var b event.PostedBody
	if w.p.Store == nil || e.Decode(&b, nil) != nil || b.Kind != event.CouponCard {
		return
	}
	s, ok := w.live.State(e.Conv)
	if !ok {
		return
	}
	by := e.Actor.ID
	if s.Hold != nil && s.Hold.Agent == by && s.Hold.Name != "" {
		by = s.Hold.Name
	}
	who := s.Customer
	w.wg.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, w.p.Deadline)
		defer cancel()
		if _, err := w.p.Store.GiveCoupon(ctx, who, b.Ref, by); err != nil && !errors.Is(err, shop.ErrState) && ctx.Err() == nil {
			w.p.Logger.Error("a coupon that an agent gave is not the customer's", "coupon", b.Ref, "err", err)
		}
	})
}
