package repaint

import (
	"fmt"
	"image/color"
	"math/rand/v2"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
)

const side = 40

// buffer is a driver that paints into one buffer, a pixel for each unit.
type buffer struct {
	px       [side][side]color.Color
	clip     area
	hardware bool
	forgets  bool // it hands out another buffer for each frame
	frame    bool
	painted  int
}

func (b *buffer) inFrame() bool        { return b.frame }
func (b *buffer) software() bool       { return !b.hardware }
func (b *buffer) forbid()              { b.clip = area{} }
func (b *buffer) allowAll()            { b.clip = area{0, 0, side, side} }
func (b *buffer) pixels(v float32) int { return int(v + 0.5) }
func (b *buffer) allow(x, y, w, h int) {
	b.clip = area{float32(x), float32(side - y - h), float32(w), float32(h)} // GL counts from the bottom
}
func (b *buffer) clear() { b.fill(area{0, 0, side, side}, color.Gray{1}) }
func (b *buffer) stamp(v uint8) {
	b.px[side-1][0] = color.Gray{100 + v}
}

func (b *buffer) stamped() uint8 {
	if g, ok := b.px[side-1][0].(color.Gray); ok && g.Y >= 100 {
		return g.Y - 100
	}
	return 0
}

func (b *buffer) fill(a area, c color.Color) {
	a = a.within(b.clip)
	for y := int(a.y); y < int(a.y+a.h); y++ {
		for x := int(a.x); x < int(a.x+a.w); x++ {
			b.px[y][x] = c
			b.painted++
		}
	}
}

// window is a canvas and what Fyne does with it for a frame.
type window struct {
	fyne.Canvas
	out   *buffer
	stage *Stage
	now   time.Time
	asked bool // for another frame
}

func (w *window) Size() fyne.Size           { return fyne.NewSize(side, side) }
func (w *window) Scale() float32            { return 1 }
func (w *window) Refresh(fyne.CanvasObject) { w.asked = true }

func newWindow(t *testing.T, out *buffer, content fyne.CanvasObject) *window {
	t.Helper()
	test.NewTempApp(t)
	w := &window{Canvas: test.NewCanvas(), out: out, now: time.Unix(0, 0)}
	w.stage = build(func() fyne.Canvas { return w }, content, out)
	w.stage.now = func() time.Time { return w.now }
	w.stage.Resize(w.Size())
	for range proofs + 2 {
		w.paint()
	}
	return w
}

func children(o fyne.CanvasObject) []fyne.CanvasObject {
	switch x := o.(type) {
	case *fyne.Container:
		return x.Objects
	case fyne.Widget:
		return test.WidgetRenderer(x).Objects()
	}
	return nil
}

// paint does what Fyne's driver does for a frame, in its order.
func (w *window) paint() {
	b := w.out
	if b.forgets {
		b.px = [side][side]color.Color{}
	}
	b.frame, w.asked, b.painted = true, false, 0
	b.allowAll()
	var ask, draw func(o fyne.CanvasObject, at fyne.Position, clip area)
	ask = func(o fyne.CanvasObject, at fyne.Position, clip area) {
		if !o.Visible() {
			return
		}
		o.Position()
		for _, c := range children(o) {
			ask(c, at, clip)
		}
		if o.Visible() {
			o.MinSize()
		}
	}
	draw = func(o fyne.CanvasObject, at fyne.Position, clip area) {
		if !o.Visible() {
			return
		}
		pos := o.Position().Add(at)
		cs := children(o)
		if x, ok := o.(fyne.Widget); ok {
			if _, clips := test.WidgetRenderer(x).(interface{ IsClip() }); clips {
				clip = clip.within(area{pos.X, pos.Y, o.Size().Width, o.Size().Height})
				b.clip = clip
			}
		}
		if r, ok := o.(*canvas.Rectangle); ok {
			b.fill(area{pos.X, pos.Y, r.Size().Width, r.Size().Height}, r.FillColor)
		}
		for _, c := range cs {
			draw(c, pos, clip)
		}
	}
	all := area{0, 0, side, side}
	ask(w.stage, fyne.Position{}, all)
	b.clear() // Fyne's own
	draw(w.stage, fyne.Position{}, all)
	b.allowAll()
	for _, o := range w.Overlays().List() {
		draw(o, fyne.Position{}, all)
	}
	b.frame = false
}

