package agents

import (
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// mind decides what one agent does next. It reads the desk and keeps what a person would remember; time comes in as data.
type mind struct {
	t     Temper
	lines map[string][]string
	name  string
	pace  float64
	rng   *rand.Rand

	offers map[string]choice  // by chat and moment of the offer, or of the wait
	mem    map[string]*memory // by chat
	hand   *hand              // at what the hands are; nil: free
	later  []later            // small things to do in a while

	breakAt, backAt, dropAt time.Time
	busy                    bool
}

type choice struct {
	at   time.Time
	what conversation.Kind // "": lets it pass
}

// memory is what the agent remembers of a chat while holding it.
type memory struct {
	epoch    uint64
	greeted  bool
	answered event.ID // the customer's message last answered
	said     string   // the last answer
	replies  int
	bye      bool
	extras   bool // card, coupon, form, note: thought of already
	forgot   bool
	endAt    time.Time
}

// hand is one message on its way: read, thought of, typed.
type hand struct {
	conv    string
	epoch   uint64
	msg     event.ID // that it answers
	typing  bool
	at      time.Time // when the step ends
	again   time.Time // typing is told again
	rereads int
	text    string
	greet   bool
	bye     bool
	sug     *conversation.Suggestion
	how     string
	edits   int
	began   time.Time
}

type later struct {
	at    time.Time
	conv  string
	epoch uint64
	act   act
}

// act is one thing the agent does: a command, a typing frame, or a question to the shop that becomes a card.
type act struct {
	kind    conversation.Kind
	conv    string
	epoch   uint64
	payload any
	tell    wire.Type // instead of a command
	on      bool
	fetch   string // coupons: asks for them and gives the first
}

func newMind(t Temper, lines map[string][]string, pace float64, rng *rand.Rand, now time.Time) *mind {
	m := &mind{t: t, lines: lines, pace: pace, rng: rng, offers: map[string]choice{}, mem: map[string]*memory{}}
	m.breakAt, m.dropAt = now.Add(m.span(t.Every)), now.Add(m.span(t.Drop))
	return m
}

func (m *mind) span(s [2]int64) time.Duration {
	return time.Duration(float64(s[0]+m.rng.Int64N(s[1]-s[0]+1)) / m.pace * float64(time.Millisecond))
}

func (m *mind) chance(p float64) bool { return m.rng.Float64() < p }

func (m *mind) pick(key string) string {
	l := m.lines[key]
	if len(l) == 0 {
		return ""
	}
	return strings.ReplaceAll(l[m.rng.IntN(len(l))], "{name}", m.name)
}

// at is how long it takes to read or type so many characters, give or take a quarter.
func (m *mind) at(chars, perMinute int) time.Duration {
	secs := float64(chars) * 60 / float64(perMinute) * (0.75 + m.rng.Float64()/2)
	return time.Duration(min(secs, 40) / m.pace * float64(time.Second))
}

// next is what to do now, and for how long to lose the connection (0: not). d is locked by the caller.
func (m *mind) next(now time.Time, d *desk) (acts []act, gone time.Duration) {
	if !now.Before(m.dropAt) {
		m.dropAt = now.Add(m.span(m.t.Drop))
		m.hand = nil
		return nil, m.span(m.t.Gone)
	}
	if !d.ready() {
		m.hand = nil
		return nil, 0
	}
	m.name = d.me.Name
	m.tidy(d)
	acts = append(acts, m.presence(now)...)
	for _, id := range sorted(d.chats) {
		c := d.chats[id]
		switch {
		case c.s.Seat == conversation.SeatWaiting && c.s.Wait != nil:
			acts = append(acts, m.waiting(now, d, c)...)
		case m.mine(d, c):
			acts = append(acts, m.own(now, d, c)...)
		}
	}
	acts = append(acts, m.work(now, d)...)
	m.later = slices.DeleteFunc(m.later, func(l later) bool {
		if now.Before(l.at) {
			return false
		}
		if c := d.chats[l.conv]; c != nil && m.mine(d, c) && c.s.Epoch == l.epoch {
			acts = append(acts, l.act)
		}
		return true
	})
	return acts, 0
}

func sorted(chats map[string]*chat) []string {
	ids := make([]string, 0, len(chats))
	for id := range chats {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	return ids
}

func (m *mind) mine(d *desk, c *chat) bool {
	return c.s.Seat == conversation.SeatHuman && c.s.Agent == d.me.ID && c.s.Hold != nil
}

func (m *mind) load(d *desk) (n int) {
	for _, c := range d.chats {
		if m.mine(d, c) {
			n++
		}
	}
	return n
}

// tidy forgets what is no longer so.
func (m *mind) tidy(d *desk) {
	for id := range m.mem {
		if c := d.chats[id]; c == nil || !m.mine(d, c) {
			delete(m.mem, id)
		}
	}
	for key := range m.offers {
		id, _, _ := strings.Cut(key, " ")
		if c := d.chats[id]; c == nil || c.s.Wait == nil {
			delete(m.offers, key)
		}
	}
}

// presence is breaks: busy agents keep their chats and get no new ones.
func (m *mind) presence(now time.Time) []act {
	switch {
	case !m.busy && !now.Before(m.breakAt):
		m.busy, m.backAt = true, now.Add(m.span(m.t.Break))
		return []act{{kind: conversation.SetStatus, payload: event.AgentStatusBody{Status: event.Busy}}}
	case m.busy && !now.Before(m.backAt):
		m.busy, m.breakAt = false, now.Add(m.span(m.t.Every))
		return []act{{kind: conversation.SetStatus, payload: event.AgentStatusBody{Status: event.Online}}}
	}
	return nil
}

// claimAfter is how long a chat waits before somebody to whom it is not offered takes it.
const claimAfter = 13 * time.Second

// waiting decides once about each offer, and once about each wait without one.
func (m *mind) waiting(now time.Time, d *desk, c *chat) []act {
	w := c.s.Wait
	var offer *conversation.Offer
	for i := range w.Offers {
		if w.Offers[i].Agent == d.me.ID {
			offer = &w.Offers[i]
		}
	}
	key := c.s.ID + " " + time.UnixMilli(w.Entered).Format(time.StampMilli)
	if offer != nil {
		if offer.Round == conversation.RoundCall { // called out: a desk answers by itself
			return []act{{kind: conversation.See, conv: c.s.ID, epoch: c.s.Epoch}}
		}
		key = c.s.ID + " offer " + time.UnixMilli(offer.At).Format(time.StampMilli)
	}
	todo, known := m.offers[key]
	if !known {
		todo = m.choose(now, c, offer != nil)
		m.offers[key] = todo
	}
	full := m.load(d) >= d.me.Capacity
	if todo.what == "" || now.Before(todo.at) || full && todo.what != conversation.Decline {
		return nil
	}
	m.offers[key] = choice{} // done
	return []act{{kind: todo.what, conv: c.s.ID, epoch: c.s.Epoch}}
}

func (m *mind) choose(now time.Time, c *chat, offered bool) choice {
	todo := choice{at: now.Add(m.span(m.t.Accept))}
	dice := m.rng.Float64()
	switch {
	case !offered:
		if m.chance(m.t.Claim) && !m.busy {
			todo.what = conversation.Claim
			todo.at = time.UnixMilli(c.s.Wait.Entered).Add(claimAfter + m.span(m.t.Accept))
		}
	case dice < m.t.Pass:
	case dice < m.t.Pass+m.t.Decline:
		todo.what = conversation.Decline
	default:
		todo.what = conversation.Accept
	}
	return todo
}

// own looks after a chat one holds, but for the writing: it shows what was assigned and ends what is done.
func (m *mind) own(now time.Time, d *desk, c *chat) []act {
	s := &c.s
	if !s.Hold.Seen {
		// A desk answers by itself; the replay of the answer is the same command.
		return []act{{kind: conversation.See, conv: s.ID, epoch: s.Epoch}}
	}
	mem := m.mem[s.ID]
	if mem == nil || mem.epoch != s.Epoch {
		mem = &memory{epoch: s.Epoch, forgot: m.chance(m.t.Forget)}
		m.mem[s.ID] = mem
	}
	if mem.answered != s.LastCustomerMsg || s.LastCustomerMsg == "" {
		mem.endAt = time.Time{}
		return nil
	}
	if mem.endAt.IsZero() {
		mem.endAt = now.Add(m.span(m.t.Close))
		if mem.bye {
			mem.endAt = now.Add(m.span([2]int64{2000, 6000}))
		}
		return nil
	}
	if mem.forgot && m.load(d) < d.me.Capacity-1 || now.Before(mem.endAt) {
		return nil
	}
	mem.endAt = now.Add(time.Minute) // should this one be refused
	return []act{m.end(s, mem)}
}

// end is how the agent parts with a chat whose customer has an answer.
func (m *mind) end(s *conversation.State, mem *memory) act {
	if !mem.bye && s.HandBacks == 0 && plain(s.Intent) && m.chance(m.t.HandBack) {
		return act{kind: conversation.HandBack, conv: s.ID, epoch: s.Epoch, payload: conversation.HandBackArgs{Instruction: m.pick("instruct")}}
	}
	a := conversation.CloseArgs{Disposition: "solved", Solved: true}
	switch key := topic(s); {
	case slices.Contains([]string{"adverse_reaction", "return_refund", "damaged_missing", "dispute"}, key):
		a.Disposition = "refund_started"
	case slices.Contains([]string{"promise_dispute", "complaint", "angry"}, key):
		a.Disposition, a.Remark = "follow_up", m.pick("note")
	case !mem.bye:
		a.Disposition, a.Solved = "customer_left", mem.replies > 1
	}
	return act{kind: conversation.Close, conv: s.ID, epoch: s.Epoch, payload: a}
}

// plain is what the bot answers by itself.
func plain(intent string) bool {
	return slices.Contains([]string{"logistics", "order_status", "usage", "ingredient", "price_promo", "stock", "membership"}, intent)
}

// topic is what a chat is about: what was understood last, or why it came to a person.
func topic(s *conversation.State) string {
	switch s.Intent {
	case "", "greeting", "chitchat", "human_request", "thanks_bye":
		if s.Reason != "" {
			return s.Reason
		}
	}
	return s.Intent
}
