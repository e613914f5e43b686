// Package copilot prepares what a person needs while answering a customer: the handoff summary, suggested replies with
// their sources, knowledge cards and the next best action. It knows no shop and no server: facts come in as data.
package copilot

import (
	"context"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// Input is a conversation at one customer message, with the facts that were found for it.
type Input struct {
	Conversation string
	Message      string // ID of the customer message that is answered
	Context      []talk.Turn
	Text         string // the newest customer message
	Thread       string // what the customer said on this matter, oldest first, with the newest message; "" for Text alone
	Emotion      label.Emotion
	Intent       label.Intent // of the newest message
	Matter       label.Intent // what is still to be settled, where the newest message only asks for a person or says hello; "" for Intent
	Reason       label.Reason
	Agent        string // name the agent signs with, "" for none
	Facts        Facts
	Now          time.Time
}

// Facts is what the shop knows that may bear on the conversation. Every item carries the source it is cited by.
type Facts struct {
	Customer Customer
	Products []Product // best first
	Orders   []Order   // best match first, then newest
	Policies []Policy  // that bear on the matter, best first
	Rules    []Policy  // all that the shop has written
	Promos   []Promo   // that are running and that the customer can have
}

// Customer is who writes.
type Customer struct {
	ID, Name, Tier string
	Skin           string // 敏感肌, 油皮, ...; "" unknown
	Tags           []string
	SpentFen       int64
	Points         int64
	Orders         int // that were not cancelled
	Pregnant       string
	Anonymous      bool
}

// Product is a product with what the shop says about it. Money is in fen.
type Product struct {
	ID, Title, Category string
	PriceFen            int64
	CouponFen           int64 // price after coupon; 0 when there is none
	Stock               int
	Skins               []string // whom it suits
	Points              []string // selling points, as the shop states them
	Ingredients         []string // the active ones with their share, then what it is made without
	Full                []string // the whole list
	Summary             string
	Usage, When, Lasts  string
	Shelf, Filing       string
	Variants, Gone      []string // names of what is in stock, and of what is not
	RestockAt           time.Time
	Cautions            []string
	Conflicts           []string // IDs of products not to be used on the same evening
	Pregnancy           string   // the shop's statement on pregnancy, "" for none
	Asked               bool     // the customer named it
	Kin                 bool     // of the kind that the customer named, no product being named
	Bought              bool     // the customer bought it before
	Times               int      // how often
	Clash, Clear        string   // titles of what the customer bought of late that goes badly, or well, with it; "" for none
	Source              event.Source
	UpdatedAt           time.Time
}

// Order is one order of the customer.
type Order struct {
	ID, Status string // status in Chinese, as customers read it
	Items      []string
	TotalFen   int64
	PlacedAt   time.Time
	SignedAt   time.Time // zero until then
	Invoice    string    // 待开具, 已开具; "" when none was asked for
	Return     *Return   // nil when none was asked for
	Parcels    []Parcel
	Sure       bool // the customer named it, or no other can be meant
	Source     event.Source
}

// Return is a return, refund or exchange of an order. Times are zero until it came so far.
type Return struct {
	ID, Kind, State        string
	RefundFen              int64
	AskedAt, BackAt, DueAt time.Time
	PaidAt                 time.Time
}

// Parcel is one parcel of an order.
type Parcel struct {
	Carrier, Number, Status, Last string // Last is the newest trace
	LastAt, ETA                   time.Time
	Source                        event.Source
}

// Policy is a written rule of the shop.
type Policy struct {
	Title, Section, Text string
	Source               event.Source
	UpdatedAt            time.Time
}

// Promo is a running promotion or coupon.
type Promo struct {
	Title, Text string
	Kind        string   // coupon (in the product's price already), reduction, gift, voucher
	Products    []string // IDs; empty: all
	Limited     bool     // not for everybody: a tier, a channel
	Until       time.Time
	Source      event.Source
}

// Summary is the handoff card: 诉求, 已做, 线索, 未解决.
type Summary struct {
	Ask, Done, Clues, Unresolved string
}

// Suggestion is one reply an agent may send.
type Suggestion struct {
	ID       string         `json:"id"`
	Strategy string         `json:"strategy"` // title, e.g. 先安抚，再给步骤
	Text     string         `json:"text"`
	Sources  []event.Source `json:"sources"`
	Fit      int            `json:"fit"` // 0…100
	ByModel  bool           `json:"-"`
}

// Delta is a piece of a suggestion as it is written. Done comes once for each suggestion, with the whole of it.
type Delta struct {
	Rank       int // 1…k
	ID         string
	Strategy   string
	Text       string // to append
	Done       bool
	Suggestion Suggestion // only when Done
}

// CardKind is what a card shows.
type CardKind string

// The kinds of card.
const (
	ProductCard   CardKind = "product"
	PolicyCard    CardKind = "policy"
	PromotionCard CardKind = "promotion"
	OrderCard     CardKind = "order"
	ParcelCard    CardKind = "parcel"
)

// Card is a knowledge card beside the chat.
type Card struct {
	Kind      CardKind
	Title     string
	PriceFen  int64 // 0 when it is no product
	CouponFen int64
	Stock     int
	Lines     []string // what it is or says
	Fits      string   // why it suits this customer, "" when nothing says so
	Source    event.Source
	UpdatedAt time.Time
}

// NextAction is the next best action.
type NextAction struct {
	Code  string // start_allergy_return, urge_logistics, ...
	Title string // 发起无忧退，附赠修护面膜 3 片
	Order string // order ID it applies to, "" for none
}

// Writer rewrites a scripted suggestion with a language model. It returns an error when it could not; the script stays.
type Writer interface {
	Rewrite(ctx context.Context, in Input, s Suggestion, stream func(delta string)) (string, error)
}

// Summariser writes a handoff summary anew from the talk, with a language model. With an error the script stays.
type Summariser interface {
	Summarise(ctx context.Context, in Input, script Summary) (Summary, error)
}
