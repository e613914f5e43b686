package look

import (
	"image"
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func picture(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	return img
}

func TestPhoto_StaysInItsPlace(t *testing.T) {
	useTheme(t)
	p := NewPhoto()
	w := test.NewTempWindow(t, p)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(400, 300))
	p.Set(Levels(picture(2000, 1000)), []Mark{{Label: "A", X: 0.4, Y: 0.4, W: 0.2, H: 0.2}})
	if p.zoom != 0.2 {
		t.Errorf("all of it shows at %v", p.zoom)
	}
	p.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, 10), PointEvent: fyne.PointEvent{Position: fyne.NewPos(0, 0)}})
	if p.zoom != 0.25 || p.middle.X != 800 {
		t.Errorf("zoomed at its corner it shows at %v around %v", p.zoom, p.middle)
	}
	p.Whole()
	for range 3 {
		p.Shift(-5000, 5000)
	}
	if p.middle != fyne.NewPos(200, 850) {
		t.Errorf("moved beyond its edge the middle is %v", p.middle)
	}
	p.Fit()
	img := w.Canvas().Capture()
	white := color.NRGBA{0xff, 0xff, 0xff, 0xff}
	if got := color.NRGBAModel.Convert(img.At(20, 60)); got != white {
		t.Errorf("the picture does not reach its edge: %v", got)
	}
	if got := color.NRGBAModel.Convert(img.At(200, 20)); got == white {
		t.Error("the picture leaves its shape")
	}
}

func TestLevels_HalveWithoutLosingBrightness(t *testing.T) {
	img := picture(1024, 600)
	for y := range 600 { // every second column black
		for x := 0; x < 1024; x += 2 {
			img.SetRGBA(x, y, color.RGBA{A: 0xff})
		}
	}
	l := Levels(img)
	if len(l) != 3 || l[2].Rect.Dx() != 256 || l[2].Rect.Dy() != 150 {
		t.Fatalf("%d levels, the last %v", len(l), l[len(l)-1].Rect)
	}
	if got := l[1].RGBAAt(100, 100); got.R < 126 || got.R > 129 || got.A != 0xff {
		t.Errorf("black and white halve to %v", got)
	}
}
