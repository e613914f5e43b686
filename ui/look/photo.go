package look

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/draw"

	"agentdesk/ui/repaint"
)

// The bounds of a Photo's zoom, in screen pixels for each of the picture.
const (
	leastZoom float32 = 0.02
	mostZoom  float32 = 8
	zoomStep  float32 = 1.25
)

// Mark is a region of a picture, in fractions of its size.
type Mark struct {
	Label      string
	X, Y, W, H float32
}

// Photo shows a picture that can be zoomed with the wheel and moved by dragging. Only what is seen is drawn, at the pixels of
// the screen, so that its cost follows the window and not the zoom.
type Photo struct {
	widget.BaseWidget
	OnZoom func(percent int)

	levels []*image.RGBA // the picture, and each again at half the size
	marks  []Mark
	hidden bool // marks are hidden
	zoom   float32
	middle fyne.Position // of the view, in pixels of the picture
	fitted bool
	raster *canvas.Raster
	scale  float32 // pixels of the screen for each unit
	objs   []fyne.CanvasObject
}

// NewPhoto makes an empty one.
func NewPhoto() *Photo {
	p := &Photo{fitted: true, zoom: 1, scale: 1}
	p.raster = canvas.NewRaster(p.draw)
	p.ExtendBaseWidget(p)
	return p
}

// Set shows a picture, as Levels made it, with regions; fitted to its place. No levels show nothing.
func (p *Photo) Set(levels []*image.RGBA, marks []Mark) {
	p.levels, p.marks, p.fitted = levels, marks, true
	p.Refresh()
}

// Levels is a picture and each again at half the size, for quick drawing at any zoom. It takes a while for large pictures and
// may be called from any goroutine.
func Levels(img image.Image) []*image.RGBA {
	b := img.Bounds()
	top := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Copy(top, image.Point{}, img, b, draw.Src, nil)
	out := []*image.RGBA{top}
	for top.Rect.Dx() > 256 && top.Rect.Dy() > 256 {
		top = halve(top)
		out = append(out, top)
	}
	return out
}

func halve(in *image.RGBA) *image.RGBA {
	w, h := in.Rect.Dx()/2, in.Rect.Dy()/2
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		a, b := in.Pix[2*y*in.Stride:], in.Pix[(2*y+1)*in.Stride:]
		o := out.Pix[y*out.Stride:]
		for x := range w * 4 {
			i := x/4*8 + x%4
			o[x] = uint8((int(a[i]) + int(a[i+4]) + int(b[i]) + int(b[i+4]) + 2) / 4)
		}
	}
	return out
}

// ShowMarks shows or hides the regions.
func (p *Photo) ShowMarks(on bool) {
	p.hidden = !on
	p.Refresh()
}

// size is that of the picture in pixels.
func (p *Photo) size() fyne.Size {
	if len(p.levels) == 0 {
		return fyne.NewSize(1, 1)
	}
	b := p.levels[0].Rect
	return fyne.NewSize(float32(b.Dx()), float32(b.Dy()))
}

// fitZoom shows all of the picture, and enlarges small ones at most twice.
func (p *Photo) fitZoom() float32 {
	s, n := p.Size(), p.size()
	return max(leastZoom, min(2, s.Width*p.scale/n.Width, s.Height*p.scale/n.Height))
}

// Fit shows all of the picture.
func (p *Photo) Fit() {
	p.fitted = true
	p.Refresh()
}

// Zoom enlarges by steps around the middle of the view; a negative number makes it smaller.
func (p *Photo) Zoom(steps int) {
	p.zoomAt(steps, fyne.NewPos(p.Size().Width/2, p.Size().Height/2))
}

// Whole shows the picture pixel for pixel, or all of it when it is so already.
func (p *Photo) Whole() {
	if !p.fitted && p.zoom == 1 {
		p.Fit()
		return
	}
	p.fitted, p.zoom = false, 1
	p.Refresh()
}

func (p *Photo) zoomAt(steps int, at fyne.Position) {
	old := p.zoom
	for ; steps > 0; steps-- {
		p.zoom = min(mostZoom, p.zoom*zoomStep)
	}
	for ; steps < 0; steps++ {
		p.zoom = max(leastZoom, p.zoom/zoomStep)
	}
	// What was under the pointer stays there.
	dx, dy := (at.X-p.Size().Width/2)*p.scale, (at.Y-p.Size().Height/2)*p.scale
	p.middle = p.middle.AddXY(dx/old-dx/p.zoom, dy/old-dy/p.zoom)
	p.fitted = false
	p.Refresh()
}

// Shift moves the view by units of the screen.
func (p *Photo) Shift(dx, dy float32) {
	p.middle = p.middle.AddXY(dx*p.scale/p.zoom, dy*p.scale/p.zoom)
	p.fitted = false
	p.Refresh()
}

