package shoptest

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"agentdesk/server/shop"
)

// StoreParams says how a shop that is acted on is opened for a test.
type StoreParams struct {
	// Open opens the store; called again with the same folder it finds what was done before. The test closes it.
	Open func(t *testing.T, dir string) (shop.Store, func() error)
	// Advance moves the clock of the stores that are open until t ends.
	Advance func(t *testing.T, d time.Duration)
	// Customer has at least one signed order, and an address; Other is another customer with orders.
	Customer, Other string
	// Cheap and Dear are variants in stock, of different products; Gone is one that is sold out.
	Cheap, Dear, Gone string
}

const guest = "guest-0123456789abcdef"

// RunStore checks the contract of shop.Store.
func RunStore(t *testing.T, p StoreParams) {
	t.Helper()
	for name, fn := range map[string]func(*testing.T, bench){
		"CartsAddUpAndRefuse":        carts,
		"OrdersArePaidOnce":          pays,
		"StockIsNeverOversold":       oversold,
		"SoldOutBeforePayingRefuses": soldOut,
		"CouponsAreUsedOnce":         coupons,
		"AgentsGiveCouponsOnce":      gives,
		"UnpaidOrdersClose":          closes,
		"PaidOrdersAreCancelled":     cancels,
		"AddressesChangeInTime":      addresses,
		"ReturnsTakeTheirCourse":     returns,
		"InvoicesAreAskedOnce":       invoices,
		"PricesThatStandPayNothing":  standing,
		"AwaitedIsRemembered":        awaited,
		"OthersOrdersStayTheirs":     others,
		"GuestsBuyToo":               guests,
		"WatchersHearInOrder":        watchers,
		"LooksAreRemembered":         looks,
		"BadInputIsRefused":          badInput,
		"RestartsKeepAll":            func(t *testing.T, b bench) { restarts(t, b) },
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			s, end := p.Open(t, dir)
			b := bench{StoreParams: p, s: s, dir: dir, end: end, closed: new(bool)}
			defer func() {
				if !*b.closed {
					if err := end(); err != nil {
						t.Error(err)
					}
				}
			}()
			fn(t, b)
		})
	}
}

type bench struct {
	StoreParams
	s      shop.Store
	dir    string
	end    func() error
	closed *bool
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func refused(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: %v, want %v", what, err, want)
	}
}

// empty empties a cart, so that a test knows what is in it.
func (b bench) empty(t *testing.T, who string) {
	t.Helper()
	for _, l := range must[shop.Cart](t)(b.s.Cart(t.Context(), who)).Lines {
		must[shop.Cart](t)(b.s.SetQuantity(t.Context(), who, l.VariantID, 0))
	}
}

func (b bench) stock(t *testing.T, variant string) int {
	t.Helper()
	for _, v := range must[shop.Product](t)(b.s.Product(t.Context(), variant)).Variants {
		if v.ID == variant {
			return v.Stock
		}
	}
	t.Fatalf("no variant %s", variant)
	return 0
}

// buy places and pays an order of n of a variant.
func (b bench) buy(t *testing.T, who, key, variant string, n int) shop.Order {
	t.Helper()
	o := must[shop.Order](t)(b.s.PlaceOrder(t.Context(), who, shop.Want{Key: key, Items: []shop.Item{{Variant: variant, Quantity: n}}, Coupons: []string{}}))
	return must[shop.Order](t)(b.s.PayOrder(t.Context(), who, o.ID))
}

func checkCart(t *testing.T, c shop.Cart) {
	t.Helper()
	var sum, off int64
	for _, l := range c.Lines {
		sum += int64(l.Quantity) * l.UnitFen
	}
	for _, o := range c.Offs {
		off += o.Fen
	}
	if sum != c.TotalFen || off != c.DiscountFen || c.PayFen != c.TotalFen-c.DiscountFen+c.ShippingFen || (len(c.Lines) == 0) != (c.PayFen == 0) {
		t.Errorf("cart doesn't add up: %+v", c)
	}
}

