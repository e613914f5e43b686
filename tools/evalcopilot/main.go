// Command evalcopilot asks the copilot for suggestions in written situations over the demo shop, and prints how often the first
// (or any of three) holds what a person would have to say there, what it states without a source, and whether the right cards
// stand beside.
//
//	make eval-copilot
//	go run -tags sqlite_fts5 ./tools/evalcopilot [-v | -all] [-only ID] [-situations FILE]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/assets/model"
	"agentdesk/copilot"
	"agentdesk/server/bot"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/knowledge"
	"agentdesk/server/understand"
)

// seed makes the orders that nobody wrote by hand: the server's own.
const seed = 20261124

// now is when the situations happen.
func now() time.Time { return time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone()) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			slog.Error("evalcopilot", "err", err)
		}
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	fs := flag.NewFlagSet("evalcopilot", flag.ContinueOnError)
	file := fs.String("situations", "tools/evalcopilot/testdata/situations.jsonl", "the situations")
	only := fs.String("only", "", "those whose ID begins so")
	verbose := fs.Bool("v", false, "print what fails")
	every := fs.Bool("all", false, "print all")
	graph := fs.Bool("graph", true, "let the trained network read the messages, where it is there")
	if err := fs.Parse(args); err != nil {
		return err
	}
	f, err := os.Open(*file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	all, err := load(f)
	if err != nil {
		return err
	}
	d, err := open(ctx, *graph)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	var t tally
	for _, s := range all {
		if !strings.HasPrefix(s.ID, *only) {
			continue
		}
		o, err := d.try(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.ID, err)
		}
		t.add(o)
		if *every || *verbose && !o.good() {
			if err := o.print(out); err != nil {
				return err
			}
		}
	}
	return t.print(out, d.by)
}

// desk is the copilot over the demo shop.
type desk struct {
	shop    *shopdata.Memory
	finder  bot.Finder
	copilot *copilot.Copilot
	judge   *judge
	by      string // what reads the messages
	undo    []func() error
}

func open(ctx context.Context, graph bool) (_ *desk, err error) {
	d := &desk{copilot: copilot.New(copilot.Params{})}
	defer func() {
		if err != nil {
			err = errors.Join(err, d.close())
		}
	}()
	if d.shop, err = shopdata.New(shopdata.Params{Files: assets.Shop(), Now: now(), Seed: seed}); err != nil {
		return nil, err
	}
	store, err := knowledge.New(ctx, knowledge.Params{Shop: d.shop})
	if err != nil {
		return nil, err
	}
	d.undo = append(d.undo, store.Close)
	products, err := d.shop.SearchProducts(ctx, "", 0)
	if err != nil {
		return nil, err
	}
	names := map[string][]string{}
	for _, p := range products {
		names[p.ID] = append([]string{p.Title}, p.Aliases...)
	}
	rules, err := understand.New(understand.Params{Products: names})
	if err != nil {
		return nil, err
	}
	var reader understand.Understander = rules
	d.by = understand.ByLexicon
	switch m, err := understand.NewModel(understand.ModelParams{Lexicon: rules, Files: model.Read, NoGraph: !graph}); {
	case errors.Is(err, understand.ErrNoModel):
	case err != nil:
		return nil, err
	default:
		d.undo = append(d.undo, m.Close)
		reader, d.by = m, m.Status().By
	}
	engine, err := bot.New(bot.Params{Shop: d.shop, Knowledge: bot.Store{Store: store}, Understand: reader})
	if err != nil {
		return nil, err
	}
	d.finder = bot.Finder{Bot: engine, Now: now}
	d.judge, err = newJudge(ctx, d.shop)
	return d, err
}

func (d *desk) close() error {
	var errs []error
	for _, f := range d.undo {
		errs = append(errs, f())
	}
	return errors.Join(errs...)
}
