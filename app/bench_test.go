package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"agentdesk/app/view"
	"agentdesk/sync/client"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// crowded is a desk, connected to nothing, with so many own chats, the first one open and of so many messages.
func crowded(tb testing.TB, chats, messages int) (h handler, next func() *wire.Rec) {
	tb.Helper()
	now := time.Now()
	a, err := New(context.Background(), Params{Dir: tb.TempDir(), Now: func() time.Time { return now }, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		tb.Fatal(err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	user := xiaoning
	user.Capacity = 100
	if err := a.open(context.Background(), user.ID); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := a.m.rep.Close(); err != nil {
			tb.Error(err)
		}
	})
	m := &a.m
	m.session.User, m.screen, m.cl, m.status.Phase, m.caught, m.view = user, view.ScreenDesk, client.New(client.Params{}), client.Online, true, "v"
	m.syncedAt = now
	m.restate()
	seq := uint64(0)
	rec := func(evs ...event.Placed) *wire.Rec {
		seq++
		for i := range evs {
			p := &evs[i]
			p.Seq, p.Idx, p.Time, p.Version, p.Epoch = seq, i, time.Now().UnixMilli(), 1, 2
			p.ID = newID()
		}
		return &wire.Rec{T: wire.TRec, Cursor: event.Cursor{Stream: "s", Seq: seq, Hash: "h"}, Events: evs}
	}
	ev := func(conv string, typ event.Type, by event.Actor, body, private any) event.Placed {
		b, _ := json.Marshal(body)
		p, _ := json.Marshal(private)
		return event.Placed{Event: event.Event{Type: typ, Conv: conv, Customer: "cu" + conv, Actor: by, Body: b, Private: p}}
	}
	said := func(conv string, n int) event.Placed {
		return ev(conv, event.Posted, event.Actor{Kind: event.Customer, ID: "cu" + conv}, event.PostedBody{Kind: event.Text},
			event.PostedPrivate{Text: fmt.Sprint("第 ", n, " 句：这款精华敏感肌能用吗？")})
	}
	apply := func(r *wire.Rec) {
		changed, err := m.rep.Apply(context.Background(), r, "v")
		if err != nil {
			tb.Fatal(err)
		}
		m.changed(changed)
	}
	for i := range chats {
		conv := fmt.Sprint("c", i)
		apply(rec(ev(conv, event.Opened, event.Actor{Kind: event.Customer, ID: "cu" + conv}, event.OpenedBody{Channel: "web", Group: "pre"}, event.OpenedPrivate{Name: "客" + conv}),
			ev(conv, event.Taken, event.Actor{Kind: event.Agent, ID: user.ID}, event.TakenBody{Agent: user.ID, Name: user.Name, How: event.HowClaimed}, nil), said(conv, 0)))
	}
	for n := 0; n < messages; n += 100 {
		var evs []event.Placed
		for i := range 100 {
			evs = append(evs, said("c0", n+i))
		}
		apply(rec(evs...))
	}
	a.pick("c0")
	m.limit = messages + 100
	n := 0
	return handler{a, context.Background()}, func() *wire.Rec {
		n++
		return rec(said(fmt.Sprint("c", n%2), n)) // the open chat's, and another one's
	}
}

// One message arrives: record to snapshot, as the reading goroutine and the publisher do it.
func BenchmarkArrival(b *testing.B) {
	for _, messages := range []int{100, 5000} {
		b.Run(fmt.Sprint(messages, "-messages"), func(b *testing.B) {
			h, next := crowded(b, 50, messages)
			h.build(context.Background())
			b.ReportAllocs()
			for b.Loop() {
				if err := h.OnRec(next()); err != nil {
					b.Fatal(err)
				}
				if !h.build(context.Background()) {
					b.Fatal("no snapshot")
				}
			}
		})
	}
}

// The snapshot alone, with nothing changed and with one message more.
func BenchmarkBuild(b *testing.B) {
	for _, c := range []struct {
		name  string
		grows bool
	}{{"unchanged", false}, {"one-more", true}} {
		b.Run(c.name, func(b *testing.B) {
			h, next := crowded(b, 50, 5000)
			h.build(context.Background())
			b.ReportAllocs()
			for b.Loop() {
				if c.grows {
					b.StopTimer()
					if err := h.OnRec(next()); err != nil {
						b.Fatal(err)
					}
					b.StartTimer()
				}
				h.build(context.Background())
			}
		})
	}
}

// Opening a chat of 5,000 messages, all of them.
func BenchmarkOpen(b *testing.B) {
	h, _ := crowded(b, 50, 5000)
	b.ReportAllocs()
	for b.Loop() {
		h.mu.Lock()
		h.m.talk = nil
		h.mu.Unlock()
		h.build(context.Background())
	}
}

func TestArrival_WhatDoesNotChangeKeepsItsPointer(t *testing.T) {
	h, next := crowded(t, 5, 500)
	h.build(context.Background())
	was := h.Snapshot()
	if h.build(context.Background()) {
		t.Error("a snapshot without a change")
	}
	next() // the other chat's turn comes first
	if err := h.OnRec(next()); err != nil {
		t.Fatal(err)
	}
	if !h.build(context.Background()) {
		t.Fatal("no snapshot")
	}
	now := h.Snapshot()
	if was.Chat.Log == now.Chat.Log || len(now.Chat.Log.Items) != len(was.Chat.Log.Items)+1 {
		t.Error("the message is not in the log")
	}
	for name, same := range map[string]bool{"login": was.Login == now.Login, "link": was.Link == now.Link, "me": was.Me == now.Me, "seat": was.Chat.Seat == now.Chat.Seat,
		"head": was.Chat.Head == now.Chat.Head, "composer": was.Chat.Composer == now.Chat.Composer, "team": was.Team == now.Team} {
		if !same {
			t.Errorf("%s did not change and is another pointer", name)
		}
	}
	if &was.Chat.Log.Items[0] != &now.Chat.Log.Items[0] {
		t.Error("a long log was copied for one message")
	}
}
