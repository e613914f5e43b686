package bot

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

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
	Customer   shop.Customer  // zero for an anonymous visitor
	Product    *shop.Product  // the one the talk is about, nil when unknown
	Named      []shop.Product // by name, clearly
	Beside     *shop.Product  // another that is named, less surely
	Kind       []shop.Product // of the category that was named, when no product was
	Wanted     []shop.Product // candidates to recommend, best first
	Orders     []shop.Order   // the customer's, newest first
	Order      *shop.Order    // the one the talk is about
	OrderSure  bool           // the customer named it, or it is the only one open
	OrderNamed bool           // the customer named it, or it was spoken of
	Unknown    string         // the number of an order that is not the customer's
	Exact      bool           // Named are by their whole names
	All        []shop.Product // the catalogue
	Cart       shop.Cart      // read where the wish needs it
	Budget     int64          // fen, to stay within; 0 for none
	Promos     []shop.Promotion
	Sections   []Fact                  // policy sections that bear on the intent, best first
	Rule       *Fact                   // the policy section that answers the words by themselves, whatever they were taken for
	Near       *Fact                   // another that answers nearly as well
	RuleLine   string                  // the sentence of Rule that alone speaks of what the words name, "" for none
	RuleScore  float64                 // how well; see sureRule
	Figures    map[string]int64        // the numbers of the policies, by name
	FigureOf   map[string]event.Source // and where each stands
	Written    []Fact                  // other knowledge
	Skin       string
	Needed     bool              // Wanted are by what is wrong
	Titles     map[string]string // product ID → title, of what gifts and conflicts name
}

// maxOrders bounds how far back a customer's orders are read.
const maxOrders = 20

// find finds the facts for one turn, for half as many turns at once as there are processors: it is what costs most of a turn, and
// when many customers write in the same moment their messages are stored and acknowledged first.
func (e *Engine) find(ctx context.Context, in Input, res understand.Result) (Found, error) {
	select {
	case e.finding <- struct{}{}:
		defer func() { <-e.finding }()
	case <-ctx.Done():
		return Found{}, ctx.Err()
	}
	return find(ctx, e.p.Shop, e.p.Knowledge, in, res)
}