func carts(t *testing.T, b bench) {
	ctx, add := t.Context(), must[shop.Cart](t)
	b.empty(t, b.Customer)
	add(b.s.AddToCart(ctx, b.Customer, b.Cheap, 2))
	c := add(b.s.AddToCart(ctx, b.Customer, b.Cheap, 1))
	checkCart(t, c)
	if len(c.Lines) != 1 || c.Lines[0].Quantity != 3 {
		t.Fatalf("2 and 1 more: %+v", c.Lines)
	}
	for range 3 { // once a key
		c = add(b.s.AddOnce(ctx, b.Customer, b.Cheap, 1, "k1"))
	}
	if n := c.Lines[0].Quantity; n != 4 {
		t.Errorf("3 and 1 added thrice under one key are %d", n)
	}
	c = add(b.s.AddOnce(ctx, b.Customer, b.Cheap, 2, "k2"))
	if n := c.Lines[0].Quantity; n != 6 {
		t.Errorf("2 more under another key are %d", n)
	}
	if _, err := b.s.AddOnce(ctx, b.Customer, b.Cheap, 1, ""); !errors.Is(err, shop.ErrInvalid) {
		t.Errorf("added under no key: %v", err)
	}
	add(b.s.SetQuantity(ctx, b.Customer, b.Cheap, 3))
	c = add(b.s.AddToCart(ctx, b.Customer, b.Dear, 1))
	checkCart(t, c)
	if got := add(b.s.Cart(ctx, b.Customer)); len(got.Lines) != 2 || got.PayFen != c.PayFen {
		t.Errorf("the cart reads %+v", got)
	}
	c = add(b.s.SetQuantity(ctx, b.Customer, b.Cheap, 0))
	if len(c.Lines) != 1 || c.Lines[0].VariantID != b.Dear {
		t.Errorf("after removal: %+v", c.Lines)
	}
	var short *shop.StockError
	if _, err := b.s.AddToCart(ctx, b.Customer, b.Gone, 1); !errors.As(err, &short) || !errors.Is(err, shop.ErrStock) || short.Variant != b.Gone || short.Left != 0 || short.Title == "" {
		t.Errorf("sold out: %v", err)
	}
	if _, err := b.s.SetQuantity(ctx, b.Customer, b.Dear, b.stock(t, b.Dear)+1); err == nil {
		t.Error("took more than there is")
	}
	_, err := b.s.AddToCart(ctx, "no-such-customer", b.Cheap, 1)
	refused(t, "unknown customer", err, shop.ErrNotFound)
	_, err = b.s.AddToCart(ctx, b.Customer, "no-such-variant", 1)
	refused(t, "unknown variant", err, shop.ErrNotFound)
	if got := add(b.s.Cart(ctx, b.Customer)); len(got.Lines) != 1 {
		t.Errorf("refusals changed the cart: %+v", got.Lines)
	}
}

func pays(t *testing.T, b bench) {
	ctx, order := t.Context(), must[shop.Order](t)
	b.empty(t, b.Customer)
	must[shop.Cart](t)(b.s.AddToCart(ctx, b.Customer, b.Cheap, 2))
	cart := must[shop.Cart](t)(b.s.AddToCart(ctx, b.Customer, b.Dear, 1))
	before, stock := must[shop.Customer](t)(b.s.Customer(ctx, b.Customer)), b.stock(t, b.Cheap)
	w := shop.Want{Key: "k1", Note: "放门口"}
	o := order(b.s.PlaceOrder(ctx, b.Customer, w))
	CheckOrder(t, o)
	if o.State != shop.Unpaid || o.TotalFen != cart.PayFen || o.To.Address == "" || o.Note != w.Note || o.CustomerID != b.Customer {
		t.Errorf("placed %+v for a cart of %d", o, cart.PayFen)
	}
	if again := order(b.s.PlaceOrder(ctx, b.Customer, w)); again.ID != o.ID {
		t.Errorf("the same key gave %s and %s", o.ID, again.ID)
	}
	if b.stock(t, b.Cheap) != stock {
		t.Error("an unpaid order took stock")
	}
	paid := order(b.s.PayOrder(ctx, b.Customer, o.ID))
	CheckOrder(t, paid)
	if twice := order(b.s.PayOrder(ctx, b.Customer, o.ID)); paid.State != shop.Paid || !twice.PaidAt.Equal(paid.PaidAt) {
		t.Errorf("paid %+v, then %+v", paid, twice)
	}
	if left := b.stock(t, b.Cheap); left != stock-2 {
		t.Errorf("stock %d after 2 of %d", left, stock)
	}
	if c := must[shop.Cart](t)(b.s.Cart(ctx, b.Customer)); len(c.Lines) != 0 {
		t.Errorf("the cart still holds %+v", c.Lines)
	}
	list, err := b.s.OrdersOf(ctx, b.Customer, 1)
	if err != nil || len(list) != 1 || list[0].ID != o.ID || list[0].State != shop.Paid {
		t.Errorf("newest order: %+v, %v", list, err)
	}
	if got := order(b.s.Order(ctx, o.ID)); got.State != shop.Paid {
		t.Errorf("read again: %s", got.State)
	}
	after := must[shop.Customer](t)(b.s.Customer(ctx, b.Customer))
	if after.SpentFen != before.SpentFen+o.TotalFen || after.Orders != before.Orders+1 {
		t.Errorf("the customer spent %d in %d orders, before %d in %d", after.SpentFen, after.Orders, before.SpentFen, before.Orders)
	}
}

