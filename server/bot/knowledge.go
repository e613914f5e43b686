package bot

import (
	"context"

	"agentdesk/server/knowledge"
)

// Store makes the shop's full text a Knowledge: only hits that bear on the question come through.
type Store struct{ Store *knowledge.Store }

// Search implements Knowledge.
func (s Store) Search(ctx context.Context, query string, k int) ([]Fact, error) {
	hits, err := s.Store.Search(ctx, query, k)
	if err != nil {
		return nil, err
	}
	var out []Fact
	for _, h := range hits {
		if h.Score < knowledge.Sure {
			break
		}
		f := Fact{Text: h.Text, Source: h.Source}
		if h.Kind == knowledge.Policy {
			f.Title = h.Heading
		}
		out = append(out, f)
	}
	return out, nil
}
