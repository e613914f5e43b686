// Command faultyllm shows what failing language models do to chats. `faultyllm serve` is a scripted endpoint with one fault, for
// trying the shop out; `faultyllm faults` sends messages through the demo shop's bot with every pairing of two failing providers,
// and prints what customers would have got.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"syscall"
	"time"

	"agentdesk/server/llm/llmtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "faultyllm:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out, errw io.Writer) error {
	if len(args) == 0 {
		args = []string{""}
	}
	fs := flag.NewFlagSet("faultyllm "+args[0], flag.ContinueOnError)
	fs.SetOutput(errw)
	switch args[0] {
	case "serve":
		fault := fs.String("fault", string(llmtest.None), "how it fails: "+names())
		first := fs.Duration("first", 300*time.Millisecond, "before the first token")
		gap := fs.Duration("gap", 20*time.Millisecond, "between pieces")
		if err := fs.Parse(args[1:]); err != nil {
			return err
		}
		if !slices.Contains(llmtest.Faults(), llmtest.Fault(*fault)) {
			return fmt.Errorf("no fault is named %q; there are: %s", *fault, names())
		}
		return serve(ctx, out, llmtest.Script{Fault: llmtest.Fault(*fault), First: *first, Gap: *gap})
	case "faults":
		p := params{}
		fs.DurationVar(&p.each, "for", 4*time.Second, "how long each pairing gets messages")
		fs.IntVar(&p.rate, "rate", 50, "messages a second")
		fs.DurationVar(&p.first, "first", 80*time.Millisecond, "a healthy provider's time to its first token")
		fs.StringVar(&p.only, "only", "", "pairings with this fault only")
		fs.BoolVar(&p.rows, "rows", false, "also a line for each pairing")
		fs.StringVar(&p.server, "server", "", "the server's binary: messages go through its door, each a chat of its own; empty asks the bot alone")
		if err := fs.Parse(args[1:]); err != nil {
			return err
		}
		if p.rate < 1 || p.rate > 1000 || p.each < time.Second {
			return errors.New("rate must be in 1…1,000, for at least 1s")
		}
		return faults(ctx, out, errw, p)
	}
	return errors.New("usage: faultyllm serve | faults; each tells its flags with -h")
}

func names() string {
	s := ""
	for i, f := range llmtest.Faults() {
		if i > 0 {
			s += ", "
		}
		s += string(f)
	}
	return s
}

// serve runs one endpoint until ctx ends.
func serve(ctx context.Context, out io.Writer, s llmtest.Script) error {
	srv, err := llmtest.Listen(ctx, s)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(out, "PROVIDER='%s#scripted'\n", srv.URL); err != nil {
		return errors.Join(err, srv.Close())
	}
	<-ctx.Done()
	return srv.Close()
}
