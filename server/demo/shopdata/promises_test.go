package shopdata_test

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"agentdesk/server/demo/shopdata"
	"agentdesk/server/shop"
)

func promotions(t *testing.T, m *shopdata.Memory) []shop.Promotion {
	t.Helper()
	list, err := m.Promotions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	agents, err := m.AgentVouchers(t.Context())
	if err != nil || len(agents) < 3 {
		t.Fatalf("%d vouchers for agents, %v", len(agents), err)
	}
	return append(list, agents...)
}

func TestPromotions_NameWhatExistsAndSayWhatTheyDo(t *testing.T) {
	m := open(t, evening())
	kinds, ids := map[shop.PromotionKind]int{}, map[string]bool{}
	cut := regexp.MustCompile(`满 (\d+) 元减 (\d+) 元`)
	for _, p := range promotions(t, m) {
		kinds[p.Kind]++
		if ids[p.ID] || p.Title == "" || p.Text == "" || p.From.After(evening()) || p.Until.Before(evening()) || strings.Contains(p.Text, "{") {
			t.Errorf("promotion %+v", p)
		}
		ids[p.ID] = true
		for _, id := range append(slices.Clone(p.Products), p.Gift) {
			if id == "" {
				continue
			}
			product, err := m.Product(t.Context(), id)
			if err != nil || product.ID != id {
				t.Errorf("%s names %q: %v", p.ID, id, err)
			}
			if id == p.Gift && product.Main().Stock == 0 {
				t.Errorf("%s gives %s, of which there is none", p.ID, id)
			}
		}
		if (p.Kind == shop.Gift) != (p.Gift != "") || (p.Kind == shop.Gift) == (p.OffFen > 0) || p.Kind == shop.Coupon && len(p.Products) == 0 {
			t.Errorf("%s of kind %s takes off %d and gives %q", p.ID, p.Kind, p.OffFen, p.Gift)
		}
		for _, found := range cut.FindAllStringSubmatch(p.Text, -1) {
			if found[1] != fmt.Sprint(p.MinFen/100) || found[2] != fmt.Sprint(p.OffFen/100) {
				t.Errorf("%s from %d takes off %d and says %q", p.ID, p.MinFen, p.OffFen, p.Text)
			}
		}
	}
	if kinds[shop.Coupon] < 8 || kinds[shop.Reduction] < 3 || kinds[shop.Gift] < 6 || kinds[shop.Voucher] < 6 {
		t.Errorf("promotions: %v", kinds)
	}
}

func TestPromotions_NoProductHasTwoCoupons(t *testing.T) {
	seen := map[string]string{}
	for _, p := range promotions(t, open(t, evening())) {
		for _, id := range p.Products {
			if p.Kind != shop.Coupon {
				continue
			}
			if other, ok := seen[id]; ok {
				t.Errorf("%s is in %s and %s", id, other, p.ID)
			}
			seen[id] = p.ID
		}
	}
}

func TestLivestreams_PromiseThingsOfTheirDays(t *testing.T) {
	date := regexp.MustCompile(`(\d+) 月 (\d+) 日`)
	for _, now := range moments() {
		m := open(t, now)
		live := 0
		for _, p := range promotions(t, m) {
			if !strings.HasPrefix(p.ID, "live-") {
				continue
			}
			live++
			if len(p.Channels) == 0 || len(p.Products) == 0 && p.MinFen == 0 {
				t.Errorf("%s is for no channel, or for anything", p.ID)
			}
			dates := date.FindAllStringSubmatch(p.Text, -1)
			if len(dates) != 2 {
				t.Errorf("%s says %q", p.ID, p.Text)
				continue
			}
			for i, at := range []time.Time{p.From, p.Until} {
				if dates[i][1] != strconv.Itoa(int(at.Month())) || dates[i][2] != strconv.Itoa(at.Day()) {
					t.Errorf("%s runs %v to %v and says %q", p.ID, p.From, p.Until, p.Text)
				}
			}
			for _, id := range p.Products {
				if product, err := m.Product(t.Context(), id); err != nil || !strings.Contains(p.Text, product.Title) {
					t.Errorf("%s is about %s and says %q", p.ID, id, p.Text)
				}
			}
			if gift, err := m.Product(t.Context(), p.Gift); err != nil || !strings.Contains(p.Text, gift.Title) {
				t.Errorf("%s gives %s and says %q", p.ID, gift.Title, p.Text)
			}
		}
		if live < 3 {
			t.Errorf("%d livestreams", live)
		}
	}
}

// What promotions and products quote of the policies is what the policies say.
func TestPolicies_AgreeWithWhatQuotesThem(t *testing.T) {
	m := open(t, evening())
	figure := func(policy, name string) int64 {
		t.Helper()
		p, err := m.Policy(t.Context(), policy)
		n, ok := p.Figures[name]
		if err != nil || !ok {
			t.Fatalf("%s has no %s: %v", policy, name, err)
		}
		return n
	}
	by := map[string]shop.Promotion{}
	for _, p := range promotions(t, m) {
		by[p.ID] = p
	}
	for _, w := range []struct {
		promo     string
		fen       int64
		name      string
		policy, f string
	}{
		{"promo-welcome", by["promo-welcome"].OffFen, "off", "policy-member", "welcome_fen"},
		{"promo-welcome", by["promo-welcome"].MinFen, "from", "policy-shipping", "free_ship_fen"},
		{"voucher-member30", by["voucher-member30"].OffFen, "off", "policy-member", "voucher_fen"},
		{"voucher-member30", by["voucher-member30"].MinFen, "from", "policy-member", "voucher_min_fen"},
		{"voucher-birthday50", by["voucher-birthday50"].OffFen, "off", "policy-member", "birthday_fen"},
		{"voucher-birthday50", by["voucher-birthday50"].MinFen, "from", "policy-member", "birthday_min_fen"},
	} {
		if want := figure(w.policy, w.f); w.fen != want || want == 0 {
			t.Errorf("%s: %s %d, %s says %d", w.promo, w.name, w.fen, w.policy, want)
		}
	}
	hours := regexp.MustCompile(`(\d+) 小时(?:内补发|未发货|未发)`)
	reship, late := figure("policy-return", "reship_hours"), figure("policy-shipping", "late_hours")
	policies, err := m.Policies(t.Context())
	if err != nil || len(policies) < 10 {
		t.Fatalf("%d policies, %v", len(policies), err)
	}
	found := 0
	for _, p := range policies {
		for _, s := range p.Sections {
			for _, h := range hours.FindAllStringSubmatch(s.Text, -1) {
				found++
				if h[1] != fmt.Sprint(reship) && h[1] != fmt.Sprint(late) {
					t.Errorf("%s §%s says %s", p.ID, s.No, h[0])
				}
			}
		}
	}
	if found < 4 {
		t.Errorf("%d quotes were checked", found)
	}
	// A section that another names exists.
	named := regexp.MustCompile(`《([^》]+)》 ?(\d+\.\d+)`)
	for _, p := range policies {
		for _, s := range p.Sections {
			for _, ref := range named.FindAllStringSubmatch(s.Text, -1) {
				i := slices.IndexFunc(policies, func(q shop.Policy) bool { return q.Title == ref[1] })
				if i < 0 || !slices.ContainsFunc(policies[i].Sections, func(x shop.Section) bool { return x.No == ref[2] }) {
					t.Errorf("%s §%s refers to 《%s》%s", p.ID, s.No, ref[1], ref[2])
				}
			}
		}
	}
}
