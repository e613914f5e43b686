package bot

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// chat is a conversation whose turns go through JSON each time, as they do through the log, and whose bot is a new one for
// each turn: what the bot knows of it stands in the turns.
type chat struct {
	*till
	who   string
	turns []talk.Turn
	limit int64
}

func (c *chat) say(t *testing.T, text string) Reply {
	t.Helper()
	c.now = c.now.Add(20 * time.Second)
	raw, err := json.Marshal(c.turns)
	if err != nil {
		t.Fatal(err)
	}
	var turns []talk.Turn
	if err := json.Unmarshal(raw, &turns); err != nil {
		t.Fatal(err)
	}
	e, err := New(Params{Shop: c.till, Till: c.till, Understand: c.bot.p.Understand, LimitFen: c.limit})
	if err != nil {
		t.Fatal(err)
	}
	r, err := e.Turn(t.Context(), Input{Conversation: "c", CustomerID: c.who, Context: turns, Text: text, Now: c.now}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.Fallback != "" || strings.ContainsAny(r.Text, "{}") {
		t.Errorf("%q: %s %q", text, r.Fallback, r.Text)
	}
	c.turns = append(c.turns, talk.Turn{Role: talk.Customer, Text: text, At: c.now}, talk.Turn{Role: talk.Bot, Text: r.Text, At: c.now, Did: r.Did})
	return r
}

func (c *chat) hears(t *testing.T, text string, words ...string) Reply {
	t.Helper()
	r := c.say(t, text)
	for _, w := range words {
		if !strings.Contains(strings.ReplaceAll(r.Text, " ", ""), w) {
			t.Errorf("%q: %s %q lacks %q", text, r.Code, r.Text, w)
		}
	}
	return r
}

// bought is a paid order of somebody's.
func (s *till) bought(t *testing.T, who, variant string, n int) shop.Order {
	t.Helper()
	o, err := s.PlaceOrder(t.Context(), who, shop.Want{Key: "k" + variant, Items: []shop.Item{{Variant: variant, Quantity: n}}})
	if err == nil {
		o, err = s.PayOrder(t.Context(), who, o.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestDialogue_AnOfferOutlivesRestartsAndAnotherTopic(t *testing.T) {
	c := &chat{till: openTill(t), who: "c-0010"}
	if r := c.hears(t, "帮我取消订单", "9188", "确认取消"); r.Did[didTool] != toolCancel {
		t.Fatalf("%+v", r)
	}
	c.hears(t, "神经酰胺屏障修护面霜怎么用", "洁面", "确认取消")
	// A yes to something else is none to this.
	if r := c.say(t, "好的"); strings.HasPrefix(r.Code, "done.") {
		t.Errorf("a mere %q cancels after the topic moved on: %s", "好的", r.Text)
	}
	if o, err := c.OrderOf(t.Context(), c.who, "9188"); err != nil || o.State != shop.Paid {
		t.Fatalf("%s, %v", o.State, err)
	}
	if r := c.hears(t, "确认取消", "¥358", "取消"); r.Code != "done.cancel_order" || len(r.Sources) == 0 {
		t.Errorf("%+v", r)
	}
	if o, err := c.OrderOf(t.Context(), c.who, "9188"); err != nil || o.State != shop.Refunded {
		t.Errorf("%s, %v", o.State, err)
	}
}

func TestDialogue_ARefusedOfferChangesNothing(t *testing.T) {
	c := &chat{till: openTill(t), who: "c-0010"}
	c.say(t, "取消订单")
	if r := c.say(t, "算了先不取消"); r.Code != "offer.dropped" {
		t.Errorf("%+v", r)
	}
	if r := c.say(t, "确认取消"); r.Did[didTool] == "" || strings.HasPrefix(r.Code, "done.") {
		t.Errorf("a new wish is offered anew: %+v", r)
	}
	if o, err := c.OrderOf(t.Context(), c.who, "9188"); err != nil || o.State != shop.Paid {
		t.Errorf("%s, %v", o.State, err)
	}
}

func TestDialogue_RefersBackAndCorrects(t *testing.T) {
	c := &chat{till: openTill(t), who: "c-0050"}
	c.hears(t, "神经酰胺面霜多少钱", "¥289")
	c.hears(t, "积雪草的呢", "积雪草舒缓面霜", "¥239")
	c.hears(t, "小的那个呢", "¥109")
	c.hears(t, "有货吗", "积雪草舒缓面霜20g")
	c.hears(t, "不是，我说的是神经酰胺那款", "神经酰胺屏障修护面霜", "有货")
	c.hears(t, "推荐个油皮的防晒", "¥")
	listed := remember(c.turns).listed
	if len(listed) < 2 {
		t.Fatalf("listed %v", listed)
	}
	p, err := c.Product(t.Context(), listed[1])
	if err != nil {
		t.Fatal(err)
	}
	c.hears(t, "第二个有货吗", strings.ReplaceAll(p.Title, " ", ""))
}

func TestDialogue_SeveralWishesAreAllAnswered(t *testing.T) {
	c := &chat{till: openTill(t), who: "c-linxiaolu"}
	r := c.hears(t, "神经酰胺面霜多少钱？有货吗？怎么用？", "¥289", "1284件", "洁面")
	if len(r.Sources) == 0 {
		t.Error("no sources")
	}
	c.hears(t, "我的快递到哪了？另外发票怎么开", "SF0004681540489", "发票")
}

func TestDialogue_NeverAsksTwiceInARow(t *testing.T) {
	s := openTill(t) // nothing is done in it
	for _, talked := range [][]string{{"多少钱", "那个多少钱", "就是那个"}, {"防晒多少钱", "有货吗", "怎么用"}, {"帮我推荐一个", "不知道", "随便"}, {"我要开发票", "嗯", "就开一张"}, {"查订单", "订单", "订单呢"}} {
		for _, who := range []string{"", "c-linxiaolu", "c-zhaoyinuo"} {
			c := &chat{till: s, who: who}
			before := false
			for _, text := range talked {
				r := c.say(t, text)
				asks := r.Did[didAsk] != ""
				if asks && before {
					t.Errorf("%q to %s, %q: asks again: %s", who, text, r.Code, r.Text)
				}
				if before = asks; r.Action == Escalate {
					break
				}
			}
		}
	}
}

func TestDialogue_OnlyOwnOrders(t *testing.T) {
	s := openTill(t)
	for _, text := range []string{"帮我查一下订单 CY8800009188 到哪了", "取消订单 CY8800009188", "CY8800009188 我要退货", "订单号 9188 改地址", "给 CY8800009188 开个发票，个人"} {
		c := &chat{till: s, who: "c-0012"}
		r := c.say(t, text)
		for range 2 {
			if strings.Contains(r.Text, "蓝铜") || strings.Contains(r.Text, "358") || r.Form != "" || strings.HasPrefix(r.Code, "done.") || strings.Contains(r.Did[didArgs], "9188") {
				t.Errorf("%q: %s %q", text, r.Code, r.Text)
			}
			r = c.say(t, "确认")
		}
	}
	if o, err := s.OrderOf(t.Context(), "c-0010", "9188"); err != nil || o.State != shop.Paid {
		t.Errorf("%s, %v", o.State, err)
	}
}

func TestDialogue_AnInvoiceGetsItsNameFromWhatWasSaid(t *testing.T) {
	c := &chat{till: openTill(t), who: "c-zhaoyinuo"}
	c.hears(t, "开发票，公司抬头")
	c.hears(t, "8990 那单", "8990")
	r := c.hears(t, "上海示例贸易有限公司 税号 91310000MA1K00000X", "8990", "上海示例贸易有限公司")
	if strings.Contains(r.Did[didArgs], "示例") {
		t.Errorf("the name goes into the log unsealed: %v", r.Did)
	}
	c.hears(t, "对的", "8990")
	o, err := c.OrderOf(t.Context(), c.who, "8990")
	if err != nil || o.Invoice == "" || o.InvoiceTo != (shop.InvoiceTo{Title: "上海示例贸易有限公司", TaxNo: "91310000MA1K00000X"}) {
		t.Errorf("%q %+v, %v", o.Invoice, o.InvoiceTo, err)
	}
}

func TestNudge_OnlyWhereSomethingWaits(t *testing.T) {
	c := &chat{till: openTill(t), who: "c-0010"}
	c.say(t, "帮我取消订单")
	r, ok := c.bot.Nudge("c", c.turns)
	if !ok || !strings.Contains(r.Text, "确认取消") {
		t.Fatalf("%v %+v", ok, r)
	}
	c.turns = append(c.turns, talk.Turn{Role: talk.Bot, Text: r.Text, At: c.now, Did: r.Did})
	if r, ok := c.bot.Nudge("c", c.turns); ok {
		t.Errorf("a second one: %s", r.Text)
	}
	c.hears(t, "确认取消", "¥358") // the offer still waits
	if r, ok := c.bot.Nudge("c", c.turns); ok {
		t.Errorf("after all is done: %s", r.Text)
	}
	if _, ok := c.bot.Nudge("c", nil); ok {
		t.Error("into an empty talk")
	}
}

func TestReplied(t *testing.T) {
	m := memory{pending: &call{Tool: toolCart}}
	for text, want := range map[string]answer{"好的": yes, "嗯，加吧": yes, "确认加入": yes, "对": yes, "可以的": yes, "好": yes, "行": yes, "是的，谢谢": yes, "ok": yes,
		"不要了": no, "算了": no, "先不加": no, "不": no, "取消": no, "再想想": no,
		"好的那多少钱": neither, "可以退吗": neither, "不是，要15ml的": neither, "要大瓶的": neither, "它怎么用": neither, "是不是有活动": neither, "对了，防晒呢": neither} {
		if got := replied(text, m); got != want {
			t.Errorf("%q: %d, want %d", text, got, want)
		}
	}
	m.held = true
	if replied("好的", m) != neither || replied("确认加入", m) != yes {
		t.Error("of an offer made a while ago only its own words are a yes")
	}
}

func patternsFor(t testing.TB) *patterns {
	t.Helper()
	re, err := newPatterns()
	if err != nil {
		t.Fatal(err)
	}
	return re
}

func TestClauses_CutWishesNotSentences(t *testing.T) {
	re := patternsFor(t)
	for text, want := range map[string]int{"防晒乳多少钱，敏感肌能用吗": 2, "我的快递到哪了？另外发票怎么开": 2, "多少钱？有货吗？怎么用？": 3, "我怀孕了，推荐个能用的保湿面霜": 1,
		"套装没拆封想退，可以吗，运费谁出": 1, "物流怎么好几天没动了，身体乳那单，急用": 1, "你好": 1, "": 1} {
		if got := re.clauses(text); len(got) != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestCorrect_TakesBackOnlyWhatTheTalkDisproves(t *testing.T) {
	asked := []talk.Turn{{Role: talk.Customer, Text: "帮我推荐"}, {Role: talk.Bot, Text: "什么肤质", Did: map[string]string{didCode: "ask.skin", didAsk: "ask.skin", didWant: "recommend"}}}
	back := []talk.Turn{{Role: talk.Bot, Text: "x"}, {Role: talk.Agent, Text: "y"}}
	for _, c := range []struct {
		text  string
		turns []talk.Turn
		res   understand.Result
		stays bool
	}{
		{"人工客服几点上班", nil, understand.Result{Emotion: label.Calm, Intent: label.HumanRequest, Reason: label.ByRequest}, false},
		{"几点上班，给我转人工", nil, understand.Result{Emotion: label.Calm, Intent: label.HumanRequest, Reason: label.ByRequest}, true},
		{"混油皮", asked, understand.Result{Emotion: label.Calm, Reason: label.ByBotFailed}, false},
		{"混油皮", asked, understand.Result{Emotion: label.Angry, Reason: label.ByBotFailed}, true},
		{"面霜怎么用", back, understand.Result{Emotion: label.Dissatisfied, Reason: label.ByBotFailed}, false},
		{"你到底懂不懂", nil, understand.Result{Emotion: label.Calm, Reason: label.ByBotFailed}, true},
		{"好，帮我退 8990", nil, understand.Result{Emotion: label.Calm, Reason: label.ByDispute}, false},
		{"帮我退，凭什么不给退", nil, understand.Result{Emotion: label.Calm, Reason: label.ByDispute}, true},
		{"脸肿了", asked, understand.Result{Emotion: label.Calm, Reason: label.ByAdverse}, true},
	} {
		c.res.Escalate = true
		if got := Correct(c.text, c.turns, c.res); got.Escalate != c.stays {
			t.Errorf("%q for %s: %v", c.text, c.res.Reason, got.Escalate)
		}
	}
}

func FuzzRemember(f *testing.F) {
	f.Add("cancel_order", `{"order":"CY8800009188"}`, "p-ceramide-cream,p-vc-serum", "ask.which", "好的")
	f.Add("x", `{`, ",", "", "确认")
	re := patternsFor(f)
	f.Fuzz(func(t *testing.T, tool, args, goods, ask, text string) {
		m := remember([]talk.Turn{{Role: talk.Bot, Did: map[string]string{didTool: tool, didArgs: args, didGoods: goods, didAsk: ask, didWant: "price_promo"}}})
		if m.pending != nil && m.pending.Tool != tool {
			t.Errorf("%q is remembered as %q", tool, m.pending.Tool)
		}
		mean := meant(text, understand.Result{Intent: label.OutOfScope}, m, re)
		if got := referred(fakeShop{}.products(), mean, m); len(got) > 1 {
			t.Errorf("%q means %d products", text, len(got))
		}
	})
}

// Adding adds: twice asked for is twice added, and a correction sets how many there are.
func TestDialogue_AddingToTheCartAddsAndACorrectionSets(t *testing.T) {
	c := &chat{till: openTill(t), who: "c-0050"}
	count := func(want int) {
		t.Helper()
		cart, err := c.Cart(t.Context(), c.who)
		if err != nil || inCart(cart, "p-sun-milk-50ml") != want {
			t.Errorf("%+v, %v: want %d", cart.Lines, err, want)
		}
	}
	for i := range 2 {
		if r := c.say(t, "清透防晒乳 加入购物车"); r.Did[didTool] != toolCart || r.Did[didGoods] != "p-sun-milk" {
			t.Fatalf("%+v", r)
		}
		c.hears(t, "确认加入", "×"+[]string{"1", "2"}[i])
		count(i + 1)
	}
	if r := c.hears(t, "改成五瓶", "×2", "×5"); r.Did[didTool] != toolSet {
		t.Fatalf("%+v", r)
	}
	count(2) // not before the yes
	if r := c.hears(t, "确认修改", "×5"); r.Code != "done.set_in_cart" {
		t.Errorf("%+v", r)
	}
	count(5)
	// What is only offered is corrected as an offer.
	c.say(t, "再来一瓶，加入购物车")
	if r := c.hears(t, "改成两瓶", "×2", "×7"); r.Did[didTool] != toolCart {
		t.Fatalf("%+v", r)
	}
	c.say(t, "确认加入")
	count(7)
	r := c.say(t, "付款链接")
	if r.Link != "/checkout" || r.Code != "pay.cart" {
		t.Errorf("%+v", r)
	}
}

func TestDialogue_ThePayLinkOfAnOrderLeadsToItsPayment(t *testing.T) {
	c := &chat{till: openTill(t), who: "c-0050"}
	o, err := c.PlaceOrder(t.Context(), c.who, shop.Want{Key: "k", Items: []shop.Item{{Variant: "p-sun-milk-50ml", Quantity: 1}}})
	if err != nil {
		t.Fatal(err)
	}
	if r := c.say(t, "把付款链接发我"); r.Link != "/pay/"+o.ID {
		t.Errorf("%+v", r)
	}
}
