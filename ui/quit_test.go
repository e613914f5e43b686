package ui

import (
	"testing"

	"fyne.io/fyne/v2"
)

// gone is an app whose windows are closed already.
type gone struct {
	fyne.App
	quits int
}

func (g *gone) Quit() {
	g.quits++
	panic("NotInitialized: The GLFW library is not initialized")
}

func TestQuit_OfWindowsThatAreClosedIsNone(t *testing.T) {
	g := &gone{}
	closed := make(chan struct{})
	quit(g, closed)
	if g.quits != 1 {
		t.Errorf("asked %d times while the windows seemed open", g.quits)
	}
	close(closed)
	quit(g, closed)
	if g.quits != 1 {
		t.Errorf("asked again although they were closed")
	}
}
