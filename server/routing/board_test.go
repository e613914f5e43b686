package routing

import (
	"fmt"
	"slices"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

func TestBoard_TheThirtySeconds(t *testing.T) {
	w := newWorld(t)
	w.agent("a", 2, []string{"g"}).Load = 0
	w.agent("b", 2, []string{"g"}).Load = 1
	w.agent("c", 4, []string{"g"}).Load = 3
	w.agent("x", 9, []string{"other"})
	for _, id := range []string{"b", "c"} {
		w.b.SetAgent(*w.agents[id])
	}
	w.wait("1", "g", "human_request")
	w.settle()
	w.wantOffers("1", "a") // least loaded
	w.pass(10*second - 1)
	w.wantOffers("1", "a")
	w.pass(1)
	w.wantOffers("1", "a", "b") // a second one beside it
	w.pass(10 * second)
	w.wantOffers("1", "b", "c") // all, and a's has expired
	w.pass(5*second - 1)
	w.wantHolder("1", "")
	w.pass(1)
	w.wantHolder("1", "b") // not who let it expire: the least loaded of the others (b 1 of 2, c 3 of 4)
	if h := w.chats["1"].Hold; h.How != event.HowAssigned || h.Waited != 25*second || !h.Seen {
		t.Fatalf("hold %+v", h)
	}
}

func TestBoard_DeclineGoesToTheNextAtOnce(t *testing.T) {
	w := newWorld(t)
	w.agent("a", 1, []string{"g"})
	w.agent("b", 1, []string{"g"})
	w.wait("1", "g", "dispute")
	w.pass(second)
	w.wantOffers("1", "a")
	w.must(w.by("a", conversation.Decline, "1", nil))
	w.settle()
	w.wantOffers("1", "b")
	w.must(w.by("b", conversation.Decline, "1", nil))
	w.settle()
	w.wantOffers("1")
	w.pass(24*second - 1)
	w.wantHolder("1", "")
	w.pass(1) // all have passed: somebody must
	if w.chats["1"].Agent == "" {
		t.Fatal("nobody was given the chat")
	}
}

func TestBoard_WhoComesFreeIsOfferedTheMostUrgent(t *testing.T) {
	w := newWorld(t)
	a := w.agent("a", 1, []string{"g"})
	a.Load = 1
	w.b.SetAgent(*a)
	w.wait("late", "g", "human_request")
	w.now += second
	w.wait("angry", "g", "angry")
	w.wait("skilled", "g", "adverse_reaction", "medicine")
	w.settle()
	if got := w.b.Order("g"); !slices.Equal(got, []string{"angry", "skilled", "late"}) {
		t.Fatalf("order %v", got)
	}
	if c, ok := w.b.MostUrgent("a"); !ok || c != "angry" {
		t.Fatalf("most urgent %q", c)
	}
	w.load("a", -1)
	w.settle()
	w.wantOffers("angry", "a")
	w.wantOffers("late")
	w.wantOffers("skilled")
	if w.b.Place("late") != 3 || w.b.Place("nobody") != 0 {
		t.Fatalf("place %d", w.b.Place("late"))
	}
}

func TestBoard_LosingEligibilityWithdraws(t *testing.T) {
	for name, lose := range map[string]func(w *world){
		"beat":   func(w *world) { w.agents["a"].Beating = false; w.b.SetBeat("a", false) },
		"busy":   func(w *world) { w.agents["a"].Status = event.Busy; w.b.SetAgent(*w.agents["a"]) },
		"full":   func(w *world) { w.load("a", 2) },
		"group":  func(w *world) { w.agents["a"].Groups = []string{"h"}; w.b.SetAgent(*w.agents["a"]) },
		"skill":  func(w *world) { w.agents["a"].Skills = nil; w.b.SetAgent(*w.agents["a"]) },
		"logout": func(w *world) { delete(w.agents, "a"); w.b.RemoveAgent("a") },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.agent("a", 2, []string{"g"}, "tea")
			w.agent("b", 2, []string{"g"}, "tea")
			w.wait("1", "g", "dispute", "tea")
			w.settle()
			w.wantOffers("1", "a")
			lose(w)
			w.settle()
			w.wantOffers("1", "b")
			if len(w.chats["1"].Wait.Passed) != 0 {
				t.Fatal("a withdrawn offer was counted as passed")
			}
		})
	}
}

