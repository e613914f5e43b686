package floor

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// beat beats like a desk until the returned function is called.
func (r *running) beats(agent string) (stop func()) {
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			r.Beat(agent)
			select {
			case <-t.C:
			case <-quit:
				return
			}
		}
	}()
	return func() { close(quit); <-done }
}

func beating(t *testing.T, f *running, agent string) bool {
	t.Helper()
	v, err := f.View(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(v.Agents, func(a conversation.Agent) bool { return a.ID == agent })
	if i < 0 {
		t.Fatalf("no agent %s", agent)
	}
	return v.Agents[i].Beating
}

func TestDesk_SilentDeskLosesItsChats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		time.Sleep(f.p.Policy.OwnerGrace)
		conv := f.must(customerPost("c1", "m1", "一")).Conv
		f.online("a1", 3)
		stop := f.beats("a1")
		epoch := f.must(agentCmd(conversation.Claim, "a1", "k1", conv, 0, nil)).Epoch
		f.must(agentCmd(conversation.Post, "a1", "p1", conv, epoch, text("您好")))
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if s := f.state(conv); s.Seat != conversation.SeatHuman || !beating(t, f, "a1") {
			t.Fatalf("seat %s, beating %v while the desk beats", s.Seat, beating(t, f, "a1"))
		}
		stop()
		time.Sleep(3100 * time.Millisecond)
		if beating(t, f, "a1") {
			t.Error("eligible after 3 s of silence")
		}
		if s := f.state(conv); s.Seat != conversation.SeatHuman {
			t.Error("returned before the desk counted as gone")
		}
		time.Sleep(7 * time.Second)
		if s := f.state(conv); s.Seat != conversation.SeatWaiting || s.Epoch == epoch {
			t.Errorf("seat %s epoch %d after 10 s of silence", s.Seat, s.Epoch)
		}
		f.refused(agentCmd(conversation.Post, "a1", "p2", conv, epoch, text("还在吗")), conversation.StaleEpoch)
		time.Sleep(time.Minute)
		gone := 0
		for _, c := range committed(t, mem, f.p.Keys) {
			for _, e := range c.Events {
				if e.Type == event.DeskGone {
					gone++
				}
			}
		}
		if gone != 1 {
			t.Errorf("%d desk.gone, want 1", gone)
		}
		f.Beat("a1")
		synctest.Wait()
		if !beating(t, f, "a1") {
			t.Error("a desk that fell silent without being counted out does not count when it beats again")
		}
	})
}

func TestDesk_DisconnectEndsEligibilityAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, paramsFor(eventlog.NewMemory()))
		f.online("a1", 3)
		synctest.Wait()
		if !beating(t, f, "a1") {
			t.Fatal("not eligible with a desk")
		}
		f.DeskConnected("a1")
		f.DeskDisconnected("a1")
		synctest.Wait()
		if !beating(t, f, "a1") {
			t.Error("one of two desks went, and the agent with it")
		}
		f.DeskDisconnected("a1")
		synctest.Wait()
		if beating(t, f, "a1") {
			t.Error("eligible without a desk")
		}
		f.Beat("a1") // late, on its way when the socket closed
		synctest.Wait()
		if beating(t, f, "a1") {
			t.Error("a late beat revived a desk that is gone")
		}
	})
}

// After a takeover of ownership desks have ten seconds to come back before chats return.
func TestDesk_GraceAfterTakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		f := start(t, paramsFor(mem))
		f.online("a1", 3)
		f.online("a2", 3)
		c1 := f.must(customerPost("c1", "m1", "一")).Conv
		c2 := f.must(customerPost("c2", "m1", "一")).Conv
		f.must(agentCmd(conversation.Claim, "a1", "k1", c1, 0, nil))
		f.must(agentCmd(conversation.Claim, "a2", "k2", c2, 0, nil))
		f.end()
		time.Sleep(30 * time.Second)
		f = start(t, paramsFor(mem))
		time.Sleep(9 * time.Second)
		if f.state(c1).Seat != conversation.SeatHuman || f.state(c2).Seat != conversation.SeatHuman {
			t.Error("returned inside the grace")
		}
		f.DeskConnected("a1")
		stop := f.beats("a1")
		defer stop()
		time.Sleep(2 * time.Second)
		if f.state(c1).Seat != conversation.SeatHuman {
			t.Error("the desk came back, its chat went")
		}
		// It returned under its original clock, which ran out long ago: so it may be assigned to a1 already.
		if s := f.state(c2); s.Agent == "a2" {
			t.Errorf("the desk stayed away, its chat stayed: %s", s.Seat)
		}
	})
}

func TestDesk_BeatsAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := start(t, paramsFor(eventlog.NewMemory()))
		for i := range maxDesks + 100 {
			f.Beat(string(rune('a'+i%26)) + time.Duration(i).String())
		}
		if n := len(f.desks.m); n > maxDesks {
			t.Errorf("%d kept", n)
		}
	})
}
