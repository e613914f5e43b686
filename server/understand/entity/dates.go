package entity

import (
	"fmt"
	"strings"
	"time"

	"agentdesk/sync/mask/scan"
)

// moment is a day, or a longer time, as a text names it, before the clock and words like 之前 are read.
type moment struct {
	from, to time.Time // to is the last day; equal for one day
	as       string    // the layout of from where it is no day: 2006-01, 2006
}

func day(t time.Time) moment { return moment{from: t, to: t} }

// dates finds days and, standing alone, times of day.
func (s *search) dates() {
	for i := 0; i < len(s.R); i++ {
		if s.taken[i] {
			continue
		}
		if to := s.dated(i); to > i {
			i = to - 1
			continue
		}
		if h, m, to := s.clock(i, part{}); to > i && s.add(Clock, i, to, fmt.Sprintf("%02d:%02d", h%24, m)) {
			i = to - 1
		}
	}
}

// dated takes the day at a place, with the time and the limit behind it, and says where it ends.
func (s *search) dated(at int) int {
	m, to := s.moment(at)
	if to <= at || !s.free(at, to) {
		return 0
	}
	p := s.partBefore(to)
	end := to
	if d, n := s.part(s.skipSpace(to)); n > s.skipSpace(to) {
		p, end = d, n
	}
	norm := ""
	whole := m.as == "" && m.from.Equal(m.to)
	if whole {
		gap := s.skipSpace(end)
		if h, min, n := s.clock(gap, p); n > gap && s.free(at, n) {
			end, norm = n, m.from.AddDate(0, 0, h/24).Format("2006-01-02")+fmt.Sprintf("T%02d:%02d", h%24, min)
		}
	}
	first, last := m.from, m.to
	switch {
	case norm != "":
	case m.as != "":
		norm = first.Format(m.as)
	case whole:
		norm = first.Format("2006-01-02")
	default:
		norm = first.Format("2006-01-02") + "/" + last.Format("2006-01-02")
	}
	if n := s.any(end, []string{"之前", "以前", "前", "之内"}); n > 0 && !s.Has(end, "前天") && !s.Has(end, "前台") {
		if !whole && m.as == "" {
			norm = first.Format("2006-01-02")
		}
		norm, end = "../"+norm, end+n
	} else if n := s.any(end, []string{"之后", "以后", "过后", "后", "起"}); n > 0 && !s.Has(end, "后天") && !s.Has(end, "起来") {
		if !whole && m.as == "" {
			norm = last.Format("2006-01-02")
		}
		norm, end = norm+"/..", end+n
	}
	if s.now.IsZero() && s.relative(at) {
		norm = ""
	}
	if !s.add(Date, at, end, norm) {
		return 0
	}
	return end
}

// relative reports days that mean nothing without a now: all but those with a year of four digits.
func (s *search) relative(at int) bool {
	n, _ := s.number(at)
	return n.han || n.digits < 4
}

func (s *search) skipSpace(at int) int {
	if s.Rune(at) == ' ' || s.Rune(at) == '的' && (scan.Digit(s.Rune(at+1)) >= 0) {
		return at + 1
	}
	return at
}

