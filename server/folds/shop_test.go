package folds_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/server/identity/keyring"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// keys seals without cryptography: what counts here is that an erased customer's text is gone.
type keys struct {
	mu  sync.Mutex
	gen map[string]byte
}

func newKeys() *keys { return &keys{gen: map[string]byte{}} }

// Seal implements eventlog.Sealer.
func (k *keys) Seal(customer string, plain, _ []byte) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]byte{k.gen[customer]}, plain...), nil
}

// Unseal implements eventlog.Unsealer.
func (k *keys) Unseal(customer string, sealed, _ []byte) ([]byte, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if sealed[0] != k.gen[customer] {
		return nil, keyring.ErrNoKey
	}
	return sealed[1:], nil
}

func (k *keys) erase(customer string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.gen[customer]++
}

// shop writes a plausible log: it keeps just enough state to give each event a sensible place.
type shop struct {
	t     testing.TB
	log   *eventlog.Memory
	keys  *keys
	seq   uint64
	hash  string
	now   int64
	n     int
	convs []*conversation.State // open ones
	all   []string
	posts map[string]string // message ID → text, of customers not erased
	evs   []event.Event     // of the record being made
	gone  []event.ID        // messages that were recalled
	lost  map[string]bool   // customers who were erased
}

func newShop(t testing.TB) *shop {
	return &shop{t: t, log: eventlog.NewMemory(), keys: newKeys(), now: 1_800_000_000_000, posts: map[string]string{}, lost: map[string]bool{}}
}

func (s *shop) id() event.ID {
	s.n++
	return event.NewID(time.UnixMilli(s.now), [10]byte{byte(s.n >> 24), byte(s.n >> 16), byte(s.n >> 8), byte(s.n)})
}

