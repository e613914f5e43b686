package bot

import (
	"context"
	"errors"
	"testing"
	"time"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
)

// fakeShop is a shop small enough to know by heart.
type fakeShop struct{ down bool }

var errDown = errors.New("shop is down")

func now() time.Time { return time.Date(2026, 11, 24, 20, 30, 0, 0, time.FixedZone("CST", 8*3600)) }

func (s fakeShop) products() []shop.Product {
	return []shop.Product{
		{ID: "p-cream", Title: "神经酰胺屏障修护面霜", Category: "面霜", Summary: "3% 神经酰胺，帮助舒缓干燥泛红", Points: []string{"神经酰胺 3%", "敏感肌测试"},
			Variants: []shop.Variant{{ID: "p-cream-50", Name: "50g", ListFen: 32900, CouponFen: 28900, Stock: 1284}, {ID: "p-cream-15", Name: "15g", ListFen: 12900, Stock: 0, RestockAt: now().AddDate(0, 0, 6)}},
			Actives:  []shop.Active{{Name: "神经酰胺", Share: "3%", Does: "维持屏障"}}, Ingredients: []string{"水", "神经酰胺 NP", "角鲨烷"}, Free: []string{"酒精", "香精"}, Skins: []string{"干皮", "敏感肌"}, Concerns: []string{"泛红", "干燥"},
			Pregnancy: shop.PregnancyOK, Pregnant: "配方不含 A 醇和水杨酸，孕期可用", Usage: "早晚洁面后取黄豆大小，均匀涂抹全脸", When: "早晚", ShelfLife: "未开封 3 年，开封后 12 个月", Rating: 49, UpdatedAt: now()},
		{ID: "p-vc", Title: "焕亮双抗精华", Category: "精华", Summary: "10% VC，帮助提亮", Variants: []shop.Variant{{ID: "p-vc-30", Name: "30ml", ListFen: 39800, Stock: 80}},
			Actives: []shop.Active{{Name: "VC", Share: "10%"}}, Skins: []string{"油皮", "混合皮"}, Concerns: []string{"暗沉", "美白"}, Pregnancy: shop.PregnancyAsk, Pregnant: "含高浓度 VC，孕期请先问医生", Usage: "晚间取 3 滴",
			Conflicts: []string{"p-acid"}, Filing: "国妆特字20261234", Rating: 47, UpdatedAt: now()},
		{ID: "p-sun", Title: "轻盈防晒乳", Category: "防晒", Summary: "SPF50 清爽不闷", Variants: []shop.Variant{{ID: "p-sun-50", Name: "50ml", ListFen: 15900, CouponFen: 13900, Stock: 9}}, Skins: []string{"油皮", "混合皮", "敏感肌"}, Pregnancy: shop.PregnancyOK, Rating: 48, UpdatedAt: now()},
	}
}

func (s fakeShop) Product(_ context.Context, id string) (shop.Product, error) {
	for _, p := range s.products() {
		if p.ID == id {
			return p, nil
		}
	}
	return shop.Product{}, shop.ErrNotFound
}

func (s fakeShop) SearchProducts(context.Context, string, int) ([]shop.Product, error) {
	if s.down {
		return nil, errDown
	}
	return s.products(), nil
}

func (s fakeShop) Customer(_ context.Context, id string) (shop.Customer, error) {
	if s.down {
		return shop.Customer{}, errDown
	}
	if id == "u1" || id == "u2" {
		return shop.Customer{ID: id, Name: "林小鹿", Tier: shop.Gold, Skin: "干敏皮", Points: 1860}, nil
	}
	return shop.Customer{}, shop.ErrNotFound
}

func (s fakeShop) OrdersOf(_ context.Context, id string, _ int) ([]shop.Order, error) {
	if id != "u1" {
		return nil, nil
	}
	at := now()
	return []shop.Order{
		{ID: "CY20261122008842", CustomerID: "u1", State: shop.Shipped, TotalFen: 28900, PlacedAt: at.AddDate(0, 0, -2), ShippedAt: at.AddDate(0, 0, -1),
			Lines:   []shop.OrderLine{{ProductID: "p-cream", Title: "神经酰胺屏障修护面霜", Variant: "50g", Quantity: 1, UnitFen: 28900}},
			Parcels: []shop.Parcel{{Number: "SF1234567890123", Carrier: "顺丰速运", State: shop.InTransit, ETA: at.AddDate(0, 0, 1), Track: []shop.TrackEvent{{At: at.Add(-3 * time.Hour), Place: "北京", Text: "已到达北京转运中心"}}}}},
		{ID: "CY20261105007731", CustomerID: "u1", State: shop.Returning, TotalFen: 39800, PlacedAt: at.AddDate(0, 0, -19), SignedAt: at.AddDate(0, 0, -16),
			Lines:  []shop.OrderLine{{ProductID: "p-vc", Title: "焕亮双抗精华", Variant: "30ml", Quantity: 1, UnitFen: 39800}},
			Return: &shop.Return{Reason: "不合适", RefundFen: 39800, AskedAt: at.AddDate(0, 0, -5), BackAt: at.AddDate(0, 0, -1), DueAt: at.AddDate(0, 0, 2)}},
	}, nil
}

func (s fakeShop) Promotions(context.Context) ([]shop.Promotion, error) {
	return []shop.Promotion{{ID: "m1", Title: "双十二满减", Text: "满 399 元减 50 元", Kind: shop.Reduction, MinFen: 39900, OffFen: 5000}}, nil
}

func (s fakeShop) Policies(context.Context) ([]shop.Policy, error) {
	return []shop.Policy{
		{ID: "after-sale", Title: "售后政策", Sections: []shop.Section{{No: "1.1", Title: "七天无理由退货", Text: "签收后 7 天内，商品完好未拆封可申请无理由退货。"},
			{No: "2.1", Title: "过敏无忧退", Text: "签收 30 天内，凭肤况照片可退，拆封也可退，运费由商家承担。"}, {No: "2.2", Title: "破损少发", Text: "签收 48 小时内凭照片登记，可补发或退款。"}, {No: "3.1", Title: "退款到账", Text: "仓库收到退货后 3 个工作日内按原路退款。"}}},
		{ID: "ship", Title: "配送政策", Sections: []shop.Section{{No: "1.1", Title: "发货时效", Text: "付款后 48 小时内发货，满 99 元包邮。"}}},
		{ID: "invoice", Title: "发票政策", Sections: []shop.Section{{No: "1.1", Title: "电子发票", Text: "签收后可在订单页申请电子发票，1 个工作日内开具。"}}},
	}, nil
}

func newBot(t testing.TB, s Shop, r Responder) *Engine {
	t.Helper()
	u, err := understand.New(understand.Params{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := New(Params{Shop: s, Understand: u, Responder: r})
	if err != nil {
		t.Fatal(err)
	}
	return e
}
