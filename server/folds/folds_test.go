package folds_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"agentdesk/server/eventlog"
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
					s.step(rapid.IntRange(0, 15).Draw(rt, "kind"), rapid.IntRange(0, 1000).Draw(rt, "n"))
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
		checkLive(rt, t, f, lv)
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

func checkLive(rt *rapid.T, t *testing.T, f *folds.Folds, lv *live.Store) {
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
		if _, evs, ok := lv.Timeline(st.ID); !ok || len(evs) == 0 {
			rt.Fatalf("%s is missing in the store fed live", st.ID)
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

func TestFolds_SearchSurvivesAnything(t *testing.T) {
	s := newShop(t)
	s.say(s.open("anna"), customerActor("anna"), `he said "NEAR" AND (x* OR y) 精华`)
	s.commit()
	f := open(t, filepath.Join(t.TempDir(), "f.db"))
	catchUp(t, f, s)
	for _, q := range []string{
		`"`, `""`, `'`, `*`, `x*`, `NEAR(`, `AND`, `OR OR`, `NOT`, `body:精华`, `^精`, `{body}:x`, `-x`, "\x00", "\xff\xfe", "精\x00华", `\`, `;DROP TABLE event`,
		strings.Repeat("精华", 5000), strings.Repeat("a ", 5000), `%`, `_`, `(((((`, "\u202e精华", "🙂",
	} {
		if _, err := f.Search(t.Context(), q, 10); err != nil {
			t.Errorf("search %.30q: %v", q, err)
		}
	}
	if hits, err := f.Search(t.Context(), "NEAR", 10); err != nil || len(hits) != 1 {
		t.Errorf("a word that FTS5 reserves: %d hits, %v", len(hits), err)
	}
	if hits, err := f.Search(t.Context(), "精华", -1); err != nil || len(hits) != 0 {
		t.Errorf("limit below nothing: %d, %v", len(hits), err)
	}
}

func FuzzSearch(f *testing.F) {
	s := newShop(f)
	s.say(s.open("anna"), customerActor("anna"), "精华 and more")
	s.commit()
	db := open(f, filepath.Join(f.TempDir(), "f.db"))
	catchUp(f, db, s)
	f.Add(`"精 OR`)
	f.Fuzz(func(t *testing.T, q string) {
		if _, err := db.Search(t.Context(), q, 5); err != nil {
			t.Fatal(err)
		}
	})
}

func TestFolds_RefusesWhatDoesNotFollow(t *testing.T) {
	s := newShop(t)
	for range 5 {
		s.step(0, s.n)
		s.commit()
	}
	recs, stream := s.committed(1), s.stream()
	path := filepath.Join(t.TempDir(), "f.db")
	f := open(t, path)
	if err := f.Apply(t.Context(), stream, recs[:3]); err != nil {
		t.Fatal(err)
	}
	before := dump(t, path)
	forged := recs[3]
	forged.Prev = strings.Repeat("0", 64)
	changed := recs[2]
	changed.Hash = strings.Repeat("0", 64)
	for name, c := range map[string]struct {
		stream string
		recs   []event.Committed
		want   error
	}{
		"gap": {stream, recs[4:], folds.ErrGap}, "other stream": {"other", recs[3:], folds.ErrForeign},
		"broken chain": {stream, []event.Committed{forged}, folds.ErrForeign}, "other content": {stream, []event.Committed{changed}, folds.ErrForeign},
		"gap after a good one": {stream, []event.Committed{recs[3], recs[3]}, folds.ErrGap},
	} {
		if err := f.Apply(t.Context(), c.stream, c.recs); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		same(t, name, before, dump(t, path))
	}
	if err := f.Apply(t.Context(), stream, recs); err != nil || f.Checkpoint() != 5 {
		t.Errorf("going on: at %d, %v", f.Checkpoint(), err)
	}
}

// A restored backup: the log under the fold is shorter, or goes on differently. It is seen, and the fold made anew.
func TestFolds_RestoredBackupIsRebuilt(t *testing.T) {
	s := newShop(t)
	for range 10 {
		s.step(0, s.n)
		s.commit()
	}
	path := filepath.Join(t.TempDir(), "f.db")
	f := open(t, path)
	catchUp(t, f, s)
	if err := f.Verify(t.Context(), s.log); err != nil {
		t.Fatal(err)
	}
	backup := s.log.Copy(6)
	if err := f.Verify(t.Context(), backup); !errors.Is(err, folds.ErrForeign) {
		t.Fatalf("restored backup: %v", err)
	}
	r := folds.NewFollower(folds.FollowerParams{Folds: f, Log: backup, Keys: s.keys})
	if err := r.Run(t.Context()); !errors.Is(err, folds.ErrForeign) {
		t.Fatalf("following a restored backup: %v", err)
	}
	if err := f.CatchUp(t.Context(), backup, s.keys); err != nil {
		t.Fatal(err)
	}
	if open, err := f.OpenConversations(t.Context()); err != nil || f.Checkpoint() != 6 || len(open) != 6 {
		t.Fatalf("at %d with %d, %v", f.Checkpoint(), len(open), err)
	}
	// What follows is folded, and a log whose beginning is archived is not silently taken as the whole.
	s.log.DropBelow(4)
	fresh := open(t, filepath.Join(t.TempDir(), "g.db"))
	if err := fresh.CatchUp(t.Context(), s.log, s.keys); !errors.Is(err, eventlog.ErrBelowFirst) {
		t.Fatalf("from an archived log: %v", err)
	}
	if _, err := folds.Rebuild(t.Context(), folds.Params{Path: path}, s.log, s.keys); !errors.Is(err, eventlog.ErrBelowFirst) {
		t.Fatalf("rebuild from an archived log: %v", err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal("a rebuild that cannot succeed deleted the fold")
	}
}

func TestFolds_RefusesANewerDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f.db")
	f := open(t, path)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (99, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = folds.Open(t.Context(), folds.Params{Path: path})
	if !errors.Is(err, folds.ErrNewer) || !strings.Contains(err.Error(), "99") || !strings.Contains(err.Error(), "knows 1") {
		t.Fatalf("got %v", err)
	}
}

// An older program kept an event without folding it; one that can read it folds everything again.
func TestFolds_FoldsAgainWhatAnOlderProgramCouldNot(t *testing.T) {
	s := newShop(t)
	s.step(0, 1)
	s.commit()
	path := filepath.Join(t.TempDir(), "f.db")
	f := open(t, path)
	catchUp(t, f, s)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	// As the older program would have left it: version 1 of this type was above what it knew.
	if _, err := db.ExecContext(t.Context(), "INSERT INTO unread VALUES ('message.posted', 1, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if f = open(t, path); f.Checkpoint() != 0 {
		t.Fatalf("fold is at %d", f.Checkpoint())
	}
	catchUp(t, f, s)
	if f.Checkpoint() != 1 {
		t.Fatalf("fold is at %d", f.Checkpoint())
	}
}

func TestFolds_RebuildReplacesADamagedFile(t *testing.T) {
	s := newShop(t)
	for range 20 {
		s.step(0, s.n)
		s.commit()
	}
	path := filepath.Join(t.TempDir(), "f.db")
	if err := os.WriteFile(path, bytes.Repeat([]byte("not a database "), 1000), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := folds.Open(t.Context(), folds.Params{Path: path}); err == nil {
		t.Fatal("garbage was opened")
	}
	f, err := folds.Rebuild(t.Context(), folds.Params{Path: path}, s.log, s.keys)
	if err != nil {
		t.Fatal(err)
	}
	if f.Checkpoint() != 20 {
		t.Fatalf("at %d", f.Checkpoint())
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestFolds_ErasedTextIsNowhereInTheFile(t *testing.T) {
	s := newShop(t)
	c := s.open("anna")
	s.say(c, customerActor("anna"), "SECRETWORD 我的秘密")
	s.add(c, event.Closed, event.Actor{Kind: event.System}, event.ClosedBody{By: "idle"}, event.ClosedPrivate{Remark: "SECRETREMARK"}, false)
	s.say(s.open("bert"), customerActor("bert"), "KEPTWORD")
	s.commit()
	path := filepath.Join(t.TempDir(), "f.db")
	f := open(t, path)
	catchUp(t, f, s)
	if hits, _ := f.Search(t.Context(), "SECRETWORD", 10); len(hits) != 1 {
		t.Fatalf("%d hits before", len(hits))
	}
	s.erase("anna")
	catchUp(t, f, s)
	if hits, err := f.Search(t.Context(), "SECRETWORD", 10); err != nil || len(hits) != 0 {
		t.Fatalf("%d hits after, %v", len(hits), err)
	}
	st, ok, err := f.State(t.Context(), c.ID)
	if err != nil || !ok || st.Name != "" || st.Snippet != "" || st.Messages != 1 {
		t.Fatalf("state %+v %v %v", st, ok, err)
	}
	evs, err := f.Events(t.Context(), c.ID, 0)
	if err != nil || len(evs) != 3 {
		t.Fatalf("%d events, %v", len(evs), err)
	}
	for _, e := range evs {
		if e.Private != nil {
			t.Fatalf("%s kept %s", e.Type, e.Private)
		}
	}
	if hits, _ := f.Search(t.Context(), "KEPTWORD", 10); len(hits) != 1 {
		t.Fatal("another customer's text is gone too")
	}
	kept := false
	for _, name := range []string{path, path + "-wal"} {
		data, err := os.ReadFile(name) //nolint:gosec // the test's own
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"SECRETWORD", "secretword", "我的秘密", "的秘", "SECRETREMARK", "王小明小明"} {
			if bytes.Contains(data, []byte(word)) {
				t.Errorf("%s still holds %s", filepath.Base(name), word)
			}
		}
		kept = kept || bytes.Contains(data, []byte("KEPTWORD"))
	}
	if !kept {
		t.Error("the search of the file finds nothing at all")
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

func TestFollower_FollowsAndStops(t *testing.T) {
	s := newShop(t)
	s.step(0, 1)
	s.commit()
	f := open(t, filepath.Join(t.TempDir(), "f.db"))
	ctx, cancel := context.WithCancel(t.Context())
	var mu sync.Mutex
	var applied []uint64
	r := folds.NewFollower(folds.FollowerParams{Folds: f, Log: s.log, Keys: s.keys, Applied: func(b []event.Committed) {
		mu.Lock()
		defer mu.Unlock()
		for _, c := range b {
			applied = append(applied, c.Seq)
		}
	}})
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	for range 500 {
		s.step(1, s.n)
		s.commit()
	}
	if err := f.WaitFor(t.Context(), s.seq); err != nil {
		t.Fatal(err)
	}
	short, stop := context.WithTimeout(t.Context(), time.Millisecond)
	defer stop()
	if err := f.WaitFor(short, s.seq+1); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("waiting for what never comes: %v", err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if uint64(len(applied)) != s.seq {
		t.Fatalf("told of %d records of %d", len(applied), s.seq)
	}
	for i, seq := range applied {
		if seq != uint64(i+1) {
			t.Fatalf("place %d was told %d", i, seq)
		}
	}
}

// helperApply folds records, one transaction each, from a file of JSON lines, forever again from where the fold is.
func helperApply(path string) error {
	ctx := context.Background()
	f, err := folds.Open(ctx, folds.Params{Path: path})
	if err != nil {
		return err
	}
	data, err := os.ReadFile(path + ".json") //nolint:gosec // written by the test
	if err != nil {
		return err
	}
	var recs []event.Committed
	if err := json.Unmarshal(data, &recs); err != nil {
		return err
	}
	at := f.Checkpoint()
	fmt.Println(at)
	for _, c := range recs[at:] {
		if err := f.Apply(ctx, "stream", []event.Committed{c}); err != nil {
			return err
		}
		fmt.Println(c.Seq)
	}
	return f.Close()
}

// Killed at any point, the fold goes on where it was, and nothing that it had committed is gone.
func TestFolds_SurvivesSIGKILL(t *testing.T) {
	s := newShop(t)
	for i := range 3000 {
		s.step(i%12, i)
		if len(s.evs) > 0 {
			s.commit()
		}
	}
	recs := s.committed(1)
	path := filepath.Join(t.TempDir(), "f.db")
	if err := os.WriteFile(path+".json", raw(t, recs), 0o600); err != nil {
		t.Fatal(err)
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var last uint64
	for round := range 6 {
		cmd := exec.CommandContext(t.Context(), exe) //nolint:gosec // this test's own binary
		cmd.Env = append(os.Environ(), helperEnv+"="+path)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		var at uint64
		for n := 0; n < 20+50*round; n++ {
			if _, err := fmt.Fscanln(out, &at); err != nil {
				break
			}
			if n == 0 && at < last {
				t.Fatalf("round %d begins at %d, %d was committed", round, at, last)
			}
		}
		last = at
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
	}
	if last == 0 || last >= uint64(len(recs)) {
		t.Fatalf("killed at %d of %d: the test missed its aim", last, len(recs))
	}
	f := open(t, path)
	if f.Checkpoint() < last {
		t.Fatalf("fold is at %d, had committed %d", f.Checkpoint(), last)
	}
	if err := f.Apply(t.Context(), "stream", recs[f.Checkpoint():]); err != nil {
		t.Fatal(err)
	}
	whole := open(t, path+".whole")
	if err := whole.Apply(t.Context(), "stream", recs); err != nil {
		t.Fatal(err)
	}
	same(t, "after kills", dump(t, path), dump(t, path+".whole"))
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
