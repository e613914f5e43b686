package harness

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

const (
	frames      = 1024 // frames that wait for a client's owner
	writeWithin = 2 * time.Second
	ackWithin   = 5 * time.Second
)

// ErrNoAck is returned for a command whose connection ended, or stayed silent, before its answer.
var ErrNoAck = errors.New("no acknowledgement")

// Frame is any frame of the server, as far as tests look at it.
type Frame struct {
	T      wire.Type             `json:"t"`
	ID     string                `json:"id"`
	OK     bool                  `json:"ok"`
	Conv   string                `json:"conv"`
	Events []event.ID            `json:"events"` // of an ack
	Err    *conversation.Refusal `json:"err"`
	Resume string                `json:"resume"`
	Enter  []wire.Conversation   `json:"enter"`
	Ev     []event.Placed        `json:"ev"`
	Leave  []string              `json:"leave"`
	Code   int                   `json:"code"`
	Text   string                `json:"text"`
}

// First is the first event that an acknowledged command made, "" for none.
func (f *Frame) First() event.ID {
	if len(f.Events) == 0 {
		return ""
	}
	return f.Events[0]
}

// Client is one bare socket at a door: it keeps nothing and never comes back by itself. A goroutine of its own reads it
// until the socket ends.
type Client struct {
	In   <-chan Frame
	Dead <-chan struct{} // closed when the socket has ended

	ws  *websocket.Conn
	wmu sync.Mutex
}

// Post asks a REST door and decodes its answer into out.
func Post(ctx context.Context, url string, body, out any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(data))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	return json.NewDecoder(res.Body).Decode(out)
}

// Dial opens a door (wire.PathDesk, wire.PathCustomer) and says hello, without a cursor.
func Dial(ctx context.Context, base, path, token string) (*Client, error) {
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, strings.Replace(base, "http", "ws", 1)+path, nil)
	if err != nil {
		return nil, err
	}
	_ = res.Body.Close()
	in, dead := make(chan Frame, frames), make(chan struct{})
	c := &Client{In: in, Dead: dead, ws: ws}
	if err := c.Send(wire.In{T: wire.THello, V: wire.Version, Token: token}); err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	go func() {
		defer close(dead)
		defer func() { _ = ws.Close() }()
		for {
			var f Frame
			if ws.ReadJSON(&f) != nil {
				return
			}
			select {
			case in <- f:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c, nil
}

// DialCustomer gets a visitor's token and opens the customer door; an empty customer is a nameless visitor.
func DialCustomer(ctx context.Context, base, customer string) (*Client, error) {
	var v wire.Visitor
	if err := Post(ctx, base+wire.PathVisitor, wire.VisitorRequest{Customer: customer}, &v); err != nil {
		return nil, err
	}
	return Dial(ctx, base, wire.PathCustomer, v.Token)
}

// Send writes one frame.
func (c *Client) Send(v any) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeWithin))
	return c.ws.WriteJSON(v)
}

// Cut ends the TCP connection without a word.
func (c *Client) Cut() { _ = c.ws.NetConn().Close() }

// Ack waits for the answer to a command and passes over everything else that comes.
func (c *Client) Ack(ctx context.Context, id string) (Frame, error) {
	late := time.NewTimer(ackWithin)
	defer late.Stop()
	for {
		select {
		case f := <-c.In:
			if f.T == wire.TAck && f.ID == id {
				return f, nil
			}
		case <-c.Dead:
			return Frame{}, ErrNoAck
		case <-late.C:
			return Frame{}, ErrNoAck
		case <-ctx.Done():
			return Frame{}, ctx.Err()
		}
	}
}

// Say posts a text as a customer and waits for its answer.
func (c *Client) Say(ctx context.Context, id, text string) (Frame, error) {
	if err := c.Send(Command(id, conversation.Post, "", 0, map[string]string{"kind": "text", "text": text})); err != nil {
		return Frame{}, err
	}
	return c.Ack(ctx, id)
}

// Command is a cmd frame. It panics on a payload that is no JSON: tests write their own.
func Command(id string, kind conversation.Kind, conv string, epoch uint64, payload any) wire.In {
	data, err := json.Marshal(payload)
	if err != nil {
		panic(err)
	}
	return wire.In{T: wire.TCmd, ID: id, Kind: kind, Conv: conv, Epoch: epoch, Payload: data}
}

// IDs makes client IDs that no two of its callers share.
type IDs struct{ n atomic.Uint64 }

// Next makes one.
func (s *IDs) Next() string {
	n := s.n.Add(1)
	return event.NewID(time.Now(), [10]byte{0: byte(n >> 40), 1: byte(n >> 32), 2: byte(n >> 24), 3: byte(n >> 16), 4: byte(n >> 8), 5: byte(n)})
}
