//go:build torture

package torture

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
	"agentdesk/tools/harness"
)

var demoAgents = []string{"xiaoning", "lisiqi", "wangyu", "zhaoning"}

// frame is any frame of the server.
type frame struct {
	T      wire.Type             `json:"t"`
	ID     string                `json:"id"`
	OK     bool                  `json:"ok"`
	Events []event.ID            `json:"events"`
	Err    *conversation.Refusal `json:"err"`
	Resume string                `json:"resume"`
	Enter  []wire.Conversation   `json:"enter"`
	Ev     []event.Placed        `json:"ev"`
	Leave  []string              `json:"leave"`
	Code   int                   `json:"code"`
	Text   string                `json:"text"`
}

// client is one socket. Reading happens on its own goroutine, which ends with the socket.
type client struct {
	ws   *websocket.Conn
	wmu  sync.Mutex
	in   chan frame
	dead chan struct{}
}

func post(ctx context.Context, url string, body, out any) error {
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
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s", url, res.Status)
	}
	return json.NewDecoder(res.Body).Decode(out)
}

func dial(ctx context.Context, base, path, token string) (*client, error) {
	ws, res, err := websocket.DefaultDialer.DialContext(ctx, strings.Replace(base, "http", "ws", 1)+path, nil)
	if err != nil {
		return nil, err
	}
	_ = res.Body.Close()
	c := &client{ws: ws, in: make(chan frame, 1024), dead: make(chan struct{})}
	if err := c.send(wire.In{T: wire.THello, V: wire.Version, Token: token}); err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	go func() {
		defer close(c.dead)
		defer ws.Close()
		for {
			var f frame
			if ws.ReadJSON(&f) != nil {
				return
			}
			select {
			case c.in <- f:
			case <-ctx.Done():
				return
			}
		}
	}()
	return c, nil
}

func (c *client) send(v any) error {
	c.wmu.Lock()
	defer c.wmu.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(2 * time.Second))
	return c.ws.WriteJSON(v)
}

// cut ends the TCP connection without a word.
func (c *client) cut() { _ = c.ws.NetConn().Close() }

var ids atomic.Uint64

func newID() string {
	n := ids.Add(1)
	return event.NewID(time.Now(), [10]byte{0: byte(n >> 40), 1: byte(n >> 32), 2: byte(n >> 24), 3: byte(n >> 16), 4: byte(n >> 8), 5: byte(n)})
}

func cmd(id string, kind conversation.Kind, conv string, epoch uint64, payload any) wire.In {
	data, err := json.Marshal(payload)
	if err != nil {
		panic(err) // our own structs
	}
	return wire.In{T: wire.TCmd, ID: id, Kind: kind, Conv: conv, Epoch: epoch, Payload: data}
}

func ended(drain <-chan struct{}) bool {
	select {
	case <-drain:
		return true
	default:
		return false
	}
}

func pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	}
}

// talk is one customer: each message is sent again under the same ID until it is acknowledged.
func talk(ctx context.Context, srv *harness.Server, sum *tally, id string, drain <-chan struct{}) {
	var c *client
	me := event.Actor{Kind: event.Customer, ID: id}
	for n := 0; !ended(drain) && ctx.Err() == nil; n++ {
		text := fmt.Sprintf("%s 第 %d 句，转人工", id, n)
		msg := newID()
		for ctx.Err() == nil {
			if c == nil {
				base := srv.URL()
				if base == "" {
					pause(ctx, 10*time.Millisecond)
					continue
				}
				var v wire.Visitor
				if post(ctx, base+wire.PathVisitor, wire.VisitorRequest{Customer: id}, &v) != nil {
					pause(ctx, 20*time.Millisecond)
					continue
				}
				var err error
				if c, err = dial(ctx, base, wire.PathCustomer, v.Token); err != nil {
					c = nil
					pause(ctx, 20*time.Millisecond)
					continue
				}
			}
			sum.tries.Add(1)
			if c.send(cmd(msg, conversation.Post, "", 0, map[string]string{"kind": "text", "text": text})) != nil {
				c = nil
				continue
			}
			f, ok := c.ack(ctx, msg)
			if !ok {
				c.cut()
				c = nil
				continue
			}
			if f.OK {
				sum.add(acked{me, msg, text, first(f.Events)})
				break
			}
			pause(ctx, 100*time.Millisecond) // refused honestly: busy, retry, rate
		}
		pause(ctx, 250*time.Millisecond)
	}
	if c != nil {
		c.cut()
	}
}

func first(ids []event.ID) event.ID {
	if len(ids) == 0 {
		return ""
	}
	return ids[0]
}

// ack waits for the answer to a command; what else comes is of no interest to a customer here.
func (c *client) ack(ctx context.Context, id string) (frame, bool) {
	late := time.NewTimer(5 * time.Second)
	defer late.Stop()
	for {
		select {
		case f := <-c.in:
			if f.T == wire.TAck && f.ID == id {
				return f, true
			}
		case <-c.dead:
			return frame{}, false
		case <-late.C:
			return frame{}, false
		case <-ctx.Done():
			return frame{}, false
		}
	}
}
