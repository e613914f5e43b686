package gateway

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func picture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func (w *world) visitor(customer string) string {
	w.t.Helper()
	token, _, err := w.visitors.SignIn(customer, w.visitors.Proof(customer))
	if err != nil {
		w.t.Fatal(err)
	}
	return token
}

// upload stores a file and gives what the server says of it.
func (w *world) upload(path, token, ctype string, data []byte) (wire.Uploaded, int, wire.Problem) {
	w.t.Helper()
	status, body := w.post(path, token, ctype, data)
	var u wire.Uploaded
	var p wire.Problem
	if err := errors.Join(json.Unmarshal(body, &u), json.Unmarshal(body, &p)); err != nil {
		w.t.Fatalf("%s: %v", body, err)
	}
	return u, status, p
}

// voiceNote is so many seconds of silence.
func voiceNote(secs int) []byte {
	n := secs * 32_000
	out := []byte("RIFF\x00\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x80\x3e\x00\x00\x00\x7d\x00\x00\x02\x00\x10\x00data")
	return append(binary.LittleEndian.AppendUint32(out, uint32(n)), make([]byte, n)...)
}

func TestUpload_TakesPicturesRefusesDisguise(t *testing.T) {
	w := newWorld(t)
	token := w.visitor("anna")
	pic := picture(t)
	for name, c := range map[string]struct {
		path, ctype, token string
		body               []byte
		status             int
		code               string
	}{
		"picture":             {"", "image/png", token, pic, 200, ""},
		"type not told":       {"", "application/octet-stream", token, pic, 200, ""},
		"a voice note":        {"?kind=voice", "audio/wav", token, voiceNote(2), 200, ""},
		"no token":            {"", "image/png", "", pic, 401, "bad_token"},
		"a false token":       {"", "image/png", "x", pic, 401, "bad_token"},
		"admin":               {"", "image/png", w.token("admin"), pic, 403, "forbidden"},
		"desk for nobody":     {"", "image/png", w.token("lisiqi"), pic, 404, "unknown_conversation"},
		"page as picture":     {"", "image/png", token, []byte("<html><script>alert(1)</script>"), 415, "disguised"},
		"head of a picture":   {"", "image/png", token, pic[:12], 415, "disguised"},
		"page":                {"", "text/html", token, []byte("<html></html>"), 415, "unsupported"},
		"nothing":             {"", "image/png", token, nil, 400, "invalid"},
		"voice of no length":  {"?kind=voice", "audio/wav", token, voiceNote(0), 400, "invalid"},
		"voice without end":   {"?kind=voice", "audio/wav", token, voiceNote(200), 413, "too_large"},
		"picture as voice":    {"?kind=voice", "image/png", token, pic, 415, "unsupported"},
		"more than allowed":   {"", "image/png", token, append(bytes.Clone(pic), make([]byte, wire.MaxUpload)...), 413, "too_large"},
		"no type at all":      {"", "", token, pic, 415, "unsupported"},
		"a form without file": {"", "multipart/form-data; boundary=x", token, []byte("--x--\r\n"), 400, "invalid"},
		"a form":              {"", "multipart/form-data; boundary=x", token, []byte("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\nContent-Type: image/png\r\n\r\n" + string(pic) + "\r\n--x--\r\n"), 200, ""},
	} {
		_, status, p := w.upload(wire.PathUploads+c.path, c.token, c.ctype, c.body)
		if status != c.status || p.Code != c.code || c.code != "" && p.Text == "" {
			t.Errorf("%s: %d %+v", name, status, p)
		}
	}
}

func TestUpload_RateOfOneVisitor(t *testing.T) {
	w := newWorld(t)
	pic, n := picture(t), 0
	for range 40 {
		w.g.door = newDoorkeeper() // the limit of an address has nothing to do with it
		_, status, p := w.upload(wire.PathUploads, w.visitor("anna"), "image/png", pic)
		switch {
		case status == 200:
			n++
		case status != 429 || p.Code != "rate":
			t.Fatalf("%d %+v", status, p)
		}
	}
	if n != guestLimits().PerMinute {
		t.Fatalf("%d in a minute", n)
	}
	if _, status, _ := w.upload(wire.PathUploads, w.visitor("bert"), "image/png", pic); status != 200 {
		t.Fatalf("another visitor: %d", status)
	}
}

