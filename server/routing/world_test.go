package routing

import (
	"fmt"
	"slices"
	"sort"

	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"

	"pgregory.net/rapid"
)

// world is a floor without a disk: Decide, Fold and Board with a simulated clock, and desks that may be dead.
type world struct {
	t      rapid.TB
	pol    *conversation.Policy
	b      *Board
	now    int64
	ids    int64
	seq    uint64
	agents map[string]*conversation.Agent
	alive  map[string]bool // the desk runs; Beating follows three seconds later
	deaf   map[string]bool // the desk beats but never shows what is assigned
	chats  map[string]*conversation.State
	watch  func(c conversation.Command) // sees each routing command before it is decided
	onAsk  func(agent string)           // a desk is asked to show a chat, before it answers
	log    []string
}

const second = int64(1000)

func newWorld(t rapid.TB) *world {
	pol := conversation.Default()
	return &world{t: t, pol: pol, b: New(pol), now: 1_700_000_000_000, agents: map[string]*conversation.Agent{},
		alive: map[string]bool{}, deaf: map[string]bool{}, chats: map[string]*conversation.State{}}
}

func (w *world) env() *conversation.Env {
	return &conversation.Env{Now: w.now, Policy: w.pol, NewID: func() event.ID {
		w.ids++
		var e [10]byte
		e[7], e[8], e[9] = byte(w.ids>>16), byte(w.ids>>8), byte(w.ids)
		return event.NewID(time.UnixMilli(w.now), e)
	}, Agent: func(id string) (conversation.Agent, bool) {
		if a := w.agents[id]; a != nil {
			return *a, true
		}
		return conversation.Agent{}, false
	}}
}

func (w *world) agent(id string, capacity int, groups []string, skills ...string) *conversation.Agent {
	a := &conversation.Agent{ID: id, Name: id, Role: "agent", Status: event.Online, Capacity: capacity, Groups: groups, Skills: skills, Beating: true}
	w.agents[id], w.alive[id] = a, true
	w.b.SetAgent(*a)
	return a
}

