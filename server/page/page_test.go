package page_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/page"
	"agentdesk/server/shop"
)

func open(t *testing.T) (http.Handler, shop.Shop) {
	t.Helper()
	s, err := shopdata.New(shopdata.Params{Files: assets.Shop(), Now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone()), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	h, err := page.New(page.Params{Shop: s, Pictures: assets.Pictures()})
	if err != nil {
		t.Fatal(err)
	}
	return h, s
}

func get(h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestProduct_EveryProductHasAPageAndItsPicture(t *testing.T) {
	h, s := open(t)
	all, err := s.SearchProducts(context.Background(), "", 0)
	if err != nil || len(all) < 40 {
		t.Fatalf("catalogue: %d products, %v", len(all), err)
	}
	for _, p := range all {
		w := get(h, "/p/"+p.ID)
		body := w.Body.String()
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d", p.ID, w.Code)
		}
		for _, want := range []string{p.Title, p.Variants[len(p.Variants)-1].Name, "/pictures/" + p.Picture, `data-page="` + p.ID + `"`, "</html>"} {
			if !strings.Contains(body, want) {
				t.Errorf("%s: page lacks %q", p.ID, want)
			}
		}
		if strings.Contains(body, "<script>") || strings.Contains(body, "style=") || strings.Contains(body, "onclick") {
			t.Errorf("%s: inline script or style", p.ID)
		}
		if pic := get(h, "/pictures/"+p.Picture); pic.Code != http.StatusOK || !strings.HasPrefix(pic.Header().Get("Content-Type"), "image/svg+xml") {
			t.Errorf("%s: picture %d %q", p.ID, pic.Code, pic.Header().Get("Content-Type"))
		}
	}
}

func TestHandler_Paths(t *testing.T) {
	h, _ := open(t)
	for path, want := range map[string]struct {
		code  int
		ctype string
	}{
		"/p/p-ceramide-cream-15g": {200, "text/html"},
		"/p/none":                 {404, "text/plain"},
		"/widget.js":              {200, "text/javascript"},
		"/widget.css":             {200, "text/css"},
		"/page.css":               {200, "text/css"},
		"/product.html":           {404, "text/plain"},
		"/pictures/../page.go":    {307, ""},
	} {
		w := get(h, path)
		if w.Code != want.code || !strings.HasPrefix(w.Header().Get("Content-Type"), want.ctype) {
			t.Errorf("%s: %d %q, want %d %q", path, w.Code, w.Header().Get("Content-Type"), want.code, want.ctype)
		}
		csp := w.Header().Get("Content-Security-Policy")
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	if w := get(h, "/?as=c-linxiaolu"); w.Code != http.StatusFound || w.Header().Get("Location") != "/p/p-ceramide-cream?as=c-linxiaolu" {
		t.Errorf("root leads to %d %q", w.Code, w.Header().Get("Location"))
	}
}

func TestProduct_ShowsThePriceOfTheChosenVariant(t *testing.T) {
	h, s := open(t)
	p, err := s.Product(context.Background(), "p-ceramide-cream")
	if err != nil {
		t.Fatal(err)
	}
	if body := get(h, "/p/p-ceramide-cream").Body.String(); !strings.Contains(body, "¥289") {
		t.Errorf("the cream costs %d fen, the page does not say 289", p.Main().PayFen())
	}
	if body := get(h, "/p/p-ceramide-cream-15g").Body.String(); strings.Contains(body, "<b>¥289</b>") {
		t.Error("the small size is shown at the price of the large one")
	}
}

func TestNew_NeedsShopAndPictures(t *testing.T) {
	if _, err := page.New(page.Params{}); err == nil {
		t.Error("made a page of nothing")
	}
}
