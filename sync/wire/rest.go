package wire

import "agentdesk/sync/event"

// LoginRequest signs a user in: POST /api/login.
type LoginRequest struct {
	User     string `json:"user"`
	Password string `json:"password"`
}

// Session is the answer to login and refresh. Token opens the desk door and expires soon; Refresh gets another.
type Session struct {
	Token   string `json:"token"`
	Expires int64  `json:"expires"` // Unix ms
	Refresh string `json:"refresh"`
	User    User   `json:"user"`
}

// RefreshRequest: POST /api/refresh.
type RefreshRequest struct {
	Refresh string `json:"refresh"`
}

// VisitorRequest asks for a visitor's token: POST /api/visitor. Customer names a signed-in customer of the shop and needs
// Proof, the shop's signature; both empty makes an anonymous visitor. The demo shop signs for its own customers.
type VisitorRequest struct {
	Customer string `json:"customer,omitempty"`
	Proof    string `json:"proof,omitempty"`
	Token    string `json:"token,omitempty"` // an earlier token, to stay the same visitor
	Page     string `json:"page,omitempty"`
}

// Visitor is its answer.
type Visitor struct {
	Token    string `json:"token"`
	Expires  int64  `json:"expires"`
	Customer string `json:"customer"`
	Name     string `json:"name,omitempty"`
}

// Problem is the body of every REST refusal.
type Problem struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Uploaded answers POST /api/uploads?conv=&kind=; the file is at /files/{hash}.
type Uploaded struct {
	Hash string `json:"hash"`
	Mime string `json:"mime"`
	Size int64  `json:"size"`
	W    int    `json:"w,omitempty"`
	H    int    `json:"h,omitempty"`
	Secs int    `json:"secs,omitempty"` // of a voice note, rounded up
	Wave []byte `json:"wave,omitempty"` // of a voice note, as in event.Attachment
}

// Paths of the doors.
const (
	PathDesk     = "/ws/desk"
	PathCustomer = "/ws/customer"
	PathLogin    = "/api/login"
	PathRefresh  = "/api/refresh"
	PathVisitor  = "/api/visitor"
	PathUploads  = "/api/uploads"
	PathFiles    = "/files/"
	PathGoods    = "/api/desk/products"
	PathOrders   = "/api/desk/orders"
	PathCoupons  = "/api/desk/coupons"
	PathPast     = "/api/desk/history"
	PathWhole    = "/api/desk/conversations/" // + conversation ID
	PathSource   = "/api/desk/sources/"       // + kind + "/" + ID
	PathTrace    = "/api/desk/traces/"        // + conversation ID + "/" + message ID
	PathUnmask   = "/api/desk/unmask"
	PathHealth   = "/healthz"
	PathReady    = "/readyz"
	PathMetrics  = "/metrics"
)

// PastRow is an earlier conversation of a customer, for GET /api/desk/history?conv=<a conversation of that customer>.
type PastRow struct {
	Conv     string `json:"conv"`
	Opened   int64  `json:"opened"`           // Unix ms
	Closed   int64  `json:"closed,omitempty"` // Unix ms
	Channel  string `json:"channel"`
	Agent    string `json:"agent,omitempty"` // name of the last person who held it
	Messages int    `json:"messages"`
	Snippet  string `json:"snippet,omitempty"` // masked
	Emotion  string `json:"emotion,omitempty"`
	Reason   string `json:"reason,omitempty"`
	Outcome  string `json:"disp,omitempty"`
	Stars    int    `json:"stars,omitempty"`
}

// Past answers GET /api/desk/history, newest first, at most 50.
type Past struct {
	Rows []PastRow `json:"rows"`
}

// Goods answers GET /api/desk/products?q=<words>&conv=<conversation>: products to show to the customer, at most 30.
type Goods struct {
	Items []event.Card `json:"items"`
}

// Orders answers GET /api/desk/orders?conv=<conversation> with the customer's orders, newest first, at most 100.
type Orders struct {
	Items []event.Card `json:"items"`
}

// Coupons answers GET /api/desk/coupons?conv=<conversation>: what an agent may give to this customer.
type Coupons struct {
	Items []event.Card `json:"items"`
}

// SourceDoc answers GET /api/desk/sources/{kind}/{id}: a whole policy, promotion, or all the facts of a product.
type SourceDoc struct {
	Kind     string          `json:"kind"`
	ID       string          `json:"id"`
	Title    string          `json:"title"`
	AsOf     int64           `json:"asof,omitempty"` // Unix ms
	Sections []SourceSection `json:"sections"`
}

// SourceSection is a part of one. ID is what event.Source.Section names.
type SourceSection struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// UnmaskRequest asks to read one message in full: POST /api/desk/unmask, for leads and supervisors. That is noted in the
// conversation, durably, before the answer.
type UnmaskRequest struct {
	Conv    string   `json:"conv"`
	Message event.ID `json:"msg"`
}

// Unmasked is its answer: what the message says as written. Show it and forget it.
type Unmasked struct {
	Text   string            `json:"text,omitempty"`
	Fields map[string]string `json:"fields,omitempty"`
}
