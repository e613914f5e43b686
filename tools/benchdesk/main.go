// Command benchdesk measures the desk's face in a real window and prints each figure beside its target. It needs a display; on
// a machine without one it starts a virtual one (Xvfb), which draws with the processor alone.
//
//	make bench-desk
//	go run -tags sqlite_fts5,migrated_fynedo ./tools/benchdesk [-for 20s] [-size 1440x900]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"fyne.io/fyne/v2/app"

	"agentdesk/ui"
	"agentdesk/ui/fixture"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil && !errors.Is(err, flag.ErrHelp) {
		slog.Error("benchdesk", "err", err)
		stop()
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("benchdesk", flag.ContinueOnError)
	long := fs.Duration("for", 20*time.Second, "how long each figure over time is taken")
	size := fs.String("size", "1440x900", "of the window")
	only := fs.String("only", "", "take only these, separated by commas: "+strings.Join(names(), ", "))
	profile := fs.String("profile", "", "write a CPU profile here")
	if err := fs.Parse(args); err != nil {
		return err
	}
	var w, h float32
	if _, err := fmt.Sscanf(*size, "%fx%f", &w, &h); err != nil {
		return fmt.Errorf("size %q: %w", *size, err)
	}
	if os.Getenv("DISPLAY") == "" && os.Getenv("WAYLAND_DISPLAY") == "" && runtime.GOOS == "linux" {
		return virtual(ctx, args, *size)
	}
	if *profile != "" {
		f, err := os.Create(*profile) //nolint:gosec // a path that the developer gave
		if err != nil {
			return fmt.Errorf("make profile: %w", err)
		}
		defer func() { _ = f.Close() }()
		if err := pprof.StartCPUProfile(f); err != nil {
			return fmt.Errorf("start profile: %w", err)
		}
		defer pprof.StopCPUProfile()
	}
	return measure(ctx, out, w, h, *long, *only)
}

// virtual runs the program again on a display of its own.
func virtual(ctx context.Context, args []string, size string) error {
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	dir, err := os.MkdirTemp("", "benchdesk")
	if err != nil {
		return fmt.Errorf("make folder of the screen: %w", err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	full := append([]string{"-a", "-s", "-screen 0 " + size + "x24 -nocursor -fbdir " + dir, self}, args...)
	c := exec.CommandContext(ctx, "xvfb-run", full...) //nolint:gosec // this program
	c.Env = append(os.Environ(), screenVar+"="+filepath.Join(dir, "Xvfb_screen0"))
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	if err := c.Run(); err != nil {
		return fmt.Errorf("run on a virtual display: %w", err)
	}
	return nil
}

// measure opens the window and lets the probe work beside it.
func measure(ctx context.Context, out io.Writer, w, h float32, long time.Duration, only string) error {
	ui.Spare()
	a := app.NewWithID("agentdesk.bench")
	desk := fixture.Desk()
	desk.Prefs.Width, desk.Prefs.Height = w, h
	p := &probe{src: fixture.NewSource(desk), out: out, long: long, only: only, painted: make(chan struct{}, 1), began: time.Now()}
	u, err := ui.New(ui.Params{Source: p.src, Actions: &fixture.Actions{}, Now: p.now, App: a})
	if err != nil {
		return fmt.Errorf("open window: %w", err)
	}
	p.ui, p.app = u, a
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	a.Lifecycle().SetOnStarted(func() { go func() { done <- p.run(ctx) }() })
	u.Window().ShowAndRun()
	cancel()
	select {
	case err = <-done:
	case <-time.After(5 * time.Second):
		err = errors.New("the window closed before the figures were there")
	}
	return err
}

// row prints one figure.
func row(out io.Writer, what, target, got string, over bool) {
	mark := "ok"
	if over {
		mark = "OVER"
	}
	_, _ = fmt.Fprintf(out, "%-52s %-12s %-34s %s\n", what, target, got, mark)
}

func title(out io.Writer) {
	cpu := "unknown"
	if b, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for l := range strings.Lines(string(b)) {
			if _, v, ok := strings.Cut(l, "model name\t: "); ok {
				cpu = strings.TrimSpace(v)
				break
			}
		}
	}
	load := ""
	if b, err := os.ReadFile("/proc/loadavg"); err == nil {
		load = ", load of others " + strings.Fields(string(b))[0]
	}
	_, _ = fmt.Fprintf(out, "machine: %d cores, %s, %s%s\n", runtime.NumCPU(), cpu, runtime.Version(), load)
	_, _ = fmt.Fprintf(out, "%-52s %-12s %-34s\n", "figure", "target", "measured")
}
