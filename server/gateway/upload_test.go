package gateway

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

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

func TestUpload_TakesPicturesRefusesDisguise(t *testing.T) {
	w := newWorld(t)
	token, _ := w.visitors.Anonymous()
	pic := picture(t)
	for name, c := range map[string]struct {
		ctype, token string
		body         []byte
		status       int
		code         string
	}{
		"picture":             {"image/png", token, pic, 200, ""},
		"type not told":       {"application/octet-stream", token, pic, 200, ""},
		"no token":            {"image/png", "", pic, 401, "bad_token"},
		"page as picture":     {"image/png", token, []byte("<html><script>alert(1)</script>"), 415, "disguised"},
		"program as pdf":      {"application/pdf", token, []byte("MZ\x90\x00\x03"), 415, "disguised"},
		"picture as pdf":      {"application/pdf", token, pic, 415, "disguised"},
		"head of a picture":   {"image/png", token, pic[:12], 415, "disguised"},
		"page":                {"text/html", token, []byte("<html></html>"), 415, "unsupported"},
		"svg":                 {"text/xml", token, []byte(`<?xml version="1.0"?><svg onload="x"/>`), 415, "unsupported"},
		"nothing":             {"image/png", token, nil, 400, "invalid"},
		"more than allowed":   {"image/png", token, append(bytes.Clone(pic), make([]byte, wire.MaxUpload)...), 413, "too_large"},
		"no type at all":      {"", token, pic, 415, "unsupported"},
		"a form without file": {"multipart/form-data; boundary=x", token, []byte("--x--\r\n"), 400, "invalid"},
	} {
		status, body := w.post(wire.PathUploads, c.token, c.ctype, c.body)
		var p wire.Problem
		if err := json.Unmarshal(body, &p); err != nil {
			t.Fatalf("%s: %s", name, body)
		}
		if status != c.status || p.Code != c.code {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
}

func TestUpload_GoesWithAMessage(t *testing.T) {
	w := newWorld(t)
	token, _ := w.visitors.Anonymous()
	_, body := w.post(wire.PathUploads, token, "image/png", picture(t))
	var u wire.Uploaded
	if err := json.Unmarshal(body, &u); err != nil {
		t.Fatal(err)
	}
	if u.W != 3 || u.H != 2 || u.Mime != "image/png" {
		t.Fatalf("%+v", u)
	}
	res := must(http.Get(w.url + wire.PathFiles + u.Hash))(t)
	_ = res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Content-Type") != "image/png" {
		t.Fatalf("%d %v", res.StatusCode, res.Header)
	}
	for _, bad := range []string{strings.Repeat("0", 64), "..", "..%2f..%2fusers.db", strings.ToUpper(u.Hash)} {
		res := must(http.Get(w.url + wire.PathFiles + bad))(t)
		_ = res.Body.Close()
		if res.StatusCode != 404 {
			t.Errorf("%s: %d", bad, res.StatusCode)
		}
	}
	g := w.guest("anna")
	post := func(hash string) wire.Ack {
		return w.cmd(g, conversation.Post, "", 0, conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.Image,
			Attachments: []event.Attachment{{Hash: hash, Mime: "text/html", Size: 1}}}})
	}
	if a := post(strings.Repeat("0", 64)); a.OK {
		t.Fatal("a file that nobody uploaded was sent")
	}
	if a := post(u.Hash); !a.OK {
		t.Fatal(a.Err)
	}
	rec := until(w.guest("anna"), wire.TRec, func(r *wire.Rec) bool { return len(r.Enter) > 0 })
	if s := string(must(json.Marshal(rec))(t)); !strings.Contains(s, "image/png") || strings.Contains(s, "text/html") {
		t.Fatalf("the client's word on the type was taken: %s", s)
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
	for path, want := range map[string]string{wire.PathReady: `"ok":true`, wire.PathHealth: `"ok":true`, wire.PathMetrics: "agentdesk_desks 1"} {
		res := must(http.Get(w.url + path))(t)
		var b bytes.Buffer
		_, _ = b.ReadFrom(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != 200 || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %d %.200s", path, res.StatusCode, b.String())
		}
	}
}
