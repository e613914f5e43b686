package sound

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The bounds of a WAV: ten minutes of 48 kHz stereo, and the rates that microphones and browsers give.
const (
	maxWAV   = 10 * 60 * 48000 * 4
	leastHz  = 4000
	mostHz   = 192000
	maxChunk = 64 << 10 // of headers before the samples
)

// ErrWAV is a file that isn't 16-bit PCM in a RIFF WAVE container.
var ErrWAV = errors.New("not a 16-bit PCM WAV")

// Clip is mono sound in memory.
type Clip struct {
	Rate    int // samples a second
	Samples []int16
}

// Seconds is how long the clip sounds.
func (c Clip) Seconds() float64 {
	if c.Rate == 0 {
		return 0
	}
	return float64(len(c.Samples)) / float64(c.Rate)
}

// Decode reads a WAV of 16-bit PCM with one or two channels; two are mixed into one. A file that ends early gives what
// is there. Fields and sizes: Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991.
func Decode(r io.Reader) (Clip, error) {
	var head [12]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return Clip{}, fmt.Errorf("%w: %w", ErrWAV, err)
	}
	if string(head[:4]) != "RIFF" || string(head[8:]) != "WAVE" {
		return Clip{}, ErrWAV
	}
	var c Clip
	channels := 0
	for {
		var h [8]byte
		if _, err := io.ReadFull(r, h[:]); err != nil {
			return Clip{}, fmt.Errorf("%w: no samples: %w", ErrWAV, err)
		}
		size := int64(binary.LittleEndian.Uint32(h[4:]))
		switch string(h[:4]) {
		case "fmt ":
			var err error
			if c.Rate, channels, err = format(r, size); err != nil {
				return Clip{}, err
			}
		case "data":
			if channels == 0 {
				return Clip{}, fmt.Errorf("%w: samples before their format", ErrWAV)
			}
			raw, err := io.ReadAll(io.LimitReader(r, min(size, maxWAV)))
			if err != nil {
				return Clip{}, fmt.Errorf("read samples: %w", err)
			}
			c.Samples = mono(raw, channels)
			return c, nil
		default:
			if size > maxChunk {
				return Clip{}, fmt.Errorf("%w: a chunk of %d bytes before the samples", ErrWAV, size)
			}
			if _, err := io.CopyN(io.Discard, r, size+size&1); err != nil { // chunks have even lengths
				return Clip{}, fmt.Errorf("%w: %w", ErrWAV, err)
			}
		}
	}
}

// format reads the chunk that says how the samples are written.
func format(r io.Reader, size int64) (rate, channels int, err error) {
	if size < 16 || size > maxChunk {
		return 0, 0, fmt.Errorf("%w: a format of %d bytes", ErrWAV, size)
	}
	b := make([]byte, size+size&1)
	if _, err := io.ReadFull(r, b); err != nil {
		return 0, 0, fmt.Errorf("%w: %w", ErrWAV, err)
	}
	tag, bits := binary.LittleEndian.Uint16(b), binary.LittleEndian.Uint16(b[14:])
	channels, rate = int(binary.LittleEndian.Uint16(b[2:])), int(binary.LittleEndian.Uint32(b[4:]))
	const pcm, extensible = 1, 0xfffe
	if tag == extensible && size >= 26 {
		tag = binary.LittleEndian.Uint16(b[24:])
	}
	if tag != pcm || bits != 16 || channels < 1 || channels > 2 || rate < leastHz || rate > mostHz {
		return 0, 0, fmt.Errorf("%w: format %d, %d bits, %d channels, %d Hz", ErrWAV, tag, bits, channels, rate)
	}
	return rate, channels, nil
}

func mono(raw []byte, channels int) []int16 {
	frame := 2 * channels
	out := make([]int16, len(raw)/frame)
	for i := range out {
		sum := 0
		for ch := range channels {
			sum += int(int16(binary.LittleEndian.Uint16(raw[i*frame+2*ch:])))
		}
		out[i] = int16(sum / channels)
	}
	return out
}

// Encode writes a clip as a WAV.
func Encode(w io.Writer, c Clip) error {
	n := 2 * len(c.Samples)
	b := make([]byte, 0, 44+n)
	le := binary.LittleEndian
	b = append(b, "RIFF"...)
	b = le.AppendUint32(b, uint32(36+n))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 16)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint16(b, 1)
	b = le.AppendUint32(b, uint32(c.Rate))
	b = le.AppendUint32(b, uint32(2*c.Rate))
	b = le.AppendUint16(b, 2)
	b = le.AppendUint16(b, 16)
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(n))
	for _, s := range c.Samples {
		b = le.AppendUint16(b, uint16(s))
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}
