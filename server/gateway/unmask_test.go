package gateway

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestUnmask_IsNotedBeforeItIsRead(t *testing.T) {
	w := newWorld(t)
	g := w.guest("anna")
	a := w.say(g, "我的电话是13812345678")
	msg := a.Events[len(a.Events)-1]
	w.escalate(a.Conv)
	ask := func(user, conv string, msg event.ID) (int, string) {
		status, body := w.post(wire.PathUnmask, w.token(user), "application/json", must(json.Marshal(wire.UnmaskRequest{Conv: conv, Message: msg}))(t))
		return status, string(body)
	}
	for name, c := range map[string]struct {
		user, conv string
		msg        event.ID
		status     int
	}{
		"an agent":          {"lisiqi", a.Conv, msg, 403},
		"admin":             {"admin", a.Conv, msg, 403},
		"no such message":   {"sunlan", a.Conv, event.NewID(time.UnixMilli(1), [10]byte{1}), 404},
		"no such chat":      {"sunlan", "x", msg, 404},
		"no message at all": {"sunlan", a.Conv, "x", 400},
	} {
		if status, body := ask(c.user, c.conv, c.msg); status != c.status || strings.Contains(body, "12345") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	before := w.floor.Stats().LastSeq
	status, body := ask("sunlan", a.Conv, msg)
	var u wire.Unmasked
	if err := json.Unmarshal([]byte(body), &u); err != nil || status != 200 || u.Text != "我的电话是13812345678" {
		t.Fatalf("%d %s", status, body)
	}
	if err := w.folds.WaitFor(t.Context(), before+1); err != nil {
		t.Fatal(err)
	}
	evs := must(w.folds.Events(t.Context(), a.Conv, before+1))(t)
	var b event.UnmaskedBody
	if len(evs) != 1 || evs[0].Type != event.Unmasked || evs[0].Actor.ID != "sunlan" || evs[0].Decode(&b, nil) != nil || b.Message != msg {
		t.Fatalf("%+v", evs)
	}
	rec := until(w.guest("anna"), wire.TRec, func(r *wire.Rec) bool { return len(r.Enter) > 0 })
	if data := string(must(json.Marshal(rec))(t)); strings.Contains(data, "unmasked") || strings.Contains(data, "sunlan") {
		t.Fatalf("the customer is told: %s", data)
	}
	// What was recalled nobody reads any more.
	if a := w.cmd(g, conversation.Recall, a.Conv, 0, conversation.RecallArgs{Message: msg}); !a.OK {
		t.Fatal(a.Err)
	}
	if status, body := ask("sunlan", a.Conv, msg); status != 404 {
		t.Fatalf("%d %s", status, body)
	}
	// Nor does a socket bring the command: only this door notes and reads at once.
	if a := w.cmd(w.desk("zhaoning", nil, ""), conversation.Unmask, a.Conv, 0, conversation.UnmaskArgs{Message: msg}); a.OK {
		t.Fatal("taken from a socket")
	}
}
