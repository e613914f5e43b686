package bot

import (
	"fmt"
	"strconv"
	"strings"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// reductions are the promotions that take something off above a sum for this customer, of which an order gets one.
func reductions(f Found) []shop.Promotion {
	var out []shop.Promotion
	for _, p := range f.Promos {
		if p.Kind == shop.Reduction && len(p.Products) == 0 && tierFits(p, f.Customer.Tier) && !(f.Customer.ID == "" && len(p.Tiers) > 0) {
			out = append(out, p)
		}
	}
	return out
}

// reached is the reduction that takes most off a sum; nil when it reaches none.
func reached(list []shop.Promotion, fen int64) *shop.Promotion {
	var best *shop.Promotion
	for i := range list {
		if p := &list[i]; p.MinFen <= fen && p.Stackable && (best == nil || p.OffFen > best.OffFen) {
			best = p
		}
	}
	return best
}

// next is the reduction that a sum reaches next; nil when it has the largest.
func next(list []shop.Promotion, fen int64) *shop.Promotion {
	var best *shop.Promotion
	for i := range list {
		if p := &list[i]; p.MinFen > fen && p.Stackable && (best == nil || p.MinFen < best.MinFen) {
			best = p
		}
	}
	return best
}

// figure is a number that the policies state, with the section that states it; false when the shop has no such number.
func (f Found) figure(name string) (int64, bool) {
	n, ok := f.Figures[name]
	return n, ok
}

// sum tells what so many of a product come to, with the reduction that they reach and the fee for sending them.
func sum(in Input, f Found) plan {
	if f.Exact && len(f.Named) > 1 {
		return sumOf(in, f)
	}
	return onProduct(in, f, func(in Input, p shop.Product, f Found) plan {
		v := in.variantOf(p)
		n := int64(quantity(in.Text))
		total := n * v.PayFen()
		pay := total
		vars := map[string]string{"title": p.Title, "variant": v.Name, "n": strconv.FormatInt(n, 10), "each": yuan(v.PayFen()), "sum": yuan(total)}
		says := fmt.Sprintf("%s 每件 %s，%d 件 %s", v.Name, yuan(v.PayFen()), n, yuan(total))
		facts := []Fact{}
		if off := reached(reductions(f), total); off != nil {
			pay -= off.OffFen
			vars["off"] = "可用" + off.Title + "，减 " + yuan(off.OffFen) + "，到手 " + yuan(pay) + "。"
			facts = append(facts, promoFact(*off))
		} else if up := next(reductions(f), total); up != nil && containsAny(in.Text, "满减", "减", "优惠", "到手") {
			vars["off"] = "还没有到" + up.Title + "的门槛。"
			facts = append(facts, promoFact(*up))
		}
		if free, ok := f.figure("free_ship_fen"); ok {
			if fee, ok := f.figure("shipping_fen"); ok && pay < free {
				vars["ship"] = "不满 " + yuan(free) + " 另加运费 " + yuan(fee) + "，一共 " + yuan(pay+fee) + "。"
				facts = append(facts, Fact{Text: vars["ship"], Source: f.FigureOf["shipping_fen"]})
				says += "，" + yuan(pay+fee)
			} else if ok && containsAny(in.Text, "运费", "包邮") {
				vars["ship"] = "满 " + yuan(free) + " 包邮，不另收运费。"
				facts = append(facts, Fact{Text: vars["ship"] + "包邮", Source: f.FigureOf["shipping_fen"]})
			}
		}
		pl := say("product.sum", vars, append([]Fact{productFact(p, says+"，"+yuan(pay))}, facts...)...)
		pl.variant, pl.fixed = v.ID, true
		return pl
	})
}

// sumOf tells what one each of some products come to.
func sumOf(in Input, f Found) plan {
	var total int64
	var parts []string
	var facts []Fact
	for _, p := range f.Named {
		v := in.variantOf(p)
		total += v.PayFen()
		s := strings.TrimSpace(p.Title+" "+v.Name) + " " + yuan(v.PayFen())
		parts, facts = append(parts, s), append(facts, productFact(p, s))
	}
	vars := map[string]string{"list": strings.Join(parts, "、"), "sum": yuan(total)}
	facts[0].Text += "，各一件合计 " + yuan(total)
	if off := reached(reductions(f), total); off != nil {
		vars["off"] = "可用" + off.Title + "，减 " + yuan(off.OffFen) + "。"
		facts = append(facts, promoFact(*off))
	}
	pl := say("product.sumof", vars, facts...)
	pl.fixed = true
	return pl
}

// gap tells what is missing to the next reduction, or to free shipping, from a sum that the customer names or has in the cart.
func gap(in Input, f Found) plan {
	have := in.re.amount(in.Text)
	var facts []Fact
	if have == 0 && len(f.Cart.Lines) > 0 {
		have = f.Cart.TotalFen
		facts = append(facts, cartFact(f.Cart))
	}
	if have == 0 && f.Product != nil {
		have = in.variantOf(*f.Product).PayFen()
		facts = append(facts, productFact(*f.Product, yuan(have)))
	}
	if free, ok := f.figure("free_ship_fen"); ok && containsAny(in.Text, "包邮", "运费", "免邮") && have > 0 {
		src := f.FigureOf["free_ship_fen"]
		vars := map[string]string{"have": yuan(have), "title": "满 " + yuan(free) + " 包邮"}
		if have < free {
			vars["miss"] = "还差 " + yuan(free-have) + "。"
		} else {
			vars["miss"] = "已经够了，不另收运费。"
		}
		pl := say("promo.gap", vars, append(facts, Fact{Text: vars["title"] + "，" + vars["have"] + vars["miss"] + "包邮", Source: src})...)
		pl.fixed = true
		return pl
	}
	up := next(reductions(f), have)
	if have == 0 || up == nil {
		return price(in, f)
	}
	if now := reached(reductions(f), have); now != nil {
		facts = append(facts, promoFact(*now))
	}
	vars := map[string]string{"have": yuan(have), "title": up.Title, "miss": "还差 " + yuan(up.MinFen-have) + "，到了减 " + yuan(up.OffFen) + "。"}
	if now := reached(reductions(f), have); now != nil {
		vars["now"] = "现在可用" + now.Title + "。"
	}
	fact := promoFact(*up)
	fact.Text += "；" + vars["have"] + "，" + vars["miss"]
	pl := say("promo.gap", vars, append(facts, fact)...)
	pl.fixed = true
	return pl
}

func cartFact(c shop.Cart) Fact {
	text := fmt.Sprintf("合计 %s，优惠 %s，运费 %s，应付 %s", yuan(c.TotalFen), yuan(c.DiscountFen), yuan(c.ShippingFen), yuan(c.PayFen))
	for _, l := range c.Lines {
		text += fmt.Sprintf("；%s %s ×%d %s", l.Title, l.Variant, l.Quantity, yuan(l.UnitFen))
	}
	for _, o := range c.Offs {
		text += fmt.Sprintf("；%s 减 %s", o.Title, yuan(o.Fen))
	}
	return Fact{Text: text, Source: event.Source{ID: c.CustomerID, Kind: "cart", Title: "购物车"}}
}

// basket tells what is in the cart and what it comes to.
func basket(in Input, f Found) plan {
	if p, stop := signedIn(in); stop {
		return p
	}
	c := f.Cart
	if len(c.Lines) == 0 {
		return say("pay.nothing", nil)
	}
	var names []string
	for _, l := range c.Lines[:min(4, len(c.Lines))] {
		names = append(names, fmt.Sprintf("%s ×%d", strings.TrimSpace(l.Title+" "+l.Variant), l.Quantity))
	}
	vars := map[string]string{"items": strings.Join(names, "、"), "total": yuan(c.TotalFen), "pay": yuan(c.PayFen)}
	var offs []string
	for _, o := range c.Offs {
		offs = append(offs, o.Title+"减 "+yuan(o.Fen))
	}
	if len(offs) > 0 {
		vars["off"] = "可用优惠：" + strings.Join(offs, "、") + "。"
	} else if up := next(reductions(f), c.TotalFen); up != nil && containsAny(in.Text, "减", "优惠") {
		vars["off"] = "还没有到" + up.Title + "的门槛。"
	}
	fact := cartFact(c)
	pl := say("cart.sum", vars, fact)
	if strings.HasPrefix(vars["off"], "还没有") {
		pl.cite(promoFact(*next(reductions(f), c.TotalFen)))
	}
	pl.fixed = true
	return pl
}

// paid tells what an order came to.
func paid(in Input, o shop.Order, _ Found) plan {
	vars, fact := orderVars(o)
	if o.DiscountFen > 0 {
		vars["off"] = "，其中优惠 " + yuan(o.DiscountFen)
	}
	verb := "实付"
	if o.State == shop.Unpaid {
		verb = "待付"
	}
	vars["verb"] = verb
	return say("order.paid", vars, fact, orderFact(o, verb+" "+vars["total"]+vars["off"]))
}

// points tells how many points a customer has, and what they are worth.
func points(in Input, f Found) plan {
	if p, stop := signedIn(in); stop {
		if len(f.Sections) > 0 {
			return say("policy", map[string]string{"policy": quote(f.Sections[0])}, f.Sections[0])
		}
		return p
	}
	n := f.Customer.Points
	vars := map[string]string{"points": strconv.FormatInt(n, 10)}
	who := Fact{Text: fmt.Sprintf("积分 %d 分", n), Source: event.Source{ID: f.Customer.ID, Kind: "customer", Title: "会员资料"}}
	facts := []Fact{who}
	if per, ok := f.figure("points_per_yuan"); ok && per > 0 {
		vars["worth"] = "，可抵 " + yuan(n*100/per)
		facts[0].Text += vars["worth"]
	}
	if len(f.Sections) > 0 {
		vars["policy"] = quote(f.Sections[0])
		facts = append(facts, f.Sections[0])
	}
	return say("member.points", vars, facts...)
}

// amount is the sum in fen that a text names; 0 when it names none.
func (p *patterns) amount(text string) int64 {
	m := p.sum.FindStringSubmatch(text)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return 0
	}
	return n * 100
}
