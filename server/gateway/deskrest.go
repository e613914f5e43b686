package gateway

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/go-chi/chi/v5"

	"agentdesk/server/cards"
	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Bounds of what a desk asks and gets.
const (
	maxQuery   = 100 // runes
	maxGoods   = 30
	maxOrders  = 100
	maxCoupons = 50
	maxPast    = 50
	maxJudged  = 200 // conversations of one customer that are looked at to judge who may see them
	deskWithin = 8 * time.Second
)

// deskRest are the requests of a signed-in desk.
func (g *Gateway) deskRest(r chi.Router) {
	r.Get(wire.PathGoods, g.answer(g.asDesk(g.goods)))
	r.Get(wire.PathOrders, g.answer(g.asDesk(g.orders)))
	r.Get(wire.PathCoupons, g.answer(g.asDesk(g.coupons)))
	r.Get(wire.PathPast, g.answer(g.asDesk(g.past)))
	r.Get(wire.PathWhole+"{id}", g.answer(g.asDesk(g.whole)))
	r.Get(wire.PathSource+"{kind}/{id}", g.answer(g.asDesk(g.source)))
	r.Get(wire.PathTrace+"{id}/{msg}", g.answer(g.asDesk(g.trace)))
	r.Post(wire.PathUnmask, g.answer(g.asDesk(g.unmask)))
}

type deskHandler func(ctx context.Context, r *http.Request, who conversation.Viewer) (any, error)

// asDesk lets users in who serve chats, each at a bounded rate.
func (g *Gateway) asDesk(fn deskHandler) handler {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		ctx, cancel := context.WithTimeout(r.Context(), deskWithin)
		defer cancel()
		who, err := g.deskUser(ctx, r)
		if err != nil {
			return nil, err
		}
		if !g.door.allowKey("desk "+who.ID, 50*time.Millisecond, 60) {
			return nil, refuse(http.StatusTooManyRequests, "rate", "too many requests: wait a moment")
		}
		v, err := fn(ctx, r, who)
		if errors.Is(err, context.DeadlineExceeded) {
			return nil, refuse(http.StatusServiceUnavailable, "busy", "that took too long: try again")
		}
		return v, err
	}
}

// deskUser is the user whose token a request carries, as a viewer of chats.
func (g *Gateway) deskUser(ctx context.Context, r *http.Request) (conversation.Viewer, error) {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok || len(token) > 4096 {
		return conversation.Viewer{}, refuse(http.StatusUnauthorized, "bad_token", "a token is needed")
	}
	u, _, err := g.p.Users.Verify(ctx, token)
	if err != nil {
		return conversation.Viewer{}, signIn(err)
	}
	if u.Role == conversation.RoleAdmin {
		return conversation.Viewer{}, refuse(http.StatusForbidden, "forbidden", "the role admin serves no chats")
	}
	return conversation.Viewer{ID: u.ID, Role: u.Role, Groups: u.Groups}, nil
}

// seen is the conversation that a request names, when its sender may see it.
func (g *Gateway) seen(ctx context.Context, r *http.Request, who conversation.Viewer) (*conversation.State, error) {
	conv := r.URL.Query().Get("conv")
	if len(conv) <= 128 {
		if st, ok := g.hub.state(ctx, conv); ok && conversation.Visible(st, who, g.p.Floor.Now()) >= conversation.Row {
			return st, nil
		}
	}
	return nil, refuse(http.StatusNotFound, "unknown_conversation", "no such conversation")
}

// goods are products to show: found by words, or the catalogue.
func (g *Gateway) goods(ctx context.Context, r *http.Request, who conversation.Viewer) (any, error) {
	q := clean(r.URL.Query().Get("q"))
	switch {
	case g.p.Goods == nil:
		return nil, noShop()
	case utf8.RuneCountInString(q) > maxQuery || !utf8.ValidString(q):
		return nil, refuse(http.StatusBadRequest, "invalid", "a query is at most 100 characters")
	}
	if r.URL.Query().Get("conv") != "" {
		if _, err := g.seen(ctx, r, who); err != nil {
			return nil, err
		}
	}
	found, err := g.p.Goods.SearchProducts(ctx, strings.TrimSpace(q), maxGoods)
	if err != nil {
		return nil, g.shopDown(err)
	}
	out := wire.Goods{Items: []event.Card{}}
	for _, p := range found {
		out.Items = append(out.Items, cards.Product(p, p.ID))
	}
	return out, nil
}

