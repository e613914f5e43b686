package understand

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"agentdesk/sync/label"
)

func serve(t testing.TB, in string) []string {
	t.Helper()
	var out bytes.Buffer
	if err := ServeJSONLines(t.Context(), newLexicon(t), strings.NewReader(in), &out); err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimRight(out.String(), "\n"), "\n")
}

func TestServeJSONLines_AnswersEachLineAndNamesBadOnes(t *testing.T) {
	huge := `{"id":"big","text":"` + strings.Repeat("面霜", 1_000_000) + `我要转人工"}`
	got := serve(t, strings.Join([]string{
		`{"id":"a","context":[{"role":"customer","text":"用了精华"}],"tier":"black","text":"脸又红又痒"}`, "", "not json", `{"id":3,"text":"面霜多少钱"}`,
		`{"id":"x"}`, `{"id":"y","text":"hi","context":[{"role":"robot","text":"x"}]}`, `{"text":"a"} {"text":"b"}`, `[1]`, huge, `{"id":"z","text":"谢谢"}`}, "\r\n"))
	if len(got) != 9 {
		t.Fatalf("want 9 answers, got %d: %.300q", len(got), got)
	}
	for i, want := range []string{`"reason":"adverse_reaction"`, `"line":3`, `"reason":null`, `"line":5`, `"line":6`, `"line":7`, `"line":8`, `"reason":"human_request"`, `"intent":"thanks_bye"`} {
		if !strings.Contains(got[i], want) {
			t.Errorf("answer %d lacks %s: %.200s", i, want, got[i])
		}
	}
	if !strings.Contains(got[2], `"id":3`) || !strings.Contains(got[2], `"entities":[`) {
		t.Errorf("id or entities changed: %s", got[2])
	}
	if !strings.Contains(got[7], `"truncated":true`) {
		t.Error("a cut text is not said to be cut")
	}
}

func TestUnderstand_FindsEntities(t *testing.T) {
	u, err := New(Params{Products: map[string][]string{"p1": {"神经酰胺屏障修护面霜", "神经酰胺面霜"}, "p2": {"面霜礼盒"}}})
	if err != nil {
		t.Fatal(err)
	}
	r, err := u.Understand(t.Context(), Input{Text: "神经酰胺面霜 50g，订单号8842，花了¥1,289.50，手机13812345678，我是干敏皮，后天要用，顺丰SF1234567890123，预算一万"})
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]string{}
	for _, e := range r.Entities {
		have[e.Kind+":"+e.Text] = e.Ref
	}
	for k, ref := range map[string]string{"product:神经酰胺面霜": "p1", "size:50g": "50g", "order:8842": "8842", "money:¥1,289.50": "128950", "phone:138****5678": "", "skin:干敏皮": "敏感肌", "date:后天": "", "carrier:顺丰": "顺丰", "tracking:SF1234567890123": "SF1234567890123", "money:一万": "1000000"} {
		if got, ok := have[k]; !ok || got != ref {
			t.Errorf("%s: ref %q (found %v), want %q; all: %v", k, got, ok, ref, have)
		}
	}
}

func TestUnderstand_HoldsTheRulings(t *testing.T) {
	u := newLexicon(t)
	for _, c := range []struct {
		text, tier string
		basket     int64
		emotion    label.Emotion
		reason     label.Reason
	}{
		{"孕妇能用吗", "", 0, label.Anxious, label.None},
		{"孕妇能用吗", "black", 0, label.Anxious, label.None},
		{"面霜多少钱", "", 9_000_00, label.Calm, label.None},
		{"我要退货", "", 5_000_00, label.Calm, label.ByHighValue},
		{"我要退货", "", 4_999_00, label.Calm, label.None},
		{"麻烦处理一下，不然我只好打12315了，谢谢", "", 0, label.Angry, label.ByAnger},
		{"转人工，不然投诉你", "", 0, label.Angry, label.ByRequest},
		{"不用转人工，你告诉我面霜多少钱就行", "", 0, label.Calm, label.None},
		{"脸没有红也不痒", "", 0, label.Calm, label.None},
		{"你们真行，三天不发货", "", 0, label.Dissatisfied, label.None},
		{"退\u200b款 什 么 时 候 到", "", 0, label.Calm, label.None},
	} {
		r, err := u.Understand(t.Context(), Input{Text: c.text, Tier: c.tier, BasketFen: c.basket})
		if err != nil {
			t.Fatal(err)
		}
		if r.Emotion != c.emotion || r.Reason != c.reason || r.Escalate != (c.reason != label.None) {
			t.Errorf("%q %s: %s %q (%s %v), want %s %q", c.text, c.tier, r.Emotion, r.Reason, r.Intent, r.Why, c.emotion, c.reason)
		}
	}
}

func BenchmarkUnderstand(b *testing.B) {
	u := newLexicon(b)
	for b.Loop() {
		if _, err := u.Understand(b.Context(), Input{Text: "昨天直播间说好的赠品怎么没有？订单8842，麻烦帮我查一下，后天就要送人了"}); err != nil {
			b.Fatal(err)
		}
	}
}

func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{"", "?", "\x00\xff", "用了脸红", "没没没没没", strings.Repeat("退款到账", 400), "$¥$", "🌹🌹", "转人工", "a\u202eb"} {
		f.Add(s, "你好", "black")
	}
	u := newLexicon(f)
	f.Fuzz(func(t *testing.T, text, before, tier string) {
		ctx := []struct{ role, text string }{{"customer", before}}
		raw, err := json.Marshal(map[string]any{"id": 1, "tier": tier, "text": text, "context": []map[string]string{{"role": ctx[0].role, "text": ctx[0].text}}})
		if err != nil {
			return
		}
		var out bytes.Buffer
		if err := ServeJSONLines(t.Context(), u, bytes.NewReader(raw), &out); err != nil {
			t.Fatal(err)
		}
		var a struct {
			Emotion  label.Emotion
			Intent   label.Intent
			Escalate bool
			Reason   *label.Reason
			Entities []Entity
		}
		if err := json.Unmarshal(out.Bytes(), &a); err != nil || a.Emotion.Grade() == 0 || a.Intent == "" || a.Escalate != (a.Reason != nil) {
			t.Fatalf("%q → %s (%v)", text, out.String(), err)
		}
		for _, e := range a.Entities {
			if !utf8.ValidString(e.Text) {
				t.Errorf("entity %q is no text", e.Text)
			}
		}
	})
}

func FuzzPattern(f *testing.F) {
	f.Add("(想|要)?退\\d~货$")
	f.Add("((((")
	f.Add("a?b?(|)~~")
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 60 {
			return
		}
		parts, _, _, err := parsePattern(src, func(s string) string { return s })
		if err == nil && len(parts) == 0 {
			t.Errorf("%q parsed to nothing without an error", src)
		}
		_ = fmt.Sprint(parts)
	})
}
