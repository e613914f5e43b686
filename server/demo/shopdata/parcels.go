package shopdata

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"agentdesk/server/shop"
)

// number is a tracking number that no carrier gives out: it begins with zeros.
func number(prefix, key string) string { return fmt.Sprintf("%s000%010d", prefix, sum(key)%1e10) }

// parcel tells the way of an order's parcel up to the state that its row names.
func (b *builder) parcel(o *shop.Order, r orderRow, rng *rand.Rand) (shop.Parcel, error) {
	prefix, days := "SF", 1+rng.IntN(2)
	if r.Carrier != "顺丰速运" {
		prefix, days = "ZT", 2+rng.IntN(2)
	}
	p := shop.Parcel{Number: number(prefix, r.ID), Carrier: r.Carrier, State: r.Parcel}
	for i := range o.Lines {
		p.Lines = append(p.Lines, i)
	}
	city := b.out.customers[o.CustomerID].City
	add := func(at time.Time, place, text string) {
		p.Track = append(p.Track, shop.TrackEvent{At: at, Place: place, Text: text})
	}
	left := o.ShippedAt
	add(left, "浙江杭州", r.Carrier+"已揽收，包裹离开澄屿杭州仓")
	if r.Parcel == shop.PickedUp {
		p.ETA = b.eta(left.AddDate(0, 0, days+1), 18)
		return p, nil
	}
	hub := left.Add(time.Duration(150+rng.IntN(60)) * time.Minute)
	add(hub, "浙江杭州", "快件到达杭州转运中心")
	add(hub.Add(95*time.Minute), "浙江杭州", "快件离开杭州转运中心，发往"+city)
	arrive := midnight(left).AddDate(0, 0, days) // the evening before it is delivered
	switch r.Parcel {
	case shop.InTransit:
		p.ETA = b.eta(arrive.AddDate(0, 0, 1), 18)
		// On its way means that it was seen lately: the policy counts a silence as a stall.
		if at := b.now.Add(-time.Duration(4+rng.IntN(8)) * time.Hour).Truncate(time.Minute); at.After(p.Last().At) {
			add(at, "途中", "快件运输中，下一站 "+city)
		}
		return p, nil
	case shop.Delayed, shop.Lost:
		add(hub.Add(11*time.Hour), "途中", "快件到达中转站，等待发往"+city)
		return p, nil
	}
	add(arrive.Add(19*time.Hour+time.Duration(rng.IntN(120))*time.Minute), city, "快件到达"+city+"营业点")
	out := arrive.AddDate(0, 0, 1).Add(8*time.Hour + time.Duration(rng.IntN(70))*time.Minute)
	if r.Parcel == shop.OutForDelivery {
		// Handed to the courier this morning, or the last one when the day has not come so far.
		out = b.day.Add(8*time.Hour + 12*time.Minute)
		if out.After(b.now) {
			out = out.AddDate(0, 0, -1)
		}
		if !out.After(p.Last().At) {
			out = p.Last().At.Add(20 * time.Minute)
		}
		p.ETA = b.eta(midnight(out), 15)
		add(out, city, "快递员正在派送，电话可在顺丰小程序查看")
		if r.Carrier != "顺丰速运" {
			p.Track[len(p.Track)-1].Text = "快递员正在派送，请保持电话畅通"
		}
		return p, nil
	}
	if r.Parcel != shop.Delivered && r.Parcel != shop.AtStation && r.Parcel != shop.Rejected {
		return p, fmt.Errorf("parcel state %q", r.Parcel)
	}
	add(out, city, "快递员正在派送，请保持电话畅通")
	switch r.Parcel {
	case shop.AtStation:
		add(out.Add(time.Duration(60+rng.IntN(200))*time.Minute), city, "已到达"+pick(rng, "丰巢柜", "菜鸟驿站", "小区代收点")+"，请凭取件码取件")
		return p, nil
	case shop.Rejected:
		at := out.Add(time.Duration(60+rng.IntN(200)) * time.Minute)
		add(at, city, "收件人拒收，快件退回中")
		add(at.Add(20*time.Hour), "途中", "退回件运输中，下一站 浙江杭州")
		return p, nil
	}
	where := []string{"本人签收", "已放至丰巢柜，凭取件码取件后签收", "家人代签"}[rng.IntN(3)]
	if prefix == "ZT" {
		where = strings.ReplaceAll(where, "丰巢柜", "菜鸟驿站")
	}
	add(out.Add(time.Duration(120+rng.IntN(400))*time.Minute), city, "已签收，"+where)
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
