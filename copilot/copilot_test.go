package copilot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"agentdesk/copilot/comply"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

var allergy = Policy{Title: "过敏无忧退", Section: "2.1", Text: "签收 30 天内，凭肤况照片可退，运费由商家承担", Source: event.Source{ID: "after", Kind: "policy", Section: "2.1"}}

func sample(i label.Intent, e label.Emotion, text string) Input {
	at := time.Date(2026, 11, 24, 17, 30, 0, 0, time.UTC)
	return Input{Conversation: "c", Message: "m", Text: text, Intent: i, Emotion: e, Agent: "晓宁", Reason: label.ByAdverse,
		Context: []talk.Turn{{Role: talk.Customer, Text: "焕亮双抗精华用了两晚，两颊又红又刺"}, {Role: talk.Bot, Text: "请先停用，方便拍一张照片吗？"}},
		Facts: Facts{Customer: Customer{ID: "u1", Name: "林小鹿", Tier: "black", Skin: "敏感肌", SpentFen: 1864000},
			Products: []Product{{ID: "p2", Title: "焕亮双抗精华 30ml", PriceFen: 39800, Stock: 80, Asked: true, Skins: []string{"油皮"}, Usage: "晚间取 3 滴", Ingredients: []string{"VC 10%"}, Points: []string{"VC 10%"}, Source: event.Source{ID: "p2", Kind: "product"}},
				{ID: "p1", Title: "神经酰胺屏障修护面霜 50g", PriceFen: 32900, CouponFen: 28900, Stock: 1284, Bought: true, Skins: []string{"敏感肌"}, Points: []string{"神经酰胺 3%", "敏感肌测试"}, Source: event.Source{ID: "p1", Kind: "product"}}},
			Orders:   []Order{{ID: "CY8842", Status: "已签收", Items: []string{"焕亮双抗精华 30ml"}, TotalFen: 39800, PlacedAt: at, Source: event.Source{ID: "CY8842", Kind: "order"}, Parcels: []Parcel{{Carrier: "顺丰速运", Number: "SF1", Status: "运输中", Last: "到达北京", LastAt: at, Source: event.Source{ID: "SF1", Kind: "parcel"}}}}},
			Policies: []Policy{allergy}, Rules: []Policy{allergy, {Title: "退款时效", Section: "4.1", Text: "过敏无忧退在照片审核通过后 24 小时内先行退款。", Source: event.Source{ID: "after", Kind: "policy", Section: "4.1"}}}}}
}

func TestSuggest_ThreeStrategiesForEveryIntentAndMood(t *testing.T) {
	c := New(Params{})
	rules := comply.New()
	for _, i := range label.Intents() {
		for _, e := range label.Emotions() {
			list, err := c.Suggest(t.Context(), sample(i, e, "那现在怎么办，能退吗"), 3, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				t.Errorf("%s %s: nothing suggested", i, e)
			}
			seen := map[string]bool{}
			for n, s := range list {
				if seen[s.Strategy] || seen[s.Text] || s.ID == "" || seen[s.ID] {
					t.Errorf("%s %s: %q twice", i, e, s.Strategy)
				}
				seen[s.Strategy], seen[s.Text], seen[s.ID] = true, true, true
				if n > 0 && s.Fit > list[n-1].Fit || s.Fit < 1 || s.Fit > 100 {
					t.Errorf("%s %s: fit %d out of order", i, e, s.Fit)
				}
				if strings.ContainsAny(s.Text, "！!{}") || comply.Blocked(rules.Check(s.Text)) || strings.Contains(s.Text, "。。") {
					t.Errorf("%s %s: wording of %q: %+v", i, e, s.Text, rules.Check(s.Text))
				}
				if e == label.Angry && (strings.Contains(s.Text, "可以看") || strings.Contains(s.Text, "¥289")) {
					t.Errorf("%s: sells to an angry customer: %q", i, s.Text)
				}
			}
		}
	}
}

func TestSuggest_AdverseReaction_ReadsLikeTheDesign(t *testing.T) {
	list, err := New(Params{}).Suggest(t.Context(), sample(label.AdverseReaction, label.Anxious, "脸上火辣辣的，后天要拍照"), 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 3 || list[0].Strategy != "停用，给今晚的步骤" && list[0].Strategy != "先安抚，再给步骤" || !strings.Contains(list[0].Text, "停用焕亮双抗精华") {
		t.Fatalf("got %+v", list)
	}
	if !strings.Contains(list[1].Text, "30 天") || list[1].Sources[0].ID != "after" {
		t.Errorf("no cited policy in %+v", list[1])
	}
	for _, s := range list {
		t.Logf("%d %s: %s", s.Fit, s.Strategy, s.Text)
	}
}

func TestSuggest_StreamsWhatItReturns(t *testing.T) {
	text, done := map[string]string{}, 0
	list, err := New(Params{}).Suggest(t.Context(), sample(label.Logistics, label.Calm, "包裹到哪了"), 3, func(d Delta) {
		text[d.ID] += d.Text
		if d.Done {
			done++
			if d.Suggestion.Text != text[d.ID] {
				t.Errorf("streamed %q, suggestion is %q", text[d.ID], d.Suggestion.Text)
			}
		}
	})
	if err != nil || done != len(list) {
		t.Fatalf("%d of %d finished, %v", done, len(list), err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := New(Params{}).Suggest(ctx, sample(label.Logistics, label.Calm, "包裹到哪了"), 3, func(Delta) { cancel() }); !errors.Is(err, context.Canceled) {
		t.Errorf("a superseded suggestion went on: %v", err)
	}
}

// badWriter breaks the wording rules, then fails.
type badWriter struct{ n int }

func (w *badWriter) Rewrite(context.Context, Input, Suggestion, func(string)) (string, error) {
	if w.n++; w.n == 1 {
		return "保证根治", nil
	}
	return "", errors.New("gone")
}

func TestSuggest_ABadWriterLeavesTheScript(t *testing.T) {
	in := sample(label.ReturnRefund, label.Calm, "能退吗")
	want, err := New(Params{}).Suggest(t.Context(), in, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := New(Params{Writer: &badWriter{}}).Suggest(t.Context(), in, 3, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := range want {
		if got[i].Text != want[i].Text || got[i].ByModel {
			t.Errorf("%q replaced %q", got[i].Text, want[i].Text)
		}
	}
}

func TestSummaryCardsAndNextAction(t *testing.T) {
	c := New(Params{})
	in := sample(label.AdverseReaction, label.Anxious, "是不是过敏了？")
	s, err := c.Summary(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{s.Ask: "疑似不良反应", s.Done: "建议停用", s.Clues: "焕亮双抗精华", s.Unresolved: "身体反应"} {
		if !strings.Contains(field, want) {
			t.Errorf("%q lacks %q", field, want)
		}
	}
	cards, err := c.Cards(t.Context(), in)
	if err != nil || len(cards) != 4 || cards[3].Kind != OrderCard || cards[0].Title != "焕亮双抗精华 30ml" || cards[0].Fits != "未标注适合敏感肌" || cards[1].Kind != PolicyCard {
		t.Errorf("cards %+v, %v", cards, err)
	}
	a, err := c.NextAction(t.Context(), in)
	if err != nil || a.Code != "start_allergy_return" || a.Order != "CY8842" {
		t.Errorf("next %+v, %v", a, err)
	}
}
