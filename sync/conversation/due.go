package conversation

import (
	"time"

	"agentdesk/sync/event"
)

// Due returns the deadlines of one conversation that have passed at now (Unix ms), as commands of the system: the bot's
// turn, the nudge, an unanswered or unseen chat, idle ends. Offers, places and alarms are the routing board's.
// They are in the order in which to decide them; the later ones may make no events after the earlier ones.
func Due(s *State, now int64, pol *Policy) []Command {
	var out []Command
	add := func(at int64, k Kind, payload any) {
		if at != 0 && at <= now {
			out = append(out, Command{Kind: k, Conv: s.ID, Actor: event.Actor{Kind: event.System}, Epoch: s.Epoch, Payload: payload})
		}
	}
	add(botAt(s, pol), BotOverdue, nil)
	add(unseenAt(s, pol), Return, ReturnArgs{Why: event.WhyUnseen})
	if at := returnAt(s, pol); at != 0 && at <= now {
		add(at, Return, ReturnArgs{Why: event.WhyUnanswered})
	} else {
		add(nudgeAt(s, pol), Nudge, nil)
	}
	add(idleAt(s, pol), CloseIdle, nil)
	return out
}

// NextDue is when Due has something next, in Unix ms; 0 for never. A time in the past means that something is due now.
func NextDue(s *State, pol *Policy) int64 {
	next := int64(0)
	for _, at := range [...]int64{botAt(s, pol), unseenAt(s, pol), returnAt(s, pol), nudgeAt(s, pol), idleAt(s, pol)} {
		if at != 0 && (next == 0 || at < next) {
			next = at
		}
	}
	return next
}

// after is base + d, or 0 for a rule that the policy switches off.
func after(base int64, d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return base + d.Milliseconds()
}

// botAt is the deadline of the bot's turn.
func botAt(s *State, pol *Policy) int64 {
	if s.Seat != SeatBot || s.UnansweredSince == 0 {
		return 0
	}
	return after(max(s.UnansweredSince, s.SeatAt), pol.BotDeadline)
}

// unseenAt is when the desk of an assigned agent must have shown the chat.
func unseenAt(s *State, pol *Policy) int64 {
	if s.Hold == nil || s.Hold.Seen {
		return 0
	}
	return after(s.Hold.Since, pol.SeenWithin)
}

// unanswered is when the customer of a person began to wait for this person, 0 when they do not.
func unanswered(s *State) int64 {
	if s.Hold == nil || s.UnansweredSince == 0 {
		return 0
	}
	return max(s.UnansweredSince, s.Hold.Since)
}

func nudgeAt(s *State, pol *Policy) int64 {
	base := unanswered(s)
	if base == 0 || s.Nudged {
		return 0
	}
	return after(base, pol.NudgeAfter)
}

func returnAt(s *State, pol *Policy) int64 {
	base := unanswered(s)
	if base == 0 {
		return 0
	}
	return after(base, pol.ReturnAfter)
}

// idleAt is when a silent customer's chat ends. Where somebody owes an answer it does not.
func idleAt(s *State, pol *Policy) int64 {
	last := max(s.LastCustomerAt, s.LastReplyAt)
	switch s.Seat {
	case SeatBot:
		if s.UnansweredSince == 0 {
			return after(max(last, s.SeatAt), pol.BotIdle)
		}
	case SeatHuman:
		if s.UnansweredSince == 0 {
			return after(max(last, s.SeatAt), pol.HumanIdle)
		}
	case SeatWaiting:
		if s.Wait != nil && !s.Left { // a message that was left waits for people, however long
			return after(max(s.LastCustomerAt, s.Wait.Entered), pol.WaitIdle)
		}
	}
	return 0
}
