package packshot

import (
	_ "embed"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// glyphs.txt holds outlines of Noto Sans SC (SIL Open Font Licence), 200 units an em, y downwards: for each letter a line of
// weight and character, advance, path.
//
//go:embed glyphs.txt
var glyphs string

// pen writes an SVG. Coordinates of its methods are the product's own: x from its middle, y downwards from where it stands.
type pen struct {
	side    int
	look    Look
	tone    tone
	x, y    float64 // where the product's origin is
	scale   float64
	turn    float64 // radians, about the origin
	letters map[string]letter
	defs    strings.Builder
	body    strings.Builder
}

// at moves the origin, in the coordinates of the picture.
func (p *pen) at(x, y, scale float64) { p.x, p.y, p.scale, p.turn = x, y, scale, 0 }

// turned draws something turned by degrees about a point.
func (p *pen) turned(x, y, degrees float64, draw func()) {
	was := *p
	p.x, p.y = p.place(x, y)
	p.turn += degrees * math.Pi / 180
	draw()
	p.x, p.y, p.turn = was.x, was.y, was.turn
}

func (p *pen) place(x, y float64) (float64, float64) {
	sin, cos := math.Sincos(p.turn)
	return p.x + p.scale*(x*cos-y*sin), p.y + p.scale*(x*sin+y*cos)
}

func num(f float64) string {
	s := strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64)
	if s == "-0" {
		return "0"
	}
	return s
}

// tenth is fine enough for a path, and shorter.
func tenth(f float64) string { return num(math.Round(f*10) / 10) }

func (p *pen) gradient(id string, down bool, stops ...string) {
	x, y := 1, 0
	if down {
		x, y = 0, 1
	}
	fmt.Fprintf(&p.defs, `<linearGradient id="%s" x1="0" y1="0" x2="%d" y2="%d">`, id, x, y)
	at := []float64{0, 1}
	if len(stops) == 4 {
		at = []float64{0, 0.3, 0.68, 1}
	}
	for i, c := range stops {
		fmt.Fprintf(&p.defs, `<stop offset="%s" stop-color="%s"/>`, num(at[i]), c)
	}
	p.defs.WriteString("</linearGradient>")
}

func paint(fill string, opacity float64) string {
	if opacity < 1 {
		return fmt.Sprintf(` fill="%s" fill-opacity="%s"`, fill, num(opacity))
	}
	return fmt.Sprintf(` fill="%s"`, fill)
}

// rect draws a rectangle with round corners.
func (p *pen) rect(x, y, w, h, r float64, fill string, opacity float64) {
	if p.turn != 0 {
		r = min(r, w/2, h/2)
		k := r * 0.448
		p.path(fmt.Sprintf("M%g %gL%g %gC%g %g %g %g %g %gL%g %gC%g %g %g %g %g %gL%g %gC%g %g %g %g %g %gL%g %gC%g %g %g %g %g %gZ",
			x+r, y, x+w-r, y, x+w-k, y, x+w, y+k, x+w, y+r, x+w, y+h-r, x+w, y+h-k, x+w-k, y+h, x+w-r, y+h,
			x+r, y+h, x+k, y+h, x, y+h-k, x, y+h-r, x, y+r, x, y+k, x+k, y, x+r, y), fill, opacity)
		return
	}
	ax, ay := p.place(x, y)
	fmt.Fprintf(&p.body, `<rect x="%s" y="%s" width="%s" height="%s"`, num(ax), num(ay), num(w*p.scale), num(h*p.scale))
	if r > 0 {
		fmt.Fprintf(&p.body, ` rx="%s"`, num(r*p.scale))
	}
	p.body.WriteString(paint(fill, opacity) + "/>")
}

// ellipse draws an ellipse about a point; a turned one must be a circle.
func (p *pen) ellipse(x, y, rx, ry float64, fill string, opacity float64) {
	ax, ay := p.place(x, y)
	fmt.Fprintf(&p.body, `<ellipse cx="%s" cy="%s" rx="%s" ry="%s"%s/>`, num(ax), num(ay), num(rx*p.scale), num(ry*p.scale), paint(fill, opacity))
}

// path fills a path of absolute M, L, Q, C and Z.
func (p *pen) path(d, fill string, opacity float64) {
	p.body.WriteString(`<path d="` + p.moved(d) + `"` + paint(fill, opacity) + "/>")
}

