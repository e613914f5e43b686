// Package shopdata makes the demo shop 澄屿 CHENGYU in memory: it reads the embedded data, prices it by the shop's own
// promotions and policies, and makes the orders relative to the day on which the server starts, so that the demo always
// looks like today. The same seed and day give the same shop; IDs don't depend on the day at all.
//
// It implements shop.Shop. Nothing changes after New, so that a server which runs for many days shows ageing orders until
// it is started again.
package shopdata

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"

	"agentdesk/server/shop"
)

type variantRow struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	ListFen     int64  `json:"list_fen"`
	Stock       int    `json:"stock"`
	RestockDays int    `json:"restock_days"`
	Tint        string `json:"tint"` // of a shade
}

type activeRow struct {
	Name  string `json:"name"`
	Share string `json:"share"`
	Does  string `json:"does"`
	INCI  string `json:"inci"` // where the list of ingredients writes it otherwise
}

// packRow is how the product looks.
type packRow struct {
	Form  string `json:"form"`
	Tone  string `json:"tone"`
	Label string `json:"label"`
	Seed  string `json:"seed"` // of what stands around it; the product's ID when it doesn't say
}

type productRow struct {
	ID          string         `json:"id"`
	Title       string         `json:"title"`
	Aliases     []string       `json:"aliases"`
	Category    string         `json:"category"`
	Department  string         `json:"department"`
	Summary     string         `json:"summary"`
	Points      []string       `json:"points"`
	Variants    []variantRow   `json:"variants"`
	Actives     []activeRow    `json:"actives"`
	Ingredients []string       `json:"ingredients"`
	Free        []string       `json:"free"`
	Skins       []string       `json:"skins"`
	Concerns    []string       `json:"concerns"`
	Pregnancy   shop.Pregnancy `json:"pregnancy"`
	Pregnant    string         `json:"pregnant"`
	Usage       string         `json:"usage"`
	Step        string         `json:"step"`
	When        string         `json:"when"`
	Lasts       string         `json:"lasts"`
	ShelfLife   string         `json:"shelf_life"`
	Conflicts   []string       `json:"conflicts"`
	Contains    []string       `json:"contains"`
	Cautions    []string       `json:"cautions"`
	Filing      string         `json:"filing"`
	Pack        packRow        `json:"pack"`
	Rating      int            `json:"rating"`
	Reviews     int            `json:"reviews"`
}

type customerRow struct {
	ID         string       `json:"id"`
	Name       string       `json:"name"`
	Nick       string       `json:"nick"`
	Tier       shop.Tier    `json:"tier"`
	Channel    shop.Channel `json:"channel"`
	City       string       `json:"city"`
	Phone      string       `json:"phone"`
	Address    string       `json:"address"`
	Skin       string       `json:"skin"`
	Concerns   []string     `json:"concerns"`
	Pregnant   string       `json:"pregnant"`
	Tags       []string     `json:"tags"`
	JoinedDays int          `json:"joined_days"` // before the start day
	SpentFen   int64        `json:"spent_fen"`
	Orders     int          `json:"orders"`
	Here       int          `json:"here"` // how many orders the demo makes, the scripted ones included
	Returns    int          `json:"returns"`
	Points     int64        `json:"points"`
	Rating     int          `json:"rating"`
}

type lineRow struct {
	Variant  string `json:"variant"`
	Quantity int    `json:"quantity"`
}

type orderRow struct {
	ID       string           `json:"id"`
	Customer string           `json:"customer"`
	Lines    []lineRow        `json:"lines"`
	State    shop.OrderState  `json:"state"`
	Days     int              `json:"days"`  // placed so many days before the start day, or earlier where its story needs it
	Clock    string           `json:"clock"` // 20:14
	Parcel   shop.ParcelState `json:"parcel"`
	Carrier  string           `json:"carrier"`
	Note     string           `json:"note"`
	Return   shop.ReturnKind  `json:"return"`      // of an order that comes back; plain when it doesn't say
	Reason   string           `json:"reason"`      // of a return
	Asked    int              `json:"asked_hours"` // the return was asked for so many hours before the start; 0: some time after it was signed
	BackDays int              `json:"back_days"`   // the returned goods arrived so many days before the start day; 0 not yet
	Invoice  string           `json:"invoice"`
}

type cartRow struct {
	Customer string    `json:"customer"`
	Lines    []lineRow `json:"lines"`
}