// today is the day of now.
func (s *search) today() time.Time {
	y, m, d := s.now.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// nearest gives a date without a year the one that brings it closest to now.
func (s *search) nearest(month, d int) (time.Time, bool) {
	today := s.today()
	var best time.Time
	for y := today.Year() - 1; y <= today.Year()+1; y++ {
		t := time.Date(y, time.Month(month), d, 0, 0, 0, 0, time.UTC)
		if int(t.Month()) != month || t.Day() != d {
			continue
		}
		if best.IsZero() || t.Sub(today).Abs() < best.Sub(today).Abs() {
			best = t
		}
	}
	return best, !best.IsZero()
}

// moment reads the day at a place.
func (s *search) moment(at int) (moment, int) {
	if scan.ASCIIDigit(s.Rune(at)) {
		if at > 0 && (edge(s.R[at-1]) || strings.ContainsRune("-/.:", s.R[at-1]) && at > 1 && scan.ASCIIDigit(s.R[at-2])) {
			return moment{}, at
		}
		if m, to := s.numbered(at); to > at {
			return m, to
		}
	}
	if m, to := s.festival(at); to > at {
		return m, to
	}
	if m, to := s.spoken(at); to > at {
		return m, to
	}
	return s.countedDay(at)
}

// integer reads a plain number of ASCII digits.
func (s *search) integer(at int) (value, digits, to int) {
	for to = at; to < len(s.R) && scan.ASCIIDigit(s.R[to]) && to-at < 9; to++ {
		value = value*10 + int(s.R[to]-'0')
	}
	return value, to - at, to
}

// numbered reads 2026-11-20, 2026年11月, 20260312, 12月1号, 11/20, 12.1.
func (s *search) numbered(at int) (moment, int) {
	v, n, to := s.integer(at)
	sep := s.Rune(to)
	switch {
	case n == 8 && v >= 1990_01_01 && v < 2100_00_00 && !edge(sep):
		return ymd(v/10000, v/100%100, v%100, to)
	case n == 4 && v >= 1950 && v < 2100 && (sep == '-' || sep == '/' || sep == '.' || sep == '年'):
		m, mn, mt := s.integer(to + 1)
		if mn == 0 || mn > 2 {
			if sep == '年' {
				return moment{from: time.Date(v, 1, 1, 0, 0, 0, 0, time.UTC), as: "2006"}, to + 1
			}
			return moment{}, at
		}
		next := s.Rune(mt)
		if d, dn, dt := s.integer(mt + 1); (next == sep || next == '月') && dn > 0 && dn <= 2 {
			if s.Rune(dt) == '日' || s.Rune(dt) == '号' {
				dt++
			}
			return ymd(v, m, d, dt)
		}
		if sep == '年' && next == '月' && m >= 1 && m <= 12 {
			return moment{from: time.Date(v, time.Month(m), 1, 0, 0, 0, 0, time.UTC), as: "2006-01"}, mt + 1
		}
	case n <= 2 && v >= 1 && (sep == '/' || sep == '.' || sep == '-'):
		d, dn, dt := s.integer(to + 1)
		if dn == 0 || dn > 2 || v > 12 || strings.ContainsRune("-/.:%", s.Rune(dt)) && scan.ASCIIDigit(s.Rune(dt+1)) || edge(s.Rune(dt)) {
			break
		}
		told := s.any(dt, []string{"之前", "以前", "前", "之后", "以后", "后", "号", "日", "那天", "买的", "发的", "下单", "签收", "就到", "当天", "到货", "拍的"}) > 0
		switch {
		case sep == '.' && !told && !(v == d && (v == 11 || v == 12 || v == 6)):
		case sep == '-' && !told && n+dn < 4:
		case s.counted(dt) || s.any(dt, []string{"天", "周", "个", "小时", "月", "年", "岁", "倍", "折"}) > 0:
		case sep == '/' && !told && n+dn < 3:
		default:
			if t, ok := s.nearest(v, d); ok {
				if s.Rune(dt) == '号' || s.Rune(dt) == '日' {
					dt++
				}
				return day(t), dt
			}
		}
	}
	return moment{}, at
}

func ymd(y, m, d, to int) (moment, int) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if int(t.Month()) != m || t.Day() != d {
		return moment{}, 0
	}
	return day(t), to
}

// small reads a number of either script up to 60.
func (s *search) small(at int) (int, int) {
	if scan.ASCIIDigit(s.Rune(at)) {
		v, n, to := s.integer(at)
		if n > 2 {
			return 0, at
		}
		return v, to
	}
	n, to := s.counting(at)
	if to == at || n.lo != n.hi || n.vague || n.lo > 60 || n.lo < 1 {
		return 0, at
	}
	return int(n.lo), to
}

// monthPart reads what part of a month is meant, or which day of it.
func (s *search) monthPart(first time.Time, at int) (moment, int) {
	switch s.Rune(at) {
	case '底', '末':
		return day(first.AddDate(0, 1, -1)), at + 1
	case '初':
		return day(first), at + 1
	case '中':
		if s.Rune(at+1) == '旬' {
			at++
		}
		return day(first.AddDate(0, 0, 14)), at + 1
	}
	if d, to := s.small(at); to > at && d >= 1 && (s.Rune(to) == '号' || s.Rune(to) == '日') {
		if t := first.AddDate(0, 0, d-1); t.Month() == first.Month() {
			return day(t), to + 1
		}
	}
	return moment{from: first, as: "2006-01"}, at
}

