package gateway

import (
	"testing"

	"agentdesk/server/trace"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestTrace_ForWhoReadsTheMessage(t *testing.T) {
	traces := trace.New(trace.Keep{})
	w := newWorld(t, func(p *Params) { p.Traces = traces })
	guest := w.guest("anna")
	conv := w.say(guest, "在吗").Conv
	res, err := w.floor.Do(t.Context(), conversation.Command{Kind: conversation.Post, ClientID: "b1", Conv: conv, Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Epoch: 1,
		Payload: conversation.PostArgs{Text: "在的"}})
	if err != nil {
		t.Fatal(err)
	}
	w.settle(res.Seq)
	if err := traces.Save(conv, wire.Trace{Action: "answer", Steps: []wire.TraceStep{{Code: "greeting"}}}, res.Message); err != nil {
		t.Fatal(err)
	}
	outsider := wire.User{ID: "outsider", Name: "外人", Role: "agent", Groups: []string{"elsewhere"}, Capacity: 1}
	if err := w.users.Put(t.Context(), outsider, ""); err != nil {
		t.Fatal(err)
	}
	path := wire.PathTrace + conv + "/" + res.Message
	want := func(user string, status int, code string) {
		t.Helper()
		got, body := w.get(path, w.token(user))
		if got != status || code != "" && string(body[:len(`{"code":"`+code)]) != `{"code":"`+code {
			t.Errorf("%s: %d %s, want %d %s", user, got, body, status, code)
		}
	}
	// A bot's chat: a supervisor sees all, an agent of the group the one that is peeked at, others none.
	want("sunlan", 200, "")
	want("zhaoning", 404, "unknown_conversation")
	want("lisiqi", 404, "unknown_conversation")
	desk := w.desk("lisiqi", nil, "")
	desk.send(wire.In{T: wire.TPeek, Conv: conv})
	until(desk, wire.TLive, ofKind(wire.LivePeek))
	want("lisiqi", 200, "")
	want("chenmo", 404, "unknown_conversation")
	want("outsider", 404, "unknown_conversation")
	want("admin", 403, "forbidden")
	desk.send(wire.In{T: wire.TPeek})
	desk.send(wire.In{T: wire.TBeat, Sent: 77}) // frames of one socket are heard in their order
	until(desk, wire.TBeat, func(b *wire.Beat) bool { return b.Sent == 77 })
	want("lisiqi", 404, "unknown_conversation")
	// A person holds it: the holder and the leads.
	w.escalate(conv)
	if a := w.cmd(desk, conversation.Claim, conv, 0, nil); !a.OK {
		t.Fatal(a.Err)
	}
	if tr, status := fetch[wire.Trace](w, path, "lisiqi"); status != 0 || tr.Message != res.Message || len(tr.Steps) != 1 || tr.Steps[0].Code != "greeting" {
		t.Errorf("%d %+v", status, tr)
	}
	want("zhaoning", 200, "")
	want("chenmo", 404, "unknown_conversation")
	visitor, _ := w.visitors.Anonymous()
	if status, body := w.get(path, visitor); status != 401 {
		t.Errorf("a visitor: %d %s", status, body)
	}
	// What is not kept is said to be gone, and only to who may see the chat.
	traces.Forget(conv, "")
	want("lisiqi", 404, "no_trace")
	want("chenmo", 404, "unknown_conversation")
	path = wire.PathTrace + conv + "/x"
	want("lisiqi", 404, "no_trace")
	path = wire.PathTrace + "nowhere/" + res.Message
	want("lisiqi", 404, "unknown_conversation")
}
