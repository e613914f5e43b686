// Package agents plays simulated agents at the real desk door, so that a supervisor sees a floor at work.
//
// Who they are and how they work is data: temperaments with paces and chances, a cast of users, and lines of their own.
// An agent sees only what a desk sees, over the public protocol, and has one pair of hands: it reads, types and sends in
// one chat at a time.
package agents

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"

	"agentdesk/sync/wire"
)

// Cast is the simulated agents of a shop.
type Cast struct {
	Tempers []Temper            `json:"tempers"`
	Roles   []Role              `json:"cast"`
	Lines   map[string][]string `json:"lines"` // by intent or reason of docs/labels.md, and by what they are for
}

// Temper is a way to work. Spans are least and most, in milliseconds; chances are 0…1.
type Temper struct {
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	What     string   `json:"what"`
	Accept   [2]int64 `json:"accept"`  // from the offer to the click
	Pass     float64  `json:"pass"`    // lets an offer run out
	Decline  float64  `json:"decline"` //
	Claim    float64  `json:"claim"`   // takes a chat that waits and is offered to others
	Read     int      `json:"read"`    // characters a minute
	Type     int      `json:"type"`    // likewise
	Greets   float64  `json:"greets"`
	Adopt    float64  `json:"adopt"` // sends a suggestion as it is
	Edit     float64  `json:"edit"`  // sends one changed
	Note     float64  `json:"note"`
	Card     float64  `json:"card"`   // shows a product
	Coupon   float64  `json:"coupon"` // gives one
	Form     float64  `json:"form"`   // asks for one, where it fits
	Transfer float64  `json:"transfer"`
	HandBack float64  `json:"handBack"`
	Rereads  bool     `json:"rereads"` // begins anew when the customer writes meanwhile
	Close    [2]int64 `json:"close"`   // from the last answer to the end of the chat
	Forget   float64  `json:"forget"`  // to end it
	Every    [2]int64 `json:"every"`   // between two breaks
	Break    [2]int64 `json:"break"`
	Drop     [2]int64 `json:"drop"` // between two losses of the connection
	Gone     [2]int64 `json:"gone"` // for how long
}

// Role is one simulated agent. Name and what follows are set for those who are no users of the demo shop.
type Role struct {
	User     string   `json:"user"`
	Temper   string   `json:"temper"`
	Name     string   `json:"name,omitempty"`
	Groups   []string `json:"groups,omitempty"`
	Skills   []string `json:"skills,omitempty"`
	Capacity int      `json:"capacity,omitempty"`
	Senior   bool     `json:"senior,omitempty"`
}

// Extra are the users of the first n roles that the demo shop does not have by itself.
func (c *Cast) Extra(n int) (out []wire.User) {
	for _, r := range c.Roles[:min(max(n, 0), len(c.Roles))] {
		if r.Name != "" {
			out = append(out, wire.User{ID: r.User, Name: r.Name, Role: "agent", Groups: r.Groups, Skills: r.Skills, Capacity: r.Capacity, Senior: r.Senior})
		}
	}
	return out
}

// Load reads cast.json of files. It fails on the first mistake.
func Load(files fs.FS) (Cast, error) {
	data, err := fs.ReadFile(files, "cast.json")
	if err != nil {
		return Cast{}, fmt.Errorf("read cast: %w", err)
	}
	return decode(data)
}

func decode(data []byte) (Cast, error) {
	var c Cast
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&c); err != nil {
		return c, fmt.Errorf("decode cast: %w", err)
	}
	tempers := map[string]bool{}
	for i := range c.Tempers {
		t := &c.Tempers[i]
		if err := t.check(); err != nil {
			return c, fmt.Errorf("temper %q: %w", t.ID, err)
		}
		tempers[t.ID] = true
	}
	users := map[string]bool{}
	for _, r := range c.Roles {
		switch {
		case r.User == "" || users[r.User]:
			return c, fmt.Errorf("role %q: empty or there twice", r.User)
		case !tempers[r.Temper]:
			return c, fmt.Errorf("role %q: temper %q is unknown", r.User, r.Temper)
		case r.Name != "" && (r.Capacity < 1 || len(r.Groups) == 0):
			return c, fmt.Errorf("role %q: a user needs groups and a capacity", r.User)
		}
		users[r.User] = true
	}
	if len(c.Roles) == 0 {
		return c, errors.New("the cast is empty")
	}
	for _, key := range needed() {
		if len(c.Lines[key]) == 0 {
			return c, fmt.Errorf("lines for %q are missing", key)
		}
	}
	return c, nil
}

// needed are the kinds of lines that have no other to fall back to.
func needed() []string {
	return []string{"greet", "greet.short", "greet.en", "bye", "bye.en", "soften", "tail", "more", "note", "transfer", "instruct", "en"}
}

func (t *Temper) check() error {
	if t.ID == "" || t.Name == "" {
		return errors.New("id and name are needed")
	}
	for _, s := range [][2]int64{t.Accept, t.Close, t.Every, t.Break, t.Drop, t.Gone} {
		if s[0] < 1 || s[1] < s[0] || s[1] > 4*3600_000 {
			return fmt.Errorf("span %v: least and most, up to four hours", s)
		}
	}
	for _, p := range []float64{t.Pass, t.Decline, t.Claim, t.Greets, t.Adopt, t.Edit, t.Note, t.Card, t.Coupon, t.Form, t.Transfer, t.HandBack, t.Forget} {
		if p < 0 || p > 1 {
			return fmt.Errorf("%v is no chance", p)
		}
	}
	if t.Read < 30 || t.Type < 30 || t.Adopt+t.Edit > 1 || t.Pass+t.Decline > 1 {
		return errors.New("read and type are characters a minute; adopt and edit, and pass and decline, share one chance")
	}
	return nil
}
