package conversation

import (
	"slices"
	"strings"
	"testing"
	"time"

	"agentdesk/sync/event"
)

func wantSeat(t *testing.T, r *room, seat SeatKind, epoch uint64, agent string) {
	t.Helper()
	if r.s.Seat != seat || r.s.Epoch != epoch || r.s.Agent != agent {
		t.Fatalf("seat %s epoch %d agent %q, want %s %d %q", r.s.Seat, r.s.Epoch, r.s.Agent, seat, epoch, agent)
	}
}

// TestDecide_Transitions walks every arrow of the design's diagram.
func TestDecide_Transitions(t *testing.T) {
	closeArgs := CloseArgs{Disposition: "answered", Solved: true}
	for _, tc := range []struct {
		name  string
		from  func(testing.TB) *room
		cmd   func(*room) Command
		seat  SeatKind
		epoch uint64
		agent string
		types []event.Type
	}{
		{"customer opens", newRoom, func(*room) Command {
			c := byCustomer(Post, say("你好"))
			c.Conv, c.Opening = conv, opening()
			return c
		}, SeatBot, 1, "", []event.Type{event.Opened, event.Posted}},
		{"bot answers", opened, func(r *room) Command { return byBot(r, Post, say("您好")) }, SeatBot, 1, "", []event.Type{event.Posted}},
		{"bot escalates", opened, func(r *room) Command { return byBot(r, Escalate, EscalateArgs{Reason: "dispute"}) }, SeatWaiting, 2, "", []event.Type{event.Escalated}},
		{"understood to escalate", opened, func(r *room) Command {
			return byBot(r, Understand, UnderstandArgs{UnderstoodBody: event.UnderstoodBody{Message: r.s.LastCustomerMsg, Emotion: "angry", Escalate: true, Reason: "angry"}})
		}, SeatWaiting, 2, "", []event.Type{event.Understood, event.Escalated}},
		{"understood calmly", opened, func(r *room) Command {
			return byBot(r, Understand, UnderstandArgs{UnderstoodBody: event.UnderstoodBody{Message: r.s.LastCustomerMsg, Emotion: "calm"}})
		}, SeatBot, 1, "", []event.Type{event.Understood}},
		{"bot overdue", func(t testing.TB) *room { return opened(t).pass(20 * time.Second) }, func(*room) Command { return bySystem(BotOverdue, nil) }, SeatWaiting, 2, "", []event.Type{event.Escalated}},
		{"bot not yet overdue", opened, func(*room) Command { return bySystem(BotOverdue, nil) }, SeatBot, 1, "", nil},
		{"taken unasked", opened, func(r *room) Command { return r.by("ann", Claim, nil) }, SeatHuman, 2, "ann", []event.Type{event.Taken, event.Posted}},
		{"bot closes", opened, func(r *room) Command { return byBot(r, Close, closeArgs) }, SeatClosed, 2, "", []event.Type{event.Posted, event.Closed}},
		{"customer closes", opened, func(*room) Command { return byCustomer(Close, nil) }, SeatClosed, 2, "", []event.Type{event.Posted, event.Closed}},
		{"offered", waiting, func(*room) Command { return offer("ann") }, SeatWaiting, 2, "", []event.Type{event.Offered}},
		{"accepted", func(t testing.TB) *room { return waiting(t).do(offer("ann")) }, func(r *room) Command { return r.by("ann", Accept, nil) }, SeatHuman, 3, "ann", []event.Type{event.Taken, event.Posted}},
		{"accepted again", func(t testing.TB) *room { return heldBy(t, "ann") }, func(r *room) Command { return r.by("ann", Accept, nil) }, SeatHuman, 3, "ann", nil},
		{"declined", func(t testing.TB) *room { return waiting(t).do(offer("ann")) }, func(r *room) Command { return r.by("ann", Decline, nil) }, SeatWaiting, 2, "", []event.Type{event.Declined}},
		{"expired", func(t testing.TB) *room { return waiting(t).do(offer("ann")) }, func(*room) Command { return bySystem(ExpireOffer, event.OfferBody{Agent: "ann"}) }, SeatWaiting, 2, "", []event.Type{event.Expired}},
		{"withdrawn", func(t testing.TB) *room { return waiting(t).do(offer("ann")) }, func(*room) Command { return bySystem(WithdrawOffer, event.OfferBody{Agent: "ann"}) }, SeatWaiting, 2, "", []event.Type{event.Withdrawn}},
		{"claimed", waiting, func(r *room) Command { return r.by("bob", Claim, nil) }, SeatHuman, 3, "bob", []event.Type{event.Taken, event.Posted}},
		{"supervisor claims anywhere", waiting, func(r *room) Command { return r.by("sup", Claim, nil) }, SeatHuman, 3, "sup", []event.Type{event.Taken, event.Posted}},
		{"assigned", waiting, func(*room) Command { return bySystem(Assign, AssignArgs{Agent: "ann"}) }, SeatHuman, 3, "ann", []event.Type{event.Taken}},
		{"seen", func(t testing.TB) *room { return waiting(t).do(bySystem(Assign, AssignArgs{Agent: "ann"})) }, func(r *room) Command { return r.by("ann", See, nil) }, SeatHuman, 3, "ann", []event.Type{event.Seen, event.Posted}},
		{"told a place", waiting, func(*room) Command { return bySystem(TellPlace, event.QueueToldBody{Place: 2}) }, SeatWaiting, 2, "", []event.Type{event.QueueTold, event.Posted}},
		{"alarmed", waiting, func(*room) Command { return bySystem(Alarm, event.AlarmBody{}) }, SeatWaiting, 2, "", []event.Type{event.Alarmed}},
		{"waiting customer gone", func(t testing.TB) *room { return waiting(t).pass(30 * time.Minute) }, func(*room) Command { return bySystem(CloseIdle, nil) }, SeatClosed, 3, "", []event.Type{event.Posted, event.Closed}},
		{"handed back", func(t testing.TB) *room { return heldBy(t, "ann") }, func(r *room) Command { return r.by("ann", HandBack, HandBackArgs{Instruction: "发尺码表"}) }, SeatBot, 4, "", []event.Type{event.HandedBack, event.Posted}},
		{"transferred to an agent", func(t testing.TB) *room { return heldBy(t, "ann") }, func(r *room) Command { return r.by("ann", Transfer, TransferArgs{Agent: "bob", Note: "过敏"}) }, SeatWaiting, 4, "", []event.Type{event.Returned, event.Posted}},
		{"transferred to a group", func(t testing.TB) *room { return heldBy(t, "ann") }, func(r *room) Command { return r.by("ann", Transfer, TransferArgs{Group: "hair"}) }, SeatWaiting, 4, "", []event.Type{event.Returned, event.Posted}},
		{"supervisor moves a waiting chat", waiting, func(r *room) Command { return r.by("sup", Transfer, TransferArgs{Agent: "bob"}) }, SeatWaiting, 2, "", []event.Type{event.Returned, event.Posted}},
		{"barged", func(t testing.TB) *room { return heldBy(t, "ann") }, func(r *room) Command { return r.by("sup", Barge, nil) }, SeatHuman, 4, "sup", []event.Type{event.Taken, event.Posted}},
		{"desk gone", func(t testing.TB) *room { return heldBy(t, "ann") }, func(*room) Command { return bySystem(Return, ReturnArgs{Why: event.WhyDeskGone}) }, SeatWaiting, 4, "", []event.Type{event.Returned}},
		{"unanswered", func(t testing.TB) *room { return heldBy(t, "ann").pass(180 * time.Second) }, func(*room) Command { return bySystem(Return, ReturnArgs{Why: event.WhyUnanswered}) }, SeatWaiting, 4, "", []event.Type{event.Returned}},
		{"answered in time", func(t testing.TB) *room { return heldBy(t, "ann") }, func(*room) Command { return bySystem(Return, ReturnArgs{Why: event.WhyUnanswered}) }, SeatHuman, 3, "ann", nil},
		{"nudged", func(t testing.TB) *room { return heldBy(t, "ann").pass(60 * time.Second) }, func(*room) Command { return bySystem(Nudge, nil) }, SeatHuman, 3, "ann", []event.Type{event.Nudged}},
		{"agent closes", func(t testing.TB) *room { return heldBy(t, "ann") }, func(r *room) Command { return r.by("ann", Close, closeArgs) }, SeatClosed, 4, "", []event.Type{event.Posted, event.Closed}},
		{"customer closes twice", func(t testing.TB) *room { return opened(t).do(byCustomer(Close, nil)) }, func(*room) Command { return byCustomer(Close, nil) }, SeatClosed, 2, "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := tc.from(t)
			r.do(tc.cmd(r))
			wantSeat(t, r, tc.seat, tc.epoch, tc.agent)
			if !slices.Equal(r.types(), tc.types) {
				t.Fatalf("events %v, want %v", r.types(), tc.types)
			}
		})
	}
}

