package look

import (
	"strings"
	"unicode"
)

// Clean prepares text from outside for drawing: control, private-use, surrogate and unassigned runes, for which no font has a
// glyph and each look-up of which costs more than the last, become a replacement mark. New lines stay, tabs become spaces,
// and of marks piled on a letter, which would run into other lines, two are kept.
func Clean(s string) string {
	s = unpile(s)
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

// mostMarks is how many marks a letter keeps: as many as any living language needs.
const mostMarks = 2

// unpile drops marks beyond the second on a letter, and the selectors that choose between drawings of a sign.
func unpile(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x300 && unicode.Is(unicode.M, r) }) < 0 {
		return s
	}
	n := 0
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xfe00 && r <= 0xfe0f:
			return -1
		case !unicode.Is(unicode.M, r):
			n = 0
			return r
		}
		if n++; n > mostMarks {
			return -1
		}
		return r
	}, s)
}
