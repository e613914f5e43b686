package understand

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"agentdesk/sync/label"
)

// corpusLines reads labelled lines of the corpus.
func corpusLines(t *testing.T, pattern string) []labelled {
	t.Helper()
	files, err := filepath.Glob("corpus/" + pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("no files %s, %v", pattern, err)
	}
	var out []labelled
	for _, name := range files {
		f, err := os.Open(name) //nolint:gosec // found above
		if err != nil {
			t.Fatal(err)
		}
		sc := bufio.NewScanner(f)
		for n := 1; sc.Scan(); n++ {
			var l labelled
			if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
				t.Fatalf("%s:%d: %v", name, n, err)
			}
			out = append(out, l)
		}
		if err := sc.Err(); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
	}
	return out
}

// TestCorpus_HoldsWhatItPromises counts labels, and holds the lines for measuring apart from those for training.
func TestCorpus_HoldsWhatItPromises(t *testing.T) {
	test, train := corpusLines(t, "test.jsonl"), corpusLines(t, "train-*.jsonl")
	for _, c := range []struct {
		name                   string
		lines                  []labelled
		all, ofGrade, ofIntent int
	}{{"test", test, 1200, 150, 30}, {"all", append(append([]labelled(nil), test...), train...), 6000, 600, 150}} {
		grades, intents := map[string]int{}, map[string]int{}
		for _, l := range c.lines {
			grades[l.Emotion]++
			intents[l.Intent]++
		}
		if len(c.lines) < c.all {
			t.Errorf("%s: %d lines, want %d", c.name, len(c.lines), c.all)
		}
		for _, g := range label.Emotions() {
			if grades[string(g)] < c.ofGrade {
				t.Errorf("%s: %d lines of %s, want %d", c.name, grades[string(g)], g, c.ofGrade)
			}
		}
		for _, i := range label.Intents() {
			if intents[string(i)] < c.ofIntent {
				t.Errorf("%s: %d lines of %s, want %d", c.name, intents[string(i)], i, c.ofIntent)
			}
		}
	}
	measured, ids := map[string]bool{}, map[string]bool{}
	for _, l := range test {
		measured[strings.ToLower(l.Text)] = true
		ids[l.ID] = true
	}
	for _, l := range train {
		if len([]rune(l.Text)) > 4 && measured[strings.ToLower(l.Text)] {
			t.Errorf("%s %q is trained on and measured with", l.ID, l.Text)
		}
		if ids[l.ID] {
			t.Errorf("two lines have the ID %s", l.ID)
		}
		ids[l.ID] = true
	}
}
