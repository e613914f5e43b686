package ui_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
	"agentdesk/ui/notify"
	"agentdesk/ui/screen"
	"agentdesk/ui/screen/cheats"
	"agentdesk/ui/words"

	"fyne.io/fyne/v2/test"
)

// rune_ types a rune the way the drivers do: to what has the keyboard, else to the window.
func (b *bench) rune_(r rune) {
	c := b.Window().Canvas()
	if f := c.Focused(); f != nil {
		f.TypedRune(r)
		return
	}
	if f := c.OnTypedRune(); f != nil {
		f(r)
	}
}

func (b *bench) key(k fyne.KeyName) {
	c := b.Window().Canvas()
	if f := c.Focused(); f != nil {
		f.TypedKey(&fyne.KeyEvent{Name: k})
		return
	}
	c.OnTypedKey()(&fyne.KeyEvent{Name: k})
}

func TestCheats_OpenByQuestionMarkOutsideOfText(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	over := func() bool { return b.Window().Canvas().Overlays().Top() != nil }
	b.Desk().FocusComposer()
	b.rune_('?')
	if over() {
		t.Fatal("a question mark in the composer opened the shortcuts")
	}
	b.press(fyne.KeySlash, fyne.KeyModifierControl)
	if !over() || !b.shows("接管最急的一位") {
		t.Fatal("Mod+/ did not open the shortcuts")
	}
	b.key(fyne.KeyEscape)
	if over() {
		t.Fatal("Esc did not close the shortcuts")
	}
	b.Window().Canvas().Unfocus()
	for _, r := range []rune{'?', '？'} {
		b.rune_(r)
		if !over() {
			t.Fatalf("%c did not open the shortcuts", r)
		}
		b.key(fyne.KeyEscape)
	}
	var button *look.Button
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*look.Button); ok && !x.Disabled() && button == nil {
			button = x
		}
	})
	b.Window().Canvas().Focus(button)
	b.rune_('?')
	if !over() {
		t.Error("a focused button swallows the question mark")
	}
}

// TestCheats_NameEveryShortcut holds the list to what the desk really binds.
func TestCheats_NameEveryShortcut(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	w, err := words.Load("zh-Hans")
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, g := range cheats.Groups(screen.Env{W: w}, false) {
		for _, r := range g.Rows {
			for _, k := range r.Keys {
				named[strings.Join(k, " ")] = true
			}
		}
	}
	for _, bind := range b.Desk().Bindings(fyne.KeyModifierControl) {
		s := bind.Shortcut
		var keys []string
		for _, m := range []struct {
			mod  fyne.KeyModifier
			name string
		}{{fyne.KeyModifierControl, "Ctrl"}, {fyne.KeyModifierAlt, "Alt"}, {fyne.KeyModifierShift, "⇧"}} {
			if s.Modifier&m.mod != 0 {
				keys = append(keys, m.name)
			}
		}
		name := string(s.KeyName)
		switch {
		case s.KeyName == fyne.KeyReturn || s.KeyName == fyne.KeyEnter:
			name = "key-enter"
		case s.Modifier&fyne.KeyModifierAlt != 0 && name <= "3":
			name = "1–3"
		case name >= "1" && name <= "7":
			name = "1–7"
		}
		if all := strings.Join(append(keys, name), " "); !named[all] {
			t.Errorf("%s is bound and not in the list", all)
		}
	}
}

func settings(t *testing.T, w, h float32) *bench {
	d := fixture.Desk()
	d.Place, d.Server = "settings", "https://desk.example.com"
	return open(t, d, w, h)
}

