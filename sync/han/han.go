// Package han sets Chinese text as the house writes it: a space between Chinese and digits or Latin, none inside Chinese.
package han

import (
	"strings"
	"unicode"
)

// Space puts one space between a Chinese character and a digit, Latin letter or ¥ beside it, and drops spaces between two
// Chinese characters or beside Chinese punctuation. It is idempotent.
func Space(s string) string {
	rs := []rune(s)
	var b strings.Builder
	prev := rune(0) // last written
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		if r == ' ' {
			j := i
			for j < len(rs) && rs[j] == ' ' {
				j++
			}
			if j == len(rs) || prev == 0 || prev == '\n' || wide(prev) && wide(rs[j]) || stop(prev) || stop(rs[j]) {
				i = j - 1
				continue
			}
			b.WriteByte(' ')
			prev = ' '
			i = j - 1
			continue
		}
		if wide(prev) && narrow(r) || narrow(prev) && wide(r) {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		prev = r
	}
	return b.String()
}

func wide(r rune) bool { return unicode.Is(unicode.Han, r) }

func narrow(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '¥'
}

func stop(r rune) bool { return strings.ContainsRune("，。；：？、（）“”《》【】", r) }
