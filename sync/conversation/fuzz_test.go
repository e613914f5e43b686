package conversation

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	"agentdesk/sync/event"
)

// FuzzDecodePayload: whatever a client sends is refused or decoded, and what was decoded decides without a panic.
func FuzzDecodePayload(f *testing.F) {
	for _, seed := range []struct{ kind, data string }{
		{"post", `{"kind":"text","text":"你好"}`}, {"post", `{"kind":"notice","code":"takeover"}`}, {"read", `{"upto":"x"}`},
		{"hand_back", `{"reason":null}`}, {"transfer", `{"agent":"a","skills":[""]}`}, {"close", `[]`}, {"accept", ``}, {"assign", `{}`},
		{"use_suggestion", `{"edits":-1}`}, {"set_status", `{"capacity":1e9}`}, {"post", `{"att":[{"hash":"","size":-1}]}`},
	} {
		f.Add(seed.kind, []byte(seed.data))
	}
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		p, err := DecodePayload(Kind(kind), data)
		if err != nil {
			return
		}
		for _, from := range []func(testing.TB) *room{opened, waiting, func(t testing.TB) *room { return heldBy(t, "ann") }} {
			r := from(t)
			r.try(r.by("ann", Kind(kind), p))
			r.try(r.by("sup", Kind(kind), p))
			r.try(byCustomer(Kind(kind), p))
		}
	})
}

// FuzzFold: no payload, of any type, at any state, makes Fold panic; a refused one leaves the state alone.
func FuzzFold(f *testing.F) {
	types := []event.Type{event.Opened, event.Posted, event.ReadMarked, event.Understood, event.Escalated, event.Summarised, event.Offered,
		event.Declined, event.Expired, event.Withdrawn, event.Taken, event.Seen, event.Returned, event.HandedBack, event.Nudged,
		event.QueueTold, event.Alarmed, event.Closed, event.Suggested, event.SuggestionUsed, "from.the.future"}
	for i := range types {
		f.Add(uint8(i), uint8(i), 1, []byte(`{"agent":"a","why":"unseen","kind":"text","by":"agent"}`), []byte(`{"text":"x"}`))
		f.Add(uint8(i), uint8(i), 2, []byte(`[`), []byte(`7`))
	}
	f.Fuzz(func(t *testing.T, first, second uint8, min int, body, private []byte) {
		for _, from := range []func(testing.TB) *room{newRoom, opened, waiting, func(t testing.TB) *room { return heldBy(t, "ann") }} {
			r := from(t)
			for i, n := range []uint8{first, second} {
				p := event.Placed{Seq: 9, Idx: i, Time: r.now, Event: event.Event{ID: "01BX5ZZKBKACTAV9WEVGEMMVRZ", Type: types[int(n)%len(types)],
					MinReader: min, Conv: conv, Customer: cust, Actor: event.Actor{Kind: event.Agent, ID: "ann"}, Epoch: 7, Body: body, Private: private}}
				before := r.s.Clone()
				if err := Fold(r.s, &p); err != nil && !reflect.DeepEqual(before, r.s.Clone()) {
					t.Fatalf("%s was refused (%v) and changed the state", p.Type, err)
				}
				if _, err := json.Marshal(r.s); err != nil {
					t.Fatal(err)
				}
				NextDue(r.s, r.pol)
				Due(r.s, r.now, r.pol)
				Visible(r.s, Viewer{ID: "ann", Role: RoleAgent, Groups: []string{group}}, r.now)
			}
		}
	})
}

func TestFold_WhatItRefuses(t *testing.T) {
	r := opened(t)
	open := r.all[0]
	for name, tc := range map[string]struct {
		change func(*event.Placed)
		want   error
	}{
		"another's event":    {func(p *event.Placed) { p.Conv, p.Type = "c9", event.Seen }, ErrMisplaced},
		"opened twice":       {func(*event.Placed) {}, ErrMisplaced},
		"newer reader":       {func(p *event.Placed) { p.MinReader = 2 }, event.ErrUnreadable},
		"unknown, demanding": {func(p *event.Placed) { p.Type, p.MinReader = "new", 1 }, event.ErrUnreadable},
	} {
		p := open
		tc.change(&p)
		if err := Fold(r.s, &p); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v, want %v", name, err, tc.want)
		}
	}
	p := event.Placed{Seq: 50, Time: r.now + 5, Event: event.Event{Type: "new", Conv: conv}}
	if err := Fold(r.s, &p); err != nil || r.s.LastSeq != 50 || r.s.LastAt != r.now+5 {
		t.Fatalf("an unknown type: %v, at %d", err, r.s.LastSeq)
	}
}

func TestFold_LateAnswerOfTheBotLeavesTheNewestMessageOpen(t *testing.T) {
	r := opened(t)
	first := r.s.LastCustomerMsg
	r.pass(1000).do(byCustomer(Post, say("还有运费")))
	newest := r.s.LastCustomerAt
	a := say("在的")
	a.ReplyTo = first
	r.do(byBot(r, Post, a))
	if r.s.UnansweredSince != newest {
		t.Fatalf("unanswered since %d, want %d", r.s.UnansweredSince, newest)
	}
	r.do(byBot(r, Post, say("包邮")))
	if r.s.UnansweredSince != 0 {
		t.Fatal("still unanswered")
	}
}
