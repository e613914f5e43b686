package shopdata

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"agentdesk/server/shop"
)

// invented is how many customers nobody wrote.
const invented = 260

// people makes the customers that nobody wrote, as rows beside those that somebody did.
func (b *builder) people() error {
	phones, nicks, ids := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range b.rows.customers {
		phones[c.Phone], nicks[c.Nick], ids[c.ID] = true, true, true
	}
	from := b.rows.people
	if len(from.Surnames) == 0 || len(from.Given) == 0 || len(from.Nicks) == 0 || len(from.Heads) == 0 || len(from.Tails) == 0 || len(from.Cities) == 0 || len(from.Places) == 0 || len(from.Skins) == 0 || len(from.Tags) < 5 {
		return fmt.Errorf("people.json lacks something")
	}
	skins := slices.Sorted(maps.Keys(from.Skins))
	for i := range invented {
		id := fmt.Sprintf("c-%04d", 61+i)
		if ids[id] {
			return fmt.Errorf("customer %s is written and invented", id)
		}
		rng := b.random("person " + id)
		c := customerRow{ID: id, City: choose(rng, from.Cities), Channel: choose(rng, shop.Channels())}
		for n := 0; c.Nick == "" || nicks[c.Nick]; n++ {
			if c.Nick = choose(rng, from.Heads) + choose(rng, from.Tails); n == 0 && rng.IntN(3) == 0 {
				c.Nick = choose(rng, from.Nicks)
			}
			if n > 20 {
				c.Nick = fmt.Sprintf("%s%d", c.Nick, n)
			}
		}
		if rng.IntN(12) > 0 { // some channels don't tell names
			c.Name = choose(rng, from.Surnames) + choose(rng, from.Given)
		}
		for n := rng.IntN(10_000); ; n = (n + 1) % 10_000 {
			if c.Phone = fmt.Sprintf("1540000%04d", n); !phones[c.Phone] {
				break
			}
		}
		phones[c.Phone], nicks[c.Nick] = true, true
		c.Address = fmt.Sprintf("%s示例路 %d 号 %d 栋 %d 室", c.City, 1+rng.IntN(199), 1+rng.IntN(28), 100*(1+rng.IntN(30))+1+rng.IntN(4))
		if rng.IntN(10) > 0 {
			c.Skin = choose(rng, skins)
			c.Concerns = some(rng, from.Skins[c.Skin], 1+rng.IntN(2))
		}
		c.Tags = some(rng, from.Tags, 1+rng.IntN(4))
		if rng.IntN(28) == 0 {
			c.Pregnant = pick(rng, "备孕", "孕 9 周", "孕 18 周", "孕 31 周", "哺乳期")
			c.Tags = append(c.Tags, "孕产期")
		}
		if err := b.history(&c, rng); err != nil {
			return err
		}
		b.rows.customers = append(b.rows.customers, c)
	}
	return nil
}

// history gives a customer a tier, and the spend and orders that go with it.
func (b *builder) history(c *customerRow, rng *rand.Rand) error {
	c.Tier = pick(rng, shop.New, shop.New, shop.Silver, shop.Silver, shop.Silver, shop.Silver, shop.Gold, shop.Gold, shop.Gold, shop.Platinum, shop.Platinum, shop.Black)
	var low, high int64 = 0, 0
	for i, t := range shop.Tiers() {
		if t != c.Tier {
			continue
		}
		var err error
		if i > 0 {
			if low, err = b.figure("policy-member", string(t)+"_fen"); err != nil {
				return err
			}
		}
		high = 3 * low
		if i+1 < len(shop.Tiers()) {
			if high, err = b.figure("policy-member", string(shop.Tiers()[i+1])+"_fen"); err != nil {
				return err
			}
		}
	}
	mean := int64(15_000 + rng.IntN(32_000))
	c.SpentFen = low + int64(float64(high-low)*0.92*rng.Float64()*rng.Float64())
	c.SpentFen -= c.SpentFen % 100
	if c.Tier == shop.New {
		c.SpentFen = min(c.SpentFen, 38_000) / 2
		if rng.IntN(3) == 0 {
			c.SpentFen = 0
		}
		c.SpentFen -= c.SpentFen % 100
	}
	c.Orders = int(c.SpentFen / mean)
	if c.SpentFen > 0 {
		c.Orders = max(1, c.Orders)
	}
	keeps := map[shop.Tier]int{shop.New: 1, shop.Silver: 5, shop.Gold: 10, shop.Platinum: 18, shop.Black: 30}[c.Tier]
	c.Here = min(c.Orders, keeps)
	if c.Here == 0 && rng.IntN(2) == 0 {
		c.Here = 1 // put aside and never paid
	}
	c.JoinedDays = 12 + rng.IntN(40) + c.Orders*(8+rng.IntN(28))
	if c.Tier == shop.New {
		c.JoinedDays = 3 + rng.IntN(70)
	}
	if c.Orders > 3 && rng.IntN(3) == 0 {
		c.Returns = 1000 * (1 + rng.IntN(1+c.Orders/8)) / c.Orders
	}
	c.Points = c.SpentFen / 100 * int64(rng.IntN(60)) / 100
	if c.Orders > 0 && rng.IntN(6) > 0 {
		c.Rating = pick(rng, 50, 50, 49, 49, 48, 48, 47, 46, 45, 43, 40, 36)
	}
	return nil
}

func choose[T any](rng *rand.Rand, of []T) T { return of[rng.IntN(len(of))] }

// some chooses n different ones.
func some(rng *rand.Rand, of []string, n int) []string {
	var out []string
	for _, i := range rng.Perm(len(of)) {
		if len(out) == n {
			break
		}
		out = append(out, of[i])
	}
	return out
}
