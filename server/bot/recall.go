package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// threadTurns is how many of the customer's messages before the newest may belong to its matter.
const threadTurns = 4

// recall reads what was spoken of from the words themselves, where no turn says so (talk.Turn.Did): what people wrote, and talks
// that come without it. What the bot's turns left stays, unless something newer was named.
func (m *memory) recall(turns []talk.Turn, all []shop.Product, index *names, orders []shop.Order) {
	for i := range turns {
		t := &turns[i]
		if t.Did != nil {
			continue
		}
		goods := exactly(all, t.Text)
		if len(goods) == 0 && t.Role == talk.Customer {
			if goods = index.named(t.Text); len(goods) > 1 {
				goods = nil
			}
		}
		switch {
		case len(goods) == 1:
			m.focus, m.variant = goods[0].ID, ""
			if v, ok := worded(goods[0], t.Text); ok {
				m.variant = v.ID
			}
			if t.Role != talk.Customer && strings.Contains(t.Text, "可以看看") {
				m.shown = append(m.shown, goods[0].ID)
			}
		case len(goods) > 1:
			m.focus, m.variant, m.listed = goods[0].ID, "", nil
			for _, p := range goods {
				m.listed = append(m.listed, p.ID)
			}
		}
		if o := numbered(orders, t.Text); o != nil {
			m.order = o.ID
		}
	}
}

// read is the newest message of a talk, in the light of it.
type read struct {
	in     Input
	res    understand.Result
	mem    memory
	index  *names
	names  []shop.Product // that the message names itself
	thread string         // what the customer said on this matter
	matter label.Intent   // what is still to be settled, "" when that is the message's own intent
}

// inTalk reads a message together with the talk: an elliptic one inherits the matter, the product and the order of the turns
// before. Unlike a turn of the bot it needs nothing that the bot left.
func (e *Engine) inTalk(ctx context.Context, in Input) (read, error) {
	r := read{}
	res, err := e.understood(ctx, in)
	if err != nil {
		return r, err
	}
	r.mem = remember(in.Context)
	all, err := e.p.Shop.SearchProducts(ctx, "", 0)
	if err != nil {
		return r, fmt.Errorf("read products: %w", err)
	}
	index, _, err := indexes(ctx, e.p.Shop, all)
	if err != nil {
		return r, err
	}
	var orders []shop.Order
	if in.CustomerID != "" {
		if orders, err = e.p.Shop.OrdersOf(ctx, in.CustomerID, maxOrders); err != nil && !errors.Is(err, shop.ErrNotFound) {
			return r, fmt.Errorf("read orders: %w", err)
		}
	}
	r.index = index
	r.mem.recall(in.Context, all, index, orders)
	if r.names = exactly(all, in.Text); len(r.names) == 0 {
		r.names = index.named(in.Text)
	}
	before := wish("")
	if leans(in.Text, res) {
		if before, err = e.matterBefore(ctx, in); err != nil {
			return r, err
		}
		if r.mem.wish == "" || r.mem.wish.courteous() {
			r.mem.wish = before
		}
	}
	mean := meant(in.Text, res, r.mem, e.re)
	r.thread = thread(in.Context, in.Text, leans(in.Text, res))
	if w := r.plainly(in, res); w != "" {
		mean.wish, mean.res.Intent = w, w.of()
	} else if answers(in, res) && before != "" && !before.courteous() {
		mean.wish, mean.res.Intent = before, before.of()
	}
	if w := wish(res.Intent); before != "" && mean.wish == w && w.courteous() && res.Intent != label.ThanksBye {
		if chats(in.Text, res) {
			r.matter = before.of()
		} else {
			mean.wish, mean.res.Intent = before, before.of()
		}
	}
	in.mem, in.meaning, in.Text, in.re = &r.mem, mean, mean.text, e.re
	r.in, r.res = in, mean.res
	return r, nil
}

