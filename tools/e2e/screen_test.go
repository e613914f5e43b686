package e2e_test

import (
	"image"
	"image/color"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"

	"agentdesk/ui/look"
)

// area is a part of the window.
type area struct{ x0, y0, x1, y1 float32 }

func (a area) middle() fyne.Position { return fyne.NewPos((a.x0+a.x1)/2, (a.y0+a.y1)/2) }
func (a area) empty() bool           { return a.x1-a.x0 < 1 || a.y1-a.y0 < 1 }

func (a area) and(b area) area {
	return area{max(a.x0, b.x0), max(a.y0, b.y0), min(a.x1, b.x1), min(a.y1, b.y1)}
}

// place is an object on the screen and the part of it that is in view.
type place struct {
	obj  fyne.CanvasObject
	seen area
}

// line is a line or a paragraph that is in view, as it is drawn: shortened where it has no room.
type line struct {
	place
	text string
}

// screen is what a person sees of the desk at one moment.
type screen struct {
	places []place
	lines  []line
	over   int // from which line on they lie over the window
}

// look reads the screen: only what is drawn, and of lists only the part in view.
func (d *desk) look() screen {
	var s screen
	size := d.Window().Canvas().Size()
	all := area{0, 0, size.Width, size.Height}
	s.read(d.Window().Content(), fyne.Position{}, all)
	s.over = len(s.lines)
	for _, o := range d.Window().Canvas().Overlays().List() {
		s.read(o, fyne.Position{}, all)
	}
	return s
}

func (s *screen) read(o fyne.CanvasObject, pos fyne.Position, clip area) {
	if o == nil || !o.Visible() {
		return
	}
	pos = pos.Add(o.Position())
	seen := clip.and(area{pos.X, pos.Y, pos.X + o.Size().Width, pos.Y + o.Size().Height})
	if !seen.empty() {
		s.places = append(s.places, place{o, seen})
	}
	switch c := o.(type) {
	case *fyne.Container:
		for _, child := range c.Objects {
			s.read(child, pos, clip)
		}
	case *container.Scroll:
		s.read(c.Content, pos, seen)
	case fyne.Widget:
		from := len(s.lines)
		for _, child := range test.WidgetRenderer(c).Objects() {
			s.read(child, pos, clip)
		}
		switch c.(type) {
		case *look.Text, *look.Para: // drawn in pieces
			var b strings.Builder
			for _, l := range s.lines[from:] {
				b.WriteString(l.text)
			}
			s.lines = s.lines[:from]
			if b.Len() > 0 && !seen.empty() {
				s.lines = append(s.lines, line{place{o, seen}, b.String()})
			}
		}
	case *canvas.Text:
		if !seen.empty() {
			s.lines = append(s.lines, line{place{o, seen}, c.Text})
		}
	}
}

// shows reports whether a line holds a text.
func (s screen) shows(text string) bool { return s.holding(text) != nil }

func (s screen) holding(text string) *line {
	for i := range s.lines {
		if strings.Contains(s.lines[i].text, text) {
			return &s.lines[i]
		}
	}
	return nil
}

// reading is the last line that reads so: what lies on top comes last.
func (s screen) reading(text string) *line {
	for i := len(s.lines) - 1; i >= 0; i-- {
		if s.lines[i].text == text {
			return &s.lines[i]
		}
	}
	return nil
}

// pick is the last place in view that an object of a kind has.
func pick[T fyne.CanvasObject](s screen, ok func(T) bool) (T, *area) {
	for i := len(s.places) - 1; i >= 0; i-- {
		if o, is := s.places[i].obj.(T); is && ok(o) {
			return o, &s.places[i].seen
		}
	}
	var none T
	return none, nil
}

// button is the last button with an icon and no word.
func (s screen) button(icon string) *area {
	inside := func(a, b area) bool { return a.x0 >= b.x0 && a.y0 >= b.y0 && a.x1 <= b.x1 && a.y1 <= b.y1 }
	for i := len(s.places) - 1; i >= 0; i-- {
		if b, is := s.places[i].obj.(*look.Icon); !is || b.Name != icon {
			continue
		}
		for k := i - 1; k >= 0; k-- {
			if _, is := s.places[k].obj.(*look.Button); is && inside(s.places[i].seen, s.places[k].seen) {
				if !slices.ContainsFunc(s.lines, func(l line) bool { return inside(l.seen, s.places[k].seen) }) {
					return &s.places[k].seen
				}
				break
			}
		}
	}
	return nil
}

// icon is where an icon is drawn last.
func (s screen) icon(name string) *area {
	_, at := pick(s, func(i *look.Icon) bool { return i.Name == name })
	return at
}

// firstIcon is where an icon is drawn first.
func (s screen) firstIcon(name string) *area {
	for i := range s.places {
		if o, is := s.places[i].obj.(*look.Icon); is && o.Name == name {
			return &s.places[i].seen
		}
	}
	return nil
}

// pixels is the window as it is drawn.
func (d *desk) pixels() *picture {
	return &picture{d.Window().Canvas().Capture(), d.Window().Canvas().Size()}
}

// picture is a drawn window whose units need not be pixels.
type picture struct {
	img  image.Image
	size fyne.Size
}

func (p *picture) at(x, y float32) color.NRGBA {
	b := p.img.Bounds()
	px := b.Min.X + int(x*float32(b.Dx())/p.size.Width)
	py := b.Min.Y + int(y*float32(b.Dy())/p.size.Height)
	return color.NRGBAModel.Convert(p.img.At(px, py)).(color.NRGBA)
}

// near reports whether two colours look the same, after a lossy picture format and scaling.
func near(a, b color.NRGBA) bool {
	off := func(x, y uint8) int { return max(int(x)-int(y), int(y)-int(x)) }
	return off(a.R, b.R) < 40 && off(a.G, b.G) < 40 && off(a.B, b.B) < 40
}
