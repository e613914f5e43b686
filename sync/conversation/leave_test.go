package conversation

import (
	"testing"
	"time"

	"agentdesk/sync/event"
)

// nine to eleven in the evening, in China.
func shopHours() Hours { return Hours{From: 9 * 60, To: 23 * 60, Zone: 8 * 60} }

func at(clock string) int64 {
	t, err := time.ParseInLocation("2006-01-02 15:04", "2026-11-25 "+clock, time.FixedZone("", 8*3600))
	if err != nil {
		panic(err)
	}
	return t.UnixMilli()
}

func TestHours_NextIsWhenPeopleCome(t *testing.T) {
	for _, c := range []struct {
		h         Hours
		now, next string
	}{
		{shopHours(), "12:00", "12:00"}, {shopHours(), "09:00", "09:00"}, {shopHours(), "03:00", "09:00"}, {shopHours(), "08:59", "09:00"},
		{Hours{}, "03:00", "03:00"}, {Hours{From: 20 * 60, To: 4 * 60, Zone: 480}, "12:00", "20:00"}, {Hours{From: 20 * 60, To: 4 * 60, Zone: 480}, "03:59", "03:59"},
	} {
		if got := c.h.Next(at(c.now)); got != at(c.next) {
			t.Errorf("%+v at %s: %s", c.h, c.now, time.UnixMilli(got).UTC())
		}
	}
	h := shopHours()
	if got := h.Next(at("23:00")); got != at("09:00")+24*3600_000 {
		t.Errorf("late in the evening: %s", time.UnixMilli(got).UTC())
	}
	for m := range int64(48 * 60) { // whatever the minute: it is open then, and was not a minute before
		now := at("00:00") + m*60_000
		if next := h.Next(now); !h.Open(next) || next < now || next > now && h.Open(next-60_000) {
			t.Fatalf("minute %d: next %d", m, next)
		}
	}
}

func leave() PostArgs {
	return PostArgs{PostedBody: event.PostedBody{Kind: event.FormFilled, Form: event.FormLeave}, Fields: map[string]string{"contact": "13812345678", "text": "想退货"}}
}

func codes(r *room) []string {
	var out []string
	for _, e := range r.events {
		var b event.PostedBody
		if e.Type == event.Posted && e.Decode(&b, nil) == nil && b.Kind == event.Notice {
			out = append(out, b.Code)
		}
	}
	return out
}

// A message left at night waits in the queue until people come: nothing alarms, nobody hears of places, it does not end, and
// its clock begins in the morning.
func TestLeave_WaitsForTheMorning(t *testing.T) {
	r := opened(t)
	r.pol.Hours = shopHours()
	r.now = at("02:00")
	r.do(byBot(r, Escalate, EscalateArgs{Reason: "human_request"}))
	if got := codes(r); len(got) != 1 || got[0] != NoticeHours {
		t.Fatalf("notices %v", got)
	}
	r.pass(time.Minute).do(byCustomer(Post, leave()))
	if got := codes(r); len(got) != 1 || got[0] != NoticeLeaveDone || !r.s.Left || r.s.Seat != SeatWaiting {
		t.Fatalf("notices %v, %s", got, r.s.Seat)
	}
	if r.s.Wait.Since != at("09:00") {
		t.Fatalf("the clock began at %s", time.UnixMilli(r.s.Wait.Since).UTC())
	}
	if r.do(bySystem(TellPlace, event.QueueToldBody{Place: 1})); len(r.events) > 0 {
		t.Fatalf("at night: %v", r.types())
	}
	r.now = at("09:05")
	if r.due(); r.s.Seat != SeatWaiting {
		t.Fatalf("it ended: %s", r.s.Seat)
	}
	if r.do(bySystem(TellPlace, event.QueueToldBody{Place: 1})); len(r.events) == 0 {
		t.Fatal("in the morning nobody hears of places")
	}
	r.do(r.by("ann", Claim, nil))
	if r.s.Left || r.s.Hold.Waited != 5*60_000 {
		t.Fatalf("left %v, waited %d ms", r.s.Left, r.s.Hold.Waited)
	}
	if r.pass(time.Second).do(byCustomer(Post, leave())); len(codes(r)) > 0 || r.s.Left {
		t.Fatal("a form filled in while somebody is there")
	}
}

func TestLeave_TakesTheChatFromTheBot(t *testing.T) {
	r := opened(t)
	r.do(byCustomer(Post, leave()))
	if r.s.Seat != SeatWaiting || r.s.Epoch != 2 || r.s.Reason != "human_request" || len(codes(r)) != 1 {
		t.Fatalf("%s %d %v", r.s.Seat, r.s.Epoch, codes(r))
	}
	r = newRoom(t)
	c := byCustomer(Post, leave())
	c.Conv, c.Opening = conv, opening()
	c.Opening.Body.Tier = "black"
	r.do(c)
	if r.s.Seat != SeatWaiting || !r.s.High || r.s.Class != 4 || r.s.Wait.Group != group || r.events[0].ClientID == "" {
		t.Fatalf("as first message: %+v", r.s)
	}
}

func FuzzParseHours(f *testing.F) {
	for _, s := range []string{"", "09:00-23:00", "22:00-06:00", "9:00-23:00", "09:00-24:00", "09:00-09:00", "-", "09:60-10:00", "+9:00-10:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := ParseHours(s, 480)
		if err != nil || s == "" {
			return
		}
		if opens, closes := h.Clock(); opens+"-"+closes != s {
			t.Fatalf("%q reads as %s-%s", s, opens, closes)
		}
	})
}
