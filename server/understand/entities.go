package understand

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"agentdesk/server/understand/entity"
)

// maxEntities bounds what one message can yield.
const maxEntities = 24

// fenOf is an amount in fen; of a range or a vague amount the lower end; 0 for what is none.
func fenOf(ref string) int64 {
	low, _, _ := strings.Cut(ref, "-")
	n, err := strconv.ParseInt(low, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// entities finds what a message names, the same thing once. What tells who a person is is returned masked and without its
// normal form: who needs it asks package entity.
func (l *Lexicon) entities(raw string, now time.Time) []Entity {
	raw, _ = clip(raw)
	found := l.finder.Find(raw, now)
	out := make([]Entity, 0, len(found))
	for _, f := range found {
		e := Entity{Kind: string(f.Kind), Text: f.Masked}
		if !f.Kind.Private() {
			e.Text, e.Ref = strings.ToValidUTF8(raw[f.From:f.To], "\uFFFD"), f.Norm
		}
		if len(out) < maxEntities && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

// catalogue is what Params says of the shop's products.
func (p Params) catalogue() []entity.Item {
	if p.Catalogue != nil {
		return p.Catalogue
	}
	items := make([]entity.Item, 0, len(p.Products))
	for id, names := range p.Products {
		items = append(items, entity.Item{ID: id, Names: names})
	}
	slices.SortFunc(items, func(a, b entity.Item) int { return strings.Compare(a.ID, b.ID) })
	return items
}
