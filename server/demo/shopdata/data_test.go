package shopdata_test

import (
	"fmt"
	"io/fs"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/shop"
	"agentdesk/server/shop/shoptest"
)

// moments are starts at which the day, the cut-off and the year turn.
func moments() []time.Time {
	z := shopdata.Zone()
	return []time.Time{
		evening(), time.Date(2026, 11, 24, 0, 0, 0, 0, z), time.Date(2026, 11, 24, 8, 5, 0, 0, z), time.Date(2027, 1, 1, 12, 0, 0, 0, z),
		time.Date(2028, 2, 29, 23, 59, 59, 0, z), time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC),
	}
}

func catalogue(t testing.TB, m *shopdata.Memory) []shop.Product {
	t.Helper()
	list, err := m.SearchProducts(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func TestOrders_HoldTogetherWheneverTheServerStarts(t *testing.T) {
	for _, now := range moments() {
		m := open(t, now)
		states, parcels, total := map[shop.OrderState]int{}, map[shop.ParcelState]int{}, 0
		backs, courses, tiers := map[shop.ReturnKind]int{}, map[shop.ReturnState]int{}, map[shop.Tier]int{}
		for _, id := range m.Customers() {
			c, err := m.Customer(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			list, err := m.OrdersOf(t.Context(), id, 0)
			if err != nil {
				t.Fatal(err)
			}
			tiers[c.Tier]++
			var kept int64
			paid, returned := 0, 0
			for _, o := range list {
				total++
				shoptest.CheckOrder(t, o)
				checkTimes(t, c, o, now)
				states[o.State]++
				for _, p := range o.Parcels {
					parcels[p.State]++
				}
				if !o.PaidAt.IsZero() {
					paid++
					if o.State != shop.Refunded {
						kept += o.TotalFen
					}
				}
				if o.Return != nil {
					returned++
					backs[o.Return.Kind]++
					courses[o.Return.State]++
				}
			}
			if kept > c.SpentFen || paid > c.Orders {
				t.Errorf("%s: orders keep %d of %d fen, %d of %d orders", id, kept, c.SpentFen, paid, c.Orders)
			}
			if allowed := (c.Returns*c.Orders + 500) / 1000; returned > allowed {
				t.Errorf("%s: %d returns where %d ‰ of %d orders says %d", id, returned, c.Returns, c.Orders, allowed)
			}
		}
		if total < 2000 || len(m.Customers()) < 300 {
			t.Errorf("%d orders, %d customers", total, len(m.Customers()))
		}
		for _, s := range shop.OrderStates() {
			if states[s] == 0 {
				t.Errorf("%v: no order is %s", now, s)
			}
		}
		for _, s := range shop.ParcelStates() {
			if parcels[s] == 0 {
				t.Errorf("%v: no parcel is %s", now, s)
			}
		}
		for _, k := range shop.ReturnKinds() {
			if backs[k] == 0 {
				t.Errorf("%v: nothing comes back as %s", now, k)
			}
		}
		for _, s := range []shop.ReturnState{shop.ReturnAsked, shop.ReturnApproved, shop.ReturnSent, shop.ReturnBack, shop.ReturnPaid, shop.ReturnResent} {
			if courses[s] == 0 {
				t.Errorf("%v: no return is %s", now, s)
			}
		}
		for _, tier := range shop.Tiers() {
			if tiers[tier] < 10 {
				t.Errorf("%d customers are %s", tiers[tier], tier)
			}
		}
	}
}

// checkTimes holds an order against the clock, its customer and the shipping policy.
func checkTimes(t *testing.T, c shop.Customer, o shop.Order, now time.Time) {
	t.Helper()
	if o.PlacedAt.Before(c.JoinedAt) {
		t.Errorf("%s: placed %v before %s joined %v", o.ID, o.PlacedAt, c.ID, c.JoinedAt)
	}
	past := []time.Time{o.PlacedAt, o.PaidAt, o.ShippedAt, o.SignedAt, o.ClosedAt}
	if o.Return != nil {
		past = append(past, o.Return.AskedAt, o.Return.BackAt, o.Return.PaidAt)
	}
	for _, p := range o.Parcels {
		past = append(past, p.Last().At)
		if !p.ETA.IsZero() && !p.ETA.After(now) {
			t.Errorf("%s: expected at %v, which is past", p.Number, p.ETA)
		}
		silence := now.Sub(p.Last().At)
		switch p.State {
		case shop.PickedUp, shop.InTransit, shop.OutForDelivery:
			if silence > 48*time.Hour {
				t.Errorf("%s is %s without a trace for %v", p.Number, p.State, silence)
			}
		case shop.Delayed:
			if silence <= 48*time.Hour {
				t.Errorf("%s counts as delayed after %v", p.Number, silence)
			}
		case shop.Lost:
			if silence <= 7*24*time.Hour {
				t.Errorf("%s counts as lost after %v", p.Number, silence)
			}
		}
	}
	for _, at := range past {
		if at.After(now) {
			t.Errorf("%s: %v is to come", o.ID, at)
		}
	}
	if o.ShippedAt.IsZero() {
		return
	}
	day := func(x time.Time) string { return x.Format(time.DateOnly) }
	if o.PaidAt.Hour() < 22 && day(o.ShippedAt) != day(o.PaidAt) {
		t.Errorf("%s: paid %v before the cut-off, shipped %v", o.ID, o.PaidAt, o.ShippedAt)
	}
}

func TestNew_IsTheSameForTheSameDayAndKeepsItsIDs(t *testing.T) {
	a, b, later := open(t, evening()), open(t, evening()), open(t, evening().AddDate(0, 3, 0))
	for _, id := range a.Customers() {
		x, _ := a.OrdersOf(t.Context(), id, 0)
		y, _ := b.OrdersOf(t.Context(), id, 0)
		z, _ := later.OrdersOf(t.Context(), id, 0)
		if !reflect.DeepEqual(x, y) {
			t.Errorf("%s: two starts on one day differ", id)
		}
		for _, o := range x {
			if !slices.ContainsFunc(z, func(p shop.Order) bool { return p.ID == o.ID }) {
				t.Errorf("order %s is gone three months later", o.ID)
			}
		}
	}
}

func TestPeopleOfThePictures(t *testing.T) {
	m := open(t, evening())
	for _, w := range []struct {
		id, name, nick string
		tier           shop.Tier
		channel        shop.Channel
	}{
		{"c-linxiaolu", "林小鹿", "小鹿不迷路", shop.Black, shop.Taobao}, {"c-suwanwan", "苏晚晚", "晚晚吃橘子", shop.Black, shop.Taobao},
		{"c-guyueming", "顾明月", "明月直播间见", shop.Gold, shop.Douyin}, {"c-niannian", "", "念念不忘", shop.New, shop.Xiaohongshu},
		{"c-wangzihan", "王梓涵", "梓涵今天退钱了吗", shop.Silver, shop.Douyin}, {"c-zhaoyinuo", "赵一诺", "一诺不熬夜", shop.Gold, shop.Xiaohongshu},
		{"c-chenyutong", "陈语桐", "语桐爱囤货", shop.Platinum, shop.Wechat}, {"c-hezhixia", "何知夏", "知夏", shop.Gold, shop.Web},
	} {
		c, err := m.Customer(t.Context(), w.id)
		if err != nil || c.Name != w.name || c.Nick != w.nick || c.Tier != w.tier || c.Channel != w.channel {
			t.Errorf("%s: %+v, %v", w.id, c, err)
		}
	}
	c, _ := m.Customer(t.Context(), "c-linxiaolu")
	orders, _ := m.OrdersOf(t.Context(), c.ID, 0)
	if c.SpentFen != 1_864_000 || c.AverageFen() != 71_700 || c.Returns != 38 || c.Rating != 49 || len(orders) != 26 {
		t.Errorf("林小鹿: spent %d, average %d, returns %d, rating %d, %d orders", c.SpentFen, c.AverageFen(), c.Returns, c.Rating, len(orders))
	}
	serum, err := m.Order(t.Context(), "cy8800008842")
	if err != nil || serum.TotalFen != 39_800 || serum.State != shop.Signed || serum.Lines[0].Title != "焕亮双抗精华" {
		t.Errorf("the serum's order: %+v, %v", serum, err)
	}
	if orders[0].Parcels[0].State != shop.OutForDelivery || orders[0].Lines[0].Variant != "洁面补充装 200g" {
		t.Errorf("林小鹿's newest order: %+v", orders[0])
	}
	if cart, err := m.Cart(t.Context(), c.ID); err != nil || cart.TotalFen != 35_600 {
		t.Errorf("林小鹿's cart: %d, %v", cart.TotalFen, err)
	}
	cream, _ := m.Product(t.Context(), "p-ceramide-cream")
	if v := cream.Main(); v.ListFen != 32_900 || v.CouponFen != 28_900 || v.Stock != 1284 || cream.Reviews != 12_806 {
		t.Errorf("the cream: %+v", v)
	}
	refund, _ := m.Order(t.Context(), "CY8800008123")
	if r := refund.Return; r == nil || !r.PaidAt.IsZero() || !r.DueAt.Before(evening()) {
		t.Errorf("王梓涵's refund isn't overdue: %+v", refund.Return)
	}
	gift, _ := m.Order(t.Context(), "CY8800009001")
	if !slices.Contains(gift.Gifts, "p-set-travel") {
		t.Errorf("顾明月's gifts: %v", gift.Gifts)
	}
}

func TestPrices_AreThoseOfTheCoupons(t *testing.T) {
	m := open(t, evening())
	promos, _ := m.Promotions(t.Context())
	yuan := regexp.MustCompile(`(\d+)(?: 元)?(?:、|。|，|；|$)`)
	for _, p := range promos {
		if p.Kind != shop.Coupon {
			continue
		}
		stated := map[string]bool{}
		for _, part := range strings.Split(p.Text, "券后")[1:] {
			for _, n := range yuan.FindAllStringSubmatch(part, -1) {
				stated[n[1]] = true
			}
		}
		if !strings.Contains(p.Text, fmt.Sprintf("立减 %d 元", p.OffFen/100)) {
			t.Errorf("%s takes off %d fen and says %q", p.ID, p.OffFen, p.Text)
		}
		for _, id := range p.Products {
			product, err := m.Product(t.Context(), id)
			if err != nil || product.Main().CouponFen == 0 {
				t.Errorf("%s doesn't apply to %s: %v", p.ID, id, err)
				continue
			}
			if after := fmt.Sprint(product.Main().CouponFen / 100); !stated[after] {
				t.Errorf("%s: %s costs %s after coupon, the text says %q", p.ID, product.Title, after, p.Text)
			}
		}
	}
}

func TestProducts_DontContradictThemselves(t *testing.T) {
	m := open(t, evening())
	worst := map[shop.Pregnancy]int{shop.PregnancyOK: 1, shop.PregnancyAsk: 2, shop.PregnancyAvoid: 3}
	for _, p := range catalogue(t, m) {
		if worst[p.Pregnancy] == 0 || p.Pregnant == "" || p.Usage == "" || p.Lasts == "" || p.Summary == "" || len(p.Ingredients) < 8 || len(p.Skins) == 0 {
			t.Errorf("%s lacks something: %+v", p.ID, p)
		}
		if p.Pregnancy == shop.PregnancyAvoid != strings.Contains(p.Pregnant, "不建议") {
			t.Errorf("%s is %s and says %q", p.ID, p.Pregnancy, p.Pregnant)
		}
		for _, risky := range []string{"视黄醇", "视黄醛", "水杨酸"} {
			if slices.Contains(p.Ingredients, risky) && p.Pregnancy != shop.PregnancyAvoid {
				t.Errorf("%s holds %s and is %s in pregnancy", p.ID, risky, p.Pregnancy)
			}
		}
		if slices.Contains(p.Skins, "敏感肌") && strings.Contains(strings.Join(p.Cautions, ""), "敏感肌不建议") {
			t.Errorf("%s suits sensitive skin and warns it off", p.ID)
		}
		for _, id := range p.Conflicts {
			other, err := m.Product(t.Context(), id)
			if err != nil || !slices.Contains(other.Conflicts, p.ID) {
				t.Errorf("%s conflicts with %s but not the other way round (%v)", p.ID, id, err)
			}
		}
		for _, id := range p.Contains {
			part, err := m.Product(t.Context(), id)
			if err != nil || worst[part.Pregnancy] > worst[p.Pregnancy] {
				t.Errorf("%s contains %s: %v, %s in pregnancy", p.ID, id, err, part.Pregnancy)
			}
		}
	}
}

func TestPolicies_StateTheirFigures(t *testing.T) {
	m := open(t, evening())
	unit := map[string]func(int64) string{
		"days": func(n int64) string { return fmt.Sprintf("%d 天", n) }, "hours": func(n int64) string { return fmt.Sprintf("%d 小时", n) },
		"months": func(n int64) string { return fmt.Sprintf("%d 个月", n) }, "times": func(n int64) string { return fmt.Sprintf("%d 次", n) },
		"hour": func(n int64) string { return fmt.Sprintf("%d 点", n) }, "chars": func(n int64) string { return fmt.Sprintf("%d 字", n) },
		"pieces": func(n int64) string { return fmt.Sprintf("%d 份", n) }, "seconds": func(n int64) string { return fmt.Sprintf("%d 秒", n) }, "minutes": func(n int64) string { return fmt.Sprintf("%d 分钟", n) }, "fen": func(n int64) string { return fmt.Sprintf("%d 元", n/100) },
		"yuan": func(n int64) string { return fmt.Sprintf("%d 分抵 1 元", n) },
	}
	policies, _ := m.Policies(t.Context())
	for _, p := range policies {
		var text strings.Builder
		for _, s := range p.Sections {
			text.WriteString(s.Text)
		}
		for name, n := range p.Figures {
			say, ok := unit[name[strings.LastIndex(name, "_")+1:]]
			if !ok || !strings.Contains(text.String(), say(n)) {
				t.Errorf("%s: figure %s = %d isn't in the text", p.ID, name, n)
			}
		}
	}
	allergy, _ := m.Policy(t.Context(), "policy-allergy")
	member, _ := m.Policy(t.Context(), "policy-member")
	if allergy.Figures["allergy_days"] != 30 {
		t.Error("the allergy guarantee isn't 30 days")
	}
	for _, id := range m.Customers() {
		c, _ := m.Customer(t.Context(), id)
		want := shop.New
		for _, tier := range []shop.Tier{shop.Silver, shop.Gold, shop.Platinum, shop.Black} {
			if c.SpentFen >= member.Figures[string(tier)+"_fen"] {
				want = tier
			}
		}
		if c.Tier != want {
			t.Errorf("%s spent %d fen and is %s, the membership policy says %s", id, c.SpentFen, c.Tier, want)
		}
	}
}

func TestCopy_MakesNoMedicalOrAbsoluteClaim(t *testing.T) {
	banned := []string{"100%", "根治", "治疗", "治愈", "疗效", "疗程", "药妆", "处方", "医美", "医学护肤", "消炎", "抗炎", "杀菌", "抗敏", "脱敏", "第一", "顶级", "国家级", "保证", "永久", "特效", "最"}
	err := fs.WalkDir(demo.Shop(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(demo.Shop(), path)
		if err != nil {
			return err
		}
		for _, w := range banned {
			if i := strings.Index(string(raw), w); i >= 0 {
				t.Errorf("%s says %q: …%s…", path, w, raw[max(0, i-30):min(len(raw), i+30)])
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPeople_AreClearlyMadeUp(t *testing.T) {
	m := open(t, evening())
	phones := map[string]bool{}
	for _, id := range m.Customers() {
		c, _ := m.Customer(t.Context(), id)
		if !strings.HasPrefix(c.Phone, "1540000") || len(c.Phone) != 11 || !strings.Contains(c.Address, "示例路") || phones[c.Phone] {
			t.Errorf("%s: phone %s, address %s", id, c.Phone, c.Address)
		}
		phones[c.Phone] = true
	}
}
