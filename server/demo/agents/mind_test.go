package agents

import (
	"encoding/json"
	"math/rand/v2"
	"testing"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/copilot/comply"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func cast(t testing.TB) Cast {
	t.Helper()
	c, err := Load(assets.Agents())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func temper(t testing.TB, id string) Temper {
	t.Helper()
	for _, x := range cast(t).Tempers {
		if x.ID == id {
			return x
		}
	}
	t.Fatalf("no temper %q", id)
	return Temper{}
}

func TestCast_IsThreeTempersWhoseLinesBreakNoRule(t *testing.T) {
	c := cast(t)
	tempers := map[string]bool{}
	for _, r := range c.Roles[:3] {
		tempers[r.Temper] = true
		if r.User == "xiaoning" {
			t.Error("the demo agent's place is a person's")
		}
	}
	if len(tempers) != 3 {
		t.Errorf("the first three show %d tempers", len(tempers))
	}
	slow, quick := temper(t, "careful"), temper(t, "hasty")
	if slow.Read >= quick.Read || slow.Type >= quick.Type || slow.Accept[0] <= quick.Accept[0] || slow.Note <= quick.Note || slow.Forget >= quick.Forget || slow.Decline >= quick.Decline {
		t.Error("the careful one is not slower and more thorough than the hasty one")
	}
	rules := comply.New()
	for key, lines := range c.Lines {
		for _, l := range lines {
			if comply.Blocked(rules.Check(l)) {
				t.Errorf("%s: %q breaks a wording rule", key, l)
			}
		}
	}
	if n := len(c.Extra(len(c.Roles))); n != len(c.Roles)-3 {
		t.Errorf("%d users to let in, want %d", n, len(c.Roles)-3)
	}
}

// world is one desk with a clock of its own.
type world struct {
	t   *testing.T
	now time.Time
	d   *desk
	m   *mind
	seq uint64
}

func newWorld(t *testing.T, tm Temper) *world {
	w := &world{t: t, now: time.UnixMilli(1_764_000_000_000), d: newDesk(nil)}
	w.d.me, w.d.online = wire.User{ID: "a", Name: "周可", Capacity: 2}, true
	w.m = newMind(tm, cast(t).Lines, 1, rand.New(rand.NewPCG(1, 2)), w.now)
	w.m.dropAt, w.m.breakAt = w.now.Add(10*time.Hour), w.now.Add(10*time.Hour)
	return w
}

func (w *world) event(conv string, typ event.Type, actor event.Kind, body, private any) event.ID {
	w.t.Helper()
	w.seq++
	e := event.Placed{Seq: w.seq, Time: w.now.UnixMilli(), Event: event.Event{ID: event.NewID(w.now, [10]byte{byte(w.seq >> 8), byte(w.seq)}), Type: typ, Version: 1,
		Conv: conv, Actor: event.Actor{Kind: actor, ID: "c"}, Epoch: 1}}
	for v, to := range map[any]*json.RawMessage{body: &e.Body, private: &e.Private} {
		if v == nil {
			continue
		}
		data, err := json.Marshal(v)
		if err != nil {
			w.t.Fatal(err)
		}
		*to = data
	}
	if typ == event.Opened {
		w.d.chats[conv] = &chat{}
	}
	if err := w.d.fold(&e); err != nil {
		w.t.Fatal(err)
	}
	return e.ID
}

func (w *world) say(conv, text string) event.ID {
	return w.event(conv, event.Posted, event.Customer, &event.PostedBody{Kind: event.Text}, &event.PostedPrivate{Text: text})
}

func (w *world) offer(conv string) { w.offerIn(conv, 1) }

func (w *world) offerIn(conv string, round int) {
	w.event(conv, event.Opened, event.Customer, &event.OpenedBody{Channel: "web", Group: "pre"}, nil)
	w.say(conv, "用了精华脸上起红疹了，怎么办")
	w.event(conv, event.Escalated, event.Bot, &event.EscalatedBody{Reason: "adverse_reaction", Class: 1, Group: "pre", Since: w.now.UnixMilli()}, nil)
	w.event(conv, event.Offered, event.System, &event.OfferBody{Agent: "a", Round: round, Until: w.now.Add(20 * time.Second).UnixMilli()}, nil)
}

func (w *world) take(conv, how string) {
	w.event(conv, event.Taken, event.Agent, &event.TakenBody{Agent: "a", Name: "周可", How: how}, nil)
}

// run lets time pass and returns what the agent did meanwhile.
func (w *world) run(d time.Duration) []act {
	var out []act
	for end := w.now.Add(d); w.now.Before(end); {
		w.now = w.now.Add(step)
		acts, _ := w.m.next(w.now, w.d)
		out = append(out, acts...)
	}
	return out
}

func kinds(acts []act) map[conversation.Kind]int {
	n := map[conversation.Kind]int{}
	for _, a := range acts {
		if a.kind != "" {
			n[a.kind]++
		}
	}
	return n
}

func TestMind_AcceptsOnceWithinItsSpanAndNeverAboveItsCapacity(t *testing.T) {
	tm := temper(t, "seasoned")
	tm.Pass, tm.Decline = 0, 0
	w := newWorld(t, tm)
	w.offer("k1")
	if early := w.run(time.Duration(tm.Accept[0])*time.Millisecond - 2*step); len(early) > 0 {
		t.Fatalf("acted before anybody could have read the offer: %+v", early)
	}
	if n := kinds(w.run(20 * time.Second)); n[conversation.Accept] != 1 {
		t.Errorf("accepted %d times", n[conversation.Accept])
	}
	w.take("k1", event.HowAccepted)
	w.offer("k2")
	w.take("k2", event.HowAccepted)
	w.offer("k3")
	if n := kinds(w.run(10 * time.Second)); n[conversation.Accept] != 0 {
		t.Error("accepted a third chat with a capacity of two")
	}
}

func TestMind_TheHastyDeclineOrLetPassWhatOthersTake(t *testing.T) {
	count := func(id string) (accepted, declined, passed int) {
		w := newWorld(t, temper(t, id))
		w.d.me.Capacity = 1000
		for i := range 200 {
			w.offer("k" + string(rune('a'+i%26)) + string(rune('a'+i/26)))
		}
		n := kinds(w.run(12 * time.Second))
		return n[conversation.Accept], n[conversation.Decline], 200 - n[conversation.Accept] - n[conversation.Decline]
	}
	if a, d, p := count("hasty"); d < 8 || p < 8 || a < 100 {
		t.Errorf("hasty: accepted %d, declined %d, let pass %d", a, d, p)
	}
	if a, d, _ := count("seasoned"); d > 0 || a < 190 {
		t.Errorf("seasoned: accepted %d, declined %d", a, d)
	}
}

func TestMind_ShowsAnAssignedChatAtOnce(t *testing.T) {
	w := newWorld(t, temper(t, "careful"))
	w.offer("k")
	w.take("k", event.HowAssigned)
	if n := kinds(w.run(step)); n[conversation.See] != 1 {
		t.Error("did not answer the assignment in one look")
	}
}

func TestMind_AnswersACallAtOnce(t *testing.T) {
	w := newWorld(t, temper(t, "careful"))
	w.offerIn("k", conversation.RoundCall)
	if n := kinds(w.run(step)); n[conversation.See] != 1 {
		t.Error("did not answer the call in one look")
	}
}

func TestMind_ReadsTypesAndAnswersUnderItsEpoch(t *testing.T) {
	tm := temper(t, "seasoned")
	tm.Greets, tm.Adopt, tm.Edit, tm.Transfer = 1, 0, 0, 0
	w := newWorld(t, tm)
	w.offer("k")
	w.take("k", event.HowAccepted)
	epoch := w.d.chats["k"].s.Epoch
	typed, read, posts := false, false, []conversation.PostArgs{}
	for _, a := range w.run(40 * time.Second) {
		switch {
		case a.kind == conversation.MarkRead:
			read = true
		case a.tell == wire.TTyping && a.on:
			typed = read
		case a.kind == conversation.Post && a.epoch != epoch:
			t.Errorf("wrote under epoch %d, holds %d", a.epoch, epoch)
		case a.kind == conversation.Post:
			if !typed {
				t.Error("wrote without having read and typed")
			}
			if p := a.payload.(conversation.PostArgs); p.Kind == event.Text {
				posts = append(posts, p)
			}
		}
	}
	if len(posts) != 2 || posts[0].Text == posts[1].Text {
		t.Errorf("want a greeting and an answer, got %+v", posts)
	}
}

func TestMind_SendsASuggestionAndSaysWhatBecameOfIt(t *testing.T) {
	for how, tm := range map[string]Temper{event.Adopted: {Adopt: 1}, event.Edited: {Edit: 1}} {
		base := temper(t, "seasoned")
		base.Greets, base.Adopt, base.Edit, base.Note, base.Card, base.Coupon, base.Form = 0, tm.Adopt, tm.Edit, 0, 0, 0, 0
		w := newWorld(t, base)
		w.offer("k")
		w.take("k", event.HowAccepted)
		msg := w.say("k", "还是很痒")
		sug := w.event("k", event.Suggested, event.Bot, &event.SuggestedBody{Message: msg, Rank: 1, Fit: 90}, &event.SuggestedPrivate{Text: "请先停用，用清水冲洗。[1]"})
		var used event.SuggestionUsedBody
		var sent conversation.PostArgs
		for _, a := range w.run(30 * time.Second) {
			switch p := a.payload.(type) {
			case event.SuggestionUsedBody:
				used = p
			case conversation.PostArgs:
				sent = p
			}
		}
		same := sent.Text == "请先停用，用清水冲洗。"
		if used.Suggestion != sug || used.How != how || sent.Suggestion != sug || same != (how == event.Adopted) || (used.Edits == 0) != same {
			t.Errorf("%s: used %+v, sent %+v", how, used, sent)
		}
	}
}

func TestMind_DropsWhatItWroteWhenItLosesTheSeat(t *testing.T) {
	tm := temper(t, "careful")
	w := newWorld(t, tm)
	w.offer("k")
	w.take("k", event.HowAccepted)
	w.run(2 * time.Second)
	if w.m.hand == nil {
		t.Fatal("the hands are not at it")
	}
	w.event("k", event.Returned, event.System, &event.ReturnedBody{Why: event.WhyDeskGone, From: "a", Group: "pre", Class: 1, Since: w.now.UnixMilli()}, nil)
	if n := kinds(w.run(60 * time.Second)); n[conversation.Post] != 0 {
		t.Error("wrote into a chat that was lost")
	}
}

func TestMind_ClosesWithADispositionWhenTheCustomerIsContent(t *testing.T) {
	tm := temper(t, "seasoned")
	tm.Greets, tm.Forget, tm.Transfer, tm.HandBack = 0, 0, 0, 0
	w := newWorld(t, tm)
	w.offer("k")
	w.take("k", event.HowAccepted)
	answered := kinds(w.run(25 * time.Second))[conversation.Post]
	if answered == 0 {
		t.Fatal("did not answer")
	}
	w.say("k", "好的谢谢")
	var end *conversation.CloseArgs
	for _, a := range w.run(60 * time.Second) {
		if p, ok := a.payload.(conversation.CloseArgs); ok && end == nil {
			end = &p
		}
	}
	if end == nil || end.Disposition != "refund_started" || !end.Solved {
		t.Errorf("ended with %+v", end)
	}
}

func TestMind_TransfersToSomebodyWithRoomOrToTheGroup(t *testing.T) {
	tm := temper(t, "careful")
	tm.Greets, tm.Transfer = 0, 1
	to := map[string]int{}
	for seed := range uint64(30) {
		w := newWorld(t, tm)
		w.m.rng = rand.New(rand.NewPCG(seed, 9))
		w.d.floor = &wire.Floor{Agents: []wire.AgentRow{{ID: "a", Status: event.Online, Capacity: 8}, {ID: "busy", Status: event.Busy, Capacity: 8},
			{ID: "full", Status: event.Online, Load: 8, Capacity: 8}, {ID: "free", Status: event.Online, Load: 1, Capacity: 8}}}
		w.offer("k")
		w.take("k", event.HowAccepted)
		for _, a := range w.run(90 * time.Second) {
			if p, ok := a.payload.(conversation.TransferArgs); ok {
				if p.Note == "" || (p.Agent == "") == (p.Group == "") {
					t.Errorf("transfers with %+v", p)
				}
				to[p.Agent+p.Group]++
			}
		}
	}
	if len(to) != 2 || to["free"] == 0 || to["pre"] == 0 {
		t.Errorf("transferred to %v", to)
	}
}

func TestMind_TakesBreaksAndLosesItsConnection(t *testing.T) {
	w := newWorld(t, temper(t, "hasty"))
	w.m.breakAt, w.m.dropAt = w.now.Add(time.Second), w.now.Add(20*time.Minute)
	var statuses []string
	for _, a := range w.run(6 * time.Minute) {
		if p, ok := a.payload.(event.AgentStatusBody); ok {
			statuses = append(statuses, p.Status)
		}
	}
	if len(statuses) != 2 || statuses[0] != event.Busy || statuses[1] != event.Online {
		t.Errorf("statuses %q", statuses)
	}
	w.now = w.now.Add(20 * time.Minute)
	if _, gone := w.m.next(w.now, w.d); gone < 2*time.Second {
		t.Errorf("gone for %s", gone)
	}
}

func FuzzDecode_NeverPanics(f *testing.F) {
	f.Add([]byte(`{"tempers":[{"id":"x","name":"y","accept":[2,1]}],"cast":[{"user":"u","temper":"x"}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := decode(data)
		if err == nil {
			c.Extra(len(c.Roles) + 1)
		}
	})
}
