package floor

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// gate is a log whose appends wait until they are let through.
type gate struct {
	Log
	mu      sync.Mutex
	closed  bool
	open    chan struct{}
	arrived chan uint64
}

func newGate(l Log) *gate {
	return &gate{Log: l, open: make(chan struct{}), arrived: make(chan uint64, 64)}
}

func (g *gate) shut() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

func (g *gate) release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = false
	close(g.open)
	g.open = make(chan struct{})
}

func (g *gate) Append(ctx context.Context, last uint64, data []byte) (uint64, error) {
	g.mu.Lock()
	closed, open := g.closed, g.open
	g.mu.Unlock()
	if closed {
		g.arrived <- last + 1
		select {
		case <-open:
		case <-ctx.Done():
			return 0, eventlog.ErrTimeout
		}
	}
	return g.Log.Append(ctx, last, data)
}

// testFold folds a log when told to, as the SQLite fold would, with checkpoint, snapshot and look-ups.
type testFold struct {
	mu     sync.Mutex
	log    Log
	keys   Keys
	cursor event.Cursor
	term   uint64
	time   int64
	convs  map[string]*conversation.State
	last   map[string]string
	agents map[string]AgentState
	once   map[string]Once
	asked  int
	during func() // called once in the middle of a look-up of a client ID
}

func newTestFold(l Log, k Keys) *testFold {
	return &testFold{log: l, keys: k, convs: map[string]*conversation.State{}, last: map[string]string{}, agents: map[string]AgentState{}, once: map[string]Once{}}
}

func onceName(a event.Actor, id string) string { return a.String() + "\x00" + id }

func (t *testFold) sync(ctx context.Context) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	info, err := t.log.Info(ctx)
	if err != nil {
		return err
	}
	for {
		got, err := t.log.Read(ctx, t.cursor.Seq+1, 64)
		if err != nil || len(got) == 0 {
			return err
		}
		for _, r := range got {
			c, err := eventlog.Decode(r.Data, r.Seq, t.keys)
			if err != nil {
				return err
			}
			for i := range c.Events {
				if err := t.fold(&c, i); err != nil {
					return err
				}
			}
			t.cursor = event.Cursor{Stream: info.Stream, Seq: c.Seq, Hash: c.Hash}
			t.term, t.time = c.Term, c.Time
		}
	}
}

func (t *testFold) fold(c *event.Committed, i int) error {
	e := &c.Events[i]
	if e.ClientID != "" {
		o := Once{Sum: e.ClientSum, Conv: e.Conv, Event: e.ID, Epoch: e.Epoch, Seq: c.Seq}
		if m := messageOf(c.Events, i); m >= 0 {
			o.Message = c.Events[m].ID
		}
		t.once[onceName(e.Actor, e.ClientID)] = o
	}
	switch e.Type {
	case event.AgentStatus:
		var b event.AgentStatusBody
		if err := e.Decode(&b, nil); err != nil {
			return err
		}
		t.agents[b.Agent] = AgentState{AgentStatusBody: b}
	case event.DeskGone:
		var b event.DeskGoneBody
		if err := e.Decode(&b, nil); err != nil {
			return err
		}
		a := t.agents[b.Agent]
		a.Gone = true
		t.agents[b.Agent] = a
	}
	if e.Conv == "" {
		return nil
	}
	s := t.convs[e.Conv]
	if s == nil {
		s = &conversation.State{}
		t.convs[e.Conv] = s
	}
	if err := conversation.Fold(s, &event.Placed{Seq: c.Seq, Idx: i, Time: c.Time, Event: *e}); err != nil {
		return err
	}
	if e.Type == event.Opened {
		t.last[s.Customer] = s.ID
	}
	return nil
}

func (t *testFold) Snapshot(context.Context) (*Snapshot, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s := &Snapshot{Cursor: t.cursor, Term: t.term, Time: t.time}
	for _, c := range t.convs {
		if c.Open() {
			s.Convs = append(s.Convs, *c.Clone())
		}
	}
	for _, a := range t.agents {
		s.Agents = append(s.Agents, a)
	}
	return s, nil
}

func (t *testFold) Checkpoint() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.cursor.Seq
}

func (t *testFold) LookupClientID(_ context.Context, a event.Actor, id string) (Once, bool, error) {
	t.mu.Lock()
	t.asked++
	o, ok := t.once[onceName(a, id)]
	during := t.during
	t.during = nil
	t.mu.Unlock()
	if during != nil {
		during()
	}
	return o, ok, nil
}

func (t *testFold) LastConversation(_ context.Context, customer string) (string, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	id, ok := t.last[customer]
	return id, ok, nil
}

