// Package page serves the demo shop: its pages, the JSON that its chat asks for, and the chat widget itself, which any page
// embeds with one script tag.
//
// Pages are html/template over the shop's data, in Chinese or English. There is no inline script or style, so the
// Content-Security-Policy can forbid both. Who a visitor is stands in a cookie that holds the same signed token with which
// the chat opens its socket: page and chat cannot disagree.
package page

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"agentdesk/server/identity"
	"agentdesk/server/shop"
)

//go:embed static tmpl widget words.json
var files embed.FS

// policy lets a page load from its own host only. 'self' of connect-src covers the WebSocket of the same host, blob: the
// pictures and voice notes that the chat fetched with its token.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; media-src blob:; connect-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// askWithin bounds what a page waits for the shop.
const askWithin = 3 * time.Second

// Params is what the pages are made of. Optional fields say so.
type Params struct {
	Shop     shop.Store
	Pictures fs.FS              // SVGs named by Product.Picture
	Faces    fs.FS              // optional: face-0.svg … face-7.svg, of agents
	Visitors *identity.Visitors // the same that the doors ask
	Demo     bool               // ?as=<customer> signs in
	// Restock puts pieces of a variant into stock, for who tries the demo's stock notices. Optional: then nobody can.
	Restock func(ctx context.Context, variant string, pieces int) error
	Origins []string         // optional: other sites that may embed the chat, e.g. https://blog.example.com
	Now     func() time.Time // optional: the system's clock
	Logger  *slog.Logger     // optional
}

type pages struct {
	Params
	views   *views
	groups  []group
	figures map[string]int64 // policy/name: what the policies state
	zone    *time.Location
}

// New makes the handler of everything that the doors do not take. The catalogue's categories are read once.
func New(ctx context.Context, p Params) (http.Handler, error) {
	if p.Shop == nil || p.Pictures == nil || p.Visitors == nil {
		return nil, errors.New("new page: shop, pictures and visitors are needed")
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	g := &pages{Params: p, zone: time.FixedZone("CST", 8*3600)}
	var err error
	if g.views, err = newViews(); err != nil {
		return nil, fmt.Errorf("new page: %w", err)
	}
	if g.groups, err = readGroups(ctx, p.Shop); err != nil {
		return nil, fmt.Errorf("new page: %w", err)
	}
	rules, err := p.Shop.Policies(ctx)
	if err != nil {
		return nil, fmt.Errorf("new page: %w", err)
	}
	g.figures = map[string]int64{}
	for _, r := range rules {
		for name, n := range r.Figures {
			g.figures[r.ID+"/"+name] = n
		}
	}
	mux := http.NewServeMux()
	if err := g.assets(mux); err != nil {
		return nil, fmt.Errorf("new page: %w", err)
	}
	g.routes(mux)
	return secured(mux), nil
}

func (g *pages) routes(mux *http.ServeMux) {
	for path, fn := range map[string]handler{
		"GET /{$}":                g.home,
		"GET /c/{slug}":           g.category,
		"GET /search":             g.search,
		"GET /p/{id}":             g.product,
		"GET /cart":               g.cart,
		"POST /cart":              g.changeCart,
		"GET /checkout":           g.checkout,
		"POST /checkout":          g.placeOrder,
		"GET /pay/{id}":           g.payment,
		"POST /pay/{id}":          g.pay,
		"GET /orders":             g.orders,
		"GET /orders/{id}":        g.order,
		"POST /orders/{id}":       g.changeOrder,
		"GET /orders/{id}/return": g.returnForm,
		"GET /member":             g.member,
		"POST /coupons":           g.claim,
		"POST /restock":           g.restock,
		"POST /signout":           g.signOut,
		"GET /policies":           g.policies,
		"GET /policies/{id}":      g.policy,
		"GET /privacy":            g.privacy,
		"GET /":                   g.missing,
	} {
		mux.HandleFunc(path, g.page(fn))
	}
	g.api(mux)
}

func secured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "microphone=(self), camera=(), geolocation=()")
		next.ServeHTTP(w, r)
	})
}