// A file is its customer's, and that of desks that may see one of the customer's conversations.
func TestFiles_AreReadByWhoMay(t *testing.T) {
	w := newWorld(t)
	g := w.guest("anna")
	conv := w.say(g, "看图").Conv
	u, _, _ := w.upload(wire.PathUploads, w.visitor("anna"), "image/png", picture(t))
	if u.W != 3 || u.H != 2 || u.Mime != "image/png" {
		t.Fatalf("%+v", u)
	}
	if err := w.users.Put(t.Context(), wire.User{ID: "outsider", Name: "外人", Role: "agent", Groups: []string{"elsewhere"}}, ""); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path, token string
		status      int
	}{
		"the customer":      {u.Hash, w.visitor("anna"), 200},
		"made small":        {u.Hash + "?w=100", w.visitor("anna"), 200},
		"no width":          {u.Hash + "?w=-1", w.visitor("anna"), 400},
		"another customer":  {u.Hash, w.visitor("bert"), 404},
		"nobody":            {u.Hash, "", 401},
		"a desk that sees":  {u.Hash, w.token("lisiqi"), 200},
		"one that does not": {u.Hash, w.token("outsider"), 404},
		"admin":             {u.Hash, w.token("admin"), 403},
		"no such file":      {strings.Repeat("0", 64), w.visitor("anna"), 404},
		"a way out":         {"..%2f..%2fusers.db", w.visitor("anna"), 404},
	} {
		if status, body := w.get(wire.PathFiles+c.path, c.token); status != c.status {
			t.Errorf("%s: %d %.200s", name, status, body)
		}
	}
	req := must(http.NewRequest(http.MethodGet, w.url+wire.PathFiles+u.Hash, nil))(t)
	req.Header.Set("Authorization", "Bearer "+w.visitor("anna"))
	req.Header.Set("Range", "bytes=1-3")
	res := must(http.DefaultClient.Do(req))(t)
	part := must(io.ReadAll(res.Body))(t)
	_ = res.Body.Close()
	if res.StatusCode != 206 || string(part) != "PNG" || res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Content-Type") != "image/png" {
		t.Fatalf("%d %q %v", res.StatusCode, part, res.Header)
	}
	// What a desk uploads belongs to the customer of the conversation that it is for.
	mine, status, p := w.upload(wire.PathUploads+"?conv="+conv, w.token("lisiqi"), "image/png", picture(t))
	if status != 200 {
		t.Fatalf("%d %+v", status, p)
	}
	if status, _ := w.get(wire.PathFiles+mine.Hash, w.visitor("anna")); status != 200 {
		t.Fatalf("an agent's file for the customer: %d", status)
	}
}

func TestUpload_GoesWithAMessage(t *testing.T) {
	w := newWorld(t)
	pic, _, _ := w.upload(wire.PathUploads, w.visitor("anna"), "image/png", picture(t))
	voice, _, _ := w.upload(wire.PathUploads+"?kind=voice", w.visitor("anna"), "audio/wav", voiceNote(2))
	other, _, _ := w.upload(wire.PathUploads, w.visitor("bert"), "image/png", picture(t))
	if voice.Secs != 2 || len(voice.Wave) != 64 {
		t.Fatalf("%+v", voice)
	}
	g := w.guest("anna")
	post := func(kind event.MessageKind, hashes ...string) wire.Ack {
		p := conversation.PostArgs{PostedBody: event.PostedBody{Kind: kind}}
		for _, h := range hashes {
			p.Attachments = append(p.Attachments, event.Attachment{Hash: h, Mime: "text/html", Size: 1, Secs: 600})
		}
		return w.cmd(g, conversation.Post, "", 0, p)
	}
	for name, a := range map[string]wire.Ack{
		"a file that nobody uploaded": post(event.Image, strings.Repeat("0", 64)),
		"somebody else's file":        post(event.Image, other.Hash),
		"a voice note as picture":     post(event.Image, voice.Hash),
		"a picture as voice note":     post(event.Voice, pic.Hash),
		"two voice notes in one":      post(event.Voice, voice.Hash, voice.Hash),
		"more than one looks at":      post(event.File, slices.Repeat([]string{pic.Hash}, 20)...),
	} {
		if a.OK {
			t.Errorf("%s was sent", name)
		}
	}
	if a := post(event.Image, pic.Hash); !a.OK {
		t.Fatal(a.Err)
	}
	if a := post(event.Voice, voice.Hash); !a.OK {
		t.Fatal(a.Err)
	}
	rec := until(w.guest("anna"), wire.TRec, func(r *wire.Rec) bool { return len(r.Enter) > 0 })
	s := string(must(json.Marshal(rec))(t))
	if !strings.Contains(s, "image/png") || strings.Contains(s, "text/html") || !strings.Contains(s, `"secs":2`) || strings.Contains(s, "600") || !strings.Contains(s, `"wave"`) {
		t.Fatalf("the client's word was taken: %s", s)
	}
}

