package proactive

import (
	"testing"
	"time"

	"agentdesk/server/shop"
)

func goodsFor() []shop.Product {
	v := func(id, name string, stock int) []shop.Variant {
		return []shop.Variant{{ID: id, Name: name, ListFen: 10000, Stock: stock}}
	}
	return []shop.Product{
		{ID: "cream", Title: "面霜", Category: "面霜", Step: "面霜", Department: "护肤", Variants: append(v("cream-50", "50g", 9), shop.Variant{ID: "cream-15", Name: "15g", Stock: 9}), Actives: []shop.Active{{Name: "神经酰胺"}}, Concerns: []string{"泛红"}, Skins: []string{"干皮", "敏感肌"}, Lasts: "约 2 个月", Pregnancy: shop.PregnancyOK},
		{ID: "serum", Title: "精华", Category: "精华", Step: "精华", Department: "护肤", Variants: v("serum-30", "30ml", 9), Actives: []shop.Active{{Name: "神经酰胺"}}, Concerns: []string{"泛红"}, Skins: []string{"干皮", "敏感肌"}, Lasts: "30ml 约 6 周", Pregnancy: shop.PregnancyAsk},
		{ID: "acid", Title: "酸精华", Category: "去角质", Step: "去角质", Department: "护肤", Variants: v("acid-30", "30ml", 9), Actives: []shop.Active{{Name: "神经酰胺"}}, Concerns: []string{"泛红"}, Skins: []string{"干皮", "敏感肌"}, Conflicts: []string{"cream"}, Pregnancy: shop.PregnancyOK},
		{ID: "mask", Title: "面膜", Category: "面膜", Step: "面膜", Department: "护肤", Variants: v("mask-5", "5片", 9), Skins: []string{"干皮", "敏感肌"}, Pregnancy: shop.PregnancyOK},
		{ID: "set", Title: "礼盒", Category: "套装", Step: "套装", Department: "套装", Variants: v("set-1", "标准", 9), Contains: []string{"cream-50", "mask-5"}},
	}
}

func order(state shop.OrderState, since time.Duration, variant string) shop.Order {
	o := shop.Order{ID: "CY1", State: state, PlacedAt: now().Add(-since), PaidAt: now().Add(-since)}
	product := map[string]string{"cream-50": "cream", "cream-15": "cream", "serum-30": "serum", "acid-30": "acid", "mask-5": "mask", "set-1": "set"}[variant]
	o.Lines = []shop.OrderLine{{ProductID: product, VariantID: variant, Quantity: 1}}
	switch state {
	case shop.Signed:
		o.SignedAt = now().Add(-since)
	case shop.Unpaid:
		o.PaidAt = time.Time{}
	}
	return o
}

func cart(since time.Duration, product, variant string) shop.Cart {
	return shop.Cart{Lines: []shop.OrderLine{{ProductID: product, VariantID: variant, Quantity: 1}}, UpdatedAt: now().Add(-since)}
}

func looked(list ...string) []Look {
	var out []Look
	for i, p := range list {
		out = append(out, Look{p, now().Add(-time.Duration(len(list)-i) * time.Minute)})
	}
	return out
}

