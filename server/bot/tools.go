package bot

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"unicode/utf8"

	"agentdesk/server/shop"
)

// The tools. Those that change something act only after the customer said yes to what the bot put in words.
const (
	toolOrder    = "look_up_order"
	toolCancel   = "cancel_order"
	toolProtect  = "protect_price"
	toolInvoice  = "request_invoice"
	toolNotify   = "notify_stock"
	toolCoupon   = "claim_coupon"
	toolCart     = "add_to_cart"
	toolSet      = "set_in_cart"
	toolAddress  = "change_address"
	toolReturn   = "request_return"
	toolPayLink  = "pay_link"
	toolProducts = "recommend_products"
	toolCompare  = "compare_products"
)

// defaultLimit is up to which sum the bot gives money back without a person, in fen.
const defaultLimit = 50_000

// Permission is who may use a tool.
type Permission string

// The permissions.
const (
	Anyone Permission = "anyone"
	Known  Permission = "known" // a customer or guest whose token says who it is
	Owner  Permission = "owner" // and the order is theirs
)

// Arg is one argument of a tool.
type Arg struct {
	Name, Type  string // string or integer
	Description string
	Max         int // runes of a string, the greatest integer
	Optional    bool
}

// Tool is something that the bot can do in the shop.
type Tool struct {
	Name, Description string
	Permission        Permission
	Args              []Arg
	Writes            bool  // it changes something: once a key, and after a yes
	LimitFen          int64 // of money that it gives back; more is a person's to decide; 0 when it gives none
	Form              bool  // the customer's filled-in form is the yes
}

// Schema is the tool's arguments as JSON Schema.
func (t Tool) Schema() json.RawMessage {
	props, need := map[string]any{}, []string{}
	for _, a := range t.Args {
		p := map[string]any{"type": a.Type, "description": a.Description}
		if a.Type == "integer" {
			p["minimum"], p["maximum"] = 1, a.Max
		} else {
			p["minLength"], p["maxLength"] = 1, a.Max
		}
		props[a.Name] = p
		if !a.Optional {
			need = append(need, a.Name)
		}
	}
	raw, err := json.Marshal(map[string]any{"type": "object", "properties": props, "required": need, "additionalProperties": false})
	if err != nil {
		return json.RawMessage(`{}`) // strings and numbers always marshal
	}
	return raw
}

// Tools lists what the bot can do, with a limit in fen for money that goes back.
func Tools(limit int64) []Tool {
	order := Arg{Name: "order", Type: "string", Description: "the order's ID", Max: 32}
	variant := Arg{Name: "variant", Type: "string", Description: "the variant's ID", Max: 64}
	return []Tool{
		{Name: toolOrder, Description: "where an order and its parcels are", Permission: Owner, Args: []Arg{order}},
		{Name: toolCancel, Description: "cancel an order that is not packed; what was paid goes back", Permission: Owner, Args: []Arg{order}, Writes: true, LimitFen: limit},
		{Name: toolProtect, Description: "pay back what an order's goods cost less now", Permission: Owner, Args: []Arg{order}, Writes: true, LimitFen: limit},
		{Name: toolInvoice, Description: "ask for an order's invoice", Permission: Owner, Writes: true, Args: []Arg{order,
			{Name: "title", Type: "string", Description: "in whose name", Max: 100}, {Name: "tax", Type: "string", Description: "a company's tax number", Max: 30, Optional: true}}},
		{Name: toolNotify, Description: "tell the customer when a variant is back in stock", Permission: Known, Args: []Arg{variant}, Writes: true},
		{Name: toolCoupon, Description: "claim a coupon", Permission: Known, Writes: true, Args: []Arg{{Name: "coupon", Type: "string", Description: "the coupon's ID", Max: 64}}},
		{Name: toolCart, Description: "put so many of a variant into the cart, beside those that are there", Permission: Known, Writes: true, Args: []Arg{variant,
			{Name: "quantity", Type: "integer", Description: "how many to add", Max: 99}}},
		{Name: toolSet, Description: "correct how many of a variant are in the cart", Permission: Known, Writes: true, Args: []Arg{variant,
			{Name: "quantity", Type: "integer", Description: "how many there are to be", Max: 99}}},
		{Name: toolAddress, Description: "send an order elsewhere, by a form", Permission: Owner, Args: []Arg{order}, Writes: true, Form: true},
		{Name: toolReturn, Description: "ask for a return, refund or exchange, by a form", Permission: Owner, Args: []Arg{order}, Writes: true, Form: true, LimitFen: limit},
		{Name: toolPayLink, Description: "where to pay an order, or what is in the cart", Permission: Known, Args: []Arg{{Name: "order", Type: "string", Description: "the order's ID", Max: 32, Optional: true}}},
		{Name: toolProducts, Description: "products for a wish", Permission: Anyone, Args: []Arg{{Name: "wish", Type: "string", Description: "in the customer's words", Max: 500}}},
		{Name: toolCompare, Description: "two products side by side", Permission: Anyone, Args: []Arg{{Name: "a", Type: "string", Description: "a product's ID", Max: 64}, {Name: "b", Type: "string", Description: "the other's", Max: 64}}},
	}
}

// Why a tool was not used.
var (
	ErrTool      = errors.New("bot: no such tool")
	ErrArguments = errors.New("bot: arguments that the tool does not take")
	ErrForbidden = errors.New("bot: not this customer's")
	ErrLimit     = errors.New("bot: above what the bot may decide")
)

// call is a use of a tool.
type call struct {
	Tool string
	Args map[string]string
}

