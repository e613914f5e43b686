package bot

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"agentdesk/server/shop"
)

// names finds products by parts of their names: what few products are called says more than what many are. It is built when the
// catalogue is read, not for each question.
type names struct {
	all   []shop.Product
	whole [][][]rune         // per product: title and other names, lower case without spaces
	pairs map[string][]int32 // neighbouring runes of names → products
	count float64
}

const (
	namesSure  = 4.0 // from which score a part of a name names a product: about what stands in three of two hundred names
	namesOwn   = 2.6 // what at least one pair must weigh: of no more than about fifteen in two hundred
	namesClose = 0.8 // share of the best score from which another product is as likely meant
	ownForm    = 0.8 // what the last character of a title weighs: 霜, 乳, 水
	fewest     = 200 // a shop with fewer products is read as if it had so many
	fuzzyFrom  = 4   // runes that a name must have to be found with one of them mistyped
)

func squash(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }

func newNames(all []shop.Product) *names {
	x := &names{all: all, pairs: map[string][]int32{}, count: float64(max(len(all), fewest))}
	for i := range all {
		var list [][]rune
		for _, n := range append([]string{all[i].Title}, all[i].Aliases...) {
			n = squash(n)
			list = append(list, []rune(n))
			for p := range pairs(n) {
				if at := x.pairs[p]; len(at) == 0 || at[len(at)-1] != int32(i) {
					x.pairs[p] = append(at, int32(i))
				}
			}
		}
		x.whole = append(x.whole, list)
	}
	return x
}

// with is the same index over a catalogue that was read anew: prices change by the second, names hardly ever.
func (x *names) with(all []shop.Product) *names {
	if x == nil || !slices.EqualFunc(x.all, all, func(p, q shop.Product) bool {
		return p.ID == q.ID && p.Title == q.Title && slices.Equal(p.Aliases, q.Aliases)
	}) {
		return newNames(all)
	}
	return &names{all: all, whole: x.whole, pairs: x.pairs, count: x.count}
}

// named ranks products by the parts of their names that a text holds. Only clear ones are returned, at most three.
func (x *names) named(text string) []shop.Product {
	text = squash(text)
	scores := map[int32]float64{}
	own := map[int32]bool{}
	seen := make(map[string]bool, len(text)/3)
	for p := range pairs(text) {
		list := x.pairs[p]
		if len(list) == 0 || seen[p] || slices.Contains(plainWords(), p) && len(list) > 6 {
			continue
		}
		seen[p] = true
		w := math.Log(x.count / float64(len(list)))
		for _, i := range list {
			scores[i] += w
			own[i] = own[i] || w >= namesOwn
		}
	}
	best := 0.0
	for i := range scores {
		if !own[i] || scores[i] < namesSure {
			delete(scores, i)
			continue
		}
		name := x.whole[i][0]
		if strings.ContainsRune(text, name[len(name)-1]) {
			scores[i] += ownForm
		}
		best = max(best, scores[i])
	}
	var hits []int32
	for i, s := range scores {
		if s >= best*namesClose {
			hits = append(hits, i)
		}
	}
	slices.SortFunc(hits, func(a, b int32) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		}
		return int(a - b)
	})
	var out []shop.Product
	for _, i := range hits[:min(3, len(hits))] {
		out = append(out, x.all[i])
	}
	return out
}

// mistyped finds the product of whose name a text has all characters but one. Nil when there is none, or several.
func (x *names) mistyped(text string) *shop.Product {
	rs := []rune(squash(text))
	best, length, tied := -1, 0, false
	for i, list := range x.whole {
		for _, name := range list {
			n := len(name)
			if n < fuzzyFrom || n < length || n > len(rs) {
				continue
			}
			for at := 0; at+n <= len(rs); at++ {
				off := 0
				for k := range name {
					if rs[at+k] != name[k] {
						if off++; off > 1 {
							break
						}
					}
				}
				// The first and the last character carry the kind; what they differ in is another product more often than a slip.
				if off != 1 || rs[at+n-1] != name[n-1] || rs[at+n-2] != name[n-2] {
					continue
				}
				switch {
				case n > length:
					best, length, tied = i, n, false
				case i != best:
					tied = true
				}
			}
		}
	}
	if best < 0 || tied {
		return nil
	}
	return &x.all[best]
}

// lineOf is which of a customer's orders a text speaks of by what is in it, what was noted with it, or why it came back.
func lineOf(orders []shop.Order, text string) *shop.Order {
	best, score := -1, 0
	for i := range orders {
		o := &orders[i]
		s := 0
		for _, l := range o.Lines {
			n := 0
			for p := range pairs(squash(l.Title + l.Variant)) {
				if utf8.RuneCountInString(p) == 2 && strings.Contains(text, p) && !containsAny(p, "0", "1", "2", "3", "5", "装", "片") {
					n += 2
				}
			}
			s = max(s, n)
		}
		more := o.Note
		if o.Return != nil {
			more += o.Return.Reason
		}
		for p := range pairs(more) {
			if strings.Contains(text, p) && !containsAny(p, "，", "。", " ", "的", "发货", "还没", "没发", "申请", "退货", "快递") {
				s += 2
			}
		}
		if s > score {
			best, score = i, s
		}
	}
	if score < 2 {
		return nil
	}
	return &orders[best]
}