// whole is what a frame without a stage would show.
func (w *window) whole() [side][side]color.Color {
	old, parts := *w.out, w.stage.parts
	w.stage.Whole()
	w.paint()
	px := w.out.px
	if w.stage.parts != parts {
		panic("a whole frame was painted in part")
	}
	*w.out = old
	return px
}

func box(v uint8, x, y, w, h float32) *canvas.Rectangle {
	r := canvas.NewRectangle(color.Gray{v})
	r.Move(fyne.NewPos(x, y))
	r.Resize(fyne.NewSize(w, h))
	return r
}

func group(x, y, w, h float32, objs ...fyne.CanvasObject) *fyne.Container {
	c := container.NewWithoutLayout(objs...)
	c.Move(fyne.NewPos(x, y))
	c.Resize(fyne.NewSize(w, h))
	return c
}

// Whatever changes, a window painted in parts shows what one painted whole does.
func TestStage_PartsShowWhatTheWholeWould(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var boxes []*canvas.Rectangle
	var groups []*fyne.Container
	for i := range 5 {
		var in []fyne.CanvasObject
		for k := range 4 {
			r := box(uint8(10+i*4+k), float32(rnd.IntN(14)), float32(rnd.IntN(14)), float32(1+rnd.IntN(8)), float32(1+rnd.IntN(8)))
			boxes, in = append(boxes, r), append(in, r)
		}
		groups = append(groups, group(float32(rnd.IntN(20)), float32(rnd.IntN(20)), 20, 20, in...))
	}
	clip := container.NewClip(groups[4])
	clip.ExtendBaseWidget(clip)
	clip.Move(fyne.NewPos(20, 20))
	clip.Resize(fyne.NewSize(10, 10))
	root := group(0, 0, side, side, box(2, 0, 0, side, side), groups[0], groups[1], groups[2], groups[3], clip)
	w := newWindow(t, &buffer{}, root)
	for i := range 400 {
		for range 1 + rnd.IntN(2) {
			r, g := boxes[rnd.IntN(len(boxes))], groups[rnd.IntN(len(groups))]
			switch rnd.IntN(7) {
			case 0:
				r.FillColor = color.Gray{uint8(10 + rnd.IntN(80))}
			case 1:
				r.Move(fyne.NewPos(float32(rnd.IntN(20)), float32(rnd.IntN(20))))
			case 2:
				r.Resize(fyne.NewSize(float32(rnd.IntN(9)), float32(rnd.IntN(9))))
			case 3:
				r.Hidden = !r.Hidden
			case 4:
				g.Hidden = !g.Hidden
			case 5: // what lies over what
				a, b := rnd.IntN(len(g.Objects)), rnd.IntN(len(g.Objects))
				g.Objects[a], g.Objects[b] = g.Objects[b], g.Objects[a]
			case 6:
				g.Move(fyne.NewPos(float32(rnd.IntN(24)), float32(rnd.IntN(24))))
			}
		}
		w.paint()
		if got, want := w.out.px, w.whole(); got != want {
			t.Fatalf("change %d: parts and whole differ\n%s", i, diff(got, want))
		}
		w.paint() // from the parts on, not from the whole
	}
	if w.stage.parts < 400 {
		t.Errorf("%d frames were painted in part, want all of 400", w.stage.parts)
	}
	if len(root.Objects) != 6 || len(groups[0].Objects) != 4 {
		t.Error("objects were not given back after a frame")
	}
}

func diff(a, b [side][side]color.Color) (out string) {
	for y := range a {
		for x := range a[y] {
			if a[y][x] != b[y][x] {
				out += fmt.Sprintf("%d,%d: %v, want %v\n", x, y, a[y][x], b[y][x])
			}
		}
	}
	return out
}

