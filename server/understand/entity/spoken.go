package entity

import (
	"time"

	"agentdesk/sync/mask/scan"
)

// calendar knows the days that have names.
type calendar struct {
	near     []nearDay
	fixed    []fixedDay
	moving   []movingDay
	pastWord []string
}

type nearDay struct {
	word string
	days int
}

type fixedDay struct {
	word       string
	month, day int
}

// movingDay follows the moon or a weekday: its days by year from 2025 on.
type movingDay struct {
	word string
	days []string
}

func newCalendar() calendar {
	return calendar{
		near: []nearDay{{"大前天", -3}, {"大后天", 3}, {"前天", -2}, {"前晚", -2}, {"昨天", -1}, {"昨日", -1}, {"昨晚", -1}, {"昨夜", -1}, {"昨儿", -1}, {"今天", 0}, {"今日", 0}, {"今晚", 0},
			{"今早", 0}, {"今夜", 0}, {"今儿", 0}, {"明天", 1}, {"明日", 1}, {"明早", 1}, {"明晚", 1}, {"明儿", 1}, {"后天", 2}, {"后日", 2}, {"前两天", -2}, {"tomorrow", 1}, {"yesterday", -1}, {"today", 0}, {"tonight", 0}},
		fixed: []fixedDay{{"双十一", 11, 11}, {"双11", 11, 11}, {"双十二", 12, 12}, {"双12", 12, 12}, {"618", 6, 18}, {"六一八", 6, 18}, {"元旦", 1, 1}, {"情人节", 2, 14}, {"三八节", 3, 8}, {"38节", 3, 8},
			{"妇女节", 3, 8}, {"女神节", 3, 8}, {"五一", 5, 1}, {"劳动节", 5, 1}, {"520", 5, 20}, {"六一", 6, 1}, {"儿童节", 6, 1}, {"教师节", 9, 10}, {"国庆", 10, 1}, {"十一国庆", 10, 1}, {"万圣节", 10, 31},
			{"平安夜", 12, 24}, {"圣诞节", 12, 25}, {"圣诞", 12, 25}, {"跨年", 12, 31}, {"国庆节", 10, 1}},
		moving: []movingDay{
			{"除夕", []string{"2025-01-28", "2026-02-16", "2027-02-05", "2028-01-25", "2029-02-12", "2030-02-02"}},
			{"春节", []string{"2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"}},
			{"过年", []string{"2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03"}},
			{"元宵", []string{"2025-02-12", "2026-03-03", "2027-02-20", "2028-02-09", "2029-02-27", "2030-02-17"}},
			{"端午", []string{"2025-05-31", "2026-06-19", "2027-06-09", "2028-05-28", "2029-06-16", "2030-06-05"}},
			{"七夕", []string{"2025-08-29", "2026-08-19", "2027-08-08", "2028-08-26", "2029-08-16", "2030-08-05"}},
			{"中秋", []string{"2025-10-06", "2026-09-25", "2027-09-15", "2028-10-03", "2029-09-22", "2030-09-12"}},
			{"母亲节", []string{"2025-05-11", "2026-05-10", "2027-05-09", "2028-05-14", "2029-05-13", "2030-05-12"}},
			{"父亲节", []string{"2025-06-15", "2026-06-21", "2027-06-20", "2028-06-18", "2029-06-17", "2030-06-16"}},
			{"黑五", []string{"2025-11-28", "2026-11-27", "2027-11-26", "2028-11-24", "2029-11-23", "2030-11-29"}},
		},
		pastWord: []string{"买", "下的", "下单", "拍", "收到", "签收", "到的", "就说", "发的", "申请", "付", "送的", "那会", "那次"},
	}
}

// festival reads a day that has a name, in the year that brings it closest.
func (s *search) festival(at int) (moment, int) {
	best, to := time.Time{}, at
	for _, f := range s.days.fixed {
		if n := runes(f.word); n > to-at && s.Has(at, f.word) && s.whole(at, at+n) {
			if t, ok := s.nearest(f.month, f.day); ok {
				if t.After(s.today()) && s.any(at+n, s.days.pastWord) > 0 {
					t = t.AddDate(-1, 0, 0)
				}
				best, to = t, at+n
			}
		}
	}
	for _, f := range s.days.moving {
		n := runes(f.word)
		if n <= to-at || !s.Has(at, f.word) {
			continue
		}
		end := at + n
		var near time.Time
		for _, d := range f.days {
			t, err := time.Parse("2006-01-02", d)
			if err == nil && (near.IsZero() || t.Sub(s.today()).Abs() < near.Sub(s.today()).Abs()) {
				near = t
			}
		}
		if s.Rune(end) == '节' {
			end++
		}
		best, to = near, end
	}
	return day(best), to
}

