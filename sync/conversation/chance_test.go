package conversation

import (
	"testing"
	"time"

	"agentdesk/sync/event"
)

func told(r *room, kind string) Command {
	return Command{Kind: TakeChance, ClientID: "chance-" + kind, Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Epoch: r.s.Epoch,
		Payload: ChanceArgs{ChanceBody: event.ChanceBody{Kind: kind, What: event.ChanceShown, Products: []string{"p"}, Why: "快用完了"}, Say: &PostArgs{Text: "要补一件吗"}}}
}

func heard(r *room, text string) {
	r.do(Command{Kind: Post, ClientID: text, Conv: conv, Actor: event.Actor{Kind: event.Customer, ID: cust}, Customer: cust, Payload: PostArgs{Text: text},
		Opening: &Opening{Body: event.OpenedBody{Channel: "web", Group: group}}})
}

func answered(r *room) {
	r.do(Command{Kind: Post, ClientID: "a" + time.UnixMilli(r.now).String(), Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Epoch: r.s.Epoch, Payload: PostArgs{Text: "好的"}})
}

func wish(on bool) Command {
	return Command{Kind: Consent, ClientID: "c", Actor: event.Actor{Kind: event.Customer, ID: cust}, Payload: ConsentArgs{event.ConsentBody{On: on, By: "menu"}}}
}

func TestChance_OnlyWhereItMaySpeak(t *testing.T) {
	for name, c := range map[string]struct {
		kind string
		set  func(r *room)
		want Code
	}{
		"quiet":                     {event.ChanceReplenish, func(*room) {}, ""},
		"the customer waits":        {event.ChanceReplenish, func(r *room) { heard(r, "在吗") }, Superseded},
		"said no":                   {event.ChanceReplenish, func(r *room) { r.do(wish(false)) }, Superseded},
		"said no, but asked for it": {event.ChanceStock, func(r *room) { r.do(wish(false)) }, ""},
		"said no, then yes":         {event.ChanceReplenish, func(r *room) { r.do(wish(false)).do(wish(true)) }, ""},
		"had its chance":            {event.ChanceStock, func(r *room) { r.do(told(r, event.ChanceComplement)) }, Superseded},
		"no such kind":              {"advert", func(*room) {}, Invalid},
		"a person is called": {event.ChanceStock, func(r *room) {
			r.do(Command{Kind: Escalate, ClientID: "e", Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Epoch: r.s.Epoch, Payload: EscalateArgs{Reason: "angry"}})
		}, StaleEpoch},
		"the conversation has ended": {event.ChanceStock, func(r *room) {
			r.do(Command{Kind: Close, ClientID: "x", Actor: event.Actor{Kind: event.Customer, ID: cust}, Payload: CloseArgs{}})
		}, AlreadyClosed},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRoom(t)
			heard(r, "你好")
			answered(r)
			c.set(r)
			had := r.s.Chance
			no := r.try(told(r, c.kind))
			if no == nil && c.want != "" || no != nil && no.Code != c.want {
				t.Fatalf("%v, want %q", no, c.want)
			}
			if c.want != "" {
				if r.s.Chance != had {
					t.Errorf("refused, and yet %+v", r.s.Chance)
				}
				return
			}
			if len(r.events) != 2 || r.events[0].Type != event.Posted || r.s.Chance == nil || r.s.Chance.What != event.ChanceShown || r.s.Chance.At != r.now {
				t.Errorf("%+v, %+v", r.events, r.s.Chance)
			}
		})
	}
}

func TestChance_HeldBackSaysNothingAndOrdersCountForBoth(t *testing.T) {
	r := newRoom(t)
	heard(r, "你好")
	answered(r)
	c := told(r, event.ChanceComplement)
	c.Payload = ChanceArgs{ChanceBody: event.ChanceBody{Kind: event.ChanceComplement, What: event.ChanceHeld}}
	before := r.s.Messages
	r.do(c)
	if r.s.Messages != before || r.s.Chance.What != event.ChanceHeld {
		t.Errorf("%d messages, %+v", r.s.Messages-before, r.s.Chance)
	}
	shop := event.Actor{Kind: event.System, ID: "shop"}
	if no := r.try(Command{Kind: NoteChance, ClientID: "n1", Actor: shop, Payload: event.ChanceBody{Kind: event.ChanceComplement, What: event.ChanceAccepted}}); no == nil {
		t.Error("who was told nothing took it up")
	}
	r.do(Command{Kind: Close, ClientID: "x", Actor: event.Actor{Kind: event.Customer, ID: cust}, Payload: CloseArgs{}}).pass(48 * time.Hour)
	for i := range 2 {
		r.do(Command{Kind: NoteChance, ClientID: "n2", Actor: shop, Payload: event.ChanceBody{Kind: event.ChanceComplement, What: event.ChanceOrdered, Order: "CY1", Fen: 28900}})
		if want := 1 - i; len(r.events) != want {
			t.Errorf("noted %d times", i+1)
		}
	}
	var b event.ChanceBody
	if err := r.all[len(r.all)-1].Decode(&b, nil); err != nil || b.Arm != event.ChanceHeld || r.s.Chance.Ordered != r.now {
		t.Errorf("%+v, %v, %+v", b, err, r.s.Chance)
	}
}