func TestBoard_SeniorsFirstForAnger(t *testing.T) {
	w := newWorld(t)
	w.agent("a", 4, []string{"g"})
	s := w.agent("s", 4, []string{"g"})
	s.Senior, s.Load = true, 2
	w.b.SetAgent(*s)
	w.wait("1", "g", "angry")
	w.wait("2", "g", "dispute")
	w.settle()
	w.wantOffers("1", "s")
	w.wantOffers("2", "a")
}

func TestBoard_OffersTakeTurns(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"a", "b", "c"} {
		w.agent(id, 5, []string{"g"})
	}
	var got []string
	for i := range 6 {
		id := fmt.Sprint(i)
		w.now += second
		w.wait(id, "g", "dispute")
		w.settle()
		to := w.offered(id)[0]
		got = append(got, to)
		w.must(w.by(to, conversation.Decline, id, nil))
		w.settle()
		w.must(conversation.Command{Kind: conversation.Close, Conv: id, Actor: event.Actor{Kind: event.Customer, ID: "of " + id}})
	}
	for _, id := range []string{"a", "b", "c"} {
		if !slices.Contains(got, id) {
			t.Fatalf("offers went to %v only", got)
		}
	}
}

func TestBoard_Transfer(t *testing.T) {
	from := func(t *testing.T, args conversation.TransferArgs) *world {
		w := newWorld(t)
		w.agent("sender", 3, []string{"g"})
		w.wait("1", "g", "dispute")
		w.settle()
		w.must(w.by("sender", conversation.Accept, "1", nil))
		w.agent("target", 3, []string{"g", "h"}).Load = 2
		w.b.SetAgent(*w.agents["target"])
		w.agent("other", 3, []string{"g"})
		w.now += 60 * second
		w.must(w.by("sender", conversation.Transfer, "1", args))
		w.settle()
		return w
	}
	t.Run("target first, fresh clock", func(t *testing.T) {
		w := from(t, conversation.TransferArgs{Agent: "target"})
		w.wantOffers("1", "target")
		w.pass(10 * second)
		w.wantOffers("1", "other", "target")
		w.pass(14 * second)
		w.wantHolder("1", "")
	})
	t.Run("sender gets it back", func(t *testing.T) {
		w := from(t, conversation.TransferArgs{Agent: "target"})
		for _, id := range []string{"target", "other"} {
			w.agents[id].Status = event.Offline
			w.b.SetAgent(*w.agents[id])
		}
		w.pass(25*second - 1)
		w.wantHolder("1", "")
		w.pass(1)
		w.wantHolder("1", "sender")
	})
	t.Run("group", func(t *testing.T) {
		w := from(t, conversation.TransferArgs{Group: "h"})
		w.wantOffers("1", "target")
		if got := w.b.Order("h"); !slices.Equal(got, []string{"1"}) || len(w.b.Order("g")) != 0 {
			t.Fatalf("order of h %v, of g %v", got, w.b.Order("g"))
		}
	})
	t.Run("sender of another group comes free later", func(t *testing.T) {
		w := from(t, conversation.TransferArgs{Group: "nobody"})
		w.load("sender", 3)
		w.pass(40 * second)
		w.wantHolder("1", "")
		w.load("sender", -1)
		w.settle()
		w.wantHolder("1", "sender")
	})
}

