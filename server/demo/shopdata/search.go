package shopdata

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/cjk"
)

// findable is what a product is found by.
type findable struct {
	id     string
	names  []string // title and aliases, folded
	fields [5]string
	known  int // how many people rated it: of two that fit alike, the better known one comes first
}

// weights say how telling each of the fields of a findable is: names, category, actives, skins and concerns, the rest.
func weights() [5]int { return [5]int{8, 6, 4, 3, 1} }

// Whole names weigh more than their parts.
const (
	weightExact  = 40 // the query is the name
	weightWithin = 20 // the query is a part of the name, as while one types it
)

// findables cuts the catalogue into tokens.
func (m *Memory) findables() []findable {
	var out []findable
	for _, id := range m.productIDs {
		p := m.products[id]
		var actives []string
		for _, a := range p.Actives {
			actives = append(actives, a.Name, a.INCI)
		}
		rest := slices.Concat([]string{p.Summary, p.Department}, p.Ingredients, p.Points)
		f := findable{id: id, known: p.Reviews}
		for _, n := range append([]string{p.Title}, p.Aliases...) {
			f.names = append(f.names, folded(n))
		}
		for i, words := range [][]string{append([]string{p.Title}, p.Aliases...), {p.Category}, actives, slices.Concat(p.Skins, p.Concerns), rest} {
			f.fields[i] = " " + cjk.Index(strings.Join(words, "。")) + " "
		}
		out = append(out, f)
	}
	return out
}

func folded(s string) string { return strings.Join(strings.Fields(strings.Map(cjk.Fold, s)), "") }

// SearchProducts implements shop.Shop. What one has typed so far finds, too: a single character, the beginning of a name.
func (m *Memory) SearchProducts(ctx context.Context, query string, limit int) ([]shop.Product, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var ids []string
	if strings.TrimSpace(query) == "" {
		ids = m.productIDs
	} else {
		ids = m.find(query)
	}
	if limit > 0 && len(ids) > limit {
		ids = ids[:limit]
	}
	var out []shop.Product
	for _, id := range ids {
		out = append(out, copyProduct(m.products[id]))
	}
	return out, nil
}

func (m *Memory) find(query string) []string {
	whole, terms := folded(query), cjk.Terms(query)
	type hit struct {
		id           string
		score, known int
	}
	var hits []hit
	for _, f := range m.finder() {
		h := hit{id: f.id, known: f.known}
		for i, weight := range weights() {
			for _, t := range terms {
				// A lone character begins a token; a whole one is between spaces.
				if strings.Contains(f.fields[i], " "+t+" ") || len([]rune(t)) == 1 && strings.Contains(f.fields[i], " "+t) {
					h.score += weight
				}
			}
		}
		name := 0
		for _, n := range f.names {
			switch {
			case n == whole:
				name = weightExact
			case whole != "" && strings.Contains(n, whole):
				name = max(name, weightWithin)
			}
		}
		if h.score += name; f.id == whole {
			h.score += weightExact
		}
		if h.score > 0 {
			hits = append(hits, h)
		}
	}
	slices.SortStableFunc(hits, func(a, b hit) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(b.known, a.known)) })
	var out []string
	for _, h := range hits {
		out = append(out, h.id)
	}
	return out
}
