package shopdata

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"agentdesk/server/demo/packshot"
	"agentdesk/server/demo/pricing"
	"agentdesk/server/shop"
)

// Zone is the shop's: its days begin in China.
func Zone() *time.Location { return time.FixedZone("CST", 8*3600) }

// Params configures New.
type Params struct {
	Files fs.FS     // the data; assets/demo.Shop() for the demo
	Now   time.Time // the moment of start: all dates are relative to its day in the shop's zone
	Seed  uint64    // of the orders that nobody wrote by hand
}

// What the data may ask for, so that a slip of the pen doesn't fill the memory.
const (
	maxOrders   = 1000 // of one customer
	maxQuantity = 999  // of one line
)

type builder struct {
	rows rows
	now  time.Time // to the minute, in the shop's zone
	day  time.Time // its midnight
	seed uint64
	out  *Memory

	rules pricing.Rules
}

// New makes the shop. It fails when the data contradicts itself: an unknown ID, a date or a state that can't be.
func New(p Params) (*Memory, error) {
	r, err := decodeAll(p.Files)
	if err != nil {
		return nil, err
	}
	now := p.Now.In(Zone()).Truncate(time.Minute)
	b := &builder{rows: r, now: now, seed: p.Seed, out: &Memory{
		products: map[string]shop.Product{}, byVariant: map[string]string{}, customers: map[string]shop.Customer{},
		looks: map[string]packshot.Look{}, orders: map[string]shop.Order{}, of: map[string][]string{}, carts: map[string]shop.Cart{}, reviews: map[string][]shop.Review{},
	}}
	b.day = time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	for _, step := range []func() error{b.policies, b.promotions, b.pricing, b.products, b.people, b.customers, b.allOrders, b.carts, b.reviews} {
		if err := step(); err != nil {
			return nil, fmt.Errorf("make demo shop: %w", err)
		}
	}
	b.out.finder = sync.OnceValue(b.out.findables)
	return b.out, nil
}

func (b *builder) daysAgo(n int) time.Time { return b.day.AddDate(0, 0, -n) }

func (b *builder) policies() error {
	for _, r := range b.rows.policies {
		date, err := time.ParseInLocation(time.DateOnly, r.Date, Zone())
		if err != nil {
			return fmt.Errorf("policy %s: %w", r.ID, err)
		}
		p := shop.Policy{ID: r.ID, Title: r.Title, Version: r.Version, Date: date, Figures: r.Figures}
		for _, s := range r.Sections {
			p.Sections = append(p.Sections, shop.Section{No: s.No, Title: s.Title, Text: s.Text})
		}
		b.out.policies = append(b.out.policies, p)
	}
	return nil
}

// figure is a number that a policy states.
func (b *builder) figure(policy, name string) (int64, error) {
	for _, p := range b.out.policies {
		if n, ok := p.Figures[name]; ok && p.ID == policy {
			return n, nil
		}
	}
	return 0, fmt.Errorf("policy %s has no figure %s", policy, name)
}

// pricing takes the rules from what the policies and promotions say.
func (b *builder) pricing() (err error) {
	b.rules.Promotions = b.out.promotions
	if b.rules.FreeFen, err = b.figure("policy-shipping", "free_ship_fen"); err != nil {
		return err
	}
	b.rules.ShipFen, err = b.figure("policy-shipping", "shipping_fen")
	return err
}

func (b *builder) promotions() error {
	for _, r := range b.rows.promotions {
		p := shop.Promotion{
			ID: r.ID, Title: r.Title, Text: b.dated(r.Text), Kind: r.Kind, Products: r.Products, MinFen: r.MinFen, OffFen: r.OffFen, Gift: r.Gift,
			Tiers: r.Tiers, Channels: r.Channels, Stackable: r.Stackable,
			From: b.day.AddDate(0, 0, r.FromDays), Until: b.day.AddDate(0, 0, r.UntilDays+1).Add(-time.Second),
		}
		if r.Agents && p.Kind != shop.Voucher {
			return fmt.Errorf("promotion %s: agents give vouchers only", p.ID)
		}
		if r.Agents {
			b.out.agentOnly = append(b.out.agentOnly, p)
			continue
		}
		b.out.promotions = append(b.out.promotions, p)
	}
	return nil
}

// dated writes the days of a text, {day:-5} being five days before the start day.
func (b *builder) dated(text string) string {
	for {
		before, rest, ok := strings.Cut(text, "{day:")
		n, after, closed := strings.Cut(rest, "}")
		days, err := strconv.Atoi(n)
		if !ok || !closed || err != nil {
			return text
		}
		day := b.day.AddDate(0, 0, days)
		text = fmt.Sprintf("%s%d 月 %d 日%s", before, day.Month(), day.Day(), after)
	}
}

// coupon is the price after the coupon that covers a variant; 0 for none.
func (b *builder) coupon(product string, list int64) int64 {
	for _, p := range b.out.promotions {
		if p.Kind == shop.Coupon && slices.Contains(p.Products, product) && list >= p.MinFen {
			return list - p.OffFen
		}
	}
	return 0
}

