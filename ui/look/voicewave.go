package look

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"agentdesk/ui/repaint"
)

// The bars of a voice wave, in units.
const (
	wavePitch, waveBar float32 = 5, 2.6
	waveHigh           float32 = 22
)

// VoiceWave is the loudness of a voice message as bars: dark as far as it was played. A tap jumps there. It is one picture
// that is drawn anew when the place changes, as forty objects would cost more on every frame.
type VoiceWave struct {
	widget.BaseWidget
	OnSeek  func(part float32)
	OnHover func(in bool)
	Ink     Ink // what was played; the rest is Rest
	Rest    Ink

	heights []float32
	part    float32
	img     *canvas.Raster
}

// NewVoiceWave makes a wave from loudness 0 … 255; part of it, 0 … 1, is drawn as played.
func NewVoiceWave(loud []uint8, part float32, ink, rest Ink) *VoiceWave {
	w := &VoiceWave{Ink: ink, Rest: rest, part: part}
	for _, v := range loud {
		w.heights = append(w.heights, max(2, float32(v)*waveHigh/255))
	}
	w.img = canvas.NewRaster(w.draw)
	w.ExtendBaseWidget(w)
	return w
}

// SetPart moves the place.
func (w *VoiceWave) SetPart(part float32) {
	old := int(w.part * float32(len(w.heights)))
	w.part = part
	if int(part*float32(len(w.heights))) != old {
		w.redraw()
	}
}

func (w *VoiceWave) redraw() {
	repaint.Touch(w.img)
	w.img.Refresh()
}

// draw paints the bars with soft edges at the pixels of the screen.
func (w *VoiceWave) draw(pw, ph int) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, pw, ph))
	k := float64(ph) / float64(waveHigh)
	for i, h := range w.heights {
		ink := w.Rest
		if float32(i) < w.part*float32(len(w.heights)) {
			ink = w.Ink
		}
		pill(out, C(ink), float64(float32(i)*wavePitch)*k, float64(waveHigh-h)/2*k, float64(waveBar)*k, float64(h)*k)
	}
	return out
}

// pill fills a bar with round ends; each pixel by how much of it lies inside.
func pill(img *image.NRGBA, ink color.Color, x, y, w, h float64) {
	c := color.NRGBAModel.Convert(ink).(color.NRGBA)
	r := min(w, h) / 2
	top, bottom := y+r, y+h-r
	mid := x + w/2
	for py := int(math.Floor(y)); py < int(math.Ceil(y+h)); py++ {
		for px := int(math.Floor(x)); px < int(math.Ceil(x+w)); px++ {
			cx, cy := float64(px)+0.5, float64(py)+0.5
			dy := 0.0
			if cy < top {
				dy = top - cy
			} else if cy > bottom {
				dy = cy - bottom
			}
			in := max(0, min(1, r-math.Hypot(cx-mid, dy)+0.5))
			if in > 0 && image.Pt(px, py).In(img.Rect) {
				c.A = uint8(in * 255)
				img.SetNRGBA(px, py, c)
			}
		}
	}
}

// Tapped implements fyne.Tappable.
func (w *VoiceWave) Tapped(e *fyne.PointEvent) {
	if w.OnSeek != nil && w.Size().Width > 0 {
		w.OnSeek(max(0, min(1, e.Position.X/w.Size().Width)))
	}
}

// MouseIn implements desktop.Hoverable.
func (w *VoiceWave) MouseIn(*desktop.MouseEvent) {
	if w.OnHover != nil {
		w.OnHover(true)
	}
}

// MouseMoved implements desktop.Hoverable.
func (w *VoiceWave) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (w *VoiceWave) MouseOut() {
	if w.OnHover != nil {
		w.OnHover(false)
	}
}

// CreateRenderer implements fyne.Widget.
func (w *VoiceWave) CreateRenderer() fyne.WidgetRenderer {
	r := &renderer{owner: w, objs: []fyne.CanvasObject{w.img}}
	r.min = func() fyne.Size { return fyne.NewSize(max(20, float32(len(w.heights))*wavePitch), leastTarget) }
	r.layout = func(s fyne.Size) {
		w.img.Move(fyne.NewPos(0, (s.Height-waveHigh)/2))
		w.img.Resize(fyne.NewSize(s.Width, waveHigh))
	}
	r.refresh = w.redraw
	return r
}
