package work_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/floor"
	"agentdesk/server/shop"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const deer = "c-linxiaolu"

// post is a message of the customer deer.
func (b *bench) post(t *testing.T, id string, p conversation.PostArgs) floor.Result {
	t.Helper()
	res, err := b.Do(t.Context(), conversation.Command{Kind: conversation.Post, ClientID: id, Customer: deer, Actor: event.Actor{Kind: event.Customer, ID: deer},
		Payload: p, Opening: &conversation.Opening{Body: event.OpenedBody{Channel: "web", Group: "pre", Tier: "gold"}}})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// hold gives the chat to a person.
func (b *bench) hold(t *testing.T, conv string) {
	t.Helper()
	agent := event.Actor{Kind: event.Agent, ID: "ann"}
	b.DeskConnected("ann")
	_, err := b.Do(t.Context(), conversation.Command{Kind: conversation.SetStatus, ClientID: "on", Actor: agent, Role: conversation.RoleAgent,
		Payload: event.AgentStatusBody{Agent: "ann", Name: "安安", Status: event.Online, Capacity: 3, Groups: []string{"pre"}}})
	must(t, err)
	_, err = b.Do(t.Context(), conversation.Command{Kind: conversation.Claim, ClientID: "claim", Conv: conv, Actor: agent, Role: conversation.RoleAgent})
	if err != nil {
		t.Fatal(err)
	}
}

func kind(k event.MessageKind) func(*event.Event) bool {
	return func(e *event.Event) bool {
		var b event.PostedBody
		return e.Type == event.Posted && e.Decode(&b, nil) == nil && b.Kind == k && e.Actor.Kind != event.Customer
	}
}

func acted(what string) func(*event.Event) bool {
	return func(e *event.Event) bool {
		var b event.ActedBody
		return e.Type == event.Acted && e.Decode(&b, nil) == nil && b.What == what
	}
}

// signed is an order that can still come back.
func (b *bench) signed(t *testing.T) shop.Order {
	t.Helper()
	list, err := b.shop.OrdersOf(t.Context(), deer, 0)
	must(t, err)
	for _, o := range list {
		if o.State == shop.Signed && o.Return == nil {
			return o
		}
	}
	t.Fatal("the demo customer has no order that was signed")
	return shop.Order{}
}

func TestForms_BotAsksTakesAndConfirms(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		o := b.signed(t)
		b.post(t, "m1", conversation.PostArgs{Text: "订单 " + o.ID + " 我要退货"})
		e := b.until(t, "a form", kind(event.FormAsked))
		var body event.PostedBody
		must(t, e.Decode(&body, nil))
		if body.Form != event.FormReturn || body.Ref != o.ID {
			t.Fatalf("%+v", body)
		}
		said := b.post(t, "m2", conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.FormFilled, Form: event.FormReturn, ReplyTo: e.ID},
			Fields: map[string]string{"order": o.ID, "reason": "allergy", "detail": "泛红", "refund": "money"}})
		e = b.until(t, "the result", kind(event.Text))
		var text event.PostedPrivate
		must(t, e.Decode(&body, &text))
		back, err := b.shop.OrderOf(t.Context(), deer, o.ID)
		must(t, err)
		if body.ReplyTo != said.Message || back.Return == nil && text.Text == "" || back.Return != nil && len(body.Sources) == 0 {
			t.Errorf("%q from %v, return %+v", text.Text, body.Sources, back.Return)
		}
	})
}

func TestForms_WithAPersonANoticeTells(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		o := b.signed(t)
		conv := b.post(t, "m1", conversation.PostArgs{Text: "转人工"}).Conv
		b.until(t, "the escalation", func(e *event.Event) bool { return e.Type == event.Escalated })
		b.hold(t, conv)
		b.post(t, "m2", conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.FormFilled, Form: event.FormAddress},
			Fields: map[string]string{"order": o.ID, "name": "林小鹿", "phone": "13812345678", "region": "杭州市", "street": "文三路90号"}})
		e := b.until(t, "the notice", func(e *event.Event) bool {
			var body event.PostedBody
			return kind(event.Notice)(e) && e.Decode(&body, nil) == nil && body.Code == conversation.NoticeAddressRefused
		})
		var body event.PostedBody
		must(t, e.Decode(&body, nil))
		if body.Args["text"] == "" || body.Args["order"] == "" || e.Actor.Kind != event.System {
			t.Errorf("%+v by %v", body, e.Actor)
		}
		for i := range b.seen {
			if b.seen[i].Type == event.Posted && b.seen[i].Actor.Kind == event.Bot && b.seen[i].Epoch > 2 {
				t.Error("the bot spoke where a person holds the seat")
			}
		}
	})
}

