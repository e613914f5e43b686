package desk

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

	"agentdesk/app/view"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
	"agentdesk/ui/screen"
	"agentdesk/ui/words"
)

// seat is a desk in a test window.
type seat struct {
	*Desk
	win fyne.Window
	act *fixture.Actions
	now time.Time
}

// sit shows a desk. dress may change what the screen is given.
func sit(t *testing.T, v *view.Desk, w, h float32, dress ...func(*screen.Env)) *seat {
	t.Helper()
	a := test.NewTempApp(t)
	th, err := look.NewTheme()
	if err != nil {
		t.Fatal(err)
	}
	th.Still = true
	a.Settings().SetTheme(th)
	ws, err := words.Load(v.Prefs.Lang)
	if err != nil {
		t.Fatal(err)
	}
	s := &seat{act: &fixture.Actions{}, now: fixture.Now(), win: test.NewTempWindow(t, nil)}
	env := screen.Env{W: ws, Act: s.act, Now: func() time.Time { return s.now }, Window: func() fyne.Window { return s.win }}
	for _, f := range dress {
		f(&env)
	}
	s.Desk = New(env, s.shortcut)
	s.win.SetPadded(false)
	s.win.SetContent(s.Desk)
	s.win.Resize(fyne.NewSize(w, h))
	s.Apply(v)
	s.act.Calls()
	return s
}

func (s *seat) shortcut(x fyne.Shortcut) bool {
	c, ok := x.(*desktop.CustomShortcut)
	if !ok {
		return false
	}
	for _, b := range s.Bindings(fyne.KeyModifierControl) {
		if b.Shortcut.KeyName == c.KeyName && b.Shortcut.Modifier == c.Modifier {
			b.Run()
			return true
		}
	}
	return false
}

// change shows a changed snapshot.
func (s *seat) change(f func(*view.Desk)) {
	v := *s.snap
	f(&v)
	s.Apply(&v)
}

// chatIs changes the open chat.
func (s *seat) chatIs(f func(*view.Chat)) {
	s.change(func(v *view.Desk) {
		c := *v.Chat
		f(&c)
		v.Chat = &c
	})
}

// itemIs changes an item of the log.
func (s *seat) itemIs(id string, f func(*view.Item)) {
	s.chatIs(func(c *view.Chat) {
		l := *c.Log
		l.Items = slices.Clone(l.Items)
		for i := range l.Items {
			if l.Items[i].ID == id {
				f(&l.Items[i])
				l.Items[i].Rev++
			}
		}
		c.Log = &l
	})
}

func walk(o fyne.CanvasObject, pos fyne.Position, f func(fyne.CanvasObject, fyne.Position)) {
	if o == nil || !o.Visible() {
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

func (s *seat) all(f func(fyne.CanvasObject, fyne.Position)) {
	walk(s.win.Content(), fyne.Position{}, f)
	for _, o := range s.win.Canvas().Overlays().List() {
		walk(o, fyne.Position{}, f)
	}
}

// top walks what lies over the window.
func (s *seat) top(f func(fyne.CanvasObject, fyne.Position)) {
	if o := s.win.Canvas().Overlays().Top(); o != nil {
		walk(o, fyne.Position{}, f)
	}
}

// shows reports whether a text is on the screen.
func (s *seat) shows(text string) bool {
	found := false
	s.all(func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*canvas.Text); ok && strings.Contains(x.Text, text) {
			found = true
		}
		if x, ok := o.(*look.Text); ok && strings.Contains(x.S, text) {
			found = true
		}
	})
	return found
}

// find is the middle of the n-th line that reads so.
func (s *seat) find(t *testing.T, text string, n int) fyne.Position {
	t.Helper()
	var at []fyne.Position
	s.all(func(o fyne.CanvasObject, p fyne.Position) {
		if x, ok := o.(*look.Text); ok && x.S == text {
			at = append(at, p.AddXY(x.Size().Width/2, x.Size().Height/2))
		}
	})
	if len(at) <= n {
		t.Fatalf("%q is on the screen %d times", text, len(at))
	}
	return at[n]
}

func (s *seat) tap(t *testing.T, text string) {
	t.Helper()
	test.TapCanvas(s.win.Canvas(), s.find(t, text, 0))
}

// tapLast taps the last line that reads so, which lies on top.
func (s *seat) tapLast(t *testing.T, text string) {
	t.Helper()
	var at fyne.Position
	s.all(func(o fyne.CanvasObject, p fyne.Position) {
		if x, ok := o.(*look.Text); ok && x.S == text {
			at = p.AddXY(x.Size().Width/2, x.Size().Height/2)
		}
	})
	if at.IsZero() {
		t.Fatalf("%q is not on the screen", text)
	}
	test.TapCanvas(s.win.Canvas(), at)
}

// icon is the n-th tappable with an icon.
func (s *seat) icon(t *testing.T, name string, n int) fyne.Position {
	t.Helper()
	var at []fyne.Position
	s.all(func(o fyne.CanvasObject, p fyne.Position) {
		if x, ok := o.(*look.Icon); ok && x.Name == name {
			at = append(at, p.AddXY(x.Size().Width/2, x.Size().Height/2))
		}
	})
	if len(at) <= n {
		t.Fatalf("the icon %q is on the screen %d times", name, len(at))
	}
	return at[n]
}

// iconIn is an icon in the bubble of an item.
func (s *seat) iconIn(t *testing.T, id, name string) (at fyne.Position) {
	t.Helper()
	c := s.cellOf(t, id)
	walk(c, fyne.CurrentApp().Driver().AbsolutePositionForObject(c).Subtract(c.Position()), func(o fyne.CanvasObject, p fyne.Position) {
		if x, ok := o.(*look.Icon); ok && x.Name == name {
			at = p.AddXY(x.Size().Width/2, x.Size().Height/2)
		}
	})
	if at.IsZero() {
		t.Fatalf("%s has no icon %q", id, name)
	}
	return at
}

// cellOf is the bubble of an item.
func (s *seat) cellOf(t *testing.T, id string) *look.BubbleCell {
	t.Helper()
	c, ok := s.log.roll.CellOf(id).(*look.BubbleCell)
	if !ok {
		t.Fatalf("%s is not in view", id)
	}
	return c
}

func (s *seat) type_(text string) {
	for _, r := range text {
		s.win.Canvas().Focused().TypedRune(r)
	}
}

func (s *seat) key(k fyne.KeyName) {
	e := &fyne.KeyEvent{Name: k}
	if f := s.win.Canvas().Focused(); f != nil {
		f.TypedKey(e)
		return
	}
	s.Key(e)
}

// asked fails unless the desk was asked each of these.
func (s *seat) asked(t *testing.T, want ...string) {
	t.Helper()
	got := s.act.Calls()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("asked %q, want %q among it", got, w)
		}
	}
}

// menuWords are the lines of the open menu.
func (s *seat) menuWords() (out []string) {
	s.top(func(o fyne.CanvasObject, _ fyne.Position) {
		if x, ok := o.(*look.Text); ok {
			out = append(out, x.S)
		}
	})
	return out
}
