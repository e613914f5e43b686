// Package cjk cuts Chinese and mixed text into the tokens that full-text search stores and asks for, the same way on the
// server and on the desk, without a tokenizer in C.
//
// A run of Chinese, Japanese or Korean characters becomes its overlapping pairs and its last character alone; letters and
// digits of other scripts become whole words in lower case. “VC精华液” is stored as
//
//	vc 精华 华液 液
//
// A question of two or more characters then is a phrase of pairs, and one of a single character is a prefix: each
// character begins a pair or stands alone at the end of its run, so it is always found.
//
// Declare the FTS5 table with the tokenizer named by Tokenizer: it splits at spaces and leaves everything else alone.
package cjk

import (
	"strings"
	"unicode"
)

// Tokenizer is the FTS5 tokenizer that the tokens are made for. SQLite's default one knows only the characters of Unicode
// 6.1 and would cut rarer ones apart.
const Tokenizer = "ascii"

const (
	maxWord  = 64 // runes; a longer word is stored in pieces of so many
	maxTerms = 64 // of one question; what comes after is not looked for
)

// Index returns the tokens of text, separated by single spaces, as they are to be stored; "" when there is nothing to find.
func Index(text string) string {
	var b strings.Builder
	b.Grow(len(text) * 2)
	each(text, func(run []rune, han bool) bool {
		if !han {
			pieces(run, func(w string) { put(&b, w) })
			return true
		}
		for i := range run {
			put(&b, string(run[i:min(i+2, len(run))]))
		}
		return true
	})
	return b.String()
}

// Query returns an FTS5 MATCH expression that finds the texts which hold every run and every word of q, runs unbroken. It
// is safe for any q: nothing of q reaches the expression but quoted letters and digits. It returns "" when q has nothing
// to look for; MATCH would refuse that, so don't ask then.
func Query(q string) string {
	var b strings.Builder
	terms := 0
	each(q, func(run []rune, han bool) bool {
		var words []string
		prefix := false
		switch {
		case !han:
			pieces(run, func(w string) { words = append(words, w) })
		case len(run) == 1:
			words, prefix = []string{string(run)}, true
		default:
			for i := 0; i+1 < len(run); i++ {
				words = append(words, string(run[i:i+2]))
			}
		}
		if terms+len(words) > maxTerms {
			words = words[:maxTerms-terms]
		}
		if len(words) == 0 {
			return false
		}
		terms += len(words)
		put(&b, `"`+strings.Join(words, " ")+`"`)
		if prefix {
			b.WriteByte('*')
		}
		return terms < maxTerms
	})
	return b.String()
}

// Any returns an FTS5 MATCH expression that finds the texts which hold at least one of terms, and "" for no terms. Take
// the terms from Terms; a text that isn't made of letters and digits is left out.
func Any(terms []string) string {
	var b strings.Builder
	for _, t := range terms {
		if t == "" || strings.IndexFunc(t, func(r rune) bool { return !word(r) }) >= 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(" OR ")
		}
		b.WriteString(`"` + t + `"`)
		if r := []rune(t); len(r) == 1 && Han(r[0]) {
			b.WriteByte('*')
		}
	}
	return b.String()
}

// Terms returns what a sentence can be looked for by, each once, in the order of the text: pairs, lone characters, words.
func Terms(text string) []string {
	var out []string
	seen := map[string]bool{}
	add := func(w string) {
		if !seen[w] && len(out) < maxTerms {
			seen[w] = true
			out = append(out, w)
		}
	}
	each(text, func(run []rune, han bool) bool {
		switch {
		case !han:
			pieces(run, add)
		case len(run) == 1:
			add(string(run))
		default:
			for i := 0; i+1 < len(run); i++ {
				add(string(run[i : i+2]))
			}
		}
		return len(out) < maxTerms
	})
	return out
}

// Fold gives a rune the form in which it is stored and asked for: full-width letters and digits narrow, lower case.
func Fold(r rune) rune {
	if r >= 0xff01 && r <= 0xff5e {
		r -= 0xfee0
	}
	return unicode.ToLower(r)
}

// Han reports whether r belongs to a script that is written without spaces: Chinese, kana, hangul.
func Han(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && (unicode.IsLetter(r) || r == '〇')
}

func word(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) || Han(r)
}

// each calls f with every run of characters of one sort, folded, until f returns false. Bytes that are no UTF-8 separate.
func each(text string, f func(run []rune, han bool) bool) {
	var run []rune
	han, on := false, true
	flush := func() {
		if len(run) > 0 && on {
			on = f(run, han)
		}
		run = run[:0]
	}
	for _, r := range text {
		r = Fold(r)
		if !word(r) {
			flush()
		} else {
			if h := Han(r); h != han {
				flush()
				han = h
			}
			run = append(run, r)
		}
		if !on {
			return
		}
	}
	flush()
}

func pieces(run []rune, f func(string)) {
	for len(run) > maxWord {
		f(string(run[:maxWord]))
		run = run[maxWord:]
	}
	f(string(run))
}

func put(b *strings.Builder, w string) {
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	b.WriteString(w)
}