// TestDecide_Refusals is every honest no, with what it tells.
func TestDecide_Refusals(t *testing.T) {
	held := func(t testing.TB) *room { return heldBy(t, "ann") }
	closed := func(t testing.TB) *room { return opened(t).do(byCustomer(Close, nil)) }
	old := func(c Command) Command { c.Epoch = 1; return c }
	full := func(t testing.TB) *room {
		r := waiting(t)
		a := r.agents["ann"]
		a.Load = a.Capacity
		r.agents["ann"] = a
		return r
	}
	for _, tc := range []struct {
		name   string
		from   func(testing.TB) *room
		cmd    func(*room) Command
		code   Code
		holder string
	}{
		{"no conversation", newRoom, func(r *room) Command { return r.by("ann", Claim, nil) }, UnknownConv, ""},
		{"no opening", newRoom, func(*room) Command { return byCustomer(Post, say("hi")) }, Invalid, ""},
		{"another's chat", opened, func(*room) Command {
			c := byCustomer(Post, say("hi"))
			c.Actor.ID = "thief"
			return c
		}, Forbidden, ""},
		{"customer forges a notice", opened, func(*room) Command {
			return byCustomer(Post, PostArgs{PostedBody: event.PostedBody{Kind: event.Notice, Code: "takeover"}})
		}, Forbidden, ""},
		{"customer forges a note", opened, func(*room) Command {
			return byCustomer(Post, PostArgs{PostedBody: event.PostedBody{Kind: event.Note}, Text: "x"})
		}, Forbidden, ""},
		{"customer assigns", waiting, func(*room) Command { return byCustomer(Assign, AssignArgs{Agent: "ann"}) }, Forbidden, ""},
		{"agent makes offers", waiting, func(r *room) Command { return r.by("ann", MakeOffer, event.OfferBody{Agent: "ann"}) }, Forbidden, ""},
		{"control characters", opened, func(*room) Command { return byCustomer(Post, say("a\x00b")) }, Invalid, ""},
		{"unassigned characters", opened, func(*room) Command { return byCustomer(Post, say("a\u0378b")) }, Invalid, ""},
		{"not UTF-8", opened, func(*room) Command { return byCustomer(Post, say("a\xffb")) }, Invalid, ""},
		{"empty message", opened, func(*room) Command { return byCustomer(Post, say("")) }, Invalid, ""},
		{"wrong payload", opened, func(*room) Command { return byCustomer(Post, 7) }, Invalid, ""},
		{"too large", opened, func(*room) Command { return byCustomer(Post, say(strings.Repeat("长", event.MaxText))) }, TooLarge, ""},
		{"bot after takeover", held, func(r *room) Command { return old(byBot(r, Post, say("x"))) }, StaleEpoch, "ann"},
		{"bot while a person holds", held, func(r *room) Command { return byBot(r, Post, say("x")) }, StaleEpoch, "ann"},
		{"bot's answer from before a person came and went", func(t testing.TB) *room {
			r := heldBy(t, "ann")
			return r.do(r.by("ann", HandBack, HandBackArgs{}))
		}, func(r *room) Command { return old(byBot(r, Post, say("x"))) }, StaleEpoch, ""},
		{"bot closes a person's chat", held, func(r *room) Command { return byBot(r, Close, CloseArgs{}) }, StaleEpoch, "ann"},
		{"bot escalates twice", waiting, func(r *room) Command { return byBot(r, Escalate, EscalateArgs{Reason: "angry"}) }, StaleEpoch, ""},
		{"old epoch", held, func(r *room) Command { return old(r.by("ann", Post, say("x"))) }, StaleEpoch, "ann"},
		{"no epoch", held, func(r *room) Command { c := r.by("ann", Post, say("x")); c.Epoch = 0; return c }, StaleEpoch, "ann"},
		{"writes from another group", held, func(r *room) Command { return old(r.by("out", Post, say("x"))) }, StaleEpoch, "ann"},
		{"notes from another group", held, func(r *room) Command {
			return r.by("out", Post, PostArgs{PostedBody: event.PostedBody{Kind: event.Note}, Text: "x"})
		}, NotEligible, ""},
		{"not the holder", held, func(r *room) Command { return r.by("bob", Post, say("x")) }, NotHolder, "ann"},
		{"supervisor without the seat", held, func(r *room) Command { return r.by("sup", Post, say("x")) }, NotHolder, "ann"},
		{"writes into a closed chat", closed, func(r *room) Command { return r.by("ann", Post, say("x")) }, AlreadyClosed, ""},
		{"customer writes into a closed chat", closed, func(*room) Command { return byCustomer(Post, say("x")) }, AlreadyClosed, ""},
		{"lost race, accept", held, func(r *room) Command { return old(r.by("bob", Accept, nil)) }, TakenByOther, "ann"},
		{"lost race, claim", held, func(r *room) Command { return r.by("bob", Claim, nil) }, TakenByOther, "ann"},
		{"accept without offer", waiting, func(r *room) Command { return r.by("ann", Accept, nil) }, NoOffer, ""},
		{"decline without offer", waiting, func(r *room) Command { return r.by("ann", Decline, nil) }, NoOffer, ""},
		{"claim of another group", waiting, func(r *room) Command { return r.by("out", Claim, nil) }, NotEligible, ""},
		{"claim under an old epoch", waiting, func(r *room) Command { return old(r.by("ann", Claim, nil)) }, StaleEpoch, ""},
		{"claim without the skill", func(t testing.TB) *room {
			r := opened(t)
			return r.do(byBot(r, Escalate, EscalateArgs{Reason: "dispute", Skills: []string{"allergy"}}))
		}, func(r *room) Command { return r.by("ann", Claim, nil) }, NotEligible, ""},
		{"claim when full", full, func(r *room) Command { return r.by("ann", Claim, nil) }, AtCapacity, ""},
		{"assign when full", full, func(*room) Command { return bySystem(Assign, AssignArgs{Agent: "ann"}) }, AtCapacity, ""},
		{"assign to a silent desk", func(t testing.TB) *room {
			r := waiting(t)
			a := r.agents["ann"]
			a.Beating = false
			r.agents["ann"] = a
			return r
		}, func(*room) Command { return bySystem(Assign, AssignArgs{Agent: "ann"}) }, NotEligible, ""},
		{"offer to another group", waiting, func(*room) Command { return offer("out") }, NotEligible, ""},
		{"admin claims", waiting, func(r *room) Command { return r.by("adm", Claim, nil) }, Forbidden, ""},
		{"no role", waiting, func(r *room) Command { c := r.by("ann", Claim, nil); c.Role = ""; return c }, Forbidden, ""},
		{"agent barges", held, func(r *room) Command { return r.by("bob", Barge, nil) }, Forbidden, ""},
		{"lead barges", held, func(r *room) Command { return r.by("lee", Barge, nil) }, Forbidden, ""},
		{"hands back another's chat", held, func(r *room) Command { return r.by("bob", HandBack, HandBackArgs{}) }, NotHolder, "ann"},
		{"transfers another's chat", held, func(r *room) Command { return r.by("lee", Transfer, TransferArgs{Agent: "bob"}) }, NotHolder, "ann"},
		{"transfer to nobody", held, func(r *room) Command { return r.by("ann", Transfer, TransferArgs{}) }, Invalid, ""},
		{"transfer to both", held, func(r *room) Command { return r.by("ann", Transfer, TransferArgs{Agent: "bob", Group: group}) }, Invalid, ""},
		{"transfer to oneself", held, func(r *room) Command { return r.by("ann", Transfer, TransferArgs{Agent: "ann"}) }, Invalid, ""},
		{"transfer to an unknown", held, func(r *room) Command { return r.by("ann", Transfer, TransferArgs{Agent: "zed"}) }, NotEligible, "ann"},
		{"close without disposition", held, func(r *room) Command { return r.by("ann", Close, CloseArgs{}) }, Invalid, ""},
		{"close of a closed chat", closed, func(r *room) Command { return r.by("sup", Close, CloseArgs{Disposition: "x"}) }, AlreadyClosed, ""},
		{"suggestion for an old turn", held, func(r *room) Command {
			return byBot(r, Suggest, SuggestArgs{SuggestedBody: event.SuggestedBody{Message: "01BX5ZZKBKACTAV9WEVGEMMVRZ", Rank: 1}, Text: "x"})
		}, Superseded, "ann"},
		{"read beyond the end", opened, func(*room) Command { return byCustomer(MarkRead, ReadArgs{UpTo: "7ZZZZZZZZZZZZZZZZZZZZZZZZZ"}) }, Invalid, ""},
		{"seen by another", func(t testing.TB) *room { return waiting(t).do(bySystem(Assign, AssignArgs{Agent: "ann"})) }, func(r *room) Command { return r.by("bob", See, nil) }, NotHolder, "ann"},
		{"place zero", waiting, func(*room) Command { return bySystem(TellPlace, event.QueueToldBody{}) }, Invalid, ""},
		{"status of another", opened, func(r *room) Command {
			return r.by("ann", SetStatus, event.AgentStatusBody{Agent: "bob", Status: event.Online})
		}, Forbidden, ""},
		{"unknown command", opened, func(*room) Command { return bySystem("dance", nil) }, Invalid, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := tc.from(t)
			no := r.try(tc.cmd(r))
			if no == nil || no.Code != tc.code || no.Holder != tc.holder {
				t.Fatalf("refusal %+v, want %s holder %q", no, tc.code, tc.holder)
			}
			if tc.holder != "" && (no.Epoch != r.s.Epoch || no.HolderName != "安安") {
				t.Fatalf("the refusal does not say who holds the seat since when: %+v", no)
			}
		})
	}
}

