package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
)

// Bounds of what a JPEG may ask of a decoder.
const (
	maxScanned = 400_000_000 // pixels × scans: a progressive picture is gone over once a scan
	// MaxDecode is how many bytes decoding a picture may take here. What takes more is kept, but not turned or made small.
	MaxDecode = 256 << 20
	quality   = 92
)

// jpegParts is what a walk over a JPEG finds.
type jpegParts struct {
	out         []byte // without what is dropped
	icc         []byte // the segments of a colour profile, as they stand
	w, h        int
	comps       int
	progressive bool
	orient      int
}

// cost is how many bytes decoding takes, about.
func (p *jpegParts) cost() int {
	per := p.comps
	if p.progressive {
		per += 4 * p.comps // coefficients are kept as 32-bit numbers
	}
	return p.w * p.h * per
}

func cleanJPEG(data []byte) (File, *Refusal) {
	p, r := walkJPEG(data)
	if r != nil {
		return File{}, r
	}
	if r := decodable(p.out, "jpeg", p.w, p.h); r != nil {
		return File{}, r
	}
	f := File{Data: p.out, Mime: "image/jpeg", W: p.w, H: p.h}
	if p.orient == upright {
		return f, nil
	}
	f.W, f.H = seen(p.w, p.h, p.orient)
	if p.cost() > MaxDecode {
		f.Data = insert(p.out, append([]byte("Exif\x00\x00"), tiffOf(p.orient)...), 0xe1)
		return f, nil
	}
	// Not everything that shows pictures heeds the orientation; turned pixels are right everywhere.
	img, err := jpeg.Decode(bytes.NewReader(p.out))
	if err != nil {
		return File{}, broken("picture")
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, turn(img, p.orient), &jpeg.Options{Quality: quality}); err != nil {
		return File{}, broken("picture")
	}
	f.Data = b.Bytes()
	if p.comps != 4 && len(p.icc) > 0 { // four are inks: their profile does not fit what was encoded now
		f.Data = append(append(append(make([]byte, 0, len(f.Data)+len(p.icc)), f.Data[:2]...), p.icc...), f.Data[2:]...)
	}
	return f, nil
}

// insert puts a segment behind the start of a JPEG.
func insert(data, content []byte, marker byte) []byte {
	seg := []byte{0xff, marker, 0, 0}
	binary.BigEndian.PutUint16(seg[2:], uint16(len(content)+2)) //nolint:gosec // a few bytes
	out := append(make([]byte, 0, len(data)+len(content)+4), data[:2]...)
	return append(append(append(out, seg...), content...), data[2:]...)
}

// walkJPEG copies a JPEG segment by segment up to its end, without comments and application data.
func walkJPEG(data []byte) (*jpegParts, *Refusal) {
	bad := broken("picture")
	if len(data) < 4 || data[0] != 0xff || data[1] != 0xd8 {
		return nil, bad
	}
	p := &jpegParts{out: append(make([]byte, 0, len(data)), 0xff, 0xd8), orient: upright}
	scans := 0
	for i := 2; ; {
		for i < len(data) && data[i] == 0xff && i+1 < len(data) && data[i+1] == 0xff {
			i++ // fill bytes
		}
		if i+4 > len(data) && (i+2 > len(data) || data[i+1] != 0xd9) || data[i] != 0xff {
			return nil, bad
		}
		marker := data[i+1]
		if marker == 0xd9 {
			if scans == 0 {
				return nil, bad
			}
			p.out = append(p.out, 0xff, 0xd9)
			return p, nil
		}
		n := int(binary.BigEndian.Uint16(data[i+2:]))
		if marker < 0xc0 || marker >= 0xd0 && marker < 0xda || n < 2 || i+2+n > len(data) {
			return nil, bad
		}
		seg, content := data[i:i+2+n], data[i+4:i+2+n]
		i += 2 + n
		switch {
		case marker >= 0xe0 && marker <= 0xef || marker == 0xfe:
			p.app(marker, seg, content)
			continue
		case marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc:
			if r := p.frame(marker, content); r != nil {
				return nil, r
			}
		}
		p.out = append(p.out, seg...)
		if marker != 0xda {
			continue
		}
		if scans++; p.w == 0 {
			return nil, bad
		}
		if scans > 1 && scans*p.w*p.h > maxScanned {
			return nil, refuse(TooLarge, "the picture is too elaborate: save it as a plain JPEG")
		}
		end := i
		for end+1 < len(data) && (data[end] != 0xff || data[end+1] == 0 || data[end+1] >= 0xd0 && data[end+1] <= 0xd7) {
			end++
		}
		p.out = append(p.out, data[i:end]...)
		i = end
	}
}

