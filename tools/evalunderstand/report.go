package main

import (
	"errors"
	"fmt"
	"math"
	"sort"
	"strings"

	"agentdesk/sync/label"
)

// The tables stand between these lines of the document.
const (
	beginMark = "<!-- make eval-understand writes from here -->"
	endMark   = "<!-- to here -->"
)

// replace puts a text between the marks.
func replace(doc, text string) (string, error) {
	at, to := strings.Index(doc, beginMark), strings.Index(doc, endMark)
	if at < 0 || to < at {
		return "", errors.New("its marks are missing")
	}
	return doc[:at+len(beginMark)] + "\n\n" + strings.TrimSpace(text) + "\n\n" + doc[to:], nil
}

// figure is one line of the table: a target, and how it comes from the pairs of one head.
type figure struct {
	name   string
	target float64 // 0: none
	head   func(l line, r *reader, i int) pair
	of     func([]pair) float64
}

func byEmotion(l line, r *reader, i int) pair {
	return pair{string(l.Emotion), string(r.got[i].Emotion)}
}
func byIntent(l line, r *reader, i int) pair { return pair{string(l.Intent), string(r.got[i].Intent)} }
func byReason(l line, r *reader, i int) pair { return pair{string(l.Reason), string(r.got[i].Reason)} }
func byCall(l line, r *reader, i int) pair {
	yes := func(b bool) string {
		if b {
			return "a person"
		}
		return "none"
	}
	return pair{yes(l.Reason != label.None), yes(r.got[i].Escalate)}
}

func figures() []figure {
	return []figure{
		{"emotion, macro-F1", 0.85, byEmotion, macroF1},
		{"anxious, recall", 0.92, byEmotion, func(p []pair) float64 { return recall(p, string(label.Anxious)) }},
		{"anxious, F1", 0, byEmotion, func(p []pair) float64 { return f1(p, string(label.Anxious)) }},
		{"intent, macro-F1", 0.82, byIntent, macroF1},
		{"escalate, F1", 0.93, byCall, func(p []pair) float64 { return f1(p, "a person") }},
		{"reason, macro-F1 (none is one)", 0.88, byReason, macroF1},
	}
}

func pairsOf(lines []line, r *reader, head func(line, *reader, int) pair) []pair {
	out := make([]pair, len(lines))
	for i, l := range lines {
		out[i] = head(l, r, i)
	}
	return out
}

// report words everything that was measured.
func report(name string, lines []line, readers []*reader) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("%d lines of %s; in brackets the 95 %% interval of %d bootstrap draws.\n\n", len(lines), name, draws)
	p("| figure | target |")
	for _, r := range readers {
		p(" %s |", r.name)
	}
	p("\n|---|---|%s\n", strings.Repeat("---|", len(readers)))
	for _, f := range figures() {
		target := ""
		if f.target > 0 {
			target = fmt.Sprintf("≥ %.2f", f.target)
		}
		p("| %s | %s |", f.name, target)
		for _, r := range readers {
			pairs := pairsOf(lines, r, f.head)
			low, high := interval(pairs, f.of)
			p(" %.3f (%.3f–%.3f) |", f.of(pairs), low, high)
		}
		p("\n")
	}
	best := readers[0]
	p("\nConfusions of emotions, %s (rows: what people said):\n\n|  |", best.name)
	for _, e := range label.Emotions() {
		p(" %s |", e)
	}
	p(" F1 |\n|---|%s\n", strings.Repeat("---|", 1+len(label.Emotions())))
	pairs := pairsOf(lines, best, byEmotion)
	for _, want := range label.Emotions() {
		p("| %s |", want)
		for _, got := range label.Emotions() {
			p(" %d |", count(pairs, pair{string(want), string(got)}))
		}
		p(" %.3f |\n", f1(pairs, string(want)))
	}
	perLabel(p, "intent", pairsOf(lines, best, byIntent))
	perLabel(p, "reason", pairsOf(lines, best, byReason))
	p("\nHow honest the probabilities of the intent are:\n\n| said | lines | right |\n|---|---|---|\n")
	for _, c := range honesty(lines, best) {
		p("| %s | %d | %.2f |\n", c.band, c.n, c.right)
	}
	p("\nThe ten worst errors, the furthest off first:\n\n| line | text | people said | the %s said |\n|---|---|---|---|\n", best.name)
	for _, i := range worst(lines, best) {
		l, r := lines[i], best.got[i]
		p("| %s | %s | %s | %s (%.2f) |\n", l.ID, strings.ReplaceAll(cut(l.Text, 60), "|", "\\|"), said(l.Emotion, l.Intent, l.Reason), said(r.Emotion, r.Intent, r.Reason), r.Confidence)
	}
	return b.String()
}

