package identity

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"time"
)

const (
	forVisitor = "visitor"
	forProof   = "proof"
)

// VisitorParams says how visitors are known again.
type VisitorParams struct {
	Secret []byte           // signs tokens, at least 32 bytes
	Shop   []byte           // optional: the secret shared with the shop, which signs proofs; Secret when empty (demo)
	TTL    time.Duration    // optional: 30 days
	Now    func() time.Time // optional: the system's clock
}

// Visitors signs and checks tokens of the shop's visitors. It is safe for concurrent use.
type Visitors struct{ p VisitorParams }

// Visitor is who came.
type Visitor struct {
	Customer string
	Anon     bool // not signed in to the shop
	Expires  time.Time
}

// NewVisitors makes a signer.
func NewVisitors(p VisitorParams) (*Visitors, error) {
	if len(p.Secret) < 32 {
		return nil, errors.New("visitors: secret is shorter than 32 bytes")
	}
	if len(p.Shop) == 0 {
		p.Shop = p.Secret
	}
	if p.TTL <= 0 {
		p.TTL = 30 * 24 * time.Hour
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	return &Visitors{p: p}, nil
}

// Proof is the shop's signature for one of its customers, hex.
func (v *Visitors) Proof(customer string) string {
	return hex.EncodeToString(mac(v.p.Shop, forProof, []byte(customer)))
}

// SignIn makes the token of a customer of the shop. ErrToken: the proof does not fit.
func (v *Visitors) SignIn(customer, proof string) (string, Visitor, error) {
	if customer == "" || len(customer) > 128 || !hmac.Equal([]byte(proof), []byte(v.Proof(customer))) {
		return "", Visitor{}, fmt.Errorf("sign in %q: %w", customer, ErrToken)
	}
	token, who := v.issue(customer, false)
	return token, who, nil
}

// Anonymous makes a new visitor.
func (v *Visitors) Anonymous() (string, Visitor) {
	raw := make([]byte, 12)
	_, _ = rand.Read(raw)
	return v.issue("guest-"+hex.EncodeToString(raw), true)
}

// Renew makes a fresh token for the same visitor.
func (v *Visitors) Renew(token string) (string, Visitor, error) {
	who, err := v.Verify(token)
	if err != nil {
		return "", who, err
	}
	fresh, who := v.issue(who.Customer, who.Anon)
	return fresh, who, nil
}

func (v *Visitors) issue(customer string, anon bool) (string, Visitor) {
	expires := v.p.Now().Add(v.p.TTL)
	token := sign(v.p.Secret, claims{For: forVisitor, Subject: customer, Expires: expires.UnixMilli(), Anon: anon})
	return token, Visitor{Customer: customer, Anon: anon, Expires: expires}
}

// Verify checks a token. ErrToken, ErrExpired.
func (v *Visitors) Verify(token string) (Visitor, error) {
	c, err := verify(v.p.Secret, forVisitor, token, v.p.Now())
	if err != nil {
		return Visitor{}, err
	}
	return Visitor{Customer: c.Subject, Anon: c.Anon, Expires: time.UnixMilli(c.Expires)}, nil
}
