package app

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// restFake is what the fake's REST doors hold and were asked. They are stand-ins for the server's, by docs/protocol.md.
type restFake struct {
	files    map[string][]byte
	asked    []string // method, path and query
	uploads  int
	hold     chan struct{} // uploads wait for it to be closed
	refuse   int           // status of uploads, 0 for taking them
	goods    []event.Card
	orders   []event.Card
	coupons  []event.Card
	past     []wire.PastRow
	talks    map[string]wire.Conversation
	sources  map[string]string
	traces   map[string]string // by message
	token    string            // what is valid now, "" for anything
	renewals int
}

// doors adds the REST doors.
func (f *fake) doors(mux *http.ServeMux) {
	f.rest = restFake{files: map[string][]byte{}, talks: map[string]wire.Conversation{}, sources: map[string]string{}}
	answer := func(w http.ResponseWriter, v any) { _ = json.NewEncoder(w).Encode(v) }
	door := func(pattern string, h http.HandlerFunc) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			f.mu.Lock()
			f.rest.asked = append(f.rest.asked, r.Method+" "+r.URL.RequestURI())
			closed, token := f.closed, f.rest.token
			f.mu.Unlock()
			switch {
			case closed:
				w.WriteHeader(http.StatusServiceUnavailable)
			case token != "" && r.Header.Get("Authorization") != "Bearer "+token, !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer "):
				w.WriteHeader(http.StatusUnauthorized)
			default:
				h(w, r)
			}
		})
	}
	mux.HandleFunc(wire.PathRefresh, func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.rest.renewals++
		if f.rest.token == "" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		answer(w, wire.Session{Token: f.rest.token, Refresh: "r2", Expires: time.Now().Add(time.Hour).UnixMilli(), User: xiaoning})
	})
	door("/api/desk/products", func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		defer f.mu.Unlock()
		var out []event.Card
		for _, c := range f.rest.goods {
			if strings.Contains(c.Title, r.URL.Query().Get("q")) {
				out = append(out, c)
			}
		}
		answer(w, wire.Goods{Items: out})
	})
	door("/api/desk/orders", func(w http.ResponseWriter, _ *http.Request) { answer(w, wire.Orders{Items: f.rest.orders}) })
	door("/api/desk/coupons", func(w http.ResponseWriter, _ *http.Request) { answer(w, wire.Coupons{Items: f.rest.coupons}) })
	door("/api/desk/history", func(w http.ResponseWriter, _ *http.Request) { answer(w, wire.Past{Rows: f.rest.past}) })
	door("/api/desk/conversations/", func(w http.ResponseWriter, r *http.Request) {
		c, ok := f.rest.talks[strings.TrimPrefix(r.URL.Path, "/api/desk/conversations/")]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		answer(w, c)
	})
	door("/api/desk/sources/", func(w http.ResponseWriter, r *http.Request) {
		s, ok := f.rest.sources[strings.TrimPrefix(r.URL.Path, "/api/desk/sources/")]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, s)
	})
	door(wire.PathTrace+"{conv}/{msg}", f.tracesDoor)
	door(wire.PathUploads, func(w http.ResponseWriter, r *http.Request) {
		data, err := io.ReadAll(r.Body)
		f.mu.Lock()
		hold, refuse := f.rest.hold, f.rest.refuse
		f.mu.Unlock()
		if hold != nil {
			select {
			case <-hold:
			case <-r.Context().Done():
				return
			}
		}
		if refuse != 0 || err != nil {
			w.WriteHeader(max(refuse, http.StatusBadRequest))
			return
		}
		// What is stored may differ from what was sent: the server strips what tells where a picture was taken.
		stored := append([]byte(nil), data...)
		sum := sha256.Sum256(append(stored, "stripped"...))
		u := wire.Uploaded{Hash: hex.EncodeToString(sum[:]), Mime: r.Header.Get("Content-Type"), Size: int64(len(stored))}
		if c, _, err := image.DecodeConfig(bytes.NewReader(stored)); err == nil {
			u.W, u.H = c.Width, c.Height
		}
		f.mu.Lock()
		f.rest.files[u.Hash] = stored
		f.rest.uploads++
		f.mu.Unlock()
		answer(w, u)
	})
	file := func(w http.ResponseWriter, r *http.Request) {
		f.mu.Lock()
		data, ok := f.rest.files[strings.TrimPrefix(r.URL.Path, wire.PathFiles)]
		f.mu.Unlock()
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(data)
	}
	door(wire.PathFiles, file)
	door("/shop/", file)
}

// didAsk counts requests that begin so.
func (f *fake) didAsk(prefix string) (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, a := range f.rest.asked {
		if strings.HasPrefix(a, prefix) {
			n++
		}
	}
	return n
}

// with changes the REST doors while the desk runs.
func (f *fake) with(change func(*restFake)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change(&f.rest)
}

// picture is a PNG of a size.
func picture(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{uint8(x), uint8(y), uint8(x * y), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
