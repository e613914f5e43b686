package bot

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// concept is one matter of a shop's rules: what customers say of it, and by which words a section speaks of it.
type concept struct {
	said  []string
	never []string // with these it is another matter
	holds []string
	named []string // of these, what a section of its own would be called
}

func loadConcepts() ([]concept, error) {
	list, err := lines("concepts.txt")
	if err != nil {
		return nil, err
	}
	var out []concept
	for _, l := range list {
		said, holds, ok := strings.Cut(l, "=>")
		if !ok {
			return nil, fmt.Errorf("concepts.txt: %q: want what is said => what the rules say", l)
		}
		c := concept{}
		for _, w := range strings.Fields(said) {
			if word, never := strings.CutPrefix(w, "-"); never {
				c.never = append(c.never, word)
			} else {
				c.said = append(c.said, w)
			}
		}
		for _, w := range strings.Fields(holds) {
			word, named := strings.CutPrefix(w, "!")
			c.holds = append(c.holds, word)
			if named {
				c.named = append(c.named, word)
				c.said = append(c.said, word) // who uses the rules' own word means it
			}
		}
		out = append(out, c)
	}
	return out, nil
}

// rulebook finds the section of the shop's policies that answers a question in the customer's own words. It is built when the
// policies are read, not for each question.
type rulebook struct {
	policies []shop.Policy
	facts    []Fact
	concepts []concept
	bears    [][]float32 // per concept, what a section gets for it
	figures  map[string]int64
	figureOf map[string]event.Source
	pairs    map[string][]int32 // neighbouring runes that at most rarePairs sections hold, and which
}

// rarePairs is in how many sections a pair of characters may stand that says which one is meant.
const rarePairs = 3

func newRulebook(policies []shop.Policy, concepts []concept) *rulebook {
	b := &rulebook{policies: policies, concepts: concepts, pairs: map[string][]int32{}, figures: map[string]int64{}, figureOf: map[string]event.Source{}}
	var texts, titles []string
	for _, p := range policies {
		for _, sec := range p.Sections {
			b.facts = append(b.facts, Fact{Title: sec.Title, Text: sec.Text, Source: event.Source{ID: p.ID, Kind: "policy", Title: p.Title, Section: sec.No}})
			texts = append(texts, strings.ToLower(sec.Text))
			titles = append(titles, strings.ToLower(sec.Title+" "+p.Title))
		}
	}
	for _, p := range policies {
		for name, n := range p.Figures {
			b.figures[name] = n
			b.figureOf[name] = stating(p, n, strings.HasSuffix(name, "_fen"))
		}
	}
	for _, c := range concepts {
		row := make([]float32, len(texts))
		n := 0
		for i := range texts {
			s := 0.0
			if containsAny(texts[i], c.holds...) {
				s = 1
			}
			if containsAny(titles[i], c.holds...) {
				s = max(s, 1) + 0.5
			}
			if containsAny(titles[i], c.named...) || len(c.named) > 0 && containsAny(texts[i], c.named...) {
				s += 0.6
			}
			if s > 0 {
				n++
			}
			row[i] = float32(s)
		}
		if n > 0 {
			rare := float32(math.Log(float64(len(texts)+1)/float64(n)) / math.Log(float64(len(texts)+1)))
			for i := range row {
				row[i] *= rare
			}
		}
		b.bears = append(b.bears, row)
	}
	for i := range texts {
		for pair := range pairs(texts[i] + " " + titles[i]) {
			if list := b.pairs[pair]; len(list) == 0 || list[len(list)-1] != int32(i) {
				b.pairs[pair] = append(list, int32(i))
			}
		}
	}
	for pair, list := range b.pairs {
		if len(list) > rarePairs || containsAny(pair, "怎", "么", "什", "可", "以", "能", "吗", "呢", "的", "了", "我", "你", "们", "，", "。", "、", "？", "?", " ", "这", "那", "有", "是", "要", "多", "几", "到", "在", "不") {
			delete(b.pairs, pair)
		}
	}
	return b
}

