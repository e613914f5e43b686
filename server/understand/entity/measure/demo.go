package measure

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"time"
	"unicode/utf8"

	"agentdesk/assets/demo"
	"agentdesk/server/understand/entity"
	"agentdesk/sync/mask"
)

// DemoShop is the catalogue that the labelled lines speak of.
func DemoShop() ([]entity.Item, error) {
	files, err := fs.Glob(demo.Shop(), "products/*.json")
	if err != nil {
		return nil, fmt.Errorf("demo shop: %w", err)
	}
	var out []entity.Item
	for _, name := range files {
		raw, err := fs.ReadFile(demo.Shop(), name)
		if err != nil {
			return nil, fmt.Errorf("demo shop: %w", err)
		}
		var list []struct {
			ID, Title string
			Aliases   []string
			Variants  []entity.Variant
		}
		if err := json.Unmarshal(raw, &list); err != nil {
			return nil, fmt.Errorf("demo shop, %s: %w", name, err)
		}
		for _, p := range list {
			out = append(out, entity.Item{ID: p.ID, Names: append([]string{p.Title}, p.Aliases...), Variants: p.Variants})
		}
	}
	return out, nil
}

// Finds makes a Finder what Score asks for.
func Finds(f *entity.Finder) func(string) []Span {
	return func(text string) []Span {
		var out []Span
		for _, e := range f.Find(text, Now()) {
			out = append(out, span(text, e.From, e.To, string(e.Kind), e.Norm))
		}
		return out
	}
}

// Masks makes a Masker what Mask asks for.
func Masks(m *mask.Masker) func(string) []Span {
	return func(text string) []Span {
		var out []Span
		for _, s := range m.Find(text) {
			out = append(out, span(text, s.From, s.To, "", s.Value))
		}
		return out
	}
}

func span(text string, from, to int, kind, norm string) Span {
	at := utf8.RuneCountInString(text[:from])
	return Span{Kind: kind, From: at, To: at + utf8.RuneCountInString(text[from:to]), Norm: norm}
}

// Speed is how long one pass over the lines takes, by the message.
func Speed(lines []Line, find func(string) []Span) time.Duration {
	start := time.Now()
	for _, l := range lines {
		find(l.Text)
	}
	return time.Since(start) / time.Duration(len(lines))
}
