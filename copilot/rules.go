package copilot

import (
	"strings"
	"unicode/utf8"
)

// mostOfRule is how much of a written rule a reply states, in characters.
const mostOfRule = 62

// ruleOf finds what the shop's rules state between some words.
func (f *Facts) ruleOf(keys []string) (string, *Policy) {
	s, p := f.sentenceOf(keys)
	if len(keys) > 1 {
		s = between(s, keys)
	}
	return s, p
}

// sentenceOf finds the sentence of the shop's rules that holds all of some words, in itself or in its title; the one that holds
// most of them itself. "" when there is none.
func (f *Facts) sentenceOf(keys []string) (string, *Policy) {
	best, score := "", 0
	var from *Policy
	for i := range f.Rules {
		p := &f.Rules[i]
		for _, s := range sentences(p.Text) {
			n := 0
			for _, k := range keys {
				switch {
				case strings.Contains(s, k):
					n += 2
				case strings.Contains(p.Title, k):
					n++
				default:
					n = -100
				}
			}
			if n > score {
				best, score, from = s, n, p
			}
		}
	}
	return best, from
}

// between is a sentence from its first clause with one of some words to its last: what stands before and after is left out.
func between(s string, keys []string) string {
	parts := clauses(s)
	from, to := -1, -1
	for i, c := range parts {
		if anyOf(c, keys...) {
			if to = i; from < 0 {
				from = i
			}
		}
	}
	if from < 0 {
		return s
	}
	return strings.Trim(strings.Join(parts[from:to+1], ""), "，：")
}

// clauses cuts a sentence behind its commas and colons.
func clauses(s string) []string {
	var out []string
	for s != "" {
		i := strings.IndexAny(s, "，：")
		if i < 0 {
			return append(out, s)
		}
		i += len("，")
		out, s = append(out, s[:i]), s[i:]
	}
	return out
}

// section is the rule with a word in its title, else in its text; nil when none has it.
func (f *Facts) section(key string) *Policy {
	for i := range f.Rules {
		if strings.Contains(f.Rules[i].Title, key) {
			return &f.Rules[i]
		}
	}
	for i := range f.Rules {
		if strings.Contains(f.Rules[i].Text, key) {
			return &f.Rules[i]
		}
	}
	return nil
}

// gist states of a rule what bears on what the customer said: the sentences that share most with it, in their order.
func (p *Policy) gist(said string) string {
	list := sentences(p.Text)
	if len(list) == 0 {
		return ""
	}
	best, score := 0, -1.0
	for i, s := range list {
		if n := shared(s, said) - 0.01*float64(i); n > score {
			best, score = i, n
		}
	}
	out := list[best]
	for i, s := range list {
		if i != best && utf8.RuneCountInString(out+s) < mostOfRule && (i == best+1 || shared(s, said) >= 1) {
			if i < best {
				out = s + "；" + out
			} else {
				out += "；" + s
			}
		}
	}
	return out
}

// sentences cuts a rule where one part can stand without the other.
func sentences(text string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(text, func(r rune) bool { return r == '。' || r == '；' || r == '\n' }) {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// shared counts the pairs of characters of one text that stand in another, rarer ones alone: what is no word of its own counts
// nothing.
func shared(a, b string) float64 {
	rs := []rune(a)
	n := 0.0
	seen := map[string]bool{}
	for i := 1; i < len(rs); i++ {
		pair := string(rs[i-1 : i+1])
		if !seen[pair] && !strings.ContainsAny(pair, "的了吗呢，、（） ") && strings.Contains(b, pair) {
			n++
		}
		seen[pair] = true
	}
	return n
}

// alike is the share of the shorter text's pairs of characters that the other has.
func alike(a, b string) float64 {
	if utf8.RuneCountInString(a) > utf8.RuneCountInString(b) {
		a, b = b, a
	}
	rs := []rune(a)
	if len(rs) < 2 {
		return 0
	}
	n := 0
	for i := 1; i < len(rs); i++ {
		if strings.Contains(b, string(rs[i-1:i+1])) {
			n++
		}
	}
	return float64(n) / float64(len(rs)-1)
}
