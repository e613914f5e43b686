package bot

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"
	"time"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
	"agentdesk/sync/event"
	"agentdesk/sync/label"
	"agentdesk/sync/talk"
)

// Shop is what the bot reads of a shop.
type Shop interface {
	Product(ctx context.Context, id string) (shop.Product, error)
	SearchProducts(ctx context.Context, query string, limit int) ([]shop.Product, error)
	Customer(ctx context.Context, id string) (shop.Customer, error)
	OrdersOf(ctx context.Context, customerID string, limit int) ([]shop.Order, error)
	Promotions(ctx context.Context) ([]shop.Promotion, error)
	Policies(ctx context.Context) ([]shop.Policy, error)
}

// Knowledge finds written knowledge by Chinese full text, best first.
type Knowledge interface {
	Search(ctx context.Context, query string, k int) ([]Fact, error)
}

// Found is what was retrieved for one turn. Everything in it is citable.
type Found struct {
	Customer  shop.Customer // zero for an anonymous visitor
	Product   *shop.Product // the one the talk is about, nil when unknown
	Named     []shop.Product
	Wanted    []shop.Product // candidates to recommend, best first
	Orders    []shop.Order   // the customer's, newest first
	Order     *shop.Order    // the one the talk is about
	OrderSure bool           // the customer named it, or it is the only one open
	Promos    []shop.Promotion
	Sections  []Fact // policy sections that bear on the intent, best first
	Written   []Fact // other knowledge
	Skin      string
	Titles    map[string]string // product ID → title, of what gifts and conflicts name
}

// maxOrders bounds how far back a customer's orders are read.
const maxOrders = 20

// find retrieves the facts for one turn. A shop that cannot be asked yields an error; what does not exist is just absent.
func find(ctx context.Context, s Shop, k Knowledge, in Input, res understand.Result) (Found, error) {
	f := Found{Titles: map[string]string{}}
	if in.CustomerID != "" {
		c, err := s.Customer(ctx, in.CustomerID)
		if err != nil && !errors.Is(err, shop.ErrNotFound) {
			return f, fmt.Errorf("read customer: %w", err)
		}
		f.Customer = c
		if err == nil {
			if f.Orders, err = s.OrdersOf(ctx, in.CustomerID, maxOrders); err != nil && !errors.Is(err, shop.ErrNotFound) {
				return f, fmt.Errorf("read orders: %w", err)
			}
		}
	}
	all, err := s.SearchProducts(ctx, "", 0)
	if err != nil {
		return f, fmt.Errorf("read products: %w", err)
	}
	for _, p := range all {
		f.Titles[p.ID] = p.Title
	}
	f.Named = named(all, in.Text)
	texts := in.Text
	for i := len(in.Context) - 1; i >= 0 && i >= len(in.Context)-6; i-- {
		if len(f.Named) == 0 {
			if earlier := named(all, in.Context[i].Text); len(earlier) > 0 && len(earlier) <= 2 {
				f.Named = earlier
			}
		}
		if in.Context[i].Role == talk.Customer {
			texts += "\n" + in.Context[i].Text
		}
	}
	if len(f.Named) == 0 && in.Page != "" {
		for _, p := range all {
			if p.ID == in.Page {
				f.Named = []shop.Product{p}
			}
		}
	}
	if len(f.Named) > 0 {
		f.Product = &f.Named[0]
	}
	f.Skin = skinOf(res, f.Customer)
	f.Wanted = wanted(all, texts, f.Skin, strings.Contains(texts, "孕") || strings.Contains(texts, "哺乳") || f.Customer.Pregnant != "")
	f.Order, f.OrderSure = pickOrder(f.Orders, res, in, f.Product)
	if f.Promos, err = s.Promotions(ctx); err != nil {
		return f, fmt.Errorf("read promotions: %w", err)
	}
	policies, err := s.Policies(ctx)
	if err != nil {
		return f, fmt.Errorf("read policies: %w", err)
	}
	f.Sections = sections(policies, res.Intent, texts)
	if k != nil {
		hits, err := k.Search(ctx, in.Text, 4)
		if err != nil {
			return f, fmt.Errorf("search knowledge: %w", err)
		}
		f.Written = hits
	}
	return f, nil
}

// named ranks products by how much of their name a text holds. Only clear ones are returned.
func named(all []shop.Product, text string) []shop.Product {
	text = strings.ToLower(text)
	type scored struct {
		p shop.Product
		s float64
	}
	var hits []scored
	for _, p := range all {
		title := strings.ToLower(p.Title)
		if strings.Contains(text, title) || strings.Contains(text, strings.ToLower(p.ID)) {
			hits = append(hits, scored{p, 100})
			continue
		}
		s, category := 0.0, strings.ToLower(p.Category)
		if strings.Contains(text, category) {
			s += 1.5
		}
		rs := []rune(title)
		for i := 0; i+1 < len(rs); i++ {
			bi := string(rs[i : i+2])
			if strings.Contains(text, bi) && !strings.Contains(category, bi) && strings.TrimSpace(bi) != "" {
				s++
			}
		}
		for _, a := range p.Actives {
			if n := strings.ToLower(a.Name); len(n) > 0 && strings.Contains(text, n) && !strings.Contains(title, n) {
				s++
			}
		}
		if s >= 3 {
			hits = append(hits, scored{p, s})
		}
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].s > hits[j].s })
	var out []shop.Product
	for i, h := range hits {
		if i >= 3 || h.s < hits[0].s-1 && h.s < 4 {
			break
		}
		out = append(out, h.p)
	}
	return out
}

