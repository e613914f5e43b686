//go:build torture

package torture

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/server/identity/keyring"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/tools/harness"
)

const customers = 24

// bare sits at a desk that keeps nothing; the others at real ones, each a process with a folder of its own.
const bare = "xiaoning"

func real() []string { return []string{"lisiqi", "wangyu", "chenmo", "zhaoning"} }

// acked is a message that the server said was stored.
type acked struct {
	actor  event.Actor
	client string
	text   string
	event  event.ID
}

type tally struct {
	ids   harness.IDs
	mu    sync.Mutex
	sent  []acked
	real  map[string]*shown // by text: what real desks sent
	kills atomic.Int64
	desks atomic.Int64
	tries atomic.Int64
}

func (t *tally) add(a acked) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sent = append(t.sent, a)
}

func TestTorture_NothingAcknowledgedIsLost(t *testing.T) {
	rounds := 50
	if s := os.Getenv("TORTURE_ROUNDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("TORTURE_ROUNDS=%q", s)
		}
		rounds = n
	}
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d, %d rounds, %d cores", seed, rounds, runtime.NumCPU())
	dir := t.TempDir()
	srv := &harness.Server{Bin: harness.Build(t, dir), Data: filepath.Join(dir, "data"), Dir: dir, Args: []string{"-bot=false", "-visitor-rate", "200"}}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { srv.Kill() })

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	sum := tally{real: map[string]*shown{}}
	var wg sync.WaitGroup
	drain := make(chan struct{}) // closed: finish what is under way, begin nothing new
	for i := range customers {
		wg.Go(func() { talk(ctx, srv, &sum, fmt.Sprintf("c-%04d", i+10), drain) })
	}
	var socket atomic.Pointer[harness.Client]
	wg.Go(func() { answer(ctx, srv, &sum, bare, &socket, drain) })
	var seats []*seat
	for _, user := range real() {
		s := &seat{user: user, dir: filepath.Join(dir, "desk-"+user), url: srv.URL(), sum: &sum}
		if err := s.start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.kill)
		seats = append(seats, s)
	}
	// Who kills whom has a clock of its own: desks die while the server lives, starts and is dead.
	calm, stop := context.WithCancel(ctx)
	defer stop()
	var killers sync.WaitGroup
	killer := func(n int, from, to time.Duration, kill func()) {
		rng := rand.New(rand.NewPCG(seed, uint64(n)))
		killers.Go(func() {
			for calm.Err() == nil {
				pause(calm, from+time.Duration(rng.Int64N(int64(to-from))))
				if calm.Err() == nil {
					kill()
				}
			}
		})
	}
	killer(1, 500*time.Millisecond, 4*time.Second, func() {
		if c := socket.Load(); c != nil {
			c.Cut() // no close frame
			sum.desks.Add(1)
		}
	})
	for i, s := range seats {
		killer(2+i, time.Second, 14*time.Second, func() {
			s.kill() // kill -9 of a real desk, between any two instructions
			sum.desks.Add(1)
			if err := s.start(); err != nil {
				t.Error(err)
			}
		})
	}
	rng := rand.New(rand.NewPCG(seed, 0))
	for r := range rounds {
		pause(ctx, life(rng)) // the moment of death is what this test draws
		srv.Kill()
		sum.kills.Add(1)
		if err := srv.Start(ctx); err != nil {
			t.Fatalf("round %d: %v", r, err)
		}
	}
	stop()
	killers.Wait()
	close(drain)
	done := make(chan struct{})
	go func() { wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(60 * time.Second):
		cancel()
		<-done
		t.Error("some clients could not settle their last message within a minute")
	}
	for _, s := range seats {
		s.settle(20 * time.Second)
		s.kill()
	}
	if err := srv.Stop(); err != nil {
		t.Fatal(err)
	}
	compare(t, srv, &sum, rounds)
}

// life is how long the server lives: often too short for anybody to come back, at times long enough for much to be said.
func life(rng *rand.Rand) time.Duration {
	ms := 0
	switch rng.IntN(10) {
	case 0, 1, 2:
		ms = 150 + rng.IntN(650)
	case 3, 4, 5, 6, 7:
		ms = 800 + rng.IntN(3200)
	default:
		ms = 4000 + rng.IntN(4000)
	}
	return time.Duration(ms) * time.Millisecond
}

