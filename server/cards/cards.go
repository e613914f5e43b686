// Package cards makes the cards that stand in chats (event.Card) from what the shop says: products, orders and coupons as
// they stand at that moment. No card holds to whom an order goes.
package cards

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// ErrUnknown is returned for what the shop does not have, or not for this customer. Its text is for the sender.
var ErrUnknown = errors.New("no such thing in the shop")

// Bounds of what one card says and of one list.
const (
	maxLines = 8
	// MaxRef bounds a reference in bytes; longer ones name nothing.
	MaxRef = 128
)

// Shop is what cards are made from.
type Shop interface {
	Product(ctx context.Context, id string) (shop.Product, error)
	OrderOf(ctx context.Context, who, order string) (shop.Order, error)
	AgentCoupons(ctx context.Context, who string) ([]shop.OrderCoupon, error)
}

// Find makes the card that kind and ref name, for a chat with a customer. ErrUnknown: there is no such product, it is not
// the customer's order, or agents may not give the coupon. Any other error: the shop could not be asked.
func Find(ctx context.Context, sh Shop, kind event.MessageKind, customer, ref string) (*event.Card, error) {
	if ref == "" || len(ref) > MaxRef {
		return nil, fmt.Errorf("%w: a card names what it shows", ErrUnknown)
	}
	switch kind {
	case event.ProductCard:
		p, err := sh.Product(ctx, ref)
		if err != nil {
			return nil, unknown(err, "there is no such product")
		}
		c := Product(p, ref)
		return &c, nil
	case event.OrderCard:
		o, err := sh.OrderOf(ctx, customer, ref)
		if err != nil {
			return nil, unknown(err, "there is no such order of this customer")
		}
		c := Order(o)
		c.Picture = OrderPicture(ctx, sh, o)
		return &c, nil
	case event.CouponCard:
		list, err := sh.AgentCoupons(ctx, customer)
		if err != nil {
			return nil, unknown(err, "the shop does not know this customer yet: no coupon can be given")
		}
		for _, o := range list {
			if o.ID == ref {
				c := Coupon(o)
				return &c, nil
			}
		}
		return nil, fmt.Errorf("%w: agents cannot give this coupon to this customer", ErrUnknown)
	}
	return nil, fmt.Errorf("%w: %q shows nothing", ErrUnknown, kind)
}

func unknown(err error, text string) error {
	if errors.Is(err, shop.ErrNotFound) {
		return fmt.Errorf("%w: %s", ErrUnknown, text)
	}
	return fmt.Errorf("ask the shop: %w", err)
}

// Product is a product's card. ref is the product's ID or that of the variant to show; another shows the main one.
func Product(p shop.Product, ref string) event.Card {
	v := p.Main()
	for _, o := range p.Variants {
		if o.ID == ref {
			v = o
		}
	}
	c := event.Card{ID: p.ID, Title: p.Title, Variant: v.Name, Price: v.PayFen(), Stock: v.Stock, Picture: picture(p)}
	if v.ID == ref {
		c.ID = v.ID
	}
	if v.CouponFen > 0 {
		c.List = v.ListFen
	}
	if p.Summary != "" {
		c.Lines = append(c.Lines, p.Summary)
	}
	if len(p.Skins) > 0 {
		c.Lines = append(c.Lines, "适合："+strings.Join(p.Skins, "、"))
	}
	if v.Stock == 0 && !v.RestockAt.IsZero() {
		c.Lines = append(c.Lines, fmt.Sprintf("预计 %d 月 %d 日补货", v.RestockAt.Month(), v.RestockAt.Day()))
	}
	return c
}

func picture(p shop.Product) string {
	if p.Picture == "" {
		return ""
	}
	return "/pictures/" + p.Picture
}

// Order is an order's card: what was bought and where it stands.
func Order(o shop.Order) event.Card {
	c := event.Card{ID: o.ID, State: o.State.Zh(), Price: o.TotalFen, At: millis(o.PlacedAt)}
	if o.Return != nil && o.State != shop.Signed {
		c.State += " · " + o.Return.State.Zh()
	}
	n := 0
	for i, l := range o.Lines {
		n += l.Quantity
		if i < maxLines {
			c.Lines = append(c.Lines, strings.TrimSpace(l.Title+" "+l.Variant)+fmt.Sprintf(" × %d", l.Quantity))
		}
	}
	if len(o.Lines) == 0 {
		c.Title = o.ID
		return c
	}
	c.Title = o.Lines[0].Title
	if len(o.Lines) > 1 {
		c.Title = fmt.Sprintf("%s 等 %d 件", c.Title, n)
	}
	return c
}

// OrderPicture is the picture of an order's first product, "" when the shop does not tell.
func OrderPicture(ctx context.Context, sh interface {
	Product(ctx context.Context, id string) (shop.Product, error)
}, o shop.Order) string {
	if len(o.Lines) == 0 {
		return ""
	}
	p, err := sh.Product(ctx, o.Lines[0].ProductID)
	if err != nil {
		return "" // a product that is gone: the card is right without its picture
	}
	return picture(p)
}

// Coupon is an order coupon's card.
func Coupon(o shop.OrderCoupon) event.Card {
	c := event.Card{ID: o.ID, Title: o.Title, Price: o.OffFen, Min: o.MinFen, Until: millis(o.Until)}
	if o.Text != "" {
		c.Lines = []string{o.Text}
	}
	return c
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}
