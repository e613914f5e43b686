// Package packshot draws the pictures of the demo shop's products as SVG: a big one with a podium and some green beside
// it, and a small pack shot for cards.
//
// The pictures hold no text elements, filters, clips or groups: letters are outlines, and all is drawn in final coordinates, so
// that browsers and Fyne show the same. The same Look always gives the same bytes.
package packshot

import (
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
)

// Side is the width and height of the big picture; CardSide is that of a card's.
const (
	Side     = 372
	CardSide = 160
)

// Look is how a product looks.
type Look struct {
	Form  string // one of Forms
	Tone  string // one of Tones
	Label string // Latin capitals, digits, + % . & -; other letters are left out
	Size  string // e.g. 50g; left out unless it is Latin
	Tint  string // colour of what is inside, #RRGGBB; "" for the tone's own
	Seed  string // chooses what stands around the product
}

// Studio draws. It is safe for concurrent use.
type Studio struct {
	letters map[string]letter
	forms   map[string]func(*pen)
	keys    map[string]string
}

// New makes a studio.
func New() *Studio { return &Studio{letters: letters(), forms: forms(), keys: keys()} }

// Scene draws the big picture. An unknown form or tone is an error.
func (s *Studio) Scene(l Look) ([]byte, error) {
	p, draw, err := s.begin(l, Side)
	if err != nil {
		return nil, err
	}
	p.scene(rand.New(rand.NewPCG(sum(l.Seed), 7)))
	p.at(194, 292, grown(l.Form))
	draw(p)
	return p.end(), nil
}

// grown draws what is small in life nearer, so that its label can be read.
func grown(form string) float64 {
	switch form {
	case "pot", "rollon":
		return 1.35
	case "gloss", "tube-eye", "bar", "lipstick", "pencil":
		return 1.12
	}
	return 1.06
}

// Card draws the small picture.
func (s *Studio) Card(l Look) ([]byte, error) {
	p, draw, err := s.begin(l, CardSide)
	if err != nil {
		return nil, err
	}
	p.at(0, 0, 1)
	p.gradient("bg", true, mix(p.tone.key, "#F7F3EA", 0.84), mix(p.tone.key, "#F0E9DC", 0.76))
	p.rect(0, 0, CardSide, CardSide, 0, "url(#bg)", 1)
	p.ellipse(CardSide/2, 141, 56, 6, mix(p.tone.dark, "#000000", 0.4), 0.14)
	p.at(CardSide/2, 140, 0.6*grown(l.Form))
	draw(p)
	return p.end(), nil
}

// Forms returns the names of all forms.
func Forms() []string {
	return slices.Sorted(maps.Keys(forms()))
}

// Tones returns the names of all tones.
func Tones() []string {
	return slices.Sorted(maps.Keys(keys()))
}

func (s *Studio) begin(l Look, side int) (*pen, func(*pen), error) {
	draw, ok := s.forms[l.Form]
	if !ok {
		return nil, nil, fmt.Errorf("draw %s: unknown form %q", l.Seed, l.Form)
	}
	key, ok := s.keys[l.Tone]
	if !ok {
		return nil, nil, fmt.Errorf("draw %s: unknown tone %q", l.Seed, l.Tone)
	}
	if l.Tint != "" && !hex(l.Tint) {
		return nil, nil, fmt.Errorf("draw %s: %q is no colour", l.Seed, l.Tint)
	}
	p := &pen{side: side, look: l, tone: newTone(key), scale: 1, letters: s.letters}
	if l.Tint == "" {
		p.look.Tint = mix(key, "#FFFFFF", 0.12)
	}
	p.materials()
	return p, draw, nil
}

func sum(key string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(key)) // a hash never fails
	return h.Sum64()
}
