package mask

import (
	"strings"

	"agentdesk/sync/mask/scan"
)

// numbers finds phone, ID and card numbers in the runs of digits.
func (f *finder) numbers() {
	for _, run := range f.Runs() {
		total := 0
		for _, g := range run {
			total += len(g.Digits)
		}
		if total < 8 {
			continue
		}
		for i := 0; i < len(run); {
			if n := f.number(run[i:], i == 0); n > 0 {
				i += n
				continue
			}
			i++
		}
	}
}

// number looks for a number that begins with the first group of a run, the longest first, and says how many groups it took.
// Opens says that no digits stand before.
func (f *finder) number(run scan.Run, opens bool) int {
	if g := run[0]; g.ASCII && len(g.Digits) == 12 && g.Digits[0] == '1' && g.Digits[1] >= '3' && strings.ContainsRune("个件瓶盒支份套", f.Rune(g.To)) && !f.code(g.From) {
		f.add(Phone, g.From, g.From+11, g.Digits[:11], true) // 138123456782个: a count was written behind it
		return 1
	}
	var digits strings.Builder
	ends := make([]string, 0, 12)
	for _, g := range run {
		if digits.Len()+len(g.Digits) > 20 {
			break
		}
		digits.WriteString(g.Digits)
		ends = append(ends, digits.String())
	}
	if len(ends) == 0 {
		return 0
	}
	if n := f.foreign(run, ends); n > 0 {
		return n
	}
	before := noLead
	known := false
	for n := len(ends); n > 0; n-- {
		d := ends[n-1]
		if len(d) < 10 {
			break
		}
		if !known {
			before, known = f.leadOf(run[0].From), true
		}
		from, to := run[0].From, run[n-1].To
		switch {
		case f.idcard(run[:n], d, before), f.card(run[:n], d, before):
			return n
		case f.mobile(run[:n], d), opens && f.landline(run[:n], d):
			if f.Rune(from-1) == '+' {
				from--
			}
			value := d
			if cc := countryCode(d); cc > 0 {
				value = d[cc:]
			}
			f.add(Phone, from, to, value, value[0] == '1')
			return n
		}
	}
	return 0
}

func countryCode(d string) int {
	switch {
	case len(d) == 13 && strings.HasPrefix(d, "86"):
		return 2
	case len(d) == 15 && strings.HasPrefix(d, "0086"):
		return 4
	}
	return 0
}

// mobile: 11 digits from 13… to 19…, spelled in threes and fours, twos, or one by one.
func (f *finder) mobile(run scan.Run, d string) bool {
	first := 0
	if cc := countryCode(d); cc > 0 {
		if len(run) > 1 && len(run[0].Digits) == cc {
			first = 1
		}
		d = d[cc:]
	}
	if len(d) != 11 || d[0] != '1' || d[1] < '3' || f.code(run[0].From) {
		return false
	}
	longest, dots := 0, false
	for i, g := range run[first:] {
		longest = max(longest, len(g.Digits))
		if i > 0 && f.R[g.From-1] == '.' {
			dots = true
		}
	}
	groups := run[first:]
	if dots && !(len(groups) == 3 && len(groups[0].Digits) == 3 && len(groups[1].Digits) == 4) {
		return false // a decimal, an address on a network
	}
	return len(groups) == 1 || len(groups[0].Digits) >= 3 || longest <= 2 || mixed(groups)
}

// mixed reports digits of both scripts without anything between: a way to get a number past filters.
func mixed(groups scan.Run) bool {
	for i := 1; i < len(groups); i++ {
		if groups[i].From != groups[i-1].To {
			return false
		}
	}
	return len(groups) > 1
}

// code reports whether the digits from a place on are the rest of a code: SF1428837465920, CY8800008842.
func (f *finder) code(at int) bool {
	if f.Rune(at-1) == '-' || f.Rune(at-1) == '_' {
		at--
	}
	from := at
	for from > 0 && at-from < 6 && scan.Latin(f.R[from-1]) {
		from--
	}
	if from == at {
		return false
	}
	switch string(f.R[from:at]) {
	case "sf", "yt", "jt", "jd", "jdv", "jdx", "jdvb", "zto", "sto", "yd", "ems", "dpk", "db", "cy", "so", "no", "dd", "gd", "ka":
		return true
	}
	return false
}

