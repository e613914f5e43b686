package copilot

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// longest is how long a suggestion may be, in characters: more is not read, neither by the agent nor by the customer.
const longest = 120

// script is one reply for one kind of situation. Its text has slots, {price}, that facts fill, and optional parts, [...]. A slot
// that no fact fills takes its optional part with it, or, outside of one, the whole script.
type script struct {
	In    []label.Intent `json:"in"`    // matters that it suits; empty: any
	Any   string         `json:"any"`   // words, divided by |, of which the customer said one; "" for none
	And   string         `json:"and"`   // and one of these
	Now   string         `json:"now"`   // and one of these in the newest message
	Not   string         `json:"not"`   // and none of these
	If    []string       `json:"if"`    // what must hold: see holds; ! before it for what must not
	Fit   int            `json:"fit"`   // how well it suits there, 1…100
	As    string         `json:"as"`    // what it does: answer, ask, offer or calm; two suggestions seldom do the same
	Title string         `json:"title"` // the strategy as agents read it
	Bare  bool           `json:"bare"`  // it brings its own tone
	Text  string         `json:"text"`

	any, and, now, not []string
	parts              []piece
}

// piece is a run of text, a slot, or an optional run of both.
type piece struct {
	text     string
	slot     string
	optional []piece
}

//go:embed scripts/*.json
var scriptFiles embed.FS

// scripts are the scripts of the house. What is embedded and broken is found by the first test.
var scripts = sync.OnceValue(func() []*script {
	list, err := loadScripts()
	if err != nil {
		panic(err)
	}
	return list
})

func loadScripts() ([]*script, error) {
	files, err := scriptFiles.ReadDir("scripts")
	if err != nil {
		return nil, fmt.Errorf("copilot scripts: %w", err)
	}
	var out []*script
	for _, f := range files {
		raw, err := scriptFiles.ReadFile("scripts/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("copilot scripts: %w", err)
		}
		var list []*script
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("copilot scripts: %s: %w", f.Name(), err)
		}
		for i, s := range list {
			if err := s.ready(); err != nil {
				return nil, fmt.Errorf("copilot scripts: %s: entry %d (%s): %w", f.Name(), i+1, s.Title, err)
			}
		}
		out = append(out, list...)
	}
	return out, nil
}

// ready checks a script and cuts it up.
func (s *script) ready() error {
	switch {
	case s.Text == "" || s.Title == "":
		return fmt.Errorf("no text or no title")
	case s.Fit < 1 || s.Fit > 100:
		return fmt.Errorf("fit %d", s.Fit)
	case !slices.Contains([]string{"answer", "ask", "offer", "calm"}, s.As):
		return fmt.Errorf("as %q", s.As)
	}
	for _, i := range s.In {
		if !slices.Contains(label.Intents(), i) {
			return fmt.Errorf("no intent %q", i)
		}
	}
	s.any, s.and, s.now, s.not = words(s.Any), words(s.And), words(s.Now), words(s.Not)
	var rest string
	var err error
	if s.parts, rest, err = pieces(s.Text, false); err == nil && rest != "" {
		err = fmt.Errorf("stray ] before %q", rest)
	}
	return err
}

func words(list string) []string {
	if list == "" {
		return nil
	}
	return strings.Split(list, "|")
}

// pieces cuts a text at its slots and optional parts, up to the bracket that ends an optional one.
func pieces(s string, inner bool) (out []piece, rest string, err error) {
	for s != "" {
		i := strings.IndexAny(s, "{[]")
		if i < 0 {
			i = len(s)
		}
		if i > 0 {
			out = append(out, piece{text: s[:i]})
			s = s[i:]
			continue
		}
		switch s[0] {
		case '{':
			j := strings.IndexByte(s, '}')
			if j < 0 {
				return nil, "", fmt.Errorf("a slot without an end: %q", s)
			}
			out = append(out, piece{slot: s[1:j]})
			s = s[j+1:]
		case '[':
			if inner {
				return nil, "", fmt.Errorf("an optional part inside another: %q", s)
			}
			sub, after, err := pieces(s[1:], true)
			if err != nil {
				return nil, "", err
			}
			out = append(out, piece{optional: sub})
			s = after
		case ']':
			if !inner {
				return out, s, nil
			}
			return out, s[1:], nil
		}
	}
	if inner {
		return nil, "", fmt.Errorf("an optional part without an end")
	}
	return out, "", nil
}

// leaning is what a script loses whose words stand in earlier messages only.
const leaning = 3

// suits says how well a script suits, 0 for not at all.
func (d *drafts) suits(s *script) int {
	if len(s.In) > 0 && !slices.Contains(s.In, d.matter()) {
		return 0
	}
	if len(s.now) > 0 && !anyOf(d.now, s.now...) || anyOf(d.now, s.not...) {
		return 0
	}
	fit := s.Fit
	if len(s.any) > 0 && !anyOf(d.now, s.any...) {
		if !anyOf(d.thread, s.any...) || anyOf(d.thread, s.not...) {
			return 0
		}
		fit -= leaning
	}
	if len(s.and) > 0 && !anyOf(d.thread, s.and...) {
		return 0
	}
	for _, c := range s.If {
		name, not := strings.CutPrefix(c, "!")
		if d.holds(name) == not {
			return 0
		}
	}
	return fit
}

// filled is a piece with its facts.
type filled struct {
	text     string
	sources  []event.Source
	optional bool
}

// write fills a script; false when a fact is missing that it needs.
func (d *drafts) write(s *script) (string, []event.Source, bool) {
	var run []filled
	for _, p := range s.parts {
		if p.optional == nil {
			f, ok := d.fill(p)
			if !ok {
				return "", nil, false
			}
			run = append(run, f)
			continue
		}
		part, ok := filled{optional: true}, true
		for _, q := range p.optional {
			f, there := d.fill(q)
			ok = ok && there
			part.text += f.text
			part.sources = append(part.sources, f.sources...)
		}
		if ok {
			run = append(run, part)
		}
	}
	open := d.hello()
	if !s.Bare {
		open += d.tone(s.As)
	}
	for {
		text, sources := open, []event.Source(nil)
		for _, f := range run {
			text += f.text
			sources = append(sources, f.sources...)
		}
		text = tidy(text)
		last := -1
		for i, f := range run {
			if f.optional {
				last = i
			}
		}
		if utf8.RuneCountInString(text) <= longest || last < 0 {
			return text, sources, true
		}
		run = slices.Delete(run, last, last+1)
	}
}

func (d *drafts) fill(p piece) (filled, bool) {
	if p.slot == "" {
		return filled{text: p.text}, true
	}
	text, sources := d.slot(p.slot)
	return filled{text: text, sources: sources}, text != ""
}