// frame reads the size out of a start of frame.
func (p *jpegParts) frame(marker byte, content []byte) *Refusal {
	if len(content) < 6 || p.w != 0 {
		return broken("picture")
	}
	p.h, p.w, p.comps = int(binary.BigEndian.Uint16(content[1:])), int(binary.BigEndian.Uint16(content[3:])), int(content[5])
	p.progressive = marker == 0xc2
	return pixels(p.w, p.h)
}

// app keeps of application data what colours need, and notes the orientation.
func (p *jpegParts) app(marker byte, seg, content []byte) {
	switch {
	case marker == 0xe0 && bytes.HasPrefix(content, []byte("JFIF\x00")) && len(content) >= 14:
		jfif := append(bytes.Clone(content[:12]), 0, 0) // without its preview
		p.out = append(p.out, 0xff, 0xe0, 0, byte(len(jfif)+2))
		p.out = append(p.out, jfif...)
	case marker == 0xe1 && bytes.HasPrefix(content, []byte("Exif\x00\x00")):
		if o := orientation(content[6:]); p.orient == upright {
			p.orient = o
		}
	case marker == 0xe2 && bytes.HasPrefix(content, []byte("ICC_PROFILE\x00")):
		p.out, p.icc = append(p.out, seg...), append(p.icc, seg...)
	case marker == 0xee && bytes.HasPrefix(content, []byte("Adobe")):
		p.out = append(p.out, seg...)
	}
}

// turn gives a picture as its orientation says it is seen.
func turn(img image.Image, orient int) image.Image {
	b := img.Bounds()
	w, h := seen(b.Dx(), b.Dy(), orient)
	switch src := img.(type) {
	case *image.Gray:
		out := image.NewGray(image.Rect(0, 0, w, h))
		plane(out.Pix, out.Stride, src.Pix[src.PixOffset(b.Min.X, b.Min.Y):], src.Stride, b.Dx(), b.Dy(), orient)
		return out
	case *image.YCbCr:
		ratio, ok := turned(src.SubsampleRatio, orient)
		if !ok {
			break
		}
		out := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
		cw, ch := chroma(src.SubsampleRatio, b.Dx(), b.Dy())
		plane(out.Y, out.YStride, src.Y, src.YStride, b.Dx(), b.Dy(), orient)
		plane(out.Cb, out.CStride, src.Cb, src.CStride, cw, ch, orient)
		plane(out.Cr, out.CStride, src.Cr, src.CStride, cw, ch, orient)
		return out
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range b.Dy() {
		for x := range b.Dx() {
			tx, ty := where(x, y, b.Dx(), b.Dy(), orient)
			out.Set(tx, ty, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}

// turned is the ratio after a turn; false where there is none.
func turned(r image.YCbCrSubsampleRatio, orient int) (image.YCbCrSubsampleRatio, bool) {
	switch {
	case r == image.YCbCrSubsampleRatio444, r == image.YCbCrSubsampleRatio420, orient < 5:
		return r, true
	case r == image.YCbCrSubsampleRatio422:
		return image.YCbCrSubsampleRatio440, true
	case r == image.YCbCrSubsampleRatio440:
		return image.YCbCrSubsampleRatio422, true
	}
	return r, false
}

// chroma is the size of a colour plane.
func chroma(r image.YCbCrSubsampleRatio, w, h int) (int, int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return (w + 1) / 2, h
	case image.YCbCrSubsampleRatio420:
		return (w + 1) / 2, (h + 1) / 2
	case image.YCbCrSubsampleRatio440:
		return w, (h + 1) / 2
	case image.YCbCrSubsampleRatio411:
		return (w + 3) / 4, h
	case image.YCbCrSubsampleRatio410:
		return (w + 3) / 4, (h + 1) / 2
	}
	return w, h
}

func plane(dst []byte, dstStride int, src []byte, srcStride, w, h, orient int) {
	for y := range h {
		row := src[y*srcStride:]
		for x := range w {
			tx, ty := where(x, y, w, h, orient)
			dst[ty*dstStride+tx] = row[x]
		}
	}
}

// where a pixel goes.
func where(x, y, w, h, orient int) (int, int) {
	switch orient {
	case 2:
		return w - 1 - x, y
	case 3:
		return w - 1 - x, h - 1 - y
	case 4:
		return x, h - 1 - y
	case 5:
		return y, x
	case 6:
		return h - 1 - y, x
	case 7:
		return h - 1 - y, w - 1 - x
	case 8:
		return y, w - 1 - x
	}
	return x, y
}
