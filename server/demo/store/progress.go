package store

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"time"

	"agentdesk/server/demo/shopdata"
	"agentdesk/server/shop"
)

// aged is a kept order as it stands at a moment. One that nobody paid closes by itself; one that was paid is packed, leaves
// the house by the shipping policy, and arrives: all of it follows from when it was paid, so nothing runs in the background.
func (s *Store) aged(o shop.Order, now time.Time) shop.Order {
	o = copyOrder(o)
	switch o.State {
	case shop.Unpaid:
		if end := o.PlacedAt.Add(unpaidFor); now.After(end) {
			o.State, o.ClosedAt = shop.Cancelled, end
		}
	case shop.Paid:
		s.sendOff(&o, now)
	}
	return o
}

// sendOff tells how far a paid order has come.
func (s *Store) sendOff(o *shop.Order, now time.Time) {
	rng := rand.New(rand.NewPCG(hash(o.ID), 1))
	packed, shipped := shopdata.Dispatch(o.PaidAt, s.cutoff, rng)
	if now.Before(packed) {
		return
	}
	if o.State = shop.Packed; now.Before(shipped) {
		return
	}
	o.State, o.ShippedAt = shop.Shipped, shipped
	carrier, prefix, days := shopdata.Courier(hash(o.CustomerID)%3 == 0, rng)
	whole := shopdata.Journey(carrier, town(o.To.Address), shipped, days, rng)
	p := shop.Parcel{Number: prefix + "000" + padded(hash(o.ID+"/parcel")), Carrier: carrier, State: shop.PickedUp}
	for i := range o.Lines {
		p.Lines = append(p.Lines, i)
	}
	states := []shop.ParcelState{shop.PickedUp, shop.InTransit, shop.InTransit, shop.InTransit, shop.OutForDelivery, shop.Delivered}
	for i, e := range whole {
		if e.At.After(now) {
			break
		}
		p.Track, p.State = append(p.Track, e), states[i]
	}
	if p.State == shop.Delivered {
		o.State, o.SignedAt = shop.Signed, p.Last().At
	} else {
		p.ETA = whole[len(whole)-1].At.Truncate(time.Hour).Add(time.Hour)
	}
	o.Parcels = []shop.Parcel{p}
}

// town is where an address begins: what a trace names.
func town(address string) string {
	r := []rune(address)
	for i, c := range r {
		if i >= 2 && i <= 10 && (c == '区' || c == '县' || c == '市') {
			return string(r[:i+1])
		}
	}
	return cmp.Or(string(r[:min(4, len(r))]), "收货地")
}

func hash(key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // a hash never fails
	return h.Sum64()
}

// padded are ten digits of a number.
func padded(n uint64) string {
	var d [10]byte
	for i := len(d) - 1; i >= 0; i-- {
		d[i] = byte('0' + n%10)
		n /= 10
	}
	return string(d[:])
}
