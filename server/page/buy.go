package page

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"agentdesk/server/shop"
)

// line is a position of a cart or an order, with its picture.
type line struct {
	shop.OrderLine
	Picture string
	Short   bool // there are not so many
	Sum     int64
}

// lines adds the pictures, and says which products are no longer there.
func (g *pages) lines(ctx context.Context, list []shop.OrderLine, short []int) []line {
	out := make([]line, len(list))
	for i, l := range list {
		out[i] = line{OrderLine: l, Short: slices.Contains(short, i), Sum: int64(l.Quantity) * l.UnitFen}
		if p, err := g.Shop.Product(ctx, l.ProductID); err == nil {
			out[i].Picture = p.Picture
		}
	}
	return out
}

func (g *pages) products(ctx context.Context, ids []string) []shop.Product {
	var out []shop.Product
	for _, id := range ids {
		if p, err := g.Shop.Product(ctx, id); err == nil {
			out = append(out, p)
		}
	}
	return out
}

type cartView struct {
	base
	Cart  shop.Cart
	Lines []line
	Gifts []shop.Product
	Claim []shop.OrderCoupon // that can be claimed
	Hints []shop.Product
	Said  string
}

func (g *pages) cart(c *call) error {
	cart, err := g.Shop.Cart(c.ctx, c.who.Customer)
	if err != nil {
		return err
	}
	v := cartView{base: c.base("cart"), Cart: cart, Lines: g.lines(c.ctx, cart.Lines, cart.Short), Gifts: g.products(c.ctx, cart.Gifts)}
	v.Head = v.T("cart.head")
	if c.r.URL.Query().Has("added") {
		v.Said = v.T("cart.added")
	}
	v.Claim = g.claimable(c)
	if len(v.Lines) == 0 {
		v.Hints, _ = g.Shop.SearchProducts(c.ctx, "", 4)
	}
	return c.draw("cart", v)
}

// claimable are the coupons that the visitor could claim now.
func (g *pages) claimable(c *call) []shop.OrderCoupon {
	list, _ := g.Shop.CouponsOf(c.ctx, c.who.Customer) // without them the page is still right
	return slices.DeleteFunc(list, func(o shop.OrderCoupon) bool { return !o.ClaimedAt.IsZero() || o.Order != "" || c.Now().After(o.Until) })
}

// changeCart takes the forms of product pages and of the cart: add, set, or buy at once.
func (g *pages) changeCart(c *call) error {
	variant := c.r.PostFormValue("variant")
	n, err := strconv.Atoi(c.r.PostFormValue("quantity"))
	if err != nil || len(variant) > 128 {
		return shop.ErrInvalid
	}
	switch c.r.PostFormValue("do") {
	case "set":
		_, err = g.Shop.SetQuantity(c.ctx, c.who.Customer, variant, n)
		if err == nil {
			return c.to("/cart")
		}
	case "buy":
		if err = g.atLeast(c, variant, n); err == nil {
			return c.to("/checkout")
		}
	default:
		_, err = g.Shop.AddToCart(c.ctx, c.who.Customer, variant, n)
		if err == nil {
			return c.to("/cart?added=1")
		}
	}
	return err
}

// atLeast sees to it that so many are in the cart: buying twice by accident does not buy two.
func (g *pages) atLeast(c *call, variant string, n int) error {
	cart, err := g.Shop.Cart(c.ctx, c.who.Customer)
	if err != nil {
		return err
	}
	for _, l := range cart.Lines {
		if l.VariantID == variant && l.Quantity >= n {
			return nil
		}
	}
	_, err = g.Shop.SetQuantity(c.ctx, c.who.Customer, variant, n)
	return err
}

type checkoutView struct {
	cartView
	Key          string
	To           shop.Recipient
	Note, Wrong  string
	Used         bool // a coupon would be used
	Plain        bool // none is to be used
	PhoneWrong   string
	NameWrong    string
	AddressWrong string
}

func (g *pages) checkout(c *call) error {
	v, err := g.checkoutView(c)
	if err != nil {
		return err
	}
	if len(v.Lines) == 0 {
		return c.to("/cart")
	}
	v.Key = rand.Text()
	if err := g.Shop.SeeCheckout(c.ctx, c.who.Customer); err != nil {
		g.Logger.Warn("the checkout is not told of", "err", err) // the page is right without
	}
	if who, err := g.Shop.Customer(c.ctx, c.who.Customer); err == nil {
		v.To = shop.Recipient{Name: who.Name, Phone: who.Phone, Address: who.Address}
	}
	return c.draw("checkout", v)
}

