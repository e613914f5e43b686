package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// print writes an outcome as an agent would see it.
func (o *outcome) print(w io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "\n── %s %s\n", o.s.ID, o.s.Who)
	for _, t := range o.s.Context {
		fmt.Fprintf(&b, "   %-8s %s\n", t.Role, t.Text)
	}
	fmt.Fprintf(&b, " ▸ %s   [%s %s]\n", o.s.Text, o.read.Intent, o.read.Emotion)
	for i, g := range o.list {
		fmt.Fprintf(&b, "   %d %s %d: %s", i+1, g.Strategy, g.Fit, g.Text)
		for _, s := range g.Sources {
			fmt.Fprintf(&b, " [%s %s]", s.ID, s.Section)
		}
		b.WriteString("\n")
	}
	for _, c := range o.cards {
		fmt.Fprintf(&b, "   ▫ %s %s | %s | %s\n", c.Kind, c.Title, strings.Join(c.Lines, " / "), day(c.UpdatedAt))
	}
	fmt.Fprintf(&b, "   诉求 %s | 线索 %s | 已做 %s | 未解决 %s\n", o.summary.Ask, o.summary.Clues, o.summary.Done, o.summary.Unresolved)
	if !o.first {
		fmt.Fprintf(&b, "   ✗ the first lacks %s (any: %v)\n", strings.Join(o.s.Must, " & "), o.any)
	}
	for _, list := range [][]string{o.wrong, o.odd, o.wrongCards} {
		for _, x := range list {
			fmt.Fprintf(&b, "   ✗ %s\n", x)
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// tally counts outcomes.
type tally struct {
	n, first, any, cards, carded int
	suggestions, wrong, odd      int
	misread                      int
	took                         []time.Duration
}

func (t *tally) add(o *outcome) {
	t.n++
	if o.first {
		t.first++
	}
	if o.any {
		t.any++
	}
	if len(o.s.Cards)+len(o.s.NoCards) > 0 {
		t.carded++
		if len(o.wrongCards) == 0 {
			t.cards++
		}
	}
	if o.read.Intent != o.s.Intent {
		t.misread++
	}
	t.suggestions += len(o.list)
	t.wrong += len(o.wrong)
	t.odd += len(o.odd)
	t.took = append(t.took, o.took)
}

func (t *tally) print(w io.Writer, by string) error {
	if t.n == 0 {
		_, err := fmt.Fprintln(w, "no situation")
		return err
	}
	slices.Sort(t.took)
	share := func(a, b int) string {
		return fmt.Sprintf("%d of %d, %.1f %%", a, b, 100*float64(a)/float64(max(1, b)))
	}
	_, err := fmt.Fprintf(w, `
read by                        %s
the first holds what it must   %s
any of three does              %s
the cards are right            %s
wrong statements               %d in %d suggestions
size, strategy or wording odd  %d
intent read otherwise          %s
time, median and slowest       %s, %s
`, by, share(t.first, t.n), share(t.any, t.n), share(t.cards, t.carded), t.wrong, t.suggestions, t.odd, share(t.misread, t.n),
		t.took[len(t.took)/2].Round(10*time.Microsecond), t.took[len(t.took)-1].Round(10*time.Microsecond))
	return err
}
