// Package screen holds what all screens share: the words, the actions and the clock they are given.
package screen

import (
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/words"
)

// Env is what every screen is given.
type Env struct {
	W   *words.Words
	Act view.Actions
	Now func() time.Time
	Mac bool // ⌘ and ⌥ in place of Ctrl and Alt
	// Window shows popovers and keeps the focus.
	Window func() fyne.Window
	// Foreground reports whether the person looks at the window.
	Foreground func() bool
	// Announce notifies, once for each customer who becomes critical.
	Announce func(title, text string)
}

// Mod is the name of the main modifier on a key hint.
func (e Env) Mod() string {
	if e.Mac {
		return "⌘"
	}
	return "Ctrl"
}

// Alt is the name of the second modifier; "key-alt" is drawn as an icon.
func (e Env) Alt() string {
	if e.Mac {
		return "key-alt"
	}
	return "Alt"
}
