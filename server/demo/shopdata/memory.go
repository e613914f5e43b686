package shopdata

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"agentdesk/server/demo/packshot"
	"agentdesk/server/shop"
)

// Memory is the demo shop. It never changes, so it needs no lock; what it returns is copied.
type Memory struct {
	products    map[string]shop.Product
	productIDs  []string // in catalogue order
	byVariant   map[string]string
	looks       map[string]packshot.Look // by product and by variant
	customers   map[string]shop.Customer
	customerIDs []string
	orders      map[string]shop.Order
	of          map[string][]string // order IDs of a customer, newest first
	carts       map[string]shop.Cart
	promotions  []shop.Promotion
	agentOnly   []shop.Promotion // vouchers that customers aren't told of
	policies    []shop.Policy
	reviews     map[string][]shop.Review // of a product, newest first
	finder      func() []findable
}

var _ shop.Shop = (*Memory)(nil)

func missing(what, id string) error { return fmt.Errorf("%s %q: %w", what, id, shop.ErrNotFound) }

// Product implements shop.Shop.
func (m *Memory) Product(ctx context.Context, id string) (shop.Product, error) {
	if err := ctx.Err(); err != nil {
		return shop.Product{}, err
	}
	if owner, ok := m.byVariant[id]; ok {
		id = owner
	}
	p, ok := m.products[id]
	if !ok {
		return shop.Product{}, missing("product", id)
	}
	return copyProduct(p), nil
}

// Customer implements shop.Shop.
func (m *Memory) Customer(ctx context.Context, id string) (shop.Customer, error) {
	if err := ctx.Err(); err != nil {
		return shop.Customer{}, err
	}
	c, ok := m.customers[id]
	if !ok {
		return shop.Customer{}, missing("customer", id)
	}
	c.Concerns, c.Tags = slices.Clone(c.Concerns), slices.Clone(c.Tags)
	return c, nil
}

// Customers returns the IDs of all customers, the ones with a story first. It isn't part of shop.Shop: no platform lists
// its customers; the demo does, for the simulated ones.
func (m *Memory) Customers() []string { return slices.Clone(m.customerIDs) }

// OrdersOf implements shop.Shop.
func (m *Memory) OrdersOf(ctx context.Context, customerID string, limit int) ([]shop.Order, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, ok := m.customers[customerID]; !ok {
		return nil, missing("customer", customerID)
	}
	ids := m.of[customerID]
	if limit > 0 && len(ids) > limit {
		ids = ids[:limit]
	}
	var out []shop.Order
	for _, id := range ids {
		out = append(out, copyOrder(m.orders[id]))
	}
	return out, nil
}

// Order implements shop.Shop.
func (m *Memory) Order(ctx context.Context, id string) (shop.Order, error) {
	if err := ctx.Err(); err != nil {
		return shop.Order{}, err
	}
	o, ok := m.orders[strings.ToUpper(strings.TrimSpace(id))]
	if !ok {
		return shop.Order{}, missing("order", id)
	}
	return copyOrder(o), nil
}

// Cart implements shop.Shop.
func (m *Memory) Cart(ctx context.Context, customerID string) (shop.Cart, error) {
	if err := ctx.Err(); err != nil {
		return shop.Cart{}, err
	}
	if _, ok := m.customers[customerID]; !ok {
		return shop.Cart{}, missing("customer", customerID)
	}
	c := m.carts[customerID]
	c.CustomerID = customerID
	c.Lines = slices.Clone(c.Lines)
	return c, nil
}

// Promotions implements shop.Shop.
func (m *Memory) Promotions(ctx context.Context) ([]shop.Promotion, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return copyPromotions(m.promotions), nil
}

// AgentVouchers returns the vouchers that only agents give. Customers aren't told of them, so Promotions has them not.
func (m *Memory) AgentVouchers(ctx context.Context) ([]shop.Promotion, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return copyPromotions(m.agentOnly), nil
}

// Policies implements shop.Shop.
func (m *Memory) Policies(ctx context.Context) ([]shop.Policy, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var out []shop.Policy
	for _, p := range m.policies {
		out = append(out, copyPolicy(p))
	}
	return out, nil
}

// Policy implements shop.Shop.
func (m *Memory) Policy(ctx context.Context, id string) (shop.Policy, error) {
	if err := ctx.Err(); err != nil {
		return shop.Policy{}, err
	}
	for _, p := range m.policies {
		if p.ID == id {
			return copyPolicy(p), nil
		}
	}
	return shop.Policy{}, missing("policy", id)
}

// Reviews implements shop.Shop.
func (m *Memory) Reviews(ctx context.Context, productID string, limit int) ([]shop.Review, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if _, ok := m.products[productID]; !ok {
		return nil, missing("product", productID)
	}
	list := m.reviews[productID]
	if limit > 0 && len(list) > limit {
		list = list[:limit]
	}
	return slices.Clone(list), nil
}
