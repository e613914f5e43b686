package client

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gorilla/websocket"
	"pgregory.net/rapid"

	"agentdesk/sync/conversation"
	"agentdesk/sync/wire"
)

// The pauses keep to their bounds whatever happened before, and a server that refuses is asked at least once a second for
// the first half minute: it is starting.
func TestBackoff_KeepsToItsBounds(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		var b backoff
		failed, down := 0, time.Duration(0)
		for range rapid.IntRange(1, 40).Draw(rt, "attempts") {
			if rapid.IntRange(0, 9).Draw(rt, "in") == 0 {
				lived := time.Duration(rapid.IntRange(0, 10).Draw(rt, "seconds")) * time.Second
				b.lived(lived)
				if lived >= steadyAfter {
					failed, down = 0, 0
				}
			}
			refused := rapid.Bool().Draw(rt, "refused")
			pause := b.next(refused)
			low, high := time.Duration(0), quickPause
			if failed > 0 {
				high = min(longPause, firstPause*time.Duration(1<<min(failed-1, 10)))
				if refused && down < refusedFor {
					high = min(high, refusedStep)
				}
				low = high / 2
			}
			if pause < low || pause > high {
				rt.Fatalf("after %d attempts and %v: %v, not within %v and %v", failed, down, pause, low, high)
			}
			failed++
			down += pause
		}
	})
}

func TestBackoff_Differs(t *testing.T) {
	for failed := range 8 {
		seen := map[time.Duration]bool{}
		for range 50 {
			b := backoff{failed: failed}
			seen[b.next(false)] = true
		}
		if len(seen) < 40 {
			t.Errorf("after %d attempts 50 desks wait for %d different times", failed, len(seen))
		}
	}
}

// A server that is started again within seconds is found again within a second, and one that stays away is left in peace.
func TestRun_RefusedConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, func(_ int, ws *websocket.Conn) {
			welcome(t, ws)
			stay(t, ws)
		})
		n.set(true, false)
		r := connect(n)
		time.Sleep(20 * time.Second)
		n.set(false, false)
		back := time.Now()
		for r.phase() != Online {
			time.Sleep(10 * time.Millisecond)
			if time.Since(back) > refusedStep+50*time.Millisecond {
				t.Fatalf("not back %v after the server was", time.Since(back))
			}
		}
		if g := n.gaps(); len(g) < 20 || g[0] >= quickPause || slices.Max(g) > refusedStep {
			t.Errorf("asked a server that starts at %v", g)
		}
		r.end(t)

		n = newNetwork(t, nil)
		n.set(true, false)
		r = connect(n)
		time.Sleep(10 * time.Minute)
		r.end(t)
		if g := n.gaps(); len(g) > 30+45+70 || g[len(g)-1] < longPause/2 || slices.Max(g) > longPause {
			t.Errorf("%d attempts in ten minutes at a server that is away, the last after %v", len(g)+1, g[len(g)-1])
		}
	})
}

func (r *running) phase() Phase {
	r.ear.mu.Lock()
	defer r.ear.mu.Unlock()
	if len(r.statuses) == 0 {
		return ""
	}
	return r.statuses[len(r.statuses)-1].Phase
}

// After each code that means "come back", and after a cut without any, the desk is back at once, with a fresh token where
// the old one ran out.
func TestRun_ComesBackAfter(t *testing.T) {
	for _, code := range []int{0, websocket.CloseNormalClosure, websocket.CloseGoingAway, wire.CloseSlow, wire.CloseDrain, wire.CloseExpired, wire.CloseReset, wire.CloseSilent} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork(t, func(i int, ws *websocket.Conn) {
					hello := welcome(t, ws)
					if hello.Token != "token" || hello.Cursor == nil || hello.Cursor.Seq != 7 || hello.View != "v" {
						t.Errorf("hello %+v", hello)
					}
					if i > 0 {
						stay(t, ws)
						return
					}
					time.Sleep(steadyAfter)
					if code == 0 {
						_ = ws.NetConn().Close()
						return
					}
					go stay(t, ws) // or the close frame of the desk finds nobody
					hangUp(ws, code, "come back")
					time.Sleep(time.Second)
				})
				r := connect(n)
				time.Sleep(steadyAfter + quickPause + 10*time.Millisecond)
				synctest.Wait()
				r.ear.mu.Lock()
				welcomes, renewed := r.welcomes, r.renewed
				r.ear.mu.Unlock()
				if welcomes != 2 || len(renewed) != 2 || renewed[0] || renewed[1] != (code == wire.CloseExpired) {
					t.Errorf("let in %d times, tokens renewed %v", welcomes, renewed)
				}
				r.end(t)
			})
		})
	}
}

