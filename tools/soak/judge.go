package main

import (
	"fmt"
	"io"
	"math"
	"sort"
	"time"
)

// The bounds. Growth is what a straight line through the last two thirds rises over them, after what the number of
// sockets explains; below longEnough there is too little of it to judge.
const (
	longEnough  = 15 * time.Minute
	memoryRise  = 0.10 // of the mean, over the window
	memoryLeast = 16e6 // bytes: less is no growth
	countRise   = 0.05
	countLeast  = 10
)

// verdict is a list of findings.
type verdict struct {
	lines []string
	bad   int
}

func (v *verdict) say(ok bool, format string, args ...any) {
	mark := "ok  "
	if !ok {
		mark = "FAIL"
		v.bad++
	}
	v.lines = append(v.lines, mark+"  "+fmt.Sprintf(format, args...))
}

func (v *verdict) tell(format string, args ...any) {
	v.lines = append(v.lines, "      "+fmt.Sprintf(format, args...))
}

func (v *verdict) failed() bool { return v.bad > 0 }

func (v *verdict) print(out io.Writer) {
	fmt.Fprintln(out)
	for _, l := range v.lines {
		fmt.Fprintln(out, l)
	}
	if v.failed() {
		fmt.Fprintf(out, "verdict: %d of the findings are bad\n", v.bad)
	} else {
		fmt.Fprintln(out, "verdict: all good")
	}
}

func judge(all []sample, r result, server, desk *logFile) *verdict {
	v := &verdict{}
	v.logs("server", server)
	v.logs("desk", desk)
	v.takeovers(&r)
	v.growth(all)
	v.tell("chats opened %d, closed %d, by the bot alone %.0f%%; escalated %d; messages: customers %d, bot %d, agents %d; ratings %d, mean %.1f",
		r.opened, r.closed, 100*r.containment(), r.escalated, r.posted["customer"], r.posted["bot"], r.posted["agent"], r.rated, mean(r.stars, r.rated))
	v.tell("median: first answer %.2f s, a person's first words after the takeover %.1f s", median(r.replies).Seconds(), median(r.words).Seconds())
	if r.closed == 0 || r.posted["agent"] == 0 {
		v.say(false, "nothing happened: no chat was closed, or no agent wrote")
	}
	return v
}

func mean(sum, n int) float64 {
	if n == 0 {
		return 0
	}
	return float64(sum) / float64(n)
}

func (v *verdict) logs(name string, l *logFile) {
	errs, warns := l.wrong()
	v.say(len(errs) == 0, "%s log: %d errors", name, len(errs))
	for i, e := range errs {
		if i == 10 {
			v.tell("  … and %d more", len(errs)-10)
			break
		}
		v.tell("  %s", e)
	}
	keys := make([]string, 0, len(warns))
	for k := range warns {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		v.tell("  %d × warning: %s", warns[k], k)
	}
}

func (v *verdict) takeovers(r *result) {
	v.say(len(r.broken) == 0, "takeovers: %d of %d within 30 s; later with nobody free %d; later although somebody was free %d; longest with somebody free %.1f s",
		r.inTime, r.taken, len(r.excused), len(r.broken), r.longest.Seconds())
	for i, b := range r.broken {
		if i == 10 {
			break
		}
		v.tell("  %s", b)
	}
	if len(r.excused) > 0 {
		longest := time.Duration(0)
		for _, d := range r.excused {
			longest = max(longest, d)
		}
		v.tell("the longest wait with nobody free: %.0f s", longest.Seconds())
	}
	v.tell("chats that came back from a person: %v; the floor's own figure (its clock goes on over such returns): %d of %d", r.returns, r.floor.Met, r.floor.Total)
}

// growth fits value = a + b·sockets + c·time over the last two thirds, and judges c.
func (v *verdict) growth(all []sample) {
	win := all[len(all)/3:]
	if len(win) < 12 {
		v.tell("memory and goroutines: too few samples to judge")
		return
	}
	length := win[len(win)-1].at - win[0].at
	judgeable := all[len(all)-1].at >= longEnough-time.Minute
	one := func(name string, unit float64, rise, least float64, of func(*sample) float64) {
		m, c := fit(win, of)
		grown := c * length.Seconds()
		bound := max(rise*m, least)
		text := fmt.Sprintf("%s: mean %.1f, grows %+.1f in the last %.0f min (bound %.1f)", name, m/unit, grown/unit, length.Minutes(), bound/unit)
		if !judgeable {
			v.tell("%s; too short to judge", text)
			return
		}
		v.say(grown <= bound, "%s", text)
	}
	one("server memory, MB", 1e6, memoryRise, memoryLeast, func(s *sample) float64 { return s.serverRSS })
	one("server goroutines", 1, countRise, countLeast, func(s *sample) float64 { return s.goroutines })
	one("server open files", 1, countRise, countLeast, func(s *sample) float64 { return s.fds })
	one("desk memory, MB", 1e6, memoryRise, memoryLeast, func(s *sample) float64 { return s.deskRSS })
	one("desk goroutines", 1, countRise, countLeast, func(s *sample) float64 { return s.deskGoroutines })
}

// fit is the mean of a value and its slope a second, by least squares with the number of customers' sockets beside.
func fit(win []sample, of func(*sample) float64) (mean, slope float64) {
	n := float64(len(win))
	var mt, mg, my float64
	for i := range win {
		mt, mg, my = mt+win[i].at.Seconds()/n, mg+win[i].guests/n, my+of(&win[i])/n
	}
	var tt, gg, tg, ty, gy float64
	for i := range win {
		t, g, y := win[i].at.Seconds()-mt, win[i].guests-mg, of(&win[i])-my
		tt, gg, tg, ty, gy = tt+t*t, gg+g*g, tg+t*g, ty+t*y, gy+g*y
	}
	det := tt*gg - tg*tg
	if math.Abs(det) < 1e-9*tt*max(gg, 1) { // the sockets never changed: a plain line
		return my, ty / tt
	}
	return my, (ty*gg - gy*tg) / det
}
