package customers

import (
	"bytes"
	"encoding/binary"
	"image/jpeg"
	"math/rand/v2"
	"testing"
	"time"
)

func rng() *rand.Rand { return rand.New(rand.NewPCG(3, 4)) }

func TestVoice_IsTheWaveThatTheProtocolWants(t *testing.T) {
	w := voice(3, rng())
	le := binary.LittleEndian
	if string(w[:4]) != "RIFF" || string(w[8:16]) != "WAVEfmt " || int(le.Uint32(w[4:]))+8 != len(w) {
		t.Fatalf("no WAV of %d bytes: % x", len(w), w[:44])
	}
	if ch, rate, bits, n := le.Uint16(w[22:]), le.Uint32(w[24:]), le.Uint16(w[34:]), le.Uint32(w[40:]); ch != 1 || rate != 16000 || bits != 16 || n != 3*16000*2 || int(n) != len(w)-44 {
		t.Errorf("%d channels, %d Hz, %d bits, %d bytes", ch, rate, bits, n)
	}
	loud := 0
	for i := 44; i+1 < len(w); i += 2 {
		if v := int16(le.Uint16(w[i:])); v > 1000 || v < -1000 {
			loud++
		}
	}
	if loud < 3*16000/10 {
		t.Errorf("only %d samples can be heard", loud)
	}
}

func TestPicture_IsAJPEGOfEachKind(t *testing.T) {
	seen := map[string]bool{}
	for _, kind := range Pictures() {
		data, err := picture(kind, rng())
		if err != nil {
			t.Fatal(err)
		}
		img, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil || img.Bounds().Dx() != pictureW || img.Bounds().Dy() != pictureH {
			t.Errorf("%s: %v, %v", kind, img, err)
		}
		if seen[string(data)] {
			t.Errorf("%s looks like another", kind)
		}
		seen[string(data)] = true
	}
	if _, err := picture("cat", rng()); err == nil {
		t.Error("an unknown picture was drawn")
	}
}

func TestSlip_ChangesWhatItCan(t *testing.T) {
	const text = "怎么还没有退款，客服在吗"
	for _, kind := range slipKinds() {
		if got, _ := slip(rng(), kind, text); got == text || got == "" {
			t.Errorf("%s: %q", kind, got)
		}
	}
	if got, right := slip(rng(), slipSwap, "嗯"); got != "嗯" || right != "" {
		t.Errorf("one character slipped to %q, %q", got, right)
	}
}

func TestDay_HasItsPeaksAndTheSameArrivalsForASeed(t *testing.T) {
	at := func(h int, campaign bool) float64 {
		d := Day{Faster: 60, Campaign: campaign, Start: time.Date(2026, 11, 24, 0, 0, 0, 0, zone())}
		return d.level(time.Duration(h) * time.Minute) // an hour of the day
	}
	night := at(4, false)
	for _, h := range []int{10, 11, 14, 15, 16, 20, 21, 22} {
		if at(h, false) < 5*night {
			t.Errorf("at %d h there are %.2f, at night %.2f", h, at(h, false), night)
		}
	}
	for _, h := range []int{8, 13, 18} {
		if at(h, false) >= at(21, false) || at(h, false) >= at(15, false) {
			t.Errorf("at %d h there is no valley: %.2f", h, at(h, false))
		}
	}
	if at(20, true) <= at(20, false) || at(23, true) <= at(23, false) {
		t.Error("the campaign's evening is no busier")
	}
	count := func(seed uint64, from int) (n int) {
		r := rand.New(rand.NewPCG(seed, 1))
		d := Day{Faster: 60, Start: time.Date(2026, 11, 24, from, 0, 0, 0, zone())}
		for passed := time.Duration(0); passed < 3*time.Minute; n++ { // three hours of the day
			passed += d.wait(r, passed, 20)
		}
		return n
	}
	if a, b := count(7, 20), count(7, 20); a != b {
		t.Errorf("the same seed brought %d and %d", a, b)
	}
	if evening, night := count(7, 20), count(7, 2); evening < 4*night {
		t.Errorf("%d come in the evening, %d at night", evening, night)
	}
}
