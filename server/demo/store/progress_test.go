package store_test

import (
	"testing"
	"time"

	"agentdesk/server/shop"
	"agentdesk/server/shop/shoptest"
)

func TestStore_APaidOrderIsPackedShippedAndSignedByItself(t *testing.T) {
	c := &clock{}
	s := open(t, t.TempDir(), c)
	defer func() { _ = s.Close() }()
	ctx := t.Context()
	o, err := s.PlaceOrder(ctx, "c-niannian", shop.Want{Key: "k", Items: []shop.Item{{Variant: "p-cleanser-120g", Quantity: 1}, {Variant: "p-hand-cream-60g", Quantity: 2}}})
	if err != nil {
		t.Fatal(err)
	}
	if o, err = s.PayOrder(ctx, "c-niannian", o.ID); err != nil {
		t.Fatal(err)
	}
	// Address before packing is kept, how far the order has come is not.
	if _, err := s.ChangeAddress(ctx, "c-niannian", o.ID, shop.Recipient{Address: "四川成都青羊区示例路 5 号"}); err != nil {
		t.Fatal(err)
	}
	rank := map[shop.OrderState]int{shop.Paid: 0, shop.Packed: 1, shop.Shipped: 2, shop.Signed: 3}
	parcels := map[shop.ParcelState]bool{}
	seen := map[shop.OrderState]bool{}
	last := 0
	for h := range 24 * 8 {
		got, err := s.Order(ctx, o.ID)
		if err != nil {
			t.Fatal(err)
		}
		shoptest.CheckOrder(t, got)
		if rank[got.State] < last {
			t.Fatalf("after %d hours it went back to %s", h, got.State)
		}
		last, seen[got.State] = rank[got.State], true
		for _, p := range got.Parcels {
			parcels[p.State] = true
			for _, e := range p.Track {
				if e.At.After(c.now()) {
					t.Fatalf("a trace of %v at %v", e.At, c.now())
				}
			}
			if !p.ETA.IsZero() && !p.ETA.After(c.now()) {
				t.Errorf("expected at %v, it is %v", p.ETA, c.now())
			}
		}
		c.advance(time.Hour)
	}
	for st := range rank {
		if !seen[st] {
			t.Errorf("it was never %s", st)
		}
	}
	for _, st := range []shop.ParcelState{shop.PickedUp, shop.InTransit, shop.OutForDelivery, shop.Delivered} {
		if !parcels[st] {
			t.Errorf("its parcel was never %s", st)
		}
	}
	got, _ := s.Order(ctx, o.ID)
	if day := got.PaidAt.Format(time.DateOnly); got.ShippedAt.Format(time.DateOnly) != day { // paid at 20:40
		t.Errorf("paid %v, shipped %v", got.PaidAt, got.ShippedAt)
	}
	if got.To.Address != "四川成都青羊区示例路 5 号" {
		t.Errorf("it went to %s", got.To.Address)
	}
}
