package gateway

import (
	"time"

	"agentdesk/sync/wire"
)

// betterAfter is how long something must have been better before desks are told, so that their line doesn't flicker.
const betterAfter = 3 * time.Second

// steady is a state as desks are told it: worse at once, better when it has lasted. The zero value has told nothing. It is pure.
type steady struct {
	told  string
	next  string // better than what is told
	since time.Time
}

// badness orders the words of wire.Health; what is unknown counts as well.
func badness(s string) int {
	switch s {
	case "degraded", "linear":
		return 1
	case "scripts", "budget":
		return 2
	}
	return 0
}

// now takes the state as it is and gives what is told.
func (s *steady) now(is string, at time.Time) string {
	switch {
	case s.told == "" || badness(is) >= badness(s.told):
		s.told, s.next = is, ""
	case is != s.next:
		s.next, s.since = is, at
	case at.Sub(s.since) >= betterAfter:
		s.told, s.next = is, ""
	}
	return s.told
}

// sendHealth tells desks how messages are understood and answers written, where they don't know yet. It is called by tick alone.
func (h *hub) sendHealth(at time.Time) {
	var is wire.Health
	if f := h.g.p.Understanding; f != nil {
		is.Reading = h.reading.now(f(), at)
	}
	if f := h.g.p.Models; f != nil {
		is.Models = h.models.now(f(), at)
	}
	if is == (wire.Health{}) {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.desks {
		if s.health != is {
			s.health = is
			h.sendLive(s, &wire.Live{Kind: wire.LiveHealth, Health: &is})
		}
	}
}
