package ui_test

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"agentdesk/app/view"
	"agentdesk/ui/fixture"
)

// lum is the relative luminance of WCAG 2.2.
func lum(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		x := float64(v) / 0xffff
		if x <= 0.04045 {
			return x / 12.92
		}
		return math.Pow((x+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

func ratio(a, b color.Color) float64 {
	x, y := lum(a), lum(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// layer is something painted that can lie behind a text. colour is nil for a picture.
type layer struct {
	x1, y1, x2, y2 float32
	colour         color.Color
}

// painter follows what is painted, in order, and looks at each text with what lies behind its middle.
type painter struct {
	layers []layer
	text   func(t *canvas.Text, behind color.Color)
}

func (p *painter) walk(o fyne.CanvasObject, at fyne.Position) {
	if o == nil || !o.Visible() {
		return
	}
	at = at.Add(o.Position())
	s := o.Size()
	switch x := o.(type) {
	case *canvas.Rectangle:
		if _, _, _, a := color.NRGBAModel.Convert(orClear(x.FillColor)).(color.NRGBA).RGBA(); a == 0xffff && s.Width > 0 && s.Height > 0 {
			p.layers = append(p.layers, layer{at.X, at.Y, at.X + s.Width, at.Y + s.Height, x.FillColor})
		}
	case *canvas.Image, *canvas.Raster:
		p.layers = append(p.layers, layer{at.X, at.Y, at.X + s.Width, at.Y + s.Height, nil})
	case *canvas.Text:
		if x.Text == "" {
			return
		}
		mx, my := at.X+s.Width/2, at.Y+s.Height/2
		for i := len(p.layers) - 1; i >= 0; i-- {
			if l := p.layers[i]; mx >= l.x1 && mx < l.x2 && my >= l.y1 && my < l.y2 {
				if l.colour != nil {
					p.text(x, l.colour)
				}
				return
			}
		}
	case *fyne.Container:
		for _, c := range x.Objects {
			p.walk(c, at)
		}
	case *container.Scroll:
		p.walk(x.Content, at)
	case fyne.Widget:
		for _, c := range test.WidgetRenderer(x).Objects() {
			p.walk(c, at)
		}
	}
}

func orClear(c color.Color) color.Color {
	if c == nil {
		return color.Transparent
	}
	return c
}

// TestDesk_EveryTextCanBeRead goes through every screen and state in both themes and compares each text with what is
// really painted behind it.
func TestDesk_EveryTextCanBeRead(t *testing.T) {
	pairs := map[string]string{}
	for _, theme := range []string{"light", "dark"} {
		first := fixture.Desk()
		first.Prefs.Theme = theme
		b := open(t, first, 1440, 900)
		for _, s := range fixture.States() {
			if s.Name == "long" {
				continue
			}
			d := *s.Desk
			d.Prefs = view.Prefs{Lang: "zh-Hans", Theme: theme, Widths: d.Prefs.Widths}
			b.src.Set(&d)
			b.Refresh()
			p := &painter{text: func(x *canvas.Text, behind color.Color) {
				key := fmt.Sprintf("%s %v on %v", theme, x.Color, behind)
				if ratio(x.Color, behind) < 4.5 && pairs[key] == "" {
					t.Errorf("%s %s: %q has contrast %.2f (%v on %v)", theme, s.Name, x.Text, ratio(x.Color, behind), x.Color, behind)
				}
				pairs[key] = x.Text
			}}
			p.walk(b.Window().Content(), fyne.Position{})
			for _, o := range b.Window().Canvas().Overlays().List() {
				p.walk(o, fyne.Position{})
			}
		}
	}
	if len(pairs) < 80 {
		t.Errorf("only %d pairs were seen", len(pairs))
	}
}
