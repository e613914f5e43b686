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
	Refunding OrderState = "refunding" // 退款中: nothing comes back, or it came back and was checked; the money is on its way
	Refunded  OrderState = "refunded"  // 已退款
	Swapping  OrderState = "swapping"  // 换货中
	Swapped   OrderState = "swapped"   // 已换货
	Cancelled OrderState = "cancelled" // 已取消, never paid
)

// OrderStates returns all states of an order.
func OrderStates() []OrderState {
	return []OrderState{Unpaid, Paid, Packed, Shipped, Signed, Returning, Refunding, Refunded, Swapping, Swapped, Cancelled}
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
	case Refunding:
		return "退款中"
	case Refunded:
		return "已退款"
	case Swapping:
		return "换货中"
	case Swapped:
		return "已换货"
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
	Return      *Return   // of an order that is or was to come back: returning … swapped, or signed and declined
	Invoice     string    // "", 待开具, 已开具
	InvoiceTo   InvoiceTo // in whose name; empty when none was asked for, or the shop does not tell
	Backs       []PriceBack
	To          Recipient // to whom it goes; empty when the shop does not tell
	Offs        []Off     // what DiscountFen is made of
}

// Off is one reduction: a promotion or a coupon.
type Off struct {
	ID, Title string
	Fen       int64
}

// OrderLine is one position.
type OrderLine struct {
	ProductID, VariantID string
	Title, Variant       string // as sold
	Quantity             int
	UnitFen              int64 // what one costs, product coupon taken off
	ListFen              int64 // what one costs without; 0 unknown
}

// ReturnKind is on what grounds goods come back.
type ReturnKind string

// The grounds; each has its time limit in the policies.
const (
	ReturnPlain   ReturnKind = "plain"   // 七天无理由
	ReturnAllergy ReturnKind = "allergy" // 过敏无忧退
	ReturnFault   ReturnKind = "fault"   // 质量问题、破损
	ReturnSwap    ReturnKind = "swap"    // 换货
	ReturnLost    ReturnKind = "lost"    // 丢件或物流停滞: nothing comes back
	ReturnCancel  ReturnKind = "cancel"  // 未发货退款: nothing was sent
)

// ReturnKinds returns all grounds.
func ReturnKinds() []ReturnKind {
	return []ReturnKind{ReturnPlain, ReturnAllergy, ReturnFault, ReturnSwap, ReturnLost, ReturnCancel}
}

// Zh is the ground as customers read it; "" for an unknown one.
func (k ReturnKind) Zh() string {
	switch k {
	case ReturnPlain:
		return "七天无理由退货"
	case ReturnAllergy:
		return "过敏无忧退"
	case ReturnFault:
		return "质量问题"
	case ReturnSwap:
		return "换货"
	case ReturnLost:
		return "物流异常退款"
	case ReturnCancel:
		return "未发货退款"
	}
	return ""
}

// ReturnState is where a return stands.
type ReturnState string

// The states of a return.
const (
	ReturnAsked    ReturnState = "asked"    // 待审核
	ReturnApproved ReturnState = "approved" // 待寄回
	ReturnSent     ReturnState = "sent"     // 退回途中
	ReturnBack     ReturnState = "back"     // 仓库验收中
	ReturnPaid     ReturnState = "paid"     // 已退款
	ReturnResent   ReturnState = "resent"   // 已换新寄出
	ReturnDeclined ReturnState = "declined" // 未通过
)

// ReturnStates returns all states of a return.
func ReturnStates() []ReturnState {
	return []ReturnState{ReturnAsked, ReturnApproved, ReturnSent, ReturnBack, ReturnPaid, ReturnResent, ReturnDeclined}
}

// Zh is the state as customers read it; "" for an unknown one.
func (s ReturnState) Zh() string {
	switch s {
	case ReturnAsked:
		return "待审核"
	case ReturnApproved:
		return "待寄回"
	case ReturnSent:
		return "退回途中"
	case ReturnBack:
		return "仓库验收中"
	case ReturnPaid:
		return "已退款"
	case ReturnResent:
		return "已换新寄出"
	case ReturnDeclined:
		return "未通过"
	}
	return ""
}

// Return is the course of a return.
type Return struct {
	ID        string // e.g. RT8842
	Kind      ReturnKind
	State     ReturnState
	Reason    string
	Lines     []int // indexes into the order's lines; empty: all
	Pictures  []string
	RefundFen int64 // 0 of a swap
	AskedAt   time.Time
	BackAt    time.Time // the goods arrived at the warehouse; zero before
	PaidAt    time.Time // the refund was paid; zero before
	DueAt     time.Time // by when the shop promised the refund; zero before it did
	Number    string    // tracking number of the way back, "" before it was sent
}

// ParcelState is where a parcel is.
type ParcelState string

// The states of a parcel.
const (
	PickedUp       ParcelState = "picked_up"        // 已揽收
	InTransit      ParcelState = "in_transit"       // 运输中
	OutForDelivery ParcelState = "out_for_delivery" // 派送中
	AtStation      ParcelState = "at_station"       // 待取件: in a locker or at a pick-up point
	Delivered      ParcelState = "delivered"        // 已签收
	Delayed        ParcelState = "delayed"          // 物流停滞: no trace for 48 h
	Lost           ParcelState = "lost"             // 疑似丢失
	Rejected       ParcelState = "rejected"         // 已拒收，退回中
)

// ParcelStates returns all states of a parcel.
func ParcelStates() []ParcelState {
	return []ParcelState{PickedUp, InTransit, OutForDelivery, AtStation, Delivered, Delayed, Lost, Rejected}
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
	case AtStation:
		return "待取件"
	case Delivered:
		return "已签收"
	case Delayed:
		return "物流停滞"
	case Lost:
		return "疑似丢失"
	case Rejected:
		return "已拒收，退回中"
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

// Cart is what a customer has put aside. PayFen = TotalFen − DiscountFen + ShippingFen: what an order of it would cost now.
type Cart struct {
	CustomerID  string
	Lines       []OrderLine
	TotalFen    int64 // Σ quantity × unit price
	Offs        []Off // promotions and coupons that would be taken off
	DiscountFen int64 // Σ Offs
	ShippingFen int64
	PayFen      int64
	Gifts       []string // product IDs that would come with it
	Short       []int    // indexes of lines of which there are not enough in stock
	Nearly      *Nearly  // the next reduction, nil when there is none
	UpdatedAt   time.Time
}

// Nearly says how much is missing to the next reduction.
type Nearly struct {
	Title           string
	MissFen, OffFen int64
}
