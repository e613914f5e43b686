package client

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Bounds of what is asked for beside the socket.
const (
	maxTalk      = 16 << 20 // bytes of one whole conversation
	maxFile      = wire.MaxUpload + 1<<20
	uploadWithin = 3 * time.Minute
	fileWithin   = time.Minute
	maxGoods     = 30
	maxOrders    = 100
	maxPast      = 50
	maxSections  = 200
	maxTraced    = 32   // of each list in a trace
	maxPixelsOut = 4096 // the widest thumbnail that is asked for
)

// ErrTooLong is returned for an answer beyond its bound.
var ErrTooLong = errors.New("the answer is too long")

// errAnswer is wrapped by errors of answers that are not what they should be.
var errAnswer = errors.New("not the answer expected")

// Source is a whole product sheet, policy, promotion or order in the shop's words.
type Source struct {
	Title    string    `json:"title"`
	Sections []Section `json:"sections"`
}

// Section is a part of a Source.
type Section struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

// Web asks the server's HTTP doors for a signed-in desk. A refusal is a *RESTError; other errors mean that the server was
// not reached or did not answer as it should. Each call has a deadline of its own.
type Web struct {
	HTTP   *http.Client // without a timeout of its own: uploads take long
	Server string
	Token  func(ctx context.Context, renew bool) (string, error) // as Params.Token
}

// call is one request that may be sent twice.
type call struct {
	method, path string
	query        url.Values
	mime         string
	body         func() io.Reader
	size         int64
	limit        int64 // bytes of the answer
	within       time.Duration
}

// ask sends a request; with a token that has run out, once more with another.
func (w *Web) ask(ctx context.Context, c call) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, c.within)
	defer cancel()
	u, err := Base(w.Server)
	if err != nil {
		return nil, err
	}
	u = u.JoinPath(c.path)
	u.RawQuery = c.query.Encode()
	for renew := false; ; renew = true {
		token, err := w.Token(ctx, renew)
		if err != nil {
			return nil, fmt.Errorf("token: %w", err)
		}
		var body io.Reader
		if c.body != nil {
			body = c.body()
		}
		req, err := http.NewRequestWithContext(ctx, c.method, u.String(), body)
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", c.path, err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		if c.body != nil {
			req.Header.Set("Content-Type", c.mime)
			req.ContentLength = c.size
		}
		data, err := do(w.HTTP, req, c.limit)
		var re *RESTError
		if errors.As(err, &re) && re.Status == http.StatusUnauthorized && !renew {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("ask %s: %w", c.path, err)
		}
		return data, nil
	}
}

func get[T any](ctx context.Context, w *Web, path string, query url.Values, limit int64, decode func([]byte) (T, error)) (T, error) {
	data, err := w.ask(ctx, call{method: http.MethodGet, path: path, query: query, limit: limit, within: askWithin})
	if err != nil {
		var none T
		return none, err
	}
	out, err := decode(data)
	if err != nil {
		return out, fmt.Errorf("decode %s: %w", path, err)
	}
	return out, nil
}

// Products are the shop's products for some words, as they may be shown in a conversation.
func (w *Web) Products(ctx context.Context, words, conv string) ([]event.Card, error) {
	return get(ctx, w, "/api/desk/products", url.Values{"q": {words}, "conv": {conv}}, maxAnswer, decodeCards(maxGoods))
}

// Orders are the orders of a conversation's customer, newest first.
func (w *Web) Orders(ctx context.Context, conv string) ([]event.Card, error) {
	return get(ctx, w, "/api/desk/orders", url.Values{"conv": {conv}}, maxAnswer, decodeCards(maxOrders))
}

// Coupons are what an agent may give in a conversation.
func (w *Web) Coupons(ctx context.Context, conv string) ([]event.Card, error) {
	return get(ctx, w, "/api/desk/coupons", url.Values{"conv": {conv}}, maxAnswer, decodeCards(maxOrders))
}

// Past are the earlier conversations of a conversation's customer, newest first.
func (w *Web) Past(ctx context.Context, conv string) ([]wire.PastRow, error) {
	return get(ctx, w, "/api/desk/history", url.Values{"conv": {conv}}, maxAnswer, decodePast)
}

// Conversation is one earlier conversation, whole and masked.
func (w *Web) Conversation(ctx context.Context, id string) (wire.Conversation, error) {
	return get(ctx, w, "/api/desk/conversations/"+url.PathEscape(id), nil, maxTalk, decodeTalk(id))
}

// Source is what stands behind a card or citation.
func (w *Web) Source(ctx context.Context, kind, id string) (Source, error) {
	return get(ctx, w, "/api/desk/sources/"+url.PathEscape(kind)+"/"+url.PathEscape(id), nil, maxAnswer, decodeSource)
}

