package floor

import (
	"crypto/rand"
	"fmt"
	"io"
	"time"

	"agentdesk/sync/event"
)

// systemClock is the machine's: time.Time carries a monotonic reading that time.Since uses.
type systemClock struct{ start time.Time }

func (systemClock) Wall() time.Time       { return time.Now() }
func (c systemClock) Mono() time.Duration { return time.Since(c.start) }

// floorTime is the floor's time: it starts at the greater of the last record's and the wall clock at takeover and then
// goes on monotonic, so that no jump of the wall clock moves a deadline.
type floorTime struct {
	clock Clock
	base  int64 // Unix ms at mono
	mono  time.Duration
}

func newFloorTime(c Clock, last int64) floorTime {
	// One later than the last record: IDs made from here on sort after those of the owner before, who may have used up
	// part of that millisecond.
	return floorTime{clock: c, base: max(last+1, c.Wall().UnixMilli()), mono: c.Mono()}
}

func (t *floorTime) now() int64 { return t.base + (t.clock.Mono() - t.mono).Milliseconds() }

// idMaker makes ULIDs that strictly ascend along the log, also within one millisecond. Only the writer uses it.
type idMaker struct {
	entropy io.Reader
	buf     [512]byte // entropy drawn ahead: one read serves many IDs
	left    []byte
	last    int64
	ent     [10]byte
	err     error // entropy ran dry; IDs since then count on from the last one
}

func newIDMaker(entropy io.Reader) *idMaker {
	if entropy == nil {
		entropy = rand.Reader
	}
	return &idMaker{entropy: entropy}
}

func (m *idMaker) draw(n int) []byte {
	if len(m.left) < n {
		if _, err := io.ReadFull(m.entropy, m.buf[:]); err != nil {
			m.err = fmt.Errorf("draw entropy: %w", err)
			return nil
		}
		m.left = m.buf[:]
	}
	b := m.left[:n]
	m.left = m.left[n:]
	return b
}

// next makes the ID that follows all before it, dated at ms.
func (m *idMaker) next(ms int64) event.ID {
	if ms > m.last {
		if b := m.draw(10); b != nil {
			m.last = ms
			copy(m.ent[:], b)
			m.ent[0] &= 0x7f // room to count up within the millisecond
			return event.NewID(time.UnixMilli(ms), m.ent)
		}
	}
	// The same millisecond (or no fresh entropy): count on by a random step, so that IDs ascend and aren't guessable.
	step := uint64(1)
	if b := m.draw(3); b != nil {
		step += uint64(b[0])<<16 | uint64(b[1])<<8 | uint64(b[2])
	}
	for i := len(m.ent) - 1; i >= 0 && step > 0; i-- {
		step += uint64(m.ent[i])
		m.ent[i] = byte(step)
		step >>= 8
	}
	m.last = max(m.last, ms)
	return event.NewID(time.UnixMilli(m.last), m.ent)
}
