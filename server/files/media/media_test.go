package media

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/color/palette"
	"image/gif"
	"image/jpeg"
	"image/png"
	"strings"
	"testing"
)

const secret = "GPS 30.2741N 120.1551E" // must not survive cleaning

// corners is a picture whose corners tell how it is turned: red, green, blue and white, clockwise from the top left.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			c := color.RGBA{255, 0, 0, 255}
			switch {
			case x >= w/2 && y < h/2:
				c = color.RGBA{0, 255, 0, 255}
			case x >= w/2:
				c = color.RGBA{0, 0, 255, 255}
			case y >= h/2:
				c = color.RGBA{255, 255, 255, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return img
}

// read says the corners of a picture, clockwise from the top left.
func read(img image.Image) string {
	b := img.Bounds()
	out := ""
	for _, p := range []image.Point{{b.Min.X + 1, b.Min.Y + 1}, {b.Max.X - 2, b.Min.Y + 1}, {b.Max.X - 2, b.Max.Y - 2}, {b.Min.X + 1, b.Max.Y - 2}} {
		r, g, bl, _ := img.At(p.X, p.Y).RGBA()
		switch {
		case r > 0x8000 && g > 0x8000:
			out += "w"
		case r > 0x8000:
			out += "r"
		case g > 0x8000:
			out += "g"
		case bl > 0x8000:
			out += "b"
		default:
			out += "?"
		}
	}
	return out
}

func jpegOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// exif is what a camera writes: an orientation, and where one was.
func exif(orient int) []byte {
	return append(append([]byte("Exif\x00\x00"), tiffOf(orient)...), secret...)
}

func must(t testing.TB, data []byte, declared string, voice bool) File {
	t.Helper()
	f, err := Clean(data, declared, voice)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := Clean(f.Data, f.Mime, voice); err != nil || again.W != f.W || again.H != f.H || again.Mime != f.Mime {
		t.Fatalf("what was cleaned is refused: %v, %+v", err, again)
	}
	return f
}

func code(t testing.TB, data []byte, declared string, voice bool) Code {
	t.Helper()
	_, err := Clean(data, declared, voice)
	var r *Refusal
	if err == nil {
		return ""
	}
	if !errors.As(err, &r) || r.Text == "" {
		t.Fatalf("refused without a sentence: %v", err)
	}
	return r.Code
}

func TestJPEG_TurnedAndWithoutWhereItWasTaken(t *testing.T) {
	plain := jpegOf(t, corners(48, 32))
	want := []string{"", "rgbw", "grwb", "bwrg", "wbgr", "rwbg", "wrgb", "bgrw", "gbwr"}
	for orient := 1; orient <= 8; orient++ {
		data := insert(insert(plain, exif(orient), 0xe1), []byte(secret), 0xfe)
		f := must(t, data, "image/jpeg", false)
		if bytes.Contains(f.Data, []byte("GPS")) {
			t.Fatalf("%d: the place is still in it", orient)
		}
		img, err := jpeg.Decode(bytes.NewReader(f.Data))
		if err != nil {
			t.Fatal(err)
		}
		w, h := seen(48, 32, orient)
		if b := img.Bounds(); b.Dx() != w || b.Dy() != h || f.W != w || f.H != h {
			t.Errorf("%d: %v, told %d×%d", orient, b, f.W, f.H)
		}
		if got := read(img); got != want[orient] {
			t.Errorf("orientation %d: corners %s, want %s", orient, got, want[orient])
		}
	}
}

func TestJPEG_KeepsColoursDropsTheRest(t *testing.T) {
	plain := jpegOf(t, corners(16, 16))
	icc := append([]byte("ICC_PROFILE\x00\x01\x01"), "a profile"...)
	jfif := append([]byte("JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x02\x02"), secret...)
	for name, c := range map[string]struct {
		marker  byte
		content []byte
		kept    bool
	}{
		"profile": {0xe2, icc, true}, "other pictures": {0xe2, []byte("MPF\x00" + secret), false}, "preview": {0xe0, jfif, false},
		"photoshop": {0xed, []byte("Photoshop 3.0\x00" + secret), false}, "xmp": {0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00" + secret), false},
		"unknown": {0xef, []byte(secret), false},
	} {
		f := must(t, insert(plain, c.content, c.marker), "image/jpeg", false)
		if got := bytes.Contains(f.Data, []byte("profile")); got != c.kept {
			t.Errorf("%s: profile kept: %v", name, got)
		}
		if bytes.Contains(f.Data, []byte("GPS")) {
			t.Errorf("%s is still in it", name)
		}
	}
	turned := must(t, insert(insert(plain, icc, 0xe2), exif(6), 0xe1), "image/jpeg", false)
	if !bytes.Contains(turned.Data, []byte("profile")) {
		t.Error("a turned picture lost its profile")
	}
	if f := must(t, append(bytes.Clone(plain), secret...), "", false); bytes.Contains(f.Data, []byte("GPS")) {
		t.Error("what stands behind the picture came along")
	}
}

func TestTurn_EveryKindOfPlane(t *testing.T) {
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420,
		image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411, image.YCbCrSubsampleRatio410} {
		src := image.NewYCbCr(image.Rect(0, 0, 21, 13), ratio)
		for i := range src.Y {
			src.Y[i] = byte(i * 7)
		}
		for i := range src.Cb {
			src.Cb[i], src.Cr[i] = 128, 128
		}
		for orient := 1; orient <= 8; orient++ {
			out := turn(src, orient)
			for y := range 13 {
				for x := range 21 {
					tx, ty := where(x, y, 21, 13, orient)
					r1, _, _, _ := src.At(x, y).RGBA()
					r2, _, _, _ := out.At(tx, ty).RGBA()
					if r1>>8 != r2>>8 {
						t.Fatalf("%v, %d: pixel %d,%d", ratio, orient, x, y)
					}
				}
			}
		}
	}
}

// headOf is a PNG's head and nothing else.
func headOf(w, h uint32) []byte {
	ihdr := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	return append([]byte(pngHead), pngChunk("IHDR", append(ihdr, 8, 2, 0, 0, 0))...)
}

// with puts a chunk behind a PNG's head.
func with(data []byte, kind string, content []byte) []byte {
	at := len(pngHead) + 25
	return append(append(bytes.Clone(data[:at]), pngChunk(kind, content)...), data[at:]...)
}

func TestPNG_DropsWhatDoesNotDraw(t *testing.T) {
	plain := pngOf(t, corners(8, 6))
	for _, kind := range []string{"tEXt", "iTXt", "zTXt", "tIME", "prVt", "acTL", "eXIf"} {
		f := must(t, with(plain, kind, append(tiffOf(upright), secret...)), "image/png", false)
		if !bytes.Equal(f.Data, plain) || f.W != 8 || f.H != 6 {
			t.Errorf("%s is still in it", kind)
		}
	}
	f := must(t, with(plain, "eXIf", append(tiffOf(6), secret...)), "image/png", false)
	if bytes.Contains(f.Data, []byte("GPS")) || pngOrient(f.Data) != 6 || f.W != 6 || f.H != 8 {
		t.Errorf("%d×%d, orientation %d", f.W, f.H, pngOrient(f.Data))
	}
	if f := must(t, append(bytes.Clone(plain), secret...), "", false); !bytes.Equal(f.Data, plain) {
		t.Error("what stands behind the picture came along")
	}
	if c := code(t, with(plain, "IHDR", headOf(1, 1)[16:29]), "image/png", false); c != Disguised {
		t.Errorf("two heads: %q", c)
	}
}

func gifOf(t testing.TB, frames, w, h int) []byte {
	t.Helper()
	g := gif.GIF{}
	for range frames {
		g.Image = append(g.Image, image.NewPaletted(image.Rect(0, 0, w, h), palette.WebSafe))
		g.Delay = append(g.Delay, 5)
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &g); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestGIF_MovesOnWithoutComments(t *testing.T) {
	data := gifOf(t, 5, 20, 10)
	at := 13 + table(data[10])
	comment := append([]byte{0x21, 0xfe, byte(len(secret))}, secret+"\x00"...)
	app := append([]byte{0x21, 0xff, 11}, "XMP DataXMP\x16"+secret+"\x00"...)
	dirty := append(append(append(bytes.Clone(data[:at]), comment...), app...), data[at:]...)
	f := must(t, append(dirty, secret...), "image/gif", false)
	if !bytes.Equal(f.Data, data) {
		t.Fatalf("%d bytes, want %d", len(f.Data), len(data))
	}
	got, err := gif.DecodeAll(bytes.NewReader(f.Data))
	if err != nil || len(got.Image) != 5 || got.LoopCount != 0 {
		t.Fatalf("%v, %d frames, loops %d", err, len(got.Image), got.LoopCount)
	}
}

// The two smallest pictures, packed with loss and without.
func webps(t testing.TB) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for name, s := range map[string]string{"VP8 ": "UklGRiIAAABXRUJQVlA4IBYAAAAwAQCdASoBAAEADsD+JaQAA3AAAAAA", "VP8L": "UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA=="} {
		data, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = data
	}
	return out
}

// extended wraps a simple WebP with more chunks.
func extended(simple []byte, flags byte, w, h int, more ...[]byte) []byte {
	x := []byte{flags, 0, 0, 0, byte(w - 1), byte((w - 1) >> 8), byte((w - 1) >> 16), byte(h - 1), byte((h - 1) >> 8), byte((h - 1) >> 16)}
	out := appendChunk([]byte("RIFF\x00\x00\x00\x00WEBP"), "VP8X", x)
	out = append(out, simple[12:]...)
	for _, m := range more {
		out = append(out, m...)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out
}

func TestWebP_KeepsThePictureAlone(t *testing.T) {
	for name, simple := range webps(t) {
		if f := must(t, simple, "image/webp", false); f.W != 1 || f.H != 1 || !bytes.Equal(f.Data, simple) {
			t.Errorf("%s: %+v", name, f)
		}
		dirty := extended(simple, webpExif|webpXMP, 1, 1, appendChunk(nil, "EXIF", exif(6)), appendChunk(nil, "XMP ", []byte(secret)), appendChunk(nil, "odd ", []byte(secret)))
		f := must(t, append(dirty, secret...), "image/webp", false)
		if bytes.Contains(f.Data, []byte("GPS")) || webpOrient(f.Data) != 6 {
			t.Errorf("%s: orientation %d", name, webpOrient(f.Data))
		}
		if c := code(t, extended(simple, webpAnimated, 1, 1), "image/webp", false); c != Unsupported {
			t.Errorf("%s, animated: %q", name, c)
		}
		if c := code(t, extended(simple, 0, 2, 2), "image/webp", false); c != Disguised {
			t.Errorf("%s, of another size than its canvas: %q", name, c)
		}
		if c := code(t, extended(simple, 0, 16_000, 16_000), "image/webp", false); c == "" {
			t.Errorf("%s: a canvas without end", name)
		}
	}
}

func TestClean_RefusesBombsAndDisguise(t *testing.T) {
	pic, photo := pngOf(t, corners(9, 9)), jpegOf(t, corners(9, 9))
	huge := bytes.Clone(photo)
	sof := bytes.Index(huge, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(huge[sof+5:], 7000)
	binary.BigEndian.PutUint16(huge[sof+7:], 7200)
	many := bytes.Clone(photo)
	binary.BigEndian.PutUint16(many[sof+5:], 6000)
	binary.BigEndian.PutUint16(many[sof+7:], 6000)
	scan := many[bytes.Index(many, []byte{0xff, 0xda}) : len(many)-2]
	for range 20 {
		many = append(many[:len(many)-2], append(bytes.Clone(scan), 0xff, 0xd9)...)
	}
	wide := gifOf(t, 1, 4, 4)
	binary.LittleEndian.PutUint16(wide[6:], 60_000)
	binary.LittleEndian.PutUint16(wide[8:], 60_000)
	slow := gifOf(t, 2, 4, 4)
	binary.LittleEndian.PutUint16(slow[6:], 6000)
	binary.LittleEndian.PutUint16(slow[8:], 6000)
	frame := slow[bytes.Index(slow, []byte{0x2c}) : len(slow)-1]
	for range 10 {
		slow = append(slow[:len(slow)-1], append(bytes.Clone(frame), 0x3b)...)
	}
	for name, c := range map[string]struct {
		data     []byte
		declared string
		code     Code
	}{
		"nothing":                       {nil, "image/png", Invalid},
		"50 megapixels, PNG":            {append(headOf(7100, 7100), pic[33:]...), "image/png", TooLarge},
		"50 megapixels, JPEG":           {huge, "image/jpeg", TooLarge},
		"3600 megapixels, GIF":          {wide, "image/gif", TooLarge},
		"more than an int holds":        {append(headOf(0x7fffffff, 0x7fffffff), pic[33:]...), "image/png", TooLarge},
		"scan after scan":               {many, "image/jpeg", TooLarge},
		"frames without end":            {gifOf(t, maxFrames+1, 1, 1), "image/gif", TooLarge},
		"large frames":                  {slow, "image/gif", TooLarge},
		"page as picture":               {[]byte("<html><script>alert(1)</script>"), "image/png", Disguised},
		"program as pdf":                {[]byte("MZ\x90\x00\x03"), "application/pdf", Disguised},
		"picture as pdf":                {pic, "application/pdf", Disguised},
		"head of a picture":             {pic[:12], "image/png", Disguised},
		"half a picture":                {pic[:len(pic)/2], "image/png", Disguised},
		"half a photo":                  {photo[:len(photo)/2], "image/jpeg", Disguised},
		"half an animation":             {wide[:len(wide)/2], "image/gif", TooLarge},
		"page":                          {[]byte("<html></html>"), "text/html", Unsupported},
		"svg":                           {[]byte(`<?xml version="1.0"?><svg onload="x"/>`), "text/xml", Unsupported},
		"video":                         {[]byte("\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska"), "video/webm", Unsupported},
		"a picture that is a page, too": {append([]byte("GIF89a"), "<html>"+strings.Repeat(" ", 50)...), "image/gif", TooLarge},
	} {
		if got := code(t, c.data, c.declared, false); got != c.code {
			t.Errorf("%s: %q, want %q", name, got, c.code)
		}
	}
	for _, declared := range []string{"image/png", "", "application/octet-stream"} {
		if got := code(t, pic, declared, false); got != "" {
			t.Errorf("a picture declared %q: %s", declared, got)
		}
	}
}
