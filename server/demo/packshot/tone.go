package packshot

import (
	"fmt"
	"strconv"
)

// keys are the tones by their key colour; all others are mixed from it.
func keys() map[string]string {
	return map[string]string{
		"green": "#6B8E75", "deepgreen": "#3E5C55", "mint": "#8DB7A5", "blue": "#7895AE", "amber": "#C98F45", "gold": "#B1905A",
		"rose": "#C08A86", "coral": "#C77D66", "lilac": "#958AAD", "sand": "#B49C7C", "pearl": "#A3A9A4", "ink": "#3F4A57",
	}
}

// tone is what is mixed from a key colour.
type tone struct {
	key, dark string
	ink       string // of labels
}

func newTone(key string) tone {
	return tone{key: key, dark: mix(key, "#16201C", 0.45), ink: mix(key, "#1E2B27", 0.72)}
}

// materials defines the gradients that products are made of.
func (p *pen) materials() {
	k := p.tone.key
	p.gradient("cap", false, mix(k, "#16201C", 0.5), mix(k, "#FFFFFF", 0.3), mix(k, "#16201C", 0.12), mix(k, "#101815", 0.6))
	p.gradient("body", false, mix("#CFC4B6", k, 0.16), mix("#FFFDF9", k, 0.02), mix("#F1EBE2", k, 0.08), mix("#C2B5A6", k, 0.2))
	p.gradient("tinted", false, mix(k, "#5A5348", 0.2), mix(k, "#FFFFFF", 0.66), mix(k, "#FFFFFF", 0.42), mix(k, "#4A443B", 0.22))
	p.gradient("glass", false, mix(k, "#2E2A22", 0.3), mix(k, "#FFF6E4", 0.56), mix(k, "#FFE9C8", 0.2), mix(k, "#2A241C", 0.36))
	p.gradient("metal", false, "#8E7B5C", "#F4E8CF", "#CDB88F", "#7D6B4E")
	p.gradient("steel", false, "#8B9096", "#F7F8F8", "#C9CDD0", "#7B8086")
	t := p.look.Tint
	p.gradient("tint", false, mix(t, "#2A1512", 0.32), mix(t, "#FFFFFF", 0.3), t, mix(t, "#2A1512", 0.36))
}

func hex(s string) bool {
	if len(s) != 7 || s[0] != '#' {
		return false
	}
	_, err := strconv.ParseUint(s[1:], 16, 32)
	return err == nil
}

// mix is a colour t of the way from a to b.
func mix(a, b string, t float64) string {
	x, _ := strconv.ParseUint(a[1:], 16, 32) // colours are constants or checked by hex
	y, _ := strconv.ParseUint(b[1:], 16, 32)
	part := func(shift uint) uint64 {
		u, v := float64(x>>shift&255), float64(y>>shift&255)
		return uint64(u + (v-u)*t + 0.5)
	}
	return fmt.Sprintf("#%02X%02X%02X", part(16), part(8), part(0))
}
