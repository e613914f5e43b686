package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"agentdesk/app/view"
)

// Binding is a shortcut of the screen.
type Binding struct {
	Shortcut *desktop.CustomShortcut
	Run      func()
}

// Bindings are the screen's shortcuts. mod is the platform's main modifier.
func (d *Desk) Bindings(mod fyne.KeyModifier) []Binding {
	act := d.env.Act
	var out []Binding
	anywhere := func(key fyne.KeyName, m fyne.KeyModifier, f func()) {
		out = append(out, Binding{&desktop.CustomShortcut{KeyName: key, Modifier: m}, f})
	}
	add := func(key fyne.KeyName, m fyne.KeyModifier, f func()) {
		anywhere(key, m, func() {
			if d.page == nil { // nobody sees the chats: their keys do nothing
				f()
			}
		})
	}
	const alt, shift, ctrl = fyne.KeyModifierAlt, fyne.KeyModifierShift, fyne.KeyModifierControl
	anywhere(fyne.KeyJ, mod, func() {
		if d.page != nil {
			act.Goto("chats")
		}
		act.TakeMostUrgent()
	})
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3} {
		add(key, alt, func() { d.adopt(i, false) })
		add(key, alt|shift, func() { d.adopt(i, true) })
	}
	add(fyne.KeyReturn, mod, d.composer.modEnter)
	add(fyne.KeyEnter, mod, d.composer.modEnter)
	add(fyne.KeyN, mod|shift, d.toggleMode)
	add(fyne.KeyE, mod, d.runNext)
	add(fyne.KeyT, mod|shift, d.askTransfer)
	add(fyne.KeyB, mod|shift, d.askHandBack)
	add(fyne.KeyTab, ctrl, func() { act.SelectStep(1) })
	add(fyne.KeyTab, ctrl|shift, func() { act.SelectStep(-1) })
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7} {
		anywhere(key, mod, func() {
			if d.snap != nil && i < len(d.snap.Places) {
				act.Goto(d.snap.Places[i].Key)
			}
		})
	}
	anywhere(fyne.KeySlash, mod, func() { d.env.Cheats() })
	add(fyne.KeyK, mod, func() { d.search(!d.searching) })
	add(fyne.KeyF, mod, d.openFind)
	add(fyne.KeyBackslash, mod, d.toggleCopilot)
	add(fyne.KeyI, mod, d.explain)
	add(fyne.KeyI, mod|shift, d.explainLater)
	return out
}

// adopt takes a finished suggestion.
func (d *Desk) adopt(i int, send bool) {
	if d.snap == nil || d.snap.Copilot == nil || i >= len(d.snap.Copilot.Suggestions) || d.snap.Copilot.Suggestions[i].Streaming {
		return
	}
	d.env.Act.AdoptSuggestion(i, send)
	if !send {
		d.FocusComposer()
	}
}

func (d *Desk) toggleMode() {
	if d.snap == nil || d.snap.Chat == nil || d.snap.Chat.Composer == nil {
		return
	}
	m := view.ModeNote
	if d.snap.Chat.Composer.Mode == view.ModeNote {
		m = view.ModeReply
	}
	d.env.Act.SetMode(m)
	d.FocusComposer()
}

// Key handles a plain key when no input has the keyboard, and says whether it took it.
func (d *Desk) Key(k *fyne.KeyEvent) bool {
	if k.Name == fyne.KeyEscape {
		d.escape()
		return true
	}
	return false
}
