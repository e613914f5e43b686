package gateway

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"golang.org/x/time/rate"

	"agentdesk/server/identity"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// upgrade makes a request a socket. check says from which pages browsers may; nil: those of the same host.
func (g *Gateway) upgrade(w http.ResponseWriter, r *http.Request, check func(*http.Request) bool) (*websocket.Conn, bool) {
	up := websocket.Upgrader{HandshakeTimeout: helloWithin, ReadBufferSize: 4 << 10, WriteBufferSize: 4 << 10, CheckOrigin: check}
	conn, err := up.Upgrade(w, r, nil) // it has answered where it failed
	return conn, err == nil
}

// hello reads the first frame. Where it is not one to go on with, the client is told why and the socket closed.
func (g *Gateway) hello(conn *websocket.Conn) (*wire.In, bool) {
	_ = conn.SetReadDeadline(time.Now().Add(helloWithin))
	data, err := next(conn)
	switch {
	case errors.Is(err, errTooLarge):
		g.turnAway(conn, wire.CloseTooLarge, "hello is too large")
		return nil, false
	case err != nil && !errors.Is(err, errBadFrame):
		g.turnAway(conn, wire.CloseSilent, "no hello within 5 s")
		return nil, false
	}
	in, derr := decodeIn(data)
	switch {
	case err != nil || derr != nil || in.T != wire.THello:
		g.turnAway(conn, wire.CloseBadFrame, "the first frame must be hello")
		return nil, false
	case in.V < 1:
		g.turnAway(conn, wire.CloseVersion, "this server speaks version 1")
		return nil, false
	}
	return in, true
}

// turnAway closes a socket that never became a session.
func (g *Gateway) turnAway(conn *websocket.Conn, code int, text string) {
	s := g.newSession(conn, wire.MaxQueueGuest)
	s.q.close(code, text)
	done := make(chan struct{})
	go func() { defer close(done); s.write() }()
	s.linger()
	close(s.readDone)
	<-done
}

func tokenCode(err error) (int, string) {
	if errors.Is(err, identity.ErrExpired) {
		return wire.CloseExpired, "the token ran out"
	}
	return wire.CloseBadToken, "the token is not valid"
}

func (g *Gateway) deskDoor(w http.ResponseWriter, r *http.Request) {
	conn, ok := g.upgrade(w, r, nil)
	if !ok {
		return
	}
	defer func() { _ = conn.Close() }()
	in, ok := g.hello(conn)
	if !ok {
		return
	}
	u, until, err := g.p.Users.Verify(r.Context(), in.Token)
	if err != nil {
		code, text := tokenCode(err)
		g.turnAway(conn, code, text)
		return
	}
	s := g.newSession(conn, wire.MaxQueue)
	s.user, s.actor = &u, event.Actor{Kind: event.Agent, ID: u.ID}
	s.who = conversation.Viewer{ID: u.ID, Role: u.Role, Groups: u.Groups}
	s.expires.Store(until.UnixMilli())
	s.serve(context.WithoutCancel(r.Context()), in)
}

func (g *Gateway) guestDoor(w http.ResponseWriter, r *http.Request) {
	conn, ok := g.upgrade(w, r, g.guestOrigin)
	if !ok {
		return
	}
	defer func() { _ = conn.Close() }()
	in, ok := g.hello(conn)
	if !ok {
		return
	}
	v, err := g.p.Visitors.Verify(in.Token)
	if err != nil {
		code, text := tokenCode(err)
		g.turnAway(conn, code, text)
		return
	}
	s := g.newSession(conn, wire.MaxQueueGuest)
	s.actor, s.anon = event.Actor{Kind: event.Customer, ID: v.Customer}, v.Anon
	s.expires.Store(v.Expires.UnixMilli())
	s.serve(context.WithoutCancel(r.Context()), in)
}

// doorkeeper limits how often one address may knock where knocking is dear: log-ins, tokens, uploads.
type doorkeeper struct {
	mu    sync.Mutex
	known map[string]*rate.Limiter
}

const maxKnown = 20_000

func newDoorkeeper() *doorkeeper { return &doorkeeper{known: map[string]*rate.Limiter{}} }

func (d *doorkeeper) allow(kind string, r *http.Request, every time.Duration, burst int) bool {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return d.allowKey(kind+" "+host, every, burst)
}

// allowKey is the same for whoever is known by more than an address.
func (d *doorkeeper) allowKey(key string, every time.Duration, burst int) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.known[key]
	if l == nil {
		if len(d.known) >= maxKnown {
			clear(d.known) // bounded memory; a flood of addresses is no business of this limit
		}
		l = rate.NewLimiter(rate.Every(every), burst)
		d.known[key] = l
	}
	return l.Allow()
}
