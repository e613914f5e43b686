package shoptest

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"agentdesk/server/shop"
)

// signed is an order of the customer's that may come back for allergy.
func (b bench) signed(t *testing.T) shop.Order {
	t.Helper()
	for _, o := range must[[]shop.Order](t)(b.s.OrdersOf(t.Context(), b.Customer, 0)) {
		if o.State == shop.Signed {
			return o
		}
	}
	t.Fatal("no signed order")
	return shop.Order{}
}

func returns(t *testing.T, b bench) {
	ctx, order := t.Context(), must[shop.Order](t)
	o := b.signed(t)
	_, err := b.s.AskReturn(ctx, b.Customer, o.ID, shop.ReturnAsk{Kind: shop.ReturnPlain, Reason: "不想要了", Opened: true})
	refused(t, "opened goods without a reason", err, shop.ErrInvalid)
	_, err = b.s.AskReturn(ctx, b.Customer, o.ID, shop.ReturnAsk{Kind: shop.ReturnLost, Reason: "没收到"})
	refused(t, "a signed parcel as lost", err, shop.ErrState)
	got := order(b.s.AskReturn(ctx, b.Customer, o.ID, shop.ReturnAsk{Kind: shop.ReturnAllergy, Reason: "用后泛红", Opened: true, Pictures: []string{"a1"}}))
	CheckOrder(t, got)
	if got.State != shop.Returning || got.Return.State != shop.ReturnAsked || got.Return.RefundFen != o.TotalFen-o.ShippingFen {
		t.Errorf("asked: %+v", got.Return)
	}
	_, err = b.s.AskReturn(ctx, b.Customer, o.ID, shop.ReturnAsk{Kind: shop.ReturnAllergy, Reason: "再来"})
	refused(t, "a second case", err, shop.ErrState)
	_, err = b.s.SettleReturn(ctx, o.ID, shop.ReturnBack)
	refused(t, "back before it was sent", err, shop.ErrState)
	for _, to := range []shop.ReturnState{shop.ReturnApproved, shop.ReturnSent, shop.ReturnBack, shop.ReturnPaid} {
		got = order(b.s.SettleReturn(ctx, o.ID, to))
		CheckOrder(t, got)
		if got.Return.State != to {
			t.Errorf("settled to %s: %+v", to, got.Return)
		}
	}
	if got.State != shop.Refunded || got.Return.PaidAt.IsZero() {
		t.Errorf("refunded: %+v", got)
	}
	b.Advance(t, 400*24*time.Hour)
	for _, old := range must[[]shop.Order](t)(b.s.OrdersOf(ctx, b.Customer, 0)) {
		if old.State == shop.Signed {
			_, err := b.s.AskReturn(ctx, b.Customer, old.ID, shop.ReturnAsk{Kind: shop.ReturnPlain, Reason: "不想要了"})
			refused(t, "a return a year later", err, shop.ErrState)
			break
		}
	}
}

func others(t *testing.T, b bench) {
	ctx := t.Context()
	mine := b.buy(t, b.Customer, "k", b.Cheap, 1)
	for what, err := range map[string]error{
		"read":   second(b.s.OrderOf(ctx, b.Other, mine.ID)),
		"pay":    second(b.s.PayOrder(ctx, b.Other, mine.ID)),
		"cancel": second(b.s.CancelOrder(ctx, b.Other, mine.ID)),
		"change": second(b.s.ChangeAddress(ctx, b.Other, mine.ID, shop.Recipient{Address: "示例路 1 号 1 室"})),
		"return": second(b.s.AskReturn(ctx, b.Other, mine.ID, shop.ReturnAsk{Kind: shop.ReturnAllergy, Reason: "x"})),
		"guest":  second(b.s.OrderOf(ctx, guest, mine.ID)),
	} {
		refused(t, what, err, shop.ErrNotFound)
	}
	got := must[shop.Order](t)(b.s.OrderOf(ctx, b.Customer, mine.ID[len(mine.ID)-4:]))
	if got.ID != mine.ID {
		t.Errorf("the last four digits of %s give %s", mine.ID, got.ID)
	}
	_, err := b.s.OrderOf(ctx, b.Customer, mine.ID[len(mine.ID)-1:])
	refused(t, "one digit", err, shop.ErrNotFound)
}

func second[T any](_ T, err error) error { return err }

