package page

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"time"

	"agentdesk/server/shop"
)

type orderRow struct {
	shop.Order
	Pictures []line
	Things   int
}

type ordersView struct {
	base
	Tab  string
	Tabs []string
	Rows []orderRow
}

// tabs are the groups of states in which orders are looked at.
var tabs = map[string][]shop.OrderState{
	"unpaid":  {shop.Unpaid},
	"packing": {shop.Paid, shop.Packed},
	"onway":   {shop.Shipped},
	"done":    {shop.Signed, shop.Refunded, shop.Swapped, shop.Cancelled},
	"back":    {shop.Returning, shop.Refunding, shop.Swapping},
}

func (g *pages) orders(c *call) error {
	v := ordersView{base: c.base("orders"), Tab: c.r.URL.Query().Get("tab"), Tabs: []string{"", "unpaid", "packing", "onway", "done", "back"}}
	v.Head = v.T("orders.head")
	list, err := g.Shop.OrdersOf(c.ctx, c.who.Customer, 100)
	if err != nil && !errors.Is(err, shop.ErrNotFound) {
		return err
	}
	states, known := tabs[v.Tab]
	if !known {
		v.Tab = ""
	}
	for _, o := range list {
		if v.Tab != "" && !slices.Contains(states, o.State) {
			continue
		}
		row := orderRow{Order: o, Pictures: g.lines(c.ctx, o.Lines, nil)}
		for _, l := range o.Lines {
			row.Things += l.Quantity
		}
		v.Rows = append(v.Rows, row)
	}
	return c.draw("orders", v)
}

// step is a stop on an order's way.
type step struct {
	Word string
	At   time.Time
	Done bool
}

type orderView struct {
	base
	Order     shop.Order
	Lines     []line
	Gifts     []shop.Product
	Sum       int64
	Steps     []step
	Paid      bool // just now
	Asked     bool // a return, just now
	Changed   bool // the address, just now
	CanPay    bool
	CanCancel bool
	CanMove   bool // the address
	CanReturn bool
	Wrong     string
}

func (g *pages) orderView(c *call, o shop.Order) orderView {
	v := orderView{base: c.base("orders"), Order: o, Lines: g.lines(c.ctx, o.Lines, nil), Gifts: g.products(c.ctx, o.Gifts), Sum: sum(o.Lines)}
	v.Head = v.T("order.head", o.ID)
	v.Page, v.PageName = "orders/"+o.ID, v.Head
	v.CanPay = o.State == shop.Unpaid
	v.CanCancel = o.State == shop.Unpaid || o.State == shop.Paid
	v.CanMove = v.CanCancel || o.State == shop.Packed
	if o.Return == nil || o.Return.State == shop.ReturnDeclined {
		v.CanReturn = slices.ContainsFunc(g.grounds(o), func(k ground) bool { return !k.Over(c.Now()) })
	}
	v.Steps = []step{{"step.placed", o.PlacedAt, true}, {"step.paid", o.PaidAt, !o.PaidAt.IsZero()}, {"step.shipped", o.ShippedAt, !o.ShippedAt.IsZero()}, {"step.signed", o.SignedAt, !o.SignedAt.IsZero()}}
	if o.State == shop.Cancelled || o.State == shop.Refunded || o.State == shop.Swapped {
		v.Steps = append(slices.DeleteFunc(v.Steps, func(s step) bool { return !s.Done }), step{"step." + string(o.State), o.ClosedAt, true})
	}
	return v
}

func astray(p shop.Parcel) bool {
	return p.State == shop.Lost || p.State == shop.Delayed || p.State == shop.Rejected
}

func (g *pages) order(c *call) error {
	o, err := g.Shop.OrderOf(c.ctx, c.who.Customer, c.r.PathValue("id"))
	if err != nil {
		return err
	}
	v := g.orderView(c, o)
	q := c.r.URL.Query()
	v.Paid, v.Asked, v.Changed = q.Has("paid"), q.Has("asked"), q.Has("changed")
	return c.draw("order", v)
}

