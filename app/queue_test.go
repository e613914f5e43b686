package app

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/wire"
)

func waiting(id, group string, class int, since int64, first bool) *conversation.State {
	return &conversation.State{ID: id, Seat: conversation.SeatWaiting, Group: group, Wait: &conversation.Wait{Group: group, Class: class, Since: since, Entered: since, First: first}}
}

func order(b *board) string {
	var out []string
	for _, s := range b.list(view.SegWaiting) {
		out = append(out, s.ID)
	}
	return strings.Join(out, " ")
}

func TestBoard_OrdersWaitingAsTheFloorServes(t *testing.T) {
	const step = 60_000
	for _, c := range []struct {
		what string
		in   []*conversation.State
		want string
	}{
		{"first come, first served", []*conversation.State{waiting("b", "pre", 5, 2000, false), waiting("a", "pre", 5, 1000, false)}, "a b"},
		{"a better class first", []*conversation.State{waiting("calm", "pre", 5, 1000, false), waiting("angry", "pre", 1, 2000, false)}, "angry calm"},
		{"unless the other has aged", []*conversation.State{waiting("old", "pre", 2, 1000, false), waiting("angry", "pre", 1, 1000+step+1, false)}, "old angry"},
		{"an equal clock of a better class goes before", []*conversation.State{waiting("old", "pre", 2, 1000, false), waiting("angry", "pre", 1, 1000+step, false)}, "angry old"},
		{"who lost a person comes first in the class", []*conversation.State{waiting("a", "pre", 5, 1000, false), waiting("lost", "pre", 5, 90_000, true)}, "lost a"},
		{"and then is as old as the oldest of it", []*conversation.State{waiting("a", "pre", 2, 1000, false), waiting("lost", "pre", 2, 900_000, true), waiting("b", "pre", 1, 100_000, false)}, "lost a b"},
		{"in the own group only", []*conversation.State{waiting("a", "after", 2, 1000, false), waiting("lost", "pre", 2, 90_000, true)}, "a lost"},
		{"classes out of range", []*conversation.State{waiting("a", "pre", 99, 1000, false), waiting("b", "pre", 0, 1000, false)}, "b a"},
	} {
		if got := order(newBoard("me", step, c.in)); got != c.want {
			t.Errorf("%s: %s, want %s", c.what, got, c.want)
		}
	}
}

func TestBoard_KeptUpEqualsMadeAtOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		now := map[string]*conversation.State{}
		b := newBoard("me", 0, nil)
		for range rapid.IntRange(1, 60).Draw(rt, "changes") {
			id := fmt.Sprint(rapid.IntRange(0, 9).Draw(rt, "chat"))
			var s *conversation.State
			switch rapid.IntRange(0, 5).Draw(rt, "what") {
			case 0:
			case 1:
				s = &conversation.State{ID: id, Seat: conversation.SeatHuman, Agent: rapid.SampledFrom([]string{"me", "other"}).Draw(rt, "agent"), Hold: &conversation.Hold{}, LastAt: rapid.Int64Range(0, 5).Draw(rt, "last")}
			case 2:
				s = &conversation.State{ID: id, Seat: conversation.SeatClosed, LastAt: rapid.Int64Range(0, 5).Draw(rt, "last"), FollowUps: []conversation.FollowUp{{Agent: "me"}}}
			case 3:
				s = &conversation.State{ID: id, Seat: conversation.SeatBot}
			default:
				s = waiting(id, "pre", rapid.IntRange(1, 6).Draw(rt, "class"), rapid.Int64Range(0, 400_000).Draw(rt, "since"), rapid.Bool().Draw(rt, "first"))
			}
			if delete(now, id); s != nil {
				now[id] = s
			}
			b.set(id, s)
			if rapid.Bool().Draw(rt, "look") {
				b.list(view.SegWaiting)
			}
		}
		var all []*conversation.State
		for _, s := range now {
			all = append(all, s)
		}
		slices.SortFunc(all, func(x, y *conversation.State) int { return cmp.Compare(x.ID, y.ID) })
		want := newBoard("me", 0, all)
		for _, seg := range []view.Segment{view.SegWaiting, view.SegMine, view.SegClosed} {
			if !slices.Equal(b.list(seg), want.list(seg)) || b.count(seg) != len(b.list(seg)) {
				rt.Fatalf("%s differs", seg)
			}
		}
		if len(b.due) != len(want.due) {
			rt.Fatal("promises differ")
		}
	})
}

func TestWindow_FollowsTheScroll(t *testing.T) {
	f := newFake(t)
	a, _ := start(t, Params{Dir: t.TempDir(), Server: f.http.URL, User: "xiaoning", Password: "right"})
	until(t, a, "online", func(d *view.Desk) bool { return d.Link.State == view.Online && d.Queue != nil })
	var rows []conversation.State
	for i := range 200 {
		rows = append(rows, conversation.State{ID: fmt.Sprint("b", i), Seat: conversation.SeatBot, Group: "pre", LastAt: int64(1000 - i), LastSeq: 1})
	}
	a.SetSegment(view.SegBot)
	a.SetWindow(40) // within what is there: nothing to ask for
	a.SetWindow(300)
	f.live(wire.Live{Kind: wire.LiveRows, Rows: rows, Total: 900, Offset: 200})
	d := until(t, a, "the rows", func(d *view.Desk) bool { return len(d.Queue.Rows) == 200 })
	if d.Queue.Offset != 200 || d.Queue.Counts[view.SegBot] != 900 {
		t.Errorf("offset %d of %d", d.Queue.Offset, d.Queue.Counts[view.SegBot])
	}
	until(t, a, "both windows asked for", func(*view.Desk) bool {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.window) == 2 && f.window[0].Offset == 0 && f.window[0].Limit == windowRows && f.window[1].Offset == 200
	})
}

func TestTeam_GroupsAreWords(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	f.live(wire.Live{Kind: wire.LiveFloor, Floor: &wire.Floor{Agents: []wire.AgentRow{{ID: "lisiqi", Name: "李思齐", Groups: []string{"pre", "after", "vip"}}}}})
	d := until(t, a, "the team", func(d *view.Desk) bool { return d.Team != nil })
	if g := d.Team.Groups[0]; g.Key != "pre" || g.Name == "pre" || d.Team.Agents[0].Group == "pre、after、vip" || !strings.HasSuffix(d.Team.Agents[0].Group, "、vip") {
		t.Errorf("team %+v", d.Team)
	}
	zh := d.Team.Groups[0].Name
	a.SetLanguage("en")
	until(t, a, "English", func(d *view.Desk) bool { return d.Team.Groups[0].Name != zh && d.Team.Groups[0].Name != "pre" })
}

func TestToken_IsRenewedOnceHoweverManyAsk(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	a.mu.Lock()
	a.m.session.Expires, a.m.renewed = time.Now().UnixMilli(), time.Time{}
	a.mu.Unlock()
	f.with(func(r *restFake) { r.token = "t2" })
	a.Pick("order", "")
	a.OpenCard("nothing")
	a.Find("人工")
	for range 3 {
		a.Pick("coupon", "")
		a.Pick("product", "")
	}
	until(t, a, "products", func(d *view.Desk) bool {
		p := d.Chat.Composer.Picker
		return p != nil && !p.Busy && p.Err == nil && p.Kind == "product"
	})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.rest.renewals != 1 {
		t.Errorf("%d renewals", f.rest.renewals)
	}
}
