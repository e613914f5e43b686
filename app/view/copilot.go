package view

import "time"

// CopilotState is what the copilot is doing.
type CopilotState string

// The states.
const (
	CopilotIdle    CopilotState = "idle"    // nothing to suggest yet
	CopilotWriting CopilotState = "writing" // suggestions stream
	CopilotReady   CopilotState = "ready"
	CopilotFailed  CopilotState = "failed" // never blocks typing
)

// Copilot is the column beside the chat.
type Copilot struct {
	State       CopilotState
	Done, Total int // suggestions finished, of those announced
	Err         *Problem
	Tones       []Choice // what a suggestion can be rewritten to; empty: no chips
	Tone        string   // the chosen one
	Suggestions []Suggestion
	Cards       []Card
	Next        *NextAction
}

// Suggestion is a drafted reply. Text may hold [1]: it points at the source with that Mark.
type Suggestion struct {
	ID        string
	Title     string
	Fit       int // percent
	Text      string
	Sources   []Ref
	Marks     []int // the number of each source, beside Sources; nil: 1, 2, …
	Streaming bool
	Part      float32 // of a streaming one: how much of it is there, 0…1
	Used      string  // adopted, edited, ignored; "" none yet
}

// CardKind is what a card shows.
type CardKind string

// The kinds.
const (
	CardProduct CardKind = "product"
	CardPolicy  CardKind = "policy"
	CardParcel  CardKind = "parcel"
)

// Card is a knowledge card.
type Card struct {
	ID        string
	Kind      CardKind
	Title     string
	PriceFen  int64 // what the customer pays; 0: none
	ListFen   int64 // before coupon; 0: the same
	Stock     int
	Lines     []string // what it is; why it suits
	Source    string   // 商品库, 政策库
	UpdatedAt time.Time
	Picture   string // "": a drawn one
	Image     []byte // PNG or JPEG at display size; nil while it loads or where there is none
	CanSend   bool   // to the customer
	CanOpen   bool   // more about it: ingredients, the whole policy
}

// NextAction is the next best action. RunNext does it, except where Code is "close": then the face opens its closing dialog.
type NextAction struct {
	Code, Title, Order string
}

// Customer is what the shop knows of the customer.
type Customer struct {
	SpentFen   int64
	AverageFen int64
	ReturnRate float64 // 0…1, -1 unknown
	Rating     float64 // 0 unknown
	Brief      []Line  // what is going on, at most three
	Orders     []Order
	Parcels    []Parcel
	Cart       []CartItem
	CartFen    int64
	Tags       []string
	OrderCount int    // all, also those that are not listed
	Past       []Past // earlier conversations, newest first; nil while unknown
}

// Line is a one-line fact.
type Line struct {
	Kind  string // order, parcel, cart
	Text  string
	Right string // 顺丰
	Fen   int64  // shown in place of Right where it is not 0
}

// Order is one order.
type Order struct {
	ID, Status string
	Items      []string
	TotalFen   int64
	At         time.Time
}

// Parcel is one parcel.
type Parcel struct {
	Carrier, Number, Status, Last string
	LastAt, ETA                   time.Time
	Track                         []Step // newest first
}

// Step is one tracking event.
type Step struct {
	At   time.Time
	Text string
}

// CartItem is one item in the cart.
type CartItem struct {
	Title string
	Count int
	Fen   int64
}
