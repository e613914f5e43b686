// Package page serves the demo shop's product pages with the chat widget in them.
//
// Everything is static but the product page, which html/template renders from the shop's data. There is no inline script
// or style, so the Content-Security-Policy can forbid both.
package page

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"strings"
	"time"

	"agentdesk/server/shop"
)

//go:embed static
var static embed.FS

// keyProduct is what "/" leads to: the product of the shop's story.
const keyProduct = "p-ceramide-cream"

// policy lets the page load from its own host only. 'self' of connect-src covers the WebSocket of the same host.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Params is what the pages are made of.
type Params struct {
	Shop     shop.Shop
	Pictures fs.FS // SVGs named by Product.Picture
}

type pages struct {
	shop shop.Shop
	tmpl *template.Template
}

// New makes the handler of "/", /p/{id}, /widget.js, /widget.css, /page.css and /pictures/*.
func New(p Params) (http.Handler, error) {
	if p.Shop == nil || p.Pictures == nil {
		return nil, errors.New("new page: shop and pictures are needed")
	}
	tmpl, err := template.New("product.html").Funcs(template.FuncMap{"yuan": yuan, "tenths": tenths, "join": strings.Join}).
		ParseFS(static, "static/product.html")
	if err != nil {
		return nil, fmt.Errorf("new page: %w", err)
	}
	g := &pages{shop: p.Shop, tmpl: tmpl}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		to := "/p/" + keyProduct
		if r.URL.RawQuery != "" {
			to += "?" + r.URL.RawQuery // ?as= and ?lang= are the widget's
		}
		http.Redirect(w, r, to, http.StatusFound)
	})
	mux.HandleFunc("GET /p/{id}", g.product)
	for _, name := range []string{"widget.js", "widget.css", "page.css"} {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-cache")
			http.ServeFileFS(w, r, static, "static/"+name)
		})
	}
	mux.Handle("GET /pictures/", http.StripPrefix("/pictures/", http.FileServerFS(p.Pictures)))
	return secured(mux), nil
}

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

type view struct {
	shop.Product
	Variant   shop.Variant // the chosen one
	Opinions  []shop.Review
	Neighbors []shop.Product // others of its category
}

func (g *pages) product(w http.ResponseWriter, r *http.Request) {
	ctx := r.Context()
	p, err := g.shop.Product(ctx, r.PathValue("id"))
	switch {
	case errors.Is(err, shop.ErrNotFound):
		http.NotFound(w, r)
		return
	case err != nil:
		http.Error(w, "the shop cannot be asked now", http.StatusServiceUnavailable)
		return
	}
	v := view{Product: p, Variant: p.Main()}
	for _, o := range p.Variants {
		if o.ID == r.PathValue("id") {
			v.Variant = o
		}
	}
	// Opinions and neighbours are extras: without them the page is still right.
	v.Opinions, _ = g.shop.Reviews(ctx, p.ID, 4)
	near, _ := g.shop.SearchProducts(ctx, p.Category, 8)
	for _, n := range near {
		if n.ID != p.ID && len(v.Neighbors) < 3 {
			v.Neighbors = append(v.Neighbors, n)
		}
	}
	var b bytes.Buffer
	if err := g.tmpl.Execute(&b, v); err != nil {
		http.Error(w, "the page cannot be drawn", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-cache")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b.Bytes()))
}

// yuan writes fen as people read them: 28900 is 289, 28950 is 289.50.
func yuan(fen int64) string {
	if fen%100 == 0 {
		return fmt.Sprintf("%d", fen/100)
	}
	return fmt.Sprintf("%d.%02d", fen/100, fen%100)
}

func tenths(n int) string { return fmt.Sprintf("%d.%d", n/10, n%10) }
