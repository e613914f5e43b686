// Package screen holds what all screens share: the words, the actions and the clock they are given.
package screen

import (
	"context"
	"io"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/sound"
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
	// Play plays a voice note, a WAV of 16-bit PCM, in place of the one that plays. progress is called from another
	// goroutine, a last time with done set: at the end, when ctx ends, or at once where there is no sound device.
	Play func(ctx context.Context, wav io.Reader, progress func(seconds float64, done bool)) error
	// ClipboardPicture is the picture on the clipboard as PNG, nil for none. It is not called on the window's goroutine, as it
	// asks other programs. nil: pictures can't be pasted here.
	ClipboardPicture func(ctx context.Context) []byte
	// Typed hears of each key that changed a draft, so that no redraw gets in its way, and with false when the draft is done.
	Typed func(on bool)
	// Cheats opens the list of shortcuts.
	Cheats func()
	// Cue sounds a cue; Silent reports that no sound device was found.
	Cue    func(c sound.Cue)
	Silent func() bool
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
