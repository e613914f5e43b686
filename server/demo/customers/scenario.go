// Package customers plays simulated customers through the real customer door, and measures that door under load.
//
// A scenario is data: who the customer is, what they want, what they write, and how they react to a right, a wrong and a
// slow answer. The player sees only what a customer sees, over the public protocol.
package customers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"agentdesk/sync/label"
)

// Scenario is one customer's errand. Times are milliseconds at pace 1.
type Scenario struct {
	ID       string   `json:"id"`
	Customer string   `json:"customer,omitempty"` // of the demo shop; empty: an anonymous visitor
	Persona  string   `json:"persona"`
	Mood     string   `json:"mood"` // an emotion of docs/labels.md
	Goal     string   `json:"goal"`
	Intent   string   `json:"intent"` // of docs/labels.md
	Knows    []string `json:"knows,omitempty"`
	Opening  []string `json:"opening"`         // sent one after another, as a burst
	Typos    float64  `json:"typos,omitempty"` // share of messages with a slip, 0…1; the slip is corrected in a second message
	Gap      [2]int64 `json:"gap"`             // between messages of a burst, and before a reaction: least, most
	Patience int64    `json:"patience"`        // until an answer is slow
	Right    Reaction `json:"right"`
	Wrong    []string `json:"wrong"`           // said to answers that are not right, one each time; then the customer gives up
	Slow     []string `json:"slow"`            // said while nobody answers, one each time; then the customer gives up
	Human    []string `json:"human,omitempty"` // said once to the person who takes over

	// Escalates is why this customer should come to a person (docs/labels.md); empty: the bot should do.
	Escalates string `json:"escalates,omitempty"`
}

// Reaction is what is said to an answer that holds any of the words. Person: only a person's answer can be right.
type Reaction struct {
	Any    []string `json:"any"`
	Say    []string `json:"say"`
	Person bool     `json:"person,omitempty"`
}

// Load reads every *.json of files: each an array of scenarios. It fails on the first mistake.
func Load(files fs.FS) ([]Scenario, error) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, fmt.Errorf("list scenarios: %w", err)
	}
	slices.Sort(names)
	var out []Scenario
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("read scenarios: %w", err)
		}
		some, err := decode(data)
		if err != nil {
			return nil, fmt.Errorf("scenarios %s: %w", name, err)
		}
		out = append(out, some...)
	}
	return out, validate(out)
}

func decode(data []byte) ([]Scenario, error) {
	var out []Scenario
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&out); err != nil {
		return nil, err
	}
	for i := range out {
		if err := out[i].check(); err != nil {
			return nil, fmt.Errorf("%d, %q: %w", i, out[i].ID, err)
		}
	}
	return out, nil
}

// validate checks what no scenario can by itself. One customer plays in one scenario only, so that all can play at once.
func validate(all []Scenario) error {
	ids, who := map[string]bool{}, map[string]bool{}
	for _, s := range all {
		if ids[s.ID] {
			return fmt.Errorf("scenario %q is there twice", s.ID)
		}
		ids[s.ID] = true
		if s.Customer != "" && who[s.Customer] {
			return fmt.Errorf("scenario %q: customer %q plays in another one", s.ID, s.Customer)
		}
		who[s.Customer] = true
	}
	return nil
}

func (s *Scenario) check() error {
	switch {
	case s.ID == "" || s.Persona == "" || s.Goal == "":
		return errors.New("id, persona and goal are needed")
	case !slices.Contains(label.Emotions(), label.Emotion(s.Mood)):
		return fmt.Errorf("mood %q is no emotion", s.Mood)
	case !slices.Contains(label.Intents(), label.Intent(s.Intent)):
		return fmt.Errorf("intent %q is unknown", s.Intent)
	case s.Escalates != "" && !slices.Contains(reasons(), label.Reason(s.Escalates)):
		return fmt.Errorf("reason %q is unknown", s.Escalates)
	case len(s.Opening) == 0 || len(s.Right.Any) == 0 || len(s.Right.Say) == 0 || len(s.Wrong) == 0 || len(s.Slow) == 0:
		return errors.New("opening and the reactions to right, wrong and slow answers are needed")
	case s.Typos < 0 || s.Typos > 1:
		return errors.New("typos is a share")
	case s.Gap[0] < 0 || s.Gap[1] < s.Gap[0] || s.Gap[1] > 60_000:
		return errors.New("gap is least, most, up to a minute")
	case s.Patience < 1000 || s.Patience > 300_000:
		return errors.New("patience is 1 s to 5 min")
	}
	for _, list := range [][]string{s.Opening, s.Right.Any, s.Right.Say, s.Wrong, s.Slow, s.Human} {
		for _, text := range list {
			if text == "" || len(text) > 2000 {
				return errors.New("a text is empty or too long")
			}
		}
	}
	return nil
}

func reasons() []label.Reason {
	return []label.Reason{label.ByRequest, label.ByAdverse, label.ByAnger, label.ByDispute, label.ByAnxiety, label.ByHighValue,
		label.ByBotFailed, label.ByOutOfPolicy}
}
