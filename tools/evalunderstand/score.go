package main

import (
	"math/rand/v2"
	"slices"
	"sort"
)

// pair is a label as people gave it and as a reader did.
type pair struct{ want, got string }

// macroF1 is the mean F1 over the labels that people gave.
func macroF1(pairs []pair) float64 {
	type count struct{ tp, want, got int }
	by := map[string]*count{}
	at := func(l string) *count {
		c := by[l]
		if c == nil {
			c = &count{}
			by[l] = c
		}
		return c
	}
	for _, p := range pairs {
		at(p.want).want++
		at(p.got).got++
		if p.want == p.got {
			at(p.want).tp++
		}
	}
	sum, n := 0.0, 0
	for _, c := range by {
		if c.want > 0 {
			sum += 2 * float64(c.tp) / float64(c.want+c.got)
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// f1 is that of one label against the rest.
func f1(pairs []pair, label string) float64 {
	tp, n := 0, 0
	for _, p := range pairs {
		if p.want == label {
			n++
		}
		if p.got == label {
			n++
		}
		if p.want == label && p.got == label {
			tp++
		}
	}
	if n == 0 {
		return 0
	}
	return 2 * float64(tp) / float64(n)
}

// recall is the part of a label's lines that were found.
func recall(pairs []pair, label string) float64 {
	tp, n := 0, 0
	for _, p := range pairs {
		if p.want == label {
			n++
			if p.got == label {
				tp++
			}
		}
	}
	if n == 0 {
		return 0
	}
	return float64(tp) / float64(n)
}

// draws is how often the bootstrap draws the lines anew.
const draws = 1000

// interval is the bootstrap's 95 % interval of a figure: lines are drawn with replacement, always the same ones.
func interval(pairs []pair, figure func([]pair) float64) (low, high float64) {
	r := rand.New(rand.NewPCG(7, 11))
	all := make([]float64, draws)
	drawn := make([]pair, len(pairs))
	for i := range all {
		for j := range drawn {
			drawn[j] = pairs[r.IntN(len(pairs))]
		}
		all[i] = figure(drawn)
	}
	slices.Sort(all)
	return all[draws*25/1000], all[draws*975/1000-1]
}

// mistake is one confusion and how often it happened.
type mistake struct {
	pair
	n int
}

// confusions are the pairs of different labels, the most frequent first.
func confusions(pairs []pair) []mistake {
	by := map[pair]int{}
	for _, p := range pairs {
		if p.want != p.got {
			by[p]++
		}
	}
	out := make([]mistake, 0, len(by))
	for p, n := range by {
		out = append(out, mistake{p, n})
	}
	sort.Slice(out, func(i, j int) bool {
		a, b := out[i], out[j]
		if a.n != b.n {
			return a.n > b.n
		}
		if a.want != b.want {
			return a.want < b.want
		}
		return a.got < b.got
	})
	return out
}
