package customers

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// watch signs a user in at the desk door and notes when messages arrive there, until ctx ends.
func watch(ctx context.Context, p LoadParams, t *tally, wg *sync.WaitGroup) (string, error) {
	base := strings.TrimRight(p.BaseURL, "/")
	body, err := json.Marshal(wire.LoginRequest{User: p.DeskUser, Password: p.DeskPassword})
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, base+wire.PathLogin, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("desk: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", fmt.Errorf("desk: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return "", fmt.Errorf("desk: sign in as %q: %s", p.DeskUser, res.Status)
	}
	var s wire.Session
	if err := json.NewDecoder(res.Body).Decode(&s); err != nil {
		return "", fmt.Errorf("desk: %w", err)
	}
	dialer := websocket.Dialer{HandshakeTimeout: dialWithin}
	conn, up, err := dialer.DialContext(ctx, strings.Replace(base, "http", "ws", 1)+wire.PathDesk, nil)
	if up != nil && up.Body != nil {
		_ = up.Body.Close()
	}
	if err != nil {
		return "", fmt.Errorf("desk: dial: %w", err)
	}
	conn.SetReadLimit(maxFrame)
	if err := write(conn, wire.In{T: wire.THello, V: wire.Version, Token: s.Token, Device: "loadtest", Lang: "zh-CN"}); err != nil {
		_ = conn.Close()
		return "", fmt.Errorf("desk: hello: %w", err)
	}
	wg.Go(func() {
		<-ctx.Done()
		_ = conn.Close()
	})
	wg.Go(func() {
		for {
			var r wire.Rec // a frame of another type has no events
			if err := conn.ReadJSON(&r); err != nil {
				if ctx.Err() == nil {
					p.Logger.Warn("load test: the desk was cut off; its figures end here", "err", err)
				}
				return
			}
			if r.T == wire.TRec {
				t.arrived(&r, time.Now())
			}
		}
	})
	return s.User.ID, nil
}

func (t *tally) arrived(r *wire.Rec, now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	note := func(evs []event.Placed) {
		for i := range evs {
			if _, ok := t.atDesk[evs[i].ID]; !ok && evs[i].Type == event.Posted {
				t.atDesk[evs[i].ID] = now
			}
		}
	}
	note(r.Events)
	for _, c := range r.Enter {
		note(c.Events)
	}
}
