package bot

import (
	"slices"
	"testing"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
)

func TestTurn_ListsWhatFitsOfAKind(t *testing.T) {
	e := demoBot(t)
	for _, w := range []struct {
		who, say string
		among    []string // at least one of these is listed
		never    []string
	}{
		{"", "孕妇能用的防晒有吗", []string{"p-sun-mineral", "p-sun-lotion-face"}, []string{"p-sun-body", "p-sun-outdoor", "p-sun-spray"}},
		{"c-niannian", "防晒有哪些", []string{"p-sun-mineral", "p-sun-lotion-face", "p-sun-milk"}, []string{"p-sun-body", "p-sun-spray"}},
		{"", "宝宝能用的面霜", []string{"p-baby-cream"}, []string{"p-retinol-cream"}},
		{"", "头皮痒用什么", []string{"p-scalp", "p-shampoo-amino"}, nil},
		{"", "香水里有酒精吗", []string{"p-perfume-fig", "p-perfume-tea", "p-perfume-night"}, nil},
	} {
		f, err := find(t.Context(), e.p.Shop, nil, Input{CustomerID: w.who, Text: w.say}, understand.Result{})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range append(slices.Clone(f.Kind), f.Named...) {
			got = append(got, p.ID)
			if slices.Contains(w.never, p.ID) || w.who == "c-niannian" && p.Pregnancy != shop.PregnancyOK {
				t.Errorf("%q lists %s", w.say, p.ID)
			}
		}
		if !slices.ContainsFunc(w.among, func(id string) bool { return slices.Contains(got, id) }) {
			t.Errorf("%q lists %v, none of %v", w.say, got, w.among)
		}
	}
}
