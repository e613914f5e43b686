// Package customers plays simulated customers through the real customer door, and measures that door under load.
//
// A scenario is data: who the customer is, what they want and know, what they write, say and show, how they react to a
// right, a wrong and a slow answer, and what they do in the end. The player sees only what a customer sees, over the
// public protocol.
package customers

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"agentdesk/sync/conversation"
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
	Lang     string   `json:"lang,omitempty"`
	Knows    []string `json:"knows,omitempty"` // said to questions, one each time
	Opening  []Say    `json:"opening"`         // one after another, as a burst
	Typos    float64  `json:"typos,omitempty"` // share of messages with a slip, 0…1
	Slips    []string `json:"slips,omitempty"` // kinds of slip; empty: two characters swapped
	Gap      [2]int64 `json:"gap"`             // between messages of a burst, and before a reaction: least, most
	Patience int64    `json:"patience"`        // until an answer is slow
	Right    Reaction `json:"right"`
	Wrong    []Say    `json:"wrong"`           // said to answers that are not right, one each time; then the customer gives up
	Slow     []Say    `json:"slow"`            // said while nobody answers, one each time; then the customer gives up
	Human    []Say    `json:"human,omitempty"` // said once to the person who takes over

	// Escalates is why this customer should come to a person (docs/labels.md); empty: the bot should do.
	Escalates string `json:"escalates,omitempty"`

	Form  map[string]string `json:"form,omitempty"`  // what is filled into a form, by field; the order is the form's own
	Buys  *Purchase         `json:"buys,omitempty"`  // after a right answer
	Then  *Leg              `json:"then,omitempty"`  // comes back with something more
	Rated string            `json:"rated,omitempty"` // said with the stars
}

// Reaction is what is said to an answer that holds any of the words. Person: only a person's answer can be right.
type Reaction struct {
	Any    []string `json:"any"`
	Say    []Say    `json:"say"`
	Person bool     `json:"person,omitempty"`
}

// Purchase is what goes into the cart, and is paid where Pays says so.
type Purchase struct {
	Variant  string `json:"variant"`
	Quantity int    `json:"quantity"`
	Pays     bool   `json:"pays"`
	// Hesitates is how long the customer sits over the checkout and pays only when the shop brings it up; 0 for not at all.
	Hesitates int64 `json:"hesitates,omitempty"`
}

// Leg is a later visit of the same customer.
type Leg struct {
	After   int64    `json:"after"`
	Opening []Say    `json:"opening"`
	Right   Reaction `json:"right"`
}

// Say is one thing that a customer says or shows. In JSON a string is a text.
type Say struct {
	Text    string `json:"text,omitempty"`
	Voice   int    `json:"voice,omitempty"`   // seconds of a voice note
	Picture string `json:"picture,omitempty"` // what a picture shows: see Pictures
	Order   string `json:"order,omitempty"`   // shows this order of theirs
	Product string `json:"product,omitempty"` // shows this product
	Quote   bool   `json:"quote,omitempty"`   // quotes the last answer
	Recall  bool   `json:"recall,omitempty"`  // takes it back a moment later
	Wait    int64  `json:"wait,omitempty"`    // silence before it
	Away    int64  `json:"away,omitempty"`    // leaves the page after it, for so long
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Say) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		*s = Say{}
		return json.Unmarshal(data, &s.Text)
	}
	type plain Say
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	return dec.Decode((*plain)(s))
}

func (s *Say) check() error {
	forms := 0
	for _, is := range []bool{s.Text != "", s.Voice != 0, s.Picture != "", s.Order != "", s.Product != ""} {
		if is {
			forms++
		}
	}
	switch {
	case forms != 1:
		return errors.New("something said is a text, a voice note, a picture, an order or a product: one of them")
	case len(s.Text) > 2000:
		return errors.New("a text is too long")
	case s.Voice < 0 || s.Voice > 60:
		return errors.New("a voice note is at most a minute")
	case s.Picture != "" && !slices.Contains(Pictures(), s.Picture):
		return fmt.Errorf("picture %q is unknown", s.Picture)
	case s.Wait < 0 || s.Wait > 120_000 || s.Away < 0 || s.Away > 120_000:
		return errors.New("silence and absence last up to two minutes")
	}
	return nil
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
	case len(s.Opening) == 0 || len(s.Wrong) == 0 || len(s.Slow) == 0:
		return errors.New("opening and the reactions to wrong and slow answers are needed")
	case s.Typos < 0 || s.Typos > 1:
		return errors.New("typos is a share")
	case s.Gap[0] < 0 || s.Gap[1] < s.Gap[0] || s.Gap[1] > 60_000:
		return errors.New("gap is least, most, up to a minute")
	case s.Patience < 1000 || s.Patience > 300_000:
		return errors.New("patience is 1 s to 5 min")
	case s.Buys != nil && (s.Buys.Variant == "" || s.Buys.Quantity < 1 || s.Buys.Quantity > 99):
		return errors.New("what is bought has a variant and a quantity")
	case s.Buys != nil && (s.Buys.Hesitates < 0 || s.Buys.Hesitates > 600_000 || s.Buys.Hesitates > 0 && s.Buys.Pays):
		return errors.New("who hesitates does so for up to ten minutes, and does not pay by themselves")
	case s.Then != nil && (s.Then.After < 1000 || s.Then.After > 300_000 || len(s.Then.Opening) == 0):
		return errors.New("a later visit comes 1 s to 5 min after, and says something")
	}
	for _, kind := range s.Slips {
		if !slices.Contains(slipKinds(), kind) {
			return fmt.Errorf("slip %q is unknown", kind)
		}
	}
	for name := range s.Form {
		if !slices.Contains(slices.Concat(conversation.FormFields("return"), conversation.FormFields("address"), conversation.FormFields("leave")), name) {
			return fmt.Errorf("no form has the field %q", name)
		}
	}
	rights := []Reaction{s.Right}
	said := [][]Say{s.Opening, s.Wrong, s.Slow, s.Human}
	if s.Then != nil {
		rights, said = append(rights, s.Then.Right), append(said, s.Then.Opening)
	}
	for _, r := range rights {
		if len(r.Any) == 0 || len(r.Say) == 0 || slices.Contains(r.Any, "") {
			return errors.New("a right answer has words, and something is said to it")
		}
		said = append(said, r.Say)
	}
	for _, list := range said {
		for i := range list {
			if err := list[i].check(); err != nil {
				return err
			}
		}
	}
	if slices.Contains(s.Knows, "") {
		return errors.New("a text is empty")
	}
	return nil
}

func reasons() []label.Reason {
	return []label.Reason{label.ByRequest, label.ByAdverse, label.ByAnger, label.ByDispute, label.ByAnxiety, label.ByHighValue,
		label.ByBotFailed, label.ByOutOfPolicy}
}