// find retrieves the facts for one turn. A shop that cannot be asked yields an error; what does not exist is just absent.
func find(ctx context.Context, s Shop, k Knowledge, in Input, res understand.Result) (Found, error) {
	f := Found{Cart: in.cart}
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
	f.Titles = make(map[string]string, len(all))
	for i := range all {
		p := &all[i]
		f.Titles[p.ID] = p.Title
	}
	f.All = all
	index, book, err := indexes(ctx, s, all)
	if err != nil {
		return f, err
	}
	if f.Named = exactly(all, in.Text); len(f.Named) > 0 {
		f.Exact = true
	} else if in.mem != nil {
		f.Named = referred(all, in.meaning, *in.mem)
	}
	if len(f.Named) == 0 && in.mem != nil && in.mem.focus != "" && utf8.RuneCountInString(in.Text) <= nameOnly && containsAny(in.Text, "敏感", "油皮", "干皮", "混合皮", "混油", "混干") {
		f.Named = same(all, in) // a kind of skin, not what goods for it are called
	}
	if len(f.Named) == 0 && ofCart(in.Text) {
		for _, l := range f.Cart.Lines[:min(3, len(f.Cart.Lines))] {
			for i := range all {
				if all[i].ID == l.ProductID {
					f.Named = append(f.Named, all[i])
				}
			}
		}
	}
	if len(f.Named) == 0 {
		if f.Named = index.named(ours(in.Text)); len(f.Named) != 1 {
			if p := index.mistyped(in.Text); p != nil {
				f.Named, f.Exact = []shop.Product{*p}, true
			}
		}
	}
	if len(f.Named) == 0 && in.mem != nil {
		f.Named = same(all, in)
	}
	f.Named = holding(f.Named, in.Text)
	if len(f.Named) == 1 {
		rest := squash(in.Text)
		for _, n := range append([]string{f.Named[0].Title}, f.Named[0].Aliases...) {
			rest = strings.ReplaceAll(rest, squash(n), "，")
		}
		for _, p := range index.named(rest) {
			if p.ID != f.Named[0].ID {
				f.Beside = &p
				break
			}
		}
	}
	if res.Intent == label.Compare && len(f.Named) == 1 {
		for _, p := range index.named(in.Text) {
			if p.ID != f.Named[0].ID && len(f.Named) < 2 {
				f.Named = append(f.Named, p)
			}
		}
	}
	if in.mem != nil && in.meaning.wish.of() == label.Compare && len(f.Named) == 1 {
		f.Named = beside(all, f.Named[0], *in.mem, in.meaning)
	}
	texts := in.Text
	for i := len(in.Context) - 1; i >= 0 && i >= len(in.Context)-6; i-- {
		if len(f.Named) == 0 && (in.mem == nil || in.mem.lastBot == nil) {
			if earlier := index.named(in.Context[i].Text); len(earlier) > 0 && len(earlier) <= 2 {
				f.Named = earlier
			}
		}
		if in.Context[i].Role == talk.Customer {
			texts += "\n" + in.re.plain(in.Context[i].Text)
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
		if p := closest(f.Kind, in.Text); p != nil && in.mem != nil {
			f.Kind = []shop.Product{*p}
		}
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
	if said := skinSaid(texts); said != "" && f.Skin == "" {
		f.Skin = said
	}
	if in.mem != nil {
		f.Budget = in.re.budget(in.Text)
		if n, err := strconv.ParseInt(in.mem.budget, 10, 64); err == nil && f.Budget == 0 && in.meaning.wish == wantMore {
			f.Budget = n
		}
	}
	wish := texts
	if containsAny(texts, "脸黄", "去黄", "发黄", "气色") {
		wish += "暗沉" // the shop's word for it
	}
	if containsAny(texts, "大油", "油光", "油田", "冒油") {
		wish += "出油"
	}
	needs := in.re.needed(in.Text)
	f.Needed = len(needs) > 0
	f.Wanted = wanted(wantable(all, in, f.Budget), wish, needs, f.Skin, strings.Contains(texts, "孕") || strings.Contains(texts, "哺乳") || f.Customer.Pregnant != "")
	f.Order, f.OrderSure = pickOrder(f.Orders, res, in, f.Named, f.Product)
	if f.OrderSure {
		f.OrderNamed = numbered(f.Orders, in.Text) != nil || in.mem != nil && (spokenOf(f.Orders, in, f.Product) != nil || containsAny(in.Text, "那单", "那笔", "的单") && held(f.Orders, in, res, f.Named) != nil)
	}
	if in.re != nil && in.CustomerID != "" && numbered(f.Orders, in.Text) == nil {
		if numbers := in.re.orders(in.Text); len(numbers) > 0 {
			f.Unknown = numbers[0]
		}
	}
	if f.Promos, err = s.Promotions(ctx); err != nil {
		return f, fmt.Errorf("read promotions: %w", err)
	}
	now, before, _ := strings.Cut(texts, "\n")
	goesOn := in.mem != nil && strings.HasPrefix(in.mem.lastBot[didCode], "policy")
	scores := book.scores(now, before, goesOn)
	f.Sections = unsaid(book.best(scores, prior(book, res.Intent, now, texts)), in.Context)
	f.Figures, f.FigureOf = book.figures, book.figureOf
	if alone := book.best(scores, nil); len(alone) > 0 {
		if first := unsaid(alone, in.Context); len(first) > 0 {
			f.Rule, f.RuleScore = &first[0], alone[0].score
			if len(alone) > 1 && alone[1].score >= alone[0].score*alike && len(first) > 1 {
				f.Near = &first[1]
			}
		}
	}
	if in.mem != nil && f.Rule != nil {
		f.RuleLine = book.line(in.Text, f.Rule.Text)
	}
	if k != nil && (in.mem == nil || res.Intent == label.OutOfScope) { // a turn looks there for what it finds nowhere else
		hits, err := k.Search(ctx, in.Text, 4)
		if err != nil {
			return f, fmt.Errorf("search knowledge: %w", err)
		}
		f.Written = hits
	}
	return f, nil
}

// ours leaves out of a text the clauses that speak of other shops' goods.
func ours(text string) string {
	others := []string{"别家", "别的牌子", "其他牌子", "别人家", "隔壁"}
	if !containsAny(text, others...) {
		return text
	}
	var keep []string
	for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，,。！!？?", r) }) {
		if !containsAny(clause, others...) {
			keep = append(keep, clause)
		}
	}
	return strings.Join(keep, "，")
}

// holding leaves of several products those that have the variant that a text names, where only some have.
func holding(list []shop.Product, text string) []shop.Product {
	if len(list) < 2 {
		return list
	}
	var out []shop.Product
	for _, p := range list {
		if _, ok := worded(p, text); ok {
			out = append(out, p)
		}
	}
	if len(out) == 1 {
		return out
	}
	return list
}

// alike is what share of the best section's score makes another worth telling too.
const alike = 0.8

// nearly is what share of the best section's score makes another nearly as good.
const nearly = 0.65

// unsaid are the sections that were found, best first; one that the bot's last turn quoted gives way to another that is nearly as
// good: who asks on wants to hear what was not said.
func unsaid(list []ruled, turns []talk.Turn) []Fact {
	var out, said []Fact
	last, _ := talk.Last(turns, talk.Bot)
	for _, r := range list {
		if strings.Contains(last.Text, strings.TrimRight(r.Text, "。")) && len(list) > 1 && list[1].score > list[0].score*nearly {
			said = append(said, r.Fact)
			continue
		}
		out = append(out, r.Fact)
	}
	return append(out, said...)
}

// indexes are what finds names and rules by words: those that the shelf keeps, else made for this once.
func indexes(ctx context.Context, s Shop, all []shop.Product) (*names, *rulebook, error) {
	if kept, ok := s.(*shelf); ok {
		n, err := kept.find(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("read products: %w", err)
		}
		b, err := kept.rules(ctx)
		if err != nil {
			return nil, nil, fmt.Errorf("read policies: %w", err)
		}
		return n, b, nil
	}
	policies, err := s.Policies(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("read policies: %w", err)
	}
	return newNames(all), newRulebook(policies, nil), nil
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
