package customers

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

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
	rest             = 20_000             // ms between two scenarios of one player, at most
	stagger          = 8_000              // ms within which the players begin
	seedStep  uint64 = 0x9E3779B97F4A7C15 // spreads neighbouring seeds
)

// Line is one message as the customer saw it.
type Line struct {
	Who  event.Kind `json:"who"`
	Text string     `json:"text"`
	Code string     `json:"code,omitempty"` // of a notice
	At   time.Time  `json:"at"`
}

// Transcript is what one play came to.
type Transcript struct {
	Scenario string `json:"scenario"`
	Outcome  string `json:"outcome"`
	Agent    string `json:"agent,omitempty"` // who took over
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
			for i := w; ctx.Err() == nil; i += p.Concurrent {
				// Steps of Concurrent through whole rounds, so that no two players ever hold the same scenario.
				if i >= len(order) {
					i = w
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
					p.Logger.Info("simulated customer done", "scenario", s.ID, "outcome", tr.Outcome, "agent", tr.Agent, "lines", len(tr.Lines))
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

type player struct {
	s       Scenario
	pace    float64
	rng     *rand.Rand
	door    *door
	tr      Transcript
	wrong   int
	slow    int
	answers int
	greeted bool
	left    bool // an outcome stands
}

func play(ctx context.Context, p Params, s Scenario, rng *rand.Rand) (Transcript, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	// The door draws from its own source: when it reconnects must not change what the customer says.
	d := newDoor(p.BaseURL, s.Customer, rand.New(rand.NewPCG(rng.Uint64(), seedStep)))
	pl := &player{s: s, pace: p.Pace, rng: rng, door: d, tr: Transcript{Scenario: s.ID}}
	done := make(chan error, 1)
	go func() {
		defer close(done)
		done <- d.run(ctx)
	}()
	err := pl.talk(ctx, done)
	cancel()
	if err == nil {
		err = <-done
	}
	if pl.tr.Outcome == "" {
		pl.tr.Outcome = CutShort
	}
	return pl.tr, err
}

// talk returns when the customer is done. An error is the door's, which has ended then.
func (p *player) talk(ctx context.Context, ended <-chan error) error {
	say := append([]string(nil), p.s.Opening...)
	next := time.NewTimer(0) // of the next message to write
	defer next.Stop()
	patience := time.NewTimer(scaled(p.s.Patience, p.pace))
	defer patience.Stop()
	check := time.NewTicker(20 * time.Millisecond) // whether all was delivered, when leaving
	defer check.Stop()
	for {
		if p.left && len(say) == 0 && p.door.waiting() == 0 {
			return nil
		}
		var write <-chan time.Time
		if len(say) > 0 {
			write = next.C
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("scenario %q: %w", p.s.ID, errors.Join(err, errors.New("the door ended")))
		case <-check.C:
		case <-write:
			say = p.write(say)
			next.Reset(p.gap())
			patience.Reset(scaled(p.s.Patience, p.pace))
		case <-patience.C:
			if !p.left && len(say) == 0 {
				say = p.impatient()
				next.Reset(0)
			}
			patience.Reset(scaled(p.s.Patience, p.pace))
		case e := <-p.door.events:
			more := p.hear(&e)
			if len(more) > 0 {
				if len(say) == 0 {
					next.Reset(p.gap())
				}
				say = append(say, more...)
			}
			if e.Type == event.Posted && e.Actor.Kind != event.Customer {
				patience.Reset(scaled(p.s.Patience, p.pace))
			}
		}
	}
}

// write sends the first text, with a slip where the dice say so, and gives what is left to write.
func (p *player) write(say []string) []string {
	text, rest := say[0], say[1:]
	if p.rng.Float64() < p.s.Typos {
		if slip, right := mistype(p.rng, text); slip != text {
			text, rest = slip, append([]string{right}, rest...)
		}
	}
	var entropy [10]byte
	for i := range entropy {
		entropy[i] = byte(p.rng.Uint32())
	}
	p.door.post(event.NewID(time.Now(), entropy), text)
	return rest
}

// impatient is what an unanswered customer does.
func (p *player) impatient() []string {
	if p.slow < len(p.s.Slow) {
		p.slow++
		return p.s.Slow[p.slow-1 : p.slow]
	}
	p.leave(Unheard)
	return nil
}

func (p *player) leave(outcome string) {
	if !p.left {
		p.left, p.tr.Outcome = true, outcome
	}
}

// hear notes what happened and gives what the customer says to it.
func (p *player) hear(e *event.Placed) []string {
	switch e.Type {
	case event.Taken:
		var b event.TakenBody
		if e.Decode(&b, nil) == nil {
			p.tr.Agent = b.Name
		}
		if !p.greeted && !p.left {
			p.greeted = true
			return p.s.Human
		}
	case event.Closed:
		p.leave(Ended)
	case event.Posted:
		var b event.PostedBody
		var said event.PostedPrivate
		if e.Decode(&b, &said) != nil {
			return nil
		}
		p.tr.Lines = append(p.tr.Lines, Line{Who: e.Actor.Kind, Text: said.Text, Code: b.Code, At: time.UnixMilli(e.Time)})
		if b.Kind != event.Notice && e.Actor.Kind != event.Customer && !p.left {
			return p.answer(e.Actor.Kind, said.Text)
		}
	}
	return nil
}

func (p *player) answer(by event.Kind, text string) []string {
	p.answers++
	right := !p.s.Right.Person || by == event.Agent
	if right {
		right = false
		for _, w := range p.s.Right.Any {
			right = right || strings.Contains(text, w)
		}
	}
	switch {
	case right:
		p.leave(Solved)
		return p.s.Right.Say
	case p.wrong < len(p.s.Wrong) && p.answers < maxAnswer:
		p.wrong++
		return p.s.Wrong[p.wrong-1 : p.wrong]
	case p.s.Right.Person && by != event.Agent && p.answers < maxAnswer:
		return nil // waits for the person; patience decides
	}
	p.leave(GaveUp)
	return nil
}

func (p *player) gap() time.Duration {
	return scaled(p.s.Gap[0]+p.rng.Int64N(p.s.Gap[1]-p.s.Gap[0]+1), p.pace)
}

// mistype swaps two neighbouring characters of a text; the second message is how people put it right.
func mistype(rng *rand.Rand, text string) (slip, right string) {
	r := []rune(text)
	if len(r) < 4 {
		return text, ""
	}
	i := rng.IntN(len(r) - 1)
	r[i], r[i+1] = r[i+1], r[i]
	return string(r), "打错了，" + text
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
