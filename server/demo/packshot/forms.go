package packshot

// forms draw the packs, each standing at the origin and at most some 190 high.
func forms() map[string]func(*pen) {
	return map[string]func(*pen){
		"jar": jar, "jar-wide": jarWide, "pot": pot, "bottle": bottle, "dropper": dropper, "pump": pump, "tube": tube, "tube-eye": tubeEye,
		"spray": spray, "ampoule": ampoule, "mask": mask, "pads": pads, "sachet": sachet, "stick": stick, "lipstick": lipstick, "gloss": gloss,
		"pencil": pencil, "cushion": cushion, "compact": compact, "palette": palette, "palette-s": paletteSmall, "box": box, "box-gold": boxGold,
		"box-long": boxLong, "perfume": perfume, "rollon": rollon, "bar": bar,
	}
}

// shine is a streak of light on something round.
func (p *pen) shine(x, y, w, h float64) { p.rect(x, y, w, h, w/2, "#FFFFFF", 0.42) }

// foot is the dark edge where something round stands.
func (p *pen) foot(w float64) { p.rect(-w/2+4, -5, w-8, 3, 1.5, "#000000", 0.08) }

func jar(p *pen) {
	p.rect(-70, -102, 140, 102, 14, "url(#body)", 1)
	p.foot(140)
	p.rect(-68, -104, 136, 9, 3, "#000000", 0.1)
	p.rect(-75, -146, 150, 48, 8, "url(#cap)", 1)
	p.rect(-75, -103, 150, 4, 2, "#000000", 0.16)
	p.shine(-60, -138, 7, 32)
	p.shine(-58, -84, 6, 64)
	p.label(0, -60, 118, 19, p.tone.ink)
}

func jarWide(p *pen) {
	p.rect(-88, -84, 176, 84, 16, "url(#tinted)", 1)
	p.foot(176)
	p.rect(-92, -118, 184, 40, 8, "url(#cap)", 1)
	p.rect(-92, -82, 184, 4, 2, "#000000", 0.16)
	p.shine(-76, -112, 7, 27)
	p.rect(-58, -68, 116, 56, 4, "#FFFDF8", 0.92)
	p.label(0, -52, 100, 14.5, p.tone.ink)
}

func pot(p *pen) {
	p.rect(-52, -58, 104, 58, 12, "url(#glass)", 1)
	p.foot(104)
	p.rect(-55, -86, 110, 32, 6, "url(#metal)", 1)
	p.rect(-55, -57, 110, 3, 1, "#000000", 0.16)
	p.shine(-44, -80, 6, 20)
	p.rect(-36, -46, 72, 38, 3, "#FFFDF8", 0.9)
	p.label(0, -34.5, 64, 9.4, p.tone.ink)
}

func bottle(p *pen) {
	p.rect(-15, -172, 30, 24, 3, "url(#body)", 1)
	p.path("M-44 -126C-44 -146 -20 -146 -17 -158L17 -158C20 -146 44 -146 44 -126L44 -12C44 -4 38 0 30 0L-30 0C-38 0 -44 -4 -44 -12Z", "url(#tinted)", 1)
	p.foot(88)
	p.rect(-21, -200, 42, 38, 5, "url(#cap)", 1)
	p.shine(-15, -195, 4, 28)
	p.shine(-36, -118, 6, 100)
	p.rect(-32, -106, 64, 84, 3, "#FFFDF8", 0.9)
	p.label(0, -80, 56, 13, p.tone.ink)
}

func dropper(p *pen) {
	p.rect(-46, -134, 92, 134, 14, "url(#glass)", 1)
	p.foot(92)
	p.rect(-44, -134, 88, 10, 8, "#FFFFFF", 0.16)
	p.rect(-2, -128, 4, 116, 2, "#FFFFFF", 0.3)
	p.rect(-22, -154, 44, 24, 4, "url(#cap)", 1)
	p.rect(-22, -133, 44, 3, 1, "#000000", 0.2)
	p.path("M-13 -154L-13 -188C-13 -204 13 -204 13 -188L13 -154Z", "url(#cap)", 1)
	p.shine(-7, -192, 4, 32)
	p.shine(-38, -118, 6, 100)
	p.rect(-34, -106, 68, 84, 3, "#FFFDF8", 0.93)
	p.label(0, -80, 60, 14, p.tone.ink)
}

func pump(p *pen) {
	p.rect(-50, -146, 100, 146, 13, "url(#body)", 1)
	p.foot(100)
	p.rect(-23, -164, 46, 22, 4, "url(#cap)", 1)
	p.rect(-5, -188, 10, 26, 1, "url(#steel)", 1)
	p.path("M-40 -196C-40 -202 -36 -204 -30 -204L20 -204C26 -204 28 -200 28 -194L28 -184L-14 -184C-22 -184 -24 -188 -40 -186Z", "url(#cap)", 1)
	p.shine(-41, -132, 6, 112)
	p.label(0, -92, 84, 16, p.tone.ink)
	p.rect(-50, -24, 100, 8, 0, p.tone.key, 0.55)
}

