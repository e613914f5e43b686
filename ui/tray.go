package ui

import (
	"bytes"
	"fmt"
	"image/png"
	"os"
	"runtime"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/driver/software"

	"agentdesk/ui/look"
	"agentdesk/ui/words"
)

// tray is the program's place in the system's tray, where there is one. Nothing depends on it.
type tray struct {
	app   desktop.App // nil: no tray
	open  func()
	quit  func()
	still func(on bool) // do not disturb
	w     *words.Words
	count int
	quiet bool
	shown bool
}

// newTray finds the system's tray. On Linux trays live on the session's D-Bus; without one the toolkit would only
// complain.
func newTray(a fyne.App, open, quit func(), still func(on bool)) tray {
	d, ok := a.(desktop.App)
	if !ok || runtime.GOOS == "linux" && os.Getenv("DBUS_SESSION_BUS_ADDRESS") == "" {
		return tray{}
	}
	return tray{app: d, open: open, quit: quit, still: still, count: -1}
}

func (t *tray) words(w *words.Words) { t.w, t.shown = w, false }

// show puts the number of those who wait on the icon. The menu is made anew only when something in it changed.
func (t *tray) show(n int, quiet bool) {
	if t.app == nil {
		return
	}
	if !t.shown || quiet != t.quiet {
		t.shown, t.quiet = true, quiet
		dnd := fyne.NewMenuItem(t.w.T("me.quiet"), func() { t.still(!t.quiet) })
		dnd.Checked = quiet
		leave := fyne.NewMenuItem(t.w.T("tray.quit"), t.quit)
		leave.IsQuit = true
		t.app.SetSystemTrayMenu(fyne.NewMenu("AgentDesk", fyne.NewMenuItem(t.w.T("tray.show"), t.open), dnd, fyne.NewMenuItemSeparator(), leave))
	}
	if n == t.count {
		return
	}
	if icon, err := trayIcon(n); err != nil {
		fyne.LogError("draw tray icon", err)
	} else {
		t.app.SetSystemTrayIcon(icon)
	}
	t.count = n
}

// trayIcon is the logo, with a count where n is not 0.
func trayIcon(n int) (fyne.Resource, error) {
	const d = 64
	c := software.NewTransparentCanvas()
	c.SetPadded(false)
	layers := look.Layers(look.Picture(look.Asset("pictures/logo.svg"), d, d, 0))
	if n > 0 {
		word := fmt.Sprint(n)
		if n > 9 {
			word = "9+"
		}
		layers.Add(look.At(22, 22, look.BigCount(word, 42)))
	}
	c.SetContent(layers)
	c.Resize(fyne.NewSquareSize(d))
	var b bytes.Buffer
	if err := png.Encode(&b, c.Capture()); err != nil {
		return nil, err
	}
	return fyne.NewStaticResource(fmt.Sprintf("tray-%d.png", min(n, 10)), b.Bytes()), nil
}