// compare reads the log itself and holds it against what was acknowledged.
func compare(t *testing.T, srv *harness.Server, sum *tally, rounds int) {
	ctx := t.Context()
	keys, err := keyring.Open(ctx, keyring.Params{Dir: filepath.Join(srv.Data, "keys")})
	if err != nil {
		t.Fatal(err)
	}
	defer keys.Close()
	log, err := eventlog.OpenEmbedded(ctx, eventlog.EmbeddedParams{Dir: filepath.Join(srv.Data, "log"), Shop: "chengyu"})
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()

	type key struct {
		actor  event.Actor
		client string
	}
	stored := map[key]int{}
	byText := map[string]int{}
	states := map[string]*conversation.State{}
	wrong, records, messages := 0, 0, 0
	hash, floorTime := "", int64(0)
	for from := uint64(1); ; {
		batch, err := log.Read(ctx, from, 512)
		if err != nil {
			t.Fatal(err)
		}
		if len(batch) == 0 {
			break
		}
		for _, s := range batch {
			rec, err := eventlog.Decode(s.Data, s.Seq, keys)
			if err != nil {
				t.Fatal(err)
			}
			if rec.Prev != hash || rec.Time < floorTime {
				t.Errorf("record %d: the chain or the floor's time is broken", rec.Seq)
			}
			hash, floorTime = rec.Hash, rec.Time
			records++
			carried := key{} // a command's ID stands on its first event; conversation.opened carries it for the message
			for i := range rec.Events {
				e := &rec.Events[i]
				if e.ClientID != "" {
					carried = key{e.Actor, e.ClientID}
					stored[carried]++
				}
				if e.Conv == "" {
					continue
				}
				st := states[e.Conv]
				if st == nil {
					st = &conversation.State{}
					states[e.Conv] = st
				}
				if e.Type == event.Posted {
					var b event.PostedBody
					var p event.PostedPrivate
					if err := e.Decode(&b, &p); err != nil {
						t.Fatal(err)
					}
					messages++
					if e.Actor.Kind == event.Customer || e.Actor.Kind == event.Agent && b.Kind != event.Note {
						byText[e.Actor.String()+"\x00"+p.Text]++
					}
					holder := e.Actor.Kind == event.Customer || b.Kind == event.Note || b.Kind == event.Notice ||
						e.Actor.Kind == event.Bot && st.Seat == conversation.SeatBot || e.Actor.Kind == event.Agent && st.Agent == e.Actor.ID
					if !holder {
						wrong++
						t.Errorf("record %d: %s wrote while the seat was %s of %q", rec.Seq, e.Actor, st.Seat, st.Agent)
					}
				}
				if err := conversation.Fold(st, &event.Placed{Seq: rec.Seq, Idx: i, Time: rec.Time, Event: *e}); err != nil {
					t.Fatal(err)
				}
			}
		}
		from = batch[len(batch)-1].Seq + 1
	}
	lost, twice := 0, 0
	for _, a := range sum.sent {
		switch n := stored[key{a.actor, a.client}]; {
		case n == 0:
			lost++
			t.Errorf("acknowledged and lost: %s %s", a.actor, a.client)
		case n > 1:
			twice++
			t.Errorf("stored %d times: %s %s", n, a.actor, a.client)
		}
		if n := byText[a.actor.String()+"\x00"+a.text]; n != 1 {
			t.Errorf("%s is in the log %d times", a.text, n)
		}
	}
	shownDelivered := 0
	for text, sh := range sum.real {
		n := byText[event.Actor{Kind: event.Agent, ID: sh.user}.String()+"\x00"+text]
		switch {
		case n > 1:
			twice++
			t.Errorf("a real desk's %q is in the log %d times", text, n)
		case sh.delivered && n == 0:
			lost++
			t.Errorf("a real desk showed %q as delivered, and it is lost", text)
		}
		if sh.delivered {
			shownDelivered++
		}
	}
	if shownDelivered < rounds {
		t.Errorf("the load proved little: real desks delivered %d replies in %d rounds", shownDelivered, rounds)
	}
	byAgents := 0
	for _, a := range sum.sent {
		if a.actor.Kind == event.Agent {
			byAgents++
		}
	}
	if len(sum.sent) == 0 || byAgents == 0 {
		t.Errorf("the load proved nothing: %d acknowledged, %d of them by agents", len(sum.sent), byAgents)
	}
	fmt.Printf("torture: %d kills of the server, %d of desks; %d tries, %d acknowledged (%d by the agent at a bare desk), %d of %d delivered by real desks; log: %d records, %d messages; lost %d, twice %d, wrong writer %d\n",
		sum.kills.Load(), sum.desks.Load(), sum.tries.Load(), len(sum.sent), byAgents, shownDelivered, len(sum.real), records, messages, lost, twice, wrong)
}
