package page_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/assets/faces"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
	"agentdesk/server/identity"
	"agentdesk/server/page"
)

var now = time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone())

// world is the shop with its pages, and one visitor's cookies.
type world struct {
	t       *testing.T
	h       http.Handler
	shop    *store.Store
	cookies map[string]string
}

func open(t *testing.T) *world {
	t.Helper()
	base, err := shopdata.New(shopdata.Params{Files: assets.Shop(), Now: now, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	clock := func() time.Time { return now }
	s, err := store.Open(t.Context(), store.Params{Base: base, Path: filepath.Join(t.TempDir(), "shop.db"), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	visitors, err := identity.NewVisitors(identity.VisitorParams{Secret: bytes.Repeat([]byte("s"), 32), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	h, err := page.New(t.Context(), page.Params{Shop: s, Pictures: base.Pictures(assets.Pictures()), Faces: faces.Files, Visitors: visitors, Demo: true, Restock: s.Restock,
		Origins: []string{"https://blog.example.com"}, Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, h: h, shop: s, cookies: map[string]string{}}
}

func (w *world) do(r *http.Request) *httptest.ResponseRecorder {
	w.t.Helper()
	for n, v := range w.cookies {
		r.AddCookie(&http.Cookie{Name: n, Value: v})
	}
	rec := httptest.NewRecorder()
	w.h.ServeHTTP(rec, r)
	for _, c := range rec.Result().Cookies() {
		w.cookies[c.Name] = c.Value
	}
	return rec
}

func (w *world) get(path string) *httptest.ResponseRecorder {
	return w.do(httptest.NewRequest(http.MethodGet, path, nil))
}

// post sends a form as one of the shop's own pages would.
func (w *world) post(path string, form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return w.do(r)
}

// check holds what is true of every page.
func check(t *testing.T, path string, rec *httptest.ResponseRecorder) string {
	t.Helper()
	body := rec.Body.String()
	if !strings.Contains(body, "</html>") || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") {
		t.Errorf("%s: no whole page", path)
	}
	for _, bad := range []string{"<script>", " style=", "onclick", "javascript:", "<no value>", "%!", "ZgotmplZ"} {
		if strings.Contains(body, bad) {
			t.Errorf("%s: has %q", path, bad)
		}
	}
	for _, u := range outside.FindAllString(body, -1) {
		t.Errorf("%s: names another site: %s", path, u)
	}
	if m := unsaid.FindString(body); m != "" {
		t.Errorf("%s: a word is missing: %s", path, m)
	}
	csp := rec.Header().Get("Content-Security-Policy")
	if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
		t.Errorf("%s: policy %q", path, csp)
	}
	return body
}

var (
	outside = regexp.MustCompile(`(?:src|href|action|srcset)="(?:https?:)?//[^"]*"`)
	unsaid  = regexp.MustCompile(`>(?:nav|p|cart|sum|coupon|checkout|pay|order|orders|state|rstate|pstate|kind|return|member|tier|policy|foot|fail|privacy|step|tab|list|sort|home|trust|search)\.[a-z.]+<`)
)

func TestProduct_EveryProductHasAPageAndItsPictureInBothLanguages(t *testing.T) {
	w := open(t)
	all, err := w.shop.SearchProducts(context.Background(), "", 0)
	if err != nil || len(all) < 40 {
		t.Fatalf("catalogue: %d products, %v", len(all), err)
	}
	for _, p := range all {
		for _, lang := range []string{"zh", "en"} {
			rec := w.get("/p/" + p.ID + "?lang=" + lang)
			if rec.Code != http.StatusOK {
				t.Fatalf("%s: %d", p.ID, rec.Code)
			}
			body := check(t, p.ID, rec)
			for _, want := range []string{p.Title, p.Variants[len(p.Variants)-1].Name, "/pictures/" + p.Picture, `data-page="` + p.ID + `"`} {
				if !strings.Contains(body, want) {
					t.Errorf("%s: page lacks %q", p.ID, want)
				}
			}
		}
		if pic := w.get("/pictures/" + p.Picture); pic.Code != http.StatusOK || !strings.HasPrefix(pic.Header().Get("Content-Type"), "image/svg+xml") {
			t.Errorf("%s: picture %d %q", p.ID, pic.Code, pic.Header().Get("Content-Type"))
		}
	}
}

func TestPages_AllOfThemDraw(t *testing.T) {
	w := open(t)
	w.get("/?as=c-linxiaolu")
	mine, err := w.shop.OrdersOf(t.Context(), "c-linxiaolu", 0)
	if err != nil || len(mine) == 0 {
		t.Fatal(len(mine), err)
	}
	paths := []string{"/", "/c/skin", "/c/makeup", "/c/body", "/c/sensitive", "/c/all", "/c/all?page=2", "/c/skin?cat=面霜&skin=干皮&sort=price&stock=1", "/c/all?skin=火星皮", "/search", "/search?q=泛红",
		"/search?q=" + url.QueryEscape("<b>没有的东西"), "/cart", "/orders", "/orders?tab=done", "/orders?tab=x", "/member", "/policies", "/policies/policy-return", "/privacy", "/p/p-ceramide-cream-15g?reviews=80&skin=敏感肌"}
	for _, o := range mine {
		paths = append(paths, "/orders/"+o.ID)
	}
	for _, lang := range []string{"zh", "en"} {
		for _, path := range paths {
			sep := "?"
			if strings.Contains(path, "?") {
				sep = "&"
			}
			rec := w.get(path + sep + "lang=" + lang)
			if rec.Code != http.StatusOK {
				t.Errorf("%s: %d", path, rec.Code)
			}
			check(t, path, rec)
		}
	}
	for path, code := range map[string]int{"/p/none": 404, "/c/none": 404, "/orders/none": 404, "/policies/none": 404, "/nothing": 404, "/product.html": 404} {
		rec := w.get(path)
		if rec.Code != code {
			t.Errorf("%s: %d, want %d", path, rec.Code, code)
		}
		check(t, path, rec)
	}
}

func TestProduct_ShowsThePriceOfTheChosenVariant(t *testing.T) {
	w := open(t)
	if body := w.get("/p/p-ceramide-cream").Body.String(); !strings.Contains(body, "<b>¥289</b>") {
		t.Error("the cream costs 289 after its coupon, the page does not say so")
	}
	if body := w.get("/p/p-ceramide-cream-15g").Body.String(); strings.Contains(body, `class="price"><b>¥289</b>`) {
		t.Error("the small size is shown at the price of the large one")
	}
}

func TestWidget_IsSmallAndNamesNoOtherSite(t *testing.T) {
	w := open(t)
	total := 0
	for _, name := range []string{"/widget.js", "/widget-recorder.js"} {
		r := httptest.NewRequest(http.MethodGet, name, nil)
		r.Header.Set("Accept-Encoding", "br, gzip")
		rec := w.do(r)
		if rec.Code != 200 || rec.Header().Get("Content-Encoding") != "gzip" || !strings.HasPrefix(rec.Header().Get("Content-Type"), "text/javascript") {
			t.Fatalf("%s: %d %v", name, rec.Code, rec.Header())
		}
		total += rec.Body.Len()
		z, err := gzip.NewReader(rec.Body)
		if err != nil {
			t.Fatal(err)
		}
		src, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		if plain := w.get(name); plain.Body.String() != string(src) || plain.Header().Get("Content-Encoding") != "" {
			t.Errorf("%s: packed and plain differ", name)
		}
		for _, bad := range []string{"eval(", "new Function", "innerHTML", "insertAdjacentHTML", "document.write", "setAttribute('style'"} {
			if strings.Contains(string(src), bad) {
				t.Errorf("%s uses %s", name, bad)
			}
		}
		for _, u := range regexp.MustCompile(`https?://[\w.]+`).FindAllString(string(src), -1) {
			if u != "http://www.w3.org" { // the name space of SVG
				t.Errorf("%s names %s", name, u)
			}
		}
		tag := rec.Header().Get("ETag")
		again := httptest.NewRequest(http.MethodGet, name, nil)
		again.Header.Set("Accept-Encoding", "gzip")
		again.Header.Set("If-None-Match", tag)
		if rec := w.do(again); rec.Code != http.StatusNotModified {
			t.Errorf("%s: %d for what the browser has", name, rec.Code)
		}
	}
	t.Logf("widget: %d bytes gzipped", total)
	if total > 60<<10 {
		t.Errorf("the widget is %d bytes gzipped, more than 60 KB", total)
	}
}

func TestNew_NeedsItsParts(t *testing.T) {
	if _, err := page.New(t.Context(), page.Params{}); err == nil {
		t.Error("made pages of nothing")
	}
}

func TestWords_EveryWordOfTheCatalogueHasItsEnglish(t *testing.T) {
	w := open(t)
	all, err := w.shop.SearchProducts(t.Context(), "", 0)
	if err != nil {
		t.Fatal(err)
	}
	words := page.Words(t)
	need := map[string]string{}
	for _, p := range all {
		need[p.Category], need[p.Step] = p.ID, p.ID
		for _, s := range append(p.Skins, p.Concerns...) {
			need[s] = p.ID
		}
	}
	for s, id := range need {
		if _, ok := words["w."+s]; !ok && s != "" {
			t.Errorf("%s: %q has no English", id, s)
		}
	}
	for k, v := range words {
		if v[0] == "" || v[1] == "" {
			t.Errorf("%s lacks a language", k)
		}
		if strings.Count(v[0], "{}") != strings.Count(v[1], "{}") {
			t.Errorf("%s: the languages take different numbers of arguments", k)
		}
	}
}
