package replica

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func recalled(t *testing.T, seq uint64, msg event.ID) event.Placed {
	return placed1(t, seq, event.Recalled, event.RecalledBody{Message: msg}, nil)
}

func found(t *testing.T, r *Replica, q string) (texts []string) {
	t.Helper()
	evs, err := r.Search(context.Background(), q, 100)
	if err != nil {
		t.Fatal(err)
	}
	for i := range evs {
		texts = append(texts, Words(&evs[i]))
	}
	return texts
}

func TestSearch_ChineseLatinCardsAndForms(t *testing.T) {
	r := open(t, filepath.Join(t.TempDir(), "x.db"))
	card := placed1(t, 4, event.Posted, event.PostedBody{Kind: event.ProductCard, Ref: "p1"}, event.PostedPrivate{Card: &event.Card{ID: "p1", Title: "修护面霜 50g"}})
	form := placed1(t, 5, event.Posted, event.PostedBody{Kind: event.FormFilled, Form: event.FormReturn},
		event.PostedPrivate{Fields: map[string]string{"detail": "瓶口碎了", "order": "CY8842"}})
	notice := placed1(t, 6, event.Posted, event.PostedBody{Kind: event.Notice, Code: "takeover"}, event.PostedPrivate{Text: "碎了"})
	put(t, r, rec(6, opened(t), said(t, 2, "这款 Niacinamide 精华敏感肌能用吗"), said(t, 3, "敏感肌用面霜"), card, form, notice), "v")
	for _, c := range []struct {
		q    string
		want int
	}{{"敏感肌", 2}, {"肌", 2}, {"niac", 1}, {"ＮＩＡＣＩＮＡＭＩＤＥ", 1}, {"敏感 精华", 1}, {"面霜", 2}, {"cy8842", 1}, {"碎", 1}, {"不在", 0}, {"，。！", 0}, {`"*`, 0}} {
		if got := found(t, r, c.q); len(got) != c.want {
			t.Errorf("%q found %q, want %d", c.q, got, c.want)
		}
	}
	ids, err := r.Find(context.Background(), "c", "敏感肌", 9)
	if err != nil || len(ids) != 2 || ids[0] >= ids[1] {
		t.Errorf("find %v %v", ids, err)
	}
	if n, err := r.Depth(context.Background(), ids[0]); err != nil || n != 5 {
		t.Errorf("depth %d %v", n, err)
	}
	if n, err := r.Depth(context.Background(), "nothing"); err != nil || n != 0 {
		t.Errorf("depth of nothing %d %v", n, err)
	}
}

func TestRecall_LeavesNothingWhateverTheOrder(t *testing.T) {
	const secret = "我的暗号是琥珀鲸鱼"
	for _, late := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "x.db")
		r := open(t, path)
		msg := said(t, 2, secret)
		frames := []*wire.Rec{rec(1, opened(t)), rec(2, msg), rec(3, recalled(t, 3, msg.ID)), rec(4, said(t, 4, "后来的"))}
		if late {
			frames[1], frames[2] = frames[2], frames[1]
		}
		for _, f := range frames {
			put(t, r, f, "v")
		}
		p, ok, err := r.Message(context.Background(), msg.ID)
		var b event.PostedBody
		if err != nil || !ok || p.Decode(&b, nil) != nil || !b.Gone || len(p.Private) != 0 {
			t.Errorf("late %v: message %+v body %+v err %v", late, p, b, err)
		}
		if got := found(t, r, "琥珀"); len(got) != 0 {
			t.Errorf("late %v: found %q", late, got)
		}
		if s := r.State("c"); strings.Contains(s.Snippet, "琥珀") || s.Messages != 2 {
			t.Errorf("late %v: state %+v", late, s)
		}
		put(t, r, rec(5), "v") // a write-ahead log that a read held is emptied with the next frame
		for _, name := range []string{path, path + "-wal"} {
			data, err := os.ReadFile(name)
			if err == nil && (strings.Contains(string(data), secret) || strings.Contains(string(data), "珀鲸")) {
				t.Errorf("late %v: %s still holds what was taken back", late, filepath.Base(name))
			}
		}
	}
}

func TestLeave_TakesWordsOutOfFullText(t *testing.T) {
	r := open(t, filepath.Join(t.TempDir(), "x.db"))
	put(t, r, rec(2, opened(t), said(t, 2, "琥珀")), "v")
	f := rec(3)
	f.Leave = []string{"c"}
	if got := put(t, r, f, "v"); !slices.Equal(got, []string{"c"}) {
		t.Errorf("changed %v", got)
	}
	if got := found(t, r, "琥珀"); len(got) != 0 {
		t.Errorf("found %q", got)
	}
	enter := rec(4)
	enter.Enter = []wire.Conversation{{ID: "c", Events: []event.Placed{opened(t), said(t, 2, "琥珀")}}}
	put(t, r, enter, "v")
	if got := found(t, r, "琥珀"); len(got) != 1 {
		t.Errorf("came back as %q", got)
	}
}