// stroke draws a path as a line.
func (p *pen) stroke(d, colour string, width, opacity float64) {
	fmt.Fprintf(&p.body, `<path d="%s" fill="none" stroke="%s" stroke-width="%s" stroke-linecap="round"`, p.moved(d), colour, num(width*p.scale))
	if opacity < 1 {
		fmt.Fprintf(&p.body, ` stroke-opacity="%s"`, num(opacity))
	}
	p.body.WriteString("/>")
}

// moved rewrites a path in the coordinates of the picture.
func (p *pen) moved(d string) string {
	var out strings.Builder
	var pair []float64
	for i := 0; i < len(d); {
		switch c := d[i]; {
		case c >= 'A' && c <= 'Z':
			out.WriteByte(c)
			i++
		case c == ' ' || c == ',':
			i++
		default:
			j := i + 1
			for j < len(d) && (d[j] >= '0' && d[j] <= '9' || d[j] == '.') {
				j++
			}
			f, _ := strconv.ParseFloat(d[i:j], 64) // paths are written in this package, and drawn by its test
			if pair = append(pair, f); len(pair) == 2 {
				x, y := p.place(pair[0], pair[1])
				if last := out.String(); last != "" && (last[len(last)-1] < 'A') {
					out.WriteByte(' ')
				}
				out.WriteString(tenth(x) + " " + tenth(y))
				pair = pair[:0]
			}
			i = j
		}
	}
	return out.String()
}

func (p *pen) end() []byte {
	return fmt.Appendf(nil, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d"><defs>%s</defs>%s</svg>`,
		p.side, p.side, p.side, p.side, p.defs.String(), p.body.String())
}

// letter is one outline.
type letter struct {
	advance float64
	path    string
}

func letters() map[string]letter {
	out := map[string]letter{}
	for line := range strings.Lines(glyphs) {
		if len(line) < 4 {
			continue
		}
		advance, path, _ := strings.Cut(strings.TrimSpace(line[3:]), " ")
		n, _ := strconv.ParseFloat(advance, 64) // the file is ours; the test reads every line
		out[line[:2]] = letter{n, path}
	}
	return out
}

// width is how wide a text is in units of its size.
func (p *pen) width(weight, text string, spacing float64) float64 {
	w := 0.0
	for _, r := range text {
		if l, ok := p.letters[weight+string(r)]; ok {
			w += l.advance/200 + spacing
		}
	}
	return max(0, w-spacing)
}

// text writes outlines, centred at x on a base line.
func (p *pen) text(weight, text string, x, base, size, spacing float64, colour string, opacity float64) {
	at := x - p.width(weight, text, spacing)*size/2
	var d strings.Builder
	was := *p
	for _, r := range text {
		l, ok := p.letters[weight+string(r)]
		if !ok {
			continue
		}
		p.x, p.y = was.place(at, base)
		p.scale = was.scale * size / 200
		d.WriteString(p.moved(l.path))
		at += (l.advance/200 + spacing) * size
	}
	p.x, p.y, p.scale = was.x, was.y, was.scale
	if d.Len() > 0 {
		p.body.WriteString(`<path d="` + d.String() + `"` + paint(colour, opacity) + "/>")
	}
}

// label writes brand, line, name and size into a box of a width, from a base line downwards.
func (p *pen) label(x, base, width, size float64, ink string) {
	size = min(size, width/(p.width("B", "CHENGYU", 0.06)))
	p.text("B", "CHENGYU", x, base, size, 0.06, ink, 1)
	p.rect(x-size*1.2, base+size*0.42, size*2.4, max(0.8, size*0.06), 0, ink, 1)
	small := size * 0.52
	y := base + size*0.42 + small*1.55
	for _, line := range p.wrap(p.look.Label, width, small) {
		fit := min(small, width/max(1, p.width("R", line, 0.04)))
		p.text("R", line, x, y, fit, 0.04, ink, 0.92)
		y += small * 1.28
	}
	if latin(p.look.Size) {
		p.text("R", p.look.Size, x, y+small*0.15, small*0.92, 0.02, ink, 0.8)
	}
}

// wrap breaks a label at its spaces into at most three lines; not at all when a slightly smaller one fits.
func (p *pen) wrap(text string, width, size float64) []string {
	if p.width("R", text, 0.04)*size*0.76 <= width {
		return []string{text}
	}
	var out []string
	line := ""
	for _, w := range strings.Fields(text) {
		next := strings.TrimSpace(line + " " + w)
		if line != "" && len(out) < 2 && p.width("R", next, 0.04)*size > width {
			out = append(out, line)
			next = w
		}
		line = next
	}
	return append(out, line)
}

func latin(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII || r == ' ' })
}
