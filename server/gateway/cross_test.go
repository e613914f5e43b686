package gateway

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gorilla/websocket"

	"agentdesk/sync/conversation"
	"agentdesk/sync/wire"
)

const blog = "https://blog.example.com"

func TestCross_PagesThatMayEmbedReadAnswers(t *testing.T) {
	w := newWorld(t, func(p *Params) { p.Origins = []string{blog} })
	for origin, want := range map[string]string{blog: blog, "https://evil.example": "", "null": "", blog + ".evil.example": "", "": "", "http://blog.example.com": ""} {
		for _, c := range [][2]string{{"OPTIONS", wire.PathVisitor}, {"POST", wire.PathVisitor}, {"OPTIONS", wire.PathUploads}, {"GET", wire.PathFiles + strings.Repeat("0", 64)}} {
			req := must(http.NewRequest(c[0], w.url+c[1], strings.NewReader("{}")))(t)
			if origin != "" {
				req.Header.Set("Origin", origin)
			}
			res := must(http.DefaultClient.Do(req))(t)
			_ = res.Body.Close()
			if got := res.Header.Get("Access-Control-Allow-Origin"); got != want || res.Header.Get("Access-Control-Allow-Credentials") != "" || res.Header.Get("Vary") == "" {
				t.Errorf("%s %s from %q: %q", c[0], c[1], origin, got)
			}
			if c[0] == "OPTIONS" && res.StatusCode != http.StatusNoContent {
				t.Errorf("%s %s: %d", c[0], c[1], res.StatusCode)
			}
		}
		req := must(http.NewRequest(http.MethodGet, w.url+wire.PathGoods, nil))(t)
		req.Header.Set("Origin", origin)
		res := must(http.DefaultClient.Do(req))(t)
		_ = res.Body.Close()
		if res.Header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("a desk's request is answered to %q", origin)
		}
	}
}

func TestCross_SocketsOfPages(t *testing.T) {
	w := newWorld(t, func(p *Params) { p.Origins = []string{blog} })
	for _, c := range []struct {
		path, origin string
		ok           bool
	}{
		{wire.PathCustomer, blog, true}, {wire.PathCustomer, w.url, true}, {wire.PathCustomer, "", true},
		{wire.PathCustomer, "https://evil.example", false}, {wire.PathCustomer, "null", false},
		{wire.PathDesk, "", true}, {wire.PathDesk, blog, false},
	} {
		h := http.Header{}
		if c.origin != "" {
			h.Set("Origin", c.origin)
		}
		conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(w.url, "http")+c.path, h)
		if res != nil {
			_ = res.Body.Close()
		}
		if (err == nil) != c.ok {
			t.Errorf("%s from %q: %v", c.path, c.origin, err)
		}
		if err == nil {
			_ = conn.Close()
		}
	}
}

func TestWelcome_TellsWhenPeopleServe(t *testing.T) {
	if h := newWorld(t).guest("anna").w.Guest.Hours; h != nil {
		t.Fatalf("a shop that is always open: %+v", h)
	}
	pol := conversation.Default()
	pol.Hours = must(conversation.ParseHours("09:00-23:00", 480))(t)
	w := newWorld(t, func(p *Params) { p.Policy = pol })
	h := w.guest("anna").w.Guest.Hours
	if h == nil || h.Opens != "09:00" || h.Closes != "23:00" || h.Open != pol.Hours.Open(w.floor.Now()) {
		t.Fatalf("%+v", h)
	}
}