func TestDecide_LostRaceTellsHowLongTheWinnerNeeded(t *testing.T) {
	r := heldBy(t, "ann") // four seconds after the escalation
	if no := r.try(r.by("bob", Accept, nil)); no == nil || no.Waited != 4000 {
		t.Fatalf("refusal %+v, want 4000 ms", no)
	}
}

func TestDecide_HandingBackTwiceNeedsAReason(t *testing.T) {
	r := heldBy(t, "ann")
	r.do(r.by("ann", HandBack, HandBackArgs{}))
	r.do(r.by("ann", Claim, nil))
	if no := r.try(r.by("ann", HandBack, HandBackArgs{})); no == nil || no.Code != ReasonNeeded {
		t.Fatalf("refusal %v, want %s", no, ReasonNeeded)
	}
	r.do(r.by("ann", HandBack, HandBackArgs{Reason: "只是查物流"}))
	if r.s.HandBacks != 2 {
		t.Fatalf("handed back %d times", r.s.HandBacks)
	}
}

func TestDecide_ANewChatIsLinkedToTheClosedOne(t *testing.T) {
	r := opened(t).do(byCustomer(Close, nil))
	c := byCustomer(Post, say("还有一个问题"))
	c.Conv, c.Opening = "c2", opening()
	evs, no := Decide(r.s, &c, r.env())
	if no != nil || len(evs) != 2 {
		t.Fatal(no, evs)
	}
	var s State
	for i := range evs {
		if err := Fold(&s, &event.Placed{Seq: 9, Idx: i, Time: r.now, Event: evs[i]}); err != nil {
			t.Fatal(err)
		}
	}
	if s.ID != "c2" || s.Prev != conv || s.Seat != SeatBot {
		t.Fatalf("state %+v", s)
	}
}

