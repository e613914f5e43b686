package app

import (
	"testing"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// phone is what the chat's last form shows as the customer's phone.
func phone(d *view.Desk) string {
	if d.Chat == nil || d.Chat.Log == nil {
		return ""
	}
	out := ""
	for _, it := range d.Chat.Log.Items {
		if it.Form == nil {
			continue
		}
		for _, f := range it.Form.Fields {
			if f.Key == "phone" {
				out = f.Value
			}
		}
	}
	return out
}

// TestClear_GoesWithTheSeat: the holder reads in full what is masked in the copy, and reads it no more once another holds the seat.
func TestClear_GoesWithTheSeat(t *testing.T) {
	const masked, plain = "138****5678", "13812345678"
	f := newFake(t)
	a, _ := held(t, f, t.TempDir())
	conv := f.state.ID
	f.customerSays("电话 " + masked)
	text := f.state.LastCustomerMsg
	p := conversation.PostArgs{Fields: map[string]string{"phone": masked, "name": "林**"}}
	p.Kind, p.Form = event.FormFilled, event.FormAddress
	f.must(conversation.Command{Kind: conversation.Post, Actor: event.Actor{Kind: event.Customer, ID: "c1"}, Payload: p})
	form := f.state.LastCustomerMsg
	until(t, a, "the masked form", func(d *view.Desk) bool { return phone(d) == masked && hasText(d, "电话 "+masked, "") })
	f.live(wire.Live{Kind: wire.LiveClear, Conv: conv, Clear: map[event.ID]string{text: "电话 " + plain},
		ClearFields: map[event.ID]map[string]string{form: {"phone": plain, "name": "林小满"}}})
	until(t, a, "the form in full", func(d *view.Desk) bool { return phone(d) == plain && hasText(d, "电话 "+plain, "") })
	a.HandBack("", "请跟进")
	until(t, a, "the masked one again", func(d *view.Desk) bool {
		return d.Chat != nil && d.Chat.Seat.State != view.SeatMine && phone(d) == masked && hasText(d, "电话 "+masked, "")
	})
}
