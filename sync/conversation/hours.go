package conversation

import "fmt"

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

// clock is a minute of the day as "09:00".
func clock(m int) string { return fmt.Sprintf("%02d:%02d", m/60, m%60) }
