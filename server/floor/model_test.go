package floor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// TestFloor_PromisesUnderFaults tries to break promises 1 and 2 (and the rules behind them): customers, agents and a
// bot send commands at random, retry and reuse IDs, while appends time out (stored or not), the disk fills, the log
// dies, the fence strikes, owners are replaced and floors restart with a fold that lags. Then the log is judged by a
// reference that shares no code with the floor: what was acknowledged is there once, what was refused is not, nobody
// but the seat's holder wrote, what was acknowledged first stands first, nobody holds more than allowed, and a replay
// gives the live floor's states.
func TestFloor_PromisesUnderFaults(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, func(t *testing.T) {
			m := newModel(t, rt)
			defer m.endAll()
			rt.Repeat(map[string]func(*rapid.T){
				"customer": m.customer, "agent": m.agent, "agent ": m.agent, "bot": m.bot, "retry": m.retry, "reuse": m.reuse,
				"fault": m.fault, "restart": m.restart, "replace": m.replace, "time": m.pass, "fold": m.fold, "settle": m.settle,
				"customer ": m.customer,
			})
			m.mem.SetFull(false)
			m.mem.SetLatency(0)
			time.Sleep(20 * time.Second) // faults planned and not yet met fade out with the deadlines
			m.settle(rt)
			m.judge(rt)
		})
	})
}

// inBubble runs fn in a bubble of its own and brings a panic (rapid stops tests by panicking) back to the caller.
func inBubble(t *testing.T, fn func(t *testing.T)) {
	var failed any
	synctest.Test(t, func(t *testing.T) {
		defer func() { failed = recover() }()
		fn(t)
	})
	if failed != nil {
		panic(failed)
	}
}

// try is one sending of a command.
type try struct {
	cmd  conversation.Command
	sent int // logical time
	done chan struct{}
	at   int // logical time of the answer
	res  Result
	err  error
}

type model struct {
	t    *testing.T
	mem  *eventlog.Memory
	p    Params
	f    *running
	ran  []*running
	sub  *Subscription
	tfd  *testFold
	n    int // logical time, and a source of names
	all  []*try
	open []*try // not yet answered
}

const modelAgents, modelCapacity = 3, 2

func newModel(t *testing.T, rt *rapid.T) *model {
	m := &model{t: t, mem: eventlog.NewMemory()}
	m.p = paramsFor(m.mem)
	m.tfd = newTestFold(m.mem, m.p.Keys)
	m.p.Fold, m.p.OnceLimit, m.p.ClosedKeep = m.tfd, 5, 1
	m.begin(rt)
	for i := range modelAgents {
		id := fmt.Sprint("a", i)
		m.send(agentCmd(conversation.SetStatus, id, m.name(), "", 0, event.AgentStatusBody{
			Agent: id, Name: id, Status: event.Online, Capacity: modelCapacity, Groups: []string{"care"},
		}))
	}
	m.settle(rt)
	return m
}

