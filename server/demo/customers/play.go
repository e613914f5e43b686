package customers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"golang.org/x/sync/errgroup"

	"agentdesk/server/shop"
	"agentdesk/sync/event"
)

// Params is a crowd of simulated customers.
type Params struct {
	BaseURL    string // http://host:port of the server
	Seed       uint64
	Scenarios  []Scenario
	Concurrent int          // at once; at most one for each scenario
	Pace       float64      // 2 plays twice as fast; 0 is 1
	Day        Day          // when they come
	Shop       Till         // optional: where they buy
	Logger     *slog.Logger // optional
}

// The outcomes of a scenario.
const (
	Solved           = "solved"           // a right answer came
	GaveUp           = "gave_up"          // the answers were wrong until the customer had nothing more to say
	Unheard          = "unheard"          // nobody answered in time
	Ended            = "ended"            // the conversation was closed
	CutShort         = "cut_short"        // the caller ended it
	maxAnswer        = 40                 // answers after which even the most patient customer leaves
	maxMine          = 64                 // own messages whose place in the log is remembered
	rest             = 20_000             // ms between two scenarios of one player, at most
	rareEvery        = 3                  // rounds
	stagger          = 8_000              // ms within which the players begin
	seedStep  uint64 = 0x9E3779B97F4A7C15 // spreads neighbouring seeds
)

// Till is where customers buy. IDs are those of the shop; a guest's is the one that the door gave.
type Till interface {
	AddToCart(ctx context.Context, who, variant string, quantity int) (shop.Cart, error)
	SeeCheckout(ctx context.Context, who string) error
	PlaceOrder(ctx context.Context, who string, w shop.Want) (shop.Order, error)
	PayOrder(ctx context.Context, who, order string) (shop.Order, error)
}

// Line is one message as the customer saw it.
type Line struct {
	Who  event.Kind        `json:"who"`
	Kind event.MessageKind `json:"kind"`
	Text string            `json:"text"`
	Code string            `json:"code,omitempty"` // of a notice
	At   time.Time         `json:"at"`
}

// Transcript is what one play came to.
type Transcript struct {
	Scenario string `json:"scenario"`
	Outcome  string `json:"outcome"`
	Agent    string `json:"agent,omitempty"` // who took over
	Stars    int    `json:"stars,omitempty"` // given; 0 for none
	Order    string `json:"order,omitempty"` // placed
	Lines    []Line `json:"lines"`
}

func (p *Params) clean() error {
	if p.BaseURL == "" || len(p.Scenarios) == 0 {
		return errors.New("customers: a server and scenarios are needed")
	}
	if p.Pace == 0 {
		p.Pace = 1
	}
	if p.Pace < 0 {
		return errors.New("customers: pace is negative")
	}
	if p.Logger == nil {
		p.Logger = slog.New(slog.DiscardHandler)
	}
	p.Concurrent = min(max(p.Concurrent, 1), len(p.Scenarios))
	return nil
}

// Run plays the scenarios over and over, at most Concurrent at once, until ctx ends. The same seed gives the same order,
// slips and gaps, and with Day the same arrivals.
func Run(ctx context.Context, p Params) error {
	if err := p.clean(); err != nil {
		return err
	}
	order := rand.New(rand.NewPCG(p.Seed, seedStep)).Perm(len(p.Scenarios))
	eg, ctx := errgroup.WithContext(ctx)
	var come chan struct{} // a customer is at the door; nil: each player sees to the next one
	if p.Day.Faster > 0 {
		come = make(chan struct{})
		eg.Go(func() error { return arrive(ctx, p, come) })
	}
	for w := range p.Concurrent {
		eg.Go(func() error {
			rng := rand.New(rand.NewPCG(p.Seed, uint64(w)+1))
			if come == nil && !pause(ctx, scaled(rng.Int64N(stagger), p.Pace)) {
				return nil
			}
			round := 0
			for i := w; ctx.Err() == nil; i += p.Concurrent {
				// Steps of Concurrent through whole rounds, so that no two players ever hold the same scenario.
				if i >= len(order) {
					i, round = w, round+1
				}
				// Most customers of a shop ask for what the bot can tell. Who needs a person comes every third round.
				if p.Scenarios[order[i]].Escalates != "" && (i+round)%rareEvery != 0 {
					if !pause(ctx, time.Millisecond) { // should there be no others
						return nil
					}
					continue
				}
				if come != nil {
					select {
					case <-ctx.Done():
						return nil
					case <-come:
					}
				}
				s := p.Scenarios[order[i]]
				tr, err := play(ctx, p, s, rng)
				if err != nil {
					p.Logger.Warn("simulated customer", "scenario", s.ID, "err", err)
				} else {
					p.Logger.Info("simulated customer done", "scenario", s.ID, "outcome", tr.Outcome, "agent", tr.Agent, "lines", len(tr.Lines), "stars", tr.Stars, "order", tr.Order)
				}
				if come == nil && !pause(ctx, scaled(rest/4+rng.Int64N(rest), p.Pace)) {
					return nil
				}
			}
			return nil
		})
	}
	return eg.Wait()
}

// arrive sends customers to the door as the day has them. Who comes while all players are busy waits outside; no queue
// builds up there, as the next one is drawn only then.
func arrive(ctx context.Context, p Params, come chan<- struct{}) error {
	rng := rand.New(rand.NewPCG(p.Seed, seedStep+1))
	begin := time.Now()
	if p.Day.Start.IsZero() {
		p.Day.Start = begin
	}
	for pause(ctx, time.Duration(float64(p.Day.wait(rng, time.Since(begin), p.Concurrent))/p.Pace)) {
		select {
		case <-ctx.Done():
			return nil
		case come <- struct{}{}:
		}
	}
	return nil
}

// Play plays one scenario to its end. Scenarios of p are not looked at.
func Play(ctx context.Context, p Params, s Scenario) (Transcript, error) {
	p.Scenarios = []Scenario{s}
	if err := p.clean(); err != nil {
		return Transcript{}, err
	}
	if err := s.check(); err != nil {
		return Transcript{}, fmt.Errorf("scenario %q: %w", s.ID, err)
	}
	return play(ctx, p, s, rand.New(rand.NewPCG(p.Seed, 1)))
}

func scaled(ms int64, pace float64) time.Duration {
	return time.Duration(float64(ms) / pace * float64(time.Millisecond))
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
