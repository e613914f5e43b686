package routing

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// BenchmarkDecision is one whole decision with 2,000 agents in 20 groups and 5,000 chats waiting: a command, its fold, the
// board's update and everything the board then says, decided and folded too. An agent closes a chat and is given the most
// urgent one that waits; in its place a customer escalates. One in ten chats asks for a skill that one agent in ten has.
func BenchmarkDecision(b *testing.B) {
	w := newWorld(b)
	rnd := rand.New(rand.NewPCG(1, 2))
	skills := func(i int) []string {
		if i%10 == 0 {
			return []string{"allergy"}
		}
		return nil
	}
	const groups, agents, waiting = 20, 2000, 5000
	var held []string
	for i := range agents {
		a := w.agent(fmt.Sprintf("a%04d", i), 3, []string{fmt.Sprint("g", i%groups)}, skills(i/groups)...)
		a.Senior = i%7 == 0
		id := fmt.Sprintf("h%04d", i)
		w.open(id, a.Groups[0])
		w.must(w.by(a.ID, conversation.Claim, id, nil))
		held = append(held, id)
		a.Load = 3
		w.b.SetAgent(*a)
	}
	reasons := []string{"angry", "anxious", "dispute", "human_request", "bot_failed"}
	next := 0
	open := func() string {
		id := fmt.Sprintf("w%08d", next)
		next++
		w.open(id, fmt.Sprint("g", rnd.IntN(groups)))
		return id
	}
	for i := range waiting {
		w.escalate(open(), reasons[i%len(reasons)], skills(i)...)
		w.now += 20
	}
	var offers []conversation.Command // to be accepted
	run := func(c conversation.Command) {
		if no := w.do(c); no != nil {
			b.Fatal(no)
		}
		for range 100 {
			cmds := w.b.Next(w.now)
			if len(cmds) == 0 {
				return
			}
			for _, c := range cmds {
				if no := w.do(c); no != nil {
					b.Fatal(no)
				}
				switch p := c.Payload.(type) {
				case conversation.AssignArgs:
					held = append(held, c.Conv)
				case event.OfferBody:
					if c.Kind == conversation.MakeOffer {
						offers = append(offers, w.by(p.Agent, conversation.Accept, c.Conv, nil))
					}
				}
			}
		}
		b.Fatal("the board does not come to rest")
	}
	for len(w.b.Next(w.now)) > 0 { // the alarms and places of the fill, which came within one minute
		for id, s := range w.chats {
			if s.Wait != nil {
				s.Wait.Alarmed, s.Wait.Place, s.Wait.ToldAt = true, w.b.Place(id), w.now
				w.b.Set(s)
			}
		}
	}
	var took []time.Duration
	timed := func(c conversation.Command) {
		at := time.Now()
		run(c)
		took = append(took, time.Since(at))
		for len(offers) > 0 {
			c := offers[0]
			offers = offers[1:]
			at := time.Now()
			run(c)
			took = append(took, time.Since(at))
			held = append(held, c.Conv)
		}
	}
	b.ResetTimer()
	for i := 0; b.Loop(); i++ {
		w.now += 5
		k := rnd.IntN(len(held))
		id := held[k]
		held[k] = held[len(held)-1]
		held = held[:len(held)-1]
		who := w.chats[id].Agent
		timed(w.by(who, conversation.Close, id, conversation.CloseArgs{Disposition: "answered"}))
		delete(w.chats, id)
		id = open()
		timed(conversation.Command{Kind: conversation.Escalate, Conv: id, Actor: event.Actor{Kind: event.Bot, ID: "bot"},
			Payload: conversation.EscalateArgs{Reason: reasons[i%len(reasons)], Skills: skills(i)}})
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)*99/100].Nanoseconds())/1000, "p99-µs")
	b.ReportMetric(float64(took[len(took)/2].Nanoseconds())/1000, "p50-µs")
	b.ReportMetric(float64(len(w.b.chats)), "waiting")
}