// Trace is how a message of the bot came about. A RESTError of code no_trace says that it is not kept any more.
func (w *Web) Trace(ctx context.Context, conv string, msg event.ID) (wire.Trace, error) {
	return get(ctx, w, wire.PathTrace+url.PathEscape(conv)+"/"+url.PathEscape(msg), nil, maxAnswer, decodeTrace(msg))
}

// Upload stores a file for a conversation. sent, where not nil, hears how many bytes have left, from the goroutine that sends.
func (w *Web) Upload(ctx context.Context, conv, mime string, data []byte, sent func(n int64)) (wire.Uploaded, error) {
	answer, err := w.ask(ctx, call{method: http.MethodPost, path: wire.PathUploads, query: url.Values{"conv": {conv}}, mime: mime, size: int64(len(data)), limit: maxAnswer, within: uploadWithin,
		body: func() io.Reader { return &counted{r: bytes.NewReader(data), sent: sent} }})
	if err != nil {
		return wire.Uploaded{}, err
	}
	return decodeUploaded(answer)
}

// counted tells how much of a body was read.
type counted struct {
	r    *bytes.Reader
	n    int64
	sent func(int64)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p[:min(len(p), 32<<10)])
	c.n += int64(n)
	if c.sent != nil && n > 0 {
		c.sent(c.n)
	}
	return n, err
}

// File is an uploaded file. With a width, of a picture: at most so many pixels wide.
func (w *Web) File(ctx context.Context, hash string, width int) ([]byte, error) {
	if !validHash(hash) {
		return nil, fmt.Errorf("file %q: %w", hash, errAnswer)
	}
	return w.Picture(ctx, wire.PathFiles+hash, width)
}

// Picture is what is at a path on the server that an event or card named; width as in File.
func (w *Web) Picture(ctx context.Context, path string, width int) ([]byte, error) {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "?#\\") {
		return nil, fmt.Errorf("path %q: %w", path, errAnswer)
	}
	var q url.Values
	if width > 0 {
		q = url.Values{"w": {strconv.Itoa(min(width, maxPixelsOut))}}
	}
	return w.ask(ctx, call{method: http.MethodGet, path: path, query: q, limit: maxFile, within: fileWithin})
}

func validHash(h string) bool {
	return len(h) == 64 && strings.Trim(h, "0123456789abcdef") == ""
}

func decodeCards(limit int) func([]byte) ([]event.Card, error) {
	return func(data []byte) ([]event.Card, error) {
		var a wire.Goods // Orders and Coupons have the same form
		if err := json.Unmarshal(data, &a); err != nil {
			return nil, err
		}
		return a.Items[:min(len(a.Items), limit)], nil
	}
}

func decodePast(data []byte) ([]wire.PastRow, error) {
	var a wire.Past
	if err := json.Unmarshal(data, &a); err != nil {
		return nil, err
	}
	return a.Rows[:min(len(a.Rows), maxPast)], nil
}

func decodeTalk(id string) func([]byte) (wire.Conversation, error) {
	return func(data []byte) (wire.Conversation, error) {
		var a wire.Conversation
		if err := json.Unmarshal(data, &a); err != nil {
			return a, err
		}
		if a.ID != id {
			return wire.Conversation{}, fmt.Errorf("conversation %q: %w", a.ID, errAnswer)
		}
		return a, nil
	}
}

func decodeSource(data []byte) (Source, error) {
	var a Source
	if err := json.Unmarshal(data, &a); err != nil {
		return a, err
	}
	a.Sections = a.Sections[:min(len(a.Sections), maxSections)]
	return a, nil
}

func decodeTrace(msg event.ID) func([]byte) (wire.Trace, error) {
	return func(data []byte) (wire.Trace, error) {
		var t wire.Trace
		if err := json.Unmarshal(data, &t); err != nil {
			return t, err
		}
		if t.Message != msg {
			return wire.Trace{}, fmt.Errorf("trace of %q: %w", t.Message, errAnswer)
		}
		t.Steps, t.Tools, t.Sources = t.Steps[:min(len(t.Steps), maxTraced)], t.Tools[:min(len(t.Tools), maxTraced)], t.Sources[:min(len(t.Sources), maxTraced)]
		if r := t.Read; r != nil {
			r.Why = r.Why[:min(len(r.Why), maxTraced)]
		}
		if m := t.Model; m != nil {
			m.Attempts, m.Struck = m.Attempts[:min(len(m.Attempts), maxTraced)], m.Struck[:min(len(m.Struck), maxTraced)]
		}
		return t, nil
	}
}

func decodeUploaded(data []byte) (wire.Uploaded, error) {
	var a wire.Uploaded
	if err := json.Unmarshal(data, &a); err != nil {
		return a, fmt.Errorf("decode upload: %w", err)
	}
	if !validHash(a.Hash) || a.Size < 0 || a.W < 0 || a.H < 0 {
		return wire.Uploaded{}, fmt.Errorf("upload %q: %w", a.Hash, errAnswer)
	}
	return a, nil
}
