package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"agentdesk/server/bot"
	"agentdesk/server/llm"
	"agentdesk/server/llm/llmtest"
)

type params struct {
	each, first time.Duration
	rate        int
	only        string
	rows        bool
	server      string // its binary; "" for the bot alone
}

// script is how a provider with a fault behaves.
func (p params) script(f llmtest.Fault) llmtest.Script {
	s := llmtest.Script{Fault: f, Gap: 5 * time.Millisecond}
	if f == llmtest.None {
		s.First = p.first
	}
	return s
}

// deadline is within which an answer must be there, whatever its providers do: the pool's for an answer. What the bot and a busy
// machine add has its own allowance.
const (
	deadline  = 6 * time.Second
	allowance = 500 * time.Millisecond
)

// result is what a pairing's customers got.
type result struct {
	a, b    llmtest.Fault
	sent    int
	model   int
	failed  int             // no text, an error, or a text that is neither the model's nor the script
	late    int             // past the deadline
	took    []time.Duration // sorted
	settled time.Duration   // slowest answer in the second half, when what is dead is known
	trips   int64
}

// faults runs every pairing and prints a table.
func faults(ctx context.Context, out, progress io.Writer, p params) error {
	s, err := openShop(ctx)
	if err != nil {
		return err
	}
	asks, err := s.asks(ctx)
	if err != nil {
		return errors.Join(err, s.close())
	}
	var all []result
	list := llmtest.Faults()
	for i, a := range list {
		for _, b := range list[i:] {
			if p.only != "" && p.only != string(a) && p.only != string(b) {
				continue
			}
			var r result
			if p.server != "" {
				r, err = realPair(ctx, p, a, b)
			} else {
				r, err = pair(ctx, s, asks, p, a, b)
			}
			if err = errors.Join(err, ctx.Err()); err != nil {
				return errors.Join(fmt.Errorf("%s and %s: %w", a, b, err), s.close())
			}
			all = append(all, r)
			fmt.Fprintf(progress, "%-12s %-12s %4d sent, %4d by a model, %d failed, %d late, longest %s\n", a, b, r.sent, r.model, r.failed, r.late, short(r.at(1)))
		}
	}
	return errors.Join(report(out, all, p), s.close())
}

// pair sends messages at a steady rate, whether or not the ones before are answered, as customers do.
func pair(ctx context.Context, s *shop, asks []bot.Input, p params, a, b llmtest.Fault) (_ result, err error) {
	r := result{a: a, b: b}
	var cfg llm.Config
	for _, f := range []llmtest.Fault{a, b} {
		srv, err := llmtest.Listen(ctx, p.script(f))
		if err != nil {
			return r, err
		}
		defer func() { err = errors.Join(err, srv.Close()) }()
		cfg.Providers = append(cfg.Providers, llm.Endpoint{BaseURL: srv.URL, Model: "scripted"})
	}
	pool, err := llm.New(llm.Params{Config: cfg})
	if err != nil {
		return r, err
	}
	watch, end := context.WithCancel(ctx)
	watched := make(chan error, 1)
	go func() { watched <- pool.Run(watch) }()
	defer func() {
		end()
		err = errors.Join(err, <-watched, pool.Close())
	}()
	e, err := s.bot(pool)
	if err != nil {
		return r, err
	}
	var model atomic.Int64
	r.sample(ctx, p, deadline, func(n int) (bool, time.Duration) {
		in := asks[n%len(asks)]
		in.Conversation = fmt.Sprint("c", n)
		begun := time.Now()
		reply, err := e.Turn(ctx, in, nil)
		took := time.Since(begun)
		if reply.ByModel {
			model.Add(1)
		}
		return err == nil && reply.Text != "" && reply.Action == bot.Answer && reply.ByModel == (reply.Fallback == ""), took
	})
	r.model = int(model.Load())
	for _, h := range pool.Health().Providers {
		r.trips += h.Trips
	}
	return r, nil
}

func (r *result) sort() { slices.Sort(r.took) }

// at is a quantile.
func (r *result) at(q float64) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	return r.took[min(len(r.took)-1, int(q*float64(len(r.took))))]
}

func short(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// report prints the totals and a square: what share the models wrote, and the longest that anybody waited.
func report(out io.Writer, all []result, p params) error {
	var b strings.Builder
	sent, failed, late := 0, 0, 0
	var longest, silent time.Duration
	by := map[[2]llmtest.Fault]result{}
	for _, r := range all {
		sent, failed, late = sent+r.sent, failed+r.failed, late+r.late
		longest = max(longest, r.at(1))
		if r.model == 0 && mute(r.a) && mute(r.b) {
			silent = max(silent, r.at(1))
		}
		by[[2]llmtest.Fault{r.a, r.b}], by[[2]llmtest.Fault{r.b, r.a}] = r, r
	}
	within, of := deadline, "turns of the bot"
	if p.server != "" {
		within, of = deadline+pause, "chats through the server's door, the bot's pause of up to "+short(pause)+" included"
	}
	fmt.Fprintf(&b, "%d pairings, %d messages/s, %d %s: **%d failed, %d past the deadline** of %s; the longest wait %s, with no word from either provider %s\n\n",
		len(all), p.rate, sent, of, failed, late, short(within), short(longest), short(silent))
	if p.rows {
		b.WriteString("| provider 1 | provider 2 | messages | by a model | failed | late | p50 | p99 | longest | longest in the second half | trips |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
		for _, r := range all {
			fmt.Fprintf(&b, "| %s | %s | %d | %d %% | %d | %d | %s | %s | %s | %s | %d |\n", r.a, r.b, r.sent, 100*r.model/max(r.sent, 1), r.failed, r.late,
				short(r.at(.5)), short(r.at(.99)), short(r.at(1)), short(r.settled), r.trips)
		}
		b.WriteByte('\n')
	}
	list := llmtest.Faults()
	b.WriteString("| by a model, p99 |")
	for _, f := range list {
		fmt.Fprintf(&b, " %s |", f)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(list)) + "\n")
	for i, a := range list {
		fmt.Fprintf(&b, "| **%s** |", a)
		for j, c := range list {
			r, ok := by[[2]llmtest.Fault{a, c}]
			if j < i || !ok {
				b.WriteString(" |")
				continue
			}
			fmt.Fprintf(&b, " %d %%, %s |", 100*r.model/max(r.sent, 1), short(r.at(.99)))
		}
		b.WriteByte('\n')
	}
	_, err := io.WriteString(out, b.String())
	if failed > 0 || late > 0 {
		err = errors.Join(err, fmt.Errorf("%d failed, %d late", failed, late))
	}
	return err
}

// mute faults send no word of an answer.
func mute(f llmtest.Fault) bool {
	switch f {
	case llmtest.None, llmtest.Cut, llmtest.Language, llmtest.Endless, llmtest.Drip:
		return false
	}
	return true
}
