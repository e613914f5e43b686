package gateway

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// held gives a world in which lisiqi holds anna's chat.
func held(t *testing.T) (w *world, desk, guest *client, conv string, epoch uint64) {
	t.Helper()
	w = newWorld(t)
	desk, guest = w.desk("lisiqi", nil, ""), w.guest("anna")
	conv = w.say(guest, "在吗").Conv
	w.escalate(conv)
	acc := w.cmd(desk, conversation.Claim, conv, 0, nil)
	if !acc.OK {
		t.Fatal(acc.Err)
	}
	until(desk, wire.TRec, func(r *wire.Rec) bool { return r.Cursor.Seq >= acc.Seq })
	return w, desk, guest, conv, acc.Epoch
}

func ofKind(k wire.LiveKind) func(*wire.Live) bool {
	return func(l *wire.Live) bool { return l.Kind == k }
}

func TestLive_TypingReachesTheOtherSide(t *testing.T) {
	_, desk, guest, conv, _ := held(t)
	guest.send(wire.In{T: wire.TTyping, Conv: conv, On: true})
	if l := until(desk, wire.TLive, ofKind(wire.LiveTyping)); l.Conv != conv || !l.On || l.Actor.ID != "anna" {
		t.Fatalf("%+v", l)
	}
	desk.send(wire.In{T: wire.TTyping, Conv: conv, On: true})
	if l := until(guest, wire.TLive, ofKind(wire.LiveTyping)); l.Conv != conv || l.Actor.Kind != event.Agent || l.Actor.ID != "" {
		t.Fatalf("%+v", l)
	}
}

func TestLive_AnAnswerIsReadWhileItIsWritten(t *testing.T) {
	w, _, guest, conv, _ := held(t)
	other := w.guest("bert")
	w.say(other, "你好")
	bot := event.Actor{Kind: event.Bot, ID: "bot"}
	for _, add := range []string{"可以的，", "", "敏感肌能用。"} {
		w.g.Words(conv, bot, add)
	}
	w.g.Typing(conv, bot, false)
	var got []string
	until(guest, wire.TLive, func(l *wire.Live) bool {
		if l.Kind == wire.LiveWords && l.Conv == conv && l.Actor.Kind == event.Bot && l.Actor.ID == "" {
			got = append(got, l.Add)
		}
		return l.Kind == wire.LiveTyping
	})
	if !slices.Equal(got, []string{"可以的，", "敏感肌能用。"}) {
		t.Fatalf("the customer read %q", got)
	}
	w.g.Words("01J00000000000000000000009", bot, "没有这段对话") // nothing to do, and no harm
	w.say(other, "还在吗")
}

func TestLive_SuggestionsGoOnWithWhoeverGetsTheChat(t *testing.T) {
	w, desk, _, conv, epoch := held(t)
	const set = "01J00000000000000000000002"
	for _, add := range []string{"您", "好"} {
		w.g.Live(conv, wire.Live{Kind: wire.LiveDelta, Delta: &wire.Delta{Set: set, Rank: 1, Add: add}})
	}
	w.g.Live(conv, wire.Live{Kind: wire.LiveDelta, Delta: &wire.Delta{Set: "01J00000000000000000000001", Rank: 1, Add: "旧"}})
	w.g.Live(conv, wire.Live{Kind: wire.LivePanel, Panel: &wire.Panel{Next: &wire.NextAction{Code: "ask", Text: "问肤质"}}})
	var got string
	until(desk, wire.TLive, func(l *wire.Live) bool {
		if l.Kind == wire.LiveDelta {
			got += l.Delta.Add
		}
		return l.Kind == wire.LivePanel
	})
	if got != "您好" {
		t.Fatalf("the desk read %q", got)
	}
	check := func(c *client) {
		t.Helper()
		until(c, wire.TLive, func(l *wire.Live) bool { return l.Kind == wire.LivePanel && l.Panel.Next.Text == "问肤质" })
		if l := until(c, wire.TLive, ofKind(wire.LiveDelta)); l.Delta.Add != "您好" || l.Delta.Set != set {
			t.Fatalf("%+v", l.Delta)
		}
	}
	check(w.desk("lisiqi", nil, "")) // a desk that reconnects
	lead := w.desk("zhaoning", nil, "")
	until[wire.Rec](lead, wire.TRec, nil)
	again := w.desk("lisiqi", nil, "")
	until[wire.Rec](again, wire.TRec, nil)
	if a := w.cmd(again, conversation.Transfer, conv, epoch, conversation.TransferArgs{Agent: "zhaoning"}); !a.OK {
		t.Fatal(a.Err)
	}
	check(lead)
}

