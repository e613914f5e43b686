package main

import (
	"math"
	"strings"
	"testing"
)

func TestFigures_AreThoseOfTheBooks(t *testing.T) {
	// a: 2 right, 1 missed, 1 false. b: 1 right, 1 missed, 1 false. c: only ever given by the reader.
	pairs := []pair{{"a", "a"}, {"a", "a"}, {"a", "b"}, {"b", "b"}, {"b", "a"}, {"a", "c"}}
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("F1 of a", f1(pairs, "a"), 4.0/7)
	near("F1 of b", f1(pairs, "b"), 2.0/4)
	near("macro", macroF1(pairs), (4.0/7+0.5)/2)
	near("recall", recall(pairs, "a"), 0.5)
	near("nothing", macroF1(nil)+f1(nil, "a")+recall(pairs, "x"), 0)
	low, high := interval(pairs, func(p []pair) float64 { return recall(p, "a") })
	if low < 0 || low > 0.5 || high < 0.5 || high > 1 || high-low < 0.3 {
		t.Errorf("interval %v…%v", low, high)
	}
	if c := confusions(append(pairs, pair{"a", "c"})); len(c) != 3 || c[0] != (mistake{pair{"a", "c"}, 2}) || c[1].want != "a" {
		t.Errorf("%v", c)
	}
}

func TestReadLines_RefusesWhatCanNotBeScored(t *testing.T) {
	good := `{"id":"t1","context":[{"role":"bot","text":"您好"}],"tier":"black","basket":600000,"goods":"food","text":"在吗","emotion":"calm","intent":"greeting","reason":""}`
	got, err := readLines(strings.NewReader(good + "\n\n" + strings.Replace(good, "t1", "t2", 1) + "\n"))
	if err != nil || len(got) != 2 || got[1].ID != "t2" || got[0].BasketFen != 600_000 || got[0].Context[0].Text != "您好" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, bad := range []string{"", "{", strings.Replace(good, "calm", "bored", 1), strings.Replace(good, "greeting", "hello", 1), strings.Replace(good, `"reason":""`, `"reason":"mood"`, 1), good + "\n" + good} {
		if _, err := readLines(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}

func TestReplace_ChangesOnlyWhatStandsBetweenTheMarks(t *testing.T) {
	doc := "# T\n\nbefore\n" + beginMark + "\nold\n" + endMark + "\nafter\n"
	got, err := replace(doc, "new\n")
	if err != nil || got != "# T\n\nbefore\n"+beginMark+"\n\nnew\n\n"+endMark+"\nafter\n" {
		t.Errorf("%q, %v", got, err)
	}
	again, err := replace(got, "new\n")
	if err != nil || again != got {
		t.Errorf("a second time: %q, %v", again, err)
	}
	for _, bad := range []string{"", beginMark, endMark + beginMark} {
		if _, err := replace(bad, "x"); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
