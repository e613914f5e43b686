// Command server is the coordinating server of AgentDesk: the shop's floor, its bot, its doors.
//
// Usage: server serve | understand | suggest | rebuild | loadtest | version. Each tells its flags with -h.
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
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"agentdesk/sync/cmalloc"
)

func main() {
	cmalloc.Limit(cmalloc.Arenas)
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(60) // what is kept is small; Go's own measure would let every peak double it
	}
	if os.Getenv("GOMAXPROCS") == "" {
		// A goroutine in C (SQLite, the encoder) keeps its share of the processor from others until the runtime looks, which may be
		// 10 ms later (runtime.sysmon): two more let those go on that have a message to store.
		runtime.GOMAXPROCS(runtime.GOMAXPROCS(0) + 2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "server:", err)
		}
		os.Exit(1)
	}
}

type command struct {
	name, what string
	run        func(ctx context.Context, args []string, std stdio) error
}

type stdio struct {
	in       io.Reader
	out, err io.Writer
	log      *slog.Logger
}

func commands() []command {
	return []command{
		{"serve", "run the shop: floor, bot, doors", serve},
		{"understand", "label messages: JSON lines in, JSON lines out", understandLines},
		{"suggest", "suggest replies: JSON lines in, JSON lines out", suggestLines},
		{"rebuild", "make the folds anew from the log", rebuild},
		{"loadtest", "send messages through the customer door of a server on this machine", loadtest},
		{"version", "say what this program is", version},
	}
}

func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer) error {
	std := stdio{in: in, out: out, err: errw, log: slog.New(slog.NewTextHandler(errw, nil))}
	name := "help"
	if len(args) > 0 {
		name = args[0]
	}
	for _, c := range commands() {
		if c.name == name {
			return c.run(ctx, args[1:], std)
		}
	}
	var b strings.Builder
	b.WriteString("usage: server COMMAND [flags]\n\n")
	for _, c := range commands() {
		fmt.Fprintf(&b, "  %-12s%s\n", c.name, c.what)
	}
	fmt.Fprint(errw, b.String())
	if name == "help" || name == "-h" || name == "--help" {
		return flag.ErrHelp
	}
	return fmt.Errorf("unknown command %q", name)
}
