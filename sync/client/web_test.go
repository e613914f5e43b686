package client

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"agentdesk/sync/wire"
)

const hash64 = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

// web is a fake of the server's REST doors, and a desk that asks it.
func web(t *testing.T, h http.HandlerFunc) (*Web, *int) {
	t.Helper()
	s := httptest.NewServer(h)
	c := s.Client()
	t.Cleanup(func() { c.CloseIdleConnections(); s.Close() })
	renewed := 0
	return &Web{HTTP: c, Server: s.URL, Token: func(_ context.Context, renew bool) (string, error) {
		if renew {
			renewed++
		}
		return fmt.Sprintf("t%d", renewed), nil
	}}, &renewed
}

func TestWeb_AsksAsTheProtocolSays(t *testing.T) {
	var seen []string
	w, renewed := web(t, func(w http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Method+" "+r.URL.String()+" "+r.Header.Get("Authorization"))
		switch {
		case r.URL.Path == "/api/desk/sources/policy/after sales":
			_, _ = io.WriteString(w, `{"title":"退换","sections":[{"id":"2.1","title":"过敏","text":"可退"}]}`)
		case strings.HasPrefix(r.URL.Path, "/api/desk/conversations/"):
			_, _ = io.WriteString(w, `{"id":"c9","ev":[]}`)
		case r.URL.Path == "/api/desk/history":
			_, _ = io.WriteString(w, `{"rows":[{"conv":"c9","opened":5,"channel":"web","messages":3}]}`)
		case strings.HasPrefix(r.URL.Path, "/api/desk/"):
			_, _ = io.WriteString(w, `{"items":[{"id":"p1","title":"面霜","price":28900}]}`)
		default:
			_, _ = io.WriteString(w, "bytes")
		}
	})
	ctx := context.Background()
	goods, err := w.Products(ctx, "面霜", "c1")
	if err != nil || len(goods) != 1 || goods[0].Price != 28900 {
		t.Errorf("products %+v %v", goods, err)
	}
	if got, err := w.Orders(ctx, "c1"); err != nil || len(got) != 1 {
		t.Errorf("orders %+v %v", got, err)
	}
	if got, err := w.Coupons(ctx, "c1"); err != nil || len(got) != 1 {
		t.Errorf("coupons %+v %v", got, err)
	}
	if got, err := w.Past(ctx, "c1"); err != nil || len(got) != 1 || got[0].Messages != 3 {
		t.Errorf("past %+v %v", got, err)
	}
	if got, err := w.Conversation(ctx, "c9"); err != nil || got.ID != "c9" {
		t.Errorf("conversation %+v %v", got, err)
	}
	if _, err := w.Conversation(ctx, "c8"); err == nil {
		t.Error("another conversation's answer was taken")
	}
	if got, err := w.Source(ctx, "policy", "after sales"); err != nil || got.Sections[0].Text != "可退" {
		t.Errorf("source %+v %v", got, err)
	}
	if got, err := w.File(ctx, hash64, 480); err != nil || string(got) != "bytes" {
		t.Errorf("file %q %v", got, err)
	}
	for _, bad := range []string{"//elsewhere/x.png", "http://elsewhere/x.png", "/x?y", ""} {
		if _, err := w.Picture(ctx, bad, 0); err == nil {
			t.Errorf("asked for %q", bad)
		}
	}
	if _, err := w.File(ctx, "../../etc/passwd", 0); err == nil {
		t.Error("asked for a file by a path")
	}
	want := "GET /api/desk/products?conv=c1&q=%E9%9D%A2%E9%9C%9C Bearer t0"
	if seen[0] != want || seen[len(seen)-1] != "GET /files/"+hash64+"?w=480 Bearer t0" || *renewed != 0 {
		t.Errorf("asked %q", seen)
	}
}

func TestWeb_RenewsAnExpiredTokenOnce(t *testing.T) {
	var asked int
	w, renewed := web(t, func(w http.ResponseWriter, r *http.Request) {
		asked++
		if r.Header.Get("Authorization") != "Bearer t1" {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, `{"code":"expired","text":"sign in again"}`)
			return
		}
		data, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, `{"hash":%q,"mime":%q,"size":%d}`, hash64, r.Header.Get("Content-Type"), len(data))
	})
	var last int64
	up, err := w.Upload(context.Background(), "c1", "image/png", make([]byte, 100_000), func(n int64) { last = n })
	if err != nil || up.Size != 100_000 || up.Mime != "image/png" || last != 100_000 || asked != 2 || *renewed != 1 {
		t.Errorf("upload %+v %v, %d sent, %d asked, %d renewed", up, err, last, asked, *renewed)
	}
}

func TestWeb_RefusalsAndOversizedAnswers(t *testing.T) {
	w, _ := web(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/desk/orders":
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<html>a proxy's page</html>")
		case "/api/desk/coupons":
			_, _ = w.Write(make([]byte, maxAnswer+1))
		case wire.PathUploads:
			_, _ = io.WriteString(w, `{"hash":"short"}`)
		}
	})
	var re *RESTError
	if _, err := w.Orders(context.Background(), "c"); !errors.As(err, &re) || re.Status != http.StatusForbidden || re.Code != "Forbidden" {
		t.Errorf("err %v", err)
	}
	if _, err := w.Coupons(context.Background(), "c"); !errors.Is(err, ErrTooLong) {
		t.Errorf("err %v", err)
	}
	if _, err := w.Upload(context.Background(), "c1", "image/png", []byte("x"), nil); err == nil {
		t.Error("a nameless upload was taken")
	}
}

func FuzzAnswers(f *testing.F) {
	for _, s := range []string{`{"items":[{"id":"p"}]}`, `{"rows":[{"conv":"c"}]}`, `{"id":"c","ev":[{"q":1}]}`, `{"title":"t","sections":[{}]}`,
		`{"hash":"` + hash64 + `"}`, `{"items":null}`, `[]`, `{`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if v, err := decodeCards(maxGoods)(data); err == nil && len(v) > maxGoods {
			t.Errorf("%d cards", len(v))
		}
		if v, err := decodePast(data); err == nil && len(v) > maxPast {
			t.Errorf("%d rows", len(v))
		}
		if v, err := decodeTalk("c")(data); err == nil && v.ID != "c" {
			t.Errorf("conversation %q", v.ID)
		}
		if v, err := decodeSource(data); err == nil && len(v.Sections) > maxSections {
			t.Errorf("%d sections", len(v.Sections))
		}
		if v, err := decodeUploaded(data); err == nil && !validHash(v.Hash) {
			t.Errorf("hash %q", v.Hash)
		}
	})
}
