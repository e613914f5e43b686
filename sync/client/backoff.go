package client

import (
	"math/rand/v2"
	"time"
)

// Pauses between attempts.
const (
	quickPause  = 200 * time.Millisecond // at most, before the first attempt after a steady connection
	firstPause  = 300 * time.Millisecond // at most, before the next; each further one is up to twice as long
	longPause   = 20 * time.Second
	refusedFor  = 30 * time.Second // so long a server that refuses counts as one that is starting,
	refusedStep = time.Second      // and is asked at least so often: nobody is there whom it could burden
	steadyAfter = 5 * time.Second  // a connection that lived so long makes the attempts before it forgotten
)

// backoff is how long to wait for the next attempt. Every pause is drawn at random, so that desks which lost one server
// don't come back in step.
type backoff struct {
	failed int           // attempts since the last steady connection
	down   time.Duration // waited since then
}

// lived takes note of a connection that the server let in and that ended after d.
func (b *backoff) lived(d time.Duration) {
	if d >= steadyAfter {
		*b = backoff{}
	}
}

// next is the pause before the next attempt; refused says that nobody listened at the last one.
func (b *backoff) next(refused bool) time.Duration {
	pause := rand.N(quickPause) //nolint:gosec // jitter
	if b.failed > 0 {
		step := min(longPause, firstPause<<min(b.failed-1, 10))
		if refused && b.down < refusedFor {
			step = min(step, refusedStep)
		}
		pause = step/2 + rand.N(step/2+1) //nolint:gosec // jitter
	}
	b.failed++
	b.down += pause
	return pause
}