// countedDay reads 20号, 12月1号, 三天前, 两个星期后.
func (s *search) countedDay(at int) (moment, int) {
	v, to := s.small(at)
	if to == at {
		if s.Has(at, "半个月前") || s.Has(at, "半个月后") || s.Has(at, "半月前") {
			k := 4
			if s.Rune(at+1) == '月' {
				k = 3
			}
			d := -15
			if s.Rune(at+k-1) == '后' {
				d = 15
			}
			return day(s.today().AddDate(0, 0, d)), at + k
		}
		return moment{}, at
	}
	if at > 0 && (scan.Digit(s.R[at-1]) >= 0 || s.R[at-1] == '第' || s.R[at-1] == '-' || s.R[at-1] == '.') {
		return moment{}, at
	}
	switch s.Rune(to) {
	case '月':
		if v < 1 || v > 12 {
			return moment{}, at
		}
		if d, dt := s.small(to + 1); dt > to+1 {
			t, ok := s.nearest(v, d)
			if !ok {
				return moment{}, at
			}
			if s.Rune(dt) == '号' || s.Rune(dt) == '日' {
				dt++
			}
			return day(t), dt
		}
		if s.Rune(to+1) == '份' {
			to++
		}
		first, _ := s.nearest(v, 1)
		if m, mt := s.monthPart(first, to+1); mt > to+1 {
			return m, mt
		}
		return moment{from: first, as: "2006-01"}, to + 1
	case '号', '日':
		if v < 1 || v > 31 || edge(s.Rune(at-1)) || s.ended(at, []string{"大", "小", "第"}) || s.any(to+1, []string{"色", "链", "楼", "线", "店", "院", "栋", "仓", "机", "电池", "会员", "门", "款", "位", "盘", "订单", "桌", "柜", "客服", "码", "商品", "口红", "粉", "针", "字", "直播", "主播", "选手", "室", "库", "车", "间", "桌"}) > 0 {
			return moment{}, at
		}
		return s.dayOfMonth(v), to + 1
	}
	return s.away(at)
}

// dayOfMonth gives a day without a month the one closest to now.
func (s *search) dayOfMonth(d int) moment {
	today := s.today()
	var best time.Time
	for k := -1; k <= 1; k++ {
		first := time.Date(today.Year(), today.Month()+time.Month(k), 1, 0, 0, 0, 0, time.UTC)
		t := first.AddDate(0, 0, d-1)
		if t.Month() == first.Month() && (best.IsZero() || t.Sub(today).Abs() < best.Sub(today).Abs()) {
			best = t
		}
	}
	return day(best)
}

// away reads how long ago or ahead: 三天前, 两个星期后.
func (s *search) away(at int) (moment, int) {
	n, to := s.number(at)
	if to == at || n.lo != n.hi || n.lo < 1 || n.lo > 400 {
		return moment{}, at
	}
	v := int(n.lo)
	unit := 0
	for _, u := range []struct {
		word string
		days int // 0: months
	}{{"个星期", 7}, {"个礼拜", 7}, {"星期", 7}, {"礼拜", 7}, {"个月", 0}, {"天", 1}, {"周", 7}} {
		if s.Has(to, u.word) {
			unit, to = u.days, to+runes(u.word)
			goto found
		}
	}
	return moment{}, at
found:
	sign := 0
	for _, w := range []struct {
		word string
		sign int
	}{{"之前", -1}, {"以前", -1}, {"前", -1}, {"之后", 1}, {"以后", 1}, {"后", 1}} {
		if s.Has(to, w.word) && !s.Has(to, "后天") && !s.Has(to, "前天") {
			sign, to = w.sign, to+runes(w.word)
			break
		}
	}
	switch {
	case sign == 0:
		return moment{}, at
	case unit == 0:
		return day(s.today().AddDate(0, sign*v, 0)), to
	}
	return day(s.today().AddDate(0, 0, sign*v*unit)), to
}
