package app

import (
	"encoding/json"
	"net/http"
	"testing"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// botSays lets the bot answer, in a chat that it still holds.
func (f *fake) botSays(text string) event.ID {
	f.t.Helper()
	f.must(conversation.Command{Kind: conversation.Post, Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Epoch: 1,
		Payload: conversation.PostArgs{Text: text, PostedBody: event.PostedBody{Kind: event.Text}}})
	p, _, _ := f.lastMessage(event.Text)
	return p.ID
}

func TestTrace_ComesFromTheServerAndSteps(t *testing.T) {
	f := newFake(t)
	f.customerSays("面霜多少钱")
	first := f.botSays("券后 ¥289")
	f.customerSays("帮我取消订单")
	second := f.botSays("已为您取消")
	f.with(func(r *restFake) {
		r.traces = map[string]string{second: string(must(json.Marshal(wire.Trace{Message: second, At: 5, MS: 1500, Pause: 1200, Action: "answer", ByModel: true,
			Read:  &wire.TraceRead{Emotion: "calm", Intent: "change_order", Confidence: 0.876, By: "encoder", Why: []string{"encoder: change_order p=0.88"}},
			Steps: []wire.TraceStep{{Wish: "cancel", Code: "done.cancel_order"}},
			Tools: []wire.TraceTool{{Tool: "cancel_order", Args: map[string]string{"order": "CY1", "b": "2", "a": "1"}, Result: "done", Fen: 100}},
			Model: &wire.TraceModel{Provider: "p", Model: "m", Attempts: []wire.TraceAttempt{{Provider: "p", Model: "m", MS: 9}}, Struck: []wire.TraceStrike{{Text: "x", Why: "ungrounded"}}}})))}
	})
	a, _ := held(t, f, t.TempDir())
	until(t, a, "the answers", func(d *view.Desk) bool { return d.Chat != nil && len(d.Chat.Log.Items) > 4 })
	a.OpenTrace(second)
	d := until(t, a, "the trace", func(d *view.Desk) bool { return d.Trace != nil && !d.Trace.Busy })
	v := d.Trace
	if v.Item != second || v.Text != "已为您取消" || !v.Earlier || v.Later || v.Read.Percent != 88 || v.MS != 1500 || v.Wait != 1200 || !v.ByModel || v.Gone || v.Err != nil ||
		v.Steps[0].Code != "done.cancel_order" || v.Tools[0].Args[2].Value != "CY1" || v.Model.Struck[0].Why != "ungrounded" {
		t.Fatalf("%+v", v)
	}
	if f.didAsk("GET "+wire.PathTrace+f.conv()+"/"+second) != 1 {
		t.Error("it was not asked for once")
	}
	// The message before it: the server does not keep its trace any more.
	a.StepTrace(-1)
	d = until(t, a, "that it is gone", func(d *view.Desk) bool { return d.Trace != nil && d.Trace.Gone })
	if d.Trace.Item != first || d.Trace.Earlier || !d.Trace.Later || d.Trace.Err != nil {
		t.Errorf("%+v", d.Trace)
	}
	a.StepTrace(-1) // there is none before
	a.OpenTrace(d.Chat.Log.Items[1].ID)
	if until(t, a, "still it", func(d *view.Desk) bool { return d.Trace != nil }).Trace.Item != first {
		t.Error("a customer's message has a trace")
	}
	a.OpenTrace("")
	until(t, a, "closed", func(d *view.Desk) bool { return d.Trace == nil })
	a.OpenTrace(second)
	until(t, a, "open again", func(d *view.Desk) bool { return d.Trace != nil })
	a.Select("")
	until(t, a, "gone with the chat", func(d *view.Desk) bool { return d.Trace == nil })
	// Without a server it says so.
	a.Select(f.conv())
	f.drop(true)
	until(t, a, "offline", func(d *view.Desk) bool { return d.Link.State != view.Online && d.Chat != nil })
	a.OpenTrace(second)
	until(t, a, "why not", func(d *view.Desk) bool {
		return d.Trace != nil && d.Trace.Err != nil && d.Trace.Err.Code == "unreachable"
	})
}

func TestHealth_FollowsTheServerAndEndsWithTheConnection(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	tell := func(reading, models string, want view.Health) {
		t.Helper()
		f.live(wire.Live{Kind: wire.LiveHealth, Health: &wire.Health{Reading: reading, Models: models}})
		until(t, a, reading+" "+models, func(d *view.Desk) bool { return d.Health == want })
	}
	tell("linear", "scripts", view.Health{Linear: true, Models: "scripts"})
	tell("encoder", "degraded", view.Health{Models: "degraded"})
	tell("encoder", "none", view.Health{})
	tell("linear", "ok", view.Health{Linear: true})
	f.drop(true)
	until(t, a, "nothing known", func(d *view.Desk) bool { return d.Link.State != view.Online && d.Health == view.Health{} })
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// tracesDoor is the fake's door for traces.
func (f *fake) tracesDoor(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	s, ok := f.rest.traces[r.PathValue("msg")]
	f.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		s = `{"code":"no_trace","text":"gone"}`
	}
	_, _ = w.Write([]byte(s)) // a client that is gone is the test's own doing
}