func TestSettings_EveryChoiceAsksForPrefs(t *testing.T) {
	b := settings(t, 1440, 2000)
	tap := func(word string, want string) {
		t.Helper()
		b.tap(t, word, 0)
		b.want(t, want)
	}
	tap("深色", "SetPrefs "+fmt.Sprint(view.Prefs{Lang: "zh-Hans", Theme: "dark"}))
	tap("English", "SetPrefs "+fmt.Sprint(view.Prefs{Lang: "en", Theme: "dark"}))
	tap("125%", "SetPrefs "+fmt.Sprint(view.Prefs{Lang: "en", Theme: "dark", TextScale: 1.25}))
	var toggles []*look.Toggle
	var slider *look.Slider
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		switch x := o.(type) {
		case *look.Toggle:
			toggles = append(toggles, x)
		case *look.Slider:
			slider = x
		}
	})
	if len(toggles) != 4 || slider == nil {
		t.Fatalf("%d switches, slider %v", len(toggles), slider)
	}
	want := view.Prefs{Lang: "en", Theme: "dark", TextScale: 1.25}
	for i, f := range []func(){func() { want.Still = true }, func() { want.Quiet = true }, func() { want.NoNotes = true }, func() { want.Mute = true }} {
		f()
		toggles[i].TypedRune(' ')
		b.want(t, "SetPrefs "+fmt.Sprint(want))
	}
	want.Volume = 1
	slider.Tapped(&fyne.PointEvent{Position: fyne.NewPos(slider.Size().Width, 8)})
	b.want(t, "SetPrefs "+fmt.Sprint(want))
	b.tap(t, "退出登录", 1)
	b.want(t, "Logout")
	if !b.shows("desk.example.com") {
		t.Error("the server's address is not shown")
	}
}

func TestSettings_FollowTheSnapshotAndTheWindow(t *testing.T) {
	b := settings(t, 1440, 900)
	b.src.Change(func(d *view.Desk) { d.Prefs.Quiet, d.Prefs.Lang = true, "en" })
	b.Refresh()
	if !b.shows("Do not disturb") {
		t.Fatal("the words stayed Chinese")
	}
	on := 0
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*look.Toggle); ok && x.On() {
			on++
		}
	})
	if on != 3 { // quiet, notifications, sounds
		t.Errorf("%d switches are on", on)
	}
	b.Window().Resize(fyne.NewSize(1024, 720))
	b.press(fyne.KeyJ, fyne.KeyModifierControl)
	b.want(t, "Goto chats", "TakeMostUrgent")
	b.press(fyne.KeyE, fyne.KeyModifierControl)
	b.wantNone(t)
	b.src.Change(func(d *view.Desk) { d.Place = "chats" })
	b.Refresh()
	if b.row("王梓涵") == nil {
		t.Error("the chats did not come back")
	}
}

// TestDesk_TextSizeGrowsRows looks at what a larger text does to the queue.
func TestDesk_TextSizeGrowsRows(t *testing.T) {
	heights := map[float32]float32{}
	for _, k := range []float32{1, 1.1, 1.25, 1.5} {
		d := fixture.Desk()
		d.Prefs.TextScale = k
		b := open(t, d, 1440, 900)
		heights[k] = b.row("王梓涵").Size().Height
		if shows := b.shows("第三次问了"); shows != (k <= 1.25) {
			t.Errorf("at %v the snippet shows: %v", k, shows)
		}
		if b.row("王梓涵") == nil || !b.shows("1:12") {
			t.Errorf("at %v name or time are missing", k)
		}
	}
	if heights[1] != 79 || heights[1.1] <= 79 || heights[1.25] <= heights[1.1] {
		t.Errorf("rows are %v high", heights)
	}
}

func TestAlerts_ByPreference(t *testing.T) {
	now := fixture.Now()
	var told []notify.Note
	d := fixture.Desk()
	src, act := fixture.NewSource(d), &fixture.Actions{}
	u, err := ui.New(ui.Params{Source: src, Actions: act, Now: func() time.Time { return now }, App: test.NewTempApp(t),
		Notify: func(n notify.Note) { told = append(told, n) }})
	if err != nil {
		t.Fatal(err)
	}
	defer u.Window().Close()
	alert := func(id, kind string) {
		src.Change(func(d *view.Desk) {
			d.Alerts = []view.Alert{{ID: id, Kind: kind, Name: "苏晚晚", Text: "礼盒里少了一支", Conversation: "w1"}}
		})
		u.Refresh()
		u.Refresh()
		now = now.Add(time.Minute)
	}
	titles := func() (out []string) {
		for _, n := range told {
			out = append(out, n.Title)
		}
		told = nil
		return out
	}
	check := func(what string, want ...string) {
		t.Helper()
		if got := titles(); !slices.Equal(got, want) {
			t.Errorf("%s: told %q, want %q", what, got, want)
		}
	}
	alert("a", "message")
	check("a message while one looks")
	alert("b", "critical")
	check("the last seconds while one looks", "苏晚晚 快超时了")
	away := fyne.CurrentApp().Lifecycle().(interface{ OnExitedForeground() func() })
	away.OnExitedForeground()()
	alert("c", "message")
	check("a message while away", "苏晚晚 来消息了")
	src.Change(func(d *view.Desk) { d.Prefs.Quiet = true })
	alert("d", "critical")
	check("do not disturb")
	src.Change(func(d *view.Desk) { d.Prefs.Quiet, d.Prefs.NoNotes = false, true })
	alert("e", "offer")
	check("notifications off")
	for _, id := range []string{"a", "b", "c", "d", "e"} {
		n := 0
		for _, c := range act.Calls() {
			if c == "HandledAlert "+id {
				n++
			}
		}
		if n > 1 {
			t.Errorf("alert %s was handled %d times", id, n)
		}
	}
	if got := u.Window().Title(); !strings.HasPrefix(got, "3 位等待") {
		t.Errorf("the window is called %q", got)
	}
}

