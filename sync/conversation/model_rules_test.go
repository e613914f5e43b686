package conversation

import (
	"slices"

	"agentdesk/sync/event"
)

// model is what the design says about seats, written a second time and as small as possible: who holds, since which epoch.
type model struct {
	seat      SeatKind
	holder    string
	epoch     uint64
	handBacks int
	offers    map[string]bool
	seen      bool

	now       int64
	said      []said // that may be recalled
	owed      []said // the customer's messages that nobody answered
	last      event.ID
	stars     int
	followUps int
	left      bool
}

// said is a message in the model.
type said struct {
	id event.ID
	by event.Actor
	at int64
}

// heard notes a message that was posted.
func (m *model) heard(p *event.Placed) {
	m.said = slices.DeleteFunc(m.said, func(o said) bool { return p.Time-o.at > 10*60_000 })
	n := said{p.ID, p.Actor, p.Time}
	m.said = append(m.said, n)
	if p.Actor.Kind != event.Customer {
		m.owed = nil
		return
	}
	m.owed, m.last = append(m.owed, n), p.ID
}

// recall takes a message back.
func (m *model) recall(by event.Actor, id event.ID) Code {
	i := slices.IndexFunc(m.said, func(o said) bool { return o.id == id })
	switch {
	case i < 0:
		return TooLate
	case m.said[i].by != by:
		return Forbidden
	case m.now-m.said[i].at > 120_000:
		return TooLate
	}
	m.said = slices.Delete(m.said, i, i+1)
	m.owed = slices.DeleteFunc(m.owed, func(o said) bool { return o.id == id })
	if id == m.last {
		for _, o := range m.said {
			if o.by.Kind == event.Customer {
				m.last = o.id
			}
		}
	}
	return ""
}

func (m *model) owedSince() int64 {
	if len(m.owed) == 0 {
		return 0
	}
	return m.owed[0].at
}

// to gives the seat to somebody else.
func (m *model) to(seat SeatKind, holder string) Code {
	m.seat, m.holder, m.epoch, m.offers, m.seen = seat, holder, m.epoch+1, map[string]bool{}, true
	m.left = m.left && holder == ""
	return ""
}

// step is what the design answers; "" is yes.
func (m *model) step(c Command, load map[string]bool) Code {
	who := c.Actor.ID
	sup := c.Role == RoleSupervisor
	old := c.Epoch != m.epoch
	if sup || c.Actor.Kind != event.Agent {
		load = nil
	}
	switch c.Kind {
	case Post:
		switch {
		case m.seat == SeatClosed:
			return AlreadyClosed
		case c.Actor.Kind == event.Customer:
			if p := c.Payload.(PostArgs); p.Form == event.FormLeave && m.seat != SeatHuman {
				m.left = true
				if m.seat == SeatBot {
					m.to(SeatWaiting, "")
				}
			}
			return ""
		case old || c.Actor.Kind == event.Bot && m.seat != SeatBot:
			return StaleEpoch
		case c.Actor.Kind == event.Agent && m.holder != who:
			return NotHolder
		}
		if c.Actor.Kind == event.Agent {
			m.seen = true
		}
		return ""
	case Escalate:
		switch {
		case m.seat == SeatClosed:
			return AlreadyClosed
		case m.seat != SeatBot || old:
			return StaleEpoch
		}
		return m.to(SeatWaiting, "")
	case Accept, Claim:
		switch {
		case m.seat == SeatClosed:
			return AlreadyClosed
		case m.holder == who:
			return ""
		case m.seat == SeatHuman:
			return TakenByOther
		case c.Kind == Accept && m.seat == SeatBot:
			return NoOffer
		case old:
			return StaleEpoch
		case c.Kind == Accept && !m.offers[who]:
			return NoOffer
		case load[who]:
			return AtCapacity
		}
		return m.to(SeatHuman, who)
	case Barge:
		switch {
		case !sup:
			return Forbidden
		case m.seat == SeatClosed:
			return AlreadyClosed
		case m.holder == who:
			return ""
		case old:
			return StaleEpoch
		}
		return m.to(SeatHuman, who)
	case Decline:
		switch {
		case m.seat == SeatClosed:
			return AlreadyClosed
		case !m.offers[who]:
			return NoOffer
		}
		delete(m.offers, who)
		return ""
	case HandBack, Transfer, Close:
		if c.Actor.Kind == event.Customer {
			if m.seat == SeatClosed {
				return ""
			}
			return m.to(SeatClosed, "")
		}
		switch {
		case m.seat == SeatClosed:
			return AlreadyClosed
		case old:
			return StaleEpoch
		case m.holder != who && !sup:
			return NotHolder
		}
		switch c.Kind {
		case HandBack:
			if m.seat != SeatHuman {
				return NotHolder
			}
			if m.handBacks > 0 && c.Payload.(HandBackArgs).Reason == "" {
				return ReasonNeeded
			}
			m.handBacks++
			return m.to(SeatBot, "")
		case Transfer:
			epoch, was := m.epoch, m.seat
			m.to(SeatWaiting, "")
			if was == SeatWaiting {
				m.epoch = epoch
			}
			return ""
		}
		return m.to(SeatClosed, "")
	case MakeOffer:
		if m.seat != SeatWaiting {
			return NotWaiting
		}
		m.offers[c.Payload.(event.OfferBody).Agent] = true
		return ""
	case Assign:
		if m.seat != SeatWaiting {
			return NotWaiting
		}
		m.to(SeatHuman, c.Payload.(AssignArgs).Agent)
		m.seen = false
		return ""
	case See:
		if m.holder == "" || m.holder != who {
			return NotHolder
		}
		m.seen = true
		return ""
	case Return:
		if m.seat != SeatHuman {
			return NotHolder
		}
		return m.to(SeatWaiting, "")
	case Recall:
		return m.recall(c.Actor, c.Payload.(RecallArgs).Message)
	case Rate:
		if n := c.Payload.(RateArgs).Stars; n < 1 || n > 5 {
			return Invalid
		}
		m.stars = c.Payload.(RateArgs).Stars
		return ""
	case Act:
		if m.seat == SeatClosed {
			return AlreadyClosed
		}
		return ""
	case SetFollowUp:
		switch {
		case c.Payload.(FollowUpArgs).Due <= m.now:
			return Invalid
		case m.followUps >= 16:
			return TooLarge
		}
		m.followUps++
		return ""
	case DoneFollowUp:
		m.followUps = max(0, m.followUps-1) // the test names an open one
		return ""
	}
	panic("no rule for " + c.Kind)
}