func guests(t *testing.T, b bench) {
	ctx := t.Context()
	if c, err := b.s.Cart(ctx, guest); err != nil || len(c.Lines) > 0 || c.CustomerID != guest {
		t.Errorf("a new guest's cart: %+v, %v", c, err)
	}
	_, err := b.s.Customer(ctx, guest)
	refused(t, "a guest who did nothing", err, shop.ErrNotFound)
	must[shop.Cart](t)(b.s.AddToCart(ctx, guest, b.Cheap, 1))
	if c := must[shop.Customer](t)(b.s.Customer(ctx, guest)); c.Tier != shop.New || c.Nick == "" {
		t.Errorf("the guest is %+v", c)
	}
	_, err = b.s.PlaceOrder(ctx, guest, shop.Want{Key: "k"})
	refused(t, "an order without an address", err, shop.ErrInvalid)
	to := shop.Recipient{Name: "安安", Phone: "15400000001", Address: "浙江杭州示例路 6 号 502 室"}
	o := must[shop.Order](t)(b.s.PlaceOrder(ctx, guest, shop.Want{Key: "k", To: to}))
	must[shop.Order](t)(b.s.PayOrder(ctx, guest, o.ID))
	if list := must[[]shop.Order](t)(b.s.OrdersOf(ctx, guest, 0)); len(list) != 1 || list[0].To != to {
		t.Errorf("the guest's orders: %+v", list)
	}
	if c := must[shop.Customer](t)(b.s.Customer(ctx, guest)); c.Name != to.Name || c.Orders != 1 {
		t.Errorf("the guest is %+v", c)
	}
}

func watchers(t *testing.T, b bench) {
	ctx := t.Context()
	b.empty(t, b.Customer)
	var mu sync.Mutex
	var heard []shop.Activity
	stop := b.s.Watch(func(a shop.Activity) {
		mu.Lock()
		defer mu.Unlock()
		if _, err := b.s.Cart(ctx, a.Customer); err != nil { // a watcher may read
			t.Error(err)
		}
		heard = append(heard, a)
	})
	must[shop.Cart](t)(b.s.AddToCart(ctx, b.Customer, b.Cheap, 3))
	must[shop.Cart](t)(b.s.SetQuantity(ctx, b.Customer, b.Cheap, 2))
	must[shop.Cart](t)(b.s.SetQuantity(ctx, b.Customer, b.Cheap, 2)) // changes nothing
	must[shop.OrderCoupon](t)(b.s.ClaimCoupon(ctx, b.Customer, claimable(t, b, b.Customer).ID))
	o := must[shop.Order](t)(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "k"}))
	must[shop.Order](t)(b.s.PayOrder(ctx, b.Customer, o.ID))
	must[shop.Order](t)(b.s.ChangeAddress(ctx, b.Customer, o.ID, shop.Recipient{Address: "福建厦门示例路 9 号 201 室"}))
	must[shop.Order](t)(b.s.CancelOrder(ctx, b.Customer, o.ID))
	must[shop.Order](t)(b.s.AskReturn(ctx, b.Customer, b.signed(t).ID, shop.ReturnAsk{Kind: shop.ReturnAllergy, Reason: "泛红"}))
	if err := b.s.See(ctx, b.Customer, b.Dear); err != nil {
		t.Error(err)
	}
	stop()
	must[shop.Cart](t)(b.s.AddToCart(ctx, b.Customer, b.Cheap, 1))
	want := []string{shop.CartAdded, shop.CartRemoved, shop.CouponClaimed, shop.Ordered, shop.OrderPaid, shop.AddressChanged, shop.OrderCancelled, shop.ReturnRequested, shop.ProductViewed}
	var got []string
	for _, a := range heard {
		got = append(got, a.What)
		if a.Customer != b.Customer || a.Title == "" || a.At.IsZero() || a.Fen <= 0 && a.What != shop.ReturnRequested {
			t.Errorf("activity %+v", a)
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("heard %v, want %v", got, want)
	}
	if heard[0].Qty != 3 || heard[1].Qty != 1 || heard[0].Variant != b.Cheap || heard[4].Order != o.ID || heard[4].Fen != o.TotalFen {
		t.Errorf("heard %+v", heard)
	}
}

func looks(t *testing.T, b bench) {
	ctx := t.Context()
	for _, id := range []string{b.Cheap, b.Dear, b.Cheap} {
		if err := b.s.See(ctx, guest, id); err != nil {
			t.Fatal(err)
		}
	}
	list := must[[]shop.Viewed](t)(b.s.Seen(ctx, guest, 0))
	cheap := must[shop.Product](t)(b.s.Product(ctx, b.Cheap))
	if len(list) != 2 || list[0].Product != cheap.ID {
		t.Errorf("seen %+v", list)
	}
	refused(t, "a look at nothing", b.s.See(ctx, guest, "no-such"), shop.ErrNotFound)
	refused(t, "a look of nobody", b.s.See(ctx, "no-such", b.Cheap), shop.ErrNotFound)
}