func TestFind_WhatIsAChanceAndWhatIsNone(t *testing.T) {
	minute := time.Minute
	for name, c := range map[string]struct {
		set  func(*Facts)
		want string // kind/code/first product, "" for none
		next time.Duration
	}{
		"nothing":                      {func(*Facts) {}, "", 0},
		"a cart of a moment ago":       {func(f *Facts) { f.Cart = cart(2*minute, "cream", "cream-50") }, "", 3 * minute},
		"a cart of five minutes":       {func(f *Facts) { f.Cart = cart(5*minute, "cream", "cream-50") }, "hesitation/cart/cream", 0},
		"a cart of yesterday":          {func(f *Facts) { f.Cart = cart(24*time.Hour, "cream", "cream-50") }, "", 0},
		"the checkout opened since":    {func(f *Facts) { f.Cart, f.Checkout = cart(24*time.Hour, "cream", "cream-50"), now().Add(-6*minute) }, "hesitation/cart/cream", 0},
		"the checkout opened just now": {func(f *Facts) { f.Cart, f.Checkout = cart(6*minute, "cream", "cream-50"), now().Add(-minute) }, "", 4 * minute},
		"a cart that cannot be had":    {func(f *Facts) { f.Cart = cart(6*minute, "cream", "cream-50"); f.Cart.Short = []int{0} }, "", 0},
		"an unpaid order":              {func(f *Facts) { f.Orders = []shop.Order{order(shop.Unpaid, 6*minute, "cream-50")} }, "hesitation/order/cream", 0},
		"an order placed just now":     {func(f *Facts) { f.Orders = []shop.Order{order(shop.Unpaid, 4*minute, "cream-50")} }, "", minute},
		"paid after the cart": {func(f *Facts) {
			f.Cart, f.Orders = cart(6*minute, "mask", "mask-5"), []shop.Order{order(shop.Paid, 2*minute, "set-1")}
		}, "", 0},
		"back and forth":          {func(f *Facts) { f.Looks = looked("cream", "mask", "cream", "mask") }, "hesitation/between/cream", 0},
		"back once":               {func(f *Facts) { f.Looks = looked("cream", "mask", "cream") }, "", 0},
		"one after another":       {func(f *Facts) { f.Looks = looked("cream", "mask", "serum", "acid") }, "", 0},
		"back and forth long ago": {func(f *Facts) { f.Looks = looked("cream", "mask", "cream", "mask"); f.Now = now().Add(time.Hour) }, "", 0},
		"goes with what was paid": {func(f *Facts) { f.Orders = []shop.Order{order(shop.Paid, time.Hour, "cream-50")} }, "complement/bought/mask", 0},
		"went with it days ago":   {func(f *Facts) { f.Orders = []shop.Order{order(shop.Paid, 50*time.Hour, "cream-50")} }, "", 0},
		"of what is owned already": {func(f *Facts) {
			f.Orders = []shop.Order{order(shop.Paid, time.Hour, "cream-50"), order(shop.Paid, 20*day, "mask-5")}
		}, "complement/bought/serum", 0},
		"of what comes in a set": {func(f *Facts) { f.Orders = []shop.Order{order(shop.Paid, time.Hour, "set-1")} }, "", 0},
		"sold out": {func(f *Facts) {
			f.Orders = []shop.Order{order(shop.Paid, time.Hour, "cream-50")}
			f.Products[3].Variants[0].Stock = 0
		}, "complement/bought/serum", 0},
		"for another skin": {func(f *Facts) {
			f.Orders = []shop.Order{order(shop.Paid, time.Hour, "cream-50")}
			f.Customer.Skin = "油皮"
		}, "", 0},
		"for a sensitive one": {func(f *Facts) {
			f.Orders = []shop.Order{order(shop.Paid, time.Hour, "cream-50")}
			f.Customer.Skin = "油敏皮"
		}, "complement/bought/mask", 0},
		"not for the pregnant": {func(f *Facts) {
			f.Orders = []shop.Order{order(shop.Paid, time.Hour, "cream-50"), order(shop.Paid, 20*day, "mask-5")}
			f.Customer.Pregnant = "孕 22 周"
		}, "", 0},
		"in the cart, still looking": {func(f *Facts) {
			f.Cart, f.Looks = cart(3*minute, "cream", "cream-50"), []Look{{"mask", now().Add(-minute)}}
		}, "complement/carted/mask", 2 * minute},
		"in the cart, looking no more": {func(f *Facts) {
			f.Cart, f.Looks = cart(3*minute, "cream", "cream-50"), []Look{{"mask", now().Add(-5 * minute)}}
		}, "", 2 * minute},
		"nearly used up":      {func(f *Facts) { f.Orders = []shop.Order{order(shop.Signed, 55*day, "cream-50")} }, "replenish/due/cream", 0},
		"not yet":             {func(f *Facts) { f.Orders = []shop.Order{order(shop.Signed, 40*day, "cream-50")} }, "", 0},
		"long ago":            {func(f *Facts) { f.Orders = []shop.Order{order(shop.Signed, 100*day, "cream-50")} }, "", 0},
		"a small one, sooner": {func(f *Facts) { f.Orders = []shop.Order{order(shop.Signed, 18*day, "cream-15")} }, "replenish/due/cream", 0},
		"while something is being bought": {func(f *Facts) {
			f.Orders, f.Cart = []shop.Order{order(shop.Signed, 55*day, "cream-50")}, cart(2*minute, "mask", "mask-5")
		}, "", 3 * minute},
		"bought again since": {func(f *Facts) {
			f.Orders = []shop.Order{order(shop.Signed, 5*day, "cream-50"), order(shop.Signed, 55*day, "cream-50")}
		}, "", 0},
		"in the cart already": {func(f *Facts) {
			f.Orders, f.Cart = []shop.Order{order(shop.Signed, 55*day, "cream-50")}, cart(24*time.Hour, "cream", "cream-50")
		}, "", 0},
		"two of them": {func(f *Facts) {
			o := order(shop.Signed, 55*day, "cream-50")
			o.Lines[0].Quantity = 2
			f.Orders = []shop.Order{o}
		}, "", 0},
		"sent back": {func(f *Facts) {
			o := order(shop.Signed, 55*day, "cream-50")
			o.State = shop.Refunded
			f.Orders = []shop.Order{o}
		}, "", 0},
		"back in stock":           {func(f *Facts) { f.Awaited = []shop.Awaited{{Variant: "mask-5"}} }, "stock/back/mask", 0},
		"awaited, and still none": {func(f *Facts) { f.Awaited = []shop.Awaited{{Variant: "mask-5"}}; f.Products[3].Variants[0].Stock = 0 }, "", 0},
		"back, before all else": {func(f *Facts) {
			f.Awaited, f.Cart = []shop.Awaited{{Variant: "mask-5"}}, cart(6*minute, "cream", "cream-50")
		}, "stock/back/mask", 0},
	} {
		t.Run(name, func(t *testing.T) {
			f := Facts{Now: now(), Customer: shop.Customer{ID: "c-1"}, Products: goodsFor(), After: Default()}
			c.set(&f)
			list, next := Find(f)
			got := ""
			if len(list) > 0 {
				got = list[0].Kind + "/" + list[0].Code + "/" + list[0].Products[0].ID
				if list[0].Customer != "c-1" || list[0].Why == "" || !list[0].Until.After(f.Now) || list[0].Variant.ID == "" {
					t.Errorf("%+v", list[0])
				}
			}
			if got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if want := c.next; want == 0 && !next.IsZero() || want != 0 && !next.Equal(now().Add(want)) {
				t.Errorf("again at %v", next)
			}
		})
	}
}

func TestLasts_ReadsWhatTheShopStates(t *testing.T) {
	for text, want := range map[string]time.Duration{
		"约 2 个月": 60 * day, "30ml 每天 4 滴约 6 周": 42 * day, "14 支约 2 周": 14 * day, "约 2 个半月": 75 * day, "7 支用 1 周": 7 * day, "约 12 个月": 360 * day,
		"120g 约 2 个月，补充装约 3 个半月": 60 * day, "": 0, "看用量": 0, "约 0 天": 0,
	} {
		p := shop.Product{Lasts: text, Variants: []shop.Variant{{ID: "a", Name: "50g"}, {ID: "b", Name: "25g"}, {ID: "c", Name: "红"}}}
		if got := Lasts(p, p.Variants[0]); got != want {
			t.Errorf("%q lasts %v, want %v", text, got, want)
		}
		if half, same := Lasts(p, p.Variants[1]), Lasts(p, p.Variants[2]); half != want/2 || same != want {
			t.Errorf("%q: half the size lasts %v, another shade %v", text, half, same)
		}
	}
}
