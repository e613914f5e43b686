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
	"agentdesk/sync/label"
)

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
	for _, want := range []string{toolOrder, toolCancel, toolAddress, toolReturn, toolProtect, toolCoupon, toolInvoice, toolNotify, toolProducts, toolCompare, toolCart, toolSet, toolPayLink} {
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
