// Package measure scores what is found in labelled lines: entities by kind, and what masking hides and leaves.
package measure

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"time"
)

// Span is one entity: runes From…To of the text.
type Span struct {
	Kind string `json:"kind"`
	From int    `json:"from"`
	To   int    `json:"to"`
	Norm string `json:"norm"`
}

// Line is one labelled line of corpus/entities.jsonl.
type Line struct {
	ID       string `json:"id"`
	Part     string `json:"part"` // dev or test
	Text     string `json:"text"`
	Entities []Span `json:"entities"`
}

// Now is when all lines were written: days in them are counted from there.
func Now() time.Time {
	return time.Date(2026, 11, 25, 10, 0, 0, 0, time.FixedZone("CST", 8*3600))
}

// Read reads JSON lines and refuses spans outside of their text.
func Read(r io.Reader) ([]Line, error) {
	var out []Line
	seen := map[string]bool{}
	sc := bufio.NewScanner(r)
	sc.Buffer(nil, 1<<20)
	for n := 1; sc.Scan(); n++ {
		var l Line
		if err := json.Unmarshal(sc.Bytes(), &l); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		at, size := 0, len([]rune(l.Text))
		for _, e := range l.Entities {
			if e.From < at || e.To <= e.From || e.To > size || e.Kind == "" {
				return nil, fmt.Errorf("line %d: %s %d…%d does not fit", n, e.Kind, e.From, e.To)
			}
			at = e.To
		}
		if seen[l.ID] || l.Part != "dev" && l.Part != "test" {
			return nil, fmt.Errorf("line %d: %s occurs twice, or its part is %q", n, l.ID, l.Part)
		}
		seen[l.ID] = true
		out = append(out, l)
	}
	if err := sc.Err(); err != nil {
		return nil, err
	}
	if len(out) == 0 {
		return nil, errors.New("no lines")
	}
	return out, nil
}

// Part is the lines of one part.
func Part(lines []Line, part string) []Line {
	var out []Line
	for _, l := range lines {
		if l.Part == part {
			out = append(out, l)
		}
	}
	return out
}

// Count is how often one kind was found rightly, missed, and found where nobody labelled it.
type Count struct{ Right, Missed, Wrong int }

// Precision is the share of finds that are right; 1 without any.
func (c Count) Precision() float64 { return share(c.Right, c.Wrong) }

// Recall is the share of labels that were found; 1 without any.
func (c Count) Recall() float64 { return share(c.Right, c.Missed) }

func share(right, not int) float64 {
	if right+not == 0 {
		return 1
	}
	return float64(right) / float64(right+not)
}

// Miss is one difference, for people who look at it.
type Miss struct {
	ID, Text string
	Want     *Span // nil: a wrong find
	Got      *Span // nil: missed
}

// Score compares finds with labels. A find is right when it touches a label of its kind and has the same normal form; of an
// address it is enough that it covers the label. Kinds that nobody labelled are left out.
func Score(lines []Line, find func(text string) []Span) (map[string]Count, []Miss) {
	labelled := map[string]bool{}
	for _, l := range lines {
		for _, e := range l.Entities {
			labelled[e.Kind] = true
		}
	}
	counts := map[string]Count{}
	var misses []Miss
	for _, l := range lines {
		got := find(l.Text)
		used := make([]bool, len(got))
		for i := range l.Entities {
			want := &l.Entities[i]
			c := counts[want.Kind]
			found := false
			for k := range got {
				if !used[k] && same(*want, got[k]) {
					used[k], found = true, true
					break
				}
			}
			if found {
				c.Right++
			} else {
				c.Missed++
				misses = append(misses, Miss{ID: l.ID, Text: l.Text, Want: want})
			}
			counts[want.Kind] = c
		}
		for k := range got {
			if !used[k] && labelled[got[k].Kind] {
				c := counts[got[k].Kind]
				c.Wrong++
				counts[got[k].Kind] = c
				misses = append(misses, Miss{ID: l.ID, Text: l.Text, Got: &got[k]})
			}
		}
	}
	return counts, misses
}

func same(want, got Span) bool {
	if want.Kind != got.Kind || got.From >= want.To || want.From >= got.To {
		return false
	}
	if want.Kind == "address" {
		return got.From <= want.From+2 && got.To >= want.To
	}
	return want.Norm == got.Norm
}

// Kinds lists the kinds of counts in order.
func Kinds(counts map[string]Count) []string {
	out := make([]string, 0, len(counts))
	for k := range counts {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
