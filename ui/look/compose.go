package look

import "fyne.io/fyne/v2"

// composing knows whether an input method is putting a word together. Fyne's window hears of keys that an input method on X11 (and
// Enter on macOS) has taken for itself: the Enter that chooses a candidate would break the line or send, Backspace in the
// pinyin would eat the draft. What tells them apart is that a letter went down and no character came of it.
type composing struct{ letters int }

// down is told of each key that goes down, with the modifiers held.
func (c *composing) down(k fyne.KeyName, mods fyne.KeyModifier) {
	if mods&^fyne.KeyModifierShift == 0 && len(k) == 1 && (k[0] >= 'A' && k[0] <= 'Z' || k[0] == '\'') {
		c.letters++
	}
}

// came is told of each character: what was put together is there, or nothing ever was.
func (c *composing) came() { c.letters = 0 }

// takes reports whether a key is the input method's and not the text's.
func (c *composing) takes(k fyne.KeyName) bool {
	if c.letters == 0 {
		return false
	}
	switch k {
	case fyne.KeyBackspace:
		c.letters--
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape:
		c.letters = 0
	case fyne.KeyDelete, fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyPageUp,
		fyne.KeyPageDown, fyne.KeyTab:
	default:
		return false
	}
	return true
}
