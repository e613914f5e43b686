package repaint

import (
	_ "unsafe" // for go:linkname

	"fyne.io/fyne/v2"
)

// setCanvasForObject is where Fyne notes on which canvas an object shows; setup is called when that is news.
//
//go:linkname setCanvasForObject fyne.io/fyne/v2/internal/cache.SetCanvasForObject
func setCanvasForObject(o fyne.CanvasObject, c fyne.Canvas, setup func())

// shown is the canvas of the window that a stage has seen painted; its scale is known.
var shown fyne.Canvas

// Seat tells Fyne on which canvas a new object will show. Fyne finds out only when it paints it, and until then draws icons at
// twice their size and keeps only one size of each: an icon that is made while the same one shows was drawn twice again.
func Seat(o fyne.CanvasObject) {
	if shown != nil {
		setCanvasForObject(o, shown, nothing)
	}
}

func nothing() {}
