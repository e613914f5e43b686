package look

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
)

// press is a key as the window hands it on; TypedKey follows KeyDown, whatever an input method makes of it.
func press(e *input, keys ...fyne.KeyName) {
	for _, k := range keys {
		e.KeyDown(&fyne.KeyEvent{Name: k})
		e.TypedKey(&fyne.KeyEvent{Name: k})
		e.KeyUp(&fyne.KeyEvent{Name: k})
	}
}

func say(e *input, s string) {
	for _, r := range s {
		e.TypedRune(r)
	}
}

func TestDraft_InputMethodKeepsItsKeys(t *testing.T) {
	for name, c := range map[string]struct {
		do   func(e *input)
		want string
	}{
		"Enter takes the pinyin as it is": {func(e *input) {
			press(e, "W", "O", fyne.KeyReturn)
			say(e, "wo")
		}, "您好wo"},
		"Backspace in the pinyin": {func(e *input) {
			press(e, "W", "O", fyne.KeyBackspace)
			press(e, "A", fyne.KeySpace)
			say(e, "哇")
		}, "您好哇"},
		"Backspace after the pinyin is gone": {func(e *input) {
			press(e, "W", fyne.KeyBackspace, fyne.KeyBackspace)
		}, "您"},
		"arrows choose a candidate": {func(e *input) {
			press(e, "W", fyne.KeyDown, fyne.KeyLeft, fyne.KeyLeft, fyne.KeySpace)
			say(e, "我")
		}, "您好我"},
		"Escape drops the pinyin, Enter is one's own again": {func(e *input) {
			press(e, "W", fyne.KeyEscape, fyne.KeyReturn)
		}, "您好\n"},
		"without an input method": {func(e *input) {
			press(e, "A")
			say(e, "a")
			press(e, fyne.KeyReturn, fyne.KeyBackspace, fyne.KeyBackspace)
		}, "您好"},
		"letters of shortcuts": {func(e *input) {
			e.KeyDown(&fyne.KeyEvent{Name: desktop.KeyControlLeft})
			e.KeyDown(&fyne.KeyEvent{Name: "A"})
			e.KeyUp(&fyne.KeyEvent{Name: desktop.KeyControlLeft})
			press(e, fyne.KeyReturn)
		}, "您好\n"},
	} {
		t.Run(name, func(t *testing.T) {
			test.NewTempApp(t)
			d := NewDraft("", nil)
			w := test.NewTempWindow(t, d)
			w.Canvas().Focus(d.entry)
			d.SetText("您好")
			c.do(d.entry)
			if d.Text() != c.want {
				t.Errorf("%q, want %q", d.Text(), c.want)
			}
		})
	}
}
