package ui_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"fyne.io/fyne/v2"

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
		counted.n = 0
		for i := range 200 {
			b.src.Change(func(d *view.Desk) { d.Me = &view.Me{Name: "晓宁", Load: i, Capacity: 999} })
			time.Sleep(time.Millisecond) // the bubble's own clock
		}
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if counted.n < 5 || counted.n > 16 {
			t.Errorf("200 snapshots in 200 ms were drawn %d times", counted.n)
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

type counting struct {
	*fixture.Source
	n int
}

func (c *counting) Snapshot() *view.Desk {
	c.n++
	return c.Source.Snapshot()
}
