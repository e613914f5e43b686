package entity

import (
	"math"
	"strconv"

	"agentdesk/sync/mask/scan"
)

// numeral is a number as people write it. A vague one (三四百, 大几百) has different ends.
type numeral struct {
	lo, hi float64
	han    bool // Chinese digits
	scaled bool // 百, 千, 万, k or w in it
	vague  bool // 几, 多, 来, 把
	digits int  // of an ASCII number, before the point
	point  bool
}

// number reads the number at a place and says where it ends; at itself for none.
func (s *search) number(at int) (numeral, int) {
	if scan.ASCIIDigit(s.Rune(at)) {
		return s.arabic(at)
	}
	return s.chinese(at)
}

// arabic reads 1,280.5, 1万2, 3千多, 2k, 1.2w.
func (s *search) arabic(at int) (numeral, int) {
	n := numeral{}
	i := at
	var b []byte
	for i < len(s.R) && len(b) < 24 {
		r := s.R[i]
		switch {
		case scan.ASCIIDigit(r):
			b = append(b, byte(r))
			if !n.point {
				n.digits++
			}
		case r == ',' && !n.point && scan.ASCIIDigit(s.Rune(i+1)) && scan.ASCIIDigit(s.Rune(i+2)) && scan.ASCIIDigit(s.Rune(i+3)) && !scan.ASCIIDigit(s.Rune(i+4)):
		case r == '.' && !n.point && scan.ASCIIDigit(s.Rune(i+1)):
			n.point = true
			b = append(b, '.')
		default:
			goto done
		}
		i++
	}
done:
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil || v > 1e12 {
		return n, at
	}
	if m := scale(s.Rune(i)); m > 1 && !(s.Rune(i) < 128 && (scan.Latin(s.Rune(i+1)) || n.digits > 3)) {
		n.scaled = true
		v *= m
		i++
		if d := scan.Digit(s.Rune(i)); d > 0 && m >= 100 && !s.counted(i+1) && scan.Digit(s.Rune(i+1)) < 0 {
			v += float64(d) * m / 10 // 1万2
			i++
		}
	}
	n.lo, n.hi = v, v
	for s.Rune(i) == '多' || s.Rune(i) == '来' && (s.Rune(i+1) == '块' || s.Rune(i+1) == '元') {
		n.vague = true
		i++
	}
	return n, i
}

// counted reports whether a measure word stands at a place: 一百三瓶 is no 130.
func (s *search) counted(at int) bool { return s.any(at, measures()) > 0 && !s.Has(at, "包邮") }

func scale(r rune) float64 {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟', 'k':
		return 1000
	case '万', 'w':
		return 10_000
	}
	return 1
}

// chinese reads 三百五, 一千二, 两百, 三四百, 大几百, 百八十, 千把, 上千, 小一千.
func (s *search) chinese(at int) (numeral, int) {
	n := numeral{han: true}
	i := at
	switch {
	case s.Has(i, "大几"):
		i += 2
		if m := scale(s.Rune(i)); m > 1 {
			n.lo, n.hi, n.scaled, n.vague = 5*m, 9*m, true, true
			return n, i + 1
		}
		return n, at
	case s.Has(i, "好几"), s.Has(i, "几"):
		if s.Rune(i) == '好' {
			i++
		}
		if m := scale(s.Rune(i + 1)); m > 1 && !scan.Latin(s.Rune(i+1)) {
			n.lo, n.hi, n.scaled, n.vague = 2*m, 9*m, true, true
			return n, i + 2
		}
		return n, at
	case s.Has(i, "十几"):
		if m := scale(s.Rune(i + 2)); m > 1 && !scan.Latin(s.Rune(i+2)) {
			n.lo, n.hi, n.scaled, n.vague = 11*m, 19*m, true, true
			return n, i + 3
		}
		n.lo, n.hi, n.vague = 11, 19, true
		return n, i + 2
	case s.Has(i, "百八十"):
		n.lo, n.hi, n.scaled, n.vague = 80, 100, true, true
		return n, i + 3
	case s.Has(i, "上"), s.Has(i, "近"), s.Has(i, "小"):
		if m := scale(s.Rune(i + 1)); s.Rune(i) == '上' && m >= 100 && !scan.Latin(s.Rune(i+1)) {
			n.lo, n.hi, n.scaled, n.vague = m, m, true, true
			return n, i + 2
		}
		if s.Rune(i) == '小' && s.Rune(i+1) == '一' && scale(s.Rune(i+2)) >= 100 {
			n.lo, n.hi, n.scaled, n.vague = scale(s.Rune(i+2)), scale(s.Rune(i+2)), true, true
			return n, i + 3
		}
		return n, at
	}
	if m := scale(s.Rune(i)); m >= 100 && !scan.Latin(s.Rune(i)) && (s.Rune(i+1) == '把' || s.Rune(i+1) == '来') {
		n.lo, n.hi, n.scaled, n.vague = m, m, true, true
		return n, i + 2
	}
	return s.counting(at)
}

// counting reads Chinese digits with their scales.
func (s *search) counting(at int) (numeral, int) {
	n := numeral{han: true}
	i := at
	total, section, digit, second, last := 0.0, 0.0, -1.0, -1.0, 1.0
	for i < len(s.R) && i-at < 12 {
		r := s.R[i]
		d := scan.Digit(r)
		switch {
		case r == '两':
			d = 2
		case r == '半' && i == at:
			n.lo, n.hi = 0.5, 0.5
			return n, i + 1
		case scan.ASCIIDigit(r):
			d = -1
		}
		if m := scale(r); m > 1 && !scan.Latin(r) {
			if digit < 0 {
				if m != 10 || section != 0 && last <= 10 {
					break
				}
				digit = 1
			}
			if second >= 0 { // 三四百
				n.lo, n.hi, n.scaled = digit*m, second*m, true
				return n, i + 1
			}
			n.scaled = n.scaled || m >= 100
			if m == 10_000 {
				total, section = (total+section+max(digit, 0))*m, 0
			} else {
				section += digit * m
			}
			last, digit = m, -1
			i++
			if m == 10_000 && section == 0 && s.Rune(i) == '一' && s.Rune(i+1) == '万' {
				break
			}
			continue
		}
		if d < 0 {
			break
		}
		if d == 0 {
			digit, last = -1, 10
			i++
			continue
		}
		if digit >= 0 {
			if second >= 0 || float64(d) != digit+1 {
				break
			}
			second = float64(d)
			i++
			continue
		}
		digit = float64(d)
		i++
	}
	if i == at {
		return n, at
	}
	if digit >= 0 {
		switch {
		case second >= 0 && total+section == 0:
			n.lo, n.hi = digit, second
			return n, i
		case last >= 100 && !s.counted(i):
			section += digit * last / 10 // 三百五
		default:
			section += digit
		}
	}
	n.lo = total + section
	n.hi = n.lo
	if n.lo == 0 {
		return n, at
	}
	for s.Rune(i) == '多' || s.Rune(i) == '来' && (s.Rune(i+1) == '块' || s.Rune(i+1) == '元' || s.Rune(i+1) == '天') {
		n.vague = true
		i++
	}
	return n, i
}

// fen writes an amount of yuan.
func fen(yuan float64) string { return strconv.FormatInt(int64(math.Round(yuan*100)), 10) }