// stating is the section of a policy that states a number; the whole policy when none does.
func stating(p shop.Policy, n int64, fen bool) event.Source {
	if fen {
		n /= 100
	}
	src := event.Source{ID: p.ID, Kind: "policy", Title: p.Title}
	for _, sec := range p.Sections {
		if containsNumber(sec.Text, strconv.FormatInt(n, 10)) {
			src.Section = sec.No
			return src
		}
	}
	return src
}

// ruled is a section with how well it answers.
type ruled struct {
	Fact
	score float64
}

// maxOwn bounds what the characters that a question and a section share count beside the matters.
const maxOwn = 1.2

// sureRule is from which score a section answers a question by itself, whatever the question was taken for; set by the sentences
// of the test.
const sureRule = 1.5

// holdsParts reports whether a text holds all of the parts that "+" joins, anywhere.
func holdsParts(text, word string) bool {
	for {
		part, rest, more := strings.Cut(word, "+")
		if !strings.Contains(text, part) {
			return false
		}
		if !more {
			return true
		}
		word = rest
	}
}

// shortAsk is up to how many runes a question leans much on the one before it.
const shortAsk = 9

// weigh adds to the sections' scores what a text says of them.
func (b *rulebook) weigh(into []float64, text string, by float64) {
	text = strings.ToLower(text)
	for i, c := range b.concepts {
		longest := 0
		for _, w := range c.said {
			if n := utf8.RuneCountInString(w); n > longest && holdsParts(text, w) {
				longest = n
			}
		}
		if longest == 0 || containsAny(text, c.never...) {
			continue
		}
		weight := by * min(1.2, 0.2+0.3*float64(longest))
		for k, s := range b.bears[i] {
			if s > 0 {
				into[k] += weight * float64(s)
			}
		}
	}
	own := make([]float64, len(into))
	seen := ""
	for pair := range pairs(text) {
		list := b.pairs[pair]
		if len(list) == 0 || strings.Contains(seen, pair) {
			continue
		}
		seen += pair + "\n"
		for _, k := range list {
			if own[k] < maxOwn {
				own[k] += by * 0.7 / float64(len(list))
			}
		}
	}
	for k, s := range own {
		into[k] += min(s, maxOwn*by)
	}
}

// line is the sentence of a section that alone speaks of what a text names; "" when none does, or several.
func (b *rulebook) line(text string, section string) string {
	text = strings.ToLower(text)
	best, score, tied := "", 0, false
	for _, s := range strings.FieldsFunc(section, func(r rune) bool { return strings.ContainsRune("。；", r) }) {
		n := 0
		for _, c := range b.concepts {
			if containsAny(s, c.holds...) && !containsAny(text, c.never...) && slices.ContainsFunc(c.said, func(w string) bool { return holdsParts(text, w) }) {
				n++
			}
		}
		if n > score {
			best, score, tied = s, n, false
		} else if n == score {
			tied = true
		}
	}
	if tied || score == 0 {
		return ""
	}
	return sentence(best)
}

// find ranks the sections by a question. prior is what else speaks for each.
func (b *rulebook) find(text string, prior []float64) []ruled {
	return b.best(b.scores(text, "", false), prior)
}

// scores says how well each section answers a question, and a little what was said before it, more where the talk was about rules
// already.
func (b *rulebook) scores(text, before string, goesOn bool) []float64 {
	scores := make([]float64, len(b.facts))
	b.weigh(scores, text, 1)
	if before != "" {
		share := 0.3
		switch {
		case len(scores) > 0 && slices.Max(scores) >= sureRule: // it names the matter itself
		case utf8.RuneCountInString(text) <= shortAsk:
			share = 0.6 // it leaves out what was spoken of
		case goesOn:
			share = 0.45
		}
		b.weigh(scores, before, share)
	}
	return scores
}

// best are the sections of the highest scores, at most three.
func (b *rulebook) best(own, prior []float64) []ruled {
	order := make([]int, 0, 16)
	scores := slices.Clone(own)
	for i := range scores {
		if i < len(prior) {
			scores[i] += prior[i]
		}
		if scores[i] >= 0.6 {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, c int) int {
		switch {
		case scores[a] > scores[c]:
			return -1
		case scores[a] < scores[c]:
			return 1
		}
		return 0
	})
	var out []ruled
	for _, i := range order[:min(3, len(order))] {
		out = append(out, ruled{b.facts[i], scores[i]})
	}
	return out
}
