package conversation

import (
	"fmt"
	"slices"
	"strconv"

	"agentdesk/sync/event"
)

// stale refuses a seat command that was given under another epoch.
func (d *decision) stale() *Refusal {
	if d.c.Epoch != 0 && d.c.Epoch != d.s.Epoch {
		return d.told(StaleEpoch, "the seat changed hands")
	}
	return nil
}

// take gives the seat to an agent and tells the customer, unless the desk has yet to show the chat.
func (d *decision) take(a Agent, how, from string) {
	b := event.TakenBody{Agent: a.ID, Name: a.Name, How: how, From: from}
	if w := d.s.Wait; w != nil {
		b.Waited = max(0, d.env.Now-w.Since)
	}
	d.epoch++
	d.emit(event.Taken, b, nil)
	if how != event.HowAssigned {
		d.notice(NoticeTakeover, "name", a.Name, "agent", a.ID)
	}
}

// taker checks that the command's agent may take this chat of their own will. Supervisors may at any time.
func (d *decision) taker() (Agent, *Refusal) {
	a, ok := d.env.Agent(d.c.Actor.ID)
	if !ok {
		return a, d.told(NotEligible, "not on the floor")
	}
	if d.c.Role == RoleSupervisor {
		return a, nil
	}
	if a.Status != event.Online && a.Status != event.Busy {
		return a, d.told(NotEligible, "not online")
	}
	w := d.s.Wait
	asked := w != nil && (w.Target == a.ID || w.Fallback == a.ID)
	if !asked {
		group := d.s.Group
		if w != nil {
			group = w.Group
		}
		if !slices.Contains(a.Groups, group) {
			return a, d.told(NotEligible, "a chat of another group")
		}
		if w != nil && !HasSkills(&a, w.Skills) {
			return a, d.told(NotEligible, "the chat asks for a skill that the agent lacks")
		}
	}
	if a.Load >= a.Capacity {
		return a, d.told(AtCapacity, fmt.Sprintf("holds %d of %d chats", a.Load, a.Capacity))
	}
	return a, nil
}

// HasSkills reports whether an agent has all skills asked for.
func HasSkills(a *Agent, need []string) bool {
	for _, n := range need {
		if !slices.Contains(a.Skills, n) {
			return false
		}
	}
	return true
}

// held answers for a chat that a person holds: fine when it is the one who asks.
func (d *decision) held() *Refusal {
	if d.s.Agent == d.c.Actor.ID {
		return nil
	}
	return d.told(TakenByOther, "another agent has this chat")
}

func (d *decision) accept() *Refusal {
	switch d.s.Seat {
	case SeatClosed:
		return d.told(AlreadyClosed, "the conversation has ended")
	case SeatHuman:
		return d.held()
	case SeatBot:
		return d.told(NoOffer, "the chat is not offered")
	}
	if r := d.stale(); r != nil {
		return r
	}
	if d.s.Wait.offer(d.c.Actor.ID) < 0 {
		return d.told(NoOffer, "the chat is not offered to this agent")
	}
	a, r := d.taker()
	if r == nil {
		d.take(a, event.HowAccepted, "")
	}
	return r
}

func (d *decision) decline() *Refusal {
	if d.s.Seat == SeatClosed {
		return d.told(AlreadyClosed, "the conversation has ended")
	}
	if w := d.s.Wait; w != nil {
		if i := w.offer(d.c.Actor.ID); i >= 0 {
			d.emit(event.Declined, event.OfferBody{Agent: d.c.Actor.ID, Round: w.Offers[i].Round}, nil)
			return nil
		}
	}
	return d.told(NoOffer, "the chat is not offered to this agent")
}

func (d *decision) claim() *Refusal {
	how := event.HowClaimed
	switch d.s.Seat {
	case SeatClosed:
		return d.told(AlreadyClosed, "the conversation has ended")
	case SeatHuman:
		return d.held()
	case SeatBot:
		how = event.HowUnasked
	case SeatWaiting:
		if d.s.Wait.offer(d.c.Actor.ID) >= 0 {
			how = event.HowAccepted
		}
	}
	if r := d.stale(); r != nil {
		return r
	}
	a, r := d.taker()
	if r == nil {
		d.take(a, how, "")
	}
	return r
}

func (d *decision) barge() *Refusal {
	if d.c.Role != RoleSupervisor {
		return refuse(Forbidden, "only supervisors barge in")
	}
	if d.s.Seat != SeatHuman { // nobody to take it from: a claim like any other
		return d.claim()
	}
	if d.s.Agent == d.c.Actor.ID {
		return nil
	}
	if r := d.stale(); r != nil {
		return r
	}
	a, r := d.taker()
	if r == nil {
		d.take(a, event.HowBarged, d.s.Agent)
	}
	return r
}

func (d *decision) see() *Refusal {
	if d.s.Wait.called(d.c.Actor.ID) {
		return d.answerCall()
	}
	h := d.s.Hold
	if h == nil || h.Agent != d.c.Actor.ID {
		return d.told(NotHolder, "the chat is not this agent's")
	}
	if !h.Seen {
		d.seen(h.Name)
	}
	return nil
}

// answerCall gives a chat that was called out to the desk that answers first: assigned and shown in one.
func (d *decision) answerCall() *Refusal {
	if r := d.stale(); r != nil {
		return r
	}
	if r := d.connected(d.c.Actor.ID); r != nil {
		return r
	}
	a, _ := d.env.Agent(d.c.Actor.ID)
	d.take(a, event.HowAssigned, "")
	d.seen(a.Name)
	return nil
}

func (d *decision) seen(name string) {
	d.emit(event.Seen, nil, nil)
	d.notice(NoticeTakeover, "name", name, "agent", d.c.Actor.ID)
}