// landline: an area code and seven or eight digits.
func (f *finder) landline(run scan.Run, d string) bool {
	if d[0] != '0' || f.code(run[0].From) || len(run) > 4 {
		return false
	}
	area := 4
	if d[1] == '1' || d[1] == '2' {
		area = 3
	}
	if d[1] < '1' || d[1] == '1' && d[2] != '0' || d[1] == '6' {
		return false
	}
	if rest := len(d) - area; rest < 7 || rest > 8 {
		return false
	}
	return len(run) == 1 && (len(d) == area+8 || f.leadOf(run[0].From) == leadPhone) || len(run) > 1 && len(run[0].Digits) == area
}

// foreign: a plus, a country code and the rest.
func (f *finder) foreign(run scan.Run, ends []string) int {
	from := run[0].From
	if f.Rune(from-1) != '+' || run[0].Digits[0] == '0' || scan.Latin(f.Rune(from-2)) {
		return 0
	}
	for n := len(ends); n > 0; n-- {
		d := ends[n-1]
		if len(d) < 8 || len(d) > 15 || strings.HasPrefix(d, "86") && len(d) != 13 {
			continue
		}
		value := d
		if cc := countryCode(d); cc > 0 {
			from, value = run[0].From-1, d[cc:]
		}
		f.add(Phone, from-btoi(f.Rune(from-1) == '+'), run[n-1].To, value, countryCode(d) > 0)
		return n
	}
	return 0
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// idcard: 18 signs with a place, a day of birth and a check digit; with a slip in it when a word says what it is. The old form
// of 15 digits needs the word.
func (f *finder) idcard(run scan.Run, d string, before lead) bool {
	from, to := run[0].From, run[len(run)-1].To
	full := d
	if len(d) == 17 {
		x := to
		if f.Rune(x) == ' ' || f.Rune(x) == '-' {
			x++
		}
		if f.Rune(x) != 'x' || scan.Latin(f.Rune(x+1)) {
			return false
		}
		full, to = d+"X", x+1
	}
	switch {
	case len(full) == 15:
		if before != leadID || !born(full[:2], "19"+full[6:12]) {
			return false
		}
	case len(full) != 18 || f.code(from):
		return false
	case before == leadID:
	case !born(full[:2], full[6:14]):
		return false
	case !checked(full) && before != noLead && before != leadPhone && full[17] != 'X':
		return false
	}
	f.add(ID, from, to, full, false)
	return true
}

// born reports whether a province and a day are possible.
func born(province, day string) bool {
	p := int(province[0]-'0')*10 + int(province[1]-'0')
	if p < 11 || p > 83 || p > 65 && p < 71 {
		return false
	}
	m, d := int(day[4]-'0')*10+int(day[5]-'0'), int(day[6]-'0')*10+int(day[7]-'0')
	return (day[:2] == "19" || day[:2] == "20" || day[:2] == "18") && m >= 1 && m <= 12 && d >= 1 && d <= 31
}

// checked verifies the last sign (GB 11643, ISO 7064 MOD 11-2).
func checked(id string) bool {
	weight := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weight {
		sum += w * int(id[i]-'0')
	}
	return "10X98765432"[sum%11] == id[17]
}

// card: 15 to 19 digits that a bank issued, or that a word calls a card.
func (f *finder) card(run scan.Run, d string, before lead) bool {
	if len(d) < 15 || len(d) > 19 || f.code(run[0].From) || before == leadOther || len(run) > 8 {
		return false
	}
	from, to := run[0].From, run[len(run)-1].To
	named := before == leadCard || before == noLead && f.follows(to, 8, "招商", "农行", "工行", "建行", "中行", "银行", "是我卡", "这张卡", "的卡")
	switch {
	case named:
	case before == leadOrder, before == leadID:
		return false
	case luhn(d) && issuer(d):
	case strings.HasPrefix(d, "62") && (len(d) == 16 || len(d) == 19): // with a slip
	default:
		return false
	}
	f.add(Card, from, to, d, false)
	return true
}

func issuer(d string) bool {
	switch {
	case len(d) == 15:
		return strings.HasPrefix(d, "34") || strings.HasPrefix(d, "37")
	case d[0] == '4' && len(d) == 16, strings.HasPrefix(d, "62"), strings.HasPrefix(d, "35") && len(d) == 16, d[0] == '9':
		return true
	}
	return d[0] == '5' && d[1] >= '1' && d[1] <= '5' && len(d) == 16 || strings.HasPrefix(d, "60") || strings.HasPrefix(d, "65")
}

// luhn verifies the check digit (ISO 7812).
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		x := int(d[len(d)-1-i] - '0')
		if i%2 == 1 {
			if x *= 2; x > 9 {
				x -= 9
			}
		}
		sum += x
	}
	return sum%10 == 0
}
