package ui_test

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"agentdesk/app/view"
	"agentdesk/ui"
	"agentdesk/ui/fixture"
	"agentdesk/ui/look"
)

// TestServe_Coalesces floods the face with snapshots: redraws must not come closer than a frame, the newest one shows,
// and the face ends with its context.
func TestServe_Coalesces(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		counted := &counting{Source: b.src}
		u, err := ui.New(ui.Params{Source: counted, Actions: b.act, Now: fixture.Now, App: fyne.CurrentApp()})
		if err != nil {
			t.Fatal(err)
		}
		defer u.Window().Close()
		done := make(chan error, 1)
		go func() { done <- u.Serve(ctx) }()
		synctest.Wait()
		counted.n.Store(0)
		for i := range 200 {
			b.src.Change(func(d *view.Desk) { d.Me = &view.Me{Name: "晓宁", Load: i, Capacity: 999} })
			time.Sleep(time.Millisecond) // the bubble's own clock
		}
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if n := counted.n.Load(); n < 5 || n > 16 {
			t.Errorf("200 snapshots in 200 ms were drawn %d times", n)
		}
		found := false
		walk(u.Window().Content(), fyne.Position{}, func(o fyne.CanvasObject, _ fyne.Position) {
			if x, ok := o.(*look.Text); ok && x.S == "并发 199 / 999" {
				found = true
			}
		})
		if !found {
			t.Error("the newest snapshot is not on the screen")
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestServe_KeysGoFirst floods the face with snapshots while somebody types: what came is drawn once behind each key, at the
// latest after a fifth of a second, and at once when the text is sent.
func TestServe_KeysGoFirst(t *testing.T) {
	b := open(t, fixture.Desk(), 1440, 900)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		counted := &counting{Source: b.src}
		u, err := ui.New(ui.Params{Source: counted, Actions: b.act, Now: fixture.Now, App: fyne.CurrentApp()})
		if err != nil {
			t.Fatal(err)
		}
		defer u.Window().Close()
		done := make(chan error, 1)
		go func() { done <- u.Serve(ctx) }()
		synctest.Wait() // the window is touched only while Serve rests
		u.Desk().FocusComposer()
		key := func() {
			synctest.Wait()
			u.Window().Canvas().Focused().TypedRune('好')
		}
		flood := func(ms int) (drawn int64) {
			synctest.Wait()
			counted.n.Store(0)
			for range ms {
				b.src.Change(func(d *view.Desk) { d.Me = &view.Me{Name: "晓宁", Load: ms, Capacity: 999} })
				time.Sleep(time.Millisecond) // the bubble's own clock
			}
			synctest.Wait()
			return counted.n.Load()
		}
		key()
		if n := flood(19); n != 0 {
			t.Errorf("in a key's own frame %d snapshots were drawn", n)
		}
		if n := flood(100); n != 1 {
			t.Errorf("behind a key %d snapshots were drawn, want the newest once", n)
		}
		key()
		if n := flood(150); n != 1 {
			t.Errorf("behind the next key %d snapshots were drawn", n)
		}
		if n := flood(100); n != 1 {
			t.Errorf("while no key comes %d snapshots were drawn in a tenth of a second, want one after two tenths", n)
		}
		if n := flood(300); n < 5 {
			t.Errorf("after the typing %d snapshots were drawn in 300 ms", n)
		}
		b.src.Change(func(d *view.Desk) { // nothing in the way of sending
			c := *d.Chat
			o := *c.Composer
			o.Draft, o.Findings, o.DraftRev = "好", nil, o.DraftRev+1
			c.Composer, d.Chat = &o, &c
		})
		flood(100)
		key()
		flood(100)
		f, ok := u.Window().Canvas().Focused().(fyne.Shortcutable)
		if !ok {
			t.Fatal("the composer takes no shortcuts")
		}
		f.TypedShortcut(&desktop.CustomShortcut{KeyName: fyne.KeyReturn, Modifier: fyne.KeyModifierControl})
		if n := flood(30); n == 0 {
			t.Error("what was sent waits for keys")
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

type counting struct {
	*fixture.Source
	n atomic.Int64
}

func (c *counting) Snapshot() *view.Desk {
	c.n.Add(1)
	return c.Source.Snapshot()
}
