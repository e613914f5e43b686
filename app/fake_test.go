package app

import (
	"encoding/binary"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// fake is a server that speaks wire for one desk. It decides with the real conversation.Decide.
type fake struct {
	t    *testing.T
	http *httptest.Server

	mu     sync.Mutex
	seq    uint64
	ids    uint64 // made so far
	recs   []*wire.Rec
	state  conversation.State
	more   map[string]*conversation.State // other conversations than the first
	once   map[string]wire.Ack            // by client ID
	posts  map[string]int                 // how often a client ID came
	ws     *websocket.Conn
	mute   bool // the next command is done, and the connection lost before its answer
	closed bool // new connections are refused
	refuse map[conversation.Kind]*conversation.Refusal
	window []wire.In
	rest   restFake
}

var xiaoning = wire.User{ID: "xiaoning", Name: "晓宁", Role: "agent", Groups: []string{"pre"}, Capacity: 8}

func newFake(t *testing.T) *fake {
	f := &fake{t: t, more: map[string]*conversation.State{}, once: map[string]wire.Ack{}, posts: map[string]int{}, refuse: map[conversation.Kind]*conversation.Refusal{}}
	mux := http.NewServeMux()
	mux.HandleFunc(wire.PathLogin, func(w http.ResponseWriter, r *http.Request) {
		var in wire.LoginRequest
		if json.NewDecoder(r.Body).Decode(&in) != nil || in.Password != "right" {
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(wire.Problem{Code: "wrong", Text: "no"})
			return
		}
		_ = json.NewEncoder(w).Encode(wire.Session{Token: "t", Refresh: "r", Expires: time.Now().Add(time.Hour).UnixMilli(), User: xiaoning})
	})
	mux.HandleFunc(wire.PathDesk, f.desk)
	f.doors(mux)
	f.http = httptest.NewServer(mux)
	t.Cleanup(func() { f.drop(true); f.http.Close() })
	return f
}

func (f *fake) desk(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	closed := f.closed
	f.mu.Unlock()
	if closed {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	up := websocket.Upgrader{}
	ws, err := up.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.Close() }()
	for {
		var in wire.In
		if ws.ReadJSON(&in) != nil {
			return
		}
		f.mu.Lock()
		switch in.T {
		case wire.THello:
			f.ws = ws
			from, resume := uint64(0), "reset"
			if in.Cursor != nil && in.View == "v" {
				from, resume = in.Cursor.Seq, "tail"
			}
			f.write(wire.Welcome{T: wire.TWelcome, V: 1, Resume: resume, View: "v", User: &xiaoning, Now: time.Now().UnixMilli(),
				Cursor: event.Cursor{Stream: "s", Seq: f.seq}, Clock: wire.Clock{Takeover: 30000, Beat: 1000}})
			for _, rec := range f.recs {
				if rec.Cursor.Seq > from {
					f.write(rec)
				}
			}
		case wire.TWindow:
			f.window = append(f.window, in)
		case wire.TBeat:
			f.write(wire.Beat{T: wire.TBeat, Sent: in.Sent, Now: time.Now().UnixMilli()})
		case wire.TCmd:
			f.posts[in.ID]++
			ack := f.command(&in)
			if f.mute { // the answer and the record are lost on their way
				f.mute, f.ws = false, nil
				_ = ws.Close()
			}
			f.write(ack)
		}
		f.mu.Unlock()
	}
}

func (f *fake) write(v any) {
	if f.ws != nil {
		_ = f.ws.WriteJSON(v) // a client that is gone is the test's own doing
	}
}

func (f *fake) command(in *wire.In) wire.Ack {
	if a, ok := f.once[in.ID]; ok {
		a.Dup = true
		return a
	}
	a := wire.Ack{T: wire.TAck, ID: in.ID, Conv: in.Conv}
	payload, err := conversation.DecodePayload(in.Kind, in.Payload)
	if p, ok := payload.(conversation.PostArgs); ok && p.Ref != "" && p.Kind != event.FormAsked { // the door fills in what the shop knows
		p.Card = &event.Card{ID: p.Ref, Title: "商品 " + p.Ref, Price: 28900}
		payload = p
	}
	if err != nil {
		a.Err = &conversation.Refusal{Code: conversation.Invalid, Text: err.Error()}
	} else if r := f.refuse[in.Kind]; r != nil {
		a.Err = r
	} else {
		a.Err = f.do(conversation.Command{Kind: in.Kind, ClientID: in.ID, Conv: in.Conv, Actor: event.Actor{Kind: event.Agent, ID: "xiaoning"},
			Role: "agent", Epoch: in.Epoch, Payload: payload})
	}
	a.OK = a.Err == nil
	f.once[in.ID] = a
	return a
}

// nextID makes IDs that ascend within a millisecond too, as the floor's do; f.mu is held.
func (f *fake) nextID() event.ID {
	f.ids++
	var e [10]byte
	binary.BigEndian.PutUint64(e[:], f.ids)
	return event.NewID(time.Now(), e)
}

// do decides, folds and publishes; f.mu is held.
func (f *fake) do(c conversation.Command) *conversation.Refusal {
	env := conversation.Env{Now: time.Now().UnixMilli(), NewID: f.nextID, Policy: conversation.Default(), Agent: func(id string) (conversation.Agent, bool) {
		return conversation.Agent{ID: id, Name: map[string]string{"xiaoning": "晓宁", "lisiqi": "李思齐"}[id], Role: "agent", Status: event.Online,
			Capacity: 8, Groups: []string{"pre"}, Beating: true}, true
	}}
	st := &f.state
	if c.Conv != "" && c.Conv != st.ID && st.ID != "" {
		if f.more[c.Conv] == nil {
			f.more[c.Conv] = &conversation.State{}
		}
		st = f.more[c.Conv]
	}
	evs, r := conversation.Decide(st, &c, &env)
	if r != nil || len(evs) == 0 {
		return r
	}
	f.seq++
	rec := &wire.Rec{T: wire.TRec, Cursor: event.Cursor{Stream: "s", Seq: f.seq, Hash: "h"}, At: env.Now}
	for i := range evs {
		p := event.Placed{Seq: f.seq, Idx: i, Time: env.Now, Event: evs[i]}
		if err := conversation.Fold(st, &p); err != nil {
			f.t.Errorf("fold: %v", err)
		}
		rec.Events = append(rec.Events, p)
	}
	f.recs = append(f.recs, rec)
	if !f.mute {
		f.write(rec)
	}
	return nil
}

func (f *fake) must(c conversation.Command) {
	f.t.Helper()
	f.mu.Lock()
	defer f.mu.Unlock()
	c.ClientID = newID()
	if c.Actor.Kind == event.Agent {
		c.Role = "agent"
	}
	if c.Conv == "" {
		c.Conv = f.state.ID
	}
	if c.Conv == "" {
		c.Conv = newID()
	}
	if r := f.do(c); r != nil {
		f.t.Fatalf("%s: %v", c.Kind, r)
	}
}

func (f *fake) live(l wire.Live) {
	f.mu.Lock()
	defer f.mu.Unlock()
	l.T = wire.TLive
	f.write(l)
}

// drop cuts the connection; closed keeps new ones out.
func (f *fake) drop(closed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = closed
	if f.ws != nil {
		_ = f.ws.Close()
		f.ws = nil
	}
}

func (f *fake) customerSays(text string) {
	f.t.Helper()
	f.customerPosts("", "c1", "林小满", conversation.PostArgs{Text: text, PostedBody: event.PostedBody{Kind: event.Text}})
}

// customerPosts lets a customer write, in a conversation of their own where conv is new.
func (f *fake) customerPosts(conv, customer, name string, p conversation.PostArgs) {
	f.t.Helper()
	f.must(conversation.Command{Kind: conversation.Post, Conv: conv, Customer: customer, Actor: event.Actor{Kind: event.Customer, ID: customer}, Payload: p,
		Opening: &conversation.Opening{Body: event.OpenedBody{Channel: "web", Group: "pre"}, Private: event.OpenedPrivate{Name: name}}})
}

func (f *fake) escalate() {
	f.t.Helper()
	f.must(conversation.Command{Kind: conversation.Escalate, Actor: event.Actor{Kind: event.System, ID: "router"}, Payload: conversation.EscalateArgs{Reason: "human_request"}})
}

// lastMessage is the newest message that holds a text, or of a kind.
func (f *fake) lastMessage(kind event.MessageKind) (p event.Placed, b event.PostedBody, said event.PostedPrivate) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := len(f.recs) - 1; i >= 0; i-- {
		for j := range f.recs[i].Events {
			e := f.recs[i].Events[j]
			if e.Type != event.Posted {
				continue
			}
			b, said = event.PostedBody{}, event.PostedPrivate{}
			if e.Decode(&b, &said) == nil && b.Kind == kind {
				return e, b, said
			}
		}
	}
	f.t.Fatalf("no message of kind %s", kind)
	return
}

// posted counts the messages of a kind.
func (f *fake) posted(kind event.MessageKind) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, r := range f.recs {
		for j := range r.Events {
			var b event.PostedBody
			if r.Events[j].Type == event.Posted && r.Events[j].Decode(&b, nil) == nil && b.Kind == kind {
				n++
			}
		}
	}
	return n
}

func (f *fake) conv() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.state.ID
}
