package conversation

import (
	"slices"

	"agentdesk/sync/event"
)

// What a customer said of being told of sales chances.
const (
	RemindOn  = "on"
	RemindOff = "off"
)

// maxTold bounds the products of one chance.
const maxTold = 4

// Chance is the one sales chance that a conversation was used for, told or held back.
type Chance struct {
	Kind     string   `json:"kind"`
	What     string   `json:"what"` // event.ChanceShown or ChanceHeld
	At       int64    `json:"at"`   // Unix ms
	Products []string `json:"products,omitempty"`
	Variants []string `json:"variants,omitempty"`
	Answer   string   `json:"answer,omitempty"`  // event.ChanceAccepted or ChanceDeclined
	Ordered  int64    `json:"ordered,omitempty"` // when an order was paid that counts, Unix ms
}

// ChanceArgs decides on a chance: with what is said, or for holding back with nothing.
type ChanceArgs struct {
	event.ChanceBody
	Say *PostArgs `json:"say,omitempty"`
}

// ConsentArgs is whether the customer wants to hear of sales chances.
type ConsentArgs struct {
	event.ConsentBody
}

// consent notes what the customer chose. It holds from the next moment on, also in a conversation that has ended.
func (d *decision) consent() *Refusal {
	a, r := args[ConsentArgs](d.c)
	if r != nil {
		return r
	}
	if r := short(a.By); r != nil {
		return r
	}
	if d.s.Remind == remind(a.On) {
		return nil
	}
	d.emit(event.Consented, a.ConsentBody, nil)
	return nil
}

func remind(on bool) string {
	if on {
		return RemindOn
	}
	return RemindOff
}

// takeChance speaks of a chance, or holds it back: once a conversation, while the bot has the seat and owes no answer, and never
// to somebody who said no to it here. What the customer asked to hear of needs no consent.
func (d *decision) takeChance() *Refusal {
	a, r := args[ChanceArgs](d.c)
	if r != nil {
		return r
	}
	s := d.s
	switch {
	case !s.Open():
		return d.told(AlreadyClosed, "the conversation has ended")
	case d.c.Epoch != s.Epoch || s.Seat != SeatBot:
		return d.told(StaleEpoch, "the seat changed hands")
	case s.Chance != nil:
		return d.told(Superseded, "the conversation had its chance")
	case s.UnansweredSince != 0:
		return d.told(Superseded, "the customer waits for an answer")
	case s.Remind == RemindOff && a.Kind != event.ChanceStock:
		return d.told(Superseded, "the customer wants to hear nothing")
	case a.What != event.ChanceShown && a.What != event.ChanceHeld || (a.What == event.ChanceShown) != (a.Say != nil):
		return refuse(Invalid, "a chance is told in a message, or held back without one")
	}
	if r := checkChance(&a.ChanceBody); r != nil {
		return r
	}
	if a.Say != nil {
		say := *a.Say
		if say.Kind == "" {
			say.Kind = event.Text
		}
		if r := checkPost(&say); r != nil {
			return r
		}
		if r := d.postBot(say); r != nil {
			return r
		}
	}
	d.emit(event.Chanced, a.ChanceBody, nil)
	return nil
}

// noteChance notes what came of the conversation's chance, each once. An order may be paid long after the conversation ended.
func (d *decision) noteChance() *Refusal {
	b, r := args[event.ChanceBody](d.c)
	if r != nil {
		return r
	}
	s := d.s
	if s.Chance == nil || b.Kind != s.Chance.Kind {
		return refuse(Invalid, "the conversation had no such chance")
	}
	if r := checkChance(&b); r != nil {
		return r
	}
	switch b.What {
	case event.ChanceAccepted, event.ChanceDeclined:
		if s.Chance.Answer != "" {
			return nil
		}
		if s.Chance.What != event.ChanceShown {
			return refuse(Invalid, "who was told nothing has nothing to answer")
		}
	case event.ChanceOrdered:
		if s.Chance.Ordered != 0 {
			return nil
		}
		b.Arm = s.Chance.What
	default:
		return refuse(Invalid, "a chance is accepted, declined or ordered upon")
	}
	d.emit(event.Chanced, b, nil)
	return nil
}

func checkChance(b *event.ChanceBody) *Refusal {
	if !slices.Contains(event.ChanceKinds(), b.Kind) || b.Fen < 0 {
		return refuse(Invalid, "unknown kind of chance")
	}
	if len(b.Products) > maxTold || len(b.Variants) > maxTold {
		return refuse(TooLarge, "a chance is about four products at most")
	}
	if r := CheckText(b.Why); r != nil || len(b.Why) > 4*maxShort {
		return refuse(Invalid, "a reason is at most 1 KB of text")
	}
	return short(slices.Concat([]string{b.Order, b.Experiment, b.Arm}, b.Products, b.Variants)...)
}

func foldConsented(s *State, p *event.Placed) error {
	var b event.ConsentBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	s.Remind = remind(b.On)
	return nil
}

func foldChanced(s *State, p *event.Placed) error {
	var b event.ChanceBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	c := Chance{}
	if s.Chance != nil {
		c = *s.Chance // states share it
	}
	switch b.What {
	case event.ChanceShown, event.ChanceHeld:
		c = Chance{Kind: b.Kind, What: b.What, At: p.Time, Products: b.Products, Variants: b.Variants}
	case event.ChanceAccepted, event.ChanceDeclined:
		c.Answer = b.What
	case event.ChanceOrdered:
		c.Ordered = p.Time
	}
	s.Chance = &c
	return nil
}
