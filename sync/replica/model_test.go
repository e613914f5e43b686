package replica

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func bare(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// placed1 is placed without a private half.
func placed1(t *testing.T, seq uint64, typ event.Type, body, private any) event.Placed {
	t.Helper()
	p := placed0(t, seq, typ, body, private)
	if private == nil {
		p.Private = nil
	}
	return p
}

// history draws a believable log of a few conversations.
func history(rt *rapid.T) (out []event.Placed) {
	convs := []string{"a", "b", "c"}
	open := map[string]bool{}
	said := map[string][]event.ID{}
	agent := event.Actor{Kind: event.Agent, ID: "me"}
	seq := uint64(0)
	add := func(conv string, typ event.Type, by event.Actor, body, private any) {
		p := event.Placed{Seq: seq, Time: int64(seq) * 1000, Event: event.Event{Type: typ, Version: 1, Conv: conv, Customer: "cu" + conv, Actor: by, Epoch: 1}}
		for i := range out {
			if out[i].Seq == seq {
				p.Idx++
			}
		}
		p.ID = event.NewID(time.UnixMilli(p.Time), [10]byte{byte(p.Idx), byte(len(out)), byte(len(out) >> 8)})
		p.Body, _ = json.Marshal(body)
		if private != nil {
			p.Private, _ = json.Marshal(private)
		}
		if typ == event.Posted {
			said[conv] = append(said[conv], p.ID)
		}
		out = append(out, p)
	}
	for range rapid.IntRange(1, 40).Draw(rt, "records") {
		seq++
		for range rapid.IntRange(1, 3).Draw(rt, "events") {
			conv := rapid.SampledFrom(convs).Draw(rt, "conv")
			customer := event.Actor{Kind: event.Customer, ID: "cu" + conv}
			if !open[conv] {
				open[conv] = true
				add(conv, event.Opened, customer, event.OpenedBody{Channel: "web", Group: "pre"}, event.OpenedPrivate{Name: "客" + conv})
				continue
			}
			switch rapid.SampledFrom([]string{"say", "say", "say", "answer", "note", "recall", "read", "mood", "take", "act"}).Draw(rt, "what") {
			case "say":
				add(conv, event.Posted, customer, event.PostedBody{Kind: event.Text}, event.PostedPrivate{Text: words(rt)})
			case "answer":
				add(conv, event.Posted, agent, event.PostedBody{Kind: event.Text}, event.PostedPrivate{Text: words(rt)})
			case "note":
				add(conv, event.Posted, agent, event.PostedBody{Kind: event.Note}, event.PostedPrivate{Text: words(rt)})
			case "recall":
				if ids := said[conv]; len(ids) > 0 {
					add(conv, event.Recalled, customer, event.RecalledBody{Message: rapid.SampledFrom(ids).Draw(rt, "msg")}, nil)
				}
			case "read":
				if ids := said[conv]; len(ids) > 0 {
					add(conv, event.ReadMarked, agent, event.ReadBody{UpTo: ids[len(ids)-1]}, nil)
				}
			case "mood":
				if ids := said[conv]; len(ids) > 0 {
					add(conv, event.Understood, event.Actor{Kind: event.Bot}, event.UnderstoodBody{Message: ids[len(ids)-1], Emotion: "anxious"}, nil)
				}
			case "take":
				add(conv, event.Taken, agent, event.TakenBody{Agent: "me", How: event.HowClaimed}, nil)
			case "act":
				add(conv, event.Acted, customer, event.ActedBody{What: event.DidView, Product: "p"}, event.ActedPrivate{Title: words(rt)})
			}
		}
	}
	return out
}

func words(rt *rapid.T) string {
	return rapid.StringOfN(rapid.RuneFrom([]rune("水乳霜精华")), 1, 8, -1).Draw(rt, "text")
}

// frames cuts a log the way a server may: some conversations enter whole and in parts at some point, frames come twice, and
// catching up spans several of them.
func frames(rt *rapid.T, log []event.Placed) (out []*wire.Rec) {
	last := log[len(log)-1].Seq
	enters := map[string]uint64{} // conversation → record after which it is visible
	for _, c := range []string{"a", "b", "c"} {
		enters[c] = rapid.Uint64Range(0, last).Draw(rt, "visible after")
	}
	for seq := uint64(1); seq <= last; seq++ {
		f := rec(seq)
		for _, c := range []string{"a", "b", "c"} {
			if enters[c] != seq {
				continue
			}
			var whole []event.Placed
			for _, p := range log {
				if p.Conv == c && p.Seq <= seq {
					whole = append(whole, p)
				}
			}
			cut := 0
			if len(whole) > 1 {
				cut = rapid.IntRange(1, len(whole)).Draw(rt, "part")
				f.Enter = append(f.Enter, wire.Conversation{ID: c, Events: whole[:cut]})
				if cut < len(whole) {
					f.More = true
					out = append(out, f)
					f = rec(seq)
					f.Enter = append(f.Enter, wire.Conversation{ID: c, Part: 1, Events: whole[cut:]})
				}
			} else if len(whole) == 1 {
				f.Enter = append(f.Enter, wire.Conversation{ID: c, Events: whole})
			}
		}
		for _, p := range log {
			if p.Seq == seq && enters[p.Conv] < seq {
				f.Events = append(f.Events, p)
			}
		}
		out = append(out, f)
		for range rapid.IntRange(0, 1).Draw(rt, "again") {
			out = append(out, f)
		}
	}
	return out
}

func TestReplica_EqualsTheFoldHoweverFramesAreCut(t *testing.T) {
	ctx, dir, n := context.Background(), t.TempDir(), 0
	rapid.Check(t, func(rt *rapid.T) {
		log := history(rt)
		n++
		path := filepath.Join(dir, fmt.Sprintf("%d.db", n))
		r, err := Open(ctx, path)
		if err != nil {
			rt.Fatal(err)
		}
		defer func() {
			if err := r.Close(); err != nil {
				rt.Error(err)
			}
		}()
		fs := frames(rt, log)
		restart := rapid.IntRange(0, len(fs)-1).Draw(rt, "restart before")
		for i, f := range fs {
			if i == restart {
				if err := r.Close(); err != nil {
					rt.Fatal(err)
				}
				if r, err = Open(ctx, path); err != nil {
					rt.Fatal(err)
				}
			}
			if _, err := r.Apply(ctx, f, "v"); err != nil {
				rt.Fatal(err)
			}
		}
		gone := map[event.ID]bool{}
		for i := range log {
			var b event.RecalledBody
			if log[i].Type == event.Recalled && log[i].Decode(&b, nil) == nil {
				gone[b.Message] = true
			}
		}
		query := words(rt)
		var hits []string
		for _, c := range []string{"a", "b", "c"} {
			var want []event.Placed
			s := &conversation.State{}
			for _, p := range log {
				if p.Conv != c {
					continue
				}
				if err := conversation.Fold(s, &p); err != nil {
					rt.Fatal(err)
				}
				if gone[p.ID] {
					if p.Event, err = event.Redact(p.Event); err != nil {
						rt.Fatal(err)
					}
				}
				if strings.Contains(Words(&p), query) {
					hits = append(hits, p.ID)
				}
				want = append(want, p)
			}
			got, older, err := r.Timeline(ctx, c, 1000)
			if err != nil || older {
				rt.Fatal(err, older)
			}
			if a, b := text(rt, got), text(rt, want); a != b {
				rt.Fatalf("timeline of %s\n got %s\nwant %s", c, a, b)
			}
			st := r.State(c)
			if s.ID == "" {
				if st != nil {
					rt.Fatalf("%s out of nothing", c)
				}
				continue
			}
			if a, b := text(rt, st), text(rt, s); a != b {
				rt.Fatalf("state of %s\n got %s\nwant %s", c, a, b)
			}
		}
		evs, err := r.Search(ctx, query, 1000)
		if err != nil {
			rt.Fatal(err)
		}
		var got []string
		for i := range evs {
			got = append(got, evs[i].ID)
		}
		slices.Sort(got)
		slices.Sort(hits)
		if !slices.Equal(got, hits) {
			rt.Fatalf("%q found %v, want %v", query, got, hits)
		}
		var sound int
		if err := r.w.QueryRowContext(ctx, "SELECT count(*) FROM message_fts_docsize").Scan(&sound); err != nil {
			rt.Fatal(err)
		}
		if _, err := r.w.ExecContext(ctx, "INSERT INTO message_fts(message_fts, rank) VALUES('integrity-check', 0)"); err != nil {
			rt.Fatalf("full text of %d rows is unsound: %v", sound, err)
		}
	})
}

// text is v as JSON, with an empty list the same as none.
func text(rt *rapid.T, v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		rt.Fatal(err)
	}
	return string(data)
}