func oversold(t *testing.T, b bench) {
	ctx := t.Context()
	have := b.stock(t, b.Cheap)
	const each, buyers = 3, 8
	must[shop.Order](t)(b.s.PlaceOrder(ctx, b.Other, shop.Want{Key: "most", Items: []shop.Item{{Variant: b.Cheap, Quantity: min(have, 999)}}}))
	// All but ten are bought, then eight customers want three each at once.
	for have > 10 {
		n := min(have-10, 900)
		b.buy(t, b.Other, "drain-"+time.Duration(have).String(), b.Cheap, n)
		have -= n
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	sold, short := 0, 0
	for i := range buyers {
		wg.Go(func() {
			who := guest + string(rune('a'+i))
			o, err := b.s.PlaceOrder(ctx, who, shop.Want{Key: "k", Items: []shop.Item{{Variant: b.Cheap, Quantity: each}}, To: shop.Recipient{Name: "试买", Phone: "15400000000", Address: "示例路 1 号 2 室"}})
			if err == nil {
				o, err = b.s.PayOrder(ctx, who, o.ID)
			}
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil && o.State == shop.Paid:
				sold += each
			case errors.Is(err, shop.ErrStock):
				short++
			default:
				t.Errorf("%+v, %v", o, err)
			}
		})
	}
	wg.Wait()
	if sold != 9 || short != buyers-3 || b.stock(t, b.Cheap) != have-sold {
		t.Errorf("%d sold of %d, %d refused, %d left", sold, have, short, b.stock(t, b.Cheap))
	}
}

func soldOut(t *testing.T, b bench) {
	ctx := t.Context()
	have := b.stock(t, b.Dear)
	first := must[shop.Order](t)(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "a", Items: []shop.Item{{Variant: b.Dear, Quantity: 1}}}))
	for i := 0; have > 0; i++ {
		n := min(have, 900)
		b.buy(t, b.Other, "all"+string(rune('a'+i)), b.Dear, n)
		have -= n
	}
	_, err := b.s.PayOrder(ctx, b.Customer, first.ID)
	refused(t, "pay for what sold out", err, shop.ErrStock)
	if o := must[shop.Order](t)(b.s.Order(ctx, first.ID)); o.State != shop.Unpaid {
		t.Errorf("the refused order is %s", o.State)
	}
	if _, err := b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "b", Items: []shop.Item{{Variant: b.Dear, Quantity: 1}}}); !errors.Is(err, shop.ErrStock) {
		t.Errorf("order of what sold out: %v", err)
	}
}

func claimable(t *testing.T, b bench, who string) shop.OrderCoupon {
	t.Helper()
	list := must[[]shop.OrderCoupon](t)(b.s.CouponsOf(t.Context(), who))
	i := slices.IndexFunc(list, func(c shop.OrderCoupon) bool { return c.ClaimedAt.IsZero() && len(c.Products) == 0 })
	if i < 0 {
		t.Fatalf("nothing to claim in %+v", list)
	}
	return list[i]
}

func coupons(t *testing.T, b bench) {
	ctx := t.Context()
	b.empty(t, b.Customer)
	c := claimable(t, b, b.Customer)
	_, err := b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "early", Items: []shop.Item{{Variant: b.Dear, Quantity: 2}}, Coupons: []string{c.ID}})
	refused(t, "use of a coupon that isn't held", err, shop.ErrState)
	held := must[shop.OrderCoupon](t)(b.s.ClaimCoupon(ctx, b.Customer, c.ID))
	if again := must[shop.OrderCoupon](t)(b.s.ClaimCoupon(ctx, b.Customer, c.ID)); held.ClaimedAt.IsZero() || !again.ClaimedAt.Equal(held.ClaimedAt) {
		t.Errorf("claimed %+v, then %+v", held, again)
	}
	_, err = b.s.ClaimCoupon(ctx, b.Customer, "no-such-coupon")
	refused(t, "claim of nothing", err, shop.ErrNotFound)
	with := must[shop.Cart](t)(b.s.AddToCart(ctx, b.Customer, b.Dear, 2))
	if with.TotalFen < c.MinFen || !slices.ContainsFunc(with.Offs, func(o shop.Off) bool { return o.ID == c.ID }) {
		t.Errorf("a cart of %d without the coupon from %d: %+v", with.TotalFen, c.MinFen, with.Offs)
	}
	without := must[shop.Order](t)(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "none", Coupons: []string{}}))
	if without.TotalFen != with.PayFen+c.OffFen {
		t.Errorf("without coupon %d, with %d", without.TotalFen, with.PayFen)
	}
	o := must[shop.Order](t)(b.s.PlaceOrder(ctx, b.Customer, shop.Want{Key: "one"}))
	CheckOrder(t, o)
	if o.TotalFen != with.PayFen {
		t.Errorf("order of %d for a cart of %d", o.TotalFen, with.PayFen)
	}
	if next := must[shop.Cart](t)(b.s.Cart(ctx, b.Customer)); slices.ContainsFunc(next.Offs, func(o shop.Off) bool { return o.ID == c.ID }) {
		t.Error("the coupon is offered twice")
	}
	must[shop.Order](t)(b.s.CancelOrder(ctx, b.Customer, o.ID))
	if next := must[shop.Cart](t)(b.s.Cart(ctx, b.Customer)); !slices.ContainsFunc(next.Offs, func(o shop.Off) bool { return o.ID == c.ID }) {
		t.Error("the coupon of a cancelled order is lost")
	}
}

