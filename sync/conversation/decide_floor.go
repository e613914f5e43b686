package conversation

import (
	"slices"

	"agentdesk/sync/event"
)

// The commands that only the floor gives. Deadlines are judged again here, since the state may have moved between the
// look at the clock and the decision: what is no longer due makes no events.

func (d *decision) makeOffer() *Refusal {
	b, r := args[event.OfferBody](d.c)
	if r != nil {
		return r
	}
	if d.s.Wait == nil {
		return d.told(NotWaiting, "the chat does not wait")
	}
	if d.s.Wait.offer(b.Agent) >= 0 {
		return nil
	}
	if r := d.connected(b.Agent); r != nil {
		return r
	}
	d.emit(event.Offered, b, nil)
	return nil
}

// connected checks that the floor may give or offer the chat to an agent now.
func (d *decision) connected(id string) *Refusal {
	a, ok := d.env.Agent(id)
	w := d.s.Wait
	if !ok || !Connected(&a) {
		return d.told(NotEligible, "the agent is not online")
	}
	if w.Target != id && w.Fallback != id && (!slices.Contains(a.Groups, w.Group) || !HasSkills(&a, w.Skills)) {
		return d.told(NotEligible, "the agent lacks the group or a skill")
	}
	if a.Load >= a.Capacity {
		return d.told(AtCapacity, "the agent has no room")
	}
	return nil
}

// Connected reports whether the floor may give chats to an agent: online, of a role that serves, and the desk beats.
func Connected(a *Agent) bool {
	return a.Status == event.Online && a.Beating && a.Role != RoleAdmin
}

func (d *decision) endOffer(t event.Type) *Refusal {
	b, r := args[event.OfferBody](d.c)
	if r != nil {
		return r
	}
	if d.s.Wait == nil {
		return d.told(NotWaiting, "the chat does not wait")
	}
	i := d.s.Wait.offer(b.Agent)
	if i < 0 {
		return d.told(NoOffer, "no such offer is open")
	}
	b.Round = d.s.Wait.Offers[i].Round
	d.emit(t, b, nil)
	return nil
}

func (d *decision) assign() *Refusal {
	b, r := args[AssignArgs](d.c)
	if r != nil {
		return r
	}
	if d.s.Wait == nil {
		return d.told(NotWaiting, "the chat does not wait")
	}
	if r := d.connected(b.Agent); r != nil {
		return r
	}
	a, _ := d.env.Agent(b.Agent)
	d.take(a, event.HowAssigned, "")
	return nil
}

func (d *decision) giveUp() *Refusal {
	b, r := args[ReturnArgs](d.c)
	if r != nil {
		return r
	}
	s := d.s
	if s.Hold == nil {
		return d.told(NotHolder, "no person holds the chat")
	}
	if r := d.stale(); r != nil {
		return r
	}
	out := event.ReturnedBody{Why: b.Why, From: s.Agent, Group: s.Group, Skills: s.Skills, Class: s.Class, Since: s.Clock, First: true}
	if out.Class == 0 {
		out.Class = min(5, ClassOf("", HighValue(s, d.env.Policy)))
	}
	switch b.Why {
	case event.WhyDeskGone:
	case event.WhyUnanswered:
		if at := returnAt(s, d.env.Policy); at == 0 || at > d.env.Now {
			return nil
		}
	case event.WhyUnseen:
		if at := unseenAt(s, d.env.Policy); at == 0 || at > d.env.Now {
			return nil
		}
	default:
		return refuse(Invalid, "a chat returns for a reason")
	}
	if was := s.Hold.Was; was != nil { // never shown: the same wait goes on
		out.Since, out.Class, out.Group, out.Skills, out.First = was.Since, was.Class, was.Group, was.Skills, was.First
		if b.Why == event.WhyUnseen {
			out.Agent, out.Fallback = was.Target, was.Fallback
		}
	}
	d.epoch++
	d.emit(event.Returned, out, nil)
	return nil
}

func (d *decision) nudge() *Refusal {
	if at := nudgeAt(d.s, d.env.Policy); at != 0 && at <= d.env.Now {
		d.emit(event.Nudged, event.NudgedBody{Agent: d.s.Agent}, nil)
	}
	return nil
}

func (d *decision) alarm() *Refusal {
	w := d.s.Wait
	if w == nil {
		return d.told(NotWaiting, "the chat does not wait")
	}
	if !w.Alarmed {
		d.emit(event.Alarmed, event.AlarmBody{Waiting: max(0, d.env.Now-w.Since)}, nil)
	}
	return nil
}

func (d *decision) closeIdle() *Refusal {
	if at := idleAt(d.s, d.env.Policy); at != 0 && at <= d.env.Now {
		d.shut(NoticeClosedIdle, "idle", CloseArgs{})
	}
	return nil
}

func (d *decision) botOverdue() *Refusal {
	if at := botAt(d.s, d.env.Policy); at != 0 && at <= d.env.Now {
		d.toWaiting("bot_failed", nil)
	}
	return nil
}
