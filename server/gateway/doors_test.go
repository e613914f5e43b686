package gateway

import (
	"slices"
	"strings"
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const phone = "我的电话是13812345678，请回电"

func TestDoors_MessageToDeskAndBack(t *testing.T) {
	w := newWorld(t)
	desk := w.desk("lisiqi", nil, "")
	if desk.w.Resume != resumeReset || desk.w.User == nil || desk.w.User.ID != "lisiqi" {
		t.Fatalf("welcome %+v", desk.w)
	}
	guest := w.guest("anna")
	a := w.say(guest, phone)
	if a.Conv == "" || a.Seq == 0 || len(a.Events) == 0 {
		t.Fatalf("ack %+v", a)
	}
	w.escalate(a.Conv)
	entered := until(desk, wire.TRec, func(r *wire.Rec) bool { return len(r.Enter) > 0 }).Enter[0]
	if entered.ID != a.Conv || !slices.Equal(texts(entered.Events), []string{"我的电话是138****5678，请回电"}) {
		t.Fatalf("entered %+v", entered)
	}
	for _, e := range entered.Events {
		if e.ClientSum != "" {
			t.Fatalf("%s carries the hash of its content", e.Type)
		}
	}
	offered := func(p event.Placed) bool { return p.Type == event.Offered }
	if !slices.ContainsFunc(entered.Events, offered) {
		until(desk, wire.TRec, func(r *wire.Rec) bool { return slices.ContainsFunc(r.Events, offered) })
	}
	acc := w.cmd(desk, conversation.Accept, a.Conv, 0, nil)
	if !acc.OK {
		t.Fatalf("accept: %v", acc.Err)
	}
	until(guest, wire.TRec, func(r *wire.Rec) bool {
		return slices.ContainsFunc(r.Events, func(p event.Placed) bool {
			return p.Type == event.Taken && strings.Contains(string(p.Body), "李思齐") && !strings.Contains(string(p.Body), "lisiqi")
		})
	})
	// Only the holder reads it unmasked; a second message comes with its clear text.
	w.say(guest, "再说一次 13912345678")
	l := until(desk, wire.TLive, func(l *wire.Live) bool {
		return l.Kind == wire.LiveClear && len(l.Clear) == 1 && strings.Contains(strings.Join(values(l.Clear), ""), "13912345678")
	})
	if l.Conv != a.Conv {
		t.Fatalf("clear of %s", l.Conv)
	}
	if r := w.cmd(desk, conversation.Post, a.Conv, acc.Epoch, conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Note}, Text: "内部"}); !r.OK {
		t.Fatalf("note: %v", r.Err)
	}
	if r := w.cmd(desk, conversation.Post, a.Conv, acc.Epoch, conversation.PostArgs{Text: "您好"}); !r.OK {
		t.Fatalf("reply: %v", r.Err)
	}
	until(guest, wire.TRec, func(r *wire.Rec) bool {
		said := texts(r.Events)
		if slices.Contains(said, "内部") {
			t.Fatal("the customer got an internal note")
		}
		return slices.Contains(said, "您好")
	})
}

func values(m map[event.ID]string) []string {
	var out []string
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

func TestDoors_OtherGroupsSeeNothing(t *testing.T) {
	w := newWorld(t)
	u := must(w.users.User(t.Context(), "wangyu"))(t)
	u.Groups = []string{"after"}
	if err := w.users.Put(t.Context(), u, ""); err != nil {
		t.Fatal(err)
	}
	other, super := w.desk("wangyu", nil, ""), w.desk("sunlan", nil, "")
	a := w.say(w.guest("anna"), "在吗")
	w.escalate(a.Conv)
	until(super, wire.TRec, func(r *wire.Rec) bool {
		return slices.ContainsFunc(r.Events, func(p event.Placed) bool { return p.Type == event.Escalated })
	})
	// The watermark passes the escalation, and nothing came with it.
	until(other, wire.TRec, func(r *wire.Rec) bool {
		if len(r.Enter)+len(r.Events)+len(r.Leave) > 0 {
			t.Fatalf("got %+v", r)
		}
		return r.Cursor.Seq > a.Seq
	})
	if r := w.cmd(other, conversation.Post, a.Conv, 0, conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Note}, Text: "x"}); r.OK || r.Err.Code != conversation.UnknownConv {
		t.Fatalf("a note on an unseen chat: %+v", r)
	}
	other.send(wire.In{T: wire.TPeek, Conv: a.Conv})
	if l := until(other, wire.TLive, func(l *wire.Live) bool { return l.Kind == wire.LivePeek }); l.Peek != nil {
		t.Fatal("peeked at a chat of another group")
	}
}