// orders are those of a conversation's customer.
func (g *Gateway) orders(ctx context.Context, r *http.Request, who conversation.Viewer) (any, error) {
	st, err := g.seen(ctx, r, who)
	if err != nil {
		return nil, err
	}
	if g.p.Goods == nil {
		return nil, noShop()
	}
	list, err := g.p.Goods.OrdersOf(ctx, st.Customer, maxOrders)
	if err != nil && !errors.Is(err, shop.ErrNotFound) { // a visitor has no orders
		return nil, g.shopDown(err)
	}
	out := wire.Orders{Items: []event.Card{}}
	pics := map[string]string{}
	for _, o := range list {
		c := cards.Order(o)
		if len(o.Lines) > 0 {
			id := o.Lines[0].ProductID
			if _, ok := pics[id]; !ok {
				pics[id] = cards.OrderPicture(ctx, g.p.Goods, o)
			}
			c.Picture = pics[id]
		}
		out.Items = append(out.Items, c)
	}
	return out, nil
}

// coupons are what an agent may give to a conversation's customer.
func (g *Gateway) coupons(ctx context.Context, r *http.Request, who conversation.Viewer) (any, error) {
	st, err := g.seen(ctx, r, who)
	if err != nil {
		return nil, err
	}
	if g.p.Goods == nil {
		return nil, noShop()
	}
	list, err := g.p.Goods.AgentCoupons(ctx, st.Customer)
	if err != nil && !errors.Is(err, shop.ErrNotFound) {
		return nil, g.shopDown(err)
	}
	out := wire.Coupons{Items: []event.Card{}}
	for _, c := range list[:min(len(list), maxCoupons)] {
		out.Items = append(out.Items, cards.Coupon(c))
	}
	return out, nil
}

// past are the other conversations of a conversation's customer.
func (g *Gateway) past(ctx context.Context, r *http.Request, who conversation.Viewer) (any, error) {
	st, err := g.seen(ctx, r, who)
	if err != nil {
		return nil, err
	}
	all, err := g.ofCustomer(ctx, st.Customer, maxPast+1)
	if err != nil {
		return nil, err
	}
	users, err := g.p.Users.Users(ctx)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for _, u := range users {
		names[u.ID] = u.Name
	}
	out := wire.Past{Rows: []wire.PastRow{}}
	for i := range all {
		s := &all[i]
		if s.ID == st.ID || s.OpenedAt > st.OpenedAt || len(out.Rows) == maxPast {
			continue
		}
		row := wire.PastRow{Conv: s.ID, Opened: s.OpenedAt, Closed: s.ClosedAt, Channel: s.Channel, Messages: s.Messages,
			Snippet: g.hub.mask.Text(s.Snippet), Emotion: s.Emotion, Reason: s.Reason, Outcome: s.Disposition, Stars: s.Stars}
		if n := len(s.Holders); n > 0 {
			row.Agent = names[s.Holders[n-1]]
		}
		out.Rows = append(out.Rows, row)
	}
	return out, nil
}

// ofCustomer are a customer's conversations as the doors know them now, newest first.
func (g *Gateway) ofCustomer(ctx context.Context, customer string, limit int) ([]conversation.State, error) {
	if err := g.p.Folds.WaitFor(ctx, g.p.Live.Seq()); err != nil {
		return nil, err
	}
	return g.p.Folds.ConversationsOf(ctx, customer, limit)
}

