package copilot

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"agentdesk/sync/event"
)

// slot is what a fact puts into a script, with where it stands; "" when no fact does.
func (d *drafts) slot(name string) (string, []event.Source) {
	kind, arg, _ := strings.Cut(name, ":")
	switch kind {
	case "rule": // the sentence that holds all of the words
		if s, p := d.in.Facts.ruleOf(strings.Split(arg, "+")); s != "" {
			return s, []event.Source{p.Source}
		}
		return "", nil
	case "clause": // the part of a sentence that holds the words
		keys := strings.Split(arg, "+") // the last of them is in the part
		if s, p := d.in.Facts.sentenceOf(keys); s != "" {
			return strings.TrimPrefix(between(s, keys[len(keys)-1:]), "并"), []event.Source{p.Source}
		}
		return "", nil
	case "about": // what the section of that name says to the customer's question
		if p := d.in.Facts.section(arg); p != nil {
			return p.gist(d.thread), []event.Source{p.Source}
		}
		return "", nil
	case "policy": // the section that bears most on the matter
		if len(d.in.Facts.Policies) > 0 {
			if p := &d.in.Facts.Policies[0]; shared(p.Title+p.Text, d.now) >= 1 { // else it is about something else
				return p.gist(d.thread), []event.Source{p.Source}
			}
		}
		return "", nil
	case "promo", "until", "gift", "promos":
		return d.promoSlot(kind, arg)
	case "points", "tier", "short", "nexttier":
		return d.memberSlot(kind)
	}
	if s, src := d.orderSlot(kind); s != "" {
		return s, src
	}
	return d.productSlot(kind)
}

func (d *drafts) orderSlot(kind string) (string, []event.Source) {
	o := d.order()
	if kind == "askorder" { // asks for the order, or whether it is the one we see; nothing where it was named
		switch {
		case o != nil && o.Sure:
			return "", nil
		case o != nil:
			return "确认一下是" + d.orderName() + "吗？", []event.Source{o.Source}
		case d.holds("number"):
			return "", nil
		}
		return "方便发我订单号后四位吗？", nil
	}
	if o == nil {
		return "", nil
	}
	src := []event.Source{o.Source}
	switch kind {
	case "order":
		return d.orderName(), src
	case "tail":
		return "订单 " + tail(o.ID), src
	case "state":
		return o.Status, src
	case "placed":
		return date(o.PlacedAt), src
	case "signed":
		return date(o.SignedAt), src
	case "total":
		return yuan(o.TotalFen), src
	case "invoice":
		return o.Invoice, src
	}
	if r := o.Return; r != nil {
		switch kind {
		case "refund":
			if r.RefundFen > 0 {
				return yuan(r.RefundFen), src
			}
		case "returnkind":
			return r.Kind, src
		case "returnstate":
			return r.State, src
		case "back":
			return date(r.BackAt), src
		case "due":
			return date(r.DueAt), src
		case "paid":
			return date(r.PaidAt), src
		}
	}
	if len(o.Parcels) == 0 {
		return "", nil
	}
	q := o.Parcels[0]
	src = append(src, q.Source)
	switch kind {
	case "carrier":
		return q.Carrier + "（尾号 " + tail(q.Number) + "）", src
	case "parcelstate":
		return q.Status, src
	case "last":
		if q.Last == "" || q.LastAt.IsZero() {
			return "", nil
		}
		at := date(q.LastAt)
		if d.in.Now.Sub(q.LastAt) < 24*time.Hour {
			at += " " + q.LastAt.Format("15:04")
		}
		return at + " " + cutAt(strings.TrimPrefix(q.Last, "途中，"), 26), src
	case "eta":
		return date(q.ETA), src
	}
	return "", nil
}

// date writes a day; "" for none.
func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d 月 %d 日", t.Month(), t.Day())
}

func (d *drafts) promoSlot(kind, key string) (string, []event.Source) {
	var fits []*Promo
	p := d.asked()
	for i := range d.in.Facts.Promos {
		q := &d.in.Facts.Promos[i]
		mine := len(q.Products) == 0 || p != nil && (slices.Contains(q.Products, p.ID) || q.Kind == "gift" && strings.Contains(q.Text, p.Source.Title))
		switch {
		case key != "" && !strings.Contains(q.Title+q.Text, key):
		case key == "" && (!mine || q.Kind == "coupon"):
		case kind == "gift" && (q.Kind != "gift" || key == "" && p == nil && len(q.Products) > 0):
		case kind == "promos" && q.Limited:
		default:
			fits = append(fits, q)
		}
	}
	if len(fits) == 0 {
		return "", nil
	}
	if kind == "until" || kind == "gift" || kind == "promo" {
		slices.SortStableFunc(fits, func(a, b *Promo) int { return int(2 * (d.promoFit(b) - d.promoFit(a))) })
	}
	first := fits[0]
	switch kind {
	case "until":
		return date(first.Until), []event.Source{first.Source}
	case "promo", "gift":
		return strings.TrimRight(first.Text, "。"), []event.Source{first.Source}
	}
	var out []string
	var src []event.Source
	for _, q := range fits {
		s := q.Title
		if q.Kind == "voucher" {
			s = terms(q.Text)
		}
		if q.Kind == "gift" || len(out) == 3 {
			continue
		}
		out, src = append(out, s), append(src, q.Source)
	}
	return strings.Join(out, "、"), src
}

// promoFit is how much a promotion is the one that the customer speaks of.
func (d *drafts) promoFit(p *Promo) float64 {
	n := shared(p.Title+p.Text, d.thread)
	if q := d.asked(); q != nil && (slices.Contains(p.Products, q.ID) || strings.Contains(p.Text, q.Source.Title)) {
		n += 3
	}
	if p.Limited {
		n -= 0.5
	}
	return n
}

// terms names a coupon by its first clause, with its condition behind.
func terms(s string) string {
	parts := strings.SplitN(strings.TrimRight(s, "。"), "，", 3)
	if len(parts) < 2 {
		return parts[0]
	}
	return parts[0] + "（" + parts[1] + "）"
}

func (d *drafts) memberSlot(kind string) (string, []event.Source) {
	c := d.in.Facts.Customer
	if c.ID == "" {
		return "", nil
	}
	src := []event.Source{{ID: c.ID, Kind: "customer", Title: "会员资料"}}
	next, need := "", int64(0)
	for _, t := range []string{"银卡", "金卡", "铂金", "黑金"} {
		// What a tier costs stands in the shop's rules: 满 2000 元为金卡.
		s, p := d.in.Facts.ruleOf([]string{"为" + t, "累计"})
		if at := strings.Index(s, "元为"+t); at > 0 {
			var yuan int64
			if _, err := fmt.Sscanf(strings.TrimSpace(s[strings.LastIndex(s[:at], "满")+len("满"):at]), "%d", &yuan); err == nil && yuan*100 > c.SpentFen {
				next, need, src = t, yuan*100, append(src, p.Source)
				break
			}
		}
	}
	switch kind {
	case "points":
		return fmt.Sprint(c.Points), src[:1]
	case "tier":
		return tierZh(c.Tier), src[:1]
	case "short":
		if next != "" {
			return yuan(need - c.SpentFen), src
		}
	case "nexttier":
		if next != "" {
			return fmt.Sprintf("满 %d 元为%s", need/100, next), src
		}
	}
	return "", nil
}

func tierZh(t string) string {
	switch t {
	case "silver":
		return "银卡"
	case "gold":
		return "金卡"
	case "platinum":
		return "铂金"
	case "black":
		return "黑金"
	}
	return "新客"
}
