package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/server/demo/agents"
	"agentdesk/server/identity"
	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const (
	goal      = 30 * time.Second
	lookEvery = 250 * time.Millisecond
	// grace is how far the count of free time may be off: the floor tells at most once a second who is free.
	grace = 1500 * time.Millisecond
)

// watch is a supervisor's desk that writes nothing: it sees the whole shop and keeps the time.
//
// A wait begins when a chat is escalated or comes back from a person, and goes on over an assignment that a desk did not
// show. It ends with a takeover. Late is a wait above 30 s; it is nobody's fault where there were not 30 s of it with an
// agent who was online, of the group, with the skills asked for, and below capacity.
type watch struct {
	cl      *client.Client
	session wire.Session
	url     string
	users   map[string]wire.User

	mu     sync.Mutex
	view   string
	cursor *event.Cursor
	chats  map[string]*talk
	floor  *wire.Floor
	caught bool
	looked time.Time
	r      result
}

// talk is what the watch keeps of a chat.
type talk struct {
	asked    int64 // first message of the customer
	answered bool
	group    string
	skills   []string
	waits    bool
	since    int64 // of this wait
	free     time.Duration
	takenAt  int64
	spoken   bool
	carried  bool // the wait goes on although somebody was given the chat
}

// result is what came of it so far.
type result struct {
	opened, closed, contained int
	escalated                 int
	taken, inTime             int
	excused                   []time.Duration // late, and nobody was free
	broken                    []string
	longest                   time.Duration // wait with somebody free
	returns                   map[string]int
	replies, words            []time.Duration
	posted                    map[string]int // by actor
	rated, stars              int
	waiting                   int
	floor                     wire.Takeovers
}

func (r *result) containment() float64 {
	if r.closed == 0 {
		return 0
	}
	return float64(r.contained) / float64(r.closed)
}

func newWatch(ctx context.Context, url string) (*watch, error) {
	h := &http.Client{Timeout: 10 * time.Second}
	s, err := client.Login(ctx, h, url, "sunlan", identity.DemoPassword)
	if err != nil {
		return nil, fmt.Errorf("sign the watch in: %w", err)
	}
	w := &watch{session: s, url: url, users: map[string]wire.User{}, chats: map[string]*talk{}, looked: time.Now(),
		r: result{returns: map[string]int{}, posted: map[string]int{}}}
	cast, err := agents.Load(assets.Agents())
	if err != nil {
		return nil, err
	}
	for _, u := range append(identity.DemoUsers(), cast.Extra(len(cast.Roles))...) {
		w.users[u.ID] = u
	}
	token := func(ctx context.Context, renew bool) (string, error) {
		w.mu.Lock()
		defer w.mu.Unlock()
		if !renew && time.Until(time.UnixMilli(w.session.Expires)) > time.Minute {
			return w.session.Token, nil
		}
		s, err := client.Refresh(ctx, h, url, w.session.Refresh)
		if err != nil {
			return "", err
		}
		w.session = s
		return s.Token, nil
	}
	hello := func() (*event.Cursor, string) {
		w.mu.Lock()
		defer w.mu.Unlock()
		return w.cursor, w.view
	}
	w.cl = client.New(client.Params{Server: url, Token: token, Hello: hello, Handler: w, Device: "soak", Lang: "zh-CN", HTTP: h, Logger: slog.New(slog.DiscardHandler)})
	return w, nil
}

func (w *watch) run(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- w.cl.Run(ctx) }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return err
		case now := <-tick.C:
			w.look(now)
		}
	}
}

// OnStatus implements client.Handler.
func (w *watch) OnStatus(client.Status) {}

// OnAck implements client.Handler.
func (w *watch) OnAck(*wire.Ack) {}

// OnWelcome implements client.Handler. A supervisor could be given chats: the watch is busy.
func (w *watch) OnWelcome(m *wire.Welcome) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.view, w.caught = m.View, false
	if m.Resume == "reset" && w.cursor != nil {
		return fmt.Errorf("the log is another one")
	}
	w.cl.Command(wire.In{ID: event.NewID(time.Now(), [10]byte{1}), Kind: conversation.SetStatus, Payload: []byte(`{"status":"busy"}`)})
	return nil
}

// OnRec implements client.Handler.
func (w *watch) OnRec(r *wire.Rec) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range r.Enter {
		for i := range c.Events {
			w.event(&c.Events[i])
		}
	}
	for i := range r.Events {
		w.event(&r.Events[i])
	}
	if !r.More {
		cur := r.Cursor
		w.cursor = &cur
	}
	return nil
}

// OnLive implements client.Handler.
func (w *watch) OnLive(l *wire.Live) {
	if l.Kind != wire.LiveFloor || l.Floor == nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.floor, w.r.floor = l.Floor, l.Floor.Today
}

