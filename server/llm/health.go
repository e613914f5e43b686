package llm

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Level is the state of the whole pool, as a status bar shows it.
type Level string

// The levels.
const (
	LevelOK       Level = "ok"       // every provider serves
	LevelDegraded Level = "degraded" // one serves, another does not
	LevelScripts  Level = "scripts"  // none serves: scripts answer
	LevelBudget   Level = "budget"   // the hour's budget is spent: scripts answer
)

// State is a provider's.
type State string

// The states.
const (
	StateUnknown State = "unknown" // nothing has finished yet
	StateOK      State = "ok"
	StateLimited State = "limited" // it asked to wait
	StateFull    State = "full"    // as many requests as it may have are running
	StateDown    State = "down"    // it failed, and is left alone until it is tried again
)

// Health is a pool's.
type Health struct {
	Level     Level
	Providers []ProviderHealth // in the order of the configuration
	Spent     Spent            // in the running hour
	Limit     HourLimit
}

// ProviderHealth is one provider's.
type ProviderHealth struct {
	Name, Model string
	State       State
	Since       time.Time // of being up or down
	Until       time.Time // limited and down: not asked before
	Error       string    // the last one, "" for none
	InFlight    int
	Calls       int64 // since the start, probes included
	Failures    int64
	Trips       int64         // how often it went down
	P50, P95    time.Duration // until the first token of an answer; 0 while too few were measured
}

// Health says how the providers are. It is cheap: a status bar may ask every second.
func (p *Pool) Health() Health {
	now := time.Now()
	h := Health{Spent: p.budget.of(p.shop, now), Limit: p.budget.limit}
	serving := 0
	for _, c := range p.providers {
		ph := c.health(now)
		if ph.State == StateOK || ph.State == StateUnknown || ph.State == StateFull {
			serving++
		}
		h.Providers = append(h.Providers, ph)
	}
	l := h.Limit
	switch {
	case l.Tokens > 0 && h.Spent.Tokens >= l.Tokens-int64(p.limits(TaskAnswer).maxTokens), l.Fen > 0 && h.Spent.Micro >= l.Fen*1e6:
		h.Level = LevelBudget
	case serving == 0:
		h.Level = LevelScripts
	case serving < len(p.providers):
		h.Level = LevelDegraded
	default:
		h.Level = LevelOK
	}
	return h
}

func (p *provider) health(now time.Time) ProviderHealth {
	p50, p95, _ := p.lat.quantiles(TaskAnswer)
	p.mu.Lock()
	defer p.mu.Unlock()
	h := ProviderHealth{Name: p.cfg.Name, Model: p.cfg.Model, State: StateOK, Since: p.since, Error: p.lastErr, InFlight: p.inFlight,
		Calls: p.calls, Failures: p.failures, Trips: p.trips, P50: p50, P95: p95}
	switch {
	case p.down:
		h.State, h.Until = StateDown, p.notUntil
	case now.Before(p.notUntil):
		h.State, h.Until = StateLimited, p.notUntil
	case p.inFlight >= p.cfg.InFlight:
		h.State = StateFull
	case p.wellAt.IsZero():
		h.State = StateUnknown
	}
	return h
}

// counts are figures for metrics.
type counts struct {
	mu    sync.Mutex
	calls map[[3]string]int64 // provider, task, outcome
	texts map[[2]string]int64 // task, outcome
	in    map[string]int64    // tokens by provider
	out   map[string]int64
}

func (c *counts) call(provider string, t Task, r reply, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.calls == nil {
		c.calls, c.in, c.out = map[[3]string]int64{}, map[string]int64{}, map[string]int64{}
	}
	c.calls[[3]string{provider, string(t), outcome(err)}]++
	c.in[provider] += int64(r.in)
	c.out[provider] += int64(r.out)
}

func (c *counts) text(t Task, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.texts == nil {
		c.texts = map[[2]string]int64{}
	}
	c.texts[[2]string{string(t), outcome(err)}]++
}

// outcome is an error as one of a few words.
func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	for _, o := range []struct {
		err  error
		name string
	}{
		{ErrLostHedge, "lost"}, {ErrSlow, "slow"}, {ErrStalled, "stalled"}, {ErrLate, "late"}, {ErrCut, "cut"}, {ErrEmpty, "empty"}, {ErrTooLong, "too_long"},
		{ErrLanguage, "language"}, {ErrSchema, "schema"}, {ErrUngrounded, "ungrounded"}, {ErrWording, "wording"}, {ErrPrivate, "private"}, {ErrLimited, "limited"},
		{ErrRefused, "refused"}, {ErrBudget, "budget"}, {ErrNone, "none"}, {ErrClosed, "closed"},
	} {
		if errors.Is(err, o.err) {
			return o.name
		}
	}
	if asCall(err).fault == faultNone || errors.Is(err, context.Canceled) {
		return "superseded"
	}
	return "error"
}

// Describe and Collect implement prometheus.Collector.
func (p *Pool) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(p, ch) }

// Collect implements prometheus.Collector.
func (p *Pool) Collect(ch chan<- prometheus.Metric) {
	gauge := func(name, help string, v float64, labels, values []string) {
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, labels, nil), prometheus.GaugeValue, v, values...)
	}
	count := func(name, help string, v int64, labels, values []string) {
		ch <- prometheus.MustNewConstMetric(prometheus.NewDesc(name, help, labels, nil), prometheus.CounterValue, float64(v), values...)
	}
	h := p.Health()
	for _, c := range h.Providers {
		who := []string{c.Name}
		up := 1.0
		if c.State == StateDown || c.State == StateLimited {
			up = 0
		}
		gauge("agentdesk_llm_up", "Whether the provider may be asked.", up, []string{"provider"}, who)
		gauge("agentdesk_llm_first_token_p95_seconds", "Time to an answer's first token, 95th percentile; 0 while unmeasured.", c.P95.Seconds(), []string{"provider"}, who)
		gauge("agentdesk_llm_in_flight", "Requests running now.", float64(c.InFlight), []string{"provider"}, who)
	}
	gauge("agentdesk_llm_hour_tokens", "Tokens spent in the running hour.", float64(h.Spent.Tokens), nil, nil)
	gauge("agentdesk_llm_hour_fen", "Money spent in the running hour, in fen.", float64(h.Spent.Micro)/1e6, nil, nil)
	p.counts.mu.Lock()
	defer p.counts.mu.Unlock()
	for k, n := range p.counts.calls {
		count("agentdesk_llm_calls_total", "Requests to providers by outcome.", n, []string{"provider", "task", "outcome"}, k[:])
	}
	for k, n := range p.counts.texts {
		count("agentdesk_llm_texts_total", "Texts asked of the pool by outcome; all but ok fell back to the script.", n, []string{"task", "outcome"}, k[:])
	}
	for who, n := range p.counts.in {
		count("agentdesk_llm_tokens_total", "Tokens by direction.", n, []string{"provider", "direction"}, []string{who, "in"})
		count("agentdesk_llm_tokens_total", "Tokens by direction.", p.counts.out[who], []string{"provider", "direction"}, []string{who, "out"})
	}
}
