package look

import (
	"math"

	"fyne.io/fyne/v2"
)

// Align places children across a row or column.
type Align int

// The alignments. Stretch gives a child the whole cross size.
const (
	Start Align = iota
	Centre
	End
	Stretch
	Base // rows only: text baselines meet
)

// Edge is the space on the four sides of a box, in CSS order.
type Edge struct{ Top, Right, Bottom, Left float32 }

// Pad makes an Edge from vertical and horizontal padding.
func Pad(v, h float32) Edge { return Edge{v, h, v, h} }

// Sides makes an Edge from its four sides.
func Sides(top, right, bottom, left float32) Edge { return Edge{top, right, bottom, left} }

// baseliner is a widget that knows where its first text baseline is.
type baseliner interface{ Baseline() float32 }

// flex is the part of CSS flexbox that the design needs: gap, alignment, growing
// children. Fyne's HBox and VBox have neither a chosen gap nor cross alignment.
type flex struct {
	vertical bool
	gap      float32
	align    Align
}

// Row lays children from left to right at their minimum widths, centred vertically.
func Row(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return RowA(gap, Centre, objs...)
}

// RowA is Row with a chosen alignment.
func RowA(gap float32, a Align, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &flex{gap: gap, align: a}, Objects: objs}
}

// Col stacks children from top to bottom, stretched to the full width.
func Col(gap float32, objs ...fyne.CanvasObject) *fyne.Container {
	return ColA(gap, Stretch, objs...)
}

// ColA is Col with a chosen alignment.
func ColA(gap float32, a Align, objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: &flex{vertical: true, gap: gap, align: a}, Objects: objs}
}

// grow marks a child that takes the space left over. It is a container, as Fyne walks
// only containers and widgets: a wrapper struct around a CanvasObject is not drawn.
type grow struct{}

func (grow) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		o.Move(fyne.Position{})
		o.Resize(s)
	}
}

func (grow) MinSize(objs []fyne.CanvasObject) (m fyne.Size) {
	for _, o := range objs {
		m = m.Max(o.MinSize())
	}
	return m
}

// Grow gives o an equal share of the space that is left in its row or column.
func Grow(o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: grow{}, Objects: []fyne.CanvasObject{o}}
}

// soft marks a child that gives way when its row is too narrow; growSoft one that also takes what is left over.
type soft struct{ grow }

// Soft lets o shrink below its minimum width when the row is too narrow, as a Text that shortens itself does.
func Soft(o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: soft{}, Objects: []fyne.CanvasObject{o}}
}

func gives(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(soft)
	return ok
}

// Spacer is empty space that grows.
func Spacer() *fyne.Container { return &fyne.Container{Layout: grow{}} }

// fix forces a width or height; zero keeps the child's own. A height alone is that of a line of text and grows with the
// text size; with both sides given it is a picture's and stays.
type fix struct{ w, h float32 }

// thin is what is a rule or a meter and not a line of text.
const thin = 6

func (f fix) Layout(objs []fyne.CanvasObject, s fyne.Size) { grow{}.Layout(objs, s) }

func (f fix) MinSize(objs []fyne.CanvasObject) fyne.Size {
	m := grow{}.MinSize(objs)
	if f.w > 0 {
		m.Width = f.w
	}
	if f.h > 0 {
		m.Height = f.h
		if f.w == 0 && f.h > thin {
			m.Height = Scaled(f.h)
		}
	}
	return m
}

// Fix gives o an exact width and height; zero leaves that side to o. A height without a width grows with the text size.
func Fix(w, h float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: fix{w, h}, Objects: []fyne.CanvasObject{o}}
}

// Space is a fixed gap.
func Space(w, h float32) *fyne.Container { return &fyne.Container{Layout: fix{w, h}} }

// Relayout lays the children of c out again after one of them changed what it asks for. Unlike a Refresh it keeps what is
// painted of them: under GL a Refresh of a container throws away every text below it.
func Relayout(c *fyne.Container) {
	if c != nil && c.Layout != nil {
		c.Layout.Layout(c.Objects, c.Size())
	}
}

type inset struct{ e Edge }

func (i inset) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objs {
		o.Move(fyne.NewPos(i.e.Left, i.e.Top))
		o.Resize(fyne.NewSize(s.Width-i.e.Left-i.e.Right, s.Height-i.e.Top-i.e.Bottom))
	}
}

func (i inset) MinSize(objs []fyne.CanvasObject) fyne.Size {
	return grow{}.MinSize(objs).AddWidthHeight(i.e.Left+i.e.Right, i.e.Top+i.e.Bottom)
}

// Inset pads o.
func Inset(e Edge, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: inset{e}, Objects: []fyne.CanvasObject{o}}
}

// at places one child at a fixed offset with its minimum size; the rest of the space stays empty.
type at struct{ x, y float32 }

func (a at) Layout(objs []fyne.CanvasObject, _ fyne.Size) {
	for _, o := range objs {
		o.Move(fyne.NewPos(a.x, a.y))
		o.Resize(o.MinSize())
	}
}

