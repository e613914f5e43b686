package floor

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"agentdesk/server/eventlog"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

// watch is a desk that answers assignments and calls with "seen" by itself, as every desk does, until ctx ends. asked is told
// of each before the answer, and may be nil.
func (r *running) watch(ctx context.Context, agent string, asked func()) (done chan struct{}) {
	sub := r.Subscribe(0, 0)
	done = make(chan struct{})
	go func() {
		defer close(done)
		defer sub.Close()
		for {
			c, err := sub.Next(ctx)
			if err != nil {
				return
			}
			for _, e := range c.Events {
				if !asks(&e, agent) {
					continue
				}
				if asked != nil {
					asked()
				}
				if ctx.Err() != nil {
					return
				}
				_, _ = r.Do(ctx, agentCmd(conversation.See, agent, "see"+e.ID, e.Conv, e.Epoch, nil))
			}
		}
	}()
	return done
}

// asks reports whether an event asks an agent's desk to show a chat.
func asks(e *event.Event, agent string) bool {
	switch e.Type {
	case event.Taken:
		var b event.TakenBody
		return e.Decode(&b, nil) == nil && b.Agent == agent && b.How == event.HowAssigned
	case event.Offered:
		var b event.OfferBody
		return e.Decode(&b, nil) == nil && b.Agent == agent && b.Round == conversation.RoundCall
	}
	return false
}

// A desk that dies one second before its agent is assigned the chat: the next one has it within the 30 seconds.
func TestClock30_DeskDiesBeforeItIsAssigned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mem := eventlog.NewMemory()
		mem.SetLatency(20 * time.Millisecond)
		f := start(t, paramsFor(mem))
		// a1 is asked first and lets the offer expire; a2, asked second, is the one to be assigned.
		f.online("a1", 3)
		f.online("a2", 3)
		ctx, cancel := context.WithCancel(context.Background())
		watching := f.watch(ctx, "a1", nil)
		stop1, stop2 := f.beats("a1"), f.beats("a2")
		conv := f.must(customerPost("c1", "m1", "转人工")).Conv
		at := time.Now()
		f.escalate(conv, "e1")
		time.Sleep(24 * time.Second)
		stop2() // without a word
		for f.state(conv).Hold == nil || !f.state(conv).Hold.Seen {
			time.Sleep(50 * time.Millisecond)
			if time.Since(at) > 31*time.Second {
				t.Fatalf("nobody has the chat after %v: %+v", time.Since(at), f.state(conv))
			}
		}
		s := f.state(conv)
		if took := time.Since(at); took > 30*time.Second || s.Agent != "a1" {
			t.Errorf("%s has it after %v", s.Agent, took)
		}
		assigned := false
		for _, c := range committed(t, mem, f.p.Keys) {
			for _, e := range c.Events {
				var b event.TakenBody
				assigned = assigned || e.Type == event.Taken && e.Decode(&b, nil) == nil && b.Agent == "a2"
			}
		}
		if !assigned {
			t.Error("the dead desk was never assigned the chat: this test shows nothing")
		}
		cancel()
		<-watching
		stop1()
	})
}

