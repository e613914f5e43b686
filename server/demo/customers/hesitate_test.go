package customers

import (
	"context"
	"encoding/json"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// till notes what is done in it.
type till struct{ did []string }

func (s *till) AddToCart(context.Context, string, string, int) (shop.Cart, error) {
	s.did = append(s.did, "add")
	return shop.Cart{}, nil
}

func (s *till) SeeCheckout(context.Context, string) error {
	s.did = append(s.did, "checkout")
	return nil
}

func (s *till) PlaceOrder(context.Context, string, shop.Want) (shop.Order, error) {
	s.did = append(s.did, "order")
	return shop.Order{ID: "CY1"}, nil
}

func (s *till) PayOrder(context.Context, string, string) (shop.Order, error) {
	s.did = append(s.did, "pay")
	return shop.Order{ID: "CY1"}, nil
}

// Who hesitates pays when the shop brings it up, and else leaves things as they are when the time is over.
func TestBuy_WhoHesitatesPaysOnlyWhenTold(t *testing.T) {
	for name, c := range map[string]struct {
		quick []string
		pays  bool
	}{"told": {[]string{tapPay, "不用了"}, true}, "told of something else": {[]string{"看优惠"}, false}, "left alone": {nil, false}} {
		synctest.Test(t, func(t *testing.T) {
			s := &till{}
			p := &player{s: Scenario{Buys: &Purchase{Variant: "v", Quantity: 1, Hesitates: 60_000}, Gap: [2]int64{100, 200}}, p: Params{Shop: s, Logger: slog.New(slog.DiscardHandler)}, pace: 1, rng: rng(),
				door: newDoor("http://127.0.0.1:1", "", rng()), forms: map[string]bool{}, left: true}
			body, err := json.Marshal(event.PostedBody{Kind: event.Text, Quick: c.quick})
			if err != nil {
				t.Fatal(err)
			}
			if c.quick != nil {
				p.door.events <- event.Placed{Event: event.Event{ID: "01", Type: event.Posted, Version: 1, Conv: "c", Actor: event.Actor{Kind: event.Bot}, Body: body}}
			}
			began := time.Now()
			p.buy(t.Context())
			if paid := s.did[len(s.did)-1] == "pay"; paid != c.pays || s.did[1] != "checkout" || (time.Since(began) >= time.Minute) == c.pays {
				t.Errorf("%s: %v after %v", name, s.did, time.Since(began))
			}
			if said := p.door.waiting(); c.pays && said < 1 {
				t.Errorf("%s: said nothing", name)
			}
		})
	}
}
