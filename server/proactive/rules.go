package proactive

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"time"

	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// Rules are who may be spoken to unasked, and how often.
type Rules struct {
	Experiment string        // chooses, with the customer's ID, who is held back
	Holdout    int           // per mille of customers who are told nothing
	Every      time.Duration // at most one chance a customer in so long
	Declined   time.Duration // none for so long after one was declined
	Quiet      time.Duration // nobody said anything for so long
}

// DefaultRules: one message in a week, a month's rest after a no, a tenth of the customers told nothing. Chosen, not measured.
func DefaultRules() Rules {
	return Rules{Experiment: "proactive-1", Holdout: 100, Every: 7 * day, Declined: 30 * day, Quiet: time.Minute}
}

// Verdict is what is done with a chance.
type Verdict string

// The verdicts. Not means: not now, and Ruling.Why says which limit forbids it.
const (
	Show Verdict = "show"
	Hold Verdict = "hold"
	Not  Verdict = "not"
)

// The limits that forbid to speak of a chance.
const (
	WhySeat    = "seat"    // a person has the chat, or is waited for, or it has ended
	WhyOnce    = "once"    // the conversation had its chance
	WhyConsent = "consent" // the customer did not agree, or takes it back
	WhyEmotion = "emotion" // the last emotion was anxious or worse
	WhySales   = "aftersale"
	WhyHours   = "hours"
	WhyOften   = "often"    // the customer heard of one lately
	WhyDecline = "declined" // and said no to it
	WhyTalk    = "talk"     // something is being spoken of
	WhyOver    = "over"     // the chance itself
)

// Whys returns all limits.
func Whys() []string {
	return []string{WhySeat, WhyOnce, WhyConsent, WhyEmotion, WhySales, WhyHours, WhyOften, WhyDecline, WhyTalk, WhyOver}
}

// Situation is a customer's standing at a moment.
type Situation struct {
	Now     time.Time
	State   *conversation.State   // of the open conversation
	Open    bool                  // an offer or question of the bot waits for its answer
	Orders  []shop.Order          // the customer's, newest first
	Agreed  bool                  // the customer wants to hear of chances
	Hours   conversation.Hours    // when people serve
	Chances []conversation.Chance // of the customer's earlier conversations, newest first
	Talked  time.Time             // when somebody last said something
}

// Ruling is what the rules say.
type Ruling struct {
	Verdict Verdict
	Why     string
	Again   time.Time // when it may be otherwise, where the limit ends by itself within the chat; zero otherwise
}

// Decide says what is done with a chance. What the customer asked to hear of needs no consent and is never held back; all other
// limits hold for it.
func (r Rules) Decide(c *Chance, s Situation) Ruling {
	not := func(why string, again time.Time) Ruling { return Ruling{Verdict: Not, Why: why, Again: again} }
	st := s.State
	asked := c.Kind == event.ChanceStock
	switch {
	case st == nil || !st.Open() || st.Seat != conversation.SeatBot || st.Left:
		return not(WhySeat, time.Time{})
	case st.Chance != nil:
		return not(WhyOnce, time.Time{})
	case !asked && (!s.Agreed || st.Remind == conversation.RemindOff):
		return not(WhyConsent, time.Time{})
	case label.Emotion(st.Emotion).Grade() >= label.Anxious.Grade():
		return not(WhyEmotion, time.Time{})
	case aftersale(st, s.Orders):
		return not(WhySales, time.Time{})
	case !s.Hours.Open(s.Now.UnixMilli()):
		return not(WhyHours, time.UnixMilli(s.Hours.Next(s.Now.UnixMilli())))
	case !s.Now.Before(c.Until):
		return not(WhyOver, time.Time{})
	}
	for _, was := range s.Chances {
		ago := s.Now.Sub(time.UnixMilli(was.At))
		if was.Answer == event.ChanceDeclined && ago < r.Declined {
			return not(WhyDecline, time.Time{})
		}
		if ago < r.Every {
			return not(WhyOften, time.Time{})
		}
	}
	if st.UnansweredSince != 0 || s.Open {
		return not(WhyTalk, s.Now.Add(r.Quiet))
	}
	if quiet := s.Talked.Add(r.Quiet); s.Now.Before(quiet) {
		return not(WhyTalk, quiet)
	}
	if !asked && r.Held(c.Customer) {
		return Ruling{Verdict: Hold}
	}
	return Ruling{Verdict: Show}
}

// Held reports whether a customer is of those who are told nothing: always the same ones in one experiment, others in the next.
func (r Rules) Held(customer string) bool {
	h := sha256.Sum256([]byte(r.Experiment + "\x00" + customer))
	return int(binary.BigEndian.Uint64(h[:8])%1000) < r.Holdout
}

// aftersale reports whether a matter of after-sale is open: what was spoken of last, or an order that is on its way back, or a
// parcel that is lost.
func aftersale(st *conversation.State, orders []shop.Order) bool {
	switch label.Intent(st.Intent) {
	case label.ReturnRefund, label.Exchange, label.DamagedMissing, label.AdverseReaction, label.Complaint, label.PromiseDispute:
		return true
	}
	return slices.ContainsFunc(orders, func(o shop.Order) bool {
		switch o.State {
		case shop.Returning, shop.Refunding, shop.Swapping:
			return true
		}
		if o.Return != nil {
			switch o.Return.State {
			case shop.ReturnAsked, shop.ReturnApproved, shop.ReturnSent, shop.ReturnBack:
				return true
			}
		}
		return slices.ContainsFunc(o.Parcels, func(p shop.Parcel) bool { return p.State == shop.Lost || p.State == shop.Delayed })
	})
}
