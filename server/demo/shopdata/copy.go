package shopdata

import (
	"maps"
	"slices"

	"agentdesk/server/shop"
)

// What callers get is theirs to change, so that nobody changes the shop for others.

func copyProduct(p shop.Product) shop.Product {
	p.Variants, p.Actives = slices.Clone(p.Variants), slices.Clone(p.Actives)
	for _, s := range []*[]string{&p.Aliases, &p.Points, &p.Ingredients, &p.Free, &p.Allergens, &p.Skins, &p.Concerns, &p.Conflicts, &p.Contains, &p.Cautions} {
		*s = slices.Clone(*s)
	}
	return p
}

func copyPolicy(p shop.Policy) shop.Policy {
	p.Sections, p.Figures = slices.Clone(p.Sections), maps.Clone(p.Figures)
	return p
}

func copyOrder(o shop.Order) shop.Order {
	o.Lines, o.Gifts, o.Parcels = slices.Clone(o.Lines), slices.Clone(o.Gifts), slices.Clone(o.Parcels)
	for i := range o.Parcels {
		o.Parcels[i].Lines, o.Parcels[i].Track = slices.Clone(o.Parcels[i].Lines), slices.Clone(o.Parcels[i].Track)
	}
	o.Offs = slices.Clone(o.Offs)
	if o.Return != nil {
		r := *o.Return
		r.Lines, r.Pictures = slices.Clone(r.Lines), slices.Clone(r.Pictures)
		o.Return = &r
	}
	return o
}

func copyPromotions(list []shop.Promotion) []shop.Promotion {
	out := slices.Clone(list)
	for i := range out {
		out[i].Products, out[i].Tiers, out[i].Channels = slices.Clone(out[i].Products), slices.Clone(out[i].Tiers), slices.Clone(out[i].Channels)
	}
	return out
}
