package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"agentdesk/server/demo/customers"
	"agentdesk/server/identity"
)

// loadtest sends messages through the customer door and prints how long the acknowledgements took. Without -url it runs a
// server of its own, a second process of this program on a fresh folder, so that both share this machine's cores.
func loadtest(ctx context.Context, args []string, std stdio) (err error) {
	fs := flag.NewFlagSet("loadtest", flag.ContinueOnError)
	fs.SetOutput(std.err)
	url := fs.String("url", "", "a server on this machine; empty runs one")
	rate := fs.Int("rate", 200, "messages a second")
	length := fs.Duration("for", time.Minute, "how long")
	sockets := fs.Int("customers", 0, "customers; 0: as many as write every ten seconds each, at most 5,000")
	bot := fs.Bool("bot", true, "of the own server: let the bot answer")
	desk := fs.String("desk", "sunlan", "the demo user whose desk is watched, best the supervisor's; empty watches none")
	if err := fs.Parse(args); err != nil {
		return err
	}
	if *url == "" {
		at, stop, err := ownServer(ctx, *bot, std)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, stop()) }()
		*url = at
	}
	p := customers.LoadParams{BaseURL: *url, Rate: *rate, For: *length, Customers: *sockets, Logger: std.log}
	if *desk != "" {
		p.DeskUser, p.DeskPassword = *desk, identity.DemoPassword
	}
	fmt.Fprintf(std.out, "%d cores, %s; bot %v; %d messages/s for %v\n", runtime.NumCPU(), runtime.Version(), *bot, *rate, *length)
	r, err := customers.LoadTest(ctx, p)
	if err != nil {
		return err
	}
	return r.Print(std.out)
}

// ownServer starts this program as a server in a folder that goes away with it.
func ownServer(ctx context.Context, bot bool, std stdio) (url string, stop func() error, err error) {
	self, err := os.Executable()
	if err != nil {
		return "", nil, fmt.Errorf("own server: %w", err)
	}
	dir, err := os.MkdirTemp("", "agentdesk-load-")
	if err != nil {
		return "", nil, fmt.Errorf("own server: %w", err)
	}
	addr := filepath.Join(dir, "address")
	began := time.Now()
	cmd := exec.CommandContext(ctx, self, "serve", "-demo", "-listen", "127.0.0.1:0", "-data", filepath.Join(dir, "data"), "-addr-file", addr, fmt.Sprintf("-bot=%v", bot), "-visitor-rate", "2000")
	cmd.Stderr = std.err
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	if err := cmd.Start(); err != nil {
		return "", nil, errors.Join(fmt.Errorf("own server: %w", err), os.RemoveAll(dir))
	}
	stop = func() error {
		var errs []error
		if err := cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
			errs = append(errs, err)
		}
		if err := cmd.Wait(); err != nil && ctx.Err() == nil {
			errs = append(errs, fmt.Errorf("own server: %w", err))
		}
		return errors.Join(append(errs, os.RemoveAll(dir))...)
	}
	for tick := time.NewTicker(5 * time.Millisecond); ; {
		select {
		case <-tick.C:
		case <-ctx.Done():
			tick.Stop()
			return "", nil, errors.Join(ctx.Err(), stop())
		}
		data, err := os.ReadFile(addr)
		if err == nil && len(data) > 0 {
			tick.Stop()
			fmt.Fprintf(std.out, "server up after %d ms\n", time.Since(began).Milliseconds())
			return strings.TrimSpace(string(data)), stop, nil
		}
		if time.Since(began) > 30*time.Second {
			tick.Stop()
			return "", nil, errors.Join(errors.New("own server: not up after 30 s"), stop())
		}
	}
}
