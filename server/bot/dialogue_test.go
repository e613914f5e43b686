package bot

import (
	"context"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
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

func TestTools_RefuseWhatTheyDoNotTake(t *testing.T) {
	s := openTill(t)
	big := s.bought(t, "c-0010", "p-set-barrier-std", 1)
	for name, c := range map[string]struct {
		who  string
		call call
		want error
	}{
		"no such tool":        {"c-0010", call{"drop_tables", nil}, ErrTool},
		"a form's tool":       {"c-0010", call{toolReturn, map[string]string{"order": "9188"}}, ErrTool},
		"no argument":         {"c-0010", call{toolCancel, nil}, ErrArguments},
		"one too many":        {"c-0010", call{toolCancel, map[string]string{"order": "9188", "x": "1"}}, ErrArguments},
		"out of range":        {"c-0010", call{toolCart, map[string]string{"variant": "p-sun-milk-50ml", "quantity": "100"}}, ErrArguments},
		"no number":           {"c-0010", call{toolCart, map[string]string{"variant": "p-sun-milk-50ml", "quantity": "-1"}}, ErrArguments},
		"endless":             {"c-0010", call{toolCancel, map[string]string{"order": strings.Repeat("9", 400)}}, ErrArguments},
		"a stranger":          {"", call{toolCancel, map[string]string{"order": "CY8800009188"}}, ErrForbidden},
		"somebody else":       {"c-0012", call{toolCancel, map[string]string{"order": "CY8800009188"}}, shop.ErrNotFound},
		"above the limit":     {"c-0010", call{toolCancel, map[string]string{"order": big.ID}}, ErrLimit},
		"packed already":      {"c-0011", call{toolCancel, map[string]string{"order": "9150"}}, shop.ErrState},
		"a coupon of nobody":  {"c-0010", call{toolCoupon, map[string]string{"coupon": "voucher-sorry20"}}, shop.ErrNotFound},
		"an unsigned invoice": {"c-0010", call{toolInvoice, map[string]string{"order": "9188", "title": "个人"}}, shop.ErrState},
	} {
		if _, err := s.bot.use(t.Context(), c.who, c.call, "k", 0); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestTools_DoNothingTwice(t *testing.T) {
	s := openTill(t)
	ctx := t.Context()
	since := s.now.Unix()
	for range 3 {
		d, err := s.bot.use(ctx, "c-0010", call{toolCancel, map[string]string{"order": "9188"}}, "k", since)
		if err != nil || d.fen != 35800 {
			t.Errorf("cancelled: %d, %v", d.fen, err)
		}
		d, err = s.bot.use(ctx, "c-0050", call{toolCart, map[string]string{"variant": "p-sun-milk-50ml", "quantity": "2"}}, "k", since)
		if err != nil || len(d.cart.Lines) != 1 || d.cart.Lines[0].Quantity != 2 {
			t.Errorf("carted: %+v, %v", d.cart.Lines, err)
		}
		for _, c := range []call{{toolCoupon, map[string]string{"coupon": "voucher-follow15"}}, {toolNotify, map[string]string{"variant": "p-sun-stick-15g"}}} {
			if _, err := s.bot.use(ctx, "c-0050", c, "k", since); err != nil {
				t.Errorf("%s: %v", c.Tool, err)
			}
		}
	}
	if a, b := (call{toolCart, map[string]string{"a": "1", "b": "2"}}).key("c", "at"), (call{toolCart, map[string]string{"b": "2", "a": "1"}}).key("c", "at"); a != b {
		t.Error("the same call has two keys")
	}
	if a, b := (call{toolCart, map[string]string{"a": "1"}}).key("c", "at"), (call{toolCart, map[string]string{"a": "1"}}).key("c", "later"); a == b {
		t.Error("two offers have one key")
	}
}

func TestTools_HaveSchemas(t *testing.T) {
	seen := map[string]bool{}
	for _, tool := range Tools(1) {
		var got struct {
			Type       string
			Properties map[string]struct{ Type string }
			Required   []string
		}
		if err := json.Unmarshal(tool.Schema(), &got); err != nil || got.Type != "object" || len(got.Properties) != len(tool.Args) || got.Required == nil {
			t.Errorf("%s: %s, %v", tool.Name, tool.Schema(), err)
		}
		if seen[tool.Name] || tool.Description == "" || tool.Permission == "" || tool.Writes && tool.Permission == Anyone {
			t.Errorf("%+v", tool)
		}
		seen[tool.Name] = true
	}
	for _, want := range []string{toolOrder, toolCancel, toolAddress, toolReturn, toolProtect, toolCoupon, toolInvoice, toolNotify, toolProducts, toolCompare, toolCart, toolPayLink} {
		if !seen[want] {
			t.Errorf("no tool %s", want)
		}
	}
}

// sale is the demo shop after its prices fell.
type sale struct {
	*shopdata.Memory
	off int64
}

func (s *sale) Product(ctx context.Context, id string) (shop.Product, error) {
	p, err := s.Memory.Product(ctx, id)
	return s.cut(p), err
}

func (s *sale) SearchProducts(ctx context.Context, q string, n int) ([]shop.Product, error) {
	list, err := s.Memory.SearchProducts(ctx, q, n)
	for i := range list {
		list[i] = s.cut(list[i])
	}
	return list, err
}

func (s *sale) cut(p shop.Product) shop.Product {
	for i := range p.Variants {
		p.Variants[i].CouponFen = p.Variants[i].PayFen() - s.off
	}
	return p
}

func TestTools_PayALowerPriceBackOnceAndUpToTheLimit(t *testing.T) {
	reader := newBot(t, fakeShop{}, nil)
	for _, c := range []struct {
		off, limit int64
		back       bool
	}{{1000, 0, true}, {0, 0, false}, {1000, 1999, false}} {
		s := &till{now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone()), bot: reader}
		base, err := shopdata.New(shopdata.Params{Files: demo.Shop(), Now: s.now, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		if s.Store, err = store.Open(t.Context(), store.Params{Base: &sale{base, c.off}, Path: filepath.Join(t.TempDir(), "shop.db"), Now: func() time.Time { return s.now }}); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		talked := &chat{till: s, who: "c-guyueming", limit: c.limit}
		r := talked.say(t, "9001 这单帮我申请保价")
		switch {
		case c.back:
			if !strings.Contains(r.Text, "¥20") || r.Did[didTool] != toolProtect {
				t.Fatalf("%+v", r)
			}
			talked.hears(t, "确认申请", "¥20")
			if o, err := s.OrderOf(t.Context(), talked.who, "9001"); err != nil || len(o.Backs) != 1 || o.Backs[0].Fen != 2000 {
				t.Errorf("%+v, %v", o.Backs, err)
			}
			if r := talked.say(t, "9001 这单再帮我申请保价"); r.Code != "protect.none" {
				t.Errorf("again: %s %s", r.Code, r.Text)
			}
		case c.off > 0:
			if r.Action != Escalate || r.Reason != label.ByOutOfPolicy {
				t.Errorf("above the limit: %+v", r)
			}
		default:
			if r.Code != "protect.none" || len(r.Sources) == 0 {
				t.Errorf("nothing fell: %+v", r)
			}
		}
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

func TestClauses_CutWishesNotSentences(t *testing.T) {
	for text, want := range map[string]int{"防晒乳多少钱，敏感肌能用吗": 2, "我的快递到哪了？另外发票怎么开": 2, "多少钱？有货吗？怎么用？": 3, "我怀孕了，推荐个能用的保湿面霜": 1,
		"套装没拆封想退，可以吗，运费谁出": 1, "物流怎么好几天没动了，身体乳那单，急用": 1, "你好": 1, "": 1} {
		if got := clauses(text); len(got) != want {
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
	f.Fuzz(func(t *testing.T, tool, args, goods, ask, text string) {
		m := remember([]talk.Turn{{Role: talk.Bot, Did: map[string]string{didTool: tool, didArgs: args, didGoods: goods, didAsk: ask, didWant: "price_promo"}}})
		if m.pending != nil && m.pending.Tool != tool {
			t.Errorf("%q is remembered as %q", tool, m.pending.Tool)
		}
		mean := meant(text, understand.Result{Intent: label.OutOfScope}, m, newPatterns())
		if got := referred(fakeShop{}.products(), mean, m); len(got) > 1 {
			t.Errorf("%q means %d products", text, len(got))
		}
	})
}
