package desk

import (
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
)

// mostFollow is how far ahead a promise can lie.
const mostFollow = 60 * 24 * time.Hour

// dueChoice is a moment to come back at.
type dueChoice struct {
	word string
	at   time.Time
}

// dueChoices are the moments that are offered. Tonight is left out once it is over.
func (d *Desk) dueChoices(now time.Time) []dueChoice {
	w := d.env.W
	y, m, day := now.Date()
	tonight := time.Date(y, m, day, 20, 0, 0, 0, now.Location())
	morning := time.Date(y, m, day+1, 10, 0, 0, 0, now.Location())
	out := []dueChoice{{w.T("follow.10m"), now.Add(10 * time.Minute)}, {w.T("follow.1h"), now.Add(time.Hour)}}
	if tonight.Sub(now) > 5*time.Minute {
		out = append(out, dueChoice{w.T("follow.tonight"), tonight})
	}
	return append(out, dueChoice{w.T("follow.morning"), morning})
}

// parseDue reads a moment as people write it: 15:30 (today, or tomorrow when that is over), 12-01 15:30, 2026-12-01 15:30. It
// must lie ahead.
func parseDue(s string, now time.Time) (time.Time, bool) {
	s = strings.Join(strings.Fields(strings.NewReplacer("：", ":", "/", "-", "月", "-", "日", " ").Replace(s)), " ")
	for _, f := range []struct {
		layout string
		parts  int
	}{{"15:04", 0}, {"1-2 15:04", 1}, {"2006-1-2 15:04", 2}} {
		t, err := time.ParseInLocation(f.layout, s, now.Location())
		if err != nil {
			continue
		}
		y, m, day := now.Date()
		switch f.parts {
		case 0:
			t = time.Date(y, m, day, t.Hour(), t.Minute(), 0, 0, now.Location())
			if !t.After(now) {
				t = t.AddDate(0, 0, 1)
			}
		case 1:
			t = time.Date(y, t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, now.Location())
			if !t.After(now) {
				t = t.AddDate(1, 0, 0)
			}
		}
		return t, t.After(now) && t.Sub(now) <= mostFollow
	}
	return time.Time{}, false
}

// mayFollow reports whether a promise can be made in the open chat.
func (d *Desk) mayFollow() bool {
	c := d.snap.Chat
	return c != nil && c.Lost == nil && (c.Seat.State == view.SeatMine || c.Seat.State == view.SeatClosed)
}

// askFollowUp asks when to come back to the customer, and for what.
func (d *Desk) askFollowUp() {
	if d.snap == nil || !d.mayFollow() {
		return
	}
	w := d.env.W
	now := d.env.Now()
	choices := d.dueChoices(now)
	due := choices[0].at
	picked := 0
	text := look.NewField(w.T("follow.text"), nil)
	custom := look.NewField(w.T("follow.custom.hint"), nil)
	says := look.NewText("", look.Caption.In(look.Fg2))
	row := look.Layers()
	var ok *look.Button
	var show, done func()
	valid := true
	show = func() {
		var chips []fyne.CanvasObject
		for i, c := range choices {
			kind, st := look.Plain, look.Caption.In(look.Fg2)
			if i == picked {
				kind, st = look.Chosen, look.Caption.B()
			}
			chips = append(chips, look.NewButton(look.ButtonSpec{Kind: kind, Label: c.word, H: 28, Style: st, PadX: 10}, func() {
				picked, due, valid = i, c.at, true
				custom.SetText("")
				show()
			}))
		}
		put(row, look.Wrap(6, 364, chips...))
		says.Style.Ink = look.Fg2
		if valid {
			says.Set(w.T("follow.at", "at", d.when(due)))
		} else {
			says.Style.Ink = look.BadText
			says.Set(w.T("follow.bad"))
		}
		says.Refresh()
		ok.SetDisabled(!valid || strings.TrimSpace(text.Text()) == "")
	}
	ok = look.NewButton(look.ButtonSpec{Kind: look.Primary, Label: w.T("follow.set"), Style: look.Body.B()}, func() {
		done()
		d.env.Act.SetFollowUp(due, strings.TrimSpace(text.Text()))
	})
	custom.OnChanged = func(s string) {
		if strings.TrimSpace(s) == "" {
			picked, due, valid = 0, choices[0].at, true
		} else {
			picked = -1
			due, valid = parseDue(s, d.env.Now())
		}
		show()
	}
	text.OnChanged = func(string) { show() }
	text.OnSubmitted = func(string) { ok.Tapped(nil) }
	custom.OnSubmitted = text.OnSubmitted
	col := look.Col(8, box(text, 32), row, box(custom, 32), says)
	if open := d.followList(d.snap.Chat.Head.FollowUps, func() { done() }); open != nil {
		col.Add(look.HRule(look.Line))
		col.Add(open)
	}
	show()
	done = d.sheet(w.T("follow.title"), col, []*look.Field{text, custom}, ok)
	d.env.Window().Canvas().Focus(text.Focusable())
}

// when is a moment ahead: the day where it isn't today.
func (d *Desk) when(t time.Time) string {
	now := d.env.Now()
	y, m, day := now.Date()
	switch start := time.Date(y, m, day, 0, 0, 0, 0, now.Location()); {
	case !t.Before(start) && t.Before(start.AddDate(0, 0, 1)):
		return d.env.W.T("day.today") + " " + t.Format("15:04")
	case !t.Before(start) && t.Before(start.AddDate(0, 0, 2)):
		return d.env.W.T("day.tomorrow") + " " + t.Format("15:04")
	}
	return t.Format("01-02 15:04")
}

// followList is the open promises in a conversation; nil for none. after hears when one was kept.
func (d *Desk) followList(fs []view.FollowUp, after func()) fyne.CanvasObject {
	if len(fs) == 0 {
		return nil
	}
	w := d.env.W
	col := look.Col(4)
	for _, f := range fs[:min(4, len(fs))] {
		ink := look.Fg3
		if !f.Due.After(d.env.Now()) {
			ink = look.BadText
		}
		row := look.Row(8, look.NewIcon("clock", ink, 14), look.NewText(d.when(f.Due), look.Micro.In(ink)),
			look.Grow(look.NewElided(look.OneLine(f.Text), look.Caption)))
		if f.Mine {
			row.Add(look.NewButton(look.ButtonSpec{Kind: look.Link, Label: w.T("follow.done"), H: 22, Style: look.Micro.B(), PadX: 4}, func() {
				d.env.Act.DoneFollowUp(f.ID)
				if after != nil {
					after()
				}
			}))
		}
		col.Add(look.Fix(0, 24, row))
	}
	if len(fs) > 4 {
		col.Add(look.NewText(w.T("follow.more", "n", strconv.Itoa(len(fs)-4)), look.Micro.In(look.Fg3)))
	}
	return col
}
