package agents

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/sync/errgroup"

	"agentdesk/sync/client"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Params is a team of simulated agents.
type Params struct {
	BaseURL  string // http://host:port of the server
	Cast     Cast
	Count    int // the first so many of the cast
	Password string
	Seed     uint64
	Pace     float64 // 2 works twice as fast; 0 is 1
	Logger   *slog.Logger
}

const (
	step       = 150 * time.Millisecond // between two looks at the desk
	askWithin  = 5 * time.Second
	maxBody    = 1 << 20
	seeAgain   = time.Second // an answer to an assignment is given again
	renewAhead = 30 * time.Second
)

// Run has the agents work until ctx ends. One whom the server signs out for good, because a person took the place, stays away.
func Run(ctx context.Context, p Params) error {
	switch {
	case p.BaseURL == "":
		return errors.New("agents: a server is needed")
	case p.Count < 0 || p.Count > len(p.Cast.Roles):
		return fmt.Errorf("agents: the cast has %d roles, not %d", len(p.Cast.Roles), p.Count)
	case p.Pace < 0:
		return errors.New("agents: pace is negative")
	}
	if p.Pace == 0 {
		p.Pace = 1
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	eg, ctx := errgroup.WithContext(ctx)
	for i, r := range p.Cast.Roles[:p.Count] {
		var t Temper
		for _, x := range p.Cast.Tempers {
			if x.ID == r.Temper {
				t = x
			}
		}
		a := &agent{p: p, role: r, desk: newDesk(p.Logger), rng: rand.New(rand.NewPCG(p.Seed, uint64(i)+1)), http: &http.Client{Timeout: 10 * time.Second},
			seen: map[string]time.Time{}}
		a.mind = newMind(t, p.Cast.Lines, p.Pace, a.rng, time.Now())
		eg.Go(func() error { return a.run(ctx) })
	}
	return eg.Wait()
}

// agent is one simulated person at a desk.
type agent struct {
	p    Params
	role Role
	desk *desk
	mind *mind
	rng  *rand.Rand // of the goroutine of run
	http *http.Client
	seen map[string]time.Time

	// The connection's goroutine renews it, run's uses it: one after the other, through desk.mu.
	session wire.Session
}

func (a *agent) run(ctx context.Context) error {
	for ctx.Err() == nil {
		gone, err := a.sit(ctx)
		var over *client.TerminalError
		switch {
		case ctx.Err() != nil:
			return nil
		case errors.As(err, &over):
			a.p.Logger.Info("simulated agent steps aside", "agent", a.role.User, "why", over.Text)
			return nil
		case err != nil:
			a.p.Logger.Warn("simulated agent", "agent", a.role.User, "err", err)
			gone = max(gone, 5*time.Second)
		}
		if !pause(ctx, gone) {
			return nil
		}
	}
	return nil
}

// sit is one stay at the desk: it ends with ctx, with the connection, or with a loss that the mind wants.
func (a *agent) sit(ctx context.Context) (gone time.Duration, err error) {
	ctx, cancel := context.WithCancel(ctx)
	cl := client.New(client.Params{Server: a.p.BaseURL, Token: a.token, Hello: a.desk.hello, Handler: a.desk, Device: "simulated",
		Lang: "zh-CN", HTTP: a.http, Logger: slog.New(slog.DiscardHandler)})
	done := make(chan error, 1)
	go func() { done <- cl.Run(ctx) }()
	defer func() {
		cancel()
		if gone > 0 {
			err = <-done
		}
	}()
	tick := time.NewTicker(step)
	defer tick.Stop()
	for {
		select {
		case err := <-done:
			return 0, err
		case now := <-tick.C:
			a.desk.mu.Lock()
			acts, gone := a.mind.next(now, a.desk)
			a.desk.mu.Unlock()
			for _, x := range acts {
				a.do(ctx, cl, now, x)
			}
			if gone > 0 {
				return gone, nil
			}
		}
	}
}

func (a *agent) do(ctx context.Context, cl *client.Client, now time.Time, x act) {
	if x.tell != "" {
		cl.Tell(wire.In{T: x.tell, Conv: x.conv, On: x.on})
		return
	}
	if x.fetch != "" {
		ref := a.coupon(ctx, x.conv)
		if ref == "" {
			return
		}
		x.kind, x.payload = conversation.Post, conversation.PostArgs{PostedBody: event.PostedBody{Kind: event.CouponCard, Ref: ref}}
	}
	if x.kind == conversation.See {
		if now.Sub(a.seen[x.conv]) < seeAgain {
			return
		}
		clear(a.seen) // one at a time is enough
		a.seen[x.conv] = now
	}
	in := wire.In{ID: a.id(now), Kind: x.kind, Conv: x.conv, Epoch: x.epoch}
	q := asked{kind: x.kind}
	if x.payload != nil {
		data, err := json.Marshal(x.payload)
		if err != nil {
			a.p.Logger.Error("simulated agent", "err", err)
			return
		}
		in.Payload = data
		if p, ok := x.payload.(conversation.PostArgs); ok {
			q.post = p.Kind
		}
	}
	a.desk.mu.Lock()
	if len(a.desk.asked) > 256 {
		clear(a.desk.asked) // answers that were lost with a connection
	}
	a.desk.asked[in.ID] = q
	a.desk.mu.Unlock()
	cl.Command(in)
}

func (a *agent) id(now time.Time) string {
	var e [10]byte
	for i := range e {
		e[i] = byte(a.rng.Uint32())
	}
	return event.NewID(now, e)
}

// token signs in, and renews what was given before it runs out.
func (a *agent) token(ctx context.Context, renew bool) (string, error) {
	a.desk.mu.Lock()
	s := a.session
	a.desk.mu.Unlock()
	if !renew && s.Token != "" && time.Until(time.UnixMilli(s.Expires)) > renewAhead {
		return s.Token, nil
	}
	var err error
	if s.Refresh != "" {
		s, err = client.Refresh(ctx, a.http, a.p.BaseURL, s.Refresh)
	}
	if s.Refresh == "" || err != nil {
		s, err = client.Login(ctx, a.http, a.p.BaseURL, a.role.User, a.p.Password)
	}
	if err != nil {
		return "", err
	}
	a.desk.mu.Lock()
	a.session = s
	a.desk.mu.Unlock()
	return s.Token, nil
}

// coupon is the first one that may be given to a chat's customer, "" for none.
func (a *agent) coupon(ctx context.Context, conv string) string {
	u, err := client.Base(a.p.BaseURL)
	if err != nil {
		return ""
	}
	a.desk.mu.Lock()
	token := a.session.Token
	a.desk.mu.Unlock()
	u = u.JoinPath(wire.PathCoupons)
	u.RawQuery = url.Values{"conv": {conv}}.Encode()
	ctx, cancel := context.WithTimeout(ctx, askWithin)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return ""
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := a.http.Do(req)
	if err != nil {
		return ""
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, maxBody))
	var got wire.Coupons
	if err != nil || res.StatusCode != http.StatusOK || json.Unmarshal(data, &got) != nil || len(got.Items) == 0 {
		return ""
	}
	return got.Items[0].ID
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
