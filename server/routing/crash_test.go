package routing

import (
	"fmt"
	"slices"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"

	"pgregory.net/rapid"
)

// crash is up to five desks that die before the one that lives has any reason to be asked, at the worst moments.
type crash struct {
	*world
	rt   *rapid.T
	dies map[string]int64 // when a desk was last alive
}

func newCrash(rt *rapid.T) *crash {
	g := &crash{world: newWorld(rt), rt: rt, dies: map[string]int64{}}
	for i := range rapid.IntRange(1, 5).Draw(rt, "others") {
		g.agent(fmt.Sprintf("a%d", i), rapid.IntRange(1, 4).Draw(rt, "capacity"), []string{"g"})
	}
	z := g.agent("z", 20, []string{"g"})
	z.Load = 16 // busier than any other, so the last choice, with room for all
	g.b.SetAgent(*z)
	return g
}

func (g *crash) die(id string) {
	if id != "z" && g.alive[id] {
		g.alive[id], g.dies[id] = false, g.now
	}
}

// watchUntilShown passes time until every chat was shown, and fails where one waits too long.
func (g *crash) watchUntilShown(from int64) {
	for end := from + 31*second; g.now < end; {
		g.world.pass(50)
		for id, at := range g.dies { // missed at the last possible moment
			if g.now-at >= 3*second && g.agents[id].Beating {
				g.agents[id].Beating = false
				g.b.SetBeat(id, false)
			}
		}
		g.settle()
		open := false
		for _, id := range g.sorted() {
			s := g.chats[id]
			if s.Hold != nil && s.Hold.Seen {
				continue
			}
			open = true
			if g.now-s.Clock > 30*second {
				g.rt.Fatalf("%s waits for %d ms, z is free\n%v", id, g.now-s.Clock, g.log)
			}
		}
		if !open {
			return
		}
	}
}

// TestPromise3_DesksDieTogether: one to five desks die at the same moment, any moment.
func TestPromise3_DesksDieTogether(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := newCrash(rt)
		from := g.now
		for i := range rapid.IntRange(1, 4).Draw(rt, "chats") {
			g.wait(fmt.Sprint("c", i), "g", "human_request")
		}
		if rapid.Bool().Draw(rt, "z declined") {
			g.settle()
			g.pass(21 * second)
			for _, id := range g.sorted() {
				if slices.Contains(g.offered(id), "z") {
					g.must(g.by("z", conversation.Decline, id, nil))
				}
			}
		}
		at := from + int64(rapid.IntRange(20_000, 29_900).Draw(rt, "together at"))
		if g.now < at {
			g.pass(at - g.now)
		}
		for id := range g.agents {
			g.die(id)
		}
		g.watchUntilShown(from)
	})
}

// TestPromise3_EachDeskDiesWhenAsked: every desk but one dies at the moment at which it is asked to show a chat.
func TestPromise3_EachDeskDiesWhenAsked(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := newCrash(rt)
		g.onAsk = g.die
		assigned := 0
		g.watch = func(c conversation.Command) {
			if c.Kind == conversation.Assign {
				assigned++
			}
		}
		from := g.now
		for i := range rapid.IntRange(1, 4).Draw(rt, "chats") {
			g.wait(fmt.Sprint("c", i), "g", "human_request")
		}
		g.watchUntilShown(from)
		if assigned == 0 {
			rt.Fatalf("nothing was assigned: this shows nothing")
		}
		for id, s := range g.chats {
			if s.Agent != "z" || s.Hold.How != event.HowAssigned {
				rt.Fatalf("%s: %+v", id, s.Hold)
			}
		}
	})
}
