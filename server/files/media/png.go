package media

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
)

const pngHead = "\x89PNG\r\n\x1a\n"

// maxProfile bounds a colour profile: it is packed, and nobody needs a large one.
const maxProfile = 512 << 10

// cleanPNG copies a PNG chunk by chunk up to its end, without texts, times, frames of an animation and whatever else is not
// needed to draw it.
func cleanPNG(data []byte) (File, *Refusal) {
	bad := broken("picture")
	if !bytes.HasPrefix(data, []byte(pngHead)) {
		return File{}, bad
	}
	out := append(make([]byte, 0, len(data)), pngHead...)
	w, h, orient, packed := 0, 0, upright, false
	for i := len(pngHead); ; {
		if i+12 > len(data) {
			return File{}, bad
		}
		n := binary.BigEndian.Uint32(data[i:])
		if uint64(n) > uint64(len(data)-i-12) {
			return File{}, bad
		}
		kind, content, chunk := string(data[i+4:i+8]), data[i+8:i+8+int(n)], data[i:i+12+int(n)]
		i += 12 + int(n)
		if (w == 0) != (kind == "IHDR") {
			return File{}, bad
		}
		switch kind {
		case "IHDR":
			if len(content) != 13 {
				return File{}, bad
			}
			// Beyond 2³¹ a PNG is malformed anyway; what does not fit an int is too large in any case.
			w, h = int(binary.BigEndian.Uint32(content)&0x7fffffff), int(binary.BigEndian.Uint32(content[4:])&0x7fffffff)
			if r := pixels(w, h); r != nil {
				return File{}, r
			}
			out = append(out, chunk...)
		case "eXIf":
			if o := orientation(content); o != upright && orient == upright {
				orient = o
				out = append(out, pngChunk("eXIf", tiffOf(o))...)
			}
		case "iCCP":
			if n <= maxProfile {
				out = append(out, chunk...)
			}
		case "PLTE", "tRNS", "gAMA", "cHRM", "sRGB", "sBIT", "bKGD", "pHYs", "cICP":
			out = append(out, chunk...)
		case "IDAT":
			packed = true
			out = append(out, chunk...)
		case "IEND":
			if !packed {
				return File{}, bad
			}
			out = append(out, chunk...)
			if r := decodable(out, "png", w, h); r != nil {
				return File{}, r
			}
			w, h = seen(w, h, orient)
			return File{Data: out, Mime: "image/png", W: w, H: h}, nil
		}
	}
}

func pngChunk(kind string, content []byte) []byte {
	out := binary.BigEndian.AppendUint32(nil, uint32(len(content))) //nolint:gosec // a few bytes
	out = append(append(out, kind...), content...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[4:]))
}

// pngOrient is the orientation that a cleaned PNG carries.
func pngOrient(data []byte) int {
	for i := len(pngHead); i+12 <= len(data); {
		n := int(binary.BigEndian.Uint32(data[i:]))
		if n < 0 || n > len(data)-i-12 {
			return upright
		}
		if string(data[i+4:i+8]) == "eXIf" {
			return orientation(data[i+8 : i+8+n])
		}
		i += 12 + n
	}
	return upright
}
