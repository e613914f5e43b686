package packshot

import (
	"strings"
	"testing"
)

func TestGlyphs_HoldEveryLetterOfALabel(t *testing.T) {
	all := letters()
	for _, weight := range []string{"B", "R"} {
		for _, r := range "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+%.&- " {
			l, ok := all[weight+string(r)]
			if !ok || l.advance <= 0 || r != ' ' && !strings.HasPrefix(l.path, "M") {
				t.Errorf("%s%c: %+v", weight, r, l)
			}
		}
	}
	for _, r := range "gml" {
		if all["R"+string(r)].path == "" {
			t.Errorf("R%c is missing", r)
		}
	}
}
