package copilot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"

	"agentdesk/copilot/comply"
	"agentdesk/sync/event"
	"agentdesk/sync/han"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// MaxSuggestions is how many suggestions there are at most for one message.
const MaxSuggestions = 3

// restate is the strategy of last resort.
const restate = "复述确认"

// chunkRunes is how much of a scripted suggestion is streamed at once.
const chunkRunes = 12

// Params makes a Copilot.
type Params struct {
	Writer Writer // nil: scripts only
}

// Copilot prepares what a person needs. It is safe for concurrent use and keeps no state.
type Copilot struct {
	writer Writer
	rules  *comply.Rules
}

// New makes a Copilot.
func New(p Params) *Copilot { return &Copilot{writer: p.Writer, rules: comply.New()} }

// Suggest drafts up to k replies (at most three), best first, each with its own strategy. Stream, when not nil, gets them as
// they are written. With a writer each script is rewritten; a writer that fails leaves the script. An error means ctx ended.
func (c *Copilot) Suggest(ctx context.Context, in Input, k int, stream func(Delta)) ([]Suggestion, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := c.scripts(in, k)
	for i := range out {
		s := &out[i]
		send := func(text string) {
			if stream != nil && text != "" {
				stream(Delta{Rank: i + 1, ID: s.ID, Strategy: s.Strategy, Text: text})
			}
		}
		if c.writer != nil {
			text, err := c.writer.Rewrite(ctx, in, *s, nil)
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			if err == nil && strings.TrimSpace(text) != "" {
				if found := c.rules.Check(text); !comply.Blocked(found) {
					s.Text, s.ByModel = strings.TrimSpace(text), true
				}
			}
		}
		rs := []rune(s.Text)
		for from := 0; from < len(rs); from += chunkRunes {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			send(string(rs[from:min(len(rs), from+chunkRunes)]))
		}
		if stream != nil {
			stream(Delta{Rank: i + 1, ID: s.ID, Strategy: s.Strategy, Done: true, Suggestion: *s})
		}
	}
	return out, nil
}

// scripts writes the suggestions from facts alone. It is pure.
func (c *Copilot) scripts(in Input, k int) []Suggestion {
	k = min(max(k, 1), MaxSuggestions)
	d := &drafts{in: in}
	d.fill()
	sort.SliceStable(d.out, func(i, j int) bool { return d.out[i].Fit > d.out[j].Fit })
	var out []Suggestion
	seen := map[string]bool{}
	for _, s := range d.out {
		s.Text = tidy(s.Text)
		if s.Strategy == restate && len(out) >= 2 {
			continue // two good replies are better than three with a filler
		}
		if s.Text == "" || seen[s.Strategy] || said(in.Context, s.Text) || len(out) == k {
			continue
		}
		s.Text = comply.Fix(s.Text, c.rules.Check(s.Text))
		sum := sha256.Sum256([]byte(in.Conversation + "\x00" + in.Message + "\x00" + in.Text + "\x00" + s.Strategy))
		s.ID = hex.EncodeToString(sum[:10])
		seen[s.Strategy] = true
		out = append(out, s)
	}
	return out
}

// said reports whether a person already wrote this: nobody wants the sentence of a minute ago again.
func said(turns []talk.Turn, text string) bool {
	for _, t := range turns {
		if t.Role == talk.Agent && (t.Text == text || len(text) > 30 && strings.Contains(t.Text, text)) {
			return true
		}
	}
	return false
}

func tidy(s string) string {
	s = strings.TrimSpace(s)
	for _, p := range [][2]string{{"。。", "。"}, {"，，", "，"}, {"，。", "。"}, {"。，", "。"}, {"；。", "。"}, {"  ", " "}, {"！", "。"}} {
		s = strings.ReplaceAll(s, p[0], p[1])
	}
	return han.Space(s)
}

// drafts collects the candidates for one message.
type drafts struct {
	in  Input
	out []Suggestion
}

func (d *drafts) add(fit int, strategy, text string, sources ...event.Source) {
	var keep []event.Source
	seen := map[event.Source]bool{}
	for _, s := range sources {
		if s.ID != "" && !seen[s] {
			seen[s] = true
			keep = append(keep, s)
		}
	}
	d.out = append(d.out, Suggestion{Strategy: strategy, Text: text, Sources: keep, Fit: fit})
}

// hello addresses the customer once: when no person has written yet.
func (d *drafts) hello() string {
	if _, at := talk.Last(d.in.Context, talk.Agent); at >= 0 {
		return ""
	}
	who := d.in.Agent
	name := givenName(d.in.Facts.Customer.Name)
	switch {
	case who != "" && name != "":
		return name + "您好，我是" + who + "。"
	case who != "":
		return "您好，我是" + who + "。"
	case name != "":
		return name + "您好，"
	}
	return "您好，"
}

// givenName is how a customer is addressed warmly: 林小鹿 → 小鹿. Names of other lengths are left alone.
func givenName(name string) string {
	rs := []rune(name)
	if len(rs) != 3 {
		return ""
	}
	for _, r := range rs {
		if r < 0x4e00 || r > 0x9fff {
			return ""
		}
	}
	return string(rs[1:])
}

// tone opens by emotion, as the labels' guide asks.
func (d *drafts) tone() string {
	switch d.in.Emotion {
	case label.Angry:
		return "非常抱歉，这件事是我们没有处理好，我来负责跟到底。"
	case label.Dissatisfied:
		return "很抱歉给您添麻烦了，"
	case label.Anxious:
		return "您先别着急，"
	case label.Delighted:
		return "谢谢您的喜欢，"
	}
	return ""
}

func (d *drafts) upset() bool { return d.in.Emotion.Grade() >= label.Dissatisfied.Grade() }

func yuan(fen int64) string {
	if fen%100 == 0 {
		return fmt.Sprintf("¥%d", fen/100)
	}
	return fmt.Sprintf("¥%d.%02d", fen/100, fen%100)
}

func sentence(s string) string {
	s = strings.TrimSpace(s)
	if s == "" || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "？") {
		return s
	}
	return strings.TrimRight(s, "；;，,.") + "。"
}

func tail(id string) string {
	if len(id) > 4 {
		return id[len(id)-4:]
	}
	return id
}

func anyOf(s string, subs ...string) bool {
	for _, sub := range subs {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}
