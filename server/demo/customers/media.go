package customers

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
)

// The pictures that customers can send. They are drawn by the program: nobody's.
const (
	pictureRash    = "rash"    // skin with red patches
	pictureBroken  = "broken"  // a bottle in pieces, and what ran out of it
	pictureLabel   = "label"   // a parcel with its label
	pictureScreen  = "screen"  // a screen with a chat or a price
	pictureProduct = "product" // a jar on a table
)

// Pictures are what a picture of a scenario can show.
func Pictures() []string {
	return []string{pictureRash, pictureBroken, pictureLabel, pictureScreen, pictureProduct}
}

const (
	pictureW, pictureH = 480, 640
	voiceRate          = 16_000 // samples a second
)

type canvas struct {
	*image.RGBA
	rng *rand.Rand
}

func (c canvas) rect(x0, y0, x1, y1 int, col color.RGBA) {
	for y := max(y0, 0); y < min(y1, pictureH); y++ {
		for x := max(x0, 0); x < min(x1, pictureW); x++ {
			c.SetRGBA(x, y, col)
		}
	}
}

// blob mixes a colour in, strongest in the middle.
func (c canvas) blob(cx, cy, r int, col color.RGBA, strength float64) {
	for y := max(cy-r, 0); y < min(cy+r, pictureH); y++ {
		for x := max(cx-r, 0); x < min(cx+r, pictureW); x++ {
			d := math.Hypot(float64(x-cx), float64(y-cy)) / float64(r)
			if d >= 1 {
				continue
			}
			k := (1 - d*d) * strength
			was := c.RGBAAt(x, y)
			mix := func(a, b uint8) uint8 { return uint8(float64(a)*(1-k) + float64(b)*k) }
			c.SetRGBA(x, y, color.RGBA{mix(was.R, col.R), mix(was.G, col.G), mix(was.B, col.B), 255})
		}
	}
}

// picture draws one, a little different each time, as a JPEG.
func picture(kind string, rng *rand.Rand) ([]byte, error) {
	c := canvas{image.NewRGBA(image.Rect(0, 0, pictureW, pictureH)), rng}
	dark := color.RGBA{60, 60, 66, 255}
	switch kind {
	case pictureRash:
		c.rect(0, 0, pictureW, pictureH, color.RGBA{226, 184, 160, 255})
		c.blob(140, 120, 420, color.RGBA{242, 206, 184, 255}, .8)
		for range 60 + rng.IntN(60) {
			c.blob(90+rng.IntN(300), 140+rng.IntN(360), 6+rng.IntN(26), color.RGBA{196, 64, 62, 255}, .35+.4*rng.Float64())
		}
	case pictureBroken:
		c.rect(0, 0, pictureW, pictureH, color.RGBA{196, 172, 140, 255})
		c.blob(240, 420, 190, color.RGBA{244, 238, 220, 255}, .95)
		for range 14 {
			x, y := 120+rng.IntN(240), 220+rng.IntN(260)
			c.rect(x, y, x+16+rng.IntN(50), y+8+rng.IntN(40), color.RGBA{uint8(150 + rng.IntN(60)), 196, 208, 255})
		}
		c.rect(190, 60, 290, 210, color.RGBA{160, 200, 212, 255})
		c.rect(200, 40, 280, 62, dark)
	case pictureLabel:
		c.rect(0, 0, pictureW, pictureH, color.RGBA{178, 140, 98, 255})
		c.rect(70, 150, 410, 500, color.RGBA{250, 250, 248, 255})
		for x := 100; x < 380; x += 3 + rng.IntN(6) {
			c.rect(x, 180, x+1+rng.IntN(3), 270, dark)
		}
		for y := 310; y < 470; y += 26 {
			c.rect(100, y, 180+rng.IntN(180), y+10, dark)
		}
	case pictureScreen:
		c.rect(0, 0, pictureW, pictureH, color.RGBA{244, 245, 247, 255})
		c.rect(0, 0, pictureW, 64, color.RGBA{36, 110, 92, 255})
		for y, mine := 90, false; y < 600; y, mine = y+70, !mine {
			x := 24
			if mine {
				x = 150
			}
			c.rect(x, y, x+200+rng.IntN(100), y+48, color.RGBA{214, 232, 224, 255})
		}
	case pictureProduct:
		c.rect(0, 0, pictureW, pictureH, color.RGBA{214, 204, 190, 255})
		c.blob(240, 480, 220, color.RGBA{150, 136, 118, 255}, .6)
		c.rect(150, 240, 330, 480, color.RGBA{250, 248, 244, 255})
		c.rect(142, 190, 338, 250, color.RGBA{120, 152, 140, 255})
		c.rect(180, 330, 300, 346, dark)
	default:
		return nil, fmt.Errorf("picture %q is unknown", kind)
	}
	var buf bytes.Buffer
	if err := jpeg.Encode(&buf, c.RGBA, &jpeg.Options{Quality: 80}); err != nil {
		return nil, fmt.Errorf("picture: %w", err)
	}
	return buf.Bytes(), nil
}

// voice is a note of so many seconds, as the protocol wants it: WAV, 16 kHz, mono, 16 bit. It holds no words: tones that
// rise and fall as a sentence does, with pauses.
func voice(secs int, rng *rand.Rand) []byte {
	n := secs * voiceRate
	var buf bytes.Buffer
	head := func(v any) { _ = binary.Write(&buf, binary.LittleEndian, v) } // a buffer takes everything
	buf.WriteString("RIFF")
	head(uint32(36 + 2*n))
	buf.WriteString("WAVEfmt ")
	head(uint32(16))
	head([]uint16{1, 1})
	head([]uint32{voiceRate, 2 * voiceRate})
	head([]uint16{2, 16})
	buf.WriteString("data")
	head(uint32(2 * n))
	phase, pitch, loud := 0.0, 200.0, 0.0
	aim, left := 0.0, 0
	samples := make([]int16, n)
	for i := range samples {
		if left == 0 { // the next syllable, or a breath
			left = voiceRate/8 + rng.IntN(voiceRate/8)
			pitch, aim = 150+150*rng.Float64(), .25+.5*rng.Float64()
			if rng.IntN(6) == 0 {
				aim = 0
			}
		}
		left--
		loud += (aim - loud) / 400
		phase += 2 * math.Pi * pitch / voiceRate
		samples[i] = int16(loud * 9000 * (math.Sin(phase) + .4*math.Sin(2*phase) + .2*math.Sin(3*phase)))
	}
	head(samples)
	return buf.Bytes()
}
