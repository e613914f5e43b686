package app

import (
	"testing"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

func TestHead_OneCalmMessageDoesNotCalmAnAngryCustomer(t *testing.T) {
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	feel := func(e label.Emotion) {
		t.Helper()
		f.customerSays("……")
		p, _, _ := f.lastMessage(event.Text)
		f.must(conversation.Command{Kind: conversation.Understand, Actor: event.Actor{Kind: event.Bot, ID: "understand"},
			Payload: conversation.UnderstandArgs{UnderstoodBody: event.UnderstoodBody{Message: p.ID, Emotion: string(e), Intent: "complaint"}}})
	}
	for _, step := range []struct{ heard, told label.Emotion }{
		{label.Angry, label.Angry}, {label.Calm, label.Dissatisfied}, {label.Calm, label.Anxious}, {label.Angry, label.Angry},
	} {
		feel(step.heard)
		d := until(t, a, string(step.told), func(d *view.Desk) bool { return d.Chat.Head.Mood == step.told })
		if n := len(d.Chat.Head.Trend); d.Chat.Head.Trend[n-1] != step.heard {
			t.Errorf("the chart ends with %s, not with what was heard", d.Chat.Head.Trend[n-1])
		}
		if len(d.Queue.Rows) != 1 || d.Queue.Rows[0].Mood != step.told {
			t.Errorf("the row tells another mood: %+v", d.Queue.Rows)
		}
	}
}
