// Package scan looks at a text as finders do: folded runes with their places, runs of digits however they are written, and the
// words that stand before them.
package scan

import (
	"unicode"
)

// Text is a text in runes. R[i] stands at byte At[i]; At has one more element, the text's length. R is folded: full-width
// letters are half-width, upper case is lower.
type Text struct {
	S  string
	R  []rune
	At []int
}

// New folds a text. Broken bytes are kept as unicode.ReplacementChar, one a byte.
func New(s string) *Text {
	t := &Text{S: s, R: make([]rune, 0, len(s)/2+4), At: make([]int, 0, len(s)/2+5)}
	for i, r := range s {
		t.R = append(t.R, Fold(r))
		t.At = append(t.At, i)
	}
	t.At = append(t.At, len(s))
	return t
}

// Fold brings one rune into the form that Text holds.
func Fold(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		r -= 0xFEE0
	case r == '　', r == '\u00a0':
		return ' '
	case r == '—', r == '–', r == '‐', r == '－':
		return '-'
	}
	if r >= 'A' && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// Slice is the text between two runes as it was written.
func (t *Text) Slice(from, to int) string { return t.S[t.At[from]:t.At[to]] }

// Has reports whether a folded word stands at a rune.
func (t *Text) Has(at int, word string) bool {
	for _, r := range word {
		if at < 0 || at >= len(t.R) || t.R[at] != r {
			return false
		}
		at++
	}
	return true
}

// EndsAt reports whether a folded word ends before a rune.
func (t *Text) EndsAt(at int, word string) bool {
	n := 0
	for range word {
		n++
	}
	return t.Has(at-n, word)
}

// Rune is the rune at a place, 0 outside of the text.
func (t *Text) Rune(at int) rune {
	if at < 0 || at >= len(t.R) {
		return 0
	}
	return t.R[at]
}

// Digit is the value of a digit, also of a Chinese one as numbers are spelled; -1 for any other rune.
func Digit(r rune) int {
	if r >= '0' && r <= '9' {
		return int(r - '0')
	}
	if r < 0x3007 {
		return -1
	}
	switch r {
	case '零', '〇':
		return 0
	case '一', '幺', '壹':
		return 1
	case '二', '贰':
		return 2
	case '三', '叁':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
	}
	return -1
}

// ASCIIDigit reports 0…9.
func ASCIIDigit(r rune) bool { return r >= '0' && r <= '9' }

// Latin reports a folded Latin letter.
func Latin(r rune) bool { return r >= 'a' && r <= 'z' }

// Han reports a Chinese character.
func Han(r rune) bool { return r > 0x2e7f && unicode.Is(unicode.Han, r) }

// Group is digits that stand together.
type Group struct {
	From, To int // runes
	ASCII    bool
	Digits   string
}

// Run is groups of digits with at most two signs between them that people put into long numbers.
type Run []Group

// maxGroups bounds what is looked at as one number: hostile texts hold thousands.
const maxGroups = 64

// Runs finds all runs of digits, in order.
func (t *Text) Runs() []Run {
	var out []Run
	var run Run
	for i := 0; i < len(t.R); {
		if Digit(t.R[i]) < 0 {
			i++
			continue
		}
		g := Group{From: i, ASCII: ASCIIDigit(t.R[i])}
		var d []byte
		for i < len(t.R) && Digit(t.R[i]) >= 0 && ASCIIDigit(t.R[i]) == g.ASCII {
			d = append(d, byte('0'+Digit(t.R[i])))
			i++
		}
		g.To, g.Digits = i, string(d)
		if len(run) > 0 && (len(run) >= maxGroups || !t.joined(run[len(run)-1].To, g.From)) {
			out, run = append(out, run), nil
		}
		run = append(run, g)
	}
	if run != nil {
		out = append(out, run)
	}
	return out
}

// joined reports whether what stands between two groups keeps them one number.
func (t *Text) joined(from, to int) bool {
	if to-from > 2 {
		return false
	}
	for _, r := range t.R[from:to] {
		switch r {
		case ' ', '-', '.', '·', '_', '(', ')':
		default:
			return false
		}
	}
	return true
}
