package app

import (
	"path/filepath"
	"strings"
	"testing"

	"agentdesk/app/view"
	"agentdesk/sync/conversation"
	"agentdesk/tools/harness"
)

// The desk and the real server: what one asks, the other has.
func TestRealServer_EverythingAnAgentSends(t *testing.T) {
	dir := t.TempDir()
	srv := &harness.Server{Bin: harness.Build(t, dir), Data: filepath.Join(dir, "data"), Dir: dir}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Stop(); err != nil {
			t.Error(err)
		}
	})
	a, stop := start(t, Params{Dir: filepath.Join(dir, "desk"), Server: srv.URL(), User: "xiaoning", Password: "agentdesk"})
	until(t, a, "being online", func(d *view.Desk) bool { return d.Queue != nil && d.Link.State == view.Online })
	customer, err := harness.DialCustomer(t.Context(), srv.URL(), "c-wangzihan")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { customer.Cut(); <-customer.Dead })
	var ids harness.IDs
	first, err := customer.Say(t.Context(), ids.Next(), "转人工，我要退货，后天要出差")
	if err != nil || !first.OK {
		t.Fatal(err, first)
	}
	until(t, a, "the waiting customer", func(d *view.Desk) bool { return len(d.Queue.Waiting) == 1 && d.Queue.Waiting[0].Denied == "" })
	a.TakeMostUrgent()
	d := until(t, a, "the seat and the customer's facts", func(d *view.Desk) bool {
		return d.Chat != nil && d.Chat.Seat.State == view.SeatMine && d.Customer != nil && len(d.Customer.Orders) > 0
	})
	order := d.Customer.Orders[0].ID

	a.Attach("现场.png", picture(t, 1200, 800))
	a.Send("请看这张图")
	d = until(t, a, "text and picture delivered", func(d *view.Desk) bool {
		it := item(d, kind(view.KindImage))
		return hasText(d, "请看这张图", view.Delivered) && it != nil && it.Send == view.Delivered && it.Picture.Data != nil
	})
	a.Fetch(item(d, kind(view.KindImage)).ID)
	until(t, a, "the picture in full", func(d *view.Desk) bool { return item(d, kind(view.KindImage)).Picture.Full != nil })

	for _, kindOf := range []string{"product", "coupon", "order"} {
		a.Pick(kindOf, "")
		d = until(t, a, kindOf+" to pick", func(d *view.Desk) bool {
			p := d.Chat.Composer.Picker
			return p != nil && p.Kind == kindOf && !p.Busy && (len(p.Items) > 0 || p.Err != nil)
		})
		p := d.Chat.Composer.Picker
		if p.Err != nil {
			t.Fatalf("%s: %+v", kindOf, p.Err)
		}
		a.SendPicked(kindOf, p.Items[0].ID)
		until(t, a, kindOf+" delivered", func(d *view.Desk) bool {
			it := item(d, kind(view.ItemKind(kindOf)))
			return it != nil && it.Send == view.Delivered && it.Card.Title != ""
		})
	}
	until(t, a, "the product's picture", func(d *view.Desk) bool { return item(d, kind(view.KindProduct)).Card.Picture != nil })

	a.AskForm("return", order)
	d = until(t, a, "the form", func(d *view.Desk) bool {
		it := item(d, kind(view.KindForm))
		return it != nil && it.Send == view.Delivered
	})
	fill := ids.Next()
	if err := customer.Send(harness.Command(fill, conversation.Post, "", 0, map[string]any{"kind": "filled", "form": "return", "re": item(d, kind(view.KindForm)).ID,
		"fields": map[string]string{"order": order, "reason": "broken"}})); err != nil {
		t.Fatal(err)
	}
	if f, err := customer.Ack(t.Context(), fill); err != nil || !f.OK {
		t.Fatal(err, f)
	}
	until(t, a, "the form filled in", func(d *view.Desk) bool {
		return item(d, kind(view.KindFilled)) != nil && item(d, kind(view.KindForm)).Form.Filled
	})

	var quoted string
	for i := range d.Chat.Log.Items {
		if it := &d.Chat.Log.Items[i]; it.By == view.ByCustomer && it.Kind == view.KindText {
			quoted = it.ID
		}
	}
	a.Quote(quoted)
	a.Send("这就为您处理")
	d = until(t, a, "the quote delivered", func(d *view.Desk) bool {
		it := item(d, texted("这就为您处理"))
		return it != nil && it.Send == view.Delivered && it.Quote != nil && strings.Contains(it.Quote.Text, "退货")
	})
	a.Unsend(item(d, texted("这就为您处理")).ID)
	until(t, a, "taken back", func(d *view.Desk) bool {
		it := item(d, func(it *view.Item) bool { return it.Recalled })
		return it != nil && it.Mine
	})
	a.SetFollowUp(a.p.Now().Add(3600e9), "回访")
	until(t, a, "the promise", func(d *view.Desk) bool { return len(d.Due) == 1 })

	for _, c := range until(t, a, "cards", func(d *view.Desk) bool { return d.Copilot != nil && len(d.Copilot.Cards) > 0 }).Copilot.Cards {
		if !c.CanOpen {
			continue
		}
		a.OpenCard(c.ID)
		d = until(t, a, "the card's source "+c.ID, func(d *view.Desk) bool { return d.Source != nil && d.Source.ID != "" && !d.Source.Busy })
		if d.Source.Err != nil || len(d.Source.Sections) == 0 {
			t.Errorf("card %s %s: %+v", c.Kind, c.ID, d.Source.Err)
		}
		a.OpenCard("")
		until(t, a, "closed", func(d *view.Desk) bool { return d.Source == nil })
	}

	// The chat ends, is rated, and stands in the customer's past the next time.
	was := d.Chat.Head.ID
	a.Close("solved", true, "")
	until(t, a, "the end", func(d *view.Desk) bool { return d.Chat.Seat.State == view.SeatClosed })
	rate := ids.Next()
	if err := customer.Send(harness.Command(rate, conversation.Rate, was, 0, map[string]any{"stars": 5, "reasons": []string{"fast"}, "text": "很好"})); err != nil {
		t.Fatal(err)
	}
	if f, err := customer.Ack(t.Context(), rate); err != nil || !f.OK {
		t.Fatal(err, f)
	}
	until(t, a, "the rating", func(d *view.Desk) bool {
		it := item(d, kind(view.KindRated))
		return it != nil && it.Args["stars"] == "5" && d.Chat.Head.Stars == 5 && d.Chat.Head.StarsText == "很好"
	})
	if f, err := customer.Say(t.Context(), ids.Next(), "转人工，又有问题"); err != nil || !f.OK {
		t.Fatal(err, f)
	}
	d = until(t, a, "waiting again", func(d *view.Desk) bool { return len(d.Queue.Waiting) == 1 })
	a.TakeOver(d.Queue.Waiting[0].ID)
	until(t, a, "the past", func(d *view.Desk) bool {
		return d.Chat.Head.ID != was && d.Customer != nil && len(d.Customer.Past) > 0 && d.Customer.Past[0].Conversation == was && d.Customer.Past[0].Stars == 5
	})
	a.OpenPast(was)
	until(t, a, "the earlier talk", func(d *view.Desk) bool { return d.Past != nil && d.Past.Log != nil && len(d.Past.Log.Items) > 5 })
	a.Search("请看这张图")
	until(t, a, "it found", func(d *view.Desk) bool { return d.Search != nil && !d.Search.Busy && len(d.Search.Results) == 1 })
	stop()
}
