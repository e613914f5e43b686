package packshot

// The flat ones: sachets, boxes, tubs, soap.

func mask(p *pen) {
	p.turned(26, -4, 7, func() { sheet(p, "url(#tinted)", false) })
	sheet(p, "url(#body)", true)
}

func sheet(p *pen, fill string, front bool) {
	p.rect(-62, -176, 124, 172, 6, fill, 1)
	p.rect(-62, -176, 124, 9, 3, "#000000", 0.06)
	p.rect(-62, -13, 124, 9, 3, "#000000", 0.06)
	if !front {
		return
	}
	p.rect(-62, -60, 124, 56, 0, p.tone.key, 0.9)
	p.rect(-62, -12, 124, 8, 4, p.tone.key, 0.9)
	skin := mix(p.tone.key, "#FFF8EE", 0.78)
	p.path("M-27 -118C-27 -152 27 -152 27 -118C27 -90 14 -72 0 -72C-14 -72 -27 -90 -27 -118Z", skin, 1)
	p.path("M-19 -118C-15 -124 -8 -124 -5 -118C-8 -114 -15 -114 -19 -118Z", "#FFFFFF", 1)
	p.path("M5 -118C8 -124 15 -124 19 -118C15 -114 8 -114 5 -118Z", "#FFFFFF", 1)
	p.path("M-9 -88C-4 -93 4 -93 9 -88C4 -84 -4 -84 -9 -88Z", "#FFFFFF", 1)
	p.stroke("M0 -116L-3 -101L2 -101", mix(skin, p.tone.dark, 0.3), 1.4, 0.7)
	p.rect(-54, -168, 7, 156, 3, "#FFFFFF", 0.35)
	p.label(0, -42, 104, 13, "#FFFDF8")
}

func sachet(p *pen) {
	for i, turn := range []float64{-9, 8, 0} {
		p.turned(float64(i-1)*20, 0, turn, func() {
			fill := "url(#tinted)"
			if i == 2 {
				fill = "url(#body)"
			}
			p.rect(-46, -142, 92, 142, 5, fill, 1)
			p.rect(-46, -142, 92, 10, 3, "#000000", 0.07)
			p.rect(-46, -8, 92, 8, 3, "#000000", 0.07)
		})
	}
	p.rect(-26, -42, 92, 26, 0, p.tone.key, 0.85)
	p.label(20, -92, 76, 15, p.tone.ink)
}

func pads(p *pen) {
	p.ellipse(92, -40, 40, 40, mix(p.tone.key, "#FFFFFF", 0.82), 1)
	p.ellipse(92, -40, 33, 33, mix(p.tone.key, "#FFFFFF", 0.72), 1)
	for _, at := range [][2]float64{{80, -52}, {104, -52}, {92, -40}, {80, -28}, {104, -28}} {
		p.ellipse(at[0], at[1], 3, 3, p.tone.key, 0.35)
	}
	p.rect(-78, -92, 140, 92, 13, "url(#tinted)", 1)
	p.rect(-82, -120, 148, 34, 7, "url(#cap)", 1)
	p.rect(-82, -88, 148, 4, 2, "#000000", 0.15)
	p.shine(-68, -114, 7, 22)
	p.rect(-60, -74, 104, 60, 4, "#FFFDF8", 0.92)
	p.label(-8, -57, 92, 14, p.tone.ink)
}

// ribboned draws a gift box with a ribbon.
func ribboned(p *pen, ribbon string) {
	p.rect(-92, -110, 184, 110, 4, "url(#tinted)", 1)
	p.rect(-92, -110, 184, 110, 4, "#FFFFFF", 0.12)
	p.rect(-98, -142, 196, 38, 4, "url(#cap)", 1)
	p.rect(-98, -107, 196, 4, 1, "#000000", 0.16)
	p.rect(38, -142, 20, 142, 0, ribbon, 1)
	p.path("M48 -142C24 -178 2 -164 12 -150C18 -142 36 -140 48 -142Z", ribbon, 1)
	p.path("M48 -142C72 -178 94 -164 84 -150C78 -142 60 -140 48 -142Z", ribbon, 1)
	p.path("M48 -142C40 -132 34 -124 24 -120L30 -114C40 -120 46 -130 50 -140Z", ribbon, 0.9)
	p.path("M48 -142C56 -132 62 -124 72 -120L66 -114C56 -120 50 -130 46 -140Z", ribbon, 0.9)
	p.ellipse(48, -144, 8, 6, ribbon, 1)
	p.ellipse(46, -146, 3, 2, "#FFFFFF", 0.4)
	p.rect(-80, -84, 104, 64, 3, "#FFFDF8", 0.94)
	p.label(-28, -65, 92, 14.5, p.tone.ink)
}

func box(p *pen)     { ribboned(p, mix(p.tone.key, "#FFF6E6", 0.62)) }
func boxGold(p *pen) { ribboned(p, "url(#metal)") }

func boxLong(p *pen) {
	p.rect(-94, -84, 188, 84, 4, "url(#body)", 1)
	p.rect(-94, -84, 44, 84, 4, "url(#cap)", 1)
	p.label(22, -52, 120, 17, p.tone.ink)
	for i := range 3 {
		x := -40 + float64(i)*46
		p.rect(x-20, -116, 40, 32, 6, mix(p.tone.key, "#FFFFFF", 0.5+0.12*float64(i)), 1)
		p.rect(x-20, -116, 40, 7, 3, "#FFFFFF", 0.4)
	}
}

func bar(p *pen) {
	p.rect(-96, -14, 192, 14, 7, mix(p.tone.key, "#7A6A54", 0.4), 0.5)
	p.rect(-80, -70, 160, 60, 24, "url(#tinted)", 1)
	p.rect(-72, -66, 144, 34, 17, "#FFFFFF", 0.2)
	p.rect(-54, -58, 108, 36, 16, "#000000", 0.05)
	p.text("B", "CHENGYU", 0, -34, 18, 0.06, p.tone.ink, 0.55)
	for _, b := range [][3]float64{{-70, -86, 9}, {-50, -96, 6}, {-84, -78, 5}, {64, -84, 7}, {80, -76, 4}, {50, -92, 4}} {
		p.ellipse(b[0], b[1], b[2], b[2], "#FFFFFF", 0.55)
		p.ellipse(b[0]-b[2]*0.3, b[1]-b[2]*0.3, b[2]*0.25, b[2]*0.25, "#FFFFFF", 0.9)
	}
}
