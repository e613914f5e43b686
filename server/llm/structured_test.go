package llm

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	"agentdesk/copilot"
	"agentdesk/server/llm/llmtest"
	"agentdesk/sync/talk"
)

func ptr[T any](v T) *T { return &v }

func cartTool() Tool {
	return Tool{Name: "add_to_cart", About: "加入购物车", Args: &Schema{Type: "object", Required: []string{"product", "quantity"},
		Properties: map[string]*Schema{"product": {Type: "string", MaxLength: 40}, "quantity": {Type: "integer", Minimum: ptr(1.0), Maximum: ptr(99.0)},
			"phone": {Type: "string", MaxLength: 20}}}}
}

func TestChoose_RepairsOnceAndNeverLies(t *testing.T) {
	const good = `{"tool":"add_to_cart","args":{"product":"p1","quantity":2,"phone":"[电话1]"}}`
	for name, c := range map[string]struct {
		says []string
		tool string
		asks int
	}{
		"good":                  {[]string{good}, "add_to_cart", 1},
		"in a frame":            {[]string{"```json\n" + good + "\n```"}, "add_to_cart", 1},
		"none fits":             {[]string{`{"tool":"none","args":{}}`}, "", 1},
		"broken, then good":     {[]string{`{"tool":`, good}, "add_to_cart", 2},
		"no JSON, then good":    {[]string{"好的，我来加购。", good}, "add_to_cart", 2},
		"unknown tool, good":    {[]string{`{"tool":"grant_refund","args":{}}`, good}, "add_to_cart", 2},
		"unknown tool twice":    {[]string{`{"tool":"grant_refund","args":{}}`, `{"tool":"sudo","args":{}}`}, "!", 2},
		"out of range, good":    {[]string{`{"tool":"add_to_cart","args":{"product":"p1","quantity":100000}}`, good}, "add_to_cart", 2},
		"out of range twice":    {[]string{`{"tool":"add_to_cart","args":{"product":"p1","quantity":0}}`, `{"tool":"add_to_cart","args":{"product":"p1","quantity":-1}}`}, "!", 2},
		"unknown argument":      {[]string{`{"tool":"add_to_cart","args":{"product":"p1","quantity":1,"price":1}}`, `{}`}, "!", 2},
		"missing argument":      {[]string{`{"tool":"add_to_cart","args":{"quantity":1}}`, "[]"}, "!", 2},
		"invented place-holder": {[]string{`{"tool":"add_to_cart","args":{"product":"p1","quantity":1,"phone":"[电话9]"}}`}, "!", 1},
		"deep":                  {[]string{strings.Repeat("[", 700), strings.Repeat(`{"a":`, 100)}, "!", 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := llmtest.NewFunc(func(n int, _ *llmtest.Request) llmtest.Script {
					return llmtest.Script{Reply: func(*llmtest.Request) string { return c.says[min(n, len(c.says)-1)] }}
				})
				p := pool(t, nil, a)
				got, err := p.Choose(t.Context(), Wish{Conversation: "c1", Text: "加两件，电话 13812345678", Tools: []Tool{cartTool()}})
				if (err != nil) != (c.tool == "!") || err == nil && got.Tool != c.tool {
					t.Errorf("got %+v, %v", got, err)
				}
				if err == nil && c.tool != "" && !strings.Contains(string(got.Args), `"13812345678"`) {
					t.Errorf("arguments %s: the customer's number should be back", got.Args)
				}
				seen := a.Seen()
				if len(seen) != c.asks {
					t.Fatalf("asked %d times, want %d", len(seen), c.asks)
				}
				if r := seen[0]; r.Format.Type != "json_schema" || r.Format.Schema.Name != "tool" {
					t.Errorf("asked for %+v", r.Format)
				}
				if c.asks == 2 && !strings.Contains(seen[1].Last(), "不合要求") {
					t.Errorf("repair by %q", seen[1].Last())
				}
				// JSON that does not fit is no sign of a broken provider.
				if h := p.Health().Providers[0]; h.State == StateDown {
					t.Errorf("health %+v", h)
				}
			})
		})
	}
}

func TestChoose_SaysJSONInTheProvidersWay(t *testing.T) {
	for mode, format := range map[JSONMode]string{JSONBySchema: "json_schema", JSONByObject: "json_object", JSONByPrompt: ""} {
		synctest.Test(t, func(t *testing.T) {
			a := llmtest.New(llmtest.Script{Reply: func(*llmtest.Request) string { return `{"tool":"none","args":{}}` }})
			p := pool(t, func(p *Params) { p.Providers[0].JSON = mode }, a)
			if _, err := p.Choose(t.Context(), Wish{Text: "在吗", Tools: []Tool{cartTool()}}); err != nil {
				t.Errorf("%s: %v", mode, err)
			}
			if got := a.Seen()[0].Format.Type; got != format {
				t.Errorf("%s: asked for %q", mode, got)
			}
		})
	}
}

func TestSummarise_KeepsTheScriptWhereALineIsInvented(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := pool(t, nil, says(`{"ask":"顾客想退面霜，[姓名1]很着急","done":"已退款 ¥289","clues":"订单 8842 已签收","unresolved":""}`))
		was := copilot.Summary{Ask: "退货", Done: "已解释政策", Clues: "无", Unresolved: "待核实"}
		in := copilot.Input{Conversation: "c1", Text: "订单 8842 已签收，我要退", Context: []talk.Turn{{Role: talk.Customer, Text: "我叫林小鹿。"}}, Facts: copilot.Facts{Customer: copilot.Customer{Name: "林小鹿"}}}
		got, err := p.Summarise(t.Context(), in, was)
		want := copilot.Summary{Ask: "顾客想退面霜，林小鹿很着急", Done: "已解释政策", Clues: "订单 8842 已签收", Unresolved: "待核实"}
		if err != nil || got != want {
			t.Errorf("got %+v, %v", got, err)
		}
	})
}

func FuzzDecode(f *testing.F) {
	for _, s := range []string{`{"product":"p1","quantity":2}`, "```json\n{}\n```", `{"quantity":1e400}`, `[[[[`, `{"product":"\ud800"}`, `{"a":{"a":{}}} x`} {
		f.Add(s)
	}
	s := cartTool().Args
	f.Fuzz(func(t *testing.T, text string) {
		var got struct {
			Product  string
			Quantity *float64
		}
		if err := s.Decode(text, &got); err != nil {
			if !errors.Is(err, ErrSchema) {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if got.Quantity == nil || *got.Quantity < 1 || *got.Quantity > 99 {
			t.Errorf("%q got through: %+v", text, got)
		}
	})
}
