// Package shoptest is the contract of shop.Shop: any connector, to a real platform or to the demo, must pass Run.
package shoptest

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"agentdesk/server/shop"
)

// Params says what the shop under test holds.
type Params struct {
	Shop     shop.Shop
	Customer string // a customer with at least two orders
	Idle     string // a customer without orders
	Query    string // finds at least one product
}

// Run checks the contract.
func Run(t *testing.T, p Params) {
	t.Helper()
	s := p.Shop
	t.Run("UnknownIDsAreNotFound", func(t *testing.T) { unknown(t, s) })
	t.Run("ProductsAreWhole", func(t *testing.T) { products(t, s) })
	t.Run("SearchRanksAndLimits", func(t *testing.T) { search(t, s, p.Query) })
	t.Run("OrdersAreWhole", func(t *testing.T) { orders(t, s, p.Customer, p.Idle) })
	t.Run("CartsAddUp", func(t *testing.T) { cart(t, s, p.Customer, p.Idle) })
	t.Run("PoliciesAreNumbered", func(t *testing.T) { policies(t, s) })
	t.Run("PromotionsRunNow", func(t *testing.T) { promotions(t, s) })
	t.Run("AnswersAreTheCallers", func(t *testing.T) { copies(t, s, p) })
	t.Run("EndedContextsAreHonoured", func(t *testing.T) { ended(t, s, p) })
	t.Run("ConcurrentUse", func(t *testing.T) { concurrent(t, s, p) })
}

func unknown(t *testing.T, s shop.Shop) {
	ctx := t.Context()
	calls := map[string]func(string) error{
		"Product":  func(id string) error { _, err := s.Product(ctx, id); return err },
		"Customer": func(id string) error { _, err := s.Customer(ctx, id); return err },
		"OrdersOf": func(id string) error { _, err := s.OrdersOf(ctx, id, 0); return err },
		"Order":    func(id string) error { _, err := s.Order(ctx, id); return err },
		"Cart":     func(id string) error { _, err := s.Cart(ctx, id); return err },
		"Policy":   func(id string) error { _, err := s.Policy(ctx, id); return err },
		"Reviews":  func(id string) error { _, err := s.Reviews(ctx, id, 0); return err },
	}
	for name, call := range calls {
		for _, id := range []string{"", "no-such-thing", "' OR 1=1 --", "\x00"} {
			if err := call(id); !errors.Is(err, shop.ErrNotFound) {
				t.Errorf("%s(%q) = %v, want ErrNotFound", name, id, err)
			}
		}
	}
}

func all(t *testing.T, s shop.Shop) []shop.Product {
	t.Helper()
	list, err := s.SearchProducts(t.Context(), "", 0)
	if err != nil || len(list) == 0 {
		t.Fatalf("catalogue: %d products, %v", len(list), err)
	}
	return list
}

func products(t *testing.T, s shop.Shop) {
	for _, p := range all(t, s) {
		if p.ID == "" || p.Title == "" || len(p.Variants) == 0 {
			t.Errorf("product %q %q with %d variants", p.ID, p.Title, len(p.Variants))
		}
		for _, id := range append([]string{p.ID}, variantIDs(p)...) {
			if got, err := s.Product(t.Context(), id); err != nil || got.ID != p.ID {
				t.Errorf("Product(%q) = %q, %v; want %q", id, got.ID, err, p.ID)
			}
		}
		for _, v := range p.Variants {
			if v.ListFen <= 0 || v.CouponFen < 0 || v.CouponFen >= v.ListFen || v.Stock < 0 || v.PayFen() <= 0 {
				t.Errorf("variant %+v", v)
			}
		}
	}
}

func variantIDs(p shop.Product) (out []string) {
	for _, v := range p.Variants {
		out = append(out, v.ID)
	}
	return out
}

func search(t *testing.T, s shop.Shop, query string) {
	found, err := s.SearchProducts(t.Context(), query, 0)
	if err != nil || len(found) == 0 {
		t.Fatalf("SearchProducts(%q) = %d, %v", query, len(found), err)
	}
	one, err := s.SearchProducts(t.Context(), query, 1)
	if err != nil || len(one) != 1 || one[0].ID != found[0].ID {
		t.Errorf("limit 1 gives %d products, %v; want the first of all", len(one), err)
	}
	none, err := s.SearchProducts(t.Context(), "qzxv", 0)
	if err != nil || len(none) != 0 {
		t.Errorf("SearchProducts(nonsense) = %d, %v; want none", len(none), err)
	}
}

