package llm

import (
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"
)

const (
	tripAfter   = 3                // failures in a row
	slowsToFail = 3                // lost races in a row that are forgiven: one may be slow now and then
	holdFirst   = 5 * time.Second  // how long a provider that failed is left alone at first
	holdMost    = 60 * time.Second // and at most, when it fails again and again
	relapse     = 60 * time.Second // a failure so soon after coming back doubles the hold
	proofFor    = 60 * time.Second // how long a finished stream proves that a provider lives
)

// provider is one endpoint: its client, its breaker, and what is known of its health. It is safe for concurrent use.
type provider struct {
	cfg     Endpoint
	client  *openai.Client
	idle    func() // closes idle connections
	breaker *gobreaker.TwoStepCircuitBreaker[struct{}]
	lat     latencies

	mu       sync.Mutex
	score    int       // of the weighted round robin
	inFlight int       // requests now
	lost     int       // races in a row
	limits   int       // 429 in a row
	notUntil time.Time // no request before: it failed, or said so
	limited  bool      // notUntil comes from a 429
	hold     time.Duration
	closedAt time.Time // when it last came back
	wellAt   time.Time // last finished stream
	provenAt time.Time // the same, with a word in it
	since    time.Time // of the state in which it is
	down     bool      // the breaker is not closed
	lastErr  string
	probing  bool
	probedAt time.Time
	calls    int64
	failures int64
	trips    int64
}

func newProvider(cfg Endpoint) *provider {
	p := &provider{cfg: cfg, hold: holdFirst, since: time.Now()}
	hc := cfg.HTTP
	if hc == nil {
		tr := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
			DialContext:         (&net.Dialer{Timeout: 700 * time.Millisecond, KeepAlive: 15 * time.Second}).DialContext,
			TLSHandshakeTimeout: 800 * time.Millisecond, MaxIdleConnsPerHost: cfg.InFlight, IdleConnTimeout: 90 * time.Second,
			MaxResponseHeaderBytes: 64 << 10}
		hc, p.idle = &http.Client{Transport: tr}, tr.CloseIdleConnections
	} else {
		c := *hc
		hc, p.idle = &c, func() {}
	}
	hc.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	oc := openai.DefaultConfig(cfg.Key)
	oc.BaseURL, oc.HTTPClient = cfg.BaseURL, guard{hc}
	p.client = openai.NewClientWithConfig(oc)
	p.breaker = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		Name: cfg.Name, MaxRequests: 1, Interval: time.Minute, Timeout: holdFirst - time.Second,
		ReadyToTrip:   func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= tripAfter },
		IsExcluded:    func(err error) bool { return err != nil && asCall(err).fault >= faultLimited },
		OnStateChange: p.turned,
	})
	return p
}

// turned keeps when and for how long a provider is down. The breaker calls it under its own lock.
func (p *provider) turned(_ string, from, to gobreaker.State) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	switch to {
	case gobreaker.StateOpen:
		switch {
		case from == gobreaker.StateHalfOpen, !p.closedAt.IsZero() && now.Sub(p.closedAt) < relapse:
			p.hold = min(2*p.hold, holdMost)
		default:
			p.hold = holdFirst
		}
		if !p.down {
			p.down, p.since = true, now
		}
		p.trips++
		p.notUntil, p.limited, p.provenAt, p.wellAt = now.Add(p.hold), false, time.Time{}, time.Time{}
	case gobreaker.StateClosed:
		p.down, p.since, p.closedAt, p.notUntil, p.lost = false, now, now, time.Time{}, 0
	}
}

func (p *provider) model(t Task) string {
	if m := p.cfg.Models[t]; m != "" {
		return m
	}
	return p.cfg.Model
}

// free says whether a message may be sent there now. Trial is whether messages try out a provider that failed, for want of a
// prober.
func (p *provider) free(now time.Time, trial bool) bool {
	state := p.breaker.State() // not under our lock: the breaker may call turned
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Before(p.notUntil) || p.inFlight >= p.cfg.InFlight {
		return false
	}
	return state == gobreaker.StateClosed || trial && state == gobreaker.StateHalfOpen && p.inFlight == 0
}

// proven says whether the provider finished something lately.
func (p *provider) proven(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.provenAt.IsZero() && now.Sub(p.provenAt) < proofFor
}

// begin counts a request in. The returned function must be called once with its outcome.
func (p *provider) begin() (func(a ask, r reply, took time.Duration, err error), error) {
	p.mu.Lock()
	if p.inFlight >= p.cfg.InFlight {
		p.mu.Unlock()
		return nil, ErrNone
	}
	p.inFlight++
	p.mu.Unlock()
	done, err := p.breaker.Allow()
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.inFlight--
		return nil, err
	}
	p.calls++
	return func(a ask, r reply, took time.Duration, err error) {
		done(p.judge(a, r, took, err))
		p.mu.Lock()
		p.inFlight--
		p.mu.Unlock()
	}, nil
}

// judge keeps what an outcome says about the provider, and returns what the breaker should count.
func (p *provider) judge(a ask, r reply, took time.Duration, err error) error {
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.first > 0 && !a.probe {
		p.lat.add(a.task, r.first)
	}
	if err == nil {
		p.wellAt, p.lost, p.limits = now, 0, 0
		if r.first > 0 {
			p.provenAt = now
		}
		return nil
	}
	ce := asCall(err)
	switch {
	case errors.Is(err, ErrLostHedge):
		if r.first == 0 {
			// It would have taken at least so long: else one that always loses would look fast for ever.
			p.lat.add(a.task, took)
			if p.lost++; p.lost > slowsToFail {
				p.failures++
				p.lastErr = short(ErrSlow.Error())
				return &callError{err: ErrSlow, fault: faultProvider}
			}
		}
		return ce
	case ce.fault == faultNone:
		return ce
	case ce.fault == faultLimited:
		wait := ce.wait
		if wait == 0 {
			wait = min(defaultWait<<min(p.limits, 6), time.Minute)
		}
		p.limits++
		if until := now.Add(wait); until.After(p.notUntil) {
			p.notUntil, p.limited = until, true
		}
	case ce.wait > 0: // a 503 that names its time
		if until := now.Add(ce.wait); until.After(p.notUntil) {
			p.notUntil, p.limited = until, true
		}
	}
	p.failures++
	p.lastErr = short(err.Error())
	return ce
}

// hedgeAfter is how long to wait for a first token before another provider is asked beside it: the 95th percentile, where
// enough was measured.
func (p *provider) hedgeAfter(t Task, patience time.Duration) time.Duration {
	d := patience / 3
	if _, p95, ok := p.lat.quantiles(t); ok {
		d = p95 + p95/10 // a provider that is always equally fast is not raced
	}
	return min(max(d, 50*time.Millisecond), patience*2/3)
}

// short cuts an error for a status line.
func short(s string) string {
	const most = 200
	if rs := []rune(s); len(rs) > most {
		return string(rs[:most]) + "…"
	}
	return s
}
