package media

import (
	"encoding/binary"
	"math"
)

// What a voice note is.
const (
	VoiceRate = 16_000 // samples a second; one channel, 16 bit
	MaxVoice  = 60     // seconds
	minVoice  = VoiceRate / 10
	waveParts = 64
)

// cleanWAV keeps the format and the samples. A file that is a voice note is measured; with voice, nothing else will do.
func cleanWAV(data []byte, voice bool) (File, *Refusal) {
	bad := broken("recording")
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return File{}, bad
	}
	var format, samples []byte
	for i := 12; i+8 <= len(data) && samples == nil; {
		n := uint64(binary.LittleEndian.Uint32(data[i+4:]))
		if n > uint64(len(data)-i-8) {
			return File{}, bad
		}
		content := data[i+8 : i+8+int(n)]
		switch string(data[i : i+4]) {
		case "fmt ":
			if format != nil || len(content) < 16 || len(content) > 40 {
				return File{}, bad
			}
			format = content
		case "data":
			if format == nil {
				return File{}, bad
			}
			samples = content[:len(content):len(content)]
		}
		i += 8 + int(n) + int(n&1)
	}
	if samples == nil {
		return File{}, bad
	}
	f := File{Mime: "audio/wav", Data: wav(format, samples)}
	if !isVoice(format) {
		if voice {
			return File{}, refuse(Unsupported, "a voice note is WAV, 16 kHz, mono, 16 bit")
		}
		return f, nil
	}
	samples = samples[:len(samples)&^1]
	f.Data = wav(format[:16], samples)
	n := len(samples) / 2
	switch {
	case voice && n < minVoice:
		return File{}, refuse(Invalid, "the voice note is empty")
	case voice && n > MaxVoice*VoiceRate:
		return File{}, refuse(TooLarge, "a voice note lasts at most 60 seconds")
	case n < minVoice || n > MaxVoice*VoiceRate:
		return f, nil // a recording, but no voice note
	}
	f.Secs, f.Wave = (n+VoiceRate-1)/VoiceRate, Wave(samples, waveParts)
	return f, nil
}

func isVoice(format []byte) bool {
	le := binary.LittleEndian
	return le.Uint16(format) == 1 && le.Uint16(format[2:]) == 1 && le.Uint32(format[4:]) == VoiceRate && le.Uint16(format[14:]) == 16
}

func wav(format, samples []byte) []byte {
	out := append(make([]byte, 0, 20+len(format)+8+len(samples)+1), "RIFF\x00\x00\x00\x00WAVE"...)
	out = appendChunk(out, "fmt ", format)
	out = appendChunk(out, "data", samples)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) //nolint:gosec // no longer than what came in
	return out
}

// Wave is the loudness of at most parts equal stretches of 16-bit samples, 0…255: root mean square, the loudest stretch at
// 255. What is nearly silent throughout stays low.
func Wave(samples []byte, parts int) []byte {
	n := len(samples) / 2
	parts = min(parts, n)
	loud := make([]float64, parts)
	top := 200.0 // of 32,768: room noise is no speech
	for p := range loud {
		from, to := p*n/parts, (p+1)*n/parts
		sum := 0.0
		for i := from; i < to; i++ {
			v := float64(int16(binary.LittleEndian.Uint16(samples[2*i:]))) //nolint:gosec // the bits are a signed sample
			sum += v * v
		}
		loud[p] = math.Sqrt(sum / float64(to-from))
		top = max(top, loud[p])
	}
	out := make([]byte, parts)
	for p, v := range loud {
		out[p] = byte(math.Round(255 * v / top))
	}
	return out
}
