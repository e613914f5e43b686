package packshot

// What is coloured: the tint is the shade.

func lipstick(p *pen) {
	p.rect(-26, -76, 52, 76, 6, "url(#cap)", 1)
	p.rect(-22, -106, 44, 34, 3, "url(#metal)", 1)
	p.path("M-16 -106L-16 -150C-16 -168 -2 -178 16 -184L16 -106Z", "url(#tint)", 1)
	p.path("M-16 -150C-16 -168 -2 -178 16 -184C14 -170 0 -154 -16 -150Z", "#FFFFFF", 0.22)
	p.shine(-18, -68, 5, 58)
	p.text("B", "CHENGYU", 0, -34, 9, 0.05, mix(p.tone.key, "#FFF6E6", 0.8), 1)
	p.ellipse(74, 0, 26, 4, "#000000", 0.1)
	p.rect(50, -88, 48, 88, 6, "url(#cap)", 1)
	p.rect(50, -12, 48, 12, 3, "url(#metal)", 1)
	p.shine(57, -80, 5, 62)
}

func stick(p *pen) {
	p.rect(-36, -96, 72, 96, 9, "url(#body)", 1)
	p.rect(-36, -16, 72, 16, 7, "url(#cap)", 1)
	p.rect(-33, -110, 66, 18, 3, "url(#steel)", 1)
	p.path("M-30 -110L-30 -132C-30 -154 30 -154 30 -132L30 -110Z", "url(#tint)", 1)
	p.shine(-20, -138, 6, 24)
	p.shine(-28, -86, 5, 60)
	p.label(0, -62, 60, 12.5, p.tone.ink)
	p.ellipse(80, 0, 30, 4, "#000000", 0.1)
	p.rect(50, -66, 60, 66, 9, "url(#cap)", 1)
	p.shine(58, -58, 5, 48)
}

func gloss(p *pen) {
	p.rect(-17, -100, 34, 100, 8, "url(#tint)", 1)
	p.rect(-17, -100, 34, 100, 8, "#FFFFFF", 0.1)
	p.rect(-15, -178, 30, 80, 5, "url(#cap)", 1)
	p.rect(-15, -101, 30, 4, 1, "url(#metal)", 1)
	p.shine(-10, -170, 4, 62)
	p.shine(-11, -92, 4, 80)
	p.turned(0, -50, -90, func() { p.text("B", "CHENGYU", 0, 4, 11, 0.08, "#FFFDF8", 0.95) })
	p.path("M40 -6C46 -20 78 -24 92 -14C104 -6 84 2 64 1C50 0 38 0 40 -6Z", "url(#tint)", 1)
	p.path("M50 -8C58 -16 74 -18 82 -13C74 -12 60 -10 50 -8Z", "#FFFFFF", 0.45)
}

func pencil(p *pen) {
	for _, q := range []struct{ x, turn float64 }{{-14, -14}, {22, 12}} {
		p.turned(q.x, 0, q.turn, func() {
			p.rect(-9, -168, 18, 122, 3, "url(#cap)", 1)
			p.rect(-9, -178, 18, 14, 3, "url(#metal)", 1)
			p.rect(-9, -50, 18, 6, 0, "url(#metal)", 1)
			p.path("M-9 -44L9 -44L3 -12L-3 -12Z", "url(#body)", 1)
			p.path("M-4 -17L4 -17L1.4 -2C0.8 0 -0.8 0 -1.4 -2Z", "url(#tint)", 1)
			p.turned(0, -108, 90, func() { p.text("B", "CHENGYU", 0, 3, 8.5, 0.1, "#FFFDF8", 0.9) })
		})
	}
	p.stroke("M-86 -10C-76 -22 -64 2 -52 -10", p.look.Tint, 5, 0.9)
}

// opened is a round compact, its lid with a mirror behind.
func opened(p *pen, pan func()) {
	p.ellipse(0, -122, 66, 64, "url(#cap)", 1)
	p.ellipse(0, -122, 56, 54, mix(p.tone.key, "#EEF3F4", 0.84), 1)
	p.path("M-34 -150C-20 -166 8 -172 26 -162L-40 -96C-46 -112 -46 -136 -34 -150Z", "#FFFFFF", 0.55)
	p.rect(-14, -66, 28, 12, 3, "url(#metal)", 1)
	p.path("M-78 -34C-78 -66 78 -66 78 -34L78 -22C78 8 -78 8 -78 -22Z", "url(#cap)", 1)
	p.ellipse(0, -34, 76, 25, mix(p.tone.key, "#F4EBDD", 0.72), 1)
	pan()
}

func cushion(p *pen) {
	opened(p, func() {
		p.ellipse(0, -34, 60, 18, "url(#tint)", 1)
		p.ellipse(-14, -38, 26, 6, "#FFFFFF", 0.25)
		for _, at := range [][2]float64{{-30, -34}, {-10, -28}, {12, -40}, {32, -32}, {4, -33}} {
			p.ellipse(at[0], at[1], 2, 0.9, "#000000", 0.1)
		}
	})
}

func compact(p *pen) {
	opened(p, func() {
		p.ellipse(0, -33, 58, 17, mix(p.look.Tint, "#3A221C", 0.3), 1)
		p.ellipse(0, -35, 58, 17, p.look.Tint, 1)
		p.stroke("M-34 -37C-18 -44 18 -44 34 -37M-24 -31C-10 -36 10 -36 24 -31", mix(p.look.Tint, "#FFFFFF", 0.4), 1.4, 0.7)
	})
}

// pans is an open palette of rows and columns of colours.
func pans(p *pen, rows, cols int, w float64) {
	p.path("M-96 -72L96 -72L90 -178L-90 -178Z", "url(#cap)", 1)
	p.path("M-86 -80L86 -80L81 -170L-81 -170Z", mix(p.tone.key, "#EEF3F4", 0.84), 1)
	p.path("M-60 -162L-6 -162L-70 -92L-76 -112Z", "#FFFFFF", 0.5)
	p.path("M-98 -70L98 -70L112 -10L-112 -10Z", mix(p.tone.key, "#F4EBDD", 0.66), 1)
	p.path("M-112 -10L112 -10L112 0L-112 0Z", "url(#cap)", 1)
	t := p.look.Tint
	shades := []string{mix(t, "#FFF3E4", 0.72), mix(t, "#FFE2CC", 0.42), t, mix(t, "#5A2E22", 0.42), mix(t, "#F6D9B4", 0.58), mix(t, "#8C5A46", 0.3), mix(t, "#3A1E18", 0.6), mix(t, "#F1C9B8", 0.3), mix(t, "#6E3B33", 0.52)}
	rowH := 54.0 / float64(rows)
	for r := range rows {
		top := -66 + rowH*float64(r)
		for c := range cols {
			half := (w + 10*(top+66)/54) / 2
			step := 2 * half / float64(cols)
			x := -half + step*float64(c)
			colour := shades[(r*cols+c)%len(shades)]
			p.rect(x+3, top+3, step-6, rowH-6, 4, colour, 1)
			p.rect(x+5, top+4.5, step-10, (rowH-6)*0.3, 3, "#FFFFFF", 0.22)
		}
	}
}

func palette(p *pen)      { pans(p, 3, 3, 184) }
func paletteSmall(p *pen) { pans(p, 2, 2, 184) }
