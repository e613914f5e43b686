// Package words is the desk's catalogue of fixed words, in the person's language.
package words

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"agentdesk/assets"
)

// The languages. Chinese is the first one: it is what an unknown language falls back to.
const (
	Chinese = "zh-Hans"
	English = "en"
)

// Words is one language.
type Words struct {
	Lang string
	m    map[string]string
}

// Load reads a language; anything but English is Chinese.
func Load(lang string) (*Words, error) {
	if !strings.HasPrefix(strings.ToLower(lang), "en") {
		lang = Chinese
	} else {
		lang = English
	}
	raw, err := assets.Read("i18n/" + lang + ".json")
	if err != nil {
		return nil, err
	}
	w := &Words{Lang: lang, m: map[string]string{}}
	if err := json.Unmarshal(raw, &w.m); err != nil {
		return nil, fmt.Errorf("parse words of %s: %w", lang, err)
	}
	return w, nil
}

// Keys lists every key there is.
func (w *Words) Keys() []string {
	out := make([]string, 0, len(w.m))
	for k := range w.m {
		out = append(out, k)
	}
	return out
}

// Has reports whether there is a word for a key.
func (w *Words) Has(key string) bool { _, ok := w.m[key]; return ok }

// T is the word for a key, with pairs of names and values filled in for {name}. A key without a word shows itself, so
// that it is seen.
func (w *Words) T(key string, pairs ...any) string {
	s, ok := w.m[key]
	if !ok {
		return key
	}
	if len(pairs) == 0 {
		return s
	}
	old := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		old = append(old, fmt.Sprintf("{%v}", pairs[i]), fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(old...).Replace(s)
}

// In is the word for a value of a set, such as an emotion: key "set.value". A value that the set does not know shows itself.
func (w *Words) In(set, value string, pairs ...any) string {
	if key := set + "." + value; w.Has(key) {
		return w.T(key, pairs...)
	}
	return value
}

// Fill is In with arguments from data.
func (w *Words) Fill(set, value string, args map[string]string) string {
	pairs := make([]any, 0, 2*len(args))
	for k, v := range args {
		pairs = append(pairs, k, v)
	}
	return w.In(set, value, pairs...)
}

// Yuan is an amount as people read it: fen only where there are any, thousands apart.
func (w *Words) Yuan(fen int64) string {
	sign := ""
	if fen < 0 {
		sign, fen = "-", -fen
	}
	s := sign + "¥" + Group(fen/100)
	if fen%100 != 0 {
		s += fmt.Sprintf(".%02d", fen%100)
	}
	return s
}

// Count is a number in little room: whole below ten thousand, then in the language's own unit.
func (w *Words) Count(n int) string {
	if n < 10000 {
		return fmt.Sprint(n)
	}
	unit := 10000
	if w.Lang == English {
		unit = 1000
	}
	s := fmt.Sprintf("%.1f", float64(n)/float64(unit))
	return w.T("count.big", "n", strings.TrimSuffix(s, ".0"))
}

// Group writes a number with thousands apart.
func Group(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		if s[i-1] == '-' {
			break
		}
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Clock is a time of the day, with the date before it when it is not today.
func (w *Words) Clock(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	if sameDay(t, now) {
		return t.Format("15:04")
	}
	return t.Format("01-02 15:04")
}

// Day is a day as a heading: today, yesterday or a date.
func (w *Words) Day(t, now time.Time) string {
	switch {
	case sameDay(t, now):
		return w.T("day.today")
	case sameDay(t, now.AddDate(0, 0, -1)):
		return w.T("day.yesterday")
	case t.Year() == now.Year():
		return t.Format("01-02")
	}
	return t.Format("2006-01-02")
}

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	v, n, e := b.Date()
	return y == v && m == n && d == e
}

// Ago says how long ago something was, coarsely.
func (w *Words) Ago(d time.Duration) string {
	switch {
	case d < time.Minute:
		return w.T("ago.now")
	case d < time.Hour:
		return w.T("ago.minutes", "n", int(d.Minutes()))
	case d < 24*time.Hour:
		return w.T("ago.hours", "n", int(d.Hours()))
	}
	return w.T("ago.days", "n", int(d.Hours()/24))
}

// Span is a duration in minutes and seconds, or hours and minutes.
func (w *Words) Span(d time.Duration) string {
	s := max(0, int(d.Seconds()))
	switch {
	case s < 60:
		return w.T("span.s", "s", s)
	case s < 3600:
		return w.T("span.ms", "m", s/60, "s", fmt.Sprintf("%02d", s%60))
	}
	return w.T("span.hm", "h", s/3600, "m", fmt.Sprintf("%02d", s/60%60))
}

// Since is how long a membership lasts.
func (w *Words) Since(from, now time.Time) string {
	months := (now.Year()-from.Year())*12 + int(now.Month()) - int(from.Month())
	if now.Day() < from.Day() {
		months--
	}
	switch y, m := months/12, months%12; {
	case months < 1:
		return w.T("since.new")
	case y == 0:
		return w.T("since.m", "m", m)
	case m == 0:
		return w.T("since.y", "y", y)
	default:
		return w.T("since.ym", "y", y, "m", m)
	}
}

// Stamp is a time as a mark of freshness: the hour today, the day before that.
func (w *Words) Stamp(t, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	if sameDay(t, now) {
		return t.Format("15:04")
	}
	return t.Format("01-02")
}
