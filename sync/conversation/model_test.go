package conversation

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"agentdesk/sync/event"

	"pgregory.net/rapid"
)

// TestDecide_AgainstModel plays random commands, many of them late or out of place, and compares with the model.
func TestDecide_AgainstModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := opened(t)
		m := &model{seat: SeatBot, epoch: 1, offers: map[string]bool{}}
		m.heard(&r.all[len(r.all)-1])
		full := map[string]bool{"bob": rapid.Bool().Draw(rt, "bob is full")}
		if full["bob"] {
			b := r.agents["bob"]
			b.Load = b.Capacity
			r.agents["bob"] = b
		}
		kinds := []Kind{Post, Escalate, Accept, Claim, Barge, Decline, HandBack, Transfer, Close, MakeOffer, Assign, See, Return,
			Post, Post, Recall, Recall, Rate, Act, SetFollowUp, DoneFollowUp}
		writers := map[uint64]string{1: "bot"} // who holds in each epoch
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			r.pass(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "ms")) * time.Millisecond)
			if rapid.IntRange(0, 9).Draw(rt, "pause") == 0 {
				r.pass(time.Duration(rapid.IntRange(0, 400).Draw(rt, "s")) * time.Second)
			}
			m.now = r.now
			k := rapid.SampledFrom(kinds).Draw(rt, "kind")
			agent := rapid.SampledFrom([]string{"ann", "bob", "lee", "sup"}).Draw(rt, "agent")
			other := rapid.SampledFrom([]string{"ann", "lee"}).Draw(rt, "other")
			var c Command
			switch k {
			case Post:
				c = r.by(agent, Post, say("好"))
				switch rapid.IntRange(0, 2).Draw(rt, "writer") {
				case 0:
					c = byCustomer(Post, say("?"))
					if rapid.IntRange(0, 4).Draw(rt, "leave") == 0 {
						c.Payload = PostArgs{PostedBody: event.PostedBody{Kind: event.FormFilled, Form: event.FormLeave}, Fields: map[string]string{"text": "请联系我"}}
					}
				case 1:
					c = byBot(r, Post, say("您好"))
				}
			case Escalate:
				c = byBot(r, k, EscalateArgs{Reason: "dispute"})
			case HandBack:
				c = r.by(agent, k, HandBackArgs{Reason: rapid.SampledFrom([]string{"", "why"}).Draw(rt, "reason")})
			case Transfer:
				c = r.by(agent, k, TransferArgs{Group: group})
			case Close:
				c = r.by(agent, k, CloseArgs{Disposition: "x"})
				if rapid.IntRange(0, 9).Draw(rt, "gone") == 0 {
					c = byCustomer(Close, nil)
				}
			case MakeOffer:
				c = bySystem(k, event.OfferBody{Agent: other, Round: 1})
			case Assign:
				c = bySystem(k, AssignArgs{Agent: other})
			case Return:
				c = bySystem(k, ReturnArgs{Why: event.WhyDeskGone})
			case Recall:
				var id event.ID = event.NewID(time.UnixMilli(1), [10]byte{})
				by := event.Actor{Kind: event.Customer, ID: cust}
				if n := len(r.all); n > 0 {
					p := r.all[rapid.IntRange(0, n-1).Draw(rt, "message")]
					id = p.ID
					if rapid.IntRange(0, 3).Draw(rt, "own") > 0 {
						by = p.Actor
					}
				}
				if by.Kind == event.Agent {
					c = r.by(by.ID, k, RecallArgs{Message: id})
				} else {
					c = byCustomer(k, RecallArgs{Message: id})
				}
			case Rate:
				c = byCustomer(k, RateArgs{RatedBody: event.RatedBody{Stars: rapid.IntRange(0, 6).Draw(rt, "stars")}, Text: "好"})
			case Act:
				c = bySystem(k, ActArgs{ActedBody: event.ActedBody{What: event.DidCart, Product: "p"}, Title: "面霜"})
			case SetFollowUp:
				c = r.by(agent, k, FollowUpArgs{Due: r.now + rapid.Int64Range(-5, 5).Draw(rt, "due"), Text: "回访"})
			case DoneFollowUp:
				var id event.ID
				if n := len(r.s.FollowUps); n > 0 {
					id = r.s.FollowUps[rapid.IntRange(0, n-1).Draw(rt, "follow-up")].ID
				}
				c = r.by(agent, k, DoneFollowUpArgs{FollowUp: id})
			default:
				c = r.by(agent, k, nil)
			}
			if c.Epoch > 0 && rapid.IntRange(0, 3).Draw(rt, "late") == 0 {
				c.Epoch = uint64(rapid.IntRange(1, int(r.s.Epoch)).Draw(rt, "epoch"))
			}
			before := r.s.Epoch
			want := m.step(c, full)
			got := r.try(c)
			if got == nil {
				for i := range r.events {
					if p := r.all[len(r.all)-len(r.events)+i]; p.Type == event.Posted && p.Actor.Kind != event.System {
						m.heard(&p)
					}
				}
			}
			switch {
			case got == nil && want != "", got != nil && got.Code != want:
				rt.Fatalf("%s by %s (epoch %d of %d): %v, want %q", c.Kind, c.Actor, c.Epoch, before, got, want)
			case r.s.Seat != m.seat || r.s.Agent != m.holder || r.s.Epoch != m.epoch:
				rt.Fatalf("%s by %s: seat %s %q %d, want %s %q %d", c.Kind, c.Actor, r.s.Seat, r.s.Agent, r.s.Epoch, m.seat, m.holder, m.epoch)
			case r.s.Hold != nil && r.s.Hold.Seen != m.seen:
				rt.Fatalf("%s: seen %v", c.Kind, r.s.Hold.Seen)
			case r.s.Epoch < before:
				rt.Fatal("the epoch fell")
			case r.s.UnansweredSince != m.owedSince() || r.s.LastCustomerMsg != m.last:
				rt.Fatalf("%s: unanswered since %d (%s), want %d (%s)", c.Kind, r.s.UnansweredSince, r.s.LastCustomerMsg, m.owedSince(), m.last)
			case r.s.Left != m.left:
				rt.Fatalf("%s: a message left %v, want %v", c.Kind, r.s.Left, m.left)
			case r.s.Stars != m.stars || len(r.s.FollowUps) != m.followUps:
				rt.Fatalf("%s: %d stars, %d follow-ups, want %d and %d", c.Kind, r.s.Stars, len(r.s.FollowUps), m.stars, m.followUps)
			}
			holder := r.s.Agent
			if r.s.Seat == SeatBot {
				holder = "bot"
			}
			writers[r.s.Epoch] = holder
			checkShape(rt, r.s)
		}
		// Promise 2, over the whole log: what reached the customer came from the holder of its epoch.
		for _, e := range r.all {
			if e.Type == event.Posted && (e.Actor.Kind == event.Bot || e.Actor.Kind == event.Agent) && writers[e.Epoch] != e.Actor.ID {
				rt.Fatalf("%s wrote in epoch %d, held by %q", e.Actor, e.Epoch, writers[e.Epoch])
			}
		}
		checkReplay(rt, r)
		checkRedacted(rt, r)
	})
}

