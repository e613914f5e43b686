package gateway

import (
	"testing"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// A customer agrees and takes it back in the chat's menu, for this conversation and all later ones; it is told with the welcome.
func TestConsent_IsTheCustomersAndIsRemembered(t *testing.T) {
	w := newWorld(t, func(p *Params) { p.Agreed = func(who string) bool { return who == "anna" } })
	for _, who := range []string{"anna", "guest-1"} {
		c := w.guest(who)
		if c.w.Guest == nil || c.w.Guest.Remind != (who == "anna") {
			t.Errorf("%s at first: %+v", who, c.w.Guest)
		}
		c.send(wire.In{T: wire.TCmd, ID: "m1", Kind: conversation.Post, Payload: raw(conversation.PostArgs{Text: "你好"})})
		conv := until(c, wire.TAck, func(a *wire.Ack) bool { return a.ID == "m1" }).Conv
		for i, on := range []bool{true, false, true, who != "anna"} {
			id := "k" + string(rune('0'+i))
			c.send(wire.In{T: wire.TCmd, ID: id, Kind: conversation.Consent, Conv: conv, Payload: raw(conversation.ConsentArgs{ConsentBody: event.ConsentBody{On: on, By: "forged"}})})
			if a := until(c, wire.TAck, func(a *wire.Ack) bool { return a.ID == id }); !a.OK {
				t.Fatalf("%+v", a.Err)
			}
		}
		if got := w.guest(who).w.Guest; got == nil || got.Remind != (who != "anna") {
			t.Errorf("%s comes again: %+v", who, got)
		}
		evs, err := w.folds.Events(t.Context(), conv, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range evs {
			var b event.ConsentBody
			if e.Type == event.Consented && (e.Decode(&b, nil) != nil || b.By != "menu" || e.Actor.ID != who) {
				t.Errorf("%+v by %v", b, e.Actor)
			}
		}
		other := w.guest("somebody-else")
		other.send(wire.In{T: wire.TCmd, ID: "x", Kind: conversation.Consent, Conv: conv, Payload: raw(conversation.ConsentArgs{ConsentBody: event.ConsentBody{On: true}})})
		if a := until(other, wire.TAck, func(a *wire.Ack) bool { return a.ID == "x" }); a.OK {
			t.Error("somebody else agreed for the customer")
		}
	}
}
