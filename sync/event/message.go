package event

import (
	"encoding/json"
	"fmt"
	"strings"
)

// MessageKind is the form of a message.
type MessageKind string

// The forms of a message.
const (
	Text   MessageKind = "text"
	Image  MessageKind = "image"
	Voice  MessageKind = "voice"
	File   MessageKind = "file"
	Note   MessageKind = "note"   // internal: customers never see it
	Notice MessageKind = "notice" // fixed notice of the system: Code says which

	ProductCard MessageKind = "product" // PostedBody.Ref names the product; the server fills in Card from the shop
	OrderCard   MessageKind = "order"   // Ref names one of the customer's own orders; filled in likewise
	CouponCard  MessageKind = "coupon"  // Ref names a coupon that agents may give; filled in likewise
	FormAsked   MessageKind = "form"    // Form says which form the customer is asked to fill in, Ref for which order
	FormFilled  MessageKind = "filled"  // Form and ReplyTo say what was filled in, Fields holds it; sent by customers
)

// The forms that a customer can fill in. Fields of each, by name:
const (
	FormReturn  = "return"  // order, reason (allergy, broken, wrong, dislike, other), detail, refund (money, exchange)
	FormAddress = "address" // order, name, phone, region, street
	FormLeave   = "leave"   // contact, text: a message left out of hours
)

// Source is what a statement rests on.
type Source struct {
	ID      string `json:"id"`
	Kind    string `json:"kind"` // product, policy, promotion, order, parcel, script
	Title   string `json:"title"`
	Section string `json:"section,omitempty"`
}

// Attachment is a stored file, named by the hash of what is stored.
type Attachment struct {
	Hash string `json:"hash"` // hex SHA-256
	Mime string `json:"mime"`
	Size int64  `json:"size"` // bytes
	W    int    `json:"w,omitempty"`
	H    int    `json:"h,omitempty"`
	Secs int    `json:"secs,omitempty"` // of a voice note, rounded up
	Wave []byte `json:"wave,omitempty"` // of a voice note: loudness 0…255 of at most 64 equal parts, drawn as bars
}

// PostedBody is one message. Its ID is the event's ID. Epoch in the envelope is the one it was written under.
type PostedBody struct {
	Kind        MessageKind       `json:"kind"`
	Code        string            `json:"code,omitempty"` // of a notice: queue.place, takeover, closed.idle, ...
	Args        map[string]string `json:"args,omitempty"` // of a notice
	Attachments []Attachment      `json:"att,omitempty"`
	Sources     []Source          `json:"src,omitempty"`
	Suggestion  string            `json:"sug,omitempty"` // the suggestion it was made from
	Quick       []string          `json:"quick,omitempty"`
	ReplyTo     ID                `json:"re,omitempty"`   // the message it quotes, answers or fills in
	Ref         string            `json:"ref,omitempty"`  // of a card: what it shows; of a form: the order it is about
	Link        string            `json:"link,omitempty"` // of the bot: the page of the shop to go on at, shown as a button; see LinkOK
	Form        string            `json:"form,omitempty"` // of a form asked or filled in: which one
	Did         map[string]string `json:"did,omitempty"`  // of the bot: what it was about, for its next turn; nothing that is personal
	Gone        bool              `json:"gone,omitempty"` // recalled: who wrote it and when is left, what it said is not
}

// LinkOK reports whether a link leads to one of the shop's pages that a message may lead to: /checkout, or /pay/ and an order.
func LinkOK(link string) bool {
	order, pay := strings.CutPrefix(link, "/pay/")
	if !pay || order == "" || len(order) > 64 {
		return link == "/checkout"
	}
	return !strings.ContainsFunc(order, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z') && r != '-'
	})
}

// PostedPrivate is what was said.
type PostedPrivate struct {
	Text   string            `json:"text,omitempty"`
	Card   *Card             `json:"card,omitempty"`   // of a product, order or coupon card, as of when it was sent
	Fields map[string]string `json:"fields,omitempty"` // of a form filled in
}

// Card is a thing of the shop as it stood when it was sent. Money is in fen.
type Card struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Variant string   `json:"variant,omitempty"`
	Price   int64    `json:"price,omitempty"` // of a product: after coupon; of an order: its total; of a coupon: what it takes off
	List    int64    `json:"list,omitempty"`  // of a product: before coupon
	Min     int64    `json:"min,omitempty"`   // of a coupon: from which total it holds
	Stock   int      `json:"stock,omitempty"`
	State   string   `json:"state,omitempty"` // of an order
	Lines   []string `json:"lines,omitempty"` // of an order: its items; of a product: what it is
	At      int64    `json:"at,omitempty"`    // Unix ms: an order's date
	Until   int64    `json:"until,omitempty"` // Unix ms: a coupon's last moment
	Picture string   `json:"pic,omitempty"`   // path on the server
}

// RecalledBody takes a message back. Whoever keeps events drops what the message said: see SaidIn and Redact.
type RecalledBody struct {
	Message ID `json:"msg"`
}

// UnmaskedBody says which message was read.
type UnmaskedBody struct {
	Message ID `json:"msg"`
}

// SaidIn is the message of which an event holds what it said: a posted message's own ID, or the one that an understanding
// quotes; "" for all other events.
func SaidIn(e *Event) ID {
	switch e.Type {
	case Posted:
		return e.ID
	case Understood:
		var b UnderstoodBody
		if e.Decode(&b, nil) == nil {
			return b.Message
		}
	}
	return ""
}

// Redact is an event after the recall of the message that it holds: a posted message keeps place, author, time and form, without
// a content; an understanding keeps its labels, without what it quotes.
func Redact(e Event) (Event, error) {
	if e.Type == Posted {
		var b PostedBody
		if err := e.Decode(&b, nil); err != nil {
			return e, err
		}
		body, err := json.Marshal(PostedBody{Kind: b.Kind, ReplyTo: b.ReplyTo, Form: b.Form, Gone: true})
		if err != nil {
			return e, fmt.Errorf("redact %s: %w", e.ID, err)
		}
		e.Body, e.ClientSum = body, ""
	}
	e.Private, e.Sealed = nil, nil
	return e, nil
}
