package understand

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// gaps in runes that the pattern signs allow between two parts.
const (
	shortGap = 6  // ~
	longGap  = 16 // ~~
)

// maxExpansion bounds how many literals one part may stand for, so that a slip in a lexicon file fails at load.
const maxExpansion = 6000

// mergeLimit is how many literals neighbouring groups may multiply to before they become parts of their own.
const mergeLimit = 48

// pattern is a chain of parts; each part is one of several literals, with at most gap runes before it.
type pattern struct {
	feature  int
	weight   float64
	parts    [][]int // literal IDs
	gaps     []int   // before part i; gaps[0] is unused
	optional []bool  // part i may be missing
	atStart  bool
	atEnd    bool
	negation bool // a negator right before the hit cancels it
	text     string
}

// expand turns "(想|要)?退\d" into its literals.
func expand(src string) ([]string, error) {
	p := expander{src: []rune(src)}
	out, err := p.alternatives()
	if err != nil {
		return nil, fmt.Errorf("pattern %q: %w", src, err)
	}
	if p.pos != len(p.src) {
		return nil, fmt.Errorf("pattern %q: stray %q", src, p.src[p.pos])
	}
	return out, nil
}

type expander struct {
	src []rune
	pos int
}

var errExpansion = errors.New("expands too far")

func (p *expander) alternatives() ([]string, error) {
	var out []string
	for {
		seq, err := p.sequence()
		if err != nil {
			return nil, err
		}
		out = append(out, seq...)
		if len(out) > maxExpansion {
			return nil, errExpansion
		}
		if p.pos >= len(p.src) || p.src[p.pos] != '|' {
			return out, nil
		}
		p.pos++
	}
}

func (p *expander) sequence() ([]string, error) {
	out := []string{""}
	for p.pos < len(p.src) {
		var atom []string
		switch c := p.src[p.pos]; c {
		case '|', ')':
			return out, nil
		case '(':
			p.pos++
			inner, err := p.alternatives()
			if err != nil {
				return nil, err
			}
			if p.pos >= len(p.src) {
				return nil, errors.New("unclosed (")
			}
			p.pos++
			atom = inner
		case '\\':
			p.pos++
			if p.pos >= len(p.src) {
				return nil, errors.New("ends in \\")
			}
			if p.src[p.pos] == 'd' {
				for d := range 10 {
					atom = append(atom, strconv.Itoa(d))
				}
			} else {
				atom = []string{string(p.src[p.pos])}
			}
			p.pos++
		default:
			atom = []string{string(c)}
			p.pos++
		}
		if p.pos < len(p.src) && p.src[p.pos] == '?' {
			atom = append(atom, "")
			p.pos++
		}
		if len(out)*len(atom) > maxExpansion {
			return nil, errExpansion
		}
		next := make([]string, 0, len(out)*len(atom))
		for _, a := range out {
			for _, b := range atom {
				next = append(next, a+b)
			}
		}
		out = next
	}
	return out, nil
}

// automaton finds all literals in one pass (Aho and Corasick, 1975).
type automaton struct {
	next  []map[rune]int32
	fail  []int32
	out   [][]int32 // literal IDs that end here
	width []int     // runes of each literal
	edges [][2]bool // whether each literal begins and ends with a Latin letter
	ids   map[string]int
}

func newAutomaton() *automaton {
	return &automaton{next: []map[rune]int32{{}}, fail: []int32{0}, out: [][]int32{nil}, ids: map[string]int{}}
}

func (a *automaton) add(lit string) int {
	if id, ok := a.ids[lit]; ok {
		return id
	}
	node := int32(0)
	for _, r := range lit {
		to, ok := a.next[node][r]
		if !ok {
			to = int32(len(a.next))
			a.next = append(a.next, map[rune]int32{})
			a.fail = append(a.fail, 0)
			a.out = append(a.out, nil)
			a.next[node][r] = to
		}
		node = to
	}
	id := len(a.width)
	a.width = append(a.width, utf8.RuneCountInString(lit))
	first, _ := utf8.DecodeRuneInString(lit)
	last, _ := utf8.DecodeLastRuneInString(lit)
	a.edges = append(a.edges, [2]bool{letter(first), letter(last)})
	a.ids[lit] = id
	a.out[node] = append(a.out[node], int32(id))
	return id
}

