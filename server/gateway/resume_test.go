package gateway

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// replica is what a desk would keep: the events of each conversation, applied as the protocol says.
type replica struct {
	convs  map[string][]event.ID
	cursor event.Cursor
	frames int
}

func (r *replica) apply(rec *wire.Rec) {
	if r.convs == nil {
		r.convs = map[string][]event.ID{}
	}
	r.frames++
	for _, c := range rec.Enter {
		if c.Part == 0 {
			r.convs[c.ID] = nil
		}
		for _, e := range c.Events {
			r.convs[c.ID] = append(r.convs[c.ID], e.ID)
		}
	}
	for _, e := range rec.Events {
		r.convs[e.Conv] = append(r.convs[e.Conv], e.ID)
	}
	for _, id := range rec.Leave {
		delete(r.convs, id)
	}
	if !rec.More {
		r.cursor = rec.Cursor
	}
}

// follow applies frames until the cursor has reached seq.
func (r *replica) follow(c *client, seq uint64) {
	c.t.Helper()
	if r.cursor.Seq >= seq && r.frames > 0 {
		return
	}
	until(c, wire.TRec, func(rec *wire.Rec) bool {
		r.apply(rec)
		return !rec.More && r.cursor.Seq >= seq
	})
}

func TestResume_TailEqualsFresh(t *testing.T) {
	w := newWorld(t)
	anna, bert := w.guest("anna"), w.guest("bert")
	a, b := w.say(anna, "一"), w.say(bert, "二")
	w.escalate(a.Conv)
	desk := w.desk("lisiqi", nil, "")
	var mine replica
	mine.follow(desk, desk.w.Cursor.Seq)
	acc := w.cmd(desk, conversation.Accept, a.Conv, 0, nil)
	if !acc.OK {
		acc = w.cmd(desk, conversation.Claim, a.Conv, 0, nil)
	}
	if !acc.OK {
		t.Fatalf("%v", acc.Err)
	}
	_ = desk.conn.Close() // acc's record may or may not have come: the cursor tells

	w.say(anna, "三")         // a tail
	w.escalate(b.Conv)       // enters
	last := w.say(bert, "四") // part of what entered

	again := w.desk("lisiqi", &mine.cursor, desk.w.View)
	if again.w.Resume != resumeTail || again.w.Cursor.Seq < last.Seq {
		t.Fatalf("resumed by %s at %d, wanted the tail up to %d", again.w.Resume, again.w.Cursor.Seq, last.Seq)
	}
	mine.follow(again, again.w.Cursor.Seq)

	fresh := w.desk("lisiqi", nil, "")
	if fresh.w.Resume != resumeReset {
		t.Fatalf("resumed by %s", fresh.w.Resume)
	}
	var whole replica
	whole.follow(fresh, fresh.w.Cursor.Seq)
	mine.follow(again2(w, &mine, fresh.w.View), fresh.w.Cursor.Seq)
	if !maps.EqualFunc(mine.convs, whole.convs, slices.Equal) || len(whole.convs) != 2 {
		t.Fatalf("the copy has\n%v\nthe server\n%v", mine.convs, whole.convs)
	}
}

func again2(w *world, r *replica, view string) *client { return w.desk("lisiqi", &r.cursor, view) }

func TestResume_LeavesWhatOneMayNotSee(t *testing.T) {
	w := newWorld(t)
	anna := w.guest("anna")
	a := w.say(anna, "一")
	w.escalate(a.Conv)
	chen := w.desk("chenmo", nil, "")
	var r replica
	r.follow(chen, chen.w.Cursor.Seq)
	if len(r.convs) != 1 {
		t.Fatalf("sees %v", r.convs)
	}
	_ = chen.conn.Close()
	lead := w.desk("zhaoning", nil, "")
	acc := w.cmd(lead, conversation.Claim, a.Conv, 0, nil)
	if !acc.OK {
		t.Fatal(acc.Err)
	}
	chen = w.desk("chenmo", &r.cursor, chen.w.View)
	if chen.w.Resume != resumeTail {
		t.Fatalf("resumed by %s", chen.w.Resume)
	}
	r.follow(chen, chen.w.Cursor.Seq)
	if len(r.convs) != 0 {
		t.Fatalf("still has %v", r.convs)
	}
}