func TestRun_EndsForGoodAfter(t *testing.T) {
	for _, code := range []int{wire.CloseBadToken, wire.CloseVersion, wire.CloseBadFrame, wire.CloseRate, wire.CloseReplaced, wire.CloseTooLarge, 4199} {
		t.Run(fmt.Sprint(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork(t, func(_ int, ws *websocket.Conn) {
					next(t, ws)
					go stay(t, ws)
					hangUp(ws, code, "why")
					time.Sleep(time.Second)
				})
				r := connect(n)
				var end *TerminalError
				if err := <-r.over; !errors.As(err, &end) || end.Code != code || end.Text != "why" {
					t.Errorf("%v", err)
				}
				r.stop()
				if g := n.gaps(); len(g) > 0 {
					t.Errorf("came back %d times", len(g))
				}
				time.Sleep(2 * time.Second)
			})
		})
	}
}

// A server that takes the connection and then says nothing, at whatever stage, is given up in seconds.
func TestRun_GivesUpASilentServer(t *testing.T) {
	for name, c := range map[string]struct {
		hangs  bool
		script func(t *testing.T, ws *websocket.Conn)
		within time.Duration
	}{
		"before the handshake": {true, nil, dialWithin},
		"before the welcome":   {false, func(t *testing.T, ws *websocket.Conn) { next(t, ws) }, silentAfter},
		"after the welcome":    {false, func(t *testing.T, ws *websocket.Conn) { welcome(t, ws) }, silentAfter},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := newNetwork(t, func(_ int, ws *websocket.Conn) {
					c.script(t, ws)
					for { // takes beats, and answers none
						if _, _, err := ws.ReadMessage(); err != nil {
							return
						}
					}
				})
				n.set(false, c.hangs)
				r := connect(n)
				time.Sleep(time.Minute)
				r.end(t)
				g := n.gaps()
				if len(g) < 2 || g[0] < c.within || g[0] > c.within+quickPause {
					t.Errorf("tried again after %v", g)
				}
			})
		})
	}
}

// A server that lets the desk in and throws it out at once is not hammered.
func TestRun_PausesGrowWhereConnectionsDoNotLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, func(_ int, ws *websocket.Conn) { welcome(t, ws) })
		r := connect(n)
		time.Sleep(5 * time.Minute)
		r.end(t)
		if g := n.gaps(); len(g) > 40 || g[len(g)-1] < longPause/2 {
			t.Errorf("%d attempts in five minutes, the last after %v", len(g)+1, g[len(g)-1])
		}
	})
}

func TestRun_AnErrorOfTheHandlerReconnects(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, func(_ int, ws *websocket.Conn) {
			welcome(t, ws)
			say(t, ws, wire.Rec{T: wire.TRec})
			stay(t, ws)
		})
		r := connect(n)
		r.note(func() { r.fail = errors.New("disk full") })
		time.Sleep(2 * time.Second)
		r.note(func() { r.fail = nil })
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if r.phase() != Online || r.recs < 2 {
			t.Errorf("%s after %d records", r.phase(), r.recs)
		}
		r.end(t)
	})
}

// A token that has run out is asked for anew until the server has taken the new one, however many attempts fail between.
func TestRun_RenewsUntilItIsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, nil)
		n.script = func(i int, ws *websocket.Conn) {
			welcome(t, ws)
			if i > 0 {
				stay(t, ws)
				return
			}
			n.set(true, false)
			go stay(t, ws)
			hangUp(ws, wire.CloseExpired, "the token ran out")
			time.Sleep(time.Second)
		}
		r := connect(n)
		time.Sleep(3 * time.Second)
		n.set(false, false)
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if r.phase() != Online || len(r.renewed) < 3 || r.renewed[0] || slices.Contains(r.renewed[1:], false) {
			t.Errorf("%s, renewed %v", r.phase(), r.renewed)
		}
		r.end(t)
	})
}

func TestRun_SignedOutEndsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, nil)
		n.set(true, false)
		r := connect(n)
		r.note(func() { r.token = ErrSignedOut })
		if err := <-r.over; !errors.Is(err, ErrSignedOut) {
			t.Errorf("%v", err)
		}
		r.stop()
	})
}

func TestRetry_TriesAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newNetwork(t, func(_ int, ws *websocket.Conn) {
			welcome(t, ws)
			stay(t, ws)
		})
		n.set(true, false)
		r := connect(n)
		time.Sleep(5 * time.Minute) // the pauses are long now
		n.set(false, false)
		r.Retry()
		synctest.Wait()
		if r.phase() != Online {
			t.Errorf("%s", r.phase())
		}
		r.end(t)
	})
}

