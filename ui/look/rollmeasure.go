package look

import "fyne.io/fyne/v2"

// Forget drops all heights, for the next SetRows.
func (r *Roll) Forget() { r.stale = true }

// common is how many rows at the beginning keep their heights.
func (r *Roll) common(rows []Entry) int {
	if r.stale || r.width <= 0 || len(r.tops) != len(r.rows)+1 || (r.Guess != nil) != (r.rough != nil) {
		return 0
	}
	n := min(len(rows), len(r.rows))
	for i := range n {
		if rows[i] != r.rows[i] {
			return i
		}
	}
	return n
}

// measure finds the tops of the rows from one on; what can be guessed is guessed.
func (r *Roll) measure(from int) {
	r.stale = false
	n := len(r.rows)
	r.tops = append(make([]float32, 0, n+1), r.tops[:from+1]...)
	rough := r.rough
	r.rough = nil
	if r.Guess != nil {
		r.rough = append(make([]bool, 0, n), rough[:min(from, len(rough))]...)
	}
	for i := from; i < n; i++ {
		h, exact := float32(0), true
		switch {
		case r.width <= 0:
		case r.Guess != nil:
			h, exact = r.Guess(i, r.width)
		default:
			h = r.Height(i, r.width)
		}
		r.tops = append(r.tops, r.tops[i]+h)
		if r.rough != nil {
			r.rough = append(r.rough, !exact)
		}
	}
}

// exact measures the rows from … to. It says whether any was another than guessed. The row at the top of the view stays where
// it is.
func (r *Roll) exact(from, to int) (changed bool) {
	if r.rough == nil {
		return false
	}
	first := r.at(r.scroll.Offset.Y)
	for i := max(0, from); i <= min(to, len(r.rows)-1); i++ {
		if !r.rough[i] {
			continue
		}
		r.rough[i] = false
		d := r.Height(i, r.width) - (r.tops[i+1] - r.tops[i])
		if d == 0 {
			continue
		}
		changed = true
		for k := i + 1; k < len(r.tops); k++ {
			r.tops[k] += d
		}
		if i < first {
			r.scroll.Offset.Y += d
		}
	}
	return changed
}

// settle measures what is in view and about a view around it, so that nothing moves while it is looked at.
func (r *Roll) settle() {
	if r.rough == nil || len(r.rows) == 0 {
		return
	}
	view := max(r.scroll.Size().Height, 200)
	for {
		bottom := r.Stick && r.AtBottom()
		y := r.scroll.Offset.Y
		if !r.exact(r.at(y-view), r.at(y+2*view)) {
			return
		}
		if bottom {
			r.toBottom()
		} else {
			r.offset(r.scroll.Offset.Y)
		}
	}
}

// keep shows the same place after the rows changed: the bottom, or the row that was at the top.
func (r *Roll) keep(stick bool, anchor string, off float32) {
	switch {
	case stick:
		r.toBottom()
	case anchor != "":
		for i, row := range r.rows {
			if row.Key == anchor {
				r.offset(r.tops[i] + off)
				return
			}
		}
	}
}

// goTo scrolls to a height that depends on rows around i, which are measured on the way.
func (r *Roll) goTo(i int, y func() float32) {
	r.exact(i-20, i+20)
	r.offset(y())
	r.arrange(false)
	if r.OnScrolled != nil {
		r.OnScrolled(r.AtBottom())
	}
}

// ScrollBy moves the view by units, as the wheel does.
func (r *Roll) ScrollBy(dy float32) {
	r.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -dy)})
}
