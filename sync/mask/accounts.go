package mask

import (
	"strings"

	"agentdesk/sync/mask/scan"
)

// papers finds passports and permits: one or two letters and digits behind their word.
func (f *finder) papers() {
	for _, w := range []string{"护照", "通行证", "台胞证", "回乡证", "passport"} {
		for at := range f.places(w) {
			i := f.skip(at, "号 码 号码 no. no 编号")
			from := i
			for i < len(f.R) && i-from < 3 && scan.Latin(f.R[i]) {
				i++
			}
			digits := i
			for i < len(f.R) && scan.ASCIIDigit(f.R[i]) {
				i++
			}
			if n := i - digits; n >= 6 && n <= 10 && !scan.Latin(f.Rune(i)) {
				f.add(ID, from, i, strings.ToUpper(string(f.R[from:i])), false)
			}
		}
	}
}

// places yields where each occurrence of a folded word ends.
func (f *finder) places(word string) func(yield func(int) bool) {
	rs := []rune(word)
	return func(yield func(int) bool) {
		for i := 0; i+len(rs) <= len(f.R); i++ {
			if f.R[i] == rs[0] && f.Has(i, word) && !yield(i+len(rs)) {
				return
			}
		}
	}
}

// skip steps over spaces, colons and little words between a lead and what it leads to.
func (f *finder) skip(at int, words string) int {
	from := at
	for at-from < 10 {
		next := at
		switch f.Rune(at) {
		case ' ', ':', '“', '"', '(', '是', '为':
			next++
		}
		for w := range strings.FieldsSeq(words) {
			if f.Has(next, w) {
				next += len([]rune(w))
				break
			}
		}
		if next == at {
			break
		}
		at = next
	}
	return at
}

// accounts finds the names and numbers by which people are found in other apps.
func (f *finder) accounts() {
	for _, a := range []struct {
		words  string
		digits bool // numbers too, not names alone
	}{
		{"微信 薇信 威信 v信 wechat wx vx 加v 我v ＋v +v", false},
		{"qq 扣扣 企鹅 小红书号 抖音号 快手号 支付宝 旺旺号", true},
	} {
		for w := range strings.FieldsSeq(a.words) {
			for at := range f.places(w) {
				if scan.Latin(rune(w[0])) && scan.Latin(f.Rune(at-len([]rune(w))-1)) {
					continue
				}
				f.account(at, a.digits)
			}
		}
	}
}

func (f *finder) account(at int, numbers bool) {
	from := f.skip(at, "号码 号 id 账号 帐号 就是 是 我的 叫")
	for strings.HasSuffix(string(f.R[at:from]), "id") && f.Rune(from) == '_' { // wxid_…: the word is a part of it
		from -= 2
	}
	to, telling := from, false
	for to < len(f.R) && to-from < 24 {
		r := f.R[to]
		if !scan.Latin(r) && !scan.ASCIIDigit(r) && r != '_' && r != '-' && r != '.' {
			break
		}
		telling = telling || !scan.Latin(r)
		to++
	}
	for to > from && (f.R[to-1] == '.' || f.R[to-1] == '-') {
		to--
	}
	n := to - from
	switch {
	case n < 5 || n > 20:
	case scan.ASCIIDigit(f.R[from]):
		for _, r := range f.R[from:to] {
			if !scan.ASCIIDigit(r) {
				return
			}
		}
		if numbers && n <= 12 {
			f.add(Account, from, to, string(f.R[from:to]), false)
		}
	case n >= 6 && scan.Latin(f.R[from]) && (telling || from > at && (f.R[from-1] == ':' || f.R[from-1] == '号')):
		f.add(Account, from, to, string(f.R[from:to]), false)
	}
}
