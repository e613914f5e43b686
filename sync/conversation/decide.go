package conversation

import (
	"encoding/json"
	"fmt"
	"slices"

	"agentdesk/sync/event"
)

// The roles of people at a desk.
const (
	RoleAgent      = "agent"
	RoleLead       = "lead"
	RoleSupervisor = "supervisor"
	RoleAdmin      = "admin"
)

// The codes of notices. Clients write the text from code and arguments.
const (
	NoticeTakeover   = "takeover"    // name, agent
	NoticeQueuePlace = "queue.place" // place
	NoticeHandedBack = "handed_back" // –
	NoticeTransfer   = "transfer"    // name or group
	NoticeClosed     = "closed"      // by
	NoticeClosedIdle = "closed.idle" // –
	NoticeHours      = "hours"       // opens, closes: "09:00"; nobody is there now, a message can be left

	NoticeReturnDone     = "form.return.done"     // order: the shop took the request of a form
	NoticeReturnRefused  = "form.return.refused"  // order, text: why not
	NoticeAddressDone    = "form.address.done"    // order
	NoticeAddressRefused = "form.address.refused" // order, text
	NoticeLeaveDone      = "form.leave.done"      // –: the message left will be read first thing
)

// Decide says what a command does to a conversation: the events that happen, or why it may not.
//
// It changes nothing: the caller folds the events once they are placed. No events and no refusal means that the
// command is already true, or that a deadline it speaks of is no longer due. Shop-level commands (SetStatus, LoseDesk)
// ignore s. A customer's Post that opens a conversation needs a zero State (or a closed one, which becomes Prev),
// c.Opening, and the ID that the caller picked for the new conversation in c.Conv.
//
// The first event carries c.ClientID; the caller adds ClientSum. The ID of a posted message is that of its
// message.posted event, which is not the first event when a conversation opens or a notice goes before.
func Decide(s *State, c *Command, env *Env) ([]event.Event, *Refusal) {
	d := &decision{s: s, c: c, env: env, conv: s.ID, customer: s.Customer, epoch: s.Epoch}
	switch c.Kind {
	case SetStatus:
		return d.end(d.setStatus())
	case LoseDesk:
		return d.end(d.loseDesk())
	}
	if s.ID == "" && (c.Kind != Post || c.Actor.Kind != event.Customer) {
		return nil, refuse(UnknownConv, "there is no such conversation")
	}
	if r := d.admit(); r != nil {
		return nil, r
	}
	return d.end(d.run())
}

func (d *decision) run() *Refusal {
	switch d.c.Kind {
	case Post:
		return d.post()
	case Recall:
		return d.recall()
	case Unmask:
		return d.unmask()
	case Rate:
		return d.rate()
	case Act:
		return d.act()
	case Consent:
		return d.consent()
	case TakeChance:
		return d.takeChance()
	case NoteChance:
		return d.noteChance()
	case SetFollowUp:
		return d.setFollowUp()
	case DoneFollowUp:
		return d.doneFollowUp()
	case MarkRead:
		return d.markRead()
	case Understand:
		return d.understand()
	case Escalate:
		return d.escalate()
	case Summarise:
		return d.summarise()
	case Suggest:
		return d.suggest()
	case UseSuggestion:
		return d.useSuggestion()
	case Accept:
		return d.accept()
	case Decline:
		return d.decline()
	case Claim:
		return d.claim()
	case Barge:
		return d.barge()
	case See:
		return d.see()
	case HandBack:
		return d.handBack()
	case Transfer:
		return d.transfer()
	case Close:
		return d.close()
	case MakeOffer:
		return d.makeOffer()
	case ExpireOffer:
		return d.endOffer(event.Expired)
	case WithdrawOffer:
		return d.endOffer(event.Withdrawn)
	case Assign:
		return d.assign()
	case Return:
		return d.giveUp()
	case Nudge:
		return d.nudge()
	case TellPlace:
		return d.tellPlace()
	case Alarm:
		return d.alarm()
	case CloseIdle:
		return d.closeIdle()
	case BotOverdue:
		return d.botOverdue()
	}
	return refuse(Invalid, "unknown command "+string(d.c.Kind))
}

