package look

import "testing"

func TestClean_ReplacesWhatNoFontHas(t *testing.T) {
	for in, want := range map[string]string{
		"您好 VC 10%":                  "您好 VC 10%",
		"a\tb\nc":                    "a b\nc",
		"\ue000x":                    "□x",
		"a\x00b":                     "a□b",
		"\u200d\u202ea":              "a",
		"\U000e0fff":                 "□",
		"好\r\n":                      "好\n",
		"e\u0301\u0302\u0303\u0304x": "e\u0301\u0302x",
		"❤\ufe0f":                    "❤",
	} {
		if got := Clean(in); got != want {
			t.Errorf("Clean(%q) = %q, want %q", in, got, want)
		}
	}
	if got := OneLine(" 一\n 二\t三 "); got != "一 二 三" {
		t.Errorf("OneLine = %q", got)
	}
}
