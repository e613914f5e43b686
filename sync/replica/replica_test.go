package replica

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"go.uber.org/goleak"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("database/sql.(*DB).connectionOpener"))
}

func open(t *testing.T, path string) *Replica {
	t.Helper()
	r, err := Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

func raw(t *testing.T, v any) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func placed0(t *testing.T, seq uint64, typ event.Type, body, private any) event.Placed {
	t.Helper()
	return event.Placed{Seq: seq, Time: int64(seq) * 1000, Event: event.Event{ID: event.NewID(time.UnixMilli(int64(seq)*1000), [10]byte{byte(seq)}), Type: typ,
		Version: 1, Conv: "c", Customer: "cu", Actor: event.Actor{Kind: event.Customer, ID: "cu"}, Epoch: 1, Body: raw(t, body), Private: raw(t, private)}}
}

func opened(t *testing.T) event.Placed {
	return placed0(t, 1, event.Opened, event.OpenedBody{Channel: "web", Group: "pre"}, event.OpenedPrivate{Name: "林小满"})
}

func said(t *testing.T, seq uint64, text string) event.Placed {
	return placed0(t, seq, event.Posted, event.PostedBody{Kind: event.Text}, event.PostedPrivate{Text: text})
}

func rec(seq uint64, ev ...event.Placed) *wire.Rec {
	return &wire.Rec{T: wire.TRec, Cursor: event.Cursor{Stream: "s", Seq: seq, Hash: "h"}, Events: ev}
}

func put(t *testing.T, r *Replica, f *wire.Rec, view string) []string {
	t.Helper()
	changed, err := r.Apply(context.Background(), f, view)
	if err != nil {
		t.Fatal(err)
	}
	return changed
}

func TestApply_TwiceIsOnceAndSurvives(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "x.db")
	r := open(t, path)
	enter := rec(2)
	enter.Enter = []wire.Conversation{{ID: "c", Events: []event.Placed{opened(t), said(t, 2, "一")}}}
	frames := []*wire.Rec{enter, rec(3, said(t, 3, "二")), rec(4)}
	for _, f := range frames {
		for range 2 {
			if _, err := r.Apply(ctx, f, "v"); err != nil {
				t.Fatal(err)
			}
		}
	}
	s := r.State("c")
	if s == nil || s.Messages != 2 || s.UnreadByAgent != 2 || s.Snippet != "二" {
		t.Fatalf("state %+v", s)
	}
	again := open(t, path)
	if !reflect.DeepEqual(again.State("c"), s) {
		t.Errorf("reopened %+v, want %+v", again.State("c"), s)
	}
	if c, v := again.Cursor(); c == nil || c.Seq != 4 || v != "v" {
		t.Errorf("cursor %+v %q", c, v)
	}
	evs, older, err := again.Timeline(ctx, "c", 2)
	if err != nil || len(evs) != 2 || !older || evs[1].Seq != 3 {
		t.Errorf("timeline %v older %v err %v", evs, older, err)
	}
}

func TestApply_BadEventChangesNothing(t *testing.T) {
	ctx := context.Background()
	r := open(t, filepath.Join(t.TempDir(), "x.db"))
	if _, err := r.Apply(ctx, rec(1, opened(t)), "v"); err != nil {
		t.Fatal(err)
	}
	bad := said(t, 3, "坏")
	bad.Body = json.RawMessage(`{"kind":7}`)
	if _, err := r.Apply(ctx, rec(3, said(t, 2, "好"), bad), "v"); err == nil {
		t.Fatal("a malformed event was taken")
	}
	if c, _ := r.Cursor(); c.Seq != 1 || r.State("c").Messages != 0 {
		t.Errorf("half a record stayed: cursor %+v state %+v", c, r.State("c"))
	}
}

func TestApply_CursorWaitsForTheLastFrame(t *testing.T) {
	ctx := context.Background()
	r := open(t, filepath.Join(t.TempDir(), "x.db"))
	first := rec(9, opened(t))
	first.More = true
	if _, err := r.Apply(ctx, first, "v"); err != nil {
		t.Fatal(err)
	}
	if c, _ := r.Cursor(); c != nil {
		t.Fatalf("cursor %+v in the middle of catching up", c)
	}
	if _, err := r.Apply(ctx, rec(9), "v"); err != nil {
		t.Fatal(err)
	}
	if c, _ := r.Cursor(); c == nil || c.Seq != 9 {
		t.Fatalf("cursor %+v at the end", c)
	}
}

func TestReset_KeepsDraftsAndOutbox_LeaveDrops(t *testing.T) {
	ctx := context.Background()
	r := open(t, filepath.Join(t.TempDir(), "x.db"))
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	put(t, r, rec(1, opened(t)), "v")
	check(r.SetDraft(ctx, "c", "reply", "写到一半"))
	check(r.Put(ctx, &Waiting{Frame: wire.In{ID: "i", Conv: "c", Epoch: 3}, State: Held, At: 1}))
	check(r.Reset(ctx))
	d, err := r.Draft(ctx, "c", "reply")
	check(err)
	box, err := r.Outbox(ctx)
	check(err)
	if c, _ := r.Cursor(); c != nil || r.State("c") != nil || d != "写到一半" || len(box) != 1 || box[0].Frame.Epoch != 3 {
		t.Fatalf("cursor %v state %v draft %q outbox %v", c, r.State("c"), d, box)
	}
	put(t, r, rec(1, opened(t)), "v")
	leave := rec(2)
	leave.Leave = []string{"c"}
	put(t, r, leave, "v")
	evs, _, err := r.Timeline(ctx, "c", 9)
	check(err)
	if r.State("c") != nil || len(evs) != 0 {
		t.Errorf("stayed: %v %v", r.State("c"), evs)
	}
}

func TestOpen_RefusesNewer(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	r := open(t, path)
	if _, err := r.w.ExecContext(context.Background(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), path); !errors.Is(err, ErrNewer) {
		t.Errorf("err %v", err)
	}
}
