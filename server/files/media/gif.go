package media

import (
	"bytes"
	"encoding/binary"
)

// cleanGIF copies a GIF block by block up to its end, without comments and application data other than how often to play.
// An animation that would take too much to play is refused.
func cleanGIF(data []byte) (File, *Refusal) {
	bad := broken("picture")
	if len(data) < 13 || !bytes.HasPrefix(data, []byte("GIF87a")) && !bytes.HasPrefix(data, []byte("GIF89a")) {
		return File{}, bad
	}
	w, h := int(binary.LittleEndian.Uint16(data[6:])), int(binary.LittleEndian.Uint16(data[8:]))
	if r := pixels(w, h); r != nil {
		return File{}, r
	}
	i := 13 + table(data[10])
	if i > len(data) {
		return File{}, bad
	}
	out := append(make([]byte, 0, len(data)), data[:i]...)
	frames := 0
	for i < len(data) {
		switch data[i] {
		case 0x3b:
			if frames == 0 {
				return File{}, bad
			}
			out = append(out, 0x3b)
			if r := decodable(out, "gif", w, h); r != nil {
				return File{}, r
			}
			return File{Data: out, Mime: "image/gif", W: w, H: h}, nil
		case 0x21:
			if i+3 > len(data) {
				return File{}, bad
			}
			end, ok := blocks(data, i+2)
			if !ok {
				return File{}, bad
			}
			if keepExtension(data[i+1], data[i+2:end]) {
				out = append(out, data[i:end]...)
			}
			i = end
		case 0x2c:
			if i+10 > len(data) {
				return File{}, bad
			}
			fw, fh := int(binary.LittleEndian.Uint16(data[i+5:])), int(binary.LittleEndian.Uint16(data[i+7:]))
			if frames++; frames > maxFrames || frames > 1 && frames*max(w*h, fw*fh) > maxMoving || fw*fh > MaxPixels {
				return File{}, refuse(TooLarge, "the animation is too long or too large")
			}
			start := i + 10 + table(data[i+9]) + 1 // and the first code's size
			if start > len(data) {
				return File{}, bad
			}
			end, ok := blocks(data, start)
			if !ok {
				return File{}, bad
			}
			out = append(out, data[i:end]...)
			i = end
		default:
			return File{}, bad
		}
	}
	return File{}, bad
}

// table is the size of the colour table that a byte of flags announces.
func table(flags byte) int {
	if flags&0x80 == 0 {
		return 0
	}
	return 3 << (flags&7 + 1)
}

// blocks gives the end of the sub-blocks that begin at i.
func blocks(data []byte, i int) (int, bool) {
	for i < len(data) {
		n := int(data[i])
		i += 1 + n
		if n == 0 {
			return i, true
		}
	}
	return 0, false
}

func keepExtension(label byte, content []byte) bool {
	switch label {
	case 0xf9: // how long a frame stays
		return true
	case 0xff:
		return len(content) > 12 && (string(content[1:12]) == "NETSCAPE2.0" || string(content[1:12]) == "ANIMEXTS1.0") && len(content) <= 20
	}
	return false
}
