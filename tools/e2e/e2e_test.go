// Package e2e_test plays one customer in a real browser against one agent at the real desk, over real sockets and the real
// server binary.
package e2e_test

import (
	"context"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"agentdesk/app"
	"agentdesk/app/view"
	"agentdesk/server/identity"
	"agentdesk/tools/e2e/browser"
	"agentdesk/tools/harness"
	"agentdesk/ui"
)

// patience bounds every wait: not how fast things should be, but when a test gives up.
const patience = 30 * time.Second

// desk is the agent's program with its window on Fyne's software driver.
type desk struct {
	*ui.UI
	t       *testing.T
	app     *app.App
	changed chan struct{}
}

func openDesk(t *testing.T, url, user string) *desk {
	t.Helper()
	a, err := app.New(t.Context(), app.Params{Dir: t.TempDir(), Server: url, User: user, Password: identity.DemoPassword, Prefs: view.Prefs{Lang: "zh-Hans", Theme: "light"}})
	if err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, app: a, changed: make(chan struct{}, 1)}
	cancelSub := a.Subscribe(func() {
		select {
		case d.changed <- struct{}{}:
		default:
		}
	})
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := a.Run(ctx); err != nil {
			t.Errorf("desk: %v", err)
		}
	})
	t.Cleanup(func() { cancelSub(); cancel(); wg.Wait() })
	if d.UI, err = ui.New(ui.Params{Source: a, Actions: a, App: test.NewTempApp(t)}); err != nil {
		t.Fatal(err)
	}
	d.Window().Resize(fyne.NewSize(1440, 900))
	t.Cleanup(d.Window().Close)
	return d
}

// until refreshes the window with each snapshot until ok holds.
func (d *desk) until(what string, ok func(*view.Desk) bool) *view.Desk {
	d.t.Helper()
	late := time.NewTimer(patience)
	defer late.Stop()
	for {
		s := d.app.Snapshot()
		d.Refresh() // shows s or a newer one: what ok saw is on the screen
		if ok(s) {
			return s
		}
		select {
		case <-d.changed:
		case <-late.C:
			d.t.Fatalf("the desk waited in vain for %s; link %+v, queue %+v, chat %+v", what, s.Link, s.Queue, s.Chat)
		}
	}
}

// press sends a shortcut the way the drivers do.
func (d *desk) press(key fyne.KeyName, m fyne.KeyModifier) {
	c := d.Window().Canvas()
	s := &desktop.CustomShortcut{KeyName: key, Modifier: m}
	if f, ok := c.Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	c.(interface{ TypedShortcut(fyne.Shortcut) }).TypedShortcut(s)
}

func (d *desk) type_(text string) {
	for _, r := range text {
		d.Window().Canvas().Focused().TypedRune(r)
	}
}

func TestOnePath(t *testing.T) {
	dir := t.TempDir()
	srv := &harness.Server{Bin: harness.Build(t, dir), Data: filepath.Join(dir, "data"), Dir: dir}
	if err := srv.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := srv.Stop(); err != nil {
			t.Error(err)
		}
	})
	d := openDesk(t, srv.URL(), "xiaoning")
	d.until("being online", func(s *view.Desk) bool {
		return s.Screen == view.ScreenDesk && s.Link != nil && s.Link.State == view.Online
	})
	p := browser.Open(t, srv.URL()+"/p/p-ceramide-cream?as=c-wangzihan")

	// A price, answered by the bot from a source that it cites.
	const price = "屏障修护面霜现在多少钱"
	p.Say(price)
	p.Sees("289")
	p.Holds("the source", "$$('.src li').some((s) => s.textContent.includes('神经酰胺屏障修护面霜'))")
	if n := p.Count(price); n != 1 {
		t.Errorf("the page shows the first message %d times", n)
	}

	// Anger brings a person. The clock runs from the message.
	const anger = "第三次问了，退款一直不到账，你们就是骗子，再拖我就打12315"
	p.Say(anger)
	d.until("the waiting customer", func(s *view.Desk) bool { return s.Queue != nil && len(s.Queue.Waiting) == 1 })
	escalated := time.Now()
	d.press(fyne.KeyJ, fyne.KeyModifierControl)
	d.until("the seat", func(s *view.Desk) bool {
		return s.Chat != nil && s.Chat.Seat != nil && s.Chat.Seat.State == view.SeatMine
	})
	d.until("suggestions", func(s *view.Desk) bool {
		return s.Copilot != nil && len(s.Copilot.Suggestions) > 0 && !s.Copilot.Suggestions[0].Streaming
	})

	// A suggestion, adopted and edited.
	d.press(fyne.Key1, fyne.KeyModifierAlt)
	got := d.until("the adopted draft", func(s *view.Desk) bool {
		return s.Chat != nil && s.Chat.Composer != nil && s.Chat.Composer.Draft != ""
	})
	draft := got.Chat.Composer.Draft
	d.Desk().FocusComposer()
	const mine = "我是晓宁，这就去查您的退款。"
	d.press(fyne.KeyEnd, fyne.KeyModifierControl)
	d.type_(mine)
	d.press(fyne.KeyReturn, fyne.KeyModifierControl)
	p.Sees(mine)
	fmt.Printf("e2e: %.2f s from the waiting row on the desk to the agent's first words in the browser\n", time.Since(escalated).Seconds())
	p.Sees("晓宁")
	p.Sees(string([]rune(draft)[:8])) // the suggestion's own words, before the agent's

	// Lost network and reload: nothing lost, nothing doubled.
	p.Reload()
	p.Sees(mine)
	for _, text := range []string{mine, anger} {
		if n := p.Count(text); n != 1 {
			t.Errorf("after a reload the page shows %q %d times", text, n)
		}
	}

	// Back to the bot, which answers again.
	conv := got.Chat.Head.ID
	d.app.HandBack("", "退款已登记，请跟进")
	p.Sees("接下来由智能助手继续为您服务")
	p.Say("神经酰胺屏障修护面霜怎么用")
	d.until("the bot's answer", func(s *view.Desk) bool {
		if s.Queue == nil {
			return false
		}
		d.app.Select(conv)
		return s.Chat != nil && s.Chat.Head.ID == conv && s.Chat.Seat.State == view.SeatBot && len(s.Chat.Log.Items) > 0 &&
			s.Chat.Log.Items[len(s.Chat.Log.Items)-1].By == view.ByBot
	})

	// The agent takes it unasked, and closes it with how it ended.
	d.app.TakeOver(conv)
	d.until("the seat again", func(s *view.Desk) bool { return s.Chat != nil && s.Chat.Seat.State == view.SeatMine })
	d.app.Close("solved", true, "")
	p.Sees("本次对话已结束")
}
