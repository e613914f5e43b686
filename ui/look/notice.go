package look

import "fyne.io/fyne/v2"

// Notice is a state in place of content: a glyph on a disc, a title, a sentence and at most one action.
func Notice(icon string, tint, ink Ink, title, text string, width float32, action ...fyne.CanvasObject) fyne.CanvasObject {
	head := NewText(title, Chat.B())
	head.Align, head.Cut = Centre, true
	col := ColA(0, Centre,
		Disc(icon, tint, ink, 44, 20), Space(0, 12), head)
	if text != "" {
		col.Add(Space(0, 2))
		p := NewPara(Caption.In(Fg2), width, T(text))
		p.Align = Centre
		col.Add(p)
	}
	row := Row(12)
	for _, a := range action {
		if a != nil {
			row.Add(a)
		}
	}
	if len(row.Objects) > 0 {
		col.Add(Space(0, 10))
		col.Add(row)
	}
	return Col(0, Space(0, 24), col)
}

// Skeleton is n rows that are still on their way. Nothing moves.
func Skeleton(n int) fyne.CanvasObject {
	bar := func(w, h float32, i Ink) fyne.CanvasObject { return Row(0, Fix(w, h, NewBox(i, "", 3, Edge{}, nil))) }
	col := Col(0)
	for i := range n {
		w := float32([]int{120, 96, 140}[i%3])
		col.Add(Fix(0, 72, Layers(Inset(Sides(71, 0, 0, 0), HRule(Line)), Inset(Pad(10, 12),
			RowA(10, Start, Dot(Line, 36), Col(9, Inset(Edge{Top: 3}, bar(w, 10, Line)), bar(w+60, 10, Hover), bar(64, 10, Hover)))))))
	}
	return col
}

// Blank is a queue row that is not known yet.
func Blank(mini bool) fyne.CanvasObject {
	h := RowHeight(mini)
	bar := func(w, h float32, i Ink) fyne.CanvasObject { return Row(0, Fix(w, h, NewBox(i, "", 3, Edge{}, nil))) }
	if mini {
		return Layers(Space(0, h), At(18, 13, Dot(Line, 36)))
	}
	return Layers(Space(0, h), Inset(Sides(h-1, 12, 0, 58), HRule(Line)), Inset(Pad(10, 12),
		RowA(10, Start, Dot(Line, 36), Col(9, Inset(Edge{Top: 3}, bar(110, 10, Line)), bar(160, 10, Hover), bar(64, 10, Hover)))))
}

// Banner is a bar across the window, such as of a lost connection.
func Banner(icon string, fill, line, ink Ink, title, text string, actions ...fyne.CanvasObject) fyne.CanvasObject {
	row := Row(8, NewIcon(icon, ink, 15), NewText(title, Caption.B().In(ink)), NewSoft(text, Caption.In(Fg2)), Spacer())
	for _, a := range actions {
		row.Add(a)
	}
	return Layers(NewBox(fill, "", 0, Edge{}, nil), Col(0, Fix(0, 32, Inset(Pad(0, 12), row)), HRule(line)))
}