// Every command goes again, in order and under its ID, until it is answered; then never again.
func TestCommand_GoesAgainUntilAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		got := make([][]string, 3) // what each connection got, in order
		n := newNetwork(t, func(i int, ws *websocket.Conn) {
			welcome(t, ws)
			for i < len(got) {
				in := next(t, ws)
				if in.T == "" {
					return
				}
				if in.T != wire.TCmd {
					continue
				}
				got[i] = append(got[i], in.ID)
				switch {
				case i == 0 && len(got[0]) == 2: // dies without an answer
					return
				case i == 1 && len(got[1]) == 2: // answers the first one, then dies
					say(t, ws, wire.Ack{T: wire.TAck, ID: "a", OK: true})
					time.Sleep(time.Second)
					return
				case i == 2:
					say(t, ws, wire.Ack{T: wire.TAck, ID: in.ID, OK: true})
				}
			}
			stay(t, ws)
		})
		n.set(true, false)
		r := connect(n)
		time.Sleep(time.Second)
		for _, id := range []string{"a", "b", "a"} { // offline; a second a is the same command
			if !r.Command(wire.In{ID: id, Kind: conversation.Post}) {
				t.Errorf("%s was not kept", id)
			}
		}
		if r.Tell(wire.In{T: wire.TTyping}) {
			t.Error("a frame for now was kept without a connection")
		}
		n.set(false, false)
		time.Sleep(20 * time.Second)
		if !r.Command(wire.In{ID: "c", Kind: conversation.Post}) {
			t.Error("c was not kept")
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for i, want := range [][]string{{"a", "b"}, {"a", "b"}, {"b", "c"}} {
			if !slices.Equal(got[i], want) {
				t.Errorf("connection %d got %v, want %v", i, got[i], want)
			}
		}
		var acked []string
		for _, a := range r.acks {
			acked = append(acked, a.ID)
		}
		if !slices.Equal(acked, []string{"a", "b", "c"}) {
			t.Errorf("heard of %v", acked)
		}
		r.end(t)
	})
}

// What the server can't take now goes again on the same connection; what it refuses does not.
func TestCommand_AskedToComeAgain(t *testing.T) {
	for _, code := range []conversation.Code{conversation.Busy, conversation.Retry, conversation.ShuttingDown, conversation.StaleEpoch} {
		t.Run(string(code), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var got []time.Time
				n := newNetwork(t, func(_ int, ws *websocket.Conn) {
					welcome(t, ws)
					for {
						in := next(t, ws)
						if in.T == "" {
							return
						}
						got = append(got, time.Now())
						a := wire.Ack{T: wire.TAck, ID: in.ID, OK: len(got) > 1}
						if !a.OK {
							a.Err = &conversation.Refusal{Code: code}
						}
						say(t, ws, a)
					}
				})
				r := connect(n)
				time.Sleep(time.Second)
				r.Command(wire.In{ID: "a", Kind: conversation.Post})
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if code == conversation.StaleEpoch {
					if len(got) != 1 || len(r.acks) != 1 || r.acks[0].OK {
						t.Errorf("sent %d times, heard %+v", len(got), r.acks)
					}
				} else if len(got) != 2 || got[1].Sub(got[0]) < againAfter || len(r.acks) != 1 || !r.acks[0].OK {
					t.Errorf("sent at %v, heard %+v", got, r.acks)
				}
				r.end(t)
			})
		})
	}
}

func TestCommand_IsBounded(t *testing.T) {
	c := New(Params{})
	for i := range maxPending {
		if !c.Command(wire.In{ID: fmt.Sprint(i)}) {
			t.Fatalf("%d was refused", i)
		}
	}
	if c.Command(wire.In{ID: "one more"}) {
		t.Error("more than the bound was kept")
	}
	if !c.Command(wire.In{ID: "0"}) {
		t.Error("one that is kept was refused")
	}
}

func TestRun_BeatsAndMeasures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		beats := 0
		n := newNetwork(t, func(_ int, ws *websocket.Conn) {
			welcome(t, ws)
			for {
				var in wire.In
				if err := ws.ReadJSON(&in); err != nil {
					return
				}
				if in.T == wire.TBeat {
					beats++
					time.Sleep(30 * time.Millisecond)
					say(t, ws, wire.Beat{T: wire.TBeat, Sent: in.Sent})
				}
			}
		})
		r := connect(n)
		time.Sleep(10*time.Second + 500*time.Millisecond)
		synctest.Wait()
		last := r.statuses[len(r.statuses)-1]
		if beats != 10 || last.Phase != Online || last.LatencyMS != 30 {
			t.Errorf("%d beats, %+v", beats, last)
		}
		r.end(t)
	})
}
