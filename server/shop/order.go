package shop

import "time"

// OrderState is where an order stands.
type OrderState string

// The states of an order, in the order in which they come.
const (
	Unpaid    OrderState = "unpaid"    // 待付款
	Paid      OrderState = "paid"      // 待发货
	Packed    OrderState = "packed"    // 已打包
	Shipped   OrderState = "shipped"   // 已发货: at least one parcel left and not all are signed
	Signed    OrderState = "signed"    // 已签收
	Returning OrderState = "returning" // 退货中
	Refunded  OrderState = "refunded"  // 已退款
	Cancelled OrderState = "cancelled" // 已取消, never paid
)

// OrderStates returns all states of an order.
func OrderStates() []OrderState {
	return []OrderState{Unpaid, Paid, Packed, Shipped, Signed, Returning, Refunded, Cancelled}
}

// Zh is the state as customers read it; "" for an unknown one.
func (s OrderState) Zh() string {
	switch s {
	case Unpaid:
		return "待付款"
	case Paid:
		return "待发货"
	case Packed:
		return "已打包待揽收"
	case Shipped:
		return "已发货"
	case Signed:
		return "已签收"
	case Returning:
		return "退货中"
	case Refunded:
		return "已退款"
	case Cancelled:
		return "已取消"
	}
	return ""
}

// Order is one order. TotalFen = Σ lines (quantity × unit price) − DiscountFen + ShippingFen.
type Order struct {
	ID          string // e.g. CY8800008842; people also say the last four digits
	CustomerID  string
	State       OrderState
	Channel     Channel
	Lines       []OrderLine
	DiscountFen int64 // reductions on the whole order
	ShippingFen int64
	TotalFen    int64
	PlacedAt    time.Time
	PaidAt      time.Time // zero while unpaid, and so on for those below
	ShippedAt   time.Time // the first parcel left
	SignedAt    time.Time // the last parcel arrived
	ClosedAt    time.Time // refunded or cancelled
	Note        string    // the customer's note
	Gifts       []string  // product IDs that were to come with it, free
	Parcels     []Parcel  // none before it is shipped
	Return      *Return   // only when returning or refunded
	Invoice     string    // "", 待开具, 已开具
}

// OrderLine is one position.
type OrderLine struct {
	ProductID, VariantID string
	Title, Variant       string // as sold
	Quantity             int
	UnitFen              int64
}

// Return is the course of a return.
type Return struct {
	Reason    string
	RefundFen int64
	AskedAt   time.Time
	BackAt    time.Time // the goods arrived at the warehouse; zero before
	PaidAt    time.Time // the refund was paid; zero before
	DueAt     time.Time // by when the shop promised the refund; zero before BackAt
	Number    string    // tracking number of the way back, "" before it was sent
}

// ParcelState is where a parcel is.
type ParcelState string

// The states of a parcel.
const (
	PickedUp       ParcelState = "picked_up"        // 已揽收
	InTransit      ParcelState = "in_transit"       // 运输中
	OutForDelivery ParcelState = "out_for_delivery" // 派送中
	Delivered      ParcelState = "delivered"        // 已签收
	Delayed        ParcelState = "delayed"          // 物流停滞: no trace for 48 h
	Lost           ParcelState = "lost"             // 疑似丢失
)

// ParcelStates returns all states of a parcel.
func ParcelStates() []ParcelState {
	return []ParcelState{PickedUp, InTransit, OutForDelivery, Delivered, Delayed, Lost}
}

// Zh is the state as customers read it; "" for an unknown one.
func (s ParcelState) Zh() string {
	switch s {
	case PickedUp:
		return "已揽收"
	case InTransit:
		return "运输中"
	case OutForDelivery:
		return "派送中"
	case Delivered:
		return "已签收"
	case Delayed:
		return "物流停滞"
	case Lost:
		return "疑似丢失"
	}
	return ""
}

// Parcel is one parcel of an order.
type Parcel struct {
	Number  string // tracking number
	Carrier string // 顺丰速运, 中通快递, ...
	State   ParcelState
	ETA     time.Time // zero when delivered or unknown
	Lines   []int     // indexes into the order's lines
	Track   []TrackEvent
}

// Last is the newest trace, the zero TrackEvent when there is none.
func (p Parcel) Last() TrackEvent {
	if len(p.Track) == 0 {
		return TrackEvent{}
	}
	return p.Track[len(p.Track)-1]
}

// TrackEvent is one trace of a parcel; a parcel's run from old to new.
type TrackEvent struct {
	At    time.Time
	Place string
	Text  string
}

// Cart is what a customer has put aside.
type Cart struct {
	CustomerID string
	Lines      []OrderLine
	TotalFen   int64 // Σ quantity × unit price
	UpdatedAt  time.Time
}
