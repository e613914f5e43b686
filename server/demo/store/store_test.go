package store_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/demo/store"
	"agentdesk/server/shop"
	"agentdesk/server/shop/shoptest"
)

func evening() time.Time { return time.Date(2026, 11, 24, 20, 40, 30, 0, shopdata.Zone()) }

func base(t testing.TB) *shopdata.Memory {
	t.Helper()
	m, err := shopdata.New(shopdata.Params{Files: demo.Shop(), Now: evening(), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// clock stands still until it is moved.
type clock struct{ past atomic.Int64 }

func (c *clock) now() time.Time          { return evening().Add(time.Duration(c.past.Load())) }
func (c *clock) advance(d time.Duration) { c.past.Add(int64(d)) }

func open(t testing.TB, dir string, c *clock) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), store.Params{Base: base(t), Path: filepath.Join(dir, "shop.db"), Now: c.now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestStore_KeepsTheContractOfAShop(t *testing.T) {
	s := open(t, t.TempDir(), &clock{})
	defer func() { _ = s.Close() }()
	shoptest.Run(t, shoptest.Params{Shop: s, Customer: "c-linxiaolu", Idle: "c-niannian", Query: "神经酰胺面霜"})
}

func TestStore_KeepsTheContractOfAStore(t *testing.T) {
	c := &clock{}
	shoptest.RunStore(t, shoptest.StoreParams{
		Open: func(t *testing.T, dir string) (shop.Store, func() error) {
			s := open(t, dir, c)
			return s, s.Close
		},
		Advance:  func(t *testing.T, d time.Duration) { c.advance(d); t.Cleanup(func() { c.past.Store(0) }) },
		Customer: "c-linxiaolu", Other: "c-suwanwan", Cheap: "p-hand-cream-60g", Dear: "p-set-barrier-std", Gone: "p-sun-stick-15g",
	})
}
