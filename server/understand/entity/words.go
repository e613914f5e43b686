package entity

import (
	_ "embed"
	"fmt"
	"strings"

	"agentdesk/sync/mask/scan"
)

//go:embed words.txt
var wordsFile string

// trie finds the longest of its words at a place. Spaces in the text are stepped over: people type them anywhere.
type trie struct {
	next map[rune]*trie
	kind Kind // "" where no word ends
	norm string
}

func (t *trie) put(word []rune, kind Kind, norm string) {
	for _, r := range word {
		if t.next == nil {
			t.next = map[rune]*trie{}
		}
		to := t.next[r]
		if to == nil {
			to = &trie{}
			t.next[r] = to
		}
		t = to
	}
	if t.kind == "" { // who comes first owns the word
		t.kind, t.norm = kind, norm
	}
}

// longest finds the longest word that begins at a place and says where it ends. A Latin word begins and ends at a word's edge.
func (t *trie) longest(rs []rune, at int) (*trie, int) {
	var best *trie
	end := 0
	if scan.Latin(rs[at]) && at > 0 && scan.Latin(rs[at-1]) {
		return nil, 0
	}
	for i := at; i < len(rs); i++ {
		if rs[i] == ' ' && i > at {
			continue
		}
		if t = t.next[rs[i]]; t == nil {
			break
		}
		if t.kind != "" && !(edge(rs[i]) && i+1 < len(rs) && edge(rs[i+1]) && scan.Latin(rs[i]) == scan.Latin(rs[i+1])) {
			best, end = t, i+1
		}
	}
	return best, end
}

func edge(r rune) bool { return scan.Latin(r) || scan.ASCIIDigit(r) }

// never is the kind of words that hold another word by chance.
const never Kind = "not"

func loadWords() (*trie, error) {
	root := &trie{}
	for n, line := range strings.Split(wordsFile, "\n") {
		if line = strings.TrimSpace(line); line == "" || line[0] == '#' {
			continue
		}
		head, words, ok := strings.Cut(line, ": ")
		kind, norm, ok2 := strings.Cut(head, " = ")
		if !ok || !ok2 {
			return nil, fmt.Errorf("entity words:%d: want kind = norm: words", n+1)
		}
		for w := range strings.FieldsSeq(words) {
			put := norm
			if norm == "=" {
				put = w
			}
			root.put([]rune(w), Kind(kind), put)
		}
	}
	return root, nil
}

// language finds the words of words.txt.
func (s *search) language() {
	for i := 0; i < len(s.R); {
		t, end := s.words.longest(s.R, i)
		if t == nil {
			i++
			continue
		}
		if t.kind != never && !(t.norm == "刺痛" && s.ended(i, []string{"头", "心"})) {
			s.add(t.kind, i, end, t.norm)
		}
		i = end
	}
}

// pregnancy finds the words of pregnancy with the weeks or months behind them, before those are taken for a duration.
func (s *search) pregnancy() {
	for i := 0; i < len(s.R); i++ {
		if s.R[i] != '孕' || s.EndsAt(i, "备") || s.Has(i, "孕味") {
			continue
		}
		from, at := i, i+1
		if s.EndsAt(i, "怀") {
			from--
		}
		for s.Rune(at) == ' ' || s.Rune(at) == '了' || s.Rune(at) == '期' {
			at++
		}
		n, to := s.number(at)
		if to == at || n.lo != n.hi || n.lo < 1 || n.lo > 45 {
			continue
		}
		if s.Rune(to) == '多' {
			to++
		}
		switch {
		case s.Has(to, "个月"):
			s.add(Pregnancy, from, to+2, fmt.Sprintf("pregnant:%dm", int(n.lo)))
		case s.Has(to, "月"):
			s.add(Pregnancy, from, to+1, fmt.Sprintf("pregnant:%dm", int(n.lo)))
		case s.Has(to, "周"):
			s.add(Pregnancy, from, to+1, fmt.Sprintf("pregnant:%dw", int(n.lo)))
		}
	}
}