type promotionRow struct {
	ID        string             `json:"id"`
	Title     string             `json:"title"`
	Kind      shop.PromotionKind `json:"kind"`
	Text      string             `json:"text"`
	Products  []string           `json:"products"`
	MinFen    int64              `json:"min_fen"`
	OffFen    int64              `json:"off_fen"`
	Gift      string             `json:"gift"`
	Tiers     []shop.Tier        `json:"tiers"`
	Channels  []shop.Channel     `json:"channels"`
	FromDays  int                `json:"from_days"`
	UntilDays int                `json:"until_days"`
	Stackable bool               `json:"stackable"`
	Agents    bool               `json:"agents"` // a voucher that only agents give
}

type policyRow struct {
	ID       string           `json:"id"`
	Title    string           `json:"title"`
	Version  string           `json:"version"`
	Date     string           `json:"date"` // 2026-10-28
	Sections []sectionRow     `json:"sections"`
	Figures  map[string]int64 `json:"figures"`
}

type sectionRow struct {
	No    string `json:"no"`
	Title string `json:"title"`
	Text  string `json:"text"`
}

type reviewRow struct {
	ID      string `json:"id"`
	Product string `json:"product"`
	Nick    string `json:"nick"`
	Skin    string `json:"skin"`
	Age     int    `json:"age"`
	Stars   int    `json:"stars"`
	Variant string `json:"variant"`
	Days    int    `json:"days"`
	Text    string `json:"text"`
}

// peopleRow is what customers that nobody wrote are made of.
type peopleRow struct {
	Surnames []string            `json:"surnames"`
	Given    []string            `json:"given"`
	Nicks    []string            `json:"nicks"`
	Heads    []string            `json:"nick_heads"`
	Tails    []string            `json:"nick_tails"`
	Cities   []string            `json:"cities"`
	Places   []string            `json:"places"` // the same, as people say them
	Skins    map[string][]string `json:"skins"`  // what people of a skin type care about
	Tags     []string            `json:"tags"`
}

// wordsRow are fragments of opinions on a category, by how content the writer is.
type wordsRow struct {
	Good []string `json:"good"`
	Mild []string `json:"mild"`
	Bad  []string `json:"bad"`
}

type rows struct {
	products   []productRow
	customers  []customerRow
	orders     []orderRow
	carts      []cartRow
	promotions []promotionRow
	policies   []policyRow
	reviews    []reviewRow
	allergens  []allergenRow
	people     peopleRow
	common     map[string][]string // fragments of opinions on anything, by what they do in a sentence
	words      map[string]wordsRow // by category, or by what several have in common
}

// allergenRow names a group of ingredients to which people react.
type allergenRow struct {
	Name        string   `json:"name"`
	Ingredients []string `json:"ingredients"` // as the lists print them, without Latin names
}

// parts are the files of the catalogue, in the order in which the shop lists it.
func parts() []string {
	return []string{"skincare-creams", "skincare-serums", "skincare-cleanse", "skincare-masks", "body", "family", "makeup", "sets"}
}

func decodeAll(files fs.FS) (rows, error) {
	var r rows
	for _, part := range parts() {
		var more []productRow
		if err := decodeFile(files, "products/"+part+".json", &more); err != nil {
			return rows{}, err
		}
		r.products = append(r.products, more...)
	}
	for _, f := range []struct {
		name string
		into any
	}{
		{"customers.json", &r.customers}, {"orders.json", &r.orders}, {"carts.json", &r.carts},
		{"promotions.json", &r.promotions}, {"policies.json", &r.policies}, {"reviews.json", &r.reviews}, {"allergens.json", &r.allergens},
		{"people.json", &r.people}, {"reviews/common.json", &r.common},
	} {
		if err := decodeFile(files, f.name, f.into); err != nil {
			return rows{}, err
		}
	}
	r.words = map[string]wordsRow{}
	for _, name := range []string{"skincare", "cleanse", "mask", "sun", "body", "family", "makeup", "sets"} {
		var more map[string]wordsRow
		if err := decodeFile(files, "reviews/"+name+".json", &more); err != nil {
			return rows{}, err
		}
		maps.Copy(r.words, more)
	}
	return r, nil
}

func decodeFile(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("read demo shop: %w", err)
	}
	if err := decode(raw, into); err != nil {
		return fmt.Errorf("decode %s: %w", name, err)
	}
	return nil
}

// decode refuses unknown names: a misspelt one would otherwise be a fact that silently went missing.
func decode(raw []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return err
	}
	if d.More() {
		return fmt.Errorf("more than one value")
	}
	return nil
}
