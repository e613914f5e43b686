package knowledge

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"agentdesk/sync/cjk"
)

//go:embed words/words.json sql/*.sql
var files embed.FS

// words maps how customers say things to how the shop writes them.
type words struct {
	rules []rule
	stop  map[string]bool
}

type rule struct {
	Say   []string `json:"say"`
	Write []string `json:"write"`
}

func readWords() (words, error) {
	raw, err := files.ReadFile("words/words.json")
	if err != nil {
		return words{}, fmt.Errorf("read words: %w", err)
	}
	return decodeWords(raw)
}

func decodeWords(raw []byte) (words, error) {
	var w struct {
		About string   `json:"about"`
		Rules []rule   `json:"rules"`
		Stop  []string `json:"stop"`
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&w); err != nil {
		return words{}, fmt.Errorf("decode words: %w", err)
	}
	out := words{stop: map[string]bool{}}
	for _, r := range w.Rules {
		for i := range r.Say {
			r.Say[i] = fold(r.Say[i])
			if r.Say[i] == "" {
				return words{}, fmt.Errorf("decode words: a rule for nothing")
			}
		}
		out.rules = append(out.rules, r)
	}
	for _, s := range w.Stop {
		out.stop[s] = true
	}
	return out, nil
}

// question is what a sentence is looked for by.
type question struct {
	said  []string // its own terms, without the ones that tell nothing
	wrote []string // what it calls for, as the shop writes it
}

func (w words) read(sentence string) question {
	var q question
	flat := fold(sentence)
	for _, t := range cjk.Terms(sentence) {
		if !w.stop[t] {
			q.said = append(q.said, t)
		}
	}
	seen := map[string]bool{}
	for _, r := range w.rules {
		for _, s := range r.Say {
			if !strings.Contains(flat, s) {
				continue
			}
			for _, word := range r.Write {
				if !seen[word] {
					seen[word] = true
					q.wrote = append(q.wrote, word)
				}
			}
			break
		}
	}
	return q
}

// match is the FTS5 expression for a question, "" when it asks for nothing.
func (q question) match() string {
	terms := append([]string{}, q.said...)
	for _, w := range q.wrote {
		terms = append(terms, cjk.Terms(w)...)
	}
	return cjk.Any(terms)
}

func fold(s string) string {
	return strings.Join(strings.Fields(strings.Map(cjk.Fold, s)), "")
}
