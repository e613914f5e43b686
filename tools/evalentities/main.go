// Command evalentities finds what the labelled lines name, and prints how often each kind is found rightly, what masking hides
// and how long a message takes.
//
//	make eval-entities
//	go run -tags sqlite_fts5 ./tools/evalentities [-lines FILE] [-part test] [-errors] [-doc docs/entities.md]
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"agentdesk/server/understand/entity"
	"agentdesk/server/understand/entity/measure"
	"agentdesk/sync/mask"
)

// The tables stand between these lines of the document.
const (
	beginMark = "<!-- make eval-entities writes from here -->"
	endMark   = "<!-- to here -->"
)

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			slog.Error("evalentities", "err", err)
		}
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) error {
	fs := flag.NewFlagSet("evalentities", flag.ContinueOnError)
	file := fs.String("lines", "server/understand/corpus/entities.jsonl", "labelled lines, JSON")
	part := fs.String("part", "test", "test or dev")
	errs := fs.Bool("errors", false, "print each difference; not for the test part by whoever tunes the finder")
	doc := fs.String("doc", "", "write the tables into this file too, between its marks")
	if err := fs.Parse(args); err != nil {
		return err
	}
	raw, err := os.ReadFile(*file)
	if err != nil {
		return err
	}
	all, err := measure.Read(bytes.NewReader(raw))
	if err != nil {
		return fmt.Errorf("%s: %w", *file, err)
	}
	items, err := measure.DemoShop()
	if err != nil {
		return err
	}
	finder, err := entity.New(entity.Params{Catalogue: items})
	if err != nil {
		return err
	}
	lines := measure.Part(all, *part)
	if len(lines) == 0 {
		return fmt.Errorf("%s: no part %q", *file, *part)
	}
	find, masks := measure.Finds(finder), measure.Masks(mask.New())
	counts, misses := measure.Score(lines, find)
	hidden := measure.Mask(lines, masks)
	text := table(*part, lines, counts, hidden) + speed(lines, find)
	if *errs {
		text += differences(misses)
	}
	if _, err := io.WriteString(out, text); err != nil || *doc == "" {
		return err
	}
	old, err := os.ReadFile(*doc)
	if err != nil {
		return err
	}
	at, to := bytes.Index(old, []byte(beginMark)), bytes.Index(old, []byte(endMark))
	if at < 0 || to < at {
		return fmt.Errorf("%s: its marks are missing", *doc)
	}
	return os.WriteFile(*doc, []byte(string(old[:at])+beginMark+"\n\n"+strings.TrimSpace(text)+"\n\n"+string(old[to:])), 0o644)
}

// table words what was found and hidden.
func table(part string, lines []measure.Line, counts map[string]measure.Count, hidden measure.Hidden) string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("%d lines of the %s part.\n\n| kind | labelled | precision | recall | hidden when masked |\n|---|---|---|---|---|\n", len(lines), part)
	var all measure.Count
	for _, kind := range measure.Kinds(counts) {
		c := counts[kind]
		all.Right, all.Missed, all.Wrong = all.Right+c.Right, all.Missed+c.Missed, all.Wrong+c.Wrong
		masked := ""
		if h, ok := hidden.Counts[kind]; ok {
			masked = fmt.Sprintf("%.3f", h.Recall())
		}
		p("| %s | %d | %.3f | %.3f | %s |\n", kind, c.Right+c.Missed, c.Precision(), c.Recall(), masked)
	}
	p("| **all** | %d | %.3f | %.3f | |\n\n", all.Right+all.Missed, all.Precision(), all.Recall())
	hurt := 0
	for _, f := range hidden.False {
		if f.Want != nil {
			hurt++
		}
	}
	p("Masked without need: %d finds, %d of them a price, an order number or another labelled thing.\n", len(hidden.False), hurt)
	return b.String()
}

// speed measures the median message of several passes.
func speed(lines []measure.Line, find func(string) []measure.Span) string {
	took := make([]time.Duration, 0, 20*len(lines))
	for range 20 {
		for _, l := range lines {
			start := time.Now()
			find(l.Text)
			took = append(took, time.Since(start))
		}
	}
	slices.Sort(took)
	return fmt.Sprintf("A message takes %v at the median, %v at the 99th percentile (target: 300µs at the median).\n",
		took[len(took)/2].Round(100*time.Nanosecond), took[len(took)*99/100].Round(100*time.Nanosecond))
}

func differences(misses []measure.Miss) string {
	var b strings.Builder
	b.WriteString("\n")
	for _, m := range misses {
		what, s := "missed", m.Want
		if s == nil {
			what, s = "wrong", m.Got
		}
		fmt.Fprintf(&b, "%s %s: %s %q (%s) in %s\n", m.ID, what, s.Kind, string([]rune(m.Text)[s.From:s.To]), s.Norm, m.Text)
	}
	return b.String()
}
