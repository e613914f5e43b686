package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"

	"pgregory.net/rapid"

	"agentdesk/server/demo/store"
	"agentdesk/server/shop"
)

// What a customer may do in any order, with restarts between, leaves carts, stock and orders as a plain model says.
func TestStore_IsWhatAPlainModelSays(t *testing.T) {
	m := base(t)
	variants := []string{"p-lip-balm-3.5g", "p-peptide-serum-15ml", "p-set-winter-std", "p-sun-stick-15g"}
	dir := t.TempDir()
	runs := 0
	rapid.Check(t, func(r *rapid.T) {
		runs++
		path := filepath.Join(dir, fmt.Sprintf("%d.db", runs))
		c := &clock{}
		reopen := func() *store.Store {
			s, err := store.Open(t.Context(), store.Params{Base: m, Path: path, Now: c.now})
			if err != nil {
				r.Fatal(err)
			}
			return s
		}
		s := reopen()
		defer func() { _ = s.Close() }()
		ctx := t.Context()
		const who = "guest-model"
		stock, cart, orders := map[string]int{}, map[string]int{}, map[string]map[string]int{}
		for _, v := range variants {
			p, err := m.Product(ctx, v)
			if err != nil {
				r.Fatal(err)
			}
			for _, x := range p.Variants {
				if x.ID == v {
					stock[v] = x.Stock
				}
			}
		}
		to := shop.Recipient{Name: "安安", Phone: "15400000001", Address: "浙江杭州示例路 6 号"}
		var unpaid []string
		n := 0
		r.Repeat(map[string]func(*rapid.T){
			"set": func(r *rapid.T) {
				v, q := rapid.SampledFrom(variants).Draw(r, "variant"), rapid.IntRange(0, 130).Draw(r, "quantity")
				_, err := s.SetQuantity(ctx, who, v, q)
				if q > cart[v] && q > stock[v] {
					if !errors.Is(err, shop.ErrStock) {
						r.Fatalf("took %d of %d: %v", q, stock[v], err)
					}
					return
				}
				if err != nil {
					r.Fatal(err)
				}
				if cart[v] = q; q == 0 {
					delete(cart, v)
				}
			},
			"order": func(r *rapid.T) {
				n++
				o, err := s.PlaceOrder(ctx, who, shop.Want{Key: fmt.Sprint("k", n), To: to})
				short := false
				for v, q := range cart {
					short = short || q > stock[v]
				}
				switch {
				case len(unpaid) >= 20: // asked first: who may place no order is not told what it would lack
					if !errors.Is(err, shop.ErrFull) {
						r.Fatalf("order %d: %v", len(unpaid), err)
					}
				case short:
					if !errors.Is(err, shop.ErrStock) {
						r.Fatalf("ordered %v of %v: %v", cart, stock, err)
					}
				case len(cart) == 0:
					if !errors.Is(err, shop.ErrInvalid) {
						r.Fatalf("ordered nothing: %v", err)
					}
				case err != nil:
					r.Fatal(err)
				default:
					orders[o.ID] = map[string]int{}
					for _, l := range o.Lines {
						orders[o.ID][l.VariantID] = l.Quantity
					}
					unpaid = append(unpaid, o.ID)
				}
			},
			"pay": func(r *rapid.T) {
				if len(unpaid) == 0 {
					return
				}
				id := rapid.SampledFrom(unpaid).Draw(r, "order")
				_, err := s.PayOrder(ctx, who, id)
				for v, q := range orders[id] {
					if q > stock[v] {
						if !errors.Is(err, shop.ErrStock) {
							r.Fatalf("paid for %d of %d: %v", q, stock[v], err)
						}
						return
					}
				}
				if err != nil {
					r.Fatal(err)
				}
				for v, q := range orders[id] {
					stock[v] -= q
					if cart[v] -= q; cart[v] <= 0 {
						delete(cart, v)
					}
				}
				for i, u := range unpaid {
					if u == id {
						unpaid = append(unpaid[:i], unpaid[i+1:]...)
						break
					}
				}
			},
			"restart": func(r *rapid.T) {
				if err := s.Close(); err != nil {
					r.Fatal(err)
				}
				s = reopen()
			},
			"": func(r *rapid.T) {
				got, err := s.Cart(ctx, who)
				if err != nil || len(got.Lines) != len(cart) {
					r.Fatalf("cart %+v, model %v, %v", got.Lines, cart, err)
				}
				for _, l := range got.Lines {
					if cart[l.VariantID] != l.Quantity {
						r.Fatalf("cart %+v, model %v", got.Lines, cart)
					}
				}
				for v, want := range stock {
					p, err := s.Product(ctx, v)
					if err != nil {
						r.Fatal(err)
					}
					for _, x := range p.Variants {
						if x.ID == v && x.Stock != want {
							r.Fatalf("%s: %d in stock, model %d", v, x.Stock, want)
						}
					}
				}
				list, err := s.OrdersOf(ctx, who, 0)
				if err != nil || len(list) != len(orders) {
					r.Fatalf("%d orders, model %d, %v", len(list), len(orders), err)
				}
			},
		})
	})
}
