package understand

import (
	"embed"
	"fmt"
	"sort"
	"strconv"
	"strings"
)

//go:embed lexicon/*.txt
var lexiconFiles embed.FS

// endRune closes every analysed text, so that "$" inside a group is a literal like any other.
const endRune = '$'

// lexicon is the compiled evidence: all patterns of all features over one automaton.
type lexicon struct {
	features []string
	index    map[string]int
	patterns []pattern
	byFirst  [][]int32 // literal ID → patterns whose first part holds it
	auto     *automaton
	norm     *normaliser
}

func loadLexicon() (*lexicon, error) {
	norm, err := loadNormaliser()
	if err != nil {
		return nil, err
	}
	l := &lexicon{index: map[string]int{}, auto: newAutomaton(), norm: norm}
	for _, name := range []string{"intent", "emotion", "signal"} {
		raw, err := lexiconFiles.ReadFile("lexicon/" + name + ".txt")
		if err != nil {
			return nil, fmt.Errorf("read lexicon %s: %w", name, err)
		}
		if err := l.read(name, string(raw)); err != nil {
			return nil, err
		}
	}
	l.auto.build()
	l.byFirst = make([][]int32, len(l.auto.width))
	for i, p := range l.patterns {
		for _, lit := range p.parts[0] {
			l.byFirst[lit] = append(l.byFirst[lit], int32(i))
		}
	}
	return l, nil
}

func (l *lexicon) read(file, raw string) error {
	feature, neg := -1, false
	for n, line := range strings.Split(raw, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if head, ok := strings.CutPrefix(line, "["); ok {
			name, opts, ok := strings.Cut(head, "]")
			if !ok {
				return fmt.Errorf("lexicon %s:%d: unclosed section", file, n+1)
			}
			if _, ok := l.index[name]; !ok {
				l.index[name] = len(l.features)
				l.features = append(l.features, name)
			}
			feature, neg = l.index[name], strings.TrimSpace(opts) == "neg"
			continue
		}
		if feature < 0 {
			return fmt.Errorf("lexicon %s:%d: no section yet", file, n+1)
		}
		fields := strings.Fields(line)
		weight, err := strconv.ParseFloat(fields[0], 64)
		if err != nil {
			return fmt.Errorf("lexicon %s:%d: weight: %w", file, n+1, err)
		}
		for _, src := range fields[1:] {
			parts, start, end, err := parsePattern(src, l.norm.literal)
			if err != nil {
				return fmt.Errorf("lexicon %s:%d: %w", file, n+1, err)
			}
			p := pattern{feature: feature, weight: weight, atStart: start, atEnd: end, negation: neg, text: src}
			for _, piece := range parts {
				var ids []int
				for _, lit := range piece.lits {
					ids = append(ids, l.auto.add(lit))
				}
				p.parts, p.gaps, p.optional = append(p.parts, ids), append(p.gaps, piece.gap), append(p.optional, piece.optional)
			}
			l.patterns = append(l.patterns, p)
		}
	}
	return nil
}

// hit is one pattern found in the text.
type hit struct {
	span
	pattern int32
}

// evidence is what a text holds of each feature.
type evidence struct {
	lex   *lexicon
	score []float64
	hits  [][]hit
	text  []rune
}

func (e *evidence) of(feature string) float64 {
	i, ok := e.lex.index[feature]
	if !ok {
		return 0
	}
	return e.score[i]
}

func (e *evidence) has(feature string) bool { return e.of(feature) > 0 }

// first is the first text that a feature was found in, "" when it was not.
func (e *evidence) first(feature string) string {
	i, ok := e.lex.index[feature]
	if !ok || len(e.hits[i]) == 0 {
		return ""
	}
	h := e.hits[i][0]
	return strings.TrimRight(string(e.text[h.from:h.to]), string(endRune))
}

