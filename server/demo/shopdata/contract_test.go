package shopdata_test

import (
	"testing"
	"time"

	"agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/shop/shoptest"
)

func open(t testing.TB, now time.Time) *shopdata.Memory {
	t.Helper()
	m, err := shopdata.New(shopdata.Params{Files: demo.Shop(), Now: now, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func evening() time.Time { return time.Date(2026, 11, 24, 20, 40, 30, 0, shopdata.Zone()) }

func TestMemory_KeepsTheContract(t *testing.T) {
	shoptest.Run(t, shoptest.Params{Shop: open(t, evening()), Customer: "c-linxiaolu", Idle: "c-niannian", Query: "神经酰胺面霜"})
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		open(b, evening())
	}
}
