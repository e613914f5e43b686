package routing

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"

	"pgregory.net/rapid"
)

// floorGame plays a random shift: chats come, agents accept, decline, ignore, hand on, close, lose desks and come back.
type floorGame struct {
	*world
	rt    *rapid.T
	rock  bool             // one living desk that always has room
	dead  map[string]int64 // when a desk died
	queue map[string]int64 // when each waiting chat began to wait (not seen by any person)
	n     int

	fragile map[string]bool // desks that die when they are asked to show a chat
}

func (g *floorGame) die(id string) {
	if g.alive[id] {
		g.alive[id], g.dead[id] = false, g.now
	}
}

func newGame(rt *rapid.T, rock bool) *floorGame {
	g := &floorGame{world: newWorld(rt), rt: rt, rock: rock, dead: map[string]int64{}, queue: map[string]int64{}, fragile: map[string]bool{}}
	g.onAsk = func(id string) {
		if g.fragile[id] {
			g.die(id)
		}
	}
	for i := range rapid.IntRange(1, 6).Draw(rt, "agents") {
		groups := [][]string{{"g"}, {"h"}, {"g", "h"}}[rapid.IntRange(0, 2).Draw(rt, "groups")]
		skills := [][]string{nil, {"tea"}}[rapid.IntRange(0, 1).Draw(rt, "skill")]
		a := g.agent(fmt.Sprintf("a%d", i), rapid.IntRange(1, 3).Draw(rt, "capacity"), groups, skills...)
		a.Senior = rapid.Bool().Draw(rt, "senior")
		g.b.SetAgent(*a)
	}
	if rock {
		g.agent("rock", 100, []string{"g", "h"}, "tea")
	}
	g.watch = g.fair
	return g
}