// TestDesk_TabReachesWhatCanBePressed walks with Tab from the top and back.
func TestDesk_TabReachesWhatCanBePressed(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	c := b.Window().Canvas()
	want := map[fyne.Focusable]bool{}
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		f, ok := o.(fyne.Focusable)
		if !ok {
			return
		}
		if dis, ok := o.(fyne.Disableable); ok && dis.Disabled() {
			return
		}
		want[f] = true
	})
	seen := map[fyne.Focusable]bool{}
	for range len(want) + 5 {
		c.FocusNext()
		seen[c.Focused()] = true
	}
	for f := range want {
		if !seen[f] {
			t.Errorf("Tab does not reach a %T", f)
		}
	}
	if len(want) < 30 {
		t.Errorf("only %d things can be reached", len(want))
	}
	first := c.Focused()
	c.FocusNext()
	c.FocusPrevious()
	if c.Focused() != first {
		t.Error("Shift+Tab does not lead back")
	}
}

// TestDesk_TargetsCanBeHit looks at the size of everything that the frame lets one press.
func TestDesk_TargetsCanBeHit(t *testing.T) {
	for _, w := range []float32{1024, 1440} {
		b := open(t, fixture.Desk(), w, 900)
		b.all(func(o fyne.CanvasObject, p fyne.Position) {
			tap, ok := o.(fyne.Tappable)
			if !ok || o.Size().IsZero() {
				return
			}
			if x, ok := tap.(*look.Tap); ok && x.OnTapped == nil {
				return
			}
			if o.Size().Width < 40 && o.Size().Height == 15 {
				return // a citation inside of a text is as high as its line allows
			}
			if s := o.Size(); s.Height < 24 || s.Width < 24 {
				t.Errorf("at %v: a %T of %v × %v at %v", w, o, s.Width, s.Height, p)
			}
		})
	}
}

func TestDesk_CaretRests(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	b.Desk().FocusComposer()
	f := b.Window().Canvas().Focused()
	caret := func() (n int) {
		for _, o := range test.WidgetRenderer(f.(fyne.Widget)).Objects() {
			if fmt.Sprintf("%T", o) == "*canvas.Rectangle" {
				n++
			}
		}
		return n
	}
	for range 11 {
		b.now = b.now.Add(time.Second)
		b.Tick()
	}
	if caret() != 1 {
		t.Fatal("after eleven seconds the caret does not rest")
	}
	if b.Window().Canvas().Focused() != f {
		t.Fatal("at rest the composer lost the keyboard")
	}
	f.TypedRune('好')
	if caret() != 0 {
		t.Error("typing did not wake the caret")
	}
	b.act.Calls()
	f.TypedRune('的')
	if got := b.act.Calls(); len(got) == 0 || !strings.HasSuffix(got[len(got)-1], "好的") {
		t.Errorf("after a rest typing asked %q", got)
	}
}

func TestDesk_DoNotDisturbFromTheOwnFace(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	b.tap(t, "在线", 0)
	b.key(fyne.KeyDown)
	b.key(fyne.KeyDown)
	b.key(fyne.KeyReturn)
	b.want(t, "SetStatus busy")
	b.tap(t, "在线", 0)
	b.tap(t, "勿扰", 0)
	b.want(t, "SetPrefs "+fmt.Sprint(view.Prefs{Lang: "zh-Hans", Theme: "light", Quiet: true}))
	b.src.Change(func(d *view.Desk) { d.Prefs.Quiet = true })
	b.Refresh()
	b.find(t, "勿扰", 0)
}
