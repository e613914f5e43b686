package look

import (
	"fyne.io/fyne/v2"
)

// short is a count that stays short.
func short(n int) string {
	if n > 99 {
		return "99+"
	}
	return itoa(n)
}

// build draws the row anew.
func (q *QueueRow) build() *fyne.Container {
	q.ring, q.when, q.head, q.mood, q.rule, q.said = nil, nil, nil, nil, nil, nil
	if q.data.Mini {
		return q.mini()
	}
	d, fill := q.data, q.tint()
	ink := func(i Ink) Ink {
		if d.Gone {
			return Fg3
		}
		return i
	}
	name := NewText(d.Name, Body.B().In(ink(Fg)))
	name.Cut = true
	head := Row(5, Soft(name))
	bare := TextScale() > snippetScale
	switch {
	case d.Tier == "":
		head.Add(Spacer())
	case bare: // the name goes before the tier
		head = Row(5, Grow(Fit(5, name, Tier(d.Tier, d.TierWord))))
	default:
		head.Add(Tier(d.Tier, d.TierWord))
		head.Add(Spacer())
	}
	if d.When != "" {
		st := Micro.In(Fg3)
		if d.Late {
			st = Micro.B().In(ink(BadText))
		}
		q.when = NewText(d.When, st)
		head.Add(q.when)
	}
	q.head = head
	said := Fg2
	if d.Unread > 0 {
		said = Fg
	}
	body := Col(0, Fix(0, 20, head))
	var count fyne.CanvasObject
	if d.Unread > 0 {
		count = Count(short(d.Unread), Panel, 16)
	}
	if !bare {
		q.said = NewElided(d.Snippet, Caption.In(ink(said)))
		second := RowA(6, Start, Grow(q.said))
		if count != nil {
			second.Add(Inset(Edge{Top: 1}, count))
		}
		body.Add(Fix(0, 22, second))
	}
	chips := Fit(4)
	if d.Mood != "" && !d.Gone {
		chip := Emotion(d.Mood, d.MoodWord, q.moodFill(fill))
		q.mood, _ = chip.Objects[0].(*Box)
		chips.Add(chip)
	}
	for _, t := range d.Tags {
		chips.Add(TagIn(t.Word, t.Stroke, ink(t.Ink)))
	}
	if bare && count != nil {
		body.Add(Space(0, 6))
		body.Add(Row(6, Grow(chips), count))
	} else {
		if bare {
			body.Add(Space(0, 6))
		}
		body.Add(chips)
	}
	line := RowA(10, Start, Avatar(d.Face, 36, &Badge{Icon: d.Badge, Fill: Ink(d.BadgeInk), Ring: Panel, D: 18, Out: 3}), Grow(body))
	if d.Waiting && !d.Gone {
		line.Add(q.clock())
	}
	h := RowHeight(false)
	layers := Layers(NewBox(OnGround(fill), "", 0, Edge{}, nil))
	if d.Selected {
		layers.Add(At(0, 8, Fix(3, h-16, NewBox(Accent, "", 1, Edge{}, nil))))
	}
	layers.Add(Inset(Sides(10, 12, 0, 12), line))
	if !d.NoRule && !d.Selected {
		q.rule = Inset(Sides(h-1, 12, 0, 58), HRule(Line))
		if fill != Panel {
			q.rule.Hide()
		}
		layers.Add(q.rule)
	}
	return layers
}

// clock is the ring at the right edge, which belongs to time, and what stands below it.
func (q *QueueRow) clock() fyne.CanvasObject {
	d := q.data
	size := Scaled(34)
	bare := TextScale() > snippetScale
	if bare { // a low row
		size = 36
	}
	q.ring = NewRing(size, 30, d.Left)
	word := NewText(d.Under, Micro.In(Fg3))
	word.Cut, word.Align = true, Centre
	under := fyne.CanvasObject(Fix(Scaled(46), 0, word))
	gap := float32(4)
	if d.Under == "" {
		under = NewButton(ButtonSpec{Kind: Primary, Label: d.Take, H: 20, Style: Micro.B(), PadX: 8}, func() {
			if q.OnTake != nil {
				q.OnTake()
			}
		})
		gap = 2 // the button's target is higher than what is drawn
	}
	if bare && d.Under != "" {
		return Fix(Scaled(40), 0, Inset(Edge{Top: 8}, ColA(0, Centre, q.ring)))
	}
	return Fix(Scaled(40), 0, Inset(Edge{Top: 1}, ColA(gap, Centre, q.ring, under)))
}

// mini is the row of a collapsed queue: the face, the ring around it while the customer waits, and a count.
func (q *QueueRow) mini() *fyne.Container {
	const d, ring = float32(36), float32(48)
	fill := q.tint()
	layers := Layers(NewBox(OnGround(fill), "", 0, Edge{}, nil))
	if q.data.Selected {
		layers.Add(At(0, 8, Fix(3, 48, NewBox(Accent, "", 1, Edge{}, nil))))
	}
	x := (72 - ring) / 2
	if q.data.Waiting && !q.data.Gone {
		q.ring = NewRing(ring, 30, q.data.Left)
		q.ring.Bare = true
		layers.Add(At(x, 6, q.ring))
		layers.Add(At(18, 12, Avatar(q.data.Face, d, nil)))
		n, back := itoa(max(0, q.data.Left)), OKText
		switch LevelOf(q.data.Left) {
		case Warning:
			back = WarnText
		case Critical:
			back = Bad
		case Breached:
			n, back = "+"+itoa(-q.data.Left), Bad
		}
		layers.Add(At(42, 42, CountIn(n, back, Panel, 16)))
		return layers
	}
	layers.Add(At(18, 13, Avatar(q.data.Face, d, &Badge{Icon: q.data.Badge, Fill: Ink(q.data.BadgeInk), Ring: Panel, D: 18, Out: 3})))
	if q.data.Unread > 0 {
		layers.Add(At(44, 7, Count(short(q.data.Unread), Panel, 16)))
	} else if q.data.Late {
		layers.Add(At(46, 10, Dot(Bad, 9)))
	}
	return layers
}
