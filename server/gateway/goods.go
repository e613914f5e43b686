package gateway

import (
	"context"
	"errors"
	"time"

	"agentdesk/server/cards"
	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// Shop is what the doors ask the shop: what cards show, what desks may pick from, what a source says.
type Shop interface {
	cards.Shop
	SearchProducts(ctx context.Context, query string, limit int) ([]shop.Product, error)
	OrdersOf(ctx context.Context, customerID string, limit int) ([]shop.Order, error)
	Promotions(ctx context.Context) ([]shop.Promotion, error)
	Policy(ctx context.Context, id string) (shop.Policy, error)
}

// askShop is how long the shop may take to answer a door.
const askShop = 3 * time.Second

// card fills in what a message shows of the shop. doubt is why that failed: the floor is asked all the same, since the
// command may be a retry of one that was stored, which is right whatever the shop says now.
func (g *Gateway) card(ctx context.Context, p *conversation.PostArgs, customer string) (doubt, r *conversation.Refusal) {
	p.Card = nil // of the shop, never of a client
	switch p.Kind {
	case event.ProductCard, event.OrderCard, event.CouponCard:
	case event.FormAsked:
		return nil, g.orderOfForm(ctx, p.Ref, customer)
	default:
		return nil, nil
	}
	if g.p.Goods == nil {
		return no(conversation.Invalid, "this server has no shop to show things of"), nil
	}
	ctx, cancel := context.WithTimeout(ctx, askShop)
	defer cancel()
	c, err := cards.Find(ctx, g.p.Goods, p.Kind, customer, p.Ref)
	if err != nil {
		return g.shopRefusal(err), nil
	}
	p.Card = c
	return nil, nil
}

// orderOfForm checks the order that a form is about: another customer's must not be named.
func (g *Gateway) orderOfForm(ctx context.Context, ref, customer string) *conversation.Refusal {
	if ref == "" {
		return nil
	}
	if g.p.Goods == nil || len(ref) > cards.MaxRef {
		return no(conversation.Invalid, "there is no such order of this customer")
	}
	ctx, cancel := context.WithTimeout(ctx, askShop)
	defer cancel()
	switch _, err := g.p.Goods.OrderOf(ctx, customer, ref); {
	case errors.Is(err, shop.ErrNotFound):
		return no(conversation.Invalid, "there is no such order of this customer")
	case err != nil:
		return g.shopRefusal(err)
	}
	return nil
}

func (g *Gateway) shopRefusal(err error) *conversation.Refusal {
	if errors.Is(err, cards.ErrUnknown) {
		return no(conversation.Invalid, err.Error())
	}
	if !errors.Is(err, context.Canceled) {
		g.p.Logger.Warn("shop not asked", "err", err)
	}
	return no(conversation.Busy, "the shop does not answer now: try again in a moment")
}
