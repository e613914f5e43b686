// Command benchbot measures how fast messages are understood on this machine, and prints each figure beside its target.
// Nothing fails here: what is over is said to be over.
//
//	make bench-bot
//	go run -tags sqlite_fts5 ./tools/benchbot [-lines FILE] [-model DIR] [-for 5s]
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
	"strings"
	"time"

	"agentdesk/assets/model"
	"agentdesk/server/understand"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			slog.Error("benchbot", "err", err)
		}
		stop()
		os.Exit(1)
	}
}

// row is one line of the table. An empty target is for information.
type row struct {
	what, target, measured string
	over                   bool
}

func run(ctx context.Context, args []string, out io.Writer) error {
	fs := flag.NewFlagSet("benchbot", flag.ContinueOnError)
	file := fs.String("lines", "server/understand/corpus/test.jsonl", "messages to read, JSON lines")
	dir := fs.String("model", "", "folder of the trained files; empty: those that the server carries")
	last := fs.Duration("for", 5*time.Second, "how long each measurement lasts")
	if err := fs.Parse(args); err != nil {
		return err
	}
	files := understand.Files(model.Read)
	if *dir != "" {
		files = func(name string) ([]byte, error) { return os.ReadFile(filepath.Join(*dir, filepath.Base(name))) }
	}
	b := bench{out: out, files: files, lasts: *last}
	b.say("machine: %d cores, %s; %s", runtime.NumCPU(), runtime.Version(), loadAverage())
	if err := b.read(*file); err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	if err := b.understand(ctx); err != nil {
		return err
	}
	b.say("\n| what | target | measured | |\n|---|---|---|---|")
	over := 0
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
	b.say("\n%d over; at the end: %s", over, loadAverage())
	return nil
}

func (b *bench) say(format string, args ...any) { _, _ = fmt.Fprintf(b.out, format+"\n", args...) }

func (b *bench) add(what, target, measured string, over bool) {
	b.rows = append(b.rows, row{what, target, measured, over})
	b.say("%s: %s", what, measured)
}

// loadAverage says whether others used the machine too.
func loadAverage() string {
	data, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "load unknown"
	}
	f := strings.Fields(string(data))
	return "load average " + strings.Join(f[:min(3, len(f))], " ")
}