// mover checks that the command's agent may move the seat on: its holder, or a supervisor.
func (d *decision) mover() *Refusal {
	switch {
	case !d.s.Open():
		return d.told(AlreadyClosed, "the conversation has ended")
	case d.c.Epoch != 0 && d.c.Epoch != d.s.Epoch:
		return d.told(StaleEpoch, "the seat changed hands")
	case d.s.Agent == d.c.Actor.ID, d.c.Role == RoleSupervisor:
		return nil
	}
	return d.told(NotHolder, "only the seat's holder may do this")
}

func (d *decision) handBack() *Refusal {
	a, r := args[HandBackArgs](d.c)
	if r != nil {
		return r
	}
	if r := d.mover(); r != nil {
		return r
	}
	if d.s.Seat != SeatHuman {
		return d.told(NotHolder, "no person holds the chat")
	}
	if d.s.HandBacks > 0 && a.Reason == "" {
		return d.told(ReasonNeeded, "handing back again needs a reason")
	}
	if r := short(a.Reason); r != nil {
		return r
	}
	if r := CheckText(a.Instruction); r != nil {
		return r
	}
	d.epoch++
	d.emit(event.HandedBack, event.HandedBackBody{From: d.s.Agent, Reason: a.Reason}, event.HandedBackPrivate{Instruction: a.Instruction})
	d.notice(NoticeHandedBack)
	return nil
}

func (d *decision) transfer() *Refusal {
	a, r := args[TransferArgs](d.c)
	if r != nil {
		return r
	}
	if r := d.mover(); r != nil {
		return r
	}
	if r := short(append([]string{a.Agent, a.Group}, a.Skills...)...); r != nil {
		return r
	}
	if r := CheckText(a.Note); r != nil {
		return r
	}
	if (a.Agent == "") == (a.Group == "") {
		return refuse(Invalid, "a transfer goes to an agent or to a group")
	}
	s := d.s
	b := event.ReturnedBody{Why: event.WhyTransfer, From: s.Agent, Agent: a.Agent, Group: a.Group, Skills: a.Skills,
		Class: s.Class, Since: d.env.Policy.Hours.Next(d.env.Now), Fallback: s.Agent}
	if b.Class == 0 { // taken over unasked: nobody classed it
		b.Class = ClassOf("", HighValue(s, d.env.Policy))
		if b.Class == 6 {
			b.Class = 5
		}
	}
	notice := []string{"group", a.Group}
	if a.Agent != "" {
		to, ok := d.env.Agent(a.Agent)
		if !ok || to.Status != event.Online || to.Role == RoleAdmin || len(to.Groups) == 0 {
			return d.told(NotEligible, "that agent is not online")
		}
		if a.Agent == s.Agent {
			return refuse(Invalid, "that agent has the chat already")
		}
		b.Group = s.Group
		if !slices.Contains(to.Groups, s.Group) {
			b.Group = to.Groups[0]
		}
		notice = []string{"name", to.Name, "agent", to.ID}
	}
	if s.Seat == SeatWaiting { // a supervisor moves it: nobody held it, and the customer's clock goes on
		b.Since, b.Class, b.First, b.Fallback = s.Wait.Since, s.Wait.Class, s.Wait.First, s.Wait.Fallback
	} else {
		d.epoch++
	}
	d.emit(event.Returned, b, event.ReturnedPrivate{Note: a.Note})
	d.notice(NoticeTransfer, notice...)
	return nil
}

func (d *decision) close() *Refusal {
	a, r := args[CloseArgs](d.c)
	if r != nil {
		if d.c.Payload != nil {
			return r
		}
	}
	if r := short(a.Disposition); r != nil {
		return r
	}
	if r := CheckText(a.Remark); r != nil {
		return r
	}
	switch d.c.Actor.Kind {
	case event.Customer:
		if !d.s.Open() { // customers are never refused: it is as they wish
			return nil
		}
		a = CloseArgs{Solved: a.Solved}
	case event.Bot:
		if !d.s.Open() {
			return d.told(AlreadyClosed, "the conversation has ended")
		}
		if d.s.Seat != SeatBot || d.c.Epoch != 0 && d.c.Epoch != d.s.Epoch {
			return d.told(StaleEpoch, "the bot does not hold the seat any more")
		}
	default:
		if r := d.mover(); r != nil {
			return r
		}
		if a.Disposition == "" {
			return refuse(Invalid, "closing needs a disposition")
		}
	}
	d.shut(NoticeClosed, string(d.c.Actor.Kind), a)
	return nil
}

// shut ends the conversation; the customer hears it first, since nothing follows the end.
func (d *decision) shut(code, by string, a CloseArgs) {
	d.notice(code, "by", by)
	var private any
	if a.Remark != "" {
		private = event.ClosedPrivate{Remark: a.Remark}
	}
	d.epoch++
	// Who escalated and left without meeting a person was not served by the bot alone.
	contained := !d.s.EverHuman && d.s.Seat != SeatWaiting
	d.emit(event.Closed, event.ClosedBody{By: by, Disposition: a.Disposition, Solved: a.Solved, Contained: contained}, private)
}

func (d *decision) tellPlace() *Refusal {
	b, r := args[event.QueueToldBody](d.c)
	if r != nil {
		return r
	}
	if d.s.Wait == nil {
		return d.told(NotWaiting, "the chat does not wait")
	}
	if b.Place < 1 {
		return refuse(Invalid, "places in a queue begin at 1")
	}
	if !d.env.Policy.Hours.Open(d.env.Now) {
		return nil // nobody is coming yet: the customer has heard when
	}
	d.emit(event.QueueTold, b, nil)
	d.notice(NoticeQueuePlace, "place", strconv.Itoa(b.Place))
	return nil
}