func TestDecide_Classes(t *testing.T) {
	for reason, class := range map[string]int{"adverse_reaction": 1, "angry": 1, "anxious": 2, "dispute": 3, "high_value": 4,
		"human_request": 5, "bot_failed": 6, "out_of_policy": 6} {
		if got := ClassOf(reason, false); got != class {
			t.Errorf("%s is class %d, want %d", reason, got, class)
		}
	}
	pol := Default()
	for name, tc := range map[string]struct {
		s    State
		high bool
	}{
		"gold": {State{Tier: "gold"}, false}, "black": {State{Tier: "black"}, true}, "platinum": {State{Tier: "platinum"}, true},
		"basket": {State{Basket: 500_000}, true}, "smaller basket": {State{Basket: 499_999}, false}, "spent": {State{Spent: 800_000}, true},
	} {
		if got := HighValue(&tc.s, pol); got != tc.high {
			t.Errorf("%s: high value %v", name, got)
		}
	}
	if ClassOf("human_request", true) != 4 || ClassOf("angry", true) != 1 {
		t.Error("a high-value customer is at least class 4")
	}
}

// TestReturn_OriginalClock: who loses their person does not begin to wait anew.
func TestReturn_OriginalClock(t *testing.T) {
	r := heldBy(t, "ann").pass(time.Minute)
	r.do(bySystem(Return, ReturnArgs{Why: event.WhyDeskGone}))
	if w := r.s.Wait; w.Since != start || !w.First || w.Class != 5 || w.Group != group || len(w.Passed) != 0 {
		t.Fatalf("wait %+v", w)
	}
	r.do(r.by("ann", Claim, nil)).pass(180 * time.Second).due()
	if w := r.s.Wait; w == nil || w.Since != start || !w.First || !slices.Contains(w.Passed, "ann") {
		t.Fatalf("unanswered: wait %+v", r.s.Wait)
	}
}

