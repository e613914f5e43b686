package main

import (
	"math"
	"strings"
	"testing"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

func TestFit_TellsGrowthFromLoad(t *testing.T) {
	day := func(growth float64) (all []sample) {
		for i := range 240 {
			at := time.Duration(i) * 10 * time.Second
			guests := 12 + 10*math.Sin(float64(i)/17)
			all = append(all, sample{at: at, guests: guests, serverRSS: 80e6 + 1e6*guests + growth*at.Seconds()})
		}
		return all
	}
	rss := func(s *sample) float64 { return s.serverRSS }
	for _, want := range []float64{0, 2000, -500} {
		if _, got := fit(day(want), rss); math.Abs(got-want) > 1 {
			t.Errorf("slope %.1f a second, want %.1f", got, want)
		}
	}
	still := day(100)
	for i := range still {
		still[i].guests, still[i].serverRSS = 3, 5e6+100*still[i].at.Seconds()
	}
	if _, got := fit(still, rss); math.Abs(got-100) > 1 {
		t.Errorf("without any change of sockets: slope %.1f, want 100", got)
	}
}

func TestJudge_FailsForGrowthErrorsAndLateTakeovers(t *testing.T) {
	run := func(growth float64, say string, r result) *verdict {
		var all []sample
		for i := range 360 {
			at := time.Duration(i+1) * 10 * time.Second
			all = append(all, sample{at: at, guests: float64(i % 7), serverRSS: 80e6 + growth*at.Seconds(), deskRSS: 300e6, goroutines: 150, fds: 40, deskGoroutines: 20})
		}
		l := &logFile{warns: map[string]int{}}
		l.note(say)
		r.closed, r.posted = 9, map[string]int{"agent": 3}
		return judge(all, r, l, &logFile{warns: map[string]int{}})
	}
	fine := `time=x level=WARN msg="a warning is told only"`
	for name, c := range map[string]struct {
		v    *verdict
		want string // of the finding; "" for none
	}{
		"all good": {run(0, fine, result{}), ""},
		"growth":   {run(20e3, fine, result{}), "server memory"},
		"error":    {run(0, `time=x level=ERROR msg="it broke" err=no`, result{}), "server log"},
		"panic":    {run(0, "panic: runtime error", result{}), "server log"},
		"late":     {run(0, fine, result{taken: 3, inTime: 2, broken: []string{"k taken after 40 s"}}), "takeovers"},
		"excused":  {run(0, fine, result{taken: 3, inTime: 2, excused: []time.Duration{time.Minute}}), ""},
	} {
		var bad []string
		for _, l := range c.v.lines {
			if strings.HasPrefix(l, "FAIL") {
				bad = append(bad, l)
			}
		}
		if c.want == "" && len(bad) > 0 || c.want != "" && (len(bad) != 1 || !strings.Contains(bad[0], c.want)) {
			t.Errorf("%s: %q", name, bad)
		}
	}
}

func place(at time.Time, typ event.Type, body string) *event.Placed {
	return &event.Placed{Time: at.UnixMilli(), Event: event.Event{Type: typ, Conv: "k", Actor: event.Actor{Kind: event.System}, Body: []byte(body)}}
}

func TestWatch_ExcusesAWaitOnlyWhileNobodyIsFree(t *testing.T) {
	for name, c := range map[string]struct {
		load   int
		status string
		waited time.Duration
		broken int
		inTime int
		late   int
	}{
		"in time":        {0, "online", 20 * time.Second, 0, 1, 0},
		"free and late":  {0, "online", 40 * time.Second, 1, 0, 0},
		"full and late":  {8, "online", 40 * time.Second, 0, 0, 1},
		"away and late":  {0, "busy", 90 * time.Second, 0, 0, 1},
		"full, in time":  {8, "online", 29 * time.Second, 0, 1, 0},
		"free, just not": {0, "online", 30 * time.Second, 0, 1, 0},
	} {
		begin := time.UnixMilli(1_700_000_000_000)
		w := &watch{users: map[string]wire.User{}, chats: map[string]*talk{}, looked: begin, r: result{returns: map[string]int{}, posted: map[string]int{}},
			floor: &wire.Floor{Agents: []wire.AgentRow{{ID: "a", Status: c.status, Load: c.load, Capacity: 8, Groups: []string{"pre"}}}}}
		w.event(place(begin, event.Opened, `{}`))
		w.event(place(begin, event.Escalated, `{"group":"pre","since":1700000000000}`))
		for at := begin; at.Before(begin.Add(c.waited)); {
			at = at.Add(lookEvery)
			w.look(at)
		}
		w.event(place(begin.Add(c.waited), event.Taken, `{"agent":"a","how":"accepted"}`))
		if r := w.result(); len(r.broken) != c.broken || r.inTime != c.inTime || len(r.excused) != c.late || r.taken != 1 {
			t.Errorf("%s: %d broken, %d in time, %d excused of %d", name, len(r.broken), r.inTime, len(r.excused), r.taken)
		}
	}
}
