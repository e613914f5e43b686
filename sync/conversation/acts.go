package conversation

import (
	"slices"

	"agentdesk/sync/event"
)

// act notes what the customer did in the shop. It moves nothing but what the shop knows of the basket.
func (d *decision) act() *Refusal {
	a, r := args[ActArgs](d.c)
	if r != nil {
		return r
	}
	if !d.s.Open() {
		return d.told(AlreadyClosed, "the conversation has ended")
	}
	if a.What == "" || a.Qty < 0 || a.Fen < 0 {
		return refuse(Invalid, "an act needs what was done")
	}
	if r := short(a.What, a.Product, a.Order, a.Title); r != nil {
		return r
	}
	var private any
	if a.Title != "" {
		private = event.ActedPrivate{Title: a.Title}
	}
	d.emit(event.Acted, a.ActedBody, private)
	return nil
}

// maxFollowUps bounds the open promises of one conversation.
const maxFollowUps = 16

// FollowUp is a promise to come back to the customer.
type FollowUp struct {
	ID    event.ID `json:"id"`
	Agent string   `json:"agent"`
	At    int64    `json:"at"`  // Unix ms, when it was made
	Due   int64    `json:"due"` // Unix ms
	Text  string   `json:"text,omitempty"`
}

func (d *decision) setFollowUp() *Refusal {
	a, r := args[FollowUpArgs](d.c)
	if r != nil {
		return r
	}
	if a.Text == "" || a.Due <= d.env.Now {
		return refuse(Invalid, "a follow-up needs a text and a time to come")
	}
	if r := CheckText(a.Text); r != nil {
		return r
	}
	if len(d.s.FollowUps) >= maxFollowUps {
		return refuse(TooLarge, "too many open follow-ups in one conversation")
	}
	d.emit(event.FollowUpSet, event.FollowUpBody{Agent: d.c.Actor.ID, Due: a.Due}, event.FollowUpPrivate{Text: a.Text})
	return nil
}

func (d *decision) doneFollowUp() *Refusal {
	a, r := args[DoneFollowUpArgs](d.c)
	if r != nil {
		return r
	}
	if slices.ContainsFunc(d.s.FollowUps, func(f FollowUp) bool { return f.ID == a.FollowUp }) {
		d.emit(event.FollowUpDone, event.FollowUpDoneBody{FollowUp: a.FollowUp}, nil)
	}
	return nil // done already: true as it is
}

func foldFollowUpSet(s *State, p *event.Placed) error {
	var b event.FollowUpBody
	var say event.FollowUpPrivate
	if err := p.Decode(&b, &say); err != nil {
		return err
	}
	s.FollowUps = append(slices.Clone(s.FollowUps), FollowUp{ID: p.ID, Agent: b.Agent, At: p.Time, Due: b.Due, Text: say.Text})
	return nil
}

func foldFollowUpDone(s *State, p *event.Placed) error {
	var b event.FollowUpDoneBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	s.FollowUps = slices.DeleteFunc(slices.Clone(s.FollowUps), func(f FollowUp) bool { return f.ID == b.FollowUp })
	return nil
}
