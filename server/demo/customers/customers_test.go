package customers_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gorilla/websocket"

	"agentdesk/server/demo/customers"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestLoad_RefusesMistakes(t *testing.T) {
	good := `[{"id":"a","persona":"p","goal":"g","mood":"calm","intent":"usage","opening":["o"],"gap":[0,1],"patience":1000,"right":{"any":["x"],"say":["y"]},"wrong":["w"],"slow":["s"]}]`
	load := func(files ...string) error {
		fsys := fstest.MapFS{}
		for i, f := range files {
			fsys[string(rune('a'+i))+".json"] = &fstest.MapFile{Data: []byte(f)}
		}
		_, err := customers.Load(fsys)
		return err
	}
	if err := load(good); err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string][]string{"twice": {good, good}, "unknown field": {`[{"idd":"a"}]`}, "empty": {`[{}]`}, "no JSON": {`[`}} {
		if load(files...) == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func FuzzLoad_NeverPanics(f *testing.F) {
	f.Add([]byte(`[{"id":"a","gap":[3,1]}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, _ = customers.Load(fstest.MapFS{"a.json": &fstest.MapFile{Data: data}})
	})
}

// fake is a customer door with a shop of one conversation. It answers the second message rightly, and drops the first
// connection after storing a message without acknowledging it.
type fake struct {
	mu     sync.Mutex
	stored []event.Placed
	ids    map[string]int
	visits int
	drop   bool
	refuse int // so many commands with "busy"
	mute   bool
	did    []conversation.Kind // besides posting
}

func (f *fake) handler(t *testing.T) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+wire.PathVisitor, func(w http.ResponseWriter, r *http.Request) {
		_ = json.NewEncoder(w).Encode(wire.Visitor{Token: "t", Customer: "c-x"})
	})
	up := websocket.Upgrader{}
	mux.HandleFunc(wire.PathCustomer, func(w http.ResponseWriter, r *http.Request) {
		conn, err := up.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		f.serve(t, conn)
	})
	return mux
}

func (f *fake) add(id string, a event.Actor, text string) event.Placed {
	body, _ := json.Marshal(event.PostedBody{Kind: event.Text})
	private, _ := json.Marshal(event.PostedPrivate{Text: text})
	seq := uint64(len(f.stored) + 1)
	e := event.Placed{Seq: seq, Event: event.Event{ID: event.NewID(time.Now(), [10]byte{byte(seq)}), Type: event.Posted, Version: 1, Conv: "k", Actor: a, ClientID: id, Body: body, Private: private}}
	f.stored = append(f.stored, e)
	return e
}

func (f *fake) serve(t *testing.T, conn *websocket.Conn) {
	var hello wire.In
	if conn.ReadJSON(&hello) != nil {
		return
	}
	f.mu.Lock()
	f.visits++
	from := uint64(0)
	if hello.Cursor != nil {
		from = hello.Cursor.Seq
	}
	cursor := event.Cursor{Stream: "s", Seq: uint64(len(f.stored))}
	_ = conn.WriteJSON(wire.Welcome{T: wire.TWelcome, V: 1, Resume: "tail", Cursor: cursor})
	_ = conn.WriteJSON(wire.Rec{T: wire.TRec, Cursor: cursor, Events: f.stored[from:]})
	f.mu.Unlock()
	for {
		var in wire.In
		if conn.ReadJSON(&in) != nil {
			return
		}
		if in.T != wire.TCmd {
			continue
		}
		if in.Kind != conversation.Post {
			f.mu.Lock()
			f.did = append(f.did, in.Kind)
			f.mu.Unlock()
			_ = conn.WriteJSON(wire.Ack{T: wire.TAck, ID: in.ID, OK: true, Conv: "k"})
			continue
		}
		var p conversation.PostArgs
		if err := json.Unmarshal(in.Payload, &p); err != nil || !event.ValidID(in.ID) {
			t.Errorf("command %+v: %v", in, err)
			return
		}
		f.mu.Lock()
		if f.refuse > 0 {
			f.refuse--
			f.mu.Unlock()
			_ = conn.WriteJSON(wire.Ack{T: wire.TAck, ID: in.ID, Err: &conversation.Refusal{Code: conversation.Busy}})
			continue
		}
		f.ids[in.ID]++
		var evs []event.Placed
		dup := f.ids[in.ID] > 1
		if !dup {
			evs = append(evs, f.add(in.ID, event.Actor{Kind: event.Customer, ID: "c-x"}, p.Text))
			if !f.mute {
				said := "什么？"
				if len(f.ids) > 1 {
					said = "可以用的，敏感肌适用"
				}
				evs = append(evs, f.add("", event.Actor{Kind: event.Bot}, said))
			}
		}
		cursor := event.Cursor{Stream: "s", Seq: uint64(len(f.stored))}
		drop := f.drop
		f.drop = false
		f.mu.Unlock()
		if drop {
			return
		}
		_ = conn.WriteJSON(wire.Ack{T: wire.TAck, ID: in.ID, OK: true, Dup: dup, Conv: "k", Events: []event.ID{"e"}})
		_ = conn.WriteJSON(wire.Rec{T: wire.TRec, Cursor: cursor, Events: evs})
	}
}

func say(texts ...string) (out []customers.Say) {
	for _, t := range texts {
		out = append(out, customers.Say{Text: t})
	}
	return out
}

func story() customers.Scenario {
	return customers.Scenario{ID: "t", Persona: "p", Goal: "g", Mood: "calm", Intent: "suitability", Opening: say("敏感肌能用吗"), Gap: [2]int64{0, 1}, Patience: 60_000,
		Right: customers.Reaction{Any: []string{"敏感肌适用"}, Say: say("谢谢")}, Wrong: say("我说敏感肌"), Slow: say("在吗")}
}

func play(t *testing.T, f *fake, s customers.Scenario, pace float64) customers.Transcript {
	t.Helper()
	f.ids = map[string]int{}
	srv := httptest.NewServer(f.handler(t))
	defer srv.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	tr, err := customers.Play(ctx, customers.Params{BaseURL: srv.URL, Seed: 7, Pace: pace}, s)
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

func texts(f *fake) (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, e := range f.stored {
		var p event.PostedPrivate
		if e.Actor.Kind == event.Customer && e.Decode(nil, &p) == nil {
			out = append(out, p.Text)
		}
	}
	return out
}

func TestPlay_SaysItAgainUntilTheAnswerIsRight(t *testing.T) {
	f := &fake{}
	tr := play(t, f, story(), 1)
	got := texts(f)
	if tr.Outcome != customers.Solved || len(got) != 3 || got[1] != "我说敏感肌" || got[2] != "谢谢" {
		t.Errorf("%s, said %q", tr.Outcome, got)
	}
}

func TestPlay_LosesAndDoublesNothingOverADrop(t *testing.T) {
	f := &fake{drop: true, refuse: 1}
	tr := play(t, f, story(), 1)
	if got := texts(f); tr.Outcome != customers.Solved || len(got) != 3 || f.visits < 2 {
		t.Errorf("%s after %d visits, said %q", tr.Outcome, f.visits, got)
	}
}

func TestPlay_LeavesWhenNobodyAnswers(t *testing.T) {
	f := &fake{mute: true}
	s := story()
	s.Patience = 1000
	tr := play(t, f, s, 20)
	if got := texts(f); tr.Outcome != customers.Unheard || len(got) != 2 || got[1] != "在吗" {
		t.Errorf("%s, said %q", tr.Outcome, got)
	}
}
