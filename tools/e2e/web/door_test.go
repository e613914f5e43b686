// Package web_test tries the shop and the chat in Chromium: against the real server binary, and against a door that does as it
// is told.
package web_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	assets "agentdesk/assets/demo"
	"agentdesk/assets/faces"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
	"agentdesk/server/identity"
	"agentdesk/server/page"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// door is a customer door that does as it is told, behind the real pages: for states of the chat that the real server gets
// into too seldom to wait for. It keeps one conversation.
type door struct {
	*httptest.Server
	t     testing.TB
	shop  *store.Store
	files sync.Map // hash → []byte

	mu      sync.Mutex
	events  []event.Placed
	seq     uint64
	conv    string
	at      int64 // Unix ms of the next event
	skew    int64 // ms that the door's clock is ahead of this machine's
	socks   map[*websocket.Conn]*sync.Mutex
	seen    map[string]int // command ID → how often it came
	cmds    []wire.In
	refuse  string // answer posts with this code
	mute    bool   // do not answer commands
	closed  bool   // refuse sockets
	hellos  int
	blank   bool // say that the copy does not fit
	slow    chan struct{}
	uploads string // refuse uploads with this code
	typed   []bool // what came of typing frames
	ids     int
}

func openDoor(t testing.TB, origins ...string) *door {
	t.Helper()
	now := time.Now()
	base, err := shopdata.New(shopdata.Params{Files: assets.Shop(), Now: now, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, err := store.Open(t.Context(), store.Params{Base: base, Path: filepath.Join(t.TempDir(), "shop.db")})
	if err != nil {
		t.Fatal(err)
	}
	visitors, err := identity.NewVisitors(identity.VisitorParams{Secret: bytes.Repeat([]byte("k"), 32)})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := page.New(t.Context(), page.Params{Shop: s, Pictures: base.Pictures(assets.Pictures()), Faces: faces.Files, Visitors: visitors, Demo: true, Origins: origins})
	if err != nil {
		t.Fatal(err)
	}
	d := &door{t: t, shop: s, at: now.Add(-time.Minute).UnixMilli(), socks: map[*websocket.Conn]*sync.Mutex{}, seen: map[string]int{}}
	mux := http.NewServeMux()
	mux.Handle("/", pages)
	mux.HandleFunc("/ws/customer", d.socket)
	mux.HandleFunc("POST /api/uploads", d.upload)
	mux.HandleFunc("GET /files/{hash}", d.file)
	mux.HandleFunc("POST /api/visitor", func(w http.ResponseWriter, r *http.Request) {
		token, v := visitors.Anonymous()
		_ = json.NewEncoder(w).Encode(wire.Visitor{Token: token, Expires: v.Expires.UnixMilli(), Customer: v.Customer})
	})
	d.Server = httptest.NewServer(cross(mux, origins))
	t.Cleanup(func() {
		d.cut()
		d.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// cross lets other sites talk to the doors, as the real ones do.
func cross(next http.Handler, origins []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if o := r.Header.Get("Origin"); slices.Contains(origins, o) && !strings.HasPrefix(r.URL.Path, "/api/shop/") {
			w.Header().Set("Access-Control-Allow-Origin", o)
			w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
			if r.Method == http.MethodOptions {
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

func (d *door) upload(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	wait, code := d.slow, d.uploads
	d.mu.Unlock()
	if code != "" {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		_ = json.NewEncoder(w).Encode(wire.Problem{Code: code})
		return
	}
	if wait != nil {
		select {
		case <-wait:
		case <-r.Context().Done():
			return
		}
	}
	data, err := io.ReadAll(r.Body)
	if err != nil || !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
		http.Error(w, `{"code":"bad_token"}`, http.StatusUnauthorized)
		return
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	d.files.Store(hash, data)
	_ = json.NewEncoder(w).Encode(wire.Uploaded{Hash: hash, Mime: r.Header.Get("Content-Type"), Size: int64(len(data))})
}

func (d *door) file(w http.ResponseWriter, r *http.Request) {
	data, ok := d.files.Load(r.PathValue("hash"))
	if !ok || !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer ") {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", http.DetectContentType(data.([]byte)))
	_, _ = w.Write(data.([]byte))
}

// store puts a file where messages can name it.
func (d *door) store(data []byte) string {
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])
	d.files.Store(hash, data)
	return hash
}

var upgrader = websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}

func (d *door) socket(w http.ResponseWriter, r *http.Request) {
	d.mu.Lock()
	closed := d.closed
	d.mu.Unlock()
	if closed {
		http.Error(w, "closed", http.StatusServiceUnavailable)
		return
	}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.Close() }()
	var hello wire.In
	if ws.ReadJSON(&hello) != nil || hello.T != wire.THello {
		return
	}
	d.mu.Lock()
	d.hellos++
	d.socks[ws] = &sync.Mutex{}
	from := uint64(0)
	resume := "reset"
	if hello.Cursor != nil && !d.blank {
		from, resume = hello.Cursor.Seq, "tail"
	}
	d.put(ws, wire.Welcome{T: wire.TWelcome, V: 1, Guest: &wire.Guest{Conv: d.conv}, Resume: resume, View: "v", Now: d.now(), Cursor: d.cursor()})
	rec := wire.Rec{T: wire.TRec, Cursor: d.cursor(), At: d.now()}
	if resume == "reset" {
		by := map[string]int{}
		for _, e := range d.events {
			i, ok := by[e.Conv]
			if !ok {
				i = len(rec.Enter)
				by[e.Conv] = i
				rec.Enter = append(rec.Enter, wire.Conversation{ID: e.Conv})
			}
			rec.Enter[i].Events = append(rec.Enter[i].Events, e)
		}
	}
	for _, e := range d.events {
		if resume == "tail" && e.Seq > from {
			rec.Events = append(rec.Events, e)
		}
	}
	d.put(ws, rec)
	d.mu.Unlock()
	limit := rate.NewLimiter(5, 20) // as the real door has it
	for {
		var in wire.In
		if ws.ReadJSON(&in) != nil {
			break
		}
		if !limit.Allow() {
			d.t.Errorf("the chat sends more than it may: a %s frame too soon", in.T)
		}
		d.take(ws, in)
	}
	d.mu.Lock()
	delete(d.socks, ws)
	d.mu.Unlock()
}

func (d *door) now() int64           { return time.Now().UnixMilli() + d.skew }
func (d *door) cursor() event.Cursor { return event.Cursor{Stream: "s", Seq: d.seq, Hash: "h"} }

func (d *door) put(ws *websocket.Conn, v any) {
	m := d.socks[ws]
	m.Lock()
	defer m.Unlock()
	_ = ws.SetWriteDeadline(time.Now().Add(5 * time.Second))
	_ = ws.WriteJSON(v)
}

// take obeys a frame: posts are stored and told to every socket.
func (d *door) take(ws *websocket.Conn, in wire.In) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch in.T {
	case wire.TBeat:
		d.put(ws, wire.Beat{T: wire.TBeat, Sent: in.Sent, Now: d.now()})
	case wire.TTyping:
		d.typed = append(d.typed, in.On)
	case wire.TCmd:
		d.cmds = append(d.cmds, in)
		if in.Kind == "read" {
			return
		}
		if d.mute {
			return
		}
		d.seen[in.ID]++
		ack := wire.Ack{T: wire.TAck, ID: in.ID, OK: true, Conv: d.conv}
		if d.refuse != "" && in.Kind == "post" {
			d.put(ws, json.RawMessage(fmt.Sprintf(`{"t":"ack","id":%q,"ok":false,"err":{"code":%q,"text":"no"}}`, in.ID, d.refuse)))
			return
		}
		if d.seen[in.ID] > 1 {
			ack.Dup = true
			d.put(ws, ack)
			return
		}
		me := event.Actor{Kind: event.Customer, ID: "c"}
		switch in.Kind {
		case "post":
			d.open(in.ID)
			ack.Conv = d.conv
			var p map[string]json.RawMessage
			_ = json.Unmarshal(in.Payload, &p)
			priv := map[string]json.RawMessage{}
			for _, k := range []string{"text", "fields"} {
				if v, ok := p[k]; ok {
					priv[k] = v
					delete(p, k)
				}
			}
			d.add(event.Posted, me, p, priv, in.ID)
		case "recall":
			var p event.RecalledBody
			_ = json.Unmarshal(in.Payload, &p)
			d.add(event.Recalled, me, p, nil, in.ID)
		case "rate":
			var p map[string]any
			_ = json.Unmarshal(in.Payload, &p)
			d.addTo(in.Conv, event.Rated, me, p, nil, in.ID)
		case "consent":
			var p event.ConsentBody
			_ = json.Unmarshal(in.Payload, &p)
			d.addTo(in.Conv, event.Consented, me, p, nil, in.ID)
		case "close":
			d.add(event.Closed, me, map[string]string{"by": "customer"}, nil, in.ID)
			d.conv = ""
		}
		d.put(ws, ack)
	}
}