func skinOf(res understand.Result, c shop.Customer) string {
	for _, e := range res.Entities {
		if e.Kind == "skin" && e.Ref != "" {
			return e.Ref
		}
	}
	return c.Skin
}

// wanted ranks the catalogue for a recommendation: what the customer asks for, their skin, what it is for, and stock.
func wanted(all []shop.Product, text, skin string, pregnant bool) []shop.Product {
	type scored struct {
		p shop.Product
		s float64
	}
	var hits []scored
	for _, p := range all {
		if p.Main().Stock <= 0 || pregnant && p.Pregnancy != shop.PregnancyOK {
			continue
		}
		s := float64(p.Rating) / 50
		if p.Category != "" && strings.Contains(text, p.Category) {
			s += 4
		}
		for _, k := range p.Concerns {
			if strings.Contains(text, k) {
				s += 2
			}
		}
		for _, k := range p.Skins {
			if skin != "" && (strings.Contains(skin, k) || strings.Contains(k, skin) || k == "敏感肌" && strings.Contains(skin, "敏") || k == "干皮" && strings.Contains(skin, "干") || k == "油皮" && strings.Contains(skin, "油")) {
				s += 1.5
				break
			}
		}
		for _, c := range []string{"洁面:洗面奶", "防晒:防晒", "爽肤水:化妆水", "爽肤水:水乳", "眼霜:眼", "面膜:面膜", "精华:精华"} {
			cat, word, _ := strings.Cut(c, ":")
			if strings.Contains(p.Category, cat) && strings.Contains(text, word) {
				s += 2
			}
		}
		hits = append(hits, scored{p, s})
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].s > hits[j].s })
	var out []shop.Product
	for i, h := range hits {
		if i == 3 {
			break
		}
		out = append(out, h.p)
	}
	return out
}

// pickOrder chooses the order that a turn is about: the named one, else the only or newest one that the matter fits.
func pickOrder(orders []shop.Order, res understand.Result, in Input, p *shop.Product) (*shop.Order, bool) {
	texts := in.Text
	for _, t := range in.Context {
		if t.Role == talk.Customer {
			texts += "\n" + t.Text
		}
	}
	for i := range orders {
		id := orders[i].ID
		if strings.Contains(texts, id) || len(id) >= 4 && containsNumber(texts, id[len(id)-4:]) {
			return &orders[i], true
		}
		for _, parcel := range orders[i].Parcels {
			if parcel.Number != "" && strings.Contains(texts, parcel.Number) {
				return &orders[i], true
			}
		}
	}
	fits := func(o shop.Order) bool {
		switch res.Intent {
		case label.OrderStatus, label.ChangeOrder:
			return o.State == shop.Paid || o.State == shop.Packed || o.State == shop.Unpaid
		case label.Logistics:
			return len(o.Parcels) > 0
		case label.PaymentIssue:
			return o.State == shop.Unpaid || o.State == shop.Paid
		case label.ReturnRefund:
			return o.State == shop.Returning || o.State == shop.Signed || o.State == shop.Refunded || o.State == shop.Shipped
		case label.Exchange, label.DamagedMissing, label.AdverseReaction:
			return o.State == shop.Signed || o.State == shop.Shipped
		}
		return true
	}
	open := func(o shop.Order) bool {
		switch res.Intent {
		case label.Logistics:
			return o.State == shop.Shipped
		case label.ReturnRefund:
			return o.State == shop.Returning && in.asksProgress()
		}
		return fits(o)
	}
	best, count := -1, 0
	for i, o := range orders {
		if p != nil && !holds(o, p.ID) && res.Intent != label.Logistics && res.Intent != label.OrderStatus {
			continue
		}
		if open(o) {
			count++
			if best < 0 {
				best = i
			}
		}
	}
	if best >= 0 {
		return &orders[best], count == 1
	}
	for _, strict := range []bool{true, false} {
		for i, o := range orders {
			if fits(o) && (!strict || p != nil && holds(o, p.ID)) {
				return &orders[i], strict
			}
		}
	}
	if len(orders) > 0 {
		return &orders[0], false
	}
	return nil, false
}

func (in Input) asksProgress() bool {
	return containsAny(in.Text, "到账", "进度", "多久", "什么时候", "退款呢", "还没", "到哪", "退了吗")
}

func holds(o shop.Order, productID string) bool {
	for _, l := range o.Lines {
		if l.ProductID == productID {
			return true
		}
	}
	return false
}

