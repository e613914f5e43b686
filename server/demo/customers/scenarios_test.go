package customers_test

import (
	"context"
	"slices"
	"testing"
	"time"

	assets "agentdesk/assets/demo"
	"agentdesk/server/demo/customers"
	"agentdesk/server/demo/shopdata"
	"agentdesk/server/shop"
)

func load(t *testing.T) ([]customers.Scenario, *shopdata.Memory) {
	t.Helper()
	all, err := customers.Load(assets.Scenarios())
	if err != nil {
		t.Fatal(err)
	}
	s, err := shopdata.New(shopdata.Params{Files: assets.Shop(), Now: time.Date(2026, 11, 24, 20, 40, 0, 0, shopdata.Zone()), Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return all, s
}

func said(s *customers.Scenario) []customers.Say {
	all := slices.Concat(s.Opening, s.Right.Say, s.Wrong, s.Slow, s.Human)
	if s.Then != nil {
		all = slices.Concat(all, s.Then.Opening, s.Then.Right.Say)
	}
	return all
}

func TestScenarios_NameOnlyWhatTheDemoShopHas(t *testing.T) {
	all, sh := load(t)
	ctx := context.Background()
	product := func(id, in string) {
		if _, err := sh.Product(ctx, id); err != nil {
			t.Errorf("%s: product %s: %v", in, id, err)
		}
	}
	for _, sc := range all {
		if sc.Customer != "" {
			if _, err := sh.Customer(ctx, sc.Customer); err != nil {
				t.Errorf("%s: customer %s: %v", sc.ID, sc.Customer, err)
			}
		}
		if sc.Buys != nil {
			product(sc.Buys.Variant, sc.ID)
		}
		for _, say := range said(&sc) {
			if say.Product != "" {
				product(say.Product, sc.ID)
			}
			if say.Order == "" {
				continue
			}
			if o, err := sh.Order(ctx, say.Order); err != nil || o.CustomerID != sc.Customer {
				t.Errorf("%s: order %s of %q, %v", sc.ID, say.Order, o.CustomerID, err)
			}
		}
	}
}

func TestScenarios_AreManyAndOfAllKinds(t *testing.T) {
	all, sh := load(t)
	intents, moods, reasons, tiers, channels := map[string]int{}, map[string]int{}, map[string]int{}, map[shop.Tier]int{}, map[shop.Channel]int{}
	traits := map[string]int{}
	for _, sc := range all {
		intents[sc.Intent]++
		moods[sc.Mood]++
		reasons[sc.Escalates]++
		if c, err := sh.Customer(context.Background(), sc.Customer); err == nil {
			tiers[c.Tier]++
			channels[c.Channel]++
		}
		for name, is := range map[string]bool{"guest": sc.Customer == "", "English": sc.Lang == "en", "comes back": sc.Then != nil, "knows": len(sc.Knows) > 0,
			"puts into the cart": sc.Buys != nil && !sc.Buys.Pays, "pays": sc.Buys != nil && sc.Buys.Pays, "typos": sc.Typos > 0, "form": sc.Form != nil} {
			if is {
				traits[name]++
			}
		}
		for _, say := range said(&sc) {
			for name, is := range map[string]bool{"voice": say.Voice > 0, "picture": say.Picture != "", "order card": say.Order != "", "quote": say.Quote,
				"recall": say.Recall, "silence": say.Wait > 0, "goes away": say.Away > 0} {
				if is {
					traits[name]++
				}
			}
		}
	}
	if len(all) < 60 {
		t.Errorf("%d scenarios, want 60 or more", len(all))
	}
	for what, n := range map[string][2]int{"intents": {len(intents), 20}, "moods": {len(moods), 6}, "tiers": {len(tiers), 5}, "channels": {len(channels), 5}} {
		if n[0] < n[1] {
			t.Errorf("%d %s, want %d", n[0], what, n[1])
		}
	}
	for _, want := range []string{"human_request", "adverse_reaction", "angry", "dispute", "high_value", "bot_failed", "out_of_policy"} {
		if reasons[want] == 0 {
			t.Errorf("no scenario escalates for %s", want)
		}
	}
	for _, want := range []string{"guest", "English", "comes back", "knows", "puts into the cart", "pays", "typos", "form", "voice", "picture", "order card",
		"quote", "recall", "silence", "goes away"} {
		if traits[want] == 0 {
			t.Errorf("no scenario has: %s", want)
		}
	}
}
