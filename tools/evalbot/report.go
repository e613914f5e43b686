package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"agentdesk/server/bot"
)

// totals is what the scenarios come to.
type totals struct {
	All, Contained       int
	Should               int // that the bot should settle alone
	Right, Wrong, Missed int // escalations; wrong: needless, too early or for another reason
	Unsettled            int // neither settled nor escalated where it should have been settled
	Uncited, ToolErrors  int
	Turns                int
	TwoQuestions         int // times that the bot asked twice in a row
	Kinds                map[string][2]int
}

func count(all []outcome) totals {
	t := totals{All: len(all), Kinds: map[string][2]int{}}
	for i := range all {
		o := &all[i]
		k := t.Kinds[o.Scenario.Kind]
		k[1]++
		if o.Scenario.Escalates == "" {
			t.Should++
		}
		switch {
		case o.Scenario.Escalates != "" && o.Escalated == "":
			t.Missed++
		case o.Escalated != "" && o.Why == "":
			t.Right++
		case o.Escalated != "":
			t.Wrong++
		case o.contained():
			t.Contained++
		default:
			t.Unsettled++
		}
		if o.Why == "" {
			k[0]++
		}
		t.Kinds[o.Scenario.Kind] = k
		asked := false
		for _, l := range o.Lines {
			t.Turns++
			t.Uncited += len(l.Uncited)
			if l.Tool != "" {
				t.ToolErrors++
			}
			asks := question(l.Bot)
			if asks && asked {
				t.TwoQuestions++
			}
			asked = asks
		}
	}
	return t
}

// question reports whether a reply asks back for a fact. A form, and whether to go ahead, is no such question.
func question(r bot.Reply) bool {
	return r.Action == bot.Ask && (strings.HasPrefix(r.Code, "ask.") || r.Code == "unclear")
}

func share(n, of int) string {
	if of == 0 {
		return "-"
	}
	return fmt.Sprintf("%d of %d (%.1f %%)", n, of, 100*float64(n)/float64(of))
}

// report prints the totals and, for those that are not as they should be, what was said.
func report(w io.Writer, all []outcome, by string, verbose bool) error {
	t := count(all)
	var b strings.Builder
	for i := range all {
		if o := &all[i]; verbose || o.Why != "" || slices.ContainsFunc(o.Lines, func(l line) bool { return len(l.Uncited) > 0 || l.Tool != "" }) {
			tell(&b, o)
		}
	}
	fmt.Fprintf(&b, "scenarios             %d, messages read by %s\n", t.All, by)
	fmt.Fprintf(&b, "containment           %s; of those that need no person %s\n", share(t.Contained, t.All), share(t.Contained, t.Should))
	fmt.Fprintf(&b, "escalations           right %d, wrong %d, missed %d\n", t.Right, t.Wrong, t.Missed)
	fmt.Fprintf(&b, "neither               %d\n", t.Unsettled)
	for _, k := range []string{"intent", "free"} {
		fmt.Fprintf(&b, "as they should be     %s: %s\n", k, share(t.Kinds[k][0], t.Kinds[k][1]))
	}
	fmt.Fprintf(&b, "uncited or wrong facts %d\ntool errors           %d\ntwo questions in a row %d\n", t.Uncited, t.ToolErrors, t.TwoQuestions)
	fmt.Fprintf(&b, "turns                 %.1f a conversation\n", float64(t.Turns)/float64(max(1, t.All)))
	_, err := io.WriteString(w, b.String())
	return err
}

func tell(b *strings.Builder, o *outcome) {
	fmt.Fprintf(b, "\n%s (%s): %s\n  %s\n", o.Scenario.ID, o.Scenario.Intent, o.Scenario.Goal, o.Why)
	for _, l := range o.Lines {
		fmt.Fprintf(b, "  > %s\n  < [%s %s %s] %s\n", l.Customer, l.Bot.Intent, l.Bot.Code, l.Bot.Action, l.Bot.Text)
		if len(l.Uncited) > 0 {
			fmt.Fprintf(b, "    uncited: %v, sources %v\n", l.Uncited, l.Bot.Sources)
		}
		if l.Tool != "" {
			fmt.Fprintf(b, "    tool error: %s\n", l.Tool)
		}
	}
}
