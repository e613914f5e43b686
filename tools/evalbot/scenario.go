package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"agentdesk/sync/label"
)

// Scenario is one customer with a goal. Files hold one a line.
type Scenario struct {
	ID     string `json:"id"`
	Kind   string `json:"kind"`   // intent: written to cover an intent; free: as it comes
	Intent string `json:"intent"` // of docs/labels.md: what it is mainly about
	Goal   string `json:"goal"`
	Who    string `json:"who,omitempty"`  // customer of the demo shop; "" an anonymous visitor
	Page   string `json:"page,omitempty"` // product whose page the chat was opened from

	Steps []Step            `json:"steps"`
	Knows []Answer          `json:"knows,omitempty"` // told when the bot asks, one each time
	Form  map[string]string `json:"form,omitempty"`  // filled into any form

	// Escalates is why a person must come (docs/labels.md), alternatives separated by "|"; "" when the bot should do.
	Escalates string `json:"escalates,omitempty"`
}

// Step is something that is said, and what the answer must hold before the customer goes on.
type Step struct {
	Say string   `json:"say"`
	All []string `json:"all,omitempty"` // all of these
	Any []string `json:"any,omitempty"` // any of these
	Not []string `json:"not,omitempty"` // none of these
}

// Answer is what a customer says to a question that holds one of the words.
type Answer struct {
	If  []string `json:"if"`
	Say string   `json:"say"`
}

// UnmarshalJSON implements json.Unmarshaler: a string is a step whose answer may be anything.
func (s *Step) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*s = Step{}
		return json.Unmarshal(data, &s.Say)
	}
	type plain Step
	return strict(data, (*plain)(s))
}

// met reports whether an answer is what the customer wants to hear.
func (s *Step) met(text string) bool {
	holds := func(w string) bool { return strings.Contains(squeeze(text), squeeze(w)) }
	return !slices.ContainsFunc(s.All, func(w string) bool { return !holds(w) }) &&
		(len(s.Any) == 0 || slices.ContainsFunc(s.Any, holds)) && !slices.ContainsFunc(s.Not, holds)
}

// squeeze takes the spaces out: between Chinese and Latin they are a matter of style.
func squeeze(s string) string { return strings.ToLower(strings.ReplaceAll(s, " ", "")) }

func strict(data []byte, out any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	return d.Decode(out)
}

// load reads every *.jsonl of files and fails on the first mistake.
func load(files fs.FS) ([]Scenario, error) {
	names, err := fs.Glob(files, "*.jsonl")
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	var out []Scenario
	seen := map[string]bool{}
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read scenarios: %w", err)
		}
		for i, line := range bytes.Split(raw, []byte("\n")) {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			var s Scenario
			err := strict(line, &s)
			if err == nil {
				err = s.check()
			}
			if err == nil && seen[s.ID] {
				err = errors.New("it is there twice")
			}
			if err != nil {
				return nil, fmt.Errorf("%s:%d: scenario %q: %w", name, i+1, s.ID, err)
			}
			seen[s.ID] = true
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no scenarios")
	}
	return out, nil
}

func (s *Scenario) check() error {
	switch {
	case s.ID == "" || s.Goal == "" || len(s.Steps) == 0:
		return errors.New("id, goal and steps are needed")
	case s.Kind != "intent" && s.Kind != "free":
		return fmt.Errorf("kind %q", s.Kind)
	case !slices.Contains(label.Intents(), label.Intent(s.Intent)):
		return fmt.Errorf("intent %q is unknown", s.Intent)
	}
	expects := s.Escalates != ""
	for _, st := range s.Steps {
		if st.Say == "" {
			return errors.New("nothing is said")
		}
		expects = expects || len(st.All)+len(st.Any)+len(st.Not) > 0
	}
	for _, a := range s.Knows {
		if len(a.If) == 0 || a.Say == "" || slices.Contains(a.If, "") {
			return errors.New("an answer needs words to answer to, and something to say")
		}
	}
	if !expects {
		return errors.New("it cannot fail")
	}
	return nil
}