// TestReturn_Unseen: an assignment that the desk does not show leaves the wait as it was, without that agent.
func TestReturn_Unseen(t *testing.T) {
	r := heldBy(t, "ann")
	r.do(r.by("ann", Transfer, TransferArgs{Agent: "bob", Note: "看看"}))
	since := r.s.Wait.Since
	r.do(bySystem(Alarm, event.AlarmBody{})).pass(25 * time.Second).do(bySystem(Assign, AssignArgs{Agent: "lee"}))
	if len(Due(r.s, r.now+1999, r.pol)) != 0 {
		t.Fatal("returned before the desk's two seconds were over")
	}
	r.pass(2 * time.Second).due()
	w := r.s.Wait
	if w == nil || w.Since != since || w.Target != "bob" || w.Fallback != "ann" || w.Note != "看看" || !w.Alarmed ||
		!slices.Equal(w.Passed, []string{"lee"}) || !slices.Equal(w.Unseen, []string{"lee"}) {
		t.Fatalf("wait %+v", w)
	}
	var b event.ReturnedBody
	if err := r.events[0].Decode(&b, nil); err != nil || b.First || b.Since != since || b.Agent != "bob" || b.Fallback != "ann" {
		t.Fatalf("the event tells %+v, %v", b, err)
	}
}

