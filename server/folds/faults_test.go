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
	"strings"
	"testing"

	"agentdesk/server/eventlog"
	"agentdesk/server/folds"
	"agentdesk/sync/event"
)

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
