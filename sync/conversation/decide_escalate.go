package conversation

import (
	"slices"

	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// ClassOf is the priority class of a reason to escalate (design, section 2); High-value customers are at least class 4.
func ClassOf(reason string, high bool) int {
	class := 6
	switch label.Reason(reason) {
	case label.ByAdverse, label.ByAnger:
		class = 1
	case label.ByAnxiety:
		class = 2
	case label.ByDispute:
		class = 3
	case label.ByHighValue:
		class = 4
	case label.ByRequest:
		class = 5
	}
	if high {
		class = min(class, 4)
	}
	return class
}

// HighValue says whether a policy counts the customer of s as high value.
func HighValue(s *State, pol *Policy) bool {
	return slices.Contains(pol.HighTiers, s.Tier) || pol.HighBasket > 0 && s.Basket >= pol.HighBasket ||
		pol.HighSpent > 0 && s.Spent >= pol.HighSpent
}

// toWaiting takes the seat from the bot, and says when nobody is there.
func (d *decision) toWaiting(reason string, skills []string) {
	d.escalated(d.c.Actor, reason, skills)
	if h := &d.env.Policy.Hours; !h.Open(d.env.Now) {
		d.notice(NoticeHours, "opens", clock(h.From), "closes", clock(h.To))
	}
}

// escalated begins the wait for a person. Out of hours its clock begins when people come.
func (d *decision) escalated(by event.Actor, reason string, skills []string) {
	who := d.s
	if !who.Open() { // opened by this very command
		b := d.c.Opening.Body
		who = &State{Group: b.Group, Tier: b.Tier, Basket: b.Basket, Spent: b.Spent}
	}
	high := HighValue(who, d.env.Policy)
	d.epoch++
	d.emitAs(by, event.Escalated, event.EscalatedBody{Reason: reason, Class: ClassOf(reason, high), Group: who.Group,
		Skills: skills, High: high, Since: d.env.Policy.Hours.Next(d.env.Now)}, nil)
}

func (d *decision) escalate() *Refusal {
	a, r := args[EscalateArgs](d.c)
	if r != nil {
		return r
	}
	if r := short(append([]string{a.Reason}, a.Skills...)...); r != nil {
		return r
	}
	switch {
	case a.Reason == "":
		return refuse(Invalid, "an escalation needs a reason")
	case !d.s.Open():
		return d.told(AlreadyClosed, "the conversation has ended")
	case d.s.Seat != SeatBot, d.c.Epoch != 0 && d.c.Epoch != d.s.Epoch:
		return d.told(StaleEpoch, "the bot does not hold the seat any more")
	}
	d.toWaiting(a.Reason, a.Skills)
	return nil
}
