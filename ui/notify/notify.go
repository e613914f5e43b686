// Package notify tells of things through the operating system, a few at a time.
package notify

import (
	"log/slog"
	"slices"
	"time"
)

// Params is what a Bus needs.
type Params struct {
	App  string
	Icon string // file or theme name
	Open string // the word on the button, where the system shows one
	// Clicked hears of a click on a note, on Run's goroutine, where the system tells of it.
	Clicked func(conversation string)
	// Plain shows a note where the system has no better way than title and text. It is called from Run's goroutine.
	Plain func(title, text string)
	Log   *slog.Logger
}

func (p Params) whole() Params {
	if p.Log == nil {
		p.Log = slog.Default()
	}
	if p.Clicked == nil {
		p.Clicked = func(string) {}
	}
	if p.Plain == nil {
		p.Plain = func(string, string) {}
	}
	return p
}

// Note is one thing to tell.
type Note struct {
	Kind         string // of view.Alert
	Title, Text  string
	Conversation string // what it is about; a later note about the same takes its place
	Urgent       bool   // does not wait for others
}

// The pace: after a note the next ones are gathered, and told together.
const (
	gather      = 8 * time.Second
	urgentLeast = 2 * time.Second // between two urgent ones
	maxGathered = 32
)

// Pace decides what is told when. Time is data: Add and Take are told the clock.
type Pace struct {
	// Summary tells of several notes in one.
	Summary func(notes []Note) Note

	waiting []Note
	last    time.Time // a note left
	urgent  time.Time // an urgent note left
}

// Add takes a note.
func (p *Pace) Add(n Note) {
	if n.Conversation != "" {
		p.waiting = slices.DeleteFunc(p.waiting, func(o Note) bool { return o.Conversation == n.Conversation && o.Urgent == n.Urgent })
	}
	p.waiting = append(p.waiting, n)
	if len(p.waiting) > maxGathered {
		p.waiting = slices.Delete(p.waiting, 0, len(p.waiting)-maxGathered)
	}
}

// Take is what is to be told now.
func (p *Pace) Take(now time.Time) (out []Note) {
	if p.urgent.IsZero() || now.Sub(p.urgent) >= urgentLeast {
		if gone := p.pull(true); len(gone) > 0 {
			p.urgent, p.last = now, now
			out = append(out, p.one(gone))
		}
	}
	if p.last.IsZero() || now.Sub(p.last) >= gather {
		if gone := p.pull(false); len(gone) > 0 {
			p.last = now
			out = append(out, p.one(gone))
		}
	}
	return out
}

// Due is when Take has something to tell; zero for never.
func (p *Pace) Due() time.Time {
	var at time.Time
	for _, n := range p.waiting {
		t := p.last.Add(gather)
		if n.Urgent {
			t = p.urgent.Add(urgentLeast)
		}
		if at.IsZero() || t.Before(at) {
			at = t
		}
	}
	return at
}

// Clear forgets what waits, as when the person has come back and looks.
func (p *Pace) Clear() { p.waiting = nil }

func (p *Pace) pull(urgent bool) (out []Note) {
	kept := p.waiting[:0]
	for _, n := range p.waiting {
		if n.Urgent == urgent {
			out = append(out, n)
		} else {
			kept = append(kept, n)
		}
	}
	clear(p.waiting[len(kept):])
	p.waiting = kept
	return out
}

func (p *Pace) one(notes []Note) Note {
	if len(notes) == 1 || p.Summary == nil {
		return notes[len(notes)-1]
	}
	n := p.Summary(notes)
	n.Urgent = notes[0].Urgent
	return n
}
