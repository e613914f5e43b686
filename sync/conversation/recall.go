package conversation

import (
	"slices"

	"agentdesk/sync/event"
)

// maxRecent bounds the messages whose authors State keeps for recalls; more than one writes in two minutes.
const maxRecent = 64

// Gone is State.SnippetKind when the last message was recalled.
const Gone event.MessageKind = "gone"

// Recent is a message that may still be recalled.
type Recent struct {
	ID event.ID    `json:"id"`
	At int64       `json:"at"` // Unix ms
	By event.Actor `json:"by"`
}

func (d *decision) recall() *Refusal {
	a, r := args[RecallArgs](d.c)
	if r != nil {
		return r
	}
	if !event.ValidID(a.Message) {
		return refuse(Invalid, "recalls no message")
	}
	i := slices.IndexFunc(d.s.Recent, func(m Recent) bool { return m.ID == a.Message })
	if i < 0 {
		// Recalled already, somebody's from before, or one that never was: in no case is there anything to do.
		return refuse(TooLate, "a message can be recalled for two minutes, by who wrote it")
	}
	m := d.s.Recent[i]
	switch {
	case m.By != d.c.Actor:
		return refuse(Forbidden, "only its author recalls a message")
	case d.env.Now-m.At > d.env.Policy.RecallWithin.Milliseconds():
		return refuse(TooLate, "a message can be recalled for two minutes, by who wrote it")
	}
	d.emit(event.Recalled, event.RecalledBody{Message: a.Message}, nil)
	return nil
}

// unmask notes who read a message in full. Whether there is such a message is the door's to know.
func (d *decision) unmask() *Refusal {
	a, r := args[UnmaskArgs](d.c)
	if r != nil {
		return r
	}
	if !event.ValidID(a.Message) || a.Message > d.s.LastMsg {
		return refuse(Invalid, "there is no such message")
	}
	d.emit(event.Unmasked, event.UnmaskedBody{Message: a.Message}, nil)
	return nil
}

// remember keeps the authors of the last two minutes' messages, and what nobody can recall any more not.
func (s *State) remember(p *event.Placed) {
	from := 0
	for from < len(s.Recent) && (p.Time-s.Recent[from].At > recentFor || len(s.Recent)-from >= maxRecent) {
		from++
	}
	s.Recent = append(slices.Clone(s.Recent[from:]), Recent{ID: p.ID, At: p.Time, By: p.Actor})
}

// recentFor is how long authors are remembered, ms: no policy allows recalls for longer.
const recentFor = 10 * 60 * 1000

func foldRecalled(s *State, p *event.Placed) error {
	var b event.RecalledBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	i := slices.IndexFunc(s.Recent, func(m Recent) bool { return m.ID == b.Message })
	if i < 0 {
		return nil
	}
	was := s.Recent[i]
	s.Recent = slices.Delete(slices.Clone(s.Recent), i, i+1)
	if s.SnippetMsg == b.Message {
		s.Snippet, s.SnippetKind = "", Gone
	}
	if was.By.Kind == event.Customer {
		s.unsay(was)
	}
	return nil
}

// unsay makes s what it is without a customer's message: nobody owes an answer to it any more.
func (s *State) unsay(was Recent) {
	left := func(m Recent) bool { return m.By.Kind == event.Customer }
	if was.ID == s.LastCustomerMsg {
		s.Suggestions = nil
		for _, m := range s.Recent {
			if left(m) {
				s.LastCustomerMsg = m.ID
			}
		}
	}
	if s.UnansweredSince != was.At {
		return // an earlier one waits for its answer, or none does
	}
	s.UnansweredSince = 0
	for _, m := range s.Recent {
		if left(m) && m.At >= was.At {
			s.UnansweredSince = m.At
			return
		}
	}
	s.Nudged = false
}
