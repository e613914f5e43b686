package cards_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/server/cards"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

func demo(t *testing.T) *shopdata.Memory {
	t.Helper()
	m, err := shopdata.New(shopdata.Params{Files: assets.Shop(), Now: time.Date(2026, 11, 24, 20, 0, 0, 0, shopdata.Zone()), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestProduct_ShowsTheVariantNamed(t *testing.T) {
	p, err := demo(t).Product(t.Context(), "p-ceramide-cream")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range p.Variants {
		c := cards.Product(p, v.ID)
		if c.ID != v.ID || c.Variant != v.Name || c.Price != v.PayFen() || c.Stock != v.Stock || (c.List != 0) != (v.CouponFen != 0) {
			t.Errorf("%s: %+v", v.ID, c)
		}
	}
	if c := cards.Product(p, p.ID); c.ID != p.ID || c.Variant != p.Main().Name || c.Title != p.Title {
		t.Errorf("%+v", c)
	}
	if c := cards.Product(shop.Product{ID: "bare", Title: "空"}, "bare"); c.ID != "bare" || c.Price != 0 || c.Picture != "" {
		t.Errorf("a product without anything: %+v", c)
	}
}

func TestOrder_SaysWhatAndWhereNotToWhom(t *testing.T) {
	sh := demo(t)
	list, err := sh.OrdersOf(t.Context(), "c-linxiaolu", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range list {
		o.To = shop.Recipient{Name: "林小鹿", Phone: "13812345678", Address: "文三路90号"}
		o.Note = "放门口，电话 13812345678"
		c := cards.Order(o)
		if c.ID != o.ID || !strings.HasPrefix(c.State, o.State.Zh()) || c.Price != o.TotalFen || c.At != o.PlacedAt.UnixMilli() || len(c.Lines) != len(o.Lines) {
			t.Errorf("%+v", c)
		}
		all := strings.Join(append(slices.Clone(c.Lines), c.Title, c.State), " ")
		if strings.Contains(all, "林小鹿") || strings.Contains(all, "138") || strings.Contains(all, "文三路") {
			t.Errorf("to whom: %s", all)
		}
		if cards.OrderPicture(t.Context(), sh, o) == "" {
			t.Errorf("%s has no picture", o.ID)
		}
	}
	long := shop.Order{ID: "x", Lines: slices.Repeat([]shop.OrderLine{{Title: "面膜", Quantity: 2}}, 50)}
	if c := cards.Order(long); len(c.Lines) != 8 || c.Title != "面膜 等 100 件" {
		t.Errorf("%+v", c)
	}
	if c := cards.Order(shop.Order{ID: "x"}); c.Title != "x" {
		t.Errorf("%+v", c)
	}
}

func TestFind_RefusesKindsThatShowNothing(t *testing.T) {
	for _, kind := range []event.MessageKind{event.Text, event.Notice, "", "poster"} {
		if _, err := cards.Find(t.Context(), nil, kind, "c-linxiaolu", "p-ceramide-cream"); !errors.Is(err, cards.ErrUnknown) {
			t.Errorf("%q: %v", kind, err)
		}
	}
}
