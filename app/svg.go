package app

import (
	"bytes"
	"fmt"
	"image"
	"math"

	"github.com/fyne-io/oksvg"
	"github.com/srwiley/rasterx"
)

const maxSVG = 256 << 10 // bytes of a drawing

// isSVG reports whether data looks like a drawing of the shop.
func isSVG(data []byte) bool {
	head := bytes.TrimSpace(data[:min(len(data), 1024)])
	return bytes.HasPrefix(head, []byte("<svg")) || bytes.HasPrefix(head, []byte("<?xml")) && bytes.Contains(head, []byte("<svg"))
}

// drawn is a drawing at most width pixels wide and three times as high.
func drawn(data []byte, width int) (img *image.RGBA, err error) {
	if len(data) > maxSVG {
		return nil, errPicture
	}
	defer func() { // the library trusts its input
		if r := recover(); r != nil {
			img, err = nil, fmt.Errorf("%w: %v", errPicture, r)
		}
	}()
	icon, err := oksvg.ReadIconStream(bytes.NewReader(data), oksvg.IgnoreErrorMode)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errPicture, err)
	}
	w, h := icon.ViewBox.W, icon.ViewBox.H
	if !(w > 0 && h > 0) || math.IsInf(w, 0) || math.IsInf(h, 0) {
		return nil, errPicture
	}
	scale := min(float64(width)/w, float64(width)*3/h)
	pw, ph := max(1, int(w*scale)), max(1, int(h*scale))
	icon.SetTarget(0, 0, float64(pw), float64(ph))
	img = image.NewRGBA(image.Rect(0, 0, pw, ph))
	icon.Draw(rasterx.NewDasher(pw, ph, rasterx.NewScannerGV(pw, ph, img, img.Bounds())), 1)
	return img, nil
}