func count(pairs []pair, want pair) (n int) {
	for _, p := range pairs {
		if p == want {
			n++
		}
	}
	return n
}

// perLabel writes the F1 of each label of a head, the lowest first, and what it is taken for most.
func perLabel(p func(string, ...any), head string, pairs []pair) {
	lines := map[string]int{}
	for _, x := range pairs {
		lines[x.want]++
	}
	var names []string
	for n := range lines {
		names = append(names, n)
	}
	sort.Slice(names, func(i, j int) bool {
		if a, b := f1(pairs, names[i]), f1(pairs, names[j]); a != b {
			return a < b
		}
		return names[i] < names[j]
	})
	all := confusions(pairs)
	p("\n| %s | lines | F1 | taken for |\n|---|---|---|---|\n", head)
	for _, n := range names {
		var taken []string
		for _, m := range all {
			if m.want == n && len(taken) < 3 {
				taken = append(taken, fmt.Sprintf("%s %d", shown(m.got), m.n))
			}
		}
		p("| %s | %d | %.3f | %s |\n", shown(n), lines[n], f1(pairs, n), strings.Join(taken, ", "))
	}
}

func shown(label string) string {
	if label == "" {
		return "none"
	}
	return label
}

func said(e label.Emotion, i label.Intent, r label.Reason) string {
	return fmt.Sprintf("%s, %s, %s", e, i, shown(string(r)))
}

// band is one row of the table of honesty.
type band struct {
	band  string
	n     int
	right float64
}

func honesty(lines []line, r *reader) []band {
	var out []band
	for _, edge := range []float64{0, 0.5, 0.7, 0.9, 0.97} {
		to := map[float64]float64{0: 0.5, 0.5: 0.7, 0.7: 0.9, 0.9: 0.97, 0.97: math.Inf(1)}[edge]
		b := band{band: fmt.Sprintf("%.2f–%.2f", edge, min(1, to))}
		for i, l := range lines {
			if c := r.got[i].Confidence; c >= edge && c < to {
				b.n++
				if l.Intent == r.got[i].Intent {
					b.right++
				}
			}
		}
		if b.n > 0 {
			b.right /= float64(b.n)
		}
		out = append(out, b)
	}
	return out
}

// worst are the lines with the most wrong labels, a missed or needless call counting most; among equals the surest.
func worst(lines []line, r *reader) []int {
	weight := func(i int) float64 {
		l, g := lines[i], r.got[i]
		w := math.Abs(float64(l.Emotion.Grade() - g.Emotion.Grade()))
		if l.Intent != g.Intent {
			w += 2
		}
		if (l.Reason != label.None) != g.Escalate {
			w += 3
		}
		return w
	}
	var at []int
	for i := range lines {
		if weight(i) > 0 {
			at = append(at, i)
		}
	}
	sort.SliceStable(at, func(i, j int) bool {
		if a, b := weight(at[i]), weight(at[j]); a != b {
			return a > b
		}
		return r.got[at[i]].Confidence > r.got[at[j]].Confidence
	})
	return at[:min(10, len(at))]
}

func cut(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return s
}