// changeOrder takes the forms of an order's page.
func (g *pages) changeOrder(c *call) error {
	id, f := c.r.PathValue("id"), c.r.PostFormValue
	var o shop.Order
	var err error
	said := ""
	switch f("do") {
	case "cancel":
		o, err = g.Shop.CancelOrder(c.ctx, c.who.Customer, id)
	case "address":
		o, err = g.Shop.ChangeAddress(c.ctx, c.who.Customer, id, shop.Recipient{Name: f("name"), Phone: f("phone"), Address: f("address")})
		said = "?changed=1"
	case "return":
		return g.askReturn(c)
	default:
		return shop.ErrInvalid
	}
	if errors.Is(err, shop.ErrInvalid) {
		if o, err = g.Shop.OrderOf(c.ctx, c.who.Customer, id); err != nil {
			return err
		}
		v := g.orderView(c, o)
		v.Wrong = v.T("checkout.wrong")
		return c.drawStatus(422, "order", v)
	}
	if err != nil {
		return err
	}
	return c.to("/orders/" + url.PathEscape(o.ID) + said)
}

// ground is a reason for which goods come back, and until when; zero: without a limit.
type ground struct {
	Kind  shop.ReturnKind
	Until time.Time
}

// Over reports whether the time for it has passed.
func (k ground) Over(now time.Time) bool { return !k.Until.IsZero() && now.After(k.Until) }

// grounds are the reasons for which an order, as it stands, may come back.
func (g *pages) grounds(o shop.Order) []ground {
	if o.State == shop.Shipped && slices.ContainsFunc(o.Parcels, astray) {
		return []ground{{Kind: shop.ReturnLost}}
	}
	if o.State != shop.Signed {
		return nil
	}
	after := func(figure string, unit time.Duration) time.Time {
		return o.SignedAt.Add(time.Duration(g.figures[figure]) * unit)
	}
	const day = 24 * time.Hour
	return []ground{
		{shop.ReturnPlain, after("policy-return/return_days", day)},
		{shop.ReturnAllergy, after("policy-allergy/allergy_days", day)},
		{shop.ReturnFault, after("policy-return/damage_hours", time.Hour)},
		{shop.ReturnSwap, after("policy-return/exchange_days", day)},
	}
}

type returnView struct {
	base
	Order   shop.Order
	Lines   []line
	Grounds []ground
	Picked  string
	Reason  string
	Wrong   string
}

func (g *pages) returnView(c *call) (returnView, error) {
	o, err := g.Shop.OrderOf(c.ctx, c.who.Customer, c.r.PathValue("id"))
	if err != nil {
		return returnView{}, err
	}
	v := returnView{base: c.base("orders"), Order: o, Lines: g.lines(c.ctx, o.Lines, nil)}
	v.Head = v.T("return.head")
	if v.Grounds = g.grounds(o); len(v.Grounds) == 0 {
		return v, shop.ErrState
	}
	return v, nil
}

func (g *pages) returnForm(c *call) error {
	v, err := g.returnView(c)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(v.Grounds, func(k ground) bool { return !k.Over(c.Now()) }); i >= 0 {
		v.Picked = string(v.Grounds[i].Kind)
	}
	if k := c.r.URL.Query().Get("kind"); slices.ContainsFunc(v.Grounds, func(o ground) bool { return string(o.Kind) == k && !o.Over(c.Now()) }) {
		v.Picked = k
	}
	return c.draw("return", v)
}

func (g *pages) askReturn(c *call) error {
	f := c.r.PostFormValue
	ask := shop.ReturnAsk{Kind: shop.ReturnKind(f("kind")), Reason: f("reason"), Opened: f("opened") != ""}
	for _, s := range c.r.PostForm["line"] {
		if n, err := strconv.Atoi(s); err == nil {
			ask.Lines = append(ask.Lines, n)
		}
	}
	o, err := g.Shop.AskReturn(c.ctx, c.who.Customer, c.r.PathValue("id"), ask)
	if err == nil {
		return c.to("/orders/" + url.PathEscape(o.ID) + "?asked=1")
	}
	if !errors.Is(err, shop.ErrInvalid) && !errors.Is(err, shop.ErrState) {
		return err
	}
	v, verr := g.returnView(c)
	if verr != nil {
		return verr
	}
	v.Picked, v.Reason, v.Wrong = f("kind"), f("reason"), v.T("return.wrong")
	if errors.Is(err, shop.ErrState) {
		v.Wrong = v.T("return.late")
	} else if ask.Kind == shop.ReturnPlain && ask.Opened {
		v.Wrong = v.T("return.opened.wrong")
	}
	return c.drawStatus(422, "return", v)
}