func badInput(t *testing.T, b bench) {
	ctx := t.Context()
	ok := []shop.Item{{Variant: b.Cheap, Quantity: 1}}
	for what, err := range map[string]error{
		"nothing added":     second(b.s.AddToCart(ctx, b.Customer, b.Cheap, 0)),
		"fewer than none":   second(b.s.AddToCart(ctx, b.Customer, b.Cheap, -3)),
		"overflow":          second(b.s.AddToCart(ctx, b.Customer, b.Cheap, int(^uint(0)>>1))),
		"negative quantity": second(b.s.SetQuantity(ctx, b.Customer, b.Cheap, -1)),
		"no key":            second(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Items: ok})),
		"item twice":        second(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "k", Items: append(ok, ok...)})),
		"none of it":        second(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "k", Items: []shop.Item{{Variant: b.Cheap}}})),
		"a novel as note":   second(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "k", Items: ok, Note: strings.Repeat("字", 5000)})),
		"letters as phone":  second(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "k", Items: ok, To: shop.Recipient{Phone: "<script>"}})),
		"a long address":    second(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "k", Items: ok, To: shop.Recipient{Address: strings.Repeat("路", 5000)}})),
		"no kind":           second(b.s.AskReturn(ctx, b.Customer, b.signed(t).ID, shop.ReturnAsk{Reason: "x"})),
		"no reason":         second(b.s.AskReturn(ctx, b.Customer, b.signed(t).ID, shop.ReturnAsk{Kind: shop.ReturnAllergy})),
		"a line too many":   second(b.s.AskReturn(ctx, b.Customer, b.signed(t).ID, shop.ReturnAsk{Kind: shop.ReturnAllergy, Reason: "x", Lines: []int{99}})),
		"given by nobody":   second(b.s.GiveCoupon(ctx, b.Customer, "x", "")),
	} {
		refused(t, what, err, shop.ErrInvalid)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := b.s.AddToCart(ended, b.Customer, b.Cheap, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("after cancel: %v", err)
	}
	for i := range 60 {
		if _, err := b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: strings.Repeat("k", i+1), Items: ok}); errors.Is(err, shop.ErrFull) {
			return
		}
	}
	t.Error("60 unpaid orders were taken")
}

func restarts(t *testing.T, b bench) {
	ctx := t.Context()
	b.empty(t, b.Customer)
	paid := b.buy(t, b.Customer, "k", b.Dear, 1)
	must[shop.Cart](t)(b.s.AddToCart(ctx, b.Customer, b.Cheap, 2))
	must[shop.Cart](t)(b.s.AddToCart(ctx, guest, b.Dear, 1))
	coupon := must[shop.OrderCoupon](t)(b.s.ClaimCoupon(ctx, b.Customer, claimable(t, b, b.Customer).ID))
	back := must[shop.Order](t)(b.s.AskReturn(ctx, b.Customer, b.signed(t).ID, shop.ReturnAsk{Kind: shop.ReturnAllergy, Reason: "泛红"}))
	stock := b.stock(t, b.Dear)
	*b.closed = true
	if err := b.end(); err != nil {
		t.Fatal(err)
	}
	s, end := b.Open(t, b.dir)
	defer func() {
		if err := end(); err != nil {
			t.Error(err)
		}
	}()
	b.s = s
	if o := must[shop.Order](t)(s.Order(ctx, paid.ID)); o.State != shop.Paid || o.To != paid.To || o.TotalFen != paid.TotalFen {
		t.Errorf("the order is %+v", o)
	}
	if c := must[shop.Cart](t)(s.Cart(ctx, b.Customer)); len(c.Lines) != 1 || c.Lines[0].Quantity != 2 {
		t.Errorf("the cart is %+v", c.Lines)
	}
	if c := must[shop.Cart](t)(s.Cart(ctx, guest)); len(c.Lines) != 1 {
		t.Errorf("the guest's cart is %+v", c.Lines)
	}
	list := must[[]shop.OrderCoupon](t)(s.CouponsOf(ctx, b.Customer))
	if len(list) == 0 || list[0].ID != coupon.ID || !list[0].ClaimedAt.Equal(coupon.ClaimedAt) {
		t.Errorf("coupons: %+v", list)
	}
	if o := must[shop.Order](t)(s.Order(ctx, back.ID)); o.State != shop.Returning || o.Return == nil || o.Return.State != shop.ReturnAsked {
		t.Errorf("the return is %+v", o)
	}
	if b.stock(t, b.Dear) != stock {
		t.Errorf("stock %d, before %d", b.stock(t, b.Dear), stock)
	}
	if again := must[shop.Order](t)(s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "k"})); again.ID != paid.ID {
		t.Errorf("the key gives %s after a restart", again.ID)
	}
	if fresh := b.buy(t, b.Customer, "k2", b.Cheap, 1); fresh.ID == paid.ID {
		t.Error("an order ID was given twice")
	}
}