// TestBoard_DeskDiesBeforeAssignment: the desk is thought alive, does not show the chat, and the only other one is called,
// though its agent had declined.
func TestBoard_DeskDiesBeforeAssignment(t *testing.T) {
	w := newWorld(t)
	w.agent("dead", 9, []string{"g"})
	w.agent("well", 9, []string{"g"}).Load = 5
	w.b.SetAgent(*w.agents["well"])
	w.wait("1", "g", "dispute")
	w.pass(24 * second)
	w.must(w.by("well", conversation.Decline, "1", nil)) // so that both have passed and load decides
	w.alive["dead"] = false
	w.pass(second)
	w.wantHolder("1", "dead")
	w.pass(3*second - 1)
	w.wantHolder("1", "")
	w.pass(1)
	w.wantHolder("1", "well")
	if n := w.chats["1"].Hold.Waited; n > 30*second {
		t.Fatalf("waited %d ms", n)
	}
}

// TestBoard_ADeafDeskIsNotFlooded: the only desk never shows what it is given; it is asked every ten seconds, no oftener.
func TestBoard_ADeafDeskIsNotFlooded(t *testing.T) {
	w := newWorld(t)
	w.agent("deaf", 1, []string{"g"})
	w.deaf["deaf"] = true
	n, called := 0, 0
	w.watch = func(c conversation.Command) {
		switch p := c.Payload.(type) {
		case conversation.AssignArgs:
			n++
		case event.OfferBody:
			if c.Kind == conversation.MakeOffer && p.Round == conversation.RoundCall {
				called++
			}
		}
	}
	w.wait("1", "g", "dispute")
	w.pass(85 * second)
	if n != 1 || called < 4 || called > 5 {
		t.Fatalf("assigned %d times and called %d times in the minute after 25 s", n, called)
	}
	w.deaf["deaf"] = false
	w.pass(12 * second)
	w.wantHolder("1", "deaf")
}

// TestBoard_CallsOutWhatWasNotShown: after an unanswered assignment all desks are called at once; who had declined hears it
// a second later; the first to answer has the chat, assigned and shown, and the others' calls end with it.
func TestBoard_CallsOutWhatWasNotShown(t *testing.T) {
	w := newWorld(t)
	for _, id := range []string{"a", "b", "c", "d"} {
		w.agent(id, 3, []string{"g"})
		w.deaf[id] = true
	}
	w.agent("busy", 1, []string{"g"})
	w.load("busy", 1)
	w.agent("x", 3, []string{"other"})
	w.wait("1", "g", "dispute")
	w.settle()
	w.must(w.by("a", conversation.Decline, "1", nil))
	w.pass(20 * second)
	w.load("b", 2) // so that c is the least loaded who did not pass it, or d
	w.pass(5 * second)
	given := w.chats["1"].Agent
	if given == "" || given == "a" {
		t.Fatalf("assigned to %q", given)
	}
	w.pass(2 * second)
	first := slices.DeleteFunc([]string{"b", "c", "d"}, func(id string) bool { return id == given || slices.Contains(w.chats["1"].Wait.Passed, id) })
	w.wantOffers("1", first...)
	w.pass(second)
	all := slices.DeleteFunc([]string{"a", "b", "c", "d"}, func(id string) bool { return id == given })
	w.wantOffers("1", all...)
	if got := w.called(w.chats["1"]); len(got) != len(all) {
		t.Fatalf("called out to %v, offered to %v", got, all)
	}
	who := all[len(all)-1]
	epoch := w.chats["1"].Epoch
	w.deaf[who] = false
	w.settle()
	w.wantHolder("1", who)
	if h := w.chats["1"].Hold; h.How != event.HowAssigned || !h.Seen || w.chats["1"].Epoch != epoch+1 {
		t.Fatalf("hold %+v, epoch %d after %d", h, w.chats["1"].Epoch, epoch)
	}
	late := w.by(all[0], conversation.See, "1", nil)
	if no := w.do(late); no == nil || no.Code != conversation.NotHolder {
		t.Fatalf("a late answer to a call: %v", no)
	}
}

