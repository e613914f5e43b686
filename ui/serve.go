package ui

import (
	"context"
	"log/slog"
	"os"
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"

	"agentdesk/ui/clip"
	"agentdesk/ui/look"
	"agentdesk/ui/notify"
	"agentdesk/ui/sound"
)

// Serve draws snapshots as they come and steps the rings, until ctx ends. At most one redraw waits in the window's queue,
// no two come closer than a frame, and none gets between a key and its glyph.
func (u *UI) Serve(ctx context.Context) error {
	wake := make(chan struct{}, 1)
	cancel := u.p.Source.Subscribe(func() {
		select {
		case wake <- struct{}{}:
		default: // a redraw is due already and will see the newest
		}
	})
	defer cancel()
	second := time.NewTicker(time.Second)
	defer second.Stop()
	pause := time.NewTimer(0)
	defer pause.Stop()
	due := time.NewTimer(0) // a Tick out of turn
	defer due.Stop()
	post := func(f func()) bool {
		if !u.pace.turn(ctx) {
			return false
		}
		done := make(chan time.Duration, 1)
		fyne.Do(func() {
			wait := time.Hour
			if ctx.Err() == nil {
				f()
				if at := u.Due(); !at.IsZero() {
					wait = max(frame, at.Sub(u.p.Now()))
				}
			}
			done <- wait
		})
		select {
		case wait := <-done:
			due.Reset(wait)
			return true
		case <-ctx.Done():
			return false
		}
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-u.pace.key: // nothing waits to be drawn
		case <-second.C:
			if !post(u.Tick) {
				return nil
			}
		case <-due.C:
			if !post(u.Tick) {
				return nil
			}
		case <-wake:
			if !post(u.Refresh) {
				return nil
			}
			pause.Reset(frame)
			select {
			case <-pause.C:
			case <-ctx.Done():
				return nil
			}
		}
	}
}

// Spare lets the heap grow by half before garbage is collected, unless GOGC says otherwise. Little stays and much goes with
// each frame: 50 MB are in use in a busy hour, and Go's own measure would let them double.
func Spare() {
	const percent = 50
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// Run shows the window and returns when it is closed or ctx ends. It must be called on the main goroutine.
func Run(ctx context.Context, p Params) error {
	if p.App == nil {
		p.App = app.NewWithID("agentdesk")
	}
	Spare()
	p.Mac = p.Mac || runtime.GOOS == "darwin"
	p.App.SetIcon(look.Asset("pictures/logo.svg"))
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var u *UI
	player := sound.New(sound.Params{})
	bus := notify.NewBus(notify.Params{App: "AgentDesk", Clicked: func(conv string) { fyne.Do(func() { u.clicked(conv) }) },
		Plain: func(title, text string) {
			fyne.Do(func() { p.App.SendNotification(fyne.NewNotification(title, text)) })
		}})
	if p.Sound == nil {
		p.Sound = player
	}
	if p.Notify == nil {
		p.Notify = bus.Send
	}
	if p.ClipboardPicture == nil {
		p.ClipboardPicture = clip.New(slog.Default()).Picture
	}
	u, err := New(p)
	if err != nil {
		return err
	}
	u.tray = newTray(p.App, func() {
		u.win.Show()
		u.win.RequestFocus()
	}, u.close, func(on bool) {
		want := p.Source.Snapshot().Prefs
		want.Quiet = on
		p.Actions.SetPrefs(want)
	})
	u.tray.words(u.env.W)
	u.name(p.Source.Snapshot())
	var wg sync.WaitGroup
	errs := make([]error, 3)
	part := p.Part
	if part == nil {
		part = func(_ string, f func() error) error { return f() }
	}
	wg.Go(func() { errs[0] = part("drawing", func() error { return u.Serve(ctx) }) })
	wg.Go(func() { errs[1] = part("sound", func() error { return player.Run(ctx) }) })
	wg.Go(func() { errs[2] = part("notifications", func() error { return bus.Run(ctx) }) })
	closed := make(chan struct{})
	wg.Go(func() {
		select {
		case <-ctx.Done():
			fyne.Do(func() { quit(p.App, closed) })
		case <-closed:
		}
	})
	u.win.ShowAndRun()
	close(closed)
	cancel()
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// quit ends the loop of the windows, unless it has ended. Fyne runs what is to be done in its loop at once when there is none any more,
// and then its library of windows panics that it is closed: of a loop that ends in this very moment nothing can be asked beforehand.
func quit(a fyne.App, closed <-chan struct{}) {
	defer func() {
		if r := recover(); r != nil {
			slog.Info("the windows were closed already", "err", r)
		}
	}()
	select {
	case <-closed:
	default:
		a.Quit()
	}
}
