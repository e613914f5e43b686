package packshot

import (
	"fmt"
	"math/rand/v2"
)

// scene draws what stands around a product: wall, table, a shape behind, something that grows, and what it stands on. The
// product's place is x 194, y 292.
func (p *pen) scene(rng *rand.Rand) {
	k := p.tone.key
	p.at(0, 0, 1)
	p.gradient("bg", true, mix(k, "#E9EAE2", 0.89), mix(k, "#F3EADD", 0.93))
	p.gradient("table", true, mix(k, "#E2D7C7", 0.88), mix(k, "#DCCFBD", 0.9))
	p.gradient("stand", false, mix(k, "#D8CCBB", 0.9), mix(k, "#F5EFE5", 0.94), mix(k, "#E9DFD0", 0.92), mix(k, "#C9BBA7", 0.88))
	p.rect(0, 0, Side, Side, 0, "url(#bg)", 1)
	light := mix(k, "#F8F3E9", 0.9)
	switch rng.IntN(4) {
	case 0:
		p.ellipse(262, 112, 74, 74, light, 1)
	case 1: // an arch
		p.path("M206 282L206 142C206 70 330 70 330 142L330 282Z", light, 1)
		p.path("M218 282L218 144C218 86 318 86 318 144L318 282Z", mix(k, "#EFE8DB", 0.86), 0.7)
	case 2:
		p.ellipse(268, 118, 66, 66, light, 1)
		p.ellipse(112, 84, 30, 30, light, 0.7)
	default: // light from a window
		p.path("M232 0L316 0L214 282L114 282Z", light, 0.75)
		p.path("M334 0L364 0L268 282L236 282Z", light, 0.6)
	}
	p.rect(0, 282, Side, 90, 0, "url(#table)", 1)
	p.rect(0, 282, Side, 1.2, 0, "#FFFFFF", 0.35)
	switch rng.IntN(5) {
	case 0, 1:
		p.leaves()
	case 2:
		p.sprig(rng)
	case 3:
		p.pebbles()
		p.sprig(rng)
	default:
		p.petals(rng)
	}
	p.stand(rng)
}

// green is the colour of leaves, leaning to the tone.
func (p *pen) green(t float64) string { return mix(mix("#7C9A86", p.tone.key, 0.22), "#FFFFFF", t) }

func (p *pen) leaves() {
	p.at(-24, -26, 1.1)
	defer p.at(0, 0, 1)
	vein := mix(p.green(0), "#2B4636", 0.4)
	p.path("M74 334C44 296 62 238 116 212C128 256 118 304 74 334Z", p.green(0), 1)
	p.stroke("M78 330C84 290 96 250 112 220M86 300L68 286M94 272L78 258M92 296L108 286M100 262L114 254", vein, 1.5, 0.8)
	p.path("M104 336C98 304 118 272 156 260C158 294 140 322 104 336Z", p.green(0.16), 1)
	p.stroke("M108 332C114 308 130 284 152 266M116 312L106 300M128 294L142 292", vein, 1.3, 0.7)
}

// sprig is a thin branch with leaves in pairs.
func (p *pen) sprig(rng *rand.Rand) {
	x, y := 84.0, 336.0
	p.stroke(fmt.Sprintf("M%g %gC92 290 76 240 96 176", x, y), mix(p.green(0), "#2B4636", 0.35), 2, 0.9)
	for i := range 6 {
		t := float64(i) / 6
		cx, cy := 85+8*t, 312-122*t
		size := 24 - 12*t + float64(rng.IntN(4))
		for _, side := range []float64{-1, 1} {
			d := fmt.Sprintf("M%g %gC%g %g %g %g %g %gC%g %g %g %g %g %gZ", cx, cy,
				cx+side*size*0.3, cy-size*0.8, cx+side*size*0.9, cy-size*0.9, cx+side*size*1.3, cy-size*0.7,
				cx+side*size*1.1, cy-size*0.1, cx+side*size*0.6, cy+size*0.1, cx, cy)
			p.path(d, p.green(0.05+0.22*t+0.08*max(0, side)), 1)
		}
	}
	p.ellipse(86, 338, 30, 5, "#000000", 0.07)
}

func (p *pen) pebbles() {
	stone := mix(p.tone.key, "#CFC6B8", 0.82)
	p.ellipse(60, 346, 46, 7, "#000000", 0.08)
	p.ellipse(58, 332, 30, 15, stone, 1)
	p.ellipse(50, 327, 14, 5, "#FFFFFF", 0.3)
	p.ellipse(100, 342, 18, 9, mix(stone, "#8D8578", 0.25), 1)
	p.ellipse(96, 339, 8, 3, "#FFFFFF", 0.25)
}

func (p *pen) petals(rng *rand.Rand) {
	c := mix(p.tone.key, "#F7D9CF", 0.5)
	for _, at := range [][2]float64{{58, 322}, {92, 344}, {40, 350}, {318, 340}, {344, 324}, {74, 300}} {
		p.turned(at[0], at[1], float64(rng.IntN(160)-80), func() {
			p.path("M0 10C-14 4 -13 -12 0 -16C13 -12 14 4 0 10Z", c, 0.95)
			p.stroke("M0 8C-1 0 0 -6 0 -12", mix(c, "#8A6A60", 0.4), 0.9, 0.5)
		})
	}
	p.ellipse(66, 330, 40, 5, "#000000", 0.05)
}

func (p *pen) stand(rng *rand.Rand) {
	top := mix(p.tone.key, "#F7F2E9", 0.94)
	p.ellipse(194, 334, 116, 13, "#000000", 0.1)
	switch rng.IntN(3) {
	case 0:
		p.path("M94 292L294 292L294 320C294 338 94 338 94 320Z", "url(#stand)", 1)
		p.ellipse(194, 292, 100, 14, top, 1)
	case 1: // two steps
		p.path("M84 312L304 312L304 328C304 344 84 344 84 328Z", "url(#stand)", 1)
		p.ellipse(194, 312, 110, 14, mix(top, "#D9CDBC", 0.3), 1)
		p.path("M102 292L286 292L286 310C286 324 102 324 102 310Z", "url(#stand)", 1)
		p.ellipse(194, 292, 92, 13, top, 1)
	default: // a slab
		p.rect(86, 292, 216, 40, 4, "url(#stand)", 1)
		p.path("M86 294L112 278L276 278L302 294Z", top, 1)
	}
	p.ellipse(194, 291, 76, 8, "#000000", 0.14)
}
