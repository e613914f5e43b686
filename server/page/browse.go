package page

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"agentdesk/server/shop"
)

// group is an entry of the navigation.
type group struct {
	Slug       string
	Categories []string // of products; none of a group that is a selection of its own
}

// Slugs of the groups.
const (
	slugSkin      = "skin"
	slugMakeup    = "makeup"
	slugBody      = "body"
	slugSensitive = "sensitive"
	slugAll       = "all"
)

// readGroups sorts the catalogue's categories into the navigation: what is neither made up nor for the body is for the face.
func readGroups(ctx context.Context, s shop.Shop) ([]group, error) {
	all, err := s.SearchProducts(ctx, "", 0)
	if err != nil {
		return nil, err
	}
	out := []group{{Slug: slugSkin}, {Slug: slugMakeup}, {Slug: slugBody}, {Slug: slugSensitive}}
	for _, p := range all {
		i := 0
		switch {
		case strings.Contains(p.Category, "卸妆"):
		case strings.Contains(p.Category, "妆"), strings.Contains(p.Category, "彩"), strings.Contains(p.Category, "唇"), strings.Contains(p.Category, "眉"):
			i = 1
		case slices.ContainsFunc([]string{"身体", "手", "发", "沐浴", "香氛", "洗护", "足"}, func(s string) bool { return strings.Contains(p.Category, s) }):
			i = 2
		}
		if !slices.Contains(out[i].Categories, p.Category) {
			out[i].Categories = append(out[i].Categories, p.Category)
		}
	}
	return out, nil
}

// groupOf is the group that a category belongs to.
func (g *pages) groupOf(category string) string {
	for _, n := range g.groups {
		if slices.Contains(n.Categories, category) {
			return n.Slug
		}
	}
	return slugSkin
}

func sensitive(p shop.Product) bool { return slices.Contains(p.Skins, "敏感肌") }

type homeView struct {
	base
	Hero       shop.Product
	Best, Kind []shop.Product // best rated by many; for sensitive skin
	Sets       []shop.Product
	Tiles      []tile
	Promotions []shop.Promotion
	Rest       []shop.Promotion // that are told on request
	Coupons    []shop.OrderCoupon
}

type tile struct {
	Slug, Category, Picture string
	Count                   int
}

// firstPromotions is how many the home page tells at once.
const firstPromotions = 4

// hero is the product of the shop's story.
const hero = "p-ceramide-cream"

func (g *pages) home(c *call) error {
	all, err := g.Shop.SearchProducts(c.ctx, "", 0)
	if err != nil {
		return err
	}
	v := homeView{base: c.base("home")}
	if v.Hero, err = g.Shop.Product(c.ctx, hero); err != nil {
		if !errors.Is(err, shop.ErrNotFound) || len(all) == 0 {
			return err
		}
		v.Hero = all[0]
	}
	byFame := slices.Clone(all)
	slices.SortStableFunc(byFame, func(a, b shop.Product) int { return cmp.Compare(b.Reviews, a.Reviews) })
	tiles := map[string]*tile{}
	var order []string
	for _, p := range byFame {
		switch {
		case len(p.Contains) > 0:
			if len(v.Sets) < 4 {
				v.Sets = append(v.Sets, p)
			}
		case len(v.Best) < 8:
			v.Best = append(v.Best, p)
		case sensitive(p) && len(v.Kind) < 4:
			v.Kind = append(v.Kind, p)
		}
		if tiles[p.Category] == nil {
			tiles[p.Category] = &tile{Slug: g.groupOf(p.Category), Category: p.Category, Picture: p.Picture}
			order = append(order, p.Category)
		}
		tiles[p.Category].Count++
	}
	for _, k := range order {
		v.Tiles = append(v.Tiles, *tiles[k])
	}
	// Without promotions and coupons the page is still right.
	v.Promotions, _ = g.promotions(c)
	if len(v.Promotions) > firstPromotions {
		v.Promotions, v.Rest = v.Promotions[:firstPromotions], v.Promotions[firstPromotions:]
	}
	v.Coupons, _ = g.Shop.CouponsOf(c.ctx, c.who.Customer)
	v.Coupons = slices.DeleteFunc(v.Coupons, func(o shop.OrderCoupon) bool { return o.Order != "" || v.now.After(o.Until) })
	if len(v.Coupons) > 3 {
		v.Coupons = v.Coupons[:3]
	}
	return c.draw("home", v)
}

// promotions are those that run for everybody and are not claimed first.
func (g *pages) promotions(c *call) ([]shop.Promotion, error) {
	list, err := g.Shop.Promotions(c.ctx)
	return slices.DeleteFunc(list, func(p shop.Promotion) bool { return p.Kind == shop.Voucher }), err
}

