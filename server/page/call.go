package page

import (
	"context"
	"errors"
	"net/http"

	"agentdesk/server/shop"
)

// handler draws one page or does one thing; what it returns is told to the visitor in words.
type handler func(c *call) error

// call is one request of one visitor.
type call struct {
	*pages
	w    http.ResponseWriter
	r    *http.Request
	ctx  context.Context
	who  guest
	lang string
}

// page makes a handler into one of the mux. Forms are taken from the shop's own pages only.
func (g *pages) page(fn handler) http.HandlerFunc {
	guard := http.NewCrossOriginProtection()
	return func(w http.ResponseWriter, r *http.Request) {
		if g.signIn(w, r) {
			return
		}
		if err := guard.Check(r); err != nil {
			http.Error(w, "this form came from another site", http.StatusForbidden)
			return
		}
		ctx, cancel := g.ask(r)
		defer cancel()
		r.Body = http.MaxBytesReader(w, r.Body, 64<<10)
		c := &call{pages: g, w: w, r: r, ctx: ctx, lang: lang(w, r)}
		c.who = g.who(w, r)
		if err := fn(c); err != nil {
			c.fail(err)
		}
	}
}

func (g *pages) ask(r *http.Request) (context.Context, context.CancelFunc) {
	return context.WithTimeout(r.Context(), askWithin)
}

// to leads to another page, after something was done.
func (c *call) to(path string) error {
	c.w.Header().Set("Cache-Control", "no-store")
	http.Redirect(c.w, c.r, path, http.StatusSeeOther)
	return nil
}

// status is the HTTP status and the code of a refusal of the shop.
func status(err error) (int, string) {
	switch {
	case errors.Is(err, shop.ErrNotFound):
		return http.StatusNotFound, "not_found"
	case errors.Is(err, shop.ErrInvalid):
		return http.StatusUnprocessableEntity, "invalid"
	case errors.Is(err, shop.ErrStock):
		return http.StatusConflict, "stock"
	case errors.Is(err, shop.ErrState):
		return http.StatusConflict, "state"
	case errors.Is(err, shop.ErrFull):
		return http.StatusConflict, "full"
	}
	return http.StatusServiceUnavailable, "unavailable"
}

type failView struct {
	base
	Status     int
	Head, Text string
}

// fail says in words what went wrong, and what one can do.
func (c *call) fail(err error) {
	n, code := status(err)
	if n >= 500 && !errors.Is(err, context.Canceled) {
		c.Logger.Error("page failed", "path", c.r.URL.Path, "err", err)
	}
	v := failView{base: c.base("fail"), Status: n}
	v.Head, v.Text = v.T("fail."+code), v.T("fail."+code+".text")
	var short *shop.StockError
	if errors.As(err, &short) {
		v.Text = v.T("fail.stock.left", short.Title, short.Left)
	}
	if derr := c.drawStatus(n, "fail", v); derr != nil {
		c.Logger.Error("page does not draw", "path", c.r.URL.Path, "err", derr)
		http.Error(c.w, "the page cannot be drawn", http.StatusInternalServerError)
	}
}

func (g *pages) missing(*call) error { return shop.ErrNotFound }