func (b *builder) products() error {
	// The catalogue is refreshed every half hour.
	updated := b.now.Truncate(30 * time.Minute)
	for _, r := range b.rows.products {
		p := shop.Product{
			ID: r.ID, Title: r.Title, Aliases: r.Aliases, Category: r.Category, Department: r.Department, Summary: r.Summary, Points: r.Points, Ingredients: r.Ingredients, Free: r.Free,
			Skins: r.Skins, Concerns: r.Concerns, Pregnancy: r.Pregnancy, Pregnant: r.Pregnant, Usage: r.Usage, Step: r.Step, When: r.When,
			Lasts: r.Lasts, ShelfLife: r.ShelfLife, Conflicts: r.Conflicts, Contains: r.Contains, Cautions: r.Cautions, Filing: r.Filing,
			Picture: r.ID + ".svg", Thumb: r.ID + "-card.svg", Rating: r.Rating, Reviews: r.Reviews, UpdatedAt: updated,
		}
		for _, a := range r.Actives {
			p.Actives = append(p.Actives, shop.Active{Name: a.Name, Share: a.Share, Does: a.Does, INCI: cmp.Or(a.INCI, a.Name)})
		}
		p.Allergens = b.allergens(p.Ingredients)
		for _, v := range r.Variants {
			if _, taken := b.out.byVariant[v.ID]; taken {
				return fmt.Errorf("variant %s twice", v.ID)
			}
			w := shop.Variant{ID: v.ID, Name: v.Name, Tint: v.Tint, ListFen: v.ListFen, CouponFen: b.coupon(r.ID, v.ListFen), Stock: v.Stock}
			if v.ListFen <= 0 || w.CouponFen < 0 || v.Stock < 0 {
				return fmt.Errorf("variant %s: list price %d, after coupon %d, stock %d", v.ID, v.ListFen, w.CouponFen, v.Stock)
			}
			if v.RestockDays > 0 {
				w.RestockAt = b.day.AddDate(0, 0, v.RestockDays)
			}
			if v.Tint != "" {
				w.Picture = v.ID + ".svg"
			}
			p.Variants = append(p.Variants, w)
			b.out.byVariant[v.ID] = r.ID
			b.look(r, v)
		}
		if _, taken := b.out.products[r.ID]; taken || len(p.Variants) == 0 {
			return fmt.Errorf("product %s twice or without variants", r.ID)
		}
		b.out.products[r.ID] = p
		b.out.productIDs = append(b.out.productIDs, r.ID)
	}
	return nil
}

// allergens tells what in a list people react to, group by group.
func (b *builder) allergens(list []string) []string {
	var out []string
	for _, g := range b.rows.allergens {
		var found []string
		for _, in := range list {
			if name, _, _ := strings.Cut(in, "（"); slices.Contains(g.Ingredients, name) {
				found = append(found, name)
			}
		}
		if len(found) > 0 {
			out = append(out, g.Name+"（"+strings.Join(found, "、")+"）")
		}
	}
	return out
}

// line is quantity of a variant at what it costs now.
func (b *builder) line(r lineRow) (shop.OrderLine, error) {
	p, ok := b.out.products[b.out.byVariant[r.Variant]]
	if !ok || r.Quantity <= 0 || r.Quantity > maxQuantity {
		return shop.OrderLine{}, fmt.Errorf("line %s × %d", r.Variant, r.Quantity)
	}
	v := p.Variants[slices.IndexFunc(p.Variants, func(v shop.Variant) bool { return v.ID == r.Variant })]
	return shop.OrderLine{ProductID: p.ID, VariantID: v.ID, Title: p.Title, Variant: v.Name, Quantity: r.Quantity, UnitFen: v.PayFen(), ListFen: v.ListFen}, nil
}

func (b *builder) customers() error {
	for _, r := range b.rows.customers {
		if _, taken := b.out.customers[r.ID]; taken || r.Tier.Zh() == "" || r.Channel.Zh() == "" {
			return fmt.Errorf("customer %s: twice, or tier %q, or channel %q", r.ID, r.Tier, r.Channel)
		}
		if r.Here < 0 || r.Here > maxOrders {
			return fmt.Errorf("customer %s: %d orders to make", r.ID, r.Here)
		}
		b.out.customers[r.ID] = shop.Customer{
			ID: r.ID, Nick: r.Nick, Name: r.Name, Tier: r.Tier, Channel: r.Channel, City: r.City, Phone: r.Phone, Address: r.Address, Skin: r.Skin,
			Concerns: r.Concerns, Pregnant: r.Pregnant, Tags: r.Tags, JoinedAt: b.daysAgo(r.JoinedDays).Add(10 * time.Hour), SpentFen: r.SpentFen,
			Orders: r.Orders, Returns: r.Returns, Points: r.Points, Rating: r.Rating,
		}
		b.out.customerIDs = append(b.out.customerIDs, r.ID)
	}
	return nil
}

func (b *builder) carts() error {
	for _, r := range b.rows.carts {
		if _, ok := b.out.customers[r.Customer]; !ok {
			return fmt.Errorf("cart of unknown customer %s", r.Customer)
		}
		c := shop.Cart{CustomerID: r.Customer, UpdatedAt: b.now.Add(-25 * time.Minute)}
		for _, l := range r.Lines {
			line, err := b.line(l)
			if err != nil {
				return fmt.Errorf("cart of %s: %w", r.Customer, err)
			}
			c.Lines = append(c.Lines, line)
			c.TotalFen += int64(line.Quantity) * line.UnitFen
		}
		b.out.carts[r.Customer] = c
	}
	return nil
}
