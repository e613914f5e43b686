package identity

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// maxToken bounds what is looked at, in bytes.
const maxToken = 2048

// claims is what a token says. For is its purpose, so that one sort cannot pass for another.
type claims struct {
	For     string `json:"for"`
	Subject string `json:"sub"`
	Expires int64  `json:"exp"` // Unix ms
	Anon    bool   `json:"anon,omitempty"`
}

func sign(secret []byte, c claims) string {
	body, _ := json.Marshal(c) // strings and numbers only
	b := base64.RawURLEncoding
	return b.EncodeToString(body) + "." + b.EncodeToString(mac(secret, c.For, body))
}

func mac(secret []byte, purpose string, body []byte) []byte {
	h := hmac.New(sha256.New, secret)
	h.Write([]byte("agentdesk/" + purpose + "\x00"))
	h.Write(body)
	return h.Sum(nil)
}

func verify(secret []byte, purpose, token string, now time.Time) (claims, error) {
	var c claims
	head, tail, ok := strings.Cut(token, ".")
	if !ok || len(token) > maxToken {
		return c, ErrToken
	}
	body, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return c, ErrToken
	}
	sum, err := base64.RawURLEncoding.DecodeString(tail)
	if err != nil || !hmac.Equal(sum, mac(secret, purpose, body)) {
		return c, ErrToken
	}
	if err := json.Unmarshal(body, &c); err != nil {
		return c, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if c.For != purpose || c.Subject == "" {
		return c, ErrToken
	}
	if now.UnixMilli() >= c.Expires {
		return c, ErrExpired
	}
	return c, nil
}
