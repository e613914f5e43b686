package main

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"agentdesk/server/bot"
	"agentdesk/server/bot/ground"
	"agentdesk/server/shop"
)

// judge checks what the bot says against the shop itself, not against what the bot says that it found.
type judge struct {
	shop  shop.Store
	who   string
	heard string // the message that is answered
	check *ground.Checker
}

// uncited returns the claims of a reply that none of its sources holds, as the shop has them now.
func (j *judge) uncited(ctx context.Context, r bot.Reply) ([]string, error) {
	if j.check == nil {
		j.check = ground.New()
	}
	var docs []string
	for _, s := range r.Sources {
		d, err := j.doc(ctx, s.Kind, s.ID, s.Section)
		if err == nil {
			d += j.sums(ctx, s.Kind, s.ID, r.Text)
		}
		if errors.Is(err, shop.ErrNotFound) {
			return []string{"source " + s.ID + " is not in the shop"}, nil
		}
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	docs = append(docs, j.together(ctx, r))
	return j.check.Missing(r.Text, docs), nil
}

// together is what one each of the cited products come to, of the variants that the reply names.
func (j *judge) together(ctx context.Context, r bot.Reply) string {
	var total int64
	n := 0
	for _, s := range r.Sources {
		if s.Kind != "product" {
			continue
		}
		p, err := j.shop.Product(ctx, s.ID)
		if err != nil {
			return ""
		}
		for _, v := range p.Variants {
			if strings.Contains(squeeze(r.Text), squeeze(p.Title+v.Name)) {
				total, n = total+v.PayFen(), n+1
				break
			}
		}
	}
	if n < 2 {
		return ""
	}
	return money(total)
}

// sums are what a source comes to by the shop's rules: so many of a product as the reply says, with the reductions that they reach
// and the fee for sending them; what a sum that the customer named lacks to a reduction; what points are worth.
func (j *judge) sums(ctx context.Context, kind, id, text string) string {
	var b strings.Builder
	promos, err := j.shop.Promotions(ctx)
	if err != nil {
		return ""
	}
	policy, err := j.shop.Policy(ctx, "policy-shipping")
	if err != nil {
		return ""
	}
	free, fee := policy.Figures["free_ship_fen"], policy.Figures["shipping_fen"]
	switch kind {
	case "product":
		p, err := j.shop.Product(ctx, id)
		if err != nil {
			return ""
		}
		for n := int64(1); n <= 20; n++ {
			if !strings.Contains(text, fmt.Sprintf("%d 件", n)) {
				continue
			}
			for _, v := range p.Variants {
				total := n * v.PayFen()
				pays := []int64{total}
				for _, r := range promos {
					if r.Kind == shop.Reduction && r.Stackable && r.MinFen <= total {
						pays = append(pays, total-r.OffFen)
					}
				}
				row(&b, fmt.Sprintf("%d 件", n))
				for _, pay := range pays {
					row(&b, money(pay))
					if pay < free {
						row(&b, money(pay+fee))
					}
				}
			}
		}
	case "promotion", "policy":
		for _, m := range regexp.MustCompile(`\d+`).FindAllString(j.heard, 4) {
			n, err := strconv.ParseInt(m, 10, 64)
			if err != nil {
				continue
			}
			n *= 100
			row(&b, money(n))
			for _, p := range promos {
				if p.ID == id && p.MinFen > n {
					row(&b, money(p.MinFen-n))
				}
			}
			if id == policy.ID && free > n {
				row(&b, money(free-n))
			}
		}
	case "customer":
		if c, err := j.shop.Customer(ctx, id); err == nil && id == j.who {
			row(&b, money(c.Points))
		}
	}
	return b.String()
}

// row writes what a source states, one thing apart from the next: two numbers side by side would read as one.
func row(b *strings.Builder, things ...any) {
	for _, t := range things {
		fmt.Fprint(b, t, "；")
	}
	b.WriteByte('\n')
}

// doc is everything that one source states.
func (j *judge) doc(ctx context.Context, kind, id, section string) (string, error) {
	switch kind {
	case "product":
		return j.product(ctx, id)
	case "order", "parcel":
		return j.order(ctx, kind, id)
	case "policy":
		p, err := j.shop.Policy(ctx, id)
		for _, s := range p.Sections {
			if section == "" || s.No == section {
				return p.Title + "\n" + s.No + " " + s.Title + "\n" + s.Text, err
			}
		}
		return "", err
	case "promotion":
		return j.promotion(ctx, id)
	case "cart":
		if id != j.who {
			return "", fmt.Errorf("the cart of %s: %w", id, shop.ErrNotFound)
		}
		c, err := j.shop.Cart(ctx, id)
		return cartDoc(c), err
	case "customer":
		if id != j.who {
			return "", fmt.Errorf("customer %s: %w", id, shop.ErrNotFound)
		}
		c, err := j.shop.Customer(ctx, id)
		return fmt.Sprintf("%s会员，积分 %d 分，%d积分", c.Tier.Zh(), c.Points, c.Points), err
	}
	return "", fmt.Errorf("a source of kind %q: %w", kind, shop.ErrNotFound)
}

func money(fen int64) string {
	return strings.TrimSuffix(fmt.Sprintf("¥%d.%02d", fen/100, fen%100), ".00")
}

func date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d月%d日 %s", t.Month(), t.Day(), t.Format("15:04"))
}

