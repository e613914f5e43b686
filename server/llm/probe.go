package llm

import (
	"context"
	"sync"
	"time"

	"github.com/sony/gobreaker/v2"
)

// probeTick is how often providers are looked at. A probe itself is rare: after a failure's hold, and when nothing has proven
// for half of proofFor that a provider lives.
const probeTick = time.Second

// probeDue sends one token's request to each provider of which nothing is known. So no customer pays for finding out whether a
// provider came back, and a provider that dies at night is known to be dead in the morning.
func (p *Pool) probeDue(ctx context.Context, wg *sync.WaitGroup) {
	now := time.Now()
	for _, c := range p.providers {
		if !c.wantsProbe(now) {
			continue
		}
		wg.Go(func() {
			defer c.probed()
			p.probe(ctx, c)
		})
	}
}

// wantsProbe says whether a probe is due, and marks it as running.
func (p *provider) wantsProbe(now time.Time) bool {
	open := p.breaker.State() == gobreaker.StateOpen
	p.mu.Lock()
	defer p.mu.Unlock()
	if open || p.probing || now.Before(p.notUntil) || !p.wellAt.IsZero() && now.Sub(p.wellAt) < proofFor/2 {
		return false
	}
	if !p.down && now.Sub(p.probedAt) < holdFirst {
		return false
	}
	p.probing, p.probedAt = true, now
	return true
}

func (p *provider) probed() {
	p.mu.Lock()
	p.probing = false
	p.mu.Unlock()
}

// probe asks one provider for one token.
func (p *Pool) probe(ctx context.Context, c *provider) {
	l := p.limits(taskProbe)
	ctx, cancel := context.WithTimeout(ctx, l.total)
	defer cancel()
	a := ask{task: taskProbe, msgs: []Message{{Role: "user", Content: "1"}}, maxTokens: l.maxTokens, maxRunes: l.maxRunes, first: l.first, probe: true}
	held, cost := estimateAll(a.msgs)+a.maxTokens, c.cfg.cost(estimateAll(a.msgs), a.maxTokens)
	if p.budget.reserve(p.shop, held, cost, time.Now()) != nil {
		return
	}
	done, err := c.begin()
	if err != nil {
		p.budget.settle(p.shop, held, cost, 0, 0, time.Now())
		return
	}
	begun := time.Now()
	r, err := c.stream(ctx, a, func(string) {})
	done(a, r, time.Since(begun), err)
	r.in = paidIn(r, err)
	p.budget.settle(p.shop, held, cost, r.in+r.out, c.cfg.cost(r.in, r.out), time.Now())
	if err != nil && ctx.Err() == nil {
		p.log.Debug("language model probe", "provider", c.cfg.Name, "err", err)
	}
}