// do decides and folds one command, and tells the board.
func (w *world) do(c conversation.Command) *conversation.Refusal {
	s := w.chats[c.Conv]
	if s == nil {
		s = &conversation.State{}
		w.chats[c.Conv] = s
	}
	before := s.Agent
	evs, no := conversation.Decide(s, &c, w.env())
	if no == nil {
		w.seq++
		for i := range evs {
			if err := conversation.Fold(s, &event.Placed{Seq: w.seq, Idx: i, Time: w.now, Event: evs[i]}); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	if s.Agent != before {
		w.load(before, -1)
		w.load(s.Agent, 1)
	}
	w.b.Set(s)
	return no
}

func (w *world) load(id string, n int) {
	if a := w.agents[id]; a != nil {
		a.Load += n
		w.b.SetAgent(*a)
	}
}

// settle does everything that is due now, and what living desks do by themselves.
func (w *world) settle() {
	for range 1000 {
		quiet := true
		for _, c := range w.b.Next(w.now) {
			quiet = false
			if w.watch != nil {
				w.watch(c)
			}
			w.log = append(w.log, fmt.Sprintf("%d %s %s %v", w.now, c.Conv, c.Kind, c.Payload))
			if no := w.do(c); no != nil {
				w.t.Fatalf("the board's %s %v for %s was refused: %v", c.Kind, c.Payload, c.Conv, no)
			}
		}
		for _, id := range w.sorted() {
			s := w.chats[id]
			if h := s.Hold; h != nil && !h.Seen {
				w.asked(h.Agent)
				if w.answers(h.Agent) {
					w.must(w.by(h.Agent, conversation.See, id, nil))
				}
			}
			if who := w.called(s); len(who) > 0 {
				for _, a := range who {
					w.asked(a)
				}
				for _, a := range who {
					if w.answers(a) && s.Wait != nil { // the first one has it
						quiet = false
						w.must(w.by(a, conversation.See, id, nil))
					}
				}
			}
			for _, c := range conversation.Due(s, w.now, w.pol) {
				if c.Kind == conversation.Return {
					quiet = false
					w.must(c)
				}
			}
		}
		if quiet {
			if at := w.b.Wake(); at != 0 && at <= w.now {
				w.t.Fatalf("nothing is left to do at %d, but the board wakes at %d", w.now, at)
			}
			return
		}
	}
	w.t.Fatalf("the board does not come to rest: %v", w.log[max(0, len(w.log)-20):])
}

func (w *world) answers(agent string) bool { return w.alive[agent] && !w.deaf[agent] }

func (w *world) asked(agent string) {
	if w.onAsk != nil {
		w.onAsk(agent)
	}
}

// called are the agents whom a chat is called out to.
func (w *world) called(s *conversation.State) (who []string) {
	if s.Wait == nil {
		return nil
	}
	for _, o := range s.Wait.Offers {
		if o.Round == conversation.RoundCall {
			who = append(who, o.Agent)
		}
	}
	return who
}

func (w *world) must(c conversation.Command) {
	if no := w.do(c); no != nil {
		w.t.Fatalf("%s of %s for %s: %v", c.Kind, c.Actor, c.Conv, no)
	}
}

func (w *world) by(agent string, k conversation.Kind, conv string, payload any) conversation.Command {
	return conversation.Command{Kind: k, Conv: conv, Actor: event.Actor{Kind: event.Agent, ID: agent}, Role: w.agents[agent].Role,
		Epoch: w.chats[conv].Epoch, Payload: payload}
}

// wait opens a chat and escalates it.
func (w *world) wait(id, group, reason string, skills ...string) {
	w.open(id, group)
	w.escalate(id, reason, skills...)
}

func (w *world) open(id, group string) {
	w.must(conversation.Command{Kind: conversation.Post, Conv: id, Actor: event.Actor{Kind: event.Customer, ID: "of " + id},
		Payload: conversation.PostArgs{Text: "在吗"}, Opening: &conversation.Opening{Body: event.OpenedBody{Group: group}}})
}

func (w *world) escalate(id, reason string, skills ...string) {
	w.must(conversation.Command{Kind: conversation.Escalate, Conv: id, Actor: event.Actor{Kind: event.Bot, ID: "bot"},
		Payload: conversation.EscalateArgs{Reason: reason, Skills: skills}})
}

// pass lets time go by, stopping wherever somebody wakes.
func (w *world) pass(ms int64) {
	end := w.now + ms
	w.settle()
	for w.now < end {
		next := end
		if at := w.b.Wake(); at > w.now {
			next = min(next, at)
		}
		for _, s := range w.chats {
			if s.Hold != nil && !s.Hold.Seen {
				next = min(next, max(conversation.NextDue(s, w.pol), w.now+1))
			}
		}
		w.now = next
		w.settle()
	}
}

func (w *world) sorted() []string {
	out := make([]string, 0, len(w.chats))
	for id := range w.chats {
		out = append(out, id)
	}
	sort.Strings(out)
	return out
}

func (w *world) offered(conv string) []string {
	var out []string
	if wt := w.chats[conv].Wait; wt != nil {
		for _, o := range wt.Offers {
			out = append(out, o.Agent)
		}
	}
	slices.Sort(out)
	return out
}

func (w *world) wantOffers(conv string, agents ...string) {
	w.t.Helper()
	if got := w.offered(conv); !slices.Equal(got, agents) {
		w.t.Fatalf("%s is offered to %v, want %v", conv, got, agents)
	}
}

func (w *world) wantHolder(conv, agent string) {
	w.t.Helper()
	if got := w.chats[conv].Agent; got != agent {
		w.t.Fatalf("%s is held by %q, want %q", conv, got, agent)
	}
}