func raw(t testing.TB, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func (s *shop) add(c *conversation.State, typ event.Type, actor event.Actor, body, private any, clientID bool) event.ID {
	e := event.Event{ID: s.id(), Type: typ, Version: 1, Actor: actor}
	if c != nil {
		e.Conv, e.Customer, e.Epoch = c.ID, c.Customer, c.Epoch
		switch typ {
		case event.Escalated, event.Taken, event.Returned, event.Closed: // the seat changes hands
			e.Epoch++
		}
	}
	if body != nil {
		e.Body = raw(s.t, body)
	}
	if private != nil {
		e.Private = raw(s.t, private)
	}
	if clientID {
		e.ClientID, e.ClientSum = s.id(), "sum-of-"+e.ID
	}
	s.evs = append(s.evs, e)
	if c != nil {
		p := event.Placed{Seq: s.seq + 1, Idx: len(s.evs) - 1, Time: s.now, Event: e}
		if err := conversation.Fold(c, &p); err != nil {
			s.t.Fatalf("the test's own event does not fold: %v", err)
		}
		if !c.Open() {
			s.convs = slices.DeleteFunc(s.convs, func(o *conversation.State) bool { return o == c })
		}
	}
	return e.ID
}

var customerActor = func(id string) event.Actor { return event.Actor{Kind: event.Customer, ID: id} }

func (s *shop) open(customer string) *conversation.State {
	c := &conversation.State{}
	e := event.Event{
		ID: s.id(), Type: event.Opened, Version: 1, Conv: s.id(), Customer: customer, Actor: customerActor(customer),
		Body: raw(s.t, event.OpenedBody{Channel: "web", Group: "pre"}), Private: raw(s.t, event.OpenedPrivate{Name: "王小明", Nick: "小明"}),
		ClientID: s.id(), ClientSum: "opening",
	}
	s.evs = append(s.evs, e)
	if err := conversation.Fold(c, &event.Placed{Seq: s.seq + 1, Idx: len(s.evs) - 1, Time: s.now, Event: e}); err != nil {
		s.t.Fatal(err)
	}
	s.convs, s.all = append(s.convs, c), append(s.all, c.ID)
	return c
}

func (s *shop) say(c *conversation.State, actor event.Actor, text string) event.ID {
	id := s.add(c, event.Posted, actor, event.PostedBody{Kind: event.Text}, event.PostedPrivate{Text: text}, true)
	s.posts[id] = text
	return id
}

// commit stores what was added as one record.
func (s *shop) commit() event.Record {
	s.now += 10
	rec := event.Record{ID: s.id(), Term: 1, Time: s.now - 10, Prev: s.hash, Events: s.evs}
	data, err := eventlog.Encode(&rec, s.keys)
	if err != nil {
		s.t.Fatal(err)
	}
	seq, err := s.log.Append(s.t.Context(), s.seq, data)
	if err != nil {
		s.t.Fatal(err)
	}
	s.seq, s.hash, s.evs = seq, eventlog.Hash(data), nil
	return rec
}

// step adds one random thing that happens; n chooses.
func (s *shop) step(kind, n int) {
	agent := fmt.Sprintf("agent-%d", n%3)
	who := event.Actor{Kind: event.Agent, ID: agent}
	if kind == 0 || len(s.convs) == 0 {
		s.say(s.open(fmt.Sprintf("customer-%d", n%5)), customerActor(fmt.Sprintf("customer-%d", n%5)), "你好，在吗")
		return
	}
	c := s.convs[n%len(s.convs)]
	switch kind {
	case 1, 2:
		s.say(c, customerActor(c.Customer), fmt.Sprintf("这瓶精华第%d次用了脸上发红 %d", n%7, n))
	case 3:
		s.say(c, event.Actor{Kind: event.Bot, ID: "bot"}, "建议先在耳后试用 patch TEST")
	case 4:
		var quoted any // as decided: nothing is quoted of a message that is gone
		if slices.ContainsFunc(c.Recent, func(m conversation.Recent) bool { return m.ID == c.LastCustomerMsg }) {
			quoted = event.UnderstoodPrivate{Entities: []event.Entity{{Kind: "symptom", Text: "QUOTED " + s.posts[c.LastCustomerMsg]}}}
		}
		s.add(c, event.Understood, event.Actor{Kind: event.Bot}, event.UnderstoodBody{Message: c.LastCustomerMsg, Emotion: "anxious", Intent: "usage"}, quoted, true)
	case 5:
		if c.Seat == conversation.SeatBot {
			s.add(c, event.Escalated, event.Actor{Kind: event.Bot}, event.EscalatedBody{Reason: "angry", Class: 1, Group: "pre", Since: s.now}, nil, true)
		}
	case 6:
		if c.Seat == conversation.SeatWaiting {
			s.add(c, event.Offered, event.Actor{Kind: event.System}, event.OfferBody{Agent: agent, Round: 1, Until: s.now + 10_000}, nil, false)
		}
	case 7:
		if c.Seat != conversation.SeatHuman {
			s.add(c, event.Taken, who, event.TakenBody{Agent: agent, Name: "小李", How: event.HowClaimed}, nil, true)
		}
	case 8:
		if c.Seat == conversation.SeatHuman {
			s.add(c, event.Returned, who, event.ReturnedBody{Why: event.WhyTransfer, From: c.Agent, Group: "after", Class: 2, Since: s.now}, event.ReturnedPrivate{Note: "客户很着急"}, true)
		}
	case 9:
		s.add(c, event.Closed, who, event.ClosedBody{By: "agent", Solved: true}, event.ClosedPrivate{Remark: "ok"}, true)
	case 10:
		s.add(nil, event.AgentStatus, who, event.AgentStatusBody{Agent: agent, Status: event.Online, Capacity: n % 5}, nil, true)
	case 11:
		s.add(nil, event.DeskGone, event.Actor{Kind: event.System}, event.DeskGoneBody{Agent: agent}, nil, false)
	case 12: // what this program does not know is kept
		s.add(c, "weather.changed", event.Actor{Kind: event.System}, map[string]int{"n": n}, nil, false)
	case 13: // of a conversation that nobody opened
		s.evs = append(s.evs, event.Event{ID: s.id(), Type: event.Posted, Version: 1, Conv: "nowhere", Customer: "x", Actor: who, Private: raw(s.t, event.PostedPrivate{Text: "lost"})})
	case 14: // needs a newer program
		s.evs = append(s.evs, event.Event{ID: s.id(), Type: event.Posted, Version: 9, MinReader: 9, Conv: c.ID, Customer: c.Customer, Actor: who})
	case 15:
		s.erase(c.Customer)
	case 16, 17:
		if n := len(c.Recent); n > 0 {
			m := c.Recent[(n-1)-s.n%min(n, 3)]
			s.add(c, event.Recalled, m.By, event.RecalledBody{Message: m.ID}, nil, true)
			s.gone = append(s.gone, m.ID)
		}
	}
}

// erase destroys a customer's key and says so in the log.
func (s *shop) erase(customer string) {
	if len(s.evs) > 0 {
		s.commit()
	}
	s.keys.erase(customer)
	s.lost[customer] = true
	s.evs = append(s.evs, event.Event{ID: s.id(), Type: event.Erased, Version: 1, Customer: customer, Actor: event.Actor{Kind: event.System}})
	s.commit()
}

// committed reads records back as a follower would.
func (s *shop) committed(from uint64) []event.Committed {
	var out []event.Committed
	for {
		got, err := s.log.Read(s.t.Context(), from+uint64(len(out)), 1000)
		if err != nil {
			s.t.Fatal(err)
		}
		if len(got) == 0 {
			return out
		}
		for _, g := range got {
			c, err := eventlog.Decode(g.Data, g.Seq, s.keys)
			if err != nil {
				s.t.Fatal(err)
			}
			out = append(out, c)
		}
	}
}

func (s *shop) stream() string {
	i, err := s.log.Info(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	return i.Stream
}