func (g *pages) checkoutView(c *call) (checkoutView, error) {
	cart, err := g.Shop.Cart(c.ctx, c.who.Customer)
	if err != nil {
		return checkoutView{}, err
	}
	v := checkoutView{cartView: cartView{base: c.base("cart"), Cart: cart, Lines: g.lines(c.ctx, cart.Lines, cart.Short), Gifts: g.products(c.ctx, cart.Gifts), Claim: g.claimable(c)}}
	v.Head = v.T("checkout.head")
	held, _ := g.Shop.CouponsOf(c.ctx, c.who.Customer)
	for _, o := range cart.Offs {
		v.Used = v.Used || slices.ContainsFunc(held, func(h shop.OrderCoupon) bool { return h.ID == o.ID && h.Usable(c.Now()) })
	}
	return v, nil
}

func (g *pages) placeOrder(c *call) error {
	f := c.r.PostFormValue
	w := shop.Want{Key: f("key"), To: shop.Recipient{Name: f("name"), Phone: f("phone"), Address: f("address")}, Note: strings.TrimSpace(f("note"))}
	if f("plain") != "" {
		w.Coupons = []string{}
	}
	v := checkoutView{To: w.To}
	wrong := v.check(c)
	if !wrong {
		o, err := g.Shop.PlaceOrder(c.ctx, c.who.Customer, w)
		if err == nil {
			return c.to("/pay/" + url.PathEscape(o.ID))
		}
		if !errors.Is(err, shop.ErrInvalid) || w.Key == "" {
			return err
		}
		v.Wrong = "checkout.wrong"
	}
	again, err := g.checkoutView(c)
	if err != nil {
		return err
	}
	if len(again.Lines) == 0 {
		return c.to("/cart")
	}
	again.Key, again.To, again.Note, again.Plain = w.Key, w.To, w.Note, w.Coupons != nil
	again.NameWrong, again.PhoneWrong, again.AddressWrong = again.say(v.NameWrong), again.say(v.PhoneWrong), again.say(v.AddressWrong)
	if v.Wrong != "" {
		again.Wrong = again.T(v.Wrong)
	}
	return c.drawStatus(422, "checkout", again)
}

func (v checkoutView) say(key string) string {
	if key == "" {
		return ""
	}
	return v.T(key)
}

// check looks at what was filled in, before the shop does, so that each field says what is wrong with it.
func (v *checkoutView) check(*call) bool {
	if strings.TrimSpace(v.To.Name) == "" {
		v.NameWrong = "checkout.name.wrong"
	}
	if n := digits(v.To.Phone); n < 7 || n > 15 {
		v.PhoneWrong = "checkout.phone.wrong"
	}
	if len([]rune(strings.TrimSpace(v.To.Address))) < 5 {
		v.AddressWrong = "checkout.address.wrong"
	}
	return v.NameWrong+v.PhoneWrong+v.AddressWrong != ""
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}

type payView struct {
	base
	Order shop.Order
	Lines []line
	Gifts []shop.Product
	Sum   int64
}

func (g *pages) payment(c *call) error {
	o, err := g.Shop.OrderOf(c.ctx, c.who.Customer, c.r.PathValue("id"))
	if err != nil {
		return err
	}
	if o.State != shop.Unpaid {
		return c.to("/orders/" + url.PathEscape(o.ID))
	}
	v := payView{base: c.base("cart"), Order: o, Lines: g.lines(c.ctx, o.Lines, nil), Gifts: g.products(c.ctx, o.Gifts), Sum: sum(o.Lines)}
	v.Head = v.T("pay.head")
	return c.draw("pay", v)
}

func sum(list []shop.OrderLine) int64 {
	var n int64
	for _, l := range list {
		n += int64(l.Quantity) * l.UnitFen
	}
	return n
}

func (g *pages) pay(c *call) error {
	o, err := g.Shop.PayOrder(c.ctx, c.who.Customer, c.r.PathValue("id"))
	if err != nil {
		return err
	}
	return c.to("/orders/" + url.PathEscape(o.ID) + "?paid=1")
}

func (g *pages) claim(c *call) error {
	if _, err := g.Shop.ClaimCoupon(c.ctx, c.who.Customer, c.r.PostFormValue("coupon")); err != nil {
		return err
	}
	back := c.r.PostFormValue("back")
	if !slices.Contains([]string{"/", "/cart", "/checkout", "/member"}, back) {
		back = "/member"
	}
	return c.to(back)
}
