// Package gateway is every door of the server: WebSockets for desks and customers, REST for log-in, visitors and files,
// health and metrics.
//
// A hub reads the floor's commits in log order and tells every session what its viewer may see of them, with the same
// rule for live and catching up (conversation.Visible). Nothing a viewer may not see is ever encoded for them. A session
// that does not keep up is closed and resumes by cursor.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"agentdesk/server/files"
	"agentdesk/server/floor"
	"agentdesk/server/folds"
	"agentdesk/server/folds/live"
	"agentdesk/server/identity"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/mask"
	"agentdesk/sync/wire"
)

// Params is what the doors need. Optional fields say so.
type Params struct {
	Shop     string
	Floor    *floor.Floor
	Folds    *folds.Folds // kept at the end of the log by a folds.Follower
	Live     *live.Store  // the hub loads it and applies every commit to it: nobody else may
	Users    *identity.Store
	Visitors *identity.Visitors

	// Opening is what the shop knows of a customer when a conversation opens. It is asked at the first message.
	Opening func(ctx context.Context, customer string) conversation.Opening
	Goods   Shop                 // optional: without one there are no cards, and desks have nothing to pick from
	Policy  *conversation.Policy // optional: Default; its clocks are told to desks
	Static  http.Handler         // optional: mounted at "/"
	Files   *files.Store         // uploads

	Understanding func() string // optional: what reads the messages now, told by /healthz and to desks; asked twice a second
	Models        func() string // optional: how the language models are, told likewise

	// Traces tells how a message of the bot came about, masked. Optional: nobody hears.
	Traces interface {
		Of(conv string, msg event.ID) (wire.Trace, bool)
	}

	Logger  *slog.Logger         // optional
	Metrics *prometheus.Registry // optional; served at /metrics
	Demo    bool                 // sign proofs for customers of the demo shop: POST /api/visitor needs none

	// Agreed is whether a customer who never said anything of it is told of sales chances unasked. Optional: nobody is.
	Agreed func(customer string) bool
	// VisitorRate is how many visitors a second one address may bring; ten times that at once. Optional: 5. A shop whose
	// customers all come through one proxy needs more, and so does a load test.
	VisitorRate int
	// Origins are other sites whose pages may embed the chat, e.g. https://blog.example.com, as browsers write them.
	// Optional: pages of the same host only. Desks are never opened from pages.
	Origins []string
	// Zone is where a day begins, for today's figures. Optional: UTC+8.
	Zone *time.Location
}

// Gateway is the doors of one shop. New makes it, Run moves it, Handler is served by the caller.
type Gateway struct {
	p    Params
	hub  *hub
	m    *metrics
	mux  http.Handler
	door *doorkeeper
}

// New makes the doors. Nothing moves before Run.
func New(p Params) (*Gateway, error) {
	switch {
	case p.Floor == nil || p.Folds == nil || p.Live == nil:
		return nil, errors.New("new gateway: floor, folds and live store are needed")
	case p.Users == nil || p.Visitors == nil:
		return nil, errors.New("new gateway: users and visitors are needed")
	case p.Files == nil:
		return nil, errors.New("new gateway: a store of files is needed")
	}
	if p.Policy == nil {
		p.Policy = conversation.Default()
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	if p.Metrics == nil {
		p.Metrics = prometheus.NewRegistry()
	}
	if p.VisitorRate <= 0 {
		p.VisitorRate = 5
	}
	if p.Zone == nil {
		p.Zone = time.FixedZone("UTC+8", 8*3600)
	}
	if p.Opening == nil {
		p.Opening = func(context.Context, string) conversation.Opening { return conversation.Opening{} }
	}
	g := &Gateway{p: p, door: newDoorkeeper()}
	g.hub = newHub(g, newMemo(mask.New()))
	m, err := newMetrics(p.Metrics, g)
	if err != nil {
		return nil, fmt.Errorf("new gateway: %w", err)
	}
	g.m = m
	g.mux = g.routes()
	return g, nil
}

// Handler answers every request of the shop's port.
func (g *Gateway) Handler() http.Handler { return g.mux }

// Run tells sessions what happens, until ctx ends (nil) or the floor does (floor.ErrEnded). Before it returns, every
// session is closed with wire.CloseDrain and has ended. Run it once.
func (g *Gateway) Run(ctx context.Context) error {
	eg, run := errgroup.WithContext(ctx)
	eg.Go(func() error { return g.hub.follow(run) })
	eg.Go(func() error { return g.hub.tick(run) })
	eg.Go(func() error { return g.hub.remove(run) })
	err := eg.Wait()
	g.hub.drain()
	if errors.Is(err, context.Canceled) && ctx.Err() != nil {
		return nil
	}
	return err
}
