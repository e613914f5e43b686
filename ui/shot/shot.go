// Package shot takes pictures of the desk without a display, and compares pictures.
package shot

import (
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui"
	"agentdesk/ui/fixture"
)

// Params says what is drawn.
type Params struct {
	App    fyne.App // a test app
	Desk   *view.Desk
	Lang   string
	Theme  string
	Width  float32
	Height float32
	Focus  bool          // the composer has the keyboard
	Prefs  view.Prefs    // further choices: text size and column widths
	Later  time.Duration // looked at so long after it was first drawn
	Then   func(*ui.UI)  // done before the picture is taken; may be nil
}

// Take draws a desk and returns the picture and the face that was drawn, for further looks.
func Take(p Params) (image.Image, *ui.UI, error) {
	u, err := Lay(p)
	if err != nil {
		return nil, nil, err
	}
	return u.Window().Canvas().Capture(), u, nil
}

// Lay is Take without the picture, which costs most of the time.
func Lay(p Params) (*ui.UI, error) {
	d := *p.Desk
	d.Prefs.Lang, d.Prefs.Theme = p.Lang, p.Theme
	if p.Prefs.TextScale > 0 {
		d.Prefs.TextScale = p.Prefs.TextScale
	}
	if len(p.Prefs.Widths) > 0 {
		d.Prefs.Widths = p.Prefs.Widths
	}
	now := fixture.Now()
	u, err := ui.New(ui.Params{Source: fixture.NewSource(&d), Actions: &fixture.Actions{}, Now: func() time.Time { return now }, Mac: true, App: p.App})
	if err != nil {
		return nil, err
	}
	w := u.Window()
	w.Resize(fyne.NewSize(p.Width, p.Height))
	if p.Later > 0 {
		now = now.Add(p.Later)
		u.Tick()
	}
	if p.Focus {
		u.Desk().FocusComposer()
	}
	if p.Then != nil {
		p.Then(u)
	}
	return u, nil
}

// Diff is the mean difference of two pictures over all pixels and the three colours, 0 … 255. Sizes must be equal.
func Diff(a, b image.Image) (float64, error) {
	if a.Bounds().Size() != b.Bounds().Size() {
		return 0, fmt.Errorf("sizes differ: %v and %v", a.Bounds().Size(), b.Bounds().Size())
	}
	s, pa, pb := a.Bounds().Size(), a.Bounds().Min, b.Bounds().Min
	var sum float64
	for y := range s.Y {
		for x := range s.X {
			r1, g1, b1, _ := a.At(pa.X+x, pa.Y+y).RGBA()
			r2, g2, b2, _ := b.At(pb.X+x, pb.Y+y).RGBA()
			sum += off(r1, r2) + off(g1, g2) + off(b1, b2)
		}
	}
	return sum / float64(3*s.X*s.Y), nil
}

func off(a, b uint32) float64 {
	d := int(a>>8) - int(b>>8)
	if d < 0 {
		d = -d
	}
	return float64(d)
}

// Load reads a PNG file.
func Load(path string) (image.Image, error) {
	f, err := os.Open(path) //nolint:gosec // a path that the developer gave
	if err != nil {
		return nil, fmt.Errorf("open picture: %w", err)
	}
	defer func() { _ = f.Close() }()
	img, err := png.Decode(f)
	if err != nil {
		return nil, fmt.Errorf("decode %s: %w", path, err)
	}
	return img, nil
}

// Write writes a PNG.
func Write(w io.Writer, img image.Image) error {
	if err := png.Encode(w, img); err != nil {
		return fmt.Errorf("encode picture: %w", err)
	}
	return nil
}
