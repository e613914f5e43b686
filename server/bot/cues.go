package bot

import (
	"fmt"
	"slices"
	"strings"
)

// cue says by which words a clause states a wish.
type cue struct {
	wish  wish
	all   [][]string // of each one must stand in the clause
	never []string
}

func loadCues() ([]cue, error) {
	list, err := lines("cues.txt")
	if err != nil {
		return nil, err
	}
	var out []cue
	for _, l := range list {
		name, rest, ok := strings.Cut(l, ":")
		if !ok {
			return nil, fmt.Errorf("cues.txt: %q: want a wish and its words", l)
		}
		c := cue{wish: wish(name)}
		for _, group := range strings.Fields(rest) {
			if words, never := strings.CutPrefix(group, "!"); never {
				c.never = append(c.never, strings.Split(words, "/")...)
			} else {
				c.all = append(c.all, strings.Split(group, "/"))
			}
		}
		if len(c.all) == 0 {
			return nil, fmt.Errorf("cues.txt: %q: no words", l)
		}
		out = append(out, c)
	}
	return out, nil
}

// cued is the wish of the first cue that fits a clause in the usual words, "" when none does.
func (p *patterns) cued(text string) wish {
	if p == nil {
		return ""
	}
	text = strings.ToLower(text)
	end := strings.TrimRight(text, "？?。！!，, 啊呀呢哦吧了～~")
next:
	for i := range p.cues {
		c := &p.cues[i]
		for _, words := range c.all {
			if !slices.ContainsFunc(words, func(w string) bool {
				if last, ends := strings.CutSuffix(w, "$"); ends {
					return strings.HasSuffix(end, last)
				}
				return strings.Contains(text, w)
			}) {
				continue next
			}
		}
		if !containsAny(text, c.never...) {
			return c.wish
		}
	}
	return ""
}

// need is what is wrong, and what the goods for it are called.
type need struct{ said, called []string }

func loadNeeds() ([]need, error) {
	list, err := lines("needs.txt")
	if err != nil {
		return nil, err
	}
	var out []need
	for _, l := range list {
		said, called, ok := strings.Cut(l, "=>")
		if !ok {
			return nil, fmt.Errorf("needs.txt: %q: want what is said => what goods are called", l)
		}
		out = append(out, need{strings.Fields(said), strings.Fields(called)})
	}
	return out, nil
}

// needs are what the goods are called that a text asks for by what is wrong.
func (p *patterns) needed(text string) []string {
	if p == nil {
		return nil
	}
	var out []string
	for _, n := range p.needs {
		if containsAny(text, n.said...) {
			out = append(out, n.called...)
		}
	}
	return out
}

// plain is a text in the usual words, for rules to look at.
func (p *patterns) plain(text string) string {
	if p == nil || p.speech == nil {
		return text
	}
	return p.speech.plain(text)
}