func orders(t *testing.T, s shop.Shop, busy, idle string) {
	ctx := t.Context()
	list, err := s.OrdersOf(ctx, busy, 0)
	if err != nil || len(list) < 2 {
		t.Fatalf("OrdersOf(%q) = %d, %v; want two or more", busy, len(list), err)
	}
	if !slices.IsSortedFunc(list, func(a, b shop.Order) int { return b.PlacedAt.Compare(a.PlacedAt) }) {
		t.Error("orders aren't newest first")
	}
	if first, err := s.OrdersOf(ctx, busy, 1); err != nil || len(first) != 1 || first[0].ID != list[0].ID {
		t.Errorf("limit 1 gives %d orders, %v; want the newest", len(first), err)
	}
	for _, o := range list {
		if o.CustomerID != busy {
			t.Errorf("order %s is of %s", o.ID, o.CustomerID)
		}
		if got, err := s.Order(ctx, o.ID); err != nil || got.ID != o.ID || got.TotalFen != o.TotalFen {
			t.Errorf("Order(%q) = %q, %v", o.ID, got.ID, err)
		}
		CheckOrder(t, o)
	}
	if none, err := s.OrdersOf(ctx, idle, 0); err != nil || len(none) != 0 {
		t.Errorf("OrdersOf(%q) = %d, %v; want none and no error", idle, len(none), err)
	}
}

// CheckOrder checks what holds of every order: the sum, the states, the order of times, the parcels.
func CheckOrder(t *testing.T, o shop.Order) {
	t.Helper()
	var sum int64
	for _, l := range o.Lines {
		if l.Quantity <= 0 || l.UnitFen <= 0 || l.ProductID == "" || l.VariantID == "" {
			t.Errorf("order %s: line %+v", o.ID, l)
		}
		sum += int64(l.Quantity) * l.UnitFen
	}
	if len(o.Lines) == 0 || o.DiscountFen < 0 || o.ShippingFen < 0 || sum-o.DiscountFen+o.ShippingFen != o.TotalFen {
		t.Errorf("order %s: lines %d − discount %d + shipping %d ≠ total %d", o.ID, sum, o.DiscountFen, o.ShippingFen, o.TotalFen)
	}
	if o.State.Zh() == "" {
		t.Errorf("order %s: state %q", o.ID, o.State)
	}
	var kind shop.ReturnKind
	if o.Return != nil {
		kind = o.Return.Kind
	}
	paid := o.State != shop.Unpaid && o.State != shop.Cancelled
	left := paid && o.State != shop.Paid && o.State != shop.Packed && kind != shop.ReturnCancel
	signed := left && o.State != shop.Shipped && kind != shop.ReturnLost
	back := paid && o.State != shop.Paid && o.State != shop.Packed && o.State != shop.Shipped && o.State != shop.Signed ||
		o.Return != nil && o.Return.State == shop.ReturnDeclined
	if o.PlacedAt.IsZero() || paid == o.PaidAt.IsZero() || left == o.ShippedAt.IsZero() || signed == o.SignedAt.IsZero() || back != (o.Return != nil) {
		t.Errorf("order %s is %s: placed %v, paid %v, shipped %v, signed %v, return %v", o.ID, o.State, o.PlacedAt, o.PaidAt, o.ShippedAt, o.SignedAt, o.Return)
	}
	times := []time.Time{o.PlacedAt, o.PaidAt, o.ShippedAt, o.SignedAt}
	if r := o.Return; r != nil {
		times = append(times, r.AskedAt, r.BackAt, r.PaidAt)
		swap, sends := kind == shop.ReturnSwap, kind != shop.ReturnLost && kind != shop.ReturnCancel
		if kind.Zh() == "" || r.State.Zh() == "" || (r.RefundFen == 0) != swap || r.RefundFen > o.TotalFen ||
			sends && !r.BackAt.IsZero() && r.DueAt.IsZero() || (o.State == shop.Refunded) == r.PaidAt.IsZero() {
			t.Errorf("order %s: return %+v of %d", o.ID, *r, o.TotalFen)
		}
	}
	rising(t, o.ID, times)
	if left != (len(o.Parcels) > 0) {
		t.Errorf("order %s is %s with %d parcels", o.ID, o.State, len(o.Parcels))
	}
	open := 0
	for _, p := range o.Parcels {
		var at []time.Time
		for _, e := range p.Track {
			at = append(at, e.At)
		}
		rising(t, p.Number, at)
		if p.Number == "" || p.Carrier == "" || p.State.Zh() == "" || len(p.Track) == 0 || len(p.Lines) == 0 {
			t.Errorf("order %s: parcel %+v", o.ID, p)
		}
		if p.State == shop.Delivered && !p.ETA.IsZero() {
			t.Errorf("parcel %s is delivered and expected at %v", p.Number, p.ETA)
		}
		for _, i := range p.Lines {
			if i < 0 || i >= len(o.Lines) {
				t.Errorf("parcel %s holds line %d of %d", p.Number, i, len(o.Lines))
			}
		}
		if p.State != shop.Delivered {
			open++
		}
	}
	if left && (o.State == shop.Shipped || kind == shop.ReturnLost) != (open > 0) {
		t.Errorf("order %s is %s with %d parcels under way", o.ID, o.State, open)
	}
}

