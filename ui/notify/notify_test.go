package notify

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func titles(notes []Note) (out []string) {
	for _, n := range notes {
		out = append(out, n.Title)
	}
	return out
}

func TestPace_GathersAndCollapses(t *testing.T) {
	at := func(s float64) time.Time { return time.Unix(1000, 0).Add(time.Duration(s * float64(time.Second))) }
	p := Pace{Summary: func(n []Note) Note { return Note{Title: fmt.Sprint(len(n), " more")} }}
	want := func(s float64, titles_ ...string) {
		t.Helper()
		if got := titles(p.Take(at(s))); !slices.Equal(got, titles_) {
			t.Errorf("after %v s: %q, want %q", s, got, titles_)
		}
	}
	p.Add(Note{Title: "first", Conversation: "a"})
	want(0, "first")
	p.Add(Note{Title: "second", Conversation: "b"})
	p.Add(Note{Title: "third", Conversation: "c"})
	p.Add(Note{Title: "third again", Conversation: "c"})
	want(1)
	if due := p.Due(); !due.Equal(at(8)) {
		t.Errorf("due at %v, want %v", due, at(8))
	}
	p.Add(Note{Title: "urgent", Conversation: "c", Urgent: true})
	want(2, "urgent")
	p.Add(Note{Title: "urgent 2", Conversation: "d", Urgent: true})
	want(3)
	want(4, "urgent 2")
	want(9)
	want(12, "2 more")
	p.Add(Note{Title: "alone", Conversation: "e"})
	want(30, "alone")
	want(60)
	if !p.Due().IsZero() {
		t.Error("with nothing to tell it is due")
	}
}

func TestPace_IsBounded(t *testing.T) {
	p := Pace{}
	now := time.Unix(1000, 0)
	p.Add(Note{Title: "first"})
	p.Take(now)
	for i := range 1000 {
		p.Add(Note{Title: fmt.Sprint(i)})
	}
	if len(p.waiting) != maxGathered {
		t.Errorf("%d notes wait", len(p.waiting))
	}
	p.Clear()
	if got := p.Take(now.Add(time.Hour)); len(got) != 0 {
		t.Errorf("after Clear %q is told", titles(got))
	}
}