// fair is promise 4, at the moment somebody is asked: nobody of the same class who came first, whom the same agent could
// have served, is still without an offer.
func (g *floorGame) fair(c conversation.Command) {
	var who string
	switch p := c.Payload.(type) {
	case event.OfferBody:
		if c.Kind != conversation.MakeOffer {
			return
		}
		who = p.Agent
	case conversation.AssignArgs:
		who = p.Agent
	default:
		return
	}
	me := g.chats[c.Conv].Wait
	for id, s := range g.chats {
		w := s.Wait
		if w == nil || id == c.Conv || w.Class != me.Class || w.Group != me.Group || len(w.Offers) > 0 || w.Target != "" || me.Target != "" {
			continue
		}
		before := cmp.Or(cmp.Compare(bit(me.First), bit(w.First)), cmp.Compare(w.Since, me.Since), cmp.Compare(w.Entered, me.Entered)) < 0
		if me.Since+25*second <= g.now && w.Since+25*second > g.now {
			continue // what must be assigned now takes what nobody more urgent is offered; it is not a later chat
		}
		a := g.agents[who]
		if before && slices.Contains(a.Groups, w.Group) && conversation.HasSkills(a, w.Skills) && w.Fallback != who && !slices.Contains(w.Passed, who) {
			g.rt.Fatalf("%s got %s although %s came first: %+v before %+v\n%v", who, c.Conv, id, w, me, g.log)
		}
	}
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// check is promise 3 after everything due has happened.
func (g *floorGame) check() {
	for id, s := range g.chats {
		seen := s.Hold != nil && s.Hold.Seen
		switch {
		case s.Seat == conversation.SeatBot || s.Seat == conversation.SeatClosed || seen:
			delete(g.queue, id)
		case g.queue[id] == 0:
			g.queue[id] = g.now
		}
		if since := g.queue[id]; since != 0 && g.rock && g.now-since > 30*second {
			g.rt.Fatalf("%s waits for %d ms with somebody free: %+v\n%v", id, g.now-since, s.Wait, g.log)
		}
		w := s.Wait
		if w == nil || g.now < w.Since+25*second {
			continue
		}
		for _, a := range g.agents {
			able := a.Status == event.Online && a.Beating && (a.ID == w.Fallback || a.ID == w.Target ||
				slices.Contains(a.Groups, w.Group) && conversation.HasSkills(a, w.Skills))
			if !able || slices.Contains(w.Unseen, a.ID) || a.Load+g.spoken(a.ID, s) >= a.Capacity {
				continue
			}
			if len(w.Unseen) > 0 && (slices.Contains(g.called(s), a.ID) || g.now < w.UnseenAt+second) {
				continue // is being asked, or one of those who hear it a second later
			}
			g.rt.Fatalf("at %d %s has waited since %d although %s has room: %+v, agent %+v\n%v", g.now, id, w.Since, a.ID, w, a, g.log)
		}
	}
}

// spoken is how many places of an agent are offered to chats more urgent than s.
func (g *floorGame) spoken(agent string, s *conversation.State) int {
	n := 0
	for _, o := range g.chats {
		if o != s && o.Wait != nil && slices.ContainsFunc(o.Wait.Offers, func(f conversation.Offer) bool { return f.Agent == agent }) &&
			ahead(g.b.chats[o.ID], g.b.chats[s.ID]) {
			n++
		}
	}
	return n
}

func (g *floorGame) step() {
	rt := g.rt
	g.pass(int64(rapid.SampledFrom([]int{0, 0, 300, 1000, 2000, 5000, 10_000, 26_000}).Draw(rt, "ms")))
	var names []string
	for id := range g.agents {
		if id != "rock" {
			names = append(names, id)
		}
	}
	slices.Sort(names)
	who := rapid.SampledFrom(names).Draw(rt, "who")
	a := g.agents[who]
	switch rapid.IntRange(0, 9).Draw(rt, "what") {
	case 0, 1, 2:
		g.n++
		reason := rapid.SampledFrom([]string{"angry", "anxious", "dispute", "human_request", "bot_failed"}).Draw(rt, "reason")
		skills := [][]string{nil, nil, {"tea"}}[rapid.IntRange(0, 2).Draw(rt, "needs")]
		g.wait(fmt.Sprintf("c%03d", g.n), rapid.SampledFrom([]string{"g", "h"}).Draw(rt, "group"), reason, skills...)
	case 3: // accept the first offer
		for _, id := range g.sorted() {
			if slices.Contains(g.offered(id), who) {
				g.do(g.by(who, conversation.Accept, id, nil))
				break
			}
		}
	case 4: // decline all
		for _, id := range g.sorted() {
			if slices.Contains(g.offered(id), who) {
				g.must(g.by(who, conversation.Decline, id, nil))
			}
		}
	case 5: // the desk dies, is missed after 3 s, lost after 10; at times all do, or each when it is asked to show a chat
		die := []string{who}
		switch rapid.IntRange(0, 3).Draw(rt, "dies") {
		case 0:
			die = names
		case 1:
			die = nil
			g.fragile[who] = true
		}
		for _, id := range die {
			g.die(id)
		}
	case 6: // ... and comes back
		if !g.alive[who] {
			g.alive[who], a.Beating = true, true
			delete(g.dead, who)
			delete(g.fragile, who)
			g.b.SetBeat(who, true)
		}
	case 7: // close or hand on
		for _, id := range g.sorted() {
			if s := g.chats[id]; s.Agent == who && s.Hold.Seen {
				if rapid.Bool().Draw(rt, "hand on") {
					g.must(g.by(who, conversation.Transfer, id, conversation.TransferArgs{Group: rapid.SampledFrom([]string{"g", "h"}).Draw(rt, "to")}))
				} else {
					g.must(g.by(who, conversation.Close, id, conversation.CloseArgs{Disposition: "x"}))
				}
				break
			}
		}
	case 8: // pause and go on
		a.Status = map[string]string{event.Online: event.Busy, event.Busy: event.Online}[a.Status]
		g.b.SetAgent(*a)
	case 9: // claim
		if id, ok := g.b.MostUrgent(who); ok {
			g.do(g.by(who, conversation.Claim, id, nil))
		}
	}
	g.settle()
	g.check()
}

// pass goes in small steps, in which desks are missed and lost, and checks after each.
func (g *floorGame) pass(ms int64) {
	for end := g.now + ms; g.now < end; {
		step := min(end-g.now, 250)
		g.world.pass(step)
		for _, id := range g.sortedDead() {
			age := g.now - g.dead[id]
			if age >= 3*second && g.agents[id].Beating {
				g.agents[id].Beating = false
				g.b.SetBeat(id, false)
			}
			if age < 10*second {
				continue
			}
			for _, c := range g.sorted() {
				if s := g.chats[c]; s.Agent == id {
					g.must(conversation.Command{Kind: conversation.Return, Conv: c, Actor: event.Actor{Kind: event.System},
						Payload: conversation.ReturnArgs{Why: event.WhyDeskGone}})
				}
			}
		}
		g.settle()
		g.check()
	}
}

func (g *floorGame) sortedDead() []string {
	var out []string
	for id := range g.dead {
		out = append(out, id)
	}
	slices.Sort(out)
	return out
}

// TestPromise3_SomebodyFree: one living desk has room for all. Whatever it and the others ignore, decline or lose, every
// chat is taken, and shown on a desk, within 30 seconds.
func TestPromise3_SomebodyFree(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := newGame(rt, true)
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			g.step()
		}
		g.pass(31 * second)
	})
}

// TestPromise3_ScarcePeople: with few people, no place stays empty after 25 s that is not offered to somebody more urgent.
func TestPromise3_ScarcePeople(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		g := newGame(rt, false)
		for range rapid.IntRange(1, 60).Draw(rt, "steps") {
			g.step()
		}
		g.pass(31 * second)
	})
}

// TestNext_Deterministic: the same shift played twice gives the same commands, in the same order.
func TestNext_Deterministic(t *testing.T) {
	play := func(seed int) []string {
		return rapid.Custom(func(rt *rapid.T) []string {
			g := newGame(rt, false)
			for range 60 {
				g.step()
			}
			return g.log
		}).Example(seed)
	}
	for seed := range 5 {
		if a, b := play(seed), play(seed); !slices.Equal(a, b) || len(a) == 0 {
			t.Fatalf("seed %d: %d commands, then %d", seed, len(a), len(b))
		}
	}
}
