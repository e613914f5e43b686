package app

import (
	"context"
	"slices"
	"strings"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// picker is the open list of products, orders or coupons.
type picker struct {
	kind, query, conv string
	busy              bool
	err               *view.Problem
	cards             []event.Card // as they came
	of                string       // the query they are for; orders and coupons come all at once
	loaded            bool
}

// Pick implements view.Actions.
func (a *App) Pick(kind, query string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.pickFrom(kind, query)
}

func (a *App) pickFrom(kind, query string) {
	m := &a.m
	defer a.touch()
	s := a.state(m.selected)
	if kind == "" || s == nil {
		m.picker = nil
		return
	}
	switch kind {
	case "product", "order", "coupon":
	default:
		return
	}
	if p := m.picker; p != nil && p.kind == kind && p.conv == s.ID {
		p.query = query
	} else {
		m.picker = &picker{kind: kind, query: query, conv: s.ID}
	}
	a.lookUp(m.picker)
}

// lookUp asks the server for what a picker shows, unless it has that; a.mu is held.
func (a *App) lookUp(p *picker) {
	if p.loaded && (p.kind != "product" || p.of == p.query) {
		return
	}
	web := a.m.web
	if web == nil || !a.m.online() {
		p.busy, p.err = false, &view.Problem{Code: "unreachable"}
		return
	}
	kind, query, conv := p.kind, p.query, p.conv
	p.err = nil
	p.busy = a.pool.add("pick", func(ctx context.Context) {
		var cards []event.Card
		var err error
		switch kind {
		case "product":
			cards, err = web.Products(ctx, query, conv)
		case "order":
			cards, err = web.Orders(ctx, conv)
		default:
			cards, err = web.Coupons(ctx, conv)
		}
		a.mu.Lock()
		defer a.mu.Unlock()
		now := a.m.picker
		if now == nil || now.kind != kind || now.conv != conv || kind == "product" && now.query != query {
			return // closed, or asked for something else since
		}
		now.busy, now.of, now.loaded = false, query, err == nil
		if err != nil {
			now.err = &view.Problem{Code: errCode(err), Detail: err.Error()}
		} else {
			now.cards = cards
		}
		a.touch()
	})
}

// showsCard says whether a card is one for what was typed. Products are found by the server.
func (p *picker) showsCard(c *event.Card) bool {
	if p.kind == "product" || p.query == "" {
		return true
	}
	q := strings.ToLower(strings.TrimSpace(p.query))
	return slices.ContainsFunc(append([]string{c.ID, c.Title, c.Variant}, c.Lines...), func(s string) bool {
		return strings.Contains(strings.ToLower(s), q)
	})
}

// pickerView is the picker for a snapshot; a.mu is held.
func (m *model) pickerView(conv string) *view.Picker {
	p := m.picker
	if p == nil || p.conv != conv {
		return nil
	}
	v := &view.Picker{Kind: p.kind, Query: p.query, Busy: p.busy, Err: p.err}
	for i := range p.cards {
		c := &p.cards[i]
		if !p.showsCard(c) {
			continue
		}
		card := m.shopCard(c)
		if c.Picture != "" {
			card.Picture = m.media.data(cardKey(c.Picture))
		}
		v.Items = append(v.Items, *card)
	}
	return v
}

// SendPicked implements view.Actions.
func (a *App) SendPicked(kind, id string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.sendCard(kind, id)
}

// sendCard sends a product, an order or a coupon; a.mu is held.
func (a *App) sendCard(kind, id string) bool {
	var args conversation.PostArgs
	switch kind {
	case "product":
		args.Kind = event.ProductCard
	case "order":
		args.Kind = event.OrderCard
	case "coupon":
		args.Kind = event.CouponCard
	default:
		return false
	}
	if id == "" {
		return false
	}
	args.Ref = id
	w := a.one(args)
	if w == nil {
		return false
	}
	if p := a.m.picker; p != nil && p.kind == kind {
		for i := range p.cards {
			if c := &p.cards[i]; c.ID == id {
				card := a.m.shopCard(c)
				if c.Picture != "" {
					card.Picture = a.m.media.data(cardKey(c.Picture))
				}
				a.m.picked[w.Frame.ID] = card
			}
		}
		a.m.picker = nil
	}
	a.touch()
	return true
}

// UseTool implements view.Actions: emoji, pictures and files are the face's to choose.
func (a *App) UseTool(t view.Tool) {
	switch t {
	case view.ToolProduct, view.ToolCoupon, view.ToolOrder:
		a.Pick(string(t), "")
	}
}

// tools are what the composer can do now.
func (m *model) tools(s *conversation.State) []view.Tool {
	if m.mode == view.ModeNote {
		return []view.Tool{view.ToolEmoji}
	}
	if !m.mine(s) {
		return nil
	}
	t := []view.Tool{view.ToolEmoji, view.ToolImage, view.ToolFile, view.ToolProduct, view.ToolCoupon}
	if !s.Anon {
		t = append(t, view.ToolOrder)
	}
	return t
}
