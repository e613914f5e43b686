package live_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"agentdesk/server/folds/live"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	anna = event.Actor{Kind: event.Customer, ID: "anna"}
	bot  = event.Actor{Kind: event.Bot, ID: "bot"}
	sys  = event.Actor{Kind: event.System}
)

func raw(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

type feed struct {
	t   *testing.T
	s   *live.Store
	seq uint64
	n   int
}

func (f *feed) ev(conv string, typ event.Type, who event.Actor, body, private any) event.Event {
	f.n++
	e := event.Event{ID: event.NewID(time.UnixMilli(int64(f.n)), [10]byte{}), Type: typ, Version: 1, Conv: conv, Customer: "anna", Actor: who}
	if body != nil {
		e.Body = raw(f.t, body)
	}
	if private != nil {
		e.Private = raw(f.t, private)
	}
	return e
}

func (f *feed) open(conv string) event.Event {
	return f.ev(conv, event.Opened, anna, event.OpenedBody{Channel: "web", Group: "pre"}, nil)
}

func (f *feed) say(conv string, who event.Actor, kind event.MessageKind, text string) event.Event {
	return f.ev(conv, event.Posted, who, event.PostedBody{Kind: kind}, event.PostedPrivate{Text: text})
}

func (f *feed) commit(at int64, evs ...event.Event) {
	f.t.Helper()
	f.seq++
	if err := f.s.Apply(event.Committed{Seq: f.seq, Record: event.Record{Time: at, Events: evs}}); err != nil {
		f.t.Fatal(err)
	}
}

func texts(t *testing.T, ps []event.Placed) []string {
	t.Helper()
	var out []string
	for _, p := range ps {
		var b event.PostedPrivate
		if err := p.Decode(nil, &b); err != nil {
			t.Fatal(err)
		}
		out = append(out, b.Text)
	}
	return out
}

func TestStore_TurnsAreWhatWasSaid(t *testing.T) {
	f := &feed{t: t, s: live.New(live.Params{})}
	f.commit(1, f.open("c"), f.say("c", anna, event.Text, "one"))
	f.commit(2, f.say("c", sys, event.Notice, "queue"), f.say("c", bot, event.Text, "two"))
	f.commit(3, f.say("c", event.Actor{Kind: event.Agent, ID: "li"}, event.Note, "inside"), f.say("c", anna, event.Text, "three"))
	for n, want := range map[int]string{0: "[]", 1: "[three]", 2: "[two three]", 9: "[one two three]"} {
		if got := fmt.Sprint(texts(t, f.s.Turns("c", n))); got != want {
			t.Errorf("last %d: %s, want %s", n, got, want)
		}
	}
	if got := f.s.Turns("nowhere", 5); len(got) != 0 {
		t.Errorf("turns of nothing: %v", got)
	}
	st, evs, ok := f.s.Timeline("c")
	if !ok || len(evs) != 6 || st.Messages != 3 || evs[5].Seq != 3 || evs[5].Idx != 1 || evs[5].Time != 3 {
		t.Errorf("timeline %+v with %d events", st, len(evs))
	}
}

func TestStore_RefusesHolesAndPassesOverRepeats(t *testing.T) {
	f := &feed{t: t, s: live.New(live.Params{})}
	f.commit(1, f.open("c"), f.say("c", anna, event.Text, "one"))
	again := event.Committed{Seq: 1, Record: event.Record{Events: []event.Event{f.say("c", anna, event.Text, "twice")}}}
	if err := f.s.Apply(again); err != nil {
		t.Fatal(err)
	}
	if _, evs, _ := f.s.Timeline("c"); len(evs) != 2 {
		t.Fatalf("%d events", len(evs))
	}
	if err := f.s.Apply(event.Committed{Seq: 3}); !errors.Is(err, live.ErrGap) || f.s.Seq() != 1 {
		t.Fatalf("a hole: %v, at %d", err, f.s.Seq())
	}
}

func TestStore_ClosedLingerThenGo(t *testing.T) {
	f := &feed{t: t, s: live.New(live.Params{Linger: time.Second})}
	f.commit(1000, f.open("a"), f.open("b"), f.open("c"))
	f.commit(2000, f.ev("a", event.Closed, sys, event.ClosedBody{By: "idle"}, nil))
	f.commit(2999, f.ev("b", event.Closed, sys, event.ClosedBody{By: "idle"}, nil))
	if st, ok := f.s.State("a"); !ok || st.Open() {
		t.Fatal("a closed conversation must linger")
	}
	f.commit(3000)
	if _, ok := f.s.State("a"); ok {
		t.Fatal("a closed conversation stays for ever")
	}
	f.commit(3001, f.say("a", bot, event.Text, "late")) // of a conversation long gone: harmless
	n := 0
	f.s.Each(func(*conversation.State) bool { n++; return true })
	if n != 2 {
		t.Fatalf("%d conversations left", n)
	}
	n = 0
	f.s.Each(func(*conversation.State) bool { n++; return false })
	if n != 1 {
		t.Fatalf("told to stop, went on to %d", n)
	}
}

type source struct {
	states []conversation.State
	events map[string][]event.Placed
	err    error
}

// EachOpen implements live.Source.
func (s source) EachOpen(_ context.Context, fn func(conversation.State, []event.Placed) error) (event.Cursor, error) {
	for _, st := range s.states {
		if err := fn(st, s.events[st.ID]); err != nil {
			return event.Cursor{}, err
		}
	}
	return event.Cursor{Seq: 7}, s.err
}

func TestStore_LoadGoesOnWhereTheSourceIs(t *testing.T) {
	f := &feed{t: t, s: live.New(live.Params{})}
	f.commit(1, f.open("old"))
	e := event.Placed{Seq: 5, Event: f.open("c")}
	st := conversation.State{}
	if err := conversation.Fold(&st, &e); err != nil {
		t.Fatal(err)
	}
	src := source{states: []conversation.State{st}, events: map[string][]event.Placed{"c": {e}}}
	broken := src
	broken.err = errors.New("no")
	if _, err := f.s.Load(t.Context(), broken); !errors.Is(err, broken.err) {
		t.Fatal(err)
	}
	if _, ok := f.s.State("old"); !ok {
		t.Fatal("a load that failed emptied the store")
	}
	if cur, err := f.s.Load(t.Context(), src); err != nil || cur.Seq != 7 {
		t.Fatalf("%+v, %v", cur, err)
	}
	f.seq = 7
	f.commit(9, f.say("c", anna, event.Text, "next"))
	if _, evs, _ := f.s.Timeline("c"); len(evs) != 2 {
		t.Fatalf("%d events", len(evs))
	}
	if _, ok := f.s.State("old"); ok {
		t.Fatal("what the source does not have is still there")
	}
}

// What a reader was given never changes under it.
func TestStore_ReadersSeeWholeRecords(t *testing.T) {
	f := &feed{t: t, s: live.New(live.Params{})}
	f.commit(1, f.open("c"))
	var wg sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		wg.Go(func() {
			for {
				st, evs, _ := f.s.Timeline("c")
				if len(evs) != 1+st.Messages || st.Messages%2 != 0 || evs[len(evs)-1].Seq != st.LastSeq {
					t.Errorf("%d events beside %d messages at %d", len(evs), st.Messages, st.LastSeq)
					return
				}
				select {
				case <-stop:
					return
				default:
				}
			}
		})
	}
	for i := range int64(500) {
		f.commit(2+i, f.say("c", anna, event.Text, "a"), f.say("c", bot, event.Text, "b"))
	}
	close(stop)
	wg.Wait()
}
