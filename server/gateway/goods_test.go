package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const deer = "c-linxiaolu" // a customer of the demo shop with orders

// demoShop is the demo shop as customers act on it.
func demoShop(t testing.TB) *store.Store {
	t.Helper()
	now := time.Date(2026, 11, 24, 20, 40, 30, 0, shopdata.Zone())
	base := must(shopdata.New(shopdata.Params{Files: assets.Shop(), Now: now, Seed: 1}))(t)
	s := must(store.Open(t.Context(), store.Params{Base: base, Path: filepath.Join(t.TempDir(), "shop.db"), Now: func() time.Time { return now }}))(t)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// flakyShop can be made unreachable.
type flakyShop struct {
	*store.Store
	down atomic.Bool
}

func (f *flakyShop) Product(ctx context.Context, id string) (shop.Product, error) {
	if f.down.Load() {
		return shop.Product{}, errors.New("no route to the shop")
	}
	return f.Store.Product(ctx, id)
}

func shopWorld(t testing.TB) (*world, *flakyShop) {
	t.Helper()
	s := &flakyShop{Store: demoShop(t)}
	return newWorld(t, func(p *Params) { p.Goods = s }), s
}

// card is a message that shows something of the shop.
func card(kind event.MessageKind, ref string) conversation.PostArgs {
	return conversation.PostArgs{PostedBody: event.PostedBody{Kind: kind, Ref: ref}}
}

// posted is the next message of a kind in record frames.
func posted(c *client, kind event.MessageKind) (event.PostedBody, event.PostedPrivate) {
	c.t.Helper()
	var b event.PostedBody
	var said event.PostedPrivate
	until(c, wire.TRec, func(r *wire.Rec) bool {
		evs := r.Events
		for _, e := range r.Enter {
			evs = append(evs, e.Events...)
		}
		for i := range evs {
			b, said = event.PostedBody{}, event.PostedPrivate{}
			if evs[i].Type == event.Posted && evs[i].Decode(&b, &said) == nil && b.Kind == kind {
				return true
			}
		}
		return false
	})
	return b, said
}

func TestCards_AreFilledInByTheShop(t *testing.T) {
	w, sh := shopWorld(t)
	g := w.guest(deer)
	conv := w.say(g, "在吗").Conv
	forged := map[string]any{"kind": "product", "ref": "p-ceramide-cream", "card": map[string]any{"title": "白送", "price": 1}}
	if a := w.cmd(g, conversation.Post, "", 0, forged); !a.OK {
		t.Fatal(a.Err)
	}
	_, said := posted(g, event.ProductCard)
	want := must(sh.Store.Product(t.Context(), "p-ceramide-cream"))(t)
	if said.Card == nil || said.Card.Title != want.Title || said.Card.Price != want.Main().PayFen() || said.Card.Picture == "" {
		t.Fatalf("card %+v", said.Card)
	}
	orders := must(sh.OrdersOf(t.Context(), deer, 0))(t)
	if a := w.cmd(g, conversation.Post, "", 0, card(event.OrderCard, orders[0].ID)); !a.OK {
		t.Fatal(a.Err)
	}
	_, said = posted(g, event.OrderCard)
	if said.Card.ID != orders[0].ID || said.Card.Price != orders[0].TotalFen || len(said.Card.Lines) == 0 {
		t.Fatalf("card %+v", said.Card)
	}
	who := must(sh.Customer(t.Context(), deer))(t)
	if data := string(must(json.Marshal(said))(t)); strings.Contains(data, who.Phone) || strings.Contains(data, who.Name) || strings.Contains(data, who.Address) {
		t.Fatalf("an order's card tells to whom it goes: %s", data)
	}
	others := must(sh.OrdersOf(t.Context(), "c-suwanwan", 1))(t)
	for name, p := range map[string]conversation.PostArgs{
		"another customer's order": card(event.OrderCard, others[0].ID),
		"no such product":          card(event.ProductCard, "p-none"),
		"nothing named":            card(event.ProductCard, ""),
		"a name without end":       card(event.ProductCard, strings.Repeat("p", 4000)),
		"a coupon by a customer":   card(event.CouponCard, "promo-barrier40"),
	} {
		if a := w.cmd(g, conversation.Post, "", 0, p); a.OK || a.Err.Text == "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
	w.escalate(conv)
	d := w.desk("lisiqi", nil, "")
	a := w.cmd(d, conversation.Claim, conv, 0, nil)
	if !a.OK {
		t.Fatal(a.Err)
	}
	coupons := must(sh.AgentCoupons(t.Context(), deer))(t)
	if len(coupons) == 0 {
		t.Fatal("the demo shop has no coupon that agents give")
	}
	if a := w.cmd(d, conversation.Post, conv, a.Epoch, card(event.CouponCard, coupons[0].ID)); !a.OK {
		t.Fatal(a.Err)
	}
	if _, said = posted(g, event.CouponCard); said.Card.Price != coupons[0].OffFen {
		t.Fatalf("card %+v", said.Card)
	}
	for name, p := range map[string]conversation.PostArgs{
		"a coupon that customers claim":          card(event.CouponCard, "promo-barrier40"),
		"an order of somebody else":              card(event.OrderCard, others[0].ID),
		"a form about an order of somebody else": {PostedBody: event.PostedBody{Kind: event.FormAsked, Form: event.FormReturn, Ref: others[0].ID}},
	} {
		if a := w.cmd(d, conversation.Post, conv, a.Epoch, p); a.OK || a.Err.Text == "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if a := w.cmd(d, conversation.Post, conv, a.Epoch, conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.FormAsked, Form: event.FormReturn, Ref: orders[0].ID}}); !a.OK {
		t.Fatal(a.Err)
	}
}

// A retry is the same command whatever became of the shop, of the price, or of the thing itself.
func TestCards_RetryAfterTheShopChanged(t *testing.T) {
	w, sh := shopWorld(t)
	g := w.guest(deer)
	first := w.cmd(g, conversation.Post, "", 0, card(event.ProductCard, "p-ceramide-cream"))
	if !first.OK {
		t.Fatal(first.Err)
	}
	sh.down.Store(true)
	g.send(wire.In{T: wire.TCmd, ID: first.ID, Kind: conversation.Post, Payload: must(json.Marshal(card(event.ProductCard, "p-ceramide-cream")))(t)})
	if a := until(g, wire.TAck, func(a *wire.Ack) bool { return a.ID == first.ID }); !a.OK || !a.Dup {
		t.Fatalf("the retry: %+v", a)
	}
	if a := w.cmd(g, conversation.Post, "", 0, card(event.ProductCard, "p-repair-serum")); a.OK || a.Err.Code != conversation.Busy {
		t.Fatalf("a shop that does not answer: %+v", a)
	}
}

func TestForms_MaskedForAllButTheHolder(t *testing.T) {
	w, _ := shopWorld(t)
	g := w.guest(deer)
	conv := w.say(g, "改地址").Conv
	filled := conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.FormFilled, Form: event.FormAddress},
		Fields: map[string]string{"order": "8842", "name": "林小鹿", "phone": "13812345678", "region": "浙江省杭州市", "street": "文三路90号"}}
	if a := w.cmd(g, conversation.Post, "", 0, filled); !a.OK {
		t.Fatal(a.Err)
	}
	_, said := posted(g, event.FormFilled)
	if said.Fields["phone"] != "13812345678" {
		t.Fatalf("the customer's own copy: %v", said.Fields)
	}
	w.escalate(conv)
	holder, other := w.desk("lisiqi", nil, ""), w.desk("sunlan", nil, "")
	if a := w.cmd(holder, conversation.Claim, conv, 0, nil); !a.OK {
		t.Fatal(a.Err)
	}
	for _, d := range []*client{holder, other} {
		_, said := posted(d, event.FormFilled)
		if data := string(must(json.Marshal(said))(t)); strings.Contains(data, "小鹿") || strings.Contains(data, "12345") || strings.Contains(data, "文三路") ||
			said.Fields["region"] != "浙江省杭州市" || said.Fields["phone"] != "138****5678" {
			t.Fatalf("a desk's copy: %s", data)
		}
	}
	l := until(holder, wire.TLive, func(l *wire.Live) bool { return l.Kind == wire.LiveClear })
	if len(l.ClearFields) != 1 || l.Conv != conv {
		t.Fatalf("%+v", l)
	}
	for _, f := range l.ClearFields {
		if f["name"] != "林小鹿" || f["street"] != "文三路90号" {
			t.Fatalf("the holder's fields: %v", f)
		}
	}
}