func (j *judge) product(ctx context.Context, id string) (string, error) {
	p, err := j.shop.Product(ctx, id)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	row(&b, p.Title, p.Aliases, p.Summary, p.Points, p.Ingredients, p.Skins, p.Concerns, p.Pregnant, p.Usage, p.When, p.Lasts, p.ShelfLife, p.Cautions, p.Filing)
	for _, f := range p.Free {
		fmt.Fprint(&b, "不含"+f+"、")
	}
	for _, a := range p.Actives {
		row(&b, a.Name, a.Share, a.Does)
	}
	if p.Pregnancy == shop.PregnancyOK {
		row(&b, "孕期可用")
	}
	for _, v := range p.Variants {
		row(&b, v.Name, money(v.ListFen), money(v.PayFen()), money(v.ListFen-v.PayFen()))
		if v.Stock > 0 {
			fmt.Fprintf(&b, "有货 库存 %d 件\n", v.Stock)
		} else {
			row(&b, "缺货", date(v.RestockAt))
		}
	}
	return b.String(), nil
}

func (j *judge) promotion(ctx context.Context, id string) (string, error) {
	list, err := j.shop.Promotions(ctx)
	if err != nil {
		return "", err
	}
	for _, p := range list {
		if p.ID == id {
			return p.Title + "：" + p.Text, nil
		}
	}
	return "", fmt.Errorf("promotion %s: %w", id, shop.ErrNotFound)
}

// order is an order of the customer's as the shop has it, or one of its parcels.
func (j *judge) order(ctx context.Context, kind, id string) (string, error) {
	list, err := j.shop.OrdersOf(ctx, j.who, 0)
	if err != nil {
		return "", err
	}
	for _, o := range list {
		if kind == "order" && o.ID == id {
			return j.orderDoc(ctx, o)
		}
		for _, p := range o.Parcels {
			if kind == "parcel" && p.Number == id {
				return parcelDoc(p), nil
			}
		}
	}
	return "", fmt.Errorf("%s %s of %s: %w", kind, id, j.who, shop.ErrNotFound)
}

func parcelDoc(p shop.Parcel) string {
	var b strings.Builder
	row(&b, p.Carrier, p.Number, p.State.Zh(), date(p.ETA))
	for _, t := range p.Track {
		row(&b, date(t.At), t.Place, t.Text)
	}
	return b.String()
}

func (j *judge) orderDoc(ctx context.Context, o shop.Order) (string, error) {
	var b strings.Builder
	row(&b, o.ID, "尾号", o.ID[len(o.ID)-4:], o.State.Zh(), money(o.TotalFen), money(o.ShippingFen), money(o.DiscountFen), date(o.PlacedAt), date(o.PaidAt),
		date(o.ShippedAt), date(o.SignedAt), date(o.ClosedAt), o.Invoice, fmt.Sprintf("%d 件", len(o.Lines)))
	var fall int64
	for _, l := range o.Lines {
		row(&b, l.Title, l.Variant, fmt.Sprintf("%d 件", l.Quantity), money(l.UnitFen), money(l.ListFen))
		p, err := j.shop.Product(ctx, l.VariantID)
		if err != nil && !errors.Is(err, shop.ErrNotFound) {
			return "", err
		}
		for _, v := range p.Variants {
			if v.ID == l.VariantID {
				row(&b, money(v.PayFen()), money(max(0, l.UnitFen-v.PayFen())))
				fall += max(0, l.UnitFen-v.PayFen()) * int64(l.Quantity)
			}
		}
	}
	row(&b, "差价 "+money(fall))
	for _, g := range o.Gifts {
		p, err := j.shop.Product(ctx, g)
		if err != nil && !errors.Is(err, shop.ErrNotFound) {
			return "", err
		}
		row(&b, "赠送 "+p.Title)
	}
	if r := o.Return; r != nil {
		row(&b, r.ID, r.Kind.Zh(), r.State.Zh(), r.Reason, money(r.RefundFen), date(r.AskedAt), date(r.BackAt), date(r.PaidAt), date(r.DueAt), r.Number)
	}
	return b.String(), nil
}

func cartDoc(c shop.Cart) string {
	var b strings.Builder
	n := 0
	for _, l := range c.Lines {
		n += l.Quantity
		row(&b, l.Title, l.Variant, fmt.Sprintf("%d 件", l.Quantity), money(l.UnitFen), money(l.UnitFen*int64(l.Quantity)))
	}
	row(&b, fmt.Sprintf("%d 件", n), money(c.TotalFen), money(c.DiscountFen), money(c.ShippingFen), money(c.PayFen))
	for _, o := range c.Offs {
		row(&b, o.Title, money(o.Fen))
	}
	return b.String()
}
