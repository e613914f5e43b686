package look

import (
	"time"

	"fyne.io/fyne/v2"
)

// How long movements take. They ease out, and change position and size only.
const (
	ChipTime   = 120 * time.Millisecond
	PanelTime  = 180 * time.Millisecond
	DrawerTime = 240 * time.Millisecond
)

// Still says that the person, or the system, wants no movement.
func Still() bool {
	a := fyne.CurrentApp()
	if a == nil || !a.Settings().ShowAnimations() {
		return true
	}
	t := current()
	return t != nil && t.Still
}

// Glide moves o from an offset to its place. When it has arrived, or at once where nothing may move, done is called; it
// may be nil. The returned function ends the movement at its end.
func Glide(o fyne.CanvasObject, from fyne.Delta, took time.Duration, done func()) (finish func()) {
	to := o.Position()
	end := func() {
		o.Move(to)
		if done != nil {
			done()
		}
	}
	if Still() {
		end()
		return func() {}
	}
	over := false
	o.Move(to.AddXY(from.DX, from.DY))
	a := fyne.NewAnimation(took, func(part float32) {
		if over {
			return
		}
		if part >= 1 {
			over = true
			end()
			return
		}
		o.Move(to.AddXY(round(from.DX*(1-part)), round(from.DY*(1-part))))
	})
	a.Curve = fyne.AnimationEaseOut
	a.Start()
	return func() {
		if !over {
			over = true
			a.Stop()
			end()
		}
	}
}

// Enter lets a menu or sheet that was just put over the window settle into its place.
func (m *Menu) Enter() { Glide(m.content, fyne.NewDelta(0, -6), PanelTime, nil) }

// Enter lets a menu or sheet that was just put over the window settle into its place.
func (s *Sheet) Enter() { Glide(s.content, fyne.NewDelta(0, 10), PanelTime, nil) }
