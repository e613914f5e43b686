package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"agentdesk/server/demo/store"
	"agentdesk/server/shop"
)

func TestOpen_RefusesANewerDatabase(t *testing.T) {
	dir := t.TempDir()
	if err := open(t, dir, &clock{}).Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "shop.db")
	change(t, path, "PRAGMA user_version = 99")
	if _, err := store.Open(t.Context(), store.Params{Base: base(t), Path: path}); !errors.Is(err, store.ErrNewer) {
		t.Errorf("opened a database of the future: %v", err)
	}
}

func change(t testing.TB, path, query string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite3", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestStore_LetsTheOldestGuestsGoButNobodyWhoOrdered(t *testing.T) {
	c := &clock{}
	path := filepath.Join(t.TempDir(), "shop.db")
	s, err := store.Open(t.Context(), store.Params{Base: base(t), Path: path, Now: c.now, Carts: 5})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	const variant = "p-hand-cream-60g"
	add := func(who string) {
		t.Helper()
		if _, err := s.AddToCart(ctx, who, variant, 1); err != nil {
			t.Fatal(err)
		}
		c.advance(time.Minute)
	}
	add("c-linxiaolu")
	add("guest-buyer")
	if _, err := s.PlaceOrder(ctx, "guest-buyer", shop.Want{Key: "k", To: shop.Recipient{Name: "安安", Phone: "15400000001", Address: "浙江杭州示例路 6 号"}}); err != nil {
		t.Fatal(err)
	}
	for i := range 12 {
		add(fmt.Sprintf("guest-%d", i))
	}
	for range 2 { // and again after a restart
		for who, want := range map[string]int{"guest-0": 0, "guest-8": 0, "guest-11": 1, "guest-buyer": 1} {
			if cart, err := s.Cart(ctx, who); err != nil || len(cart.Lines) != want {
				t.Errorf("%s has %d lines, want %d, %v", who, len(cart.Lines), want, err)
			}
		}
		if _, err := s.Customer(ctx, "guest-0"); !errors.Is(err, shop.ErrNotFound) {
			t.Errorf("the oldest guest: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if s, err = store.Open(ctx, store.Params{Base: base(t), Path: path, Now: c.now, Carts: 5}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// FuzzOpen breaks the promise that whatever a row holds, the store refuses it or goes on.
func FuzzOpen(f *testing.F) {
	f.Add(uint8(0), `{"order":{"ID":"CY8820000001","CustomerID":"c-linxiaolu","State":"paid","Lines":[{"ProductID":"p-lip-balm","VariantID":"p-lip-balm-3.5g","Quantity":1,"UnitFen":4900}]},"made":true}`)
	f.Add(uint8(0), `{"order":{"State":"paid","PaidAt":"2026-11-24T20:40:30+08:00"},"made":true}`)
	f.Add(uint8(1), `{"items":[{"Variant":"p-lip-balm-3.5g","Quantity":-4}]}`)
	f.Add(uint8(1), `[]`)
	f.Add(uint8(2), `{"ID":"guest-1"}`)
	m := base(f)
	into := []string{"INSERT INTO orders VALUES ('x', ?)", "INSERT INTO carts VALUES ('guest-1', ?)", "INSERT INTO guests VALUES ('guest-1', ?)", "INSERT INTO coupons VALUES ('guest-1', 'x', ?)"}
	f.Fuzz(func(t *testing.T, table uint8, body string) {
		path := filepath.Join(t.TempDir(), "shop.db")
		s, err := store.Open(t.Context(), store.Params{Base: m, Path: path})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		change(t, path, into[int(table)%len(into)], body)
		if s, err = store.Open(t.Context(), store.Params{Base: m, Path: path}); err != nil {
			return
		}
		for _, who := range []string{"guest-1", "c-linxiaolu"} {
			if c, err := s.Cart(t.Context(), who); err == nil && c.PayFen < 0 {
				t.Errorf("a cart of %d", c.PayFen)
			}
			if _, err := s.OrdersOf(t.Context(), who, 0); err != nil && !errors.Is(err, shop.ErrNotFound) {
				t.Error(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})
}
