// Command evalbot lets simulated customers talk to the bot over the demo shop, and prints how many it settles alone, whether it
// calls a person when it should, and what it states without a source.
//
//	make eval-bot
//	go run -tags sqlite_fts5 ./tools/evalbot [-v] [-only ID] [-scenarios DIR]
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/assets/model"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/knowledge"
	"agentdesk/server/understand"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			slog.Error("evalbot", "err", err)
		}
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	fs := flag.NewFlagSet("evalbot", flag.ContinueOnError)
	dir := fs.String("scenarios", "server/bot/scenarios", "folder of the scenarios")
	only := fs.String("only", "", "play those whose ID begins so")
	verbose := fs.Bool("v", false, "print every conversation")
	graph := fs.Bool("graph", true, "let the trained network read the messages, where it is there")
	if err := fs.Parse(args); err != nil {
		return err
	}
	all, err := load(os.DirFS(*dir))
	if err != nil {
		return err
	}
	st, by, done, err := open(ctx, *graph)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	var got []outcome
	for i := range all {
		if !strings.HasPrefix(all[i].ID, *only) {
			continue
		}
		o, err := st.play(ctx, &all[i])
		if err != nil {
			return err
		}
		got = append(got, o)
	}
	return report(out, got, by, *verbose)
}

// open makes the stage, in a folder that done removes. by says what reads the messages.
func open(ctx context.Context, graph bool) (_ *stage, by string, done func() error, err error) {
	var undo []func() error
	done = func() error {
		var errs []error
		for _, f := range undo {
			errs = append(errs, f())
		}
		return errors.Join(errs...)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, done())
		}
	}()
	s := &stage{now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone())}
	if s.dir, err = os.MkdirTemp("", "evalbot-"); err != nil {
		return nil, "", nil, err
	}
	undo = append(undo, func() error { return os.RemoveAll(s.dir) })
	if s.base, err = shopdata.New(shopdata.Params{Files: assets.Shop(), Now: s.now, Seed: 1}); err != nil {
		return nil, "", nil, err
	}
	if s.knowledge, err = knowledge.New(ctx, knowledge.Params{Shop: s.base}); err != nil {
		return nil, "", nil, err
	}
	undo = append(undo, s.knowledge.Close)
	products, err := s.base.SearchProducts(ctx, "", 0)
	if err != nil {
		return nil, "", nil, err
	}
	names := map[string][]string{}
	for _, p := range products {
		names[p.ID] = append([]string{p.Title}, p.Aliases...)
	}
	rules, err := understand.New(understand.Params{Products: names})
	if err != nil {
		return nil, "", nil, err
	}
	s.understand, by = rules, understand.ByLexicon
	switch m, err := understand.NewModel(understand.ModelParams{Lexicon: rules, Files: model.Read, NoGraph: !graph}); {
	case errors.Is(err, understand.ErrNoModel):
	case err != nil:
		return nil, "", nil, err
	default:
		undo = append(undo, m.Close)
		s.understand, by = m, m.Status().By
	}
	return s, by, done, nil
}