func TestUnderstand_OldMessage(t *testing.T) {
	r := opened(t)
	first := r.s.LastCustomerMsg
	r.pass(time.Second).do(byCustomer(Post, say("人呢")))
	angry := UnderstandArgs{UnderstoodBody: event.UnderstoodBody{Message: first, Emotion: "angry", Escalate: true, Reason: "angry"}}
	r.do(byBot(r, Understand, angry))
	wantSeat(t, r, SeatWaiting, 2, "") // still the bot's: the anger is as urgent as before
	r.pass(time.Second).do(r.by("ann", Claim, nil)).pass(time.Second)
	r.do(r.by("ann", HandBack, HandBackArgs{})).pass(time.Second)
	r.do(byBot(r, Understand, angry))
	wantSeat(t, r, SeatBot, 4, "") // a person has seen to it
	if len(r.s.Emotions) != 2 {
		t.Fatalf("the understanding was not kept: %v", r.s.Emotions)
	}
}

func TestSuggestions_LiveUntilTheCustomerWrites(t *testing.T) {
	r := heldBy(t, "ann")
	sug := func(rank int, text string) Command {
		return byBot(r, Suggest, SuggestArgs{SuggestedBody: event.SuggestedBody{Message: r.s.LastCustomerMsg, Rank: rank, Fit: 80}, Text: text})
	}
	r.do(sug(2, "b")).do(sug(1, "a"))
	if len(r.s.Suggestions) != 2 || r.s.Suggestions[0].Text != "a" {
		t.Fatalf("suggestions %+v", r.s.Suggestions)
	}
	id := r.s.Suggestions[0].ID
	used := r.by("ann", UseSuggestion, event.SuggestionUsedBody{Suggestion: id, How: event.Edited, Edits: 3})
	r.do(used)
	if r.s.Suggestions[0].Used != event.Edited {
		t.Fatal("not marked as used")
	}
	if r.do(used); len(r.events) != 0 {
		t.Fatal("used twice")
	}
	r.do(byCustomer(Post, say("嗯")))
	if len(r.s.Suggestions) != 0 {
		t.Fatal("suggestions of an old turn are left")
	}
}

