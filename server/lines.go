package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"runtime/debug"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/copilot"
	"agentdesk/server/bot"
	"agentdesk/server/demo/shopdata"
	acts "agentdesk/server/demo/store"
	"agentdesk/server/knowledge"
	"agentdesk/server/shop"
	"agentdesk/server/understand"
)

// demoSeed makes the orders that nobody wrote by hand.
const demoSeed = 20261124

// brains is everything that thinks: the same for the running shop and for the line commands.
type brains struct {
	shop       shop.Shop
	store      *acts.Store // the same shop as customers act on it; nil for the line commands
	pictures   fs.FS       // of the shop
	knowledge  *knowledge.Store
	understand understand.Understander
	model      *understand.Model // the same where it is trained; nil where only rules read
	bot        *bot.Engine
	copilot    *copilot.Copilot
	models     *models // nil when no language model is configured
	writer     string  // their names, "" for none
}

// newBrains opens the demo shop and the minds. What customers do in the shop is kept in the file; "" for a shop in
// which nobody does anything. PROVIDER and PROVIDERS, where set, name OpenAI-compatible endpoints.
func newBrains(ctx context.Context, std stdio, file string) (_ *brains, err error) {
	b := &brains{}
	defer func() {
		if err != nil {
			err = errors.Join(err, b.close())
		}
	}()
	base, err := shopdata.New(shopdata.Params{Files: assets.Shop(), Now: time.Now(), Seed: demoSeed})
	if err != nil {
		return nil, fmt.Errorf("demo shop: %w", err)
	}
	b.shop, b.pictures = base, base.Pictures(assets.Pictures())
	if file != "" {
		if b.store, err = acts.Open(ctx, acts.Params{Base: base, Path: file}); err != nil {
			return nil, err
		}
		b.shop = b.store
	}
	if b.knowledge, err = knowledge.New(ctx, knowledge.Params{Shop: b.shop}); err != nil {
		return nil, fmt.Errorf("knowledge: %w", err)
	}
	products, err := b.shop.SearchProducts(ctx, "", 1000)
	if err != nil {
		return nil, fmt.Errorf("products: %w", err)
	}
	if err := b.read(std, catalogue(products)); err != nil {
		return nil, fmt.Errorf("understanding: %w", err)
	}
	bp := bot.Params{Shop: b.shop, Knowledge: bot.Store{Store: b.knowledge}, Understand: b.understand, Log: std.log}
	if b.store != nil {
		bp.Till = b.store
	}
	cp := copilot.Params{}
	if b.models, err = openModels(ctx, std, file); err != nil {
		return nil, err
	}
	if b.models != nil {
		bp.Responder, bp.Chooser, cp.Writer, cp.Summariser = b.models.pool, b.models.pool, b.models.pool, b.models.pool
		b.writer = b.models.names
	}
	if b.bot, err = bot.New(bp); err != nil {
		return nil, fmt.Errorf("bot: %w", err)
	}
	b.copilot = copilot.New(cp)
	return b, nil
}

func (b *brains) close() error {
	var errs []error
	if b.models != nil {
		errs = append(errs, b.models.close())
	}
	if b.model != nil {
		errs = append(errs, b.model.Close())
	}
	if b.knowledge != nil {
		errs = append(errs, b.knowledge.Close())
	}
	if b.store != nil {
		errs = append(errs, b.store.Close())
	}
	return errors.Join(errs...)
}

func understandLines(ctx context.Context, args []string, std stdio) error {
	if err := noFlags("understand", args, std); err != nil {
		return err
	}
	b, err := newBrains(ctx, std, "")
	if err != nil {
		return err
	}
	return errors.Join(understand.ServeJSONLines(ctx, b.understand, std.in, std.out), b.close())
}

func suggestLines(ctx context.Context, args []string, std stdio) error {
	if err := noFlags("suggest", args, std); err != nil {
		return err
	}
	b, err := newBrains(ctx, std, "")
	if err != nil {
		return err
	}
	return errors.Join(copilot.ServeJSONLines(ctx, b.copilot, bot.Finder{Bot: b.bot, Now: time.Now}, std.in, std.out), b.close())
}

func noFlags(name string, args []string, std stdio) error {
	fs := flag.NewFlagSet(name, flag.ContinueOnError)
	fs.SetOutput(std.err)
	if err := fs.Parse(args); err != nil {
		return err
	}
	if fs.NArg() > 0 {
		return fmt.Errorf("%s takes no arguments, only lines on standard input", name)
	}
	return nil
}

func version(_ context.Context, _ []string, std stdio) error {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return errors.New("built without build information")
	}
	_, err := fmt.Fprintf(std.out, "agentdesk server %s, %s\n", info.Main.Version, info.GoVersion)
	return err
}
