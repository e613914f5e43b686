package conversation

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"agentdesk/sync/event"
)

// room plays commands on one conversation, as the floor does: decide, store as JSON, fold.
type room struct {
	t      testing.TB
	s      *State
	now    int64
	seq    uint64
	ids    int64
	agents map[string]Agent
	pol    *Policy
	events []event.Event // of the last command
	all    []event.Placed
}

const (
	start = int64(1_700_000_000_000)
	group = "skin"
	conv  = "c1"
	cust  = "u1"
)

func newRoom(t testing.TB) *room {
	r := &room{t: t, s: &State{}, now: start, pol: Default(), agents: map[string]Agent{}}
	for _, a := range []Agent{
		{ID: "ann", Name: "安安", Role: RoleAgent, Groups: []string{group}},
		{ID: "bob", Name: "博", Role: RoleAgent, Groups: []string{group}, Skills: []string{"allergy"}},
		{ID: "lee", Name: "李", Role: RoleLead, Groups: []string{group}},
		{ID: "out", Name: "外", Role: RoleAgent, Groups: []string{"hair"}},
		{ID: "sup", Name: "主管", Role: RoleSupervisor},
		{ID: "adm", Name: "管", Role: RoleAdmin, Groups: []string{group}},
	} {
		a.Status, a.Capacity, a.Beating = event.Online, 3, true
		r.agents[a.ID] = a
	}
	return r
}

func (r *room) env() *Env {
	return &Env{Now: r.now, Policy: r.pol, NewID: func() event.ID {
		r.ids++
		var e [10]byte
		e[8], e[9] = byte(r.ids>>8), byte(r.ids)
		return event.NewID(time.UnixMilli(r.now), e)
	}, Agent: func(id string) (Agent, bool) { a, ok := r.agents[id]; return a, ok }}
}

// try decides and folds, and checks what must hold for every command.
func (r *room) try(c Command) *Refusal {
	r.t.Helper()
	if c.Conv == "" && r.s.ID != "" {
		c.Conv = r.s.ID
	}
	before := r.s.Clone()
	evs, no := Decide(r.s, &c, r.env())
	if !reflect.DeepEqual(before, r.s.Clone()) {
		r.t.Fatalf("%s changed the state while deciding", c.Kind)
	}
	r.events = evs
	if no != nil {
		if len(evs) > 0 || no.Text == "" {
			r.t.Fatalf("%s refused with events or without a sentence: %v", c.Kind, no)
		}
		return no
	}
	r.seq++
	for i, e := range evs {
		if (i == 0) != (e.ClientID != "") && c.ClientID != "" {
			r.t.Fatalf("%s: the client ID belongs on the first event alone", c.Kind)
		}
		data, err := json.Marshal(e)
		if err != nil {
			r.t.Fatal(err)
		}
		p := event.Placed{Seq: r.seq, Idx: i, Time: r.now}
		if err := json.Unmarshal(data, &p.Event); err != nil {
			r.t.Fatal(err)
		}
		if err := Fold(r.s, &p); err != nil {
			r.t.Fatalf("fold of what %s decided: %v", c.Kind, err)
		}
		r.all = append(r.all, p)
	}
	return nil
}

func (r *room) do(c Command) *room {
	r.t.Helper()
	if no := r.try(c); no != nil {
		r.t.Fatalf("%s by %s refused: %v", c.Kind, c.Actor, no)
	}
	return r
}

func (r *room) pass(d time.Duration) *room { r.now += d.Milliseconds(); return r }

// due plays what is due, as the floor's timer does.
func (r *room) due() *room {
	r.t.Helper()
	for _, c := range Due(r.s, r.now, r.pol) {
		r.do(c)
	}
	return r
}

func (r *room) types() []event.Type {
	var out []event.Type
	for _, e := range r.events {
		out = append(out, e.Type)
	}
	return out
}

func say(text string) PostArgs {
	return PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: text}
}

func byCustomer(k Kind, p any) Command {
	return Command{Kind: k, ClientID: "x", Actor: event.Actor{Kind: event.Customer, ID: cust}, Payload: p}
}

func byBot(r *room, k Kind, p any) Command {
	return Command{Kind: k, ClientID: "x", Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Epoch: r.s.Epoch, Payload: p}
}

func (r *room) by(agent string, k Kind, p any) Command {
	return Command{Kind: k, ClientID: "x", Actor: event.Actor{Kind: event.Agent, ID: agent}, Role: r.agents[agent].Role, Epoch: r.s.Epoch, Payload: p}
}

func bySystem(k Kind, p any) Command {
	return Command{Kind: k, Actor: event.Actor{Kind: event.System}, Payload: p}
}

func opening() *Opening {
	return &Opening{Body: event.OpenedBody{Channel: "web", Group: group, Tier: "gold"}, Private: event.OpenedPrivate{Name: "林"}}
}

// opened is a chat that the bot holds, with one unanswered message.
func opened(t testing.TB) *room {
	t.Helper()
	r := newRoom(t)
	c := byCustomer(Post, say("在吗"))
	c.Conv, c.Opening = conv, opening()
	return r.do(c)
}

func waiting(t testing.TB) *room {
	t.Helper()
	r := opened(t)
	return r.do(byBot(r, Escalate, EscalateArgs{Reason: "human_request"}))
}

func heldBy(t testing.TB, agent string) *room {
	t.Helper()
	r := waiting(t).pass(4 * time.Second)
	return r.do(r.by(agent, Claim, nil))
}

func offer(agent string) Command {
	return bySystem(MakeOffer, event.OfferBody{Agent: agent, Round: 1, Until: start + 20_000})
}
