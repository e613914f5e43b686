package page

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"agentdesk/server/shop"
)

type productView struct {
	base
	shop.Product
	Variant    shop.Variant // the chosen one
	Group      string
	Gallery    []string // file names of pictures
	Partner    *shop.Product
	Promotions []shop.Promotion
	Opinions   []shop.Review
	Told       int // reviews that can be read
	Stars      [6]int
	Skin       string
	SkinTypes  []string
	More       string // where further reviews are, "" when all are shown
	Neighbors  []shop.Product
	Beside     []shop.Product // not on the same evening
	Inside     []shop.Product // of a set
	Restocks   int            // pieces that a visitor of the demo may put into stock; 0 where nobody may
}

// Percent is the share of reviews with so many stars.
func (v productView) Percent(stars int) int {
	if v.Told == 0 {
		return 0
	}
	return (v.Stars[stars]*100 + v.Told/2) / v.Told
}

// Sensitive reports whether the shop says that it suits sensitive skin.
func (v productView) Sensitive() bool { return sensitive(v.Product) }

// Parts is the title in pieces between which a line may end: after an ingredient that it begins with.
func (v productView) Parts() []string {
	for _, a := range v.Actives {
		name := strings.TrimRightFunc(a.Name, func(r rune) bool { return r < 0x2e80 })
		for _, tail := range []string{"", "提取物"} {
			name = strings.TrimSuffix(name, tail)
			if rest, ok := strings.CutPrefix(v.Title, name); ok && name != "" && rest != "" {
				return []string{name, rest}
			}
		}
	}
	return []string{v.Title}
}

const (
	firstReviews = 4
	moreReviews  = 40
)

func (g *pages) product(c *call) error {
	id := c.r.PathValue("id")
	p, err := g.Shop.Product(c.ctx, id)
	if err != nil {
		return err
	}
	v := productView{base: c.base(""), Product: p, Variant: p.Main(), Group: g.groupOf(p.Category)}
	v.On, v.Head, v.Page, v.PageName, v.Chat = v.Group, p.Title, p.ID, p.Title, "wide"
	for _, o := range p.Variants {
		if o.ID == id {
			v.Variant = o
		}
	}
	// Somebody looked at it; the page is right when that cannot be noted.
	if err := g.Shop.See(c.ctx, c.who.Customer, p.ID); err != nil {
		c.Logger.Debug("a look was not noted", "product", p.ID, "err", err)
	}
	if v.Variant.Picture != "" && v.Variant.ID != p.Main().ID {
		v.Product.Picture = v.Variant.Picture
	}
	v.Gallery = []string{v.Product.Picture, "detail-texture.svg", "detail-leaf.svg"}
	near, _ := g.Shop.SearchProducts(c.ctx, p.Category, 12)
	for _, n := range near {
		if n.ID != p.ID && n.Category == p.Category && len(v.Neighbors) < 6 {
			v.Neighbors = append(v.Neighbors, n)
		}
	}
	g.partner(c, &v)
	promos, _ := g.promotions(c)
	for _, o := range promos {
		if slices.Contains(o.Products, p.ID) || len(o.Products) == 0 && o.Kind == shop.Reduction {
			v.Promotions = append(v.Promotions, o)
		}
	}
	for _, x := range p.Conflicts {
		if o, err := g.Shop.Product(c.ctx, x); err == nil {
			v.Beside = append(v.Beside, o)
		}
	}
	for _, x := range p.Contains {
		if o, err := g.Shop.Product(c.ctx, x); err == nil {
			v.Inside = append(v.Inside, o)
		}
	}
	if g.Demo && g.Restock != nil {
		v.Restocks = restockPieces
	}
	g.opinions(c, &v)
	return c.draw("product", v)
}

// partner is what goes with a product: the next step of the routine, in another pack.
func (g *pages) partner(c *call, v *productView) {
	if len(v.Concerns) == 0 {
		return
	}
	found, _ := g.Shop.SearchProducts(c.ctx, v.Concerns[0], 20)
	for _, o := range found {
		if o.ID != v.ID && o.Category != v.Category && o.Picture != v.Picture && len(o.Contains) == 0 && !slices.Contains(v.Conflicts, o.ID) {
			v.Partner = &o
			return
		}
	}
}

// opinions reads the reviews. They are an extra: without them the page is still right.
func (g *pages) opinions(c *call, v *productView) {
	all, err := g.Shop.Reviews(c.ctx, v.ID, 0)
	if err != nil {
		return
	}
	v.Told = len(all)
	for _, o := range all {
		if o.Stars >= 1 && o.Stars <= 5 {
			v.Stars[o.Stars]++
		}
		if o.Skin != "" && !slices.Contains(v.SkinTypes, o.Skin) && len(v.SkinTypes) < 6 {
			v.SkinTypes = append(v.SkinTypes, o.Skin)
		}
	}
	q := c.r.URL.Query()
	v.Skin = q.Get("skin")
	if v.Skin != "" {
		all = slices.DeleteFunc(all, func(o shop.Review) bool { return o.Skin != v.Skin })
	}
	n := firstReviews
	if s, err := strconv.Atoi(q.Get("reviews")); err == nil {
		n = min(max(s, firstReviews), 400)
	}
	if len(all) > n {
		next := url.Values{"reviews": {strconv.Itoa(max(n+moreReviews, moreReviews))}}
		if v.Skin != "" {
			next.Set("skin", v.Skin)
		}
		v.More = "?" + next.Encode() + "#reviews"
		all = all[:n]
	}
	v.Opinions = all
}
