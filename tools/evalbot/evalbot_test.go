package main

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"agentdesk/server/bot"
	"agentdesk/server/understand"
	"agentdesk/sync/event"
)

func stageFor(t *testing.T) *stage {
	t.Helper()
	s, _, done, err := open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := done(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func scenarios(t *testing.T) []Scenario {
	t.Helper()
	all, err := load(os.DirFS("../../server/bot/scenarios"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestScenarios_CoverEveryIntentAndHalfAreFree(t *testing.T) {
	all := scenarios(t)
	intents, kinds := map[string]int{}, map[string]int{}
	for _, s := range all {
		intents[s.Intent]++
		kinds[s.Kind]++
	}
	if len(all) < 110 || len(intents) < 26 || kinds["free"]*3 < len(all) {
		t.Errorf("%d scenarios, %d intents, %v", len(all), len(intents), kinds)
	}
}

func TestLoad_RefusesWhatCannotFail(t *testing.T) {
	for name, line := range map[string]string{
		"no expectation": `{"id":"a","kind":"free","intent":"stock","goal":"g","steps":["hi"]}`,
		"unknown intent": `{"id":"a","kind":"free","intent":"x","goal":"g","steps":["hi"],"escalates":"angry"}`,
		"unknown field":  `{"id":"a","kind":"free","intent":"stock","goal":"g","steps":["hi"],"escalates":"angry","x":1}`,
	} {
		if _, err := load(fstest.MapFS{"a.jsonl": {Data: []byte(line)}}); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
}

// What the bot reached holds: with the linear model, which any machine has.
func TestScenarios_AreSettledAsBefore(t *testing.T) {
	s := stageFor(t)
	all := scenarios(t)
	var got []outcome
	for i := range all {
		o, err := s.play(t.Context(), &all[i])
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, o)
	}
	n := count(got)
	var b strings.Builder
	if err := report(&b, got, understand.ByLinear, false); err != nil {
		t.Fatal(err)
	}
	t.Log(b.String())
	if n.Contained*100 < 80*n.All || n.Uncited != 0 || n.ToolErrors != 0 || n.TwoQuestions != 0 || n.Missed*100 > 5*n.All || n.Wrong*100 > 8*n.All {
		t.Errorf("%+v", n)
	}
}

// The judge asks the shop, not the bot: what a reply states falls through when its source does not hold it.
func TestJudge_FindsWhatNoSourceHolds(t *testing.T) {
	s := stageFor(t)
	at := s.now
	sh, _, err := s.shop(t.Context(), &at)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sh.Close() }()
	cream := event.Source{ID: "p-ceramide-cream", Kind: "product"}
	for _, c := range []struct {
		text, who string
		src       []event.Source
		missing   string
	}{
		{"50g 券后 ¥289，有货", "", []event.Source{cream}, ""},
		{"50g 券后 ¥189", "", []event.Source{cream}, "189"},
		{"50g 券后 ¥289", "", nil, "289"},
		{"订单 8842 已签收", "c-linxiaolu", []event.Source{{ID: "CY8800008842", Kind: "order"}}, ""},
		{"订单 8842 已签收", "c-0012", []event.Source{{ID: "CY8800008842", Kind: "order"}}, "not in the shop"},
		{"满 99 元包邮", "", []event.Source{{ID: "policy-shipping", Kind: "policy", Section: "2.1"}}, ""},
		{"满 99 元包邮", "", []event.Source{{ID: "policy-shipping", Kind: "policy", Section: "2.2"}}, "99"},
	} {
		got, err := (&judge{shop: sh, who: c.who}).uncited(t.Context(), bot.Reply{Text: c.text, Sources: c.src})
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(got, " "); c.missing == "" && all != "" || !strings.Contains(all, c.missing) {
			t.Errorf("%q by %v: %v, want %q", c.text, c.src, got, c.missing)
		}
	}
}