// Promise 3 on the floor: whoever ignores offers, declines, disconnects or crashes at a random moment, while one
// connected agent has room, each escalated chat is taken over within 30 s.
func TestClock30_WhoeverFails(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, func(t *testing.T) {
			mem := eventlog.NewMemory()
			mem.SetLatency(time.Duration(rapid.IntRange(0, 40).Draw(rt, "latency")) * time.Millisecond)
			f := start(t, paramsFor(mem))
			ctx, cancel := context.WithCancel(context.Background())
			var done []func()
			defer func() {
				cancel()
				for _, d := range done {
					d()
				}
				_ = f.end()
			}()
			chats := rapid.IntRange(1, 4).Draw(rt, "chats")
			f.online("z", chats) // last by ID, never fails, has room for all
			watching := f.watch(ctx, "z", nil)
			done = append(done, f.beats("z"), func() { <-watching })
			for i := range rapid.IntRange(0, 3).Draw(rt, "others") {
				id := fmt.Sprint("a", i)
				f.online(id, rapid.IntRange(1, 3).Draw(rt, "capacity"))
				stop := f.beats(id)
				dies := time.Duration(rapid.IntRange(0, 40000).Draw(rt, "dies")) * time.Millisecond
				says := rapid.Bool().Draw(rt, "disconnects")
				gone := make(chan struct{})
				go func() {
					defer close(gone)
					time.Sleep(dies)
					stop()
					if says {
						f.DeskDisconnected(id)
					}
				}()
				done = append(done, func() { <-gone })
			}
			since := map[string]time.Time{}
			for i := range chats {
				conv := f.must(customerPost(fmt.Sprint("c", i), "m", "转人工")).Conv
				since[conv] = time.Now()
				f.escalate(conv, fmt.Sprint("e", i))
				time.Sleep(time.Duration(rapid.IntRange(0, 9000).Draw(rt, "gap")) * time.Millisecond)
			}
			for len(since) > 0 {
				time.Sleep(100 * time.Millisecond)
				for conv, at := range since {
					s := f.state(conv)
					if s.Hold != nil && s.Hold.Seen {
						delete(since, conv)
					} else if time.Since(at) > 30*time.Second {
						rt.Fatalf("%s waits for %v: %s", conv, time.Since(at), asJSON(t, s))
					}
				}
			}
		})
	})
}

// Promise 3 at its worst: one to five desks die exactly when they are asked to show a chat, one after another or together,
// and the only desk that lives is the busiest, so that it is asked last. What it is asked at all must be in time.
func TestClock30_EveryDeskButOneDiesWhenAsked(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		inBubble(t, func(t *testing.T) {
			mem := eventlog.NewMemory()
			mem.SetLatency(time.Duration(rapid.IntRange(0, 100).Draw(rt, "latency")) * time.Millisecond)
			f := start(t, paramsFor(mem))
			ctx, cancel := context.WithCancel(context.Background())
			var ends []func()
			defer func() {
				cancel()
				for _, end := range ends {
					end()
				}
				_ = f.end()
			}()
			chats := rapid.IntRange(1, 3).Draw(rt, "chats")
			f.online("z", 10)
			stopZ := f.beats("z")
			watching := f.watch(ctx, "z", nil)
			ends = append(ends, stopZ, func() { <-watching })
			for i := range 10 - chats { // z holds so many, and has room for just the rest
				conv := f.must(customerPost(fmt.Sprint("held", i), "m", "在吗")).Conv
				f.must(agentCmd(conversation.Claim, "z", fmt.Sprint("claim", i), conv, 0, nil))
			}
			together := rapid.Bool().Draw(rt, "together")
			var dies []context.CancelFunc
			var mu sync.Mutex
			for i := range rapid.IntRange(1, 5).Draw(rt, "others") {
				id := fmt.Sprint("a", i)
				f.online(id, rapid.IntRange(1, 4).Draw(rt, "capacity"))
				stop := f.beats(id)
				mine, die := context.WithCancel(ctx)
				end := sync.OnceFunc(func() { die(); stop() })
				mu.Lock()
				dies = append(dies, end)
				mu.Unlock()
				done := f.watch(mine, id, func() {
					if !together {
						end()
						return
					}
					mu.Lock()
					defer mu.Unlock()
					for _, d := range dies {
						d()
					}
				})
				ends = append(ends, end, func() { <-done })
			}
			since := map[string]time.Time{}
			for i := range chats {
				conv := f.must(customerPost(fmt.Sprint("c", i), "m", "转人工")).Conv
				f.escalate(conv, fmt.Sprint("e", i))
				since[conv] = time.Now()
				time.Sleep(time.Duration(rapid.IntRange(0, 4000).Draw(rt, "gap")) * time.Millisecond)
			}
			for len(since) > 0 {
				time.Sleep(50 * time.Millisecond)
				for conv, at := range since {
					s := f.state(conv)
					if s.Hold != nil && s.Hold.Seen {
						if s.Agent != "z" {
							rt.Fatalf("%s has %s, though every other desk dies when it is asked", s.Agent, conv)
						}
						delete(since, conv)
					} else if time.Since(at) > 30*time.Second {
						rt.Fatalf("%s waits for %v: %s", conv, time.Since(at), asJSON(t, s))
					}
				}
			}
		})
	})
}
