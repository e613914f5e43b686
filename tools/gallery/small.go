package main

import (
	"cmp"
	"image"
	"image/color"
	"slices"
)

// small is a picture of at most 256 colours, the most frequent ones: a third of the bytes, and a screen has few colours. The gallery
// is looked at; what is compared pixel by pixel is drawn by tools/look.
func small(img image.Image) image.Image {
	b := img.Bounds()
	count := map[color.RGBA]int{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			count[rgba(img.At(x, y))]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(count[b], count[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	// Half of the places go to the most frequent colours, half to what is farthest from all those: photos keep their hues.
	pal := spread(all, 256)
	out := image.NewPaletted(b, pal)
	nearest := map[color.RGBA]uint8{}
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := rgba(img.At(x, y))
			i, ok := nearest[c]
			if !ok {
				i = uint8(pal.Index(c)) //nolint:gosec // below 256
				nearest[c] = i
			}
			out.SetColorIndex(x, y, i)
		}
	}
	return out
}

// spread takes the first n/2 colours, and then each next one that is no near neighbour of those taken.
func spread(all []color.RGBA, n int) color.Palette {
	var out color.Palette
	for near := 24; len(out) < min(n, len(all)); near /= 2 {
		for _, c := range all {
			if len(out) == n {
				break
			}
			if len(out) < n/2 && near == 24 || far(out, c, near) {
				out = append(out, c)
			}
		}
		if near == 0 {
			break
		}
	}
	return out
}

func far(pal color.Palette, c color.RGBA, near int) bool {
	for _, o := range pal {
		p := o.(color.RGBA)
		if abs(int(p.R)-int(c.R))+abs(int(p.G)-int(c.G))+abs(int(p.B)-int(c.B)) <= near {
			return false
		}
	}
	return true
}

func abs(n int) int { return max(n, -n) }

func rgba(c color.Color) color.RGBA {
	r, g, b, _ := c.RGBA()
	return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(b >> 8), 255} //nolint:gosec // 16 bits shifted by 8
}