// sees reports whether a viewer sees some conversation of a customer, at a level or above.
func (g *Gateway) sees(ctx context.Context, who conversation.Viewer, customer string, level conversation.Level) (bool, error) {
	all, err := g.ofCustomer(ctx, customer, maxJudged)
	now := g.p.Floor.Now()
	return slices.ContainsFunc(all, func(s conversation.State) bool { return conversation.Visible(&s, who, now) >= level }), err
}

// whole is a conversation from its first event, masked: one of the viewer's own, or a closed one of a customer of theirs.
func (g *Gateway) whole(ctx context.Context, r *http.Request, who conversation.Viewer) (any, error) {
	unknown := refuse(http.StatusNotFound, "unknown_conversation", "no such conversation")
	id := chi.URLParam(r, "id")
	if len(id) > 128 {
		return nil, unknown
	}
	if err := g.p.Folds.WaitFor(ctx, g.p.Live.Seq()); err != nil {
		return nil, err
	}
	st, evs, ok, err := g.p.Folds.Transcript(ctx, id)
	switch {
	case err != nil:
		return nil, err
	case !ok:
		return nil, unknown
	}
	if may, err := g.reads(ctx, who, &st); err != nil {
		return nil, err
	} else if !may {
		return nil, unknown
	}
	return wire.Conversation{ID: id, Events: newVeil(g.hub.mask).all(evs)}, nil
}

// reads reports whether a viewer may read a conversation whole: one of their own, or a closed one of a customer of theirs.
func (g *Gateway) reads(ctx context.Context, who conversation.Viewer, st *conversation.State) (bool, error) {
	if conversation.Visible(st, who, g.p.Floor.Now()) >= conversation.Kept {
		return true, nil
	}
	if st.Open() {
		return false, nil
	}
	return g.sees(ctx, who, st.Customer, conversation.Kept)
}

// source is what stands behind a citation.
func (g *Gateway) source(ctx context.Context, r *http.Request, _ conversation.Viewer) (any, error) {
	if g.p.Goods == nil {
		return nil, noShop()
	}
	id := chi.URLParam(r, "id")
	unknown := refuse(http.StatusNotFound, "unknown_source", "no such source")
	if len(id) > cards.MaxRef {
		return nil, unknown
	}
	var doc wire.SourceDoc
	var err error
	switch chi.URLParam(r, "kind") {
	case "policy":
		var p shop.Policy
		p, err = g.p.Goods.Policy(ctx, id)
		doc = cards.PolicyDoc(p)
	case "product":
		var p shop.Product
		if p, err = g.p.Goods.Product(ctx, id); err == nil {
			doc = cards.ProductDoc(p, g.titles(ctx, p.Conflicts, p.Contains))
		}
	case "promotion":
		var list []shop.Promotion
		list, err = g.p.Goods.Promotions(ctx)
		i := slices.IndexFunc(list, func(p shop.Promotion) bool { return p.ID == id })
		if err == nil && i < 0 {
			return nil, unknown
		} else if err == nil {
			doc = cards.PromotionDoc(list[i])
		}
	default:
		return nil, unknown
	}
	switch {
	case errors.Is(err, shop.ErrNotFound):
		return nil, unknown
	case err != nil:
		return nil, g.shopDown(err)
	}
	return doc, nil
}

// titles are the names of products that another one speaks of; those that the shop does not tell are left out.
func (g *Gateway) titles(ctx context.Context, lists ...[]string) map[string]string {
	out := map[string]string{}
	for _, id := range slices.Concat(lists...) {
		if p, err := g.p.Goods.Product(ctx, id); err == nil {
			out[id] = p.Title
		}
	}
	return out
}

func noShop() error {
	return refuse(http.StatusServiceUnavailable, "no_shop", "this server has no shop connected")
}

// shopDown is what a desk hears of a shop that did not answer.
func (g *Gateway) shopDown(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return err
	}
	g.p.Logger.Warn("shop not asked", "err", err)
	return refuse(http.StatusServiceUnavailable, "shop_down", "the shop does not answer now: try again in a moment")
}
