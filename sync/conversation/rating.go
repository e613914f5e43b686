package conversation

import (
	"slices"
	"time"

	"agentdesk/sync/event"
)

// rateWithin is how long after its end a conversation can be rated.
const rateWithin = 7 * 24 * time.Hour

// RateReasons are the reasons that go with a number of stars.
func RateReasons(stars int) []string {
	if stars >= 4 {
		return []string{"fast", "solved", "kind", "expert"}
	}
	return []string{"slow", "unsolved", "repeated", "rude"}
}

func (d *decision) rate() *Refusal {
	a, r := args[RateArgs](d.c)
	if r != nil {
		return r
	}
	if a.Stars < 1 || a.Stars > 5 {
		return refuse(Invalid, "a rating has one to five stars")
	}
	known := append(RateReasons(5), RateReasons(1)...)
	for i, why := range a.Reasons {
		if !slices.Contains(known, why) || slices.Contains(a.Reasons[:i], why) {
			return refuse(Invalid, "unknown reason of a rating")
		}
	}
	if r := CheckText(a.Text); r != nil {
		return r
	}
	if d.s.ClosedAt != 0 && d.env.Now-d.s.ClosedAt > rateWithin.Milliseconds() {
		return refuse(TooLate, "a conversation can be rated for seven days")
	}
	var private any
	if a.Text != "" {
		private = event.RatedPrivate{Text: a.Text}
	}
	d.emit(event.Rated, a.RatedBody, private)
	return nil
}

func foldRated(s *State, p *event.Placed) error {
	var b event.RatedBody
	if err := p.Decode(&b, nil); err != nil {
		return err
	}
	s.Stars, s.RatedWhy = b.Stars, b.Reasons
	return nil
}