func TestPrune_DropsWhatAged(t *testing.T) {
	ctx := context.Background()
	r := open(t, filepath.Join(t.TempDir(), "x.db"))
	taken := placed1(t, 2, event.Taken, event.TakenBody{Agent: "me", How: event.HowAccepted}, nil)
	closed := placed1(t, 4, event.Closed, event.ClosedBody{By: "agent"}, nil)
	put(t, r, rec(4, opened(t), taken, said(t, 3, "琥珀"), closed), "v")
	who := conversation.Viewer{ID: "me", Role: conversation.RoleAgent, Groups: []string{"pre"}}
	age := conversation.KeptOwn.Milliseconds()
	if got, err := r.Prune(ctx, who, 4000+age); err != nil || len(got) != 0 {
		t.Fatalf("pruned %v %v on the last day", got, err)
	}
	if got, err := r.Prune(ctx, who, 4001+age); err != nil || !slices.Equal(got, []string{"c"}) {
		t.Fatalf("pruned %v %v", got, err)
	}
	if r.State("c") != nil || len(found(t, r, "琥珀")) != 0 {
		t.Error("the aged conversation stayed")
	}
}

// schema1 is the layout of version 1.
const schema1 = `
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE event(conv TEXT NOT NULL, seq INTEGER NOT NULL, idx INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY(conv, seq, idx)) WITHOUT ROWID;
CREATE TABLE conversation(id TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE draft(conv TEXT NOT NULL, mode TEXT NOT NULL, text TEXT NOT NULL, PRIMARY KEY(conv, mode)) WITHOUT ROWID;
CREATE TABLE outbox(id TEXT PRIMARY KEY, conv TEXT NOT NULL, frame TEXT NOT NULL, state TEXT NOT NULL, at INTEGER NOT NULL, seen TEXT NOT NULL) WITHOUT ROWID;
PRAGMA user_version = 1;`

func TestOpen_UpgradesVersion1(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "x.db")
	old := bare(t, path)
	exec := func(q string, args ...any) {
		t.Helper()
		if _, err := old.ExecContext(ctx, q, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(schema1)
	gone := said(t, 3, "后悔说的琥珀")
	s := &conversation.State{}
	for _, p := range []event.Placed{opened(t), said(t, 2, "留下的话"), gone, recalled(t, 4, gone.ID)} {
		data, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		exec("INSERT INTO event VALUES(?, ?, ?, ?)", p.Conv, p.Seq, p.Idx, data)
		if err := conversation.Fold(s, &p); err != nil {
			t.Fatal(err)
		}
	}
	exec("INSERT INTO conversation VALUES('c', ?)", raw(t, s))
	exec("INSERT INTO draft VALUES('c', 'reply', '写到一半')")
	exec("INSERT INTO meta VALUES('cursor', ?)", raw(t, event.Cursor{Stream: "s", Seq: 4, Hash: "h"}))
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time there is nothing to do
		r := open(t, path)
		d, err := r.Draft(ctx, "c", "reply")
		if err != nil || d != "写到一半" || r.State("c").Messages != 2 {
			t.Errorf("draft %q state %+v err %v", d, r.State("c"), err)
		}
		if c, _ := r.Cursor(); c == nil || c.Seq != 4 {
			t.Errorf("cursor %+v", c)
		}
		if got := found(t, r, "留下"); len(got) != 1 {
			t.Errorf("found %q", got)
		}
		if got := found(t, r, "琥珀"); len(got) != 0 {
			t.Errorf("found %q", got)
		}
		p, ok, err := r.Message(ctx, gone.ID)
		if err != nil || !ok || len(p.Private) != 0 {
			t.Errorf("the recalled message is %+v %v %v", p, ok, err)
		}
	}
}

func TestAttachment_StaysUntilDropped(t *testing.T) {
	ctx, path := context.Background(), filepath.Join(t.TempDir(), "x.db")
	r := open(t, path)
	a := &Attachment{ID: "a1", Conv: "c", Name: "脸.jpg", Mime: "image/jpeg", W: 3, H: 4, Size: 5, At: 7}
	if err := r.PutAttachment(ctx, a, []byte("bytes")); err != nil {
		t.Fatal(err)
	}
	if err := r.SetDraft(ctx, "c", "reply", "写完了"); err != nil {
		t.Fatal(err)
	}
	w := &Waiting{Frame: wire.In{ID: "i", Conv: "c"}, State: Ready, At: 8}
	if err := r.PutAll(ctx, []*Waiting{w}, map[string]string{"i": "a1"}, &Drafted{"c", "reply"}); err != nil {
		t.Fatal(err)
	}
	a.Cmd, a.Uploaded = "i", wire.Uploaded{Hash: "h", Mime: "image/jpeg", Size: 5}
	if err := r.SetAttachment(ctx, a); err != nil {
		t.Fatal(err)
	}
	again := open(t, path)
	if d, err := again.Draft(ctx, "c", "reply"); err != nil || d != "" {
		t.Errorf("draft %q %v beside the command it became", d, err)
	}
	got, err := again.Attachments(ctx)
	if err != nil || len(got) != 1 || !reflect.DeepEqual(got[0], a) {
		t.Fatalf("attachments %+v %v", got, err)
	}
	data, err := again.AttachmentData("a1")
	if err != nil || string(data) != "bytes" {
		t.Errorf("data %q %v", data, err)
	}
	stray := filepath.Join(path+".files", "stray")
	if err := os.WriteFile(stray, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	open(t, path)
	if _, err := os.Stat(stray); err == nil {
		t.Error("a file that belongs to nothing stayed")
	}
	if err := again.DropAttachment(ctx, "a1"); err != nil {
		t.Fatal(err)
	}
	if data, err := again.AttachmentData("a1"); err != nil || data != nil {
		t.Errorf("dropped: %q %v", data, err)
	}
}
