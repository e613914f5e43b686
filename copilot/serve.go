package copilot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"time"

	"agentdesk/sync/event"
	"agentdesk/sync/jsonl"
	"agentdesk/sync/talk"
)

// Finder brings the understanding and the facts of a conversation whose newest customer message is text.
type Finder interface {
	Find(ctx context.Context, customer string, turns []talk.Turn, text string) (Input, error)
}

// request is one line of `server suggest`. The newest customer turn of the context is the one that is answered.
type request struct {
	ID       json.RawMessage `json:"id"`
	Customer string          `json:"customer"` // optional ID: then orders are known
	Context  []talk.Turn     `json:"context"`
	K        *int            `json:"k"`
}

type reply struct {
	ID          json.RawMessage `json:"id"`
	Suggestions []suggestion    `json:"suggestions"`
	MS          float64         `json:"ms"`
}

type suggestion struct {
	Text     string         `json:"text"`
	Strategy string         `json:"strategy"`
	Sources  []event.Source `json:"sources"`
}

// errNoTurn is answered for a context without a customer turn.
var errNoTurn = errors.New("not a request: the context has no customer turn")

// ServeJSONLines suggests replies for one conversation a line. See sync/jsonl for what happens to bad lines.
func ServeJSONLines(ctx context.Context, c *Copilot, f Finder, r io.Reader, w io.Writer) error {
	return jsonl.Serve(ctx, r, w, func(ctx context.Context, line []byte) (any, error) {
		var q request
		if err := jsonl.Strict(line, &q); err != nil {
			return nil, err
		}
		for i, t := range q.Context {
			if t.Role != talk.Customer && t.Role != talk.Bot && t.Role != talk.Agent {
				return nil, fmt.Errorf("not a request: context[%d] has role %q, want customer, bot or agent", i, cut(string(t.Role), 20))
			}
		}
		last, at := talk.Last(q.Context, talk.Customer)
		if at < 0 {
			return nil, errNoTurn
		}
		k := MaxSuggestions
		if q.K != nil {
			if k = *q.K; k < 1 {
				return nil, fmt.Errorf("not a request: k is %d, want 1 to %d", k, MaxSuggestions)
			}
		}
		start := time.Now()
		in, err := f.Find(ctx, q.Customer, q.Context[:at], last.Text)
		if err != nil {
			return nil, err
		}
		list, err := c.Suggest(ctx, in, k, nil)
		if err != nil {
			return nil, err
		}
		out := reply{ID: q.ID, Suggestions: []suggestion{}, MS: math.Round(float64(time.Since(start).Microseconds())) / 1000}
		if out.ID == nil {
			out.ID = json.RawMessage("null")
		}
		for _, s := range list {
			if s.Sources == nil {
				s.Sources = []event.Source{}
			}
			out.Suggestions = append(out.Suggestions, suggestion{s.Text, s.Strategy, s.Sources})
		}
		return out, nil
	})
}
