package media

import "encoding/binary"

func isWebP(data []byte) bool {
	return len(data) >= 16 && string(data[:4]) == "RIFF" && string(data[8:12]) == "WEBP"
}

// The flags of an extended WebP.
const (
	webpAnimated = 0x02
	webpXMP      = 0x04
	webpExif     = 0x08
)

// cleanWebP copies a WebP chunk by chunk, without Exif (but for the orientation), XMP and unknown chunks.
func cleanWebP(data []byte) (File, *Refusal) {
	bad := broken("picture")
	if !isWebP(data) {
		return File{}, bad
	}
	size := uint64(binary.LittleEndian.Uint32(data[4:])) + 8
	if size > uint64(len(data)) {
		return File{}, bad
	}
	var kept []byte
	w, h, flagsAt, orient, drawn := 0, 0, -1, upright, false
	for i := uint64(12); i < size; {
		if i+8 > size {
			return File{}, bad
		}
		n := uint64(binary.LittleEndian.Uint32(data[i+4:]))
		if n > size-i-8 {
			return File{}, bad
		}
		kind, content := string(data[i:i+4]), data[i+8:i+8+n]
		i += 8 + n + n&1
		switch kind {
		case "VP8X":
			if len(content) < 10 || flagsAt >= 0 || drawn {
				return File{}, bad
			}
			if content[0]&webpAnimated != 0 {
				return File{}, refuse(Unsupported, "animated WebP is not taken: send a GIF")
			}
			w, h = 1+int(u24(content[4:])), 1+int(u24(content[7:]))
			flagsAt = len(kept) + 8
		case "EXIF":
			orient = orientation(trimExif(content))
			continue
		case "VP8 ", "VP8L":
			fw, fh := frameSize(kind, content)
			// A canvas of one size around a picture of another is a bomb, or broken.
			if drawn || fw == 0 || flagsAt >= 0 && (fw != w || fh != h) {
				return File{}, bad
			}
			w, h, drawn = fw, fh, true
		case "ALPH", "ICCP":
			if flagsAt < 0 || kind == "ICCP" && len(content) > maxProfile {
				continue
			}
		default:
			continue
		}
		if r := pixels(w, h); r != nil {
			return File{}, r
		}
		kept = appendChunk(kept, kind, content)
	}
	if !drawn {
		return File{}, bad
	}
	if flagsAt >= 0 {
		kept[flagsAt] &^= webpExif | webpXMP
		if orient != upright {
			kept[flagsAt] |= webpExif
			kept = appendChunk(kept, "EXIF", tiffOf(orient))
		}
	} else {
		orient = upright // a simple file has no room for it, and readers don't look
	}
	out := append([]byte("RIFF\x00\x00\x00\x00WEBP"), kept...)
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8)) //nolint:gosec // no longer than what came in
	if r := decodable(out, "webp", w, h); r != nil {
		return File{}, r
	}
	w, h = seen(w, h, orient)
	return File{Data: out, Mime: "image/webp", W: w, H: h}, nil
}

func appendChunk(out []byte, kind string, content []byte) []byte {
	out = append(out, kind...)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(content))) //nolint:gosec // no longer than what came in
	out = append(out, content...)
	if len(content)&1 == 1 {
		out = append(out, 0)
	}
	return out
}

func u24(b []byte) uint32 { return uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16 }

// frameSize reads the size of the picture itself; 0 where there is none.
func frameSize(kind string, b []byte) (w, h int) {
	switch {
	case kind == "VP8 " && len(b) >= 10 && b[0]&1 == 0 && string(b[3:6]) == "\x9d\x01\x2a":
		return int(binary.LittleEndian.Uint16(b[6:]) & 0x3fff), int(binary.LittleEndian.Uint16(b[8:]) & 0x3fff)
	case kind == "VP8L" && len(b) >= 5 && b[0] == 0x2f:
		bits := binary.LittleEndian.Uint32(b[1:])
		return 1 + int(bits&0x3fff), 1 + int(bits>>14&0x3fff)
	}
	return 0, 0
}

// trimExif takes off the head that some writers put before the TIFF block.
func trimExif(b []byte) []byte {
	if len(b) > 6 && string(b[:6]) == "Exif\x00\x00" {
		return b[6:]
	}
	return b
}

// webpOrient is the orientation that a cleaned WebP carries.
func webpOrient(data []byte) int {
	for i := 12; i+8 <= len(data); {
		n := int(binary.LittleEndian.Uint32(data[i+4:]))
		if n < 0 || n > len(data)-i-8 {
			return upright
		}
		if string(data[i:i+4]) == "EXIF" {
			return orientation(trimExif(data[i+8 : i+8+n]))
		}
		i += 8 + n + n&1
	}
	return upright
}
