package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"

	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// Situation is a talk at one customer message, with what a good first suggestion says there.
type Situation struct {
	ID      string       `json:"id"`
	Intent  label.Intent `json:"intent"`            // what is being wanted, by a person's judgement
	Who     string       `json:"who,omitempty"`     // a demo customer; "" for somebody unknown
	Context []talk.Turn  `json:"context,omitempty"` // before the message
	Text    string       `json:"text"`              // the message
	Must    []string     `json:"must"`              // patterns that the first suggestion must all match
	Never   []string     `json:"never,omitempty"`   // patterns that none may match
	Cards   []string     `json:"cards,omitempty"`   // kinds that must stand beside: policy|promotion is either
	NoCards []string     `json:"nocards,omitempty"` // kinds that must not

	must, never []*regexp.Regexp
}

func load(r io.Reader) ([]*Situation, error) {
	var out []*Situation
	seen := map[string]bool{}
	sc := bufio.NewScanner(r)
	for n := 1; sc.Scan(); n++ {
		if len(bytes.TrimSpace(sc.Bytes())) == 0 {
			continue
		}
		s := &Situation{}
		dec := json.NewDecoder(bytes.NewReader(sc.Bytes()))
		dec.DisallowUnknownFields()
		if err := dec.Decode(s); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if err := s.ready(); err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", n, s.ID, err)
		}
		if seen[s.ID] {
			return nil, fmt.Errorf("line %d: %s is there twice", n, s.ID)
		}
		seen[s.ID] = true
		out = append(out, s)
	}
	return out, sc.Err()
}

// ready checks a situation and compiles its patterns.
func (s *Situation) ready() error {
	known := false
	for _, i := range label.Intents() {
		known = known || i == s.Intent
	}
	switch {
	case s.ID == "" || s.Text == "":
		return errors.New("no ID or no message")
	case len(s.Must) == 0:
		return errors.New("nothing is expected: it cannot fail")
	case !known:
		return fmt.Errorf("no intent %q", s.Intent)
	}
	compile := func(list []string) (out []*regexp.Regexp, err error) {
		for _, p := range list {
			re, err := regexp.Compile(p)
			if err != nil {
				return nil, err
			}
			out = append(out, re)
		}
		return out, nil
	}
	var err error
	if s.must, err = compile(s.Must); err != nil {
		return err
	}
	s.never, err = compile(s.Never)
	return err
}