func (at) MinSize([]fyne.CanvasObject) fyne.Size { return fyne.Size{} }

// At floats o at an offset within a Layers stack.
func At(x, y float32, o fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: at{x, y}, Objects: []fyne.CanvasObject{o}}
}

// stack is grow's layout without its meaning.
type stack struct{ grow }

// Layers stacks objects on top of each other, all with the full size.
func Layers(objs ...fyne.CanvasObject) *fyne.Container {
	return &fyne.Container{Layout: stack{}, Objects: objs}
}

func grows(o fyne.CanvasObject) bool {
	c, ok := o.(*fyne.Container)
	if !ok {
		return false
	}
	_, ok = c.Layout.(grow)
	return ok
}

// baseline finds the first baseline in o, looking into containers.
func baseline(o fyne.CanvasObject) float32 {
	if b, ok := o.(baseliner); ok {
		return b.Baseline()
	}
	if c, ok := o.(*fyne.Container); ok {
		for _, ch := range c.Objects {
			if b := baseline(ch); b > 0 {
				return b
			}
		}
	}
	return 0
}

func (f *flex) MinSize(objs []fyne.CanvasObject) fyne.Size {
	var along, across, below float32
	n := 0
	for _, o := range objs {
		if !o.Visible() {
			continue
		}
		m := o.MinSize()
		if f.vertical {
			along, across = along+m.Height, max(across, m.Width)
		} else {
			along, across = along+m.Width, max(across, m.Height)
			if f.align == Base {
				below = max(below, m.Height-baseline(o))
			}
		}
		n++
	}
	if n > 1 {
		along += f.gap * float32(n-1)
	}
	if f.vertical {
		return fyne.NewSize(across, along)
	}
	if f.align == Base {
		across = max(across, f.ascent(objs)+below)
	}
	return fyne.NewSize(along, across)
}

func (f *flex) ascent(objs []fyne.CanvasObject) (a float32) {
	for _, o := range objs {
		if o.Visible() {
			a = max(a, baseline(o))
		}
	}
	return a
}

func (f *flex) Layout(objs []fyne.CanvasObject, s fyne.Size) {
	total := s.Width
	if f.vertical {
		total = s.Height
	}
	mins := make([]fyne.Size, len(objs))
	used, growers, n := float32(0), 0, 0
	for i, o := range objs {
		if !o.Visible() {
			continue
		}
		mins[i] = o.MinSize()
		n++
		if grows(o) {
			growers++
			continue
		}
		if f.vertical {
			used += mins[i].Height
		} else {
			used += mins[i].Width
		}
	}
	if lack := used + f.gap*float32(n-1) - total; lack > 0 && !f.vertical {
		used -= shrink(objs, mins, lack)
	}
	share := float32(0)
	if growers > 0 {
		share = max(0, (total-used-f.gap*float32(n-1))/float32(growers))
	}
	asc := float32(0)
	if f.align == Base {
		asc = f.ascent(objs)
	}
	x := float32(0)
	for i, o := range objs {
		if !o.Visible() {
			continue
		}
		m := mins[i]
		if f.vertical {
			if grows(o) {
				m.Height = share
			}
			place(o, cross(f.align, s.Width, &m.Width), x, m)
			x += m.Height + f.gap
			continue
		}
		if grows(o) {
			m.Width = share
		}
		off := float32(0)
		if f.align == Base {
			off = asc - baseline(o)
		} else {
			off = cross(f.align, s.Height, &m.Height)
		}
		place(o, x, off, m)
		x += m.Width + f.gap
	}
}

// shrink takes lack units from the soft children, always from the widest, so that short texts stay whole. It returns how
// much it took; each child keeps a few units.
func shrink(objs []fyne.CanvasObject, mins []fyne.Size, lack float32) (took float32) {
	const least, step = 24, 4
	for lack > 0 {
		widest := -1
		for i, o := range objs {
			if o.Visible() && gives(o) && mins[i].Width > least && (widest < 0 || mins[i].Width > mins[widest].Width) {
				widest = i
			}
		}
		if widest < 0 {
			return took
		}
		cut := min(lack, step, mins[widest].Width-least)
		mins[widest].Width -= cut
		took, lack = took+cut, lack-cut
	}
	return took
}

// place snaps both edges of o to whole units. Fyne rounds an object's position and its size
// separately, which moves far edges by a pixel; text widths are fractional.
func place(o fyne.CanvasObject, x, y float32, s fyne.Size) {
	l, t := round(x), round(y)
	o.Move(fyne.NewPos(l, t))
	o.Resize(fyne.NewSize(round(x+s.Width)-l, round(y+s.Height)-t))
}

func round(v float32) float32 { return float32(math.Floor(float64(v) + 0.5)) }

func cross(a Align, room float32, size *float32) float32 {
	switch a {
	case Centre:
		return (room - *size) / 2
	case End:
		return room - *size
	case Stretch:
		*size = room
	}
	return 0
}
