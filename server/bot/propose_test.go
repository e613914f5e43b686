package bot

import (
	"strings"
	"testing"
	"time"

	"agentdesk/server/proactive"
	"agentdesk/server/shop"
	"agentdesk/sync/event"
	"agentdesk/sync/talk"
)

// proposed adds to a chat what the bot says unasked about a chance.
func (c *chat) proposed(t *testing.T, ch *proactive.Chance, words ...string) Reply {
	t.Helper()
	r, ok := c.bot.Propose("c", len(c.turns), ch)
	if !ok {
		t.Fatalf("%s: nothing to say", ch.Code)
	}
	if len(r.Sources) == 0 || len(r.Quick) != 2 || r.Quick[1] != tapNo || strings.ContainsAny(r.Text, "{}") || Waits(r.Did) {
		t.Errorf("%+v", r)
	}
	for _, w := range words {
		if !strings.Contains(r.Text, w) {
			t.Errorf("%q lacks %q", r.Text, w)
		}
	}
	c.turns = append(c.turns, talk.Turn{Role: talk.Bot, Text: r.Text, At: c.now, Did: r.Did})
	return r
}

func (c *chat) product(t *testing.T, id string) shop.Product {
	t.Helper()
	p, err := c.Product(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPropose_EveryKindIsGroundedAndGoesOnAsTheToolsDo(t *testing.T) {
	cream, milk := "p-ceramide-cream", "p-sun-milk"
	for name, c := range map[string]struct {
		chance func(t *testing.T, c *chat) *proactive.Chance
		words  []string
		tap    string
		want   func(r Reply) bool
	}{
		"what goes with it": {func(t *testing.T, c *chat) *proactive.Chance {
			p := c.product(t, cream)
			return &proactive.Chance{Kind: event.ChanceComplement, Code: "bought", Products: []shop.Product{p}, Variant: p.Main(), Why: "和 多肽精华 同在 屏障修护礼盒 里"}
		}, []string{"¥289", "礼盒", "别再推荐了"}, "加入购物车", func(r Reply) bool { return r.Did[didTool] == toolCart }},
		"two of it": {func(t *testing.T, c *chat) *proactive.Chance {
			p := c.product(t, cream)
			return &proactive.Chance{Kind: event.ChanceComplement, Code: "carted", Products: []shop.Product{p}, Variant: p.Main(), Why: "都含神经酰胺"}
		}, nil, "要两瓶", func(r Reply) bool { return r.Did[didTool] == toolCart && strings.Contains(r.Did[didArgs], `"2"`) }},
		"used up": {func(t *testing.T, c *chat) *proactive.Chance {
			p := c.product(t, milk)
			return &proactive.Chance{Kind: event.ChanceReplenish, Code: "due", Products: []shop.Product{p}, Variant: p.Main(), Order: shop.Order{ID: "CY8800001234", SignedAt: time.Date(2026, 9, 28, 9, 0, 0, 0, time.UTC)}}
		}, []string{"9 月 28 日", "CY8800001234", "别再推荐了"}, "好的", func(r Reply) bool { return r.Did[didTool] == toolCart && r.Did[didGoods] == milk }},
		"back": {func(t *testing.T, c *chat) *proactive.Chance {
			p := c.product(t, milk)
			return &proactive.Chance{Kind: event.ChanceStock, Code: "back", Products: []shop.Product{p}, Variant: p.Main(), Variants: []string{p.Main().ID}}
		}, []string{"到货", "库存"}, "加入购物车", func(r Reply) bool { return r.Did[didTool] == toolCart }},
		"a cart": {func(t *testing.T, c *chat) *proactive.Chance {
			cart, err := c.AddToCart(t.Context(), c.who, "p-sun-milk-50ml", 1)
			if err != nil {
				t.Fatal(err)
			}
			p := c.product(t, milk)
			return &proactive.Chance{Kind: event.ChanceHesitation, Code: "cart", Products: []shop.Product{p}, Variant: p.Main(), Cart: cart}
		}, []string{"清透防晒乳"}, "付款链接", func(r Reply) bool { return r.Link == "/checkout" }},
		"an unpaid order": {func(t *testing.T, c *chat) *proactive.Chance {
			o, err := c.PlaceOrder(t.Context(), c.who, shop.Want{Key: "k", Items: []shop.Item{{Variant: "p-sun-milk-50ml", Quantity: 1}}})
			if err != nil {
				t.Fatal(err)
			}
			return &proactive.Chance{Kind: event.ChanceHesitation, Code: "order", Order: o}
		}, []string{"没有付款"}, "付款", func(r Reply) bool { return strings.HasPrefix(r.Link, "/pay/CY") }},
		"between two": {func(t *testing.T, c *chat) *proactive.Chance {
			a, b := c.product(t, cream), c.product(t, "p-soothe-cream")
			return &proactive.Chance{Kind: event.ChanceHesitation, Code: "between", Products: []shop.Product{a, b}, Variant: a.Main()}
		}, []string{"神经酰胺屏障修护面霜", "积雪草舒缓面霜"}, "比较这两款", func(r Reply) bool { return r.Code == "compare" && strings.Contains(r.Text, "积雪草舒缓面霜") }},
	} {
		t.Run(name, func(t *testing.T) {
			talked := &chat{till: openTill(t), who: "c-0050"}
			talked.proposed(t, c.chance(t, talked), c.words...)
			r := talked.say(t, c.tap)
			if !c.want(r) || r.Chance != event.ChanceAccepted {
				t.Errorf("%q: %+v", c.tap, r)
			}
		})
	}
}

func TestPropose_ANoEndsItAndAQuestionDoesNot(t *testing.T) {
	for text, want := range map[string]string{"不用了": event.ChanceDeclined, "不需要，谢谢": event.ChanceDeclined, "别再推荐了": event.ChanceDeclined, "好的": event.ChanceAccepted, "可以用多久？": "", "快递到哪了": "", "转人工": ""} {
		c := &chat{till: openTill(t), who: "c-0050"}
		p := c.product(t, "p-sun-milk")
		c.proposed(t, &proactive.Chance{Kind: event.ChanceComplement, Code: "carted", Products: []shop.Product{p}, Variant: p.Main(), Why: "一样针对防晒"})
		if r := c.say(t, text); r.Chance != want {
			t.Errorf("%q: %q, want %q: %+v", text, r.Chance, want, r)
		}
		if r := c.say(t, "不用了"); r.Chance != "" {
			t.Errorf("a word to something else answers the chance again: %+v", r)
		}
	}
}

func TestConsent_ReadsOnlyWhatIsMeant(t *testing.T) {
	for text, want := range map[string]string{
		"别再推荐了": "off", "不要再给我推荐了！": "off", "麻烦别再推荐东西了": "off", "好烦，别推荐了": "off", "取消提醒": "off", "退订": "off", "别给我推销": "off",
		"以后有优惠提醒我": "on", "开启提醒": "on", "恢复推荐吧": "on",
		"别推荐含酒精的": "", "推荐一款面霜": "", "不要推荐太贵的，三百以内": "", "到货提醒我": "", "这个会不会被推荐": "", "有什么推荐": "", "不用了": "",
	} {
		got := ""
		if on, ok := Consent(text); ok {
			got = map[bool]string{true: "on", false: "off"}[on]
		}
		if got != want {
			t.Errorf("%q is taken as %q, want %q", text, got, want)
		}
	}
}
