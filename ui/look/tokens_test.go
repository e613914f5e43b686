package look

import (
	"encoding/json"
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"agentdesk/assets"
)

// luminance is the relative luminance of WCAG 2.1, section 1.4.3.
func luminance(c color.NRGBA) float64 {
	lin := func(v uint8) float64 {
		f := float64(v) / 255
		if f <= 0.04045 {
			return f / 12.92
		}
		return math.Pow((f+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(c.R) + 0.7152*lin(c.G) + 0.0722*lin(c.B)
}

func contrast(a, b color.NRGBA) float64 {
	x, y := luminance(a), luminance(b)
	return (max(x, y) + 0.05) / (min(x, y) + 0.05)
}

// TestTokens_Contrast takes every pair that tokens.json lists and resolves it through the theme, so that a colour which
// is changed in one place and not in the list fails as well.
func TestTokens_Contrast(t *testing.T) {
	th, err := NewTheme()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := assets.Read("tokens.json")
	if err != nil {
		t.Fatal(err)
	}
	var tok struct {
		Contrast map[string]json.RawMessage `json:"contrast"`
	}
	if err := json.Unmarshal(raw, &tok); err != nil {
		t.Fatal(err)
	}
	variants := map[string]fyne.ThemeVariant{"light": theme.VariantLight, "dark": theme.VariantDark}
	ink := func(name string) Ink {
		for _, p := range []struct{ group, prefix string }{{"emotion.", "e-"}, {"tier.", "t-"}} {
			if rest, ok := strings.CutPrefix(name, p.group); ok {
				return Ink(p.prefix + rest)
			}
		}
		return Ink(name)
	}
	pairs := 0
	for mode, v := range variants {
		var list map[string]struct{ Fg, Bg string }
		if err := json.Unmarshal(tok.Contrast[mode], &list); err != nil {
			t.Fatal(err)
		}
		for name, hex := range list {
			fg, bg, ok := strings.Cut(name, " on ")
			if !ok {
				t.Fatalf("%q names no pair", name)
			}
			fi, bi := ink(fg), ink(bg)
			if kind, part, ok := strings.Cut(string(fi), " text"); ok && part == "" { // "emotion.joy text on tint", "tier.gold text on fill"
				fi = Ink(kind + "-t")
				bi = map[string]Ink{"tint": Ink(kind + "-b"), "fill": Ink(kind)}[bg]
			}
			a, ok1 := th.Color(fi, v).(color.NRGBA)
			b, ok2 := th.Color(bi, v).(color.NRGBA)
			if !ok1 || !ok2 || hexOf(a) != strings.ToUpper(hex.Fg) || hexOf(b) != strings.ToUpper(hex.Bg) {
				t.Errorf("%s: %q resolves to %v on %v, tokens say %s on %s", mode, name, a, b, hex.Fg, hex.Bg)
				continue
			}
			if c := contrast(a, b); c < 4.5 {
				t.Errorf("%s: %q has contrast %.2f", mode, name, c)
			}
			pairs++
		}
	}
	if pairs < 120 {
		t.Errorf("only %d pairs were looked at", pairs)
	}
}
