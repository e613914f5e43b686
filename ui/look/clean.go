package look

import (
	"strings"
	"unicode"
)

// Clean prepares text from outside for drawing: control, private-use, surrogate and unassigned runes, for which no font has a
// glyph and each look-up of which costs more than the last, become a replacement mark. New lines stay, tabs become spaces.
func Clean(s string) string {
	bad := func(r rune) bool {
		return r != '\n' && (unicode.Is(unicode.C, r) || !assigned(r)) || r == unicode.ReplacementChar
	}
	if strings.IndexFunc(s, bad) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case unicode.Is(unicode.Cf, r) || r == '\r': // joiners and marks of direction draw nothing
			return -1
		case bad(r):
			return '□'
		}
		return r
	}, s)
}

// OneLine is Clean for a single line.
func OneLine(s string) string { return strings.Join(strings.Fields(Clean(s)), " ") }

func assigned(r rune) bool {
	return r < 0x80 || unicode.In(r, unicode.L, unicode.M, unicode.N, unicode.P, unicode.S, unicode.Z, unicode.C)
}