// slowBody gives a byte now and then, by its own clock.
type slowBody struct{ closed bool }

func (*slowBody) Read(p []byte) (int, error) { p[0] = 'x'; return 1, nil }
func (b *slowBody) Close() error             { b.closed = true; return nil }

// deadlines notes what a body asks of its connection.
type deadlines struct {
	*httptest.ResponseRecorder
	at []time.Time
}

func (d *deadlines) SetReadDeadline(t time.Time) error { d.at = append(d.at, t); return nil }

func TestUpload_EachMegabyteHasItsTime(t *testing.T) {
	d := &deadlines{ResponseRecorder: httptest.NewRecorder()}
	began := time.Now()
	p := &paced{ReadCloser: &slowBody{}, conn: http.NewResponseController(d), began: began}
	for _, n := range []int{0, 1<<20 - 1, 1 << 20, 5 << 20} {
		p.n = n
		if _, err := p.Read(make([]byte, 8)); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []time.Duration{perMegabyte, perMegabyte, 2 * perMegabyte, 6 * perMegabyte} {
		if !d.at[i].Equal(began.Add(want)) {
			t.Errorf("read %d has until %v", i, d.at[i].Sub(began))
		}
	}
}

func TestRest_LoginAndReadiness(t *testing.T) {
	w := newWorld(t)
	u := must(w.users.User(t.Context(), "lisiqi"))(t)
	if err := w.users.Put(t.Context(), u, "geheim"); err != nil {
		t.Fatal(err)
	}
	login := func(user, password string) (int, wire.Session) {
		status, body := w.post(wire.PathLogin, "", "application/json", must(json.Marshal(wire.LoginRequest{User: user, Password: password}))(t))
		var s wire.Session
		_ = json.Unmarshal(body, &s)
		return status, s
	}
	status, s := login("lisiqi", "geheim")
	if status != 200 || s.User.ID != "lisiqi" || s.Token == "" {
		t.Fatalf("%d %+v", status, s)
	}
	for _, c := range [][2]string{{"lisiqi", "x"}, {"lisiqi", ""}, {"wangyu", ""}, {"nobody", "geheim"}} {
		if status, _ := login(c[0], c[1]); status != 401 {
			t.Errorf("%v: %d", c, status)
		}
	}
	refresh := must(json.Marshal(wire.RefreshRequest{Refresh: s.Refresh}))(t)
	if status, _ := w.post(wire.PathRefresh, "", "application/json", refresh); status != 200 {
		t.Fatalf("refresh: %d", status)
	}
	if status, _ := w.post(wire.PathRefresh, "", "application/json", refresh); status != 401 {
		t.Fatalf("the same refresh token again: %d", status)
	}
	if status, body := w.post(wire.PathVisitor, "", "application/json", []byte(`{"customer":"anna","proof":"00"}`)); status != 403 {
		t.Fatalf("a false proof: %d %s", status, body)
	}
	w.desk("lisiqi", nil, "")
	for path, want := range map[string]string{wire.PathReady: `"ok":true`, wire.PathHealth: `{"models":"degraded","ok":true,"understanding":"linear"}`, wire.PathMetrics: "agentdesk_desks 1"} {
		res := must(http.Get(w.url + path))(t)
		var b bytes.Buffer
		_, _ = b.ReadFrom(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != 200 || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %d %.200s", path, res.StatusCode, b.String())
		}
	}
}
