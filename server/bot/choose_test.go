package bot

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"agentdesk/sync/talk"
)

// picks chooses always the same.
type picks struct {
	tool, args string
	err        error
	asked      int
}

func (p *picks) ChooseTool(context.Context, ToolTurn) (string, json.RawMessage, error) {
	p.asked++
	return p.tool, json.RawMessage(p.args), p.err
}

func TestTurn_AModelNamesTheToolWhereTheRulesFindNoMatter(t *testing.T) {
	e := demoBot(t)
	const riddle = "嗷呜嗷呜叽里咕噜那个弄一下子呗"
	turn := func(text string, p *picks) Reply {
		t.Helper()
		e.p.Chooser = nil
		if p != nil {
			e.p.Chooser = p
		}
		r, err := e.Turn(t.Context(), Input{Conversation: "c", Text: text, Now: time.Date(2026, 11, 24, 20, 40, 0, 0, time.UTC)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	plain := turn(riddle, nil)
	if plain.Code != "unclear" && plain.Code != "unknown" {
		t.Fatalf("%q is understood without a model: %s", riddle, plain.Code)
	}
	p := &picks{tool: toolProducts, args: `{"wish":"油皮用的洗面奶"}`}
	if r := turn(riddle, p); p.asked != 1 || r.Code == plain.Code || !strings.Contains(r.Text, "¥") {
		t.Errorf("asked %d times: %s %q", p.asked, r.Code, r.Text)
	}
	for name, p := range map[string]*picks{
		"none fits": {}, "an unknown tool": {tool: "give_money_away", args: `{}`}, "a variant that does not exist": {tool: toolCart, args: `{"variant":"nothing","quantity":2}`},
		"broken arguments": {tool: toolOrder, args: `{`}, "an error": {err: errors.New("all models are dead")},
	} {
		if r := turn(riddle, p); p.asked != 1 || r.Code != plain.Code || r.Action != plain.Action {
			t.Errorf("%s: asked %d times, %s %q", name, p.asked, r.Code, r.Text)
		}
	}
	// What the rules understand no model is asked for; and a model's word for somebody else's order opens nothing.
	p = &picks{tool: toolProducts, args: `{"wish":"口红"}`}
	if r := turn("神经酰胺屏障修护面霜多少钱", p); p.asked != 0 || !strings.Contains(r.Text, "289") {
		t.Errorf("asked %d times: %q", p.asked, r.Text)
	}
	p = &picks{tool: toolOrder, args: `{"order":"CY8800009188"}`}
	if r := turn(riddle, p); strings.Contains(r.Text, "CY88") && !strings.Contains(r.Text, "登录") {
		t.Errorf("a stranger reads %q", r.Text)
	}
}

func TestRemember_ACardBelongsToTheAnswerBeforeIt(t *testing.T) {
	answer := talk.Turn{Role: talk.Bot, Text: "可以看看益生元平衡霜。", Did: map[string]string{didCode: "recommend", didGoods: "p-prebio-cream"}}
	card := talk.Turn{Role: talk.Bot, Text: "益生元平衡霜 50g"}
	if m := remember([]talk.Turn{{Role: talk.Customer, Text: "油皮用哪个"}, answer, card}); m.lastBot[didCode] != "recommend" {
		t.Errorf("behind a card the answer is forgotten: %v", m.lastBot)
	}
	if m := remember([]talk.Turn{answer, {Role: talk.Customer, Text: "嗯"}, card}); m.lastBot != nil {
		t.Errorf("what came before the customer's words still counts: %v", m.lastBot)
	}
}
