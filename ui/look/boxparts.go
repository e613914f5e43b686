package look

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
)

// Ground is the ink that the window is cleared to. What lies on it needs no fill of its own.
const Ground = Panel

// OnGround is a fill for something that lies on the ground: none where it would look the same.
func OnGround(i Ink) Ink {
	if i == Ground {
		return ""
	}
	return i
}

// splitArea is from which size on a box is put together from pieces, in square units. Below it the pieces cost more than the
// pixels that they save.
const splitArea = 6000

// boxParts are the rectangles of a Box: two nested ones, or pieces. Where shaders draw, every pixel of a rectangle with round
// corners costs twice that of a plain one, and those of the outer rectangle are painted only to be covered. A machine without
// a graphics card feels both. A large box is therefore two caps with round corners, a plain middle, and thin sides; a small
// one with a border is a single rectangle with a stroke, which the shader draws on its edge as the nested ones would show it.
type boxParts struct {
	b     *Box
	r     *renderer
	rects []*canvas.Rectangle
	used  int
}

// corners says which pair of corners of a piece is round.
type corners int

const (
	allCorners corners = iota
	noCorners
	topCorners
	bottomCorners
)

// shape lays the rectangles for a size, in the inks of the box.
func (p *boxParts) shape(s fyne.Size) {
	b := p.b
	p.used = 0
	bw := float32(0)
	if b.Stroke != "" {
		bw = b.Border
	}
	radius := min(b.Radius, s.Width/2, s.Height/2)
	if shaders && s.Width*s.Height >= splitArea && s.Height > 2*radius+4 && (b.Fill != "" || bw == 0) && (radius > 0 || bw > 0) {
		p.split(s, bw, radius)
	} else if shaders && bw > 0 && b.Fill != "" {
		p.put(b.Fill, allCorners, b.Radius, 0, 0, s.Width, s.Height)
		r := p.rects[p.used-1]
		r.StrokeColor, r.StrokeWidth = C(b.Stroke), bw
	} else {
		if bw > 0 {
			p.put(b.Stroke, allCorners, b.Radius, 0, 0, s.Width, s.Height)
		}
		if b.Fill != "" {
			p.put(b.Fill, allCorners, max(0, b.Radius-bw), bw, bw, s.Width-2*bw, s.Height-2*bw)
		}
	}
	n := p.used
	if b.Content != nil {
		n++
	}
	if len(p.r.objs) != n {
		p.r.objs = make([]fyne.CanvasObject, n)
	}
	for i, r := range p.rects[:p.used] {
		p.r.objs[i] = r
	}
	if b.Content != nil {
		p.r.objs[n-1] = b.Content
	}
}

// split puts the box together. Caps reach a unit under the middle, as their straight edges are soft.
func (p *boxParts) split(s fyne.Size, bw, radius float32) {
	b := p.b
	w, h := s.Width, s.Height
	top, inner := radius, max(0, radius-bw)
	if bw > 0 {
		if radius == 0 {
			p.put(b.Stroke, noCorners, 0, 0, 0, w, bw)
			p.put(b.Stroke, noCorners, 0, 0, h-bw, w, bw)
			top = bw
		} else {
			p.put(b.Stroke, topCorners, radius, 0, 0, w, radius+1)
			p.put(b.Stroke, bottomCorners, radius, 0, h-radius-1, w, radius+1)
		}
		p.put(b.Stroke, noCorners, 0, 0, top, bw, h-2*top)
		p.put(b.Stroke, noCorners, 0, w-bw, top, bw, h-2*top)
	}
	if b.Fill == "" {
		return
	}
	if radius > 0 {
		p.put(b.Fill, topCorners, inner, bw, bw, w-2*bw, radius-bw+1)
		p.put(b.Fill, bottomCorners, inner, bw, h-radius-1, w-2*bw, radius-bw+1)
	}
	p.put(b.Fill, noCorners, 0, bw, top, w-2*bw, h-2*top)
}

func (p *boxParts) put(ink Ink, c corners, radius, x, y, w, h float32) {
	if p.used == len(p.rects) {
		p.rects = append(p.rects, canvas.NewRectangle(nil))
	}
	r := p.rects[p.used]
	p.used++
	r.FillColor, r.StrokeColor, r.StrokeWidth = C(ink), nil, 0
	all, over, under := float32(0), float32(0), float32(0)
	switch c {
	case allCorners:
		all = radius
	case topCorners:
		over = radius
	case bottomCorners:
		under = radius
	}
	r.CornerRadius = all
	r.TopLeftCornerRadius, r.TopRightCornerRadius = over, over
	r.BottomLeftCornerRadius, r.BottomRightCornerRadius = under, under
	r.Move(fyne.NewPos(x, y))
	r.Resize(fyne.NewSize(w, h))
}
