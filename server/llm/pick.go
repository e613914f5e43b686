package llm

import "time"

// pick chooses the next provider by smooth weighted round robin: each gets its share, and never a run of requests. Those in
// tried come last, and only with again. It returns nil when none may be asked now.
func (p *Pool) pick(now time.Time, tried map[*provider]bool) *provider {
	p.choosing.Lock()
	defer p.choosing.Unlock()
	trial := !p.probing.Load()
	var best *provider
	sum := 0
	for _, c := range p.providers {
		if tried[c] || !c.free(now, trial) {
			continue
		}
		sum += c.cfg.Weight
		c.score += c.cfg.Weight
		if best == nil || c.score > best.score {
			best = c
		}
	}
	if best != nil {
		best.score -= sum
	}
	return best
}

// patience is how long nobody may have sent a token before the script is used. A provider that has proven to live is given
// twice its usual worst; where none has, a second is all that a customer gives to the unknown.
func (p *Pool) patience(t Task, now time.Time) time.Duration {
	most := p.limits(t).first
	least := min(unknownPatience, most)
	out := time.Duration(0)
	for _, c := range p.providers {
		if !c.free(now, false) || !c.proven(now) {
			continue
		}
		d := most
		if _, p95, ok := c.lat.quantiles(t); ok {
			d = 2 * p95
		}
		out = max(out, d)
	}
	return min(max(out, least), most)
}

// unknownPatience keeps the promise that with every provider dead a script is there within a second.
const unknownPatience = 900 * time.Millisecond