func TestResume_ResetWhereTheCopyIsAnothers(t *testing.T) {
	w := newWorld(t)
	w.say(w.guest("anna"), "一")
	d := w.desk("zhaoning", nil, "")
	good := d.w.Cursor
	for name, change := range map[string]func(c *event.Cursor, view *string){
		"hash":   func(c *event.Cursor, _ *string) { c.Hash = strings.Repeat("0", 64) },
		"stream": func(c *event.Cursor, _ *string) { c.Stream = "another" },
		"future": func(c *event.Cursor, _ *string) { c.Seq += 1000 },
		"rights": func(_ *event.Cursor, v *string) { *v = "other" },
	} {
		cur, view := good, d.w.View
		change(&cur, &view)
		if got := w.desk("zhaoning", &cur, view).w.Resume; got != resumeReset {
			t.Errorf("%s: resumed by %s", name, got)
		}
	}
	if got := w.desk("zhaoning", &good, d.w.View).w.Resume; got != resumeTail {
		t.Fatalf("a good cursor: resumed by %s", got)
	}
}

func TestResume_LargeCopyComesInParts(t *testing.T) {
	w := newWorld(t)
	sun := w.desk("sunlan", nil, "")
	g := w.guest("anna")
	var last wire.Ack
	for i := range 12 {
		last = w.say(g, strings.Repeat("长", 20_000)+fmt.Sprint(i))
	}
	until(sun, wire.TRec, func(r *wire.Rec) bool { return r.Cursor.Seq >= last.Seq })
	_ = sun.conn.Close()
	var r replica
	d := w.desk("sunlan", nil, "")
	for r.cursor.Seq < d.w.Cursor.Seq {
		rec := until[wire.Rec](d, wire.TRec, nil)
		if n := len(must(json.Marshal(rec))(t)); n > wire.MaxSnapshot+event.MaxText+4096 {
			t.Fatalf("a frame of %d bytes", n)
		}
		r.apply(rec)
	}
	if r.frames < 3 || len(r.convs) != 1 {
		t.Fatalf("%d conversations in %d frames", len(r.convs), r.frames)
	}
}

func TestResume_CustomerKeepsTheirChat(t *testing.T) {
	w := newWorld(t)
	g := w.guest("anna")
	a := w.say(g, phone)
	again := w.guest("anna")
	if again.w.Guest == nil || again.w.Guest.Conv != a.Conv || again.w.Guest.Name != "林小鹿" {
		t.Fatalf("%+v", again.w.Guest)
	}
	rec := until[wire.Rec](again, wire.TRec, nil)
	if len(rec.Enter) != 1 || !slices.Equal(texts(rec.Enter[0].Events), []string{phone}) {
		t.Fatalf("%+v", rec)
	}
	token, _, err := w.visitors.SignIn("anna", w.visitors.Proof("anna"))
	if err != nil {
		t.Fatal(err)
	}
	b := w.say(g, "还在吗")
	tail := w.dial(wire.PathCustomer, wire.In{V: 1, Token: token, Cursor: &rec.Cursor, View: again.w.View}).welcome()
	if tail.w.Resume != resumeTail || tail.w.Cursor.Seq < b.Seq {
		t.Fatalf("%+v", tail.w)
	}
	if rec := until[wire.Rec](tail, wire.TRec, nil); !slices.Equal(texts(rec.Events), []string{"还在吗"}) || len(rec.Enter) != 0 {
		t.Fatalf("%+v", rec)
	}
	if other := w.guest("bert"); other.w.Guest.Conv != "" {
		t.Fatalf("a stranger is given %+v", other.w.Guest)
	}
}
