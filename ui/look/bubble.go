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

// NoteBox is an internal note on amber paper. Its text wraps within width.
func NoteBox(width float32, spans ...Span) fyne.CanvasObject {
	return NewBox(NoteTint, NoteLine, 8, Pad(6, 11), RowA(6, Start, Inset(Edge{Top: round((Caption.Height() - 14) / 2)}, NewIcon("note", NoteText, 14)),
		NewPara(Caption.In(NoteText), width, spans...)))
}

// Typing is the three dots of the other side writing.
func Typing(avatar fyne.CanvasObject, word string) *fyne.Container {
	dots := Fix(0, 20, NewBox("bubbleIn", "", 10, Pad(0, 9), Row(4, Dot(Fg3, 5), Dot(Fg3, 5), Dot(LineStrong, 5))))
	return Fix(0, 20, Row(8, avatar, dots, NewSoft(word, Micro.In(Fg3))))
}

// DayRule is a hairline with a word in the middle, which gives way.
func DayRule(word string) *fyne.Container { return RuleOf(NewSoft(word, Micro.In(Fg3))) }

// RuleOf is a hairline with something in the middle.
func RuleOf(middle fyne.CanvasObject) *fyne.Container {
	line := func() fyne.CanvasObject { return Grow(ColA(0, Stretch, Spacer(), HRule(Line), Spacer())) }
	return RowA(10, Stretch, line(), middle, line())
}
