package gateway

import (
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// The bot's link reaches the customer; no link of anybody's leads out of the shop, and customers send none.
func TestLink_OfTheBotReachesTheCustomer(t *testing.T) {
	w := newWorld(t)
	c := w.guest("c-linxiaolu")
	c.send(wire.In{T: wire.TCmd, ID: "m1", Kind: conversation.Post, Payload: raw(conversation.PostArgs{Text: "付款链接"})})
	ack := until(c, wire.TAck, func(a *wire.Ack) bool { return a.ID == "m1" })
	if !ack.OK {
		t.Fatalf("%+v", ack)
	}
	say := func(id, link string) error {
		_, err := w.floor.Do(t.Context(), conversation.Command{Kind: conversation.Post, ClientID: id, Conv: ack.Conv, Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Epoch: 1,
			Payload: conversation.PostArgs{PostedBody: event.PostedBody{Link: link}, Text: "去结算"}})
		return err
	}
	for _, bad := range []string{"https://evil.example", "//evil.example", "/pay/", "/pay/../signout", "/checkout?x=1", "javascript:1"} {
		if err := say("bad "+bad, bad); err == nil {
			t.Errorf("%q was posted", bad)
		}
	}
	if err := say("ok", "/checkout"); err != nil {
		t.Fatal(err)
	}
	until(c, wire.TRec, func(r *wire.Rec) bool {
		for _, e := range r.Events {
			var b event.PostedBody
			if e.Type == event.Posted && e.Actor.Kind == event.Bot && e.Decode(&b, nil) == nil {
				return b.Link == "/checkout"
			}
		}
		return false
	})
	c.send(wire.In{T: wire.TCmd, ID: "m2", Kind: conversation.Post, Payload: raw(conversation.PostArgs{PostedBody: event.PostedBody{Link: "/checkout"}, Text: "x"})})
	if ack := until(c, wire.TAck, func(a *wire.Ack) bool { return a.ID == "m2" }); ack.OK {
		t.Error("a customer sent a link")
	}
}