// decision is one run of Decide: it gathers events.
type decision struct {
	s   *State
	c   *Command
	env *Env

	conv, customer string
	epoch          uint64 // after the events so far
	events         []event.Event
	err            error // a payload that JSON can't hold
}

func (d *decision) end(r *Refusal) ([]event.Event, *Refusal) {
	switch {
	case r != nil:
		return nil, r
	case d.err != nil:
		return nil, refuse(Invalid, d.err.Error())
	case len(d.events) > 0:
		d.events[0].ClientID = d.c.ClientID
	}
	return d.events, nil
}

// emit adds an event by the command's actor. body and private may be nil.
func (d *decision) emit(t event.Type, body, private any) { d.emitAs(d.c.Actor, t, body, private) }

func (d *decision) emitAs(by event.Actor, t event.Type, body, private any) {
	d.events = append(d.events, event.Event{
		ID: d.env.NewID(), Type: t, Version: 1, Conv: d.conv, Customer: d.customer, Actor: by, Epoch: d.epoch,
		Body: d.encode(body), Private: d.encode(private),
	})
}

func (d *decision) encode(v any) json.RawMessage {
	if v == nil {
		return nil
	}
	data, err := json.Marshal(v)
	if err != nil {
		d.err = fmt.Errorf("encode %s: %w", d.c.Kind, err)
	}
	return data
}

// notice adds a fixed notice of the system to the customer; args are name and value in turn.
func (d *decision) notice(code string, args ...string) {
	b := event.PostedBody{Kind: event.Notice, Code: code}
	for i := 0; i+1 < len(args); i += 2 {
		if b.Args == nil {
			b.Args = map[string]string{}
		}
		b.Args[args[i]] = args[i+1]
	}
	d.emitAs(event.Actor{Kind: event.System}, event.Posted, b, nil)
}

func refuse(code Code, text string) *Refusal { return &Refusal{Code: code, Text: text} }

// told is a refusal that says who holds the seat now.
func (d *decision) told(code Code, text string) *Refusal {
	r := &Refusal{Code: code, Text: text, Epoch: d.s.Epoch, Holder: d.s.Agent}
	if h := d.s.Hold; h != nil {
		r.HolderName, r.Waited = h.Name, h.Waited
	}
	return r
}

// args reads the payload of a command.
func args[T any](c *Command) (T, *Refusal) {
	v, ok := c.Payload.(T)
	if !ok {
		return v, refuse(Invalid, fmt.Sprintf("%s needs a payload of type %T", c.Kind, v))
	}
	return v, nil
}

// admit checks who may give the command at all: the kind of actor, the customer's own chat, the role and the group.
func (d *decision) admit() *Refusal {
	c, s := d.c, d.s
	ok := false
	switch c.Kind {
	case Post:
		ok = true
	case Recall:
		ok = c.Actor.Kind == event.Customer || c.Actor.Kind == event.Agent
	case Rate:
		ok = c.Actor.Kind == event.Customer
	case Consent:
		ok = c.Actor.Kind == event.Customer || c.Actor.Kind == event.Bot
	case TakeChance:
		ok = c.Actor.Kind == event.Bot
	case NoteChance:
		ok = c.Actor.Kind == event.Bot || c.Actor.Kind == event.System
	case MarkRead:
		ok = c.Actor.Kind == event.Customer || c.Actor.Kind == event.Agent
	case Close:
		ok = c.Actor.Kind != event.System
	case Unmask:
		ok = c.Actor.Kind == event.Agent && (c.Role == RoleLead || c.Role == RoleSupervisor)
	case UseSuggestion, SetFollowUp, DoneFollowUp, Accept, Decline, Claim, Barge, See, HandBack, Transfer:
		ok = c.Actor.Kind == event.Agent
	case Understand, Escalate, Summarise, Suggest:
		ok = c.Actor.Kind == event.Bot || c.Actor.Kind == event.System
	default:
		ok = c.Actor.Kind == event.System
	}
	if !ok {
		return refuse(Forbidden, fmt.Sprintf("%s is not for a %s", c.Kind, c.Actor.Kind))
	}
	switch c.Actor.Kind {
	case event.Customer:
		if c.Actor.ID == "" || s.ID != "" && c.Actor.ID != s.Customer {
			return refuse(Forbidden, "this is another customer's conversation")
		}
	case event.Agent:
		return d.admitAgent()
	case event.Bot, event.System:
	default:
		return refuse(Forbidden, "unknown kind of actor")
	}
	return nil
}

