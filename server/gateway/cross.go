package gateway

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/go-chi/chi/v5"

	"agentdesk/sync/wire"
)

// crossed are the requests that the chat makes from pages of other sites. Who asks is proven by a token in a header, never
// by a cookie, so a page learns nothing that its visitor did not give it.
func (g *Gateway) crossed(r chi.Router) {
	r.Use(g.cross)
	r.Post(wire.PathVisitor, g.answer(g.visitor))
	r.Post(wire.PathUploads, g.answer(g.upload))
	r.Get(wire.PathFiles+"{hash}", g.file)
	for _, path := range []string{wire.PathVisitor, wire.PathUploads, wire.PathFiles + "{hash}"} {
		r.Options(path, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	}
}

// cross lets the pages read answers that may embed the chat.
func (g *Gateway) cross(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Add("Vary", "Origin")
		if origin := r.Header.Get("Origin"); origin != "" && slices.Contains(g.p.Origins, origin) {
			h.Set("Access-Control-Allow-Origin", origin)
			h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Range")
			h.Set("Access-Control-Allow-Methods", "GET, POST")
			h.Set("Access-Control-Expose-Headers", "Content-Range")
			h.Set("Access-Control-Max-Age", "600")
		}
		next.ServeHTTP(w, r)
	})
}

// guestOrigin says from which pages customers' browsers may open sockets: those of the same host, and those that embed.
func (g *Gateway) guestOrigin(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" || slices.Contains(g.p.Origins, origin) {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}
