package ui_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"go.uber.org/goleak"

	"agentdesk/app/view"
	"agentdesk/ui"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// bench is a face in front of a source that a test sets.
type bench struct {
	*ui.UI
	src *fixture.Source
	act *fixture.Actions
	now time.Time
}

func open(t *testing.T, d *view.Desk, w, h float32) *bench {
	t.Helper()
	b := &bench{src: fixture.NewSource(d), act: &fixture.Actions{}, now: fixture.Now()}
	u, err := ui.New(ui.Params{Source: b.src, Actions: b.act, Now: func() time.Time { return b.now }, App: test.NewTempApp(t)})
	if err != nil {
		t.Fatal(err)
	}
	b.UI = u
	u.Window().Resize(fyne.NewSize(w, h))
	t.Cleanup(u.Window().Close)
	b.act.Calls()
	return b
}

// walk visits everything that is drawn, with its place on the canvas.
func walk(o fyne.CanvasObject, pos fyne.Position, f func(fyne.CanvasObject, fyne.Position)) {
	if !o.Visible() {
		return
	}
	pos = pos.Add(o.Position())
	f(o, pos)
	switch c := o.(type) {
	case *fyne.Container:
		for _, ch := range c.Objects {
			walk(ch, pos, f)
		}
	case *container.Scroll:
		walk(c.Content, pos, f)
	case fyne.Widget:
		for _, ch := range test.WidgetRenderer(c).Objects() {
			walk(ch, pos, f)
		}
	}
}

func (b *bench) all(f func(fyne.CanvasObject, fyne.Position)) {
	walk(b.Window().Content(), fyne.Position{}, f)
	for _, o := range b.Window().Canvas().Overlays().List() {
		walk(o, fyne.Position{}, f)
	}
}

// find is the middle of the n-th text that reads so.
func (b *bench) find(t *testing.T, text string, n int) fyne.Position {
	t.Helper()
	var at []fyne.Position
	b.all(func(o fyne.CanvasObject, p fyne.Position) {
		if x, ok := o.(*look.Text); ok && x.S == text {
			at = append(at, p.AddXY(x.Size().Width/2, x.Size().Height/2))
		}
	})
	if len(at) <= n {
		t.Fatalf("%q is on the screen %d times", text, len(at))
	}
	return at[n]
}

func (b *bench) shows(text string) bool {
	found := false
	b.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*canvas.Text); ok && strings.Contains(x.Text, text) {
			found = true
		}
	})
	return found
}

func (b *bench) tap(t *testing.T, text string, n int) {
	t.Helper()
	test.TapCanvas(b.Window().Canvas(), b.find(t, text, n))
}

// press sends a shortcut the way the drivers do: to what has the keyboard, else to the window.
func (b *bench) press(key fyne.KeyName, m fyne.KeyModifier) {
	c := b.Window().Canvas()
	s := &desktop.CustomShortcut{KeyName: key, Modifier: m}
	if f, ok := c.Focused().(fyne.Shortcutable); ok {
		f.TypedShortcut(s)
		return
	}
	c.(interface{ TypedShortcut(fyne.Shortcut) }).TypedShortcut(s)
}

func (b *bench) want(t *testing.T, calls ...string) {
	t.Helper()
	got := b.act.Calls()
	for _, c := range calls {
		if !slices.Contains(got, c) {
			t.Errorf("asked %q, want %q among it", got, c)
		}
	}
}

func (b *bench) wantNone(t *testing.T) {
	t.Helper()
	if got := b.act.Calls(); len(got) > 0 {
		t.Errorf("asked %q, want nothing", got)
	}
}