func (d *decision) admitAgent() *Refusal {
	c, s := d.c, d.s
	switch c.Role {
	case RoleSupervisor:
		return nil
	case RoleAgent, RoleLead:
	default:
		return refuse(Forbidden, "this role does not take part in chats")
	}
	if c.Actor.ID == "" {
		return refuse(Forbidden, "an agent needs a name")
	}
	if p, ok := c.Payload.(PostArgs); ok && c.Kind == Post && p.Kind != event.Note {
		return nil // only the seat's holder may, which post judges: a reply written offline hears what changed
	}
	if s.Agent == c.Actor.ID || slices.Contains(s.Holders, c.Actor.ID) {
		return nil
	}
	if w := s.Wait; w != nil && (w.Target == c.Actor.ID || w.Fallback == c.Actor.ID || w.offer(c.Actor.ID) >= 0) {
		return nil
	}
	a, known := d.env.Agent(c.Actor.ID)
	if !known {
		return refuse(NotEligible, "not on the floor")
	}
	if !slices.Contains(a.Groups, s.Group) && (s.Wait == nil || !slices.Contains(a.Groups, s.Wait.Group)) {
		return refuse(NotEligible, "a chat of another group")
	}
	return nil
}

func (d *decision) setStatus() *Refusal {
	b, r := args[event.AgentStatusBody](d.c)
	if r != nil {
		return r
	}
	if b.Status != event.Online && b.Status != event.Busy && b.Status != event.Offline {
		return refuse(Invalid, "status is online, busy or offline")
	}
	if b.Agent == "" || b.Capacity < 0 || b.Capacity > maxCapacity {
		return refuse(Invalid, "status needs an agent and a capacity of 0 to 100")
	}
	switch {
	case d.c.Actor.Kind == event.System, d.c.Actor.Kind == event.Agent && d.c.Role == RoleSupervisor:
	case d.c.Actor.Kind == event.Agent && d.c.Actor.ID == b.Agent && (d.c.Role == RoleAgent || d.c.Role == RoleLead):
		// The door fills in from the user's record what one may serve; DecodePayload lets a desk choose the status alone.
		if b.Capacity == 0 && len(b.Groups) == 0 {
			a, ok := d.env.Agent(b.Agent)
			if !ok {
				return refuse(NotEligible, "not on the floor")
			}
			b = event.AgentStatusBody{Agent: a.ID, Name: a.Name, Status: b.Status, Capacity: a.Capacity, Groups: a.Groups, Skills: a.Skills, Senior: a.Senior}
		}
	default:
		return refuse(Forbidden, "the status of somebody else")
	}
	d.conv, d.customer, d.epoch = "", "", 0
	d.emit(event.AgentStatus, b, nil)
	return nil
}

const maxCapacity = 100

func (d *decision) loseDesk() *Refusal {
	b, r := args[event.DeskGoneBody](d.c)
	if r != nil {
		return r
	}
	if d.c.Actor.Kind != event.System {
		return refuse(Forbidden, "only the floor loses desks")
	}
	d.conv, d.customer, d.epoch = "", "", 0
	d.emit(event.DeskGone, b, nil)
	return nil
}