func TestBoard_NobodyFreeIsSaidHonestly(t *testing.T) {
	w := newWorld(t)
	var said []string
	w.watch = func(c conversation.Command) {
		said = append(said, fmt.Sprintf("%s %s %d", c.Conv, c.Kind, w.now%100_000/second))
	}
	w.now = 1_700_000_000_000
	w.wait("1", "g", "dispute")
	w.now += second
	w.wait("2", "g", "dispute")
	w.pass(40 * second)
	want := []string{"1 tell_place 12", "2 tell_place 13", "1 alarm 30", "2 alarm 31"}
	if !slices.Equal(said, want) {
		t.Fatalf("said %v, want %v", said, want)
	}
	if w.chats["2"].Wait.Place != 2 {
		t.Fatalf("place %d", w.chats["2"].Wait.Place)
	}
	w.must(conversation.Command{Kind: conversation.Close, Conv: "1", Actor: event.Actor{Kind: event.Customer, ID: "of 1"}})
	w.pass(30 * second)
	if said[len(said)-1] != "2 tell_place 53" || w.chats["2"].Wait.Place != 1 { // looked at 33 (unchanged) and 53
		t.Fatalf("said %v", said)
	}
}

// TestBoard_ARefusedCommandIsRetried: the floor says nothing about a command, as after a lost append.
func TestBoard_ARefusedCommandIsRetried(t *testing.T) {
	w := newWorld(t)
	w.agent("a", 1, []string{"g"})
	w.wait("1", "g", "dispute")
	w.settle()
	w.now += 25 * second
	if c := w.b.Next(w.now); len(c) == 0 || c[len(c)-1].Kind != conversation.Assign {
		t.Fatalf("commands %v", c)
	}
	if at := w.b.Wake(); at > w.now+second {
		t.Fatalf("wakes at %d", at-w.now)
	}
	w.pass(second)
	w.wantHolder("1", "a")
}

// TestBoard_AnAssignmentFreesOthersInOrder: giving away a chat frees an agent who was offered it; who waited longer gets
// that agent, though only the later chat has something due at this moment.
func TestBoard_AnAssignmentFreesOthersInOrder(t *testing.T) {
	w := newWorld(t)
	w.agent("a", 1, []string{"g"})
	w.load("a", 1)
	w.wait("1", "g", "dispute")
	w.pass(second)
	w.wait("2", "g", "dispute")
	w.pass(4 * second)
	w.wait("3", "g", "dispute")
	w.pass(7 * second)
	w.load("a", -1)
	w.settle()
	w.wantOffers("1", "a")
	w.pass(9 * second)
	w.agent("rock", 100, []string{"g"})
	w.settle()
	for _, id := range []string{"2", "3"} {
		w.must(w.by("rock", conversation.Decline, id, nil))
	}
	w.pass(4*second - 1)
	w.wantOffers("1", "a", "rock")
	w.wantOffers("2")
	w.wantOffers("3")
	w.pass(1) // 25 s after 1, and 20 s after 3
	w.wantHolder("1", "rock")
	w.wantOffers("2", "a")
	w.wantOffers("3")
}

// TestBoard_ASenderIsGivenTheirTransferWhenAnOfferEnds: the only place of the sender was offered to a more urgent chat of
// another group.
func TestBoard_ASenderIsGivenTheirTransferWhenAnOfferEnds(t *testing.T) {
	w := newWorld(t)
	w.agent("sender", 1, []string{"g"})
	w.wait("1", "g", "dispute")
	w.settle()
	w.must(w.by("sender", conversation.Accept, "1", nil))
	w.must(w.by("sender", conversation.Transfer, "1", conversation.TransferArgs{Group: "nobody"}))
	w.pass(20 * second)
	w.wait("2", "g", "angry")
	w.settle()
	w.wantOffers("2", "sender")
	w.pass(10 * second)
	w.wantHolder("1", "") // the sender's place is spoken for
	w.must(w.by("sender", conversation.Decline, "2", nil))
	w.settle()
	w.wantHolder("1", "sender")
}
