package understand

import (
	"bufio"
	"encoding/json"
	"os"
	"testing"
	"time"

	"agentdesk/sync/talk"
)

type labelled struct {
	ID      string      `json:"id"`
	Context []talk.Turn `json:"context"`
	Tier    string      `json:"tier"`
	Basket  int64       `json:"basket"`
	Text    string      `json:"text"`
	Emotion string      `json:"emotion"`
	Intent  string      `json:"intent"`
	Reason  string      `json:"reason"`
}

func readEval(t testing.TB, name string) []labelled {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var out []labelled
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		var l labelled
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		out = append(out, l)
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// tally counts (want, got) pairs and gives the mean F1 over the labels that occur.
type tally map[[2]string]int

func (c tally) macroF1() float64 {
	labels := map[string]bool{}
	for k := range c {
		labels[k[0]] = true
	}
	sum := 0.0
	for l := range labels {
		tp, fp, fn := c[[2]string{l, l}], 0, 0
		for k, n := range c {
			if k[0] == l && k[1] != l {
				fn += n
			}
			if k[1] == l && k[0] != l {
				fp += n
			}
		}
		if tp > 0 {
			sum += 2 * float64(tp) / float64(2*tp+fp+fn)
		}
	}
	return sum / float64(len(labels))
}

func TestUnderstand_ReachesItsFloorsOnLabelledLines(t *testing.T) {
	lines := readEval(t, "eval.jsonl")
	if len(lines) < 300 {
		t.Fatalf("want at least 300 labelled lines, have %d", len(lines))
	}
	u := newLexicon(t)
	emotion, intent, escalate, reason := tally{}, tally{}, tally{}, tally{}
	start := time.Now()
	for _, l := range lines {
		r, err := u.Understand(t.Context(), Input{Context: l.Context, Tier: l.Tier, Text: l.Text})
		if err != nil {
			t.Fatal(err)
		}
		emotion[[2]string{l.Emotion, string(r.Emotion)}]++
		intent[[2]string{l.Intent, string(r.Intent)}]++
		escalate[[2]string{yes(l.Reason != ""), yes(r.Escalate)}]++
		reason[[2]string{l.Reason, string(r.Reason)}]++
		if l.Emotion != string(r.Emotion) || l.Intent != string(r.Intent) || l.Reason != string(r.Reason) {
			t.Logf("%s %q: want %s %s %q, got %s %s %q", l.ID, l.Text, l.Emotion, l.Intent, l.Reason, r.Emotion, r.Intent, r.Reason)
		}
	}
	t.Logf("%d lines, %v a line", len(lines), time.Since(start)/time.Duration(len(lines)))
	for _, c := range []struct {
		name  string
		t     tally
		floor float64
	}{{"emotion", emotion, floorEmotion}, {"intent", intent, floorIntent}, {"escalate", escalate, floorEscalate}, {"reason", reason, floorReason}} {
		f1 := c.t.macroF1()
		t.Logf("%s: macro F1 %.3f (floor %.2f)", c.name, f1, c.floor)
		if f1 < c.floor {
			t.Errorf("%s: macro F1 %.3f is below its floor %.2f", c.name, f1, c.floor)
		}
	}
}

// The floors are what the first form reaches, less a little. A change that falls below them makes service worse.
const (
	floorEmotion  = 0.89
	floorIntent   = 0.93
	floorEscalate = 0.94
	floorReason   = 0.92
)

func newLexicon(t testing.TB) *Lexicon {
	t.Helper()
	u, err := New(Params{})
	if err != nil {
		t.Fatal(err)
	}
	return u
}
