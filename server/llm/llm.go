// Package llm writes answers, suggestions and summaries with a pool of OpenAI-compatible models. None is ever trusted: what
// leaves is masked, what comes back is checked, every call has a deadline, and every failure leaves the script that was there.
package llm

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"agentdesk/copilot/comply"
	"agentdesk/server/bot/ground"
	"agentdesk/sync/mask"
)

// Params makes a Pool.
type Params struct {
	Config
	Shop       string // whose budget is spent, "" for the only one
	Brand      string // whose customers are answered, "" for the demo's
	Persona    string // the bot's name, "" for the demo's
	BudgetFile string // where an hour's spending survives a restart; "" nowhere
	Traces     Traces // nil: in memory, see NewMemory
	Logger     *slog.Logger
}

// Pool is several providers behind one face. It implements bot.Responder and copilot.Writer and is safe for concurrent use.
// Run keeps its providers' health; without Run, messages themselves try whether a provider has come back. Close ends what runs.
type Pool struct {
	shop      string
	providers []*provider
	budget    *budget
	prompts   *prompts
	traces    Traces
	mask      *mask.Masker
	check     *ground.Checker
	rules     *comply.Rules
	log       *slog.Logger
	limits    func(Task) limits

	choosing sync.Mutex // of the next provider
	hedging  sync.Mutex
	hedges   float64 // that may be sent now
	probing  atomic.Bool

	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
	base    context.Context // of the calls; ends with Close
	end     context.CancelCauseFunc

	counts counts
}

// New makes a Pool. It needs at least one provider.
func New(p Params) (*Pool, error) {
	if err := p.check(); err != nil {
		return nil, fmt.Errorf("language models: %w", err)
	}
	if len(p.Providers) == 0 {
		return nil, fmt.Errorf("language models: %w", ErrNone)
	}
	if p.Brand == "" {
		p.Brand = "澄屿"
	}
	if p.Persona == "" {
		p.Persona = "小澄"
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	if p.Traces == nil {
		p.Traces = NewMemory(Keep{})
	}
	pr, err := loadPrompts(promptFiles, p.Brand, p.Persona)
	if err != nil {
		return nil, err
	}
	b, err := openBudget(p.BudgetFile, p.Hour)
	if err != nil {
		return nil, err
	}
	out := &Pool{shop: p.Shop, budget: b, prompts: pr, traces: p.Traces, mask: mask.New(), check: ground.New(), rules: comply.New(), log: p.Logger,
		limits: p.limits, hedges: hedgeBurst}
	out.base, out.end = context.WithCancelCause(context.Background())
	for _, e := range p.Providers {
		out.providers = append(out.providers, newProvider(e))
	}
	return out, nil
}

// Traces are how texts came about, for whoever may see them.
func (p *Pool) Traces() Traces { return p.traces }

// enter counts a call in, so that Close can wait for it.
func (p *Pool) enter() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return false
	}
	p.running.Add(1)
	return true
}

// Close ends all calls, waits for them and keeps the budget. Calls made later get ErrClosed, and so the script.
func (p *Pool) Close() error {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.end(ErrClosed)
	p.running.Wait()
	for _, c := range p.providers {
		c.idle()
	}
	return p.budget.save()
}

// Hedges are bounded to a share of the calls, so that a slow hour does not double the load that made it slow.
const (
	hedgeShare = 0.2
	hedgeBurst = 20
)

func (p *Pool) earnHedge() {
	p.hedging.Lock()
	defer p.hedging.Unlock()
	p.hedges = min(p.hedges+hedgeShare, hedgeBurst)
}

func (p *Pool) spendHedge() bool {
	p.hedging.Lock()
	defer p.hedging.Unlock()
	if p.hedges < 1 {
		return false
	}
	p.hedges--
	return true
}

// Run probes providers and keeps the budget until ctx ends.
func (p *Pool) Run(ctx context.Context) error {
	p.probing.Store(true)
	defer p.probing.Store(false)
	tick := time.NewTicker(probeTick)
	defer tick.Stop()
	var probes sync.WaitGroup
	defer probes.Wait()
	for {
		p.probeDue(ctx, &probes)
		if err := p.budget.save(); err != nil {
			p.log.Error("spending is not kept", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
