package knowledge

import "testing"

// FuzzWords breaks the promise that whatever the list of words holds, it is refused or reads any sentence.
func FuzzWords(f *testing.F) {
	f.Add(`{"rules":[{"say":["孕"],"write":["孕期"]}],"stop":["吗"]}`, "孕妇能用吗")
	f.Add(`{"rules":[{"say":[""],"write":[]}]}`, "")
	f.Add(`{"rule":1}`, "x")
	f.Fuzz(func(t *testing.T, raw, sentence string) {
		w, err := decodeWords([]byte(raw))
		if err != nil {
			return
		}
		for _, term := range w.read(sentence).said {
			if w.stop[term] {
				t.Fatalf("asks for the stop word %q", term)
			}
		}
	})
}

func TestWords_RefusesARuleForNothing(t *testing.T) {
	for _, raw := range []string{`{"rules":[{"say":["  "],"write":["x"]}]}`, `{"rulez":[]}`, `[]`, ``} {
		if _, err := decodeWords([]byte(raw)); err == nil {
			t.Errorf("accepted %s", raw)
		}
	}
}
