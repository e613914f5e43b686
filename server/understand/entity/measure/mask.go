package measure

import "strings"

// private kinds are masked; the others never.
func private(kind string) bool {
	switch kind {
	case "phone", "idcard", "card", "address", "name", "email", "account":
		return true
	}
	return false
}

// Hidden is what a masker did: by private kind how many labels it hid or left, and everything else that it changed.
type Hidden struct {
	Counts map[string]Count // Right: hidden, Missed: left
	False  []Miss           // what nobody should hide; Want is the label that was hurt, nil for plain words
	Left   []Miss
}

// Mask scores a masker by the spans (runes) that it replaces. A label is hidden when every digit and every second rune of it is.
func Mask(lines []Line, find func(text string) []Span) Hidden {
	h := Hidden{Counts: map[string]Count{}}
	for _, l := range lines {
		rs := []rune(l.Text)
		gone := make([]bool, len(rs))
		cuts := find(l.Text)
		for _, c := range cuts {
			for i := c.From; i < c.To; i++ {
				gone[i] = true
			}
		}
		for i := range l.Entities {
			e := &l.Entities[i]
			hidden, digits := 0, true
			for k := e.From; k < e.To; k++ {
				if gone[k] {
					hidden++
				} else if strings.ContainsRune("0123456789０１２３４５６７８９", rs[k]) {
					digits = false
				}
			}
			switch {
			case private(e.Kind):
				c := h.Counts[e.Kind]
				if digits && 2*hidden >= e.To-e.From {
					c.Right++
				} else {
					c.Missed++
					h.Left = append(h.Left, Miss{ID: l.ID, Text: l.Text, Want: e})
				}
				h.Counts[e.Kind] = c
			case hidden > 0:
				h.False = append(h.False, Miss{ID: l.ID, Text: l.Text, Want: e})
			}
		}
		for k := range cuts {
			free := true
			for _, e := range l.Entities {
				free = free && (cuts[k].To <= e.From || e.To <= cuts[k].From)
			}
			if free {
				h.False = append(h.False, Miss{ID: l.ID, Text: l.Text, Got: &cuts[k]})
			}
		}
	}
	return h
}
