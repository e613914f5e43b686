package look

import (
	"strings"
	"testing"
)

func TestPara_NothingIsWiderThanItsColumn(t *testing.T) {
	useTheme(t)
	for name, text := range map[string]string{
		"an address":     "https://example.com/" + strings.Repeat("very-long-path/", 40),
		"one letter":     strings.Repeat("W", 4000),
		"emoji":          strings.Repeat("😀🎉", 1000),
		"marks":          Clean(strings.Repeat("h̵̛͎e̷̡͝l̸̨͠", 80)),
		"from the right": strings.Repeat("مرحبا بالعالم ", 60),
		"punctuation":    strings.Repeat("。", 400) + strings.Repeat("((((", 200),
		"mixed":          strings.Repeat("焕亮双抗精华10%VC，", 60),
		"spaces":         strings.Repeat(" ", 600) + "x",
	} {
		p := NewPara(Chat, 120, T(text))
		p.lay()
		if p.size.Width > 120.5 {
			t.Errorf("%s: the paragraph is %v wide", name, p.size.Width)
		}
		for _, f := range p.frags {
			if _, w := runs(strings.TrimRight(f.text, " "), Chat); f.x+w > 124 {
				t.Errorf("%s: %q ends at %v", name, f.text, f.x+w)
				break
			}
		}
		got := ""
		for _, f := range p.frags {
			got += f.text
		}
		if strings.ReplaceAll(got, " ", "") != strings.ReplaceAll(text, " ", "") {
			t.Errorf("%s: what is drawn is not the text", name)
		}
	}
}
