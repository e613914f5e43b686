package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"agentdesk/server/identity"
	"agentdesk/sync/wire"
)

// problem is a REST refusal: handlers return it, answer writes it.
type problem struct {
	status int
	wire.Problem
}

func (p *problem) Error() string { return p.Code + ": " + p.Text }

func refuse(status int, code, text string) error {
	return &problem{status, wire.Problem{Code: code, Text: text}}
}

type handler func(w http.ResponseWriter, r *http.Request) (any, error)

func (g *Gateway) answer(fn handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v, err := fn(w, r)
		status := http.StatusOK
		if err != nil {
			var p *problem
			if !errors.As(err, &p) {
				g.p.Logger.Error("request failed", "path", r.URL.Path, "err", err)
				p = &problem{http.StatusInternalServerError, wire.Problem{Code: "internal", Text: "something went wrong on the server"}}
			}
			status, v = p.status, p.Problem
		}
		data, err := json.Marshal(v)
		if err != nil {
			g.p.Logger.Error("answer does not encode", "path", r.URL.Path, "err", err)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_, _ = w.Write(data)
	}
}

func (g *Gateway) routes() http.Handler {
	r := chi.NewRouter()
	r.Use(guarded)
	r.Get(wire.PathDesk, g.deskDoor)
	r.Get(wire.PathCustomer, g.guestDoor)
	r.Post(wire.PathLogin, g.answer(g.login))
	r.Post(wire.PathRefresh, g.answer(g.refresh))
	r.Group(g.crossed)
	g.deskRest(r)
	r.Get(wire.PathHealth, g.answer(func(http.ResponseWriter, *http.Request) (any, error) {
		alive := map[string]any{"ok": true}
		if g.p.Understanding != nil {
			alive["understanding"] = g.p.Understanding()
		}
		if g.p.Models != nil {
			alive["models"] = g.p.Models()
		}
		return alive, nil
	}))
	r.Get(wire.PathReady, g.answer(g.readiness))
	r.Method(http.MethodGet, wire.PathMetrics, promhttp.HandlerFor(g.p.Metrics, promhttp.HandlerOpts{}))
	if g.p.Static != nil {
		r.Handle("/*", g.p.Static)
	}
	return r
}

func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "same-origin")
		next.ServeHTTP(w, r)
	})
}

const maxBody = 16 << 10 // bytes of a JSON request

func body(w http.ResponseWriter, r *http.Request, into any) error {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	if err := dec.Decode(into); err != nil {
		return refuse(http.StatusBadRequest, "invalid", "the body is not the JSON expected")
	}
	return nil
}

func (g *Gateway) login(w http.ResponseWriter, r *http.Request) (any, error) {
	if !g.door.allow("login", r, time.Second, 10) {
		return nil, refuse(http.StatusTooManyRequests, "rate", "too many attempts: wait a moment")
	}
	var q wire.LoginRequest
	if err := body(w, r, &q); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), 5*time.Second)
	defer cancel()
	s, err := g.p.Users.Login(ctx, q.User, q.Password)
	return s, signIn(err)
}

func (g *Gateway) refresh(w http.ResponseWriter, r *http.Request) (any, error) {
	if !g.door.allow("refresh", r, time.Second, 30) {
		return nil, refuse(http.StatusTooManyRequests, "rate", "too many attempts: wait a moment")
	}
	var q wire.RefreshRequest
	if err := body(w, r, &q); err != nil {
		return nil, err
	}
	s, err := g.p.Users.Refresh(r.Context(), q.Refresh)
	return s, signIn(err)
}

func signIn(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, identity.ErrWrong):
		return refuse(http.StatusUnauthorized, "wrong_password", "user or password is wrong")
	case errors.Is(err, identity.ErrExpired):
		return refuse(http.StatusUnauthorized, "expired", "sign in again")
	case errors.Is(err, identity.ErrToken), errors.Is(err, identity.ErrUnknown):
		return refuse(http.StatusUnauthorized, "bad_token", "the token is not valid")
	case errors.Is(err, identity.ErrBusy):
		return refuse(http.StatusServiceUnavailable, "busy", "too many are signing in: try again")
	}
	return err
}

func (g *Gateway) visitor(w http.ResponseWriter, r *http.Request) (any, error) {
	if !g.door.allow("visitor", r, time.Second/time.Duration(g.p.VisitorRate), 10*g.p.VisitorRate) {
		return nil, refuse(http.StatusTooManyRequests, "rate", "too many visitors from one address")
	}
	var q wire.VisitorRequest
	if err := body(w, r, &q); err != nil {
		return nil, err
	}
	var token string
	var who identity.Visitor
	var err error
	switch {
	case q.Customer != "":
		proof := q.Proof
		if g.p.Demo && proof == "" {
			proof = g.p.Visitors.Proof(q.Customer)
		}
		if token, who, err = g.p.Visitors.SignIn(q.Customer, proof); err != nil {
			return nil, refuse(http.StatusForbidden, "bad_proof", "the shop did not sign for this customer")
		}
	case q.Token != "":
		if token, who, err = g.p.Visitors.Renew(q.Token); err != nil {
			token, who = g.p.Visitors.Anonymous() // too old: a new visitor, rather than none
		}
	default:
		token, who = g.p.Visitors.Anonymous()
	}
	out := wire.Visitor{Token: token, Expires: who.Expires.UnixMilli(), Customer: who.Customer}
	if !who.Anon {
		out.Name = g.p.Opening(r.Context(), who.Customer).Private.Name
	}
	return out, nil
}

// readiness says whether this node can serve: its doors are open, its floor accepts, its fold keeps up.
func (g *Gateway) readiness(http.ResponseWriter, *http.Request) (any, error) {
	st := g.p.Floor.Stats()
	g.hub.mu.Lock()
	loaded, draining := g.hub.loaded, g.hub.draining
	g.hub.mu.Unlock()
	lag := uint64(0)
	if at := g.p.Folds.Checkpoint(); st.LastSeq > at {
		lag = st.LastSeq - at
	}
	switch {
	case !loaded || draining:
		return nil, refuse(http.StatusServiceUnavailable, "not_ready", "the doors are not open")
	case st.LogDown:
		return nil, refuse(http.StatusServiceUnavailable, "log_down", "the log does not take records")
	case st.DiskFull:
		return nil, refuse(http.StatusServiceUnavailable, "disk_full", "the disk is full: reads go on")
	}
	return map[string]any{"ok": true, "seq": st.LastSeq, "foldLag": lag}, nil
}
