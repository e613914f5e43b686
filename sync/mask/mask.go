// Package mask hides what tells who a person is: phone, ID and card numbers, e-mail, accounts, street addresses and names. It is
// used before a text leaves for a language model and wherever somebody who may not see such data reads a text.
package mask

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Masker masks texts and finds what it would mask. The zero value is not usable: see New. It is safe for concurrent use.
type Masker struct {
	leads  map[rune][]leadWord
	where  *places
	who    *people
	hidden *regexp.Regexp
}

// New makes the word lists.
func New() *Masker {
	return &Masker{leads: leadWords(), where: newPlaces(), who: newPeople(), hidden: regexp.MustCompile(`^\d{3}\*{4}\d{4}$`)}
}

// maxPasses bounds how often a text is looked at again after something was masked in it: what stood beside a number that is
// gone may read otherwise then.
const maxPasses = 8

// Text masks one text. It is idempotent: what is masked stays as it is. Of mobile numbers the first three and the last four
// digits stay: people still recognise their own.
func (m *Masker) Text(s string) string {
	for range maxPasses {
		spans := m.Find(s)
		if len(spans) == 0 {
			break
		}
		var b strings.Builder
		at := 0
		for _, sp := range spans {
			b.WriteString(s[at:sp.From])
			b.WriteString(sp.Masked())
			at = sp.To
		}
		b.WriteString(s[at:])
		s = b.String()
	}
	return s
}

// Masked is what stands in the place of what was found.
func (s Span) Masked() string {
	switch s.Kind {
	case Phone:
		if s.mobile && len(s.Value) == 11 {
			return s.Value[:3] + "****" + s.Value[7:]
		}
		return "[电话]"
	case ID:
		return "[证件号]"
	case Card:
		return "[卡号]"
	case Email:
		return "[邮箱]"
	case Address:
		return "[地址]"
	case Name:
		return "[姓名]"
	}
	return "[电话]" // an account finds a person as a number does
}

// Names masks given names (the customer's, the receiver's) wherever they stand, besides everything that Text masks.
func (m *Masker) Names(s string, names ...string) string {
	for _, n := range names {
		if utf8.RuneCountInString(n) >= 2 && !strings.Contains("[姓名][地址][电话][邮箱][证件号][卡号]", n) {
			s = strings.ReplaceAll(s, n, "[姓名]")
		}
	}
	return m.Text(s)
}
