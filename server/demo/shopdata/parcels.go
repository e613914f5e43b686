package shopdata

import (
	"fmt"
	"math/rand/v2"
	"time"

	"agentdesk/server/shop"
)

// number is a tracking number that no carrier gives out: it begins with zeros.
func number(prefix, key string) string { return fmt.Sprintf("%s000%010d", prefix, sum(key)%1e10) }

// Courier says who carries an order and how many days that takes to the evening before it is delivered.
func Courier(sf bool, rng *rand.Rand) (carrier, prefix string, days int) {
	if sf {
		return "顺丰速运", "SF", 1 + rng.IntN(2)
	}
	return "中通快递", "ZT", 2 + rng.IntN(2)
}

// The stations of a journey.
const (
	atPickUp = iota
	atHub
	atLeft
	atTown
	atDoor
	atSigned
)

// Journey is the whole way of a parcel that nothing happens to, from the moment it left to the moment it was signed for.
func Journey(carrier, city string, left time.Time, days int, rng *rand.Rand) []shop.TrackEvent {
	hub := left.Add(time.Duration(150+rng.IntN(60)) * time.Minute)
	arrive := midnight(left).AddDate(0, 0, days) // the evening before it is delivered
	out := arrive.AddDate(0, 0, 1).Add(8*time.Hour + time.Duration(rng.IntN(70))*time.Minute)
	locker := "丰巢柜"
	if carrier != "顺丰速运" {
		locker = "菜鸟驿站"
	}
	where := pick(rng, "本人签收", "已放至"+locker+"，凭取件码取件后签收", "家人代签", "本人签收", "同事代签", "放门口，本人签收")
	return []shop.TrackEvent{
		atPickUp: {At: left, Place: "浙江杭州", Text: carrier + "已揽收，包裹离开澄屿杭州仓"},
		atHub:    {At: hub, Place: "浙江杭州", Text: "快件到达杭州转运中心"},
		atLeft:   {At: hub.Add(95 * time.Minute), Place: "浙江杭州", Text: "快件离开杭州转运中心，发往" + city},
		atTown:   {At: arrive.Add(19*time.Hour + time.Duration(rng.IntN(120))*time.Minute), Place: city, Text: "快件到达" + city + "营业点"},
		atDoor:   {At: out, Place: city, Text: "快递员正在派送，请保持电话畅通"},
		atSigned: {At: out.Add(time.Duration(120+rng.IntN(400)) * time.Minute), Place: city, Text: "已签收，" + where},
	}
}

// parcel tells the way of an order's parcel up to the state that its row names.
func (b *builder) parcel(o *shop.Order, r orderRow, rng *rand.Rand) (shop.Parcel, error) {
	_, prefix, days := Courier(r.Carrier == "顺丰速运", rng)
	p := shop.Parcel{Number: number(prefix, r.ID), Carrier: r.Carrier, State: r.Parcel}
	for i := range o.Lines {
		p.Lines = append(p.Lines, i)
	}
	city := b.out.customers[o.CustomerID].City
	whole := Journey(r.Carrier, city, o.ShippedAt, days, rng)
	upTo := func(n int) { p.Track = append(p.Track, whole[:n+1]...) }
	add := func(at time.Time, place, text string) {
		p.Track = append(p.Track, shop.TrackEvent{At: at, Place: place, Text: text})
	}
	some := func(from, spread int) time.Duration { return time.Duration(from+rng.IntN(spread)) * time.Minute }
	door := whole[atDoor].At
	switch r.Parcel {
	case shop.PickedUp:
		upTo(atPickUp)
		p.ETA = b.eta(midnight(o.ShippedAt).AddDate(0, 0, days+1), 18)
	case shop.InTransit:
		upTo(atLeft)
		p.ETA = b.eta(midnight(o.ShippedAt).AddDate(0, 0, days+1), 18)
		// On its way means that it was seen lately: the policy counts a silence as a stall.
		if at := b.now.Add(-time.Duration(4+rng.IntN(8)) * time.Hour).Truncate(time.Minute); at.After(p.Last().At) {
			add(at, "途中", "快件运输中，下一站 "+city)
		}
	case shop.Delayed, shop.Lost:
		upTo(atLeft)
		add(whole[atHub].At.Add(11*time.Hour), "途中", "快件到达中转站，等待发往"+city)
	case shop.OutForDelivery:
		upTo(atTown)
		// Handed to the courier this morning, or the last one when the day has not come so far.
		out := b.day.Add(8*time.Hour + 12*time.Minute)
		if out.After(b.now) {
			out = out.AddDate(0, 0, -1)
		}
		if !out.After(p.Last().At) {
			out = p.Last().At.Add(20 * time.Minute)
		}
		p.ETA = b.eta(midnight(out), 15)
		text := "快递员正在派送，电话可在顺丰小程序查看"
		if r.Carrier != "顺丰速运" {
			text = whole[atDoor].Text
		}
		add(out, city, text)
	case shop.AtStation:
		upTo(atDoor)
		add(door.Add(some(60, 200)), city, "已到达"+pick(rng, "丰巢柜", "菜鸟驿站", "小区代收点")+"，请凭取件码取件")
	case shop.Rejected:
		upTo(atDoor)
		at := door.Add(some(60, 200))
		add(at, city, "收件人拒收，快件退回中")
		add(at.Add(20*time.Hour), "途中", "退回件运输中，下一站 浙江杭州")
	case shop.Delivered:
		upTo(atSigned)
	default:
		return p, fmt.Errorf("parcel state %q", r.Parcel)
	}
	return p, nil
}

// eta is an hour of a day, tomorrow morning when that is past.
func (b *builder) eta(day time.Time, hour int) time.Time {
	at := midnight(day).Add(time.Duration(hour) * time.Hour)
	if !at.After(b.now) {
		at = b.day.AddDate(0, 0, 1).Add(11 * time.Hour)
	}
	return at
}
