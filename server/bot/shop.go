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
	Sections   []Fact // policy sections that bear on the intent, best first
	Written    []Fact // other knowledge
	Skin       string
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
	f := Found{}
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
	if f.Named = exactly(all, in.Text); len(f.Named) > 0 {
		f.Exact = true
	} else if in.mem != nil {
		f.Named = referred(all, in.meaning, *in.mem)
	}
	if len(f.Named) == 0 {
		f.Named = named(all, in.Text)
	}
	if len(f.Named) == 0 && in.mem != nil {
		f.Named = same(all, in)
	}
	if res.Intent == label.Compare && len(f.Named) == 1 {
		for _, p := range named(all, in.Text) {
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
	f.Wanted = wanted(wantable(all, in, f.Budget), wish, f.Skin, strings.Contains(texts, "孕") || strings.Contains(texts, "哺乳") || f.Customer.Pregnant != "")
	f.Order, f.OrderSure = pickOrder(f.Orders, res, in, f.Product)
	if f.OrderSure {
		f.OrderNamed = numbered(f.Orders, in.Text) != nil || in.mem != nil && spokenOf(f.Orders, in, f.Product) != nil
	}
	if in.re != nil && in.CustomerID != "" && numbered(f.Orders, in.Text) == nil {
		if numbers := in.re.orders(in.Text); len(numbers) > 0 {
			f.Unknown = numbers[0]
		}
	}
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
