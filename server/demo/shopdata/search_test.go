package shopdata_test

import (
	"testing"

	"agentdesk/server/shop"
)

func TestSearchProducts_FindsWhatAPickerIsAskedFor(t *testing.T) {
	m := open(t, evening())
	for query, want := range map[string]string{
		"神经酰胺面霜": "p-ceramide-cream", "神经酰胺屏障": "p-ceramide-cream", "VC精华": "p-vc-serum", "vc": "p-vc-serum", "气垫": "p-cushion", "口红": "p-lipstick-matte",
		"烟酰胺": "p-nia-serum", "p-lip-balm": "p-lip-balm", "洗发": "p-shampoo-amino", "男士面霜": "p-men-cream", "377": "p-377-serum",
	} {
		list, err := m.SearchProducts(t.Context(), query, 5)
		if err != nil || len(list) == 0 || list[0].ID != want {
			var got []string
			for _, p := range list {
				got = append(got, p.ID)
			}
			t.Errorf("%q finds %v, want %s first, %v", query, got, want, err)
		}
	}
	for query, holds := range map[string]func(shop.Product) bool{
		"面":  func(p shop.Product) bool { return p.Category == "面霜" },
		"防晒": func(p shop.Product) bool { return p.Category == "防晒" },
		"角鲨": func(p shop.Product) bool { return p.ID == "p-squalane-oil" },
		"母婴": func(p shop.Product) bool { return p.Department == "母婴" },
		"宝宝": func(p shop.Product) bool { return p.ID == "p-baby-cream" }, "依克多因": func(p shop.Product) bool { return p.ID == "p-ecto-serum" },
	} {
		list, err := m.SearchProducts(t.Context(), query, 12)
		found := false
		for _, p := range list {
			found = found || holds(p)
		}
		if err != nil || !found {
			t.Errorf("%q finds %d products, none that fits, %v", query, len(list), err)
		}
	}
}

func BenchmarkSearchProducts(b *testing.B) {
	m := open(b, evening())
	for b.Loop() {
		if _, err := m.SearchProducts(b.Context(), "敏感肌用的防晒", 12); err != nil {
			b.Fatal(err)
		}
	}
}
