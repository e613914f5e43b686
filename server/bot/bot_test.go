package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"agentdesk/copilot"
	"agentdesk/copilot/comply"
	"agentdesk/server/bot/ground"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

func TestTurn_AnswersFromCitedFacts(t *testing.T) {
	e := newBot(t, fakeShop{}, nil)
	for _, c := range []struct {
		text, customer, page string
		action               Action
		code                 string
		has                  []string
		source               string
	}{
		{"神经酰胺面霜多少钱", "", "", Answer, "product.price", []string{"¥289", "¥329", "50g"}, "p-cream"},
		{"15g的还有货吗", "", "p-cream", Answer, "product.stock.out", []string{"缺货", "11 月 30 日"}, "p-cream"},
		{"这个有现货吗", "", "p-cream", Answer, "product.stock", []string{"1284"}, "p-cream"},
		{"这个多少钱", "", "", Ask, "ask.product", []string{"哪一款"}, ""},
		{"焕亮双抗精华孕妇能用吗", "", "", Answer, "product.pregnant", []string{"医生"}, "p-vc"},
		{"神经酰胺面霜里有酒精吗", "", "", Answer, "product.ingredient", []string{"不含"}, "p-cream"},
		{"神经酰胺面霜怎么用", "", "", Answer, "product.usage", []string{"黄豆"}, "p-cream"},
		{"包裹到哪了", "u1", "", Answer, "logistics.parcel", []string{"SF1234567890123", "北京转运中心", "11 月 25 日"}, "SF1234567890123"},
		{"包裹到哪了", "", "", Ask, "ask.signin", []string{"登录"}, ""},
		{"我的退款什么时候到账", "u1", "", Answer, "return.progress", []string{"¥398", "11 月 26 日"}, "CY20261105007731"},
		{"七天无理由怎么退", "", "", Answer, "policy", []string{"7 天"}, "after-sale"},
		{"怎么开发票", "", "", Answer, "policy", []string{"电子发票"}, "invoice"},
		{"满多少包邮", "", "", Answer, "policy", []string{"99 元"}, "ship"},
		{"有什么优惠活动", "", "", Answer, "promo.list", []string{"满 399 元减 50 元"}, "m1"},
		{"我有多少积分", "u1", "", Answer, "member.points", []string{"1860"}, "u1"},
		{"神经酰胺面霜和焕亮双抗精华哪个更适合干皮", "", "", Answer, "compare", []string{"更建议神经酰胺"}, "p-cream"},
		{"推荐一款适合敏感肌的面霜", "", "", Answer, "recommend", []string{"神经酰胺"}, "p-cream"},
		{"你好", "", "", Answer, "greeting", []string{"小澄"}, ""},
		{"转人工", "", "", Escalate, "escalate.human_request", []string{"同事"}, ""},
		{"用了你们精华脸又红又痒", "u1", "", Escalate, "escalate.adverse_reaction", []string{"停用", "30 天"}, "after-sale"},
		{"好的谢谢，没事了，拜拜", "", "", Close, "bye", nil, ""},
	} {
		r, err := e.Turn(t.Context(), Input{Conversation: "c", CustomerID: c.customer, Page: c.page, Text: c.text, Now: now()}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Action != c.action || r.Code != c.code {
			t.Errorf("%q: %s %s (%s, %q), want %s %s: %s", c.text, r.Action, r.Code, r.Intent, r.Fallback, c.action, c.code, r.Text)
			continue
		}
		for _, h := range c.has {
			if !strings.Contains(r.Text, h) {
				t.Errorf("%q: %q lacks %q", c.text, r.Text, h)
			}
		}
		cited := c.source == ""
		for _, s := range r.Sources {
			cited = cited || s.ID == c.source
		}
		if !cited {
			t.Errorf("%q: sources %v lack %s", c.text, r.Sources, c.source)
		}
	}
}

func TestTurn_NeverSaysTheSameThingAThirdTime(t *testing.T) {
	e := newBot(t, fakeShop{}, nil)
	var talked []talk.Turn
	seen := map[string]bool{}
	for i := range 4 {
		in := Input{Conversation: "c", Context: talked, Text: "神经酰胺面霜多少钱"}
		r, err := e.Turn(t.Context(), in, nil)
		if err != nil {
			t.Fatal(err)
		}
		if seen[r.Text] {
			t.Errorf("turn %d repeats %q word for word", i, r.Text)
		}
		seen[r.Text] = true
		if i < 2 && r.Action != Answer {
			t.Errorf("turn %d: %s, want an answer", i, r.Action)
		}
		if i == 2 {
			if r.Action != Escalate || r.Reason != label.ByBotFailed {
				t.Errorf("third time: %s %s, want escalation because the bot failed", r.Action, r.Reason)
			}
			break
		}
		talked = append(talked, talk.Turn{Role: talk.Customer, Text: in.Text}, talk.Turn{Role: talk.Bot, Text: r.Text})
	}
}

func TestTurn_SaysSoWhenTheShopIsDown(t *testing.T) {
	r, err := newBot(t, fakeShop{down: true}, nil).Turn(t.Context(), Input{Text: "神经酰胺面霜多少钱"}, nil)
	if err != nil || r.Code != "shop.down" || len(r.Sources) != 0 {
		t.Fatalf("got %+v, %v", r, err)
	}
	r, err = newBot(t, fakeShop{down: true}, nil).Turn(t.Context(), Input{Text: "转人工"}, nil)
	if err != nil || r.Action != Escalate {
		t.Fatalf("got %+v, %v: a person must come although the shop is down", r, err)
	}
}

// liar answers with a price that no fact holds.
type liar struct{}

func (liar) Respond(_ context.Context, _ Draft, stream func(string)) (Text, error) {
	stream("这款现在只要 ¥99，")
	stream("三天内可退。")
	return Text{Text: "这款现在只要 ¥99，三天内可退。", ByModel: true}, nil
}

func TestTurn_ALyingModelIsNotHeard(t *testing.T) {
	var streamed strings.Builder
	r, err := newBot(t, fakeShop{}, liar{}).Turn(t.Context(), Input{Conversation: "c", Text: "神经酰胺面霜多少钱"}, func(s string) { streamed.WriteString(s) })
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(r.Text+streamed.String(), "¥99") || r.ByModel || !strings.Contains(r.Text, "¥289") {
		t.Errorf("the lie reached the customer: %+v, streamed %q", r, streamed.String())
	}
}

// teller is a model that says the script in its own words, sentence by sentence.
type teller struct{}

func (teller) Respond(_ context.Context, d Draft, stream func(string)) (Text, error) {
	stream("好的。")
	stream(d.Script)
	return Text{Text: "好的。" + d.Script, ByModel: true}, nil
}

func TestTurn_AModelIsReadWhileItWrites(t *testing.T) {
	var streamed []string
	hear := func(s string) { streamed = append(streamed, s) }
	r, err := newBot(t, fakeShop{}, teller{}).Turn(t.Context(), Input{Conversation: "c", Text: "神经酰胺面霜多少钱"}, hear)
	if err != nil || !r.ByModel || len(streamed) != 2 || strings.Join(streamed, "") != r.Text {
		t.Errorf("%v, streamed %q of %q", err, streamed, r.Text)
	}
	streamed = nil
	r, err = newBot(t, fakeShop{}, nil).Turn(t.Context(), Input{Conversation: "c", Text: "神经酰胺面霜多少钱"}, hear)
	if err != nil || r.Text == "" || len(streamed) != 0 {
		t.Errorf("%v, a script was streamed: %q", err, streamed)
	}
}

func TestTurn_EveryTemplateObeysTheWordingRules(t *testing.T) {
	tpl, err := loadTemplates()
	if err != nil {
		t.Fatal(err)
	}
	rules := comply.New()
	for code, variants := range tpl {
		for _, v := range variants {
			if strings.ContainsAny(v, "!！") {
				t.Errorf("%s: exclamation mark in %q", code, v)
			}
			if f := rules.Check(v); comply.Blocked(f) {
				t.Errorf("%s: %q: %+v", code, v, f)
			}
		}
	}
	for _, r := range []label.Reason{label.ByRequest, label.ByAdverse, label.ByAnger, label.ByDispute, label.ByAnxiety, label.ByHighValue, label.ByBotFailed, label.ByOutOfPolicy} {
		if len(tpl["escalate."+string(r)]) == 0 {
			t.Errorf("no text for %s", r)
		}
	}
}

func TestPauseFor(t *testing.T) {
	for _, c := range []struct {
		e    label.Emotion
		text string
		want time.Duration
	}{{label.Calm, "我想问下面霜", 1200 * time.Millisecond}, {label.Anxious, "我想问下面霜", 0}, {label.Angry, "", 0}, {label.Calm, "那个，", 1800 * time.Millisecond}, {label.Uncertain, "哪个好？", 800 * time.Millisecond}} {
		if got := PauseFor(c.e, c.text); got != c.want {
			t.Errorf("%s %q: %v, want %v", c.e, c.text, got, c.want)
		}
	}
}

func TestSuggest_FromTheBotsFacts(t *testing.T) {
	e := newBot(t, fakeShop{}, nil)
	cp := copilot.New(copilot.Params{})
	lines := []string{
		`{"id":1,"customer":"u1","context":[{"role":"customer","text":"包裹三天没更新了，是不是丢了"}],"k":3}`,
		`{"id":"b","customer":"u1","context":[{"role":"customer","text":"用了焕亮双抗精华脸又红又痒"},{"role":"bot","text":"请先停用"},{"role":"customer","text":"那能退吗"}]}`,
		`{"id":"c","context":[{"role":"bot","text":"x"}]}`,
		`nonsense`,
		``,
		`{"id":"d","context":[{"role":"customer","text":"神经酰胺面霜适合我这种干敏皮吗"}],"k":1}`,
	}
	var out bytes.Buffer
	if err := copilot.ServeJSONLines(t.Context(), cp, Finder{Bot: e, Now: now}, strings.NewReader(strings.Join(lines, "\n")), &out); err != nil {
		t.Fatal(err)
	}
	t.Log(out.String())
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(got) != 5 {
		t.Fatalf("want 5 lines, got %d", len(got))
	}
	if !strings.Contains(got[0], "SF1234567890123") || !strings.Contains(got[0], "8842") {
		t.Errorf("no real parcel in %s", got[0])
	}
	if !strings.Contains(got[1], "30 天") {
		t.Errorf("no allergy policy in %s", got[1])
	}
	if !strings.Contains(got[2], `"line":3`) || !strings.Contains(got[3], `"line":4`) {
		t.Errorf("bad lines are not named: %s %s", got[2], got[3])
	}
	var one struct {
		Suggestions []struct{ Text, Strategy string }
	}
	if err := json.Unmarshal([]byte(got[4]), &one); err != nil || len(one.Suggestions) != 1 || !strings.Contains(one.Suggestions[0].Text, "敏感肌") {
		t.Errorf("got %s, %v", got[4], err)
	}
}

func FuzzTurn(f *testing.F) {
	f.Add("神经酰胺面霜多少钱", "8842")
	f.Add("包裹到哪了", "\x00{title}")
	e := newBot(f, fakeShop{}, nil)
	check := ground.New()
	f.Fuzz(func(t *testing.T, text, before string) {
		r, err := e.Turn(t.Context(), Input{Conversation: "c", CustomerID: "u1", Text: text, Context: []talk.Turn{{Role: talk.Customer, Text: before}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if r.Text == "" && r.Action != Wait {
			t.Errorf("nothing said to %q (%s)", text, r.Code)
		}
		if len(r.Sources) == 0 && len(check.Missing(r.Text, nil)) > 0 {
			t.Errorf("%q states %v without a source", r.Text, check.Missing(r.Text, nil))
		}
	})
}
