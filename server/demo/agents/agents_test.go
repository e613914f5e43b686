package agents_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	assets "agentdesk/assets/demo"
	"agentdesk/server/demo/agents"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// door is a desk door with one chat that is assigned to whoever comes. Once the chat was shown, another takes the place.
type door struct {
	mu    sync.Mutex
	users []string
	kinds []conversation.Kind
}

func (d *door) handler(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+wire.PathLogin, func(w http.ResponseWriter, r *http.Request) {
		var q wire.LoginRequest
		if json.NewDecoder(r.Body).Decode(&q) != nil || q.Password != "secret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		d.mu.Lock()
		d.users = append(d.users, q.User)
		d.mu.Unlock()
		_ = json.NewEncoder(w).Encode(wire.Session{Token: q.User, Refresh: "r", Expires: time.Now().Add(time.Hour).UnixMilli(), User: wire.User{ID: q.User}})
	})
	up := websocket.Upgrader{}
	mux.HandleFunc(wire.PathDesk, func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		var hello wire.In
		if conn.ReadJSON(&hello) != nil {
			return
		}
		me := hello.Token
		cursor := event.Cursor{Stream: "s", Seq: 1}
		_ = conn.WriteJSON(wire.Welcome{T: wire.TWelcome, V: 1, User: &wire.User{ID: me, Name: "周可", Capacity: 8}, Cursor: cursor, Resume: "reset", Clock: wire.Clock{Beat: 1000}})
		_ = conn.WriteJSON(wire.Rec{T: wire.TRec, Cursor: cursor, Enter: []wire.Conversation{{ID: "k", Events: assigned(t, me)}}})
		for {
			var in wire.In
			if conn.ReadJSON(&in) != nil {
				return
			}
			if in.T != wire.TCmd {
				continue
			}
			d.mu.Lock()
			d.kinds = append(d.kinds, in.Kind)
			d.mu.Unlock()
			_ = conn.WriteJSON(wire.Ack{T: wire.TAck, ID: in.ID, OK: true})
			if in.Kind == conversation.See {
				_ = conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(wire.CloseReplaced, "elsewhere"), time.Now().Add(time.Second))
				return
			}
		}
	})
	return mux
}

func assigned(t *testing.T, agent string) []event.Placed {
	var out []event.Placed
	add := func(typ event.Type, body any) {
		data, err := json.Marshal(body)
		if err != nil {
			t.Error(err)
		}
		out = append(out, event.Placed{Seq: 1, Idx: len(out), Time: time.Now().UnixMilli(), Event: event.Event{ID: event.NewID(time.Now(), [10]byte{byte(len(out))}),
			Type: typ, Version: 1, Conv: "k", Epoch: 1, Actor: event.Actor{Kind: event.System}, Body: data}})
	}
	add(event.Opened, event.OpenedBody{Channel: "web", Group: "pre"})
	add(event.Escalated, event.EscalatedBody{Reason: "angry", Class: 1, Group: "pre"})
	add(event.Taken, event.TakenBody{Agent: agent, How: event.HowAssigned})
	return out
}

func TestRun_SignsInShowsWhatIsAssignedAndStepsAsideForAPerson(t *testing.T) {
	cast, err := agents.Load(assets.Agents())
	if err != nil {
		t.Fatal(err)
	}
	d := &door{}
	srv := httptest.NewServer(d.handler(t))
	defer srv.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	// It ends by itself: every one of them was signed out for good.
	if err := agents.Run(ctx, agents.Params{BaseURL: srv.URL, Cast: cast, Count: 3, Password: "secret", Seed: 1}); err != nil || ctx.Err() != nil {
		t.Fatalf("%v, %v", err, ctx.Err())
	}
	if len(d.users) != 3 || strings.Join(d.users, " ") == "" {
		t.Errorf("signed in: %q", d.users)
	}
	seen := 0
	for _, k := range d.kinds {
		if k == conversation.See {
			seen++
		}
	}
	if seen != 3 {
		t.Errorf("%d of 3 showed what was assigned: %v", seen, d.kinds)
	}
}

func TestRun_RefusesMoreThanTheCast(t *testing.T) {
	cast, err := agents.Load(assets.Agents())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range []agents.Params{{Cast: cast, Count: 1}, {BaseURL: "http://127.0.0.1:1", Cast: cast, Count: 99}, {BaseURL: "http://127.0.0.1:1", Cast: cast, Pace: -1}} {
		if agents.Run(t.Context(), p) == nil {
			t.Errorf("taken: %+v", p.Count)
		}
	}
}
