package gateway

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"agentdesk/server/floor"
	"agentdesk/server/folds/live"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/mask"
	"agentdesk/sync/wire"
)

// quiet is a hub with desks that nobody reads, fed by hand.
type quiet struct {
	t   testing.TB
	h   *hub
	seq uint64
}

func newQuiet(t testing.TB, desks int) *quiet {
	g := &Gateway{p: Params{Live: live.New(live.Params{}), Logger: slog.New(slog.DiscardHandler), Zone: time.UTC, Policy: conversation.Default()}}
	g.hub = newHub(g, newMemo(mask.New()))
	q := &quiet{t: t, h: g.hub}
	for i := range desks {
		id := fmt.Sprintf("agent-%d", i)
		u := &wire.User{ID: id, Role: conversation.RoleAgent, Groups: []string{"pre"}}
		q.h.desks[id] = &session{g: g, user: u, who: conversation.Viewer{ID: id, Role: u.Role, Groups: u.Groups}, q: newQueue(1 << 40)}
	}
	return q
}

func (q *quiet) event(typ event.Type, by event.Actor, body, private any) event.Event {
	q.t.Helper()
	enc := func(v any) json.RawMessage {
		if v == nil {
			return nil
		}
		data, err := json.Marshal(v)
		if err != nil {
			q.t.Fatal(err)
		}
		return data
	}
	q.seq++
	return event.Event{ID: event.NewID(time.UnixMilli(int64(q.seq)), [10]byte{}), Type: typ, Version: 1, Conv: "c", Customer: "anna", Actor: by, Epoch: 1,
		Body: enc(body), Private: enc(private)}
}

func (q *quiet) commit(evs ...event.Event) {
	q.t.Helper()
	c := &floor.Commit{Committed: event.Committed{Seq: q.h.g.p.Live.Seq() + 1, Hash: "h", Record: event.Record{Time: int64(q.seq), Events: evs}}}
	if err := q.h.apply(c); err != nil {
		q.t.Fatal(err)
	}
	for _, s := range q.h.desks {
		s.q.take()
		s.q.held, s.q.bytes = nil, 0
	}
}

func (q *quiet) say(text string) event.Event {
	return q.event(event.Posted, event.Actor{Kind: event.Customer, ID: "anna"}, event.PostedBody{Kind: event.Text}, event.PostedPrivate{Text: text})
}

func (q *quiet) open() {
	q.commit(q.event(event.Opened, event.Actor{Kind: event.Customer, ID: "anna"}, event.OpenedBody{Channel: "web", Group: "pre"}, nil))
}

// BenchmarkHub measures how long the hub's lock is held for one commit, with 60 desks that see the chat.
func BenchmarkHub(b *testing.B) {
	typical := "你好，我昨天买的面霜有点漏，能帮我看看订单 8842 吗，电话 13812345678"
	escalated := event.EscalatedBody{Reason: "angry", Class: 1, Group: "pre", Since: 1}
	bot := event.Actor{Kind: event.Bot, ID: "bot"}
	b.Run("message", func(b *testing.B) {
		q := newQuiet(b, 60)
		q.open()
		q.commit(q.event(event.Escalated, bot, escalated, nil))
		for b.Loop() {
			q.commit(q.say(typical))
		}
	})
	b.Run("message of 64 KB that its socket masked", func(b *testing.B) {
		q := newQuiet(b, 60)
		q.open()
		q.commit(q.event(event.Escalated, bot, escalated, nil))
		long := strings.Repeat("1381234567 ", 5900)
		q.h.mask.Text(long)
		for b.Loop() {
			q.commit(q.say(long))
		}
	})
	b.Run("chat of 500 messages comes to all", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			q := newQuiet(b, 60)
			q.open()
			for range 500 {
				q.commit(q.say(typical))
			}
			b.StartTimer()
			q.commit(q.event(event.Escalated, bot, escalated, nil))
		}
	})
}

// What the memo remembers is what the masker says, within its bound.
func TestMemo_RemembersWithinBounds(t *testing.T) {
	plain := mask.New()
	m := newMemo(plain)
	for i := range 100 {
		text := strings.Repeat(string(rune('一'+i)), 20_000) + "@"
		want := plain.Text(text)
		if got := m.Text(text); got != want {
			t.Fatalf("text %d masked otherwise", i)
		}
		if got := m.Text(text); got != want || m.bytes > memoBytes {
			t.Fatalf("text %d, %d bytes kept", i, m.bytes)
		}
	}
	if len(m.m) == 0 || len(m.m) != m.order.Len() {
		t.Fatalf("%d and %d remembered", len(m.m), m.order.Len())
	}
	if m.forget(); len(m.m) != 0 || m.Text("我叫林小鹿。") != "我叫[姓名]。" {
		t.Fatal("forgotten, and yet not")
	}
}
