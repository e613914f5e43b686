package conversation

import (
	"fmt"
	"strconv"
	"strings"
)

// Hours are when people serve, in minutes of the day at Zone. The zero value is always open. From after To crosses midnight.
type Hours struct {
	From, To int
	Zone     int // minutes east of UTC
}

// Open reports whether people serve at now, Unix ms.
func (h *Hours) Open(now int64) bool {
	if h.From == h.To {
		return true
	}
	const day = 24 * 60
	m := int(((now/60_000+int64(h.Zone))%day + day) % day)
	if h.From < h.To {
		return h.From <= m && m < h.To
	}
	return m >= h.From || m < h.To
}

// Next is now while people serve, and else when they begin again, Unix ms.
func (h *Hours) Next(now int64) int64 {
	if h.Open(now) {
		return now
	}
	const day, minute = 24 * 60, 60_000
	m := now/minute + int64(h.Zone)
	opens := m - (m%day+day)%day + int64(h.From)
	if opens <= m {
		opens += day
	}
	return (opens - int64(h.Zone)) * minute
}

// Clock is when people begin and end, as "09:00".
func (h *Hours) Clock() (opens, closes string) { return clock(h.From), clock(h.To) }

// ParseHours reads hours such as "09:00-23:00" at zone, minutes east of UTC; "" is always.
func ParseHours(s string, zone int) (Hours, error) {
	if s == "" {
		return Hours{Zone: zone}, nil
	}
	opens, closes, _ := strings.Cut(s, "-")
	from, ok1 := minute(opens)
	to, ok2 := minute(closes)
	if !ok1 || !ok2 || from == to {
		return Hours{}, fmt.Errorf("hours %q are not like 09:00-23:00", s)
	}
	return Hours{From: from, To: to, Zone: zone}, nil
}

// minute reads "09:00" as a minute of the day.
func minute(s string) (int, bool) {
	if len(s) != 5 || s[2] != ':' {
		return 0, false
	}
	h, err1 := strconv.ParseUint(s[:2], 10, 8)
	m, err2 := strconv.ParseUint(s[3:], 10, 8)
	if err1 != nil || err2 != nil || h > 23 || m > 59 {
		return 0, false
	}
	return int(h)*60 + int(m), true
}

// clock is a minute of the day as "09:00".
func clock(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
