// Package shop is what the rest of the house may know of a shop: products, customers, orders, parcels, promotions and
// written policies, behind one interface that every e-commerce connector implements.
//
// Money is integer fen (分). IDs are opaque, stable strings. Times carry a zone. What a method returns is the caller's to
// keep and change: connectors hand out copies.
package shop

import (
	"context"
	"errors"
	"time"
)

// ErrNotFound is returned, wrapped or not, when no such thing exists. Any other error means that the shop could not be asked.
var ErrNotFound = errors.New("shop: not found")

// Shop reads a shop. Implementations are safe for concurrent use, honour ctx, and answer ErrNotFound for unknown IDs.
// Consumers that need less declare less. shoptest holds the contract.
type Shop interface {
	// Product returns one product by its ID or by the ID of one of its variants.
	Product(ctx context.Context, id string) (Product, error)
	// SearchProducts finds products by words of their title, category, actives or ingredients, best first. An empty query
	// lists the catalogue in its own order. limit ≤ 0 means no limit.
	SearchProducts(ctx context.Context, query string, limit int) ([]Product, error)
	// Customer returns one customer.
	Customer(ctx context.Context, id string) (Customer, error)
	// OrdersOf returns a customer's orders, newest first. A known customer without orders has none and no error.
	OrdersOf(ctx context.Context, customerID string, limit int) ([]Order, error)
	// Order returns one order, by its full ID. Whether the asker may see it is the caller's to check: compare CustomerID.
	Order(ctx context.Context, id string) (Order, error)
	// Cart is what a customer has put aside; empty, without error, for a known customer with nothing in it.
	Cart(ctx context.Context, customerID string) (Cart, error)
	// Promotions returns those that run now, in the shop's order.
	Promotions(ctx context.Context) ([]Promotion, error)
	// Policies returns every written policy in the version in force.
	Policies(ctx context.Context) ([]Policy, error)
	// Policy returns one policy.
	Policy(ctx context.Context, id string) (Policy, error)
	// Reviews returns what buyers wrote about a product, newest first; it is opinion, never a fact to cite.
	Reviews(ctx context.Context, productID string, limit int) ([]Review, error)
}

// Tier is a customer's membership grade.
type Tier string

// The tiers, lowest first.
const (
	New      Tier = "new"      // 新客
	Silver   Tier = "silver"   // 银卡
	Gold     Tier = "gold"     // 金卡
	Platinum Tier = "platinum" // 铂金
	Black    Tier = "black"    // 黑金
)

// Tiers returns all tiers, lowest first.
func Tiers() []Tier { return []Tier{New, Silver, Gold, Platinum, Black} }

// Zh is the tier as people read it; "" for an unknown one.
func (t Tier) Zh() string {
	switch t {
	case New:
		return "新客"
	case Silver:
		return "银卡"
	case Gold:
		return "金卡"
	case Platinum:
		return "铂金"
	case Black:
		return "黑金"
	}
	return ""
}

// Channel is where a customer comes from.
type Channel string

// The channels.
const (
	Taobao      Channel = "taobao"
	Douyin      Channel = "douyin"
	Xiaohongshu Channel = "xiaohongshu"
	Wechat      Channel = "wechat"
	Web         Channel = "web"
)

// Channels returns all channels.
func Channels() []Channel { return []Channel{Taobao, Douyin, Xiaohongshu, Wechat, Web} }

// Zh is the channel as people read it; "" for an unknown one.
func (c Channel) Zh() string {
	switch c {
	case Taobao:
		return "淘宝"
	case Douyin:
		return "抖音"
	case Xiaohongshu:
		return "小红书"
	case Wechat:
		return "微信"
	case Web:
		return "官网"
	}
	return ""
}

// Customer is one customer. Name, Phone and Address are personal data: mask them for everybody but the seat's holder.
type Customer struct {
	ID, Nick string // Nick is the name on the channel, e.g. 小鹿不迷路
	Name     string // real name, e.g. 林小鹿; "" when the channel does not tell
	Tier     Tier
	Channel  Channel
	City     string // e.g. 北京海淀
	Phone    string
	Address  string
	Skin     string   // 敏感肌, 干皮, 油皮, 混合皮, 中性皮 or a compound such as 干敏皮; "" unknown
	Concerns []string // e.g. 泛红, 暗沉
	Pregnant string   // e.g. 孕 22 周, 哺乳期, 备孕; "" unknown or none
	Tags     []string
	JoinedAt time.Time
	SpentFen int64 // lifetime, ≥ what the orders on hand say was paid and kept
	Orders   int   // lifetime number of paid orders, ≥ those on hand
	Returns  int   // per mille of paid orders that were returned: 38 is 3.8 %
	Points   int64
	Rating   int // mean of the customer's recent reviews in tenths: 49 is 4.9; 0 none
}

// AverageFen is what one of the customer's orders is worth (客单价), rounded to whole yuan; 0 without orders.
func (c Customer) AverageFen() int64 {
	if c.Orders <= 0 {
		return 0
	}
	yuan := (c.SpentFen + int64(c.Orders)*50) / (int64(c.Orders) * 100)
	return yuan * 100
}
