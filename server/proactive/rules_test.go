package proactive

import (
	"fmt"
	"math"
	"testing"
	"time"

	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

func now() time.Time { return time.Date(2026, 11, 24, 20, 40, 0, 0, time.FixedZone("CST", 8*3600)) }

func ago(d time.Duration) int64 { return now().Add(-d).UnixMilli() }

// Each limit forbids by itself; without any the chance is told.
func TestDecide_EachLimitForbids(t *testing.T) {
	for name, c := range map[string]struct {
		kind    string // "" is a replenishment
		set     func(*Situation)
		verdict Verdict
		why     string
		again   time.Duration // from now; 0 for never
	}{
		"nothing forbids":            {"", func(*Situation) {}, Show, "", 0},
		"no conversation":            {"", func(s *Situation) { s.State = nil }, Not, WhySeat, 0},
		"closed":                     {"", func(s *Situation) { s.State.Seat = conversation.SeatClosed }, Not, WhySeat, 0},
		"a person is waited for":     {"", func(s *Situation) { s.State.Seat = conversation.SeatWaiting }, Not, WhySeat, 0},
		"a person has it":            {"", func(s *Situation) { s.State.Seat = conversation.SeatHuman }, Not, WhySeat, 0},
		"a message was left":         {"", func(s *Situation) { s.State.Left = true }, Not, WhySeat, 0},
		"told in this conversation":  {"", func(s *Situation) { s.State.Chance = &conversation.Chance{} }, Not, WhyOnce, 0},
		"never agreed":               {"", func(s *Situation) { s.Agreed = false }, Not, WhyConsent, 0},
		"took it back here":          {"", func(s *Situation) { s.State.Remind = conversation.RemindOff }, Not, WhyConsent, 0},
		"asked for, without consent": {event.ChanceStock, func(s *Situation) { s.Agreed, s.State.Remind = false, conversation.RemindOff }, Show, "", 0},
		"uncertain":                  {"", func(s *Situation) { s.State.Emotion = "uncertain" }, Show, "", 0},
		"anxious":                    {"", func(s *Situation) { s.State.Emotion = "anxious" }, Not, WhyEmotion, 0},
		"dissatisfied":               {"", func(s *Situation) { s.State.Emotion = "dissatisfied" }, Not, WhyEmotion, 0},
		"angry, though asked for":    {event.ChanceStock, func(s *Situation) { s.State.Emotion = "angry" }, Not, WhyEmotion, 0},
		"speaks of a return":         {"", func(s *Situation) { s.State.Intent = "return_refund" }, Not, WhySales, 0},
		"speaks of a reaction":       {"", func(s *Situation) { s.State.Intent = "adverse_reaction" }, Not, WhySales, 0},
		"an order comes back":        {"", func(s *Situation) { s.Orders = []shop.Order{{State: shop.Returning}} }, Not, WhySales, 0},
		"a return is asked for": {"", func(s *Situation) {
			s.Orders = []shop.Order{{State: shop.Signed, Return: &shop.Return{State: shop.ReturnAsked}}}
		}, Not, WhySales, 0},
		"a return was declined": {"", func(s *Situation) {
			s.Orders = []shop.Order{{State: shop.Signed, Return: &shop.Return{State: shop.ReturnDeclined}}}
		}, Show, "", 0},
		"a parcel is lost": {"", func(s *Situation) {
			s.Orders = []shop.Order{{State: shop.Shipped, Parcels: []shop.Parcel{{State: shop.Lost}}}}
		}, Not, WhySales, 0},
		"out of hours":                 {"", func(s *Situation) { s.Hours = conversation.Hours{From: 9 * 60, To: 20 * 60, Zone: 480} }, Not, WhyHours, 12*time.Hour + 20*time.Minute},
		"within hours":                 {"", func(s *Situation) { s.Hours = conversation.Hours{From: 9 * 60, To: 23 * 60, Zone: 480} }, Show, "", 0},
		"told six days ago":            {"", func(s *Situation) { s.Chances = []conversation.Chance{{At: ago(6 * day)}} }, Not, WhyOften, 0},
		"held back six days ago":       {"", func(s *Situation) { s.Chances = []conversation.Chance{{What: event.ChanceHeld, At: ago(6 * day)}} }, Not, WhyOften, 0},
		"told six days ago, but asked": {event.ChanceStock, func(s *Situation) { s.Chances = []conversation.Chance{{At: ago(6 * day)}} }, Not, WhyOften, 0},
		"told a week ago":              {"", func(s *Situation) { s.Chances = []conversation.Chance{{At: ago(7 * day)}} }, Show, "", 0},
		"declined four weeks ago": {"", func(s *Situation) {
			s.Chances = []conversation.Chance{{Answer: event.ChanceDeclined, At: ago(28 * day)}}
		}, Not, WhyDecline, 0},
		"declined a month ago": {"", func(s *Situation) {
			s.Chances = []conversation.Chance{{Answer: event.ChanceDeclined, At: ago(30 * day)}}
		}, Show, "", 0},
		"declined before the last": {"", func(s *Situation) {
			s.Chances = []conversation.Chance{{At: ago(8 * day)}, {Answer: event.ChanceDeclined, At: ago(20 * day)}}
		}, Not, WhyDecline, 0},
		"the customer waits":          {"", func(s *Situation) { s.State.UnansweredSince = 1 }, Not, WhyTalk, time.Minute},
		"an offer waits":              {"", func(s *Situation) { s.Open = true }, Not, WhyTalk, time.Minute},
		"spoken a moment ago":         {"", func(s *Situation) { s.Talked = now().Add(-20 * time.Second) }, Not, WhyTalk, 40 * time.Second},
		"the chance is over":          {"over", func(*Situation) {}, Not, WhyOver, 0},
		"of those who are held back":  {"held", func(*Situation) {}, Hold, "", 0},
		"held back, but asked for":    {"held stock", func(*Situation) {}, Show, "", 0},
		"held back, and never agreed": {"held", func(s *Situation) { s.Agreed = false }, Not, WhyConsent, 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := DefaultRules()
			r.Holdout = 0
			ch := Chance{Kind: event.ChanceReplenish, Customer: "c-1", Until: now().Add(time.Hour)}
			switch c.kind {
			case "":
			case "over":
				ch.Until = now()
			case "held":
				r.Holdout = 1000
			case "held stock":
				r.Holdout, ch.Kind = 1000, event.ChanceStock
			default:
				ch.Kind = c.kind
			}
			s := Situation{Now: now(), State: &conversation.State{ID: "c", Seat: conversation.SeatBot}, Agreed: true, Talked: now().Add(-time.Hour)}
			c.set(&s)
			got := r.Decide(&ch, s)
			want := Ruling{Verdict: c.verdict, Why: c.why}
			if c.again != 0 {
				want.Again = now().Add(c.again)
			}
			if got.Verdict != want.Verdict || got.Why != want.Why || !got.Again.Equal(want.Again) {
				t.Errorf("%+v, want %+v", got, want)
			}
		})
	}
}

// A tenth is held back, always the same customers; another experiment chooses others.
func TestHeld_IsATenthAndStays(t *testing.T) {
	a, again, b := DefaultRules(), DefaultRules(), DefaultRules()
	b.Experiment = "proactive-2"
	held, both := 0, 0
	for i := range 20_000 {
		id := fmt.Sprintf("c-%d", i)
		if a.Held(id) != again.Held(id) {
			t.Fatal("not the same twice")
		}
		if a.Held(id) {
			held++
			if b.Held(id) {
				both++
			}
		}
	}
	if math.Abs(float64(held)/20_000-.1) > .01 || math.Abs(float64(both)/20_000-.01) > .005 {
		t.Errorf("%d held back, %d in both experiments, of 20000", held, both)
	}
	if a.Holdout = 0; a.Held("c-1") {
		t.Error("held back of nobody")
	}
}