// checkRedacted: whoever comes at any point of the log and has what was recalled so far without its content ends with the
// state of who heard everything, and so does who hears all of it without.
func checkRedacted(t *rapid.T, r *room) {
	want, err := json.Marshal(r.s)
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{rapid.IntRange(0, len(r.all)).Draw(t, "arrival"), len(r.all)} {
		gone := map[event.ID]bool{}
		for i := range cut {
			var b event.RecalledBody
			if r.all[i].Type == event.Recalled && r.all[i].Decode(&b, nil) == nil {
				gone[b.Message] = true
			}
		}
		s := &State{}
		for i, p := range r.all {
			if i < cut && gone[event.SaidIn(&p.Event)] {
				e, err := event.Redact(p.Event)
				if err != nil || len(e.Private) > 0 {
					t.Fatalf("%v: %s still says %s", err, e.Type, e.Private)
				}
				p.Event = e
			}
			if err := Fold(s, &p); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := json.Marshal(s); err != nil || string(got) != string(want) {
			t.Fatalf("from %d of %d on: %v\n%s\nwant\n%s", cut, len(r.all), err, got, want)
		}
	}
}

// checkShape: exactly one state of the seat, with what belongs to it and nothing else.
func checkShape(t *rapid.T, s *State) {
	human, wait := s.Seat == SeatHuman, s.Seat == SeatWaiting
	if (s.Hold != nil) != human || (s.Agent != "") != human || (s.Wait != nil) != wait || (s.ClosedAt != 0) != (s.Seat == SeatClosed) {
		t.Fatalf("seat %s with agent %q hold %v wait %v closed %d", s.Seat, s.Agent, s.Hold, s.Wait, s.ClosedAt)
	}
	if human && s.Hold.Agent != s.Agent {
		t.Fatalf("held by %s and %s", s.Agent, s.Hold.Agent)
	}
}

// checkReplay: folding the log again gives the same state, and so does going through JSON at any point of it.
func checkReplay(t *rapid.T, r *room) {
	again, cut := &State{}, rapid.IntRange(0, len(r.all)).Draw(t, "cut")
	for i := range r.all {
		if i == cut {
			data, err := json.Marshal(again)
			if err != nil {
				t.Fatal(err)
			}
			again = &State{}
			if err := json.Unmarshal(data, again); err != nil {
				t.Fatal(err)
			}
		}
		if err := Fold(again, &r.all[i]); err != nil {
			t.Fatal(err)
		}
	}
	a, errA := json.Marshal(again)
	b, errB := json.Marshal(r.s)
	if errA != nil || errB != nil || string(a) != string(b) {
		t.Fatalf("replayed:\n%s\nlive:\n%s", a, b)
	}
}

// TestClone_SharesNothing: folding into a copy leaves the original alone.
func TestClone_SharesNothing(t *testing.T) {
	r := waiting(t).do(offer("ann")).do(offer("bob")).do(bySystem(ExpireOffer, event.OfferBody{Agent: "bob"}))
	c := r.s.Clone()
	if !reflect.DeepEqual(c, r.s) {
		t.Fatal("the copy differs")
	}
	before, _ := json.Marshal(c)
	r.do(r.by("ann", Decline, nil)).do(bySystem(Assign, AssignArgs{Agent: "lee"})).pass(3 * time.Second).due()
	if after, _ := json.Marshal(c); string(after) != string(before) {
		t.Fatalf("the copy changed:\n%s\n%s", before, after)
	}
}