// rising checks that the times that are set don't run backwards.
func rising(t *testing.T, what string, times []time.Time) {
	t.Helper()
	var last time.Time
	for _, at := range times {
		if at.IsZero() {
			continue
		}
		if at.Before(last) {
			t.Errorf("%s: %v after %v", what, at, last)
		}
		last = at
	}
}

func cart(t *testing.T, s shop.Shop, busy, idle string) {
	for _, id := range []string{busy, idle} {
		c, err := s.Cart(t.Context(), id)
		if err != nil || c.CustomerID != id {
			t.Fatalf("Cart(%q) of %q, %v", id, c.CustomerID, err)
		}
		var sum int64
		for _, l := range c.Lines {
			sum += int64(l.Quantity) * l.UnitFen
		}
		if sum != c.TotalFen {
			t.Errorf("cart of %s: lines %d ≠ total %d", id, sum, c.TotalFen)
		}
	}
}

func policies(t *testing.T, s shop.Shop) {
	list, err := s.Policies(t.Context())
	if err != nil || len(list) == 0 {
		t.Fatalf("Policies = %d, %v", len(list), err)
	}
	for _, p := range list {
		got, err := s.Policy(t.Context(), p.ID)
		if err != nil || got.Title != p.Title || p.Title == "" || p.Version == "" || p.Date.IsZero() || len(p.Sections) == 0 {
			t.Errorf("policy %q %q version %q of %v: %v", p.ID, p.Title, p.Version, p.Date, err)
		}
		seen := map[string]bool{}
		for _, sec := range p.Sections {
			if sec.No == "" || sec.Text == "" || seen[sec.No] {
				t.Errorf("policy %s: section %+v", p.ID, sec)
			}
			seen[sec.No] = true
		}
	}
}

func promotions(t *testing.T, s shop.Shop) {
	list, err := s.Promotions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		if p.ID == "" || p.Title == "" || p.Text == "" || !p.Until.After(p.From) {
			t.Errorf("promotion %+v", p)
		}
		for _, id := range append(slices.Clone(p.Products), p.Gift) {
			if id == "" {
				continue
			}
			if _, err := s.Product(t.Context(), id); err != nil {
				t.Errorf("promotion %s names %q: %v", p.ID, id, err)
			}
		}
	}
}

func copies(t *testing.T, s shop.Shop, p Params) {
	list, err := s.OrdersOf(t.Context(), p.Customer, 1)
	if err != nil {
		t.Fatal(err)
	}
	id, title := list[0].ID, list[0].Lines[0].Title
	list[0].Lines[0].Title = "changed"
	for i := range list[0].Parcels {
		list[0].Parcels[i].Track[0].Text = "changed"
	}
	again, err := s.Order(t.Context(), id)
	if err != nil || again.Lines[0].Title != title {
		t.Errorf("a caller's change reached the shop: %q, %v", again.Lines[0].Title, err)
	}
	for _, parcel := range again.Parcels {
		if parcel.Track[0].Text == "changed" {
			t.Error("a caller's change of a trace reached the shop")
		}
	}
	product := all(t, s)[0]
	name := product.Variants[0].Name
	product.Variants[0].Name = "changed"
	if got, err := s.Product(t.Context(), product.ID); err != nil || got.Variants[0].Name != name {
		t.Errorf("a caller's change reached the catalogue: %v", err)
	}
}

func ended(t *testing.T, s shop.Shop, p Params) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.SearchProducts(ctx, p.Query, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("SearchProducts after cancel: %v", err)
	}
	if _, err := s.OrdersOf(ctx, p.Customer, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("OrdersOf after cancel: %v", err)
	}
	if _, err := s.Policies(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Policies after cancel: %v", err)
	}
}

func concurrent(t *testing.T, s shop.Shop, p Params) {
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			list, err := s.OrdersOf(t.Context(), p.Customer, 0)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range list { // writes to what came back: -race sees it when it is shared
				list[i].Lines[0].Quantity++
			}
			found, err := s.SearchProducts(t.Context(), p.Query, 3)
			if err != nil {
				t.Error(err)
				return
			}
			for i := range found {
				found[i].Variants[0].Stock++
			}
		})
	}
	wg.Wait()
}
