package repaint

import (
	"testing"
	_ "unsafe" // for go:linkname

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

//go:linkname canvasForObject fyne.io/fyne/v2/internal/cache.GetCanvasForObject
func canvasForObject(o fyne.CanvasObject) fyne.Canvas

func TestSeat_TellsTheCanvasOnceAWindowWasPainted(t *testing.T) {
	t.Cleanup(func() { shown = nil })
	early := canvas.NewRectangle(nil)
	Seat(early)
	if canvasForObject(early) != nil {
		t.Error("a canvas whose scale is not known was told")
	}
	w := newWindow(t, &buffer{}, group(0, 0, side, side))
	late := canvas.NewRectangle(nil)
	Seat(late)
	if canvasForObject(late) != fyne.Canvas(w) {
		t.Error("the canvas of the painted window was not told")
	}
}