type listView struct {
	base
	Query      string
	Group      group
	Category   string
	Skin, Sort string
	InStock    bool
	Skins      []string
	Items      []shop.Product
	Total      int
	PageNo     int
	Pages      int
	link       url.Values
	path       string
}

// Link is the list with one choice changed.
func (v listView) Link(key, value string) string {
	q := url.Values{}
	for k, vs := range v.link {
		q[k] = vs
	}
	q.Del("page")
	if value == "" {
		q.Del(key)
	} else {
		q.Set(key, value)
	}
	if len(q) == 0 {
		return v.path
	}
	return v.path + "?" + q.Encode()
}

const onePage = 24 // products

func (g *pages) category(c *call) error {
	slug := c.r.PathValue("slug")
	v := listView{base: c.base(slug), Category: c.r.URL.Query().Get("cat"), path: "/c/" + slug}
	i := slices.IndexFunc(g.groups, func(n group) bool { return n.Slug == slug })
	if i < 0 && slug != slugAll {
		return shop.ErrNotFound
	}
	if i >= 0 {
		v.Group = g.groups[i]
	} else {
		v.Group.Slug = slugAll
	}
	all, err := g.Shop.SearchProducts(c.ctx, "", 0)
	if err != nil {
		return err
	}
	v.Head = v.T("nav." + slug)
	if v.Category != "" {
		v.Head = v.Word(v.Category)
	}
	return g.list(c, &v, slices.DeleteFunc(all, func(p shop.Product) bool {
		switch slug {
		case slugSensitive:
			return !sensitive(p) || v.Category != "" && p.Category != v.Category
		case slugAll:
			return v.Category != "" && p.Category != v.Category
		}
		return !slices.Contains(v.Group.Categories, p.Category) || v.Category != "" && p.Category != v.Category
	}))
}

func (g *pages) search(c *call) error {
	v := listView{base: c.base("search"), Query: strings.TrimSpace(c.r.URL.Query().Get("q")), path: "/search"}
	if len(v.Query) > 200 {
		v.Query = v.Query[:0]
	}
	v.Head = v.T("search.head")
	var found []shop.Product
	if v.Query != "" {
		var err error
		if found, err = g.Shop.SearchProducts(c.ctx, v.Query, 96); err != nil {
			return err
		}
	}
	return g.list(c, &v, found)
}

// list narrows products by what the query asks for and draws a page of them.
func (g *pages) list(c *call, v *listView, items []shop.Product) error {
	q := c.r.URL.Query()
	v.link = url.Values{}
	for _, k := range []string{"q", "cat", "skin", "sort", "stock"} {
		if s := q.Get(k); s != "" && len(s) < 200 {
			v.link.Set(k, s)
		}
	}
	v.Skin, v.Sort, v.InStock = q.Get("skin"), q.Get("sort"), q.Get("stock") == "1"
	for _, s := range []string{"干皮", "油皮", "混合皮", "中性皮", "敏感肌"} {
		if slices.ContainsFunc(items, func(p shop.Product) bool { return slices.Contains(p.Skins, s) }) {
			v.Skins = append(v.Skins, s)
		}
	}
	items = slices.DeleteFunc(items, func(p shop.Product) bool {
		return v.Skin != "" && !slices.Contains(p.Skins, v.Skin) || v.InStock && p.Main().Stock == 0
	})
	switch v.Sort {
	case "price":
		slices.SortStableFunc(items, func(a, b shop.Product) int { return cmp.Compare(a.Main().PayFen(), b.Main().PayFen()) })
	case "pricier":
		slices.SortStableFunc(items, func(a, b shop.Product) int { return cmp.Compare(b.Main().PayFen(), a.Main().PayFen()) })
	case "fame":
		slices.SortStableFunc(items, func(a, b shop.Product) int { return cmp.Compare(b.Reviews, a.Reviews) })
	default:
		v.Sort = ""
	}
	v.Total = len(items)
	v.Pages = max(1, (len(items)+onePage-1)/onePage)
	v.PageNo = 1
	if n, err := strconv.Atoi(q.Get("page")); err == nil {
		v.PageNo = min(max(1, n), v.Pages)
	}
	v.Items = items[min(len(items), (v.PageNo-1)*onePage):min(len(items), v.PageNo*onePage)]
	return c.draw("list", *v)
}

// PageLink is another page of the same list.
func (v listView) PageLink(n int) string {
	v.link = url.Values(v.link)
	s := v.Link("page", "")
	if strings.Contains(s, "?") {
		return s + "&page=" + strconv.Itoa(n)
	}
	return s + "?page=" + strconv.Itoa(n)
}
