package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"golang.org/x/sync/errgroup"

	assets "agentdesk/assets/demo"
	"agentdesk/assets/faces"
	"agentdesk/server/demo/agents"
	"agentdesk/server/demo/customers"
	"agentdesk/server/files"
	"agentdesk/server/floor"
	"agentdesk/server/folds"
	"agentdesk/server/folds/live"
	"agentdesk/server/gateway"
	"agentdesk/server/identity"
	"agentdesk/server/page"
	"agentdesk/server/proactive"
	"agentdesk/server/shop"
	"agentdesk/server/trace"
	"agentdesk/server/work"
	"agentdesk/sync/conversation"
)

// group serves new chats.
const group = identity.GroupPre

type serveFlags struct {
	listen, data, shop, addrFile string
	demo, bot                    bool
	simulate, agents             int
	timelapse                    float64
	campaign                     bool
	seed                         uint64
	visitorRate                  int
	chances                      bool
	holdout                      float64
	hesitate                     time.Duration
	hours                        conversation.Hours
	origins                      []string
}

func parseServe(args []string, std stdio) (serveFlags, error) {
	var f serveFlags
	fs := flag.NewFlagSet("serve", flag.ContinueOnError)
	fs.SetOutput(std.err)
	fs.StringVar(&f.listen, "listen", "127.0.0.1:8080", "address of the doors; port 0 lets the kernel choose")
	fs.StringVar(&f.data, "data", "var/server", "folder for log, keys, folds and files")
	fs.StringVar(&f.shop, "shop", "chengyu", "name of the shop's log")
	fs.StringVar(&f.addrFile, "addr-file", "", "write the doors' address to this file when they are open")
	fs.BoolVar(&f.demo, "demo", true, "the demo shop, its users and its sign-in; the only shop there is so far")
	fs.BoolVar(&f.bot, "bot", true, "let the bot answer; without it messages are understood and escalated all the same")
	fs.IntVar(&f.simulate, "simulate", 0, "so many simulated customers at once")
	fs.IntVar(&f.agents, "agents", 0, "so many simulated agents; each takes the place of a demo user, but never xiaoning's")
	fs.Float64Var(&f.timelapse, "timelapse", 0, "let simulated customers come as over a day, which passes so many times faster; 0: always -simulate at once")
	fs.BoolVar(&f.campaign, "campaign", false, "with -timelapse: the evening peak is a campaign's")
	fs.Uint64Var(&f.seed, "seed", 1, "seed of the simulated customers and agents")
	fs.BoolVar(&f.chances, "chances", true, "speak of sales chances unasked to customers who agreed, and send stock notices; needs -bot")
	fs.Float64Var(&f.holdout, "holdout", 0.1, "share of customers, 0 to 1, who are told of no chance, so that the worth of telling can be measured")
	fs.DurationVar(&f.hesitate, "hesitate", proactive.Default().Hesitate, "a cart, checkout or unpaid order that stays as it is for so long is a hesitation; below the ten minutes after which a silent chat ends")
	hours := fs.String("hours", "", "when people serve, such as 09:00-23:00 in China; empty: always. Out of hours customers can leave a message")
	origins := fs.String("embed-origins", "", "other sites whose pages may embed the chat, such as https://blog.example.com, separated by commas")
	fs.IntVar(&f.visitorRate, "visitor-rate", 5, "visitors a second that one address may bring; more behind a proxy")
	if err := fs.Parse(args); err != nil {
		return f, err
	}
	if fs.NArg() > 0 {
		return f, fmt.Errorf("serve: unexpected %q", fs.Arg(0))
	}
	var err error
	if f.hours, err = conversation.ParseHours(*hours, chinaZone); err != nil {
		return f, fmt.Errorf("serve: -hours: %w", err)
	}
	if f.origins, err = parseOrigins(*origins); err != nil {
		return f, fmt.Errorf("serve: -embed-origins: %w", err)
	}
	if f.holdout < 0 || f.holdout > 1 || f.hesitate <= 0 {
		return f, errors.New("serve: -holdout is a share, and -hesitate a time")
	}
	if !f.demo {
		return f, errors.New("serve: -demo=false needs a connector to a shop platform, and none is built in yet")
	}
	return f, nil
}

