package llm

import (
	"testing"
	"testing/synctest"

	"agentdesk/server/bot"
	"agentdesk/server/llm/llmtest"
)

// The bot's own tools, by their own schemas: what a model names of them comes through, and nothing else.
func TestChooseTool_OfTheBotsOwn(t *testing.T) {
	for say, want := range map[string]string{
		`{"tool":"look_up_order","args":{"order":"CY8800009188"}}`:                           "look_up_order",
		`{"tool":"add_to_cart","args":{"variant":"v1","quantity":2}}`:                        "add_to_cart",
		`{"tool":"none","args":{}}`:                                                          "",
		`{"tool":"look_up_order","args":{}}`:                                                 "!",
		`{"tool":"add_to_cart","args":{"variant":"v1","quantity":1000}}`:                     "!",
		`{"tool":"cancel_order","args":{"order":"CY8800009188","because":"I say so"}}`:       "!",
		`{"tool":"give_money_away","args":{"order":"CY8800009188","quantity":1,"title":""}}`: "!",
	} {
		synctest.Test(t, func(t *testing.T) {
			p := pool(t, nil, llmtest.New(llmtest.Script{Reply: func(*llmtest.Request) string { return say }}))
			name, args, err := p.ChooseTool(t.Context(), bot.ToolTurn{Conversation: "c1", Text: "看看那个", Tools: bot.Tools(50_000)})
			if (err != nil) != (want == "!") || err == nil && name != want {
				t.Errorf("%s: %q, %s, %v", say, name, args, err)
			}
		})
	}
}
