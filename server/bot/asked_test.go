package bot

import (
	"strings"
	"testing"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// What a list of ingredients calls otherwise is found in it, and what only sounds alike is not.
func TestContained_KnowsWhatTheListCallsIt(t *testing.T) {
	p := shop.Product{Title: "防晒", Ingredients: []string{"水", "乙醇", "苯氧乙醇", "摩洛哥坚果仁油"}, Points: []string{"氨基酸加一点皂基"}, Free: []string{"香精"}}
	for text, want := range map[string]string{"含酒精吗": "成分表里有（乙醇）", "有坚果吗": "成分表里有（摩洛哥坚果仁油）", "是皂基的吗": "氨基酸加一点皂基", "香味冲吗": "标注为不含", "有蜂蜡吗": "没有列出"} {
		if got := contained(p, text); !strings.Contains(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	p.Ingredients = []string{"水", "苯氧乙醇", "鲸蜡硬脂醇"}
	if got := contained(p, "含酒精吗"); !strings.Contains(got, "没有列出") {
		t.Errorf("no alcohol: %q", got)
	}
	if got := contained(p, "多少钱"); got != "" {
		t.Errorf("no substance is named: %q", got)
	}
}

func TestCorrect_BelievesInHarmAndFailureOnlyWhereSomethingIsSaidOfThem(t *testing.T) {
	answered := []talk.Turn{{Role: talk.Customer, Text: "防晒怎么用"}, {Role: talk.Bot, Text: "两指长", Did: map[string]string{didCode: "product.usage", didWant: "usage"}}}
	for _, c := range []struct {
		text  string
		why   label.Reason
		turns []talk.Turn
		stays bool
	}{
		{"昨晚用了你们VC精华", label.ByAdverse, nil, false},
		{"昨晚用了你们VC精华，脸有点刺", label.ByAdverse, nil, true},
		{"A醇我抹了半个月了，会不会伤着孩子", label.ByAdverse, nil, true},
		{"用了你家面霜长闭口", label.ByAdverse, nil, true},
		{"宝宝吃进去一口", label.ByAdverse, nil, true},
		{"想买发膜，但我坚果过敏", label.ByAdverse, nil, false},
		{"买了发膜，用了头皮过敏了", label.ByAdverse, nil, true},
		{"透明散粉", label.ByBotFailed, answered, false},
		{"防晒怎么用", label.ByBotFailed, answered, true},
		{"你没听懂", label.ByBotFailed, answered, true},
		{"上周客服说补我20块", label.ByDispute, nil, false},
		{"上周客服说补我20块，现在不认了", label.ByDispute, nil, true},
		{"赠品万一送完了，你们就不给了？", label.ByDispute, nil, false},
		{"赠品送完了就不给了？你们必须赔", label.ByDispute, nil, true},
	} {
		res := understand.Result{Escalate: true, Emotion: label.Calm, Intent: label.PromiseDispute, Reason: c.why}
		if got := Correct(c.text, c.turns, res); got.Escalate != c.stays {
			t.Errorf("%q for %s: %v", c.text, c.why, got.Escalate)
		}
	}
}

func TestBargains_OnlyOverLargeOrdersAndDealersTerms(t *testing.T) {
	before := []talk.Turn{{Role: talk.Customer, Text: "公司要六十套礼盒"}, {Role: talk.Bot, Text: "x"}}
	for _, c := range []struct {
		text  string
		turns []talk.Turn
		want  label.Reason
	}{
		{"能给什么价", before, label.ByHighValue},
		{"100 盒面膜最低多少", nil, label.ByHighValue},
		{"想拿货做代理", nil, label.ByOutOfPolicy},
		{"六十套有货吗", nil, label.None},
		{"21 支的安瓶多少钱", nil, label.None},
		{"两盒便宜点", nil, label.None},
	} {
		if got := bargains(Input{Text: c.text, Context: c.turns}); got != c.want {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestClauses_ReadSpacesBetweenCharactersAsCommas(t *testing.T) {
	re := patternsFor(t)
	for text, want := range map[string]int{"修护礼盒多少钱 送什么吗": 2, "VC精华 30ml 多少钱": 1, "油皮 推荐个面霜": 1, "打扰 防晒多少钱": 1} {
		if got := re.clauses(text); len(got) != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

// Who asks on about a section that was quoted hears the sentence that answers, not all of it again.
func TestTurn_QuotesOfWhatWasReadOnlyTheSentenceThatAnswers(t *testing.T) {
	e := demoBot(t)
	var turns []talk.Turn
	for _, w := range []struct{ say, want, never string }{{"1块钱积几分", "积 1 分", ""}, {"怎么抵钱", "100 分抵 1 元", ""}, {"积分放着会过期吗", "24 个月", "实付 1 元积 1 分"}} {
		r, err := e.Turn(t.Context(), Input{Conversation: "line", Context: turns, Text: w.say, Understood: &understand.Result{Intent: label.Membership, Emotion: label.Calm, Confidence: 0.9}}, nil)
		if err != nil || !strings.Contains(r.Text, w.want) || w.never != "" && strings.Contains(r.Text, w.never) || r.Action == Escalate {
			t.Fatalf("%q: %+v, %v", w.say, r, err)
		}
		turns = append(turns, talk.Turn{Role: talk.Customer, Text: w.say}, talk.Turn{Role: talk.Bot, Text: r.Text, Did: r.Did})
	}
}