// What a customer does in the shop stands in the open chat, once, and what is beside the chat follows.
func TestActs_StandInTheChatAndRefreshThePanel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		// Nobody chats yet: nothing is told.
		_, err := b.shop.AddToCart(t.Context(), deer, variantOf(t, b, "p-repair-serum"), 1)
		must(t, err)
		synctest.Wait() // until the workers have heard of it
		conv := b.post(t, "m1", conversation.PostArgs{Text: "转人工"}).Conv
		b.until(t, "the escalation", func(e *event.Event) bool { return e.Type == event.Escalated })
		b.hold(t, conv)
		b.until(t, "a suggestion", func(e *event.Event) bool { return e.Type == event.Suggested })
		cream := variantOf(t, b, "p-ceramide-cream")
		_, err = b.shop.AddToCart(t.Context(), deer, cream, 2)
		must(t, err)
		e := b.until(t, "the cart", acted(event.DidCart))
		var did event.ActedBody
		var say event.ActedPrivate
		must(t, e.Decode(&did, &say))
		if did.Product != "p-ceramide-cream" || did.Qty != 2 || did.Fen == 0 || say.Title == "" || e.Conv != conv || e.Actor.Kind != event.System {
			t.Errorf("%+v %+v by %v", did, say, e.Actor)
		}
		for range 3 {
			must(t, b.shop.See(t.Context(), deer, "p-repair-serum"))
		}
		must(t, b.shop.See(t.Context(), deer, "p-ceramide-cream"))
		looks := 0
		b.until(t, "the second look", func(e *event.Event) bool {
			if acted(event.DidView)(e) {
				looks++
				must(t, e.Decode(&did, nil))
			}
			return looks > 0 && did.Product == "p-ceramide-cream" && did.What == event.DidView
		})
		if looks != 2 {
			t.Errorf("%d looks at two products", looks)
		}
		time.Sleep(time.Second) // of the bubble
		synctest.Wait()
		if !b.room.cart(cream, 2) {
			t.Error("what stands beside the chat did not follow")
		}
	})
}

// cart reports whether a panel showed so many of a product in the cart.
func (r *room) cart(variant string, qty int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.live {
		if l.Kind != wire.LivePanel || l.Panel.Facts == nil {
			continue
		}
		for _, c := range l.Panel.Facts.Cart {
			if c.Product == "p-ceramide-cream" && c.Qty == qty && variant != "" {
				return true
			}
		}
	}
	return false
}

func variantOf(t *testing.T, b *bench, product string) string {
	t.Helper()
	p, err := b.shop.Product(t.Context(), product)
	must(t, err)
	return p.Main().ID
}

func TestCards_FollowARecommendation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.post(t, "m1", conversation.PostArgs{Text: "推荐一款适合敏感肌的面霜"})
		b.until(t, "the answer", kind(event.Text))
		e := b.until(t, "a card", kind(event.ProductCard))
		var said event.PostedPrivate
		must(t, e.Decode(nil, &said))
		if said.Card == nil || said.Card.Price == 0 || said.Card.Title == "" {
			t.Errorf("%+v", said)
		}
	})
}

func TestCoupons_ShownByAnAgentAreTheCustomers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		conv := b.post(t, "m1", conversation.PostArgs{Text: "转人工"}).Conv
		b.until(t, "the escalation", func(e *event.Event) bool { return e.Type == event.Escalated })
		b.hold(t, conv)
		list, err := b.shop.AgentCoupons(t.Context(), deer)
		must(t, err)
		s, _, err := b.State(t.Context(), conv)
		must(t, err)
		_, err = b.Do(t.Context(), conversation.Command{Kind: conversation.Post, ClientID: "coupon", Conv: conv, Actor: event.Actor{Kind: event.Agent, ID: "ann"}, Role: conversation.RoleAgent, Epoch: s.Epoch,
			Payload: conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.CouponCard, Ref: list[0].ID}, Card: &event.Card{ID: list[0].ID, Title: list[0].Title}}})
		must(t, err)
		b.until(t, "the coupon", acted(event.DidGet))
		mine, err := b.shop.CouponsOf(t.Context(), deer)
		must(t, err)
		for _, c := range mine {
			if c.ID == list[0].ID && c.GivenBy == "安安" {
				return
			}
		}
		t.Errorf("the customer has %+v", mine)
	})
}

func TestCoupons_ThatAreToldOfCanBeClaimedInTheChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.post(t, "m1", conversation.PostArgs{Text: "有什么优惠券可以领吗"})
		e := b.until(t, "the answer", kind(event.Text))
		var body event.PostedBody
		must(t, e.Decode(&body, nil))
		told := body.Sources
		e = b.until(t, "a coupon", kind(event.CouponCard))
		must(t, e.Decode(&body, nil))
		_, err := b.shop.ClaimCoupon(t.Context(), deer, body.Ref)
		must(t, err)
		if !slices.ContainsFunc(told, func(s event.Source) bool { return s.ID == body.Ref }) {
			t.Errorf("showed %s, told of %v", body.Ref, told)
		}
	})
}

func TestMedia_APictureAloneGetsAPersonSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := start(t)
		b.post(t, "m1", conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Image,
			Attachments: []event.Attachment{{Hash: "0000000000000000000000000000000000000000000000000000000000000000", Mime: "image/png", Size: 1}}}})
		b.until(t, "a word", kind(event.Text))
		e := b.until(t, "the escalation", func(e *event.Event) bool { return e.Type == event.Escalated })
		if e.Actor.Kind != event.Bot {
			t.Errorf("escalated by %v", e.Actor)
		}
	})
}
