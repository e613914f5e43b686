package conversation

import "time"

// Policy is the configuration of seats and clocks; Default gives the design's values.
type Policy struct {
	OfferFirst   time.Duration // an offer is exclusive for so long
	OfferWiden   time.Duration // from here on all eligible agents are offered the chat
	AssignAfter  time.Duration // the floor assigns (15 s on a cluster)
	SeenWithin   time.Duration // an assigned agent's desk must answer
	BeatFresh    time.Duration // a desk without a beat for so long is not eligible
	DeskGone     time.Duration // its chats return
	OwnerGrace   time.Duration // after a takeover of ownership, before chats of silent desks return
	AlarmAfter   time.Duration // waiting with nobody free: supervisors are told
	TellEvery    time.Duration // at least so long between two notices of a queue place
	TellFirst    time.Duration // the first notice of a place, when nobody took the chat by then
	BotDeadline  time.Duration // a bot's turn: then escalate as bot_failed
	NudgeAfter   time.Duration // an unanswered customer of a person
	ReturnAfter  time.Duration // then the chat returns to waiting
	BotIdle      time.Duration // silent customer, last word was the bot's: closed
	HumanIdle    time.Duration // silent customer, last word was a person's: closed
	WaitIdle     time.Duration // waiting customer silent and gone: closed
	AgeStep      time.Duration // one class counts as much as so long a wait: key = since + (class−1)·AgeStep
	HighTiers    []string      // tiers that make a customer high value
	HighBasket   int64         // fen in basket or order
	HighSpent    int64         // fen a lifetime
	EmotionTrend int           // how many emotions State keeps
	RecallWithin time.Duration // a message may be taken back; at most ten minutes
	Hours        Hours         // when people serve; zero: always
}

// Default is the policy of the design, section 2.
func Default() *Policy {
	return &Policy{
		OfferFirst: 10 * time.Second, OfferWiden: 20 * time.Second, AssignAfter: 25 * time.Second, SeenWithin: 2 * time.Second,
		BeatFresh: 3 * time.Second, DeskGone: 10 * time.Second, OwnerGrace: 10 * time.Second, AlarmAfter: 30 * time.Second,
		TellFirst: 12 * time.Second, TellEvery: 20 * time.Second, BotDeadline: 20 * time.Second,
		NudgeAfter: 60 * time.Second, ReturnAfter: 180 * time.Second,
		BotIdle: 10 * time.Minute, HumanIdle: 15 * time.Minute, WaitIdle: 30 * time.Minute, AgeStep: 60 * time.Second,
		HighTiers: []string{"platinum", "black"}, HighBasket: 500_000, HighSpent: 800_000, EmotionTrend: 24, RecallWithin: 2 * time.Minute,
	}
}
