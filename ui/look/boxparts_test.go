package look

import (
	"testing"

	"fyne.io/fyne/v2"
)

// TestBox_PiecesLookLikeTheWhole asks for each unit of a large box which piece was painted on it last: the border along the
// edge, the fill inside, as with two nested rectangles. Round corners are left out.
func TestBox_PiecesLookLikeTheWhole(t *testing.T) {
	useTheme(t)
	for _, c := range []struct {
		fill, stroke Ink
		radius       float32
	}{{Panel, Line, 8}, {"bubbleOut", "", 10}, {NoteTint, NoteLine, 0}, {Panel, Accent, 3}} {
		b := NewBox(c.fill, c.stroke, c.radius, Edge{}, nil)
		p := &boxParts{b: b, r: &renderer{owner: b}}
		const w, h = 120, 70
		bw := float32(0)
		if c.stroke != "" {
			bw = 1
		}
		p.split(fyne.NewSize(w, h), bw, c.radius)
		for y := range h {
			for x := range w {
				edge := x == 0 || y == 0 || x == w-1 || y == h-1
				corner := (x < int(c.radius) || x >= w-int(c.radius)) && (y < int(c.radius) || y >= h-int(c.radius))
				if corner {
					continue
				}
				want := c.fill
				if edge && bw > 0 {
					want = c.stroke
				}
				var last any
				for _, r := range p.rects[:p.used] {
					at, s := r.Position(), r.Size()
					if float32(x) >= at.X && float32(x) < at.X+s.Width && float32(y) >= at.Y && float32(y) < at.Y+s.Height {
						last = r.FillColor
					}
				}
				if last != C(want) {
					t.Fatalf("%v with border %v: at %d,%d there is %v, want %v", c.fill, c.stroke, x, y, last, C(want))
				}
			}
		}
		for _, r := range p.rects[:p.used] {
			if r.Position().X < 0 || r.Position().Y < 0 || r.Position().X+r.Size().Width > w || r.Position().Y+r.Size().Height > h {
				t.Errorf("a piece leaves the box: %v %v", r.Position(), r.Size())
			}
		}
	}
}

func TestBox_ChangesItsInksInPlace(t *testing.T) {
	useTheme(t)
	b := NewBox("", "", 6, Edge{}, NewText("x", Body))
	r := b.CreateRenderer()
	r.Layout(fyne.NewSize(40, 20))
	if n := len(r.Objects()); n != 1 {
		t.Errorf("an empty box draws %d objects", n)
	}
	b.SetInk(Hover, Line)
	if n := len(r.Objects()); n != 3 {
		t.Errorf("with fill and border it draws %d objects", n)
	}
	b.SetInk("", "")
	if n := len(r.Objects()); n != 1 {
		t.Errorf("empty again it draws %d objects", n)
	}
}
