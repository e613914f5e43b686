// Package ui is the desk's face: it draws the snapshots of a view.Source in a window and turns what a person does into
// view.Actions. It does no network and no SQL.
package ui

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/notify"
	"agentdesk/ui/repaint"
	"agentdesk/ui/screen"
	"agentdesk/ui/screen/desk"
	"agentdesk/ui/screen/login"
	"agentdesk/ui/screen/settings"
	"agentdesk/ui/sound"
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
	About   About
	Sound   *sound.Player     // nil: nothing sounds; Run makes one
	Notify  func(notify.Note) // nil: no notifications; Run makes a bus
	// ClipboardPicture is the picture on the clipboard as PNG; see screen.Env. Run makes a reader where it is nil.
	ClipboardPicture func(ctx context.Context) []byte
	// Part runs a part of the face under a name, so that one that does not end can be told; nil just runs it.
	Part func(name string, f func() error) error
}

// About is what the program says of itself.
type About = settings.About

// frame is the least time between two redraws for snapshots.
const frame = 16 * time.Millisecond

// UI is one window. All its methods but Run belong to the goroutine of the window.
type UI struct {
	p        Params
	win      fyne.Window
	theme    *look.Theme
	env      screen.Env
	desk     *desk.Desk
	login    *login.Login
	settings *settings.Settings
	cheats   *look.Sheet
	alerts   alerts
	tray     tray
	now      string // screen that shows
	title    string
	prefs    view.Prefs
	pace     pace
	stage    *repaint.Stage

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
	u := &UI{p: p, theme: th, foreground: true, pace: pace{key: make(chan struct{}, 1)}}
	u.prefs = u.wanted(p.Source.Snapshot())
	u.dress()
	u.win = p.App.NewWindow("AgentDesk")
	u.win.SetPadded(false)
	u.win.SetMaster()
	u.win.Resize(u.firstSize())
	u.win.SetCloseIntercept(u.close)
	u.win.SetOnDropped(func(at fyne.Position, files []fyne.URI) {
		if u.now == string(view.ScreenDesk) {
			u.desk.Drop(at, files)
		}
	})
	if err := u.rebuild(); err != nil {
		return nil, err
	}
	life := p.App.Lifecycle()
	life.SetOnEnteredForeground(func() { u.setForeground(true) })
	life.SetOnExitedForeground(func() { u.setForeground(false) })
	return u, nil
}

// firstSize is the size that the window had, or the design's.
func (u *UI) firstSize() fyne.Size {
	if u.prefs.Width < 1024 || u.prefs.Height < 720 {
		return fyne.NewSize(1440, 900)
	}
	return fyne.NewSize(u.prefs.Width, u.prefs.Height)
}

// close keeps the window's size and closes it.
func (u *UI) close() {
	if s := u.win.Canvas().Size(); s.Width != u.prefs.Width || s.Height != u.prefs.Height {
		p := u.p.Source.Snapshot().Prefs
		p.Width, p.Height = s.Width, s.Height
		u.p.Actions.SetPrefs(p)
	}
	u.win.Close()
}

func (u *UI) setForeground(on bool) {
	u.mu.Lock()
	u.foreground = on
	u.mu.Unlock()
	if on {
		u.alerts.pace.Clear() // the person looks now
	}
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

// Stage is what paints the window in parts.
func (u *UI) Stage() *repaint.Stage { return u.stage }

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

// rebuild makes all screens in the language and text size of the preferences.
func (u *UI) rebuild() error {
	w, err := words.Load(u.prefs.Lang)
	if err != nil {
		return err
	}
	u.env = screen.Env{W: w, Act: u.p.Actions, Now: u.p.Now, Mac: u.p.Mac, Window: func() fyne.Window { return u.win },
		Foreground: u.inForeground, Cheats: u.showCheats, Typed: u.pace.typed}
	u.env.ClipboardPicture = u.p.ClipboardPicture
	if s := u.p.Sound; s != nil {
		u.env.Play, u.env.Cue, u.env.Silent = s.Play, s.Cue, s.Silent
	}
	u.title = ""
	u.alerts.words(w)
	u.desk = desk.New(u.env, u.shortcut)
	u.settings = settings.New(u.env, u.p.About)
	u.desk.Pages = map[string]desk.Page{"settings": u.settings}
	u.login = login.New(u.env)
	u.now = ""
	u.bind()
	u.tray.words(w)
	u.Refresh()
	return nil
}

// Refresh shows the newest snapshot.
func (u *UI) Refresh() {
	v := u.p.Source.Snapshot()
	old, want := u.prefs, u.wanted(v)
	u.prefs = want
	if u.p.Sound != nil {
		u.p.Sound.SetVolume(volume(want))
	}
	again := want.Lang != old.Lang || want.TextScale != old.TextScale
	if want.Theme != old.Theme || want.Still != old.Still || again {
		u.dress()
	}
	if again {
		u.hideCheats()
		if err := u.rebuild(); err != nil {
			fyne.LogError("change language or text size", err)
		}
		return // rebuild comes back here
	}
	if want.Theme != old.Theme {
		u.desk.Recolour()
	}
	u.alert(v)
	u.name(v)
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

// volume is how loud cues are.
func volume(p view.Prefs) float32 {
	if p.Volume == 0 {
		return 0.6
	}
	return p.Volume
}

// name puts the number of those who wait into the window's title and the tray.
func (u *UI) name(v *view.Desk) {
	n := 0
	if v.Queue != nil && v.Screen == view.ScreenDesk {
		n = len(v.Queue.Waiting)
	}
	title := u.env.W.T("app")
	if n > 0 {
		title = u.env.W.T("title.waiting", "n", n, "app", title)
	}
	if title != u.title {
		u.title = title
		u.win.SetTitle(title)
	}
	u.tray.show(n, u.prefs.Quiet)
}

func (u *UI) show(name string, o fyne.CanvasObject) {
	if u.now == name {
		return
	}
	u.now = name
	o, u.stage = repaint.New(u.win.Canvas, o)
	u.win.SetContent(o)
}

// Due is when the face wants a Tick out of turn; zero for not.
func (u *UI) Due() time.Time {
	if u.now != string(view.ScreenDesk) {
		return time.Time{}
	}
	at := u.desk.Due(u.p.Now())
	if told := u.alerts.pace.Due(); !told.IsZero() && (at.IsZero() || told.Before(at)) {
		at = told
	}
	return at
}

// Tick steps what counts seconds.
func (u *UI) Tick() {
	u.tell()
	if !u.pace.typing() {
		u.stage.Rest()
	}
	if f, ok := u.win.Canvas().Focused().(interface{ Settle() }); ok {
		f.Settle()
	}
	if u.now == string(view.ScreenDesk) {
		u.desk.Tick(u.p.Now())
	}
}