func TestStage_PaintsOnlyAroundAChange(t *testing.T) {
	r := box(9, 10, 10, 4, 4)
	w := newWindow(t, &buffer{}, group(0, 0, side, side, box(2, 0, 0, side, side), r))
	w.paint()
	if w.out.painted != 0 {
		t.Errorf("nothing changed, and %d pixels were painted", w.out.painted)
	}
	r.FillColor = color.Gray{77}
	w.paint()
	if most := 3 * 8 * 8; w.out.painted == 0 || w.out.painted > most { // cleared, ground, box, each with its rim
		t.Errorf("a box of 16 pixels changed, and %d were painted, want at most %d", w.out.painted, most)
	}
}

func TestStage_WholeFramesWhere(t *testing.T) {
	type changed func(*window, *canvas.Rectangle)
	for name, c := range map[string]struct {
		out    *buffer
		before changed
	}{
		"hardware draws":           {&buffer{hardware: true}, nil},
		"the driver keeps nothing": {&buffer{forgets: true}, nil},
		"a menu is open":           {&buffer{}, func(w *window, _ *canvas.Rectangle) { w.Overlays().Add(box(5, 0, 0, 4, 4)) }},
		"one was asked for":        {&buffer{}, func(w *window, _ *canvas.Rectangle) { w.stage.Whole() }},
		"one is due": {&buffer{}, func(w *window, _ *canvas.Rectangle) {
			w.now = w.now.Add(fullEvery)
			w.stage.Rest()
		}},
		"the theme changed": {&buffer{}, func(*window, *canvas.Rectangle) {
			fyne.CurrentApp().Settings().SetTheme(test.NewTheme())
		}},
		"an object of no known kind shows": {&buffer{}, func(w *window, _ *canvas.Rectangle) {
			c := w.stage.content.(*fyne.Container)
			c.Objects = append(c.Objects, &post{passed: func() {}, asked: func() {}})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			r := box(9, 10, 10, 4, 4)
			w := newWindow(t, c.out, group(0, 0, side, side, box(2, 0, 0, side, side), r))
			before := w.stage.Parts()
			r.FillColor = color.Gray{77}
			if c.before != nil {
				c.before(w, r)
			}
			w.paint()
			if w.out.painted < side*side || w.stage.Parts() != before {
				t.Errorf("%d pixels were painted, want all %d", w.out.painted, side*side)
			}
			if w.out.px[12][12] != (color.Gray{77}) {
				t.Errorf("the box shows %v", w.out.px[12][12])
			}
		})
	}
}

func TestStage_PartsAgainWhenAMenuClosed(t *testing.T) {
	r := box(9, 10, 10, 4, 4)
	w := newWindow(t, &buffer{}, group(0, 0, side, side, box(2, 0, 0, side, side), r))
	menu := box(5, 8, 8, 4, 4)
	w.Overlays().Add(menu)
	w.paint()
	w.Overlays().Remove(menu)
	w.paint()
	if w.out.px[9][9] != (color.Gray{2}) {
		t.Errorf("where the menu was shows %v", w.out.px[9][9])
	}
	r.FillColor = color.Gray{77}
	before := w.stage.Parts()
	w.paint()
	if w.stage.Parts() != before+1 {
		t.Error("a change after the menu closed was painted whole")
	}
}

func TestTouch_PaintsARasterAgain(t *testing.T) {
	r := canvas.NewRaster(nil)
	r.Move(fyne.NewPos(10, 10))
	r.Resize(fyne.NewSize(4, 4))
	w := newWindow(t, &buffer{}, group(0, 0, side, side, box(2, 0, 0, side, side), r))
	Touch(r)
	w.paint()
	if w.out.painted == 0 {
		t.Error("a touched raster was not painted")
	}
	w.paint()
	if w.out.painted != 0 {
		t.Error("a raster is painted without having been touched")
	}
}