func gives(t *testing.T, b bench) {
	ctx := t.Context()
	list := must[[]shop.OrderCoupon](t)(b.s.AgentCoupons(ctx, b.Customer))
	if len(list) == 0 {
		t.Fatal("agents have nothing to give")
	}
	open := must[[]shop.OrderCoupon](t)(b.s.CouponsOf(ctx, b.Customer))
	if slices.ContainsFunc(open, func(c shop.OrderCoupon) bool { return c.ID == list[0].ID }) {
		t.Error("customers see what only agents give")
	}
	_, err := b.s.ClaimCoupon(ctx, b.Customer, list[0].ID)
	refused(t, "claim of an agents' coupon", err, shop.ErrNotFound)
	c := must[shop.OrderCoupon](t)(b.s.GiveCoupon(ctx, b.Customer, list[0].ID, "晓宁"))
	if c.GivenBy != "晓宁" || c.ClaimedAt.IsZero() {
		t.Errorf("given %+v", c)
	}
	_, err = b.s.GiveCoupon(ctx, b.Customer, list[0].ID, "晓宁")
	refused(t, "the same again", err, shop.ErrState)
	if now := must[[]shop.OrderCoupon](t)(b.s.CouponsOf(ctx, b.Customer)); now[0].ClaimedAt.IsZero() {
		t.Errorf("held coupons aren't first: %+v", now)
	}
}

func closes(t *testing.T, b bench) {
	o := must[shop.Order](t)(b.s.PlaceOrder(t.Context(), b.Customer, shop.Want{Key: "k", Items: []shop.Item{{Variant: b.Cheap, Quantity: 1}}}))
	b.Advance(t, 24*time.Hour)
	got := must[shop.Order](t)(b.s.Order(t.Context(), o.ID))
	CheckOrder(t, got)
	if got.State != shop.Cancelled {
		t.Errorf("a day later the unpaid order is %s", got.State)
	}
	_, err := b.s.PayOrder(t.Context(), b.Customer, o.ID)
	refused(t, "pay for a closed order", err, shop.ErrState)
}

func cancels(t *testing.T, b bench) {
	stock := b.stock(t, b.Cheap)
	o := b.buy(t, b.Customer, "k", b.Cheap, 2)
	got := must[shop.Order](t)(b.s.CancelOrder(t.Context(), b.Customer, o.ID))
	CheckOrder(t, got)
	if got.State != shop.Refunded || got.Return.RefundFen != o.TotalFen || b.stock(t, b.Cheap) != stock {
		t.Errorf("cancelled: %+v, stock %d of %d", got, b.stock(t, b.Cheap), stock)
	}
}

func addresses(t *testing.T, b bench) {
	ctx := t.Context()
	o := b.buy(t, b.Customer, "k", b.Cheap, 1)
	to := shop.Recipient{Address: "江苏苏州示例路 8 号 3 栋 101 室"}
	got := must[shop.Order](t)(b.s.ChangeAddress(ctx, b.Customer, o.ID, to))
	if got.To.Address != to.Address || got.To.Phone != o.To.Phone {
		t.Errorf("changed to %+v from %+v", got.To, o.To)
	}
	for _, old := range must[[]shop.Order](t)(b.s.OrdersOf(ctx, b.Customer, 0)) {
		if old.State == shop.Signed {
			_, err := b.s.ChangeAddress(ctx, b.Customer, old.ID, to)
			refused(t, "address of a signed order", err, shop.ErrState)
			return
		}
	}
	t.Error("the customer has no signed order")
}
