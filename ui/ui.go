// Package ui is the desk's face: it draws the snapshots of a view.Source in a window and turns what a person does into
// view.Actions. It does no network and no SQL.
package ui

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/screen"
	"agentdesk/ui/screen/desk"
	"agentdesk/ui/screen/login"
	"agentdesk/ui/words"
)

// Params is what the face needs.
type Params struct {
	Source  view.Source
	Actions view.Actions
	Lang    string           // when the snapshot's Prefs name none; "" is Chinese
	Theme   string           // light or dark, when the snapshot's Prefs name none; "" follows the system
	Now     func() time.Time // time.Now when nil
	Mac     bool             // draw ⌘ and ⌥; Run sets it on macOS
	App     fyne.App         // made by Run when nil
}

// frame is the least time between two redraws for snapshots.
const frame = 16 * time.Millisecond

// UI is one window. All its methods but Run belong to the goroutine of the window.
type UI struct {
	p     Params
	win   fyne.Window
	theme *look.Theme
	env   screen.Env
	desk  *desk.Desk
	login *login.Login
	now   string // screen that shows
	prefs view.Prefs

	mu         sync.Mutex
	foreground bool
}

// New makes the window, not shown yet. It fails only on broken embedded files.
func New(p Params) (*UI, error) {
	if p.Source == nil || p.Actions == nil || p.App == nil {
		return nil, errors.New("ui needs a source, actions and an app")
	}
	if p.Now == nil {
		p.Now = time.Now
	}
	th, err := look.NewTheme()
	if err != nil {
		return nil, fmt.Errorf("make theme: %w", err)
	}
	u := &UI{p: p, theme: th, foreground: true}
	u.prefs = u.wanted(p.Source.Snapshot())
	u.dress()
	u.win = p.App.NewWindow("AgentDesk")
	u.win.SetPadded(false)
	u.win.SetMaster()
	u.win.Resize(fyne.NewSize(1440, 900))
	if err := u.rebuild(); err != nil {
		return nil, err
	}
	life := p.App.Lifecycle()
	life.SetOnEnteredForeground(func() { u.setForeground(true) })
	life.SetOnExitedForeground(func() { u.setForeground(false) })
	return u, nil
}

func (u *UI) setForeground(on bool) {
	u.mu.Lock()
	u.foreground = on
	u.mu.Unlock()
}

func (u *UI) inForeground() bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	return u.foreground
}

// Window is the window.
func (u *UI) Window() fyne.Window { return u.win }

// Desk is the agent's screen.
func (u *UI) Desk() *desk.Desk { return u.desk }

// wanted is the snapshot's preferences, or the defaults.
func (u *UI) wanted(v *view.Desk) view.Prefs {
	out := v.Prefs
	if out.Lang == "" {
		out.Lang = u.p.Lang
	}
	if out.Theme == "" {
		out.Theme = u.p.Theme
	}
	return out
}

// dress gives the theme what the person chose: light or dark, text size, movement.
func (u *UI) dress() {
	light, dark := theme.VariantLight, theme.VariantDark
	switch u.prefs.Theme {
	case "light":
		u.theme.Force = &light
	case "dark":
		u.theme.Force = &dark
	default:
		u.theme.Force = nil
	}
	u.theme.TextScale = min(max(1, u.prefs.TextScale), 1.5)
	u.theme.Still = u.prefs.Still
	u.p.App.Settings().SetTheme(u.theme)
}

// rebuild makes all screens in the language of the preferences.
func (u *UI) rebuild() error {
	w, err := words.Load(u.prefs.Lang)
	if err != nil {
		return err
	}
	u.env = screen.Env{W: w, Act: u.p.Actions, Now: u.p.Now, Mac: u.p.Mac, Window: func() fyne.Window { return u.win },
		Foreground: u.inForeground, Announce: func(title, text string) {
			u.p.App.SendNotification(fyne.NewNotification(title, text))
		}}
	u.win.SetTitle(w.T("app"))
	u.desk = desk.New(u.env, u.shortcut)
	u.login = login.New(u.env)
	u.now = ""
	u.bind()
	u.Refresh()
	return nil
}

