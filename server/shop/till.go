package shop

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// The refusals of a shop that is acted on; test with errors.Is. Each comes wrapped in what exactly is wrong.
var (
	ErrInvalid = errors.New("shop: not possible")        // a quantity, address, reason … that cannot be
	ErrStock   = errors.New("shop: not enough in stock") // errors.As with *StockError tells of what
	ErrState   = errors.New("shop: too late for that")   // the order's or coupon's state or age forbids it
	ErrFull    = errors.New("shop: full")                // a bound of the shop: lines of a cart, open orders of a customer
)

// StockError says what there is not enough of. It is an ErrStock.
type StockError struct {
	Variant, Title string // Title with the variant's name
	Left           int    // how many there are
}

func (e *StockError) Error() string {
	return fmt.Sprintf("%v: %s has %d left", ErrStock, e.Title, e.Left)
}

// Is makes errors.Is(err, ErrStock) true.
func (e *StockError) Is(target error) bool { return target == ErrStock }

// guestPrefix begins the IDs that the doors give to visitors who did not sign in.
const guestPrefix = "guest-"

// IsGuest reports whether an ID is one of a visitor who did not sign in. Guests have carts and orders like customers; a
// shop knows a guest from the first thing put into the cart.
func IsGuest(id string) bool {
	rest, ok := strings.CutPrefix(id, guestPrefix)
	if !ok || rest == "" || len(id) > 128 {
		return false
	}
	return !strings.ContainsFunc(rest, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' })
}

// Store is a shop that customers act on, and that tells of it. What it changes, its reads show at once. "who" is the ID
// of a customer or of a guest; ErrNotFound for others. Implementations are safe for concurrent use.
type Store interface {
	Shop
	Carts
	Coupons
	Orders
	Aftersales
	Services
	Watched
}

// Carts are what customers put aside. Shop.Cart reads one; for a guest who has none it is empty, without error.
type Carts interface {
	// AddToCart puts a quantity of a variant into the cart, beside what is there. ErrStock when there are not so many.
	AddToCart(ctx context.Context, who, variant string, quantity int) (Cart, error)
	// AddOnce is AddToCart that does nothing when the same key of the same customer was added before. A shop remembers at least the
	// last 50 keys of a cart.
	AddOnce(ctx context.Context, who, variant string, quantity int, key string) (Cart, error)
	// SetQuantity sets how many of a variant are in the cart; 0 removes the line.
	SetQuantity(ctx context.Context, who, variant string, quantity int) (Cart, error)
}

// Coupons are what a customer may take off an order: claimed by the customer, or given by an agent.
type Coupons interface {
	// CouponsOf returns the customer's coupons: held and usable first, then those that may be claimed, then used ones.
	CouponsOf(ctx context.Context, who string) ([]OrderCoupon, error)
	// ClaimCoupon takes a coupon that is open to the customer. Claiming what one holds already changes nothing.
	ClaimCoupon(ctx context.Context, who, coupon string) (OrderCoupon, error)
	// AgentCoupons returns what an agent may give to this customer now.
	AgentCoupons(ctx context.Context, who string) ([]OrderCoupon, error)
	// GiveCoupon gives one of AgentCoupons; by is the agent's name. Once a customer: then ErrState.
	GiveCoupon(ctx context.Context, who, coupon, by string) (OrderCoupon, error)
}

// OrderCoupon is an order coupon (店铺券). Product coupons (商品券) need no claim: they are in the prices.
type OrderCoupon struct {
	ID, Title, Text string
	OffFen          int64
	MinFen          int64     // spend from which it applies
	Products        []string  // product IDs; empty: all
	Until           time.Time // the last moment it can be used
	ClaimedAt       time.Time // zero: not held yet
	GivenBy         string    // the agent; "" when claimed by the customer
	Order           string    // the order that used it
}

// Usable reports whether the coupon is held and unspent at a moment.
func (c OrderCoupon) Usable(now time.Time) bool {
	return !c.ClaimedAt.IsZero() && c.Order == "" && !now.After(c.Until)
}

// Orders are made from carts and paid.
type Orders interface {
	// PlaceOrder makes an unpaid order. The same key of the same customer gives the same order again.
	PlaceOrder(ctx context.Context, who string, w Want) (Order, error)
	// PayOrder pays an unpaid order: stock goes down, what was bought leaves the cart. ErrStock when it sold out meanwhile.
	// Paying a paid order changes nothing.
	PayOrder(ctx context.Context, who, order string) (Order, error)
	// CancelOrder ends an order that has not been packed: an unpaid one is cancelled, a paid one refunded.
	CancelOrder(ctx context.Context, who, order string) (Order, error)
	// OrderOf returns a customer's order by its ID or the last four or more digits; ErrNotFound when it is somebody else's.
	OrderOf(ctx context.Context, who, order string) (Order, error)
	// ChangeAddress sends an order that has not been shipped elsewhere.
	ChangeAddress(ctx context.Context, who, order string, to Recipient) (Order, error)
}

// Want is what an order is placed for.
type Want struct {
	Key   string    // made by the caller, once an order: a retry with it is the same order
	Items []Item    // empty: all that is in the cart
	To    Recipient // fields left empty are filled from what the shop knows of the customer
	Note  string
	// Coupons to use; nil: the best of those held. An empty, non-nil list: none.
	Coupons []string
}

// Item is so many of a variant.
type Item struct {
	Variant  string
	Quantity int
}

// Recipient is to whom an order goes. It is personal data: mask it for everybody but the seat's holder.
type Recipient struct {
	Name, Phone, Address string
}

// Aftersales are returns and exchanges.
type Aftersales interface {
	// AskReturn opens a case on an order, within the policies' time limits: ErrState after them, or when one is open.
	AskReturn(ctx context.Context, who, order string, ask ReturnAsk) (Order, error)
	// SettleReturn moves an open case on: approved, declined, and so on. ErrState when it cannot go there.
	SettleReturn(ctx context.Context, order string, to ReturnState) (Order, error)
}

// ReturnAsk is what a customer asks for.
type ReturnAsk struct {
	Kind     ReturnKind
	Reason   string
	Opened   bool     // the goods were opened
	Lines    []int    // indexes into the order's lines; empty: all
	Pictures []string // IDs of the pictures that show it
}

// Services are what a shop does beside that at a customer's word. Asking for the same again changes nothing more.
type Services interface {
	// ProtectPrice pays back what the lines of an order cost less now than was paid for them, and was not paid back before.
	// The same key gives the same answer again. Fen is 0, and nothing changed, when nothing costs less. ErrState outside the
	// policies' time limit, of an order that is on its way back, or when it was paid back as often as the policies allow.
	ProtectPrice(ctx context.Context, who, order, key string) (PriceBack, error)
	// AskInvoice asks for the invoice of a signed order: ErrState of others, and outside the policies' time limit. An order has
	// one invoice: asking again changes nothing.
	AskInvoice(ctx context.Context, who, order string, to InvoiceTo) (Order, error)
	// NotifyStock notes that somebody wants to hear when a variant is back in stock.
	NotifyStock(ctx context.Context, who, variant string) error
	// Awaited returns the variants of which somebody wants to hear, in the order in which they were asked for.
	Awaited(ctx context.Context, who string) ([]Awaited, error)
	// StockTold notes that somebody heard of variants; they are no longer awaited.
	StockTold(ctx context.Context, who string, variants ...string) error
}

// Awaited is a variant of which somebody wants to hear, since a moment; zero where the shop does not know.
type Awaited struct {
	Variant string
	Since   time.Time
}

// PriceBack is a difference in price that was paid back.
type PriceBack struct {
	Key string
	Fen int64
	At  time.Time
}

// InvoiceTo is in whose name an invoice is made out.
type InvoiceTo struct {
	Title string // a person's or a company's name
	TaxNo string // of a company; "" for a person
}

// Watched tells what happens.
type Watched interface {
	// Watch calls fn after every change, in the order of changes, until stop is called. fn returns soon and does not
	// change the shop; it may read it.
	Watch(fn func(Activity)) (stop func())
	// See notes that somebody looks at a product. ErrNotFound when there is no such product.
	See(ctx context.Context, who, product string) error
	// SeeCheckout notes that somebody opened the checkout with something in the cart.
	SeeCheckout(ctx context.Context, who string) error
	// Seen returns the products that somebody looked at, newest first, each once.
	Seen(ctx context.Context, who string, limit int) ([]Viewed, error)
}

// Viewed is a product that somebody looked at.
type Viewed struct {
	Product string
	At      time.Time
}

// What a customer did.
const (
	CartAdded       = "cart_added"
	CartRemoved     = "cart_removed" // also: fewer of it
	CouponClaimed   = "coupon_claimed"
	CouponGiven     = "coupon_given"
	Ordered         = "ordered"
	OrderPaid       = "paid"
	OrderCancelled  = "cancelled"
	ReturnRequested = "return_requested"
	ReturnSettled   = "return_settled"
	AddressChanged  = "address_changed"
	PricePaidBack   = "price_paid_back"
	InvoiceAsked    = "invoice_asked"
	StockAwaited    = "stock_awaited"
	ProductViewed   = "viewed"
	CheckoutOpened  = "checkout_opened"
	StockBack       = "stock_back" // by the shop: what the customer waits for is in stock again
)

// Activity is one thing that happened in the shop. Fields that do not apply are empty. No personal data is in it.
type Activity struct {
	Customer string
	What     string // CartAdded, …
	Product  string
	Variant  string // variant ID
	Order    string
	Title    string // of the product with its variant, of the order's first line, or of the coupon
	Qty      int    // how many were added, removed or ordered
	Fen      int64  // what they come to: price × Qty, the order's total, the coupon's worth, the refund
	At       time.Time
}
