package understand

import (
	"testing"

	"agentdesk/assets/model"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// TestModel_ReachesItsFloors holds what ships to what was measured of it, less a little (docs/understanding.md). Where ONNX Runtime is
// missing the encoder's floors can't be held, and the linear model's are.
func TestModel_ReachesItsFloors(t *testing.T) {
	lines := corpusLines(t, "test.jsonl")
	for _, c := range []struct {
		name                                       string
		noGraph                                    bool
		emotion, anxious, intent, escalate, reason float64
	}{
		{"encoder", false, 0.89, 0.95, 0.86, 0.90, 0.86},
		{"linear", true, 0.84, 0.92, 0.80, 0.87, 0.83},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := NewModel(ModelParams{Lexicon: newLexicon(t), Files: model.Read, Library: library(t), NoGraph: c.noGraph})
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := m.Close(); err != nil {
					t.Error(err)
				}
			}()
			if m.enc == nil && !c.noGraph {
				t.Logf("not measured: %s", m.Status().Why)
				return
			}
			emotion, intent, escalate, reason := tally{}, tally{}, tally{}, tally{}
			anxious, found := 0, 0
			for _, l := range lines {
				r, err := m.Understand(t.Context(), Input{Context: l.Context, Tier: l.Tier, BasketFen: l.Basket, Text: l.Text})
				if err != nil {
					t.Fatal(err)
				}
				emotion[[2]string{l.Emotion, string(r.Emotion)}]++
				intent[[2]string{l.Intent, string(r.Intent)}]++
				escalate[[2]string{yes(l.Reason != ""), yes(r.Escalate)}]++
				reason[[2]string{l.Reason, string(r.Reason)}]++
				if l.Emotion == string(label.Anxious) {
					anxious++
					if r.Emotion == label.Anxious {
						found++
					}
				}
			}
			for _, f := range []struct {
				name       string
				got, floor float64
			}{
				{"emotion, macro-F1", emotion.macroF1(), c.emotion},
				{"anxious, recall", float64(found) / float64(anxious), c.anxious},
				{"intent, macro-F1", intent.macroF1(), c.intent},
				{"escalate, macro-F1", escalate.macroF1(), c.escalate},
				{"reason, macro-F1", reason.macroF1(), c.reason},
			} {
				t.Logf("%s: %.3f (floor %.2f)", f.name, f.got, f.floor)
				if f.got < f.floor {
					t.Errorf("%s: %.3f is below its floor %.2f", f.name, f.got, f.floor)
				}
			}
		})
	}
}

// Who was angry a minute ago and now asks how a cream is used is answered; who goes on about the refund is not taken for calm.
func TestModel_LeavesAQuarrelWithTheMessageThatLeavesIt(t *testing.T) {
	quarrel := []talk.Turn{{Role: talk.Customer, Text: "第三次问了，退款一直不到账，你们就是骗子，再拖我就打12315"}, {Role: talk.Agent, Text: "非常抱歉，这件事由我负责跟到底，这就去查您的退款。"}}
	m, err := NewModel(ModelParams{Lexicon: newLexicon(t), Files: model.Read, Library: library(t)})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := m.Close(); err != nil {
			t.Error(err)
		}
	}()
	if m.enc == nil {
		t.Logf("not tried: %s", m.Status().Why)
		return
	}
	for text, want := range map[string]bool{"神经酰胺屏障修护面霜怎么用": false, "面霜一天用几次": false, "查完了吗，钱到底退不退，我要个说法": true} {
		r, err := m.Understand(t.Context(), Input{Context: quarrel, Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if r.Escalate != want {
			t.Errorf("%q: a person %v, %s, %s, %v", text, r.Escalate, r.Emotion, r.Intent, r.Why)
		}
	}
}