func (t *testFold) State(_ context.Context, conv string) (conversation.State, bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	s, ok := t.convs[conv]
	if !ok {
		return conversation.State{}, false, nil
	}
	return *s.Clone(), true, nil
}

// running is a floor whose Run is under way.
type running struct {
	*Floor
	t    testing.TB
	stop context.CancelFunc
	done chan struct{}
	err  error
}

func paramsFor(l Log) Params {
	return Params{Shop: "demo", Node: "n1", Log: l, Keys: &testKeys{}, Policy: conversation.Default(), Logger: slog.New(slog.DiscardHandler)}
}

func start(t testing.TB, p Params) *running {
	t.Helper()
	f, err := Open(t.Context(), p)
	if err != nil {
		t.Fatalf("open: %v", err)
	}
	return run(t, f)
}

func run(t testing.TB, f *Floor) *running {
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Floor: f, t: t, stop: cancel, done: make(chan struct{})}
	go func() {
		defer close(r.done)
		r.err = f.Run(ctx)
	}()
	t.Cleanup(func() { r.end() })
	return r
}

// end stops the floor and gives Run's error.
func (r *running) end() error {
	r.stop()
	<-r.done
	return r.err
}

func customerPost(customer, id, text string) conversation.Command {
	return conversation.Command{
		Kind: conversation.Post, ClientID: id, Actor: event.Actor{Kind: event.Customer, ID: customer},
		Payload: conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: text},
		Opening: &conversation.Opening{Body: event.OpenedBody{Channel: "web", Group: "care"}, Private: event.OpenedPrivate{Name: "王小姐"}},
	}
}

func agentCmd(kind conversation.Kind, agent, id, conv string, epoch uint64, payload any) conversation.Command {
	return conversation.Command{
		Kind: kind, ClientID: id, Conv: conv, Epoch: epoch, Role: "agent", Actor: event.Actor{Kind: event.Agent, ID: agent}, Payload: payload,
	}
}

func text(s string) conversation.PostArgs {
	return conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Text}, Text: s}
}

func (r *running) must(c conversation.Command) Result {
	r.t.Helper()
	res, err := r.Do(context.Background(), c)
	if err != nil {
		r.t.Fatalf("%s %s: %v", c.Kind, c.ClientID, err)
	}
	return res
}

func (r *running) refused(c conversation.Command, code conversation.Code) {
	r.t.Helper()
	res, err := r.Do(context.Background(), c)
	if got := codeOf(err); got != code {
		r.t.Fatalf("%s %s: got %+v, %v; want refusal %s", c.Kind, c.ClientID, res, err, code)
	}
}

func codeOf(err error) conversation.Code {
	var r *conversation.Refusal
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

func (r *running) online(agent string, capacity int) {
	r.t.Helper()
	r.DeskConnected(agent) // first: an agent without a desk is gone at once
	r.must(agentCmd(conversation.SetStatus, agent, "status-"+agent+time.Now().String(), "", 0, event.AgentStatusBody{
		Agent: agent, Name: agent, Status: event.Online, Capacity: capacity, Groups: []string{"care"},
	}))
}

func (r *running) escalate(conv, id string) Result {
	r.t.Helper()
	return r.must(conversation.Command{
		Kind: conversation.Escalate, ClientID: id, Conv: conv, Actor: event.Actor{Kind: event.Bot, ID: "bot"},
		Payload: conversation.EscalateArgs{Reason: "human_request"},
	})
}

func (r *running) state(conv string) *conversation.State {
	r.t.Helper()
	s, ok, err := r.State(context.Background(), conv)
	if err != nil || !ok {
		r.t.Fatalf("state of %s: %v, %v", conv, ok, err)
	}
	return s
}

// messages are the texts of a log's messages in order, by client ID where there is one.
func committed(t testing.TB, l Log, k Keys) []event.Committed {
	t.Helper()
	var out []event.Committed
	for next := uint64(1); ; {
		got, err := l.Read(context.Background(), next, 256)
		if err != nil {
			t.Fatal(err)
		}
		if len(got) == 0 {
			return out
		}
		for _, g := range got {
			c, err := eventlog.Decode(g.Data, g.Seq, k)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, c)
			next = g.Seq + 1
		}
	}
}

func posted(t testing.TB, l Log, k Keys) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, c := range committed(t, l, k) {
		for _, e := range c.Events {
			if e.Type == event.Posted {
				var p event.PostedPrivate
				if err := e.Decode(nil, &p); err != nil {
					t.Fatal(err)
				}
				out[p.Text]++
			}
		}
	}
	return out
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
