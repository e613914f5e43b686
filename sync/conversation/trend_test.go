package conversation

import (
	"slices"
	"strings"
	"testing"

	"agentdesk/sync/label"
)

func TestTrend(t *testing.T) {
	letters := map[rune]label.Emotion{'l': label.Delighted, 'c': label.Calm, 'u': label.Uncertain, 'x': label.Anxious, 'd': label.Dissatisfied, 'a': label.Angry}
	for talk, want := range map[string]label.Emotion{
		"":           "",
		"c":          label.Calm,
		"a":          label.Angry,
		"l":          label.Delighted,
		"cccu":       label.Calm,      // one hesitation among calm questions
		"cccuu":      label.Uncertain, // two
		"cccx":       label.Anxious,   // worry is told at once
		"ccca":       label.Angry,     // and so is anger
		"cdcd":       label.Dissatisfied,
		"ac":         label.Dissatisfied, // one 好的 resets nothing
		"al":         label.Dissatisfied, // nor does one 谢谢, which may be bitter
		"acc":        label.Anxious,
		"acccccccc":  label.Calm, // in the end it is over
		"acac":       label.Dissatisfied,
		"accccccca":  label.Angry,
		"xc":         label.Anxious,   // not yet
		"xcc":        label.Uncertain, // half-way
		"dxdxdxdx":   label.Dissatisfied,
		"cucucucucu": label.Uncertain, // it does not flicker
		"lclclclc":   label.Calm,
		"?c?":        label.Calm, // what is no grade counts for nothing
	} {
		var grades []string
		for _, r := range talk {
			grades = append(grades, string(letters[r]))
		}
		if got := TrendOf(grades).Emotion(); got != want {
			t.Errorf("%s is %q, want %q", talk, got, want)
		}
	}
}

// FuzzTrend: what is told stays between the best and the worst that was heard, a worry is never told late, and nobody gets calm by more
// than a grade a message.
func FuzzTrend(f *testing.F) {
	f.Add("cxacclud")
	f.Fuzz(func(t *testing.T, talk string) {
		all := label.Emotions()
		var tr Trend
		least, most := 7, 0
		for _, r := range talk {
			i := strings.IndexRune("lcuxda", r)
			if i < 0 {
				tr.Add(label.Emotion(string(r)))
				continue
			}
			before := tr.Emotion().Grade()
			tr.Add(all[i])
			least, most = min(least, i+1), max(most, i+1)
			now := tr.Emotion().Grade()
			switch {
			case now < least || now > most:
				t.Fatalf("%q tells %d of grades %d to %d", talk, now, least, most)
			case i+1 >= label.Anxious.Grade() && now < i+1:
				t.Fatalf("%q: %s is told as %s", talk, all[i], tr.Emotion())
			case now < before-1:
				t.Fatalf("%q fell from %d to %d at once", talk, before, now)
			case !slices.Contains(all, tr.Emotion()):
				t.Fatalf("%q tells %q", talk, tr.Emotion())
			}
		}
	})
}