// whole reports whether digits at the ends of a word belong to no longer number.
func (s *search) whole(from, to int) bool {
	if scan.ASCIIDigit(s.R[from]) && (edge(s.Rune(from-1)) || s.Rune(from-1) == '.') || scan.ASCIIDigit(s.R[to-1]) && (edge(s.Rune(to)) || s.Rune(to) == '.' || s.counted(to) || s.any(to, []string{"块", "元", "号", "分", "米", "克"}) > 0) {
		return false
	}
	return !(scan.Digit(s.R[to-1]) >= 0 && s.any(to, []string{"个", "一"}) > 0 && scan.Han(s.R[from]))
}

// spoken reads 后天, 下周三, 上个月, 月底, 去年.
func (s *search) spoken(at int) (moment, int) {
	today := s.today()
	for _, d := range s.days.near {
		if s.Has(at, d.word) {
			if d.word == "后天" && s.EndsAt(at, "大") {
				continue
			}
			to := at + runes(d.word)
			switch d.word {
			case "昨晚", "今晚", "明晚", "前晚", "今早", "明早": // the clock behind wants to know
				return day(today.AddDate(0, 0, d.days)), to
			}
			return day(today.AddDate(0, 0, d.days)), to
		}
	}
	if m, to := s.week(at); to > at {
		return m, to
	}
	first := time.Date(today.Year(), today.Month(), 1, 0, 0, 0, 0, time.UTC)
	for _, w := range []struct {
		word   string
		months int
	}{{"上上个月", -2}, {"上个月", -1}, {"上月", -1}, {"下下个月", 2}, {"下个月", 1}, {"下月", 1}, {"这个月", 0}, {"本月", 0}, {"当月", 0}} {
		if s.Has(at, w.word) {
			return s.monthPart(first.AddDate(0, w.months, 0), at+runes(w.word))
		}
	}
	if s.Rune(at) == '月' && scan.Digit(s.Rune(at-1)) < 0 && s.Rune(at-1) != '个' && s.Rune(at-1) != '十' {
		if m, to := s.monthPart(first, at+1); to == at+2 {
			return m, to
		}
	}
	for _, w := range []struct {
		word  string
		years int
	}{{"去年", -1}, {"前年", -2}, {"今年", 0}, {"明年", 1}, {"后年", 2}} {
		if s.Has(at, w.word) {
			y := today.Year() + w.years
			to := at + 2
			if m, mt := s.small(to); mt > to && m >= 1 && m <= 12 && s.Rune(mt) == '月' {
				return s.monthPart(time.Date(y, time.Month(m), 1, 0, 0, 0, 0, time.UTC), mt+1)
			}
			if s.Rune(to) == '底' {
				return day(time.Date(y, 12, 31, 0, 0, 0, 0, time.UTC)), to + 1
			}
			return moment{from: time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), as: "2006"}, to
		}
	}
	if s.Has(at, "年底") || s.Has(at, "年末") {
		return day(time.Date(today.Year(), 12, 31, 0, 0, 0, 0, time.UTC)), at + 2
	}
	return moment{}, at
}

// week reads weekdays and weeks.
func (s *search) week(at int) (moment, int) {
	today := s.today()
	monday := today.AddDate(0, 0, -(int(today.Weekday())+6)%7)
	i, weeks, led := at, 0, false
	for _, w := range []struct {
		word  string
		weeks int
	}{{"上上个", -2}, {"上上", -2}, {"上个", -1}, {"上", -1}, {"下下个", 2}, {"下下", 2}, {"下个", 1}, {"下", 1}, {"这个", 0}, {"这", 0}, {"本", 0}} {
		if s.Has(at, w.word) {
			i, weeks, led = at+runes(w.word), w.weeks, true
			break
		}
	}
	n := s.any(i, []string{"星期", "礼拜", "周"})
	if n == 0 || !led && (scan.Digit(s.Rune(i-1)) >= 0 || s.Rune(i-1) == '两' || s.Rune(i-1) == '个' || s.Rune(i-1) == '每' || s.Rune(i-1) == '半') {
		return moment{}, at
	}
	i += n
	monday = monday.AddDate(0, 0, 7*weeks)
	d := -1
	switch r := s.Rune(i); r {
	case '日', '天':
		d = 6
	case '末':
		return moment{from: monday.AddDate(0, 0, 5), to: monday.AddDate(0, 0, 6)}, i + 1
	default:
		if v := scan.Digit(r); v >= 1 && v <= 6 && scan.Digit(s.Rune(i+1)) < 0 && (!scan.ASCIIDigit(r) || n == 1) {
			d = v - 1
		}
	}
	if d < 0 {
		if !led {
			return moment{}, at
		}
		return moment{from: monday, to: monday.AddDate(0, 0, 6)}, i
	}
	if s.Rune(i) == '天' && n == 1 && !led { // 周天 is rare, 一周天天 is not
		return moment{}, at
	}
	t := monday.AddDate(0, 0, d)
	if !led {
		past := s.any(i+1, s.days.pastWord) > 0
		switch {
		case t.Before(today) && !past:
			t = t.AddDate(0, 0, 7)
		case t.After(today) && past:
			t = t.AddDate(0, 0, -7)
		}
	}
	return day(t), i + 1
}
