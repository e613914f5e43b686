package page

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"agentdesk/server/cards"
	"agentdesk/server/shop"
	"agentdesk/sync/event"
	"agentdesk/sync/wire"
)

// asked is one request of the chat. It answers with a value, or with a refusal of the shop.
type asked func(c *call, body func(into any) error) (any, error)

// errToken: who asks is not known.
var errToken = errors.New("page: the token is not valid")

// cartNow is what a cart comes to, for the number beside it.
type cartNow struct {
	Count int   `json:"count"`
	Pay   int64 `json:"pay"` // fen
}

func (g *pages) api(mux *http.ServeMux) {
	mux.HandleFunc("GET /api/shop/session", g.session)
	for path, fn := range map[string]asked{
		"GET /api/shop/cart": func(c *call, _ func(any) error) (any, error) {
			cart, err := g.Shop.Cart(c.ctx, c.who.Customer)
			return cartNow{count(cart), cart.PayFen}, err
		},
		"POST /api/shop/cart":    g.apiAdd,
		"GET /api/shop/orders":   g.apiOrders,
		"POST /api/shop/coupons": g.apiClaim,
	} {
		mux.HandleFunc(path, g.json(fn))
	}
	mux.HandleFunc("OPTIONS /api/shop/", func(w http.ResponseWriter, r *http.Request) {
		g.cross(w, r)
		w.WriteHeader(http.StatusNoContent)
	})
}

// cross lets the sites read answers that may embed the chat. They prove who asks with the token, never with the cookie.
func (g *pages) cross(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	if origin == "" || !slices.Contains(g.Origins, origin) {
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
	h.Set("Access-Control-Allow-Methods", "GET, POST")
	h.Set("Access-Control-Max-Age", "600")
}

func (g *pages) json(fn asked) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g.cross(w, r)
		ctx, cancel := g.ask(r)
		defer cancel()
		c := &call{pages: g, w: w, r: r, ctx: ctx, lang: "zh"}
		v, err := func() (any, error) {
			token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
			if !ok {
				return nil, errToken
			}
			who, err := g.Visitors.Verify(token)
			if err != nil {
				return nil, errToken
			}
			c.who = guest{token, who}
			return fn(c, func(into any) error {
				if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 16<<10)).Decode(into); err != nil {
					return shop.ErrInvalid
				}
				return nil
			})
		}()
		code := http.StatusOK
		if err != nil {
			n, word := status(err)
			if errors.Is(err, errToken) {
				n, word = http.StatusUnauthorized, "bad_token"
			} else if n >= 500 {
				g.Logger.Error("shop not asked", "path", r.URL.Path, "err", err)
			}
			code, v = n, wire.Problem{Code: word, Text: problemText(err)}
		}
		answer(w, code, v)
	}
}

// problemText says a refusal in English; the chat translates by code. What failed inside stays inside.
func problemText(err error) string {
	if n, _ := status(err); n >= 500 && !errors.Is(err, errToken) {
		return "the shop cannot be asked now"
	}
	return err.Error()
}

func answer(w http.ResponseWriter, code int, v any) {
	data, err := json.Marshal(v)
	if err != nil { // of types that always encode
		http.Error(w, "no answer", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_, _ = w.Write(data)
}

// session tells the shop's own pages who their visitor is, as the doors know it. Other sites never get it: it hangs on the
// cookie, and the answer allows no other origin to read it.
func (g *pages) session(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := g.ask(r)
	defer cancel()
	who := g.who(w, r)
	v := wire.Visitor{Token: who.token, Expires: who.Expires.UnixMilli(), Customer: who.Customer}
	if c, err := g.Shop.Customer(ctx, who.Customer); err == nil && !who.Anon {
		v.Name = c.Name
	}
	answer(w, http.StatusOK, v)
}

// apiAdd puts a variant, or the main variant of a product, into the cart.
func (g *pages) apiAdd(c *call, body func(any) error) (any, error) {
	var q struct {
		Variant  string `json:"variant"`
		Quantity int    `json:"quantity"`
	}
	if err := body(&q); err != nil {
		return nil, err
	}
	if len(q.Variant) > 128 {
		return nil, shop.ErrInvalid
	}
	p, err := g.Shop.Product(c.ctx, q.Variant)
	if err != nil {
		return nil, err
	}
	variant := p.Main().ID
	for _, v := range p.Variants {
		if v.ID == q.Variant {
			variant = v.ID
		}
	}
	cart, err := g.Shop.AddToCart(c.ctx, c.who.Customer, variant, q.Quantity)
	return cartNow{count(cart), cart.PayFen}, err
}

// maxOrders is how many orders the chat offers to pick from.
const maxOrders = 30

func (g *pages) apiOrders(c *call, _ func(any) error) (any, error) {
	out := wire.Orders{Items: []event.Card{}}
	list, err := g.Shop.OrdersOf(c.ctx, c.who.Customer, maxOrders)
	if err != nil && !errors.Is(err, shop.ErrNotFound) {
		return nil, err
	}
	for _, o := range list {
		card := cards.Order(o)
		card.Picture = cards.OrderPicture(c.ctx, g.Shop, o)
		out.Items = append(out.Items, card)
	}
	return out, nil
}

func (g *pages) apiClaim(c *call, body func(any) error) (any, error) {
	var q struct {
		Coupon string `json:"coupon"`
	}
	if err := body(&q); err != nil {
		return nil, err
	}
	o, err := g.Shop.ClaimCoupon(c.ctx, c.who.Customer, q.Coupon)
	return cards.Coupon(o), err
}
