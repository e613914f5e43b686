package shopdata

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"agentdesk/server/shop"
)

// opinions makes the reviews that nobody wrote: fragments that somebody wrote, put together by people of different skins,
// ages and moods, so that the stars of a product come to its rating. No two are alike.
type opinions struct {
	b    *builder
	seen map[string]bool
}

// writer is who writes an opinion.
type writer struct {
	p        productRow
	variant  variantRow
	skin     string
	age      int
	pregnant bool
	rng      *rand.Rand
	used     map[string]int // fragments of this product so far
	said     string         // what the writer said, for what is answered
}

func (b *builder) reviews() error {
	o := &opinions{b: b, seen: map[string]bool{}}
	by := map[string][]reviewRow{}
	for _, r := range b.rows.reviews {
		if _, ok := b.out.products[r.Product]; !ok {
			return fmt.Errorf("review %s of unknown product %s", r.ID, r.Product)
		}
		o.seen[r.Text] = true
		by[r.Product] = append(by[r.Product], r)
	}
	for _, p := range b.rows.products {
		list, err := o.of(p, by[p.ID])
		if err != nil {
			return fmt.Errorf("reviews of %s: %w", p.ID, err)
		}
		slices.SortStableFunc(list, func(a, c shop.Review) int { return c.At.Compare(a.At) })
		b.out.reviews[p.ID] = list
	}
	return nil
}

func (o *opinions) of(p productRow, written []reviewRow) ([]shop.Review, error) {
	rng := o.b.random("reviews " + p.ID)
	var out []shop.Review
	sum := 0
	for _, r := range written {
		out = append(out, shop.Review{ID: r.ID, Product: p.ID, Nick: r.Nick, Skin: r.Skin, Text: r.Text, Variant: r.Variant, Age: r.Age, Stars: r.Stars, At: o.b.daysAgo(r.Days).Add(-o.b.hours(rng))})
		sum += r.Stars
	}
	// More is said of what more people bought.
	n := max(len(written), int(10+6*(math.Log10(float64(max(60, p.Reviews)))-1.7)))
	used := map[string]int{}
	for i, stars := range scores(rng, n, len(written), sum, p.Rating) {
		w := o.writer(p, rng, used)
		r := shop.Review{ID: fmt.Sprintf("r-%s-%02d", strings.TrimPrefix(p.ID, "p-"), i+1), Product: p.ID, Nick: o.nick(rng), Skin: w.skin, Age: w.age, Stars: stars, Variant: w.variant.Name}
		days := 1 + int(rng.ExpFloat64()*120)%560
		r.At = o.b.daysAgo(days).Add(-o.b.hours(rng))
		for try := 0; ; try++ {
			if r.Text = o.text(w, stars); !o.seen[r.Text] {
				break
			}
			if try > 50 {
				return nil, fmt.Errorf("nothing new to say")
			}
		}
		o.seen[r.Text] = true
		o.later(&r, w, days)
		out = append(out, r)
	}
	return out, nil
}

// scores are the stars of the reviews to be made, so that all n come to a rating in tenths.
func scores(rng *rand.Rand, n, have, sum, rating int) []int {
	out := make([]int, n-have)
	for i := range out {
		out[i] = 5
	}
	less := sum + 5*len(out) - (n*rating+5)/10 // how many stars are too many
	for try := 0; less > 0 && try < 10_000; try++ {
		i := rng.IntN(max(1, len(out)))
		step := min(less, pick(rng, 1, 1, 1, 1, 1, 2, 2, 3, 4))
		if len(out) > 0 && out[i]-step >= 1 && (out[i] == 5 || rng.IntN(6) == 0) {
			out[i] -= step
			less -= step
		}
	}
	return out
}

func (o *opinions) writer(p productRow, rng *rand.Rand, used map[string]int) writer {
	w := writer{p: p, rng: rng, used: used, age: min(62, max(18, 29+int(rng.NormFloat64()*8))), variant: p.Variants[0]}
	if rng.IntN(3) == 0 {
		w.variant = choose(rng, p.Variants)
	}
	w.skin = pickOr(rng, p.Skins)
	if rng.IntN(8) == 0 {
		w.skin = pick(rng, "干敏皮", "油敏皮", "混油皮", "混干皮", "敏感肌", "中性皮")
	}
	if p.Department == "男士" || p.Category == "母婴" {
		w.age = max(w.age, 22)
	}
	w.pregnant = p.Pregnancy == shop.PregnancyOK && rng.IntN(14) == 0
	return w
}

// nick is how a reviewer is shown: some hide it.
func (o *opinions) nick(rng *rand.Rand) string {
	from := o.b.rows.people
	n := choose(rng, from.Heads) + choose(rng, from.Tails)
	switch rng.IntN(6) {
	case 0, 1:
		n = choose(rng, from.Nicks)
	case 2:
		n = choose(rng, from.Tails)
	case 3:
		r := []rune(n)
		n = string(r[0]) + "***" + string(r[len(r)-1])
	}
	return n
}

// later adds what came after: the buyer's second word, the shop's answer.
func (o *opinions) later(r *shop.Review, w writer, days int) {
	w.said = r.Text
	slot := "follow"
	if r.Stars <= 2 {
		slot = "bad_follow"
	}
	if after := 12 + w.rng.IntN(70); after < days && w.rng.IntN(8) == 0 {
		r.Follow = o.fragment(w, slot, o.b.rows.common[slot])
		r.FollowAt = r.At.AddDate(0, 0, after)
	}
	if r.Stars <= 3 && w.rng.IntN(5) < 3 {
		r.Reply = o.fragment(w, "reply", o.b.rows.common["reply"])
	}
}
