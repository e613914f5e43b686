package shopdata_test

import (
	"slices"
	"strings"
	"testing"

	"agentdesk/server/shop"
)

func TestReviews_ComeToTheRatingAndNoTwoAreAlike(t *testing.T) {
	for _, now := range moments()[:3] {
		m := open(t, now)
		texts, stars, follows, replies, total, nicks := map[string]string{}, map[int]int{}, 0, 0, 0, map[string]bool{}
		for _, p := range catalogue(t, m) {
			list, err := m.Reviews(t.Context(), p.ID, 0)
			if err != nil {
				t.Fatal(err)
			}
			sum := 0
			said := map[string]int{}
			for _, r := range list {
				total++
				sum += r.Stars
				stars[r.Stars]++
				nicks[r.Nick] = true
				checkReview(t, p, r)
				if other, ok := texts[r.Text]; ok {
					t.Errorf("%s and %s say %q", other, r.ID, r.Text)
				}
				texts[r.Text] = r.ID
				if r.At.After(now) || !r.FollowAt.IsZero() && (!r.FollowAt.After(r.At) || r.FollowAt.After(now)) {
					t.Errorf("%s: written %v, again %v, now %v", r.ID, r.At, r.FollowAt, now)
				}
				if r.Follow != "" {
					follows++
				}
				if r.Reply != "" {
					replies++
				}
				for _, part := range strings.FieldsFunc(r.Text, func(c rune) bool { return strings.ContainsRune("。；～", c) }) {
					said[part]++
				}
			}
			if len(list) < 10 || (10*sum+len(list)/2)/len(list) != p.Rating || p.Reviews < len(list) {
				t.Errorf("%s: %d reviews come to %d/%d, the product shows %d of %d", p.ID, len(list), sum, len(list), p.Rating, p.Reviews)
			}
			if !slices.IsSortedFunc(list, func(a, b shop.Review) int { return b.At.Compare(a.At) }) {
				t.Errorf("%s: reviews aren't newest first", p.ID)
			}
			for part, n := range said {
				if n > 4 {
					t.Errorf("%s: %d buyers say %q", p.ID, n, part)
				}
			}
		}
		if total < 3000 || follows < 150 || replies < 60 || len(nicks) < 300 {
			t.Errorf("%d reviews, %d followed up, %d answered, %d names", total, follows, replies, len(nicks))
		}
		for n := 1; n <= 5; n++ {
			if stars[n] < 15 {
				t.Errorf("%d reviews with %d stars", stars[n], n)
			}
		}
	}
}

func checkReview(t *testing.T, p shop.Product, r shop.Review) {
	t.Helper()
	if r.ID == "" || r.Product != p.ID || r.Nick == "" || r.Text == "" || r.Stars < 1 || r.Stars > 5 || r.Age < 0 || r.Age > 90 {
		t.Errorf("review %+v", r)
	}
	if r.Variant != "" && !slices.ContainsFunc(p.Variants, func(v shop.Variant) bool { return v.Name == r.Variant }) {
		t.Errorf("%s: %s isn't a variant of %s", r.ID, r.Variant, p.ID)
	}
	for _, text := range []string{r.Text, r.Follow, r.Reply} {
		if strings.ContainsAny(text, "{}[]") || strings.Contains(text, "，，") || strings.Contains(text, "。。") || strings.HasPrefix(text, "，") {
			t.Errorf("%s says %q", r.ID, text)
		}
	}
	// What was said fits the product.
	for word, ok := range map[string]bool{
		"色号": p.Department == "彩妆" || p.Category == "防晒" || p.Category == "套装", "宝宝": p.Category == "母婴" || p.Category == "套装", "泵头": true,
		"没有香味": slices.Contains(p.Free, "香精"), "挖勺": p.Category == "面霜",
	} {
		if !ok && strings.Contains(r.Text, word) {
			t.Errorf("%s of %s says %q", r.ID, p.Title, r.Text)
		}
	}
}
