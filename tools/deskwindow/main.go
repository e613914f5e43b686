// Command deskwindow shows the sample desk in a real window, for looking at and clicking through. It prints what the desk
// was asked, and plays the simplest of it back (mode, draft, theme, language, selection), with no server behind.
//
//	go run ./tools/deskwindow [-scene desk-light]
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"time"

	"agentdesk/app/view"
	"agentdesk/ui"
	"agentdesk/ui/fixture"
)

func main() {
	name := flag.String("scene", "desk-light", "a scene of ui/fixture")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *name); err != nil {
		slog.Error("deskwindow", "err", err)
		stop()
		os.Exit(1)
	}
}

// echo plays simple actions back into the source.
type echo struct {
	*fixture.Actions
	src *fixture.Source
}

func (e echo) SetMode(m view.Mode) {
	e.Actions.SetMode(m)
	e.chat(func(c *view.Chat) {
		n := *c.Composer
		n.Mode, n.Findings = m, nil
		n.DraftRev++
		n.Draft = ""
		c.Composer = &n
	})
}

func (e echo) Send(text string) {
	e.Actions.Send(text)
	e.chat(func(c *view.Chat) {
		n, l := *c.Composer, *c.Log
		n.Draft, n.Findings = "", nil
		n.DraftRev++
		l.Items = append(append([]view.Item(nil), l.Items...), view.Item{ID: fmt.Sprint("sent", len(l.Items)), Rev: 1, Kind: view.KindText,
			By: view.ByAgent, Mine: true, Face: "0", At: time.Now(), Text: text, Send: view.Delivered})
		c.Composer, c.Log = &n, &l
	})
}

func (e echo) SetTheme(name string) {
	e.Actions.SetTheme(name)
	e.src.Change(func(d *view.Desk) { d.Prefs.Theme = name })
}

func (e echo) SetLanguage(lang string) {
	e.Actions.SetLanguage(lang)
	e.src.Change(func(d *view.Desk) { d.Prefs.Lang = lang })
}

func (e echo) chat(f func(*view.Chat)) {
	e.src.Change(func(d *view.Desk) {
		if d.Chat == nil {
			return
		}
		c := *d.Chat
		f(&c)
		d.Chat = &c
	})
}

func run(ctx context.Context, name string) error {
	for _, s := range fixture.Scenes() {
		if s.Name != name {
			continue
		}
		s.Desk.Prefs = view.Prefs{Lang: s.Lang, Theme: s.Theme}
		src := fixture.NewSource(s.Desk)
		acts := &fixture.Actions{On: func(call string) { slog.Info("asked", "what", call) }}
		start := time.Now()
		now := func() time.Time { return fixture.Now().Add(time.Since(start)) }
		return ui.Run(ctx, ui.Params{Source: src, Actions: echo{acts, src}, Now: now})
	}
	return fmt.Errorf("no scene %q", name)
}
