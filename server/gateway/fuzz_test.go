package gateway

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"unicode/utf8"

	"agentdesk/server/floor"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func FuzzDecodeIn(f *testing.F) {
	for _, s := range []string{`{"t":"hello","v":1}`, `{"t":"cmd","id":"1","kind":"post","payload":{"text":"\u0000"}}`, `{"t":"beat","sent":1}`,
		`{"t":"window","offset":-1,"limit":1e9}`, `[]`, `{"t":"cmd","payload":`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		in, err := decodeIn(data)
		if err != nil {
			return
		}
		if in.T == wire.TCmd {
			p, err := conversation.DecodePayload(in.Kind, in.Payload)
			if err != nil {
				return
			}
			if a, ok := cleanPayload(p).(conversation.PostArgs); ok {
				if r := floor.CheckText(a.Text); r != nil && r.Code != conversation.TooLarge {
					t.Fatalf("cleaned and still refused: %v", r)
				}
			}
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add("a\x00\u202e\r\n\ue000👍")
	f.Fuzz(func(t *testing.T, s string) {
		out := clean(s)
		if clean(out) != out {
			t.Fatalf("%q is not clean", out)
		}
		if utf8.ValidString(s) && len(out) > len(s) {
			t.Fatal("cleaning added something")
		}
	})
}

// FuzzGuestEvent: whatever an event holds, a customer gets neither notes nor whose hand wrote it.
func FuzzGuestEvent(f *testing.F) {
	f.Add(string(event.Posted), []byte(`{"kind":"note"}`), []byte(`{"text":"x"}`))
	f.Add(string(event.Escalated), []byte(`{"reason":"angry","class":1}`), []byte(`null`))
	f.Fuzz(func(t *testing.T, typ string, body, private []byte) {
		if !json.Valid(body) || !json.Valid(private) {
			return
		}
		p := event.Placed{Event: event.Event{ID: "1", Type: event.Type(typ), Actor: event.Actor{Kind: event.Agent, ID: "secret-agent"},
			ClientID: "secret", ClientSum: "secret", Body: body, Private: private}}
		out, ok := guestEvent(&p)
		if !ok {
			return
		}
		if out.Actor.ID != "" || out.ClientID != "" || out.ClientSum != "" {
			t.Fatalf("%+v", out)
		}
		var b event.PostedBody
		if out.Type == event.Posted && (json.Unmarshal(out.Body, &b) != nil || b.Kind == event.Note) {
			t.Fatal("a note left the house")
		}
	})
}

// FuzzUploaded: whatever a body is, reading it ends, within bounds, and gives a file or a refusal.
func FuzzUploaded(f *testing.F) {
	f.Add("image/png", []byte("\x89PNG"))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nhello\r\n--x--\r\n"))
	f.Add("multipart/form-data; boundary=", []byte("--"))
	f.Add("a/b; c", []byte(""))
	f.Fuzz(func(t *testing.T, ctype string, body []byte) {
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", ctype)
		data, _, err := uploaded(httptest.NewRecorder(), r)
		var p *problem
		if err == nil && len(data) == 0 || err != nil && (!errors.As(err, &p) || p.Text == "") {
			t.Fatalf("%d bytes, %v", len(data), err)
		}
	})
}
