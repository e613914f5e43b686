package conversation

import (
	"slices"

	"agentdesk/sync/event"
)

// move gives the seat to somebody else.
func (s *State) move(to SeatKind, p *event.Placed) {
	if to == SeatClosed || s.Seat != to || p.Epoch != s.Epoch {
		s.SeatAt = p.Time
	}
	s.Seat, s.Epoch = to, p.Epoch
	s.Agent, s.Hold, s.Wait = "", nil, nil
}

func foldEscalated(s *State, p *event.Placed) error {
	var b event.EscalatedBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	s.move(SeatWaiting, p)
	s.Escalations++
	s.Reason, s.High, s.Class, s.Clock, s.Skills = b.Reason, b.High, b.Class, b.Since, b.Skills
	s.Wait = &Wait{Since: b.Since, Entered: p.Time, Reason: b.Reason, Class: b.Class, Group: b.Group, Skills: slices.Clone(b.Skills)}
	return nil
}

func foldOffered(s *State, p *event.Placed) error {
	var b event.OfferBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	if s.Wait == nil || s.Wait.offer(b.Agent) >= 0 {
		return nil
	}
	s.Wait.Offers = append(s.Wait.Offers, Offer{Agent: b.Agent, Round: b.Round, At: p.Time, Until: b.Until})
	s.Wait.Round = max(s.Wait.Round, b.Round)
	return nil
}

// offer is the place of an agent's open offer, -1 for none.
func (w *Wait) offer(agent string) int {
	return slices.IndexFunc(w.Offers, func(o Offer) bool { return o.Agent == agent })
}

// called reports whether the chat is called out to an agent; w may be nil.
func (w *Wait) called(agent string) bool {
	if w == nil {
		return false
	}
	i := w.offer(agent)
	return i >= 0 && w.Offers[i].Round == RoundCall
}

func foldOfferEnd(s *State, p *event.Placed) error {
	var b event.OfferBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	w := s.Wait
	if w == nil {
		return nil
	}
	if i := w.offer(b.Agent); i >= 0 {
		w.Offers = slices.Delete(w.Offers, i, i+1)
	}
	if p.Type != event.Withdrawn {
		w.Passed = addOnce(w.Passed, b.Agent)
	}
	return nil
}

func addOnce(list []string, v string) []string {
	if v == "" || slices.Contains(list, v) {
		return list
	}
	return append(list, v)
}

func foldTaken(s *State, p *event.Placed) error {
	var b event.TakenBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	was := s.Wait
	if s.Seat == SeatWaiting && !s.EverHuman {
		s.FirstWait = b.Waited
	}
	if s.Seat == SeatBot {
		// Nobody asked: this chat never waited, and a clock begins only if the person loses it.
		s.Clock = p.Time
	}
	s.move(SeatHuman, p)
	s.Agent, s.EverHuman, s.Left = b.Agent, true, false
	s.Holders = addOnce(s.Holders, b.Agent)
	s.Nudged = false
	s.Hold = &Hold{Agent: b.Agent, Name: b.Name, How: b.How, Since: p.Time, Waited: b.Waited, Seen: b.How != event.HowAssigned}
	if !s.Hold.Seen && was != nil {
		was.Offers = nil
		s.Hold.Was = was
	}
	return nil
}

func foldSeen(s *State, p *event.Placed) error {
	if s.Hold != nil && s.Hold.Agent == p.Actor.ID {
		s.Hold.Seen, s.Hold.Was = true, nil
	}
	return nil
}

func foldReturned(s *State, p *event.Placed) error {
	var b event.ReturnedBody
	var say event.ReturnedPrivate
	if err := p.Decode(&b, &say); err != nil {
		return err
	}
	w := &Wait{Since: b.Since, Entered: p.Time, Reason: s.Reason, Class: b.Class, Group: b.Group, Skills: slices.Clone(b.Skills),
		First: b.First, Target: b.Agent, Fallback: b.Fallback, Note: say.Note}
	switch {
	case b.Why == event.WhyUnseen:
		if s.Hold != nil && s.Hold.Was != nil { // the same wait goes on
			w = s.Hold.Was
		}
		w.Passed, w.Unseen, w.UnseenAt = addOnce(w.Passed, b.From), addOnce(w.Unseen, b.From), p.Time
	case b.Why == event.WhyUnanswered:
		w.Passed = addOnce(nil, b.From)
	case s.Wait != nil: // a supervisor moves a waiting chat: the customer waits on
		w.Entered, w.Place, w.ToldAt, w.Alarmed = s.Wait.Entered, s.Wait.Place, s.Wait.ToldAt, s.Wait.Alarmed
	}
	s.move(SeatWaiting, p)
	s.Wait = w
	s.Class, s.Clock, s.Skills, s.Nudged = w.Class, w.Since, slices.Clone(w.Skills), false
	if b.Group != "" {
		s.Group = b.Group
	}
	return nil
}

func foldHandedBack(s *State, p *event.Placed) error {
	var b event.HandedBackBody
	var to event.HandedBackPrivate
	if err := p.Decode(&b, &to); err != nil {
		return err
	}
	s.move(SeatBot, p)
	s.HandBacks++
	s.Instruction, s.Nudged = to.Instruction, false
	return nil
}

func foldQueueTold(s *State, p *event.Placed) error {
	var b event.QueueToldBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	if s.Wait != nil {
		s.Wait.Place, s.Wait.ToldAt = b.Place, p.Time
	}
	return nil
}

func foldNudged(s *State, _ *event.Placed) error {
	s.Nudged = true
	return nil
}

func foldAlarmed(s *State, _ *event.Placed) error {
	if s.Wait != nil {
		s.Wait.Alarmed = true
	}
	return nil
}

func foldClosed(s *State, p *event.Placed) error {
	var b event.ClosedBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	s.move(SeatClosed, p)
	s.ClosedAt, s.ClosedBy = p.Time, b.By
	s.Disposition, s.Solved = b.Disposition, b.Solved
	s.Suggestions = nil
	return nil
}
