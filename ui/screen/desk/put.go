package desk

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"agentdesk/ui/look"
)

// put makes o the only child of a slot.
func put(slot *fyne.Container, o fyne.CanvasObject) {
	slot.Objects = []fyne.CanvasObject{o}
	look.Relayout(slot)
	canvas.Refresh(slot)
}

// made is a row that was built for an item, kept while the item and the width stay, so that a press is not lost when
// something else changes.
type made struct {
	rev   uint64
	width float32
	hit   bool // it is outlined as the place that was found
	obj   fyne.CanvasObject
}
