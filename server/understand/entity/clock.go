package entity

import "agentdesk/sync/mask/scan"

// part is a part of the day: it says which twelve hours a clock means.
type part struct {
	said       bool
	noon, late bool // around noon; after it
	night      bool // twelve ends the day, and the first hours are the next day's
}

// part reads the part of the day at a place.
func (s *search) part(at int) (part, int) {
	for _, w := range []struct {
		word string
		p    part
	}{{"凌晨", part{said: true}}, {"早上", part{said: true}}, {"早晨", part{said: true}}, {"清早", part{said: true}}, {"上午", part{said: true}}, {"中午", part{said: true, noon: true}},
		{"下午", part{said: true, late: true}}, {"傍晚", part{said: true, late: true}}, {"晚上", part{said: true, late: true, night: true}}, {"半夜", part{said: true, late: true, night: true}}, {"深夜", part{said: true, late: true, night: true}}, {"夜里", part{said: true, late: true, night: true}},
		{"午后", part{said: true, late: true}}, {"晚", part{said: true, late: true, night: true}}, {"早", part{said: true}}} {
		if !s.Has(at, w.word) {
			continue
		}
		to := at + runes(w.word)
		if to-at == 1 { // 晚8点, but not 晚霜
			if n, next := s.number(to); next == to || n.lo < 2 || s.Rune(next) != '点' && s.Rune(next) != ':' {
				continue
			}
		}
		return w.p, to
	}
	return part{}, at
}

// partBefore is the part of the day that the day's own word holds: 今晚, 明早.
func (s *search) partBefore(to int) part {
	switch s.Rune(to - 1) {
	case '晚', '夜':
		return part{said: true, late: true, night: true}
	case '早':
		return part{said: true}
	}
	return part{}
}

// clock reads a time of day: 15:30, 三点半, 晚上8点. Hours from 24 on are the next day's.
func (s *search) clock(at int, p part) (hour, minute, to int) {
	i := at
	if !p.said {
		p, i = s.part(at)
	}
	if at > 0 && (scan.Digit(s.R[at-1]) >= 0 || s.R[at-1] == '.' || s.R[at-1] == ':' || scan.Latin(s.R[at-1]) || s.R[at-1] == '第') {
		return 0, 0, at
	}
	if h, n, t := s.integer(i); n > 0 && n <= 2 && s.Rune(t) == ':' {
		m, mn, mt := s.integer(t + 1)
		if mn == 2 && m < 60 && h < 24 && s.Rune(mt) != ':' {
			return p.hour(h, false), m, mt
		}
	}
	h, t := s.small(i)
	if t == i || h > 24 || s.Rune(t) != '点' && s.Rune(t) != '时' || s.Rune(t) == '时' && !p.said {
		return 0, 0, at
	}
	t++
	exact := true
	switch {
	case s.Rune(t) == '半':
		minute, t = 30, t+1
	case s.Rune(t) == '整':
		t++
	default:
		exact = false
		if s.Rune(t) == '钟' {
			t++
			exact = true
		}
		if m, mt := s.small(t); mt > t && m < 60 && (s.Rune(mt) == '分' || mt-t >= 2) {
			minute, t, exact = m, mt, true
			if s.Rune(t) == '分' {
				t++
			}
		}
	}
	if !p.said && !exact && (h <= 1 || s.any(t, []string{"点", "问题", "建议", "意见", "要求", "原因", "疑问", "不满", "优", "缺", "都", "也", "赞", "几", "水"}) > 0 || s.ended(i, []string{"有", "差", "这", "那", "几", "就"})) {
		return 0, 0, at
	}
	return p.hour(h, true), minute, t
}

// hour makes twenty-four hours of twelve. Spoken hours without a part of the day are those when people are awake.
func (p part) hour(h int, spoken bool) int {
	switch {
	case p.night && h == 12, p.night && h < 5:
		return h + 12 + 12*btoi(h < 5)
	case p.late && h < 12, p.noon && h < 6, !p.said && spoken && h > 0 && h < 7:
		return h + 12
	}
	return h
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
