// Command bench measures how fast AgentDesk is on this machine, through the real server and desk binaries, and prints each
// figure beside its target. Nothing fails here: what is over is said to be over.
//
//	make bench
//	go run -tags sqlite_fts5 ./tools/bench [-only up,window,suggest,load,doors,idle,code] [-for 60s]
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
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"syscall"
	"time"

	"agentdesk/tools/harness"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			slog.Error("bench", "err", err)
		}
		stop()
		os.Exit(1)
	}
}

// bench is one run of the measurements.
type bench struct {
	out    io.Writer
	server string // binaries
	desk   string
	dir    string // goes away with the run
	load   time.Duration
	code   string // -benchtime of Go's benchmarks
	rows   []row
}

// row is one line of the table.
type row struct {
	what, target, measured string
	over                   bool
}

// part is a set of figures that are measured together.
type part struct {
	name string
	run  func(b *bench, ctx context.Context) error
}

// parts are in the order of the table.
func parts() []part {
	return []part{{"up", (*bench).up}, {"window", (*bench).window}, {"load", (*bench).loads}, {"doors", (*bench).doors},
		{"suggest", (*bench).suggest}, {"idle", (*bench).idle}, {"code", (*bench).goBenches}}
}

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	b := &bench{out: out}
	fs := flag.NewFlagSet("bench", flag.ContinueOnError)
	var names []string
	for _, p := range parts() {
		names = append(names, p.name)
	}
	only := fs.String("only", "", "some of "+strings.Join(names, ","))
	fs.StringVar(&b.server, "server", "bin/agentdesk-server", "the server's binary")
	fs.StringVar(&b.desk, "desk", "bin/agentdesk", "the desk's binary")
	fs.DurationVar(&b.load, "for", time.Minute, "how long the load of 200/s lasts; others last a third of it")
	fs.StringVar(&b.code, "benchtime", "2s", "for each of Go's benchmarks")
	profile := fs.String("cpuprofile", "", "write a profile of this process, which is also the measured desk, to a file")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		defer pprof.StopCPUProfile()
	}
	chosen := names
	if *only != "" {
		chosen = strings.Split(*only, ",")
		for _, c := range chosen {
			if !slices.Contains(names, c) {
				return fmt.Errorf("no part %q", c)
			}
		}
	}
	if b.dir, err = os.MkdirTemp("", "agentdesk-bench-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.dir)) }()
	b.say("machine: %s", machine())
	b.say("busy before it began: %s", loadAverage())
	for _, p := range parts() {
		if !slices.Contains(chosen, p.name) {
			continue
		}
		if err := p.run(b, ctx); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return b.table()
}

func (b *bench) say(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format+"\n", args...) }

// most adds a figure that should not be above its target.
func (b *bench) most(what string, got, target time.Duration, note string) {
	b.add(what, "≤ "+short(target), short(got)+note, got > target)
}

// add puts a line into the table and prints it at once: a run takes minutes. An empty target is for information.
func (b *bench) add(what, target, measured string, over bool) {
	r := row{what, target, measured, over && target != ""}
	b.rows = append(b.rows, r)
	b.say("%s: %s", what, measured)
}

func (b *bench) table() error {
	over := 0
	b.say("\n| what | target | measured | |\n|---|---|---|---|")
	for _, r := range b.rows {
		verdict := "ok"
		switch {
		case r.target == "":
			verdict = ""
		case r.over:
			verdict = "OVER"
			over++
		}
		b.say("| %s | %s | %s | %s |", r.what, r.target, r.measured, verdict)
	}
	_, err := fmt.Fprintf(b.out, "\n%d over; busy at the end: %s\n", over, loadAverage())
	return err
}

// short writes a time as one reads it.
func short(d time.Duration) string {
	switch {
	case d < time.Millisecond:
		return fmt.Sprintf("%.0f µs", float64(d)/1e3)
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/1e6)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", float64(d)/1e6)
	case d%time.Second == 0:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func machine() string {
	model := "unknown processor"
	if data, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(data)) {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				model = strings.TrimSpace(v)
				break
			}
		}
	}
	return fmt.Sprintf("%d cores, %s, %s", runtime.NumCPU(), model, runtime.Version())
}

// loadAverage says whether others used the machine too.
func loadAverage() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	f := strings.Fields(string(data))
	return "load average " + strings.Join(f[:min(3, len(f))], " ")
}

// start runs a server with a fresh data folder.
func (b *bench) start(ctx context.Context, name string, args ...string) (*harness.Server, error) {
	dir := filepath.Join(b.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	s := &harness.Server{Bin: b.server, Dir: dir, Data: filepath.Join(dir, "data"), Args: args}
	return s, s.Start(ctx)
}

// up is the server's start: on an empty folder, and again on what it left.
func (b *bench) up(ctx context.Context) (err error) {
	began := time.Now()
	s, err := b.start(ctx, "up")
	if err != nil {
		return err
	}
	first := time.Since(began)
	defer s.Kill()
	worst := time.Duration(0)
	for range 3 {
		if err := s.Stop(); err != nil {
			return err
		}
		began = time.Now()
		if err := s.Start(ctx); err != nil {
			return err
		}
		worst = max(worst, time.Since(began))
	}
	b.most("server up with the demo", max(first, worst), 2*time.Second, fmt.Sprintf(" (first start %s, later %s)", short(first), short(worst)))
	return s.Stop()
}
