package media

import "encoding/binary"

// Exif's eight orientations: 1 is as it is, the others are how to turn it; from 5 on width and height change places.
const upright = 1

// orientation reads the orientation out of a TIFF block, as Exif is one; upright where it says nothing, or nonsense.
func orientation(tiff []byte) int {
	if len(tiff) < 8 {
		return upright
	}
	var order binary.ByteOrder = binary.LittleEndian
	switch string(tiff[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return upright
	}
	at := uint64(order.Uint32(tiff[4:]))
	if at+2 > uint64(len(tiff)) {
		return upright
	}
	n := uint64(order.Uint16(tiff[at:]))
	for i := range n {
		e := at + 2 + 12*i
		if e+12 > uint64(len(tiff)) {
			return upright
		}
		if order.Uint16(tiff[e:]) == 0x0112 && order.Uint16(tiff[e+2:]) == 3 {
			if v := int(order.Uint16(tiff[e+8:])); v >= 1 && v <= 8 {
				return v
			}
			return upright
		}
	}
	return upright
}

// tiffOf is the smallest TIFF block that says an orientation and nothing else.
func tiffOf(orient int) []byte {
	return []byte{'M', 'M', 0, '*', 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, byte(orient), 0, 0, 0, 0, 0, 0}
}

// seen is width and height as one sees them.
func seen(w, h, orient int) (int, int) {
	if orient >= 5 {
		return h, w
	}
	return w, h
}
