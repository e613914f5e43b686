package app

import (
	"fmt"
	"strings"
	"testing"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestPanel_TracksSourcesAndNextActions(t *testing.T) {
	f := newFake(t)
	f.with(func(r *restFake) {
		r.sources["policy/after"] = `{"title":"退换政策","sections":[{"id":"2.1","title":"过敏无忧退","text":"签收 30 天内可退"}]}`
	})
	a, _ := held(t, f, t.TempDir())
	panel := func(next string) {
		f.live(wire.Live{Kind: wire.LivePanel, Conv: f.conv(), Panel: &wire.Panel{
			Cards: []wire.Card{{Kind: "product", ID: "p1", Title: "面霜", Price: 28900, Source: event.Source{ID: "p1", Kind: "product"}},
				{Kind: "policy", ID: "after", Title: "过敏无忧退", Source: event.Source{ID: "after", Kind: "policy", Section: "2.1"}}},
			Next: &wire.NextAction{Code: next, Text: "做 " + next},
			Facts: &wire.CustomerFacts{ID: "c1", Recent: []wire.OrderRow{{ID: "CY1", Title: "面霜"}},
				Parcels: []wire.ParcelRow{{ID: "SF1", Track: []wire.Step{{At: 5000, Text: "到达北京"}}}}}}})
		until(t, a, next, func(d *view.Desk) bool {
			return d.Copilot != nil && d.Copilot.Next != nil && d.Copilot.Next.Code == next
		})
	}
	panel("send_card")
	d := until(t, a, "the customer", func(d *view.Desk) bool { return d.Customer != nil && len(d.Customer.Parcels) == 1 })
	if p := d.Customer.Parcels[0]; len(p.Track) != 1 || p.Track[0].Text != "到达北京" || d.Copilot.Next.Order != "CY1" || !d.Copilot.Cards[0].CanSend || d.Copilot.Cards[1].CanSend {
		t.Errorf("parcel %+v next %+v", p, d.Copilot.Next)
	}
	a.OpenCard("after")
	d = until(t, a, "the policy", func(d *view.Desk) bool { return d.Source != nil && !d.Source.Busy })
	if s := d.Source; s.Title != "退换政策" || s.At != "2.1" || len(s.Sections) != 1 || s.Err != nil {
		t.Errorf("source %+v", s)
	}
	a.OpenCard("p1")
	until(t, a, "the reason", func(d *view.Desk) bool { return d.Source != nil && d.Source.Err != nil && d.Source.Err.Code == "gone" })
	a.OpenCard("")
	until(t, a, "closed", func(d *view.Desk) bool { return d.Source == nil })
	a.RunNext()
	until(t, a, "the card sent", func(d *view.Desk) bool {
		it := item(d, kind(view.KindProduct))
		return it != nil && it.Send == view.Delivered && toasted(d, "started")
	})
	a.SendCard("p1")
	a.SendCard("after")
	until(t, a, "and again", func(*view.Desk) bool { return f.posted(event.ProductCard) == 2 })
	panel("start_allergy_return")
	a.RunNext()
	until(t, a, "the form and the promise", func(d *view.Desk) bool {
		it := item(d, kind(view.KindForm))
		return it != nil && it.Form.Kind == "return" && it.Form.Order == "CY1" && len(d.Due) == 1 && d.Due[0].Text == "做 start_allergy_return"
	})
	panel("change_order")
	a.RunNext()
	until(t, a, "the address form", func(d *view.Desk) bool { it := item(d, kind(view.KindForm)); return it.Form.Kind == "address" })
	panel("urge_parcel")
	a.RunNext()
	until(t, a, "another promise, soonest first", func(d *view.Desk) bool { return len(d.Due) == 2 && d.Due[0].Text == "做 urge_parcel CY1" })
	panel("close")
	before := len(f.recs)
	a.RunNext()
	a.SetDraft("之后")
	until(t, a, "something later", func(d *view.Desk) bool { return d.Chat.Composer.Draft == "之后" })
	if len(f.recs) != before || a.Snapshot().Chat.Seat.State != view.SeatMine {
		t.Error("a chat was closed without asking")
	}
}

func TestPast_FromTheServerAndOfflineFromTheCopy(t *testing.T) {
	f, dir := newFake(t), t.TempDir()
	old := newID()
	opened := event.Placed{Seq: 1, Time: 1000, Event: event.Event{ID: newID(), Type: event.Opened, Version: 1, Conv: old, Customer: "c1", Epoch: 1,
		Actor: event.Actor{Kind: event.Customer, ID: "c1"}, Body: []byte(`{"channel":"web"}`), Private: []byte(`{"name":"林小满"}`)}}
	said := opened
	said.Seq, said.ID, said.Type, said.Body, said.Private = 2, newID(), event.Posted, []byte(`{"kind":"text"}`), []byte(`{"text":"上次的话"}`)
	f.with(func(r *restFake) {
		r.past = []wire.PastRow{{Conv: old, Opened: 1000, Closed: 2000, Channel: "web", Agent: "李思齐", Messages: 1, Snippet: "上次的话", Stars: 4}}
		r.talks[old] = wire.Conversation{ID: old, Events: []event.Placed{opened, said}}
	})
	a, stop := held(t, f, dir)
	d := until(t, a, "the list", func(d *view.Desk) bool { return d.Customer != nil && len(d.Customer.Past) == 1 })
	if p := d.Customer.Past[0]; p.Agent != "李思齐" || p.Stars != 4 {
		t.Errorf("past %+v", p)
	}
	a.OpenPast(old)
	d = until(t, a, "the talk", func(d *view.Desk) bool { return d.Past != nil && !d.Past.Busy && d.Past.Log != nil })
	if d.Past.Log.Items[len(d.Past.Log.Items)-1].Text != "上次的话" || d.Past.Log.Items[0].Code != "opened" {
		t.Errorf("past talk %+v", d.Past.Log.Items)
	}
	a.OpenPast("")
	until(t, a, "closed", func(d *view.Desk) bool { return d.Past == nil })
	// The chat ends, and the customer comes again: offline, the copy's own chat is the past.
	first := f.conv()
	a.Close("solved", true, "")
	until(t, a, "ended", func(d *view.Desk) bool { return d.Chat.Seat.State == view.SeatClosed })
	second := newID()
	f.customerPosts(second, "c1", "林小满", conversation.PostArgs{Text: "又来了", PostedBody: event.PostedBody{Kind: event.Text}})
	f.must(conversation.Command{Kind: conversation.Escalate, Conv: second, Actor: event.Actor{Kind: event.System, ID: "router"}, Payload: conversation.EscalateArgs{Reason: "human_request"}})
	until(t, a, "waiting again", func(d *view.Desk) bool { return len(d.Queue.Waiting) == 1 })
	stop()
	f.drop(true)
	a, _ = start(t, Params{Dir: dir})
	a.Select(second)
	until(t, a, "the copy's list", func(d *view.Desk) bool {
		return d.Customer != nil && len(d.Customer.Past) == 1 && d.Customer.Past[0].Conversation == first
	})
	a.OpenPast(first)
	d = until(t, a, "the talk, offline", func(d *view.Desk) bool { return d.Past != nil && d.Past.Log != nil })
	if d.Past.Past.Outcome != "solved" || !strings.Contains(fmt.Sprint(d.Past.Log.Items), "你好，要人工") {
		t.Errorf("past %+v", d.Past)
	}
}
