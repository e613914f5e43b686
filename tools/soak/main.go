// Command soak lets the shop work for a long time and watches: the real server with simulated customers who come as over
// a day in time-lapse, simulated agents, and one real desk with its window, worked by a program. It fails when a log
// holds an error, when memory or goroutines grow, or when a customer waited longer than 30 seconds for a person although
// somebody was free.
//
//	go build -tags sqlite_fts5 -o bin/soak ./tools/soak && bin/soak -minutes 60
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

type options struct {
	server           string
	dir              string
	minutes, every   float64
	simulate, agents int
	timelapse        float64
	campaign, face   bool
	seed             uint64
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) > 1 && os.Args[1] == "desk" {
		err = runDesk(ctx, os.Args[2:])
	} else {
		err = run(ctx, os.Args[1:], os.Stdout)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "soak:", err)
		stop()
		os.Exit(1)
	}
}

func parse(args []string) (options, error) {
	var o options
	fs := flag.NewFlagSet("soak", flag.ContinueOnError)
	fs.StringVar(&o.server, "server", "bin/agentdesk-server", "the server's binary")
	fs.StringVar(&o.dir, "dir", "var/soak", "folder for data, logs and samples; what is there of a run before goes")
	fs.Float64Var(&o.minutes, "minutes", 60, "how long")
	fs.Float64Var(&o.every, "every", 10, "seconds between two samples")
	fs.IntVar(&o.simulate, "simulate", 24, "simulated customers at once, at the most")
	fs.IntVar(&o.agents, "agents", 6, "simulated agents")
	fs.Float64Var(&o.timelapse, "timelapse", 72, "a day's arrivals pass so many times faster: 72 is a day in 20 minutes")
	fs.BoolVar(&o.campaign, "campaign", false, "the evenings are a campaign's")
	fs.BoolVar(&o.face, "face", true, "give the desk its window; without a display a virtual one is started")
	fs.Uint64Var(&o.seed, "seed", 1, "seed of the simulated people")
	if err := fs.Parse(args); err != nil {
		return o, err
	}
	if fs.NArg() > 0 {
		return o, fmt.Errorf("unexpected %q", fs.Arg(0))
	}
	if o.minutes <= 0 || o.every < 1 {
		return o, errors.New("minutes and every are positive, every at least a second")
	}
	return o, nil
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	o, err := parse(args)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(o.dir); err != nil {
		return fmt.Errorf("clear %s: %w", o.dir, err)
	}
	if err := os.MkdirAll(o.dir, 0o700); err != nil {
		return fmt.Errorf("make %s: %w", o.dir, err)
	}
	srv, err := startServer(ctx, o)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, srv.stop()) }()
	dsk, err := startDesk(ctx, o, srv.url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dsk.stop()) }()
	w, err := newWatch(ctx, srv.url)
	if err != nil {
		return err
	}
	wctx, endWatch := context.WithCancel(ctx)
	watched := make(chan error, 1)
	go func() { watched <- w.run(wctx) }()
	samples, err := sampleFor(ctx, o, srv, dsk, w, out)
	endWatch()
	if werr := <-watched; werr != nil {
		err = errors.Join(err, fmt.Errorf("the watch ended: %w", werr))
	}
	if err != nil {
		return err
	}
	v := judge(samples, w.result(), srv.log, dsk.log)
	v.print(out)
	fmt.Fprintf(out, "samples %s, logs %s, %s\n", filepath.Join(o.dir, "samples.csv"), srv.log.path, dsk.log.path)
	if ctx.Err() != nil {
		return errors.New("ended before its time")
	}
	if v.failed() {
		return errors.New("the soak failed")
	}
	return nil
}

// sampleFor reads everything every so often, and prints a line a minute.
func sampleFor(ctx context.Context, o options, srv, dsk *process, w *watch, out io.Writer) ([]sample, error) {
	csv, err := os.Create(filepath.Join(o.dir, "samples.csv"))
	if err != nil {
		return nil, fmt.Errorf("samples: %w", err)
	}
	defer func() { _ = csv.Close() }()
	fmt.Fprintln(csv, csvHead)
	fmt.Fprintln(out, tableHead)
	begin := time.Now()
	end := time.NewTimer(time.Duration(o.minutes * float64(time.Minute)))
	defer end.Stop()
	tick := time.NewTicker(time.Duration(o.every * float64(time.Second)))
	defer tick.Stop()
	var all []sample
	var told time.Duration
	for {
		select {
		case <-ctx.Done():
			return all, nil
		case err := <-srv.ended:
			return all, fmt.Errorf("the server ended: %w", errors.Join(err, errors.New(srv.log.tail())))
		case err := <-dsk.ended:
			return all, fmt.Errorf("the desk ended: %w", errors.Join(err, errors.New(dsk.log.tail())))
		case <-end.C:
			return all, nil
		case now := <-tick.C:
			s, err := take(ctx, now.Sub(begin), srv, dsk, w)
			if err != nil {
				return all, err
			}
			all = append(all, s)
			fmt.Fprintln(csv, s.csv())
			if s.at-told >= time.Minute || len(all) == 1 {
				told = s.at
				fmt.Fprintln(out, s.row())
			}
		}
	}
}
