// Package screen holds what all screens share: the words, the actions and the clock they are given.
package screen

import (
	"context"
	"io"
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
	// Play sounds a WAV until its end or that of ctx, and returns at once. progress hears where it is, from any goroutine, and
	// once with done at the end. nil: nothing can be heard here.
	Play func(ctx context.Context, wav io.Reader, progress func(seconds float64, done bool)) error
	// ClipboardPicture is the picture on the clipboard as PNG, nil for none. It is not called on the window's goroutine, as it
	// asks other programs. nil: pictures can't be pasted here.
	ClipboardPicture func(ctx context.Context) []byte
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