func TestLive_BotChatsInAWindowAndOnePeeked(t *testing.T) {
	w := newWorld(t)
	desk, guest := w.desk("lisiqi", nil, ""), w.guest("anna")
	desk.send(wire.In{T: wire.TWindow, Limit: 10})
	a := w.say(guest, phone)
	rows := until(desk, wire.TLive, func(l *wire.Live) bool { return l.Kind == wire.LiveRows && l.Total == 1 })
	if len(rows.Rows) != 1 || rows.Rows[0].ID != a.Conv || strings.Contains(rows.Rows[0].Snippet, "13812345678") {
		t.Fatalf("%+v", rows.Rows)
	}
	desk.send(wire.In{T: wire.TPeek, Conv: a.Conv})
	peek := until(desk, wire.TLive, ofKind(wire.LivePeek))
	if peek.Peek == nil || len(peek.Peek.Events) == 0 || strings.Contains(string(must(json.Marshal(peek))(t)), "13812345678") {
		t.Fatalf("%+v", peek)
	}
	w.say(guest, "还有一个问题")
	ev := until(desk, wire.TLive, ofKind(wire.LivePeekEv))
	if !slices.Equal(texts(ev.Events), []string{"还有一个问题"}) {
		t.Fatalf("%+v", ev)
	}
}

func TestLive_FloorAtAGlance(t *testing.T) {
	w, desk, _, _, _ := held(t)
	w.say(w.guest("bert"), "在吗")
	l := until(desk, wire.TLive, func(l *wire.Live) bool {
		return l.Kind == wire.LiveFloor && l.Floor.Bot == 1 && l.Floor.Today.Total == 1
	})
	i := slices.IndexFunc(l.Floor.Agents, func(a wire.AgentRow) bool { return a.ID == "lisiqi" })
	if i < 0 || l.Floor.Agents[i].Load != 1 || l.Floor.Agents[i].Capacity != 8 || l.Floor.Today.Met != 1 {
		t.Fatalf("%+v", l.Floor)
	}
}

// A client that reads nothing is closed when its queue is full, and nobody else waits for it.
func TestDoors_SlowClientHoldsUpNobody(t *testing.T) {
	w := newWorld(t)
	slow, fast := w.desk("sunlan", nil, ""), w.desk("zhaoning", nil, "")
	until[wire.Rec](slow, wire.TRec, nil)
	w.g.hub.mu.Lock()
	s := w.g.hub.desks["sunlan"]
	w.g.hub.mu.Unlock()
	big := frame(wire.Live{T: wire.TLive, Kind: wire.LivePanel, Conv: strings.Repeat("x", 128<<10)})
	for open := true; open; { // faster than any socket
		s.q.push(big)
		select {
		case <-s.q.gone:
			open = false
		default:
		}
	}
	a := w.say(w.guest("anna"), "在吗")
	w.escalate(a.Conv)
	until(fast, wire.TRec, func(r *wire.Rec) bool { return len(r.Enter) == 1 && r.Enter[0].ID == a.Conv })
	if code := slow.closed(); code != wire.CloseSlow {
		t.Fatalf("closed with %d", code)
	}
}

func TestDoors_BusyStaysBusyWhileReconnecting(t *testing.T) {
	w, desk, _, _, _ := held(t)
	if a := w.cmd(desk, conversation.SetStatus, "", 0, event.AgentStatusBody{Agent: "sunlan", Status: event.Busy, Capacity: 99}); !a.OK {
		t.Fatal(a.Err)
	}
	until[wire.Rec](w.desk("lisiqi", nil, ""), wire.TRec, nil)
	v := must(w.floor.View(t.Context()))(t)
	i := slices.IndexFunc(v.Agents, func(a conversation.Agent) bool { return a.ID == "lisiqi" })
	if i < 0 || v.Agents[i].Status != event.Busy || v.Agents[i].Capacity != 8 {
		t.Fatalf("%+v", v.Agents)
	}
	if slices.ContainsFunc(v.Agents, func(a conversation.Agent) bool { return a.ID == "sunlan" }) {
		t.Fatal("an agent set another's status")
	}
}

func TestDoors_ExpiredTokenClosesTheSession(t *testing.T) {
	w := newWorld(t)
	desk := w.desk("lisiqi", nil, "")
	w.g.hub.mu.Lock()
	w.g.hub.desks["lisiqi"].expires.Store(1)
	w.g.hub.mu.Unlock()
	if code := desk.closed(); code != wire.CloseExpired {
		t.Fatalf("closed with %d", code)
	}
	// A fresh token in time prolongs; another's does not pass.
	desk = w.desk("lisiqi", nil, "")
	token, _ := w.users.Token("lisiqi")
	desk.send(wire.In{T: wire.THello, V: 1, Token: token})
	desk.send(wire.In{T: wire.TBeat, Sent: 7})
	if b := until[wire.Beat](desk, wire.TBeat, nil); b.Sent != 7 || b.Now == 0 {
		t.Fatalf("%+v", b)
	}
	token, _ = w.users.Token("sunlan")
	desk.send(wire.In{T: wire.THello, V: 1, Token: token})
	if code := desk.closed(); code != wire.CloseBadToken {
		t.Fatalf("closed with %d", code)
	}
}
