package look

import (
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Entry names one row of a Roll. Key is its identity, by which the place is kept when rows come or go; Kind says which
// cells can show it. Rows at the same place with the same Key, Kind and Rev keep the heights they had; call Forget when
// something else changes heights.
type Entry struct {
	Key, Kind string
	Rev       uint64
}

// Roll is a scrolling column of rows of different heights that makes cells only for what is visible, and recycles them.
// widget.List has fixed gaps, places by index, and cannot keep its place when older rows are put in front; Roll keeps
// the row on screen where it was, or stays at the bottom when it was there and Stick is set.
type Roll struct {
	widget.BaseWidget

	// Height gives the height of row i at a width, from pure layout.
	Height func(i int, width float32) float32
	// Guess, when set, gives about that height without a layout, and whether it is exact. Height is then asked for only when a
	// row comes near the view.
	Guess func(i int, width float32) (h float32, exact bool)
	// Cell shows row i; old is a cell of the same kind to use again, or nil.
	Cell func(i int, old fyne.CanvasObject) fyne.CanvasObject
	// Stick keeps the bottom in view when rows are added below.
	Stick bool
	// Foot is empty space below the last row; Bottom pushes few rows down to the foot.
	Foot   float32
	Bottom bool
	// First is the row that shows at the top when the roll is laid out for the first time; 0 with Stick set is the bottom.
	First int
	// OnScrolled hears of each move, with whether the bottom is in view.
	OnScrolled func(atBottom bool)

	rows   []Entry
	tops   []float32 // tops[i] is the top of row i; the last is the total height
	rough  []bool    // row i has a guessed height; nil without guesses
	stale  bool      // heights are not to be kept
	width  float32
	scroll *container.Scroll
	body   *rollBody
	shown  map[string]cell
	spare  map[string][]fyne.CanvasObject
	fresh  bool // never been laid out
}

type cell struct {
	kind string
	obj  fyne.CanvasObject
}

// NewRoll makes an empty roll.
func NewRoll(height func(int, float32) float32, show func(int, fyne.CanvasObject) fyne.CanvasObject) *Roll {
	r := &Roll{Height: height, Cell: show, tops: []float32{0}, shown: map[string]cell{}, spare: map[string][]fyne.CanvasObject{}, fresh: true}
	r.body = &rollBody{roll: r}
	r.body.ExtendBaseWidget(r.body)
	r.scroll = container.NewVScroll(r.body)
	r.scroll.OnScrolled = func(fyne.Position) {
		r.arrange(false)
		if r.OnScrolled != nil {
			r.OnScrolled(r.AtBottom())
		}
	}
	r.ExtendBaseWidget(r)
	return r
}

// SetRows replaces the rows. Rows whose Key stays keep their cells, and Cell is called again for those in view.
func (r *Roll) SetRows(rows []Entry) {
	stick := r.Stick && r.AtBottom()
	anchor, off := r.anchor()
	same := r.common(rows)
	r.rows = rows
	r.measure(same)
	r.keep(stick, anchor, off)
	r.arrange(true)
}

// anchor is the first row in view and how far it is cut.
func (r *Roll) anchor() (key string, off float32) {
	if len(r.rows) == 0 {
		return "", 0
	}
	i := r.at(r.scroll.Offset.Y)
	return r.rows[i].Key, r.scroll.Offset.Y - r.tops[i]
}

// at is the row at a height.
func (r *Roll) at(y float32) int {
	i := sort.Search(len(r.rows), func(i int) bool { return r.tops[i+1] > y })
	return max(0, min(i, len(r.rows)-1))
}

func (r *Roll) total() float32 { return r.tops[len(r.rows)] + r.Foot }

// lead is the empty space above the first row.
func (r *Roll) lead() float32 {
	if !r.Bottom {
		return 0
	}
	return max(0, r.scroll.Size().Height-r.total())
}

// AtBottom reports whether the last row is in view.
func (r *Roll) AtBottom() bool {
	return r.fresh || r.scroll.Offset.Y >= r.total()-r.scroll.Size().Height-4
}

// ToBottom shows the last row.
func (r *Roll) ToBottom() {
	r.toBottom()
	r.arrange(false)
}

// ToRow puts row i at the top.
func (r *Roll) ToRow(i int) {
	if i >= 0 && i < len(r.rows) {
		r.goTo(i, func() float32 { return r.tops[i] })
	}
}

// Seek brings row i into view, in the upper third of it, if it isn't there.
func (r *Roll) Seek(i int) {
	if i < 0 || i >= len(r.rows) {
		return
	}
	view := r.scroll.Size().Height
	r.exact(i, i)
	if y := r.scroll.Offset.Y; r.tops[i] >= y && r.tops[i+1] <= y+view {
		return
	}
	r.goTo(i, func() float32 { return r.tops[i] - max(0, (view-(r.tops[i+1]-r.tops[i]))/3) })
}

func (r *Roll) toBottom() { r.offset(r.total() - r.scroll.Size().Height) }

func (r *Roll) offset(y float32) {
	y = max(0, min(y, r.total()-r.scroll.Size().Height))
	r.body.Resize(fyne.NewSize(r.width, max(r.total(), r.scroll.Size().Height)))
	r.scroll.Offset.Y = y
}

// arrange makes what is in view visible. With again set, cells that stay are shown anew too.
func (r *Roll) arrange(again bool) {
	if r.width == 0 {
		return
	}
	const margin = 60 // rows just outside are ready before they come
	r.settle()
	want := map[string]cell{}
	objs := make([]fyne.CanvasObject, 0, len(r.shown)+2)
	lead := r.lead()
	if len(r.rows) > 0 {
		y := r.scroll.Offset.Y
		last := min(r.at(y+r.scroll.Size().Height+margin), len(r.rows)-1)
		first := r.at(y - margin)
		for key, c := range r.shown { // free what left first, so that it can be used at once
			if !r.within(key, first, last) {
				r.spare[c.kind] = append(r.spare[c.kind], c.obj)
				delete(r.shown, key)
			}
		}
		for i := first; i <= last; i++ {
			row := r.rows[i]
			c, had := r.shown[row.Key]
			if had && c.kind != row.Kind {
				had = false
			}
			if !had || again {
				old := c.obj
				if !had {
					old = r.take(row.Kind)
				}
				c = cell{row.Kind, r.Cell(i, old)}
			}
			c.obj.Move(fyne.NewPos(0, lead+r.tops[i]))
			c.obj.Resize(fyne.NewSize(r.width, r.tops[i+1]-r.tops[i]))
			want[row.Key] = c
			objs = append(objs, c.obj)
		}
	}
	for kind, s := range r.spare {
		if len(s) > 24 {
			r.spare[kind] = s[:24]
		}
	}
	r.shown = want
	r.body.objs = objs
	r.body.quiet = true // the cells are up to date
	r.scroll.Refresh()
	r.body.quiet = false
}

func (r *Roll) within(key string, first, last int) bool {
	for i := first; i <= last; i++ {
		if r.rows[i].Key == key {
			return true
		}
	}
	return false
}

func (r *Roll) take(kind string) fyne.CanvasObject {
	s := r.spare[kind]
	if len(s) == 0 {
		return nil
	}
	r.spare[kind] = s[:len(s)-1]
	return s[len(s)-1]
}

// Each calls f for every cell in view, for ticks.
func (r *Roll) Each(f func(key string, o fyne.CanvasObject)) {
	for key, c := range r.shown {
		f(key, c.obj)
	}
}

// Resize implements fyne.CanvasObject. Cells are made here rather than in Layout, see the package's traps.
func (r *Roll) Resize(s fyne.Size) {
	if s == r.Size() {
		return
	}
	stick := r.Stick && r.AtBottom()
	anchor, off := "", float32(0)
	if !r.fresh {
		anchor, off = r.anchor()
	}
	r.BaseWidget.Resize(s)
	r.scroll.Resize(s)
	if s.Width != r.width {
		r.width = s.Width
		r.measure(0)
	}
	first := r.fresh && r.First > 0
	if s.Height > 0 {
		r.fresh = false
	}
	r.offset(r.scroll.Offset.Y)
	r.keep(stick, anchor, off)
	if first && r.First < len(r.rows) {
		r.exact(0, r.First+8)
		r.offset(r.tops[r.First])
	}
	r.arrange(true)
}

// CreateRenderer implements fyne.Widget.
func (r *Roll) CreateRenderer() fyne.WidgetRenderer {
	re := &renderer{owner: r, objs: []fyne.CanvasObject{r.scroll}}
	re.min = func() fyne.Size { return fyne.NewSize(40, 40) }
	re.layout = func(s fyne.Size) { r.scroll.Resize(s) }
	re.refresh = func() {
		r.arrange(true)
		r.body.Refresh() // passes a change of theme on
	}
	return re
}

// rollBody is what scrolls.
type rollBody struct {
	widget.BaseWidget
	roll  *Roll
	objs  []fyne.CanvasObject
	quiet bool
}

type bodyRenderer struct{ b *rollBody }

func (bodyRenderer) Destroy()                       {}
func (bodyRenderer) Layout(fyne.Size)               {}
func (r bodyRenderer) Objects() []fyne.CanvasObject { return r.b.objs }
func (r bodyRenderer) MinSize() fyne.Size {
	return fyne.NewSize(40, max(r.b.roll.total(), 1))
}

// Refresh passes a change of theme on.
func (r bodyRenderer) Refresh() {
	if r.b.quiet {
		return
	}
	for _, o := range r.b.objs {
		o.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (b *rollBody) CreateRenderer() fyne.WidgetRenderer { return bodyRenderer{b} }

// Top is how far the roll is scrolled down.
func (r *Roll) Top() float32 { return r.scroll.Offset.Y }

// View is the first and the last row in view, and -1 for none.
func (r *Roll) View() (first, last int) {
	if len(r.rows) == 0 || r.width == 0 {
		return -1, -1
	}
	y := r.scroll.Offset.Y
	return r.at(y), r.at(y + r.scroll.Size().Height - 1)
}

// Reveal scrolls as little as brings row i into view.
func (r *Roll) Reveal(i int) {
	if i < 0 || i >= len(r.rows) {
		return
	}
	top, bottom, high := r.tops[i], r.tops[i+1], r.scroll.Size().Height
	switch y := r.scroll.Offset.Y; {
	case top < y:
		r.offset(top)
	case bottom > y+high:
		r.offset(bottom - high)
	default:
		return
	}
	r.arrange(false)
}

// CellOf is the cell that shows a row, nil while it is out of view.
func (r *Roll) CellOf(key string) fyne.CanvasObject { return r.shown[key].obj }

// Clear forgets all rows and the place, as before another list is shown.
func (r *Roll) Clear() {
	r.rows, r.tops, r.rough = nil, []float32{0}, nil
	r.shown = map[string]cell{}
	r.scroll.Offset = fyne.Position{}
}
