package shopdata_test

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"

	"agentdesk/assets/demo"
	"agentdesk/server/demo/shopdata"
)

func TestNew_RefusesDataThatContradictsItself(t *testing.T) {
	for name, broken := range map[string]struct{ file, from, to string }{
		"misspelt name":      {"products/sets.json", `"list_fen"`, `"list_fem"`},
		"unknown variant":    {"orders.json", `"p-vc-serum-30ml"`, `"p-no-such"`},
		"unknown customer":   {"orders.json", `"c-linxiaolu"`, `"c-nobody"`},
		"unknown tier":       {"customers.json", `"black"`, `"diamond"`},
		"spent too little":   {"customers.json", `"spent_fen": 1864000`, `"spent_fen": 100`},
		"truncated":          {"policies.json", "]", ""},
		"more than one":      {"carts.json", "[", "[] ["},
		"no figure":          {"policies.json", `"cutoff_hour"`, `"cutoff"`},
		"no people":          {"people.json", `"cities"`, `"towns"`},
		"opinion slot":       {"reviews/body.json", `"good"`, `"fine"`},
		"agents' coupon":     {"promotions.json", `"kind": "voucher", "text": "10 元无`, `"kind": "gift", "text": "10 元无`},
		"review of nothing":  {"reviews.json", `"p-ceramide-cream"`, `"p-nothing"`},
		"impossible parcel":  {"orders.json", `"out_for_delivery"`, `"flying"`},
		"date of the policy": {"policies.json", `"2026-10-28"`, `"2026-13-28"`},
	} {
		t.Run(name, func(t *testing.T) {
			files := patched{demo.Shop(), broken.file, broken.from, broken.to}
			if _, err := shopdata.New(shopdata.Params{Files: files, Now: evening(), Seed: 1}); err == nil {
				t.Error("accepted")
			}
		})
	}
}

// patched serves the data with one file changed.
type patched struct {
	fs.FS
	file, from, to string
}

func (p patched) ReadFile(name string) ([]byte, error) {
	raw, err := fs.ReadFile(p.FS, name)
	if name == p.file {
		raw = []byte(strings.ReplaceAll(string(raw), p.from, p.to))
	}
	return raw, err
}

func FuzzNew_NeverPanics(f *testing.F) {
	// Short seeds: the engine shortens what it finds interesting, and whole files would keep it at that.
	f.Add("orders.json", `[{"id":"x","customer":"c-linxiaolu","lines":[{"variant":"p-vc-serum-30ml","quantity":1}],"state":"signed","parcel":"delivered","days":9,"clock":"20:14"}]`)
	f.Add("orders.json", `[{"id":"x","customer":"c-0010","lines":[{"variant":"p-lip-balm-3.5g","quantity":2}],"state":"returning","parcel":"delivered","days":9,"clock":"99:99","back_days":-3}]`)
	f.Add("carts.json", `[{"customer":"c-linxiaolu","lines":[{"variant":"p-vc-serum-30ml","quantity":-1}]}]`)
	f.Add("promotions.json", `[{"id":"p","kind":"coupon","products":["p-vc-serum"],"off_fen":99999999,"from_days":-999999999}]`)
	f.Add("reviews.json", `[{"id":"r","product":"p-vc-serum","days":2147483647}]`)
	f.Add("policies.json", `[]`)
	f.Add("reviews/common.json", `{}`)
	f.Add("reviews/sets.json", `{"套装":{"good":["[","[]x","{active}","[! / <]y"]}}`)
	f.Add("people.json", `{"surnames":["王"],"given":["一"],"nicks":["a"],"nick_heads":["b"],"nick_tails":["c"],"cities":["d"],"places":["e"],"skins":{"油皮":[]},"tags":["1","2","3","4","5"]}`)
	f.Add("products/sets.json", `[{"id":"p","title":"","variants":[{"id":"v","list_fen":1}],"rating":99}]`)
	f.Add("allergens.json", `[{}]`)
	f.Fuzz(func(t *testing.T, name, content string) {
		m, err := shopdata.New(shopdata.Params{Files: replaced{demo.Shop(), name, content}, Now: evening(), Seed: 1})
		if (m == nil) == (err == nil) {
			t.Fatalf("shop %v, error %v", m, err)
		}
		if err == nil && name == "orders.json" && !json.Valid([]byte(content)) {
			t.Fatal("took what is no JSON")
		}
	})
}

type replaced struct {
	fs.FS
	file, content string
}

func (r replaced) ReadFile(name string) ([]byte, error) {
	if name == r.file {
		return []byte(r.content), nil
	}
	return fs.ReadFile(r.FS, name)
}