// plainly is the matter that a talk names in so many words where the newest message alone is easily taken for another; "" for none.
func (r read) plainly(in Input, res understand.Result) wish {
	now, all := in.Text, r.thread
	switch has := func(words ...string) bool { return containsAny(now, words...) }; {
	case res.Intent == label.AdverseReaction || res.Intent == label.HumanRequest:
	case strings.Count(now, "取消") > 1 || has("取消") && strings.Contains(all, "取消订单"):
		return wish(label.ChangeOrder)
	case has("运费", "快递费", "邮费") && containsAny(all, "退", "换货") && res.Intent != label.Exchange:
		return wish(label.ReturnRefund)
	case has("没发货", "还没发", "未发货") && has("换成", "改成", "拍错", "选错", "想换"):
		return wish(label.ChangeOrder)
	case has("到几号", "几号结束", "几号截止", "截止", "到哪天") && containsAny(all, "活动", "券", "优惠", "满减", "赠", "送", "价"):
		return wish(label.PricePromo)
	case has("到手", "几块钱", "多少米"):
		return wish(label.PricePromo)
	case has("还剩", "剩多少", "剩几", "断货", "有现货"):
		return wish(label.Stock)
	case has("有没有", "有吗", "还有") && !has("推荐", "便宜", "适合", "活动", "优惠", "券", "赠", "含", "成分") && len(r.names) == 1 && (res.Intent == label.Recommend || res.Intent == label.Stock):
		return wish(label.Stock)
	case has("便宜点的", "便宜一点的", "平价的", "便宜些的") && (r.mem.focus != "" || len(r.mem.shown) > 0):
		return wish(label.Recommend)
	case has("怎么没", "没有", "没给", "没收到", "漏") && containsAny(all, "主播", "直播间说", "客服说", "答应") && containsAny(all, "送", "赠"):
		if res.Intent == label.DamagedMissing {
			return ""
		}
		return wish(label.PromiseDispute)
	case strings.Contains(all, "拒收了") && !has("退款", "到账"):
		return wish(label.Logistics)
	}
	return ""
}

// answers reports whether a short message answers a question of the turn before: it keeps to the matter.
func answers(in Input, res understand.Result) bool {
	if len(in.Context) == 0 || spoken(in.Text) != "" || serious(res.Intent) || res.Intent == label.ThanksBye || utf8.RuneCountInString(in.Text) > 16 {
		return false
	}
	last := in.Context[len(in.Context)-1]
	return last.Role != talk.Customer && containsAny(last.Text, "？", "?") && !asksFor(in.Text)
}

// chats reports whether a message is a courtesy or a call for a person in its own right.
func chats(text string, res understand.Result) bool {
	return res.Intent == label.HumanRequest || res.Intent == label.Greeting && utf8.RuneCountInString(text) >= 2 && !strings.Contains(text, "?") && !strings.Contains(text, "？")
}

// leans reports whether a message cannot be understood without those before it.
func leans(text string, res understand.Result) bool {
	n := utf8.RuneCountInString(strings.Trim(text, "？?。！!~～ ，,"))
	return n <= 14 || res.Intent == label.HumanRequest || res.Intent == label.OutOfScope && n <= 30
}

// matterBefore is what the customer wanted before the newest message; "" when nothing.
func (e *Engine) matterBefore(ctx context.Context, in Input) (wish, error) {
	for i, tries := len(in.Context)-1, 0; i >= 0 && tries < 2; i-- {
		t := in.Context[i]
		if t.Role != talk.Customer || utf8.RuneCountInString(t.Text) < 4 {
			continue
		}
		tries++
		switch w := spoken(t.Text); {
		case w == wantMore:
			return wish(label.Stock), nil // nothing was recommended before
		case w != "" && !w.courteous():
			return w, nil
		case containsAny(t.Text, "没动", "没更新", "物流", "快递", "包裹"):
			return wish(label.Logistics), nil
		}
		res, err := e.p.Understand.Understand(ctx, understand.Input{Context: in.Context[:i], Tier: in.Tier, BasketFen: in.BasketFen, Text: t.Text, Now: in.Now})
		if err != nil {
			return "", fmt.Errorf("understand what was said before: %w", err)
		}
		if w := wish(res.Intent); !w.courteous() {
			return w, nil
		}
	}
	return "", nil
}

// thread is what the customer said on the matter of the newest message: with the message before it, and, where it leans on them,
// those before that.
func thread(turns []talk.Turn, text string, leaning bool) string {
	parts := []string{text}
	for i := len(turns) - 1; i >= 0 && len(parts) <= threadTurns; i-- {
		if turns[i].Role != talk.Customer {
			continue
		}
		if !leaning && len(turns)-i > 2 {
			break
		}
		parts = append(parts, turns[i].Text)
	}
	slices.Reverse(parts)
	return strings.Join(parts, "\n")
}

