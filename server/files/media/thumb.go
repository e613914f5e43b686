package media

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"image/png"

	"golang.org/x/image/draw"
)

// MaxThumb bounds the width of a small picture, in pixels: making it takes memory by its square.
const MaxThumb = 640

// Thumb makes a cleaned picture small: at most w (and MaxThumb) wide and twice as high, never larger than it is; as JPEG, or
// PNG where one sees through it. An animation gives its first frame. *Refusal TooLarge: decoding it would take more than MaxDecode.
func Thumb(data []byte, mime string, w int) (small []byte, kind string, err error) {
	conf, format, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil || "image/"+format != mime {
		return nil, "", broken("picture")
	}
	orient, cost := upright, conf.Width*conf.Height*4
	switch format {
	case "jpeg":
		p, r := walkJPEG(data)
		if r != nil {
			return nil, "", r
		}
		orient, cost = p.orient, p.cost()
	case "png":
		orient = pngOrient(data)
		if data[24] == 16 { // bits a channel
			cost *= 2
		}
	case "webp":
		orient = webpOrient(data)
	}
	if cost > MaxDecode || conf.Width > MaxPixels/max(conf.Height, 1) {
		return nil, "", refuse(TooLarge, "the picture is too large to be made small here")
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, "", broken("picture")
	}
	b := img.Bounds()
	w = min(max(w, 1), MaxThumb)
	sw, sh := seen(b.Dx(), b.Dy(), orient)
	scale := min(1, float64(w)/float64(sw), float64(2*w)/float64(sh))
	tw, th := seen(max(1, int(float64(sw)*scale)), max(1, int(float64(sh)*scale)), orient) // before it is turned
	out := image.NewRGBA(image.Rect(0, 0, tw, th))
	// Averaging takes 32 bytes for each row of the source and column of the target: a quick step first bounds the rows.
	if mw, mh := 3*tw, 3*th; mw < b.Dx() || mh < b.Dy() {
		mid := image.NewRGBA(image.Rect(0, 0, min(mw, b.Dx()), min(mh, b.Dy())))
		draw.ApproxBiLinear.Scale(mid, mid.Bounds(), img, b, draw.Src, nil)
		img, b = mid, mid.Bounds()
	}
	draw.BiLinear.Scale(out, out.Bounds(), img, b, draw.Src, nil)
	var view image.Image = out
	if orient != upright {
		view = turn(out, orient)
	}
	var buf bytes.Buffer
	if view.(interface{ Opaque() bool }).Opaque() {
		kind, err = "image/jpeg", jpeg.Encode(&buf, view, &jpeg.Options{Quality: 82})
	} else {
		kind, err = "image/png", png.Encode(&buf, view)
	}
	if err != nil {
		return nil, "", fmt.Errorf("make a picture small: %w", err)
	}
	return buf.Bytes(), kind, nil
}