// chinaZone is where the shop's day is, in minutes east of UTC.
const chinaZone = 8 * 60

// parseOrigins reads a list of origins as browsers write them: scheme and host, and the port where it is not the usual one.
func parseOrigins(list string) ([]string, error) {
	var out []string
	for _, s := range strings.Split(list, ",") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		u, err := url.Parse(s)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Scheme+"://"+strings.ToLower(u.Host) != s {
			return nil, fmt.Errorf("%q is no origin like https://blog.example.com", s)
		}
		out = append(out, s)
	}
	return out, nil
}

// serve runs the shop until ctx ends: store, floor, folds, workers, doors, in that order; and ends them in the opposite one.
func serve(ctx context.Context, args []string, std stdio) (err error) {
	f, err := parseServe(args, std)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(f.data, 0o700); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	minds, err := newBrains(ctx, std, filepath.Join(f.data, "shop.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, minds.close()) }()
	st, err := openStore(ctx, f.data, f.shop, std.log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.close()) }()
	secret, err := identity.LoadSecret(filepath.Join(f.data, "secret"))
	if err != nil {
		return err
	}
	users, err := identity.Open(ctx, identity.Params{Path: filepath.Join(f.data, "users.db"), Secret: secret})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, users.Close()) }()
	if err := users.SeedDemo(ctx); err != nil {
		return err
	}
	cast, err := castOf(ctx, users, f.agents)
	if err != nil {
		return err
	}
	uploads, err := files.Open(ctx, files.Params{Dir: filepath.Join(f.data, "files"), Index: filepath.Join(f.data, "files.db"), Keys: st.keys})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, uploads.Close()) }()
	visitors, err := identity.NewVisitors(identity.VisitorParams{Secret: secret})
	if err != nil {
		return err
	}
	policy := conversation.Default()
	policy.Hours = f.hours
	fl, err := floor.Open(ctx, floor.Params{Shop: f.shop, Node: "single", Log: st.log, Keys: st.keys, Fold: st.folds, Policy: policy, Logger: std.log})
	if err != nil {
		return fmt.Errorf("open floor: %w", err)
	}
	figures := prometheus.NewRegistry()
	if err := errors.Join(figures.Register(collectors.NewGoCollector()), figures.Register(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))); err != nil {
		return fmt.Errorf("figures: %w", err)
	}
	if err := errors.Join(minds.figures(figures), minds.models.figures(figures)); err != nil {
		return fmt.Errorf("figures: %w", err)
	}
	static, err := page.New(ctx, page.Params{Shop: minds.store, Pictures: minds.pictures, Faces: faces.Files, Visitors: visitors, Demo: f.demo, Restock: minds.store.Restock, Origins: f.origins, Logger: std.log})
	if err != nil {
		return err
	}
	traces := accounts{trace.New(trace.Keep{}), minds.models}
	gw, err := gateway.New(gateway.Params{
		Shop: f.shop, Floor: fl, Folds: st.folds, Live: live.New(live.Params{}), Users: users, Visitors: visitors, Goods: minds.store, Policy: policy,
		Opening: func(ctx context.Context, customer string) conversation.Opening {
			return work.Opening(ctx, minds.shop, customer, group)
		},
		Static: static, Files: uploads, Logger: std.log, Metrics: figures, Demo: f.demo, VisitorRate: f.visitorRate, Agreed: f.agreed, Origins: f.origins,
		Understanding: minds.reader, Models: minds.models.level, Traces: traces,
	})
	if err != nil {
		return err
	}
	unasked, err := f.proactive(st.folds, figures)
	if err != nil {
		return err
	}
	workers := work.New(work.Params{Traces: traces, Floor: fl, History: st.folds, Understand: minds.understand, Bot: minds.bot, Copilot: minds.copilot,
		Shop: minds.shop, Store: minds.store, Audience: gw, Proactive: unasked, BotOff: !f.bot, Logger: std.log})

	// What stands nearer to the customer ends first: the doors, then the workers, then the floor, then its fold.
	var inner errgroup.Group
	foldCtx, endFold := context.WithCancel(context.WithoutCancel(ctx))
	floorCtx, endFloor := context.WithCancel(context.WithoutCancel(ctx))
	follower := folds.NewFollower(folds.FollowerParams{Folds: st.folds, Log: st.log, Keys: st.keys, Logger: std.log})
	inner.Go(func() error { return follower.Run(foldCtx) })
	floorEnded := make(chan error, 1)
	inner.Go(func() error {
		err := fl.Run(floorCtx)
		floorEnded <- err
		return err
	})
	outer, octx := errgroup.WithContext(ctx)
	outer.Go(func() error {
		select {
		case err := <-floorEnded:
			return fmt.Errorf("the floor ended: %w", errors.Join(err, errors.New("nothing can be written")))
		case <-octx.Done():
			return nil
		}
	})
	outer.Go(func() error { return gw.Run(octx) })
	outer.Go(func() error { return workers.Run(octx) })
	outer.Go(func() error { return open(octx, f, gw.Handler(), std, minds.writer, cast, minds.store) })
	err = outer.Wait()
	endFloor()
	// The fold may lag: what it misses it folds at the next start.
	endFold()
	return errors.Join(err, inner.Wait())
}

