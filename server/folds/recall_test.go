package folds_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/replica"
	"agentdesk/sync/wire"
)

// A desk that comes at any point, gets what is open then and hears the rest, ends with what the server's fold has: the same
// events, of recalled messages nothing but their place, and the same states.
func TestRecall_DeskEqualsFold(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newShop(t)
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		f := open(t, filepath.Join(dir, "f.db"))
		desk, err := replica.Open(t.Context(), filepath.Join(dir, "desk.db"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _, _ = desk.Close(), f.Close() }()
		kinds := []int{0, 1, 2, 3, 4, 4, 7, 12, 16, 17}
		talk := func(name string) {
			for range rapid.IntRange(1, 12).Draw(rt, name) {
				for range rapid.IntRange(1, 4).Draw(rt, "events") {
					s.step(rapid.SampledFrom(kinds).Draw(rt, "kind"), rapid.IntRange(0, 1000).Draw(rt, "n"))
				}
				if len(s.evs) > 0 {
					s.commit()
				}
			}
		}
		talk("before")
		catchUp(t, f, s)
		at := f.At()
		snapshot := &wire.Rec{T: wire.TRec, Cursor: at.Cursor, At: at.Time}
		if _, err := f.EachOpen(t.Context(), func(st conversation.State, evs []event.Placed) error {
			snapshot.Enter = append(snapshot.Enter, wire.Conversation{ID: st.ID, Events: evs})
			return nil
		}); err != nil {
			rt.Fatal(err)
		}
		apply(rt, t, desk, snapshot)
		talk("after")
		for _, c := range s.committed(at.Seq + 1) {
			rec := &wire.Rec{T: wire.TRec, Cursor: event.Cursor{Stream: s.stream(), Seq: c.Seq, Hash: c.Hash}, At: c.Time}
			for i, e := range c.Events {
				rec.Events = append(rec.Events, event.Placed{Seq: c.Seq, Idx: i, Time: c.Time, Event: e})
			}
			apply(rt, t, desk, rec)
		}
		catchUp(t, f, s)
		for _, id := range s.all {
			st, evs, ok, err := f.Transcript(t.Context(), id)
			if err != nil || !ok {
				rt.Fatalf("%s: %v %v", id, ok, err)
			}
			got, older, err := desk.Timeline(t.Context(), id, 100_000)
			if err != nil || older {
				rt.Fatalf("%v %v", older, err)
			}
			if a, b := raw(t, evs), raw(t, got); !bytes.Equal(a, b) {
				rt.Fatalf("the server has\n%s\na desk\n%s", a, b)
			}
			if a, b := raw(t, st), raw(t, desk.State(id)); !bytes.Equal(a, b) {
				rt.Fatalf("the server's state\n%s\na desk's\n%s", a, b)
			}
			for _, msg := range s.gone {
				for i := range evs {
					if event.SaidIn(&evs[i].Event) == msg && len(evs[i].Private) > 0 {
						rt.Fatalf("%s of a recalled message says %s", evs[i].Type, evs[i].Private)
					}
				}
			}
		}
	})
}

func apply(rt *rapid.T, t *testing.T, desk *replica.Replica, rec *wire.Rec) {
	t.Helper()
	if _, err := desk.Apply(t.Context(), rec, "view"); err != nil {
		rt.Fatal(err)
	}
}

func TestRecall_TextIsNowhereInTheFile(t *testing.T) {
	s := newShop(t)
	c := s.open("anna")
	msg := s.say(c, customerActor("anna"), "SECRETWORD 我的秘密")
	s.step(4, 0)
	s.say(c, customerActor("anna"), "KEPTWORD")
	s.commit()
	path := filepath.Join(t.TempDir(), "f.db")
	f := open(t, path)
	catchUp(t, f, s)
	if hits, _ := f.Search(t.Context(), "SECRETWORD", 10); len(hits) != 1 {
		t.Fatalf("%d hits before", len(hits))
	}
	s.add(c, event.Recalled, customerActor("anna"), event.RecalledBody{Message: msg}, nil, true)
	s.commit()
	catchUp(t, f, s)
	if hits, err := f.Search(t.Context(), "SECRETWORD", 10); err != nil || len(hits) != 0 {
		t.Fatalf("%d hits after, %v", len(hits), err)
	}
	if hits, _ := f.Search(t.Context(), "KEPTWORD", 10); len(hits) != 1 {
		t.Fatal("another message is gone too")
	}
	evs, err := f.Events(t.Context(), c.ID, 0)
	if err != nil || len(evs) != 5 {
		t.Fatalf("%d events, %v", len(evs), err)
	}
	var b event.PostedBody
	if err := evs[1].Decode(&b, nil); err != nil || !b.Gone || evs[1].Actor.ID != "anna" || evs[1].Time == 0 {
		t.Fatalf("%v %+v", err, evs[1])
	}
	for _, name := range []string{path, path + "-wal"} {
		data, err := os.ReadFile(name) //nolint:gosec // the test's own
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"SECRETWORD", "secretword", "我的秘密", "的秘", "QUOTED"} {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s still holds %s", filepath.Base(name), word)
			}
		}
	}
}

func TestFolds_ClosedGivesTheNewestFirst(t *testing.T) {
	s := newShop(t)
	var ids []string
	for range 3 {
		c := s.open("anna")
		ids = append(ids, c.ID)
		s.add(c, event.Closed, event.Actor{Kind: event.System}, event.ClosedBody{By: "idle"}, nil, false)
		s.commit()
	}
	f := open(t, filepath.Join(t.TempDir(), "f.db"))
	catchUp(t, f, s)
	got, err := f.Closed(t.Context(), "pre", 0, 2)
	if err != nil || len(got) != 2 || got[0].ID != ids[2] || got[1].ID != ids[1] {
		t.Fatalf("%v: %v", err, got)
	}
	if all, err := f.ConversationsOf(t.Context(), "anna", 2); err != nil || len(all) != 2 || all[0].ID != ids[2] {
		t.Fatalf("%v: %v", err, all)
	}
}
