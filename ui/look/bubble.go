package look

import "fyne.io/fyne/v2"

// Side is who speaks, and so the colour and the side of a bubble.
type Side int

// The sides. Blue is a person, teal is a machine, amber paper is private.
const (
	FromCustomer Side = iota
	FromBot
	FromAgent
	Note
)

// BubbleMax is the greatest outer width of a bubble.
const BubbleMax float32 = 470

// BubbleOf is a bubble with other content, such as a voice message.
func BubbleOf(side Side, avatar fyne.CanvasObject, meta string, content fyne.CanvasObject) *fyne.Container {
	fill, stroke := Ink("bubbleIn"), Ink("")
	switch side {
	case FromBot:
		fill, stroke = "bubbleBot", BotLine
	case FromAgent:
		fill = "bubbleOut"
	}
	box := NewBox(fill, stroke, 10, Pad(7, 12), content)
	time := ColA(0, Start, Spacer(), NewText(meta, Micro.In(Fg3)))
	av := ColA(0, Start, avatar)
	if side == FromAgent {
		return RowA(8, Stretch, Spacer(), time, box, av)
	}
	return RowA(8, Stretch, av, box, time)
}

// NoteStrip is an internal note on amber paper, right-aligned. Its text wraps within width.
func NoteStrip(meta string, width float32, spans ...Span) *fyne.Container {
	box := NewBox(NoteTint, NoteLine, 8, Pad(6, 11),
		Row(6, NewIcon("note", NoteText, 14), NewPara(Caption.In(NoteText), width, spans...)))
	return RowA(8, Stretch, Spacer(), ColA(0, Start, Spacer(), NewText(meta, Micro.In(Fg3))), box)
}

// Typing is the three dots of the other side writing.
func Typing(avatar fyne.CanvasObject, word string) *fyne.Container {
	dots := Fix(0, 20, NewBox("bubbleIn", "", 10, Pad(0, 9), Row(4, Dot(Fg3, 5), Dot(Fg3, 5), Dot(LineStrong, 5))))
	return Fix(0, 20, Row(8, avatar, dots, NewText(word, Micro.In(Fg3))))
}

// DayRule is a hairline with a word in the middle.
func DayRule(word string) *fyne.Container {
	line := func() fyne.CanvasObject { return Grow(ColA(0, Stretch, Spacer(), HRule(Line), Spacer())) }
	return RowA(10, Stretch, line(), NewText(word, Micro.In(Fg3)), line())
}