// key makes a call at one place of a conversation the same call when it is tried again.
func (c call) key(conversation, at string) string {
	h := sha256.New()
	for _, s := range append([]string{conversation, at, c.Tool}, pairsOf(c.Args)...) {
		_, _ = fmt.Fprintf(h, "%d:%s", len(s), s) // never fails
	}
	return "bot-" + hex.EncodeToString(h.Sum(nil)[:16])
}

func pairsOf(m map[string]string) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		out = append(out, k, m[k])
	}
	return out
}

// tool finds a tool and checks a call's arguments.
func (e *Engine) tool(c call) (Tool, error) {
	i := slices.IndexFunc(e.tools, func(t Tool) bool { return t.Name == c.Tool })
	if i < 0 {
		return Tool{}, fmt.Errorf("%w: %.40q", ErrTool, c.Tool)
	}
	t := e.tools[i]
	known := 0
	for _, a := range t.Args {
		v, ok := c.Args[a.Name]
		if !ok && a.Optional {
			continue
		}
		known++
		if n := utf8.RuneCountInString(v); v == "" || a.Type == "string" && n > a.Max {
			return t, fmt.Errorf("%w: %s: %s of %d characters", ErrArguments, t.Name, a.Name, n)
		}
		if n, err := strconv.Atoi(v); a.Type == "integer" && (err != nil || n < 1 || n > a.Max) {
			return t, fmt.Errorf("%w: %s: %s is %.20q", ErrArguments, t.Name, a.Name, v)
		}
	}
	if known != len(c.Args) {
		return t, fmt.Errorf("%w: %s takes no such argument", ErrArguments, t.Name)
	}
	return t, nil
}

// done is what came of a call.
type done struct {
	order  shop.Order
	fen    int64 // that goes back
	cart   shop.Cart
	coupon shop.OrderCoupon
}

// use carries a call out for a customer. The same key does nothing twice. Every right is checked here again, whatever was
// offered before.
func (e *Engine) use(ctx context.Context, who string, c call, key string, since int64) (done, error) {
	t, err := e.tool(c)
	if err != nil {
		return done{}, err
	}
	if e.p.Till == nil || t.Permission != Anyone && who == "" {
		return done{}, fmt.Errorf("%w: %s for a stranger", ErrForbidden, t.Name)
	}
	var d done
	if t.Permission == Owner {
		if d.order, err = e.p.Till.OrderOf(ctx, who, c.Args["order"]); err != nil {
			return d, fmt.Errorf("%s: %w", t.Name, err)
		}
		if d.order.CustomerID != who {
			return d, fmt.Errorf("%w: order %s", ErrForbidden, d.order.ID)
		}
	}
	switch t.Name {
	case toolCancel:
		if r := d.order.Return; r != nil && r.Kind == shop.ReturnCancel && r.AskedAt.Unix() >= since {
			d.fen = r.RefundFen // by this very yes, before the bot could say so
			return d, nil
		}
		if d.order.State == shop.Paid {
			d.fen = d.order.TotalFen
		}
		if d.fen > t.LimitFen {
			return d, fmt.Errorf("%w: %d fen", ErrLimit, d.fen)
		}
		d.order, err = e.p.Till.CancelOrder(ctx, who, d.order.ID)
	case toolProtect:
		if fall, ferr := e.fallen(ctx, d.order); ferr != nil || fall > t.LimitFen {
			return d, errors.Join(ferr, fmt.Errorf("%w: %d fen", ErrLimit, fall))
		}
		var back shop.PriceBack
		back, err = e.p.Till.ProtectPrice(ctx, who, d.order.ID, key)
		d.fen = back.Fen
	case toolInvoice:
		d.order, err = e.p.Till.AskInvoice(ctx, who, d.order.ID, shop.InvoiceTo{Title: c.Args["title"], TaxNo: c.Args["tax"]})
	case toolNotify:
		err = e.p.Till.NotifyStock(ctx, who, c.Args["variant"])
	case toolCoupon:
		d.coupon, err = e.p.Till.ClaimCoupon(ctx, who, c.Args["coupon"])
	case toolCart:
		n, _ := strconv.Atoi(c.Args["quantity"]) // checked above
		d.cart, err = e.p.Till.AddOnce(ctx, who, c.Args["variant"], n, key)
	case toolSet:
		n, _ := strconv.Atoi(c.Args["quantity"]) // checked above
		d.cart, err = e.p.Till.SetQuantity(ctx, who, c.Args["variant"], n)
	default:
		return d, fmt.Errorf("%w: %s is not used by a yes", ErrTool, t.Name)
	}
	if err != nil {
		return d, fmt.Errorf("%s: %w", t.Name, err)
	}
	return d, nil
}

// fallen is what an order's goods cost less now than was paid and not paid back.
func (e *Engine) fallen(ctx context.Context, o shop.Order) (int64, error) {
	all, err := e.p.Shop.SearchProducts(ctx, "", 0)
	if err != nil {
		return 0, fmt.Errorf("read products: %w", err)
	}
	return fallen(all, o), nil
}

func fallen(all []shop.Product, o shop.Order) int64 {
	var fen int64
	for _, l := range o.Lines {
		for _, p := range all {
			if p.ID != l.ProductID {
				continue
			}
			for _, v := range p.Variants {
				if v.ID == l.VariantID {
					fen += max(0, l.UnitFen-v.PayFen()) * int64(l.Quantity)
				}
			}
		}
	}
	for _, b := range o.Backs {
		fen -= b.Fen
	}
	return max(0, fen)
}