func (w *watch) event(e *event.Placed) {
	t := w.chats[e.Conv]
	if e.Type == event.Opened {
		w.r.opened++
		w.chats[e.Conv] = &talk{}
		return
	}
	if e.Type == event.Rated {
		var b event.RatedBody
		if e.Decode(&b, nil) == nil {
			w.r.rated++
			w.r.stars += b.Stars
		}
	}
	if t == nil {
		return
	}
	switch e.Type {
	case event.Posted:
		w.posted(t, e)
	case event.Escalated:
		var b event.EscalatedBody
		if e.Decode(&b, nil) == nil {
			w.r.escalated++
			t.waits, t.since, t.free, t.group, t.skills = true, b.Since, 0, b.Group, b.Skills
		}
	case event.Returned:
		var b event.ReturnedBody
		if e.Decode(&b, nil) != nil {
			return
		}
		w.r.returns[b.Why]++
		t.waits, t.group, t.skills = true, b.Group, b.Skills
		if b.Why == event.WhyUnseen {
			t.carried = true
			w.r.taken-- // it was no takeover
			if time.Duration(t.takenAt-t.since)*time.Millisecond <= goal {
				w.r.inTime--
			}
			return
		}
		t.since, t.free = e.Time, 0
	case event.Taken:
		var b event.TakenBody
		if e.Decode(&b, nil) == nil {
			w.taken(t, e, b.How)
		}
	case event.Closed:
		var b event.ClosedBody
		if e.Decode(&b, nil) == nil {
			w.r.closed++
			if b.Contained {
				w.r.contained++
			}
		}
		if t.waits {
			w.late(t, e, "left after")
		}
		delete(w.chats, e.Conv)
	}
}

func (w *watch) posted(t *talk, e *event.Placed) {
	var b event.PostedBody
	if e.Decode(&b, nil) != nil || b.Kind == event.Notice || b.Kind == event.Note {
		return
	}
	w.r.posted[string(e.Actor.Kind)]++
	if e.Actor.Kind == event.Customer {
		if t.asked == 0 {
			t.asked = e.Time
		}
		return
	}
	if !t.answered && t.asked != 0 {
		t.answered = true
		w.r.replies = append(w.r.replies, time.Duration(e.Time-t.asked)*time.Millisecond)
	}
	if e.Actor.Kind == event.Agent && t.takenAt != 0 && !t.spoken {
		t.spoken = true
		w.r.words = append(w.r.words, time.Duration(e.Time-t.takenAt)*time.Millisecond)
	}
}

func (w *watch) taken(t *talk, e *event.Placed, how string) {
	waited := t.waits
	t.waits, t.takenAt, t.spoken = false, e.Time, false
	if !waited || how == event.HowUnasked || how == event.HowBarged {
		return
	}
	w.r.taken++
	if time.Duration(e.Time-t.since)*time.Millisecond <= goal {
		w.r.inTime++
		w.r.longest = max(w.r.longest, min(t.free, time.Duration(e.Time-t.since)*time.Millisecond))
		return
	}
	w.late(t, e, "taken after")
}

// late judges a wait that was, or may have been, too long.
func (w *watch) late(t *talk, e *event.Placed, what string) {
	waited := time.Duration(e.Time-t.since) * time.Millisecond
	if waited <= goal {
		return
	}
	w.r.longest = max(w.r.longest, t.free)
	if t.free <= goal+grace {
		w.r.excused = append(w.r.excused, waited)
		return
	}
	w.r.broken = append(w.r.broken, fmt.Sprintf("%s %s %.1f s, of which somebody was free %.1f s", e.Conv, what, waited.Seconds(), t.free.Seconds()))
}

// look counts for each waiting chat whether somebody is free for it.
func (w *watch) look(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	passed := now.Sub(w.looked)
	w.looked = now
	w.r.waiting = 0
	for _, t := range w.chats {
		if !t.waits {
			continue
		}
		w.r.waiting++
		if w.floor != nil && slices.ContainsFunc(w.floor.Agents, func(a wire.AgentRow) bool { return w.fits(a, t) }) {
			t.free += passed
		}
	}
}

func (w *watch) fits(a wire.AgentRow, t *talk) bool {
	u := w.users[a.ID]
	return a.Status == event.Online && a.Load < a.Capacity && slices.Contains(a.Groups, t.group) &&
		conversation.HasSkills(&conversation.Agent{Skills: u.Skills}, t.skills)
}

// result is a copy of what came of it so far.
func (w *watch) result() result {
	w.mu.Lock()
	defer w.mu.Unlock()
	r := w.r
	r.broken, r.excused = slices.Clone(r.broken), slices.Clone(r.excused)
	r.replies, r.words = slices.Clone(r.replies), slices.Clone(r.words)
	r.returns, r.posted = copied(r.returns), copied(r.posted)
	return r
}

func copied(m map[string]int) map[string]int {
	out := make(map[string]int, len(m))
	for k, v := range m {
		out[k] = v
	}
	return out
}

func median(d []time.Duration) time.Duration {
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return d[len(d)/2]
}