// containsNumber finds a digit string that is no part of a longer number.
func containsNumber(text, digits string) bool {
	for at := 0; ; {
		i := strings.Index(text[at:], digits)
		if i < 0 {
			return false
		}
		i += at
		before := i == 0 || text[i-1] < '0' || text[i-1] > '9'
		end := i + len(digits)
		after := end == len(text) || text[end] < '0' || text[end] > '9'
		if before && after {
			return true
		}
		at = end
	}
}

// topics are the words by which an intent finds its policy sections, the weightiest first.
func topics(it label.Intent, text string) []string {
	var out []string
	add := func(trigger []string, words ...string) {
		if len(trigger) == 0 || containsAny(text, trigger...) {
			out = append(out, words...)
		}
	}
	switch it {
	case label.ReturnRefund:
		add([]string{"过敏", "又红", "痒", "刺痛", "红疹", "泛红", "肿", "烂脸", "爆痘"}, "过敏无忧退", "过敏")
		add([]string{"到账", "多久", "退款", "进度", "几天"}, "退款", "到账", "原路")
		add([]string{"运费", "谁出", "邮费"}, "运费")
		add([]string{"拆", "用过", "开封", "用了"}, "拆封", "已使用", "完好")
		add(nil, "无理由", "退货", "退换")
	case label.Exchange:
		add([]string{"运费"}, "运费")
		add(nil, "换货", "退换", "无理由")
	case label.DamagedMissing:
		add(nil, "破损", "少发", "错发", "漏发", "补发")
	case label.AdverseReaction:
		add(nil, "过敏无忧退", "过敏", "不良反应")
	case label.PriceProtection:
		add(nil, "价保", "保价", "差价")
	case label.Invoice:
		add(nil, "发票", "专票", "抬头")
	case label.Membership:
		add([]string{"生日"}, "生日")
		add([]string{"升级", "黑金", "铂金", "金卡", "条件", "权益"}, "等级", "权益", "升级")
		add(nil, "积分", "会员", "等级")
	case label.Logistics, label.OrderStatus:
		add([]string{"包邮", "运费"}, "包邮", "运费")
		add([]string{"什么快递", "顺丰"}, "承运", "快递", "顺丰")
		add(nil, "发货", "配送", "停滞", "时效")
	case label.ChangeOrder:
		add(nil, "修改", "地址", "取消", "发货前")
	case label.PricePromo:
		add([]string{"包邮", "运费", "邮费", "免邮"}, "包邮", "运费")
		add([]string{"叠加"}, "叠加")
		add([]string{"保价", "价保", "降价"}, "价保", "保价")
		add([]string{"赠品", "小样"}, "赠品")
	case label.Authenticity:
		add(nil, "正品", "防伪", "授权", "备案")
	case label.PaymentIssue:
		add(nil, "支付", "重复扣款", "付款", "重复支付")
	case label.PromiseDispute, label.Complaint:
		add(nil, "承诺", "赠品", "补偿")
	case label.Suitability:
		add([]string{"过敏"}, "过敏无忧退")
	}
	return out
}

// sections ranks policy sections by the topic's words: in the title they weigh more, earlier words weigh more.
func sections(policies []shop.Policy, it label.Intent, text string) []Fact {
	words := topics(it, text)
	type scored struct {
		f Fact
		s float64
	}
	var hits []scored
	for _, p := range policies {
		for _, sec := range p.Sections {
			s := 0.0
			for i, w := range words {
				weight := 1 / float64(i+1)
				if strings.Contains(sec.Title, w) {
					s += 3 * weight
				}
				if strings.Contains(sec.Text, w) {
					s += weight
				}
			}
			if s < 0.6 {
				continue
			}
			hits = append(hits, scored{Fact{Title: sec.Title, Text: sec.Text, Source: event.Source{ID: p.ID, Kind: "policy", Title: p.Title, Section: sec.No}}, s})
		}
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].s > hits[j].s })
	var out []Fact
	for i, h := range hits {
		if i == 3 {
			break
		}
		out = append(out, h.f)
	}
	return out
}

func containsAny(s string, subs ...string) bool {
	for _, sub := range subs {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}

// quote states a fact as a customer reads it, under the title it has in the shop's own policy.
func quote(f Fact) string {
	if f.Title == "" || strings.Contains(f.Text, f.Title) {
		return sentence(f.Text)
	}
	return f.Title + "：" + sentence(f.Text)
}

// yuan writes fen as customers read it.
func yuan(fen int64) string {
	if fen%100 == 0 {
		return fmt.Sprintf("¥%d", fen/100)
	}
	return fmt.Sprintf("¥%d.%02d", fen/100, fen%100)
}

// day and moment write a time in the zone it carries.
func day(t time.Time) string    { return fmt.Sprintf("%d 月 %d 日", t.Month(), t.Day()) }
func moment(t time.Time) string { return day(t) + t.Format(" 15:04") }
