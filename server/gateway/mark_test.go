package gateway

import (
	"encoding/json"
	"testing"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// Watermarks wake thousands of writers: desks get one a second, customers one in a while, and nobody who knows already.
func TestWatermarks_AtTheirPace(t *testing.T) {
	now := time.UnixMilli(1_700_000_000_000)
	h := newHub(nil, nil)
	h.cursor = event.Cursor{Stream: "s", Seq: 9, Hash: "h"}
	add := func(user *wire.User, id string, seq uint64, told time.Duration) *session {
		s := &session{q: newQueue(1 << 20), user: user, cursor: event.Cursor{Stream: "s", Seq: seq}, told: now.Add(-told)}
		s.q.live()
		s.expires.Store(now.Add(time.Hour).UnixMilli())
		if user != nil {
			h.desks[id] = s
		} else {
			h.guests[id] = map[*session]struct{}{s: {}}
		}
		return s
	}
	someone := &wire.User{ID: "a"}
	for name, c := range map[string]struct {
		s    *session
		want bool
	}{
		"desk, a second ago":       {add(someone, "a", 8, time.Second), true},
		"desk, just now":           {add(someone, "b", 8, 100*time.Millisecond), false},
		"desk that knows":          {add(someone, "c", 9, time.Minute), false},
		"customer, a second ago":   {add(nil, "d", 8, time.Second), false},
		"customer, 15 seconds ago": {add(nil, "e", 8, 15*time.Second), true},
		"customer who knows":       {add(nil, "f", 9, time.Minute), false},
	} {
		t.Run(name, func(t *testing.T) {
			before, _, _, _ := c.s.q.take()
			h.watermarks(now)
			after, over, _, _ := c.s.q.take()
			got := append(before, after...) // an earlier case's call told everybody
			if (len(got) == 1) != c.want || over {
				t.Fatalf("%d frames, over %v", len(got), over)
			}
			if !c.want {
				return
			}
			var r wire.Rec
			if err := json.Unmarshal(got[0], &r); err != nil || r.T != wire.TRec || r.Cursor != h.cursor || c.s.cursor != h.cursor {
				t.Errorf("%s %v", got[0], err)
			}
		})
	}
	late := add(nil, "g", 9, 0)
	late.expires.Store(now.UnixMilli())
	h.watermarks(now)
	if _, over, code, _ := late.q.take(); !over || code != wire.CloseExpired {
		t.Errorf("a token that ran out: over %v, code %d", over, code)
	}
}
