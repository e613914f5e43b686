// Command agentdesk is an agent's desk. This file only wires the desk without a face to its face.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"syscall"

	"agentdesk/app"
	"agentdesk/app/view"
	"agentdesk/sync/cmalloc"
	"agentdesk/ui"
)

func main() {
	cmalloc.Limit(cmalloc.Arenas)
	if err := run(); err != nil {
		slog.Error("agentdesk", "err", err)
		os.Exit(1)
	}
}

func run() error {
	server := flag.String("server", os.Getenv("AGENTDESK_SERVER"), "server address, e.g. https://desk.example.com")
	user := flag.String("user", os.Getenv("AGENTDESK_USER"), "user to sign in as")
	password := flag.String("password", os.Getenv("AGENTDESK_PASSWORD"), "password; signs in at once (better in AGENTDESK_PASSWORD)")
	lang := flag.String("lang", "", "zh-Hans or en")
	theme := flag.String("theme", "", "light or dark")
	data := flag.String("data", "", "folder of the local copy")
	flag.Parse()
	if *data == "" {
		dir, err := os.UserConfigDir()
		if err != nil {
			return fmt.Errorf("find data folder: %w", err)
		}
		*data = filepath.Join(dir, "agentdesk")
	}
	if err := keepCrash(*data); err != nil {
		slog.Warn("crashes are not kept", "err", err)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var end ending
	ended := make(chan struct{})
	defer close(ended)
	go end.watch(ctx, ended, os.Stderr, os.Exit)
	a, err := app.New(ctx, app.Params{Dir: *data, Server: *server, User: *user, Password: *password,
		Prefs: view.Prefs{Lang: *lang, Theme: *theme}})
	if err != nil {
		return fmt.Errorf("start desk: %w", err)
	}
	done := make(chan error, 1)
	go func() { done <- end.run("desk", func() error { return a.Run(ctx) }) }()
	err = end.run("window", func() error {
		return ui.Run(ctx, ui.Params{Source: a, Actions: a, Lang: *lang, Theme: *theme, About: about(), Part: end.run})
	})
	stop()
	if rerr := <-done; err == nil {
		err = rerr
	}
	return err
}

// keepCrash makes a crash leave its trace in the data folder: a window has no terminal to read it on.
func keepCrash(data string) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(data, "crash.txt"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(debug.SetCrashOutput(f, debug.CrashOptions{}), f.Close())
}
