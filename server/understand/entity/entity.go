// Package entity finds what a message names, for the slots of a dialogue: numbers of orders and parcels, products and their
// variants, people's numbers and places, money, days, durations, counts, skins, symptoms and pregnancy. Each find says where it
// stands and what it means, in one normal form whatever way it was written.
package entity

import (
	"cmp"
	"slices"
	"time"

	"agentdesk/sync/mask"
	"agentdesk/sync/mask/scan"
)

// Kind says what was named.
type Kind string

// The kinds, and the normal form (Norm) of each.
const (
	Order     Kind = "order"      // letters and digits of the number in capitals, or its last four digits
	Tracking  Kind = "tracking"   // letters and digits in capitals
	Product   Kind = "product"    // the product's ID
	SKU       Kind = "sku"        // the variant's ID
	Phone     Kind = "phone"      // digits, without +86
	IDCard    Kind = "idcard"     // digits and capitals; passports and permits too
	Card      Kind = "card"       // digits
	Address   Kind = "address"    // as written
	Name      Kind = "name"       // as written
	Email     Kind = "email"      // lower case
	Account   Kind = "account"    // of WeChat, QQ, …, lower case
	Money     Kind = "money"      // fen; "from-to" where the customer said a range or was vague (大几百)
	Date      Kind = "date"       // 2026-11-25, 2026-11-25T15:00, 2026-11, 2026, from/to, ../before, after/..
	Clock     Kind = "time"       // 15:00
	Duration  Kind = "duration"   // ISO 8601: P3D, P2W, PT30M
	Quantity  Kind = "quantity"   // digits
	Size      Kind = "size"       // as written, lower case
	Percent   Kind = "percent"    // digits
	Skin      Kind = "skin"       // 敏感肌, 干皮, 油皮, 混合肌, 痘肌, 中性皮, …
	Symptom   Kind = "symptom"    // 泛红, 瘙痒, …
	Pregnancy Kind = "pregnancy"  // pregnant, pregnant:16w, pregnant:5m, nursing, trying, postpartum
	Person    Kind = "person"     // whom it is for: 宝宝, 男士, …
	Substance Kind = "ingredient" // as written
	Carrier   Kind = "carrier"    // as written
	Category  Kind = "category"   // as written
)

// Private reports kinds that tell who a person is.
func (k Kind) Private() bool {
	switch k {
	case Phone, IDCard, Card, Address, Name, Email, Account:
		return true
	}
	return false
}

// Entity is one find: bytes From…To of the text.
type Entity struct {
	Kind     Kind
	From, To int
	Norm     string
	Masked   string // of private kinds: what stands for it where it may not be shown
}

// Item is a product as customers name it.
type Item struct {
	ID       string
	Names    []string // title and other names
	Variants []Variant
}

// Variant is one of a product's variants.
type Variant struct{ ID, Name string }

// Params is what a Finder needs. All of it is optional.
type Params struct {
	Catalogue []Item
	Masker    *mask.Masker
}

// Finder finds entities. It is safe for concurrent use.
type Finder struct {
	mask  *mask.Masker
	words *trie // of the language
	names *catalogue
	days  calendar
}

// New compiles the words of the language and of the shop.
func New(p Params) (*Finder, error) {
	w, err := loadWords()
	if err != nil {
		return nil, err
	}
	if p.Masker == nil {
		p.Masker = mask.New()
	}
	return &Finder{mask: p.Masker, words: w, names: newCatalogue(p.Catalogue), days: newCalendar()}, nil
}

// Most bounds what one message can yield.
const Most = 32

// Find finds what a text names, in order, without overlaps. Days are counted from now; with a zero now only those are found that
// need none. Its time grows with the text's length: cut a text that may be long.
func (f *Finder) Find(text string, now time.Time) []Entity {
	if text == "" {
		return nil
	}
	s := &search{Finder: f, Text: scan.New(text), now: now}
	s.taken = make([]bool, len(s.R)+1)
	s.private()
	s.products()
	s.numbers()
	s.pregnancy()
	s.dates()
	s.amounts()
	s.language()
	slices.SortStableFunc(s.out, func(a, b Entity) int { return cmp.Compare(a.From, b.From) })
	if len(s.out) > Most {
		s.out = s.out[:Most]
	}
	return s.out
}

// search is one text being looked at. Places are runes; those of what was found are bytes.
type search struct {
	*Finder
	*scan.Text
	now   time.Time
	taken []bool
	out   []Entity
	// sensed is what the words before one place say: several numbers that begin there are tried.
	sensed struct {
		at, gap int // at is one more than the place
		is      sense
	}
}

func (s *search) free(from, to int) bool {
	for i := from; i < to; i++ {
		if s.taken[i] {
			return false
		}
	}
	return true
}

func (s *search) add(kind Kind, from, to int, norm string) bool {
	if from >= to || !s.free(from, to) {
		return false
	}
	for i := from; i < to; i++ {
		s.taken[i] = true
	}
	s.out = append(s.out, Entity{Kind: kind, From: s.At[from], To: s.At[to], Norm: norm})
	return true
}

// private takes over what masking finds, so that both always agree.
func (s *search) private() {
	at := 0
	for _, sp := range s.mask.Find(s.S) {
		e := Entity{From: sp.From, To: sp.To, Norm: sp.Value, Masked: sp.Masked()}
		switch sp.Kind {
		case mask.Phone:
			e.Kind = Phone
		case mask.ID:
			e.Kind = IDCard
		case mask.Card:
			e.Kind = Card
		case mask.Email:
			e.Kind = Email
		case mask.Account:
			e.Kind = Account
		case mask.Address:
			e.Kind = Address
		case mask.Name:
			e.Kind = Name
		}
		s.out = append(s.out, e)
		for s.At[at] < sp.From {
			at++
		}
		for ; s.At[at] < sp.To; at++ {
			s.taken[at] = true
		}
	}
}

// any reports whether one of the words begins at a place, and its length in runes.
func (s *search) any(at int, words []string) int {
	for _, w := range words {
		if s.Has(at, w) {
			return runes(w)
		}
	}
	return 0
}

// ended reports whether one of the words ends before a place.
func (s *search) ended(at int, words []string) bool {
	for _, w := range words {
		if s.EndsAt(at, w) {
			return true
		}
	}
	return false
}

func runes(s string) int {
	n := 0
	for range s {
		n++
	}
	return n
}
