package app

import (
	"bytes"
	"image"
	"testing"
)

const drawing = `<svg xmlns="http://www.w3.org/2000/svg" width="372" height="186" viewBox="0 0 372 186"><rect width="372" height="186" fill="#ff0000"/></svg>`

func TestScaled_PicturesAndDrawings(t *testing.T) {
	small := picture(t, 100, 50)
	for what, c := range map[string]struct {
		data []byte
		w, h int
	}{"a drawing": {[]byte(drawing), 192, 96}, "with a head": {[]byte(`<?xml version="1.0"?>` + drawing), 192, 96},
		"a small picture": {small, 100, 50}, "a wide one": {picture(t, 900, 300), 192, 64}, "a tall one": {picture(t, 100, 4000), 14, 576}} {
		out, err := scaled(c.data, 192)
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		got, _, err := image.Decode(bytes.NewReader(out))
		if err != nil || got.Bounds().Dx() != c.w || got.Bounds().Dy() != c.h {
			t.Errorf("%s is %v %v", what, got.Bounds(), err)
		}
		if what == "a drawing" {
			if r, g, _, a := got.At(90, 40).RGBA(); r != 0xffff || g != 0 || a != 0xffff {
				t.Errorf("it is painted %x %x %x", r, g, a)
			}
		}
	}
	if out, err := scaled(small, 192); err != nil || !bytes.Equal(out, small) {
		t.Error("a small picture was encoded anew")
	}
	for _, bad := range []string{"", "<svg", "<svg></svg>", `<svg viewBox="0 0 -1 5"/>`, string(bomb()), "text"} {
		if out, err := scaled([]byte(bad), 192); err == nil {
			t.Errorf("%.20q became %d bytes", bad, len(out))
		}
	}
}

// FuzzScaled decodes what a server sends as a picture.
func FuzzScaled(f *testing.F) {
	f.Add([]byte(drawing))
	f.Add([]byte(`<svg viewBox="0 0 9 9"><path d="M0 0L9 9A1 1 0 0 1 2 2z" stroke="url(#a)"/></svg>`))
	f.Add(bomb())
	f.Add([]byte("GIF89a\x01\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) > 1<<16 {
			return
		}
		if out, err := scaled(data, 64); err == nil && !decodable(out) {
			t.Errorf("%d bytes that can't be shown", len(out))
		}
	})
}

// FuzzSniff looks at what somebody drops on the desk.
func FuzzSniff(f *testing.F) {
	f.Add([]byte("%PDF-1.4"))
	f.Add(bomb())
	f.Fuzz(func(t *testing.T, data []byte) {
		mime, w, h, code := sniff(data)
		if (mime == "") != (code != "") || code == "" && w > 0 && (h <= 0 || w > maxPixels/h) {
			t.Errorf("%q %d × %d %q", mime, w, h, code)
		}
	})
}
