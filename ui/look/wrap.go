package look

import "fyne.io/fyne/v2"

// Wrap lays objs in lines no wider than width.
func Wrap(gap, width float32, objs ...fyne.CanvasObject) *fyne.Container {
	col := ColA(gap, Start)
	line := Row(gap)
	used := float32(0)
	for _, o := range objs {
		w := o.MinSize().Width
		if used > 0 && used+gap+w > width {
			col.Add(line)
			line, used = Row(gap), 0
		}
		if used > 0 {
			used += gap
		}
		line.Add(o)
		used += w
	}
	col.Add(line)
	return col
}
