package media

import (
	"bytes"
	"testing"
)

// holds checks what is true of every file that is taken: cleaning it again changes nothing, it did not grow beyond a head,
// and no place is left in it.
func holds(t *testing.T, in []byte, clean func([]byte) (File, *Refusal)) {
	t.Helper()
	f, r := clean(in)
	if r != nil {
		if r.Text == "" || r.Code == "" {
			t.Fatalf("refused without a reason: %+v", r)
		}
		return
	}
	if f.W > MaxPixels || f.H > MaxPixels || f.W*f.H > MaxPixels {
		t.Fatalf("%d×%d", f.W, f.H)
	}
	if len(f.Wave) > waveParts || f.Secs < 0 || f.Secs > MaxVoice {
		t.Fatalf("%d s, %d parts", f.Secs, len(f.Wave))
	}
	again, r := clean(f.Data)
	if r != nil {
		t.Fatalf("what was cleaned is refused: %v", r)
	}
	if !bytes.Equal(again.Data, f.Data) || again.W != f.W || again.H != f.H || again.Secs != f.Secs {
		t.Fatalf("cleaning again changed %d bytes into %d", len(f.Data), len(again.Data))
	}
}

// small leaves pictures out that would only take long.
func small(w, h int) bool { return w*h <= 1<<16 }

func FuzzJPEG(f *testing.F) {
	photo := jpegOf(f, corners(24, 16))
	f.Add(photo)
	f.Add(insert(photo, exif(6), 0xe1))
	f.Add(insert(photo, []byte("ICC_PROFILE\x00\x01\x01profile"), 0xe2))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, r := walkJPEG(data); r != nil || !small(p.w, p.h) {
			return
		}
		holds(t, data, cleanJPEG)
	})
}

func FuzzPNG(f *testing.F) {
	pic := pngOf(f, corners(8, 6))
	f.Add(pic)
	f.Add(with(pic, "eXIf", tiffOf(8)))
	f.Add(with(pic, "tEXt", []byte(secret)))
	f.Fuzz(func(t *testing.T, data []byte) { holds(t, data, cleanPNG) })
}

func FuzzGIF(f *testing.F) {
	f.Add(gifOf(f, 1, 5, 5))
	f.Add(gifOf(f, 4, 9, 7))
	f.Fuzz(func(t *testing.T, data []byte) { holds(t, data, cleanGIF) })
}

func FuzzWebP(f *testing.F) {
	for _, data := range webps(f) {
		f.Add(data)
		f.Add(extended(data, webpExif, 1, 1, appendChunk(nil, "EXIF", exif(3))))
	}
	f.Fuzz(func(t *testing.T, data []byte) { holds(t, data, cleanWebP) })
}

func FuzzWAV(f *testing.F) {
	f.Add(voiceOf(0.2, VoiceRate, 1, 16), true)
	f.Add(voiceOf(0.2, 44_100, 2, 16), false)
	f.Fuzz(func(t *testing.T, data []byte, voice bool) {
		holds(t, data, func(b []byte) (File, *Refusal) { return cleanWAV(b, voice) })
	})
}

func FuzzOrientation(f *testing.F) {
	f.Add(tiffOf(6))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\xff\xff"))
	f.Fuzz(func(t *testing.T, tiff []byte) {
		if o := orientation(tiff); o < 1 || o > 8 {
			t.Fatal(o)
		}
	})
}

func FuzzClean(f *testing.F) {
	f.Add([]byte("%PDF-1.7"), "application/pdf", false)
	f.Add([]byte("OggS\x00"), "audio/ogg", true)
	f.Fuzz(func(t *testing.T, data []byte, declared string, voice bool) {
		out, err := Clean(data, declared, voice)
		if err == nil && (out.Mime == "" || voice && out.Mime != "audio/wav") {
			t.Fatalf("%+v", out)
		}
	})
}

func FuzzThumb(f *testing.F) {
	f.Add(jpegOf(f, corners(24, 16)), "image/jpeg", 8)
	f.Add(with(pngOf(f, corners(24, 16)), "eXIf", tiffOf(5)), "image/png", 8)
	f.Add(gifOf(f, 2, 9, 9), "image/gif", 3)
	f.Fuzz(func(t *testing.T, data []byte, mime string, w int) {
		out, err := Clean(data, mime, false)
		if err != nil || !small(out.W, out.H) {
			return
		}
		img, kind, err := Thumb(out.Data, out.Mime, w)
		if err == nil && (len(img) == 0 || kind == "") {
			t.Fatal("nothing made")
		}
	})
}
