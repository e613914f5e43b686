package media

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"testing"
)

// voiceOf is so many seconds of a tone that grows.
func voiceOf(secs float64, rate, channels, bits int) []byte {
	n := int(secs * float64(rate))
	samples := make([]byte, 0, 2*n)
	for i := range n {
		v := 30_000 * float64(i) / float64(n) * math.Sin(float64(i)/5)
		samples = binary.LittleEndian.AppendUint16(samples, uint16(int16(v)))
	}
	le := binary.LittleEndian
	format := le.AppendUint16(le.AppendUint16(nil, 1), uint16(channels))
	format = le.AppendUint32(le.AppendUint32(format, uint32(rate)), uint32(rate*channels*bits/8))
	format = le.AppendUint16(le.AppendUint16(format, uint16(channels*bits/8)), uint16(bits))
	return wav(format, samples)
}

func TestWAV_VoiceNotesAreMeasured(t *testing.T) {
	data := voiceOf(2.5, VoiceRate, 1, 16)
	dirty := append(bytes.Clone(data[:12]), appendChunk(nil, "LIST", []byte(secret))...)
	dirty = append(append(dirty, data[12:]...), appendChunk(nil, "id3 ", []byte(secret))...)
	f := must(t, dirty, "audio/x-wav", true)
	if !bytes.Equal(f.Data, data) || f.Mime != "audio/wav" || f.Secs != 3 || len(f.Wave) != waveParts {
		t.Fatalf("%d bytes, %d s, %v", len(f.Data), f.Secs, f.Wave)
	}
	if f.Wave[0] > 10 || f.Wave[63] != 255 || f.Wave[31] < 100 || f.Wave[31] > 140 {
		t.Fatalf("a tone that grows: %v", f.Wave)
	}
	for name, c := range map[string]struct {
		data []byte
		code Code
	}{
		"0 s":        {voiceOf(0, VoiceRate, 1, 16), Invalid},
		"a click":    {voiceOf(0.05, VoiceRate, 1, 16), Invalid},
		"10 min":     {voiceOf(600, VoiceRate, 1, 16), TooLarge},
		"60 s":       {voiceOf(60, VoiceRate, 1, 16), ""},
		"61 s":       {voiceOf(61, VoiceRate, 1, 16), TooLarge},
		"44.1 kHz":   {voiceOf(1, 44_100, 1, 16), Unsupported},
		"stereo":     {voiceOf(1, VoiceRate, 2, 16), Unsupported},
		"8 bit":      {voiceOf(1, VoiceRate, 1, 8), Unsupported},
		"a picture":  {pngOf(t, corners(4, 4)), Unsupported},
		"broken off": {data[:1000], Disguised},
		"no samples": {data[:36], Disguised},
	} {
		if got := code(t, c.data, "", true); got != c.code {
			t.Errorf("%s: %q, want %q", name, got, c.code)
		}
	}
	// As a plain file a recording of another kind may be sent, but is no voice note.
	if f := must(t, voiceOf(1, 44_100, 1, 16), "audio/wav", false); f.Secs != 0 || f.Wave != nil {
		t.Errorf("%d s, %v", f.Secs, f.Wave)
	}
	if w := Wave(make([]byte, 64_000), 64); !bytes.Equal(w, make([]byte, 64)) {
		t.Errorf("silence: %v", w)
	}
}

func TestThumb_SmallUprightAndBounded(t *testing.T) {
	photo := jpegOf(t, corners(1200, 800))
	small, kind, err := Thumb(must(t, insert(photo, exif(6), 0xe1), "", false).Data, "image/jpeg", 100)
	if err != nil || kind != "image/jpeg" {
		t.Fatal(kind, err)
	}
	img, _, err := image.Decode(bytes.NewReader(small))
	if err != nil || img.Bounds().Dx() != 100 || img.Bounds().Dy() != 150 || read(img) != "wrgb" {
		t.Fatalf("%v %v %s", err, img.Bounds(), read(img))
	}
	turned := must(t, with(pngOf(t, corners(120, 80)), "eXIf", tiffOf(6)), "", false)
	small, _, err = Thumb(turned.Data, "image/png", 60)
	if err != nil {
		t.Fatal(err)
	}
	if img, _, err = image.Decode(bytes.NewReader(small)); err != nil || img.Bounds().Dx() != 60 || img.Bounds().Dy() != 90 || read(img) != "wrgb" {
		t.Fatalf("%v %v %s", err, img.Bounds(), read(img))
	}
	glass := corners(50, 50)
	glass.SetRGBA(25, 25, color.RGBA{})
	if _, kind, err := Thumb(pngOf(t, glass), "image/png", 20); err != nil || kind != "image/png" {
		t.Errorf("a picture that one sees through: %s %v", kind, err)
	}
	if small, _, err := Thumb(pngOf(t, corners(10, 10)), "image/png", 300); err != nil {
		t.Error(err)
	} else if img, _, _ := image.Decode(bytes.NewReader(small)); img.Bounds().Dx() != 10 {
		t.Errorf("made larger: %v", img.Bounds())
	}
	if small, _, err := Thumb(pngOf(t, image.NewGray(image.Rect(0, 0, 1, 100_000))), "image/png", 9999); err != nil {
		t.Error(err)
	} else if img, _, _ := image.Decode(bytes.NewReader(small)); img.Bounds().Dy() > 2*MaxThumb {
		t.Errorf("a tower: %v", img.Bounds())
	}
	for name, data := range webps(t) {
		if _, _, err := Thumb(data, "image/webp", 20); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	deep := append(headOf(6400, 6200), 0)
	deep[24] = 16
	for name, c := range map[string][]byte{"deep": deep, "nothing": nil, "no picture": []byte("hello")} {
		if _, _, err := Thumb(c, "image/png", 20); err == nil {
			t.Errorf("%s: made small", name)
		}
	}
}
