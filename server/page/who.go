package page

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"agentdesk/server/identity"
	"agentdesk/server/shop"
)

const (
	cookieVisitor = "cy_visitor" // the visitor's token
	cookieLang    = "cy_lang"    // zh or en
)

// guest is who a page is drawn for.
type guest struct {
	token string
	identity.Visitor
}

// who reads the visitor's cookie; nobody, or one whose token ran out, becomes a new visitor.
func (g *pages) who(w http.ResponseWriter, r *http.Request) guest {
	var out guest
	if c, err := r.Cookie(cookieVisitor); err == nil {
		if v, err := g.Visitors.Verify(c.Value); err == nil {
			out = guest{c.Value, v}
			if v.Expires.Sub(g.Now()) > 10*24*time.Hour {
				return out
			}
			if token, v, err := g.Visitors.Renew(c.Value); err == nil {
				out = guest{token, v}
			}
		}
	}
	if out.token == "" {
		out.token, out.Visitor = g.Visitors.Anonymous()
	}
	g.remember(w, r, out)
	return out
}

func (g *pages) remember(w http.ResponseWriter, r *http.Request, v guest) {
	http.SetCookie(w, &http.Cookie{Name: cookieVisitor, Value: v.token, Path: "/", Expires: v.Expires, HttpOnly: true, Secure: secure(r), SameSite: http.SameSiteLaxMode})
}

func secure(r *http.Request) bool {
	return r.TLS != nil || r.Header.Get("X-Forwarded-Proto") == "https"
}

// signIn takes ?as=<customer> of the demo: the shop signs for its own customer, and the page comes again without it.
func (g *pages) signIn(w http.ResponseWriter, r *http.Request) bool {
	as := r.URL.Query().Get("as")
	if as == "" || !g.Demo || r.Method != http.MethodGet {
		return false
	}
	ctx, cancel := g.ask(r)
	defer cancel()
	if _, err := g.Shop.Customer(ctx, as); err == nil && !shop.IsGuest(as) {
		if token, v, err := g.Visitors.SignIn(as, g.Visitors.Proof(as)); err == nil {
			g.remember(w, r, guest{token, v})
		}
	}
	q := r.URL.Query()
	q.Del("as")
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, (&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).String(), http.StatusSeeOther)
	return true
}

func (g *pages) signOut(c *call) error {
	token, v := g.Visitors.Anonymous()
	g.remember(c.w, c.r, guest{token, v})
	return c.to("/member")
}

// lang is the language of a page: ?lang= chooses and is remembered; Chinese first.
func lang(w http.ResponseWriter, r *http.Request) string {
	if l := r.URL.Query().Get("lang"); l != "" {
		l = short(l)
		http.SetCookie(w, &http.Cookie{Name: cookieLang, Value: l, Path: "/", MaxAge: 365 * 24 * 3600, HttpOnly: true, Secure: secure(r), SameSite: http.SameSiteLaxMode})
		return l
	}
	if c, err := r.Cookie(cookieLang); err == nil {
		return short(c.Value)
	}
	return "zh"
}

func short(lang string) string {
	if strings.HasPrefix(strings.ToLower(lang), "en") {
		return "en"
	}
	return "zh"
}