func (m *model) begin(rt *rapid.T) {
	f, err := Open(context.Background(), m.p)
	for i := 0; err != nil && i < 20; i++ { // the disk may be full, the log dead
		m.mem.SetFull(false)
		_ = m.mem.Reopen(context.Background())
		f, err = Open(context.Background(), m.p)
	}
	if err != nil {
		rt.Fatalf("open: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{Floor: f, t: m.t, stop: cancel, done: make(chan struct{})}
	m.sub = f.Subscribe(0, 0)
	go func() {
		defer close(r.done)
		r.err = f.Run(ctx)
	}()
	m.f, m.ran = r, append(m.ran, r)
	for i := 0; f.Term() == 0; i++ { // opened without room: not the owner yet
		if i > 60 {
			rt.Fatal("there is room, and still nobody owns the shop")
		}
		m.mem.SetFull(false)
		time.Sleep(time.Second)
	}
	for i := range modelAgents {
		f.Beat(fmt.Sprint("a", i))
	}
}

func (m *model) endAll() {
	for _, r := range m.ran {
		_ = r.end()
	}
}

func (m *model) name() string { m.n++; return fmt.Sprint("id", m.n) }

func (m *model) send(c conversation.Command) {
	m.n++
	x := &try{cmd: c, sent: m.n, done: make(chan struct{})}
	m.all, m.open = append(m.all, x), append(m.open, x)
	f := m.f
	go func() {
		defer close(x.done)
		x.res, x.err = f.Do(context.Background(), c)
	}()
}

// collect takes in the answers that are there.
func (m *model) collect() {
	synctest.Wait()
	m.n++
	m.open = slices.DeleteFunc(m.open, func(x *try) bool {
		select {
		case <-x.done:
			x.at = m.n
			return true
		default:
			return false
		}
	})
}

func (m *model) settle(rt *rapid.T) {
	for i := 0; ; i++ {
		m.collect()
		if len(m.open) == 0 {
			return
		}
		if i > 300 {
			rt.Fatalf("no answer to %s %s in five minutes", m.open[0].cmd.Kind, m.open[0].cmd.ClientID)
		}
		time.Sleep(time.Second)
	}
}

func (m *model) customer(rt *rapid.T) {
	m.collect()
	who := fmt.Sprint("c", rapid.IntRange(0, 3).Draw(rt, "customer"))
	id := m.name()
	c := customerPost(who, id, "说"+id)
	m.send(c)
}

// aConv is a conversation as a client may know it: from any answer so far.
func (m *model) aConv(rt *rapid.T) string {
	var convs []string
	for _, x := range m.all {
		if x.at > 0 && x.res.Conv != "" && !slices.Contains(convs, x.res.Conv) {
			convs = append(convs, x.res.Conv)
		}
	}
	if len(convs) == 0 {
		rt.Skip("no conversation yet")
	}
	// Mostly a new one: old ones are closed.
	return convs[max(0, len(convs)-1-rapid.IntRange(0, 4).Draw(rt, "conv"))]
}

func (m *model) epoch(rt *rapid.T) uint64 {
	return uint64(rapid.IntRange(1, 6).Draw(rt, "epoch"))
}

func (m *model) agent(rt *rapid.T) {
	m.collect()
	conv := m.aConv(rt)
	who := fmt.Sprint("a", rapid.IntRange(0, modelAgents-1).Draw(rt, "agent"))
	id := m.name()
	m.f.Beat(who)
	// What the agent sees now, or an older epoch.
	epoch := m.epoch(rt)
	if s := m.f.peek(conv); s != nil && rapid.IntRange(0, 3).Draw(rt, "stale") > 0 {
		epoch = s.Epoch
		if s.Agent != "" && rapid.Bool().Draw(rt, "holder") {
			who = s.Agent
		}
	}
	switch rapid.IntRange(0, 7).Draw(rt, "what") {
	case 0, 1:
		m.send(agentCmd(conversation.Claim, who, id, conv, 0, nil))
	case 2, 3, 4:
		m.send(agentCmd(conversation.Post, who, id, conv, epoch, text("答"+id)))
	case 5:
		m.send(agentCmd(conversation.Close, who, id, conv, 0, conversation.CloseArgs{Disposition: "done", Solved: true}))
	case 6:
		m.send(agentCmd(conversation.HandBack, who, id, conv, 0, conversation.HandBackArgs{Reason: "again"}))
	default:
		m.send(agentCmd(conversation.Accept, who, id, conv, 0, nil))
	}
}

func (m *model) bot(rt *rapid.T) {
	m.collect()
	conv := m.aConv(rt)
	id := m.name()
	epoch := m.epoch(rt)
	if s := m.f.peek(conv); s != nil && rapid.Bool().Draw(rt, "fresh") {
		epoch = s.Epoch
	}
	c := conversation.Command{Kind: conversation.Post, ClientID: id, Conv: conv, Epoch: epoch, Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Payload: text("机" + id)}
	if rapid.IntRange(0, 3).Draw(rt, "escalate") == 0 {
		c.Kind, c.Payload = conversation.Escalate, conversation.EscalateArgs{Reason: "human_request"}
	}
	m.send(c)
}

// peek is the state that a client may have heard of, if reading is possible right now.
func (r *running) peek(conv string) *conversation.State {
	ctx, cancel := context.WithTimeout(context.Background(), time.Millisecond)
	defer cancel()
	s, _, err := r.State(ctx, conv)
	if err != nil {
		return nil
	}
	return s
}

func (m *model) retry(rt *rapid.T) {
	m.collect()
	x := m.all[rapid.IntRange(max(0, len(m.all)-30), len(m.all)-1).Draw(rt, "which")]
	c := x.cmd
	if rapid.Bool().Draw(rt, "knows conv") && openerOf(&c) != "" && x.at > 0 {
		c.Conv = x.res.Conv
	}
	m.send(c)
}

func (m *model) reuse(rt *rapid.T) {
	m.collect()
	x := m.all[rapid.IntRange(0, len(m.all)-1).Draw(rt, "which")]
	if x.cmd.Kind != conversation.Post {
		rt.Skip("only messages")
	}
	c := x.cmd
	c.Payload = text("假" + m.name())
	res, err := m.f.Do(context.Background(), c)
	if err == nil && (x.at > 0 && x.err == nil || res.Duplicate) {
		rt.Fatalf("client ID %s was taken twice with other content: %+v", c.ClientID, res)
	}
	m.n++
	y := &try{cmd: c, sent: m.n, done: make(chan struct{}), at: m.n + 1, res: res, err: err}
	m.n++
	m.all = append(m.all, y)
}

func (m *model) fault(rt *rapid.T) {
	kind := rapid.SampledFrom([]eventlog.FaultKind{
		eventlog.FaultTimeoutStored, eventlog.FaultTimeoutLost, eventlog.FaultFull, eventlog.FaultFence, eventlog.FaultDead,
		eventlog.FaultDeadStored, eventlog.FaultSlow, 0,
	}).Draw(rt, "kind")
	delay := time.Duration(rapid.SampledFrom([]int{0, 0, 3, 200, 1500, 7000}).Draw(rt, "delay")) * time.Millisecond
	if kind == 0 {
		m.mem.SetFull(rapid.Bool().Draw(rt, "full"))
		m.mem.SetLatency(time.Duration(rapid.IntRange(0, 150).Draw(rt, "latency")) * time.Millisecond)
		return
	}
	m.mem.FailNext(eventlog.Fault{Kind: kind, Delay: delay})
}

func (m *model) restart(rt *rapid.T) {
	if err := m.f.end(); err != nil && !errors.Is(err, ErrSteppedDown) {
		rt.Fatalf("Run: %v", err)
	}
	m.drainSub(rt)
	m.begin(rt)
}

// replace lets another node take the shop while the owner still writes.
func (m *model) replace(rt *rapid.T) {
	old, sub := m.f, m.sub
	m.begin(rt)
	// Somebody still sends to the old owner.
	x := &try{cmd: customerPost("c0", m.name(), "旧"+fmt.Sprint(m.n)), sent: m.n, done: make(chan struct{})}
	x.res, x.err = old.Do(context.Background(), x.cmd)
	m.n++
	x.at = m.n
	m.all = append(m.all, x)
	if x.err == nil {
		rt.Fatalf("a replaced owner stored %+v", x.res)
	}
	if err := old.end(); err != nil && !errors.Is(err, ErrSteppedDown) {
		rt.Fatalf("old owner: %v", err)
	}
	m.sub, sub = sub, m.sub
	m.drainSub(rt)
	m.sub = sub
}

func (m *model) pass(rt *rapid.T) {
	ms := rapid.SampledFrom([]int{1, 5, 50, 120, 1000, 4000, 11000, 21000}).Draw(rt, "ms")
	time.Sleep(time.Duration(ms) * time.Millisecond)
	for i := range modelAgents {
		if rapid.IntRange(0, 4).Draw(rt, "silent") > 0 {
			m.f.Beat(fmt.Sprint("a", i))
		}
	}
}

func (m *model) fold(rt *rapid.T) {
	if err := m.tfd.sync(context.Background()); err != nil && !errors.Is(err, eventlog.ErrDead) {
		rt.Fatalf("fold: %v", err)
	}
}