// proactive is how the shop speaks unasked; nil for not at all. Customers of the demo count as having agreed until they say no,
// guests as not: they say so in the chat.
func (f *serveFlags) proactive(past work.Past, reg prometheus.Registerer) (*work.Proactive, error) {
	if !f.chances {
		return nil, nil //nolint:nilnil // there is none
	}
	p := &work.Proactive{Rules: proactive.DefaultRules(), Times: proactive.Default(), Past: past, Hours: f.hours, Figures: proactive.NewFigures(),
		Agreed: f.agreed}
	p.Rules.Holdout, p.Times.Hesitate = int(f.holdout*1000+.5), f.hesitate
	if err := p.Figures.Register(reg); err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	return p, nil
}

func (f *serveFlags) agreed(customer string) bool {
	return f.chances && f.demo && !shop.IsGuest(customer)
}

// open is the port, and the simulated customers who come through it.
func open(ctx context.Context, f serveFlags, h http.Handler, std stdio, model string, cast agents.Cast, till customers.Till) error {
	ln, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	url := "http://" + ln.Addr().String()
	srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10}
	eg, ctx := errgroup.WithContext(ctx)
	eg.Go(func() error {
		if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
			return fmt.Errorf("serve: %w", err)
		}
		return nil
	})
	eg.Go(func() error {
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 3*time.Second)
		defer cancel()
		if err := srv.Shutdown(end); err != nil {
			// A connection on which nothing was ever asked counts as busy for five seconds. Nobody waits on it.
			return srv.Close()
		}
		return nil
	})
	if f.addrFile != "" {
		if err := os.WriteFile(f.addrFile+".new", []byte(url+"\n"), 0o600); err != nil {
			return err
		}
		if err := os.Rename(f.addrFile+".new", f.addrFile); err != nil {
			return err
		}
	}
	writes := "scripts"
	if model != "" {
		writes = model
	}
	std.log.Info("open", "url", url, "answers", writes, "simulated", f.simulate, "agents", f.agents)
	if f.agents > 0 {
		eg.Go(func() error {
			return agents.Run(ctx, agents.Params{BaseURL: url, Cast: cast, Count: f.agents, Password: identity.DemoPassword, Seed: f.seed, Logger: std.log})
		})
	}
	if f.simulate > 0 {
		scenarios, err := customers.Load(assets.Scenarios())
		if err != nil {
			return err
		}
		eg.Go(func() error {
			return customers.Run(ctx, customers.Params{BaseURL: url, Seed: f.seed, Scenarios: scenarios, Concurrent: f.simulate, Pace: 1, Logger: std.log,
				Day: customers.Day{Faster: f.timelapse, Campaign: f.campaign}, Shop: till})
		})
	}
	return eg.Wait()
}
