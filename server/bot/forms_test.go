package bot

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"agentdesk/assets/demo"
	"agentdesk/copilot/comply"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/conversation"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
)

// till is the demo shop with its bot.
type till struct {
	*store.Store
	bot  *Engine
	now  time.Time
	down bool
}

func (s *till) OrderOf(ctx context.Context, who, order string) (shop.Order, error) {
	if s.down {
		return shop.Order{}, errDown
	}
	return s.Store.OrderOf(ctx, who, order)
}

func openTill(t *testing.T) *till {
	t.Helper()
	s := &till{now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone())}
	base, err := shopdata.New(shopdata.Params{Files: demo.Shop(), Now: s.now, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if s.Store, err = store.Open(t.Context(), store.Params{Base: base, Path: filepath.Join(t.TempDir(), "shop.db"), Now: func() time.Time { return s.now }}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	u, err := understand.New(understand.Params{})
	if err != nil {
		t.Fatal(err)
	}
	if s.bot, err = New(Params{Shop: s, Till: s, Understand: u, Log: slog.New(slog.NewTextHandler(t.Output(), nil))}); err != nil {
		t.Fatal(err)
	}
	return s
}

// find is an order in a state, of some customer of the demo shop; fits may ask for more.
func (s *till) find(t *testing.T, fits func(shop.Order) bool) shop.Order {
	t.Helper()
	for _, who := range []string{"c-linxiaolu", "c-suwanwan", "c-chenyutong", "c-guyueming", "c-wangzihan", "c-zhaoyinuo", "c-hezhixia", "c-niannian"} {
		list, err := s.OrdersOf(t.Context(), who, 0)
		if err != nil && !errors.Is(err, shop.ErrNotFound) {
			t.Fatal(err)
		}
		for _, o := range list {
			if fits(o) {
				return o
			}
		}
	}
	// Nobody has one: somebody buys it.
	w := shop.Want{Key: "k", Items: []shop.Item{{Variant: "p-ceramide-cream", Quantity: 1}}}
	p, err := s.Product(t.Context(), "p-ceramide-cream")
	if err != nil {
		t.Fatal(err)
	}
	w.Items[0].Variant = p.Main().ID
	o, err := s.PlaceOrder(t.Context(), "c-linxiaolu", w)
	if err == nil {
		o, err = s.PayOrder(t.Context(), "c-linxiaolu", o.ID)
	}
	if err != nil || !fits(o) {
		t.Fatalf("no such order: %v %+v", err, o)
	}
	return o
}

func fresh(now time.Time) func(shop.Order) bool {
	return func(o shop.Order) bool {
		return o.State == shop.Signed && o.Return == nil && now.Sub(o.SignedAt) < 48*time.Hour
	}
}

func (s *till) turn(t *testing.T, who, text string) Reply {
	t.Helper()
	r, err := s.bot.Turn(t.Context(), Input{Conversation: "c", CustomerID: who, Text: text, Now: s.now}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTurn_AsksForFormsInsteadOfExplaining(t *testing.T) {
	s := openTill(t)
	signed := s.find(t, fresh(s.now))
	for _, text := range []string{"我要退货 " + signed.ID, "发起申请 " + signed.ID, "帮我退了吧，订单" + tail(signed.ID)} {
		r := s.turn(t, signed.CustomerID, text)
		if r.Form != event.FormReturn || r.FormRef != signed.ID || len(r.Sources) == 0 || r.Text == "" || strings.Contains(r.Text, "{") {
			t.Errorf("%q: %+v", text, r)
		}
	}
	if r := s.turn(t, signed.CustomerID, "发起申请"); r.Form != event.FormReturn {
		t.Errorf("what the bot offered to tap: %+v", r)
	}
	for _, text := range []string{"七天无理由怎么退", "退货运费谁出", "你好"} {
		if r := s.turn(t, signed.CustomerID, text); r.Form != "" {
			t.Errorf("%q asks for the form %s", text, r.Form)
		}
	}
	paid := s.find(t, movable)
	if r := s.turn(t, paid.CustomerID, "订单 "+paid.ID+" 地址写错了，能改一下收货地址吗"); r.Form != event.FormAddress || r.FormRef != paid.ID {
		t.Errorf("%+v", r)
	}
	// Nobody who is not known, and nothing for what cannot be done any more.
	if r := s.turn(t, "", "我要退货"); r.Form != "" {
		t.Errorf("a visitor is asked for the form %s", r.Form)
	}
	gone := s.find(t, func(o shop.Order) bool { return o.State == shop.Shipped })
	if r := s.turn(t, gone.CustomerID, "订单 "+gone.ID+" 想改收货地址"); r.Form != "" {
		t.Errorf("an order under way: %+v", r)
	}
}

func TestTurn_RecommendsWithCards(t *testing.T) {
	s := openTill(t)
	r := s.turn(t, "", "推荐一款适合敏感肌的面霜")
	if len(r.Cards) == 0 || len(r.Cards) > 2 {
		t.Fatalf("%+v", r)
	}
	for _, c := range r.Cards {
		p, err := s.Product(t.Context(), c.Ref)
		if err != nil || c.Kind != event.ProductCard || !strings.Contains(r.Text, p.Title) {
			t.Errorf("%+v: %v", c, err)
		}
	}
}

func (s *till) fill(t *testing.T, o shop.Order, form string, fields map[string]string) Outcome {
	t.Helper()
	if fields["order"] == "" {
		fields["order"] = o.ID
	}
	out, err := s.bot.Fill(t.Context(), Filled{Conversation: "c", CustomerID: o.CustomerID, Form: form, Fields: fields, Since: s.now})
	if err != nil {
		t.Fatal(err)
	}
	if out.Reply.Text == "" || strings.ContainsAny(out.Reply.Text, "{}！!") || comply.Blocked(comply.New().Check(out.Reply.Text)) || out.Notice == "" {
		t.Errorf("%s: %+v", form, out)
	}
	return out
}

func TestFill_ReturnIsAskedForOnce(t *testing.T) {
	s := openTill(t)
	o := s.find(t, fresh(s.now))
	fields := map[string]string{"reason": "allergy", "detail": strings.Repeat("脸上泛红 ", 100), "refund": "money"}
	out := s.fill(t, o, event.FormReturn, fields)
	back, err := s.Store.OrderOf(t.Context(), o.CustomerID, o.ID)
	if err != nil || !out.Done || out.Notice != conversation.NoticeReturnDone || back.Return == nil || back.Return.Kind != shop.ReturnAllergy {
		t.Fatalf("%v %+v %+v", err, out, back.Return)
	}
	if !strings.Contains(out.Reply.Text, back.Return.ID) || !strings.Contains(out.Reply.Text, yuan(back.Return.RefundFen)) || len(out.Reply.Sources) < 2 {
		t.Errorf("%q from %v", out.Reply.Text, out.Reply.Sources)
	}
	if again := s.fill(t, o, event.FormReturn, fields); !again.Done || again.Reply.Text != out.Reply.Text {
		t.Errorf("the same form again: %+v", again)
	}
	s.now = s.now.Add(time.Hour)
	later := s.fill(t, o, event.FormReturn, fields)
	if later.Done || later.Notice != conversation.NoticeReturnRefused || !strings.Contains(later.Why, back.Return.ID) || later.Reply.Action != Answer {
		t.Errorf("another form for the same order: %+v", later)
	}
}

func TestFill_RefusalsSayWhy(t *testing.T) {
	s := openTill(t)
	paid := s.find(t, func(o shop.Order) bool { return o.State == shop.Paid })
	good := map[string]string{"name": "林小鹿", "phone": "13812345678", "region": "浙江省杭州市西湖区", "street": "文三路90号"}
	with := func(name, v string) map[string]string {
		out := map[string]string{}
		for k, was := range good {
			out[k] = was
		}
		out[name] = v
		return out
	}
	out := s.fill(t, paid, event.FormAddress, with("note", ""))
	moved, err := s.Store.OrderOf(t.Context(), paid.CustomerID, paid.ID)
	if err != nil || !out.Done || moved.To.Address != "浙江省杭州市西湖区文三路90号" {
		t.Fatalf("%v %+v %+v", err, out, moved.To)
	}
	if strings.Contains(out.Reply.Text, "文三路") || strings.Contains(out.Reply.Text, "138") {
		t.Errorf("the answer repeats the address: %q", out.Reply.Text)
	}
	under := s.find(t, func(o shop.Order) bool { return o.State == shop.Shipped })
	old := s.find(t, func(o shop.Order) bool {
		return o.State == shop.Signed && o.Return == nil && s.now.Sub(o.SignedAt) > 40*24*time.Hour
	})
	for name, c := range map[string]struct {
		o      shop.Order
		form   string
		fields map[string]string
		why    string
	}{
		"a number of three digits": {paid, event.FormAddress, with("phone", "123"), "手机号"},
		"hardly an address":        {paid, event.FormAddress, map[string]string{"name": "林", "phone": "13812345678", "region": "杭"}, "地址"},
		"under way":                {under, event.FormAddress, with("note", ""), "已发货"},
		"somebody else's":          {paid, event.FormReturn, map[string]string{"order": under.ID + "9", "reason": "dislike"}, "没有查到"},
		"too late":                 {old, event.FormReturn, map[string]string{"reason": "dislike"}, "超过"},
	} {
		out := s.fill(t, c.o, c.form, c.fields)
		if out.Done || !strings.Contains(out.Why, c.why) || !strings.Contains(out.Reply.Text, out.Why) || len(out.Reply.Quick) == 0 {
			t.Errorf("%s: %+v", name, out)
		}
	}
	if out := s.fill(t, paid, event.FormReturn, map[string]string{"reason": "dislike"}); !out.Done || out.Reply.Code != "form.return.cancelled" {
		t.Errorf("not sent yet: %+v", out)
	}
	s.down = true
	if out := s.fill(t, paid, event.FormReturn, map[string]string{"reason": "other"}); out.Done || out.Reply.Action != Escalate || out.Reply.Reason != label.ByBotFailed {
		t.Errorf("a shop that does not answer: %+v", out)
	}
	if r := s.bot.Media("c", event.Image); r.Action != Escalate || !strings.Contains(r.Text, "图片") {
		t.Errorf("%+v", r)
	}
}
