package desk

import (
	"strings"

	"fyne.io/fyne/v2"

	"agentdesk/app/view"
	"agentdesk/ui/look"
	"agentdesk/ui/words"
)

// results lists what a search found.
func (d *Desk) results(s *view.Search) fyne.CanvasObject {
	w := d.env.W
	if len(s.Results) == 0 {
		text := "search.none"
		if s.Busy {
			text = "search.busy"
		}
		if strings.TrimSpace(s.Query) == "" {
			text = "search.start"
		}
		return look.Inset(look.Pad(16, 14), look.Col(0, look.NewPara(look.Caption.In(look.Fg3), 220, look.T(w.T(text)))))
	}
	hits := s.Results
	var entries []look.Entry
	for _, h := range hits {
		entries = append(entries, look.Entry{Key: h.Conversation + h.Message, Kind: "hit"})
	}
	roll := look.NewRoll(func(int, float32) float32 { return 56 }, func(i int, _ fyne.CanvasObject) fyne.CanvasObject {
		h := hits[i]
		return look.NewTap(look.Inset(look.Pad(8, 14), look.Col(0,
			look.Row(6, look.NewSoft(look.OneLine(h.Name), look.Body.B()), look.Spacer(),
				look.NewText(w.Clock(h.At, d.env.Now()), look.Micro.In(look.Fg3))),
			look.NewElided(look.OneLine(h.Text), look.Caption.In(look.Fg2)))), look.Hover, 0, func() { d.env.Act.Select(h.Conversation) })
	})
	roll.SetRows(entries)
	return look.Col(0, look.Fix(0, 28, look.Inset(look.Pad(0, 14), look.Row(0,
		look.NewText(w.T("search.found", "n", words.Group(int64(len(hits)))), look.Micro.B().In(look.Fg2))))), look.Grow(roll))
}