// tune corrects what was found where the copilot knows better than a turn of the bot may assume.
func (r read) tune(f *Found) {
	r.sure(f)
	r.both(f)
	r.dearer(f)
	if len(f.Named) == 0 && len(f.Kind) > 1 { // of a kind the one that has the shade
		var has []shop.Product
		for _, p := range f.Kind {
			if _, ok := worded(p, r.in.Text); ok {
				has = append(has, p)
			}
		}
		if len(has) == 1 {
			f.Named, f.Kind, f.Product = has, nil, &has[0]
		}
	}
	if len(f.Named) == 1 && containsAny(r.in.Text, "孩子", "儿童", "宝宝", "小朋友") && !containsAny(r.thread, "孕", "哺乳") {
		for _, p := range f.All {
			if p.Category == f.Named[0].Category && containsAny(p.Title, "儿童", "宝宝") {
				f.Wanted = slices.Insert(f.Wanted, 0, p)
			}
		}
	}
	// An old order that a word happens to fit gives way to the newest, unless it was named.
	if f.Order != nil && !f.OrderNamed && len(f.Orders) > 0 && !r.in.Now.IsZero() && r.in.Now.Sub(f.Order.PlacedAt) > stale && r.in.Now.Sub(f.Orders[0].PlacedAt) < stale {
		f.Order, f.OrderSure = &f.Orders[0], false
	}
}

// sure drops products that only a likeness to what was said before brings in: a wrong product is worse than a question.
func (r read) sure(f *Found) {
	if len(f.Named) == 0 || f.Exact || len(r.index.named(r.in.Text)) > 0 {
		return
	}
	f.Named = slices.DeleteFunc(slices.Clone(f.Named), func(p shop.Product) bool {
		return p.ID != r.mem.focus && p.ID != r.in.Page && !slices.Contains(r.mem.listed, p.ID) && !containsAny(r.in.Text, kinds(p.Category)...)
	})
	if f.Product = nil; len(f.Named) > 0 {
		f.Product = &f.Named[0]
	}
}

// stale is after how long an order is seldom what somebody writes about.
const stale = 40 * 24 * time.Hour

// both gives a question about two products the one that it leaves out.
func (r read) both(f *Found) {
	if !containsAny(r.in.Text, "一起", "叠加", "同时", "搭配", "混", "先用", "先涂", "哪个", "区别", "冲突") {
		return
	}
	add := func(id string) {
		for _, p := range f.Named {
			if p.ID == id {
				return
			}
		}
		for i := range f.All {
			if f.All[i].ID == id && len(f.Named) < 2 {
				f.Named = append(f.Named, f.All[i])
			}
		}
	}
	if len(f.Named) > 2 {
		return
	}
	if len(f.Named) == 0 || len(r.mem.listed) == 2 {
		for _, id := range r.mem.listed {
			add(id)
		}
	}
	add(r.mem.focus)
	if f.Product == nil && len(f.Named) > 0 {
		f.Product = &f.Named[0]
	}
}

// dearer drops from what may be recommended what costs as much as that which the customer found too dear.
func (r read) dearer(f *Found) {
	if !containsAny(r.thread, "太贵", "好贵", "便宜点的", "便宜一点的", "平价", "贵了") {
		return
	}
	for _, p := range f.All {
		if p.ID == r.mem.focus {
			kind := slices.DeleteFunc(slices.Clone(f.Wanted), func(q shop.Product) bool {
				return q.ID == p.ID || q.Category != p.Category || q.Main().PayFen() >= p.Main().PayFen()
			})
			for _, q := range f.All {
				if len(kind) < 2 && q.Category == p.Category && q.ID != p.ID && q.Main().Stock > 0 && q.Main().PayFen() < p.Main().PayFen() &&
					!slices.ContainsFunc(kind, func(k shop.Product) bool { return k.ID == q.ID }) && shares(q.Concerns, p.Concerns) {
					kind = append(kind, q)
				}
			}
			f.Wanted, f.Named, f.Product, f.Kind = kind, nil, nil, nil
		}
	}
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
