package pricing_test

import (
	"testing"

	"pgregory.net/rapid"

	"agentdesk/server/demo/pricing"
	"agentdesk/server/shop"
)

func rules() pricing.Rules {
	return pricing.Rules{FreeFen: 9900, ShipFen: 800, Promotions: []shop.Promotion{
		{ID: "r40", Kind: shop.Reduction, MinFen: 40_000, OffFen: 4000}, {ID: "r100", Kind: shop.Reduction, MinFen: 80_000, OffFen: 10_000},
		{ID: "welcome", Kind: shop.Reduction, MinFen: 9900, OffFen: 2000, Tiers: []shop.Tier{shop.New}},
		{ID: "g", Kind: shop.Gift, MinFen: 50_000, Gift: "gift", Channels: []shop.Channel{shop.Douyin}}, {ID: "gp", Kind: shop.Gift, MinFen: 20_000, Gift: "cream", Products: []string{"a"}},
		{ID: "c", Kind: shop.Coupon, Products: []string{"a"}, OffFen: 1000}, // in the unit prices already
	}}
}

func line(product string, n int, fen int64) shop.OrderLine {
	return shop.OrderLine{ProductID: product, VariantID: product + "-1", Quantity: n, UnitFen: fen}
}

func TestBill_TakesOffWhatTakesMost(t *testing.T) {
	gold := pricing.Buyer{Tier: shop.Gold, Channel: shop.Taobao}
	first := pricing.Buyer{Tier: shop.New, Channel: shop.Web, First: true}
	ten, forty := shop.OrderCoupon{ID: "ten", OffFen: 1000}, shop.OrderCoupon{ID: "forty", OffFen: 4000, MinFen: 29_900}
	only := shop.OrderCoupon{ID: "only", OffFen: 2500, MinFen: 20_000, Products: []string{"b"}}
	for name, w := range map[string]struct {
		lines   []shop.OrderLine
		buyer   pricing.Buyer
		coupons []shop.OrderCoupon
		off     int64
		ship    int64
		gifts   int
	}{
		"small order ships":           {[]shop.OrderLine{line("a", 1, 4900)}, gold, nil, 0, 800, 0},
		"free shipping from 99":       {[]shop.OrderLine{line("a", 1, 9900)}, gold, nil, 0, 0, 0},
		"a coupon can cost shipping":  {[]shop.OrderLine{line("a", 1, 9900)}, gold, []shop.OrderCoupon{ten}, 1000, 800, 0},
		"one reduction":               {[]shop.OrderLine{line("a", 1, 45_000)}, gold, nil, 4000, 0, 1},
		"the larger reduction":        {[]shop.OrderLine{line("b", 2, 45_000)}, gold, nil, 10_000, 0, 0},
		"reduction and coupon":        {[]shop.OrderLine{line("b", 2, 45_000)}, gold, []shop.OrderCoupon{ten, forty}, 14_000, 0, 0},
		"welcome alone":               {[]shop.OrderLine{line("b", 1, 12_000)}, first, nil, 2000, 0, 0},
		"welcome excludes coupons":    {[]shop.OrderLine{line("b", 1, 12_000)}, first, []shop.OrderCoupon{ten}, 2000, 0, 0},
		"a coupon beats welcome":      {[]shop.OrderLine{line("b", 1, 32_000)}, first, []shop.OrderCoupon{forty}, 4000, 0, 0},
		"welcome only once":           {[]shop.OrderLine{line("b", 1, 12_000)}, pricing.Buyer{Tier: shop.New}, nil, 0, 0, 0},
		"a coupon of other products":  {[]shop.OrderLine{line("a", 1, 25_000)}, gold, []shop.OrderCoupon{only}, 0, 0, 1},
		"a coupon of these":           {[]shop.OrderLine{line("a", 1, 5000), line("b", 1, 21_000)}, gold, []shop.OrderCoupon{only}, 2500, 0, 0},
		"a gift of the channel":       {[]shop.OrderLine{line("b", 1, 60_000)}, pricing.Buyer{Tier: shop.Gold, Channel: shop.Douyin}, nil, 4000, 0, 1},
		"nothing costs nothing":       {nil, gold, []shop.OrderCoupon{ten}, 0, 0, 0},
		"something is always to pay":  {[]shop.OrderLine{line("b", 1, 500)}, gold, []shop.OrderCoupon{ten}, 499, 800, 0},
		"a gift counts its own goods": {[]shop.OrderLine{line("a", 1, 19_900), line("b", 1, 9000)}, gold, nil, 0, 0, 0},
	} {
		b := rules().Bill(w.lines, w.buyer, w.coupons)
		if b.DiscountFen != w.off || b.ShippingFen != w.ship || len(b.Gifts) != w.gifts || b.TotalFen != b.SumFen-b.DiscountFen+b.ShippingFen {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

func TestBill_SaysWhatIsMissingToTheNextReduction(t *testing.T) {
	gold := pricing.Buyer{Tier: shop.Gold}
	for sum, want := range map[int64]int64{30_000: 10_000, 39_999: 1, 40_000: 40_000, 79_000: 1000, 80_000: 0, 200_000: 0} {
		b := rules().Bill([]shop.OrderLine{line("b", 1, sum)}, gold, nil)
		if want == 0 != (b.Nearly == nil) || b.Nearly != nil && b.Nearly.MissFen != want {
			t.Errorf("%d: nearly %+v, want %d", sum, b.Nearly, want)
		}
	}
}

func TestBill_AddsUpForAnyCart(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		var lines []shop.OrderLine
		for range rapid.IntRange(1, 6).Draw(r, "lines") {
			lines = append(lines, line(rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "p"), rapid.IntRange(1, 9).Draw(r, "n"), rapid.Int64Range(1, 90_000).Draw(r, "fen")))
		}
		var coupons []shop.OrderCoupon
		for i := range rapid.IntRange(0, 3).Draw(r, "coupons") {
			coupons = append(coupons, shop.OrderCoupon{ID: string(rune('p' + i)), OffFen: rapid.Int64Range(1, 9000).Draw(r, "off"), MinFen: rapid.Int64Range(0, 60_000).Draw(r, "min")})
		}
		buyer := pricing.Buyer{Tier: rapid.SampledFrom(shop.Tiers()).Draw(r, "tier"), Channel: shop.Web, First: rapid.Bool().Draw(r, "first")}
		b, without := rules().Bill(lines, buyer, coupons), rules().Bill(lines, buyer, nil)
		var off int64
		for _, o := range b.Offs {
			off += o.Fen
		}
		if off != b.DiscountFen || b.TotalFen != b.SumFen-off+b.ShippingFen || b.SumFen-off < 1 || len(b.Offs) > 2 || b.DiscountFen < without.DiscountFen {
			r.Fatalf("%+v", b)
		}
	})
}
