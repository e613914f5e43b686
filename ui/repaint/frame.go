package repaint

import (
	"image/color"
	"math"
	"reflect"
	"slices"
	_ "unsafe" // for go:linkname

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// cachedRenderer is where Fyne keeps what a widget consists of. There is no door to it, and none to the objects of Fyne's own
// widgets; a Fyne without it does not link.
//
//go:linkname cachedRenderer fyne.io/fyne/v2/internal/cache.CachedRenderer
func cachedRenderer(w fyne.Widget) (fyne.WidgetRenderer, bool)

// rim is how far, in units, the painter may colour pixels beside an object: soft edges, and rounding.
const rim = 2

// mark is all that decides how one object is painted. Two objects with the same look paint the same.
type mark struct {
	kind       reflect.Type
	pos        fyne.Position
	size       fyne.Size
	clip       area
	fill, edge uint64
	nums       [9]float32
	text       string
	style      fyne.TextStyle
	font       fyne.Resource
	res, img   any
}

// node is a branch of the tree that can be spared, and how much of the window it paints.
type node struct {
	box      *fyne.Container
	renderer sparing
	painted  area
	end      int // the first node that is not inside it
}

// sparing is a renderer that can leave out its objects for a frame.
type sparing interface{ Spare(on bool) }

// frame is all that is painted.
type frame struct {
	size        fyne.Size
	scale       float32
	ground, ink uint64
	strange     bool // with something whose looks are not known
	marks       []mark
	bounds      []area
	nodes       []node
	fresh       []int // marks of touched objects
	index       map[mark]int
}

func (f *frame) reset() {
	*f = frame{marks: f.marks[:0], bounds: f.bounds[:0], nodes: f.nodes[:0], fresh: f.fresh[:0], index: f.index}
}

// done ends the frame: what was touched for it is as it is from now on.
func (f *frame) done() {
	for _, i := range f.fresh {
		f.marks[i].img = nil
	}
}

// read takes down what an object at the top left of the window paints.
func (f *frame) read(o fyne.CanvasObject) {
	f.walk(o, fyne.Position{}, area{0, 0, f.size.Width, f.size.Height})
}

func (f *frame) walk(o fyne.CanvasObject, at fyne.Position, clip area) (painted area) {
	if !o.Visible() {
		return area{}
	}
	pos := o.Position().Add(at)
	n := -1
	open := func(x node) {
		n = len(f.nodes)
		f.nodes = append(f.nodes, x)
	}
	var children []fyne.CanvasObject
	switch w := o.(type) {
	case *fyne.Container:
		open(node{box: w})
		children = w.Objects
	case fyne.Widget:
		r, ok := cachedRenderer(w)
		if !ok {
			f.strange = true
			return area{}
		}
		if s, ok := r.(sparing); ok {
			open(node{renderer: s})
		}
		if _, scrolls := o.(fyne.Scrollable); scrolls {
			clip = clip.within(area{pos.X, pos.Y, o.Size().Width, o.Size().Height})
		} else if _, clips := r.(interface{ IsClip() }); clips {
			clip = clip.within(area{pos.X, pos.Y, o.Size().Width, o.Size().Height})
		}
		children = r.Objects()
	default:
		return f.leaf(o, pos, clip)
	}
	for _, c := range children {
		painted = painted.with(f.walk(c, pos, clip))
	}
	if n >= 0 {
		f.nodes[n].painted, f.nodes[n].end = painted, len(f.nodes)
	}
	return painted
}

// leaf takes down an object without parts, and reports where it paints.
func (f *frame) leaf(o fyne.CanvasObject, pos fyne.Position, clip area) area {
	fresh := false
	m := mark{pos: pos, size: o.Size(), clip: clip}
	at := area{pos.X, pos.Y, m.size.Width, m.size.Height}
	switch x := o.(type) {
	case *canvas.Rectangle:
		m.fill, m.edge = colour(x.FillColor), colour(x.StrokeColor)
		if m.fill&0xffff == 0 && (m.edge&0xffff == 0 || x.StrokeWidth == 0) {
			return area{}
		}
		m.nums = [9]float32{x.StrokeWidth, x.CornerRadius, x.TopLeftCornerRadius, x.TopRightCornerRadius, x.BottomLeftCornerRadius,
			x.BottomRightCornerRadius, x.Aspect}
		at = at.grown(x.StrokeWidth)
	case *canvas.Text:
		if x.Text == "" || x.Text == " " {
			return area{}
		}
		m.fill, m.text, m.style, m.font = colour(x.Color), x.Text, x.TextStyle, x.FontSource
		least := x.MinSize()
		m.nums = [9]float32{x.TextSize, float32(x.Alignment), least.Width, least.Height}
		over := max(0, least.Width-m.size.Width)
		at = area{at.x - over, at.y, at.w + 2*over + x.TextSize/2, max(at.h, least.Height)}
	case *canvas.Image:
		m.res, m.img = same(x.Resource), same(x.Image)
		m.text = x.File
		m.nums = [9]float32{float32(x.Translucency), float32(x.FillMode), float32(x.ScaleMode), x.CornerRadius}
	case *canvas.Raster:
		m.res = x
		m.nums = [9]float32{float32(x.Translucency), float32(x.ScaleMode)}
		if slices.Contains(touched, o) {
			m.img = new(byte) // like none before
			fresh = true
		}
	case *canvas.Arc:
		m.fill, m.edge = colour(x.FillColor), colour(x.StrokeColor)
		m.nums = [9]float32{x.StartAngle, x.EndAngle, x.CutoutRatio, x.CornerRadius, x.StrokeWidth}
		at = at.grown(x.StrokeWidth)
	case *canvas.Circle:
		m.fill, m.edge = colour(x.FillColor), colour(x.StrokeColor)
		m.nums = [9]float32{x.StrokeWidth}
		at = at.grown(x.StrokeWidth)
	case *canvas.Line:
		m.fill = colour(x.StrokeColor)
		m.nums = [9]float32{x.StrokeWidth, x.Position1.X, x.Position1.Y, x.Position2.X, x.Position2.Y}
		at = at.grown(x.StrokeWidth)
	case *canvas.LinearGradient:
		m.fill, m.edge = colour(x.StartColor), colour(x.EndColor)
		m.nums = [9]float32{float32(x.Angle)}
	case *canvas.RadialGradient:
		m.fill, m.edge = colour(x.StartColor), colour(x.EndColor)
		m.nums = [9]float32{float32(x.CenterOffsetX), float32(x.CenterOffsetY)}
	default:
		f.strange = true
		return area{}
	}
	at = at.grown(rim).within(clip)
	if at.none() {
		return area{}
	}
	if fresh {
		f.fresh = append(f.fresh, len(f.marks))
	}
	m.kind = reflect.TypeOf(o)
	f.marks, f.bounds = append(f.marks, m), append(f.bounds, at)
	return at
}

// colour is a colour in one word, the alpha lowest. None is 0, as one that can't be seen.
func colour(c color.Color) uint64 {
	if c == nil {
		return 0
	}
	r, g, b, a := c.RGBA()
	return uint64(r)<<48 | uint64(g)<<32 | uint64(b)<<16 | uint64(a)
}

// same is something that equals only what it is itself.
func same(v any) any {
	if v == nil || reflect.TypeOf(v).Kind() == reflect.Pointer {
		return v
	}
	return new(byte)
}

// damage is the rectangle around all that is painted otherwise than in an older frame; false where all has to be painted.
func (f *frame) damage(old *frame) (area, bool) {
	if f.size != old.size || f.scale != old.scale || f.ground != old.ground || f.ink != old.ink ||
		f.strange || old.strange || len(old.marks) == 0 {
		return area{}, false
	}
	a, b := old.marks, f.marks
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	ea, eb := len(a), len(b)
	for ea > from && eb > from && a[ea-1] == b[eb-1] {
		ea, eb = ea-1, eb-1
	}
	if f.index == nil {
		f.index = map[mark]int{}
	}
	clear(f.index)
	for i := ea - 1; i >= from; i-- {
		f.index[a[i]] = i // of equal ones the first
	}
	var dirty area
	next := from // what is found again has to be in the old order, or one may lie over another that it lay under
	for i := from; i < eb; i++ {
		k, ok := f.index[b[i]]
		if !ok || k < next {
			dirty = dirty.with(f.bounds[i])
			continue
		}
		for ; next < k; next++ {
			dirty = dirty.with(old.bounds[next])
		}
		next = k + 1
	}
	for ; next < ea; next++ {
		dirty = dirty.with(old.bounds[next])
	}
	return dirty, true
}

// spared is a branch that is left out of a frame.
type spared struct {
	node node
	objs []fyne.CanvasObject
}

func (s spared) back() {
	if s.node.box != nil {
		s.node.box.Objects = s.objs
		return
	}
	s.node.renderer.Spare(false)
}

// spare leaves out what paints nothing inside an area. Fyne keeps what it knows of a branch whose objects are all gone for a
// walk, but not of one that misses some.
func (f *frame) spare(a area, out []spared) []spared {
	for i := 0; i < len(f.nodes); {
		n := f.nodes[i]
		if n.painted.meets(a) {
			i++
			continue
		}
		s := spared{node: n}
		if n.box != nil {
			s.objs, n.box.Objects = n.box.Objects, nil
		} else {
			n.renderer.Spare(true)
		}
		out = append(out, s)
		i = n.end
	}
	return out
}

// area is a rectangle in units; one without width or height is none.
type area struct{ x, y, w, h float32 }

func (a area) none() bool { return a.w <= 0 || a.h <= 0 }

func (a area) grown(by float32) area { return area{a.x - by, a.y - by, a.w + 2*by, a.h + 2*by} }

func (a area) with(b area) area {
	if a.none() {
		return b
	}
	if b.none() {
		return a
	}
	x, y := min(a.x, b.x), min(a.y, b.y)
	return area{x, y, max(a.x+a.w, b.x+b.w) - x, max(a.y+a.h, b.y+b.h) - y}
}

func (a area) within(b area) area {
	x, y := max(a.x, b.x), max(a.y, b.y)
	out := area{x, y, min(a.x+a.w, b.x+b.w) - x, min(a.y+a.h, b.y+b.h) - y}
	if out.none() {
		return area{}
	}
	return out
}

func (a area) meets(b area) bool { return !a.within(b).none() }

// whole is the area in whole pixels, outward.
func (a area) whole(scale float32) area {
	if a.none() {
		return area{}
	}
	down := func(v float32) float32 { return float32(math.Floor(float64(v*scale))) / scale }
	up := func(v float32) float32 { return float32(math.Ceil(float64(v*scale))) / scale }
	x, y := down(a.x), down(a.y)
	return area{x, y, up(a.x+a.w) - x, up(a.y+a.h) - y}
}