func tube(p *pen) {
	p.path("M-54 -196L54 -196L45 -34L-45 -34Z", "url(#body)", 1)
	p.rect(-55, -204, 110, 13, 2, "url(#body)", 1)
	for x := -50.0; x < 52; x += 6 {
		p.rect(x, -203, 1, 11, 0, "#000000", 0.07)
	}
	p.rect(-45, -36, 90, 36, 7, "url(#cap)", 1)
	p.rect(-45, -37, 90, 3, 1, "#000000", 0.15)
	p.shine(-36, -180, 6, 136)
	p.label(0, -128, 78, 16, p.tone.ink)
	p.path("M-47 -62L47 -62L46.4 -52L-46.4 -52Z", p.tone.key, 0.55)
}

func tubeEye(p *pen) {
	p.path("M-33 -176L33 -176L28 -44L-28 -44Z", "url(#tinted)", 1)
	p.rect(-34, -184, 68, 12, 2, "url(#tinted)", 1)
	for x := -30.0; x < 32; x += 6 {
		p.rect(x, -183, 1, 10, 0, "#000000", 0.08)
	}
	p.path("M-28 -46L28 -46L22 -4C22 -1 20 0 16 0L-16 0C-20 0 -22 -1 -22 -4Z", "url(#metal)", 1)
	p.shine(-22, -164, 5, 112)
	p.rect(-23, -150, 46, 84, 2, "#FFFDF8", 0.55)
	p.label(0, -124, 42, 10.5, p.tone.ink)
}

func spray(p *pen) {
	p.path("M-42 -112C-42 -134 -20 -136 -18 -146L18 -146C20 -136 42 -134 42 -112L42 -14C42 -5 36 0 28 0L-28 0C-36 0 -42 -5 -42 -14Z", "url(#tinted)", 1)
	p.foot(84)
	p.rect(-19, -160, 38, 16, 3, "url(#steel)", 1)
	p.path("M-20 -160L-20 -186C-20 -194 -16 -198 -8 -198L14 -198C20 -198 22 -194 22 -188L22 -160Z", "url(#cap)", 1)
	p.rect(-25, -190, 7, 8, 2, "url(#cap)", 1)
	for i, at := range [][2]float64{{-40, -192}, {-52, -184}, {-50, -202}, {-66, -192}, {-64, -212}, {-78, -200}} {
		p.ellipse(at[0], at[1], 2.4-float64(i)*0.2, 2.4-float64(i)*0.2, "#FFFFFF", 0.75)
	}
	p.shine(-34, -112, 6, 94)
	p.rect(-31, -104, 62, 82, 3, "#FFFDF8", 0.9)
	p.label(0, -78, 54, 12.5, p.tone.ink)
}

func rollon(p *pen) {
	p.rect(-24, -120, 48, 120, 10, "url(#glass)", 1)
	p.foot(48)
	p.rect(-20, -134, 40, 18, 3, "url(#steel)", 1)
	p.ellipse(0, -138, 13, 13, "url(#steel)", 1)
	p.rect(-20, -106, 40, 84, 2, "#FFFDF8", 0.9)
	p.label(0, -82, 36, 9, p.tone.ink)
	p.rect(38, -62, 46, 62, 9, "url(#cap)", 1)
	p.shine(45, -54, 5, 46)
}

func perfume(p *pen) {
	p.rect(-56, -122, 112, 122, 12, "url(#glass)", 0.6)
	p.rect(-56, -122, 112, 122, 12, "#FFFFFF", 0.22)
	p.rect(-46, -92, 92, 82, 7, "url(#glass)", 0.9)
	p.rect(-16, -136, 32, 16, 2, "url(#metal)", 1)
	p.rect(-25, -178, 50, 44, 5, "url(#cap)", 1)
	p.shine(-18, -172, 5, 32)
	p.shine(-49, -112, 5, 96)
	p.rect(-34, -76, 68, 52, 2, "#FFFDF8", 0.94)
	p.label(0, -60, 60, 11.5, p.tone.ink)
}

func ampoule(p *pen) {
	p.rect(-86, -108, 96, 108, 5, "url(#body)", 1)
	p.rect(-86, -108, 96, 22, 5, "url(#cap)", 1)
	p.label(-38, -58, 82, 14, p.tone.ink)
	for i, x := range []float64{32, 58, 84} {
		h := 92 - float64(i)*6
		p.ellipse(x, -1, 13, 3, "#000000", 0.1)
		p.rect(x-10, -h, 20, h, 8, "url(#glass)", 1)
		p.rect(x-4, -h-22, 8, 26, 3, "url(#glass)", 0.85)
		p.rect(x-7, -h-32, 14, 14, 4, "url(#cap)", 1)
		p.shine(x-6, -h+10, 3, h-24)
	}
}