func TestDoors_Forgery(t *testing.T) {
	w := newWorld(t)
	visitor, _ := w.visitors.Anonymous()
	desk, _ := w.users.Token("lisiqi")
	for name, c := range map[string]struct {
		path, token string
		v, code     int
	}{
		"visitor at the desk":  {wire.PathDesk, visitor, 1, wire.CloseBadToken},
		"desk at the counter":  {wire.PathCustomer, desk, 1, wire.CloseBadToken},
		"nothing":              {wire.PathDesk, "", 1, wire.CloseBadToken},
		"changed signature":    {wire.PathDesk, desk[:len(desk)-3] + "AAA", 1, wire.CloseBadToken},
		"no version":           {wire.PathDesk, desk, 0, wire.CloseVersion},
		"a hello of 100 KB":    {wire.PathDesk, strings.Repeat("a", wire.MaxFrameIn), 1, wire.CloseTooLarge},
		"a token of 5000 byte": {wire.PathDesk, strings.Repeat("a", 5000), 1, wire.CloseBadFrame},
	} {
		if got := w.dial(c.path, wire.In{V: c.v, Token: c.token}).closed(); got != c.code {
			t.Errorf("%s: closed with %d, want %d", name, got, c.code)
		}
	}
	// Whatever a frame says, it is the token's owner who acts.
	anna, bert := w.guest("anna"), w.guest("bert")
	a := w.say(anna, "在吗")
	bert.raw(`{"t":"cmd","id":"f1","kind":"close","conv":"` + a.Conv + `","actor":{"k":"customer","id":"anna"}}`)
	if r := until(bert, wire.TAck, func(r *wire.Ack) bool { return r.ID == "f1" }); r.OK || r.Err.Code != conversation.UnknownConv {
		t.Fatalf("closed another's chat: %+v", r)
	}
	for _, k := range []conversation.Kind{conversation.Escalate, conversation.Suggest, conversation.SetStatus, conversation.Claim, "nonsense"} {
		if r := w.cmd(bert, k, a.Conv, 0, struct{}{}); r.OK {
			t.Errorf("a customer gave %s", k)
		}
	}
}

func TestDoors_BadFrames(t *testing.T) {
	w := newWorld(t)
	c := w.guest("anna")
	for _, bad := range []string{`{`, `[]`, `{"t":"nonsense"}`, `{"t":"cmd"}`} {
		c.raw(bad)
		if a := until[wire.Ack](c, wire.TAck, nil); a.OK || a.Err.Code != conversation.Invalid {
			t.Fatalf("%s: %+v", bad, a)
		}
	}
	c.raw(`{"t":1}`)
	if code := c.closed(); code != wire.CloseBadFrame {
		t.Fatalf("closed with %d", code)
	}
	c = w.guest("anna")
	c.raw(`{"t":"beat","x":"` + strings.Repeat("a", wire.MaxFrameIn) + `"}`)
	if code := c.closed(); code != wire.CloseTooLarge {
		t.Fatalf("closed with %d", code)
	}
	c = w.guest("anna")
	if a := w.cmd(c, conversation.Post, "", 0, conversation.PostArgs{Text: strings.Repeat("a", event.MaxText+1)}); a.OK || a.Err.Code != conversation.TooLarge {
		t.Fatalf("%+v", a)
	}
	for range 200 {
		c.raw(`{"t":"typing","on":true}`)
	}
	if code := c.closed(); code != wire.CloseRate {
		t.Fatalf("closed with %d", code)
	}
}

func TestDoors_TextsAreCleaned(t *testing.T) {
	w := newWorld(t)
	c := w.guest("anna")
	w.say(c, "a\x00b\u202ec\ue000d\u0007\r\ne\tf👍")
	until(c, wire.TRec, func(r *wire.Rec) bool {
		for _, e := range r.Enter {
			if slices.Contains(texts(e.Events), "abcd\ne\tf👍") {
				return true
			}
		}
		return false
	})
}

func TestDoors_RetryIsTheSame(t *testing.T) {
	w := newWorld(t)
	c := w.guest("anna")
	msg := `{"t":"cmd","id":"same","kind":"post","payload":{"kind":"text","text":"在吗"}}`
	c.raw(msg)
	first := until[wire.Ack](c, wire.TAck, nil)
	c = w.guest("anna")
	c.raw(msg)
	if again := until[wire.Ack](c, wire.TAck, nil); !again.OK || !again.Dup || again.Seq != first.Seq || again.Conv != first.Conv {
		t.Fatalf("first %+v, again %+v", first, again)
	}
	c.raw(strings.Replace(msg, "在吗", "在", 1))
	if other := until[wire.Ack](c, wire.TAck, nil); other.OK || other.Err.Code != conversation.IDReused {
		t.Fatalf("%+v", other)
	}
}

func TestDoors_ReplacedAndDrained(t *testing.T) {
	w := newWorld(t)
	first := w.desk("lisiqi", nil, "")
	second := w.desk("lisiqi", nil, "")
	if code := first.closed(); code != wire.CloseReplaced {
		t.Fatalf("closed with %d", code)
	}
	done := make(chan struct{})
	go func() { defer close(done); w.stop() }()
	if code := second.closed(); code != wire.CloseDrain {
		t.Fatalf("closed with %d", code)
	}
	_ = second.conn.Close()
	<-done
}
