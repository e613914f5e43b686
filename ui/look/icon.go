package look

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"agentdesk/assets"
	"agentdesk/ui/repaint"
)

// Icon is a square SVG. Single-colour icons are tinted; emotion glyphs have a file per
// theme and keep their colours.
type Icon struct {
	widget.BaseWidget
	Name string
	Ink  Ink // empty: draw the file as it is
	D    float32
	Base float32 // optional baseline, to sit beside text
}

// NewIcon makes an icon of d × d units.
func NewIcon(name string, i Ink, d float32) *Icon {
	ic := &Icon{Name: name, Ink: i, D: d}
	ic.ExtendBaseWidget(ic)
	return ic
}

// Set changes name and ink.
func (ic *Icon) Set(name string, i Ink) {
	if ic.Name != name || ic.Ink != i {
		ic.Name, ic.Ink = name, i
		ic.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (ic *Icon) CreateRenderer() fyne.WidgetRenderer {
	img := &canvas.Image{FillMode: canvas.ImageFillContain}
	repaint.Seat(img)
	r := &renderer{owner: ic, objs: []fyne.CanvasObject{img}}
	r.min = func() fyne.Size { return fyne.NewSquareSize(ic.D) }
	// The scale of the screen is known only once the icon is on a canvas.
	take := func() {
		k := float32(1)
		if c := fyne.CurrentApp().Driver().CanvasForObject(img); c != nil {
			k = c.Scale()
		}
		img.Resource = tinted(ic.Name, ic.Ink, ic.D*k)
	}
	r.layout = func(s fyne.Size) {
		take()
		img.Move(fyne.NewPos((s.Width-ic.D)/2, (s.Height-ic.D)/2))
		img.Resize(fyne.NewSquareSize(ic.D))
	}
	r.refresh = func() {
		take()
		img.Refresh()
	}
	take()
	return r
}

// tinted prepares an icon for a size in pixels: colour, and two repairs for Fyne's SVG
// renderer, which does not scale stroke widths and takes rx without ry for square corners.
func tinted(name string, i Ink, px float32) fyne.Resource {
	hex := ""
	if i == "" {
		name += "-" + variant()
	} else {
		hex = hexOf(C(i))
	}
	key := fmt.Sprintf("%s%s@%g.svg", name, hex, px)
	return prepare(key, func() ([]byte, error) {
		raw, err := assets.Read("icons/" + name + ".svg")
		if err != nil {
			return nil, err
		}
		svg := string(raw)
		if hex != "" {
			svg = strings.ReplaceAll(svg, "#000000", hex)
		}
		return []byte(repair(svg, px)), nil
	})
}

var (
	viewBox  = regexp.MustCompile(`viewBox="0 0 ([0-9.]+)`)
	strokeW  = regexp.MustCompile(`stroke-width="([0-9.]+)"`)
	cornerRx = regexp.MustCompile(` rx="([0-9.]+)"/>`)
)

func repair(svg string, px float32) string {
	svg = cornerRx.ReplaceAllString(svg, ` rx="$1" ry="$1"/>`)
	m := viewBox.FindStringSubmatch(svg)
	if m == nil {
		return svg
	}
	box, err := strconv.ParseFloat(m[1], 32)
	if err != nil {
		return svg
	}
	return strokeW.ReplaceAllStringFunc(svg, func(a string) string {
		w, err := strconv.ParseFloat(strokeW.FindStringSubmatch(a)[1], 64)
		if err != nil {
			return a
		}
		return fmt.Sprintf(`stroke-width="%.3f"`, w*float64(px)/box)
	})
}

// Asset is an embedded picture by its path, such as "pictures/logo.svg". The same path gives the same resource, so that
// row data compare.
func Asset(path string) fyne.Resource {
	return prepare(path, func() ([]byte, error) { return assets.Read(path) })
}

// Picture is an image that covers w × h with round corners.
func Picture(res fyne.Resource, w, h, radius float32) fyne.CanvasObject {
	img := canvas.NewImageFromResource(res)
	repaint.Seat(img)
	img.FillMode = canvas.ImageFillStretch
	img.CornerRadius = radius
	return Fix(w, h, img)
}
