package folds_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"agentdesk/server/floor"
	"agentdesk/server/folds"
	"agentdesk/server/folds/live"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
)

const helperEnv = "AGENTDESK_FOLDS_HELPER"

func TestMain(m *testing.M) {
	if path := os.Getenv(helperEnv); path != "" {
		if err := helperApply(path); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func open(t testing.TB, path string) *folds.Folds {
	t.Helper()
	f, err := folds.Open(t.Context(), folds.Params{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.Close() })
	return f
}

func catchUp(t testing.TB, f *folds.Folds, s *shop) {
	t.Helper()
	if err := f.CatchUp(t.Context(), s.log, s.keys); err != nil {
		t.Fatal(err)
	}
}

// dump is everything in a fold, table by table; full text by what it finds.
func dump(t testing.TB, path string) map[string]string {
	t.Helper()
	db, err := sql.Open("sqlite3", path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	out := map[string]string{}
	for name, q := range map[string]string{
		"checkpoint": "SELECT * FROM checkpoint", "record": "SELECT * FROM record ORDER BY seq", "event": "SELECT * FROM event ORDER BY id",
		"conversation": "SELECT * FROM conversation ORDER BY id", "holder": "SELECT * FROM holder ORDER BY agent, conv",
		"client_id": "SELECT * FROM client_id ORDER BY actor, client_id", "agent_status": "SELECT * FROM agent_status ORDER BY agent",
		"unread": "SELECT type, min_reader, first_seq FROM unread ORDER BY type, min_reader",
		"fts":    `SELECT rowid FROM message_fts WHERE message_fts MATCH '"发红"' UNION ALL SELECT -rowid FROM message_fts WHERE message_fts MATCH 'patch' ORDER BY 1`,
	} {
		rows, err := db.QueryContext(t.Context(), q)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		cols, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for rows.Next() {
			vals := make([]any, len(cols))
			for i := range vals {
				vals[i] = new(any)
			}
			if err := rows.Scan(vals...); err != nil {
				t.Fatal(err)
			}
			for _, v := range vals {
				fmt.Fprintf(&b, "%v|", *v.(*any))
			}
			b.WriteByte('\n')
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
		out[name] = b.String()
	}
	return out
}

func same(t interface{ Fatalf(string, ...any) }, what string, a, b map[string]string) {
	for name := range a {
		if a[name] != b[name] {
			t.Fatalf("%s: table %s differs:\n%s\n---\n%s", what, name, a[name], b[name])
		}
	}
}

// A fold that was fed in pieces, closed, reopened, fed again what it had, equals one rebuilt from the start, and both
// equal what plain Fold says; the live store holds the same open conversations.
func TestFolds_IncrementalEqualsRebuilt(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := newShop(t)
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, "a.db")
		f := open(t, path)
		lv := live.New(live.Params{Linger: time.Hour})
		for range rapid.IntRange(1, 12).Draw(rt, "rounds") {
			for range rapid.IntRange(1, 6).Draw(rt, "records") {
				for range rapid.IntRange(1, 6).Draw(rt, "events") {
					s.step(rapid.IntRange(0, 17).Draw(rt, "kind"), rapid.IntRange(0, 1000).Draw(rt, "n"))
				}
				if len(s.evs) > 0 {
					s.commit()
				}
			}
			overlap := uint64(rapid.IntRange(0, 3).Draw(rt, "overlap"))
			recs := s.committed(max(f.Checkpoint()+1, overlap+1) - overlap)
			cut := rapid.IntRange(0, len(recs)).Draw(rt, "cut")
			for _, part := range [][]event.Committed{recs[:cut], recs[cut:]} {
				if err := f.Apply(t.Context(), s.stream(), part); err != nil {
					rt.Fatal(err)
				}
			}
			for _, c := range recs {
				if err := lv.Apply(c); err != nil {
					rt.Fatal(err)
				}
			}
			if rapid.Bool().Draw(rt, "restart") {
				if err := f.Close(); err != nil {
					rt.Fatal(err)
				}
				f = open(t, path)
			}
		}
		if f.Checkpoint() != s.seq {
			rt.Fatalf("fold is at %d of %d", f.Checkpoint(), s.seq)
		}
		again, err := folds.Rebuild(t.Context(), folds.Params{Path: filepath.Join(dir, "b.db")}, s.log, s.keys)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() { _ = again.Close(); _ = f.Close() }()
		same(rt, "rebuilt", dump(t, path), dump(t, filepath.Join(dir, "b.db")))
		checkModel(rt, t, s, f)
		checkLive(rt, t, s, f, lv)
	})
}

// checkModel compares the fold's states with those of plain Fold over what the log says today.
func checkModel(rt *rapid.T, t *testing.T, s *shop, f *folds.Folds) {
	model := map[string]*conversation.State{}
	for _, c := range s.committed(1) {
		for i, e := range c.Events {
			if e.Conv == "" || event.Readable(&e) != nil {
				continue
			}
			m := model[e.Conv]
			if m == nil {
				m = &conversation.State{}
			}
			if err := conversation.Fold(m, &event.Placed{Seq: c.Seq, Idx: i, Time: c.Time, Event: e}); err == nil && m.ID != "" {
				model[e.Conv] = m
			}
		}
	}
	snap, err := f.Snapshot(t.Context())
	if err != nil {
		rt.Fatal(err)
	}
	open := 0
	for id, m := range model {
		got, ok, err := f.State(t.Context(), id)
		if err != nil || !ok {
			rt.Fatalf("%s: %v %v", id, ok, err)
		}
		if a, b := raw(t, m), raw(t, got); !bytes.Equal(a, b) {
			rt.Fatalf("conversation\n%s\nwant\n%s", b, a)
		}
		if m.Open() {
			open++
		}
	}
	if len(snap.Convs) != open || snap.Cursor.Seq != s.seq || snap.Cursor.Hash != s.hash || snap.Cursor.Stream != s.stream() {
		rt.Fatalf("snapshot has %d open, want %d; cursor %+v", len(snap.Convs), open, snap.Cursor)
	}
}

func checkLive(rt *rapid.T, t *testing.T, s *shop, f *folds.Folds, lv *live.Store) {
	loaded := live.New(live.Params{})
	cur, err := loaded.Load(t.Context(), f)
	if err != nil || cur.Seq != f.Checkpoint() || lv.Seq() != cur.Seq {
		rt.Fatalf("loaded at %+v, %v", cur, err)
	}
	n := 0
	loaded.Each(func(st *conversation.State) bool {
		n++
		if _, ok, _ := f.State(t.Context(), st.ID); !ok || !st.Open() {
			rt.Fatalf("%s is not open in the fold", st.ID)
		}
		live, evs, ok := lv.Timeline(st.ID)
		if !ok || len(evs) == 0 {
			rt.Fatalf("%s is missing in the store fed live", st.ID)
		}
		if s.lost[st.Customer] { // what was erased is gone from a store when it loads
			return true
		}
		_, kept, _ := loaded.Timeline(st.ID)
		if a, b := raw(t, evs), raw(t, kept); !bytes.Equal(a, b) {
			rt.Fatalf("fed live\n%s\nloaded\n%s", a, b)
		}
		if a, b := raw(t, live), raw(t, st); !bytes.Equal(a, b) {
			rt.Fatalf("state fed live\n%s\nloaded\n%s", a, b)
		}
		return true
	})
	if open, err := f.OpenConversations(t.Context()); err != nil || len(open) != n {
		rt.Fatalf("%d open, %d loaded, %v", len(open), n, err)
	}
}

func TestFolds_Reads(t *testing.T) {
	s := newShop(t)
	ctx := t.Context()
	c := s.open("anna")
	first := s.say(c, customerActor("anna"), "双抗精华多少钱？")
	opening := s.commit()
	s.add(c, event.Taken, event.Actor{Kind: event.Agent, ID: "li"}, event.TakenBody{Agent: "li", How: event.HowUnasked}, nil, true)
	reply := s.say(c, event.Actor{Kind: event.Agent, ID: "li"}, "现在活动价199元")
	s.add(nil, event.AgentStatus, event.Actor{Kind: event.Agent, ID: "li"}, event.AgentStatusBody{Agent: "li", Status: event.Online, Capacity: 3}, nil, false)
	second := s.commit()
	d := s.open("bert")
	s.commit()
	s.add(d, event.Closed, event.Actor{Kind: event.System}, event.ClosedBody{By: "idle"}, nil, false)
	s.add(nil, event.DeskGone, event.Actor{Kind: event.System}, event.DeskGoneBody{Agent: "li"}, nil, false)
	s.commit()
	f := open(t, filepath.Join(t.TempDir(), "f.db"))
	catchUp(t, f, s)

	snap, err := f.Snapshot(ctx)
	if err != nil || len(snap.Convs) != 1 || len(snap.Agents) != 1 || !snap.Agents[0].Gone || snap.Agents[0].Capacity != 3 || snap.Term != 1 {
		t.Errorf("snapshot %+v, %v", snap, err)
	}
	// The opening carries the client ID; the message is the event after it.
	once, ok, err := f.LookupClientID(ctx, customerActor("anna"), opening.Events[0].ClientID)
	if want := (floor.Once{Sum: "opening", Conv: c.ID, Event: opening.Events[0].ID, Message: first, Seq: 1}); err != nil || !ok || once != want {
		t.Errorf("client ID: %+v %v %v, want %+v", once, ok, err, want)
	}
	once, ok, err = f.LookupClientID(ctx, event.Actor{Kind: event.Agent, ID: "li"}, second.Events[1].ClientID)
	if err != nil || !ok || once.Message != reply || once.Event != reply || once.Epoch != second.Events[1].Epoch || once.Epoch == 0 || once.Seq != 2 {
		t.Errorf("client ID: %+v %v %v", once, ok, err)
	}
	if _, ok, err := f.LookupClientID(ctx, customerActor("bert"), opening.Events[0].ClientID); ok || err != nil {
		t.Errorf("another actor's client ID: %v %v", ok, err)
	}
	if st, ok, err := f.OpenConversationOf(ctx, "anna"); err != nil || !ok || st.ID != c.ID || st.Name != "王小明" {
		t.Errorf("open of anna: %+v %v %v", st, ok, err)
	}
	if _, ok, err := f.OpenConversationOf(ctx, "bert"); err != nil || ok {
		t.Errorf("open of bert: %v %v", ok, err)
	}
	if id, ok, err := f.LastConversation(ctx, "bert"); err != nil || !ok || id != d.ID {
		t.Errorf("last of bert: %v %v %v", id, ok, err)
	}
	if _, ok, err := f.LastConversation(ctx, "nobody"); err != nil || ok {
		t.Errorf("last of nobody: %v %v", ok, err)
	}
	if evs, err := f.Events(ctx, c.ID, 2); err != nil || len(evs) != 2 || evs[1].ID != reply || evs[1].Seq != 2 || evs[1].Idx != 1 {
		t.Errorf("events: %+v %v", evs, err)
	}
	if ids, err := f.ChangedSince(ctx, 1); err != nil || !reflect.DeepEqual(ids, []string{c.ID, d.ID}) {
		t.Errorf("changed: %v %v", ids, err)
	}
	if got, err := f.ConversationsByHolder(ctx, "li", 0); err != nil || len(got) != 1 || got[0].ID != c.ID {
		t.Errorf("by holder: %v %v", got, err)
	}
	if got, err := f.ConversationsByHolder(ctx, "li", s.now+1); err != nil || len(got) != 0 {
		t.Errorf("by holder later: %v %v", got, err)
	}
	if got, err := f.Closed(ctx, "pre", 0, 10); err != nil || len(got) != 1 || got[0].ID != d.ID {
		t.Errorf("closed: %v %v", got, err)
	}
	if h, ok, err := f.RecordHash(ctx, s.seq); err != nil || !ok || h != s.hash {
		t.Errorf("hash: %v %v %v", h, ok, err)
	}
	for q, n := range map[string]int{"精华": 1, "活动价": 1, "价": 1, "199": 1, "精华 多少": 1, "没有": 0, "": 0} {
		if hits, err := f.Search(ctx, q, 10); err != nil || len(hits) != n {
			t.Errorf("search %q: %d hits, %v", q, len(hits), err)
		}
	}
	if hits, err := f.Search(ctx, "双抗精华", 10); err != nil || len(hits) != 1 || hits[0].Conv != c.ID || hits[0].Text != "双抗精华多少钱？" {
		t.Errorf("hits %+v, %v", hits, err)
	}
	gone, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := f.Search(gone, "精华", 10); !errors.Is(err, context.Canceled) {
		t.Errorf("a read under a cancelled context: %v", err)
	}
}

// Each record opens one conversation, so a snapshot is consistent when it has as many as its cursor says.
func TestFolds_SnapshotIsOfOneMoment(t *testing.T) {
	s := newShop(t)
	const n = 300
	for range n {
		s.step(0, s.n)
		s.commit()
	}
	recs := s.committed(1)
	f := open(t, filepath.Join(t.TempDir(), "f.db"))
	var wg sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		wg.Go(func() {
			for {
				at := f.Checkpoint()
				snap, err := f.Snapshot(t.Context())
				if err != nil || uint64(len(snap.Convs)) != snap.Cursor.Seq || snap.Cursor.Seq < at {
					t.Errorf("checkpoint %d, cursor %d, %d conversations, %v", at, snap.Cursor.Seq, len(snap.Convs), err)
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for i := 0; i < n; i += 3 {
		if err := f.Apply(t.Context(), s.stream(), recs[i:i+3]); err != nil {
			t.Fatal(err)
		}
	}
	close(done)
	wg.Wait()
}

func BenchmarkFolds_Apply(b *testing.B) {
	s := newShop(b)
	for len(s.convs) < 200 {
		s.step(0, s.n)
		s.commit()
	}
	start := s.seq
	const records, each = 40, 250
	for range records {
		for i := range each {
			s.step(1+i%4, i*7)
		}
		s.commit()
	}
	recs := s.committed(1)
	b.ResetTimer()
	for range b.N {
		b.StopTimer()
		f := open(b, filepath.Join(b.TempDir(), "f.db"))
		if err := f.Apply(b.Context(), "s", recs[:start]); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		for at := int(start); at < len(recs); at += 8 {
			if err := f.Apply(b.Context(), "s", recs[at:at+8]); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.ReportMetric(float64(records*each*b.N)/b.Elapsed().Seconds(), "events/s")
}
