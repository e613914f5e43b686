package scan

import (
	"strings"
	"testing"
)

func TestRuns_JoinWhatIsOneNumber(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"138 1234-5678，12", "138 1234 5678|12"},
		{"１３８一二", "138 12"},
		{"(021)6234", "021 6234"},
		{"无", ""},
		{"1   2", "1|2"},
	} {
		var runs []string
		for _, r := range New(c.in).Runs() {
			var gs []string
			for _, g := range r {
				gs = append(gs, g.Digits)
			}
			runs = append(runs, strings.Join(gs, " "))
		}
		if got := strings.Join(runs, "|"); got != c.want {
			t.Errorf("%q → %q, want %q", c.in, got, c.want)
		}
	}
}

// FuzzText: places are those of the text, whatever its bytes are.
func FuzzText(f *testing.F) {
	for _, s := range []string{"ＡＢ１２　", "\xff\xfe1", "零一二", "1-1-1", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		x := New(s)
		if len(x.At) != len(x.R)+1 || x.Slice(0, len(x.R)) != s {
			t.Fatalf("%q: %d runes, %d places", s, len(x.R), len(x.At))
		}
		at := 0
		for _, run := range x.Runs() {
			for _, g := range run {
				if g.From < at || g.To <= g.From || g.To > len(x.R) || len(g.Digits) != g.To-g.From {
					t.Errorf("%q: %+v after %d", s, g, at)
				}
				at = g.To
			}
		}
	})
}
