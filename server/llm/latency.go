package llm

import (
	"slices"
	"sync"
	"time"
)

const (
	samplesKept = 128
	samplesMin  = 20 // fewer say nothing about a twentieth
)

// latencies keeps the newest times to a first token, by task. It is safe for concurrent use.
type latencies struct {
	mu sync.Mutex
	by map[Task]*ring
}

type ring struct {
	d    [samplesKept]time.Duration
	n    int // ever added
	p95  time.Duration
	p50  time.Duration
	aged int // of n when the quantiles were computed
}

func (l *latencies) add(t Task, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by == nil {
		l.by = map[Task]*ring{}
	}
	r := l.by[t]
	if r == nil {
		r = &ring{}
		l.by[t] = r
	}
	r.d[r.n%samplesKept] = d
	r.n++
}

// quantiles returns the median and the 95th percentile of a task; false while too few calls were measured.
func (l *latencies) quantiles(t Task) (p50, p95 time.Duration, ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.by[t]
	if r == nil || r.n < samplesMin {
		return 0, 0, false
	}
	if r.aged == 0 || r.n-r.aged >= 8 {
		s := slices.Clone(r.d[:min(r.n, samplesKept)])
		slices.Sort(s)
		r.p50, r.p95, r.aged = s[(len(s)-1)/2], s[(len(s)*95+99)/100-1], r.n
	}
	return r.p50, r.p95, true
}
