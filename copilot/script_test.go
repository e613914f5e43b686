package copilot

import (
	"encoding/json"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	demo "agentdesk/assets/demo"
	"agentdesk/copilot/comply"
	"agentdesk/sync/label"
)

// plain is what a script says without its facts, optional parts included.
func plain(parts []piece) string {
	var b strings.Builder
	for _, p := range parts {
		b.WriteString(p.text)
		if p.slot != "" {
			b.WriteString("·")
		}
		b.WriteString(plain(p.optional))
	}
	return b.String()
}

func slots(parts []piece) []string {
	var out []string
	for _, p := range parts {
		if p.slot != "" {
			out = append(out, p.slot)
		}
		out = append(out, slots(p.optional)...)
	}
	return out
}

// What a shop promises stands in its facts: no script states a figure or a term by itself.
func TestScripts_StateNothingByThemselves(t *testing.T) {
	rules := comply.New()
	figure := regexp.MustCompile(`[0-9]`)
	for _, s := range scripts() {
		text := strings.ReplaceAll(plain(s.parts), "120", "") // the ambulance
		if figure.MatchString(text) {
			t.Errorf("%s states a figure: %s", s.Title, text)
		}
		if found := rules.Check(text); comply.Blocked(found) {
			t.Errorf("%s breaks the wording rules: %+v", s.Title, found)
		}
		for _, w := range []string{"包邮", "免运费", "全额", "无理由", "赔付", "差价补", "假一赔", "运费险", "亲亲", "亲，", "！"} {
			if strings.Contains(text, w) {
				t.Errorf("%s states %s: %s", s.Title, w, text)
			}
		}
		if strings.Contains(text, "不客气") && !slices.Equal(s.In, []label.Intent{label.ThanksBye}) {
			t.Errorf("%s says 不客气 where nobody thanked", s.Title)
		}
	}
}

func TestScripts_KnowTheirConditionsAndSlots(t *testing.T) {
	known, figures := conditions(), regexp.MustCompile(`[0-9]`)
	for _, s := range scripts() {
		for _, c := range s.If {
			c = strings.TrimPrefix(c, "!")
			if kind, _, ok := strings.Cut(c, ":"); ok && slices.Contains([]string{"order", "parcel", "return", "tier"}, kind) {
				continue
			}
			if !slices.Contains(known, c) {
				t.Errorf("%s asks for %q, which nothing answers", s.Title, c)
			}
		}
		for _, name := range slots(s.parts) {
			if figures.MatchString(strings.TrimRight(name, "12")) {
				t.Errorf("%s looks for a figure of one shop: %q", s.Title, name)
			}
		}
	}
	for name, text := range map[string]string{"a slot without an end": "好{price", "an optional part without an end": "好[的", "a stray bracket": "好]的", "one inside another": "a[b[c]]"} {
		s := script{Fit: 50, As: "answer", Title: "x", Text: text}
		if err := s.ready(); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// The demo shop's rules answer every script that quotes a rule: a word that is in none would silence a script for good.
func TestScripts_QuoteRulesThatTheDemoShopHas(t *testing.T) {
	raw, err := fs.ReadFile(demo.Shop(), "policies.json")
	if err != nil {
		t.Fatal(err)
	}
	var policies []struct {
		ID       string
		Sections []struct{ No, Title, Text string }
	}
	if err := json.Unmarshal(raw, &policies); err != nil {
		t.Fatal(err)
	}
	var f Facts
	for _, p := range policies {
		for _, s := range p.Sections {
			f.Rules = append(f.Rules, Policy{Title: s.Title, Section: s.No, Text: s.Text})
		}
	}
	for _, s := range scripts() {
		for _, name := range slots(s.parts) {
			kind, arg, _ := strings.Cut(name, ":")
			found := true
			switch kind {
			case "rule", "clause":
				_, p := f.ruleOf(strings.Split(arg, "+"))
				found = p != nil
			case "about":
				found = f.section(arg) != nil
			}
			if !found {
				t.Errorf("%s quotes %s, and no rule has it", s.Title, name)
			}
		}
	}
}