func TestSetStatus_AgentsChooseTheirStatusOnly(t *testing.T) {
	r := newRoom(t)
	p, err := DecodePayload(SetStatus, []byte(`{"agent":"bob","status":"busy","capacity":99,"groups":["vip"],"skills":["all"],"senior":true}`))
	if err != nil {
		t.Fatal(err)
	}
	b := p.(event.AgentStatusBody)
	if b.Agent != "" || b.Capacity != 0 || b.Groups != nil || b.Skills != nil || b.Senior {
		t.Fatalf("the desk said what is not its to say: %+v", b)
	}
	status := func(id string) ([]event.Event, *Refusal) {
		b.Agent = id
		return Decide(r.s, &Command{Kind: SetStatus, Actor: event.Actor{Kind: event.Agent, ID: id}, Role: RoleAgent, Payload: b}, r.env())
	}
	evs, no := status("ann")
	if no != nil || len(evs) != 1 || evs[0].Type != event.AgentStatus || evs[0].Conv != "" {
		t.Fatal(no, evs)
	}
	if err := evs[0].Decode(&b, nil); err != nil || b.Status != event.Busy || b.Capacity != 3 || !slices.Equal(b.Groups, []string{group}) {
		t.Fatalf("status %+v, %v", b, err)
	}
	b = event.AgentStatusBody{Status: event.Online}
	if _, no := status("zed"); no == nil || no.Code != NotEligible {
		t.Fatalf("somebody unknown came online: %v", no)
	}
}

func TestDue_Deadlines(t *testing.T) {
	for _, tc := range []struct {
		name string
		from func(testing.TB) *room
		at   time.Duration // from the room's now
		kind Kind
	}{
		{"bot", opened, 20 * time.Second, BotOverdue},
		{"bot idle", func(t testing.TB) *room { r := opened(t); return r.do(byBot(r, Post, say("好"))) }, 10 * time.Minute, CloseIdle},
		{"nudge", func(t testing.TB) *room { return heldBy(t, "ann") }, 60 * time.Second, Nudge},
		{"unanswered", func(t testing.TB) *room { return heldBy(t, "ann").pass(60 * time.Second).due() }, 120 * time.Second, Return},
		{"human idle", func(t testing.TB) *room { r := heldBy(t, "ann"); return r.do(r.by("ann", Post, say("好"))) }, 15 * time.Minute, CloseIdle},
		{"wait idle", waiting, 30 * time.Minute, CloseIdle},
		{"unseen", func(t testing.TB) *room { return waiting(t).do(bySystem(Assign, AssignArgs{Agent: "ann"})) }, 2 * time.Second, Return},
	} {
		t.Run(tc.name, func(t *testing.T) {
			r := tc.from(t)
			at := r.now + tc.at.Milliseconds()
			if got := NextDue(r.s, r.pol); got != at {
				t.Fatalf("next due in %d ms, want %v", got-r.now, tc.at)
			}
			if due := Due(r.s, at-1, r.pol); len(due) != 0 {
				t.Fatalf("due too early: %v", due)
			}
			due := Due(r.s, at, r.pol)
			if len(due) == 0 || due[0].Kind != tc.kind {
				t.Fatalf("due %v, want %s", due, tc.kind)
			}
			epoch := r.s.Epoch
			r.now = at
			r.do(due[0])
			if len(r.events) == 0 {
				t.Fatal("nothing happened")
			}
			if next := NextDue(r.s, r.pol); next != 0 && next <= at {
				t.Fatalf("due again at once, epoch %d to %d", epoch, r.s.Epoch)
			}
		})
	}
	r := opened(t).do(byCustomer(Close, nil))
	if NextDue(r.s, r.pol) != 0 {
		t.Fatal("a closed chat has deadlines")
	}
}