// hold keeps the picture in view.
func (p *Photo) hold() {
	n, s := p.size(), p.Size()
	clamp := func(v, half, most float32) float32 {
		if 2*half >= most {
			return most / 2
		}
		return max(half, min(v, most-half))
	}
	p.middle.X = clamp(p.middle.X, s.Width*p.scale/p.zoom/2, n.Width)
	p.middle.Y = clamp(p.middle.Y, s.Height*p.scale/p.zoom/2, n.Height)
}

func (p *Photo) draw(w, h int) image.Image {
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if len(p.levels) == 0 || w == 0 || h == 0 || p.Size().Width == 0 {
		return out
	}
	n := p.size()
	z := p.zoom
	left, top := float32(w)/2-p.middle.X*z, float32(h)/2-p.middle.Y*z
	dst := image.Rect(int(left), int(top), int(left+n.Width*z), int(top+n.Height*z))
	level := 0
	for level+1 < len(p.levels) && z*float32(int(1)<<level) <= 0.5 {
		level++
	}
	var kernel draw.Scaler = draw.ApproxBiLinear
	if z >= 4 {
		kernel = draw.NearestNeighbor
	}
	kernel.Scale(out, dst, p.levels[level], p.levels[level].Rect, draw.Src, nil)
	return out
}

// Dragged implements fyne.Draggable.
func (p *Photo) Dragged(e *fyne.DragEvent) { p.Shift(-e.Dragged.DX, -e.Dragged.DY) }

// DragEnd implements fyne.Draggable.
func (p *Photo) DragEnd() {}

// Scrolled implements fyne.Scrollable.
func (p *Photo) Scrolled(e *fyne.ScrollEvent) {
	switch {
	case e.Scrolled.DY > 0:
		p.zoomAt(1, e.Position)
	case e.Scrolled.DY < 0:
		p.zoomAt(-1, e.Position)
	}
}

// DoubleTapped implements fyne.DoubleTappable.
func (p *Photo) DoubleTapped(*fyne.PointEvent) { p.Whole() }

// Tapped implements fyne.Tappable, so that what is behind is not hit.
func (p *Photo) Tapped(*fyne.PointEvent) {}

// Cursor implements desktop.Cursorable.
func (p *Photo) Cursor() desktop.Cursor { return desktop.CrosshairCursor }

func (p *Photo) arrange() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(p); c != nil {
		p.scale = c.Scale()
	}
	if p.fitted {
		p.zoom = p.fitZoom()
		p.middle = fyne.NewPos(p.size().Width/2, p.size().Height/2)
	}
	p.hold()
	p.raster.Resize(p.Size())
	p.objs = []fyne.CanvasObject{p.raster}
	if p.hidden || len(p.levels) == 0 {
		return
	}
	k, n, s := p.zoom/p.scale, p.size(), p.Size()
	left, top := s.Width/2-p.middle.X*k, s.Height/2-p.middle.Y*k
	for _, m := range p.marks {
		f := NewFrame("#FFFFFF", 2, 6)
		x, y := left+m.X*n.Width*k, top+m.Y*n.Height*k
		w, h := m.W*n.Width*k, m.H*n.Height*k
		if x < 0 || y < 0 || x+w > s.Width || y+h > s.Height {
			continue // frames are not clipped: one that leaves the view would lie over the bars
		}
		f.Move(fyne.NewPos(x, y))
		f.Resize(fyne.NewSize(w, h))
		t := NewText(m.Label, Micro.B().In("#1C1E24"))
		t.Align = Centre
		tag := NewBox("#FFFFFF", "", 3, Edge{}, t)
		tag.Move(fyne.NewPos(x+2, y+2))
		tag.Resize(fyne.NewSize(max(18, Measure(m.Label, Micro.B())+8), Micro.Height()))
		p.objs = append(p.objs, f, tag)
	}
}

// CreateRenderer implements fyne.Widget.
func (p *Photo) CreateRenderer() fyne.WidgetRenderer { return &photoRenderer{p: p} }

type photoRenderer struct {
	p    *Photo
	laid fyne.Size
}

func (r *photoRenderer) Destroy()                     {}
func (r *photoRenderer) MinSize() fyne.Size           { return fyne.NewSize(80, 80) }
func (r *photoRenderer) Objects() []fyne.CanvasObject { return r.p.objs }

func (r *photoRenderer) Layout(s fyne.Size) {
	if s == r.laid { // see Text: Layout must not make objects anew
		return
	}
	r.laid = s
	r.Refresh()
}

func (r *photoRenderer) Refresh() {
	r.p.arrange()
	repaint.Touch(r.p.raster)
	r.p.raster.Refresh()
	canvas.Refresh(r.p)
	if r.p.OnZoom != nil {
		r.p.OnZoom(int(r.p.zoom*100 + 0.5))
	}
}