func (u *UI) modifier() fyne.KeyModifier {
	if u.p.Mac {
		return fyne.KeyModifierSuper
	}
	return fyne.KeyModifierControl
}

// bind puts the shortcuts on the canvas. macOS shows them in its menu too; elsewhere a main menu would cost a line of the
// window, and the inputs of the kit hand shortcuts on anyway.
func (u *UI) bind() {
	c := u.win.Canvas()
	for _, b := range u.desk.Bindings(u.modifier()) {
		c.RemoveShortcut(b.Shortcut)
		c.AddShortcut(b.Shortcut, func(fyne.Shortcut) { u.run(b) })
	}
	c.SetOnTypedKey(func(k *fyne.KeyEvent) {
		if u.now == string(view.ScreenDesk) {
			u.desk.Key(k)
		}
	})
}

func (u *UI) run(b desk.Binding) {
	if u.now == string(view.ScreenDesk) && u.win.Canvas().Overlays().Top() == nil {
		b.Run()
	}
}

// shortcut is asked by focused inputs, and says whether it took the shortcut.
func (u *UI) shortcut(s fyne.Shortcut) bool {
	cs, ok := s.(*desktop.CustomShortcut)
	if !ok {
		return false
	}
	for _, b := range u.desk.Bindings(u.modifier()) {
		if b.Shortcut.KeyName == cs.KeyName && b.Shortcut.Modifier == cs.Modifier {
			u.run(b)
			return true
		}
	}
	return false
}

// Refresh shows the newest snapshot.
func (u *UI) Refresh() {
	v := u.p.Source.Snapshot()
	old, want := u.prefs, u.wanted(v)
	u.prefs = want
	again := want.Lang != old.Lang || want.TextScale != old.TextScale
	if want.Theme != old.Theme || want.Still != old.Still || again {
		u.dress()
	}
	if again {
		if err := u.rebuild(); err != nil {
			fyne.LogError("change language or text size", err)
		}
		return // rebuild comes back here
	}
	if want.Theme != old.Theme {
		u.desk.Recolour()
	}
	if v.Screen == view.ScreenDesk {
		u.desk.Apply(v)
		u.show(string(view.ScreenDesk), u.desk)
		return
	}
	u.login.Apply(v.Login)
	if u.now != string(view.ScreenLogin) {
		u.show(string(view.ScreenLogin), u.login.Object())
		u.login.Focus(u.win.Canvas())
	}
}

func (u *UI) show(name string, o fyne.CanvasObject) {
	if u.now == name {
		return
	}
	u.now = name
	u.win.SetContent(o)
}

// Due is when the face wants a Tick out of turn; zero for not.
func (u *UI) Due() time.Time {
	if u.now == string(view.ScreenDesk) {
		return u.desk.Due(u.p.Now())
	}
	return time.Time{}
}

// Tick steps what counts seconds.
func (u *UI) Tick() {
	if u.now == string(view.ScreenDesk) {
		u.desk.Tick(u.p.Now())
	}
}

// Serve draws snapshots as they come and steps the rings, until ctx ends. At most one redraw waits in the window's queue,
// and no two come closer than a frame.
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
	post := func(f func()) bool {
		done := make(chan struct{})
		fyne.Do(func() {
			defer close(done)
			if ctx.Err() == nil {
				f()
			}
		})
		select {
		case <-done:
			return true
		case <-ctx.Done():
			return false
		}
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-second.C:
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

// Run shows the window and returns when it is closed or ctx ends. It must be called on the main goroutine.
func Run(ctx context.Context, p Params) error {
	if p.App == nil {
		p.App = app.NewWithID("agentdesk")
	}
	p.Mac = p.Mac || runtime.GOOS == "darwin"
	u, err := New(p)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var wg sync.WaitGroup
	var served error
	wg.Go(func() { served = u.Serve(ctx) })
	wg.Go(func() {
		<-ctx.Done()
		fyne.Do(p.App.Quit)
	})
	u.win.ShowAndRun()
	cancel()
	wg.Wait()
	return served
}
