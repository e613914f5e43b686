package bot

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sort"
	"strings"
	"time"
	"unicode/utf8"

	"agentdesk/server/shop"
	"agentdesk/server/understand"
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
	Customer  shop.Customer  // zero for an anonymous visitor
	Product   *shop.Product  // the one the talk is about, nil when unknown
	Named     []shop.Product // by name, clearly
	Kind      []shop.Product // of the category that was named, when no product was
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
	if len(f.Named) == 0 {
		f.Kind = ofKind(all, in.Text, texts, f.Customer)
		if len(f.Kind) == 1 {
			f.Named, f.Kind = f.Kind, nil
		}
	}
	if len(f.Named) == 0 && len(f.Kind) == 0 && in.Page != "" {
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
		p *shop.Product
		s float64
	}
	var hits []scored
	for i := range all {
		p := &all[i]
		title := strings.ToLower(p.Title)
		if strings.Contains(text, title) || strings.Contains(text, strings.ToLower(p.ID)) {
			hits = append(hits, scored{p, 100})
			continue
		}
		s, category := 0.0, strings.ToLower(p.Category)
		if strings.Contains(text, category) {
			s += 1.5
		}
		for bi := range pairs(title) {
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
		out = append(out, *h.p)
	}
	return out
}

// kinds are the words by which customers name a category.
func kinds(category string) []string {
	out := []string{category}
	for _, c := range [][]string{
		{"洁面", "洗面奶", "洗脸"}, {"爽肤水", "化妆水", "精华水", "柔肤水"}, {"防晒", "防晒霜", "防晒乳"}, {"眼霜", "眼部"}, {"卸妆", "卸妆油", "卸妆水"}, {"身体乳", "润肤乳"},
		{"洗护发", "洗发", "洗头", "护发", "发膜", "头皮", "头发"}, {"底妆", "粉底", "气垫", "遮瑕", "散粉", "粉饼", "隔离霜"}, {"唇妆", "口红", "唇釉", "唇蜜"},
		{"眼妆", "眼影", "眼线", "睫毛", "眉笔"}, {"颊彩", "腮红", "高光", "修容"}, {"香氛", "香水", "香膏"}, {"母婴", "宝宝", "婴儿"}, {"男士", "男生", "老公", "男朋友", "男友"},
	} {
		if strings.Contains(category, c[0]) {
			out = append(out, c...)
		}
	}
	return out
}

// ofKind lists the products of the category that a text names, at most three: those that fit what was said first, and for
// pregnant and nursing customers only what the shop says they may use. talk is what the customer said before, too.
func ofKind(all []shop.Product, text, talk string, c shop.Customer) []shop.Product {
	type scored struct {
		p *shop.Product
		s int
	}
	careful := strings.Contains(talk, "孕") || strings.Contains(talk, "哺乳") || c.Pregnant != ""
	baby := containsAny(text, "宝宝", "婴儿", "儿童", "小孩", "孩子")
	var hits []scored
	spoken := map[string]bool{}
	for i := range all {
		p := &all[i]
		kids := containsAny(p.Title, "宝宝", "儿童")
		if p.Category == "" || careful && p.Pregnancy != shop.PregnancyOK {
			continue
		}
		named, known := spoken[p.Category]
		if !known {
			named = containsAny(text, kinds(p.Category)...)
			spoken[p.Category] = named
		}
		if !named && !(baby && kids) {
			continue
		}
		h := scored{p: p}
		for pair := range pairs(p.Title) {
			if strings.Contains(text, pair) && !strings.Contains(p.Category, pair) {
				h.s += 2
			}
		}
		for _, k := range append(p.Skins[:len(p.Skins):len(p.Skins)], p.Concerns...) {
			if strings.Contains(text, k) {
				h.s++
			}
		}
		if baby == kids {
			h.s += 3
		}
		hits = append(hits, h)
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].s > hits[j].s })
	var out []shop.Product
	for _, h := range hits[:min(3, len(hits))] {
		out = append(out, *h.p)
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
		p *shop.Product
		s float64
	}
	var hits []scored
	spoken := map[string]bool{} // categories that the text names in other words
	for i := range all {
		p := &all[i]
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
		other, known := spoken[p.Category]
		if !known {
			other = p.Category != "" && !strings.Contains(text, p.Category) && containsAny(text, kinds(p.Category)...)
			spoken[p.Category] = other
		}
		if other {
			s += 4
		}
		hits = append(hits, scored{p, s})
	}
	sort.SliceStable(hits, func(i, j int) bool { return hits[i].s > hits[j].s })
	var out []shop.Product
	for i, h := range hits {
		if i == 3 {
			break
		}
		out = append(out, *h.p)
	}
	return out
}

// pairs are the neighbouring runes of a text, as pieces of it.
func pairs(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		before := -1
		for i := range text {
			_, size := utf8.DecodeRuneInString(text[i:])
			if before >= 0 && !yield(text[before:i+size]) {
				return
			}
			before = i
		}
	}
}

func containsAny(s string, subs ...string) bool {
	for _, sub := range subs {
		if strings.Contains(s, sub) {
			return true
		}
	}
	return false
}

// quote states a fact as a customer reads it.
func quote(f Fact) string {
	return sentence(f.Text)
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
