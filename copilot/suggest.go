package copilot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sort"
	"strings"
	"unicode/utf8"

	"agentdesk/copilot/comply"
	"agentdesk/sync/event"
	"agentdesk/sync/han"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// MaxSuggestions is how many suggestions there are at most for one message.
const MaxSuggestions = 3

// chunkRunes is how much of a scripted suggestion is streamed at once.
const chunkRunes = 12

// Params makes a Copilot.
type Params struct {
	Writer     Writer     // nil: scripts only
	Summariser Summariser // nil: scripts only
}

// Copilot prepares what a person needs. It is safe for concurrent use and keeps no state.
type Copilot struct {
	writer Writer
	sums   Summariser
	rules  *comply.Rules
}

// New makes a Copilot.
func New(p Params) *Copilot {
	return &Copilot{writer: p.Writer, sums: p.Summariser, rules: comply.New()}
}

// Suggest drafts up to k replies (at most three), best first, each with its own strategy. Stream, when not nil, gets them as
// they are written. With a writer each script is rewritten; a writer that fails leaves the script. An error means ctx ended.
func (c *Copilot) Suggest(ctx context.Context, in Input, k int, stream func(Delta)) ([]Suggestion, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	out := c.draft(in, k)
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

// worth is below which fit a further suggestion is not worth reading.
const worth = 40

// draft writes the suggestions from facts alone. It is pure.
func (c *Copilot) draft(in Input, k int) []Suggestion {
	k = min(max(k, 1), MaxSuggestions)
	all := newDrafts(in).all()
	var out []Suggestion
	kinds, titles := map[string]int{}, map[string]bool{}
	take := func(x draft) {
		x.Text = comply.Fix(x.Text, c.rules.Check(x.Text))
		sum := sha256.Sum256([]byte(in.Conversation + "\x00" + in.Message + "\x00" + in.Text + "\x00" + x.Strategy))
		x.ID = hex.EncodeToString(sum[:10])
		kinds[x.as]++
		titles[x.Strategy] = true
		out = append(out, x.Suggestion)
	}
	for _, other := range []bool{true, false} { // what does something else first, then the rest
		for _, x := range all {
			if len(out) == k {
				break
			}
			if titles[x.Strategy] || x.Fit < worth && len(out) > 0 || other && kinds[x.as] > 0 || kinds[x.as] > 1 || near(out, x.Text) {
				continue
			}
			take(x)
		}
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Fit > out[j].Fit })
	return out
}

// near reports whether a text says what a suggestion says already.
func near(list []Suggestion, text string) bool {
	for _, s := range list {
		if alike(s.Text, text) > 0.6 {
			return true
		}
	}
	return false
}

// heard is what a suggestion loses when the customer was told so before, by person or bot: nobody wants the sentence of a minute
// ago again.
const heard = 25

func told(turns []talk.Turn, text string) bool {
	for _, t := range turns {
		if t.Role != talk.Customer && 5*len(t.Text) > 3*len(text) && alike(t.Text, text) > 0.72 {
			return true
		}
	}
	return false
}

func tidy(s string) string {
	s = strings.TrimSpace(s)
	for _, p := range [][2]string{{"。。", "。"}, {"，，", "，"}, {"，。", "。"}, {"。，", "。"}, {"；。", "。"}, {"  ", " "}, {"！", "。"}, {"？，", "？"}, {"？。", "？"}, {"您的最近的", "您最近的"}, {"您好，您好，", "您好，"}} {
		s = strings.ReplaceAll(s, p[0], p[1])
	}
	return han.Space(s)
}

// draft is a candidate.
type draft struct {
	Suggestion
	as string
}

// drafts collects the candidates for one message.
type drafts struct {
	in     Input
	now    string // the newest message
	thread string // what the customer said on this matter
	said   string // all that the customer said
}

func newDrafts(in Input) *drafts {
	d := &drafts{in: in, now: strings.ToLower(in.Text), thread: strings.ToLower(in.Thread)}
	if d.thread == "" {
		d.thread = d.now
	}
	var b strings.Builder
	for _, t := range in.Context {
		if t.Role == talk.Customer {
			b.WriteString(t.Text + "\n")
		}
	}
	d.said = b.String() + in.Text
	return d
}

// matter is what is to be settled.
func (d *drafts) matter() label.Intent {
	if d.in.Matter != "" {
		return d.in.Matter
	}
	return d.in.Intent
}

// all writes every script that suits, best first.
func (d *drafts) all() []draft {
	var out []draft
	for _, s := range scripts() {
		fit := d.suits(s)
		if fit == 0 {
			continue
		}
		text, sources, ok := d.write(s)
		if !ok {
			continue
		}
		if fit > worth && told(d.in.Context, text) {
			fit -= heard
		}
		if n := utf8.RuneCountInString(text); n > longest {
			fit -= (n - longest) / 4
		}
		out = append(out, draft{Suggestion{Strategy: s.Title, Text: text, Sources: distinct(sources), Fit: max(1, fit)}, s.As})
	}
	sort.SliceStable(out, func(i, j int) bool { return out[i].Fit > out[j].Fit })
	return out
}

func distinct(list []event.Source) []event.Source {
	var keep []event.Source
	seen := map[event.Source]bool{}
	for _, s := range list {
		if s.ID != "" && !seen[s] {
			seen[s] = true
			keep = append(keep, s)
		}
	}
	return keep
}

func (d *drafts) order() *Order {
	if len(d.in.Facts.Orders) == 0 {
		return nil
	}
	return &d.in.Facts.Orders[0]
}

func (d *drafts) orderName() string {
	o := d.order()
	s := "订单 " + tail(o.ID)
	if !o.Sure && len(d.in.Facts.Orders) > 1 {
		s = "最近的" + s
	}
	if len(o.Items) == 1 {
		s += "（" + o.Items[0] + "）"
	} else if len(o.Items) > 1 {
		s += fmt.Sprintf("（%s 等 %d 款）", o.Items[0], len(o.Items))
	}
	return s
}

// hello addresses the customer once: when no person has written yet.
func (d *drafts) hello() string {
	if _, at := talk.Last(d.in.Context, talk.Agent); at >= 0 {
		return ""
	}
	if d.in.Intent == label.ThanksBye || d.in.Intent == label.Chitchat {
		return ""
	}
	who := d.in.Agent
	if d.in.Intent == label.HumanRequest && d.in.Matter != "" && who == "" {
		return "您好，我来接手。"
	}
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

// tone opens by emotion, as the labels' guide asks: an apology once, reassurance where somebody worries.
func (d *drafts) tone(as string) string {
	sorry, calmed := false, false
	for _, t := range d.in.Context {
		if t.Role == talk.Agent {
			sorry, calmed = sorry || anyOf(t.Text, "抱歉", "对不起", "不好意思"), calmed || anyOf(t.Text, "别急", "别着急", "别担心")
		}
	}
	switch d.in.Emotion {
	case label.Angry:
		if sorry {
			return "这件事由我负责跟到底。"
		}
		return "非常抱歉，这件事由我负责跟到底。"
	case label.Dissatisfied:
		if !sorry {
			return "抱歉让您费心了。"
		}
	case label.Anxious:
		if !calmed && as != "ask" {
			return "您先别着急，"
		}
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

func cut(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if rs := []rune(s); len(rs) > n {
		return string(rs[:n]) + "…"
	}
	return s
}
