package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"go.uber.org/goleak"

	"agentdesk/server/eventlog"
	"agentdesk/server/files"
	"agentdesk/server/floor"
	"agentdesk/server/folds"
	"agentdesk/server/folds/live"
	"agentdesk/server/identity"
	"agentdesk/server/identity/keyring"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreAnyFunction("database/sql.(*DB).connectionOpener"))
}

// world is a whole shop behind its doors, with the log in memory.
type world struct {
	t        testing.TB
	g        *Gateway
	floor    *floor.Floor
	folds    *folds.Folds
	users    *identity.Store
	visitors *identity.Visitors
	url      string
	stop     func()
	n        int
}

func newWorld(t testing.TB, change ...func(*Params)) *world {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	ring := must(keyring.Open(ctx, keyring.Params{Dir: filepath.Join(dir)}))(t)
	log := eventlog.NewMemory()
	fold := must(folds.Open(ctx, folds.Params{Path: filepath.Join(dir, "folds.db")}))(t)
	pol := conversation.Default() // but nothing happens by itself: the desks of these tests do not beat, and the machine may be busy
	for _, d := range []*time.Duration{&pol.BeatFresh, &pol.DeskGone, &pol.OfferFirst, &pol.OfferWiden, &pol.AssignAfter, &pol.AlarmAfter, &pol.TellFirst, &pol.BotDeadline, &pol.NudgeAfter} {
		*d = time.Hour
	}
	f := must(floor.Open(ctx, floor.Params{Shop: "s", Node: "n", Log: log, Keys: ring, Fold: fold, Policy: pol}))(t)
	secret := bytes.Repeat([]byte{7}, 32)
	users := must(identity.Open(ctx, identity.Params{Path: filepath.Join(dir, "users.db"), Secret: secret}))(t)
	for _, u := range identity.DemoUsers() {
		if err := users.Put(ctx, u, ""); err != nil {
			t.Fatal(err)
		}
	}
	visitors := must(identity.NewVisitors(identity.VisitorParams{Secret: secret}))(t)
	kept := must(files.Open(ctx, files.Params{Dir: filepath.Join(dir, "files"), Index: filepath.Join(dir, "files.db"), Keys: ring}))(t)
	p := Params{Shop: "s", Understanding: func() string { return "linear" }, Models: func() string { return "degraded" }, Floor: f, Folds: fold, Live: live.New(live.Params{}), Users: users, Visitors: visitors,
		Files: kept, Opening: func(_ context.Context, c string) conversation.Opening {
			return conversation.Opening{Private: event.OpenedPrivate{Name: "林小鹿"}}
		}}
	for _, fn := range change {
		fn(&p)
	}
	g := must(New(p))(t)
	var wg sync.WaitGroup
	follower := folds.NewFollower(folds.FollowerParams{Folds: fold, Log: log, Keys: ring})
	doors, shut := context.WithCancel(ctx)
	var doorsGone sync.WaitGroup
	doorsGone.Go(func() {
		if err := g.Run(doors); err != nil {
			t.Errorf("doors: %v", err)
		}
	})
	for name, run := range map[string]func(context.Context) error{"floor": f.Run, "folds": follower.Run} {
		wg.Go(func() {
			if err := run(ctx); err != nil && ctx.Err() == nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	srv := httptest.NewServer(g.Handler())
	w := &world{t: t, g: g, floor: f, folds: fold, users: users, visitors: visitors, url: srv.URL}
	var once sync.Once
	w.stop = func() {
		once.Do(func() {
			shut()
			doorsGone.Wait()
			srv.Close()
			cancel()
			wg.Wait()
			for _, c := range []interface{ Close() error }{log, fold, users, kept, ring} {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	t.Cleanup(w.stop)
	return w
}

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// client is a real socket.
type client struct {
	t    testing.TB
	conn *websocket.Conn
	w    *wire.Welcome
	kept map[wire.Type][][]byte // frames passed over
}

func (w *world) dial(path string, hello wire.In) *client {
	w.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(w.url, "http")+path, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	_ = res.Body.Close()
	w.t.Cleanup(func() { _ = conn.Close() })
	c := &client{t: w.t, conn: conn, kept: map[wire.Type][][]byte{}}
	hello.T = wire.THello
	c.send(hello)
	return c
}

func (w *world) desk(user string, cur *event.Cursor, view string) *client {
	w.t.Helper()
	token, _ := w.users.Token(user)
	return w.dial(wire.PathDesk, wire.In{V: 1, Token: token, Cursor: cur, View: view}).welcome()
}

func (w *world) guest(customer string) *client {
	w.t.Helper()
	token, _, err := w.visitors.SignIn(customer, w.visitors.Proof(customer))
	if err != nil {
		w.t.Fatal(err)
	}
	return w.dial(wire.PathCustomer, wire.In{V: 1, Token: token}).welcome()
}

func (c *client) send(v any) {
	c.t.Helper()
	if err := c.conn.WriteJSON(v); err != nil {
		c.t.Fatal(err)
	}
}

func (c *client) raw(s string) {
	c.t.Helper()
	if err := c.conn.WriteMessage(websocket.TextMessage, []byte(s)); err != nil {
		c.t.Fatal(err)
	}
}

// read gives the next frame, or the code the socket was closed with.
func (c *client) read() (wire.Type, []byte, int) {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(90 * time.Second)) // when a test gives up, on a machine that does much else
	_, data, err := c.conn.ReadMessage()
	if err != nil {
		if ce, ok := err.(*websocket.CloseError); ok {
			return "", nil, ce.Code
		}
		c.t.Fatalf("read: %v", err)
	}
	var h struct {
		T wire.Type `json:"t"`
	}
	if err := json.Unmarshal(data, &h); err != nil {
		c.t.Fatal(err)
	}
	return h.T, data, 0
}

// until takes frames of type t, in order, until ok says so. Frames of other types are kept for later.
func until[T any](c *client, t wire.Type, ok func(*T) bool) *T {
	c.t.Helper()
	for {
		v := new(T)
		if err := json.Unmarshal(c.next(t), v); err != nil {
			c.t.Fatal(err)
		}
		if ok == nil || ok(v) {
			return v
		}
	}
}

func (c *client) next(t wire.Type) []byte {
	c.t.Helper()
	if kept := c.kept[t]; len(kept) > 0 {
		c.kept[t] = kept[1:]
		return kept[0]
	}
	for {
		kind, data, code := c.read()
		if code != 0 {
			c.t.Fatalf("closed with %d while waiting for %s", code, t)
		}
		if kind == t {
			return data
		}
		c.kept[kind] = append(c.kept[kind], data)
	}
}

func (c *client) welcome() *client {
	c.t.Helper()
	c.w = until[wire.Welcome](c, wire.TWelcome, nil)
	return c
}

// closed reads on to the close code.
func (c *client) closed() int {
	c.t.Helper()
	for {
		if _, _, code := c.read(); code != 0 {
			return code
		}
	}
}

func (w *world) cmd(c *client, kind conversation.Kind, conv string, epoch uint64, payload any) wire.Ack {
	w.t.Helper()
	w.n++
	id := fmt.Sprintf("c%d", w.n)
	data, err := json.Marshal(payload)
	if err != nil {
		w.t.Fatal(err)
	}
	c.send(wire.In{T: wire.TCmd, ID: id, Kind: kind, Conv: conv, Epoch: epoch, Payload: data})
	a := until(c, wire.TAck, func(a *wire.Ack) bool { return a.ID == id })
	w.settle(a.Seq)
	return *a
}

// settle waits until the hub has told what the record seq holds: answers come from the floor, and may be first.
func (w *world) settle(seq uint64) {
	for w.g.p.Live.Seq() < seq {
		runtime.Gosched()
	}
}

func (w *world) say(c *client, text string) wire.Ack {
	w.t.Helper()
	a := w.cmd(c, conversation.Post, "", 0, conversation.PostArgs{Text: text})
	if !a.OK {
		w.t.Fatalf("refused: %v", a.Err)
	}
	return a
}

// escalate is what the bot does.
func (w *world) escalate(conv string) {
	w.t.Helper()
	w.n++
	res, err := w.floor.Do(context.Background(), conversation.Command{Kind: conversation.Escalate, ClientID: fmt.Sprintf("e%d", w.n), Conv: conv,
		Actor: event.Actor{Kind: event.Bot, ID: "bot"}, Payload: conversation.EscalateArgs{Reason: "human_request"}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.settle(res.Seq)
}

func (w *world) post(path, token, ctype string, body []byte) (int, []byte) {
	w.t.Helper()
	req := must(http.NewRequest(http.MethodPost, w.url+path, bytes.NewReader(body)))(w.t)
	req.Header.Set("Content-Type", ctype)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res := must(http.DefaultClient.Do(req))(w.t)
	defer func() { _ = res.Body.Close() }()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, b.Bytes()
}

// texts are the messages in a frame.
func texts(evs []event.Placed) []string {
	var out []string
	for i := range evs {
		var p event.PostedPrivate
		if evs[i].Type == event.Posted && evs[i].Decode(nil, &p) == nil {
			out = append(out, p.Text)
		}
	}
	return out
}