// find scores every feature on a normalised text. Overlapping hits of one feature count once, with the heaviest.
func (l *lexicon) find(text string) *evidence {
	rs := append([]rune(text), endRune)
	ev := &evidence{lex: l, score: make([]float64, len(l.features)), hits: make([][]hit, len(l.features)), text: rs}
	stops, commas := breaks(rs)
	lits := l.auto.scan(rs)
	tried := map[int32]bool{}
	for lit := range lits {
		for _, pi := range l.byFirst[lit] {
			if tried[pi] {
				continue
			}
			tried[pi] = true
			p := &l.patterns[pi]
			for _, first := range p.parts[0] {
				for _, s := range lits[int32(first)] {
					if p.atStart && s.from != 0 {
						continue
					}
					to, ok := chain(p, 1, s.to, lits, stops, commas)
					if !ok || p.atEnd && to != len(rs)-1 && to != len(rs) {
						continue
					}
					if p.negation && negated(rs, s.from) {
						continue
					}
					ev.hits[p.feature] = append(ev.hits[p.feature], hit{span{s.from, to}, pi})
				}
			}
		}
	}
	for f := range ev.hits {
		ev.hits[f] = heaviest(l, ev.hits[f])
		for _, h := range ev.hits[f] {
			ev.score[f] += l.patterns[h.pattern].weight
		}
	}
	return ev
}

// chain finds the remaining parts of a pattern after a place and returns where the last one ends.
func chain(p *pattern, part, at int, lits map[int32][]span, stops, commas []int) (int, bool) {
	if part == len(p.parts) {
		return at, true
	}
	for _, lit := range p.parts[part] {
		for _, s := range lits[int32(lit)] {
			if s.from < at || s.from > at+p.gaps[part] || stops[s.from] != stops[at] ||
				p.gaps[part] <= shortGap && commas[s.from] != commas[at] {
				continue
			}
			if to, ok := chain(p, part+1, s.to, lits, stops, commas); ok {
				return to, true
			}
		}
	}
	if p.optional[part] {
		return chain(p, part+1, at, lits, stops, commas)
	}
	return 0, false
}

// heaviest keeps of overlapping hits the one of most weight, in order of place. The same pattern counts at most twice.
func heaviest(l *lexicon, hits []hit) []hit {
	if len(hits) == 0 {
		return nil
	}
	sort.Slice(hits, func(i, j int) bool {
		a, b := hits[i], hits[j]
		if wa, wb := l.patterns[a.pattern].weight, l.patterns[b.pattern].weight; wa != wb {
			return wa > wb
		}
		if la, lb := a.to-a.from, b.to-b.from; la != lb {
			return la > lb
		}
		if a.from != b.from {
			return a.from < b.from
		}
		return a.pattern < b.pattern
	})
	var keep []hit
	count := map[int32]int{}
	for _, h := range hits {
		free := count[h.pattern] < 2
		for _, k := range keep {
			if h.from < k.to && k.from < h.to {
				free = false
				break
			}
		}
		if free {
			keep = append(keep, h)
			count[h.pattern]++
			if len(keep) == 16 { // enough to decide; a longer list only costs time on hostile texts
				break
			}
		}
	}
	sort.Slice(keep, func(i, j int) bool { return keep[i].from < keep[j].from })
	return keep
}

// breaks counts the sentence ends and the commas before each place: no gap spans two sentences, no short one two clauses.
func breaks(rs []rune) (stops, commas []int) {
	stops, commas = make([]int, len(rs)+1), make([]int, len(rs)+1)
	n, c := 0, 0
	for i, r := range rs {
		stops[i], commas[i] = n, c
		switch r {
		case '。', '!', '?', '\n', ';':
			n++
		case ',', '、', ' ':
			c++
		}
	}
	stops[len(rs)], commas[len(rs)] = n, c
	return stops, commas
}

// negated reports whether the words right before a place deny what follows. "是不是", "会不会", "有没有" ask, they deny nothing.
func negated(rs []rune, at int) bool {
	from := max(0, at-5)
	before := string(rs[from:at])
	for _, ask := range []string{"是不是", "会不会", "有没有", "要不要", "能不能", "是否", "不会是", "不知道是"} {
		if strings.HasSuffix(before, ask) {
			return false
		}
	}
	for _, neg := range []string{"没", "没有", "没再", "没怎么", "不", "不再", "不会", "不太", "不怎么", "无", "别", "未", "没有任何", "没任何",
		"没出现", "没有出现", "并没有", "也没", "都没", "也不", "都不", "从不", "从没", "不容易", "防止", "避免", "免", "没发生", "没什么", "不怕"} {
		if strings.HasSuffix(before, neg) {
			return true
		}
	}
	return false
}
