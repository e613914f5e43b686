// Package mask hides what tells who a person is: phone, ID and card numbers, e-mail, street addresses and names. It is used
// before a text leaves for a language model and wherever somebody who may not see such data reads a text.
package mask

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Masker masks texts. The zero value is not usable: see New. It is safe for concurrent use.
type Masker struct {
	email, idcard, card, phone, landline, address, named, hidden *regexp.Regexp
}

// New compiles the patterns.
func New() *Masker {
	return &Masker{
		email:  regexp.MustCompile(`[A-Za-z0-9._%+\-]+@[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+`),
		idcard: regexp.MustCompile(`\d{6}[ -]?(?:18|19|20)\d{2}[ -]?\d{4}[ -]?\d{3}[\dXx]`),
		card:   regexp.MustCompile(`\d(?:[ -]?\d){14,18}`),
		// (?:\+?86) stays outside of the group that is kept.
		phone:    regexp.MustCompile(`(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d){8}`),
		hidden:   regexp.MustCompile(`^\d{3}\*{4}\d{4}$`),
		landline: regexp.MustCompile(`0\d{2,3}[ -]\d{7,8}`),
		// From a district or road down to a house: what stands after the city is what finds a person.
		address: regexp.MustCompile(`(?:[\p{Han}]{1,8}?(?:省|自治区|特别行政区))?(?:[\p{Han}]{1,6}?(?:市|自治州|盟))?(?:[\p{Han}]{1,6}?(?:区|县|旗))?(?:[\p{Han}]{1,8}?(?:街道|镇|乡))?[\p{Han}A-Za-z0-9]{1,12}?(?:路|街|大道|巷|弄|胡同|小区|花园|公寓|大厦|村|苑|社区|广场)[\p{Han}A-Za-z0-9\-－#号]{0,16}?[0-9０-９一二三四五六七八九十百]+(?:号院|号楼|号|弄|栋|幢|座|单元|层|楼|室|户)(?:[\-－A-Za-z0-9一二三四五六七八九十百]*(?:号|弄|栋|幢|座|单元|层|楼|室|户))*(?:[\p{Han}]{0,10}?[0-9]+(?:号楼|栋|幢|座|单元|层|楼|室|户))*[0-9]*`),
		named:   regexp.MustCompile(`((?:收件人|收货人|联系人|姓名|户名|我叫|本人|我的名字是|名字叫|名字是)(?:是|叫|改成|改为|为|[:：])?\s?)([\p{Han}]{2,4}?)([,，。;；!！?？\s、的]|电话|手机|地址|收|$)`),
	}
}

// Text masks one text. It is idempotent: what is masked stays as it is.
//
// The patterns are dear (a megabyte a second), so each is only tried where it could fit: numbers where there are enough
// digits, addresses in a run of letters that has a road and a house in it.
func (m *Masker) Text(s string) string {
	if s == "" {
		return s
	}
	if strings.IndexByte(s, '@') >= 0 {
		s = m.email.ReplaceAllStringFunc(s, func(e string) string { return "[邮箱]" })
	}
	if digits(s) >= 10 {
		s = m.idcard.ReplaceAllString(s, "[证件号]")
		s = m.card.ReplaceAllStringFunc(s, m.long)
		s = m.phone.ReplaceAllStringFunc(s, m.mobile)
		s = m.landline.ReplaceAllString(s, "[电话]")
	}
	s = m.addresses(s)
	if strings.ContainsAny(s, "人姓户叫名") {
		s = m.named.ReplaceAllString(s, "$1[姓名]$3")
	}
	return s
}

func digits(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}

// addresses masks addresses. They hold nothing but Han, letters, digits and dashes: each run of those stands alone.
func (m *Masker) addresses(s string) string {
	if !strings.ContainsAny(s, road) || !strings.ContainsAny(s, house) {
		return s
	}
	var out strings.Builder
	from := -1
	flush := func(to int) {
		run := s[from:to]
		if strings.ContainsAny(run, road) && strings.ContainsAny(run, house) {
			run = m.address.ReplaceAllString(run, "[地址]")
		}
		out.WriteString(run)
		from = -1
	}
	for i, r := range s {
		if inAddress(r) {
			if from < 0 {
				from = i
			}
			continue
		}
		if from >= 0 {
			flush(i)
		}
		out.WriteString(s[i : i+runeLen(s[i:])])
	}
	if from >= 0 {
		flush(len(s))
	}
	return out.String()
}

// What every address has: the last letter of a road, village or building, and that of a house, floor or room.
const (
	road  = "路街道巷弄同区园寓厦村苑场"
	house = "院楼号弄栋幢座元层室户"
)

func inAddress(r rune) bool {
	switch {
	case r >= '0' && r <= '9', r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '０' && r <= '９', r == '-', r == '－', r == '#':
		return true
	}
	return r > 0x2e7f && unicode.Is(unicode.Han, r)
}

// runeLen is the length of the first rune as it stands, also of a broken one.
func runeLen(s string) int {
	_, n := utf8.DecodeRuneInString(s)
	return n
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

func (m *Masker) long(string) string { return "[卡号]" }

// mobile keeps the first three and last four digits: people still recognise their own number.
func (m *Masker) mobile(s string) string {
	var d []byte
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			d = append(d, s[i])
		}
	}
	if len(d) > 11 {
		d = d[len(d)-11:]
	}
	return string(d[:3]) + "****" + string(d[7:])
}
