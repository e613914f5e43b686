package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/screen/cheats"
	"agentdesk/ui/screen/desk"
)

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
	c.SetOnTypedRune(func(r rune) { // only where no text field has the keyboard
		if (r == '?' || r == '？') && u.now == string(view.ScreenDesk) {
			u.showCheats()
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

// showCheats opens the list of shortcuts, or closes it.
func (u *UI) showCheats() {
	if u.hideCheats() {
		return
	}
	c := u.win.Canvas()
	u.cheats = look.NewSheet(cheats.Sheet(u.env, u.prefs.EnterSend, c.Size(), func() { u.hideCheats() }), func() { u.hideCheats() })
	u.cheats.Resize(c.Size())
	c.Overlays().Add(u.cheats)
	u.cheats.Enter()
}

func (u *UI) hideCheats() bool {
	if u.cheats == nil {
		return false
	}
	was := false
	for _, o := range u.win.Canvas().Overlays().List() {
		was = was || o == fyne.CanvasObject(u.cheats)
	}
	u.win.Canvas().Overlays().Remove(u.cheats)
	u.cheats = nil
	return was
}
