package entity_test

import (
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"agentdesk/server/understand/entity"
	"agentdesk/server/understand/entity/measure"
	"agentdesk/sync/mask"
)

func lines(t testing.TB, part string) []measure.Line {
	t.Helper()
	f, err := os.Open("../corpus/entities.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := measure.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return measure.Part(all, part)
}

func newFinder(t testing.TB) *entity.Finder {
	t.Helper()
	items, err := measure.DemoShop()
	if err != nil {
		t.Fatal(err)
	}
	f, err := entity.New(entity.Params{Catalogue: items})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The floors lie a little below what was measured: a change that costs more than a line or two of a kind fails.
func TestFind_HoldsItsFloorsOnTheTestLines(t *testing.T) {
	test := lines(t, "test")
	if len(test) < 250 {
		t.Fatalf("%d test lines", len(test))
	}
	counts, _ := measure.Score(test, measure.Finds(newFinder(t)))
	floors := map[string]float64{"order": .93, "tracking": .85, "product": .88, "sku": .9, "phone": .99, "idcard": .99, "card": .99, "address": .93, "name": .8, "email": .99,
		"account": .8, "money": .92, "date": .95, "time": .7, "duration": .9, "quantity": .83, "skin": .87, "symptom": .93, "pregnancy": .87}
	for kind, floor := range floors {
		c := counts[kind]
		if c.Right == 0 || c.Precision() < floor || c.Recall() < floor {
			t.Errorf("%s: precision %.3f, recall %.3f (%+v), floor %.2f", kind, c.Precision(), c.Recall(), c, floor)
		}
	}
	if len(counts) != len(floors) {
		t.Errorf("%d kinds are labelled, %d have floors", len(counts), len(floors))
	}
}

func TestMask_HidesWhatFindsAPersonAndLeavesPricesAndOrders(t *testing.T) {
	for _, part := range []string{"test", "dev"} {
		all := lines(t, part)
		m := mask.New()
		h := measure.Mask(all, measure.Masks(m))
		for _, kind := range []string{"phone", "idcard", "card", "address"} {
			if c := h.Counts[kind]; c.Right == 0 || c.Recall() < .99 {
				t.Errorf("%s, %s: recall %.3f (%+v), floor .99", part, kind, c.Recall(), c)
			}
		}
		for _, kind := range []string{"name", "email", "account"} {
			if c := h.Counts[kind]; c.Right == 0 || c.Recall() < .85 {
				t.Errorf("%s, %s: recall %.3f (%+v), floor .85", part, kind, c.Recall(), c)
			}
		}
		if len(h.False)*100 > len(all) {
			t.Errorf("%s: %d false masks in %d lines", part, len(h.False), len(all))
		}
		for _, f := range h.False {
			if f.Want != nil {
				t.Errorf("%s: %s %q was masked in %q", part, f.Want.Kind, f.Want.Norm, f.Text)
			}
		}
	}
}

func TestFind_CountsDaysFromNow(t *testing.T) {
	f := newFinder(t)
	shanghai := time.FixedZone("CST", 8*3600)
	for _, c := range []struct {
		text, want string
		now        time.Time
	}{
		{"大后天", "2026-03-01", time.Date(2026, 2, 26, 9, 0, 0, 0, shanghai)},
		{"下周三", "2027-01-06", time.Date(2026, 12, 31, 9, 0, 0, 0, shanghai)},
		{"下个月3号", "2027-01-03", time.Date(2026, 12, 31, 9, 0, 0, 0, shanghai)},
		{"12.1之前", "../2026-12-01", time.Date(2027, 1, 15, 9, 0, 0, 0, shanghai)},
		{"1月2号", "2027-01-02", time.Date(2026, 12, 30, 9, 0, 0, 0, shanghai)},
		{"2月29号", "2028-02-29", time.Date(2027, 12, 1, 9, 0, 0, 0, shanghai)},
		{"今晚12点前", "../2026-03-02T00:00", time.Date(2026, 3, 1, 9, 0, 0, 0, shanghai)},
		{"明天下午3点", "2026-03-01T15:00", time.Date(2026, 2, 28, 23, 59, 0, 0, shanghai)},
		{"月底", "2028-02-29", time.Date(2028, 2, 1, 0, 0, 0, 0, shanghai)},
		{"后天", "", time.Time{}},
		{"2026年10月8日", "2026-10-08", time.Time{}},
	} {
		got := f.Find(c.text, c.now)
		if len(got) != 1 || got[0].Kind != entity.Date || got[0].Norm != c.want {
			t.Errorf("%q on %v: %+v, want %q", c.text, c.now.Format(time.DateOnly), got, c.want)
		}
	}
}

func TestFind_WorksWithoutACatalogue(t *testing.T) {
	f, err := entity.New(entity.Params{})
	if err != nil {
		t.Fatal(err)
	}
	got := f.Find("面霜两瓶，寄到文三路90号", time.Time{})
	var kinds []string
	for _, e := range got {
		kinds = append(kinds, string(e.Kind)+" "+e.Norm)
	}
	if s := strings.Join(kinds, ", "); s != "category 面霜, quantity 2, address 文三路90号" {
		t.Errorf("found %s", s)
	}
}

// FuzzFind: finds lie in the text, in order, without overlaps, and every number of a person that stands alone is one of them.
func FuzzFind(f *testing.F) {
	for _, s := range []string{"后天下午三点前", "\xff\xfe一万2块5", "12.1.2-3/4", "三四百五十万几", "下下周一上上个月底初", "¥1,2,3.4.5k万", "孕99999周", "2月30号", "SF 1 2 3 4 5 6 7 8 9", "CY-", "0.0.0.0", "VC 精华 30ml", "上千把十几二十"} {
		f.Add(s, int64(1_790_000_000))
	}
	find := newFinder(f)
	f.Fuzz(func(t *testing.T, s string, at int64) {
		now := time.Unix(at%4_000_000_000, 0).UTC()
		end := 0
		for _, e := range find.Find(s, now) {
			if e.From < end || e.To <= e.From || e.To > len(s) || e.Kind == "" || !utf8.ValidString(e.Norm) {
				t.Fatalf("%q: %+v after %d", s, e, end)
			}
			if e.Kind.Private() != (e.Masked != "") {
				t.Fatalf("%q: %+v", s, e)
			}
			end = e.To
		}
	})
}

func BenchmarkFind(b *testing.B) {
	f := newFinder(b)
	all := append(lines(b, "test"), lines(b, "dev")...)
	b.Run("message", func(b *testing.B) { // an average message of the labelled lines
		for i := 0; b.Loop(); i++ {
			f.Find(all[i%len(all)].Text, measure.Now())
		}
	})
	long := strings.Repeat("林小鹿，13812345678，浙江省杭州市西湖区文三路90号，VC精华两瓶，后天下午三点前，", 40)
	b.Run("2000 runes", func(b *testing.B) {
		for b.Loop() {
			f.Find(long, measure.Now())
		}
	})
}
