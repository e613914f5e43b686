// Package proactive finds sales chances and decides which of them the shop may speak of unasked: hesitation at the checkout, what
// goes with a purchase, what is nearly used up, and what a customer asked to hear of when it is back in stock.
//
// It is pure: facts, rules and time come in as data. What it decides is carried out by package work, through the floor.
package proactive

import (
	"slices"
	"time"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// Chance is something that the shop could speak of now.
type Chance struct {
	Kind     string // event.ChanceHesitation, …
	Code     string // what of the kind: cart, order, between, bought, carted, due, back
	Customer string
	Products []shop.Product // the one that is proposed first; of between both
	Variant  shop.Variant   // of the first product
	Variants []string       // of a stock notice: which are back
	With     string         // title of what a complement goes with
	Order    shop.Order     // unpaid, or by which it was bought; zero for none
	Cart     shop.Cart      // of hesitation over a cart
	Why      string         // the reason in words
	Until    time.Time      // the chance is over then
}

// IDs are the products of a chance.
func (c *Chance) IDs() []string {
	var out []string
	for _, p := range c.Products {
		if !slices.Contains(out, p.ID) {
			out = append(out, p.ID)
		}
	}
	return out
}

// Look is a product that was looked at.
type Look struct {
	Product string
	At      time.Time
}

// Facts are what the shop knows of a customer at a moment.
type Facts struct {
	Now      time.Time
	Customer shop.Customer // only ID of a guest who is new
	Orders   []shop.Order  // newest first
	Cart     shop.Cart
	Checkout time.Time // when the checkout was opened last; zero: not lately
	Looks    []Look    // lately, oldest first
	Awaited  []shop.Awaited
	Products []shop.Product // the catalogue
	After    Times
}

// Times are how long what takes.
type Times struct {
	Hesitate time.Duration // a cart, checkout or unpaid order stays as it is for so long
	Cold     time.Duration // and after so long it is none any more
	Between  time.Duration // within which one goes back and forth between two products
	Bought   time.Duration // for so long after a purchase something may go with it
	Early    float64       // the share of a product's duration after which it is nearly used up
	Late     float64       // and from which on it is no news
}

// Default times: the bot's chats close after ten silent minutes (conversation.Policy.BotIdle), so five are a hesitation; the rest
// is chosen, not measured.
func Default() Times {
	return Times{Hesitate: 5 * time.Minute, Cold: 2 * time.Hour, Between: 15 * time.Minute, Bought: 24 * time.Hour, Early: .85, Late: 1.3}
}

// Find finds a customer's chances, the most urgent first, and when to look again should none be there: zero for not before
// something happens.
func Find(f Facts) (list []Chance, next time.Time) {
	add := func(c Chance, ok bool) {
		if ok {
			c.Customer = f.Customer.ID
			list = append(list, c)
		}
	}
	add(back(f))
	c, ok, at := hesitation(f)
	add(c, ok)
	add(between(f))
	if at.IsZero() { // who is buying something is not asked about something else
		add(due(f))
	}
	add(complement(f))
	return list, at
}

// back is what the customer waits for and the shop has again.
func back(f Facts) (Chance, bool) {
	c := Chance{Kind: event.ChanceStock, Code: "back", Why: "登记过到货通知，现在有货", Until: f.Now.Add(f.After.Bought)}
	for _, a := range f.Awaited {
		p, v, ok := f.variant(a.Variant)
		if !ok || v.Stock <= 0 || len(c.Products) == maxBack {
			continue
		}
		if len(c.Products) == 0 {
			c.Variant = v
		}
		c.Products, c.Variants = append(c.Products, p), append(c.Variants, v.ID)
	}
	return c, len(c.Products) > 0
}

// maxBack is of how many things that are back one message tells.
const maxBack = 3

// hesitation is an order that is not paid, or a cart that stays as it is. next is when it will be one.
func hesitation(f Facts) (c Chance, ok bool, next time.Time) {
	c = Chance{Kind: event.ChanceHesitation}
	for _, o := range f.Orders {
		if o.State != shop.Unpaid {
			continue
		}
		if at := o.PlacedAt.Add(f.After.Hesitate); f.Now.Before(at) {
			return c, false, at
		}
		if f.Now.Sub(o.PlacedAt) > f.After.Cold || len(o.Lines) == 0 {
			continue
		}
		c.Code, c.Order, c.Why, c.Until = "order", o, "下单后没有付款", o.PlacedAt.Add(f.After.Cold)
		if p, v, known := f.variant(o.Lines[0].VariantID); known {
			c.Products, c.Variant = []shop.Product{p}, v
		}
		return c, true, time.Time{}
	}
	if len(f.Cart.Lines) == 0 || len(f.Cart.Short) > 0 || f.bought(f.Cart.UpdatedAt) {
		return c, false, time.Time{}
	}
	since := f.Cart.UpdatedAt
	if f.Checkout.After(since) {
		since = f.Checkout
	}
	switch still := f.Now.Sub(since); {
	case still < f.After.Hesitate:
		return c, false, since.Add(f.After.Hesitate)
	case still > f.After.Cold:
		return c, false, time.Time{}
	}
	c.Code, c.Cart, c.Why, c.Until = "cart", f.Cart, "购物车放着没有付款", since.Add(f.After.Cold)
	if f.Checkout.Equal(since) {
		c.Why = "打开了结算页，没有付款"
	}
	for _, l := range f.Cart.Lines {
		if p, v, known := f.variant(l.VariantID); known {
			if len(c.Products) == 0 {
				c.Variant = v
			}
			if c.Products = append(c.Products, p); len(c.Products) == maxBack {
				break
			}
		}
	}
	return c, len(c.Products) > 0, time.Time{}
}

// between is going back and forth between two products that are in stock: each looked at twice, in turn.
func between(f Facts) (Chance, bool) {
	var looks []Look
	for _, l := range f.Looks {
		if f.Now.Sub(l.At) <= f.After.Between && (len(looks) == 0 || looks[len(looks)-1].Product != l.Product) {
			looks = append(looks, l)
		}
	}
	n := len(looks)
	if n < 4 || looks[n-1].Product != looks[n-3].Product || looks[n-2].Product != looks[n-4].Product {
		return Chance{}, false
	}
	a, oka := f.product(looks[n-2].Product)
	b, okb := f.product(looks[n-1].Product)
	if !oka || !okb || a.Main().Stock <= 0 || b.Main().Stock <= 0 {
		return Chance{}, false
	}
	return Chance{Kind: event.ChanceHesitation, Code: "between", Products: []shop.Product{a, b}, Variant: a.Main(), Why: "在两款之间来回看",
		Until: looks[n-1].At.Add(f.After.Between)}, true
}

// bought reports whether something was paid since a moment.
func (f *Facts) bought(since time.Time) bool {
	return slices.ContainsFunc(f.Orders, func(o shop.Order) bool { return o.PaidAt.After(since) })
}

func (f *Facts) product(id string) (shop.Product, bool) {
	for _, p := range f.Products {
		if p.ID == id {
			return p, true
		}
	}
	return shop.Product{}, false
}

func (f *Facts) variant(id string) (shop.Product, shop.Variant, bool) {
	for _, p := range f.Products {
		for _, v := range p.Variants {
			if v.ID == id {
				return p, v, true
			}
		}
	}
	return shop.Product{}, shop.Variant{}, false
}