func (a *automaton) build() {
	var queue []int32
	for _, to := range a.next[0] {
		queue = append(queue, to)
	}
	for len(queue) > 0 {
		node := queue[0]
		queue = queue[1:]
		for r, to := range a.next[node] {
			f := a.fail[node]
			for {
				if via, ok := a.next[f][r]; ok && via != to {
					a.fail[to] = via
					break
				}
				if f == 0 {
					break
				}
				f = a.fail[f]
			}
			a.out[to] = append(a.out[to], a.out[a.fail[to]]...)
			queue = append(queue, to)
		}
	}
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' }

type span struct{ from, to int }

// scan reports every literal that occurs, as literal ID → spans in order of their end.
func (a *automaton) scan(text []rune) map[int32][]span {
	hits := map[int32][]span{}
	node := int32(0)
	for i, r := range text {
		for {
			if to, ok := a.next[node][r]; ok {
				node = to
				break
			}
			if node == 0 {
				break
			}
			node = a.fail[node]
		}
		for _, id := range a.out[node] {
			from, to := i+1-a.width[id], i+1
			// "hi" is not in "this".
			if a.edges[id][0] && from > 0 && letter(text[from-1]) || a.edges[id][1] && to < len(text) && letter(text[to]) {
				continue
			}
			hits[id] = append(hits[id], span{from, to})
		}
	}
	return hits
}

// atoms splits a piece of a pattern at its top level: "(a|b)c?d" → "(a|b)", "c?", "d". A piece with a top-level "|" is one atom.
func atoms(src string) []string {
	var out []string
	rs := []rune(src)
	depth, start := 0, 0
	for i := 0; i < len(rs); i++ {
		switch rs[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			depth--
		case '|':
			if depth == 0 {
				return []string{src}
			}
		}
		if depth == 0 {
			if i+1 < len(rs) && rs[i+1] == '?' {
				i++
			}
			end := min(i+1, len(rs))
			out = append(out, string(rs[start:end]))
			start = end
		}
	}
	if start < len(rs) {
		out = append(out, string(rs[start:]))
	}
	return out
}

// piece is one part of a parsed pattern.
type piece struct {
	lits     []string
	gap      int
	optional bool
}

// pieces turns what stands between two gap signs into parts that follow each other directly. Groups that would multiply
// to too many literals stay parts of their own.
func pieces(src string, gap int, fold func(string) string) ([]piece, error) {
	var out []piece
	cur := []string{""}
	blank := func(lits []string) bool {
		for _, l := range lits {
			if l == "" {
				return true
			}
		}
		return false
	}
	push := func() {
		seen := map[string]bool{"": true}
		p := piece{gap: gap, optional: blank(cur)}
		for _, l := range cur {
			if l = fold(l); !seen[l] {
				seen[l] = true
				p.lits = append(p.lits, l)
			}
		}
		if len(p.lits) > 0 {
			out = append(out, p)
			gap = 0
		}
		cur = []string{""}
	}
	for _, a := range atoms(src) {
		lits, err := expand(a)
		if err != nil {
			return nil, err
		}
		// A first part must be there for a pattern to be found by it, so blanks at the front go on multiplying.
		if len(cur)*len(lits) > mergeLimit && !(len(out) == 0 && blank(cur)) {
			push()
		}
		next := make([]string, 0, len(cur)*len(lits))
		for _, x := range cur {
			for _, y := range lits {
				next = append(next, x+y)
			}
		}
		if len(next) > maxExpansion {
			return nil, fmt.Errorf("pattern %q: %w", src, errExpansion)
		}
		cur = next
	}
	push()
	return out, nil
}

// parsePattern reads one pattern; fold normalises literals as texts are normalised.
func parsePattern(src string, fold func(string) string) (parts []piece, atStart, atEnd bool, err error) {
	body := src
	if strings.HasPrefix(body, "^") {
		atStart, body = true, body[1:]
	}
	var cur strings.Builder
	gap := 0
	flush := func() error {
		ps, err := pieces(cur.String(), gap, fold)
		cur.Reset()
		parts = append(parts, ps...)
		return err
	}
	depth := 0
	rs := []rune(body)
	for i := 0; i < len(rs); i++ {
		switch {
		case rs[i] == '\\' && i+1 < len(rs):
			cur.WriteRune(rs[i])
			i++
			cur.WriteRune(rs[i])
			continue
		case rs[i] == '(':
			depth++
		case rs[i] == ')':
			depth--
		case rs[i] == '~' && depth == 0:
			if err := flush(); err != nil {
				return nil, false, false, err
			}
			gap = shortGap
			if i+1 < len(rs) && rs[i+1] == '~' {
				gap = longGap
				i++
			}
			continue
		case rs[i] == '$' && depth == 0 && i == len(rs)-1:
			atEnd = true
			continue
		}
		cur.WriteRune(rs[i])
	}
	if err := flush(); err != nil {
		return nil, false, false, err
	}
	if len(parts) == 0 {
		return nil, false, false, fmt.Errorf("pattern %q is empty", src)
	}
	parts[0].optional = false
	return parts, atStart, atEnd, nil
}
