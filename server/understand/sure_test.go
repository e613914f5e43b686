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

// Rules that stand above the model must be right nearly always, on lines that people labelled.
func TestRules_AreCertainOnTheTrainingLines(t *testing.T) {
	files, err := filepath.Glob("corpus/train-*.jsonl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no training lines: %v", err)
	}
	u := newLexicon(t)
	fits, wrong := map[string]int{}, map[string]int{}
	for _, name := range files {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		sc := bufio.NewScanner(f)
		for sc.Scan() {
			var l labelled
			if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
				t.Fatal(err)
			}
			r, _ := u.look(Input{Context: l.Context, Tier: l.Tier, Text: l.Text})
			var s scores
			f := u.rule(r, &s, 0.5)
			if f.intent == wantsPerson {
				fits["person"]++
				if l.Intent != string(label.HumanRequest) || l.Reason != string(label.ByRequest) {
					wrong["person"]++
					t.Logf("person: %s %q is %s %q", l.ID, l.Text, l.Intent, l.Reason)
				}
			}
			if f.emotion == feelAngry {
				fits["threat"]++
				if l.Emotion != string(label.Angry) {
					wrong["threat"]++
					t.Logf("threat: %s %q is %s", l.ID, l.Text, l.Emotion)
				}
			}
			if strings.Contains(strings.Join(r.why, ""), "bodily reaction") {
				fits["harm"]++
				if l.Reason != string(label.ByAdverse) && l.Reason != string(label.ByRequest) {
					wrong["harm"]++
				}
			}
		}
		if err := f.Close(); err != nil || sc.Err() != nil {
			t.Fatal(err, sc.Err())
		}
	}
	t.Logf("fits %v, wrong %v", fits, wrong)
	for rule, most := range map[string]float64{"person": 0.03, "threat": 0.03, "harm": 0.35} {
		if fits[rule] < 20 || float64(wrong[rule]) > most*float64(fits[rule]) {
			t.Errorf("%s: wrong on %d of %d lines", rule, wrong[rule], fits[rule])
		}
	}
}
