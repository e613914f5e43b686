package knowledge

import (
	"math"
	"strings"

	"agentdesk/sync/cjk"
)

// Full text counts words; these weights add what it can't see. They were set by the table of customer sentences in the test.
const (
	weightNamed = 9.0 // the question holds the whole title
	weightAsked = 5.0 // the section is what the question calls for
	weightTail  = 2.5 // a word the question calls for stands in the heading beside others
	weightKnown = 0.6 // for each ten times fewer people who rated a product: of two that fit alike, the better known one is meant
)

// piece is a doc as searches read it.
type piece struct {
	Hit              // without snippet and score
	names [][]string // the terms of its title and of the other names it goes by
	known int        // how many people rated it
}

func (d *doc) piece() piece {
	p := piece{Hit: Hit{Kind: d.kind, ID: d.id, Title: d.title, Section: d.section, Heading: d.heading, Text: d.text}, known: d.known}
	for _, name := range append([]string{d.title}, d.aliases...) {
		if terms := cjk.Terms(name); len(terms) > 0 {
			p.names = append(p.names, terms)
		}
	}
	return p
}

// found is a candidate.
type found struct {
	*piece // shared, never written to
	score  float64
}

// bonus is what the shape of a hit adds to its full-text score. said is the question's words.
func bonus(h *piece, q question, said map[string]bool) float64 {
	score := 0.0
	for _, terms := range h.names {
		named := 0
		for _, t := range terms {
			if said[t] {
				named++
			}
		}
		score = max(score, weightNamed*float64(named)/float64(len(terms)))
	}
	best := 0.0
	for _, w := range q.wrote {
		switch {
		case w == h.Heading || w == h.Section:
			best = max(best, weightAsked)
		case strings.Contains(h.Heading, w) || h.Kind == Promotion && strings.Contains(h.Title, w):
			best = max(best, weightTail)
		}
	}
	return score + best + famous(h)
}

// snippet cuts the part of a text that holds most of what was asked, at sentence ends where they are near.
func snippet(text string, terms []string) string {
	r := []rune(text)
	if len(r) <= snippetLen {
		return text
	}
	lower := []rune(strings.Map(cjk.Fold, text))
	hits := make([]int, len(r)+1) // hits[i]: terms that begin before i
	for i := range r {
		hits[i+1] = hits[i]
		for _, t := range terms {
			if begins(lower[i:], t) {
				hits[i+1]++
			}
		}
	}
	from := 0
	for i := range r[:len(r)-snippetLen+1] {
		start := i == 0 || strings.ContainsRune("。；！？，", r[i-1])
		if start && hits[i+snippetLen]-hits[i] > hits[from+snippetLen]-hits[from] {
			from = i
		}
	}
	out := string(r[from : from+snippetLen])
	if from > 0 {
		out = "…" + out
	}
	if from+snippetLen < len(r) {
		out += "…"
	}
	return out
}

func begins(r []rune, term string) bool {
	i := 0
	for _, c := range term {
		if i >= len(r) || r[i] != c {
			return false
		}
		i++
	}
	return true
}

// famous takes off what a product is less known than one with ten thousand ratings. Nothing is added, so that fame alone
// makes no hit sure.
func famous(h *piece) float64 {
	if h.Kind != Product {
		return 0
	}
	return min(0, weightKnown*(math.Log10(1+float64(h.known))-4))
}
